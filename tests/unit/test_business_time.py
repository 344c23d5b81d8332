"""Business time: what a promised span comes to, and when the night ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from referral_bot.business_time import BusinessCalendar, after_quiet, is_holiday, moment, opens_at_all
from referral_bot.practice import Opening, Practice, QuietHours, TimeSpan

CHICAGO = ZoneInfo("America/Chicago")
ZONES = ("America/Chicago", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia")


def practice(
    *hours: tuple[str, str, str],
    holidays: str | None = "US-IL",
    timezone: str = "America/Chicago",
    quiet_hours: QuietHours | None = None,
) -> Practice:
    """A practice with these hours (days as digits from 0, opens, closes); else the example's."""
    said = hours or (("0123", "08:00", "17:00"), ("4", "08:00", "15:00"))
    return Practice(
        name="Riverbend",
        timezone=timezone,
        holidays=holidays,
        quiet_hours=quiet_hours or QuietHours(),
        hours=tuple(
            Opening(weekday=int(day), opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
            for days, opens, closes in said
            for day in days
        ),
    )


RIVERBEND = practice()
CALENDAR = BusinessCalendar(RIVERBEND)


def at(text: str, zone: ZoneInfo = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def span(text: str) -> TimeSpan:
    return TimeSpan(amount=int(text[:-1]), unit=text[-1])


def added(start: str, text: str, calendar: BusinessCalendar = CALENDAR) -> str:
    """Start and end in Chicago's local time."""
    return f"{calendar.add(at(start), span(text)).astimezone(CHICAGO):%Y-%m-%d %H:%M}"


# 2026-11-17 is a Tuesday; Thursday 2026-11-26 is Thanksgiving.


@pytest.mark.parametrize(
    ("start", "promised", "end"),
    [
        ("2026-11-17 10:00", "30m", "2026-11-17 10:30"),
        ("2026-11-17 10:00", "4h", "2026-11-17 14:00"),
        ("2026-11-17 13:00", "4h", "2026-11-17 17:00"),
        ("2026-11-17 16:45", "30m", "2026-11-18 08:15"),
        ("2026-11-20 14:00", "4h", "2026-11-23 11:00"),
        ("2026-11-17 10:00", "20h", "2026-11-19 12:00"),
    ],
)
def test_minutes_and_hours_count_while_the_practice_is_open(start: str, promised: str, end: str) -> None:
    assert added(start, promised) == end


@pytest.mark.parametrize(
    ("start", "promised", "end"),
    [
        ("2026-11-17 10:00", "2d", "2026-11-19 10:00"),
        ("2026-11-19 10:00", "2d", "2026-11-23 10:00"),
        ("2026-11-20 14:30", "1d", "2026-11-23 14:30"),
    ],
)
def test_days_end_at_the_same_clock_time_of_the_last_business_day(
    start: str, promised: str, end: str
) -> None:
    assert added(start, promised) == end


def test_days_that_end_after_a_short_day_has_closed_end_when_it_closes() -> None:
    assert added("2026-11-19 16:00", "1d") == "2026-11-20 15:00"


def test_days_that_end_in_a_closed_hour_end_when_the_day_goes_on() -> None:
    calendar = BusinessCalendar(
        practice(("0", "08:00", "17:00"), ("1", "09:00", "12:00"), ("1", "13:00", "17:00"))
    )
    assert added("2026-11-16 12:30", "1d", calendar) == "2026-11-17 13:00"
    assert added("2026-11-16 08:10", "1d", calendar) == "2026-11-17 09:00"
    assert added("2026-11-16 12:00", "1d", calendar) == "2026-11-17 12:00"


@pytest.mark.parametrize("start", ["2026-11-20 15:00", "2026-11-20 21:00", "2026-11-22 12:00"])
def test_a_start_outside_business_hours_counts_from_the_next_opening(start: str) -> None:
    assert added(start, "30m") == "2026-11-23 08:30"
    assert added(start, "2d") == "2026-11-25 08:00"


def test_holidays_do_not_count() -> None:
    assert is_holiday(RIVERBEND, date(2026, 11, 26))
    assert not CALENDAR.is_business_day(date(2026, 11, 26))
    assert added("2026-11-25 16:00", "2h") == "2026-11-27 09:00"
    assert added("2026-11-25 10:00", "1d") == "2026-11-27 10:00"


def test_a_holiday_kept_on_the_friday_before_new_year_is_found_in_the_old_year() -> None:
    assert is_holiday(RIVERBEND, date(2027, 12, 31))


def test_a_practice_without_a_holiday_calendar_works_on_holidays() -> None:
    assert BusinessCalendar(practice(holidays=None)).is_business_day(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("friday", "monday"), [("2027-03-12 10:00", "2027-03-15 10:00"), ("2027-11-05 10:00", "2027-11-08 10:00")]
)
def test_a_change_of_the_clocks_over_a_weekend_moves_no_promise(friday: str, monday: str) -> None:
    assert added(friday, "1d") == monday
    assert added(friday, "7h") == monday


def test_the_hour_that_the_clocks_skip_is_not_counted() -> None:
    calendar = BusinessCalendar(practice(("6", "00:00", "06:00")))
    assert added("2027-03-14 01:30", "60m", calendar) == "2027-03-14 03:30"
    assert calendar.minutes_between(at("2027-03-14 00:00"), at("2027-03-14 06:00")) == 5 * 60


def test_the_hour_that_the_clocks_repeat_is_counted_twice() -> None:
    calendar = BusinessCalendar(practice(("6", "00:00", "06:00")))
    assert added("2027-11-07 00:30", "120m", calendar) == "2027-11-07 01:30"
    assert calendar.minutes_between(at("2027-11-07 00:00"), at("2027-11-07 06:00")) == 7 * 60


def test_hours_that_begin_or_end_within_the_skipped_hour_do_not_overlap() -> None:
    calendar = BusinessCalendar(
        practice(("6", "01:00", "02:45"), ("6", "03:00", "05:00"), ("6", "02:50", "02:55"))
    )
    assert calendar.minutes_between(at("2027-03-14 00:00"), at("2027-03-14 06:00")) == 60 + 120


def test_calendar_time_ignores_hours_and_keeps_the_clock_time() -> None:
    end = CALENDAR.calendar_add(at("2027-03-12 18:00"), span("3d"))
    assert end == at("2027-03-15 18:00")
    assert CALENDAR.calendar_add(at("2027-03-13 23:00"), span("4h")) == at("2027-03-14 04:00")


def test_the_practice_is_open_from_its_opening_until_just_before_it_closes() -> None:
    assert CALENDAR.is_open(at("2026-11-17 08:00"))
    assert not CALENDAR.is_open(at("2026-11-17 17:00"))
    assert not CALENDAR.is_open(at("2026-11-21 10:00"))


def test_the_next_opening_is_now_while_open() -> None:
    assert CALENDAR.next_opening(at("2026-11-17 09:30")) == at("2026-11-17 09:30")
    assert CALENDAR.next_opening(at("2026-11-17 17:00")) == at("2026-11-18 08:00")


def test_no_minutes_lie_between_a_moment_and_an_earlier_one() -> None:
    assert CALENDAR.minutes_between(at("2026-11-17 10:00"), at("2026-11-17 09:00")) == 0


def test_results_are_in_utc() -> None:
    moments = [
        CALENDAR.add(at("2026-11-17 10:00"), span("1h")),
        CALENDAR.add(at("2026-11-17 10:00"), span("1d")),
        CALENDAR.calendar_add(at("2026-11-17 10:00"), span("1h")),
        CALENDAR.next_opening(at("2026-11-17 10:00")),
        after_quiet(at("2026-11-17 10:00"), "America/Chicago", RIVERBEND),
        after_quiet(at("2026-11-17 23:00"), "America/Chicago", RIVERBEND),
    ]
    assert {moment.tzinfo for moment in moments} == {UTC}


def test_a_span_longer_than_years_of_scarce_hours_still_ends() -> None:
    scarce = practice(("0", "08:00", "08:05"), holidays=None)
    end = BusinessCalendar(scarce).add(at("2026-11-16 08:00"), span("200h"))
    assert end - at("2026-11-16 08:00") > timedelta(weeks=2399)


def test_a_practice_that_never_opens_has_no_end_of_a_span() -> None:
    closed = practice().model_copy(update={"hours": ()})
    calendar = BusinessCalendar(closed)
    assert not opens_at_all(closed)
    with pytest.raises(ValueError, match="no business hours"):
        calendar.add(at("2026-11-17 10:00"), span("1h"))
    with pytest.raises(ValueError, match="no business hours"):
        calendar.next_opening(at("2026-11-17 10:00"))


def test_a_practice_opens_at_all_if_some_of_its_days_are_no_holidays() -> None:
    assert opens_at_all(practice(("3", "09:00", "10:00")))


# ---------------------------------------------------------------- quiet


def quiet(start: str, zone: str = "America/Chicago", of: Practice = RIVERBEND) -> str:
    return f"{after_quiet(at(start, ZoneInfo(zone)), zone, of).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    "start", ["2026-11-17 07:00", "2026-11-17 12:00", "2026-11-17 19:59", "2026-11-20 16:00"]
)
def test_by_day_nothing_waits_even_after_closing(start: str) -> None:
    assert quiet(start) == start


@pytest.mark.parametrize("start", ["2026-11-16 20:00", "2026-11-16 23:30", "2026-11-17 06:59"])
def test_the_night_lasts_until_the_next_opening(start: str) -> None:
    assert quiet(start) == "2026-11-17 08:00"


@pytest.mark.parametrize("start", ["2026-11-20 20:00", "2026-11-21 12:00", "2026-11-22 23:00"])
def test_a_weekend_is_waited_out(start: str) -> None:
    assert quiet(start) == "2026-11-23 08:00"


def test_a_holiday_is_waited_out() -> None:
    assert quiet("2026-11-26 12:00") == "2026-11-27 08:00"


def test_the_night_is_that_of_the_readers_zone() -> None:
    assert quiet("2026-11-17 06:30", "America/Los_Angeles") == "2026-11-17 07:00"
    assert quiet("2026-11-17 21:00", "America/New_York") == "2026-11-18 09:00"


def test_a_reader_whose_night_covers_the_opening_waits_for_the_morning() -> None:
    assert quiet("2026-11-17 03:00", "Pacific/Honolulu") == "2026-11-17 07:00"


def test_where_the_practice_opens_only_by_night_the_morning_counts() -> None:
    nights = practice(("01234", "20:00", "23:00"))
    assert quiet("2026-11-17 22:00", of=nights) == "2026-11-18 07:00"
    assert quiet("2026-11-21 12:00", of=nights) == "2026-11-23 07:00"


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    siesta = practice(quiet_hours=QuietHours(starts=time(12), ends=time(14)))
    assert quiet("2026-11-17 13:00", of=siesta) == "2026-11-17 14:00"
    assert quiet("2026-11-17 23:00", of=siesta) == "2026-11-17 23:00"
    never = practice(quiet_hours=QuietHours(starts=time(0), ends=time(0)))
    assert quiet("2026-11-17 03:00", of=never) == "2026-11-17 03:00"


# ---------------------------------------------------------------- of any practice


@st.composite
def practices(draw: st.DrawFn) -> Practice:
    """Practices as an import takes them: some hours, none overlapping, at any time of day and week."""
    hours: list[Opening] = []
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        edges = sorted(draw(st.sets(st.integers(0, 24 * 12 - 1), min_size=2, max_size=6)))
        clocks = [time(edge // 12, edge % 12 * 5) for edge in edges[: len(edges) // 2 * 2]]
        pairs = zip(clocks[::2], clocks[1::2], strict=True)
        hours += [Opening(weekday=day, opens=opens, closes=closes) for opens, closes in pairs]
    night = draw(st.tuples(st.times(), st.times()))
    return Practice(
        name="Any",
        timezone=draw(st.sampled_from(ZONES)),
        hours=tuple(hours),
        holidays=draw(st.sampled_from([None, "US", "NP", "DE-BY"])),
        quiet_hours=QuietHours(starts=night[0], ends=night[1]),
    )


moments = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.one_of(
    st.builds(TimeSpan, amount=st.integers(1, 2400), unit=st.just("m")),
    st.builds(TimeSpan, amount=st.integers(1, 200), unit=st.just("h")),
    st.builds(TimeSpan, amount=st.integers(1, 120), unit=st.just("d")),
)


@settings(deadline=None)
@given(practices(), moments, st.timedeltas(timedelta(), timedelta(days=3)), spans)
def test_a_later_start_never_ends_earlier(
    practice: Practice, start: datetime, later: timedelta, promised: TimeSpan
) -> None:
    calendar, zone = BusinessCalendar(practice), ZoneInfo(practice.timezone)
    # The hour that clocks repeat has every clock time twice: days from it can't all be kept in order.
    assume(promised.unit != "d" or not calendar.next_opening(start + later).astimezone(zone).fold)
    assert calendar.add(start, promised) <= calendar.add(start + later, promised)


@settings(deadline=None)
@given(practices(), moments, spans, st.integers(0, 50))
def test_a_longer_span_never_ends_earlier(
    practice: Practice, start: datetime, promised: TimeSpan, more: int
) -> None:
    calendar = BusinessCalendar(practice)
    longer = TimeSpan(amount=promised.amount + more, unit=promised.unit)
    assert start < calendar.add(start, promised) <= calendar.add(start, longer)


@settings(deadline=None)
@given(practices(), moments, st.integers(1, 2400))
def test_from_an_opening_as_many_minutes_pass_as_were_added(
    practice: Practice, at: datetime, minutes: int
) -> None:
    calendar = BusinessCalendar(practice)
    start = calendar.next_opening(at)
    assert calendar.minutes_between(start, calendar.add(start, span(f"{minutes}m"))) == minutes


@settings(deadline=None)
@given(practices(), moments, spans)
def test_a_span_ends_in_business_time_or_as_it_closes(
    practice: Practice, start: datetime, promised: TimeSpan
) -> None:
    calendar = BusinessCalendar(practice)
    end = calendar.add(start, promised)
    assert calendar.is_open(end) or calendar.is_open(end - timedelta(microseconds=1))


@settings(deadline=None)
@given(practices(), moments, st.sampled_from(ZONES))
def test_what_waits_for_the_end_of_the_quiet_leaves_later_and_not_by_night(
    practice: Practice, at: datetime, zone: str
) -> None:
    leaves = after_quiet(at, zone, practice)
    assert leaves >= at
    assert after_quiet(leaves, zone, practice) == leaves


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2036, 1, 1)), st.times(), st.times(), st.sampled_from(ZONES))
def test_a_later_clock_time_is_never_an_earlier_moment(
    day: date, first: time, second: time, zone: str
) -> None:
    first, second = sorted((first, second))
    assert moment(day, first, ZoneInfo(zone)) <= moment(day, second, ZoneInfo(zone))


@settings(deadline=None)
@given(st.integers(0, 59))
def test_a_clock_time_that_is_skipped_is_the_moment_of_the_change(minute: int) -> None:
    assert moment(date(2027, 3, 14), time(2, minute), CHICAGO) == at("2027-03-14 03:00")
