"""The composition root: the only place where settings become parts, and parts are joined."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import signal
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web

from handlers.clock import Clock, SystemClock, Ticker
from handlers.delivery import DeliveryWorker, Sender
from handlers.logs import log_loop_exceptions
from handlers.metrics import MeasuredStore, Metrics
from handlers.pace import Pace
from handlers.page import PageLinks, Pages
from handlers.settings import Settings
from handlers.slack.part import SlackPart, build_slack
from handlers.web import Health, build_web
from referral_bot.desk import followups
from referral_bot.desk.front import Desk, load
from referral_bot.errors import SetupError
from referral_bot.model import FollowUp
from storage import SqlStore, open_store
from storage.transaction import SqlTransaction

if TYPE_CHECKING:
    from handlers.teams.part import TeamsPart

log = structlog.get_logger()

DUE_AT_ONCE = 100
"""Follow-ups to a transaction: many enough to be quick, few enough that nobody's turn waits for long."""
REMEMBER_SEEN = timedelta(days=30)
"""How long a delivery or a press is known again: far longer than a platform repeats one."""
SWEEP_EVERY = timedelta(hours=1)

# What stopping may take, in seconds; together less than the ten that service managers wait.
FINISH_REQUESTS = 3.0
FINISH_SENDS = 3.0
FINISH_ALL = 9.0


class Bot:
    """The whole program between `start` and `stop`. Make it on the running loop.

    `teams_stand_ins` are arguments of `build_teams` that stand for what only Microsoft has.
    """

    def __init__(
        self,
        settings: Settings,
        store: SqlStore,
        clock: Clock,
        rng: random.Random,
        pace: Pace | None = None,
        *,
        teams_stand_ins: Mapping[str, Any] | None = None,
    ) -> None:
        self.clock = clock
        self._teams_stand_ins = teams_stand_ins or {}
        self.metrics = Metrics()
        self._settings = settings
        self._store = store
        self._ending = False
        self._swept: datetime | None = None
        self._runner: web.AppRunner | None = None
        self._stop_listening: Callable[[], None] = lambda: None
        self._senders: dict[str, Sender] = {}
        self.delivery = DeliveryWorker(
            store, self._senders, clock, self.metrics, phi=settings.phi, rng=rng, pace=pace
        )
        self.ticker = Ticker(self._tick)
        links = PageLinks(store.page_key, settings.public_url)
        desk = Desk(settings.phi, links.url)
        self._slack = self._build_slack(desk)
        self._teams = self._build_teams(desk)
        self._pages = Pages(links, store, clock)

    async def start(self) -> None:
        """Open the doors, then deliver what an earlier run left and do what is due. Raises SetupError."""
        loop = asyncio.get_running_loop()
        log_loop_exceptions(loop)
        self._stop_listening = self._store.listen(partial(_call_soon, loop, self.delivery.wake))
        routes: list[web.AbstractRouteDef] = [*self._pages.routes()]
        if self._slack is not None:
            await self._slack.start()
            routes += self._slack.routes
        if self._teams is not None:
            await self._teams.start()
            routes += self._teams.routes
        health = Health(self._store, self.clock, self.metrics)
        await self._open_doors(build_web(routes, health, self.metrics))
        self.delivery.start()
        self.ticker.start()
        log.info("started", address=self._settings.public_url)

    async def stop(self) -> None:
        """Let nothing more in, end what is in flight, and hand the rest to the next run."""
        self._ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_ALL):
                await self.ticker.stop()
                if self._runner is not None:
                    await self._runner.cleanup()
                await self.delivery.stop(FINISH_SENDS)
                if self._slack is not None:
                    await self._slack.stop()
                if self._teams is not None:
                    await self._teams.stop()
        self._stop_listening()
        log.info("stopped")

    def _build_slack(self, desk: Desk) -> SlackPart | None:
        settings = self._settings
        if settings.slack_bot_token is None:
            return None
        secret, app_token = settings.slack_signing_secret, settings.slack_app_token
        part = build_slack(
            signing_secret=secret.get_secret_value() if secret else "",
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=app_token.get_secret_value() if app_token else None,
            api_url=settings.slack_api_url,
            desk=desk,
            store=MeasuredStore(self._store, self.metrics),
            clock=self.clock,
            wake=self.delivery.wake,
        )
        self._senders["slack"] = part.sender
        return part

    def _build_teams(self, desk: Desk) -> TeamsPart | None:
        settings = self._settings
        if not settings.has_teams:
            return None
        # Microsoft's SDK takes half a second and 60 MB to load: only where it is used.
        from handlers.teams.part import build_teams

        password = settings.teams_app_password
        part = build_teams(
            app_id=settings.teams_app_id or "",
            password=password.get_secret_value() if password else "",
            tenant=settings.teams_tenant_id or "",
            allow_anonymous=settings.teams_allow_anonymous,
            desk=desk,
            store=MeasuredStore(self._store, self.metrics),
            clock=self.clock,
            wake=self.delivery.wake,
            **self._teams_stand_ins,
        )
        self._senders["teams"] = part.sender
        return part

    async def _open_doors(self, app: web.Application) -> None:
        host, port = self._settings.host, self._settings.port
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=FINISH_REQUESTS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            raise SetupError(
                f"Port {port} of {host} cannot be opened: stop what uses it, or set HOST and PORT."
            ) from None

    async def _tick(self) -> None:
        began = time.perf_counter()
        self.delivery.wake()
        done = [await self._run_due()]
        while DUE_AT_ONCE in done and not self._ending:
            done = await asyncio.gather(*(self._run_due() for _ in range(self._store.side_by_side)))
        await self._sweep()
        self.metrics.tick_seconds.observe(time.perf_counter() - began)

    async def _run_due(self) -> int:
        now, phi = self.clock.now(), self._settings.phi

        def use_case(tx: SqlTransaction) -> tuple[int, int, timedelta]:
            done = followups.run_due(tx, now, phi, DUE_AT_ONCE, _log_failed)
            return done, *tx.outbox_depth(now)

        done, depth, oldest = await asyncio.wrap_future(self._store.transact(use_case))
        self.metrics.followups.inc(done)
        self.metrics.outbox(depth, oldest)
        return done

    async def _sweep(self) -> None:
        now = self.clock.now()
        if self._swept is None or now - self._swept >= SWEEP_EVERY:
            self._swept = now
            await asyncio.wrap_future(self._store.transact(lambda tx: tx.forget_seen(now - REMEMBER_SEEN)))


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises SetupError where it cannot start."""
    rng = random.SystemRandom()
    store = await asyncio.to_thread(open_store, settings.database_url, _keys(settings), rng=rng)
    try:
        bot = Bot(settings, store, SystemClock(), rng)
        try:
            await bot.start()
            await settle(store, bot.clock.now())
            await stop_asked()
        finally:
            await bot.stop()
    finally:
        await asyncio.to_thread(store.close)


def _log_failed(follow_up: FollowUp, error: Exception) -> None:
    log.error("follow_up_failed", kind=follow_up.kind.value, subject_id=follow_up.subject_id, exc_info=error)


async def settle(store: SqlStore, now: datetime) -> None:
    """Load what turns need, and take it from what the garbage collector looks through.

    It stays until the end, and looking through all of it again and again would hold up turns for 100 ms.
    """
    await asyncio.wrap_future(store.transact(lambda tx: load(tx, now)))
    gc.collect()
    gc.freeze()


def _call_soon(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    """Call it on the loop's own thread; not at all once the loop has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(what)


def _keys(settings: Settings) -> str | None:
    keys = settings.referral_bot_keys
    return keys.get_secret_value() if keys is not None else None


async def stop_asked() -> None:
    """Wait until the process is asked to end."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows has no such handlers; there Ctrl-C cancels this wait.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, asked.set)
    await asked.wait()
