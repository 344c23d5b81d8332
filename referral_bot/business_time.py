"""Business time of the practice: opening hours, holidays, its zone; and the quiet of the night.

All datetimes given and returned are aware; results are in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from referral_bot.practice import Practice, TimeSpan

_MINUTE: Final = timedelta(minutes=1)
_FAR: Final = 3 * 366
"""Days after which a search for an opening is given up: the practice has no business time."""

Period = tuple[datetime, datetime]


class BusinessCalendar:
    """When the practice is open. Cheap to make: what it works out is shared by practice and day."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._zone = ZoneInfo(practice.timezone)

    def add(self, start: datetime, span: TimeSpan) -> datetime:
        """The end of a span of business time that starts at `start`.

        `m` and `h` count open minutes; `d` counts business days and ends at the same clock time of the
        last of them. A start outside business hours counts from the next opening.
        """
        begin = self.next_opening(start)
        if span.unit == "d":
            return self._add_days(begin, span.amount)
        left = timedelta(minutes=span.amount * (60 if span.unit == "h" else 1))
        for opens, closes in self._periods(begin):
            opens = max(opens, begin)
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise ValueError("The promised span is longer than the calendar looks ahead.")

    def calendar_add(self, start: datetime, span: TimeSpan) -> datetime:
        """The end of a span of calendar time; days keep the clock time of the practice's zone."""
        if span.unit == "d":
            local = start.astimezone(self._zone)
            return _real(local.date() + timedelta(days=span.amount), local.time(), self._zone)
        return start.astimezone(UTC) + timedelta(minutes=span.amount * (60 if span.unit == "h" else 1))

    def is_open(self, at: datetime) -> bool:
        """Whether the practice is open at this moment."""
        return any(opens <= at < closes for opens, closes in self._day(at.astimezone(self._zone).date()))

    def is_business_day(self, day: date) -> bool:
        """Whether the practice opens on this day."""
        return bool(self._day(day))

    def next_opening(self, at: datetime) -> datetime:
        """`at` if the practice is open then, else when it opens next."""
        for opens, closes in self._periods(at):
            if at < closes:
                return max(opens, at).astimezone(UTC)
        raise ValueError("The practice has no business hours.")

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole open minutes between two moments; 0 if the second comes first."""
        if end <= start:
            return 0
        counted = timedelta()
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for opens, closes in self._day(day):
                counted += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return counted // _MINUTE

    def _add_days(self, begin: datetime, days: int) -> datetime:
        local = begin.astimezone(self._zone)
        day = local.date()
        for _ in range(days):
            day = self._next_business_day(day)
        end = _real(day, local.time(), self._zone)
        closes = self._day(day)[-1][1]
        return min(end, closes)

    def _next_business_day(self, day: date) -> date:
        for ahead in range(1, _FAR):
            candidate = day + timedelta(days=ahead)
            if self._day(candidate):
                return candidate
        raise ValueError("The practice has no business hours.")

    def _periods(self, start: datetime) -> list[Period]:
        """Open periods from the day of `start` on, enough of them for any promised span."""
        return _periods_from(self._practice, start.astimezone(self._zone).date())

    def _day(self, day: date) -> tuple[Period, ...]:
        return _open_on(self._practice, day)


@lru_cache(maxsize=4096)
def _open_on(practice: Practice, day: date) -> tuple[Period, ...]:
    """The open periods of a day, in UTC and in order."""
    if is_holiday(practice, day):
        return ()
    zone = ZoneInfo(practice.timezone)
    hours = sorted((o.opens, o.closes) for o in practice.hours if o.weekday == day.weekday())
    return tuple((_real(day, opens, zone), _real(day, closes, zone)) for opens, closes in hours)


@lru_cache(maxsize=64)
def _periods_from(practice: Practice, day: date) -> list[Period]:
    found: list[Period] = []
    for ahead in range(_FAR):
        found += _open_on(practice, day + timedelta(days=ahead))
        if len(found) >= 260 and ahead >= 60:
            break
    return found


@lru_cache(maxsize=64)
def _calendar(name: str) -> holidays.HolidayBase:
    country, _, subdivision = name.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None)


def is_holiday(practice: Practice, day: date) -> bool:
    """Whether the practice's holiday calendar has this day."""
    return practice.holidays is not None and day in _calendar(practice.holidays)


def after_quiet(at: datetime, zone: str, practice: Practice) -> datetime:
    """When something the clock sends may leave: `at`, or the end of the quiet it falls into.

    Quiet is the night in the reader's zone, and days on which the practice is closed.
    """
    reader = ZoneInfo(zone)
    moment = at.astimezone(reader)
    for _ in range(_FAR):
        if not _open_on(practice, moment.astimezone(ZoneInfo(practice.timezone)).date()):
            moment = _morning(moment.date() + timedelta(days=1), practice, reader)
        elif _is_night(moment.time(), practice):
            today = _morning(moment.date(), practice, reader)
            moment = (
                today if today > moment else _morning(moment.date() + timedelta(days=1), practice, reader)
            )
        else:
            return moment.astimezone(UTC)
    raise ValueError("The practice has no business hours.")


def _is_night(clock: time, practice: Practice) -> bool:
    starts, ends = practice.quiet_hours.starts, practice.quiet_hours.ends
    if starts == ends:
        return False
    if starts < ends:
        return starts <= clock < ends
    return clock >= starts or clock < ends


def _morning(day: date, practice: Practice, zone: ZoneInfo) -> datetime:
    return _real(day, practice.quiet_hours.ends, zone).astimezone(zone)


def _real(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A local time in UTC; one that a change of the clocks skips is moved on by the gap."""
    return datetime.combine(day, clock.replace(tzinfo=None), zone).astimezone(UTC)
