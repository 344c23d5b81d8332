"""A full durable turn and a button press on both engines, beside two yardsticks in the same run.

    python -m bench.turns [--seconds 4] [--rounds 3]

Every server runs in a process of its own on the first core, the load on the second; PostgreSQL wherever there
is room. The servers take turns, so that what else the machine does weighs on all of them; what is printed is
the median of the rounds. Read the ratios: absolute numbers belong to the machine. `by CPU` is the plain bot's
processor time for a request to that of this one: what `of plain` would be if nothing else ran.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import create_engine, text

from bench.databases import ENGINES, Fresh, fresh_databases, prepare, settle
from bench.load import mentions, presses, run
from bench.servers import cpu_seconds, slack, started
from storage import new_key

CONNECTIONS = (32, 1)
WARM_UP = 0.5
NAMES = {"ack": "Bolt, acknowledges only", "plain": "plain bot, one insert", "bot": "this bot, full turn"}


@dataclass(frozen=True)
class Found:
    """What one run showed: requests a second; in milliseconds, answers' times and the server's own."""

    rate: float
    p50: float
    p99: float
    cpu: float
    refused: int = 0


async def main(seconds: float, rounds: int) -> None:
    """Measure all three on each engine, and print them side by side."""
    _print("A signed mention that sends a patient: read, kept with full sync, then answered 200.")
    async with slack() as api:
        for engine in ENGINES:
            with fresh_databases(engine) as fresh:
                await _compare(engine, fresh, api, seconds, rounds)


async def _compare(engine: str, fresh: Fresh, api: str, seconds: float, rounds: int) -> None:
    found: dict[tuple[int, str], list[Found]] = defaultdict(list)
    pressed: dict[tuple[str, int], list[Found]] = defaultdict(list)
    for _ in range(rounds):
        for kind in NAMES:
            keys, url = new_key(), fresh()
            if kind == "bot":
                prepare(url, keys).close()
            async with started(kind, url, keys, api, core=0) as server:
                port, _ = server
                await run(mentions(), port, 4, WARM_UP)
                for connections in CONNECTIONS:
                    done = await _measured(mentions(), server, connections, seconds)
                    found[connections, kind].append(done)
                if kind == "bot":
                    await _press_all(pressed, server, url, seconds)
    _print_turns(engine, found)
    _print_presses(pressed)


async def _press_all(
    pressed: dict[tuple[str, int], list[Found]], server: tuple[int, int], url: str, seconds: float
) -> None:
    """Submit drafts that the mentions have left, then claim what was submitted."""
    settle(url)
    for action, person, channel, state in (
        ("submit", "U0MARIA", "C0LAKESIDE", "draft"),
        ("claim", "U0TESS", "C0INTAKE", "submitted"),
    ):
        waiting = iter(_ids(url, state))
        for connections in sorted(CONNECTIONS):
            bodies = presses(action, person, channel, _some(waiting, connections))
            done = await _measured(bodies, server, connections, seconds)
            if done.rate:  # a machine that is busy makes few drafts to press on
                pressed[action, connections].append(done)


def _some(ids: Iterator[str], connections: int) -> list[str]:
    most = 300 if connections == 1 else 1500
    return [one for one, _ in zip(ids, range(most), strict=False)]


def _ids(url: str, state: str) -> list[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = connection.execute(text("select id from referral where state = :state"), {"state": state})
        ids = [row[0] for row in found]
    engine.dispose()
    return ids


async def _measured(
    bodies: Iterator[bytes], server: tuple[int, int], connections: int, seconds: float
) -> Found:
    port, process = server
    before = cpu_seconds(process)
    done = await run(bodies, port, connections, seconds)
    cpu = 1000 * (cpu_seconds(process) - before) / max(len(done.times), 1)
    return Found(done.rate, done.percentile(0.5), done.percentile(0.99), cpu, done.refused)


def _print_turns(engine: str, found: dict[tuple[int, str], list[Found]]) -> None:
    head = f"{'turns/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'of plain':>10}{'of ack':>8}{'by CPU':>8}"
    _print(f"\n{engine:26}{'connections':>12}{head}")
    for (connections, kind), rounds in sorted(found.items(), key=lambda item: -item[0][0]):
        row = f"{NAMES[kind]:26}{connections:>12}{_row(rounds)}"
        for other, width in (("plain", 10), ("ack", 8)):
            beside = zip(rounds, found[connections, other], strict=True)
            row += f"{statistics.median(mine.rate / theirs.rate for mine, theirs in beside):>{width}.2f}"
        beside = zip(rounds, found[connections, "plain"], strict=True)
        _print(row + f"{statistics.median(theirs.cpu / mine.cpu for mine, theirs in beside):>8.2f}")


def _print_presses(pressed: dict[tuple[str, int], list[Found]]) -> None:
    head = f"{'presses/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}"
    _print(f"\n{'a press, after its commit':26}{'connections':>12}{head}")
    for (action, connections), rounds in pressed.items():
        _print(f"{action:26}{connections:>12}{_row(rounds)}")


def _row(rounds: list[Found]) -> str:
    rate, p50, p99, cpu = (
        statistics.median(getattr(each, name) for each in rounds) for name in ("rate", "p50", "p99", "cpu")
    )
    refused = sum(each.refused for each in rounds)
    return f"{rate:>10.0f}{p50:>9.1f}{p99:>9.1f}{cpu:>9.2f}" + (f"  {refused} refused" if refused else "")


def _print(row: str) -> None:
    print(row, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each measurement takes")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is measured")
    given = parser.parse_args()
    asyncio.run(main(given.seconds, given.rounds))
