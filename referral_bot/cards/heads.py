"""The card at the head of a thread: the draft, and the present state for the office and for the practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from referral_bot.access import may_reopen
from referral_bot.cards import details, words
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    Confirm,
    Element,
    Fact,
    Facts,
    Style,
    Text,
    Tone,
)
from referral_bot.cards.view import View
from referral_bot.lifecycle import TERMINAL, Move, may_move
from referral_bot.model import AppointmentStatus, Audience, Phi, Side, State
from referral_bot.practice import Booking, PromiseKind, Urgency

_PRESSING: Final = frozenset({"Urgency", "Reason"})


def head(view: View, missing: Sequence[str] = (), warnings: Sequence[str] = ()) -> Card:
    """The head card of a referral for its audience, as it stands now."""
    if view.referral.state in (State.DRAFT, State.DISCARDED):
        return draft(view, missing, warnings)
    return office_head(view) if view.audience is Audience.OFFICE else practice_head(view)


def draft(view: View, missing: Sequence[str], warnings: Sequence[str] = ()) -> Card:
    """What was read, what is missing, and Submit, Edit, Discard."""
    if view.referral.state is State.DISCARDED:
        return Card("A draft was discarded.", "", (Text("Discarded: nothing was sent.", Tone.QUIET),))
    elements: list[Element] = [Facts(_draft_facts(view, missing))]
    if wanted := view.wanted:
        kept = words.until(wanted.held_until, view.zone, view.now) if wanted.held_until else ""
        elements.append(
            Text(f"Time: {details.visit(view, wanted)}. Kept for you; submit {kept}.".replace(" .", "."))
        )
    elements += [Text(warning, Tone.WARNING) for warning in warnings]
    elements.append(Text(_asking(missing), Tone.STRONG if missing else Tone.PLAIN))
    elements.append(Buttons(_draft_buttons(view)))
    return Card("A referral draft is ready for you to check.", "New referral, not sent yet", tuple(elements))


def _draft_facts(view: View, missing: Sequence[str]) -> tuple[Fact, ...]:
    needed = tuple(Fact(details.LABELS[name], "", details.MISSING) for name in missing)
    return (*details.facts(view), *needed)


def _asking(missing: Sequence[str]) -> str:
    if not missing:
        return "Everything is here. Check it, then press Submit."
    wanted = words.listed([details.LABELS[name].lower() for name in missing])
    return f"I still need: {wanted}. Just reply here, in one message, or press Edit."


def _draft_buttons(view: View) -> tuple[Button, ...]:
    subject = view.referral.id
    buttons = [
        Button("Submit", "submit", subject, style=Style.PRIMARY),
        Button("Edit", "edit", subject),
    ]
    if view.service and not view.referral.hold_booking:
        buttons.append(Button("Choose a time", "times", subject))
    if view.phi is Phi.MINIMAL:
        buttons.append(Button("Show details", "details", subject))
    discard = Confirm("Discard this draft?", "Nothing has been sent, and nothing will be.", "Discard")
    buttons.append(Button("Discard", "discard", subject, style=Style.DANGER, confirm=discard))
    return tuple(buttons)


def title(view: View) -> str:
    """`RB-7K2M · J. W. · Cardiology`, and the urgency where it is more than routine."""
    return " · ".join(_titled(view))


def _titled(view: View) -> list[str]:
    service = view.service.name if view.service else ""
    pressing = words.urgency(view.referral)
    if pressing == words.URGENCIES[Urgency.ROUTINE]:
        pressing = ""
    return [part for part in (view.referral.reference or "", view.patient(), service, pressing) if part]


def _known(view: View) -> tuple[Fact, ...]:
    """What the title doesn't say already, the most pressing first."""
    titled = _titled(view)
    facts = [fact for fact in details.facts(view) if fact.mark or fact.value not in titled]
    return tuple(sorted(facts, key=lambda fact: fact.label not in _PRESSING))


def office_head(view: View) -> Card:
    """The referral as the office follows it."""
    elements: list[Element] = [Text(standing(view), Tone.STRONG)]
    if view.booked:
        elements.append(Text(details.visit(view, view.booked)))
    elif view.wanted:
        elements.append(Text(f"Asked for: {details.visit(view, view.wanted)}. The practice confirms it."))
    elements.append(Facts((*_known(view), *_sent(view))))
    if buttons := _office_buttons(view):
        elements.append(Buttons(buttons))
    if view.referral.state not in TERMINAL:
        where = words.where_to_reply(view.referral.reference, flat=view.flat)
        elements.append(Text(f"Reply {where} to add, ask or change anything.", Tone.QUIET))
    return Card(
        f"{view.referral.reference}: {words.STATES[view.referral.state]}", title(view), tuple(elements)
    )


def _sent(view: View) -> tuple[Fact, ...]:
    sender = view.people.get(view.referral.sent_by)
    behalf = view.people.get(view.referral.on_behalf_of or "")
    if sender is None:
        return ()
    sent = words.who(sender) + (f" for {behalf.name}" if behalf else "")
    return (Fact("Sent by", f"{sent}, {view.office.name}"),)


def standing(view: View) -> str:
    """State, who acts next, and until when, in one or two sentences."""
    referral = view.referral
    state = words.STATES[referral.state]
    if referral.state is State.NEEDS_INFO and view.audience is Audience.PRACTICE:
        state = "Waiting for the office's answer"
    if referral.state in TERMINAL or referral.due_at is None or referral.next_kind is None:
        return f"{state}."
    due = words.until(referral.due_at, view.zone, view.now)
    if referral.state is State.ON_HOLD and referral.on_hold_until is not None:
        state = f"{state} until {words.moment(referral.on_hold_until, view.zone, view.now)}"
    if referral.next_actor is Side.OFFICE:
        return f"{state}. {_office_turn(view, due)}"
    if referral.next_kind is PromiseKind.SEE:
        return f"{state}. Next is the visit."
    late = referral.due_at < view.now
    turn = words.whose_turn(referral, view.owner, view.sender, view.side)
    owed = words.OWED[referral.next_kind]
    if late:
        return f"{state}. Late: {turn} was {owed} {due}."
    return f"{state}. Next: {turn}, {owed} {due}."


def _office_turn(view: View, due: str) -> str:
    if view.referral.state is State.REPORT_SENT:
        return (
            "Press Close when you have it."
            if view.side is Side.OFFICE
            else "The office closes it, or you do."
        )
    if view.side is Side.OFFICE:
        return f"Please answer {due}."
    return f"Next: {view.sender.name if view.sender else 'the office'}, to answer {due}."


def _office_buttons(view: View) -> tuple[Button, ...]:
    referral, buttons = view.referral, []
    subject = referral.id
    if referral.state is State.REPORT_SENT:
        buttons.append(Button("Close", "close", subject, style=Style.PRIMARY))
    if view.phi is Phi.MINIMAL:
        buttons.append(Button("Show details", "details", subject))
    if view.phi is Phi.MINIMAL and any(document.is_report for document in view.documents):
        buttons.append(Button("Show report", "report_shown", subject))
    if may_move(referral, Move.BOOK) and not referral.hold_booking:
        buttons.append(Button("Change the time" if view.booked else "Choose a time", "times", subject))
    if referral.state not in TERMINAL:
        buttons.append(Button("Change", "change", subject))
    if view.booked and may_move(referral, Move.CANCEL_APPOINTMENT):
        buttons.append(Button("Cancel appointment", "cancel_appointment", subject))
    if may_move(referral, Move.CANCEL):
        buttons.append(Button("Cancel referral", "cancel", subject, style=Style.DANGER))
    if may_move(referral, Move.REOPEN) and may_reopen(view.side, referral):
        buttons.append(Button("Reopen", "reopen", subject))
    return tuple(buttons)


_PRACTICE_BUTTONS: tuple[tuple[str, str, Move], ...] = (
    ("Claim", "claim", Move.CLAIM),
    ("Accept", "accept", Move.ACCEPT),
    ("Arrived", "arrived", Move.ARRIVE),
    ("Seen", "seen", Move.SEE),
    ("No-show", "no_show", Move.MISS),
    ("Send report", "report", Move.REPORT),
    ("Book", "book", Move.BOOK),
    ("Ask the office", "ask", Move.ASK),
    ("Log a call", "call", Move.CALL),
    ("Resume", "resume", Move.RESUME),
    ("Put on hold", "hold", Move.HOLD),
    ("Close", "close", Move.CLOSE),
    ("Give up", "give_up", Move.GIVE_UP),
    ("Take over", "take_over", Move.CLAIM),
    ("Decline", "decline", Move.DECLINE),
    ("Reopen", "reopen", Move.REOPEN),
)
"""Label, action, and the move that must be possible for it to be shown; in the order of the work."""

_NEXT_STEP: Final = {
    State.RECEIVED: "accept",
    State.ACCEPTED: "book",
    State.CONTACTING: "book",
    State.ON_HOLD: "resume",
    State.RESCHEDULE_NEEDED: "book",
    State.NO_SHOW: "book",
    State.CHECKED_IN: "seen",
    State.SEEN: "report",
}
"""What brings a claimed referral forward; a booked one waits for the visit."""


def practice_head(view: View) -> Card:
    """The referral as the practice's staff work it."""
    elements: list[Element] = [Text(standing(view), Tone.STRONG)]
    if view.booked:
        elements.append(Text(f"Booked: {details.visit(view, view.booked)}"))
    elif view.wanted and view.wanted.status is AppointmentStatus.PENDING:
        elements.append(Text(f"Asked for: {details.visit(view, view.wanted)}. Press Book to confirm it."))
    for question in view.questions:
        if question.asked_of is Side.PRACTICE:
            elements.append(Text("The office has an open question below.", Tone.WARNING))
            break
    elements.append(Facts((*_known(view), *_sent(view), *_owner(view))))
    if view.service and view.service.booking is Booking.DIRECT and view.booked and not view.owner:
        elements.append(Text("Booked directly by the office; nobody has claimed it yet.", Tone.QUIET))
    if buttons := _practice_buttons(view):
        elements.append(Buttons(buttons))
    fallback = f"{view.referral.reference} from {view.office.name}: {words.STATES[view.referral.state]}"
    return Card(fallback, title(view), tuple(elements))


def _owner(view: View) -> tuple[Fact, ...]:
    return (Fact("Claimed by", words.who(view.owner)),) if view.owner else ()


def _practice_buttons(view: View) -> tuple[Button, ...]:
    referral = view.referral
    hidden = "take_over" if view.owner is None else "claim"
    buttons = []
    for label, action, move in _PRACTICE_BUTTONS:
        if may_move(referral, move) and action != hidden:
            style = _style(view, action)
            buttons.append(Button(_relabelled(view, action, label), action, referral.id, style=style))
    if view.phi is Phi.MINIMAL:
        buttons.insert(1, Button("Show details", "details", referral.id))
    return tuple(buttons)


def _style(view: View, action: str) -> Style:
    unclaimed = view.owner is None and may_move(view.referral, Move.CLAIM)
    if action == ("claim" if unclaimed else _NEXT_STEP.get(view.referral.state)):
        return Style.PRIMARY
    return Style.DANGER if action == "decline" else Style.PLAIN


def _relabelled(view: View, action: str, label: str) -> str:
    return "Rebook" if action == "book" and view.booked else label
