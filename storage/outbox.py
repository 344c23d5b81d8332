"""The conversations' part of a transaction: threads, the outbox, and what the clock has to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from referral_bot.model import Conversation, ConversationKind, FollowUp, OutboxMessage, OutboxStatus, Thread
from storage import tables
from storage.columns import Timestamp, one_of
from storage.records import CONVERSATIONS, FOLLOW_UPS, OUTBOX, THREADS, Finder, Kind, given
from storage.statements import AnyInsert, Statement, Upsert
from storage.work import Connection, Work

_THREAD = tables.THREAD.c
_ROW = tables.OUTBOX.c
_DUTY = tables.FOLLOW_UP.c
_NOW = bindparam("now", type_=Timestamp())

_THREAD_AT = THREADS.where(
    _THREAD.platform == bindparam("platform"),
    _THREAD.channel == bindparam("channel"),
    _THREAD.root == bindparam("root"),
    order=[_THREAD.id],
)
_THREADS = Finder(THREADS, "subject_id", order=[_THREAD.audience, _THREAD.id])

_POSTED_IN = exists().where(_ROW.lane == _THREAD.id, _ROW.sent_as == bindparam("message"))
_THREAD_OF = THREADS.where(
    _THREAD.platform == bindparam("platform"),
    _THREAD.channel == bindparam("channel"),
    or_(_THREAD.root == bindparam("message"), _THREAD.head == bindparam("message"), _POSTED_IN),
    order=[_THREAD.id.desc()],
)

_PLACE = tables.CONVERSATION.c
_PERSONAL = CONVERSATIONS.where(
    _PLACE.platform == bindparam("platform"),
    or_(_PLACE.account == bindparam("account"), _PLACE.member == bindparam("account")),
    one_of(_PLACE.kind, ConversationKind.PERSONAL),
    order=[_PLACE.seen_at.desc(), _PLACE.id],
)
_NEWEST = Statement(
    select(*CONVERSATIONS.selected)
    .where(
        _PLACE.platform == bindparam("platform"),
        or_(bindparam("tenant", type_=_PLACE.tenant.type) == "", _PLACE.tenant == bindparam("tenant")),
    )
    .order_by(_PLACE.seen_at.desc(), _PLACE.id)
    .limit(1)
)


def _anew(insert: AnyInsert) -> AnyInsert:
    told = {name: insert.excluded[name] for name in ("service_url", "kind", "team", "account", "member")}
    return insert.values(given(CONVERSATIONS.columns)).on_conflict_do_update(
        index_elements=["id"], set_={**told, "seen_at": insert.excluded.seen_at}
    )


_KEEP_CONVERSATION = Upsert(tables.CONVERSATION, _anew)
_FORGET_CONVERSATION = Statement(delete(tables.CONVERSATION).where(_PLACE.id == bindparam("id")))

_OF_THREAD = OUTBOX.where(_ROW.lane == bindparam("thread_id"), order=[_ROW.seq])
_DEAD = OUTBOX.where(tables.DEAD, order=[_ROW.created_at, _ROW.id])
_DEPTH = Statement(
    select(
        func.count().label("waiting"),
        func.min(case((_ROW.not_before <= _NOW, _ROW.not_before))).label("oldest"),
    ).where(tables.UNSENT)
)
_TO_COME = Finder(FOLLOW_UPS, "subject_id", tables.TO_DO, order=[_DUTY.due_at, _DUTY.id])


def _claim(kind: Kind[Any], may_be_leased: ColumnElement[bool], first: ColumnElement[Any]) -> Update:
    """Lease the first rows that nobody else is leasing at this moment; rows others hold are passed over."""
    own = kind.table.c
    chosen = (
        select(own.id)
        .where(may_be_leased, or_(own.leased_until.is_(None), own.leased_until <= _NOW))
        .order_by(first, own.id)
        .limit(bindparam("limit", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    return (
        update(kind.table)
        .where(own.id.in_(select(chosen.c.id)))
        .values(leased_until=bindparam("until", type_=Timestamp()))
        .returning(*kind.selected)
    )


def _is_first_of_its_lane() -> ColumnElement[bool]:
    earlier = tables.OUTBOX.alias("earlier")
    return not_(
        exists().where(
            earlier.c.lane == _ROW.lane,
            earlier.c.seq < _ROW.seq,
            one_of(earlier.c.status, OutboxStatus.PENDING, OutboxStatus.SENDING),
        )
    )


# A row whose lease ran out is still `sending`: that attempt counts, since it may have arrived.
_CLAIM_OUTBOX = Statement(
    _claim(
        OUTBOX, and_(tables.UNSENT, _ROW.not_before <= _NOW, _is_first_of_its_lane()), _ROW.not_before
    ).values(
        status=OutboxStatus.SENDING,
        attempts=_ROW.attempts + case((one_of(_ROW.status, OutboxStatus.SENDING), 1), else_=0),
    )
)
_CLAIM_FOLLOW_UPS = Statement(_claim(FOLLOW_UPS, and_(tables.TO_DO, _DUTY.due_at <= _NOW), _DUTY.due_at))


@lru_cache
def _finish(count: int) -> Statement:
    """Marks so many follow-ups as done; nearly always as many as are claimed at once."""
    ids = [bindparam(f"id_{place}", type_=_DUTY.id.type) for place in range(count)]
    return Statement(update(tables.FOLLOW_UP).where(_DUTY.id.in_(ids)).values(done_at=_NOW))


def _unless_made(insert: AnyInsert) -> AnyInsert:
    return insert.values(given(FOLLOW_UPS.columns)).on_conflict_do_nothing(index_elements=["key"])


def _unless_seen(insert: AnyInsert) -> AnyInsert:
    return insert.values(given(tables.SEEN.columns)).on_conflict_do_nothing(index_elements=["key"])


_ADD_FOLLOW_UP = Upsert(tables.FOLLOW_UP, _unless_made)
_SEE = Upsert(tables.SEEN, _unless_seen)
_FORGET_SEEN = Statement(delete(tables.SEEN).where(tables.SEEN.c.at < bindparam("before", type_=Timestamp())))


class OutboxWork(Work):
    """Finds threads, leases what has to leave or to be done, and remembers deliveries."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.wrote_outbox = False
        """Whether there is something new to deliver once this is committed."""

    def first_time(self, key: str, now: datetime) -> bool:
        """Whether `key` (a delivery, a press) is seen for the first time; kept with the commit."""
        return self._run(_SEE, key=key, at=now) == 1

    def forget_seen(self, before: datetime) -> int:
        """Forget deliveries seen before this moment, which nobody repeats any more; how many they were."""
        return self._run(_FORGET_SEEN, before=before)

    def thread_at(self, platform: str, channel: str, root: str) -> Thread | None:
        """The thread that hangs under this message."""
        return self._record(THREADS, _THREAD_AT, platform=platform, channel=channel, root=root)

    def thread_of(self, platform: str, channel: str, message: str) -> Thread | None:
        """The thread that a message of a channel belongs to: its root, its head, or anything posted in it."""
        return self._record(THREADS, _THREAD_OF, platform=platform, channel=channel, message=message)

    def keep_conversation(self, conversation: Conversation) -> None:
        """Keep where a conversation is reached, in the place of what was kept of it before."""
        self._run(_KEEP_CONVERSATION, **CONVERSATIONS.row(conversation, self._connection.ring))

    def forget_conversation(self, conversation: Conversation) -> None:
        """Forget a conversation that has ended."""
        self._run(_FORGET_CONVERSATION, id=conversation.id)

    def conversation(self, platform: str, conversation: str) -> Conversation | None:
        """Where a conversation is reached."""
        found = self._find(CONVERSATIONS.by_id, Conversation.id_of(platform, conversation))
        return found[0] if found else None

    def personal_conversation(self, platform: str, account: str) -> Conversation | None:
        """The conversation of one account with the bot, by either of the account's ids."""
        return self._record(CONVERSATIONS, _PERSONAL, platform=platform, account=account)

    def newest_conversation(self, platform: str, tenant: str) -> Conversation | None:
        """The conversation of a tenant, or of any for an empty one, that was heard of last."""
        return self._record(CONVERSATIONS, _NEWEST, platform=platform, tenant=tenant)

    def members(self, platform: str, accounts: Sequence[str]) -> list[str]:
        """By the platform's own ids, those of these accounts that have a conversation with the bot.

        Who has not spoken in a conversation that the bot began is not known by that id.
        """
        known = (self.personal_conversation(platform, account) for account in accounts)
        return [place.member for place in known if place is not None and place.member]

    def threads(self, subject_id: str) -> list[Thread]:
        """A subject's threads, the office's first."""
        return self._find(_THREADS, subject_id)

    def claim_outbox(self, now: datetime, lease: timedelta, limit: int) -> list[OutboxMessage]:
        """Lease rows that may leave now: at most one of a thread, the oldest not sent, in the order made.

        A row whose lease ran out is leased again with `attempts` above zero: it may have arrived already.
        """
        claimed = self._records(OUTBOX, _CLAIM_OUTBOX, now=now, until=now + lease, limit=limit)
        return sorted(claimed, key=lambda row: (row.created_at, row.id))

    def outbox(self, thread_id: str) -> list[OutboxMessage]:
        """A thread's rows in order, sent ones too."""
        return self._records(OUTBOX, _OF_THREAD, thread_id=thread_id)

    def dead_letters(self) -> list[OutboxMessage]:
        """Rows that can never be delivered as things are, in the order they were made."""
        return self._records(OUTBOX, _DEAD)

    def outbox_depth(self, now: datetime) -> tuple[int, timedelta]:
        """How many rows wait, and for how long the oldest that may leave has waited."""
        (row,) = self._rows(_DEPTH, now=now)
        return row["waiting"], now - row["oldest"] if row["oldest"] else timedelta(0)

    def claim_follow_ups(self, now: datetime, lease: timedelta, limit: int) -> list[FollowUp]:
        """Lease follow-ups that are due, the longest due first.

        What this transaction then asks about one of their subjects is read for all of them at once.
        """
        claimed = self._records(FOLLOW_UPS, _CLAIM_FOLLOW_UPS, now=now, until=now + lease, limit=limit)
        self._ahead.expect(id for duty in claimed for id in duty.about)
        return sorted(claimed, key=lambda duty: (duty.due_at, duty.id))

    def finish_follow_ups(self, ids: Sequence[str], now: datetime) -> None:
        """Mark follow-ups as done, all at once."""
        if ids:
            self._run(_finish(len(ids)), now=now, **{f"id_{place}": id for place, id in enumerate(ids)})

    def follow_ups(self, subject_id: str) -> list[FollowUp]:
        """A subject's follow-ups that are still to come, by due time."""
        return self._find(_TO_COME, subject_id)

    def _add_follow_up(self, row: dict[str, Any]) -> None:
        self._later(_ADD_FOLLOW_UP, row)


def lane_of(message: OutboxMessage) -> str:
    """What keeps a message in its order: its thread, or the person it is for."""
    return message.thread_id or message.person_key or message.id
