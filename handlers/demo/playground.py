"""Microsoft's own client for Teams bots, the Microsoft 365 Agents Playground, beside the bot.

It shows one person's Teams on a web page: a personal chat with the bot, a group chat and a team's channels.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import yaml
from aiohttp import ClientError, ClientSession

from handlers.demo import packages
from handlers.demo.model import Json
from referral_bot.directory import Directory
from referral_bot.errors import SetupError
from referral_bot.model import ChannelKind, Person, Side

PLATFORM: Final = "teams"
CHANNEL_ID: Final = "msteams"
"""What the Playground calls that platform."""
TENANT: Final = "11111111-1111-4111-8111-111111111111"
BOT: Final = "28:referral-bot"
GENERAL: Final = "19:general@thread.tacv2"
"""The channel that every team has; its id is the team's."""
GROUP: Final = "19:group@thread.v2"
FEWEST_OTHERS: Final = 5
"""The Playground takes no team with fewer members besides the one who looks."""
PATIENCE: Final = 30.0
"""Seconds until it must listen."""
STOPPING: Final = 5.0

_CLI: Final = "node_modules/@microsoft/m365agentsplayground/cli.js"


@dataclass(frozen=True)
class TeamsScene:
    """What the Playground shows, and to whom."""

    me: Person
    others: tuple[Person, ...]
    accounts: dict[str, str]
    """Of each person's key."""
    team: str
    channel: str
    """Id of the channel that is looked at, beside General; it must not be General's."""

    @property
    def personal(self) -> str:
        """Id of the personal chat."""
        return f"a:{self.me.key}"

    def config(self) -> Json:
        """The Playground's configuration file."""
        return {
            "version": "0.1.1",
            "tenantId": TENANT,
            "bot": {"id": BOT, "name": "Referral Bot"},
            "currentUser": self._user(self.me),
            "users": [self._user(person) for person in self.others],
            "personalChat": {"id": self.personal},
            "groupChat": {"id": GROUP, "name": "Group chat"},
            "team": {
                "id": GENERAL,
                "name": self.team,
                "aadGroupId": str(uuid5(NAMESPACE_URL, GENERAL)),
                "channels": [{"id": self.channel, "name": self.channel.removeprefix("19:").split("@")[0]}],
            },
        }

    def _user(self, person: Person) -> Json:
        first, _, last = person.name.partition(" ")
        address = f"{person.key}@example.org"
        return {
            "id": self.accounts[person.key],
            "name": person.name,
            "givenName": first,
            "surname": last or first,
            "userPrincipleName": address,
            "email": address,
            "aadObjectId": str(uuid5(NAMESPACE_URL, self.accounts[person.key])),
        }


def teams_scene(directory: Directory, person_key: str) -> TeamsScene:
    """The Teams of this person: their office's channel or, of the practice, its intake channel.

    Whoever of the directory has no account there gets one that the bot doesn't know.

    Raises KeyError where the directory has no such person, or no channel for them in Teams.
    """
    people = {person.key: person for person in directory.people}
    known = {one.person_key: one.account for one in directory.identities if one.platform == PLATFORM}
    me = people[person_key]
    office = me.office_key if me.side is Side.OFFICE else None
    channels = [one for one in directory.channels if one.platform == PLATFORM]
    mine = {one.office_key: one.channel for one in channels if one.kind is not ChannelKind.SCOREBOARD}
    others = [person for person in directory.people if person is not me]
    others.sort(key=lambda person: person.key not in known)
    return TeamsScene(
        me,
        tuple(others[: max(FEWEST_OTHERS, len(known))]),
        {person.key: known.get(person.key, f"29:{person.key}") for person in directory.people},
        directory.practice.name,
        mine[office],
    )


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
            *(
                node,
                "--require",
                str(packages.PACKAGES / "loopback.cjs"),
                str(packages.home() / _CLI),
                "start",
            ),
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
    raise SetupError("Microsoft's Playground does not start; leave out --teams, or try another --port.")


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
