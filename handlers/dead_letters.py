"""`referral-bot outbox`: the messages that could not be delivered, and sending them again after the mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from handlers.audit_report import practice_zone, utc
from referral_bot.desk import delivery
from referral_bot.model import OutboxMessage, Thread
from referral_bot.store import Transaction
from storage import SqlStore


def show(store: SqlStore) -> Iterator[str]:
    """A line for each: when it was written (in the practice's zone), where to, what it is, and why not."""
    yield from store.transact(_lines).result()


def resend(store: SqlStore, since: datetime | None) -> int:
    """Give those written since (in the practice's zone) another chance; how many they are."""

    def use_case(tx: Transaction) -> int:
        return delivery.resend_dead(tx, datetime.now(UTC), utc(since, practice_zone(tx)))

    return store.transact(use_case).result()


def _lines(tx: Transaction) -> list[str]:
    zone = practice_zone(tx)
    return [_line(tx, row, zone) for row in tx.dead_letters()]


def _line(tx: Transaction, row: OutboxMessage, zone: ZoneInfo) -> str:
    thread = tx.get(Thread, row.thread_id) if row.thread_id else None
    where = f"{thread.platform}:{thread.channel}" if thread else row.person_key or "-"
    at = row.created_at.astimezone(zone).isoformat(timespec="seconds")
    return "  ".join((at, where, row.kind.value, row.failure or "-"))
