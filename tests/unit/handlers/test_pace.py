from __future__ import annotations

import pytest

from handlers.pace import Channel, Pace

INTAKE = Channel("slack", "T1", "C0INTAKE")
LAKESIDE = Channel("slack", "T1", "C0LAKESIDE")


class Seconds:
    """Real seconds that a test lets pass."""

    def __init__(self) -> None:
        self.passed = 100.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pace(seconds: Seconds) -> Pace:
    return Pace(rate=1.0, burst=3, monotonic=seconds)


def waits(pace: Pace, channel: Channel, rows: int, name: str = "row") -> list[float]:
    return [max(0.0, pace.wait(channel, f"{name}{index}")) for index in range(rows)]


def test_a_burst_goes_at_once_and_the_rest_one_a_second(pace: Pace) -> None:
    assert waits(pace, INTAKE, 6) == [0, 0, 0, 1, 2, 3]


def test_channels_do_not_wait_for_each_other(pace: Pace) -> None:
    waits(pace, INTAKE, 10)
    assert waits(pace, LAKESIDE, 1) == [0]


def test_a_row_keeps_its_turn_when_it_comes_again(pace: Pace, seconds: Seconds) -> None:
    waits(pace, INTAKE, 6)
    seconds.passed += 1
    assert pace.wait(INTAKE, "row5") == 2
    assert pace.wait(INTAKE, "late") == 3


def test_a_quiet_channel_has_its_burst_again(pace: Pace, seconds: Seconds) -> None:
    waits(pace, INTAKE, 6)
    for index in range(6):
        pace.done(INTAKE, f"row{index}")
    seconds.passed += 60
    assert waits(pace, INTAKE, 4, "later") == [0, 0, 0, 1]


def test_a_pause_holds_for_its_channel_alone_and_for_those_who_wait(pace: Pace, seconds: Seconds) -> None:
    waits(pace, INTAKE, 5)
    pace.pause(INTAKE, 30)
    assert pace.wait(INTAKE, "row4") == 30
    assert pace.wait(INTAKE, "new") == 31
    assert pace.wait(LAKESIDE, "other") <= 0
    seconds.passed += 30
    assert pace.wait(INTAKE, "row4") <= 0


def test_nothing_is_kept_of_channels_gone_quiet(pace: Pace, seconds: Seconds) -> None:
    pace.wait(INTAKE, "row")
    seconds.passed += 60
    pace.done(INTAKE, "row")
    assert not pace._next
    assert not pace._turns
