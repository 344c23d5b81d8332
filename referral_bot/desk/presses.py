"""What each button and each form does: one table a kind, one line an action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from referral_bot.access import NO_SUCH_REFERRAL
from referral_bot.cards import forms, replies, words
from referral_bot.cards.elements import Button, Form
from referral_bot.cards.view import View
from referral_bot.desk import (
    answers,
    booking,
    documents,
    fresh,
    holding,
    intake,
    mornings,
    record,
    status,
    telling,
    visits,
)
from referral_bot.desk.turn import FormAnswer, Message, Outcome, PageLink, Press, Turn
from referral_bot.errors import BadInput, NotFound, NotNow, Refused
from referral_bot.lifecycle import Move, may_move
from referral_bot.model import AuditAction, CallOutcome, EventKind, Referral, Side, State

RELAYED: Final = frozenset(
    {
        EventKind.ASKED_OFFICE,
        EventKind.OFFICE_ANSWERED,
        EventKind.ASKED_PRACTICE,
        EventKind.PRACTICE_ANSWERED,
        EventKind.TOLD,
        EventKind.ADDED,
        EventKind.HELD,
        EventKind.REOPENED,
    }
)
"""What carries words from one side to the other."""
OUTDATED: Final = "That button is from an older message. Please use the card at the top of the thread."

PressDoer = Callable[[Turn, Press, PageLink], Outcome]
FormDoer = Callable[[Turn, FormAnswer], Outcome | None]


def press(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    """Do what a button says."""
    doer = PRESSES.get(pressed.action)
    if doer is None:
        raise NotFound(OUTDATED)
    return doer(turn, pressed, page_link)


def submit(turn: Turn, answer: FormAnswer) -> Outcome:
    """Do what a form says."""
    doer = FORMS.get(answer.action)
    if doer is None:
        raise NotFound(OUTDATED)
    return doer(turn, answer) or Outcome()


# ---------------------------------------------------------------- buttons that act


def _does(act: Callable[[Turn, str], None]) -> PressDoer:
    def do(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
        act(turn, pressed.subject)
        return Outcome()

    return do


def _choose_service(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    intake.choose_service(turn, pressed.subject, pressed.value)
    return Outcome()


def _rate(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    return Outcome(private=replies.says(visits.rate(turn, pressed.subject, pressed.value)))


def _close(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    if turn.actor.side is Side.OFFICE:
        visits.close(turn, pressed.subject)
        return Outcome()
    referral = _movable(turn, pressed.subject, Move.CLOSE)
    reasons = dict(words.CLOSE_REASONS)
    if referral.state is State.SEEN:
        del reasons["complete"]
    return Outcome(form=forms.close(referral, reasons))


def _take_time(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    _of_office(turn)
    if pressed.subject:
        booking.choose(turn, pressed.subject, pressed.value)
        return Outcome()
    return Outcome(form=intake.new_form(turn, pressed.value))


# ---------------------------------------------------------------- buttons that open a form


def _movable(turn: Turn, referral_id: str, move: Move) -> Referral:
    """The referral, if this move could be made now: a form that can't be sent isn't opened."""
    referral = record.find(turn, referral_id)
    if not may_move(referral, move):
        raise NotNow(record.meanwhile(turn, referral))
    return referral


def _opens(make: Callable[[Referral], Form], move: Move) -> PressDoer:
    def do(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
        return Outcome(form=make(_movable(turn, pressed.subject, move)))

    return do


def _times(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    return Outcome(form=booking.times_form(turn, pressed.subject, "times"))


def _book(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    _movable(turn, pressed.subject, Move.BOOK)
    return Outcome(form=booking.times_form(turn, pressed.subject, "book"))


def _edit(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    return Outcome(form=intake.edit_form(turn, pressed.subject))


def _answer(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    question = answers.to_answer(turn, pressed.subject)
    if question.answered_at is not None:
        answerer = turn.tx.person(question.answered_by or "")
        raise NotNow(f"{answerer.name if answerer else 'Somebody'} has answered it already.")
    return Outcome(form=forms.answer(question.id, question.text))


def _hold(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    referral = _movable(turn, pressed.subject, Move.HOLD)
    today = turn.now.astimezone(telling.zone_of_actor(turn)).date()
    return Outcome(form=forms.hold(referral, today + timedelta(days=1)))


def _details(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    referral = record.find(turn, pressed.subject)
    record.audit(turn, AuditAction.VIEWED, "referral.details", referral.id, referral.office_key)
    files = documents.links(turn, referral, turn.actor, page_link, reports=False)
    shown = telling.view(turn, referral, status.audience_of(turn))
    return Outcome(form=forms.details_form(shown, files, _hidden_words(turn, shown)))


def _hidden_words(turn: Turn, shown: View) -> list[tuple[str, str]]:
    """Who said what that stands in the thread with something taken out, the latest first."""
    found = []
    for event in reversed(turn.tx.events(shown.referral.id)):
        text = str(event.detail.get("text") or "")
        if event.kind in RELAYED and shown.words(text) != text:
            person = turn.tx.person(event.actor_key or "")
            found.append((person.name if person else "The bot", text))
    return found


def _report_shown(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    referral = record.find(turn, pressed.subject)
    record.audit(turn, AuditAction.VIEWED, "referral.report", referral.id, referral.office_key)
    reports = [e for e in turn.tx.events(referral.id) if e.kind is EventKind.REPORT_SENT]
    note = "\n\n".join(str(event.detail.get("text") or "") for event in reports).strip()
    files = documents.links(turn, referral, turn.actor, page_link, reports=True)
    shown = telling.view(turn, referral, status.audience_of(turn))
    return Outcome(form=forms.report_shown(shown, note, files))


# ---------------------------------------------------------------- commands and shortcuts


def _of_office(turn: Turn) -> Turn:
    if turn.actor.side is not Side.OFFICE:
        raise Refused("Referrals are sent by people of a referring office.")
    return turn


def _refer(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    _of_office(turn)
    if pressed.value.strip():
        fresh.said(turn, _typed(turn, f"refer {pressed.value}"))
        return Outcome()
    return Outcome(form=intake.new_form(turn))


def _make_referral(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    _of_office(turn)
    intake.refuse_second_draft(turn)
    reading = fresh.read_for(turn, pressed.value)
    intake.start(turn, reading.fields, reading.flags)
    return Outcome()


def _typed(turn: Turn, text: str) -> Message:
    return Message(text=text, place=turn.place, addressed=True)


def _availability(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    reading = fresh.read_for(turn, f"when can you see {pressed.value}")
    named = reading.fields.get("service") or pressed.value.strip() or None
    return Outcome(private=fresh.times(turn, {**reading.fields, "service": named}))


def _status(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    text = pressed.value.strip()
    if not text or text.casefold() in status.ALL:
        return Outcome(private=fresh.all_open(turn))
    if reference := status.reference_in(text):
        referral = status.by_reference(turn, reference)
        found = [referral] if referral else []
    else:
        first, _, last = text.rpartition(" ")
        found = status.by_name(turn, first or None, last)
    if not found:
        raise NotFound(NO_SUCH_REFERRAL)
    return Outcome(private=status.shown(turn, found, "Here is where it stands:"))


def _morning_list(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    return Outcome(private=mornings.settle(turn, pressed.value))


def _help(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    return Outcome(private=replies.help_card(turn.practice, turn.actor.side))


def _question_refer(turn: Turn, pressed: Press, page_link: PageLink) -> Outcome:
    _of_office(turn)
    question = answers.find_question(turn, pressed.subject)
    if question.referral_id:
        raise NotNow("This question has become a referral already.")
    intake.refuse_second_draft(turn)
    reading = fresh.read_for(turn, question.text)
    question.referral_id = intake.start(turn, reading.fields, reading.flags).id
    turn.tx.save(question)
    return Outcome()


PRESSES: Final[Mapping[str, PressDoer]] = {
    "submit": _does(intake.submit),
    "edit": _edit,
    "change": _edit,
    "discard": _does(intake.discard),
    "choose_service": _choose_service,
    "times": _times,
    "take_time": _take_time,
    "details": _details,
    "claim": _does(answers.claim),
    "take_over": _does(answers.take_over),
    "accept": _does(answers.accept),
    "ask": _opens(forms.ask, Move.ASK),
    "answer": _answer,
    "book": _book,
    "call": _opens(forms.call, Move.CALL),
    "decline": _opens(forms.decline, Move.DECLINE),
    "hold": _hold,
    "resume": _does(holding.resume),
    "reopen": _opens(forms.reopen, Move.REOPEN),
    "arrived": _does(visits.arrived),
    "no_show": _does(visits.no_show),
    "seen": _does(visits.seen),
    "report": _opens(forms.report, Move.REPORT),
    "report_shown": _report_shown,
    "close": _close,
    "give_up": _opens(forms.give_up, Move.GIVE_UP),
    "rate": _rate,
    "cancel": _opens(lambda referral: forms.cancel(referral, "cancel"), Move.CANCEL),
    "cancel_appointment": _opens(
        lambda referral: forms.cancel(referral, "cancel_appointment"), Move.CANCEL_APPOINTMENT
    ),
    "question_refer": _question_refer,
    "refer": _refer,
    "make_referral": _make_referral,
    "availability": _availability,
    "status": _status,
    "morning_list": _morning_list,
    "help": _help,
}


OPENS_FORM: Final = frozenset(
    {
        *("edit", "change", "times", "details", "ask", "answer", "book", "call", "decline", "hold", "reopen"),
        *("report", "report_shown", "give_up", "cancel", "cancel_appointment", "refer"),
    }
)
"""Buttons that do nothing but open a form."""


def opens_form(button: Button) -> bool:
    """Whether pressing it opens a form and does nothing else: some platforms want to know beforehand."""
    return button.action in OPENS_FORM or (button.action == "take_time" and not button.subject)


# ---------------------------------------------------------------- forms


def _code(answer: FormAnswer, key: str, known: Iterable[str]) -> str:
    """One of the codes that a form offers. Raises BadInput for anything else."""
    code = str(answer.answers.get(key) or "")
    if code not in known:
        raise BadInput("Something is still to be chosen.", {key: "Please choose one of these."})
    return code


def _text(answer: FormAnswer, key: str = "text") -> str:
    value: Any = answer.answers.get(key)
    return str(value or "")


def _chosen(turn: Turn, answer: FormAnswer) -> None:
    booking.choose(turn, answer.subject, _text(answer, "time"))


FORMS: Final[Mapping[str, FormDoer]] = {
    "new_referral": lambda turn, a: intake.save_new(_of_office(turn), a),
    "save_referral": intake.save,
    "times": _chosen,
    "book": _chosen,
    "ask": lambda turn, a: answers.ask(turn, a.subject, _text(a)),
    "answer": lambda turn, a: answers.answer_office(turn, a.subject, _text(a)),
    "call": lambda turn, a: answers.log_call(
        turn, a.subject, CallOutcome(_code(a, "outcome", list(CallOutcome))), _text(a, "note")
    ),
    "decline": lambda turn, a: answers.decline(
        turn, a.subject, _code(a, "reason", words.DECLINE_REASONS), _text(a), _text(a, "alternative")
    ),
    "hold": lambda turn, a: holding.hold(
        turn, a.subject, _text(a, "until"), _code(a, "reason", words.HOLD_REASONS), _text(a)
    ),
    "reopen": lambda turn, a: holding.reopen(turn, a.subject, _text(a)),
    "report": lambda turn, a: visits.send_report(turn, a.subject, _text(a), a.answers.get("files") or ()),
    "close": lambda turn, a: visits.close(turn, a.subject, _code(a, "reason", words.CLOSE_REASONS), _text(a)),
    "give_up": lambda turn, a: visits.give_up(turn, a.subject, _text(a)),
    "cancel": lambda turn, a: visits.cancel(
        turn, a.subject, _code(a, "reason", words.CANCEL_REASONS), _text(a)
    ),
    "cancel_appointment": lambda turn, a: booking.cancel_appointment(
        turn, a.subject, _code(a, "reason", words.CANCEL_REASONS), _text(a)
    ),
}
