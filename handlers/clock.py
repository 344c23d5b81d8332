"""Time: where `now` comes from, and the tick by which everything that is due gets done.

APScheduler is only the clock. What is due lives in the store's tables, so a tick that was missed, or
a clock that jumped, loses nothing: the next tick finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()


class Clock(Protocol):
    """Where the present time comes from."""

    def now(self) -> datetime:
        """The present time, aware and in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present time, aware and in UTC."""
        return datetime.now(UTC)


class DemoClock:
    """A clock that can be sped up and turned forward. It never goes back.

    `monotonic` gives real seconds. Those who asked by `on_jump` are called after each turn of it.
    """

    def __init__(
        self, start: datetime, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._monotonic = monotonic
        self._speed = speed
        self._set(start)
        self._listeners: list[Callable[[], None]] = []

    @property
    def speed(self) -> float:
        """Seconds of this clock in a real one."""
        return self._speed

    def now(self) -> datetime:
        """The present time of the demo, aware and in UTC."""
        return self._start + timedelta(seconds=(self._monotonic() - self._since) * self._speed)

    def forward(self, by: timedelta) -> None:
        """Turn the clock forward. Raises ValueError for less than nothing."""
        if by < timedelta(0):
            raise ValueError("a clock is only turned forward")
        self._set(self.now() + by)
        for listener in self._listeners:
            listener()

    def run_at(self, speed: float) -> None:
        """Let the clock run `speed` times as fast from now on; 0 stops it. Raises ValueError below 0."""
        if speed < 0:
            raise ValueError("a clock does not run backwards")
        self._set(self.now())
        self._speed = speed

    def on_jump(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever the clock has been turned."""
        self._listeners.append(listener)

    def _set(self, start: datetime) -> None:
        self._start = start
        self._since = self._monotonic()


class Ticker:
    """Calls `tick` every `seconds` (real ones), one at a time, and at once when asked to."""

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float = 1.0) -> None:
        self._tick = tick
        self._seconds = seconds
        self._asked = asyncio.Event()
        self._stopping = False
        self._worker: asyncio.Task[None] | None = None
        # Nothing is kept in the scheduler, so what it dropped would be found by the next tick anyway.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Start ticking on the running loop; the first tick comes at once."""
        self._worker = asyncio.create_task(self._run(), name="ticker")
        self._scheduler.add_job(self._ask_from_job, "interval", seconds=self._seconds)
        self._scheduler.start()
        self.ask()

    def ask(self) -> None:
        """Have a tick at once, or right after the present one."""
        self._asked.set()

    async def stop(self) -> None:
        """Finish the present tick; there is none after it."""
        if self._worker is None:
            return
        self._scheduler.shutdown(wait=False)
        self._stopping = True
        self._asked.set()
        await self._worker

    async def _ask_from_job(self) -> None:
        # A coroutine, since APScheduler runs plain functions in a thread.
        self.ask()

    async def _run(self) -> None:
        while True:
            await self._asked.wait()
            if self._stopping:
                return
            self._asked.clear()
            try:
                await self._tick()
            except Exception:
                # The next tick does what this one could not.
                log.exception("tick_failed")
