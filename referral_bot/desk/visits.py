"""The visit and what follows it: arrived, missed, seen, report, closing, rating; and cancelling."""

from __future__ import annotations

from collections.abc import Sequence

from referral_bot.cards import words
from referral_bot.desk import booking, documents, record
from referral_bot.desk.turn import IncomingFile, Turn
from referral_bot.errors import BadInput, NotNow
from referral_bot.lifecycle import Move
from referral_bot.model import AppointmentStatus, EventKind, Referral, Side, State

LOW_RATING = 2
"""Of 5; from here down the office is asked what went wrong."""


def arrived(turn: Turn, referral_id: str) -> None:
    """The patient is here."""
    referral = record.find(turn, referral_id)
    booking.mark(turn, referral, AppointmentStatus.ARRIVED)
    record.act(turn, referral, Move.ARRIVE, EventKind.ARRIVED)


def no_show(turn: Turn, referral_id: str) -> None:
    """The patient did not come; the office hears it the same day, with who rebooks by when."""
    referral = record.find(turn, referral_id)
    booking.mark(turn, referral, AppointmentStatus.NO_SHOW)
    record.act(turn, referral, Move.MISS, EventKind.NO_SHOW)


def seen(turn: Turn, referral_id: str) -> None:
    """The visit took place; the report is owed from now."""
    referral = record.find(turn, referral_id)
    booking.mark(turn, referral, AppointmentStatus.FULFILLED)
    record.act(turn, referral, Move.SEE, EventKind.SEEN)


def send_report(turn: Turn, referral_id: str, text: str, files: Sequence[IncomingFile]) -> None:
    """The report goes to the office: a note, files, or both."""
    referral = record.find(turn, referral_id)
    if not text.strip() and not files:
        raise BadInput("There is no report yet.", {"text": "Write the report, or add a file."})
    documents.refuse_at_once(files)
    detail = {"text": text.strip(), "files": len(files)}
    record.act(turn, referral, Move.REPORT, EventKind.REPORT_SENT, detail)
    documents.receive(turn, referral, files, is_report=True)


def close(turn: Turn, referral_id: str, reason: str = "complete", text: str = "") -> None:
    """The loop is closed, by the office that has its report or by staff with a reason."""
    referral = record.find(turn, referral_id)
    if turn.actor.side is Side.OFFICE and referral.state is not State.REPORT_SENT:
        raise NotNow(record.meanwhile(turn, referral))
    record.act(turn, referral, Move.CLOSE, EventKind.CLOSED, {"reason": reason, "text": text}, outcome=reason)


def give_up(turn: Turn, referral_id: str, text: str) -> None:
    """The patient could not be reached; the office hears what was tried."""
    referral = record.find(turn, referral_id)
    if not text.strip():
        raise BadInput("Say what was tried.", {"text": "The office needs to know what was tried."})
    booking.release(turn, referral, "other")
    detail = {"reason": "unable_to_reach", "text": text.strip()}
    record.act(turn, referral, Move.GIVE_UP, EventKind.CLOSED, detail, outcome="unable_to_reach")


def rate(turn: Turn, referral_id: str, score: str) -> str:
    """The office rates a closed referral with one tap; returns what to say to the person."""
    referral = record.find(turn, referral_id)
    if referral.state is not State.CLOSED or turn.actor.side is not Side.OFFICE:
        raise NotNow("A rating belongs to a closed referral of your own office.")
    if score not in {"1", "2", "3", "4", "5"}:
        raise NotNow("Please press one of the ratings.")
    if any(event.kind is EventKind.RATED for event in turn.tx.events(referral.id)):
        raise NotNow("This referral has been rated already, thank you.")
    record.note(turn, referral, EventKind.RATED, {"score": int(score)})
    where = words.where_to_reply(referral.reference, flat=turn.place.flat)
    if int(score) <= LOW_RATING:
        return f"I am sorry. Please reply {where} with what went wrong; a person reads it."
    return f"Thank you. If you want to say more, just reply {where}."


def cancel(turn: Turn, referral_id: str, reason: str, text: str) -> None:
    """The referral is withdrawn, and its appointment with it; it can't be taken back."""
    referral = record.find(turn, referral_id)
    booking.release(turn, referral, reason)
    record.act(
        turn, referral, Move.CANCEL, EventKind.CANCELLED, {"reason": reason, "text": text}, outcome=reason
    )


def add(turn: Turn, referral: Referral, text: str) -> None:
    """The office adds something in its thread; the practice reads it in its own."""
    record.note(turn, referral, EventKind.ADDED, {"text": text})
