"""One open transaction: the port's `Transaction` on Core statements, the same for both engines."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, insert

from referral_bot.model import (
    Appointment,
    AuditEntry,
    Document,
    Event,
    FollowUp,
    OutboxMessage,
    Promise,
    Question,
    Referral,
    Thread,
)
from referral_bot.store import Kept, Record, Result, Versioned
from storage import tables
from storage.audit import BEGINNING, HEAD, NEWEST, Head
from storage.directory import DirectoryWork
from storage.outbox import OutboxWork, lane_of
from storage.records import AUDIT, KINDS, given
from storage.statements import Statement
from storage.upkeep import UpkeepWork
from storage.work import Connection

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
"""Without vowels, so that no word comes of it, and without what looks like something else."""
_TRIES = 5
"""So many references taken in a row mean that most of that length are: one character more from then on."""

_SET = "SAVEPOINT attempt"
_ROLL_BACK = "ROLLBACK TO SAVEPOINT attempt"
_RELEASE = "RELEASE SAVEPOINT attempt"

_AUDIT = tables.AUDIT.c
_ADD_AUDIT = Statement(insert(tables.AUDIT).values(given(tables.AUDIT.columns)))


@lru_cache
def _audited(by: frozenset[str]) -> Statement:
    conditions = [_AUDIT[name] == bindparam(name) for name in sorted(by - {"since", "until"})]
    if "since" in by:
        conditions.append(_AUDIT.at >= bindparam("since"))
    if "until" in by:
        conditions.append(_AUDIT.at < bindparam("until"))
    return AUDIT.where(*conditions, order=[_AUDIT.at, _AUDIT.chain, _AUDIT.seq])


class SqlTransaction(DirectoryWork, UpkeepWork, OutboxWork):
    """Everything the core needs kept and found, on one connection."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._raised: list[Versioned] = []

    # -- making new things

    def new_id(self) -> str:
        """A fresh random id, 32 hexadecimal characters."""
        return self._connection.ids.next()

    def new_reference(self) -> str:
        """A reference no referral has yet: `RB-` and four or more of the alphabet without look-alikes."""
        length = 4
        while True:
            for _ in range(_TRIES):
                reference = "RB-" + "".join(self._connection.random.choices(_ALPHABET, k=length))
                if self.referral_by_reference(reference) is None:
                    return reference
            length += 1

    def attempt(self, act: Callable[[], Result]) -> Result:
        """Run `act` under a savepoint: if it raises, what it wrote is undone, and the exception goes on.

        What was written before stays, audit rows and `first_time` included.
        """
        self.flush()
        head, wrote_outbox = self._connection.chain.head, self.wrote_outbox
        raised = len(self._raised)
        self._savepoints.append(_SET)
        try:
            result = act()
            self.flush()
        except BaseException:
            self.undone(raised)
            # Where the engine has given the whole transaction up, the exception under way says why.
            with suppress(Exception):
                self._leave(_ROLL_BACK, _RELEASE)
                self.settle()
            self._connection.chain.head, self.wrote_outbox = head, wrote_outbox
            self._look_anew()
            raise
        self._leave(_RELEASE)
        return result

    def _leave(self, *statements: str) -> None:
        """End the innermost attempt, where anything was written in it."""
        if self._savepoints and self._savepoints[-1] == _SET:
            self._savepoints.pop()
        else:
            self._savepoints += statements

    def undone(self, raised: int = 0) -> None:
        """What was written is being undone, all but the first so many changes of versioned records.

        Their versions go back too: what is saved again must not pass for a newer one.
        """
        self._pending.drop()
        self._ahead.forget()
        for record in self._raised[raised:]:
            record.version -= 1
        del self._raised[raised:]

    # -- any record

    def add(self, record: Kept) -> None:
        """Keep a new record. The `seq` of an event or an outbox row is given as it is written.

        A follow-up whose `key` has been used is not made again. Raises TimeTaken for an appointment
        whose provider has another one at the same start.
        """
        kind = KINDS[type(record)]
        row = kind.row(record, self._connection.ring)
        match record:
            case FollowUp():
                self._add_follow_up(row)
                return
            case Appointment():
                self._make_room(record)
            case OutboxMessage():
                row["lane"] = lane_of(record)
                self.wrote_outbox = True
        if kind.numbered is not None:
            self._hold_scope(kind.table.name, row[kind.numbered[1]])
        self._later(kind.add, row)
        self._keep_beside(record)

    def save(self, record: Kept) -> None:
        """Keep a changed record and raise its version by one, on it too.

        Raises Stale, at the latest when the transaction ends, if the kept version of a versioned record
        is not the one it was read with, or if the record is not there; TimeTaken as `add` does; TypeError
        for an event, which never changes.
        """
        if isinstance(record, Event):
            raise TypeError("events are only ever added")
        if isinstance(record, Appointment):
            self._make_room(record)
        kind = KINDS[type(record)]
        self._later(kind.save, kind.row(record, self._connection.ring))
        if isinstance(record, Referral | Question | Appointment | Promise | Thread):
            record.version += 1
            self._raised.append(record)
        self._keep_beside(record)

    def _hold_scope(self, table: str, scope: str) -> None:
        """Keep others from numbering in this scope, where it is known that they are about to.

        Where one writer runs one transaction after the other, there is nothing to do.
        """

    def _keep_beside(self, record: Kept) -> None:
        match record:
            case Referral():
                self._keep_findable(record)
            case Document():
                self._keep_content(record)

    def get(self, kind: type[Record], id: str) -> Record | None:
        """The record of this id."""
        records: list[Record] = self._find(KINDS[kind].by_id, id)
        found = records[0] if records else None
        if isinstance(found, Document):
            self._with_content(found)
        return found

    # -- the record

    def audit(self, entry: AuditEntry) -> None:
        """Append to the hash-chained record, within this transaction."""
        chain = self._connection.chain
        if chain.head is None:
            chain.head = self._head_of(chain.name)
        self._later(_ADD_AUDIT, chain.next_row(entry))

    def _head_of(self, chain: str) -> Head:
        last = self._rows(HEAD, chain=chain)
        if last:
            return Head(last[0]["seq"], last[0]["hash"])
        others = self._rows(NEWEST)
        return Head(0, others[0]["hash"] if others else BEGINNING)

    def audit_entries(
        self,
        *,
        subject_id: str | None = None,
        office_key: str | None = None,
        actor_key: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[AuditEntry]:
        """The record's rows that match, oldest first: from `since` on, before `until`."""
        asked = {
            "subject_id": subject_id,
            "office_key": office_key,
            "actor_key": actor_key,
            "since": since,
            "until": until,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return self._records(AUDIT, _audited(frozenset(given)), **given)
