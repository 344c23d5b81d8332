"""The demo's web page: its files, its JSON routes and its socket, for a visitor who plays the people.

The contract with the page is `PAGE_API.md`. Only served on loopback: whoever can reach it can be anybody, so
every request must name a loopback host (against DNS rebinding) and, where a browser says so, come from one.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.demo import inputs
from handlers.demo.changes import Change
from handlers.demo.inputs import Spot
from handlers.demo.model import Json, Message, NotPossible, SlackError, View
from handlers.demo.outgoing import AppDidNotAnswer
from handlers.demo.page_json import Reader, bot_json, iso, person_json, view_json
from handlers.demo.people import Player, Upload

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

STATIC = Path(__file__).parent / "static"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SHOWN_IN_PAGE = {"image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "application/pdf"}
HOME_SECONDS = 2.0

Clock = Callable[[Json], Awaitable[Json]]


class Page:
    """The page's routes.

    Args:
        workspace: whose people the visitor plays.
        on_clock: turns the clock: takes the body of /page/clock, answers {"now": ISO time, "speed": number}.
        zone: the time zone that the page shows times in.
        speed: how fast the clock runs at first.
        static: the folder of the page's files.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        on_clock: Clock | None = None,
        zone: str = "America/Chicago",
        speed: float = 1,
        static: Path = STATIC,
    ) -> None:
        self.workspace, self.on_clock, self.zone, self.speed = workspace, on_clock, zone, speed
        self.static = static.resolve()
        self.read: dict[tuple[str, str], str] = {}
        self.sockets: set[web.WebSocketResponse] = set()

    def add_to(self, app: web.Application) -> None:
        app.middlewares.append(guard)
        app.on_shutdown.append(self.close)
        app.add_routes(
            [
                web.get("/page/state", self.state),
                web.get("/page/messages", self.messages),
                web.get("/page/file/{file}", self.file),
                web.get("/page/ws", self.socket),
                web.post("/page/say", self.say),
                web.post("/page/press", self.press),
                web.post("/page/view/submit", self.submit),
                web.post("/page/view/close", self.close_view),
                web.post("/page/suggest", self.suggest),
                web.post("/page/command", self.command),
                web.post("/page/shortcut", self.shortcut),
                web.post("/page/home", self.home),
                web.post("/page/clock", self.clock),
                web.post("/page/read", self.mark_read),
                web.get("/{path:.*}", self.asset),
            ]
        )

    async def close(self, app: web.Application) -> None:
        for socket in list(self.sockets):
            await socket.close()

    # --- Reading ---------------------------------------------------------------------------------

    async def state(self, request: web.Request) -> web.Response:
        workspace = self.workspace
        people = [self.visitor(person.id) for person in workspace.people.values()]
        body: Json = {
            "me": None,
            "people": people,
            "bot": bot_json(workspace),
            "channels": [],
            "view": None,
            "now": iso(workspace.clock()),
            "zone": self.zone,
            "speed": self.speed,
            "commands": [],
            "shortcuts": [],
        }
        if "as" in request.query:
            player = self.player(request.query["as"])
            reader = self.reader(player)
            body |= {"me": reader.me(), "channels": reader.channels(), "view": view_json(player.view)}
            body |= self.offered_to(player)
        return web.json_response(body)

    def visitor(self, user: str) -> Json:
        person = self.workspace.people[user]
        try:
            dm: str | None = self.workspace.dm(user).id
        except SlackError:
            dm = None
        return person_json(self.workspace, person) | {"dm": dm}

    def offered_to(self, player: Player) -> Json:
        """Commands and shortcuts: only there where the person's own workspace has the app."""
        try:
            player.own_installation()
        except NotPossible:
            return {"commands": [], "shortcuts": []}
        app = self.workspace.app
        return {
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in app.commands
            ],
            "shortcuts": [vars(one) for one in app.shortcuts],
        }

    async def messages(self, request: web.Request) -> web.Response:
        player = self.player(request.query.get("as", ""))
        reader, channel = self.reader(player), request.query.get("channel", "")
        if thread := request.query.get("thread"):
            found = player.thread(channel, thread)
        else:
            found = player.messages(channel)
            reader.mark_read(channel)
        return web.json_response({"messages": [reader.message(one) for one in found]})

    async def file(self, request: web.Request) -> web.Response:
        player = self.player(request.query.get("as", ""))
        file = self.workspace.files.get(request.match_info["file"])
        mine = {channel.id for channel in player.channels}
        if file is None or not (file.shared & mine or file.user == player.id):
            raise web.HTTPNotFound
        shown = "inline" if file.mimetype in SHOWN_IN_PAGE else "attachment"
        headers = {"Content-Disposition": f'{shown}; filename="{file.id}.{file.extension}"'}
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        path = (self.static / (request.match_info["path"] or "index.html")).resolve()
        if not path.is_relative_to(self.static) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path)

    # --- Doing -----------------------------------------------------------------------------------

    async def say(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        files = [upload(one) for one in body.get("files") or ()]
        thread = body.get("thread") or None
        message = await player.say(body["channel"], body.get("text") or "", thread, files)
        return web.json_response({"ok": True, "message": self.reader(player).message(message)})

    async def press(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        where = self.where(player, body)
        await self.enter(player, where, body.get("values") or {})
        spot = spot_at(where, body["block_id"], body["action_id"])
        if "selected" in body:
            await player.choose_and_tell(where, spot, body["selected"])
        else:
            await player.press_spot(where, spot, body.get("value"))
        return web.json_response({"ok": True})

    async def submit(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        view = self.where(player, body)
        if not isinstance(view, View):
            raise NotPossible("no such view")
        await self.enter(player, view, body.get("values") or {})
        done = await player.submit_view(view)
        if done.errors:
            return web.json_response({"ok": False, "errors": dict(done.errors)})
        return web.json_response({"ok": True, "action": done.action})

    async def close_view(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        view = self.where(player, body)
        if isinstance(view, View):
            await player.close_view(view, everything=bool(body.get("all")))
        return web.json_response({"ok": True, "view": view_json(player.view)})

    async def suggest(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        where = self.where(player, body)
        await self.enter(player, where, body.get("values") or {})
        spot = spot_at(where, body["block_id"], body["action_id"])
        return web.json_response(await player.suggest_at(where, spot, body.get("text") or ""))

    async def command(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        name, _, text = body["text"].strip().partition(" ")
        await player.slash(name, text.strip(), body["channel"])
        return web.json_response({"ok": True})

    async def shortcut(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        if body.get("ts"):
            message = self.where(player, body)
            if isinstance(message, Message):
                await player.message_shortcut(body["callback_id"], message)
        else:
            await player.global_shortcut(body["callback_id"])
        return web.json_response({"ok": True})

    async def home(self, request: web.Request) -> web.Response:
        """A home tab that was never published is waited for; one that was is shown at once and renewed."""
        _, player = await self.body(request)
        view = await player.home()
        if view is None:
            try:
                view = await self.workspace.until(lambda: self.workspace.modals.home(player.id), HOME_SECONDS)
            except TimeoutError:
                view = None
        return web.json_response({"ok": True, "view": view_json(view)})

    async def clock(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        if self.on_clock is None:
            raise NotPossible("this clock can't be turned")
        answer = await self.on_clock(body)
        self.speed = answer.get("speed", self.speed)
        self.workspace.changed(Change("clock"))
        return web.json_response({"ok": True, "now": answer["now"], "speed": self.speed})

    async def mark_read(self, request: web.Request) -> web.Response:
        body, player = await self.body(request)
        player.seen(body["channel"])
        self.reader(player).mark_read(body["channel"])
        return web.json_response({"ok": True})

    # --- The socket ------------------------------------------------------------------------------

    async def socket(self, request: web.Request) -> web.StreamResponse:
        player = self.player(request.query.get("as", ""))
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self.sockets.add(socket)
        telling = asyncio.create_task(self.tell(socket, player))
        try:
            async for _ in socket:
                pass
        finally:
            telling.cancel()
            self.sockets.discard(socket)
        return socket

    async def tell(self, socket: web.WebSocketResponse, player: Player) -> None:
        """Pushes everything that this person may see, as it happens."""
        reader = self.reader(player)
        with self.workspace.watch() as changes:
            while not socket.closed:
                change = await changes.get()
                if change.what == "clock":
                    now = iso(self.workspace.clock())
                    await socket.send_json({"type": "clock", "now": now, "speed": self.speed})
                for frame in reader.frames(change):
                    await socket.send_json(frame)

    # --- What a request names --------------------------------------------------------------------

    async def body(self, request: web.Request) -> tuple[Json, Player]:
        body = await json_body(request)
        return body, self.player(str(body.get("as", "")))

    def player(self, user: str) -> Player:
        if user not in self.workspace.people or not self.workspace.people[user].playable:
            raise web.HTTPForbidden(text="nobody by that name can be played")
        return self.workspace.person(user)

    def reader(self, player: Player) -> Reader:
        return Reader(self.workspace, player, self.read)

    def where(self, player: Player, body: Json) -> Message | View:
        """The message or view that a request is about."""
        if view_id := body.get("view_id"):
            modals = self.workspace.modals
            for view in (*modals.stacks[player.id], modals.home(player.id)):
                if view and view.id == view_id:
                    return view
            raise NotPossible("this view is no longer open")
        channel, ts = player.seen(body["channel"]).id, body["ts"]
        if body.get("ephemeral"):
            for message in player.ephemerals(channel):
                if message.ts == ts:
                    return message
        return self.workspace.message(channel, ts)

    async def enter(self, player: Player, where: Message | View, values: Json) -> None:
        """Takes over what the page holds in its fields; what is no longer in the view is dropped."""
        for spot in list(inputs.spots(where.blocks)):
            actions = values.get(spot.block_id) or {}
            if spot.type in inputs.VALUE_KEYS and spot.action_id in actions:
                value = actions[spot.action_id]
                if spot.type == "file_input":
                    value = [self.file_value(player, spot, one) for one in value or ()]
                await player.choose(where, spot, value)

    def file_value(self, player: Player, spot: Spot, given: Any) -> Json:
        if isinstance(given, str):
            return player.for_input(spot, self.workspace.files[given])
        return player.for_input(spot, upload(given))


def spot_at(where: Message | View, block_id: str, action_id: str) -> Spot:
    for spot in inputs.spots(where.blocks):
        if (spot.block_id, spot.action_id) == (block_id, action_id):
            return spot
    raise NotPossible("this is no longer there")


def upload(given: Json) -> Upload:
    return str(given["name"]), base64.b64decode(given["base64"])


async def json_body(request: web.Request) -> Json:
    """The body, which must be declared as JSON: no form of another site can send that."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = await request.json()
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


def loopback(address: str) -> bool:
    """Whether `host:port` or an origin names this machine."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
    except ValueError:
        return False
    return parts.hostname in LOOPBACK


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses what does not come from this machine, puts failures into words, and sets the headers."""
    origin = request.headers.get("Origin")
    if not loopback(request.headers.get("Host", "")) or (origin is not None and not loopback(origin)):
        raise web.HTTPForbidden(text="only from this machine")
    if request.path.split("/")[1] in ("api", "response", "upload", "files-pri", "link", "oauth"):
        return await handler(request)
    try:
        response = await handler(request)
    except web.HTTPException as failed:
        failed.headers.update(HEADERS)
        raise
    except AppDidNotAnswer:
        response = web.json_response({"ok": False, "error": "The app isn't responding."}, status=502)
    except (NotPossible, SlackError) as refused:
        response = web.json_response({"ok": False, "error": str(refused)}, status=400)
    except (KeyError, ValueError, TypeError, binascii.Error) as wrong:
        error = f"The request is incomplete or wrong: {type(wrong).__name__}"
        response = web.json_response({"ok": False, "error": error}, status=400)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
