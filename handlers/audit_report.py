"""The audit log as the privacy officer reads it: selected, in lines or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from referral_bot.errors import NotFound
from referral_bot.model import AuditAction, AuditEntry, Referral
from referral_bot.store import Transaction
from storage import SqlStore

COLUMNS = ("at", "person", "on behalf of", "action", "what", "referral", "office", "place")


@dataclass(frozen=True)
class Selection:
    """Which rows: empty selects all. Moments without a zone are in the practice's."""

    reference: str = ""
    office_key: str = ""
    person_key: str = ""
    since: datetime | None = None
    until: datetime | None = None


def report(store: SqlStore, selection: Selection, *, as_csv: bool) -> Iterator[str]:
    """The lines of the report. That it was asked for is a row of the record, too.

    Raises NotFound where the selection names something that isn't there.
    """
    rows = store.transact(lambda tx: _select(tx, selection)).result()
    yield _line(COLUMNS, as_csv)
    for row in rows:
        yield _line(row, as_csv)


def _select(tx: Transaction, selection: Selection) -> list[tuple[str, ...]]:
    zone = practice_zone(tx)
    entries = tx.audit_entries(
        subject_id=_subject_id(tx, selection.reference),
        office_key=_known(selection.office_key, tx.office(selection.office_key), "office"),
        actor_key=_known(selection.person_key, tx.person(selection.person_key), "person"),
        since=utc(selection.since, zone),
        until=utc(selection.until, zone),
    )
    seen = AuditEntry(
        at=datetime.now(UTC),
        actor_key=None,
        action=AuditAction.VIEWED,
        what="audit.show",
        subject_id=_subject_id(tx, selection.reference),
        office_key=selection.office_key or None,
        place="command line",
    )
    tx.audit(seen)
    references: dict[str, str] = {}
    return [_columns(entry, zone, _reference(tx, entry.subject_id, references)) for entry in entries]


def _subject_id(tx: Transaction, reference: str) -> str | None:
    if not reference:
        return None
    referral = tx.referral_by_reference(reference.upper())
    if referral is None:
        raise NotFound(f"There is no referral {reference}: check its reference.")
    return referral.id


def _known(key: str, found: object, what: str) -> str | None:
    if key and found is None:
        raise NotFound(f"There is no {what} {key}: check its key in the practice's file.")
    return key or None


def practice_zone(tx: Transaction) -> ZoneInfo:
    """The zone in which days and moments on the command line are meant."""
    practice = tx.practice()
    return ZoneInfo(practice.timezone if practice else "UTC")


def utc(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment without a zone that is meant in this one."""
    return moment.replace(tzinfo=zone).astimezone(UTC) if moment is not None else None


def _reference(tx: Transaction, subject_id: str | None, known: dict[str, str]) -> str:
    if subject_id is None:
        return ""
    if subject_id not in known:
        referral = tx.get(Referral, subject_id)
        known[subject_id] = (referral.reference if referral else None) or subject_id
    return known[subject_id]


def _columns(entry: AuditEntry, zone: ZoneInfo, reference: str) -> tuple[str, ...]:
    return (
        entry.at.astimezone(zone).isoformat(timespec="seconds"),
        entry.actor_key or "",
        entry.on_behalf_of or "",
        entry.action,
        entry.what,
        reference,
        entry.office_key or "",
        entry.place,
    )


def _line(columns: tuple[str, ...], as_csv: bool) -> str:
    if not as_csv:
        return "  ".join(column or "-" for column in columns)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(columns)
    return out.getvalue()
