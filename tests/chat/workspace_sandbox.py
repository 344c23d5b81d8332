"""What the embedded workspace's own tests are made of: a workspace with people, and apps to connect to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from handlers.demo.model import Channel, Person, Team
from handlers.demo.workspace import Workspace

SCOPES = [
    *("app_mentions:read", "chat:write", "commands", "reactions:write", "team:read"),
    *("channels:history", "groups:history", "im:history", "channels:read", "groups:read", "im:read"),
    *("users:read", "files:read", "files:write", "im:write"),
]
EVENTS = [
    *("app_mention", "message.channels", "message.groups", "message.im", "app_home_opened"),
    *("member_joined_channel", "tokens_revoked", "app_uninstalled"),
]


@dataclass
class Ticker:
    """A monotonic clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Receiver:
    """An app's request URL that takes down what arrives; answers with `statuses` in turn, then with 200.

    The first `slow` requests are not answered at all.
    """

    secret: str
    statuses: list[int] = field(default_factory=list)
    headers_back: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)
    slow: int = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        assert SignatureVerifier(self.secret).is_valid_request(body, dict(request.headers))
        payload = (
            await request.json() if request.content_type == "application/json" else dict(await request.post())
        )
        self.got.append((payload, dict(request.headers)))
        if len(self.got) <= self.slow:
            await asyncio.Event().wait()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers_back)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [payload["event"] for payload, _ in self.got if payload.get("type") == "event_callback"]


def manifest(**changes: Any) -> dict[str, Any]:
    """An app's manifest; `scopes` and `events` replace the whole lists."""
    return {
        "display_information": {"name": "Referral Bot"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Referral Bot"},
            "slash_commands": [
                {"command": "/refer", "description": "Send a patient", "usage_hint": "[text]"}
            ],
            "shortcuts": [
                {"type": "global", "name": "Send a patient", "callback_id": "new"},
                {"type": "message", "name": "Make this a referral", "callback_id": "from_message"},
            ],
        },
        "oauth_config": {"scopes": {"bot": changes.get("scopes", SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": changes.get("events", EVENTS)},
        },
    }


def new_workspace(**changes: Any) -> Workspace:
    """A practice, an office of another organisation in a connected channel, and an archived channel."""
    declared: dict[str, Any] = {
        "manifest": manifest(),
        "team": Team("T0PRAC", "Lakeside Cardiology", "lakeside"),
        "teams": [Team("T0OFFICE", "Elm Street Family Practice", "elmstreet")],
        "people": [
            Person("U0MARIA", "Maria Lopez", team="T0OFFICE", title="Referral specialist", side="office"),
            Person("U0TESS", "Tess Moore", title="Intake", side="practice", email="tess@example.com"),
            Person("U0RAJ", "Raj Patel", side="practice"),
        ],
        "channels": [
            Channel("C0INTAKE", "intake", members={"U0TESS", "U0RAJ"}),
            Channel(
                "C0ELM",
                "elm-street",
                members={"U0MARIA", "U0TESS"},
                connected=["T0OFFICE"],
                names={"T0OFFICE": "lakeside"},
            ),
            Channel("G0BOARD", "scoreboard", kind="group", members={"U0TESS"}),
            Channel("C0OLD", "old", members={"U0TESS"}, archived=True),
            Channel("C0OTHER", "other", members={"U0TESS"}),
        ],
        "bot_not_in": ["C0OTHER"],
        "retry_delays": (0.0, 0.0, 0.0),
    }
    return Workspace(**declared | changes)


def client_of(workspace: Workspace, token: str = "xoxb-0-embedded") -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=workspace.api_url, retry_handlers=[])


class served:
    """Serves one handler at /slack/events; gives its address."""

    def __init__(self, handler: Any) -> None:
        app = web.Application()
        app.router.add_post("/slack/events", handler)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()
