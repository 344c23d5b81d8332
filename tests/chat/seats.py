"""One way to sit at every platform: the same acts and the same views, whatever it is called there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import teams_world
from bot import INTAKE, LAKESIDE, WholeBot, buttons
from teams_world import INTAKE_CHANNEL, OFFICE_CHANNEL, World

from handlers.demo.model import Message, View
from referral_bot.model import Referral

OFFICE = frozenset({"maria", "joy"})
FIRST = "the first that is offered"
"""As an answer: the first of a field's choices."""


class Seat(Protocol):
    """What people can do and see. People are named by their keys."""

    async def says(self, who: str, text: str) -> None:
        """Say something new to the bot, where that side speaks to it."""

    async def replies(self, who: str, text: str) -> None:
        """Say something under the newest card of that side."""

    async def presses(self, who: str, button: str) -> None:
        """Press the newest button of this name that the side has, or that stands before the person."""

    async def fills(self, who: str, values: Mapping[str, str]) -> None:
        """Fill in the form before the person and send it."""

    async def later(self, **span: float) -> None:
        """Turn the clock on."""

    async def referral(self) -> Referral:
        """The newest referral."""

    def office(self) -> str:
        """What the bot has said to the office so far."""

    def practice(self) -> str:
        """What the bot has said to the practice so far."""

    def told(self, who: str) -> str:
        """What a person was told alone, all of it."""


class SlackSeat:
    """A channel of Slack, with its threads."""

    def __init__(self, bot: WholeBot) -> None:
        self._bot = bot
        self._told: dict[str, list[str]] = {}
        self.later = bot.later
        self.referral = bot.referral

    async def says(self, who: str, text: str) -> None:
        await self._person(who).mentions(text, channel=self._home(who))
        self._note(who)

    async def replies(self, who: str, text: str) -> None:
        person = self._person(who)
        thread = self._bot.newest(self._home(who))
        await (person.says if who in OFFICE else person.mentions)(text, under=thread)
        self._note(who)

    async def presses(self, who: str, button: str) -> None:
        person = self._person(who)
        shown = person.view
        where = shown if shown is not None and button in buttons(shown) else self._with_button(who, button)
        await person.presses(where, button, _first_of_several(where, button))
        self._note(who)

    async def fills(self, who: str, values: Mapping[str, str]) -> None:
        person = self._person(who)
        given = {key: _first(person.form, key) if value == FIRST else value for key, value in values.items()}
        done = await person.fills_in(given)
        assert done.ok, done
        self._note(who)

    def office(self) -> str:
        return self._said(LAKESIDE)

    def practice(self) -> str:
        return self._said(INTAKE)

    def told(self, who: str) -> str:
        person = self._person(who)
        return "\n".join([*self._told.get(who, ()), *person.whispers, *person.direct])

    def _person(self, who: str) -> Any:
        return getattr(self._bot, who)

    def _home(self, who: str) -> str:
        return LAKESIDE if who in OFFICE else INTAKE

    def _note(self, who: str) -> None:
        if view := self._person(who).view:
            self._told.setdefault(who, []).append(view.plain)

    def _messages(self, channel: str) -> list[Message]:
        found = self._bot.workspace.messages.get(channel, {}).values()
        return [one for one in sorted(found, key=lambda message: message.ts) if one.bot]

    def _with_button(self, who: str, button: str) -> Message:
        person = self._person(who)
        messages = [*self._messages(self._home(who)), *person.player.ephemerals()]
        return next(one for one in reversed(messages) if button in buttons(one))

    def _said(self, channel: str) -> str:
        return "\n".join(message.plain for message in self._messages(channel))


def _first_of_several(where: Message | View, button: str) -> str | None:
    """What the first button of a name carries, where there are several of that name."""
    found = []
    for block in where.blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        found += [one["value"] for one in elements if _named(one, button)]
    return found[0] if len(found) > 1 else None


def _named(element: Mapping[str, Any], button: str) -> bool:
    return element["type"] == "button" and bool(element["text"]["text"] == button)


def _first(form: View, label: str) -> str:
    block = next(one for one in form.blocks if one.get("label", {}).get("text") == label)
    text: str = block["element"]["options"][0]["text"]["text"]
    return text


class TeamsSeat:
    """A channel of Teams with its threads, or the office's people each in a chat of their own."""

    def __init__(self, world: World, *, in_chat: bool) -> None:
        self._world = world
        self._in_chat = in_chat
        self._told: dict[str, list[str]] = {}
        self.later = world.later
        self.referral = world.referral

    async def says(self, who: str, text: str) -> None:
        person = self._person(who)
        if self._place(who) == person.chat:
            await person.writes(text)
        else:
            await person.mentions(text, self._place(who))

    async def replies(self, who: str, text: str) -> None:
        person, place = self._person(who), self._place(who)
        if place == person.chat:
            await person.writes(text)
            return
        under = self._world.head(place)
        await (person.says if who in OFFICE else person.mentions)(text, place, under)

    async def presses(self, who: str, button: str) -> None:
        person = self._person(who)
        if person.shown is not None and button in teams_world.buttons(person.shown):
            await person.presses_shown(button)
        else:
            await person.presses(self._with_button(who, button), button)
        self._told.setdefault(who, []).append(person.told)

    async def fills(self, who: str, values: Mapping[str, str]) -> None:
        person = self._person(who)
        assert person.shown is not None, person.told
        choices = {one["label"]: one.get("choices", ()) for one in teams_world.inputs(person.shown)}
        given = {key: choices[key][0]["title"] if value == FIRST else value for key, value in values.items()}
        assert await person.fills_in(given), person.told
        self._told.setdefault(who, []).append(person.told)

    def office(self) -> str:
        if not self._in_chat:
            return self._said(OFFICE_CHANNEL)
        return "\n".join(self._said(self._person(who).chat) for who in sorted(OFFICE))

    def practice(self) -> str:
        return self._said(INTAKE_CHANNEL)

    def told(self, who: str) -> str:
        return "\n".join([*self._told.get(who, ()), self._said(self._person(who).chat)])

    def _person(self, who: str) -> Any:
        return getattr(self._world, who)

    def _place(self, who: str) -> str:
        if who not in OFFICE:
            return INTAKE_CHANNEL
        chat: str = self._person(who).chat
        return chat if self._in_chat else OFFICE_CHANNEL

    def _with_button(self, who: str, button: str) -> teams_world.Post:
        posts = [*self._world.posts(self._person(who).chat), *self._world.posts(self._place(who))]
        return next(post for post in reversed(posts) if button in teams_world.buttons(post.card))

    def _said(self, conversation: str) -> str:
        versions = []
        for post in self._world.posts(conversation):
            cards = [*(one["attachments"][0]["content"] for one in post.versions), post.card]
            versions += [teams_world.said(card) for card in cards]
        return "\n".join(versions)


MakeSeat = Callable[[Any], Seat]
