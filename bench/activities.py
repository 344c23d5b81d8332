"""An activity's full durable turn in Teams, beside a bare echo of Microsoft's Agents SDK in the same run.

    python -m bench.activities [--seconds 4] [--rounds 3]

Both are unsigned, each in a process of its own on the first core; the load and the Bot Connector that takes
their messages are on the second. The echo keeps nothing and answers once it has posted; this bot answers
after its commit with full sync, and posts at the pace that Teams takes. Read the ratios: absolute numbers
belong to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from aiohttp import web

from bench.databases import fresh_databases, prepare
from bench.load import FIRST, LAST, run
from bench.servers import free_port, listening, started
from storage import new_key

CONNECTIONS = (32, 1)
WARM_UP = 0.5
GOAL_SHARE, GOAL_P99 = 0.30, 100.0
NAMES = {"echo": "Agents SDK, bare echo", "teams": "this bot, full turn"}
MARIA = "00000000-0000-0000-0000-000000000001"
CHANNEL, INTAKE = "19:lakeside@thread.tacv2", "19:intake@thread.tacv2"
DIRECTORY = {
    "channels: {slack: C0INTAKE}": f'channels: {{teams: "{INTAKE}"}}',
    "scoreboard: {slack: C0TEAM}": f'scoreboard: {{teams: "{INTAKE}"}}',
    "channels: {slack: C0LAKESIDE}": f'channels: {{teams: "{CHANNEL}"}}',
    "slack: U0MARIA": f"teams: {MARIA}",
}

_numbers = count(1)


@dataclass(frozen=True)
class Found:
    """What one run showed: activities a second, and answers' times in milliseconds."""

    rate: float
    p50: float
    p99: float
    refused: int


async def main(seconds: float, rounds: int) -> None:
    """Measure both, and print them side by side."""
    found: dict[tuple[int, str], list[Found]] = defaultdict(list)
    async with connector() as service_url:
        with fresh_databases("sqlite") as fresh:
            for _ in range(rounds):
                for kind in NAMES:
                    keys, url = new_key(), fresh()
                    prepare(url, keys, changes=DIRECTORY).close()
                    async with started(kind, url, keys, core=0) as (port, _):
                        await _measured(service_url, port, 4, WARM_UP)
                        for connections in CONNECTIONS:
                            found[connections, kind].append(
                                await _measured(service_url, port, connections, seconds)
                            )
    _print(found)


def activities(service_url: str) -> Iterator[bytes]:
    """Mentions in the office's channel that each send another patient."""
    for number in _numbers:
        name = f"{FIRST[number % 10]} {LAST[number // 10 % 10]}"
        born = f"{number % 12 + 1}/{number % 28 + 1}/{1940 + number % 60}"
        id = str(1_700_000_000_000 + number)
        said = (
            f"<at>Referral Bot</at> refer {name}, DOB {born}, 309-555-01{number % 100:02d}, BCBS PPO. "
            "Palpitations R00.2, cardiology, urgent. Dr. Patel"
        )
        activity = {
            "type": "message",
            "id": id,
            "channelId": "msteams",
            "serviceUrl": service_url,
            "from": {"id": "29:maria", "name": "Maria Gomez", "aadObjectId": MARIA},
            "recipient": {"id": "28:bot", "name": "Referral Bot"},
            "conversation": {
                "id": f"{CHANNEL};messageid={id}",
                "conversationType": "channel",
                "tenantId": MARIA,
            },
            "channelData": {"tenant": {"id": MARIA}, "channel": {"id": CHANNEL}},
            "entities": [
                {
                    "type": "mention",
                    "text": "<at>Referral Bot</at>",
                    "mentioned": {"id": "28:bot", "name": "Bot"},
                }
            ],
            "text": said,
            "textFormat": "plain",
        }
        yield json.dumps(activity).encode()


def _request(body: bytes, port: int) -> bytes:
    head = (
        f"POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _measured(service_url: str, port: int, connections: int, seconds: float) -> Found:
    done = await run(activities(service_url), port, connections, seconds, _request)
    return Found(done.rate, done.percentile(0.5), done.percentile(0.99), done.refused)


@asynccontextmanager
async def connector() -> AsyncIterator[str]:
    """A Bot Connector that takes everything; the service URL by which it is reached."""
    ids = count(1_800_000_000_000)

    async def answer(request: web.Request) -> web.Response:
        id = str(next(ids))
        return web.json_response({"id": id, "activityId": id})

    port, app = free_port(), web.Application()
    app.router.add_route("*", "/amer/{path:.*}", answer)
    async with listening(app, port):
        yield f"http://127.0.0.1:{port}/amer/"


def _print(found: dict[tuple[int, str], list[Found]]) -> None:
    head = f"{'activities/s':>14}{'p50 ms':>9}{'p99 ms':>9}{'of echo':>9}"
    print(f"{'an activity in Teams':26}{'connections':>12}{head}")
    for (connections, kind), rounds in sorted(found.items(), key=lambda item: -item[0][0]):
        rate, p50, p99 = (
            statistics.median(getattr(each, name) for each in rounds) for name in ("rate", "p50", "p99")
        )
        beside = zip(rounds, found[connections, "echo"], strict=True)
        share = statistics.median(mine.rate / theirs.rate for mine, theirs in beside)
        refused = sum(each.refused for each in rounds)
        row = f"{NAMES[kind]:26}{connections:>12}{rate:>14.0f}{p50:>9.1f}{p99:>9.1f}{share:>9.2f}"
        print(row + (f"  {refused} refused" if refused else ""))
    print(f"\nGoal at 32 connections: at least {GOAL_SHARE:.2f} of the echo, p99 at most {GOAL_P99:.0f} ms.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each measurement takes")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is measured")
    given = parser.parse_args()
    asyncio.run(main(given.seconds, given.rounds))
