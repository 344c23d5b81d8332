"""Teams for tests: the Bot Connector's side over real HTTP, the people in it, and the whole bot behind it.

    await world.maria.writes(COMPLETE)
    await world.maria.presses(world.head(world.maria.chat), "Submit")

Activities are signed with a key whose public half the bot is given, unless the world is `open`: then
nothing is signed, as with Microsoft's Playground.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from ways import PATIENCE, TUESDAY, Ways, free_port

from handlers.app import Bot
from handlers.clock import DemoClock
from handlers.importing import import_directory
from handlers.pace import Pace
from handlers.settings import given_settings
from handlers.shipped import EXAMPLE, shipped
from handlers.teams.tokens import ISSUER, SigningKey
from storage import open_store

Json = dict[str, Any]

APP = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
BOT_ACCOUNT = f"28:{APP}"
KID = "key-1"
OFFICE_CHANNEL = "19:lakeside@thread.tacv2"
INTAKE_CHANNEL = "19:intake@thread.tacv2"
GROUP = "19:lakesidegroup@thread.v2"
TEAM = "19:team@thread.tacv2"
MOST_OF_A_MESSAGE = 28 * 1024
"""Bytes that Teams takes."""


@cache
def private_key() -> Any:
    """The connector's key, made once: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class LocalKeys:
    """The connector's published keys, without a network."""

    def __init__(self, *endorsements: str) -> None:
        self._key = SigningKey(private_key().public_key(), frozenset(endorsements))

    async def find(self, kid: str) -> SigningKey | None:
        return self._key if kid == KID else None


class LocalToken:
    """The bot's own token, without Microsoft's sign-in."""

    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.trouble: Exception | None = None

    async def get(self, *, anew: bool = False) -> str:
        self.asked.append(anew)
        if self.trouble is not None:
            raise self.trouble
        return f"token-{sum(self.asked)}"


def object_id(number: int) -> str:
    """A person's object id in Entra."""
    return f"00000000-0000-0000-0000-{number:012d}"


@dataclass(repr=False)
class Post:
    """A message in a conversation, as it stands now."""

    id: str
    conversation: str
    root: str
    activity: Json
    versions: list[Json] = field(default_factory=list)

    @property
    def card(self) -> Json:
        content: Json = self.activity["attachments"][0]["content"]
        return content

    @property
    def text(self) -> str:
        return said(self.card)

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __repr__(self) -> str:
        return f"<{self.conversation}: {self.text}>"


def pieces(content: Any) -> Iterator[Json]:
    """Every JSON object within a card."""
    if isinstance(content, dict):
        yield content
        for value in content.values():
            yield from pieces(value)
    elif isinstance(content, list):
        for value in content:
            yield from pieces(value)


def said(content: Json) -> str:
    """A card's words, a block a line."""
    blocks = (piece for piece in pieces(content) if piece.get("type") == "RichTextBlock")
    return "\n".join("".join(run["text"] for run in block["inlines"]) for block in blocks)


def actions(content: Json) -> dict[str, Json]:
    """A card's buttons by what they say; one that asks first stands for its yes."""
    found: dict[str, Json] = {}
    for piece in pieces(content["body"]):
        if piece.get("type") == "Action.ShowCard":
            (inner,) = actions(piece["card"]).values()
            found[piece["title"]] = inner
        elif str(piece.get("type")).startswith("Action."):
            found.setdefault(piece["title"], piece)
    return found


def buttons(content: Json) -> list[str]:
    """The texts of a card's buttons, in order."""
    return list(actions(content))


def inputs(content: Json) -> list[Json]:
    """A card's fields."""
    return [piece for piece in pieces(content) if str(piece.get("type")).startswith("Input.")]


@dataclass
class Fault:
    """What the connector does with the next calls instead of taking them."""

    status: int = 0
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    takes_it: bool = False
    """It takes the message, and the answer is lost."""
    answers: bytes | None = None
    """It takes the message, and this is the answer."""
    in_pieces: bool = False
    """It takes the message, and the answer comes piece by piece."""
    times: int = 1


class Someone:
    """A person at their Teams. Every act returns once the bot has done what follows from it."""

    def __init__(self, world: World, name: str, number: int, home: str) -> None:
        self.world = world
        self.name = name
        self.entra = object_id(number)
        self.member = f"29:{name.split()[0].lower()}"
        self.chat = f"a:{name.split()[0].lower()}"
        self.home = home
        self.shown: Json | None = None
        """The card that stands before them alone: in a dialog, or in the place of one they pressed."""
        self.dialog = False
        self.told = ""
        """The last sentence that they were told alone."""
        self.last: Json = {}
        self._at: Post | None = None

    # -- what they do

    async def says(self, text: str, where: str = "", under: Post | str | None = None, **more: Any) -> Json:
        """Write into a conversation, without mentioning the bot."""
        root = under.root or under.id if isinstance(under, Post) else under or ""
        return await self.world.message(self, text, where or self.home, root, **more)

    async def mentions(
        self, text: str, where: str = "", under: Post | str | None = None, **more: Any
    ) -> Json:
        """Write to the bot by its name."""
        mention = {
            "type": "mention",
            "text": "<at>Referral Bot</at>",
            "mentioned": {"id": BOT_ACCOUNT, "name": "Referral Bot"},
        }
        entities = [mention, *more.pop("entities", [])]
        return await self.says(f"<at>Referral Bot</at> {text}", where, under, entities=entities, **more)

    async def writes(self, text: str, **more: Any) -> Json:
        """Write to the bot in their own chat."""
        return await self.says(text, self.chat, **more)

    async def presses(self, post: Post, button: str, content: Json | None = None) -> Json:
        """Press a button of a posted card, or of `content` which stands in its place; the invoke's answer."""
        action = actions(content or post.card)[button]
        self._at = post
        return await self._press(action, {})

    async def presses_shown(self, button: str) -> Json:
        """Press a button of what stands before them."""
        assert self.shown is not None
        return await self._press(actions(self.shown)[button], {})

    async def opens(self, post: Post, button: str, content: Json | None = None) -> Json:
        """Press a button that opens a form; the form."""
        await self.presses(post, button, content)
        assert self.shown is not None, f"{button} opened nothing; told: {self.told}"
        return self.shown

    async def fills_in(self, values: Mapping[str, str]) -> bool:
        """Fill in the form before them, by labels, and send it; whether it was taken."""
        assert self.shown is not None, self.told
        form = self.shown
        fields = {one["label"]: one for one in inputs(form)}
        filled = {one["id"]: one["value"] for one in inputs(form) if one.get("value")}
        for label, value in values.items():
            one = fields[label]
            choices = {choice["title"]: choice["value"] for choice in one.get("choices", ())}
            filled[one["id"]] = choices.get(value, value)
        send = next(iter(actions(form).values()))
        await self._press(send, filled)
        return not (self.shown and inputs(self.shown))

    async def _press(self, action: Json, filled: Mapping[str, Any]) -> Json:
        data = {**action["data"], **filled}
        if action["type"] == "Action.Execute":
            value = {"action": {"type": "Action.Execute", "verb": action["verb"], "data": data}}
            return self._see(await self.world.invoke(self, "adaptiveCard/action", value, self._at))
        opens = "msteams" in data
        name = "task/fetch" if opens else "task/submit"
        return self._see(await self.world.invoke(self, name, {"data": data}, self._at))

    def _see(self, answer: Json) -> Json:
        self.last = answer
        task = answer.get("task")
        if isinstance(task, dict):
            self.dialog = task["type"] == "continue"
            self.shown = task["value"]["card"]["content"] if self.dialog else None
            self.told = said(self.shown) if self.shown else task["value"]
        elif answer.get("type") == "application/vnd.microsoft.card.adaptive":
            self.shown, self.dialog = answer["value"], False
            self.told = said(self.shown)
        else:
            self.shown, self.dialog = None, False
            value = answer.get("value")
            if value:
                self.told = value if isinstance(value, str) else value["message"]
        return answer

    # -- what they see

    @property
    def direct(self) -> list[str]:
        """What the bot wrote into their own chat, in order."""
        return [post.text for post in self.world.posts(self.chat)]


@dataclass(repr=False)
class World(Ways):
    """The tenant, its conversations, and the bot that runs in it."""

    folder: Path
    phi: str
    clock: DemoClock
    open: bool = False
    settings: Json = field(default_factory=dict)
    token: LocalToken = field(default_factory=LocalToken)
    fault: Fault | None = None
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    """Every call of the connector: its method, path, and authorization."""
    refused: tuple[str, int, str] | None = None
    """A conversation in which nothing is taken any more, and with what status and code."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What lies with the connector to be fetched, by path."""
    service_url: str = ""
    answered: bytes = b""
    """What the bot answered last, as it came."""

    def __post_init__(self) -> None:
        self.maria = Someone(self, "Maria Gomez", 1, OFFICE_CHANNEL)
        self.joy = Someone(self, "Joy Tan", 2, OFFICE_CHANNEL)
        self.omar = Someone(self, "Omar Reyes", 3, "19:hillcrest@thread.tacv2")
        self.tess = Someone(self, "Tess Moran", 4, INTAKE_CHANNEL)
        self.raj = Someone(self, "Raj Patel", 5, INTAKE_CHANNEL)
        self.nina = Someone(self, "Nina Brooks", 6, INTAKE_CHANNEL)
        self.dana = Someone(self, "Dana Cole", 7, INTAKE_CHANNEL)
        self.priya = Someone(self, "Priya Shah", 8, INTAKE_CHANNEL)
        self.stranger = Someone(self, "Sam Stranger", 9, OFFICE_CHANNEL)
        self._posts: dict[str, Post] = {}
        self._numbers = itertools.count(1_700_000_000_001)
        self._starts = 0

    # -- the process

    @property
    def database(self) -> Path:
        return self.folder / "bot.db"

    async def start(self) -> None:
        given: Json = {"port": free_port(), "phi_mode": self.phi, "phi_baa": "Priya Shah, 2026-11-02"}
        stand_ins: Json = {}
        if self.open:
            given["teams_allow_anonymous"] = True
        else:
            given |= {"teams_app_id": APP, "teams_app_password": "secret", "teams_tenant_id": TENANT}
            stand_ins = {"token": self.token, "issuers": {ISSUER: LocalKeys("msteams")}}
        settings = given_settings(**(given | self.settings))
        self._starts += 1
        rng = random.Random(self._starts)
        self.store = await asyncio.to_thread(open_store, f"sqlite:///{self.database}", rng=rng)
        pace = Pace(rate=1e6, burst=1000)
        self.bot = Bot(settings, self.store, self.clock, rng, pace, teams_stand_ins=stand_ins)
        self.clock.on_jump(self._tick)
        await self.bot.start()
        self.url = settings.public_url

    async def stop(self) -> None:
        await self.bot.stop()
        await asyncio.to_thread(self.store.close)

    async def _quiet(self) -> None:
        await self.bot._teams._background.finish(PATIENCE)  # type: ignore[union-attr]

    # -- what the connector does

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take a call of the bot."""
        path = unquote(request.match_info["path"])
        self.calls.append((request.method, path, request.headers.get("Authorization", "")))
        if request.method == "GET":
            return web.Response(body=self.files[path], content_type="application/octet-stream")
        content = await request.read()
        body = json.loads(content)
        if len(content) > MOST_OF_A_MESSAGE:
            return web.json_response({"error": {"code": "MessageSizeTooBig"}}, status=413)
        if self.refused and path.startswith(f"v3/conversations/{self.refused[0]}"):
            return web.json_response({"error": {"code": self.refused[2]}}, status=self.refused[1])
        fault = self._fault()
        if fault is not None and not fault.takes_it and fault.answers is None and not fault.in_pieces:
            if not fault.status:
                assert request.transport is not None
                request.transport.close()
            error = {"error": {"code": fault.code, "message": "Jane Whitcomb"}}
            return web.json_response(error, status=fault.status or 500, headers=fault.headers)
        answer = json.dumps(self._taken(request.method, path, body)).encode()
        if fault is not None and fault.in_pieces:
            return await self._in_pieces(request, answer)
        if fault is not None and fault.takes_it:
            assert request.transport is not None
            request.transport.close()
        if fault is not None and fault.answers is not None:
            answer = fault.answers
        return web.Response(body=answer, content_type="application/json")

    async def _in_pieces(self, request: web.Request, answer: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for piece in (answer[:5], answer[5:]):
            await response.write(piece)
            for _ in range(50):  # until the bot has been given it
                await asyncio.sleep(0)
        await response.write_eof()
        return response

    def _fault(self) -> Fault | None:
        fault = self.fault
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.fault = None
        return fault

    def _taken(self, method: str, path: str, body: Json) -> Json:
        id = str(next(self._numbers))
        if path == "v3/conversations":
            if body["isGroup"]:
                channel = body["channelData"]["channel"]["id"]
                self._posts[id] = Post(id, channel, id, body["activity"])
                return {"id": f"{channel};messageid={id}", "activityId": id}
            member = body["members"][0]["id"]
            whose = next(one for one in self.people if member in (one.entra, one.member))
            return {"id": whose.chat}
        conversation, _, rest = path.removeprefix("v3/conversations/").partition("/activities")
        conversation, _, root = conversation.partition(";messageid=")
        if method == "PUT":
            post = self._posts[rest.strip("/")]
            post.versions.append(post.activity)
            post.activity = body
            return {"id": post.id}
        self._posts[id] = Post(id, conversation, root, body)
        return {"id": id}

    @property
    def people(self) -> list[Someone]:
        return [one for one in vars(self).values() if isinstance(one, Someone)]

    # -- what the connector sends

    def activity(self, who: Someone, type: str, where: str, root: str = "", **more: Any) -> Json:
        """An activity as Teams sends it."""
        kind = (
            "channel"
            if where.endswith("@thread.tacv2")
            else "groupChat"
            if where.startswith("19:")
            else "personal"
        )
        data: Json = {"tenant": {"id": TENANT}}
        if kind == "channel":
            data |= {"team": {"id": TEAM}, "channel": {"id": where}}
        return {
            "type": type,
            "id": str(next(self._numbers)),
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": who.member, "name": who.name, "aadObjectId": who.entra},
            "recipient": {"id": BOT_ACCOUNT, "name": "Referral Bot"},
            "conversation": {
                "id": f"{where};messageid={root}" if root else where,
                "conversationType": kind,
                "tenantId": TENANT,
            },
            "channelData": data,
            **more,
        }

    async def message(self, who: Someone, text: str, where: str, root: str = "", **more: Any) -> Json:
        """A person's message, to its end; the activity."""
        sent = self.activity(who, "message", where, root, text=text, textFormat="plain", **more)
        if where.endswith("@thread.tacv2") and not root:
            sent["conversation"]["id"] = f"{where};messageid={sent['id']}"
        status, _ = await self.deliver(sent)
        assert status == 202, status
        await self.settled()
        return sent

    async def invoke(self, who: Someone, name: str, value: Json, at: Post | None = None, **more: Any) -> Json:
        """What a person's press is answered, once everything that follows from it is done."""
        where = at.conversation if at else who.chat
        root = (at.root if at else "") if where.endswith("@thread.tacv2") else ""
        sent = self.activity(who, "invoke", where, root, name=name, value=value, **more)
        if at and at.id:
            sent["replyToId"] = at.id
        status, answer = await self.deliver(sent)
        assert status == 200, (status, answer)
        await self.settled()
        return answer

    def signed(self, activity: Any, key: Any = None, kid: str | None = KID, **claims: Any) -> str:
        """The header that the connector sends with an activity."""
        now = int(time.time())
        url = activity.get("serviceUrl") if isinstance(activity, dict) else self.service_url
        made = {"iss": ISSUER, "aud": APP, "nbf": now, "exp": now + 3600, "serviceurl": url, **claims}
        made = {name: value for name, value in made.items() if value is not None}
        headers = {"kid": kid} if kid is not None else {}
        return "Bearer " + jwt.encode(made, key or private_key(), algorithm="RS256", headers=headers)

    async def deliver(
        self, activity: Any, header: str | None = None, body: bytes | None = None
    ) -> tuple[int, Json]:
        """Bring the bot an activity; its status and answer."""
        headers = {"Content-Type": "application/json"}
        if header is None and not self.open:
            header = self.signed(activity)
        if header:
            headers["Authorization"] = header
        given: Json = {"data": body} if body is not None else {"json": activity}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/api/messages", headers=headers, **given) as answer,
        ):
            text = await answer.read()
            found = await answer.json() if text and answer.content_type == "application/json" else {}
        self.answered = text
        return answer.status, found

    async def install(self, *people: Someone) -> None:
        """Have the bot in people's own chats, and in the team."""
        for who in people:
            added = [{"id": BOT_ACCOUNT}]
            await self.deliver(self.activity(who, "conversationUpdate", who.chat, membersAdded=added))
        await self.settled()

    # -- what stands where

    def posts(self, conversation: str, root: str | None = None) -> list[Post]:
        """The bot's messages in a conversation, or in one of its threads, in order."""
        return [
            post
            for post in self._posts.values()
            if post.conversation == conversation and root in (None, post.root, post.id)
        ]

    def head(self, conversation: str, words: str = "") -> Post:
        """The newest card with buttons that holds these words."""
        for post in reversed(self.posts(conversation)):
            if words in post and actions(post.card):
                return post
        raise AssertionError(f"no card with {words!r} in {self.posts(conversation)}")


DIRECTORY: dict[str, str] = {
    "channels: {slack: C0INTAKE}": f'channels: {{teams: "{INTAKE_CHANNEL}"}}',
    "scoreboard: {slack: C0TEAM}": f'scoreboard: {{teams: "{TEAM}"}}',
    "channels: {slack: C0LAKESIDE}": f'channels: {{teams: "{OFFICE_CHANNEL}"}}',
    "channels: {slack: C0HILLCREST}": 'channels: {teams: "19:hillcrest@thread.tacv2"}',
    "slack: U0MARIA": f"teams: {object_id(1)}",
    "slack: U0JOY": f"teams: {object_id(2)}",
    "slack: U0OMAR": f"teams: {object_id(3)}",
    "slack: U0TESS": f"teams: {object_id(4)}",
    "slack: U0RAJ": f"teams: {object_id(5)}",
    "slack: U0NINA": f"teams: {object_id(6)}",
    "slack: U0DANA": f"teams: {object_id(7)}",
    "slack: U0PRIYA": f"teams: {object_id(8)}",
}
"""The example's people and channels, in Teams instead of Slack."""


def furnish_teams(folder: Path) -> None:
    """A database with the example directory, moved to Teams."""
    text = shipped(EXAMPLE).read_text("utf-8")
    for old, new in DIRECTORY.items():
        assert old in text, old
        text = text.replace(old, new)
    store = open_store(f"sqlite:///{folder / 'bot.db'}")
    try:
        import_directory(store, text)
    finally:
        store.close()


@asynccontextmanager
async def teams_world(
    folder: Path, furnished: Path, phi: str = "minimal", *, open: bool = False, **settings: Any
) -> AsyncIterator[World]:
    """The bot in Teams, on a copy of the furnished database; everybody of the directory has it in a chat."""
    shutil.copytree(furnished, folder, dirs_exist_ok=True)
    world = World(folder, phi, DemoClock(TUESDAY, speed=0), open=open, settings=settings)
    async with _serving(world.take) as url:
        world.service_url = f"{url}/amer/"
        await world.start()
        try:
            await world.install(*(one for one in world.people if one is not world.stranger))
            world.calls.clear()
            yield world
        finally:
            await world.stop()


@asynccontextmanager
async def _serving(take: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/amer/{path:.*}", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
