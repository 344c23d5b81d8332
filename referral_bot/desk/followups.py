"""What the clock does: reminders, alerts and honest messages, each checked again when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.business_time import BusinessCalendar, after_quiet
from referral_bot.cards import details, replies, words
from referral_bot.cards.elements import Tone
from referral_bot.desk import due, holding, mornings, record, telling
from referral_bot.desk.turn import Scene
from referral_bot.errors import Stale
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    EventKind,
    FollowUp,
    FollowUpKind,
    OutboxKind,
    Phi,
    Promise,
    PromiseStatus,
    Question,
    Referral,
    State,
    Thread,
)
from referral_bot.practice import PromiseKind, TimeSpan, Urgency
from referral_bot.store import Transaction

LEASE: Final = timedelta(minutes=1)
AGAIN: Final = timedelta(minutes=10)
"""After this one that failed is tried again."""
APART: Final = timedelta(hours=12)
"""Two reminders of one visit are at least so long apart."""
REMINDED, ALERTED = 1, 2
"""How many of a promise's steps have been said; each later one tells the manager and the office again."""
LAST: Final = 7
"""After so many steps the office is asked to call instead of being given another time."""
A_DAY: Final = TimeSpan(amount=1, unit="d")


@dataclass(frozen=True)
class Matter(Scene):
    """A scene with what one follow-up is about, each part of it looked up once."""

    subject_id: str

    @cached_property
    def referral(self) -> Referral | None:
        """The referral, also through a question about it."""
        found = self.tx.get(Referral, self.subject_id)
        if found is None and self.question is not None and self.question.referral_id is not None:
            found = self.tx.get(Referral, self.question.referral_id)
        return found

    @cached_property
    def question(self) -> Question | None:
        """The question, where it is one that the follow-up is about."""
        return self.tx.get(Question, self.subject_id)

    @cached_property
    def threads(self) -> list[Thread]:
        """Those of the question, where it has its own; then those of the referral."""
        found = self.tx.threads(self.subject_id)
        if self.referral is not None and self.referral.id != self.subject_id:
            found += self.tx.threads(self.referral.id)
        return found

    def zone(self, audience: Audience) -> ZoneInfo:
        """The zone in which this audience reads times."""
        asked = self.referral or self.question
        return telling.zone_for(self, audience, telling.office_of(self, asked.office_key if asked else ""))


def run_due(
    tx: Transaction,
    now: datetime,
    phi: Phi,
    limit: int = 200,
    failed: Callable[[FollowUp, Exception], None] = lambda follow_up, error: None,
) -> int:
    """Do what is due, the longest due first, at most `limit`; returns how many were taken up.

    One that fails by an error of the program holds up no other: `failed` hears of it, and it is tried again.
    """
    practice = tx.practice()
    if practice is None:
        return 0
    claimed = tx.claim_follow_ups(now, LEASE, limit)
    scene = Scene(tx, practice, now, phi)
    try:
        put_off = tx.attempt(lambda: [_run(scene, follow_up) for follow_up in claimed])
    except Stale:
        raise
    except Exception:  # noqa: BLE001 - one of them: it is found, and told, when each runs by itself
        put_off = [_run_apart(scene, follow_up, failed) for follow_up in claimed]
    for follow_up, later in zip(claimed, put_off, strict=True):
        if later is not None:
            follow_up.due_at, follow_up.leased_until = later, None
            tx.save(follow_up)
    tx.finish_follow_ups(
        [follow_up.id for follow_up, later in zip(claimed, put_off, strict=True) if later is None], now
    )
    return len(claimed)


def _run_apart(
    scene: Scene, follow_up: FollowUp, failed: Callable[[FollowUp, Exception], None]
) -> datetime | None:
    """As `_run`, but an error of the program is told, undoes this one alone, and puts it off."""
    try:
        return scene.tx.attempt(partial(_run, scene, follow_up))
    except Stale:
        raise
    except Exception as error:  # noqa: BLE001 - a bug in one must not silence the others
        failed(follow_up, error)
        return scene.now + AGAIN


def _run(scene: Scene, follow_up: FollowUp) -> datetime | None:
    """Do one; where it has to wait, until when."""
    matter = Matter(scene.tx, scene.practice, scene.now, scene.phi, follow_up.subject_id)
    later = _quiet_until(matter, follow_up)
    if later is None:
        _DOERS[follow_up.kind](matter, follow_up)
    return later


def _quiet_until(matter: Matter, follow_up: FollowUp) -> datetime | None:
    """Until when the night, or a closed day, holds this back; stat and the end of a hold go through."""
    if follow_up.kind is FollowUpKind.HOLD_EXPIRED:
        return None
    referral = matter.referral
    if referral is not None and referral.urgency is Urgency.STAT:
        return None
    zone = matter.practice.timezone
    if follow_up.kind is FollowUpKind.MORNING_LIST:
        zone = mornings.zone_of(matter, follow_up).key
    to_office = follow_up.kind in (
        FollowUpKind.VISIT_REMINDER,
        FollowUpKind.DRAFT_WAITING,
        FollowUpKind.OFFICE_OWES,
        FollowUpKind.DOCUMENTS_LATER,
    )
    if referral is not None and to_office:
        zone = telling.office_of(matter, referral.office_key).timezone or zone
    allowed = after_quiet(matter.now, zone, matter.practice)
    return allowed if allowed > matter.now else None


# ---------------------------------------------------------------- promises


def _promise(matter: Matter, follow_up: FollowUp) -> None:
    id, _, awaited = follow_up.argument.partition(":")
    promise = matter.tx.get(Promise, id)
    if promise is None or promise.status is not PromiseStatus.OPEN or awaited != due.awaited(promise):
        return
    if _waits(matter, promise):
        return
    if matter.now < promise.due_at and promise.step >= REMINDED:
        return
    if matter.now < promise.due_at:
        _remind(matter, promise)
    elif promise.step < ALERTED:
        _late(matter, promise)
    else:
        _still_late(matter, promise)
    matter.tx.save(promise)


def _waits(matter: Matter, promise: Promise) -> bool:
    """Whether the referral is on hold: one that was late before has its next step when it goes on."""
    until = matter.referral.on_hold_until if matter.referral else None
    if until is None or until <= matter.now or promise.kind is PromiseKind.ANSWER:
        return False
    due.schedule_step(matter, promise, until)
    return True


def _remind(matter: Matter, promise: Promise) -> None:
    left = words.until(promise.due_at, matter.zone(Audience.PRACTICE), matter.now)
    _post(
        matter,
        promise,
        Audience.PRACTICE,
        f"Reminder: {_owner(matter, promise)}, {words.OWED[promise.kind]} {left}.",
    )
    promise.step = REMINDED
    due.schedule_step(matter, promise, promise.due_at)


def _late(matter: Matter, promise: Promise) -> None:
    """The alert to the practice, and the truth to the office before it has to ask."""
    zone = matter.zone(Audience.PRACTICE)
    owed = words.OWED[promise.kind]
    promised = words.moment(promise.due_at, zone, matter.now)
    _post(
        matter,
        promise,
        Audience.PRACTICE,
        f"Late: {_owner(matter, promise)} was {owed} by {promised}.",
        Tone.WARNING,
    )
    urgency = matter.referral.urgency if matter.referral else None
    new_time = due.manager_at(matter, promise, urgency)
    office_zone = matter.zone(Audience.OFFICE)
    told = (
        f"We promised {owed} by {words.moment(promise.due_at, office_zone, matter.now)} and are late. "
        f"{_owner(matter, promise)} has it; you hear {words.until(new_time, office_zone, matter.now)}."
    )
    _post(matter, promise, Audience.OFFICE, told)
    promise.step = ALERTED
    due.schedule_step(matter, promise, new_time)


def _still_late(matter: Matter, promise: Promise) -> None:
    """The new time has passed too: the manager hears it, and the office what happens now."""
    name = (matter.referral.reference if matter.referral else None) or "A question of an office"
    late = words.span(int((matter.now - promise.due_at).total_seconds() // 60))
    told = f"{name}: {_owner(matter, promise)} was {words.OWED[promise.kind]}; late by {late}."
    telling.tell_managers(matter, replies.says(told, Tone.WARNING, "A promise is late."))
    promise.step += 1
    new_time = BusinessCalendar(matter.practice).add(matter.now, A_DAY) if promise.step < LAST else None
    if new_time is not None:
        due.schedule_step(matter, promise, new_time)
    _post(matter, promise, Audience.OFFICE, _sorry(matter, promise, new_time))


def _sorry(matter: Matter, promise: Promise, new_time: datetime | None) -> str:
    told = f"We are still late {words.OWED[promise.kind]}. The practice manager has been told"
    if new_time is not None:
        zone = matter.zone(Audience.OFFICE)
        return f"{told}; you hear {words.until(new_time, zone, matter.now)}."
    call = f" Please call us at {matter.practice.phone}." if matter.practice.phone else ""
    return f"{told}.{call}"


def _owner(matter: Matter, promise: Promise) -> str:
    person = matter.tx.person(promise.person_key) if promise.person_key else None
    if person is not None:
        return person.name
    return words.ROLES[promise.role].capitalize() if promise.role else "The practice"


def _post(matter: Matter, promise: Promise, audience: Audience, text: str, tone: Tone = Tone.PLAIN) -> None:
    referral = matter.referral
    name = f"{referral.reference}: " if referral and referral.reference else ""
    for thread in [thread for thread in matter.threads if thread.audience is audience][:1]:
        telling.post(matter, thread, replies.says(text, tone, f"{name}news about a promised time."))
        telling.put(matter, thread, OutboxKind.REFRESH)


# ---------------------------------------------------------------- everything else


def _office_threads(scene: Scene, subject_id: str) -> list[Thread]:
    return [thread for thread in scene.tx.threads(subject_id) if thread.audience is Audience.OFFICE]


def _visit_reminder(matter: Matter, follow_up: FollowUp) -> None:
    """A visit is near: when, with whom, where, and what to bring; nothing if it was moved or cancelled."""
    appointment = matter.tx.get(Appointment, follow_up.about[1])
    if appointment is None or appointment.status is not AppointmentStatus.BOOKED:
        return
    if appointment.starts_at <= matter.now or _another_comes_soon(matter, follow_up):
        return
    referral = matter.referral
    if referral is None:
        return
    shown = telling.view(matter, referral, Audience.OFFICE)
    bring = f" Please bring: {shown.service.bring}" if shown.service and shown.service.bring else ""
    told = f"Coming up: {details.visit(shown, appointment)}.{bring}"
    event = record.happened(matter, referral.id, EventKind.REMINDED, None, {"text": told})
    telling.tell(matter, referral, event)


def _another_comes_soon(scene: Scene, follow_up: FollowUp) -> bool:
    """Whether a closed day has held this reminder back until the next one is near: the last is enough."""
    visit = follow_up.about[1]
    return any(
        other.kind is FollowUpKind.VISIT_REMINDER
        and (other.due_at, other.id) > (follow_up.due_at, follow_up.id)
        and other.about[1] == visit
        and other.due_at <= scene.now + APART
        for other in scene.tx.follow_ups(follow_up.subject_id)
    )


def _draft_waiting(scene: Scene, follow_up: FollowUp) -> None:
    referral = scene.tx.get(Referral, follow_up.subject_id)
    if referral is None or referral.state is not State.DRAFT:
        return
    referral.due_at = scene.now + timedelta(days=7)
    scene.tx.save(referral)
    for thread in _office_threads(scene, referral.id):
        told = "This draft has not been sent yet. Press Submit to send it, or Discard."
        telling.post(scene, thread, replies.says(told, fallback="A draft has not been sent yet."))


def _office_owes(matter: Matter, follow_up: FollowUp) -> None:
    promise = matter.tx.get(Promise, follow_up.argument)
    referral = matter.referral
    if promise is None or referral is None or promise.status is not PromiseStatus.OPEN:
        return
    sender = matter.tx.person(promise.person_key or "")
    name = f"{sender.name}, " if sender else ""
    asked = {
        State.NEEDS_INFO: "the practice still waits for your answer to the question above. Just reply here.",
        State.REPORT_SENT: "did the report reach you? Press Close on the card when you have what you need.",
    }.get(referral.state)
    if asked is None:
        return
    told = f"{name}{asked}" if name else asked[0].upper() + asked[1:]
    for thread in _office_threads(matter, referral.id):
        telling.post(matter, thread, replies.says(told, fallback=f"{referral.reference}: a reminder."))
    if matter.now >= promise.due_at and referral.state is State.NEEDS_INFO:
        said = "The office has not answered yet, and was reminded twice. A call may help."
        _post(matter, promise, Audience.PRACTICE, said, Tone.WARNING)


def _documents_later(scene: Scene, follow_up: FollowUp) -> None:
    """Documents were announced for later; nothing is said once one has come, or the referral has ended."""
    referral = scene.tx.get(Referral, follow_up.subject_id)
    if referral is None or referral.ended_at is not None or scene.tx.documents(referral.id):
        return
    awaited = [document.kind for document in referral.packet.documents if document.via == "later"]
    told = f"You wanted to send {words.listed(awaited)} later. Just add them here, or send them by fax."
    for thread in _office_threads(scene, referral.id):
        telling.post(scene, thread, replies.says(told, fallback=f"{referral.reference}: documents."))


def _hold_expired(scene: Scene, follow_up: FollowUp) -> None:
    appointment = scene.tx.get(Appointment, follow_up.argument)
    if appointment is None or appointment.status is not AppointmentStatus.PROPOSED:
        return
    appointment.status = AppointmentStatus.CANCELLED
    scene.tx.save(appointment)
    for thread in _office_threads(scene, appointment.referral_id):
        telling.put(scene, thread, OutboxKind.REFRESH)
        told = "The time is no longer kept for you. The draft is still here: press Choose a time."
        telling.post(scene, thread, replies.says(told))


def _on_hold_ends(matter: Matter, follow_up: FollowUp) -> None:
    holding.end(matter, matter.referral, follow_up.argument)


_DOERS: Final[dict[FollowUpKind, Callable[[Matter, FollowUp], None]]] = {
    FollowUpKind.PROMISE: _promise,
    FollowUpKind.VISIT_REMINDER: _visit_reminder,
    FollowUpKind.DRAFT_WAITING: _draft_waiting,
    FollowUpKind.OFFICE_OWES: _office_owes,
    FollowUpKind.HOLD_EXPIRED: _hold_expired,
    FollowUpKind.DOCUMENTS_LATER: _documents_later,
    FollowUpKind.ON_HOLD_ENDS: _on_hold_ends,
    FollowUpKind.MORNING_LIST: mornings.send,
}
