"""One referral from the first message to the closed loop, played in the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from handlers.demo import inputs
from handlers.demo.model import Message, View
from handlers.demo.people import Player
from handlers.demo.run import Demo
from referral_bot.business_time import BusinessCalendar
from referral_bot.model import Appointment

MARIA: Final = "U0MARIA"
TESS: Final = "U0TESS"
OFFICE: Final = "C0LAKESIDE"
INTAKE: Final = "C0INTAKE"

WIDTH: Final = 92
PATIENCE: Final = 10.0
"""Seconds that an answer may take before the play is given up."""

REFERRAL: Final = (
    "@Referral Bot please see Jane Whitcomb, DOB 3/14/1962, cell 309-555-0123, BCBS PPO, member XQZ123456. "
    "Cardiology, palpitations, routine. Dr. Patel"
)
QUESTION: Final = "Which medications does she take?"
ANSWER: Final = "Metoprolol 25 mg once a day, nothing else."
REPORT: Final = "Benign palpitations, echo normal. Continue metoprolol; back to you for follow-up."


async def tell(demo: Demo, out: Callable[[str], None]) -> None:
    """Play it; every message is written as it appears in either side's channel.

    Raises TimeoutError if something that must come does not.
    """
    stage = _Stage(demo, out)
    maria, tess = demo.workspace.person(MARIA), demo.workspace.person(TESS)

    stage.scene("The office sends a patient, in one message")
    asked = await maria.say(OFFICE, REFERRAL)
    await stage.see(OFFICE, "Submit")
    await stage.press(maria, OFFICE, "Submit")
    head = await stage.see(INTAKE, "RB-")
    reference = head.plain[: head.plain.index(" ")]

    stage.scene("The practice takes it, and asks what is missing")
    await stage.press(tess, INTAKE, "Claim")
    await stage.see(OFFICE, "has your referral")
    await stage.press(tess, INTAKE, "Ask the office")
    await stage.fill(tess, {"Question": QUESTION})
    await stage.see(OFFICE, QUESTION)
    await maria.say(OFFICE, ANSWER, thread_ts=asked.ts)
    await stage.see(INTAKE, ANSWER)

    stage.scene("Accepted, and booked")
    await stage.press(tess, INTAKE, "Accept")
    await stage.see(OFFICE, "Accepted")
    await stage.press(tess, INTAKE, "Book")
    await stage.fill(tess, {"Time": await stage.time_in_more_than_a_day(tess)})
    await stage.see(OFFICE, "Booked")

    visit = stage.appointment(reference)
    stage.scene("The clock is turned: the day before, and the visit")
    stage.turn_to(visit.starts_at - timedelta(days=1))
    if not stage.is_working_time():
        # The reminder waits for the next opening, which is before the first visit.
        stage.turn_to(visit.starts_at - timedelta(minutes=30))
    await stage.see(OFFICE, "Coming up")
    stage.turn_to(visit.starts_at - timedelta(minutes=5))
    await stage.press(tess, INTAKE, "Arrived")
    await stage.see(OFFICE, "arrived")
    stage.turn_to(visit.ends_at)
    await stage.press(tess, INTAKE, "Seen")
    await stage.see(OFFICE, "was seen")

    stage.scene("The report comes back, and the loop is closed")
    await stage.press(tess, INTAKE, "Send report")
    await stage.fill(tess, {"Report": REPORT})
    await stage.see(OFFICE, "report")
    await stage.press(maria, OFFICE, "Close")
    await stage.see(OFFICE, "How did we do?")
    await stage.press(maria, OFFICE, "Very good")
    await stage.see(INTAKE, "Very good")
    stage.scene(f"{reference} is closed: every step in both threads, once and in order")


class _Stage:
    """Plays and writes down."""

    def __init__(self, demo: Demo, out: Callable[[str], None]) -> None:
        self._demo = demo
        self._workspace = demo.workspace
        self._out = out
        self._zone = ZoneInfo(demo.directory.practice.timezone)
        self._written = ""
        """Timestamp of the last message that was written out."""
        self._used: dict[str, str] = {}
        """Of each channel, the timestamp of the last message that was waited for."""

    def scene(self, title: str) -> None:
        self._write_new()
        self._out(f"\n== {title}")

    async def see(self, channel: str, words: str) -> Message:
        """Wait for the bot to say this in a channel, after what was seen there before."""
        after = self._used.get(channel, "")

        def found() -> Message | None:
            new = [m for m in self._said(channel) if m.bot and m.ts > after and words in m.plain]
            return new[0] if new else None

        message: Message = await self._workspace.until(found, timeout=PATIENCE)
        self._used[channel] = message.ts
        self._write_new()
        return message

    async def press(self, player: Player, channel: str, button: str) -> None:
        """Press the button of this name on the newest message that has it."""

        def found() -> Message | None:
            return next((m for m in reversed(self._said(channel)) if button in _buttons(m)), None)

        message: Message = await self._workspace.until(found, timeout=PATIENCE)
        self._write_new()
        self._out(f"\n   {player.me.name} presses [{button}]")
        await player.press(message, button)

    async def fill(self, player: Player, values: dict[str, str]) -> None:
        """Fill in and send the form that opens for a person."""
        view = await self._form(player)
        for label, value in values.items():
            self._out(f"   {player.me.name} enters {label}: {value}")
        await player.fill(view, values)
        await player.submit_view(view)

    async def time_in_more_than_a_day(self, player: Player) -> str:
        """A time of the form before a person that is more than a day away."""
        view = await self._form(player)
        today = f"{self._demo.clock.now().astimezone(self._zone):%a, %b %-d}"
        options: list[str] = [option["text"]["text"] for option in inputs.find(view.blocks, "Time").options]
        # The day's first sessions begin a little before the demo does, the second times after.
        return [option for option in options if not option.startswith(today)][1]

    def appointment(self, reference: str) -> Appointment:
        """The booked visit of a referral."""
        store = self._demo.store
        referral = store.transact(lambda tx: tx.referral_by_reference(reference)).result()
        if referral is None:
            raise TimeoutError(f"{reference} was not kept")
        return store.transact(lambda tx: tx.appointments(referral.id)).result()[-1]

    def is_working_time(self) -> bool:
        """Whether the practice works now, so that what the clock has to say is said now."""
        return BusinessCalendar(self._demo.directory.practice).is_open(self._demo.clock.now())

    def turn_to(self, moment: datetime) -> None:
        """Turn the clock forward; not at all if it is past that."""
        now = self._demo.clock.now()
        if moment > now:
            self._demo.clock.forward(moment - now)
            self._out(f"\n   It is now {self._local(moment)}")

    async def _form(self, player: Player) -> View:
        view: View = await self._workspace.until(lambda: player.view, timeout=PATIENCE)
        return view

    def _said(self, channel: str) -> list[Message]:
        return sorted(
            (m for m in self._workspace.messages[channel].values() if not m.deleted), key=lambda m: m.ts
        )

    def _write_new(self) -> None:
        everything = [message for channel in (OFFICE, INTAKE) for message in self._said(channel)]
        for message in sorted(everything, key=lambda message: message.ts):
            if message.ts > self._written:
                self._written = message.ts
                self._write(message)

    def _write(self, message: Message) -> None:
        at = self._local(datetime.fromtimestamp(float(message.ts), UTC))
        name = self._workspace.name_of(message.user)
        self._out(f"\n#{self._workspace.channels[message.channel].name}  {name}, {at}")
        mention = f"<@{self._workspace.installations[self._workspace.team.id].bot_user}>"
        labels = _buttons(message)
        lines = message.plain.replace(mention, f"@{self._workspace.app.name}").splitlines()
        for line in [line for line in lines if line not in labels] + [" ".join(f"[{one}]" for one in labels)]:
            for part in textwrap.wrap(line, WIDTH):
                self._out(f"  | {part}")

    def _local(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%a %b %-d, %-I:%M %p}"


def _buttons(message: Message) -> list[str]:
    """What stands on a message's buttons."""
    elements = [element for block in message.blocks for element in block.get("elements", ())]
    elements += [block["accessory"] for block in message.blocks if "accessory" in block]
    return [element["text"]["text"] for element in elements if element["type"] == "button"]
