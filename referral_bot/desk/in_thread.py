"""What somebody of an office says in a thread the bot follows: a draft's, a sent referral's, a question's."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from referral_bot.cards import replies
from referral_bot.cards.elements import Button, Buttons, Card, Style, Text
from referral_bot.desk import answers, documents, fresh, intake, packets, record, telling, visits
from referral_bot.desk.turn import Message, Turn
from referral_bot.lifecycle import TERMINAL, Move, may_move
from referral_bot.model import AuditAction, Referral, State
from referral_bot.reading import Answer, Reading, read_answer

_SUBMIT_WORDS: Final = frozenset({"submit", "submit it", "send", "send it", "yes", "yes submit", "ok send"})
_DISCARD_WORDS: Final = frozenset(
    {
        *("discard", "discard it", "forget it", "never mind", "nevermind", "scratch that", "delete it"),
        *("cancel", "cancel it", "cancel this", "cancel that", "cancel this referral", "please cancel"),
    }
)
_QUESTION_WORDS: Final = (
    "can ",
    "could ",
    "do ",
    "does ",
    "is ",
    "are ",
    "when ",
    "what ",
    "who ",
    "how ",
    "will ",
)


def in_draft(turn: Turn, message: Message, referral: Referral) -> None:
    """A reply under a draft fills it, sends it or throws it away."""
    if message.files:
        documents.receive(turn, referral, message.files)
    text = message.text.strip()
    plain = text.casefold().strip(" .!")
    if not text:
        return
    if plain in _SUBMIT_WORDS and (message.addressed or turn.actor.key == referral.sent_by):
        intake.submit(turn, referral.id)
        return
    if plain in _DISCARD_WORDS and (message.addressed or turn.actor.key == referral.sent_by):
        intake.discard(turn, referral.id)
        return
    _fill(turn, message, referral)


def decides_draft(text: str) -> bool:
    """Whether a text sends a draft or throws it away."""
    return text.casefold().strip(" .!") in _SUBMIT_WORDS | _DISCARD_WORDS


def _fill(turn: Turn, message: Message, referral: Referral) -> None:
    reading = fresh.read_for(turn, message.text)
    intents = set(reading.intents)
    if "emergency" in intents:
        fresh.emergency(turn)
        return
    if "check_availability" in intents and asks(message.text):
        _offer_times(turn, reading, referral)
        return
    answer = read_reply(turn, message.text, referral)
    if answer.understood or "phone_incomplete" in answer.flags:
        intake.fill(turn, referral, answer.fields, answer.flags)
        for intent in fresh.BY_THE_DIRECTORY & intents if asks(message.text) else ():
            fresh.by_directory(turn, intent, reading.fields)
    elif "submit_referral" in intents and "referrals" not in reading.fields:
        intake.fill(turn, referral, reading.fields, reading.flags)
    elif "check_availability" in intents:
        _offer_times(turn, reading, referral)
    elif "cancel_referral" in intents and not {"patient", "referral_id"} & set(reading.fields):
        telling.reply(turn, turn.place, _confirm_discard(referral))
    elif intents & (fresh.TO_A_PERSON | {"out_of_scope", "thanks"}):
        _keep_as_note(turn, message.text, referral)
    else:
        fresh.said(turn, replace(message, files=()))


def read_reply(turn: Turn, text: str, draft: Referral) -> Answer:
    """A reply under a draft, read in the light of what the draft still lacks."""
    return read_answer(
        text,
        asked=tuple(packets.missing(draft, turn.practice, turn.tx.documents(draft.id))),
        now=turn.now,
        vocabulary=packets.vocabulary(turn.practice),
        current=draft.packet.model_dump(mode="json"),
    )


def _confirm_discard(referral: Referral) -> Card:
    discard = Button("Discard", "discard", referral.id, style=Style.DANGER)
    told = Text("This draft has not been sent, so there is nothing to cancel. Shall I throw it away?")
    return Card("A draft has not been sent.", "", (told, Buttons((discard,))))


def _offer_times(turn: Turn, reading: Reading, referral: Referral) -> None:
    """Open times for this patient's service, unless another one is named; choosing one takes it."""
    fields = {"service": referral.service_key, **reading.fields}
    telling.reply(turn, turn.place, fresh.times(turn, fields, referral.id))


def _keep_as_note(turn: Turn, text: str, referral: Referral) -> None:
    """What can't be read is kept as a note, so that nothing typed is lost."""
    referral.packet.notes = "\n".join(filter(None, (referral.packet.notes, text)))
    turn.tx.save(referral)
    record.audit(turn, AuditAction.CHANGED, "referral.filled", referral.id, referral.office_key)
    telling.redraw(turn, referral.id)
    said = (
        "I put that into the notes, word for word; the practice reads it when you submit. "
        "To ask them something before that, mention me in the channel."
    )
    telling.reply(turn, turn.place, replies.says(said))


def in_referral(turn: Turn, message: Message, referral: Referral) -> None:
    """A reply under a sent referral: an answer, a question, a change, a request, or something to add."""
    if message.files:
        documents.receive(turn, referral, message.files)
    if not message.text.strip():
        if message.files and referral.state is State.NEEDS_INFO:
            answers.answer_practice(turn, referral, "Here is the file.")
        return
    message = replace(message, files=())
    reading = fresh.read_for(turn, message.text)
    intents = set(reading.intents)
    if "emergency" in intents:
        fresh.emergency(turn)
    elif is_another_patient(reading, referral):
        fresh.start_apart(turn, reading)
    elif intents == {"thanks"}:
        _thanked(turn, message)
    elif intents & {"check_status", "cancel_referral", "reschedule_appointment"}:
        first = next(i for i in reading.intents if i in fresh.ABOUT_A_REFERRAL)
        fresh.about(turn, message, first, reading.fields, referral)
    elif referral.state is State.NEEDS_INFO and not (asks(message.text) and not reading.fields):
        fresh.correct(turn, referral, reading)
        answers.answer_practice(turn, referral, message.text)
    elif "check_availability" in intents and may_move(referral, Move.BOOK):
        _offer_times(turn, reading, referral)
    elif intents & fresh.BY_THE_DIRECTORY:
        intent = next(i for i in reading.intents if i in fresh.BY_THE_DIRECTORY)
        fresh.by_directory(turn, intent, reading.fields)
    elif "update_referral" in intents and referral.state not in TERMINAL:
        fresh.update(turn, referral, message.text, reading)
    elif asks(message.text) or intents & fresh.TO_A_PERSON or referral.state in TERMINAL:
        answers.ask_practice(turn, referral, message.text)
    else:
        visits.add(turn, referral, message.text)


def is_another_patient(reading: Reading, referral: Referral) -> bool:
    """Whether a new patient is sent in the thread of another one."""
    patient = reading.fields.get("patient") or {}
    last = str(patient.get("last") or "")
    own = referral.packet.patient.last or ""
    return "submit_referral" in reading.intents and bool(last) and last.casefold() != own.casefold()


def _thanked(turn: Turn, message: Message) -> None:
    if message.addressed:
        telling.reply(turn, turn.place, replies.says("You're welcome."))


def asks(text: str) -> bool:
    """Whether a text asks something."""
    return "?" in text or text.strip().casefold().startswith(_QUESTION_WORDS)


def in_question(turn: Turn, message: Message) -> None:
    """A reply under a question without a patient: read like a new message; other words go to the practice."""
    reading = fresh.read_for(turn, message.text)
    if set(reading.intents) <= {"out_of_scope", "request_human"}:
        answers.ask_on(turn, message.text)
    elif set(reading.intents) != {"thanks"} or message.addressed:
        fresh.said(turn, message)
