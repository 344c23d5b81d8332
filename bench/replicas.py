"""Replicas on one PostgreSQL: how soon one posts what another committed, and what they take together.

    python -m bench.replicas [--posts 300] [--seconds 4]

The replicas, the load, PostgreSQL and the Slack they post to share this machine's cores. Where those are few,
more replicas have no more to work with: read what they add only where there is a core for each.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from bench.databases import Fresh, fresh_databases, prepare, settle
from bench.load import Measured, mentions, run
from bench.servers import free_port, started
from referral_bot.cards import elements, replies
from referral_bot.model import Audience, OutboxKind, OutboxMessage, Thread
from storage import SqlStore, new_key
from storage.transaction import SqlTransaction

CONNECTIONS = 32
WARM_UP = 1.0
GAP = 0.03
"""Seconds between two commits, each for a channel of its own."""
SOON = 10.0


@dataclass
class Slack:
    """A Slack that takes everything and tells when an awaited channel was posted to."""

    url: str = ""
    awaited: dict[str, asyncio.Future[float]] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        """Take a call of any method."""
        at = time.perf_counter()
        sent = await (request.json() if request.content_type == "application/json" else request.post())
        if request.match_info["method"] == "chat.postMessage" and sent["channel"] in self.awaited:
            self.awaited.pop(sent["channel"]).set_result(at)
        return web.json_response({"ok": True, "ts": "1.0", "channel": "C0", "user_id": "U0BOT"})


async def main(posts: int, seconds: float) -> None:
    """Measure both, and print."""
    with fresh_databases("postgresql") as fresh:
        async with slack() as api:
            await _from_commit_to_post(fresh, api, posts)
            await _turns(fresh, api, seconds)


@asynccontextmanager
async def slack() -> AsyncIterator[Slack]:
    """The Slack, while it is listened to."""
    port, made = free_port(), Slack()
    app = web.Application()
    app.add_routes([web.post("/api/{method}", made.answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.url = f"http://127.0.0.1:{port}/api/"
    try:
        yield made
    finally:
        await runner.cleanup()


async def _from_commit_to_post(fresh: Fresh, api: Slack, posts: int) -> None:
    keys, url = new_key(), fresh()
    store = prepare(url, keys, pool_size=2)
    async with started("bot", url, keys, api.url):
        await _posted(store, api, "CWARM")
        took = []
        for number in range(posts):
            took.append(await _posted(store, api, f"CBENCH{number}"))
            await asyncio.sleep(GAP)
    store.close()
    took.sort()
    p50, p95, most = (1000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.95, 1.0))
    _print(
        f"from a commit to another replica's post: p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms\n"
    )


async def _posted(store: SqlStore, api: Slack, channel: str) -> float:
    """Seconds from the commit of a message here until the other replica has posted it."""
    posted = api.awaited[channel] = asyncio.get_running_loop().create_future()
    await asyncio.wrap_future(store.transact(partial(_write, channel)))
    committed = time.perf_counter()
    return max(0.0, await asyncio.wait_for(posted, SOON) - committed)


def _write(channel: str, tx: SqlTransaction) -> None:
    now = datetime.now(UTC)
    thread = Thread(
        id=tx.new_id(),
        subject_id="bench",
        audience=Audience.OFFICE,
        platform="slack",
        tenant="T0BENCH",
        channel=channel,
        root="1.1",
    )
    tx.add(thread)
    tx.add(
        OutboxMessage(
            id=tx.new_id(),
            thread_id=thread.id,
            kind=OutboxKind.POST,
            created_at=now,
            not_before=now,
            content=elements.dump(replies.says("Your referral has been seen.")),
        )
    )


async def _turns(fresh: Fresh, api: Slack, seconds: float) -> None:
    _print(f"a signed mention that sends a patient, {CONNECTIONS} connections in all, {os.cpu_count()} cores")
    _print(f"{'replicas':>8}{'turns/s':>10}{'of one':>8}{'p50 ms':>9}{'p99 ms':>9}")
    alone = 0.0
    for replicas in (1, 2, 3):
        keys, url = new_key(), fresh()
        prepare(url, keys).close()
        settle(url)
        async with AsyncExitStack() as stack:
            servers = [started("bot", url, keys, api.url) for _ in range(replicas)]
            ports = [(await stack.enter_async_context(server))[0] for server in servers]
            await _load(ports, WARM_UP)
            done = await _load(ports, seconds)
        alone = alone or done.rate
        row = f"{replicas:>8}{done.rate:>10.0f}{done.rate / alone:>8.2f}"
        row += f"{done.percentile(0.5):>9.1f}{done.percentile(0.99):>9.1f}"
        _print(row + (f"  {done.refused} refused" if done.refused else ""))


async def _load(ports: list[int], seconds: float) -> Measured:
    """The load of one balancer: every replica gets its share of the connections."""
    share = CONNECTIONS // len(ports)
    found = await asyncio.gather(*(run(mentions(), port, share, seconds) for port in ports))
    return Measured(
        rate=sum(one.rate for one in found),
        times=[each for one in found for each in one.times],
        refused=sum(one.refused for one in found),
    )


def _print(row: str) -> None:
    print(row, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=300, help="messages from one replica to another")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts")
    given = parser.parse_args()
    asyncio.run(main(given.posts, given.seconds))
