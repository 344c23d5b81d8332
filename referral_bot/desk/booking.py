"""Open times: shown, held, asked for, booked and cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.availability import HORIZON, Offer, Slot, Wish, is_open, offer, open_slots
from referral_bot.cards import forms, replies, words
from referral_bot.cards.elements import Card, Form, Option
from referral_bot.desk import due, record, telling
from referral_bot.desk.turn import Scene, Turn
from referral_bot.errors import BadInput, NotNow, TimeTaken
from referral_bot.lifecycle import Move, may_move
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    AuditAction,
    EventKind,
    Preference,
    Referral,
    Side,
    State,
)
from referral_bot.practice import Booking, VisitType

HOLD: Final = timedelta(minutes=10)
FORM_TIMES: Final = 90
"""Open times a form offers at most: Slack takes 100 options."""
WISHED_TIMES: Final = 30
"""How many of them are what was wished for, where there are so many."""
OF_A_DAY: Final = 3
"""Of the others at most so many a day and provider, so that later weeks can be chosen too."""
TAKEN: Final = "Somebody else took that time just now. Please choose another one."


def busy(scene: Scene, service_key: str) -> list[Appointment]:
    """What takes the time of a service's providers, as far ahead as is booked."""
    providers = [p.key for p in scene.practice.providers if service_key in p.services]
    return scene.tx.busy(providers, scene.now - timedelta(days=1), scene.now + HORIZON, scene.now)


def availability(
    turn: Turn, service_key: str, visit_type: VisitType, preference: Preference, draft_id: str = ""
) -> Card:
    """Up to five open times for a wish, and what to do if none fits. For a draft, choosing one holds it."""
    wish = Wish.from_preference(preference, turn.practice, service=service_key, visit_type=visit_type)
    found = offer(turn.practice, wish, busy(turn, service_key), turn.now)
    service = turn.practice.service(service_key)
    kind = "new patient" if visit_type is VisitType.NEW else "follow-up"
    choices = [(slot_text(turn, slot), "", slot.to_id()) for slot in found.slots]
    return replies.times(_heading(service.name, kind, found), choices, "take_time", draft_id, _footer(found))


def _heading(service: str, kind: str, found: Offer) -> str:
    if not found.slots:
        return f"There is no open time for {service} ({kind}) in the next 12 weeks."
    if found.relaxed:
        dropped = words.listed(list(found.relaxed), "or")
        return f"Nothing fits exactly. Without {dropped}, {service} ({kind}) has:"
    return f"{service}, {kind}: the next open times."


def _footer(found: Offer) -> str:
    if not found.slots:
        return "Send the referral all the same: the practice finds a time and tells you here by when."
    return "Nothing is booked yet. If none fits, say what would, or send it and the practice finds a time."


def slot_text(turn: Turn, slot: Slot) -> str:
    """An open time in words, with its provider and place."""
    there = ZoneInfo(turn.practice.zone_of(slot.location_key))
    reader = telling.zone_of_actor(turn)
    provider = turn.practice.provider(slot.provider_key).name
    location = turn.practice.location(slot.location_key).name
    return f"{replies.slot_line(slot.starts_at, there, reader)}, {provider}, {location}"


def times_form(turn: Turn, referral_id: str, action: str) -> Form:
    """A form with open times for this referral: those it asked for first, then the next ones."""
    referral = record.find(turn, referral_id)
    if referral.service_key is None:
        raise BadInput("Say first which service it is for; then I can show times.")
    _not_on_hold(turn, referral)
    if referral.state is not State.DRAFT and not may_move(referral, Move.BOOK):
        raise NotNow(record.meanwhile(turn, referral))
    slots = _sorted_for(turn, referral)
    options = [Option(slot.to_id(), slot_text(turn, slot)) for slot in slots]
    pending = _current(turn, referral, AppointmentStatus.PENDING)
    chosen = None
    if pending and action == "book":
        asked = _slot_of(pending)
        options.insert(0, Option(asked.to_id(), slot_text(turn, asked), "asked for"))
        chosen = asked.to_id()
    note = "Nothing is open in the next 12 weeks." if not options else "Times are the clinic's local time."
    return forms.choose_time(referral, options, action, note, chosen)


def _sorted_for(turn: Turn, referral: Referral) -> list[Slot]:
    """What the referral wishes for first, then the next times of every week ahead."""
    service_key = referral.service_key or ""
    taken = busy(turn, service_key)
    wish = Wish.from_preference(
        referral.packet.preference, turn.practice, service=service_key, visit_type=referral.visit_type
    )
    any_wish = Wish(service=service_key, visit_type=referral.visit_type)
    found = offer(turn.practice, wish, taken, turn.now, count=WISHED_TIMES).slots
    others = _thinned(open_slots(turn.practice, any_wish, taken, turn.now))
    return [*found, *islice((slot for slot in others if slot not in found), FORM_TIMES - len(found))]


def _thinned(slots: Iterable[Slot]) -> Iterator[Slot]:
    """At most a few times of each day and provider."""
    seen: Counter[tuple[date, str]] = Counter()
    for slot in slots:
        key = (slot.starts_at.date(), slot.provider_key)
        seen[key] += 1
        if seen[key] <= OF_A_DAY:
            yield slot


def _current(scene: Scene, referral: Referral, *statuses: AppointmentStatus) -> Appointment | None:
    standing = [a for a in scene.tx.appointments(referral.id) if a.status in statuses]
    return standing[-1] if standing else None


def _slot_of(appointment: Appointment) -> Slot:
    return Slot(
        provider_key=appointment.provider_key,
        location_key=appointment.location_key,
        service_key=appointment.service_key,
        visit_type=appointment.visit_type,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )


def choose(turn: Turn, referral_id: str, slot_id: str) -> None:
    """The office takes a time: held for a draft, booked or asked for on a sent referral."""
    referral = record.find(turn, referral_id)
    if referral.state is State.DRAFT:
        hold(turn, referral, slot_id)
    else:
        settle(turn, referral, slot_id)


def hold(turn: Turn, referral: Referral, slot_id: str) -> None:
    """Keep a time for a draft for ten minutes."""
    release(turn, referral)
    appointment = _take(turn, referral, slot_id, AppointmentStatus.PROPOSED)
    due.schedule_hold(turn, appointment)
    record.audit(turn, AuditAction.CHANGED, "referral.time_held", referral.id, referral.office_key)
    if referral.visit_type is not appointment.visit_type:
        referral.visit_type = appointment.visit_type
        turn.tx.save(referral)
    telling.redraw(turn, referral.id)


def settle(turn: Turn, referral: Referral, slot_id: str) -> None:
    """Book a chosen time, or ask the practice to confirm it, as the service says."""
    service = turn.practice.service(referral.service_key or "")
    _not_on_hold(turn, referral)
    if not may_move(referral, Move.BOOK):
        raise NotNow(record.meanwhile(turn, referral))
    if service.booking is Booking.DIRECT or turn.actor.side is Side.PRACTICE:
        book(turn, referral, slot_id)
        return
    # A visit that stands is kept until the practice has confirmed the other time.
    release(turn, referral, statuses=(AppointmentStatus.PROPOSED, AppointmentStatus.PENDING))
    _take(turn, referral, slot_id, AppointmentStatus.PENDING)
    record.note(turn, referral, EventKind.TIME_REQUESTED)


def _not_on_hold(turn: Turn, referral: Referral) -> None:
    """Raise NotNow for an office that asked to wait for an authorization; staff know whether it is there."""
    if referral.hold_booking and turn.actor.side is Side.OFFICE:
        raise NotNow("You asked not to book before the prior authorization. Reply here once it is approved.")


def book(turn: Turn, referral: Referral, slot_id: str) -> None:
    """Book a time; one that was booked before is given back."""
    release(turn, referral)
    appointment = _take(turn, referral, slot_id, AppointmentStatus.BOOKED)
    due.schedule_visit(turn, appointment)
    referral.hold_booking = False
    claim_quietly(turn, referral)
    record.act(turn, referral, Move.BOOK, EventKind.BOOKED)


def claim_quietly(turn: Turn, referral: Referral) -> None:
    """Whoever of the practice acts first on an unclaimed referral has it from then on."""
    if turn.actor.side is Side.PRACTICE and referral.owner_key is None:
        referral.owner_key = turn.actor.key


def _take(turn: Turn, referral: Referral, slot_id: str, status: AppointmentStatus) -> Appointment:
    turn.tx.lock_provider(Slot.from_id(slot_id).provider_key)
    slot = still_open(turn, slot_id)
    if slot.service_key != referral.service_key:
        raise TimeTaken("That time is for another service. Please choose one for this referral.")
    held_until = turn.now + HOLD if status is AppointmentStatus.PROPOSED else None
    appointment = Appointment(
        id=turn.tx.new_id(),
        referral_id=referral.id,
        provider_key=slot.provider_key,
        location_key=slot.location_key,
        service_key=slot.service_key,
        visit_type=slot.visit_type,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=status,
        held_until=held_until,
    )
    turn.tx.add(appointment)
    return appointment


def still_open(turn: Turn, slot_id: str) -> Slot:
    """The time of this id. Raises TimeTaken if it can't be taken now, NotFound if it is no time at all."""
    slot = Slot.from_id(slot_id)
    if not is_open(turn.practice, slot, busy(turn, slot.service_key), turn.now):
        raise TimeTaken(TAKEN)
    return slot


STANDING: Final = (
    AppointmentStatus.PROPOSED,
    AppointmentStatus.PENDING,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
)
"""Statuses that take a provider's time."""


def release(
    turn: Turn,
    referral: Referral,
    reason: str = "oth-err",
    statuses: Sequence[AppointmentStatus] = STANDING,
) -> bool:
    """Give back every time that is held, asked for or booked for a referral; whether there was one."""
    standing = [each for each in turn.tx.appointments(referral.id) if each.status in statuses]
    for appointment in standing:
        appointment.status, appointment.reason = AppointmentStatus.CANCELLED, reason
        turn.tx.save(appointment)
    if standing:
        _forget_reminders(turn, referral, {appointment.id for appointment in standing})
    return bool(standing)


def _forget_reminders(turn: Turn, referral: Referral, appointments: set[str]) -> None:
    """Nobody is reminded of these any more. One that is being sent at this moment is waited for, so that it
    stands before the cancellation.
    """
    waiting = turn.tx.follow_ups(referral.id)
    gone = [one.id for one in waiting if one.about[1] in appointments]
    turn.tx.finish_follow_ups(gone, turn.now)


def held_slot(scene: Scene, referral: Referral) -> str | None:
    """The id of the time a draft holds or held, if any."""
    held = _current(scene, referral, AppointmentStatus.PROPOSED)
    return _slot_of(held).to_id() if held else None


def cancel_appointment(turn: Turn, referral_id: str, reason: str, text: str) -> None:
    """Cancel the visit; the referral stays open and the practice finds a new time."""
    referral = record.find(turn, referral_id)
    release(turn, referral, reason)
    detail = {"reason": reason, "text": text}
    record.act(turn, referral, Move.CANCEL_APPOINTMENT, EventKind.APPOINTMENT_CANCELLED, detail)


def mark(turn: Turn, referral: Referral, status: AppointmentStatus) -> None:
    """Say how the booked visit went."""
    standing: Sequence[AppointmentStatus] = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
    if appointment := _current(turn, referral, *standing):
        appointment.status = status
        turn.tx.save(appointment)
