"""Slack's handlers over real HTTP, between the embedded workspace, a real store, and a desk that records."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from workspace_sandbox import new_workspace

from handlers.demo.workspace import Workspace
from handlers.slack import SlackPart, build_slack
from referral_bot.cards.elements import Button, Buttons, Card, Form, Option, Text, TextField
from referral_bot.desk.turn import Account, FormAnswer, Message, Outcome, Press
from referral_bot.store import Result, Store, Transaction
from storage import open_store

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MANIFEST: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "app_manifest.yaml").read_text(encoding="utf-8")
)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class RecordingDesk:
    """Notes what it is asked, and answers what a test has laid out for it."""

    outcome: Outcome = field(default_factory=Outcome)
    found: tuple[Option, ...] = ()
    heard: list[tuple[Account, Message]] = field(default_factory=list)
    pressed: list[tuple[Account, Press]] = field(default_factory=list)
    submitted: list[tuple[Account, FormAnswer]] = field(default_factory=list)
    asked: list[tuple[Account, str, str]] = field(default_factory=list)
    homes: list[Account] = field(default_factory=list)

    def hear(self, tx: Transaction, account: Account, message: Message, now: datetime) -> Outcome:
        assert now == NOW
        self.heard.append((account, message))
        return self.outcome

    def press(self, tx: Transaction, account: Account, press: Press, now: datetime) -> Outcome:
        self.pressed.append((account, press))
        return self.outcome

    def submit(self, tx: Transaction, account: Account, answer: FormAnswer, now: datetime) -> Outcome:
        self.submitted.append((account, answer))
        return self.outcome

    def suggest(
        self, tx: Transaction, account: Account, source: str, typed: str, now: datetime
    ) -> tuple[Option, ...]:
        self.asked.append((account, source, typed))
        return self.found

    def home(self, tx: Transaction, account: Account, now: datetime) -> Card:
        self.homes.append(account)
        return Card("Home", "Your referrals", (Buttons((Button("Send a patient", "refer", "", "now"),)),))


class FlakyStore:
    """The real store, which fails as often as a test says, with words in its error that nobody may see."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failures = 0

    def transact(self, use_case: Callable[[Transaction], Result]) -> Future[Result]:
        if not self.failures:
            return self._store.transact(use_case)
        self.failures -= 1
        failed: Future[Result] = Future()
        failed.set_exception(OSError("disk full while keeping Ana Ruiz"))
        return failed

    def close(self) -> None:
        self._store.close()


@dataclass
class Rig:
    """The parts of a test, joined."""

    workspace: Workspace
    desk: RecordingDesk
    store: FlakyStore
    slack: SlackPart
    url: str
    woken: list[None] = field(default_factory=list)

    async def post_card(self, card: Card, channel: str = "C0ELM", root: str | None = None) -> Any:
        """A card in a channel, as the outbox posts it; returns the workspace's message."""
        ts = await self.slack.sender.send(outgoing(card=card, channel=channel, root=root))
        return self.workspace.message(channel, ts)


def outgoing(**changes: Any) -> Any:
    """A row of the outbox as it leaves."""
    from referral_bot.desk.delivery import Outgoing

    row: dict[str, Any] = {
        "id": "a" * 32,
        "platform": "slack",
        "tenant": "T0PRAC",
        "channel": "C0ELM",
        "account": "",
        "root": None,
        "update": None,
        "card": None,
        "file": None,
        "fetch": None,
        "retry": False,
    }
    return Outgoing(**row | changes)


def card(text: str = "Hello", *buttons: Button) -> Card:
    return Card("Something for you", elements=(Text(text), *((Buttons(buttons),) if buttons else ())))


def form(action: str = "edit", title: str = "Edit referral") -> Form:
    return Form(action, "r1", title, (TextField("notes", "Notes", optional=True),), "Save", "v1")


@asynccontextmanager
async def rigged(
    *, secret: str | None = None, app_token: str | None = None, **changes: Any
) -> AsyncIterator[Rig]:
    """A rig with the app as its manifest declares it, installed in the practice's workspace.

    `secret` is the signing secret that the bot was given, if it isn't the workspace's; with an `app_token`
    it uses Socket Mode.
    """
    workspace = new_workspace(manifest=copy.deepcopy(MANIFEST), **changes)
    store = FlakyStore(open_store("sqlite://"))
    desk = RecordingDesk()
    woken: list[None] = []
    async with workspace.serve():
        slack = build_slack(
            signing_secret=workspace.signing_secret if secret is None else secret,
            bot_token="xoxb-0-embedded",
            api_url=workspace.api_url,
            desk=desk,
            store=store,
            clock=FixedClock(),
            wake=lambda: woken.append(None),
            app_token=app_token,
        )
        app = web.Application()
        app.add_routes(slack.routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        workspace.connect(url)
        await slack.start()
        try:
            yield Rig(workspace, desk, store, slack, url, woken)
        finally:
            await runner.cleanup()
            await slack.stop()
            store.close()
