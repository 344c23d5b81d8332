"""The records the bot keeps and their codes.

Codes that are persisted follow FHIR R4 where it has one. A record with patient data comes in two
steps: `…Base` holds the columns that may stand in the clear, the record itself adds what is kept
sealed. `storage/tables.py` gives the bases their tables, so that a field is written once.

All datetimes are aware and in UTC. All `…_key` fields are keys of the practice directory.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField
from sqlmodel import Field, SQLModel

from referral_bot.practice import PromiseKind, Urgency, VisitType

# ---------------------------------------------------------------- codes


class Phi(StrEnum):
    """How much patient data chat may carry."""

    FULL = "full"
    MINIMAL = "minimal"


class Side(StrEnum):
    """Which of the two sides of a referral somebody belongs to."""

    OFFICE = "office"
    PRACTICE = "practice"


class Role(StrEnum):
    """What a person does, on either side."""

    INTAKE = "intake"
    SCHEDULER = "scheduler"
    NURSE = "nurse"
    MEDICAL_ASSISTANT = "medical_assistant"
    PHYSICIAN = "physician"
    LIAISON = "liaison"
    MANAGER = "manager"
    REFERRAL_SPECIALIST = "referral_specialist"
    RECEPTIONIST = "receptionist"
    OFFICE_MANAGER = "office_manager"


class State(StrEnum):
    """Where a referral stands: the business status of its FHIR Task."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    NEEDS_INFO = "needs_info"
    ACCEPTED = "accepted"
    CONTACTING = "contacting"
    ON_HOLD = "on_hold"
    SCHEDULED = "scheduled"
    RESCHEDULE_NEEDED = "reschedule_needed"
    CHECKED_IN = "checked_in"
    NO_SHOW = "no_show"
    SEEN = "seen"
    REPORT_SENT = "report_sent"
    CLOSED = "closed"
    DECLINED = "declined"
    UNABLE_TO_REACH = "unable_to_reach"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


class EventKind(StrEnum):
    """What happened to a referral or to a question without one."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    ASKED_OFFICE = "asked_office"
    OFFICE_ANSWERED = "office_answered"
    ASKED_PRACTICE = "asked_practice"
    PRACTICE_ANSWERED = "practice_answered"
    TOLD = "told"
    ADDED = "added"
    FILE_ADDED = "file_added"
    CHANGED = "changed"
    TIME_REQUESTED = "time_requested"
    BOOKED = "booked"
    APPOINTMENT_CANCELLED = "appointment_cancelled"
    CALLED = "called"
    DECLINED = "declined"
    HELD = "held"
    RESUMED = "resumed"
    REOPENED = "reopened"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    SEEN = "seen"
    REPORT_SENT = "report_sent"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    RATED = "rated"
    REMINDED = "reminded"


class CallOutcome(StrEnum):
    """How a call to the patient went."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    CALL_BACK = "call_back"


class AppointmentStatus(StrEnum):
    """FHIR R4 Appointment.status. `PROPOSED` is a hold until `held_until`; `PENDING` waits for staff."""

    PROPOSED = "proposed"
    PENDING = "pending"
    BOOKED = "booked"
    ARRIVED = "arrived"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    NO_SHOW = "noshow"


class PromiseStatus(StrEnum):
    """How a promise stands. `KEPT` and `BROKEN` are final scores; `RESTING` waits for the other side."""

    OPEN = "open"
    RESTING = "resting"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    """Who reads a thread; each sees its own view."""

    OFFICE = "office"
    PRACTICE = "practice"


class ChannelKind(StrEnum):
    """What a chat channel is for."""

    OFFICE = "office"
    INTAKE = "intake"
    SCOREBOARD = "scoreboard"


class ConversationKind(StrEnum):
    """What kind of conversation a platform's is. Only a channel has threads."""

    PERSONAL = "personal"
    GROUP = "group"
    CHANNEL = "channel"


class OutboxKind(StrEnum):
    """What delivering a row does."""

    POST = "post"
    """Post the card into the thread; the first one of a thread without a root makes the root."""
    HEAD = "head"
    """Post the subject's head card, drawn when it leaves, and keep its place as the head."""
    REFRESH = "refresh"
    """Redraw the head in place; draws the state of the moment it leaves."""
    FILE = "file"
    """Upload a document into the thread."""
    FETCH = "fetch"
    """Bring a file in from the platform."""


class OutboxStatus(StrEnum):
    """Where a row of the outbox stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class FollowUpKind(StrEnum):
    """What the clock has to do about a subject."""

    PROMISE = "promise"
    VISIT_REMINDER = "visit_reminder"
    DRAFT_WAITING = "draft_waiting"
    OFFICE_OWES = "office_owes"
    HOLD_EXPIRED = "hold_expired"
    DOCUMENTS_LATER = "documents_later"
    ON_HOLD_ENDS = "on_hold_ends"
    MORNING_LIST = "morning_list"


class AuditAction(StrEnum):
    """What was done to, or seen of, a record."""

    VIEWED = "viewed"
    CHANGED = "changed"
    REFUSED = "refused"


# ---------------------------------------------------------------- what a referral says of its patient


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", validate_assignment=True)


class Patient(_Part):
    """The patient, as the office wrote them. Phones are E.164."""

    first: str | None = None
    last: str | None = None
    dob: date | None = None
    sex: str | None = None
    phone: str | None = None
    phone_home: str | None = None
    mrn: str | None = None

    @property
    def name(self) -> str:
        """First and last name, as far as known."""
        return " ".join(part for part in (self.first, self.last) if part)

    @property
    def initials(self) -> str:
        """`J. W.`, as far as known."""
        return " ".join(f"{part[0]}." for part in (self.first, self.last) if part)


class Contact(_Part):
    """A relative or guardian."""

    name: str | None = None
    relation: str | None = None
    phone: str | None = None


class Insurance(_Part):
    """Coverage as stated; `self_pay` means there is none to state."""

    payer: str | None = None
    plan: str | None = None
    member_id: str | None = None
    secondary: str | None = None
    effective: date | None = None
    self_pay: bool = False


class Authorization(_Part):
    """Prior authorisation."""

    number: str | None = None
    status: str | None = None
    valid_to: date | None = None


class Referring(_Part):
    """The ordering provider."""

    first: str | None = None
    last: str | None = None
    npi: str | None = None

    @property
    def name(self) -> str:
        """`Dr. Sunil Patel`, as far as known."""
        known = " ".join(part for part in (self.first, self.last) if part)
        return f"Dr. {known}" if known else ""


class Needs(_Part):
    """What the patient needs to be seen. `interpreter` is an ISO 639-1 code."""

    interpreter: str | None = None
    wheelchair: bool = False
    transport: bool = False


class Preference(_Part):
    """When, where and with whom the office would like the visit. Names as written; times `HH:MM` local."""

    provider: str | None = None
    location: str | None = None
    days: list[str] = []
    dates: list[date] = []
    part_of_day: str | None = None
    before: str | None = None
    after: str | None = None
    earliest: date | None = None
    latest: date | None = None
    sort: str | None = None


class Callback(_Part):
    """How to reach the sender; never the patient's number."""

    phone: str | None = None
    until: str | None = None


class StatedDocument(_Part):
    """A document the sender says comes along: `via` is fax, chat or later."""

    kind: str
    via: str = "fax"


class Packet(_Part):
    """Everything a referral says of its patient: sealed as one, bound to its row."""

    patient: Patient = PydanticField(default_factory=Patient)
    contact: Contact = PydanticField(default_factory=Contact)
    callback: Callback = PydanticField(default_factory=Callback)
    insurance: Insurance = PydanticField(default_factory=Insurance)
    auth: Authorization = PydanticField(default_factory=Authorization)
    referring: Referring = PydanticField(default_factory=Referring)
    needs: Needs = PydanticField(default_factory=Needs)
    preference: Preference = PydanticField(default_factory=Preference)
    icd10: list[str] = PydanticField(default_factory=list)
    reason: str | None = None
    notes: str | None = None
    documents: list[StatedDocument] = PydanticField(default_factory=list)


# ---------------------------------------------------------------- people and places


class Office(SQLModel):
    """A referring office."""

    key: str = Field(primary_key=True)
    name: str
    phone: str = ""
    fax: str = ""
    liaison_key: str | None = None
    timezone: str | None = None
    active: bool = True


class Person(SQLModel):
    """Anyone of the practice or of an office. Leavers stay, inactive, with their history."""

    key: str = Field(primary_key=True)
    name: str
    role: Role
    side: Side
    office_key: str | None = Field(default=None, index=True)
    npi: str = ""
    timezone: str | None = None
    active: bool = True


class Identity(SQLModel):
    """A person's account on a platform. `tenant` (Slack team, Teams tenant) is empty until first met."""

    id: str = Field(primary_key=True)
    platform: str
    tenant: str = ""
    account: str
    person_key: str = Field(index=True)
    active: bool = True


class Channel(SQLModel):
    """A chat channel and whom it belongs to. `office_key` is none for the practice's own."""

    id: str = Field(primary_key=True)
    platform: str
    channel: str
    kind: ChannelKind
    office_key: str | None = Field(default=None, index=True)


# ---------------------------------------------------------------- referrals


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


# ---------------------------------------------------------------- conversations


class Thread(SQLModel):
    """Where an audience follows a subject. `root` and `head` are the platform's message ids."""

    id: str = Field(primary_key=True)
    version: int = 0
    subject_id: str = Field(index=True)
    audience: Audience
    platform: str
    tenant: str = ""
    channel: str
    root: str | None = None
    """The message the thread hangs under; none until the first post has made it."""
    head: str | None = None
    """The card that shows the present state."""
    flat: bool = False
    """Whether it stands in a conversation without threads, among everything else that is said there."""


class Conversation(SQLModel):
    """Where a platform's conversation is reached, as the platform told it last: needed to speak first.

    `tenant` is the platform's; `conversation` its id, without what names a thread.
    """

    id: str = Field(primary_key=True)
    platform: str
    tenant: str
    conversation: str
    kind: ConversationKind
    service_url: str
    team: str = ""
    """The team that a channel belongs to."""
    account: str = ""
    """Of a personal conversation: whose it is, by the id that the directory may know."""
    member: str = ""
    """The same person, by the id that the platform itself uses."""
    seen_at: datetime


class OutboxMessageBase(SQLModel):
    """A message that must reach a thread or a person, written with the event that caused it."""

    id: str = Field(primary_key=True)
    thread_id: str | None = Field(default=None, index=True)
    person_key: str | None = None
    """For a direct message: whom it is for."""
    kind: OutboxKind
    seq: int = 0
    """Order within its thread, given by the store."""
    created_at: datetime
    not_before: datetime
    status: OutboxStatus = OutboxStatus.PENDING
    attempts: int = 0
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    sent_as: str | None = None
    """The platform's message id."""
    failure: str | None = None
    """A code, never the platform's own words."""


class OutboxMessage(OutboxMessageBase):
    """An outbox row with what it carries (a card's JSON, or a document's id), kept sealed."""

    content: dict[str, Any] = Field(default_factory=dict)


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
