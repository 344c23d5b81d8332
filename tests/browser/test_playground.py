"""Microsoft's client for Teams as the demo starts it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from stage import free_port

from handlers import cli
from handlers.demo import packages
from handlers.demo.playground import playground
from handlers.demo.teams_scene import GENERAL, TeamsScene, teams_scene, with_teams
from handlers.shipped import EXAMPLE, shipped
from referral_bot.directory import read_directory
from referral_bot.errors import SetupError

IN_LOOP = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def scene() -> TeamsScene:
    return teams_scene(read_directory(shipped(EXAMPLE).read_text("utf-8")), "beth")


def test_scene_is_of_the_office_and_its_colleagues(scene: TeamsScene) -> None:
    config = scene.config()
    assert config["currentUser"]["id"] == "29:beth"
    assert config["team"]["channels"] == [{"id": "19:prairie@thread.tacv2", "name": "prairie"}]
    assert len({user["id"] for user in config["users"]} | {"29:beth"}) == len(config["users"]) + 1 == 6


def test_who_has_no_channel_in_teams_has_no_scene(scene: TeamsScene) -> None:
    with pytest.raises(KeyError):
        teams_scene(read_directory(shipped(EXAMPLE).read_text("utf-8")), "maria")


@pytest.mark.parametrize(("key", "channel"), [("maria", "lakeside"), ("tess", "intake")])
def test_person_of_the_example_can_be_put_into_teams(key: str, channel: str) -> None:
    directory = read_directory(with_teams(shipped(EXAMPLE).read_text("utf-8"), key))
    made = teams_scene(directory, key)
    assert (made.accounts[key], made.channel_name) == (f"29:{key}", channel)


@IN_LOOP
async def test_client_shows_the_person_and_listens_on_this_machine_alone(
    browser: Browser, teams_client: None, scene: TeamsScene
) -> None:
    port = free_port()
    async with playground("http://127.0.0.1:9/api/messages", scene, port) as address:
        page = await browser.new_page()
        await page.goto(address)
        await expect(page.get_by_text("Beth Olsen").first).to_be_visible()
        await expect(page.get_by_text("prairie", exact=True)).to_be_visible()
        await page.close()
        assert not is_free("127.0.0.1", port)
        assert is_free("127.0.0.2", port), "whoever can reach it can be anybody"
    assert is_free("127.0.0.1", port)


@IN_LOOP
async def test_client_that_cannot_start_is_told(teams_client: None, scene: TeamsScene) -> None:
    crowded = replace(scene, channel=GENERAL)
    with pytest.raises(SetupError, match="does not start"):
        async with playground("http://127.0.0.1:9/api/messages", crowded, free_port()):
            pass


def test_machine_without_npm_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "node", lambda: None)
    monkeypatch.setattr(packages, "home", lambda: tmp_path / "npm")
    with pytest.raises(SetupError, match=r"install Node\.js"):
        packages.install()


@IN_LOOP
async def test_demo_shows_teams_until_told_to_stop(
    teams_client: None, browser: Browser, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "handlers.cli", "demo", "--teams", "--port", str(free_port())),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        lines = [(await process.stdout.readline()).decode() for _ in range(2)]
    addresses = re.findall(r"http://127\.0\.0\.1:\d+", "".join(lines))
    page = await browser.new_page()
    await page.goto(addresses[1])
    await expect(page.get_by_text("what I can do")).to_be_visible()
    await page.close()
    process.send_signal(signal.SIGINT)
    _, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert re.fullmatch(r".*unsigned.*\n", error.decode()), error
    assert all(is_free("127.0.0.1", int(address.rpartition(":")[2])) for address in addresses)


def test_demo_does_not_play_teams_in_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--tell", "--teams"]) == 2
    assert "leave out --teams" in capsys.readouterr().err


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
