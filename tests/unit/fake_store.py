"""The port in memory, for tests of the core alone."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from referral_bot.errors import Stale
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    AuditEntry,
    Channel,
    Conversation,
    ConversationKind,
    Document,
    Event,
    FollowUp,
    Identity,
    Office,
    OutboxMessage,
    OutboxStatus,
    Person,
    Promise,
    Question,
    Referral,
    Side,
    State,
    Thread,
)
from referral_bot.practice import Practice
from referral_bot.store import Kept, Record, Result, Transaction

VERSIONED = (Referral, Question, Appointment, Promise, Thread)
TAKES_TIME = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"

Item = TypeVar("Item")


class FakeStore:
    """Records in dictionaries. One transaction at a time; one that raises leaves no trace."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.records: dict[type, dict[str, Any]] = {}
        self.seen: set[str] = set()
        self.audited: list[AuditEntry] = []
        self.practice: Practice | None = None
        self.offices: dict[str, Office] = {}
        self.people: dict[str, Person] = {}
        self.identities: dict[str, Identity] = {}
        self.channels: dict[str, Channel] = {}
        self.conversations: dict[str, Conversation] = {}

    def transact(self, use_case: Callable[[Transaction], Result]) -> Future[Result]:
        future: Future[Result] = Future()
        tx = FakeTransaction(self)
        try:
            future.set_result(tx.attempt(lambda: use_case(tx)))
        except Exception as problem:  # noqa: BLE001 - handed on in the future
            future.set_exception(problem)
        return future

    def run(self, use_case: Callable[[Transaction], Result]) -> Result:
        """The result of `use_case`, or what it raises."""
        return self.transact(use_case).result()

    def all(self, kind: type[Item]) -> list[Item]:
        """Every record of a kind, in the order they were added."""
        return list(self.records.get(kind, {}).values())

    def close(self) -> None:
        """Nothing to let go of."""


class FakeTransaction:
    def __init__(self, store: FakeStore) -> None:
        self._store = store

    # -- making new things

    def new_id(self) -> str:
        return f"{self._store.random.getrandbits(128):032x}"

    def new_reference(self) -> str:
        return "RB-" + "".join(self._store.random.choices(ALPHABET, k=5))

    def first_time(self, key: str, now: datetime) -> bool:
        first = key not in self._store.seen
        self._store.seen.add(key)
        return first

    def attempt(self, act: Callable[[], Result]) -> Result:
        kept = {kind: dict(records) for kind, records in self._store.records.items()}
        seen, audited = set(self._store.seen), list(self._store.audited)
        try:
            return act()
        except BaseException:
            self._store.records, self._store.seen, self._store.audited = kept, seen, audited
            raise

    # -- any record

    def add(self, record: Kept) -> None:
        table = self._store.records.setdefault(type(record), {})
        assert record.id not in table, "added twice"
        if isinstance(record, Event):
            record.seq = len(self.events(record.subject_id)) + 1
        if isinstance(record, OutboxMessage):
            record.seq = len(table) + 1
        if isinstance(record, FollowUp) and any(f.key == record.key for f in self._store.all(FollowUp)):
            return
        table[record.id] = copy.deepcopy(record)

    def save(self, record: Kept) -> None:
        table = self._store.records.setdefault(type(record), {})
        if isinstance(record, VERSIONED):
            if table[record.id].version != record.version:
                raise Stale("Somebody else was first.")
            record.version += 1
        table[record.id] = copy.deepcopy(record)

    def get(self, kind: type[Record], id: str) -> Record | None:
        return copy.deepcopy(self._store.records.get(kind, {}).get(id))

    def _where(self, kind: type[Item], test: Callable[[Item], bool]) -> list[Item]:
        return [copy.deepcopy(record) for record in self._store.all(kind) if test(record)]

    # -- the directory

    def practice(self) -> Practice | None:
        return self._store.practice

    def replace_directory(
        self,
        practice: Practice,
        offices: Sequence[Office],
        people: Sequence[Person],
        identities: Sequence[Identity],
        channels: Sequence[Channel],
    ) -> None:
        self._store.practice = practice
        self._store.offices = {office.key: office for office in offices}
        self._store.people = {person.key: person for person in people}
        self._store.identities = {f"{i.platform}:{i.account}": i for i in identities}
        self._store.channels = {f"{c.platform}:{c.channel}": c for c in channels}

    def office(self, key: str) -> Office | None:
        return self._store.offices.get(key)

    def offices(self) -> list[Office]:
        return list(self._store.offices.values())

    def person(self, key: str) -> Person | None:
        return self._store.people.get(key)

    def people(self, office_key: str | None) -> list[Person]:
        return [p for p in self._store.people.values() if p.office_key == office_key and p.active]

    def identity(self, platform: str, account: str) -> Identity | None:
        return self._store.identities.get(f"{platform}:{account}")

    def identities(self, person_key: str) -> list[Identity]:
        return [i for i in self._store.identities.values() if i.person_key == person_key]

    def bind_identity(self, identity: Identity) -> None:
        self._store.identities[f"{identity.platform}:{identity.account}"] = identity

    def channel(self, platform: str, channel: str) -> Channel | None:
        return self._store.channels.get(f"{platform}:{channel}")

    def channels(self, office_key: str | None) -> list[Channel]:
        return [c for c in self._store.channels.values() if c.office_key == office_key]

    # -- referrals and what hangs on them

    def referral_by_reference(self, reference: str) -> Referral | None:
        return next(iter(self._where(Referral, lambda r: r.reference == reference)), None)

    def referrals(
        self, *, office_key: str | None = None, open_only: bool = True, limit: int = 200
    ) -> list[Referral]:
        found = self._where(
            Referral,
            lambda r: (
                r.submitted_at is not None
                and office_key in (None, r.office_key)
                and not (open_only and r.ended_at)
            ),
        )
        return found[:limit]

    def referrals_by_patient(
        self,
        *,
        office_key: str | None = None,
        last: str | None = None,
        first: str | None = None,
        dob: date | None = None,
        limit: int = 50,
    ) -> list[Referral]:
        def fits(referral: Referral) -> bool:
            patient = referral.packet.patient
            return (
                referral.submitted_at is not None
                and office_key in (None, referral.office_key)
                and (last is None or last.casefold() == (patient.last or "").casefold())
                and (first is None or first.casefold() == (patient.first or "").casefold())
                and (dob is None or dob == patient.dob)
            )

        return self._where(Referral, fits)[:limit]

    def drafts(self, sent_by: str) -> list[Referral]:
        return self._where(Referral, lambda r: r.sent_by == sent_by and r.state is State.DRAFT)

    def events(self, subject_id: str) -> list[Event]:
        return self._where(Event, lambda e: e.subject_id == subject_id)

    def questions(self, *, referral_id: str | None = None, open_only: bool = True) -> list[Question]:
        return self._where(
            Question, lambda q: q.referral_id == referral_id and not (open_only and q.answered_at)
        )

    def promises(self, subject_id: str) -> list[Promise]:
        return self._where(Promise, lambda p: p.subject_id == subject_id)

    def promises_due(self, since: datetime, until: datetime) -> list[Promise]:
        found = self._where(Promise, lambda p: p.owed_by is Side.PRACTICE and since <= p.due_at < until)
        return sorted(found, key=lambda promise: promise.due_at)

    def appointments(self, referral_id: str) -> list[Appointment]:
        return self._where(Appointment, lambda a: a.referral_id == referral_id)

    def busy(
        self, provider_keys: Iterable[str], start: datetime, end: datetime, now: datetime
    ) -> list[Appointment]:
        providers = set(provider_keys)

        def takes(a: Appointment) -> bool:
            held = a.status is AppointmentStatus.PROPOSED and (a.held_until or now) > now
            near = a.starts_at < end and a.ends_at > start
            return a.provider_key in providers and near and (held or a.status in TAKES_TIME)

        return self._where(Appointment, takes)

    def lock_provider(self, provider_key: str) -> None:
        """There is only one transaction at a time."""

    def documents(self, subject_id: str) -> list[Document]:
        return self._where(Document, lambda d: d.subject_id == subject_id)

    # -- conversations and the outbox

    def thread_at(self, platform: str, channel: str, root: str) -> Thread | None:
        place = (platform, channel, root)
        found = self._where(Thread, lambda t: (t.platform, t.channel, t.root) == place)
        return found[0] if found else None

    def thread_of(self, platform: str, channel: str, message: str) -> Thread | None:
        posted = {row.thread_id for row in self._where(OutboxMessage, lambda m: m.sent_as == message)}
        found = self._where(
            Thread,
            lambda t: (
                (t.platform, t.channel) == (platform, channel)
                and (message in (t.root, t.head) or t.id in posted)
            ),
        )
        return found[-1] if found else None

    def keep_conversation(self, conversation: Conversation) -> None:
        self._store.conversations[conversation.id] = conversation

    def forget_conversation(self, conversation: Conversation) -> None:
        self._store.conversations.pop(conversation.id, None)

    def conversation(self, platform: str, conversation: str) -> Conversation | None:
        return self._store.conversations.get(Conversation.id_of(platform, conversation))

    def personal_conversation(self, platform: str, account: str) -> Conversation | None:
        for one in self._store.conversations.values():
            personal = one.platform == platform and one.kind is ConversationKind.PERSONAL
            if personal and account in (one.account, one.member):
                return one
        return None

    def newest_conversation(self, platform: str, tenant: str) -> Conversation | None:
        known = [
            one
            for one in self._store.conversations.values()
            if one.platform == platform and tenant in ("", one.tenant)
        ]
        return max(known, key=lambda one: one.seen_at, default=None)

    def members(self, platform: str, accounts: Sequence[str]) -> list[str]:
        known = (self.personal_conversation(platform, account) for account in accounts)
        return [one.member for one in known if one is not None and one.member]

    def threads(self, subject_id: str) -> list[Thread]:
        return self._where(Thread, lambda t: t.subject_id == subject_id)

    def claim_outbox(self, now: datetime, lease: timedelta, limit: int) -> list[OutboxMessage]:
        claimed: list[OutboxMessage] = []
        busy: set[str] = set()
        for row in self._where(
            OutboxMessage, lambda m: m.status in (OutboxStatus.PENDING, OutboxStatus.SENDING)
        ):
            line = row.thread_id or row.person_key or row.id
            free = row.not_before <= now and (row.leased_until is None or row.leased_until <= now)
            if line not in busy and free and len(claimed) < limit:
                row.status, row.leased_until, row.attempts = (
                    OutboxStatus.SENDING,
                    now + lease,
                    row.attempts + 1,
                )
                self.save(row)
                claimed.append(row)
            busy.add(line)
        return claimed

    def outbox(self, thread_id: str) -> list[OutboxMessage]:
        return self._where(OutboxMessage, lambda m: m.thread_id == thread_id)

    def dead_letters(self) -> list[OutboxMessage]:
        return self._where(OutboxMessage, lambda m: m.status is OutboxStatus.DEAD)

    def outbox_depth(self, now: datetime) -> tuple[int, timedelta]:
        waiting = self._where(OutboxMessage, lambda m: m.status is OutboxStatus.PENDING)
        return len(waiting), max((now - m.not_before for m in waiting), default=timedelta())

    # -- what the clock has to do

    def claim_follow_ups(self, now: datetime, lease: timedelta, limit: int) -> list[FollowUp]:
        due = self._where(FollowUp, lambda f: f.done_at is None and f.due_at <= now)
        return sorted(due, key=lambda f: f.due_at)[:limit]

    def finish_follow_ups(self, ids: Sequence[str], now: datetime) -> None:
        for id in ids:
            follow_up = self.get(FollowUp, id)
            assert follow_up is not None
            follow_up.done_at = now
            self.save(follow_up)

    def follow_ups(self, subject_id: str) -> list[FollowUp]:
        return self._where(FollowUp, lambda f: f.subject_id == subject_id and f.done_at is None)

    # -- the record

    def audit(self, entry: AuditEntry) -> None:
        self._store.audited.append(entry)

    def audit_entries(
        self,
        *,
        subject_id: str | None = None,
        office_key: str | None = None,
        actor_key: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[AuditEntry]:
        return [entry for entry in self._store.audited if subject_id in (None, entry.subject_id)]
