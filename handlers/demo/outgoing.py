"""What is sent to the app: events, interactions, commands, options; over HTTP, signed, or over Socket Mode.

Sources: https://docs.slack.dev/apis/events-api (retries), …/authentication/verifying-requests-from-slack,
…/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from handlers.demo import events
from handlers.demo.changes import Change
from handlers.demo.faults import Call
from handlers.demo.manifest import EVENT_SCOPES
from handlers.demo.model import Channel, Installation, Json
from handlers.demo.sockets import Answer, Sockets

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class AppDidNotAnswer(Exception):
    """The app did not answer in time, or not with 200: what Slack shows as a warning sign.

    Attributes:
        reason: "http_timeout", "connection_failed" or "http_error", as in X-Slack-Retry-Reason.
        status: of the answer, if there was one.
        no_retry: it asked not to be sent this again (X-Slack-No-Retry).
    """

    def __init__(self, reason: str, status: int | None = None, *, no_retry: bool = False) -> None:
        super().__init__(f"the app did not answer: {reason}" + (f" {status}" if status else ""))
        self.reason, self.status, self.no_retry = reason, status, no_retry


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's X-Slack-Signature."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Outgoing:
    """Delivers to the app's request URL, or to its socket while one is connected."""

    def __init__(self, workspace: Workspace, retry_delays: Sequence[float], deadline: float) -> None:
        self.workspace = workspace
        self.retry_delays, self.deadline = tuple(retry_delays), deadline
        self.request_url = ""
        self.sockets = Sockets(workspace)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))

    async def stop(self) -> None:
        """Gives up what is still under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.close()
        if self._session:
            await self._session.close()

    async def settled(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- Events ----------------------------------------------------------------------------------

    def event(self, installation: Installation, event: Json, channel: Channel | None = None) -> None:
        """Sends an event if the app subscribes to it and holds the scope for it; returns at once."""
        name = events.subscription(event)
        scope = EVENT_SCOPES.get(name)
        if name not in self.workspace.app.events or (scope and scope not in installation.scopes):
            return
        self.start_task(self.deliver(events.envelope(self.workspace, installation, event, channel)))

    def again(self, call: Call) -> None:
        """Delivers an event once more, as it was: what Slack does when it is not sure."""
        self.start_task(self.deliver(call.payload))

    def start_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def deliver(self, payload: Json) -> None:
        """Until it is answered with 200, or all retries are spent."""
        headers: dict[str, str] = {}
        for attempt, delay in enumerate([0.0, *self.retry_delays]):
            if attempt:
                await asyncio.sleep(delay)
            try:
                await self.send(payload["event"]["type"], "events_api", payload, headers, attempt)
            except AppDidNotAnswer as failed:
                if failed.no_retry:
                    return
                headers = {"X-Slack-Retry-Num": str(attempt + 1), "X-Slack-Retry-Reason": failed.reason}
            else:
                return

    # --- Interactions ----------------------------------------------------------------------------

    async def interaction(self, payload: Json) -> Answer:
        """Raises: AppDidNotAnswer. Interactions are not repeated."""
        return await self.send(str(payload["type"]), "interactive", payload)

    async def command(self, payload: Json) -> Answer:
        """Raises: AppDidNotAnswer."""
        return await self.send("command", "slash_commands", payload)

    async def verify(self) -> None:
        """Asks the request URL for the challenge, as Slack does when the URL is entered.

        Raises:
            AppDidNotAnswer: it answered wrongly or not at all.
        """
        challenge = {"token": "verification-token", "challenge": "a-challenge", "type": "url_verification"}
        answer = await self.send("url_verification", "events_api", challenge)
        given = answer.body.get("challenge") if isinstance(answer.body, dict) else answer.body
        if given != challenge["challenge"]:
            raise AppDidNotAnswer("http_error", 200)

    # --- On the wire -----------------------------------------------------------------------------

    async def send(
        self, name: str, kind: str, payload: Json, extra: dict[str, str] | None = None, attempt: int = 0
    ) -> Answer:
        """Sends once and records it.

        Raises:
            AppDidNotAnswer: no answer in time, or another status than 200.
        """
        call = Call("out", name, payload, datetime.now(UTC), attempt=attempt)
        self.workspace.calls.append(call)
        try:
            async with asyncio.timeout(self.deadline):
                if self.sockets.connected:
                    return await self.sockets.send(call, kind, payload, attempt, extra or {})
                return await self.over_http(call, kind, payload, extra or {})
        except TimeoutError:
            raise AppDidNotAnswer("http_timeout") from None
        except (aiohttp.ClientError, OSError):
            raise AppDidNotAnswer("connection_failed") from None
        finally:
            self.workspace.changed(Change("request"))

    async def over_http(self, call: Call, kind: str, payload: Json, extra: dict[str, str]) -> Answer:
        if self._session is None or not self.request_url:
            raise AppDidNotAnswer("connection_failed")
        body, content_type = encoded(kind, payload)
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.workspace.signing_secret, timestamp, body),
            **extra,
        }
        async with self._session.post(
            self.request_url, data=body, headers=headers, allow_redirects=False
        ) as response:
            text = await response.text()
            call.status = response.status
            call.answer = parsed(text, response.content_type)
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        if call.status != 200:
            raise AppDidNotAnswer("http_error", call.status, no_retry=no_retry)
        return Answer(call.answer)


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and its type: events as JSON, interactions as a form with `payload`, commands as a form."""
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON_TYPE
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), FORM_TYPE


def parsed(text: str, content_type: str) -> Any:
    if not text.strip():
        return None
    if content_type == JSON_TYPE:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
