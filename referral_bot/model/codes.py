"""Codes that are persisted; they follow FHIR R4 where it has one."""

from __future__ import annotations

from enum import StrEnum


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
