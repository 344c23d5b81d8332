from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.clock import DemoClock
from handlers.demo.model import Json, NotPossible
from handlers.demo.run import Turning, first_morning
from handlers.shipped import EXAMPLE, shipped
from referral_bot.directory import read_directory
from referral_bot.practice import Practice

TUESDAY = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def practice() -> Practice:
    return read_directory(shipped(EXAMPLE).read_text("utf-8")).practice


@pytest.fixture
def clock() -> DemoClock:
    return DemoClock(TUESDAY, monotonic=lambda: 0.0)


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"forward": "90m"}, "2026-11-24T16:50:00Z"),
        ({"forward": "2h"}, "2026-11-24T17:20:00Z"),
        ({"forward": "1d"}, "2026-11-25T15:20:00Z"),
        ({"until": "2026-11-24T20:00:00Z"}, "2026-11-24T20:00:00Z"),
        ({"until": "2026-11-24T14:00:00-06:00"}, "2026-11-24T20:00:00Z"),
        ({"next_morning": True}, "2026-11-25T14:00:00Z"),
    ],
)
async def test_the_page_turns_the_clock_forward(
    practice: Practice, clock: DemoClock, body: Json, now: str
) -> None:
    assert await Turning(clock, practice).turn(body) == {"now": now, "speed": 1.0}


async def test_the_next_morning_is_one_on_which_the_practice_works(practice: Practice) -> None:
    wednesday = DemoClock(datetime(2026, 11, 25, 20, 0, tzinfo=UTC), monotonic=lambda: 0.0)
    turned = await Turning(wednesday, practice).turn({"next_morning": True})
    assert turned["now"] == "2026-11-27T14:00:00Z", "Thursday is Thanksgiving"


async def test_the_page_sets_the_speed(practice: Practice, clock: DemoClock) -> None:
    assert (await Turning(clock, practice).turn({"speed": 60}))["speed"] == 60.0
    assert clock.speed == 60.0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"forward": "soon"},
        {"forward": "-2h"},
        {"forward": "2w"},
        {"forward": "400d"},
        {"forward": "9999999999d"},
        {"until": "tomorrow"},
        {"until": "2026-11-24T20:00:00"},
        {"until": "2026-11-24T15:00:00Z"},
        {"speed": -1},
        {"speed": "fast"},
        {"speed": float("nan")},
    ],
)
async def test_what_a_clock_cannot_do_is_refused_and_leaves_it_alone(
    practice: Practice, clock: DemoClock, body: Json
) -> None:
    with pytest.raises(NotPossible):
        await Turning(clock, practice).turn(body)
    assert (clock.now(), clock.speed) == (TUESDAY, 1.0)


@pytest.mark.parametrize(
    ("today", "begins"),
    [
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), datetime(2026, 11, 23, 15, 20, tzinfo=UTC)),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), datetime(2026, 11, 24, 15, 20, tzinfo=UTC)),
        (datetime(2026, 11, 26, 18, 0, tzinfo=UTC), datetime(2026, 11, 27, 15, 20, tzinfo=UTC)),
        (datetime(2026, 7, 4, 18, 0, tzinfo=UTC), datetime(2026, 7, 6, 14, 20, tzinfo=UTC)),
    ],
)
def test_the_demo_begins_on_a_working_morning(practice: Practice, today: datetime, begins: datetime) -> None:
    assert first_morning(practice, today) == begins
