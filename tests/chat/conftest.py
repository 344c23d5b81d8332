"""Fixtures: the whole bot, and for the embedded workspace's own tests those that begin with `sandbox`."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web
from bot import WholeBot, furnish, whole_bot
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from teams_world import World, furnish_teams, teams_world
from workspace_sandbox import Receiver, Ticker, client_of, new_workspace, served

from handlers.demo.workspace import Workspace
from handlers.logs import configure_logs


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds the example directory, to be copied."""
    folder = tmp_path_factory.mktemp("furnished")
    furnish(folder)
    return folder


@pytest.fixture
def phi() -> str:
    """The bot's PHI_MODE; a test that wants the other one parametrizes it."""
    return "minimal"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that the bot logs, at the level that says most."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    configure_logs("DEBUG", stream)
    yield stream
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
async def bot(tmp_path: Path, furnished: Path, phi: str, logs: io.StringIO) -> AsyncIterator[WholeBot]:
    async with whole_bot(tmp_path, furnished, phi) as running:
        yield running


@pytest.fixture
def sandbox_ticker() -> Ticker:
    return Ticker()


@pytest.fixture
async def sandbox(sandbox_ticker: Ticker) -> AsyncIterator[Workspace]:
    workspace = new_workspace(monotonic=sandbox_ticker)
    async with workspace.serve():
        yield workspace


@pytest.fixture
def sandbox_client(sandbox: Workspace) -> AsyncWebClient:
    return client_of(sandbox)


@pytest.fixture
async def sandbox_receiver(sandbox: Workspace) -> AsyncIterator[Receiver]:
    receiver = Receiver(sandbox.signing_secret)
    async with served(receiver.take) as url:
        sandbox.connect(url)
        yield receiver


@pytest.fixture
async def sandbox_app(sandbox: Workspace) -> AsyncIterator[AsyncApp]:
    """A Bolt app over HTTP, connected; tests register their own listeners."""
    app = AsyncApp(
        client=client_of(sandbox), signing_secret=sandbox.signing_secret, process_before_response=True
    )

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with served(take) as url:
        sandbox.connect(url)
        yield app


@pytest.fixture(scope="session")
def furnished_teams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds the example directory moved to Teams, to be copied."""
    folder = tmp_path_factory.mktemp("furnished-teams")
    furnish_teams(folder)
    return folder


@pytest.fixture
async def world(tmp_path: Path, furnished_teams: Path, phi: str, logs: io.StringIO) -> AsyncIterator[World]:
    """The bot in Teams."""
    async with teams_world(tmp_path, furnished_teams, phi) as running:
        yield running


@pytest.fixture
async def playground(
    tmp_path: Path, furnished_teams: Path, phi: str, logs: io.StringIO
) -> AsyncIterator[World]:
    """The bot as it speaks with Microsoft's Playground: nothing is signed, and there are no dialogs."""
    async with teams_world(tmp_path, furnished_teams, phi, open=True) as running:
        yield running
