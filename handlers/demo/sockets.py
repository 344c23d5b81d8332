"""Socket Mode: the app connects to the workspace, and everything is sent to it over that socket.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from handlers.demo.model import Json, SlackError

if TYPE_CHECKING:
    from handlers.demo.faults import Call
    from handlers.demo.workspace import Workspace

ACCEPTS_RESPONSE = {"interactive", "slash_commands"}


@dataclass(frozen=True)
class Answer:
    """What the app answered: parsed JSON, a text, or None for an empty body."""

    body: Any


class Sockets:
    """The app's open sockets; each envelope goes to one of them, in turn."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.connected: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._acks: dict[str, asyncio.Future[Json]] = {}
        self._turn = count()

    def ticket(self) -> str:
        """An address for one connection, as apps.connections.open gives it."""
        ticket = self.workspace.next_id("ticket")
        self._tickets.add(ticket)
        base = self.workspace.url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self.workspace.app.id}"

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Holds one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connected) + 1,
                "debug_info": {"host": "applink", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": self.workspace.app.id},
            }
        )
        self.connected.append(socket)
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self.acknowledged(json.loads(message.data))
        finally:
            self.connected.remove(socket)
        return socket

    def acknowledged(self, ack: Json) -> None:
        waiting = self._acks.pop(ack.get("envelope_id", ""), None)
        if waiting and not waiting.done():
            waiting.set_result(ack)

    async def send(self, call: Call, kind: str, payload: Json, attempt: int, extra: dict[str, str]) -> Answer:
        """Sends one envelope and waits for its acknowledgement; the caller bounds the wait."""
        envelope_id = self.workspace.next_id("env-")
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind in ACCEPTS_RESPONSE,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": extra.get("X-Slack-Retry-Reason", "")}
        self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        socket = self.connected[next(self._turn) % len(self.connected)]
        try:
            await socket.send_json(envelope)
            ack = await self._acks[envelope_id]
        finally:
            self._acks.pop(envelope_id, None)
        call.status, call.answer = 200, ack.get("payload")
        return Answer(call.answer)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tells every socket to come back, as Slack does from time to time, and closes it."""
        for socket in list(self.connected):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}
            )
            await socket.close()

    async def close(self) -> None:
        for socket in list(self.connected):
            await socket.close()


def check_app_token(workspace: Workspace, token: str) -> None:
    """Raises: SlackError not_allowed_token_type, invalid_auth."""
    if token.startswith("xoxb-"):
        raise SlackError("not_allowed_token_type")
    if token != workspace.app_token:
        raise SlackError("invalid_auth")
