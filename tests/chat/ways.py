"""What tests with the whole bot do on every platform: wait, turn the clock, read what is kept."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from handlers.app import Bot
from handlers.clock import DemoClock
from referral_bot.errors import StoreUnavailable
from referral_bot.model import Event, Referral
from storage import SqlStore

TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Chicago; Thursday of that week is a holiday."""
PATIENCE = 60.0
"""Seconds that anything may take at most before a test gives up: far more than it takes."""


class Ways:
    """A bot that runs, its clock, and its database."""

    clock: DemoClock
    store: SqlStore
    bot: Bot
    url: str = ""

    @property
    def database(self) -> Path:
        """The bot's database."""
        raise NotImplementedError

    def _tick(self) -> None:
        self.bot.ticker.ask()

    # -- waiting

    async def settled(self) -> None:
        """Wait until every event is answered and everything has been done and delivered that is due now."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self._quiet()
                if not await asyncio.to_thread(self._under_way):
                    return
                # Whatever the store has in hand is done before this.
                with suppress(StoreUnavailable):
                    await self.transact(lambda tx: None)

    async def _quiet(self) -> None:
        """Wait until the platform and the bot's own background have nothing under way."""
        raise NotImplementedError

    def _under_way(self) -> int:
        now = self.clock.now() - datetime.fromtimestamp(0, UTC)
        (count,) = self.rows(
            "SELECT (SELECT count(*) FROM outbox WHERE status = 'sending' OR ("
            "  status = 'pending' AND not_before <= :now AND NOT EXISTS (SELECT 1 FROM outbox AS earlier"
            "  WHERE earlier.lane = outbox.lane AND earlier.seq < outbox.seq"
            "  AND earlier.status IN ('pending', 'sending'))))"
            " + (SELECT count(*) FROM follow_up WHERE done_at IS NULL AND due_at <= :now)",
            now=now // timedelta(microseconds=1),
        )[0]
        return int(count)

    async def later(self, **span: float) -> None:
        """Turn the clock on, and wait until everything is done that is due then."""
        self.clock.forward(timedelta(**span))
        await self.settled()

    async def until(self, moment: datetime) -> None:
        """Turn the clock to a moment."""
        await self.later(seconds=(moment - self.clock.now()).total_seconds())

    # -- what is kept

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Read the database as another program would."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another program holds the database while the block runs."""
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def disk_full(self) -> Iterator[None]:
        """The database cannot grow while the block runs."""
        self._most_pages(1)
        try:
            yield
        finally:
            self._most_pages(1 << 30)

    def _most_pages(self, count: int) -> None:
        # SQLite takes the present size where that is larger.
        self.store.transact(lambda tx: tx._cursor.execute(f"PRAGMA max_page_count = {count}")).result(
            PATIENCE
        )

    async def transact(self, use_case: Any) -> Any:
        return await asyncio.wrap_future(self.store.transact(use_case))

    async def referral(self) -> Referral:
        """The newest referral."""
        ((newest,),) = self.rows("SELECT id FROM referral ORDER BY started_at DESC, rowid DESC LIMIT 1")
        return await self.transact(lambda tx: tx.get(Referral, newest))

    async def events(self) -> list[Event]:
        """What happened to the newest referral."""
        referral = await self.referral()
        return await self.transact(lambda tx: tx.events(referral.id))

    async def visit(self) -> datetime:
        """When the newest referral's booked visit is."""
        referral = await self.referral()
        standing = await self.transact(lambda tx: tx.appointments(referral.id))
        starts: datetime = next(one.starts_at for one in reversed(standing) if one.status == "booked")
        return starts

    def audit(self, what: str) -> list[tuple[str, str]]:
        """Who (by key) did what of this name, as the record has it."""
        return self.rows("SELECT actor_key, action FROM audit WHERE what = :what ORDER BY seq", what=what)

    # -- HTTP

    async def get(self, path: str) -> tuple[int, str]:
        """What the bot's own server answers."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def post_page(self, url: str) -> tuple[int, bytes]:
        """What a person's browser gets who presses the button of a page."""
        async with aiohttp.ClientSession() as session, session.post(url) as answer:
            return answer.status, await answer.read()


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
