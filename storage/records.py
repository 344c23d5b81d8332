"""Each kind of record: its table, what of it is sealed, and the statements that keep and read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic_core import from_json
from sqlalchemy import Column, ColumnElement, Table, bindparam, func, insert, select, update
from sqlmodel import SQLModel

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

    def record(self, row: Mapping[str, Any], ring: KeyRing) -> Model:
        """The record of a row. Raises Unreadable if its sealed part does not open."""
        if self._sealed:
            opened = from_json(ring.open(row[_SEALED], self.table.name, row["id"]))
            row = {**row, **opened}
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
    def by_id(self) -> Finder[Model]:
        """Finds the record of an id."""
        return Finder(self, "id")

    @cached_property
    def add(self) -> Statement:
        """Inserts a row; one of a numbered kind gets the next number of its scope."""
        values = given(self.table.columns)
        if self.numbered is not None:
            number, scope = self.numbered
            values[number] = _next(self.table, number, scope)
        return Statement(insert(self.table).values(values))

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
        return Statement(update(self.table).where(*conditions).values(changed), certain=True)


class Finder(Generic[Model]):
    """Finds the records of a kind that hold a value in a column: for one value, or for many at once."""

    def __init__(
        self,
        kind: Kind[Model],
        column: str,
        *conditions: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
    ) -> None:
        self.kind = kind
        self.column = column
        self._conditions = conditions
        self._order = order
        self._many: dict[int, Statement] = {}
        self.one = kind.where(kind.table.c[column] == bindparam(column), *conditions, order=order)
        """Reads the records of the value given under the column's name."""

    def many(self, values: Sequence[str]) -> tuple[Statement, dict[str, str]]:
        """What reads the records of all these values (at least one), and its parameters.

        There are few statements, so that engines know them again: the last value stands more than once.
        """
        size = 1 << (len(values) - 1).bit_length()
        statement = self._many.get(size)
        if statement is None:
            own = self.kind.table.c[self.column]
            places = [bindparam(f"value_{place}", type_=own.type) for place in range(size)]
            statement = self.kind.where(own.in_(places), *self._conditions, order=self._order)
            self._many[size] = statement
        padded = [*values, *[values[-1]] * (size - len(values))]
        return statement, {f"value_{place}": value for place, value in enumerate(padded)}


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
CONVERSATIONS = Kind(Conversation, tables.CONVERSATION)
OUTBOX = Kind(OutboxMessage, tables.OUTBOX, numbered=("seq", "lane"))
AUDIT = Kind(AuditEntry, tables.AUDIT)

KINDS: dict[type[SQLModel], Kind[Any]] = {
    kind.model: kind
    for kind in (
        REFERRALS, EVENTS, QUESTIONS, APPOINTMENTS, PROMISES, FOLLOW_UPS, DOCUMENTS, THREADS, OUTBOX
    )
}  # fmt: skip
"""What `add`, `save` and `get` take."""
