"""Open times: cut from the providers' weekly sessions, ranked by what was asked.

A session is cut from its start into pieces of the visit's minutes. A piece ends within its session,
starts in the future, and does not meet an appointment or hold of its provider. The practice's
holidays close sessions; its business hours don't bound them. Sessions stand in their location's zone.
Nothing is open that ends later than the horizon: what is booked there has not been looked at.
"""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from referral_bot.business_time import is_holiday, moment
from referral_bot.errors import NotFound
from referral_bot.model import Appointment, Preference
from referral_bot.practice import Location, Practice, Provider, Session, VisitType

HORIZON: Final = timedelta(weeks=12)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOON: Final = time(12)
_OF_A_DAY: Final = 2
_WEEK: Final = timedelta(weeks=1)
SIMILAR: Final = 80.0
"""Of 100, from which a name as written counts as one of the directory's."""
_SAYS_NOTHING: Final = ("the", "at", "with", "dr", "doctor", "md", "clinic", "office", "location", "site")
"""Words of a name by which nobody and no place is told from another."""

_Piece = tuple[datetime, time]
"""When a piece of a session starts, and its clock time there."""
_Taken = Mapping[str, "_TakenTime"]
"""By provider."""


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
    """What was asked for. Empty parts ask for nothing. Times are the location's local time.

    `provider` and `location` are keys; a name that the directory does not have fits nothing.
    """

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
        """The wish that a preference means; names are matched with the directory, with some tolerance.

        A name that several have equally asks for none of them, unless one alone offers the service.
        """
        offering = [provider for provider in practice.providers if service in provider.services]
        return Wish(
            service=service,
            visit_type=visit_type,
            provider=_named(preference.provider, practice.providers, offering),
            location=_named(preference.location, practice.locations),
            days=tuple(day for day in preference.days if day in WEEKDAYS),
            dates=tuple(preference.dates),
            part_of_day=preference.part_of_day,
            before=_clock(preference.before),
            after=_clock(preference.after),
            earliest=preference.earliest,
            latest=preference.latest,
        )

    @property
    def window(self) -> tuple[time, time]:
        """The clock times between which a visit starts, the second one excluded."""
        after, before = self.after or time.min, self.before or time.max
        if self.part_of_day == "morning":
            before = min(before, NOON)
        if self.part_of_day == "afternoon":
            after = max(after, NOON)
        return after, before


@dataclass(frozen=True)
class Offer:
    """Times to choose from, and what of the wish had to be let go for them, in words."""

    slots: tuple[Slot, ...]
    relaxed: tuple[str, ...] = ()


def open_slots(
    practice: Practice,
    wish: Wish,
    busy: Iterable[Appointment],
    now: datetime,
    horizon: timedelta = HORIZON,
) -> Iterator[Slot]:
    """Every open time that fits a wish, the earliest first, as far as the horizon; found one by one.

    `busy` is everything that takes the providers' time until then. Raises KeyError for an unknown service.
    """
    return _open(practice, wish, _by_provider(busy), now, now + horizon)


def offer(
    practice: Practice, wish: Wish, busy: Iterable[Appointment], now: datetime, count: int = 5
) -> Offer:
    """Up to `count` open times for a wish, spread over days and providers.

    If nothing fits, as little as possible of the wish is let go, what matters least first, and said.
    """
    taken, until = _by_provider(busy), now + HORIZON
    wishes = list(_relaxations(wish))
    for number, (asked, let_go) in enumerate(wishes):
        slots = _spread(practice, _open(practice, asked, taken, now, until), count)
        if slots:
            return Offer(slots, let_go)
        if number == 0 and not any(_open(practice, wishes[-1][0], taken, now, until)):
            break
    return Offer(())


def is_open(practice: Practice, slot: Slot, busy: Iterable[Appointment], now: datetime) -> bool:
    """Whether this exact time can be taken now."""
    if slot.starts_at <= now or slot.ends_at > now + HORIZON:
        return False
    try:
        provider = practice.provider(slot.provider_key)
        minutes = _minutes(practice, slot.service_key, slot.visit_type)
        zone = ZoneInfo(practice.zone_of(slot.location_key))
    except KeyError:
        return False
    day = slot.starts_at.astimezone(zone).date()
    return (
        slot.service_key in provider.services
        and not is_holiday(practice, day)
        and not _TakenTime(busy_of(busy, provider.key)).meets(slot.starts_at, slot.ends_at)
        and any(
            (starts, starts + minutes) == (slot.starts_at, slot.ends_at)
            for session in provider.weekly
            if session.location == slot.location_key and session.weekday == day.weekday()
            for starts, _ in _pieces(session, day, zone, minutes)
        )
    )


def wait(practice: Practice, service: str, busy: Iterable[Appointment], now: datetime) -> int | None:
    """Days until the next open time for a new patient of a service, as its location counts them.

    None where nothing is open within the horizon. Raises KeyError for an unknown service.
    """
    first = next(open_slots(practice, Wish(service=service), busy, now), None)
    if first is None:
        return None
    zone = ZoneInfo(practice.zone_of(first.location_key))
    return (first.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days


def busy_of(busy: Iterable[Appointment], provider_key: str) -> list[Appointment]:
    """What takes one provider's time."""
    return [appointment for appointment in busy if appointment.provider_key == provider_key]


# ---------------------------------------------------------------- cutting


def _open(practice: Practice, wish: Wish, taken: _Taken, now: datetime, until: datetime) -> Iterator[Slot]:
    minutes = _minutes(practice, wish.service, wish.visit_type)
    streams = [
        _open_in(practice, provider, session, wish, minutes, taken.get(provider.key, _FREE), now, until)
        for provider, session in _sessions(practice, wish)
    ]
    return heapq.merge(*streams, key=lambda slot: (slot.starts_at, slot.provider_key))


def _sessions(practice: Practice, wish: Wish) -> Iterator[tuple[Provider, Session]]:
    """The sessions that may hold what was asked for."""
    after, before = wish.window
    weekdays = {*map(WEEKDAYS.index, wish.days), *(day.weekday() for day in wish.dates)} or range(7)
    for provider in practice.providers:
        if wish.service not in provider.services or wish.provider not in (None, provider.key):
            continue
        for session in provider.weekly:
            here = wish.location in (None, session.location)
            if here and session.weekday in weekdays and session.starts < before and session.ends > after:
                yield provider, session


def _open_in(
    practice: Practice,
    provider: Provider,
    session: Session,
    wish: Wish,
    minutes: timedelta,
    taken: _TakenTime,
    now: datetime,
    until: datetime,
) -> Iterator[Slot]:
    """The open times of a session, week after week."""
    zone = ZoneInfo(practice.zone_of(session.location))
    after, before = wish.window
    for day in _days(session.weekday, wish, now.astimezone(zone).date(), until.astimezone(zone).date()):
        if is_holiday(practice, day):
            continue
        for starts, clock in _pieces(session, day, zone, minutes):
            ends = starts + minutes
            if after <= clock < before and now < starts and ends <= until and not taken.meets(starts, ends):
                yield Slot(provider.key, session.location, wish.service, wish.visit_type, starts, ends)


def _days(weekday: int, wish: Wish, first: date, last: date) -> Iterator[date]:
    """The days of a session that fit a wish, from the first to the last day that may be looked at."""
    first, last = max(first, wish.earliest or first), min(last, wish.latest or last)
    if first > last:
        return
    named = WEEKDAYS[weekday] in wish.days or not (wish.days or wish.dates)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        if named or day in wish.dates:
            yield day
        day += _WEEK


def _pieces(session: Session, day: date, zone: ZoneInfo, minutes: timedelta) -> Iterator[_Piece]:
    """A session on a day in pieces.

    An hour that the clocks skip is never among them, one that they repeat once.
    """
    starts, ends = moment(day, session.starts, zone), moment(day, session.ends, zone)
    while starts + minutes <= ends:
        local = starts.astimezone(zone)
        if not local.fold:
            yield starts, local.time()
        starts += minutes


def _minutes(practice: Practice, service: str, visit_type: VisitType) -> timedelta:
    minutes = practice.service(service).minutes
    return timedelta(minutes=minutes.get(visit_type) or next(iter(minutes.values())))


class _TakenTime:
    """When a provider can't be booked, as stretches in order that don't meet."""

    def __init__(self, appointments: Iterable[Appointment] = ()) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for starts, ends in sorted((a.starts_at, a.ends_at) for a in appointments):
            if self._ends and starts <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], ends)
            else:
                self._starts.append(starts)
                self._ends.append(ends)

    def meets(self, starts: datetime, ends: datetime) -> bool:
        """Whether a time meets any of it; one that only touches does not."""
        place = bisect_right(self._ends, starts)
        return place < len(self._ends) and self._starts[place] < ends


_FREE: Final = _TakenTime()


def _by_provider(busy: Iterable[Appointment]) -> dict[str, _TakenTime]:
    taken: dict[str, list[Appointment]] = {}
    for appointment in busy:
        taken.setdefault(appointment.provider_key, []).append(appointment)
    return {key: _TakenTime(appointments) for key, appointments in taken.items()}


# ---------------------------------------------------------------- choosing


def _relaxations(wish: Wish) -> Iterator[tuple[Wish, tuple[str, ...]]]:
    """The wish without each choice of its parts, with what was let go.

    The wish as it is comes first. Everything that matters less is let go before what matters more.
    """
    parts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("the time of day", {"before": None, "after": None, "part_of_day": None}),
        ("the days you named", {"days": (), "dates": ()}),
        ("the place", {"location": None}),
        ("the provider", {"provider": None}),
        # a later day than asked is nearer to the wish than one before the patient can come
        ("the last day you named", {"latest": None}),
        ("the first day you named", {"earliest": None}),
    )
    asked = [part for part in parts if any(getattr(wish, name) for name in part[1])]
    for choice in range(2 ** len(asked)):
        let_go = [part for place, part in enumerate(asked) if choice >> place & 1]
        without = {name: empty for _, fields in let_go for name, empty in fields.items()}
        yield replace(wish, **without), tuple(words for words, _ in let_go)


def _spread(practice: Practice, slots: Iterable[Slot], count: int) -> tuple[Slot, ...]:
    """The first times, at most two of a day and provider as long as there are others."""
    zones = {place.key: ZoneInfo(practice.zone_of(place.key)) for place in practice.locations}
    chosen: list[Slot] = []
    spare: list[Slot] = []
    seen: dict[tuple[date, str], int] = {}
    for slot in slots:
        key = (slot.starts_at.astimezone(zones[slot.location_key]).date(), slot.provider_key)
        seen[key] = seen.get(key, 0) + 1
        (chosen if seen[key] <= _OF_A_DAY else spare).append(slot)
        if len(chosen) >= count:
            break
    return tuple(sorted((chosen + spare)[:count], key=lambda slot: (slot.starts_at, slot.provider_key)))


# ---------------------------------------------------------------- names as written


def _named(
    name: str | None,
    entries: Sequence[Provider] | Sequence[Location],
    preferred: Sequence[Provider] | Sequence[Location] = (),
) -> str | None:
    """The key of the entry that a name as written means; the name itself if no entry is called so."""
    said = _telling(name or "")
    if not said or said == "any":
        return None
    likeness = {entry.key: _likeness(said, entry) for entry in entries}
    best = max(likeness.values(), default=0.0)
    if best < SIMILAR:
        return said
    meant = [key for key, likely in likeness.items() if likely == best]
    if len(meant) > 1:
        meant = [entry.key for entry in preferred if entry.key in meant]
    return meant[0] if len(meant) == 1 else None


def _likeness(said: str, entry: Provider | Location) -> float:
    name = _telling(entry.name)
    forms = (_telling(entry.key), name, *(part for part in name.split() if len(part) > 1))
    return max(fuzz.token_sort_ratio(said, form) for form in forms)


def _telling(name: str) -> str:
    """What of a name tells it from others: `Dr. Anna Lee` is `anna lee`, `North Clinic` is `north`."""
    words = re.findall(r"\w+", name.casefold())
    return " ".join(word for word in words if not _says_nothing(word))


def _says_nothing(word: str) -> bool:
    typo = len(word) > 4 and any(fuzz.ratio(word, known) > SIMILAR for known in _SAYS_NOTHING)
    return typo or word in _SAYS_NOTHING


def _clock(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        return None
