"""Microsoft's own client for Teams bots, the Microsoft 365 Agents Playground, beside the bot.

It shows one person's Teams on a web page: a personal chat with the bot, a group chat and a team's channels.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import yaml
from aiohttp import ClientError, ClientSession

from handlers.demo import packages
from handlers.demo.teams_scene import TeamsScene
from referral_bot.errors import SetupError

CHANNEL_ID: Final = "msteams"
"""What the Playground calls that platform."""
PATIENCE: Final = 30.0
"""Seconds until it must listen."""
STOPPING: Final = 5.0

CLI: Final = "node_modules/@microsoft/m365agentsplayground/cli.js"


@asynccontextmanager
async def playground(bot: str, scene: TeamsScene, port: int) -> AsyncIterator[str]:
    """Run the Playground until the block is left; yields the address of its page.

    Args:
        bot: the address that takes the bot's activities.
        scene: who looks, and at what.
        port: a free one.

    Raises SetupError if it doesn't start.
    """
    node = packages.node()
    if node is None:
        raise SetupError("Microsoft's Playground runs on Node.js, which is not on this machine: install it.")
    page = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="referral-bot-playground-") as folder:
        _write_config(folder, scene)
        process = await asyncio.create_subprocess_exec(
            *(node, "--require", str(packages.PACKAGES / "loopback.cjs")),
            *(str(packages.home() / CLI), "start"),
            *("--app-endpoint", bot, "--channel-id", CHANNEL_ID, "--port", str(port)),
            *("--service-url", f"{page}/_connector", "--disable-telemetry"),
            cwd=folder,
            env={**packages.environment(), "TEAMSAPPTESTER_BROWSER": "none"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _ready(process, page)
            yield page
        finally:
            await _stop(process)


def _write_config(folder: str, scene: TeamsScene) -> None:
    Path(folder, ".m365agentsplayground.yml").write_text(yaml.safe_dump(scene.config()), "utf-8")


async def _ready(process: asyncio.subprocess.Process, page: str) -> None:
    """Wait until it answers: it listens a little before it has read its configuration."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE), ClientSession() as session:
            while process.returncode is None:
                with contextlib.suppress(ClientError):
                    async with session.get(f"{page}/_debug/ping") as answer:
                        if answer.ok:
                            return
                await asyncio.sleep(0.05)
    raise SetupError("Microsoft's Playground does not start; run the demo without --teams.")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOPPING):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
