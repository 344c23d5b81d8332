"""An event in words, for each audience that may see it: one message in its thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from referral_bot.cards import details, words
from referral_bot.cards.elements import Button, Buttons, Card, Element, Facts, Quote, Style, Text, Tone
from referral_bot.cards.view import View
from referral_bot.model import Audience, CallOutcome, Event, EventKind, Phi, Side, State
from referral_bot.practice import PromiseKind

_Writer = Callable[[View, Event], tuple[Element, ...]]

RATINGS: Final = (("5", "Very good"), ("4", "Good"), ("3", "All right"), ("2", "Poor"), ("1", "Bad"))


def news(view: View, event: Event) -> Card | None:
    """The event's message for the view's audience, or none if that audience isn't told."""
    writer = _WRITERS[view.audience].get(event.kind)
    if writer is None:
        return None
    elements = writer(view, event)
    spoken = _FALLBACKS.get(event.kind, "There is news")
    named = view.referral.reference or "A draft"
    return Card(f"{named}: {spoken}.", "", elements) if elements else None


def _by(view: View, event: Event) -> str:
    person = view.people.get(event.actor_key or "")
    behalf = view.people.get(event.on_behalf_of or "")
    if person is None:
        return "The bot"
    return words.who(person) + (f" for {behalf.name}" if behalf else "")


def _said(view: View, event: Event, name: str = "text") -> tuple[Element, ...]:
    """What somebody said, as this mode shows it."""
    text = str(event.detail.get(name) or "")
    if not text:
        return ()
    shown = view.words(text)
    if shown == text:
        return (Quote(text),)
    return Quote(shown), Text("Something is left out here: press Show details on the card.", Tone.QUIET)


def _next(view: View) -> str:
    """Who acts next and until when, as the last sentence of a message; empty where nobody does."""
    referral = view.referral
    if referral.due_at is None or referral.next_kind in (None, PromiseKind.SEE):
        return ""
    if referral.next_actor is Side.OFFICE:
        return ""
    turn = words.whose_turn(referral, view.owner, view.sender, view.side)
    due = words.until(referral.due_at, view.zone, view.now)
    return f" Next: {turn}, {words.OWED[referral.next_kind]} {due}." if referral.next_kind else ""


# ---------------------------------------------------------------- both sides read the same


def _booked(view: View, event: Event) -> tuple[Element, ...]:
    elements: list[Element] = [Text(f"Booked by {_by(view, event)}.")]
    if view.booked:
        elements.append(Text(details.visit(view, view.booked), Tone.STRONG))
        if location := view.location(view.booked):
            elements.append(Text(", ".join(filter(None, (location.address, location.phone))), Tone.QUIET))
    if view.side is Side.OFFICE and view.service and view.service.bring:
        elements.append(Text(f"Please bring: {view.service.bring}"))
    return tuple(elements)


def _appointment_cancelled(view: View, event: Event) -> tuple[Element, ...]:
    reason = words.CANCEL_REASONS.get(str(event.detail.get("reason")), "another reason")
    told = f"The appointment was cancelled by {_by(view, event)}: {reason}. The referral stays open."
    return (Text(told + _next(view)), *_said(view, event))


def _called(view: View, event: Event) -> tuple[Element, ...]:
    outcome = CallOutcome(event.detail["outcome"])
    attempt = int(event.detail.get("attempt", 1))
    told = f"{_by(view, event)} called the patient: {words.CALLS[outcome]} (call {attempt})."
    if view.side is Side.OFFICE:
        wrong = outcome is CallOutcome.WRONG_NUMBER or (outcome is CallOutcome.NO_ANSWER and attempt >= 3)
        return (Text(told + (" Do you have another number? Just reply here." if wrong else "")),)
    return (Text(told), *_said(view, event, "note"))


def _declined(view: View, event: Event) -> tuple[Element, ...]:
    reason = words.DECLINE_REASONS.get(str(event.detail.get("reason")), "another reason")
    return (
        Text(f"Declined by {_by(view, event)}: {reason}.", Tone.STRONG),
        *_said(view, event),
        Text("What to do instead:"),
        *_said(view, event, "alternative"),
    )


def _held(view: View, event: Event) -> tuple[Element, ...]:
    reason = words.HOLD_REASONS.get(str(event.detail.get("reason")), "another reason")
    until = words.moment(datetime.fromisoformat(str(event.detail["until"])), view.zone, view.now)
    told = f"{_by(view, event)} put it on hold until {until}: {reason}. It goes on by itself then."
    if event.detail.get("given_back"):
        told += " The time that was asked for is given back."
    return (Text(told), *_said(view, event))


def _resumed(view: View, event: Event) -> tuple[Element, ...]:
    by = f"{_by(view, event)} goes on with it" if event.actor_key else "The time on hold is over"
    return (Text(f"{by}.{_next(view)}"),)


def _reopened(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"Reopened by {_by(view, event)}.{_next(view)}", Tone.STRONG), *_said(view, event))


def _cancelled(view: View, event: Event) -> tuple[Element, ...]:
    reason = words.CANCEL_REASONS.get(str(event.detail.get("reason")), "another reason")
    return (Text(f"The referral was cancelled by {_by(view, event)}: {reason}."), *_said(view, event))


def _no_show(view: View, event: Event) -> tuple[Element, ...]:
    told = f"The patient did not come to the appointment, says {_by(view, event)}.{_next(view)}"
    return (Text(told, Tone.STRONG),)


def _changed(view: View, event: Event) -> tuple[Element, ...]:
    changed = [str(label) for label in event.detail.get("labels", [])]
    told = f"{_by(view, event)} changed: {words.listed([label.lower() for label in changed])}."
    if view.phi is Phi.MINIMAL:
        return (Text(told),)
    wanted = tuple(fact for fact in details.everything(view) if fact.label in changed)
    return (Text(told), Facts(wanted)) if wanted else (Text(told),)


def _file_added(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_by(view, event)} added a file."),)


# ---------------------------------------------------------------- to the office


def _claimed_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_by(view, event)} has your referral.{_next(view)}"),)


def _accepted_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"Accepted by {_by(view, event)}.{_next(view)}"),)


def _asked_office(view: View, event: Event) -> tuple[Element, ...]:
    due = f" {words.until(view.referral.due_at, view.zone, view.now)}" if view.referral.due_at else ""
    return (
        Text(f"{_by(view, event)} asks:", Tone.STRONG),
        *_said(view, event),
        Text(f"Please answer here{due}.", Tone.QUIET),
    )


def _passed_on(view: View, event: Event) -> tuple[Element, ...]:
    receiver = view.owner.name if view.owner else "the practice's intake"
    return (Text(f"Passed on to {receiver}.{_next(view)}", Tone.QUIET),)


def _question_passed_on(view: View, event: Event) -> tuple[Element, ...]:
    receiver = view.owner.name if view.owner else "the practice's intake"
    question = next((q for q in view.questions if q.id == event.detail.get("question_id")), None)
    due = f" You hear {words.until(question.due_at, view.zone, view.now)}." if question else ""
    return (Text(f"I asked {receiver}.{due}", Tone.QUIET),)


def _answered_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_by(view, event)} answers:", Tone.STRONG), *_said(view, event))


def _told_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_by(view, event)}:", Tone.STRONG), *_said(view, event))


def _time_requested_office(view: View, event: Event) -> tuple[Element, ...]:
    when = details.visit(view, view.wanted) if view.wanted else "that time"
    return (Text(f"Asked for {when}. It is kept for you until the practice answers.{_next(view)}"),)


def _arrived_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"The patient has arrived for the appointment, says {_by(view, event)}."),)


def _seen_office(view: View, event: Event) -> tuple[Element, ...]:
    told = f"The patient was seen today, says {_by(view, event)}.{_next(view)}"
    return (Text(told, Tone.STRONG),)


def _report_office(view: View, event: Event) -> tuple[Element, ...]:
    elements: list[Element] = [Text(f"The report is here, from {_by(view, event)}.", Tone.STRONG)]
    if view.phi is Phi.FULL:
        elements += _said(view, event)
        if event.detail.get("files"):
            elements.append(Text("The file follows below.", Tone.QUIET))
    buttons = [Button("Close", "close", view.referral.id, style=Style.PRIMARY)]
    if view.phi is Phi.MINIMAL:
        buttons.insert(0, Button("Show report", "report_shown", view.referral.id))
    elements.append(Text("Press Close when you have what you need, or reply here if something is missing."))
    elements.append(Buttons(tuple(buttons)))
    return tuple(elements)


def _closed_office(view: View, event: Event) -> tuple[Element, ...]:
    if view.referral.state is State.UNABLE_TO_REACH:
        told = f"Closed by {_by(view, event)}: the patient could not be reached."
        return (Text(told, Tone.STRONG), *_said(view, event))
    subject = view.referral.id
    rating = tuple(Button(label, "rate", subject, value=score) for score, label in RATINGS)
    return (
        Text(f"Closed by {_by(view, event)}. Thank you for trusting us with your patient.", Tone.STRONG),
        *_said(view, event),
        Text("How did we do?"),
        Buttons(rating),
    )


def _rated_office(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_rating(view, event)} I have passed that on.", Tone.QUIET),)


def _reminded(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(str(event.detail["text"])),)


# ---------------------------------------------------------------- to the practice


def _short(verb: str) -> _Writer:
    def write(view: View, event: Event) -> tuple[Element, ...]:
        return (Text(f"{_by(view, event)} {verb}.{_next(view)}"),)

    return write


def _quoted(verb: str) -> _Writer:
    def write(view: View, event: Event) -> tuple[Element, ...]:
        return (Text(f"{_by(view, event)} {verb}:"), *_said(view, event))

    return write


def _asked_practice(view: View, event: Event) -> tuple[Element, ...]:
    question = next((q for q in view.questions if q.id == event.detail.get("question_id")), None)
    due = f" Answer {words.until(question.due_at, view.zone, view.now)}." if question else ""
    answer = Button("Answer", "answer", str(event.detail.get("question_id")), style=Style.PRIMARY)
    return (
        Text(f"{_by(view, event)} asks:", Tone.STRONG),
        *_said(view, event),
        Text(f"Press Answer, or mention me: tell them …{due}", Tone.QUIET),
        Buttons((answer,)),
    )


def _time_requested_practice(view: View, event: Event) -> tuple[Element, ...]:
    when = details.visit(view, view.wanted) if view.wanted else "a time"
    book = Button("Book", "book", view.referral.id, style=Style.PRIMARY)
    return (
        Text(f"{_by(view, event)} asks for {when}. Press Book to confirm it.", Tone.STRONG),
        Buttons((book,)),
    )


def _report_practice(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(f"{_by(view, event)} sent the report to the office.{_next(view)}"),)


def _closed_practice(view: View, event: Event) -> tuple[Element, ...]:
    reason = words.CLOSE_REASONS.get(str(event.detail.get("reason")), "the patient could not be reached")
    return (Text(f"Closed by {_by(view, event)}: {reason}."), *_said(view, event))


def _rated_practice(view: View, event: Event) -> tuple[Element, ...]:
    return (Text(_rating(view, event)), *_said(view, event))


def _rating(view: View, event: Event) -> str:
    score = str(event.detail.get("score"))
    label = dict(RATINGS).get(score, score)
    return f"{_by(view, event)} rated this referral: {label} ({score} of 5)."


_BOTH: Final[dict[EventKind, _Writer]] = {
    EventKind.BOOKED: _booked,
    EventKind.APPOINTMENT_CANCELLED: _appointment_cancelled,
    EventKind.CALLED: _called,
    EventKind.DECLINED: _declined,
    EventKind.HELD: _held,
    EventKind.RESUMED: _resumed,
    EventKind.REOPENED: _reopened,
    EventKind.CANCELLED: _cancelled,
    EventKind.NO_SHOW: _no_show,
    EventKind.CHANGED: _changed,
    EventKind.FILE_ADDED: _file_added,
}

_WRITERS: Final[dict[Audience, dict[EventKind, _Writer]]] = {
    Audience.OFFICE: {
        **_BOTH,
        EventKind.CLAIMED: _claimed_office,
        EventKind.ACCEPTED: _accepted_office,
        EventKind.ASKED_OFFICE: _asked_office,
        EventKind.OFFICE_ANSWERED: _passed_on,
        EventKind.ASKED_PRACTICE: _question_passed_on,
        EventKind.PRACTICE_ANSWERED: _answered_office,
        EventKind.TOLD: _told_office,
        EventKind.ADDED: _passed_on,
        EventKind.TIME_REQUESTED: _time_requested_office,
        EventKind.ARRIVED: _arrived_office,
        EventKind.SEEN: _seen_office,
        EventKind.REPORT_SENT: _report_office,
        EventKind.CLOSED: _closed_office,
        EventKind.RATED: _rated_office,
        EventKind.REMINDED: _reminded,
    },
    Audience.PRACTICE: {
        **_BOTH,
        EventKind.CLAIMED: _short("claimed it"),
        EventKind.ACCEPTED: _short("accepted it"),
        EventKind.ASKED_OFFICE: _quoted("asked the office"),
        EventKind.OFFICE_ANSWERED: _quoted("answers"),
        EventKind.ASKED_PRACTICE: _asked_practice,
        EventKind.PRACTICE_ANSWERED: _quoted("answered"),
        EventKind.TOLD: _quoted("told the office"),
        EventKind.ADDED: _quoted("adds"),
        EventKind.TIME_REQUESTED: _time_requested_practice,
        EventKind.ARRIVED: _short("marked the patient arrived"),
        EventKind.SEEN: _short("marked the patient seen"),
        EventKind.REPORT_SENT: _report_practice,
        EventKind.CLOSED: _closed_practice,
        EventKind.RATED: _rated_practice,
    },
}

_FALLBACKS: Final[dict[EventKind, str]] = {
    EventKind.CLAIMED: "the practice has it",
    EventKind.ACCEPTED: "accepted",
    EventKind.ASKED_OFFICE: "the practice has a question",
    EventKind.OFFICE_ANSWERED: "the office's answer",
    EventKind.ASKED_PRACTICE: "the office has a question",
    EventKind.PRACTICE_ANSWERED: "the practice's answer",
    EventKind.TOLD: "a message from the practice",
    EventKind.TIME_REQUESTED: "a time is asked for",
    EventKind.BOOKED: "booked",
    EventKind.APPOINTMENT_CANCELLED: "the appointment was cancelled",
    EventKind.CALLED: "a call to the patient",
    EventKind.DECLINED: "declined, with what to do instead",
    EventKind.HELD: "on hold",
    EventKind.RESUMED: "on hold no more",
    EventKind.REOPENED: "reopened",
    EventKind.ARRIVED: "arrived",
    EventKind.NO_SHOW: "the patient did not come",
    EventKind.SEEN: "seen",
    EventKind.REPORT_SENT: "the report is here",
    EventKind.CLOSED: "closed",
    EventKind.CANCELLED: "cancelled",
    EventKind.RATED: "a rating",
    EventKind.REMINDED: "a reminder",
}
