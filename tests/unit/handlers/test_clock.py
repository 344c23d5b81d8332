from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from handlers.clock import DemoClock, SystemClock, Ticker

MORNING = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


class Seconds:
    """Real seconds that a test lets pass."""

    def __init__(self) -> None:
        self.passed = 100.0

    def __call__(self) -> float:
        return self.passed


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_demo_clock_runs_at_its_speed() -> None:
    seconds = Seconds()
    clock = DemoClock(MORNING, speed=60, monotonic=seconds)
    seconds.passed += 2
    assert clock.now() == MORNING + timedelta(minutes=2)


def test_a_change_of_speed_does_not_move_the_present() -> None:
    seconds = Seconds()
    clock = DemoClock(MORNING, speed=10, monotonic=seconds)
    seconds.passed += 6
    clock.run_at(0)
    seconds.passed += 1000
    assert clock.now() == MORNING + timedelta(minutes=1)


def test_turning_the_clock_tells_who_asked() -> None:
    clock = DemoClock(MORNING, monotonic=Seconds())
    seen: list[datetime] = []
    clock.on_jump(lambda: seen.append(clock.now()))
    clock.forward(timedelta(hours=2))
    assert seen == [MORNING + timedelta(hours=2)]


def test_the_demo_clock_never_goes_back() -> None:
    clock = DemoClock(MORNING, monotonic=Seconds())
    with pytest.raises(ValueError, match="forward"):
        clock.forward(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="backwards"):
        clock.run_at(-1)


async def test_the_first_tick_comes_at_once() -> None:
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    ticker = Ticker(tick, seconds=3600)
    ticker.start()
    await asyncio.wait_for(ticked.wait(), 5)
    await ticker.stop()


async def test_ticks_come_by_themselves() -> None:
    ticks = 0
    thrice = asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            thrice.set()

    ticker = Ticker(tick, seconds=0.01)
    ticker.start()
    await asyncio.wait_for(thrice.wait(), 5)
    await ticker.stop()


async def test_a_tick_asked_for_during_a_tick_comes_right_after_it() -> None:
    ticks = 0
    first, twice = asyncio.Event(), asyncio.Event()
    go_on = asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        first.set()
        if ticks == 2:
            twice.set()
        await go_on.wait()

    ticker = Ticker(tick, seconds=3600)
    ticker.start()
    await asyncio.wait_for(first.wait(), 5)
    ticker.ask()
    assert ticks == 1
    go_on.set()
    await asyncio.wait_for(twice.wait(), 5)
    await ticker.stop()


async def test_a_tick_that_fails_does_not_stop_the_clock() -> None:
    ticks = 0
    again = asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise RuntimeError
        again.set()

    ticker = Ticker(tick, seconds=0.01)
    ticker.start()
    await asyncio.wait_for(again.wait(), 5)
    await ticker.stop()


async def test_stopping_finishes_the_present_tick() -> None:
    finished = False
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        nonlocal finished
        under_way.set()
        await go_on.wait()
        finished = True

    ticker = Ticker(tick, seconds=3600)
    ticker.start()
    await asyncio.wait_for(under_way.wait(), 5)
    stopped = asyncio.create_task(ticker.stop())
    await asyncio.sleep(0)
    assert not stopped.done()
    go_on.set()
    await asyncio.wait_for(stopped, 5)
    assert finished
