"""Business time of the practice: opening hours, holidays, its zone; and the quiet of the night.

All datetimes given and returned are aware; results are in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from referral_bot.practice import Practice, TimeSpan

_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_CLOSED_FOR_GOOD: Final = 3 * 366
"""Days without an opening after which there is none: the practice has no business time."""
_ANY_DAY: Final = date(2026, 1, 1)
"""Where a search for any opening at all begins, so that its answer does not hang on today."""
_NIGHTS: Final = 14
"""Mornings after which the practice's hours count as falling into the reader's night."""

Period = tuple[datetime, datetime]


class BusinessCalendar:
    """When the practice is open. Cheap to make: the days it has worked out are shared by practice."""

    def __init__(self, practice: Practice) -> None:
        self._days = _open_days(practice)
        self._zone = self._days.zone

    def add(self, start: datetime, span: TimeSpan) -> datetime:
        """The end of a span of business time that starts at `start`: open, or the moment of closing.

        `m` and `h` count open minutes; `d` counts business days and ends at the same clock time of the
        last of them. Where the practice is closed at that time it ends when it next opens on that day,
        or else when it closes for the day: `1d` from Thursday 16:00 is Friday 15:00 if Fridays close
        then. A start outside business hours counts from the next opening.

        Raises ValueError if the practice has no business hours.
        """
        if span.unit == "d":
            return self._add_days(start, span.amount)
        start, left = start.astimezone(UTC), _duration(span)
        periods = self._days.since(start.astimezone(self._zone).date())
        opens, closes = next(period for period in periods if start < period[1])
        opens = max(opens, start)
        while left > closes - opens:
            left -= closes - opens
            opens, closes = next(periods)
        return opens + left

    def calendar_add(self, start: datetime, span: TimeSpan) -> datetime:
        """The end of a span of calendar time; days keep the clock time of the practice's zone."""
        if span.unit == "d":
            local = start.astimezone(self._zone)
            return moment(local.date() + span.amount * _DAY, local.time(), self._zone)
        return start.astimezone(UTC) + _duration(span)

    def is_open(self, at: datetime) -> bool:
        """Whether the practice is open at this moment; not any more at that of closing."""
        at = at.astimezone(UTC)
        return any(opens <= at < closes for opens, closes in self._days.on(at.astimezone(self._zone).date()))

    def is_business_day(self, day: date) -> bool:
        """Whether the practice opens on this day."""
        return bool(self._days.on(day))

    def next_opening(self, at: datetime) -> datetime:
        """`at` if the practice is open then, else when it opens next.

        Raises ValueError if the practice has no business hours.
        """
        at = at.astimezone(UTC)
        periods = self._days.since(at.astimezone(self._zone).date())
        return next(max(opens, at) for opens, closes in periods if at < closes)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole open minutes between two moments; 0 if the second comes first."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        counted = timedelta()
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for opens, closes in self._days.on(day):
                counted += max(min(closes, end) - max(opens, start), timedelta())
            day += _DAY
        return counted // _MINUTE

    def _add_days(self, start: datetime, days: int) -> datetime:
        begin = self.next_opening(start).astimezone(self._zone)
        day = begin.date()
        for _ in range(days):
            day = self._days.next_after(day)
        end = moment(day, begin.time(), self._zone)
        for opens, closes in self._days.on(day):
            if end <= closes:
                return max(opens, end)
        return closes


class _OpenDays:
    """The open periods of a practice by day, each worked out once."""

    def __init__(self, practice: Practice) -> None:
        self.zone: Final = ZoneInfo(practice.timezone)
        self._practice = practice
        self._known: dict[date, tuple[Period, ...]] = {}

    def on(self, day: date) -> tuple[Period, ...]:
        """The open periods of a day, in UTC and in order."""
        periods = self._known.get(day)
        if periods is None:
            periods = self._known[day] = self._work_out(day)
        return periods

    def since(self, day: date) -> Iterator[Period]:
        """The open periods from a day on, without end. Raises ValueError if there are none."""
        yield from self.on(day)
        while True:
            day = self.next_after(day)
            yield from self.on(day)

    def next_after(self, day: date) -> date:
        """The next business day. Raises ValueError if there is none."""
        for _ in range(_CLOSED_FOR_GOOD):
            day += _DAY
            if self.on(day):
                return day
        raise ValueError("The practice has no business hours.")

    def _work_out(self, day: date) -> tuple[Period, ...]:
        if is_holiday(self._practice, day):
            return ()
        hours = sorted((o.opens, o.closes) for o in self._practice.hours if o.weekday == day.weekday())
        periods = ((moment(day, opens, self.zone), moment(day, closes, self.zone)) for opens, closes in hours)
        return tuple((opens, closes) for opens, closes in periods if opens < closes)


@lru_cache(maxsize=16)
def _open_days(practice: Practice) -> _OpenDays:
    return _OpenDays(practice)


def opens_at_all(practice: Practice) -> bool:
    """Whether the practice has any business time: hours, on days that are not all holidays."""
    try:
        _OpenDays(practice).next_after(_ANY_DAY)
    except ValueError:
        return False
    return True


def is_holiday(practice: Practice, day: date) -> bool:
    """Whether the practice's holiday calendar has this day."""
    return practice.holidays is not None and day in _holidays(practice.holidays, day.year)


@lru_cache(maxsize=256)
def _holidays(calendar: str, year: int) -> frozenset[date]:
    # A calendar object of the package fills itself in while it is asked, which threads must not share.
    country, _, subdivision = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def after_quiet(at: datetime, zone: str, practice: Practice) -> datetime:
    """When something the clock sends may leave: `at`, or the next opening if it falls into the quiet.

    Quiet is the night in the reader's zone, and days on which the practice is closed. An opening in the
    reader's night is passed over. Where the practice opens only then, the reader's next morning of a
    business day counts.

    Raises ValueError if the practice has no business hours.
    """
    calendar, reader = BusinessCalendar(practice), ZoneInfo(zone)
    here = ZoneInfo(practice.timezone)
    if calendar.is_business_day(at.astimezone(here).date()) and not _is_night(at, reader, practice):
        return at.astimezone(UTC)
    opening = calendar.next_opening(at)
    for _ in range(_NIGHTS):
        if not _is_night(opening, reader, practice):
            return opening
        opening = calendar.next_opening(_next_morning(opening, reader, practice))
    morning = _next_morning(at, reader, practice)
    while not calendar.is_business_day(morning.astimezone(here).date()):
        morning = _next_morning(morning, reader, practice)
    return morning


def _is_night(at: datetime, zone: ZoneInfo, practice: Practice) -> bool:
    starts, ends = practice.quiet_hours.starts, practice.quiet_hours.ends
    clock = at.astimezone(zone).time()
    if starts <= ends:
        return starts <= clock < ends
    return clock >= starts or clock < ends


def _next_morning(at: datetime, zone: ZoneInfo, practice: Practice) -> datetime:
    """The next end of the night, later than `at`."""
    day = at.astimezone(zone).date()
    today = moment(day, practice.quiet_hours.ends, zone)
    return today if today > at else moment(day + _DAY, practice.quiet_hours.ends, zone)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A local time in UTC.

    One that a change of the clocks skips is the moment of the change; of one that they repeat, the first.
    So a later clock time of a day is never an earlier moment.
    """
    local = datetime.combine(day, clock.replace(fold=0), zone)
    there = local.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return there
    before, after = local.replace(fold=1).astimezone(UTC), there
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _duration(span: TimeSpan) -> timedelta:
    return timedelta(minutes=span.amount * (60 if span.unit == "h" else 1))
