"""`referral-bot serve` and `demo` as processes: started, spoken to, told to stop, started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from handlers.demo.cast import cast
from handlers.demo.faults import hang
from handlers.demo.model import Message
from handlers.demo.run import demo
from handlers.demo.tell import tell
from handlers.demo.workspace import Workspace
from handlers.shipped import EXAMPLE, MANIFEST, shipped
from referral_bot.directory import read_directory
from referral_bot.model import OutboxStatus
from storage import open_store

OFFICE = "C0LAKESIDE"
REFERRAL = (
    "@Referral Bot please see Gwendolyn Ashcombe, dob 08/21/1955, cell 414-555-0101, Humana PPO. "
    "Member H55512034. Cardiology, palpitations, routine."
)
IDENTIFIERS = ("Gwendolyn", "Ashcombe", "1955", "555-0101", "5550101", "H55512034", "palpitations")
SOON = 30.0


class Served:
    """A `referral-bot serve` that runs."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url
        self.logged = ""

    async def stop(self) -> int:
        """Tell it to end as a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 10)

    async def status(self, path: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    players = cast(read_directory(shipped(EXAMPLE).read_text("utf-8")))
    made = Workspace(
        manifest=yaml.safe_load(shipped(MANIFEST).read_text("utf-8")),
        team=players.team,
        teams=players.teams,
        people=players.people,
        channels=players.channels,
        retry_delays=(0.0, 0.2, 0.5),
    )
    async with made.serve():
        yield made


def settings(workspace: Workspace, folder: Path, **more: str) -> dict[str, str]:
    """The environment of the process: nothing of this one's but what Python needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "SLACK_BOT_TOKEN": workspace.installations[workspace.team.id].token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "PORT": str(free_port()),
        "LOG_LEVEL": "DEBUG",
        **more,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def start(*arguments: str, environment: dict[str, str], folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "handlers.cli",
        *arguments,
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def finished(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """The exit code and what was said on standard error."""
    _, said = await asyncio.wait_for(process.communicate(), SOON)
    return process.returncode, said.decode()


@asynccontextmanager
async def serving(workspace: Workspace, folder: Path, **more: str) -> AsyncIterator[Served]:
    environment = settings(workspace, folder, **more)
    process = await start("serve", environment=environment, folder=folder)
    served = Served(process, f"http://127.0.0.1:{environment['PORT']}")
    assert process.stderr is not None
    try:
        while "started" not in (line := (await asyncio.wait_for(process.stderr.readline(), SOON)).decode()):
            assert line, "it ended before it had started"
            served.logged += line
        workspace.connect(f"{served.url}/slack/events")
        yield served
    finally:
        if process.returncode is None:
            process.kill()
        served.logged += (await process.stderr.read()).decode()
        await process.wait()


@pytest.fixture
async def folder(workspace: Workspace, tmp_path: Path) -> Path:
    environment = settings(workspace, tmp_path)
    process = await start("import", str(shipped(EXAMPLE)), environment=environment, folder=tmp_path)
    assert await finished(process) == (0, "")
    return tmp_path


def replies(workspace: Workspace, parent: Message) -> list[Message]:
    return [message for message in workspace.thread(OFFICE, parent.ts) if message.bot]


def answered(workspace: Workspace, parent: Message) -> Callable[[], list[Message]]:
    return lambda: [message for message in replies(workspace, parent) if "Submit" in message.plain]


async def test_it_serves_until_told_to_stop_and_goes_on_where_it_was(
    workspace: Workspace, folder: Path
) -> None:
    maria = workspace.person("U0MARIA")
    async with serving(workspace, folder) as served:
        assert await served.status("/healthz") == 200
        assert await served.status("/readyz") == 200
        assert await served.status("/metrics") == 200
        said = await maria.say(OFFICE, REFERRAL)
        await workspace.until(answered(workspace, said), timeout=SOON)
        await workspace.settled()
        assert await served.stop() == 0
    before = len(replies(workspace, said))
    async with serving(workspace, folder) as served:
        (card,) = answered(workspace, said)()
        await maria.press(card, "Discard")
        await workspace.until(lambda: "Submit" not in replies(workspace, said)[0].plain, timeout=SOON)
        await workspace.settled()
        assert await served.stop() == 0
    assert len(replies(workspace, said)) <= before + 1, "nothing was posted a second time"


async def test_a_send_under_way_is_finished_before_it_ends(workspace: Workspace, folder: Path) -> None:
    maria = workspace.person("U0MARIA")
    workspace.faults.next("chat.postMessage", hang(1.0))
    async with serving(workspace, folder) as served:
        said = await maria.say(OFFICE, REFERRAL)
        await workspace.until(answered(workspace, said), timeout=SOON)
        assert await served.stop() == 0
    store = open_store(f"sqlite:///{folder / 'bot.db'}")
    thread = store.transact(lambda tx: tx.thread_at("slack", OFFICE, said.ts)).result()
    assert thread is not None
    rows = store.transact(lambda tx: tx.outbox(thread.id)).result()
    store.close()
    assert OutboxStatus.SENDING not in [row.status for row in rows]
    assert rows[0].status is OutboxStatus.SENT


async def test_no_identifier_of_a_patient_is_logged_at_any_level(workspace: Workspace, folder: Path) -> None:
    maria = workspace.person("U0MARIA")
    async with serving(workspace, folder, PHI_MODE="full", PHI_BAA="Priya Shah, 2026-11-24") as served:
        said = await maria.say(OFFICE, REFERRAL)
        await workspace.until(answered(workspace, said), timeout=SOON)
        await maria.say(OFFICE, "cell is 414-555-0102 and she is Gwendolyn Ashcombe", thread_ts=said.ts)
        await workspace.settled()
        async with aiohttp.ClientSession() as session:
            await session.post(f"{served.url}/slack/events", data=b"Gwendolyn Ashcombe")
            async with session.get(f"{served.url}/metrics") as answer:
                metrics = await answer.text()
        assert await served.stop() == 0
    lines = served.logged.splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert [word for word in IDENTIFIERS if word in served.logged + metrics] == []


@pytest.mark.parametrize(
    ("more", "code", "mend"),
    [
        ({"PHI_MODE": "none"}, 2, "PHI_MODE=minimal"),
        ({"PHI_MODE": "full"}, 2, "PHI_BAA"),
        ({"SLACK_BOT_TOKEN": ""}, 2, "SLACK_BOT_TOKEN"),
        ({"REFERRAL_BOT_KEYS": "nonsense"}, 1, "keys new"),
        ({"HOST": "203.0.113.1"}, 1, "HOST"),
    ],
)
async def test_a_start_that_cannot_be_is_refused_with_a_sentence(
    workspace: Workspace, tmp_path: Path, more: dict[str, str], code: int, mend: str
) -> None:
    environment: dict[str, Any] = settings(workspace, tmp_path, **more) | {"LOG_LEVEL": "WARNING"}
    process = await start("serve", environment=environment, folder=tmp_path)
    ended, said = await finished(process)
    assert ended == code
    assert mend in said
    assert said.count("\n") == 1


# ---------------------------------------------------------------- the demo


@pytest.mark.parametrize("phi", ["full", "minimal"])
async def test_the_demo_tells_one_referral_to_its_end(tmp_path: Path, phi: str) -> None:
    environment = {"PATH": os.environ["PATH"], "SLACK_APP_TOKEN": "xapp-of-somebody-else"}
    process = await start("demo", "--tell", "--phi", phi, environment=environment, folder=tmp_path)
    told, said = await asyncio.wait_for(process.communicate(), 120)
    assert (process.returncode, said.decode()) == (0, "")
    assert "is closed" in told.decode().splitlines()[-1]
    assert ("309-555-0123" in told.decode().partition("Discard")[2]) is (phi == "full")


@pytest.mark.parametrize(
    "today",
    [
        datetime(2026, 11, 25, 16, tzinfo=UTC),  # the day before a holiday
        datetime(2026, 11, 27, 16, tzinfo=UTC),  # a Friday
        datetime(2026, 10, 30, 16, tzinfo=UTC),  # the clocks go back on Sunday
    ],
)
async def test_it_can_be_told_on_any_day(today: datetime) -> None:
    lines: list[str] = []
    async with demo(today=today, seed=1) as running:
        await tell(running, lines.append)
        assert list(running.workspace.calls.failed()) == []
    assert any("Coming up" in line for line in lines)


async def test_the_demo_serves_its_page_until_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    environment = {"PATH": os.environ["PATH"]}
    process = await start("demo", "--port", str(port), environment=environment, folder=tmp_path)
    assert process.stdout is not None
    greeting = (await asyncio.wait_for(process.stdout.readline(), SOON)).decode()
    assert f"http://127.0.0.1:{port}" in greeting
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    assert await finished(process) == (0, "")


async def test_a_folder_of_an_earlier_demo_is_refused(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"]}
    for code, said in ((0, ""), (2, "--data")):
        process = await start("demo", "--tell", "--data", "demo", environment=environment, folder=tmp_path)
        ended, error = await finished(process)
        assert ended == code
        assert said in error
