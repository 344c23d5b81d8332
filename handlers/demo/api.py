"""The Web API over HTTP: who calls, may they, what goes wrong on purpose, and what is answered.

The methods themselves are in `methods_chat`, `methods_places` and `methods_views`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from handlers.demo.changes import Change
from handlers.demo.faults import Call, Fault
from handlers.demo.methods import Caller, Method
from handlers.demo.methods_chat import CHAT
from handlers.demo.methods_files import FILES, may_read
from handlers.demo.methods_places import PLACES
from handlers.demo.methods_views import VIEWS
from handlers.demo.model import File, Json, SlackError
from handlers.demo.sockets import check_app_token

if TYPE_CHECKING:
    from handlers.demo.page import Page
    from handlers.demo.workspace import Workspace

METHODS: dict[str, Method] = {**CHAT, **PLACES, **VIEWS, **FILES}
JSON_ENCODED = ("blocks", "attachments", "metadata", "view", "files")
MOST_BODY = 64 * 1024 * 1024
SIGN_IN = "<!DOCTYPE html><title>Sign in | Slack</title>"


@asynccontextmanager
async def serve(workspace: Workspace, host: str, port: int, page: Page | None) -> AsyncIterator[str]:
    """Serves until the block is left; yields the base address."""
    app = web.Application(client_max_size=MOST_BODY)
    server = Server(workspace)
    app.add_routes(server.routes())
    if page:
        page.add_to(app)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    await workspace.outgoing.start()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        workspace.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        yield workspace.url
    finally:
        server.closing.set()
        await workspace.outgoing.stop()
        await runner.cleanup()


class Server:
    """The HTTP face of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/api/{method}", self.call),
            web.post("/response/{team}/{key}", self.response_url),
            web.post("/upload/{file}", self.upload),
            web.get("/files-pri/{file}/download/{name}", self.download),
            web.get("/files-pri/{file}/{name}", self.download),
            web.get("/link/", self.workspace.outgoing.sockets.connect),
            web.get("/oauth/v2/authorize", self.authorize),
        ]

    # --- Methods ---------------------------------------------------------------------------------

    async def call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = await arguments_of(request)
        token = arguments.pop("token", None) or bearer(request)
        return await self.run(request, name, arguments, lambda: self.method(request, name, token, arguments))

    async def run(
        self, request: web.Request, name: str, payload: Json, work: Callable[[], Any]
    ) -> web.StreamResponse:
        """Carries out one request of the app, with the fault that waits for it, and records it."""
        call = Call("in", name, payload, datetime.now(UTC), fault=self.workspace.faults.take(name))
        self.workspace.calls.append(call)
        try:
            fault = call.fault
            if fault and fault.kind == "drop_before":
                return drop(request)
            if fault and fault.kind in ("status", "error"):
                call.status = fault.status
                call.answer = {"ok": False, "error": fault.code} if fault.code else "Internal Server Error"
                return refused(fault)
            call.status, call.answer, headers = self.outcome(work)
            return await self.finished(request, call, headers)
        finally:
            self.workspace.changed(Change("request"))

    def outcome(self, work: Callable[[], Any]) -> tuple[int, Any, Mapping[str, str]]:
        try:
            return 200, work(), {}
        except SlackError as error:
            answer = {"ok": False, "error": error.code, **error.more}
            return error.status, answer, error.headers

    async def finished(
        self, request: web.Request, call: Call, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        fault = call.fault
        if fault and fault.kind == "drop_after":
            return drop(request)
        if fault and fault.kind == "hang":
            try:
                async with asyncio.timeout(fault.seconds):
                    await self.closing.wait()
            except TimeoutError:
                pass
        if fault and fault.kind == "garbage":
            return web.Response(text='{"ok": tr', content_type="application/json")
        if isinstance(call.answer, web.Response):
            response, call.answer = call.answer, {"ok": call.answer.content_type != "text/html"}
            return response
        if isinstance(call.answer, str):
            return web.Response(text=call.answer, status=call.status or 200, headers=headers)
        return web.json_response(call.answer, status=call.status or 200, headers=headers)

    def method(self, request: web.Request, name: str, token: str | None, arguments: Json) -> Any:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if method.takes == "none":
            return method.run(self.workspace, Caller.nobody(request), arguments)
        if not token:
            raise SlackError("not_authed")
        if method.takes == "app":
            check_app_token(self.workspace, token)
            return method.run(self.workspace, Caller.nobody(request), arguments)
        caller = Caller(self.workspace.installation_by_token(token), request)
        if method.scopes:
            caller.needs(*method.scopes)
        return method.run(self.workspace, caller, arguments)

    # --- What is not a method --------------------------------------------------------------------

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        payload = await arguments_of(request)

        def work() -> str:
            self.workspace.response_urls.use(key, payload)
            return "ok"

        return await self.run(request, "response_url", payload, work)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        file = self.workspace.files.get(request.match_info["file"])
        content = await uploaded(request)

        def work() -> str:
            if file is None or file.complete:
                raise SlackError("file_not_found", status=404)
            file.content = content
            return f"OK - {len(content)}"

        return await self.run(request, "upload", {"size": len(content)}, work)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A private file. Whoever may not have it gets the sign-in page with status 200, as from Slack."""
        file_id = request.match_info["file"].rpartition("-")[2]
        file, token = self.workspace.files.get(file_id), bearer(request) or ""

        def work() -> web.Response:
            if file and self.may_download(token, file):
                return web.Response(body=file.content, content_type=file.mimetype)
            return web.Response(text=SIGN_IN, content_type="text/html")

        return await self.run(request, "download", {"file": file_id}, work)

    def may_download(self, token: str, file: File) -> bool:
        try:
            installation = self.workspace.installation_by_token(token)
        except SlackError:
            return False
        return "files:read" in installation.scopes and may_read(self.workspace, installation, file)

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """Somebody of `team` says yes to installing the app: back to the redirect address with a code."""
        team = request.query.get("team", self.workspace.team.id)
        back, state = request.query.get("redirect_uri", ""), request.query.get("state", "")
        raise web.HTTPFound(f"{back}?code={self.workspace.oauth_code(team)}&state={state}")


async def arguments_of(request: web.Request) -> Json:
    """Arguments from the query and the body, be it JSON or a form whose structured values are JSON."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise web.HTTPOk(
                text='{"ok":false,"error":"invalid_json"}', content_type="application/json"
            ) from None
        return found | (body if isinstance(body, dict) else {})
    if request.method == "POST":
        found |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in JSON_ENCODED:
        if isinstance(found.get(name), str):
            try:
                found[name] = json.loads(found[name])
            except ValueError:
                found[name] = None if not found[name] else found[name]
    return found


async def uploaded(request: web.Request) -> bytes:
    """The content of an upload: the body itself, or the one file of a multipart form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def drop(request: web.Request) -> web.Response:
    """Breaks the connection."""
    if request.transport:
        request.transport.abort()
    return web.Response()


def refused(fault: Fault) -> web.Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    if fault.code:
        return web.json_response({"ok": False, "error": fault.code}, status=fault.status, headers=headers)
    return web.Response(text="Internal Server Error", status=fault.status, headers=headers)
