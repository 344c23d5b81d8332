"""Which promises were kept, which were broken, by whom and how late: for the practice's manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.cards import words
from referral_bot.cards.elements import Card, Element, Fact, Facts, Text, Tone
from referral_bot.desk.turn import Turn
from referral_bot.errors import Refused
from referral_bot.model import Promise, PromiseStatus, Question, Referral, Role
from referral_bot.practice import PromiseKind

SHOWN: Final = 15
"""Late promises that are named."""
_RUNNING: Final = (PromiseStatus.OPEN, PromiseStatus.RESTING)


def this_week(turn: Turn) -> Card:
    """The promises that fell due since Monday. Raises Refused for anybody but the manager."""
    if turn.actor.role is not Role.MANAGER:
        raise Refused("The score of the promises is for the practice's manager.")
    zone = ZoneInfo(turn.actor.timezone or turn.practice.timezone)
    today = turn.now.astimezone(zone).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), zone)
    promises = turn.tx.promises_due(monday, turn.now)
    late = [promise for promise in promises if _is_late(promise, turn.now)]
    elements: list[Element] = [Facts(tuple(_score(kind, promises, turn.now) for kind in PromiseKind))]
    if late:
        shown = sorted(late, key=lambda promise: promise.due_at)[-SHOWN:]
        elements += [Text("Late", Tone.STRONG), Facts(tuple(_line(turn, promise, zone) for promise in shown))]
    if len(late) > SHOWN:
        elements.append(Text(f"and {len(late) - SHOWN} earlier ones.", Tone.QUIET))
    return Card("Promises this week.", "Promises due since Monday", tuple(elements))


def _is_late(promise: Promise, now: datetime) -> bool:
    return promise.status is PromiseStatus.BROKEN or (
        promise.status is PromiseStatus.OPEN and promise.due_at < now
    )


def _score(kind: PromiseKind, promises: Sequence[Promise], now: datetime) -> Fact:
    """`Acknowledge: 11 of 12 kept`; withdrawn and resting ones don't count."""
    kept = sum(promise.kind is kind and promise.status is PromiseStatus.KEPT for promise in promises)
    broken = sum(promise.kind is kind and _is_late(promise, now) for promise in promises)
    label = kind.value.capitalize()
    return Fact(label, f"{kept} of {kept + broken} kept" if kept + broken else "none were due")


def _line(turn: Turn, promise: Promise, zone: ZoneInfo) -> Fact:
    """Which referral, who, what, and how late; names no patient."""
    question = turn.tx.get(Question, promise.subject_id)
    subject = question.referral_id if question else promise.subject_id
    referral = turn.tx.get(Referral, subject) if subject else None
    asked = referral or question
    office = turn.tx.office(asked.office_key) if asked else None
    person = turn.tx.person(promise.person_key) if promise.person_key else None
    owner = person.name if person else (words.ROLES[promise.role] if promise.role else "nobody")
    ended = promise.ended_at or turn.now
    late = words.span(int((ended - promise.due_at).total_seconds() // 60))
    still = ", still open" if promise.status in _RUNNING else ""
    due = words.moment(promise.due_at, zone, turn.now)
    name = (referral.reference if referral else None) or "Question"
    where = f", {office.name}" if office else ""
    return Fact(f"{name}{where}", f"{owner}, {words.OWED[promise.kind]} by {due}: late by {late}{still}")
