"""Open times: cut from the providers' weekly sessions, ranked by what was asked.

A session is cut from its start into pieces of the visit's minutes. A piece ends within its session,
starts in the future, and does not meet an appointment or hold of its provider. The practice's
holidays close sessions; its business hours don't bound them. Sessions stand in their location's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from referral_bot.business_time import is_holiday
from referral_bot.errors import NotFound
from referral_bot.model import Appointment, Preference
from referral_bot.practice import Location, Practice, Provider, Session, VisitType

HORIZON: Final = timedelta(weeks=12)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOON: Final = time(12)
_OF_A_DAY: Final = 2
SIMILAR: Final = 80.0
"""Of 100, from which a name as written counts as one of the directory's."""


@dataclass(frozen=True)
class Slot:
    """A piece of a provider's time at a location, for one service and visit. Times are in UTC."""

    provider_key: str
    location_key: str
    service_key: str
    visit_type: VisitType
    starts_at: datetime
    ends_at: datetime

    def to_id(self) -> str:
        """The slot as a short text, for a button's value."""
        minutes = int((self.ends_at - self.starts_at).total_seconds() // 60)
        start = f"{self.starts_at:%Y%m%dT%H%M}"
        parts = (
            self.provider_key,
            self.location_key,
            self.service_key,
            self.visit_type.value,
            start,
            str(minutes),
        )
        return "|".join(parts)

    @staticmethod
    def from_id(text: str) -> Slot:
        """The slot that `to_id` wrote. Raises NotFound for anything else."""
        try:
            provider, location, service, visit, start, minutes = text.split("|")
            starts_at = datetime.strptime(start, "%Y%m%dT%H%M").replace(tzinfo=UTC)
            ends_at = starts_at + timedelta(minutes=int(minutes))
            return Slot(provider, location, service, VisitType(visit), starts_at, ends_at)
        except (ValueError, OverflowError) as problem:
            raise NotFound("That time is not one I know. Please ask for open times again.") from problem


@dataclass(frozen=True)
class Wish:
    """What was asked for. Empty parts ask for nothing. Times are the location's local time."""

    service: str
    visit_type: VisitType = VisitType.NEW
    provider: str | None = None
    location: str | None = None
    days: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    part_of_day: str | None = None
    before: time | None = None
    after: time | None = None
    earliest: date | None = None
    latest: date | None = None

    @staticmethod
    def from_preference(
        preference: Preference, practice: Practice, *, service: str, visit_type: VisitType
    ) -> Wish:
        """The wish that a preference means; names are matched with the directory, with some tolerance."""
        return Wish(
            service=service,
            visit_type=visit_type,
            provider=_named(preference.provider, practice.providers),
            location=_named(preference.location, practice.locations),
            days=tuple(day for day in preference.days if day in WEEKDAYS),
            dates=tuple(preference.dates),
            part_of_day=preference.part_of_day,
            before=_clock(preference.before),
            after=_clock(preference.after),
            earliest=preference.earliest,
            latest=preference.latest,
        )


@dataclass(frozen=True)
class Offer:
    """Times to choose from, and what of the wish had to be let go for them, in words."""

    slots: tuple[Slot, ...]
    relaxed: tuple[str, ...] = ()


def open_slots(
    practice: Practice,
    wish: Wish,
    busy: Sequence[Appointment],
    now: datetime,
    horizon: timedelta = HORIZON,
) -> Iterator[Slot]:
    """Every open time that fits a wish, the earliest first, as far as the horizon."""
    sessions = list(_sessions(practice, wish))
    taken = _by_provider(busy)
    minutes = _minutes(practice, wish)
    day = now.date() - timedelta(days=1)  # it may still be yesterday where the location is
    if wish.earliest is not None:
        day = max(day, wish.earliest)
    last = now.date() + horizon
    if wish.latest is not None:
        last = min(last, wish.latest)
    while day <= last:
        found = [
            slot
            for provider, session in sessions
            if session.weekday == day.weekday() and _day_fits(day, wish) and not is_holiday(practice, day)
            for slot in _cut(practice, provider, session, day, minutes, wish)
            if slot.starts_at > now and not _meets(slot, taken.get(provider.key, ()))
        ]
        yield from sorted(found, key=lambda slot: (slot.starts_at, slot.provider_key))
        day += timedelta(days=1)


def offer(
    practice: Practice, wish: Wish, busy: Sequence[Appointment], now: datetime, count: int = 5
) -> Offer:
    """Up to `count` open times for a wish, spread over days and providers.

    If nothing fits, the least important part of the wish is let go first, and said.
    """
    for asked, let_go in _relaxations(wish):
        slots = _spread(open_slots(practice, asked, busy, now), count)
        if slots:
            return Offer(slots, let_go)
    return Offer(())


def is_open(practice: Practice, slot: Slot, busy: Sequence[Appointment], now: datetime) -> bool:
    """Whether this exact time can be taken now."""
    wish = Wish(service=slot.service_key, visit_type=slot.visit_type)
    if slot.starts_at <= now or _meets(slot, busy_of(busy, slot.provider_key)):
        return False
    try:
        provider = practice.provider(slot.provider_key)
        minutes = _minutes(practice, wish)
        zone = ZoneInfo(practice.zone_of(slot.location_key))
    except KeyError:
        return False
    day = slot.starts_at.astimezone(zone).date()
    if is_holiday(practice, day) or slot.service_key not in provider.services:
        return False
    return any(
        slot == piece
        for session in provider.weekly
        if session.weekday == day.weekday()
        for piece in _cut(practice, provider, session, day, minutes, wish)
    )


def busy_of(busy: Iterable[Appointment], provider_key: str) -> list[Appointment]:
    """What takes one provider's time."""
    return [appointment for appointment in busy if appointment.provider_key == provider_key]


# ---------------------------------------------------------------- how


def _relaxations(wish: Wish) -> Iterator[tuple[Wish, tuple[str, ...]]]:
    """First the wish as it is, then without its parts, one after the other; with what was let go."""
    let_go: tuple[str, ...] = ()
    yield wish, let_go
    if wish.before or wish.after or wish.part_of_day:
        wish, let_go = replace(wish, before=None, after=None, part_of_day=None), ("the time of day",)
        yield wish, let_go
    if wish.days or wish.dates:
        wish, let_go = replace(wish, days=(), dates=()), (*let_go, "the days you named")
        yield wish, let_go
    if wish.location:
        wish, let_go = replace(wish, location=None), (*let_go, "the place")
        yield wish, let_go
    if wish.provider:
        wish, let_go = replace(wish, provider=None), (*let_go, "the provider")
        yield wish, let_go
    if wish.earliest or wish.latest:
        yield replace(wish, earliest=None, latest=None), (*let_go, "the dates")


def _sessions(practice: Practice, wish: Wish) -> Iterator[tuple[Provider, Session]]:
    for provider in practice.providers:
        if wish.service not in provider.services or wish.provider not in (None, provider.key):
            continue
        for session in provider.weekly:
            if wish.location in (None, session.location):
                yield provider, session


def _minutes(practice: Practice, wish: Wish) -> timedelta:
    minutes = practice.service(wish.service).minutes
    return timedelta(minutes=minutes.get(wish.visit_type) or next(iter(minutes.values())))


def _cut(
    practice: Practice, provider: Provider, session: Session, day: date, minutes: timedelta, wish: Wish
) -> Iterator[Slot]:
    """A session on a day in pieces. An hour that the clocks skip is never offered, one they repeat once."""
    zone = ZoneInfo(practice.zone_of(session.location))
    starts = datetime.combine(day, session.starts, zone).astimezone(UTC)
    ends = datetime.combine(day, session.ends, zone).astimezone(UTC)
    while starts + minutes <= ends:
        local = starts.astimezone(zone)
        real = session.starts <= local.time() < session.ends and not local.fold
        if real and _clock_fits(local.time(), wish):
            yield Slot(
                provider.key, session.location, wish.service, wish.visit_type, starts, starts + minutes
            )
        starts += minutes


def _day_fits(day: date, wish: Wish) -> bool:
    if wish.earliest and day < wish.earliest:
        return False
    if wish.dates or wish.days:
        return day in wish.dates or WEEKDAYS[day.weekday()] in wish.days
    return True


def _clock_fits(clock: time, wish: Wish) -> bool:
    if wish.part_of_day == "morning" and clock >= NOON:
        return False
    if wish.part_of_day == "afternoon" and clock < NOON:
        return False
    return not ((wish.before and clock >= wish.before) or (wish.after and clock < wish.after))


def _by_provider(busy: Iterable[Appointment]) -> dict[str, list[Appointment]]:
    taken: dict[str, list[Appointment]] = {}
    for appointment in busy:
        taken.setdefault(appointment.provider_key, []).append(appointment)
    return taken


def _meets(slot: Slot, taken: Iterable[Appointment]) -> bool:
    return any(a.starts_at < slot.ends_at and a.ends_at > slot.starts_at for a in taken)


def _spread(slots: Iterator[Slot], count: int) -> tuple[Slot, ...]:
    """The first times, at most two of a day and provider as long as there are others."""
    chosen: list[Slot] = []
    spare: list[Slot] = []
    seen: dict[tuple[date, str], int] = {}
    for slot in slots:
        key = (slot.starts_at.date(), slot.provider_key)
        seen[key] = seen.get(key, 0) + 1
        (chosen if seen[key] <= _OF_A_DAY else spare).append(slot)
        if len(chosen) == count:
            break
    return tuple(sorted((chosen + spare)[:count], key=lambda slot: (slot.starts_at, slot.provider_key)))


def _named(name: str | None, entries: Sequence[Provider] | Sequence[Location]) -> str | None:
    """The key of the entry that a name as written means."""
    if not name or name == "any":
        return None
    forms = {form: entry.key for entry in entries for form in (entry.key.casefold(), *_forms(entry.name))}
    match = process.extractOne(name.casefold(), forms.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return forms[match[0]] if match else None


def _forms(name: str) -> tuple[str, ...]:
    whole = name.casefold()
    parts = [part for part in whole.split() if part not in ("dr.", "dr", "clinic", "office")]
    return (whole, " ".join(parts), *parts)


def _clock(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None
