"""The tables: the core's records given a place, and what the store keeps for itself.

A field is written once, in `referral_bot/model/`. Where a record adds something to its base that
may not stand in the clear, its table has one column `sealed` for all of it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    ColumnElement,
    DefaultClause,
    Enum,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    and_,
    false,
)
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from referral_bot.lifecycle import TERMINAL
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    AuditEntry,
    Channel,
    Conversation,
    DocumentBase,
    EventBase,
    FollowUp,
    Identity,
    Office,
    OutboxMessageBase,
    OutboxStatus,
    Person,
    Promise,
    QuestionBase,
    ReferralBase,
    State,
    Thread,
)
from storage.columns import Code, Timestamp, none_of, one_of


class _Row(SQLModel):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        }
    )


# ---------------------------------------------------------------- the directory


class OfficeRow(_Row, Office, table=True):
    """Offices; those that left the directory are inactive."""

    __tablename__ = "office"


class PersonRow(_Row, Person, table=True):
    """People; leavers are inactive."""

    __tablename__ = "person"


class IdentityRow(_Row, Identity, table=True):
    """Accounts on platforms."""

    __tablename__ = "identity"


class ChannelRow(_Row, Channel, table=True):
    """Channels that the directory names."""

    __tablename__ = "channel"


class PracticeRow(_Row, table=True):
    """The practice as last imported: one row, with a version that goes up with every import."""

    __tablename__ = "practice"

    id: int = Field(primary_key=True)
    version: int
    content: str


# ---------------------------------------------------------------- referrals


class ReferralRow(_Row, ReferralBase, table=True):
    """Referrals."""

    __tablename__ = "referral"

    sealed: bytes


class PatientKeyRow(_Row, table=True):
    """Keyed hashes of what a submitted referral's patient can be found by."""

    __tablename__ = "patient_key"
    __table_args__ = {"sqlite_with_rowid": False}

    hash: bytes = Field(primary_key=True)
    referral_id: str = Field(primary_key=True, index=True)
    kind: str
    office_key: str


class EventRow(_Row, EventBase, table=True):
    """Events, append-only."""

    __tablename__ = "event"

    sealed: bytes


class QuestionRow(_Row, QuestionBase, table=True):
    """Questions."""

    __tablename__ = "question"

    sealed: bytes


class AppointmentRow(_Row, Appointment, table=True):
    """Appointments and holds."""

    __tablename__ = "appointment"


class PromiseRow(_Row, Promise, table=True):
    """Promises, in the order they were made."""

    __tablename__ = "promise"

    position: int


class FollowUpRow(_Row, FollowUp, table=True):
    """What the clock has to do."""

    __tablename__ = "follow_up"


class DocumentRow(_Row, DocumentBase, table=True):
    """Documents, in the order they came."""

    __tablename__ = "document"

    position: int
    sealed: bytes


class DocumentContentRow(_Row, table=True):
    """The bytes of a document, apart from it so that a list of documents does not read them."""

    __tablename__ = "document_content"

    id: str = Field(primary_key=True)
    sealed: bytes


# ---------------------------------------------------------------- conversations


class ThreadRow(_Row, Thread, table=True):
    """Threads."""

    __tablename__ = "thread"


class ConversationRow(_Row, Conversation, table=True):
    """Where conversations are reached."""

    __tablename__ = "conversation"


class OutboxRow(_Row, OutboxMessageBase, table=True):
    """The outbox. A lane is what keeps its order: a thread, or a person's direct messages."""

    __tablename__ = "outbox"

    lane: str
    sealed: bytes


class SeenRow(_Row, table=True):
    """Deliveries and presses that have been acted on."""

    __tablename__ = "seen"
    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)


# ---------------------------------------------------------------- the record and the keys


class AuditRow(_Row, AuditEntry, table=True):
    """The record of who saw and changed what, in hash chains."""

    __tablename__ = "audit"

    chain: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    previous: bytes
    hash: bytes


class SealingKeyRow(_Row, table=True):
    """Every key that anything here is sealed with, by its id, holding the audit key sealed with it."""

    __tablename__ = "sealing_key"

    id: str = Field(primary_key=True)
    sealed: bytes


METADATA = _Row.metadata


def table_of(row: type[SQLModel]) -> Table:
    """The table that a row class describes."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


OFFICE = table_of(OfficeRow)
PERSON = table_of(PersonRow)
IDENTITY = table_of(IdentityRow)
CHANNEL = table_of(ChannelRow)
PRACTICE = table_of(PracticeRow)
REFERRAL = table_of(ReferralRow)
PATIENT_KEY = table_of(PatientKeyRow)
EVENT = table_of(EventRow)
QUESTION = table_of(QuestionRow)
APPOINTMENT = table_of(AppointmentRow)
PROMISE = table_of(PromiseRow)
FOLLOW_UP = table_of(FollowUpRow)
DOCUMENT = table_of(DocumentRow)
DOCUMENT_CONTENT = table_of(DocumentContentRow)
THREAD = table_of(ThreadRow)
CONVERSATION = table_of(ConversationRow)
OUTBOX = table_of(OutboxRow)
SEEN = table_of(SeenRow)
AUDIT = table_of(AuditRow)
SEALING_KEY = table_of(SealingKeyRow)


def _give_columns_their_types() -> None:
    for table in METADATA.tables.values():
        for column in table.columns:
            if isinstance(column.type, UTCDateTime):
                column.type = Timestamp()
            elif isinstance(column.type, Enum):
                column.type = Code(cast(type[StrEnum], column.type.enum_class))


_give_columns_their_types()

# The threads of a database that was made before there were flat ones are none.
THREAD.c.flat.server_default = DefaultClause(false())

# ---------------------------------------------------------------- conditions and indexes

IS_OPEN = none_of(REFERRAL.c.state, State.DRAFT, *sorted(TERMINAL))
"""Submitted and not at its end."""
IS_DRAFT = one_of(REFERRAL.c.state, State.DRAFT)
TAKES_TIME = one_of(
    APPOINTMENT.c.status,
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
)
"""Appointments that keep others from a provider's time."""
UNSENT = one_of(OUTBOX.c.status, OutboxStatus.PENDING, OutboxStatus.SENDING)
"""What the outbox still has to deliver."""
DEAD = one_of(OUTBOX.c.status, OutboxStatus.DEAD)
"""What it has given up delivering."""
TO_DO = FOLLOW_UP.c.done_at.is_(None)
OPEN_WITHOUT_REFERRAL = and_(QUESTION.c.referral_id.is_(None), QUESTION.c.answered_at.is_(None))


def _index(
    table: Table,
    *columns: str,
    where: ColumnElement[bool] | None = None,
    unique: bool = False,
    named: str = "",
) -> None:
    name = f"ix_{table.name}_{named or '_'.join(columns)}"
    Index(
        name,
        *(table.c[column] for column in columns),
        unique=unique,
        sqlite_where=where,
        postgresql_where=where,
    )


def _without_index(table: Table, column: str) -> None:
    """Take away an index that the model asks for where a wider or a partial one below does its work."""
    table.indexes.discard(next(index for index in table.indexes if list(index.columns.keys()) == [column]))


def _refers(table: Table, column: str, to: Table) -> None:
    (key,) = to.primary_key.columns
    table.append_constraint(ForeignKeyConstraint([table.c[column]], [key]))


for _table, _column in (
    (REFERRAL, "due_at"),
    (EVENT, "subject_id"),
    (PROMISE, "subject_id"),
    (FOLLOW_UP, "subject_id"),
    (FOLLOW_UP, "due_at"),
    (DOCUMENT, "subject_id"),
    (OUTBOX, "thread_id"),
):
    _without_index(_table, _column)

_index(IDENTITY, "platform", "account")
_index(CHANNEL, "platform", "channel", unique=True)
_index(REFERRAL, "due_at", where=IS_OPEN, named="open")
_index(REFERRAL, "office_key", "due_at", where=IS_OPEN, named="open_of_office")
_index(REFERRAL, "sent_by", where=IS_DRAFT, named="drafts")
_index(EVENT, "subject_id", "seq", unique=True)
_index(QUESTION, "asked_at", where=OPEN_WITHOUT_REFERRAL, named="open_without_referral")
_index(APPOINTMENT, "provider_key", "starts_at", where=TAKES_TIME, unique=True, named="takes_time")
_index(PROMISE, "subject_id", "position", unique=True)
_index(PROMISE, "due_at")
_index(FOLLOW_UP, "due_at", where=TO_DO, named="to_do")
_index(FOLLOW_UP, "subject_id", "due_at", where=TO_DO, named="to_do_of_subject")
_index(DOCUMENT, "subject_id", "position", unique=True)
_index(THREAD, "channel", "root")
_index(CONVERSATION, "platform", "account")
_index(CONVERSATION, "platform", "member")
_index(CONVERSATION, "platform", "seen_at")
_index(OUTBOX, "lane", "seq", unique=True)
_index(OUTBOX, "lane", "seq", where=UNSENT, named="unsent_of_lane")
_index(OUTBOX, "not_before", where=UNSENT, named="unsent")
_index(OUTBOX, "created_at", where=DEAD, named="dead")
_index(AUDIT, "at")
_index(AUDIT, "subject_id", "at")
_index(AUDIT, "office_key", "at")
_index(AUDIT, "actor_key", "at")

_refers(IDENTITY, "person_key", PERSON)
_refers(PATIENT_KEY, "referral_id", REFERRAL)
_refers(QUESTION, "referral_id", REFERRAL)
_refers(APPOINTMENT, "referral_id", REFERRAL)
_refers(DOCUMENT_CONTENT, "id", DOCUMENT)
