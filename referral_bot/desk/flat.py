"""Which referral a message continues in a conversation without threads, such as a chat of two.

There everything stands one below the other. A message is part of a referral's thread if it quotes one of
its messages, if it names its reference, or if it reads as the answer to what the person was asked last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from referral_bot.cards import words
from referral_bot.desk import fresh, in_thread, status
from referral_bot.desk.turn import Message, Turn
from referral_bot.errors import BadInput
from referral_bot.model import Referral, Side, State, Thread
from referral_bot.reading import Reading

_ASKS_ANEW = frozenset({"check_availability", "request_human", "report_issue", "help", "thanks", "emergency"})


def continued(turn: Turn, message: Message) -> Thread | None:
    """The thread that a message continues; none for one that begins something new.

    Raises BadInput where it could be the answer to more than one question.
    """
    if thread := _quoted(turn, message) or _named(turn, message.text):
        return thread
    if not message.addressed or turn.actor.side is not Side.OFFICE or status.references_in(message.text):
        return None  # what names another referral answers nothing about this one
    return _answered(turn, message)


def without_reference(message: Message) -> Message:
    """The message without the reference that it begins with to say where it belongs."""
    found = status.REFERENCE.match(message.text.lstrip())
    rest = message.text.lstrip()[found.end() :].lstrip(" :,;.–—-") if found else ""
    return replace(message, text=rest) if rest else message


def at(turn: Turn, thread: Thread | None) -> Turn:
    """The turn in that thread, so that what is replied belongs to it; as it is for none."""
    if thread is None or not turn.place.flat:
        return turn
    return replace(turn, place=replace(turn.place, root=thread.root or thread.head or ""))


def of_subject(turn: Turn, subject_id: str) -> Thread | None:
    """The thread in which a record is followed here."""
    if not subject_id:
        return None
    here = (turn.place.platform, turn.place.channel)
    found = (thread for thread in turn.tx.threads(subject_id) if (thread.platform, thread.channel) == here)
    return next(found, None)


def _quoted(turn: Turn, message: Message) -> Thread | None:
    if not message.quoted:
        return None
    return turn.tx.thread_of(turn.place.platform, turn.place.channel, message.quoted)


def _named(turn: Turn, text: str) -> Thread | None:
    """The thread of the one referral that a text names."""
    references = status.references_in(text)
    if len(references) != 1:
        return None
    referral = status.by_reference(turn, references[0])
    return of_subject(turn, referral.id) if referral else None


def _answered(turn: Turn, message: Message) -> Thread | None:
    """The thread of the draft or of the question that a message answers."""
    waiting = list(_waiting(turn))
    if not waiting or fresh.is_command(message.text):
        return None
    text = message.text.strip()
    if text:
        reading = fresh.read_for(turn, text)
        fits = [one for one in waiting if _reads_as_answer(turn, text, reading, one[0])]
    else:
        fits = waiting if message.files else []
    if len(fits) > 1:
        named = words.listed([referral.reference or "the draft" for referral, _ in fits], "or")
        raise BadInput(f"Is that for {named}? Please reply to its card, or begin with the reference.")
    return fits[0][1] if fits else None


def _waiting(turn: Turn) -> Iterator[tuple[Referral, Thread]]:
    """What waits for this person here: the newest draft, and the office's referrals with a question."""
    office = turn.tx.referrals(office_key=turn.actor.office_key)
    asked = [referral for referral in office if referral.state is State.NEEDS_INFO]
    for referral in (*turn.tx.drafts(turn.actor.key)[:1], *asked):
        if thread := of_subject(turn, referral.id):
            yield referral, thread


def _reads_as_answer(turn: Turn, text: str, reading: Reading, referral: Referral) -> bool:
    if set(reading.intents) & _ASKS_ANEW or in_thread.is_another_patient(reading, referral):
        return False
    if referral.state is State.NEEDS_INFO:
        return not in_thread.asks(text) and not set(reading.intents) & fresh.ABOUT_A_REFERRAL
    if in_thread.decides_draft(text):
        return True
    return in_thread.read_reply(turn, text, referral).understood and not in_thread.asks(text)
