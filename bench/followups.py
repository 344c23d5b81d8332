"""Follow-ups worked off, beside a job each in APScheduler's store and in procrastinate, in the same run.

    python -m bench.followups [--count 100000] [--whole 10000] [--rivals 10000]

On a SQLite file and on a real PostgreSQL, both with full sync. Read the ratios: absolute numbers belong to
the machine, and to what else it does.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import TypeVar

from bench.backlog import TUESDAY, moot, write
from bench.databases import ENGINES, Fresh, fresh_databases, prepare, settle
from bench.rivals import run_apscheduler, run_procrastinate
from bench.servers import free_port, started
from handlers.app import DUE_AT_ONCE, Bot
from handlers.clock import SystemClock
from handlers.logs import configure_logs
from handlers.settings import given_settings
from referral_bot.desk import followups
from referral_bot.model import FollowUp, Phi
from storage import SqlStore, new_key, open_store
from storage.transaction import SqlTransaction

Result = TypeVar("Result")

BEAT = 0.002
"""Seconds between two beats of the loop whose longest pause is looked for."""
IDLE_SECONDS = 3.0
LATE_OVER = timedelta(seconds=10)
LATE_COUNT = 2000


@dataclass(frozen=True)
class Drained:
    """How a backlog was worked off: in all, a second, and what the event loop had to bear."""

    count: int
    seconds: float
    cpu_seconds: float
    """Of this process; what PostgreSQL's own processes need is not in it."""
    stall: float
    """The longest time in which the event loop did not come round, in seconds."""

    @property
    def rate(self) -> float:
        """Follow-ups a second."""
        return self.count / self.seconds


async def main(count: int, whole: int, rivals: int) -> None:
    """Measure on both engines, and print side by side."""
    for engine in ENGINES:
        with fresh_databases(engine) as fresh:
            _, stall = await _with_heartbeat(asyncio.sleep(IDLE_SECONDS))
            _print(f"\n{engine}; an event loop with nothing to do stalls {_ms(stall)} on this machine now\n")
            await _compare(engine, fresh, count, rivals)
            await _do_whole(fresh, whole)
            await _start_up(fresh, count)
            await _lateness(fresh)


async def _compare(engine: str, fresh: Fresh, count: int, rivals: int) -> None:
    mine = await _drained(fresh, "moot", count, _claim_and_mark)
    seconds = await _with_heartbeat(run_apscheduler(fresh(), rivals))
    apscheduler = rivals / seconds[0]
    _print(f"{'claimed and marked, nothing to do':38}{'a second':>10}{'ours is':>9}{'loop stalls':>13}")
    _print(f"{f'this bot, {count:,}':38}{mine.rate:>10,.0f}{'':>9}{_ms(mine.stall):>13}")
    row = f"{f'APScheduler, a job each, {rivals:,}':38}{apscheduler:>10,.0f}"
    _print(f"{row}{f'{mine.rate / apscheduler:.1f} x':>9}{_ms(seconds[1]):>13}")
    if engine == "postgresql":
        seconds = await _with_heartbeat(run_procrastinate(fresh(), rivals))
        rate = rivals / seconds[0]
        row = f"{f'procrastinate, a job each, {rivals:,}':38}{rate:>10,.0f}"
        _print(f"{row}{f'{mine.rate / rate:.1f} x':>9}{_ms(seconds[1]):>13}")


async def _do_whole(fresh: Fresh, count: int) -> None:
    _print(f"\n{'checked, rendered, outbox written':38}{'a second':>10}{'CPU each':>11}{'loop stalls':>13}")
    names = {
        "moot": "no longer applies",
        "reminder": "a promise's owner is reminded",
        "late": "a promise is late: both sides told",
        "visit": "a visit is near",
    }
    for kind, name in names.items():
        done = await _drained(fresh, kind, count, _run_due)
        row = f"{f'{name}, {count:,}':38}{done.rate:>10,.0f}{f'{1e6 * done.cpu_seconds / count:.0f} us':>11}"
        _print(row + f"{_ms(done.stall):>13}")


async def _drained(fresh: Fresh, kind: str, count: int, use_case: Callable[[SqlTransaction], int]) -> Drained:
    """Work off this many of a kind as the program's tick does: in batches, as many at once as it may."""
    keys, url = new_key(), fresh()
    store = prepare(url, keys)
    try:
        write(store, keys, kind, count)
        settle(url)
        cpu = time.process_time()
        (done, seconds), stall = await _with_heartbeat(_drain(store, use_case))
        return Drained(done, seconds, time.process_time() - cpu, stall)
    finally:
        store.close()


async def _drain(store: SqlStore, use_case: Callable[[SqlTransaction], int]) -> tuple[int, float]:
    began, total, done = time.perf_counter(), 0, [DUE_AT_ONCE]
    while any(done):
        batches = (asyncio.wrap_future(store.transact(use_case)) for _ in range(store.side_by_side))
        done = await asyncio.gather(*batches)
        total += sum(done)
    return total, time.perf_counter() - began


def _claim_and_mark(tx: SqlTransaction) -> int:
    claimed = tx.claim_follow_ups(TUESDAY, followups.LEASE, DUE_AT_ONCE)
    tx.finish_follow_ups([follow_up.id for follow_up in claimed], TUESDAY)
    return len(claimed)


def _run_due(tx: SqlTransaction) -> int:
    return followups.run_due(tx, TUESDAY, Phi.MINIMAL, DUE_AT_ONCE, _fail)


def _fail(follow_up: FollowUp, error: Exception) -> None:
    raise SystemExit(f"A follow-up of the benchmark failed: {error!r}")


async def _with_heartbeat(work: Awaitable[Result]) -> tuple[Result, float]:
    """What the work came to, and the longest time in which the loop did not come round meanwhile."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            longest = max(longest, time.perf_counter() - before - BEAT)

    beating = asyncio.create_task(beat())
    try:
        result = await work
        await asyncio.sleep(2 * BEAT)  # so that a pause at the very end is seen too
        return result, longest
    finally:
        beating.cancel()


# ---------------------------------------------------------------- starting, and being on time


async def _start_up(fresh: Fresh, count: int) -> None:
    """How much longer the start takes, and how much more memory, with this many still to come."""
    found: dict[int, tuple[float, float]] = {}
    for pending in (0, count):
        keys, url = new_key(), fresh()
        store = prepare(url, keys)
        write(store, keys, "moot", pending, datetime.now(UTC) + timedelta(days=30))
        store.close()
        settle(url)
        found[pending] = await _started(url, keys)
    (empty, lean), (full, fat) = found[0], found[count]
    _print(
        f"\nstart with {count:,} to come: {full:.2f} s, {fat:.0f} MB; with none: {empty:.2f} s, {lean:.0f} MB"
    )


async def _started(url: str, keys: str) -> tuple[float, float]:
    """Seconds until a server serves, and the megabytes it then holds."""
    began = time.perf_counter()
    async with started("bot", url, keys) as (_, process):
        seconds = time.perf_counter() - began
        await asyncio.sleep(2.5)  # a few ticks
        return seconds, _resident(process)


def _resident(pid: int) -> float:
    with suppress(OSError), open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return float("nan")


async def _lateness(fresh: Fresh) -> None:
    """How long after its time a follow-up is done, with the program's own tick of a second."""
    keys, url = new_key(), fresh()
    store = prepare(url, keys)
    begin = datetime.now(UTC) + timedelta(seconds=3)
    due = [begin + LATE_OVER * number / LATE_COUNT for number in range(LATE_COUNT)]

    def write_down(tx: SqlTransaction) -> None:
        for number, at in enumerate(due):
            tx.add(moot(number, at))

    store.transact(write_down).result()
    bot = Bot(given_settings(port=free_port()), store, SystemClock(), SystemRandom())
    await bot.start()
    await asyncio.sleep((due[-1] - datetime.now(UTC)).total_seconds() + 3)
    await bot.stop()
    store.close()
    store = open_store(url, keys)
    kept = store.transact(
        lambda tx: [found for n in range(LATE_COUNT) if (found := tx.get(FollowUp, moot(n, begin).id))]
    ).result()
    store.close()
    late = sorted((each.done_at - each.due_at).total_seconds() for each in kept if each.done_at)
    if len(late) < LATE_COUNT:
        raise SystemExit(f"{LATE_COUNT - len(late)} follow-ups were not done.")
    middle, most = late[len(late) // 2], late[len(late) * 99 // 100]
    _print(f"done after its time: p50 {middle:.2f} s, p99 {most:.2f} s (a tick is 1 s)")


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"


def _print(row: str) -> None:
    print(row, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000, help="follow-ups that are only marked")
    parser.add_argument("--whole", type=int, default=10_000, help="follow-ups of each kind that are done")
    parser.add_argument("--rivals", type=int, default=10_000, help="jobs of each of the others")
    given = parser.parse_args()
    configure_logs("ERROR")
    asyncio.run(main(given.count, given.whole, given.rivals))
