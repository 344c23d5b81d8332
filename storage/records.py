"""Each kind of record: its table, what of it is sealed, and the statements that keep and read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic_core import from_json
from sqlalchemy import Column, ColumnElement, Table, bindparam, func, insert, select, update
from sqlmodel import SQLModel

from referral_bot.model import (
    Appointment,
    AuditEntry,
    Channel,
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
from storage import tables
from storage.encryption import KeyRing
from storage.statements import Statement

Model = TypeVar("Model", bound=SQLModel)

_SEALED = "sealed"


class Kind(Generic[Model]):
    """A kind of record. `numbered` is (column, scope): the store counts the column up within the scope.

    Two transactions that count the same number at once are kept apart by a unique index, so that a
    number is only ever given after the one before it was committed. What is none is left out of the
    sealed part of a `terse` kind: only for records in which every nullable field starts as none.
    """

    def __init__(
        self,
        model: type[Model],
        table: Table,
        *,
        numbered: tuple[str, str] | None = None,
        apart: frozenset[str] = frozenset(),
        terse: bool = False,
    ) -> None:
        self.model = model
        self.table = table
        self.numbered = numbered
        self._terse = terse
        self.columns = [column for column in table.columns if column.name in model.model_fields]
        """The columns that hold a field of the record in the clear."""
        self.versioned = "version" in table.columns
        self._sealed = set(model.model_fields) - {column.name for column in self.columns} - apart

    # -- between record and row

    def row(self, record: Model, ring: KeyRing) -> dict[str, Any]:
        """The record's columns by name."""
        row = dict(record.__dict__)
        if self._sealed:
            plain = record.model_dump_json(include=self._sealed, exclude_none=self._terse).encode()
            row[_SEALED] = ring.seal(plain, self.table.name, row["id"])
        return row

    def record(self, row: dict[str, Any], ring: KeyRing) -> Model:
        """The record of a row. Raises Unreadable if its sealed part does not open."""
        if self._sealed:
            row.update(from_json(ring.open(row.pop(_SEALED), self.table.name, row["id"])))
        return self.model.model_validate(row)

    # -- statements

    @property
    def selected(self) -> Sequence[Column[Any]]:
        """The columns that a record is read from."""
        return [*self.columns, self.table.c[_SEALED]] if self._sealed else self.columns

    def where(self, *conditions: ColumnElement[bool], order: Sequence[ColumnElement[Any]] = ()) -> Statement:
        """A statement that reads the records that meet the conditions."""
        return Statement(select(*self.selected).where(*conditions).order_by(*order))

    @cached_property
    def by_id(self) -> Statement:
        """Reads the record of `id`."""
        return self.where(self.table.c.id == bindparam("id"))

    @cached_property
    def add(self) -> Statement:
        """Inserts a row; a numbered kind gives its number back."""
        values = given(self.table.columns)
        if self.numbered is None:
            return Statement(insert(self.table).values(values))
        number, scope = self.numbered
        values[number] = _next(self.table, number, scope)
        return Statement(insert(self.table).values(values).returning(self.table.c[number]))

    @cached_property
    def save(self) -> Statement:
        """Updates the row of `id` (and, of a versioned kind, of the `version` it was read with)."""
        own = self.table.c
        fixed = {"id", *(self.numbered or ())[:1]}
        changed = given(column for column in self.selected if column.name not in fixed)
        conditions = [own.id == bindparam("id")]
        if self.versioned:
            changed["version"] = own.version + 1
            conditions.append(own.version == bindparam("version"))
        return Statement(update(self.table).where(*conditions).values(changed))


def given(columns: Iterable[ColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """A bound parameter for each column, named like it."""
    return {str(column.key): bindparam(column.key, type_=column.type) for column in columns}


def _next(table: Table, number: str, scope: str) -> ColumnElement[int]:
    earlier = table.alias("earlier")
    return (
        select(func.coalesce(func.max(earlier.c[number]), 0) + 1)
        .where(earlier.c[scope] == bindparam(scope))
        .scalar_subquery()
    )


OFFICES = Kind(Office, tables.OFFICE)
PEOPLE = Kind(Person, tables.PERSON)
IDENTITIES = Kind(Identity, tables.IDENTITY)
CHANNELS = Kind(Channel, tables.CHANNEL)
REFERRALS = Kind(Referral, tables.REFERRAL, terse=True)
EVENTS = Kind(Event, tables.EVENT, numbered=("seq", "subject_id"))
QUESTIONS = Kind(Question, tables.QUESTION)
APPOINTMENTS = Kind(Appointment, tables.APPOINTMENT)
PROMISES = Kind(Promise, tables.PROMISE, numbered=("position", "subject_id"))
FOLLOW_UPS = Kind(FollowUp, tables.FOLLOW_UP)
DOCUMENTS = Kind(Document, tables.DOCUMENT, numbered=("position", "subject_id"), apart=frozenset({"content"}))
THREADS = Kind(Thread, tables.THREAD)
OUTBOX = Kind(OutboxMessage, tables.OUTBOX, numbered=("seq", "lane"))
AUDIT = Kind(AuditEntry, tables.AUDIT)

KINDS: dict[type[SQLModel], Kind[Any]] = {
    kind.model: kind
    for kind in (
        REFERRALS, EVENTS, QUESTIONS, APPOINTMENTS, PROMISES, FOLLOW_UPS, DOCUMENTS, THREADS, OUTBOX
    )
}  # fmt: skip
"""What `add`, `save` and `get` take."""
