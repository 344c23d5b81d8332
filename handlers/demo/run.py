"""The demo: the unchanged bot, the embedded workspace it talks to, and a clock that can be turned."""

from __future__ import annotations

import asyncio
import random
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from handlers.app import Bot
from handlers.clock import DemoClock
from handlers.demo.cast import cast
from handlers.demo.model import Json, NotPossible
from handlers.demo.page import Page
from handlers.demo.playground import playground
from handlers.demo.teams_scene import APP, TENANT, teams_scene, with_teams
from handlers.demo.workspace import Workspace
from handlers.importing import import_directory
from handlers.pace import Pace
from handlers.settings import Settings, given_settings
from handlers.shipped import EXAMPLE, MANIFEST, shipped
from referral_bot.business_time import BusinessCalendar
from referral_bot.directory import Directory, read_directory
from referral_bot.errors import SetupError
from referral_bot.practice import Practice
from storage import SqlStore, open_store

HOST: Final = "127.0.0.1"
PORT: Final = 8080
DATABASE: Final = "demo.db"
MORNING: Final = time(9, 20)
"""When the demo's first day begins, in the practice's zone: everybody is at work."""
FASTEST: Final = 86_400.0
FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class Demo:
    """A demo that runs."""

    url: str
    """Of the page."""
    workspace: Workspace
    directory: Directory
    bot: Bot
    clock: DemoClock
    store: SqlStore
    teams_url: str = ""
    """Of the page that shows Teams, if it is shown."""


@asynccontextmanager
async def demo(
    *,
    port: int | None = None,
    data: Path | None = None,
    speed: float = 1.0,
    phi: str = "full",
    seed: int | None = None,
    today: datetime | None = None,
    teams: str = "",
) -> AsyncIterator[Demo]:
    """Run the demo until the block is left, from the morning of `today` on.

    `seed` makes its ids and references come out the same. `teams` is the key of the person of the example
    directory whose Teams is shown beside it, if anybody's.

    Raises SetupError where a port or the folder cannot be used, or Teams cannot be shown.
    """
    if not 0 < speed <= FASTEST:
        raise SetupError(f"--speed must be above 0, and at most {FASTEST:.0f}.")
    example = shipped(EXAMPLE).read_text("utf-8")
    example = with_teams(example, teams) if teams else example
    directory = read_directory(example)
    clock = DemoClock(first_morning(directory.practice, today or datetime.now(UTC)), speed)
    workspace = _workspace(directory, clock)
    page = Page(workspace, on_clock=Turning(clock, directory.practice).turn, zone=directory.practice.timezone)
    page.speed = speed
    rng = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 (for reproducible tests)
    with _folder(data) as folder:
        store = await asyncio.to_thread(open_store, f"sqlite:///{folder / DATABASE}", rng=rng)
        try:
            await asyncio.to_thread(import_directory, store, example)
            async with workspace.serve(HOST, _usable_port(port), page) as url:
                settings = _settings(workspace, phi, in_teams=bool(teams))
                # What the bot still has to say when it ends, it says to a Teams that is there.
                async with (
                    _teams(directory, teams, settings) as teams_url,
                    _bot(workspace, store, clock, rng, settings) as bot,
                ):
                    yield Demo(url, workspace, directory, bot, clock, store, teams_url)
        finally:
            await asyncio.to_thread(store.close)


def first_morning(practice: Practice, today: datetime) -> datetime:
    """Twenty past nine of today, or of the next day on which the practice works (UTC)."""
    zone = ZoneInfo(practice.timezone)
    calendar = BusinessCalendar(practice)
    day: date = today.astimezone(zone).date()
    while not calendar.is_business_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


def _workspace(directory: Directory, clock: DemoClock) -> Workspace:
    manifest: dict[str, Any] = yaml.safe_load(shipped(MANIFEST).read_text("utf-8"))
    players = cast(directory)
    return Workspace(
        manifest=manifest,
        team=players.team,
        teams=players.teams,
        people=players.people,
        channels=players.channels,
        clock=clock.now,
    )


def _settings(workspace: Workspace, phi: str, *, in_teams: bool) -> Settings:
    """The settings of `serve`, pointed at the workspace and, if it is to be shown, at Teams."""
    more = {"teams_allow_anonymous": True, "teams_app_id": APP, "teams_tenant_id": TENANT} if in_teams else {}
    return given_settings(
        slack_bot_token=workspace.installations[workspace.team.id].token,
        slack_signing_secret=workspace.signing_secret,
        slack_api_url=workspace.api_url,
        host=HOST,
        port=_free_port(),
        phi_mode=phi,
        phi_baa=f"Nobody in the demo is real, {date.today():%Y}",  # noqa: DTZ011 (nobody's zone)
        **more,
    )


@asynccontextmanager
async def _bot(
    workspace: Workspace, store: SqlStore, clock: DemoClock, rng: random.Random, settings: Settings
) -> AsyncIterator[Bot]:
    """The bot as `serve` runs it."""
    # The workspace takes what comes; people who wait at the page should not wait for Slack's limits.
    bot = Bot(settings, store, clock, rng, Pace(rate=20.0, burst=50))
    clock.on_jump(bot.ticker.ask)
    try:
        await bot.start()
        workspace.connect(f"{settings.public_url}/slack/events")
        yield bot
    finally:
        await bot.stop()


@asynccontextmanager
async def _teams(directory: Directory, person_key: str, settings: Settings) -> AsyncIterator[str]:
    """This person's Teams, if anybody's; the address of its page."""
    if not person_key:
        yield ""
        return
    bot = f"{settings.public_url}/api/messages"
    async with playground(bot, teams_scene(directory, person_key), _free_port()) as url:
        yield url


class Turning:
    """What the page's clock can do."""

    def __init__(self, clock: DemoClock, practice: Practice) -> None:
        self._clock = clock
        self._practice = practice

    async def turn(self, body: Json) -> Json:
        """Turn the clock as `/page/clock` describes. Raises NotPossible."""
        now = self._clock.now()
        if "speed" in body:
            self._set_speed(body["speed"])
        elif "forward" in body:
            self._forward(_span(str(body["forward"])))
        elif "until" in body:
            self._forward(_moment(str(body["until"])) - now)
        elif body.get("next_morning"):
            self._forward(self._next_morning(now) - now)
        else:
            raise NotPossible("say how far: forward, until, next_morning or speed")
        return {"now": self._clock.now().isoformat().replace("+00:00", "Z"), "speed": self._clock.speed}

    def _set_speed(self, speed: object) -> None:
        if not isinstance(speed, int | float) or not 0 <= speed <= FASTEST:
            raise NotPossible(f"the clock runs at 0 to {FASTEST:.0f} times the speed")
        self._clock.run_at(float(speed))

    def _forward(self, by: timedelta) -> None:
        if not timedelta(0) <= by <= FURTHEST:
            raise NotPossible("the clock only goes forward, and at most a year at a time")
        self._clock.forward(by)

    def _next_morning(self, now: datetime) -> datetime:
        """The next opening of the practice that is not today's."""
        zone = ZoneInfo(self._practice.timezone)
        midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(0), zone)
        return BusinessCalendar(self._practice).next_opening(midnight.astimezone(UTC))


def _span(text: str) -> timedelta:
    units = {"m": "minutes", "h": "hours", "d": "days"}
    amount, unit = text[:-1], text[-1:]
    if unit not in units or not amount.isdecimal() or len(amount) > 6:
        raise NotPossible("a span is a number with m, h or d, such as 2h")
    return timedelta(**{units[unit]: int(amount)})


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotPossible("a moment is written as 2026-11-24T15:20:00Z") from None
    if moment.tzinfo is None:
        raise NotPossible("a moment needs its zone, such as Z")
    return moment


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """Where the database lies: a temporary folder, or the one that was asked for."""
    if data is None:
        with tempfile.TemporaryDirectory(prefix="referral-bot-demo-") as folder:
            yield Path(folder)
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise SetupError(f"{data} cannot be made: give --data a folder that can be written.") from None
    if (data / DATABASE).exists():
        # Its conversations were in the memory of the workspace that ended.
        raise SetupError(
            f"{data} holds the data of an earlier demo: give --data another folder, or empty it."
        )
    yield data


def _usable_port(wanted: int | None) -> int:
    """The port for the page: the one asked for, or the usual one, or if that is taken any."""
    if _is_free(wanted or PORT):
        return wanted or PORT
    if wanted is not None:
        raise SetupError(f"Port {wanted} is taken: give another one with --port.")
    return _free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
