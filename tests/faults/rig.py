"""Real servers in processes of their own, the workspace that they speak with, and the database they keep.

server = await rig.start()
load = rig.load(server)
await load.answered(50)
server.kill()
acknowledged = await load.stop()
await rig.start()
await rig.drained()
rig.assert_kept(acknowledged)
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import yaml

import storage
from handlers.demo import events
from handlers.demo.cast import cast
from handlers.demo.composing import typed
from handlers.demo.model import Message
from handlers.demo.outgoing import JSON_TYPE, signature
from handlers.demo.workspace import Workspace
from handlers.shipped import EXAMPLE, MANIFEST, shipped
from handlers.slack.sender import EVENT_TYPE
from referral_bot.directory import read_directory
from storage import SqlStore
from tests.faults.child import Conditions, main

PATIENCE = 60.0
"""Seconds after which a test gives up on what takes far less."""
LOOK_AGAIN = 0.005
OFFICE, INTAKE, WRITER = "C0LAKESIDE", "C0INTAKE", "U0MARIA"
TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""10:00 of a working day in Chicago: what follows from an act is not held back by the night."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.child"])


async def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait for something to become true of a process, a database or the workspace; what it came to."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"{what}: not in {seconds} s"
        await asyncio.sleep(LOOK_AGAIN)
    return found


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# ---------------------------------------------------------------- the database


@dataclass(frozen=True)
class Kept:
    """A database with the example directory in it, read as another program would."""

    url: str
    keys: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def engine(self) -> str:
        return "SQLite" if self.is_sqlite else "PostgreSQL"

    @property
    def path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    def open(self, **more: Any) -> SqlStore:
        """A store on it; the caller closes it."""
        return storage.open_store(self.url, self.keys, **more)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds; it is written so that both engines take it."""
        if self.is_sqlite:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)) as connection:
                return connection.execute(query).fetchall()
        with psycopg.connect(self.url) as server:
            return server.execute(query.encode()).fetchall()

    def count(self, query: str) -> int:
        """The one number that a query finds."""
        return int(self.rows(query)[0][0])

    def unsent(self) -> int:
        """Rows of the outbox that have still to leave."""
        return self.count("SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending')")

    def assert_sound(self) -> None:
        """The file is whole, nothing points nowhere, and the audit's chains hold."""
        if self.is_sqlite:
            assert self.rows("PRAGMA integrity_check") == [("ok",)]
            assert self.rows("PRAGMA foreign_key_check") == []
        store = self.open()
        try:
            assert storage.verify(store).broken is None
        finally:
            store.close()


# ---------------------------------------------------------------- a server


class Server:
    """A `referral-bot serve` that runs in a process of its own."""

    def __init__(self, environment: dict[str, str], folder: Path, conditions: Conditions) -> None:
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        self.lines: list[str] = []
        """What it has logged."""
        self._reader, writer = _FORKS.Pipe(duplex=False)
        self.began = time.monotonic()
        self.process: ForkServerProcess = _FORKS.Process(
            target=main, args=(environment, str(folder), writer, conditions), daemon=True
        )
        self.process.start()
        writer.close()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        with os.fdopen(os.dup(self._reader.fileno()), errors="replace") as log:
            for line in log:
                self.lines.append(line)

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    async def started(self) -> float:
        """Wait until it serves; the seconds since it was begun."""

        def serves() -> bool:
            assert self.alive or self.logged("started"), f"it ended by itself: {self.lines}"
            return bool(self.logged("started"))

        await until(serves, "the server serves")
        return time.monotonic() - self.began

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of one kind."""
        found = (json.loads(line) for line in tuple(self.lines) if f'"{event}"' in line)
        return [line for line in found if line.get("event") == event]

    def kill(self) -> None:
        """End it without its noticing."""
        self.process.kill()
        self.ended()

    def ended(self, within: float = PATIENCE) -> int:
        """Wait for its end; its exit code, negative for a signal."""
        self.process.join(within)
        assert self.process.exitcode is not None, f"it did not end in {within} s"
        self._listening.join(PATIENCE)
        self._reader.close()
        return self.process.exitcode

    async def died(self) -> int:
        """Wait for it to end by itself; its exit code."""
        await until(lambda: not self.alive, "it ends")
        return self.ended()

    def memory(self) -> int:
        """Its resident memory in bytes."""
        status = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(status[1]) * os.sysconf("SC_PAGE_SIZE")


# ---------------------------------------------------------------- load


def referral(number: int) -> str:
    """The words with which another fictional patient is sent."""
    first = ("Jane", "Omar", "Lucia", "Peter", "Amara", "Yuki", "Tomas", "Ingrid", "Ravi", "Chloe")
    last = ("Whitcomb", "Okonkwo", "Delgado", "Lindqvist", "Barrow", "Tanaka", "Novak", "Haugen", "Iyer")
    return (
        f"<@U0BOT> refer {first[number % 10]} {last[number // 10 % 9]}, DOB {number % 12 + 1}/"
        f"{number % 28 + 1}/{1940 + number % 60}, 309-555-01{number % 100:02d}, BCBS PPO. Palpitations "
        "R00.2, cardiology, urgent. Dr. Patel"
    )


@dataclass
class Load:
    """Signed mentions sent to servers, so many at a time, each until it is acknowledged or the end comes."""

    rig: Rig
    urls: Sequence[str]
    connections: int = 8
    most: int = 1 << 30
    every: float = 0.0
    """Seconds from one to the next; none sends as fast as it is answered."""
    acknowledged: list[str] = field(default_factory=list)
    """The messages that were answered with 200."""
    statuses: Counter[int] = field(default_factory=Counter)
    """How many were answered with what; 0 is no answer."""
    seconds: list[float] = field(default_factory=list)
    """How long each answer took."""
    _sent: int = 0
    _ending: bool = False

    def __post_init__(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def answered(self, count: int) -> None:
        """Wait for so many acknowledgements."""
        await until(lambda: len(self.acknowledged) >= count or self._task.done(), f"{count} answers")

    async def refused(self, count: int) -> None:
        """Wait for so many refusals."""
        await until(lambda: self.statuses[500] >= count, f"{count} refusals")

    async def stop(self) -> list[str]:
        """Send nothing more; the messages acknowledged."""
        self._ending = True
        return await self.all()

    async def all(self) -> list[str]:
        """Wait until all are sent; the messages acknowledged."""
        await asyncio.wait_for(self._task, None)
        return self.acknowledged

    async def _run(self) -> None:
        limit = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=limit, timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
            self._began = time.monotonic()
            await asyncio.gather(*(self._one_after_another(session) for _ in range(self.connections)))

    async def _one_after_another(self, session: aiohttp.ClientSession) -> None:
        while not self._ending and self._sent < self.most:
            self._sent += 1
            if self.every:
                await asyncio.sleep(max(0.0, self._began + self._sent * self.every - time.monotonic()))
            message, bodies = self.rig.mention()
            # Slack tells of a mention twice, and both are worth the same.
            url = self.urls[self._sent % len(self.urls)]
            status = await self._post(session, url, bodies[self._sent % len(bodies)])
            if status == 200:
                self.acknowledged.append(message.ts)
            elif status == 0 and not self._ending:
                await asyncio.sleep(LOOK_AGAIN)

    async def _post(self, session: aiohttp.ClientSession, url: str, body: bytes) -> int:
        began = time.monotonic()
        status = await self.rig.deliver(session, url, body)
        self.seconds.append(time.monotonic() - began)
        self.statuses[status] += 1
        return status

    def percentile(self, share: float) -> float:
        """The seconds that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


# ---------------------------------------------------------------- all of it


@dataclass
class Rig:
    """A workspace, a database, and servers between them."""

    folder: Path
    kept: Kept
    workspace: Workspace
    servers: list[Server] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    """Every message with a patient, sent or not."""

    def environment(self) -> dict[str, str]:
        """A server's settings, on a port of its own."""
        return {
            "PATH": os.environ["PATH"],
            "SLACK_BOT_TOKEN": self.workspace.installations[self.workspace.team.id].token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            "SLACK_API_URL": self.workspace.api_url,
            "DATABASE_URL": self.kept.url,
            "REFERRAL_BOT_KEYS": self.kept.keys,
            "PORT": str(free_port()),
            "LOG_LEVEL": "INFO",
        }

    async def start(self, conditions: Conditions | None = None, *, wait: bool = True) -> Server:
        """Another server on the same database."""
        server = Server(self.environment(), self.folder, conditions or Conditions())
        self.servers.append(server)
        if wait:
            await server.started()
        return server

    def load(self, *servers: Server, **more: Any) -> Load:
        """Begin to send referrals to these servers in turn."""
        return Load(self, [f"{server.url}/slack/events" for server in servers], **more)

    def mention(self) -> tuple[Message, list[bytes]]:
        """A message with another patient, which stands in the workspace, and the events it causes.

        The workspace itself does not send them: the test does, when and as often as it wants.
        """
        workspace, person = self.workspace, self.workspace.people[WRITER]
        channel = workspace.channels[OFFICE]
        text = typed(workspace, person, referral(len(self.mentioned)))
        message = Message(workspace.next_ts(), OFFICE, WRITER, person.team, text)
        workspace.messages[OFFICE][message.ts] = message
        self.mentioned.add(message.ts)
        installation = workspace.installations[workspace.team.id]
        told = events.posted(workspace, installation, channel, message)
        return message, [
            json.dumps(events.envelope(workspace, installation, event, channel)).encode() for event in told
        ]

    async def deliver(self, session: aiohttp.ClientSession, url: str, body: bytes) -> int:
        """Send an event, signed; the status, or 0 where there was no answer."""
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": JSON_TYPE,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(self.workspace.signing_secret, stamp, body),
        }
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0

    async def drained(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing is left in the outbox."""
        await until(lambda: not self.kept.unsent(), "the outbox is empty", seconds)

    def stop(self) -> None:
        """End what still runs."""
        for server in self.servers:
            if server.alive:
                server.kill()

    # -- what must hold

    def assert_kept(self, acknowledged: Iterable[str]) -> None:
        """Each message that was acknowledged has made one referral, and none has made two."""
        made = Counter(
            root for (root,) in self.kept.rows("SELECT root FROM thread WHERE audience = 'office'") if root
        )
        lost = set(acknowledged) - made.keys()
        assert not lost, f"{len(lost)} acknowledged messages have no referral"
        doubled = [root for root, count in made.items() if count > 1]
        assert not doubled, f"{len(doubled)} messages have made more than one referral"
        referrals = self.kept.count("SELECT count(*) FROM referral")
        assert referrals == len(made.keys() & self.mentioned), "a referral that no message has made, or twice"

    def arrivals(self) -> Counter[str]:
        """How often each row of the outbox has been posted, by the ids that the messages carry."""
        ids = []
        for message in self.workspace.every_message():
            metadata = message.metadata or {}
            if metadata.get("event_type") == EVENT_TYPE:
                ids.append(str(metadata["event_payload"]["outbox_id"]))
        return Counter(ids)

    def lost_and_doubled(self) -> tuple[set[str], dict[str, int]]:
        """Rows marked as sent that nobody has got, and rows that somebody has got more than once."""
        posted = self.kept.rows("SELECT id FROM outbox WHERE status = 'sent' AND kind IN ('head', 'post')")
        arrivals = self.arrivals()
        lost = {row for (row,) in posted} - arrivals.keys()
        return lost, {row: count - 1 for row, count in arrivals.items() if count > 1}

    def assert_delivered_once(self) -> None:
        """Everything has left, and has arrived once."""
        assert self.kept.unsent() == 0
        assert self.kept.count("SELECT count(*) FROM outbox WHERE status = 'dead'") == 0
        assert self.lost_and_doubled() == (set(), {})


@asynccontextmanager
async def running(folder: Path, kept: Kept, **more: Any) -> AsyncIterator[Rig]:
    """A rig whose workspace serves until the block is left; nothing in it sends by itself."""
    players = cast(read_directory(shipped(EXAMPLE).read_text("utf-8")))
    workspace = Workspace(
        manifest=yaml.safe_load(shipped(MANIFEST).read_text("utf-8")),
        team=players.team,
        teams=players.teams,
        people=players.people,
        channels=players.channels,
        retry_delays=(),
        **more,
    )
    rig = Rig(folder, kept, workspace)
    async with workspace.serve():
        try:
            yield rig
        finally:
            rig.stop()
