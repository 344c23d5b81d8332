"""The port: what the core needs kept and found.

A use case runs inside one `Transaction`: everything it writes is committed together or not at all.
Finders return records detached from the store; changing one changes nothing until `save`.
All datetimes given and returned are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from referral_bot.model import (
    Appointment,
    AuditEntry,
    Channel,
    Conversation,
    Document,
    Event,
    FollowUp,
    Identity,
    Office,
    OutboxMessage,
    Person,
    Promise,
    Question,
    Referral,
    Thread,
)
from referral_bot.practice import Practice

Versioned = Referral | Question | Appointment | Promise | Thread
"""Records that carry the version they were decided on."""
Unversioned = Event | FollowUp | Document | OutboxMessage
"""Records that only one hand writes, or that are written once."""
Kept = Versioned | Unversioned

Record = TypeVar("Record", bound=Kept)
Result = TypeVar("Result")


class Transaction(Protocol):
    """One open transaction."""

    # -- making new things

    def new_id(self) -> str:
        """A fresh random id, 32 hexadecimal characters."""

    def new_reference(self) -> str:
        """A reference no referral has yet: `RB-` and four or more of the alphabet without look-alikes."""

    def first_time(self, key: str, now: datetime) -> bool:
        """Whether `key` (a delivery, a press) is seen for the first time; remembered with the commit."""

    def attempt(self, act: Callable[[], Result]) -> Result:
        """Run `act` under a savepoint: if it raises, what it wrote is undone, and the exception goes on.

        What was written before stays, audit rows and `first_time` included.
        """

    # -- any record

    def add(self, record: Kept) -> None:
        """Keep a new record. The `seq` of an event or an outbox row is given as it is written."""

    def save(self, record: Kept) -> None:
        """Keep a changed record and raise its version by one, on it too.

        Raises Stale, at the latest when the transaction or the attempt it is in ends, if the kept version
        of a versioned record is not the one it was read with.
        """

    def get(self, kind: type[Record], id: str) -> Record | None:
        """The record of this id."""

    # -- the directory

    def practice(self) -> Practice | None:
        """The practice as last imported; none before the first import."""

    def replace_directory(
        self,
        practice: Practice,
        offices: Sequence[Office],
        people: Sequence[Person],
        identities: Sequence[Identity],
        channels: Sequence[Channel],
    ) -> None:
        """Make the directory exactly this; who and what is no longer in it stays, inactive."""

    def office(self, key: str) -> Office | None:
        """The office of this key, inactive ones too."""

    def offices(self) -> list[Office]:
        """Every active office, by key."""

    def person(self, key: str) -> Person | None:
        """The person of this key, inactive ones too."""

    def people(self, office_key: str | None) -> list[Person]:
        """The active people of an office, or of the practice for None, in the directory's order of keys."""

    def identity(self, platform: str, account: str) -> Identity | None:
        """The active account; the caller compares its tenant."""

    def identities(self, person_key: str) -> list[Identity]:
        """A person's active accounts."""

    def bind_identity(self, identity: Identity) -> None:
        """Keep the tenant an account was first met in."""

    def channel(self, platform: str, channel: str) -> Channel | None:
        """What a chat channel is for, if the directory names it."""

    def channels(self, office_key: str | None) -> list[Channel]:
        """The channels of an office, or the practice's own for None."""

    # -- referrals and what hangs on them

    def referral_by_reference(self, reference: str) -> Referral | None:
        """The referral with this reference, in any office: the caller checks who may know."""

    def referrals(
        self, *, office_key: str | None = None, open_only: bool = True, limit: int = 200
    ) -> list[Referral]:
        """Submitted referrals, of one office or of all; the soonest due first, then the newest."""

    def referrals_by_patient(
        self,
        *,
        office_key: str | None = None,
        last: str | None = None,
        first: str | None = None,
        dob: date | None = None,
        limit: int = 50,
    ) -> list[Referral]:
        """Submitted referrals whose patient matches every part given, found by keyed hashes; newest first.

        Names match as whole words, without case and accents; either word of a double name matches.
        """

    def drafts(self, sent_by: str) -> list[Referral]:
        """A person's open drafts, newest first."""

    def events(self, subject_id: str) -> list[Event]:
        """A subject's events in order."""

    def questions(self, *, referral_id: str | None = None, open_only: bool = True) -> list[Question]:
        """Questions of a referral, or of no referral for None; oldest first."""

    def promises(self, subject_id: str) -> list[Promise]:
        """Every promise of a subject, ended ones too, in the order they were made."""

    def promises_due(self, since: datetime, until: datetime) -> list[Promise]:
        """Every promise of the practice, of any subject, that is or was due in a time; by due time."""

    def appointments(self, referral_id: str) -> list[Appointment]:
        """A referral's appointments and holds, cancelled ones too, by start."""

    def busy(
        self, provider_keys: Iterable[str], start: datetime, end: datetime, now: datetime
    ) -> list[Appointment]:
        """What takes these providers' time between two moments, by start; holds that are over do not."""

    def lock_provider(self, provider_key: str) -> None:
        """Keep every other transaction from taking this provider's time until this one ends."""

    def documents(self, subject_id: str) -> list[Document]:
        """A subject's documents without their content, in the order they came."""

    # -- conversations and the outbox

    def thread_at(self, platform: str, channel: str, root: str) -> Thread | None:
        """The thread that hangs under this message."""

    def thread_of(self, platform: str, channel: str, message: str) -> Thread | None:
        """The thread that a message of a channel belongs to: its root, its head, or anything posted in it."""

    def threads(self, subject_id: str) -> list[Thread]:
        """A subject's threads."""

    def keep_conversation(self, conversation: Conversation) -> None:
        """Keep where a conversation is reached, in the place of what was kept of it before."""

    def forget_conversation(self, conversation: Conversation) -> None:
        """Forget a conversation that has ended."""

    def conversation(self, platform: str, conversation: str) -> Conversation | None:
        """Where a conversation is reached."""

    def personal_conversation(self, platform: str, account: str) -> Conversation | None:
        """The conversation of one account with the bot, by either of the account's ids."""

    def newest_conversation(self, platform: str, tenant: str) -> Conversation | None:
        """The conversation of a tenant, or of any for an empty one, that was heard of last."""

    def members(self, platform: str, accounts: Sequence[str]) -> list[str]:
        """By the platform's own ids, those of these accounts that have a conversation with the bot.

        Who has not spoken in a conversation that the bot began is not known by that id.
        """

    def claim_outbox(self, now: datetime, lease: timedelta, limit: int) -> list[OutboxMessage]:
        """Lease rows that may leave now: at most one of a thread, the oldest not sent, in the order made.

        A row whose lease ran out is leased again with `attempts` above zero: it may have arrived already.
        """

    def outbox(self, thread_id: str) -> list[OutboxMessage]:
        """A thread's rows in order, sent ones too."""

    def dead_letters(self) -> list[OutboxMessage]:
        """Rows that can never be delivered as things are, in the order they were made."""

    def outbox_depth(self, now: datetime) -> tuple[int, timedelta]:
        """How many rows wait, and for how long the oldest that may leave has waited."""

    # -- what the clock has to do

    def claim_follow_ups(self, now: datetime, lease: timedelta, limit: int) -> list[FollowUp]:
        """Lease follow-ups that are due, the longest due first."""

    def finish_follow_ups(self, ids: Sequence[str], now: datetime) -> None:
        """Mark follow-ups as done, all at once."""

    def follow_ups(self, subject_id: str) -> list[FollowUp]:
        """A subject's follow-ups that are still to come, by due time."""

    # -- the record

    def audit(self, entry: AuditEntry) -> None:
        """Append to the hash-chained record, within this transaction."""

    def audit_entries(
        self,
        *,
        subject_id: str | None = None,
        office_key: str | None = None,
        actor_key: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[AuditEntry]:
        """The record's rows that match, oldest first."""


class Store(Protocol):
    """Where transactions come from."""

    def transact(self, use_case: Callable[[Transaction], Result]) -> Future[Result]:
        """Run `use_case` in a transaction; the future is done after the commit is on disk.

        If it raises, nothing of it is kept and the future raises the same. It may be run again
        from the start where the engine asks for it, so it must touch nothing but its transaction.
        """

    def close(self) -> None:
        """Finish what is under way and let go of the files."""
