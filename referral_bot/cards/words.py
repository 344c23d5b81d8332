"""Times, states, people and codes in words."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.model import CallOutcome, Person, Referral, Role, Side, State
from referral_bot.practice import Practice, PromiseKind, Urgency

ROLES: Final[dict[Role, str]] = {
    Role.INTAKE: "intake",
    Role.SCHEDULER: "scheduling",
    Role.NURSE: "nurse",
    Role.MEDICAL_ASSISTANT: "medical assistant",
    Role.PHYSICIAN: "physician",
    Role.LIAISON: "liaison",
    Role.MANAGER: "practice manager",
    Role.REFERRAL_SPECIALIST: "referral specialist",
    Role.RECEPTIONIST: "front desk",
    Role.OFFICE_MANAGER: "office manager",
}

STATES: Final[dict[State, str]] = {
    State.DRAFT: "Not sent yet",
    State.SUBMITTED: "Sent",
    State.RECEIVED: "Received",
    State.NEEDS_INFO: "Waiting for your answer",
    State.ACCEPTED: "Accepted, to be scheduled",
    State.CONTACTING: "Calling the patient",
    State.ON_HOLD: "On hold",
    State.SCHEDULED: "Booked",
    State.RESCHEDULE_NEEDED: "A new time is being found",
    State.CHECKED_IN: "The patient is here",
    State.NO_SHOW: "The patient did not come",
    State.SEEN: "Seen, report to follow",
    State.REPORT_SENT: "Report sent",
    State.CLOSED: "Closed",
    State.DECLINED: "Declined",
    State.UNABLE_TO_REACH: "Closed: the patient could not be reached",
    State.CANCELLED: "Cancelled",
    State.DISCARDED: "Discarded",
}

OWED: Final[dict[PromiseKind, str]] = {
    PromiseKind.ACKNOWLEDGE: "to answer",
    PromiseKind.SCHEDULE: "to schedule",
    PromiseKind.SEE: "to see the patient",
    PromiseKind.REPORT: "to send the report",
    PromiseKind.ANSWER: "to answer",
}

CALLS: Final[dict[CallOutcome, str]] = {
    CallOutcome.REACHED: "reached",
    CallOutcome.NO_ANSWER: "no answer",
    CallOutcome.WRONG_NUMBER: "wrong number",
    CallOutcome.CALL_BACK: "asked to call back",
}

URGENCIES: Final[dict[Urgency, str]] = {
    Urgency.ROUTINE: "Routine",
    Urgency.URGENT: "Urgent",
    Urgency.ASAP: "As soon as possible",
    Urgency.STAT: "STAT",
}

DECLINE_REASONS: Final[dict[str, str]] = {
    "not_our_service": "not something this practice treats",
    "payer": "the insurance is not accepted here",
    "no_capacity": "no time within what the patient needs",
    "incomplete": "not enough information to decide",
    "duplicate": "already referred",
    "other": "another reason",
}

CANCEL_REASONS: Final[dict[str, str]] = {
    "pat": "the patient asked for it",
    "pat-fb": "the patient feels better",
    "pat-mv": "the patient moved or changed provider",
    "oth-err": "sent in error",
    "duplicate": "a duplicate",
    "other": "another reason",
}
"""FHIR appointment-cancellation-reason where it has one."""

HOLD_REASONS: Final[dict[str, str]] = {
    "authorization": "waiting for the prior authorization",
    "patient": "the patient asked to wait",
    "office": "the office asked to wait",
    "results": "waiting for results",
    "other": "another reason",
}

CLOSE_REASONS: Final[dict[str, str]] = {
    "complete": "everything is done",
    "no_report": "no report will follow",
}

LANGUAGES: Final[dict[str, str]] = {
    "es": "Spanish",
    "fr": "French",
    "so": "Somali",
    "pl": "Polish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "ar": "Arabic",
    "ru": "Russian",
    "ko": "Korean",
    "pt": "Portuguese",
    "hi": "Hindi",
    "tl": "Tagalog",
    "ase": "American Sign Language",
}


def zone_of(person: Person, office_zone: str | None, practice: Practice) -> ZoneInfo:
    """The zone in which a person reads times: their own, their office's, else the practice's."""
    return ZoneInfo(person.timezone or office_zone or practice.timezone)


def moment(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """`Tue, Nov 24, 9:40 AM CST`; only the time where it is the day of `now`; the year if it differs."""
    local = at.astimezone(zone)
    clock = f"{clock_time(local)} {local:%Z}"
    today = now.astimezone(zone).date() if now else None
    if today == local.date():
        return clock
    year = f" {local.year}" if today and today.year != local.year else ""
    return f"{local:%a, %b} {local.day}{year}, {clock}"


def clock_time(local: datetime | time) -> str:
    """`9:40 AM`, of a local time."""
    return f"{local.hour % 12 or 12}:{local:%M %p}"


def until(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`by 11:40 AM CST`, of a due time."""
    return f"by {moment(at, zone, now)}"


def who(person: Person) -> str:
    """`Tess Moran (intake)`."""
    return f"{person.name} ({ROLES[person.role]})"


def phone(number: str | None) -> str:
    """`309-555-0123` of an E.164 number of the North American plan; others as they are."""
    if not number:
        return ""
    digits = number.removeprefix("+1")
    if len(digits) == 10 and digits.isdigit():
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return number


def span(minutes: int) -> str:
    """A length of time in words: `40 minutes`, `3 hours`, `2 days`."""
    if minutes < 90:
        return f"{minutes} minute{'s' if minutes != 1 else ''}"
    if minutes < 60 * 36:
        hours = round(minutes / 60)
        return f"{hours} hours"
    return f"{round(minutes / 1440)} days"


def urgency(referral: Referral) -> str:
    """The urgency in words; not stated counts as routine."""
    return URGENCIES[referral.urgency or Urgency.ROUTINE]


def listed(parts: list[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def where_to_reply(reference: str | None, *, flat: bool) -> str:
    """Where words about a referral are taken as such: in its thread, or where there are none, by its name."""
    if not flat:
        return "in the thread"
    return f"here (beginning with {reference})" if reference else "here"


def whose_turn(referral: Referral, owner: Person | None, sender: Person | None, reader: Side) -> str:
    """Who acts next, as the reader's side would say it: `Tess Moran`, `our intake`, `you`."""
    if referral.next_actor is Side.OFFICE:
        return "you" if reader is Side.OFFICE else (sender.name if sender else "the office")
    if owner:
        return owner.name
    return "the practice's intake" if reader is Side.OFFICE else "intake"
