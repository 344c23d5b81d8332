"""The whole bot in one thread, on a clock and a network that a seed decides: the same seed, the same story.

Everything is the program's own (Bolt's listeners, the desk, the SQL store, the outbox, the sender)
but what cannot be repeated: the event loop's time goes on only where nothing else is to be done, the
store runs its turns at once instead of in threads, and calls between the bot and the workspace are
handed over with a delay, or lost, instead of through sockets. At named points the bot may crash: its
tasks end where they are, and another one starts on the same file.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import hashlib
import random
import selectors
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unittest import mock

import aiohttp
import yaml
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.app import Bot
from handlers.demo.api import Server
from handlers.demo.cast import cast as players_of
from handlers.demo.faults import Call
from handlers.demo.model import Json, Message, NotPossible
from handlers.demo.outgoing import AppDidNotAnswer, Outgoing, encoded, parsed
from handlers.demo.sockets import Answer
from handlers.demo.workspace import Workspace
from handlers.pace import Pace
from handlers.settings import given_settings
from handlers.shipped import EXAMPLE, MANIFEST, shipped
from handlers.slack.part import CALL_SECONDS
from handlers.slack.sender import EVENT_TYPE
from referral_bot.directory import read_directory
from referral_bot.lifecycle import TERMINAL
from referral_bot.model import State
from storage import SqlStore, verify
from storage.sqlite import SqliteStore
from storage.store import Turn, UseCase
from tests.faults.rig import INTAKE, OFFICE, TUESDAY, Kept, referral

ACTS = 16
FAULTS = 0.15
"""Of the calls of the workspace."""
CRASHES = 0.01
"""Of the times that a point is passed at which the bot may crash."""
TICK_SECONDS = 5.0
LONGEST_END = 4 * 3600.0
"""Seconds of the simulation after which everything must have been delivered and done."""
PEOPLE = {"U0MARIA": OFFICE, "U0OMAR": "C0HILLCREST"}
STAFF = ("U0TESS", "U0RAJ")
BUTTONS = ("Submit", "Claim", "Accept", "Book", "Arrived", "Seen", "No-show", "Details", "Cancel", "Discard")
"""Those that people press; the first that a card has, mostly."""
BOOKED_AT = "Time"

_incarnation: contextvars.ContextVar[Incarnation | None] = contextvars.ContextVar("incarnation", default=None)


# ---------------------------------------------------------------- time


class _NothingToWaitFor(selectors.SelectSelector):
    """A selector under which waiting takes no time: the loop's clock is moved on instead."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "everything waits for something that will never come"
        self.loop.seconds += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time goes on only where nothing else is to be done."""

    def __init__(self) -> None:
        self.seconds = 0.0
        selector = _NothingToWaitFor()
        selector.loop = self
        super().__init__(selector)
        self.set_task_factory(_task_of_its_incarnation)

    def time(self) -> float:
        return self.seconds


def _task_of_its_incarnation(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **more: Any
) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
    incarnation = _incarnation.get()
    if incarnation is not None:
        incarnation.tasks.append(task)
    return task


# ---------------------------------------------------------------- the bot, until it crashes


class Incarnation:
    """One life of the bot's process."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.tasks: list[asyncio.Task[Any]] = []
        self.dead = world.loop.create_future()
        store = world.kept.open(rng=random.Random(world.seed * 1000 + number))
        self.store = InlineStore(cast(SqliteStore, store), self)
        with world.no_sockets():
            self.bot = Bot(
                world.settings,
                cast(SqlStore, self.store),
                world,
                random.Random(world.seed * 1000 + number),
                Pace(monotonic=world.loop.time),
            )

    def start(self) -> None:
        """Deliver what an earlier life has left, and tick."""
        self.bot.delivery.start()
        self.spawn(self._tick())

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that ends with this life."""
        context = contextvars.copy_context()
        context.run(_incarnation.set, self)
        return self.world.loop.create_task(work, context=context)

    async def _tick(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                await self.bot._tick()
            await asyncio.sleep(TICK_SECONDS)

    def may_crash(self, point: str) -> None:
        """Crash here, if chance wants it: nothing of this life runs any more once the loop is free."""
        if not self.dead.done() and self.world.chance(self.world.crash_share):
            self.world.note(f"crash {point}")
            self.dead.set_result(point)
            self.world.loop.call_soon(self._end)

    def _end(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.store.kept.close()


class InlineStore:
    """The SQLite store, whose turns run at once in the caller's thread."""

    def __init__(self, kept: SqliteStore, life: Incarnation) -> None:
        self.kept = kept
        self.life = life
        self.page_key = kept.page_key
        # Processes die here, not the machine.
        kept._driver.execute("PRAGMA synchronous=OFF")

    def transact(self, use_case: UseCase[Any]) -> Future[Any]:
        """Run it now; whoever dies before or behind the commit never hears of it."""
        turn = Turn(use_case, Future[Any]())
        self.life.may_crash("before a commit")
        if self.life.dead.done():
            return turn.future
        turn.future.set_running_or_notify_cancel()
        self.kept._settle([turn])
        self.life.may_crash("behind a commit")
        return Future() if self.life.dead.done() else turn.future

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """As the store does it."""
        return self.kept.listen(wake)

    def close(self) -> None:
        """Nothing: a process that dies closes nothing."""


# ---------------------------------------------------------------- the network


class SimClient(AsyncWebClient):
    """Slack's client, whose calls reach the workspace without a socket, or don't."""

    world: World

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        life = _incarnation.get()
        assert life is not None
        arguments = {**(given.get("params") or {}), **(given.get("json") or {}), **(given.get("data") or {})}
        arguments = {name: value for name, value in arguments.items() if value is not None}
        status, answer, headers = await self.world.network(
            life, api_method, lambda: self.world.call(api_method, self.token or "", arguments)
        )
        response = AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer,
            headers=headers,
            status_code=status,
        )
        return cast(AsyncSlackResponse, response.validate())  # type: ignore[no-untyped-call]


class SimWebhook:
    """What is sent to a response URL."""

    world: World

    def __init__(self, url: str, **_: Any) -> None:
        self._key = url.rpartition("/")[2]

    async def send_dict(self, body: Json) -> Any:
        life = _incarnation.get()
        assert life is not None

        def use() -> tuple[int, Any, Json]:
            self.world.workspace.response_urls.use(self._key, body)
            return 200, {}, {}

        status, _, _ = await self.world.network(life, "response_url", use)
        return mock.Mock(status_code=status)


class SimOutgoing(Outgoing):
    """What the workspace sends reaches the present life of the bot, if there is one."""

    world: World

    async def over_http(self, call: Call, kind: str, payload: Json, extra: dict[str, str]) -> Answer:
        await asyncio.sleep(self.world.delay())
        life = self.world.life
        if life is None or life.dead.done():
            raise aiohttp.ClientConnectionError
        body, content_type = encoded(kind, payload)
        assert life.bot._slack is not None
        request = AsyncBoltRequest(body=body.decode(), headers={"content-type": content_type, **extra})
        handled = life.spawn(life.bot._slack.app.async_dispatch(request))
        await asyncio.wait([handled, life.dead], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(self.world.delay())
        if not handled.done() or handled.cancelled() or self.world.chance(self.world.fault_share / 3):
            raise aiohttp.ClientConnectionError
        response = handled.result()
        call.status = response.status
        call.answer = parsed(response.body, response.headers.get("content-type", [""])[0].partition(";")[0])
        if call.status != 200:
            raise AppDidNotAnswer("http_error", call.status)
        return Answer(call.answer)


# ---------------------------------------------------------------- the world


class World:
    """A seed's story, and what must hold at its end."""

    def __init__(self, seed: int, kept: Kept) -> None:
        self.seed = seed
        self.kept = kept
        self.fault_share = FAULTS
        self.crash_share = CRASHES
        self.rng = random.Random(seed)
        self.loop = VirtualLoop()
        self.start = TUESDAY
        self.wrong_by = timedelta(0)
        """How wrong the bot's clock is."""
        self.trace: list[str] = []
        self.crashes = 0
        self.life: Incarnation | None = None
        self._lives = 0
        self._numbers = 0
        self.said: list[Message] = []
        self.workspace = self._workspace()
        self.settings = given_settings(
            slack_bot_token=self.workspace.installations[self.workspace.team.id].token,
            slack_signing_secret=self.workspace.signing_secret,
        )
        self._server = Server(self.workspace)

    def _workspace(self) -> Workspace:
        players = players_of(read_directory(shipped(EXAMPLE).read_text("utf-8")))
        made = Workspace(
            manifest=yaml.safe_load(shipped(MANIFEST).read_text("utf-8")),
            team=players.team,
            teams=players.teams,
            people=players.people,
            channels=players.channels,
            clock=self.true_time,
            monotonic=self.loop.time,
        )
        outgoing = SimOutgoing(made, (0.0, 60.0, 300.0), 3.0)
        outgoing.world = self
        made.outgoing = outgoing
        return made

    @contextmanager
    def no_sockets(self) -> Iterator[None]:
        """Have what is built in the block call the workspace through this world."""
        client = type("WorldsClient", (SimClient,), {"world": self})
        webhook = type("WorldsWebhook", (SimWebhook,), {"world": self})
        mock.patch("handlers.slack.replies.AsyncWebhookClient", webhook).start()
        with mock.patch("handlers.slack.part.AsyncWebClient", client):
            yield

    # -- time and chance

    def true_time(self) -> datetime:
        """The time of the workspace."""
        return self.start + timedelta(seconds=self.loop.time())

    def now(self) -> datetime:
        """The time of the bot's machine."""
        return self.true_time() + self.wrong_by

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def delay(self) -> float:
        return self.rng.uniform(0.001, 0.2)

    def note(self, what: str) -> None:
        """Add to what is the same each time that this seed is played."""
        self.trace.append(f"{self.loop.time():.6f} {what}")

    # -- the network

    async def network(
        self, life: Incarnation, name: str, work: Callable[[], tuple[int, Any, Any]]
    ) -> tuple[int, Any, Any]:
        """Carry a call to the workspace and the answer back, or lose either."""
        life.may_crash(f"before {name}")
        await asyncio.sleep(self.delay())
        fault = self.rng.choice(("429", "500", "before", "after", "late")) if self.faulty() else ""
        self.note(f"{name} {fault}")
        if fault == "429":
            asked = {"Retry-After": str(self.rng.randint(1, 20))}
            return 429, {"ok": False, "error": "ratelimited"}, asked
        if fault == "500":
            return 500, {"ok": False, "error": "internal_error"}, {}
        if fault == "before":
            raise aiohttp.ServerDisconnectedError
        answer = work()
        life.may_crash(f"when {name} was taken")
        if fault == "late":
            await asyncio.sleep(CALL_SECONDS)
            raise TimeoutError
        await asyncio.sleep(self.delay())
        if fault == "after":
            raise aiohttp.ServerDisconnectedError
        return answer

    def faulty(self) -> bool:
        return self.chance(self.fault_share)

    def call(self, method: str, token: str, arguments: Json) -> tuple[int, Any, Any]:
        """The workspace's answer to a call of its API."""
        return self._server.outcome(
            lambda: self._server.method(cast(Any, None), method, token, dict(arguments))
        )

    # -- the story

    def play(self) -> str:
        """Play the story to its end and check it; a digest of everything that happened."""
        try:
            self.loop.run_until_complete(self._story())
            self._check()
        finally:
            mock.patch.stopall()
            if self.life is not None:
                self.life.store.kept.close()
            self.loop.close()
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    async def _story(self) -> None:
        asyncio.current_task()
        living = self.loop.create_task(self._live())
        for _ in range(ACTS):
            await asyncio.sleep(self.rng.uniform(0.1, 30))
            self._turn_clocks()
            try:
                await self._act()
            except (AppDidNotAnswer, NotPossible) as failed:
                self.note(f"in vain: {type(failed).__name__}")
        self.fault_share = self.crash_share = 0.0
        await self._everything_done()
        living.cancel()
        if self.life is not None:
            for task in self.life.tasks:
                task.cancel()
        await asyncio.sleep(0)

    async def _live(self) -> None:
        """Start the bot, and again after each crash."""
        while True:
            self._lives += 1
            self.life = Incarnation(self, self._lives)
            self.life.spawn(self._start(self.life))
            await self.life.dead
            self.crashes += 1
            await asyncio.sleep(self.rng.uniform(0.5, 5))

    async def _start(self, life: Incarnation) -> None:
        life.start()

    def _turn_clocks(self) -> None:
        if self.chance(0.1):
            self.wrong_by = timedelta(seconds=self.rng.uniform(-3600, 3600))
            self.note(f"the clock is wrong by {self.wrong_by}")
        if self.chance(0.15):
            skipped = timedelta(hours=self.rng.choice((1, 5, 24, 72)))
            self.start += skipped
            self.note(f"{skipped} pass")

    async def _act(self) -> None:
        act = self.rng.choice((self._refer, self._refer, self._press, self._press, self._press, self._ask))
        await act()

    async def _refer(self) -> None:
        self._numbers += 1
        user = self.rng.choice(list(PEOPLE))
        message = await self.workspace.person(user).say(PEOPLE[user], referral(self._numbers))
        self.said.append(message)
        self.note(f"{user} refers")

    async def _ask(self) -> None:
        user = self.rng.choice(list(PEOPLE))
        text = self.rng.choice(("status", "help", "when can you see a new patient for cardiology?"))
        await self.workspace.person(user).say(PEOPLE[user], f"<@U0BOT> {text}")
        self.note(f"{user} asks")

    async def _press(self) -> None:
        """Somebody presses a button of a card that they see, and fills in the form that opens."""
        user = self.rng.choice([*PEOPLE, *STAFF])
        channel = PEOPLE.get(user, INTAKE)
        cards = [message for message in self.workspace.every_message() if _offers(message, channel)]
        if not cards:
            return
        card = self.rng.choice(cards)
        offered = sorted(_offers(card, channel), key=BUTTONS.index)
        button = offered[0] if self.chance(0.7) else self.rng.choice(offered)
        self.note(f"{user} presses {button}")
        player = self.workspace.person(user)
        await player.press(card, button)
        await asyncio.sleep(2)
        view = player.view
        if view is not None:
            times = [block for block in view.blocks if block.get("label", {}).get("text") == BOOKED_AT]
            if times:
                label = self.rng.choice(times[0]["element"]["options"][:3])["text"]["text"]
                await player.fill(view, {BOOKED_AT: label})
                await player.submit_view(view)
            elif player.view is view:
                await player.close_view(view, everything=True)

    async def _everything_done(self) -> None:
        ends = self.loop.time() + LONGEST_END
        self.wrong_by = timedelta(0)
        while self.loop.time() < ends:
            await asyncio.sleep(TICK_SECONDS)
            if not self.workspace.outgoing._tasks and not self._left():
                return
        raise AssertionError(f"not everything is delivered and done: {self._left()} are left")

    def _left(self) -> int:
        now = (self.now() - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
        return self.kept.unsent() + self.kept.count(
            f"SELECT count(*) FROM follow_up WHERE done_at IS NULL AND due_at <= {now}"
        )

    # -- what must hold

    def _check(self) -> None:
        rows = self.kept.rows
        self._check_referrals()
        self._check_posts()
        taken = rows(
            "SELECT provider_key, starts_at FROM appointment "
            "WHERE status IN ('proposed', 'pending', 'booked', 'arrived')"
        )
        assert len(taken) == len(set(taken)), "a time is taken twice"
        for state, actor, due, outcome in rows("SELECT state, next_actor, due_at, outcome FROM referral"):
            if State(state) in TERMINAL:
                assert outcome, "an ended referral has no reason"
            else:
                assert actor, "an open referral has no next actor"
                assert due is not None, "an open referral has no due time"
        assert not rows("SELECT id FROM follow_up WHERE done_at < due_at"), "a follow-up came early"
        with closing(self.kept.open()) as store:
            assert verify(store).broken is None
        for row in rows("SELECT id, state, reference FROM referral ORDER BY id"):
            self.note(str(row))

    def _check_referrals(self) -> None:
        roots = Counter(
            root for (root,) in self.kept.rows("SELECT root FROM thread WHERE audience = 'office'")
        )
        answered = {
            call.payload["event"]["ts"]
            for call in self.workspace.calls.outgoing("message", "app_mention")
            if call.status == 200 and "user" in call.payload["event"]
        }
        for message in self.said:
            assert roots[message.ts] <= 1, "a message has made two referrals"
            assert roots[message.ts] == 1 or message.ts not in answered, "an acknowledged message is lost"
        made = self.kept.count("SELECT count(*) FROM referral")
        assert made == sum(roots[message.ts] for message in self.said), "a message has made two referrals"

    def _check_posts(self) -> None:
        sent = self.kept.rows(
            "SELECT outbox.id, lane, seq, status, sent_as, kind FROM outbox ORDER BY lane, seq"
        )
        assert {status for _, _, _, status, _, _ in sent} <= {"sent"}, "something was given up"
        posts = [row for row in sent if row[5] in ("head", "post") and row[4]]
        arrived: dict[str, list[str]] = defaultdict(list)
        for message in self.workspace.every_message():
            if (message.metadata or {}).get("event_type") == EVENT_TYPE:
                arrived[str(message.metadata["event_payload"]["outbox_id"])].append(message.ts)  # type: ignore[index]
        assert {id for id, times in arrived.items() if len(times) > 1} == set(), "a message came twice"
        assert arrived.keys() == {id for id, *_ in posts}, "a message is lost"
        lanes: dict[str, list[str]] = defaultdict(list)
        for id, lane, *_ in posts:
            lanes[lane].append(arrived[id][0])
        for stamps in lanes.values():
            assert stamps == sorted(stamps), "a thread is out of order"
        for id, _, _, _, sent_as, _ in posts:
            self.note(f"{id} {sent_as}")


def _offers(message: Message, channel: str) -> list[str]:
    """The buttons that somebody in this channel can press on a message."""
    if message.channel != channel or message.deleted or not message.bot:
        return []
    found = [
        element["text"]["text"]
        for block in message.blocks
        for element in block.get("elements", [])
        if element.get("type") == "button"
    ]
    return [text for text in found if text in BUTTONS and found.count(text) == 1]


def play(seed: int, template: Kept, folder: Path) -> World:
    """Play a seed on a copy of a furnished database."""
    path = folder / f"{seed}.db"
    path.write_bytes(template.path.read_bytes())
    world = World(seed, Kept(f"sqlite:///{path}", template.keys))
    try:
        world.trace.append(world.play())
    finally:
        for left in folder.glob(f"{seed}.db*"):
            left.unlink()
    return world
