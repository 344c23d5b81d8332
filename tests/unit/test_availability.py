"""Open times: how sessions are cut, what is offered for a wish, and which times can be taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_bot.availability import HORIZON, Slot, Wish, is_open, offer, open_slots, wait
from referral_bot.errors import NotFound
from referral_bot.model import Appointment, AppointmentStatus, Preference
from referral_bot.practice import (
    Location,
    Opening,
    Practice,
    Provider,
    Service,
    Session,
    VisitType,
)

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
"""A Monday, 08:00 in Chicago. Thursday of the week after is Thanksgiving."""
CARDIOLOGY = Wish(service="cardiology")


def session(place: str, days: str, starts: str, ends: str) -> list[Session]:
    return [
        Session(
            location=place, weekday=int(day), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)
        )
        for day in days
    ]


def provider(
    key: str, name: str, weekly: Sequence[Session] = (), services: tuple[str, ...] = ("cardiology",)
) -> Provider:
    return Provider(key=key, name=name, services=services, weekly=tuple(weekly))


LEE = provider("lee", "Dr. Anna Lee", session("north", "012", "09:00", "12:00"))
OKAFOR = provider(
    "okafor",
    "Dr. Chidi Okafor",
    session("south", "01234", "10:00", "15:00"),
    services=("cardiology", "vascular"),
)


def practice(*providers: Provider, timezone: str = "America/Chicago", **changes: Any) -> Practice:
    said: dict[str, Any] = {
        "name": "Riverbend",
        "timezone": timezone,
        "holidays": "US-IL",
        "hours": (Opening(weekday=0, opens=time(8), closes=time(17)),),
        "locations": (
            Location(key="north", name="North Clinic"),
            Location(key="south", name="South Clinic"),
            Location(key="coast", name="Coast Clinic", timezone="America/Los_Angeles"),
        ),
        "services": (
            Service(
                key="cardiology",
                name="Cardiology",
                minutes={VisitType.NEW: 40, VisitType.FOLLOW_UP: 20},
                promises={},
            ),
            Service(key="vascular", name="Vascular surgery", minutes={VisitType.NEW: 30}, promises={}),
        ),
        "providers": providers or (LEE, OKAFOR),
    }
    return Practice(**said | changes)


RIVERBEND = practice()
ONLY_LEE = practice(LEE)


def at(text: str, zone: ZoneInfo = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def taking(slot: Slot) -> Appointment:
    return taken(slot.provider_key, slot.starts_at, slot.ends_at)


def taken(provider_key: str, starts: datetime, ends: datetime) -> Appointment:
    return Appointment(
        id=f"{provider_key} {starts}",
        referral_id="r",
        provider_key=provider_key,
        location_key="north",
        service_key="cardiology",
        visit_type=VisitType.NEW,
        starts_at=starts,
        ends_at=ends,
        status=AppointmentStatus.BOOKED,
    )


def local(slots: Iterable[Slot], zone: ZoneInfo = CHICAGO) -> list[str]:
    return [f"{slot.starts_at.astimezone(zone):%m-%d %H:%M}" for slot in slots]


def on(day: str, slots: Iterable[Slot], zone: ZoneInfo = CHICAGO) -> list[str]:
    """The clock times of slots on a day such as `11-16`."""
    return [text[6:] for text in local(slots, zone) if text.startswith(day)]


# ---------------------------------------------------------------- cutting


def test_a_session_is_cut_from_its_start_and_what_is_left_over_is_not_offered() -> None:
    slots = open_slots(ONLY_LEE, CARDIOLOGY, [], NOW)
    assert on("11-17", slots) == ["09:00", "09:40", "10:20", "11:00"]


def test_a_visit_takes_its_own_minutes() -> None:
    slots = list(open_slots(ONLY_LEE, replace(CARDIOLOGY, visit_type=VisitType.FOLLOW_UP), [], NOW))
    assert len(on("11-17", slots)) == 9
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(minutes=20)}


def test_a_visit_that_a_service_gives_no_minutes_takes_those_of_its_other_visit() -> None:
    wish = Wish(service="vascular", visit_type=VisitType.FOLLOW_UP)
    assert {s.ends_at - s.starts_at for s in open_slots(RIVERBEND, wish, [], NOW)} == {timedelta(minutes=30)}


def test_a_time_that_has_begun_is_not_open() -> None:
    assert on("11-17", open_slots(ONLY_LEE, CARDIOLOGY, [], at("2026-11-17 09:40"))) == ["10:20", "11:00"]


def test_what_meets_an_appointment_is_not_open_and_what_touches_it_is() -> None:
    busy = [taken("lee", at("2026-11-17 09:40"), at("2026-11-17 10:20"))]
    assert on("11-17", open_slots(ONLY_LEE, CARDIOLOGY, busy, NOW)) == ["09:00", "10:20", "11:00"]


def test_an_appointment_across_two_pieces_takes_both() -> None:
    busy = [taken("lee", at("2026-11-17 10:00"), at("2026-11-17 10:30"))]
    assert on("11-17", open_slots(ONLY_LEE, CARDIOLOGY, busy, NOW)) == ["09:00", "11:00"]


def test_a_short_appointment_after_a_long_one_does_not_hide_it() -> None:
    busy = [
        taken("lee", at("2026-11-17 08:00"), at("2026-11-17 11:40")),
        taken("lee", at("2026-11-17 08:10"), at("2026-11-17 08:20")),
    ]
    assert on("11-17", open_slots(ONLY_LEE, CARDIOLOGY, busy, NOW)) == []


def test_another_providers_appointment_takes_nothing() -> None:
    busy = [taken("okafor", at("2026-11-17 09:00"), at("2026-11-17 12:00"))]
    assert len(on("11-17", open_slots(ONLY_LEE, CARDIOLOGY, busy, NOW))) == 4


def test_holidays_close_sessions_and_business_hours_do_not() -> None:
    days = {text[:5] for text in local(open_slots(practice(OKAFOR), CARDIOLOGY, [], NOW))}
    assert "11-26" not in days
    assert "11-27" in days


def test_a_session_stands_in_the_zone_of_its_location() -> None:
    coast = practice(provider("wu", "Dr. Wu", session("coast", "1", "09:00", "10:00")))
    first = next(open_slots(coast, CARDIOLOGY, [], NOW))
    assert first.starts_at == at("2026-11-17 09:00", ZoneInfo("America/Los_Angeles"))


def test_times_of_all_zones_come_in_order() -> None:
    both = practice(
        provider("wu", "Dr. Wu", session("coast", "0123456", "06:00", "23:00")),
        provider("ray", "Dr. Ray", session("north", "0123456", "00:00", "20:00")),
    )
    starts = [slot.starts_at for slot in open_slots(both, CARDIOLOGY, [], NOW)]
    assert starts == sorted(starts)


def test_nothing_is_open_beyond_the_horizon_where_appointments_are_not_known() -> None:
    last = list(open_slots(practice(OKAFOR), CARDIOLOGY, [], at("2026-11-16 12:00")))[-1]
    assert local([last]) == ["02-08 11:20"]  # ends at noon, twelve weeks later to the minute


def test_an_unknown_service_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        offer(RIVERBEND, Wish(service="magic"), [], NOW)


NIGHTS = practice(provider("lee", "Dr. Lee", session("north", "6", "00:00", "06:00")), holidays=None)


def test_the_hour_that_the_clocks_skip_is_not_offered() -> None:
    slots = list(open_slots(NIGHTS, CARDIOLOGY, [], at("2027-03-10 12:00")))
    assert on("03-14", slots) == ["00:00", "00:40", "01:20", "03:00", "03:40", "04:20", "05:00"]
    assert len(on("03-21", slots)) == 9


def test_the_hour_that_the_clocks_repeat_is_offered_once() -> None:
    slots = list(open_slots(NIGHTS, CARDIOLOGY, [], at("2027-11-03 12:00")))
    assert on("11-07", slots) == ["00:00", "00:40", "01:20", "02:20", "03:00", "03:40", "04:20", "05:00"]


def test_a_session_that_begins_in_the_skipped_hour_begins_with_the_change() -> None:
    early = practice(provider("lee", "Dr. Lee", session("north", "6", "02:30", "04:00")), holidays=None)
    assert on("03-14", open_slots(early, CARDIOLOGY, [], at("2027-03-10 12:00"))) == ["03:00"]


# ---------------------------------------------------------------- wishes


def matching(**wish: Any) -> list[Slot]:
    return list(open_slots(RIVERBEND, replace(CARDIOLOGY, **wish), [], NOW))


def test_provider_and_location_are_kept_to() -> None:
    assert {slot.provider_key for slot in matching(provider="lee")} == {"lee"}
    assert {slot.location_key for slot in matching(location="south")} == {"south"}
    assert matching(provider="lee", location="south") == []


def test_days_of_the_week_and_dates_add_up() -> None:
    days = {text[:5] for text in local(matching(days=("wed",), dates=(date(2026, 11, 20),)))}
    assert {"11-18", "11-20", "11-25"} <= days
    assert not {"11-17", "11-19", "11-27"} & days


def test_the_first_and_last_day_are_kept_to() -> None:
    days = {text[:5] for text in local(matching(earliest=date(2026, 11, 18), latest=date(2026, 11, 19)))}
    assert days == {"11-18", "11-19"}


@pytest.mark.parametrize("far", [date.min, date.max])
def test_days_out_of_all_reach_are_no_error(far: date) -> None:
    assert matching(earliest=date.max) == matching(latest=date.min) == matching(dates=(far,)) == []


def test_mornings_and_afternoons_part_at_noon() -> None:
    mornings, afternoons = matching(part_of_day="morning"), matching(part_of_day="afternoon")
    assert max(on("11-17", mornings)) < "12:00" <= min(on("11-17", afternoons))
    assert len(mornings) + len(afternoons) == len(matching())


def test_clock_times_bound_when_a_visit_starts() -> None:
    assert on("11-17", matching(provider="lee", after=time(9, 40), before=time(11))) == ["09:40", "10:20"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Dr Lee", "lee"),
        ("dr. lee", "lee"),
        ("lee", "lee"),
        ("Anna Lee", "lee"),
        ("Lee, Anna MD", "lee"),
        ("okfor", "okafor"),
        ("Doctor Okafor", "okafor"),
        ("Dr", None),
        ("any", None),
        ("", None),
        (None, None),
        ("Dr. House", "house"),
    ],
)
def test_a_provider_is_known_by_the_name_as_written(written: str | None, meant: str | None) -> None:
    wish = Wish.from_preference(
        Preference(provider=written), RIVERBEND, service="cardiology", visit_type=VisitType.NEW
    )
    assert wish.provider == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("North", "north"),
        ("north clinic", "north"),
        ("the North office", "north"),
        ("nroth", "north"),
        ("north clinc", "north"),
        ("West Clinic", "west"),
        ("the clinic", None),
    ],
)
def test_a_location_is_known_by_the_name_as_written(written: str, meant: str | None) -> None:
    wish = Wish.from_preference(
        Preference(location=written), RIVERBEND, service="cardiology", visit_type=VisitType.NEW
    )
    assert wish.location == meant


def test_of_two_with_a_name_the_one_who_offers_the_service_is_meant() -> None:
    namesakes = practice(LEE, provider("blee", "Dr. Bo Lee", services=("vascular",)))
    wish = Wish.from_preference(
        Preference(provider="Dr. Lee"), namesakes, service="vascular", visit_type=VisitType.NEW
    )
    assert wish.provider == "blee"


def test_a_name_that_two_have_equally_asks_for_neither() -> None:
    namesakes = practice(LEE, provider("blee", "Dr. Bo Lee"))
    wish = Wish.from_preference(
        Preference(provider="Dr. Lee"), namesakes, service="cardiology", visit_type=VisitType.NEW
    )
    assert wish.provider is None


def test_a_preference_that_is_partly_unreadable_keeps_the_rest() -> None:
    preference = Preference(days=["tue", "someday"], before="noonish", after="09:00+01:00")
    wish = Wish.from_preference(preference, RIVERBEND, service="cardiology", visit_type=VisitType.NEW)
    assert wish == Wish(service="cardiology", days=("tue",), after=time(9))


# ---------------------------------------------------------------- offers


def test_an_offer_is_spread_over_days_and_providers() -> None:
    offered = offer(RIVERBEND, CARDIOLOGY, [], NOW)
    assert offered.relaxed == ()
    assert local(offered.slots) == ["11-16 09:00", "11-16 09:40", "11-16 10:00", "11-16 10:40", "11-17 09:00"]


def test_where_there_are_no_other_days_one_day_fills_the_offer() -> None:
    offered = offer(ONLY_LEE, replace(CARDIOLOGY, dates=(date(2026, 11, 17),)), [], NOW)
    assert local(offered.slots) == ["11-17 09:00", "11-17 09:40", "11-17 10:20", "11-17 11:00"]


def test_a_day_is_the_locations_own_even_where_it_is_tomorrow_in_utc() -> None:
    evenings = practice(provider("wu", "Dr. Wu", session("coast", "1", "14:40", "18:00")))
    offered = offer(evenings, CARDIOLOGY, [], NOW, count=4)
    assert [text[:5] for text in local(offered.slots)] == ["11-17", "11-17", "11-24", "11-24"]


@pytest.mark.parametrize(
    ("wish", "let_go"),
    [
        ({"days": ("fri",), "part_of_day": "morning", "provider": "okafor"}, ()),
        ({"after": time(16)}, ("the time of day",)),
        ({"days": ("sat",), "part_of_day": "morning"}, ("the days you named",)),
        ({"days": ("sat",), "after": time(16)}, ("the time of day", "the days you named")),
        ({"provider": "lee", "location": "south"}, ("the place",)),
        ({"provider": "house", "location": "south", "part_of_day": "morning"}, ("the provider",)),
        ({"latest": date(2026, 11, 15), "location": "north"}, ("the last day you named",)),
        (
            {"latest": date(2026, 11, 15), "location": "west", "provider": "house", "days": ("sat",)},
            ("the days you named", "the place", "the provider", "the last day you named"),
        ),
    ],
)
def test_as_little_as_possible_is_let_go_and_it_is_said(
    wish: dict[str, Any], let_go: tuple[str, ...]
) -> None:
    offered = offer(RIVERBEND, replace(CARDIOLOGY, **wish), [], NOW)
    assert offered.relaxed == let_go
    assert offered.slots


def test_where_the_days_asked_for_are_full_the_next_ones_are_offered_and_not_those_before() -> None:
    week = replace(CARDIOLOGY, earliest=date(2026, 11, 30), latest=date(2026, 12, 4))
    full = [taking(slot) for slot in open_slots(RIVERBEND, week, [], NOW)]
    assert full
    offered = offer(RIVERBEND, week, full, NOW)
    assert offered.relaxed == ("the last day you named",)
    assert local(offered.slots)[0][:5] == "12-07"


def test_what_is_not_let_go_is_kept_to() -> None:
    offered = offer(RIVERBEND, replace(CARDIOLOGY, days=("sat",), part_of_day="afternoon"), [], NOW)
    assert all(text[6:] >= "12:00" for text in local(offered.slots))


def test_the_wait_is_the_days_until_the_next_open_time() -> None:
    assert wait(RIVERBEND, "cardiology", [], NOW) == 0
    today_and_tomorrow = taken("lee", NOW, NOW + timedelta(days=2))
    assert wait(ONLY_LEE, "cardiology", [today_and_tomorrow], NOW) == 2


def test_the_wait_counts_days_where_the_visit_is() -> None:
    late = datetime(2026, 11, 17, 3, 0, tzinfo=UTC)  # still Monday in Chicago, Tuesday in UTC
    assert wait(ONLY_LEE, "cardiology", [], late) == 1


def test_there_is_no_wait_to_tell_where_nothing_is_open() -> None:
    assert wait(ONLY_LEE, "vascular", [], NOW) is None


def test_where_nothing_is_open_nothing_is_offered_and_nothing_let_go() -> None:
    full = [taking(slot) for slot in open_slots(RIVERBEND, CARDIOLOGY, [], NOW)]
    offered = offer(RIVERBEND, replace(CARDIOLOGY, days=("tue",), provider="lee"), full, NOW)
    assert (offered.slots, offered.relaxed) == ((), ())


def test_no_more_of_the_calendar_is_looked_at_than_is_asked_for() -> None:
    endless = open_slots(RIVERBEND, CARDIOLOGY, [], NOW, horizon=timedelta(days=7000 * 365))
    assert local([next(endless), next(endless)]) == ["11-16 09:00", "11-16 09:40"]


# ---------------------------------------------------------------- one exact time


def the_slot(**changes: Any) -> Slot:
    start = at("2026-11-17 09:40")
    slot = Slot("lee", "north", "cardiology", VisitType.NEW, start, start + timedelta(minutes=40))
    return replace(slot, **changes)


def test_a_slot_comes_back_from_its_id() -> None:
    assert Slot.from_id(the_slot().to_id()) == the_slot()


def test_a_time_that_is_offered_can_be_taken_until_it_is_taken() -> None:
    assert is_open(RIVERBEND, the_slot(), [], NOW)
    assert not is_open(RIVERBEND, the_slot(), [taking(the_slot())], NOW)
    assert not is_open(RIVERBEND, the_slot(), [], the_slot().starts_at)


@pytest.mark.parametrize(
    "changes",
    [
        {"provider_key": "house"},
        {"provider_key": "okafor"},
        {"location_key": "south"},
        {"location_key": "moon"},
        {"service_key": "vascular"},
        {"service_key": "magic"},
        {"visit_type": VisitType.FOLLOW_UP},
        {"ends_at": at("2026-11-17 11:00")},
        {"ends_at": at("2026-11-17 09:40")},
        {"ends_at": at("2026-11-17 09:00")},
        {"starts_at": at("2026-11-17 09:50"), "ends_at": at("2026-11-17 10:30")},
        {"starts_at": at("2026-11-17 11:40"), "ends_at": at("2026-11-17 12:20")},
        {"starts_at": at("2026-11-19 09:40"), "ends_at": at("2026-11-19 10:20")},
        {"starts_at": at("2026-11-10 09:40"), "ends_at": at("2026-11-10 10:20")},
        {"starts_at": at("2027-11-16 09:40"), "ends_at": at("2027-11-16 10:20")},
        {"starts_at": datetime.max.replace(tzinfo=UTC), "ends_at": datetime.max.replace(tzinfo=UTC)},
        {"starts_at": datetime.min.replace(tzinfo=UTC)},
    ],
)
def test_a_time_that_was_never_offered_cannot_be_taken(changes: dict[str, Any]) -> None:
    assert not is_open(RIVERBEND, the_slot(**changes), [], NOW)


def test_a_time_on_a_holiday_cannot_be_taken() -> None:
    holiday = at("2026-11-26 10:00")
    slot = Slot("okafor", "south", "cardiology", VisitType.NEW, holiday, holiday + timedelta(minutes=40))
    assert not is_open(RIVERBEND, slot, [], NOW)
    assert is_open(practice(holidays=None), slot, [], NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lee",
        "lee|north|cardiology|new|20261117T1540",
        "lee|north|cardiology|new|20261117T1540|40|more",
        "lee|north|cardiology|newest|20261117T1540|40",
        "lee|north|cardiology|new|tomorrow|40",
        "lee|north|cardiology|new|20261317T1540|40",
        "lee|north|cardiology|new|20261117T1540|forty",
        "lee|north|cardiology|new|20261117T1540|99999999999999",
        "lee|north|cardiology|new|20261117T1540|" + "9" * 5000,
        "lee|north|cardiology|new|99991231T2359|40",
    ],
)
def test_an_id_that_was_never_written_is_answered_in_words(text: str) -> None:
    with pytest.raises(NotFound, match="ask for open times again"):
        Slot.from_id(text)


@settings(deadline=None)
@given(
    st.text() | st.from_regex(r"(lee|x)\|(north|)\|cardiology\|new\|\d{8}T\d{4}\|-?\d{1,12}", fullmatch=True)
)
def test_a_hostile_id_is_not_known_or_not_open_unless_it_was_offered(text: str) -> None:
    try:
        slot = Slot.from_id(text)
    except NotFound:
        return
    assert is_open(RIVERBEND, slot, [], NOW) == (slot in set(open_slots(RIVERBEND, CARDIOLOGY, [], NOW)))


# ---------------------------------------------------------------- of any practice

ZONES = ("America/Chicago", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu")


@st.composite
def practices(draw: st.DrawFn) -> Practice:
    """Practices with sessions at any time of day and week; those of a provider don't overlap."""
    providers = []
    for number in range(draw(st.integers(1, 3))):
        weekly = []
        for day in draw(st.sets(st.integers(0, 6), min_size=1)):
            edges = sorted(draw(st.sets(st.integers(0, 24 * 12 - 1), min_size=2, max_size=4)))
            clocks = [time(edge // 12, edge % 12 * 5) for edge in edges[: len(edges) // 2 * 2]]
            weekly += [
                Session(location="north", weekday=day, starts=starts, ends=ends)
                for starts, ends in zip(clocks[::2], clocks[1::2], strict=True)
            ]
        providers.append(
            Provider(key=f"p{number}", name="Dr. P", services=("cardiology",), weekly=tuple(weekly))
        )
    return practice(
        *providers, timezone=draw(st.sampled_from(ZONES)), holidays=draw(st.sampled_from([None, "US"]))
    )


nows = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None, max_examples=40)
@given(practices(), nows, st.randoms(use_true_random=False))
def test_open_times_are_ordered_real_apart_and_can_be_taken(
    practice: Practice, now: datetime, random: Any
) -> None:
    every = list(open_slots(practice, CARDIOLOGY, [], now))
    busy = [taking(slot) for slot in every if random.random() < 0.3]
    slots = list(open_slots(practice, CARDIOLOGY, busy, now))
    assert len(slots) == len(every) - len(busy)
    assert [slot.starts_at for slot in slots] == sorted(slot.starts_at for slot in slots)
    zone = ZoneInfo(practice.timezone)
    for slot in slots:
        assert now < slot.starts_at < slot.ends_at <= now + HORIZON
        assert not slot.starts_at.astimezone(zone).fold
        assert Slot.from_id(slot.to_id()) == slot
    for key in {slot.provider_key for slot in every}:
        own = [slot for slot in every if slot.provider_key == key]
        assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(own))
    for slot in random.sample(slots, min(3, len(slots))):
        assert is_open(practice, slot, busy, now)
    for slot in random.sample(every, min(3, len(every))):
        assert is_open(practice, slot, busy, now) == (slot in slots)


@settings(deadline=None)
@given(practices(), nows, st.integers(1, 40))
def test_an_offer_holds_as_many_open_times_as_there_are_and_were_asked_for(
    practice: Practice, now: datetime, count: int
) -> None:
    every = list(open_slots(practice, CARDIOLOGY, [], now))
    offered = offer(practice, CARDIOLOGY, [], now, count).slots
    assert len(offered) == len(set(offered)) == min(count, len(every))
    assert set(offered) <= set(every)
    assert list(offered) == sorted(offered, key=lambda slot: (slot.starts_at, slot.provider_key))
