"""The servers that the benchmarks measure: `python -m bench.servers KIND PORT DATABASE`, a process each.

`ack`: a Bolt listener that only acknowledges. `plain`: the bot that people write, a Bolt listener with one
SQLModel insert through an AsyncSession: on SQLite with full sync over a pool of one connection, which is its
best, on PostgreSQL over asyncpg and a pool of ten. `bot`: this program, whole. `echo`: Microsoft's Agents SDK
with an agent that says what it hears. `teams`: this program, whole, in Teams.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import Field, SQLModel

SECRET = "bench-secret"
NOBODY = "http://127.0.0.1:1/api/"
"""Where no Slack answers."""


class Mention(SQLModel, table=True):
    """What the plain bot keeps."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(index=True)
    channel: str
    author: str
    text: str
    at: datetime


def bolt_app() -> AsyncApp:
    """A Bolt app as both yardsticks use it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-bench", bot_user_id="U0BOT"
        )

    return AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)


async def ack(port: int, url: str) -> None:
    """A Bolt listener that only acknowledges."""
    app = bolt_app()

    @app.event("app_mention")
    async def mention(body: dict[str, object]) -> None:
        """Nothing is kept."""

    await _serve(app, port)


def _plain_engine(url: str) -> AsyncEngine:
    if url.startswith("postgresql"):
        return create_async_engine(
            url.replace("postgresql:", "postgresql+asyncpg:"), pool_size=10, max_overflow=0
        )
    engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=1, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def durable(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


async def plain(port: int, url: str) -> None:
    """A Bolt listener with one SQLModel insert."""
    engine = _plain_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.tables["mention"].create)
    app = bolt_app()

    @app.event("app_mention")
    async def mention(body: dict[str, dict[str, str]]) -> None:
        said = body["event"]
        async with AsyncSession(engine) as session:
            session.add(
                Mention(
                    event_id=str(body["event_id"]),
                    channel=said["channel"],
                    author=said["user"],
                    text=said["text"],
                    at=datetime.now(UTC),
                )
            )
            await session.commit()

    await _serve(app, port)


async def _serve(app: AsyncApp, port: int) -> None:
    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.add_routes([web.post("/slack/events", receive)])
    async with listening(server, port):
        await _until_told()


async def bot(port: int, url: str) -> None:
    """This program, on a migrated database with the example practice in it.

    Its keys are in REFERRAL_BOT_KEYS, and in SLACK_API_URL where it finds Slack.
    """
    await _program(
        port,
        url,
        slack_bot_token="xoxb-bench",
        slack_signing_secret=SECRET,
        slack_api_url=os.environ.get("SLACK_API_URL", NOBODY),
    )


async def teams(port: int, url: str) -> None:
    """This program in Teams, unsigned like the echo, on a database with the example practice in it."""
    await _program(port, url, teams_allow_anonymous=True)


async def _program(port: int, url: str, **platform: Any) -> None:
    from handlers.app import Bot, settle
    from handlers.clock import SystemClock
    from handlers.logs import configure_logs
    from handlers.settings import given_settings
    from storage import open_store

    configure_logs("WARNING")
    store = open_store(url, os.environ["REFERRAL_BOT_KEYS"], rng=random.SystemRandom())
    settings = given_settings(
        host="127.0.0.1",
        port=port,
        phi_mode="full",
        phi_baa="Nobody in the benchmark is real, 2026",
        **platform,
    )
    program = Bot(settings, store, SystemClock(), random.SystemRandom())
    await program.start()
    await settle(store, program.clock.now())
    await _until_told()
    await program.stop()
    store.close()


async def echo(port: int, url: str) -> None:
    """Microsoft's Agents SDK as its samples show it, unsigned: every message is said again."""
    from microsoft_agents.authentication.msal import MsalConnectionManager
    from microsoft_agents.hosting.aiohttp import CloudAdapter, start_agent_process
    from microsoft_agents.hosting.core import AgentApplication, MemoryStorage, TurnContext, TurnState

    # It warns of every activity that is unsigned, which would weigh on it alone.
    logging.disable(logging.WARNING)
    anonymous = {"SERVICE_CONNECTION": {"SETTINGS": {"ANONYMOUS_ALLOWED": True}}}
    connections = MsalConnectionManager(CONNECTIONS=anonymous)
    adapter = CloudAdapter(connection_manager=connections)
    agent = AgentApplication[TurnState](
        storage=MemoryStorage(), adapter=adapter, connection_manager=connections
    )

    @agent.activity("message")
    async def say_again(context: TurnContext, state: TurnState) -> None:
        await context.send_activity(context.activity.text or "")

    async def receive(request: web.Request) -> web.StreamResponse | None:
        return await start_agent_process(request, agent, adapter)

    server = web.Application()
    server.add_routes([web.post("/api/messages", receive)])  # type: ignore[arg-type]
    async with listening(server, port):
        await _until_told()


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def started(
    kind: str, url: str, keys: str = "", slack_api_url: str = NOBODY, core: int | None = None
) -> AsyncIterator[tuple[int, int]]:
    """A server in a process of its own on this database, once it serves; its port and its process id."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *_on_core(core), sys.executable, "-m", "bench.servers", kind, str(port), url,
        env={**os.environ, "REFERRAL_BOT_KEYS": keys, "SLACK_API_URL": slack_api_url},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    if (await process.stdout.readline()).strip() != b"ready":
        raise SystemExit(f"The server {kind} did not start.")
    try:
        yield port, process.pid
    finally:
        process.stdin.close()
        await process.wait()


def cpu_seconds(process: int) -> float:
    """The processor time a process has used; not a number where the system does not tell."""
    try:
        # Behind the name, which may hold anything, user and system time are the 12th and 13th.
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return float("nan")
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


def _on_core(core: int | None) -> list[str]:
    several = sys.platform == "linux" and (os.cpu_count() or 1) > 1
    return ["taskset", "-c", str(core)] if core is not None and several else []


@asynccontextmanager
async def listening(app: web.Application, port: int) -> AsyncIterator[None]:
    """Serve an application on a port of this machine, in this process."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def slack() -> AsyncIterator[str]:
    """A Slack that takes everything, while it is listened to; the address of its API."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "ts": "1.0", "channel": "C0", "user_id": "U0BOT"})

    port, app = free_port(), web.Application()
    app.add_routes([web.post("/api/{method}", answer)])
    async with listening(app, port):
        yield f"http://127.0.0.1:{port}/api/"


async def _until_told() -> None:
    """Say that it serves, and wait until standard input is closed."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    kind, port_text, url = sys.argv[1:]
    kinds = {"ack": ack, "plain": plain, "bot": bot, "echo": echo, "teams": teams}
    asyncio.run(kinds[kind](int(port_text), url))
