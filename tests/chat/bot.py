"""The whole bot for tests: real store, handlers, outbox and HTTP, against the embedded workspace.

    await bot.maria.mentions(COMPLETE)
    await bot.maria.presses(bot.office.head, "Submit")
    assert "RB-" in bot.intake.head

Every act waits until the bot has done everything that follows from it at once; only the clock, which
stands still until `bot.later(…)` turns it, brings more.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ways import PATIENCE, TUESDAY, Ways, free_port

from handlers.app import Bot
from handlers.clock import DemoClock
from handlers.demo.cast import HOME, cast
from handlers.demo.modals import Submitted
from handlers.demo.model import Channel, File, Message, Person, View
from handlers.demo.people import Player
from handlers.demo.workspace import Workspace
from handlers.importing import import_directory
from handlers.pace import Pace
from handlers.settings import given_settings
from handlers.shipped import EXAMPLE, MANIFEST, shipped
from referral_bot.directory import read_directory
from storage import SqlStore, open_store

LAKESIDE, HILLCREST, INTAKE, TEAM, UNLINKED = "C0LAKESIDE", "C0HILLCREST", "C0INTAKE", "C0TEAM", "C0UNLINKED"
BOT = "<@U0BOT>"
COMPLETE = (
    "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS. Palpitations R00.2, cardiology, "
    "urgent. Dr. Patel"
)
FORM = {
    "Patient name": "Jane Whitcomb",
    "Date of birth": "1962-03-14",
    "Phone": "309-555-0123",
    "Service": "Cardiology",
    "Reason": "Palpitations for three weeks",
    "Urgency": "Urgent",
}
PDF = ("ekg.pdf", b"%PDF-1.7\n" + b"x" * 200)


@dataclass(repr=False)
class Conversation:
    """A thread as its channel's members see it: the bot's head card and what the bot said under it."""

    workspace: Workspace
    channel: str
    root: str

    @property
    def everything(self) -> list[Message]:
        return self.workspace.thread(self.channel, self.root)

    @property
    def of_bot(self) -> list[Message]:
        return [message for message in self.everything if message.bot]

    @property
    def head(self) -> Message:
        """The card that shows the present state: the bot's first message here."""
        return self.of_bot[0]

    @property
    def news(self) -> list[str]:
        """What the bot said under its card, in order."""
        return [message.plain for message in self.of_bot[1:]]

    @property
    def last(self) -> Message:
        return self.of_bot[-1]

    @property
    def text(self) -> str:
        return "\n".join(message.plain for message in self.of_bot)

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def __repr__(self) -> str:
        return f"<{self.channel}: {self.text}>"


def buttons(where: Message | View) -> list[str]:
    """The texts of the buttons that stand there, in order."""
    found = []
    for block in where.blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        found += [one["text"]["text"] for one in elements if one["type"] == "button"]
    return found


class Someone:
    """A person at their Slack. Every act returns once the bot has done what follows from it."""

    def __init__(self, bot: WholeBot, account: str, home: str) -> None:
        self._bot = bot
        self.account = account
        self.home = home

    @property
    def player(self) -> Player:
        return self._bot.workspace.person(self.account)

    # -- what they do

    async def says(
        self,
        text: str = "",
        under: Conversation | Message | None = None,
        files: Sequence[tuple[str, bytes] | File] = (),
        channel: str = "",
    ) -> Message:
        """Write in their channel, or in a thread."""
        where = channel or (under.channel if under else self.home)
        root = under.root if isinstance(under, Conversation) else (under.ts if under else None)
        message = await self.player.say(where, text, root, files)
        await self._bot.settled()
        return message

    async def mentions(
        self,
        text: str,
        under: Conversation | Message | None = None,
        files: Sequence[tuple[str, bytes] | File] = (),
        channel: str = "",
    ) -> Message:
        """Write to the bot by its name."""
        return await self.says(f"{BOT} {text}", under, files, channel)

    async def writes(
        self, text: str, under: Message | None = None, files: Sequence[tuple[str, bytes] | File] = ()
    ) -> Message:
        """Write the bot a direct message."""
        message = await self.player.dm(text, under.thread if under else None, files)
        await self._bot.settled()
        return message

    async def presses(self, where: Message | View, button: str, value: str | None = None) -> View | None:
        """Press a button; what modal stands before them then."""
        await self.player.press(where, button, value)
        await self._bot.settled()
        return self.view

    async def opens(self, where: Message | View, button: str) -> View:
        """Press a button that opens a form."""
        view = await self.presses(where, button)
        assert view is not None, f"{button} opened nothing; told: {self.told}"
        return view

    async def fills_in(self, values: Mapping[str, Any]) -> Submitted:
        """Fill in the form before them and send it."""
        view = self.form
        await self.player.fill(view, values)
        done = await self.player.submit_view(view)
        await self._bot.settled()
        return done

    async def commands(self, command: str, text: str = "", channel: str | None = None) -> View | None:
        """Use a slash command in their channel, or in `channel`."""
        await self.player.slash(command, text, self.home if channel is None else channel or None)
        await self._bot.settled()
        return self.view

    # -- what they see

    @property
    def view(self) -> View | None:
        return self.player.view

    @property
    def form(self) -> View:
        """The modal before them."""
        view = self.player.view
        assert view is not None, f"no modal is open; told: {self.told}"
        return view

    @property
    def whispers(self) -> list[str]:
        """What the bot told them alone, in order."""
        return [message.plain for message in self.player.ephemerals()]

    @property
    def told(self) -> str:
        """The last thing that the bot told them alone: a whisper, else their modal."""
        if self.whispers:
            return self.whispers[-1]
        return self.view.plain if self.view else ""

    @property
    def direct(self) -> list[str]:
        """What the bot wrote to them directly, in order."""
        messages = self._bot.workspace.messages.get(self.player.dm_channel.id, {})
        return [one.plain for one in sorted(messages.values(), key=lambda message: message.ts) if one.bot]


@dataclass(repr=False)
class WholeBot(Ways):
    """A bot that runs, its workspace, and everybody in it."""

    folder: Path
    phi: str
    workspace: Workspace
    clock: DemoClock
    store: SqlStore = field(init=False)
    bot: Bot = field(init=False)
    url: str = ""
    _starts: int = 0

    def __post_init__(self) -> None:
        self.maria = Someone(self, "U0MARIA", LAKESIDE)
        self.joy = Someone(self, "U0JOY", LAKESIDE)
        self.omar = Someone(self, "U0OMAR", HILLCREST)
        self.tess = Someone(self, "U0TESS", INTAKE)
        self.raj = Someone(self, "U0RAJ", INTAKE)
        self.nina = Someone(self, "U0NINA", INTAKE)
        self.dana = Someone(self, "U0DANA", INTAKE)
        self.priya = Someone(self, "U0PRIYA", INTAKE)
        self.stranger = Someone(self, "U0STRANGER", LAKESIDE)

    # -- the process

    @property
    def database(self) -> Path:
        return self.folder / "bot.db"

    async def start(self) -> None:
        settings = given_settings(
            slack_bot_token=self.workspace.installations[self.workspace.team.id].token,
            slack_signing_secret=self.workspace.signing_secret,
            slack_api_url=self.workspace.api_url,
            port=free_port(),
            phi_mode=self.phi,
            phi_baa="Priya Shah, 2026-11-02",
        )
        self._starts += 1
        rng = random.Random(self._starts)
        self.store = await asyncio.to_thread(open_store, f"sqlite:///{self.database}", rng=rng)
        self.bot = Bot(settings, self.store, self.clock, rng, Pace(rate=1e6, burst=1000))
        self.clock.on_jump(self._tick)
        await self.bot.start()
        self.url = settings.public_url
        self.workspace.connect(f"{self.url}/slack/events")

    async def stop(self) -> None:
        await self.bot.stop()
        await asyncio.to_thread(self.store.close)

    async def restart(self) -> None:
        """End the program and start it again on the same data."""
        await self.stop()
        await self.start()

    def imports(self, changes: Mapping[str, str]) -> None:
        """Import the example directory with some of its text replaced."""
        text = shipped(EXAMPLE).read_text("utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        import_directory(self.store, text)

    async def _quiet(self) -> None:
        await self.workspace.settled()
        await self.bot._slack._background.finish(PATIENCE)  # type: ignore[union-attr]

    # -- what is said

    def thread_of(self, message: Message) -> Conversation:
        return Conversation(self.workspace, message.channel, message.thread)

    def newest(self, channel: str, words: str = "") -> Conversation:
        """The newest thread of a channel whose bot's card holds these words."""
        for message in reversed(self.workspace.history(channel)):
            thread = self.thread_of(message)
            if thread.of_bot and words in thread.head:
                return thread
        raise AssertionError(f"no thread with {words!r} in {channel}")

    @property
    def office(self) -> Conversation:
        """The newest thread in Lakeside's channel."""
        return self.newest(LAKESIDE)

    @property
    def intake(self) -> Conversation:
        """The newest thread in the practice's intake channel."""
        return self.newest(INTAKE)

    async def sent(self, text: str = COMPLETE, person: Someone | None = None) -> str:
        """A referral that has been sent; its reference."""
        person = person or self.maria
        message = await person.mentions(text)
        await person.presses(self.thread_of(message).head, "Submit")
        reference = (await self.referral()).reference
        assert reference, (self.thread_of(message).text, person.whispers)
        return reference

    async def booked(self) -> str:
        """A referral that Raj has booked for the first open time; its reference."""
        reference = await self.sent()
        await self.books()
        return reference

    async def books(self, on: str = "") -> str:
        """Raj books the first time of the newest referral that is offered, or the first on a day."""
        form = await self.raj.opens(self.intake.head, "Book")
        label = next((one for one in times(form) if one.startswith(on)), None)
        assert label, times(form)
        assert (await self.raj.fills_in({"Time": label})).ok
        return label

    async def seen(self) -> str:
        """A referral whose patient has been seen; its reference."""
        reference = await self.booked()
        await self.raj.presses(self.intake.head, "Seen")
        return reference

    async def reported(self, text: str = "Holter is normal. Follow-up in a year.") -> str:
        """A referral whose report has been sent; its reference."""
        reference = await self.seen()
        await self.nina.opens(self.intake.head, "Send report")
        assert (await self.nina.fills_in({"Report": text})).ok
        return reference


def times(form: View) -> list[str]:
    """The open times that a form offers."""
    block = next(one for one in form.blocks if one.get("label", {}).get("text") == "Time")
    return [option["text"]["text"] for option in block["element"]["options"]]


@asynccontextmanager
async def whole_bot(folder: Path, furnished: Path, phi: str) -> AsyncIterator[WholeBot]:
    """The bot on a copy of the furnished database, and its workspace, on free ports."""
    shutil.copytree(furnished, folder, dirs_exist_ok=True)
    clock = DemoClock(TUESDAY, speed=0)
    workspace = _workspace(clock)
    async with workspace.serve():
        bot = WholeBot(folder, phi, workspace, clock)
        await bot.start()
        try:
            yield bot
        finally:
            await bot.stop()


def furnish(folder: Path) -> None:
    """A database into which the example directory has been imported."""
    store = open_store(f"sqlite:///{folder / 'bot.db'}")
    try:
        import_directory(store, shipped(EXAMPLE).read_text("utf-8"))
    finally:
        store.close()


def _workspace(clock: DemoClock) -> Workspace:
    """The example's people and channels, somebody the directory does not know, and a channel of nobody."""
    players = cast(read_directory(shipped(EXAMPLE).read_text("utf-8")))
    stranger = Person("U0STRANGER", "Sam Stranger", team=HOME)
    channels = [
        Channel(**{**vars(one), "members": {*one.members, stranger.id}}) if one.id == LAKESIDE else one
        for one in players.channels
    ]
    everybody = {one.id for one in (*players.people, stranger)}
    return Workspace(
        manifest=yaml.safe_load(shipped(MANIFEST).read_text("utf-8")),
        team=players.team,
        teams=players.teams,
        people=[*players.people, stranger],
        channels=[*channels, Channel(UNLINKED, "watercooler", members=everybody)],
        clock=clock.now,
        retry_delays=(0.0, 0.0, 0.0),
        deadline=PATIENCE / 2,
    )
