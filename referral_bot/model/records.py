"""Referrals and what hangs on them, and the record of who saw and changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from referral_bot.model.codes import (
    AppointmentStatus,
    AuditAction,
    EventKind,
    FollowUpKind,
    PromiseStatus,
    Role,
    Side,
    State,
)
from referral_bot.model.packet import Packet
from referral_bot.practice import PromiseKind, Urgency, VisitType


class ReferralBase(SQLModel):
    """One request for one patient to one service, without what it says of the patient.

    An open referral always has `next_actor`, `next_kind` and `due_at`; a terminal one an `outcome`.
    """

    id: str = Field(primary_key=True)
    version: int = 0
    """Goes up by one with every write; a write decided on an older one raises `Stale`."""
    reference: str | None = Field(default=None, unique=True)
    """`RB-7K2M`, from Submit on."""
    state: State = State.DRAFT
    resumes: State | None = None
    """The state to go back to when the office has answered, or when a referral is on hold no more."""
    office_key: str = Field(index=True)
    service_key: str | None = None
    visit_type: VisitType = VisitType.NEW
    urgency: Urgency | None = None
    """Stated or chosen; none counts as routine and is shown as assumed."""
    sent_by: str
    """Who pressed Submit, or started the draft."""
    on_behalf_of: str | None = None
    """The person of the office for whom it was sent, where that is somebody else."""
    owner_key: str | None = None
    """Who of the practice has claimed it; before that the intake role owes."""
    hold_booking: bool = False
    """Not to be booked before the prior authorisation is there."""
    on_hold_until: datetime | None = None
    """While it is on hold: when the practice goes on with it by itself."""
    next_actor: Side | None = None
    next_kind: PromiseKind | None = None
    due_at: datetime | None = Field(default=None, index=True)
    outcome: str | None = None
    """Reason code of a terminal state."""
    started_at: datetime
    submitted_at: datetime | None = None
    ended_at: datetime | None = None


class Referral(ReferralBase):
    """A referral with its packet, which is kept sealed."""

    packet: Packet = Field(default_factory=Packet)
    assumed: list[str] = Field(default_factory=list)
    """Dotted fields that were filled from defaults, shown as assumed until confirmed by Submit."""
    flags: list[str] = Field(default_factory=list)
    """What the reader noticed in what was typed last, such as `dob_invalid`."""


class EventBase(SQLModel):
    """What happened to a referral or question: append-only, in the order of `seq`."""

    id: str = Field(primary_key=True)
    subject_id: str = Field(index=True)
    seq: int
    kind: EventKind
    at: datetime
    actor_key: str | None = None
    on_behalf_of: str | None = None


class Event(EventBase):
    """An event with its detail, which is kept sealed."""

    detail: dict[str, Any] = Field(default_factory=dict)


class QuestionBase(SQLModel):
    """An open question in either direction; without `referral_id` it came without a patient."""

    id: str = Field(primary_key=True)
    version: int = 0
    referral_id: str | None = Field(default=None, index=True)
    office_key: str = Field(index=True)
    asked_of: Side
    asked_by: str
    asked_at: datetime
    due_at: datetime
    owner_key: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


class Question(QuestionBase):
    """A question with its words, which are kept sealed."""

    text: str
    answer: str | None = None


class Appointment(SQLModel):
    """Time of a provider that is held, asked for or booked for a referral."""

    id: str = Field(primary_key=True)
    version: int = 0
    referral_id: str = Field(index=True)
    provider_key: str
    location_key: str
    service_key: str
    visit_type: VisitType
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    held_until: datetime | None = None
    reason: str | None = None
    """FHIR appointment-cancellation-reason of a cancelled one."""


class Promise(SQLModel):
    """A clock with an owner: what is owed, by whom, until when, and how it ended."""

    id: str = Field(primary_key=True)
    version: int = 0
    subject_id: str = Field(index=True)
    kind: PromiseKind
    owed_by: Side
    role: Role | None = None
    person_key: str | None = None
    made_at: datetime
    due_at: datetime
    status: PromiseStatus = PromiseStatus.OPEN
    rested_at: datetime | None = None
    """Since when a resting one rests."""
    ended_at: datetime | None = None
    step: int = 0
    """How many of its steps (reminder, alert, manager) have been said."""


class FollowUp(SQLModel):
    """Something the clock has to do at `due_at`. `key` is unique: the same one is never made twice."""

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    subject_id: str = Field(index=True)
    kind: FollowUpKind
    due_at: datetime = Field(index=True)
    argument: str = ""
    """What of the subject it is about: the id of a promise or an appointment, then what tells them apart."""
    leased_until: datetime | None = None
    done_at: datetime | None = None

    @property
    def about(self) -> tuple[str, str]:
        """The ids of what it is about: its subject, and what its argument names."""
        return self.subject_id, self.argument.partition(":")[0]


class DocumentBase(SQLModel):
    """A file of a referral. `source` is where the platform keeps it until it has been fetched."""

    id: str = Field(primary_key=True)
    subject_id: str = Field(index=True)
    added_by: str
    added_at: datetime
    is_report: bool = False
    media_type: str = ""
    size: int = 0
    """Bytes."""
    ready: bool = False


class Document(DocumentBase):
    """A document with its name, source and content, which are kept sealed."""

    name: str
    source: dict[str, str] = Field(default_factory=dict)
    content: bytes = b""


class AuditEntry(SQLModel):
    """One row of the record of who saw and changed what; the store chains it by hash."""

    at: datetime
    actor_key: str | None
    on_behalf_of: str | None = None
    action: AuditAction
    what: str
    """A use case's name, such as `referral.claim`; never patient data."""
    subject_id: str | None = None
    office_key: str | None = None
    place: str = ""
    """Platform and channel it was done in."""
