"""What the clock will have to do: follow-ups written down when their cause happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.business_time import BusinessCalendar
from referral_bot.desk.turn import Scene
from referral_bot.model import (
    Appointment,
    FollowUp,
    FollowUpKind,
    Promise,
    Referral,
    Side,
)
from referral_bot.practice import PromiseKind, TimeSpan, Urgency
from referral_bot.promises import Ledger

REMIND_DAYS: Final = (7, 2, 1)
"""Days before a visit on which the office's thread is reminded."""
LEAST_NOTICE: Final = timedelta(minutes=5)
"""A reminder comes at least this long before the due time."""
DRAFT_WAITS: Final = timedelta(days=1)
"""After this a draft's sender is asked whether it is still meant to be sent."""
DOCUMENTS_WITHIN: Final = TimeSpan(amount=2, unit="d")
"""Business days after which documents that were announced for later are asked for."""
OFFICE_REMINDED_AFTER: Final = (TimeSpan(amount=1, unit="d"), TimeSpan(amount=3, unit="d"))


def schedule(
    scene: Scene, subject_id: str, kind: FollowUpKind, due_at: datetime, argument: str, key: str
) -> None:
    """Write down something to do at `due_at` (UTC)."""
    scene.tx.add(
        FollowUp(
            id=scene.tx.new_id(), key=key, subject_id=subject_id, kind=kind, due_at=due_at, argument=argument
        )
    )


def schedule_promises(scene: Scene, referral: Referral, ledger: Ledger) -> None:
    """Write down the steps of promises that were made or that run again."""
    for promise in (*ledger.made, *ledger.moved):
        if promise.owed_by is Side.PRACTICE:
            schedule_steps(scene, promise, referral.on_hold_until)
        elif promise in ledger.made:
            _schedule_office(scene, referral, promise)
    for promise in ledger.woken:
        schedule_step(scene, promise, manager_at(scene, promise, referral.urgency))


def schedule_steps(scene: Scene, promise: Promise, rests_until: datetime | None = None) -> None:
    """Write down the first of a promise's steps: its reminder."""
    schedule_step(scene, promise, _reminder_at(scene, promise, rests_until or scene.now))


def _reminder_at(scene: Scene, promise: Promise, start: datetime) -> datetime:
    """When its owner is reminded: with a quarter of the time left, at least five minutes before."""
    if promise.kind is PromiseKind.SEE:
        at = start + (promise.due_at - start) * 3 / 4
    else:
        calendar = BusinessCalendar(scene.practice)
        whole = calendar.minutes_between(start, promise.due_at)
        at = calendar.add(start, TimeSpan(amount=max(whole * 3 // 4, 1), unit="m"))
    return min(at, promise.due_at - LEAST_NOTICE)


def schedule_step(scene: Scene, promise: Promise, at: datetime) -> None:
    """Write down a promise's next step. It is dropped if the promise has another one, or is due at another
    time, by then.
    """
    argument = f"{promise.id}:{awaited(promise)}"
    key = f"promise:{argument}:{at.isoformat()}"
    schedule(scene, promise.subject_id, FollowUpKind.PROMISE, at, argument, key)


def awaited(promise: Promise) -> str:
    """The step that a promise has next, and its due time, in one word."""
    return f"{promise.step}:{promise.due_at.isoformat()}"


def manager_at(scene: Scene, promise: Promise, urgency: Urgency | None) -> datetime:
    """When the manager hears of a late promise: one business hour later, with stat 15 minutes."""
    since = max(promise.due_at, scene.now)
    if urgency is Urgency.STAT:
        return since + timedelta(minutes=15)
    return BusinessCalendar(scene.practice).add(since, TimeSpan(amount=1, unit="h"))


def _schedule_office(scene: Scene, referral: Referral, promise: Promise) -> None:
    calendar = BusinessCalendar(scene.practice)
    for span in OFFICE_REMINDED_AFTER:
        at = calendar.add(promise.made_at, span)
        schedule(scene, referral.id, FollowUpKind.OFFICE_OWES, at, promise.id, f"owes:{promise.id}:{span}")


def schedule_visit(scene: Scene, appointment: Appointment) -> None:
    """Write down the reminders before a visit that are still to come."""
    calendar = BusinessCalendar(scene.practice)
    starts = appointment.starts_at.astimezone(ZoneInfo(scene.practice.zone_of(appointment.location_key)))
    for days in REMIND_DAYS:
        at = starts - timedelta(days=days)  # at the visit's own time of day, also where the clocks change
        while not calendar.is_business_day(at.astimezone(ZoneInfo(scene.practice.timezone)).date()):
            at -= timedelta(days=1)  # nothing is posted on closed days, and after the visit it helps nobody
        if at > scene.now:
            key = f"visit:{appointment.id}:{days}"
            kind = FollowUpKind.VISIT_REMINDER
            argument = f"{appointment.id}:{days}"
            schedule(scene, appointment.referral_id, kind, at.astimezone(UTC), argument, key)


def schedule_draft(scene: Scene, referral: Referral) -> None:
    """Write down the reminder of a draft that waits for a day."""
    at = scene.now + DRAFT_WAITS
    schedule(scene, referral.id, FollowUpKind.DRAFT_WAITING, at, "", f"draft:{referral.id}")


def schedule_documents(scene: Scene, referral: Referral) -> None:
    """Write down to ask for documents that were announced for later."""
    if any(document.via == "later" for document in referral.packet.documents):
        at = BusinessCalendar(scene.practice).add(scene.now, DOCUMENTS_WITHIN)
        schedule(scene, referral.id, FollowUpKind.DOCUMENTS_LATER, at, "", f"documents:{referral.id}")


def schedule_hold_end(scene: Scene, referral: Referral) -> None:
    """Write down the end of a referral's time on hold."""
    assert referral.on_hold_until is not None
    until = referral.on_hold_until
    key = f"on_hold:{referral.id}:{scene.now.isoformat()}"
    schedule(scene, referral.id, FollowUpKind.ON_HOLD_ENDS, until, until.isoformat(), key)


def schedule_hold(scene: Scene, appointment: Appointment) -> None:
    """Write down until when a time is kept for a draft."""
    assert appointment.held_until is not None
    key = f"hold:{appointment.id}"
    schedule(
        scene, appointment.referral_id, FollowUpKind.HOLD_EXPIRED, appointment.held_until, appointment.id, key
    )
