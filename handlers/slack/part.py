"""Slack as one part of the program: the app that listens, its route, and the sender of the outbox."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from typing import Final

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from handlers.background import Background
from handlers.clock import Clock
from handlers.slack.listeners import Listeners, register
from handlers.slack.replies import DirectMessages, Replies
from handlers.slack.sender import SlackSender
from handlers.turns import Desk, Turns
from referral_bot.store import Store

log = structlog.get_logger()

PATH: Final = "/slack/events"
CALL_SECONDS: Final = 15.0
"""The longest that a call of Slack may take."""
GOODBYE_SECONDS: Final = 2.0
"""How long private answers may still take when the program ends."""


class SlackPart:
    """Between `start` and `stop` it serves. `routes` go into the web application, `sender` to the outbox."""

    def __init__(
        self,
        app: AsyncApp,
        routes: Sequence[web.AbstractRouteDef],
        sender: SlackSender,
        client: AsyncWebClient,
        background: Background,
        app_token: str | None,
    ) -> None:
        self.app = app
        self.routes = routes
        self.sender = sender
        self._client = client
        self._background = background
        self._app_token = app_token
        self._socket: SocketModeClient | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the connections on the running loop; in Socket Mode, keep trying until Slack is there."""
        self._client.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))
        if self._app_token:
            self._socket = AsyncSocketModeHandler(self.app, self._app_token, logger=_places_only()).client
            self._connecting = asyncio.create_task(self._socket.connect(), name="slack-socket")  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """Hear nothing more, give back what is under way, and close the connections."""
        if self._socket is not None:
            await self._socket.close()  # type: ignore[no-untyped-call]
        if self._connecting is not None:
            self._connecting.cancel()
        await self._background.finish(GOODBYE_SECONDS)
        if self._client.session is not None:
            await self._client.session.close()


def build_slack(
    *,
    signing_secret: str,
    bot_token: str,
    api_url: str,
    desk: Desk,
    store: Store,
    clock: Clock,
    wake: Callable[[], None],
    app_token: str | None = None,
) -> SlackPart:
    """Slack for one workspace. `wake` says that the outbox may hold something; `app_token`: Socket Mode.

    Without a `signing_secret`, as Socket Mode allows, the route refuses everything.
    """
    # One client for all: no request waits for a new one, and none is ever sent twice.
    client = AsyncWebClient(bot_token, base_url=api_url, logger=_silence(), retry_handlers=[])
    direct = DirectMessages(client)
    background = Background()
    app = _app(bot_token, client)
    turns = Turns(desk, store, clock, wake)
    register(app, Listeners(turns, client, Replies(client, direct), direct, background))
    routes = [web.post(PATH, _Receiver(app, signing_secret).receive)]
    return SlackPart(app, routes, SlackSender(client, direct), client, background, app_token)


def _app(bot_token: str, client: AsyncWebClient) -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    app = AsyncApp(
        name="referral-bot",
        logger=client.logger,
        client=client,
        authorize=authorize,
        # Bolt would else answer before the listener has run, and wait for its answer in steps of 10 ms.
        process_before_response=True,
        # The receiver verifies, and the listeners ignore what bots say.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        # Bolt would else log the whole body.
        raise_error_for_unhandled_request=True,
    )
    app.error(_failed)
    return app


async def _failed(error: Exception) -> BoltResponse:
    """What Slack is answered where a listener raised: nothing of it, and to bring an event again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=404, body="")
    log.error("slack_request_failed", exc_info=error)
    return BoltResponse(status=500, body="")


def _silence() -> logging.Logger:
    """A logger for Bolt and slack_sdk that says nothing: what they log holds whole requests and answers."""
    logger = logging.getLogger("handlers.slack.silenced")
    logger.disabled = True
    # Both copy the level to loggers of their own, and build what they would log unless it is high.
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _places_only() -> logging.Logger:
    """The Socket Mode client's logger, at a level at which it puts no messages together."""
    logger = logging.getLogger("slack_sdk.socket_mode")
    logger.setLevel(logging.WARNING)
    return logger


class _Receiver:
    """What arrives at the route: verified before anything else looks at it."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None

    async def receive(self, request: web.Request) -> web.Response:
        """Pass a request of Slack on to the app; refuse one that isn't Slack's or can't be read."""
        body = await request.read()
        try:
            text = body.decode()
            if not self._is_slacks(request, text):
                return web.Response(status=401)
            bolt_request = AsyncBoltRequest(
                body=text,
                query=request.query_string,
                headers=request.headers,  # type: ignore[arg-type]  # as Bolt's own adapter does
            )
        except (ValueError, RecursionError, AttributeError, TypeError):
            # not text, not JSON, or nothing of the shape that Bolt looks into
            return web.Response(status=400)
        return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))

    def _is_slacks(self, request: web.Request, body: str) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        # The verifier raises for a timestamp that is no number, and for a signature that isn't ASCII.
        if self._verifier is None or not re.fullmatch("[0-9]{1,15}", timestamp) or not signature.isascii():
            return False
        return self._verifier.is_valid(body, timestamp, signature)
