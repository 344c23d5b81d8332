"""A referral that waits on purpose, and one that is taken up again after it had ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot import access
from referral_bot.business_time import BusinessCalendar, moment
from referral_bot.cards import words
from referral_bot.desk import booking, due, record, telling
from referral_bot.desk.turn import Scene, Turn
from referral_bot.errors import BadInput, NotNow, Refused
from referral_bot.lifecycle import Move
from referral_bot.model import EventKind, Referral, Side, State

LONGEST: Final = timedelta(days=365)


def hold(turn: Turn, referral_id: str, until: str, reason: str, text: str) -> None:
    """The practice waits until a day, `YYYY-MM-DD`; until then nothing is late, and the office knows why."""
    referral = record.find(turn, referral_id)
    opening = _opening(turn, until)
    booking.claim_quietly(turn, referral)
    given_back = booking.release(turn, referral, "other")
    referral.on_hold_until = opening
    detail = {
        "reason": reason,
        "text": text.strip(),
        "until": opening.isoformat(),
        "given_back": given_back,
    }
    record.act(turn, referral, Move.HOLD, EventKind.HELD, detail)
    due.schedule_hold_end(turn, referral)


def _opening(turn: Turn, typed: str) -> datetime:
    """When the practice opens on that day, or next after it."""
    zone = ZoneInfo(turn.practice.timezone)
    today = turn.now.astimezone(zone).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise BadInput("A day is needed.", {"until": "Please choose the day to go on."}) from None
    if not today < day <= today + LONGEST:
        raise BadInput("That day can't be.", {"until": "Please choose a day within the next year."})
    return BusinessCalendar(turn.practice).next_opening(moment(day, time(), zone))


def resume(turn: Turn, referral_id: str) -> None:
    """The practice goes on with it before the day it had set."""
    referral = record.find(turn, referral_id)
    record.act(turn, referral, Move.RESUME, EventKind.RESUMED)


def end(scene: Scene, referral: Referral | None, said: str) -> None:
    """The day has come that was `said` (ISO 8601): it goes on by itself, if it still waits for that day."""
    if referral is None or referral.state is not State.ON_HOLD:
        return
    if referral.on_hold_until != datetime.fromisoformat(said).astimezone(UTC):
        return
    record.make(scene, referral, Move.RESUME, by=Side.PRACTICE)
    scene.tx.save(referral)
    telling.tell(scene, referral, record.happened(scene, referral.id, EventKind.RESUMED, None))


def reopen(turn: Turn, referral_id: str, text: str) -> None:
    """What had ended is open again: with a reason, and with new promises."""
    referral = record.find(turn, referral_id)
    if not access.may_reopen(turn.actor.side, referral):
        where = words.where_to_reply(referral.reference, flat=turn.place.flat)
        raise Refused(
            f"The practice has declined it. Reply {where} with what has changed; they can take it up again."
        )
    if referral.service_key not in {service.key for service in turn.practice.services}:
        raise NotNow("Its service is no longer offered here. Please send it anew, for another service.")
    if not text.strip():
        raise BadInput("A reason is needed.", {"text": "Say what is still to be done."})
    referral.ended_at = referral.outcome = None
    booking.claim_quietly(turn, referral)
    record.act(turn, referral, Move.REOPEN, EventKind.REOPENED, {"text": text.strip()})
