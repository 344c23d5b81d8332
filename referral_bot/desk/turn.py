"""What comes in from a platform, who it comes from, and what goes straight back.

These are the values between `handlers/` and the desk. Everything a turn wants posted goes through
the outbox; an `Outcome` carries only what must reach the one person at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from referral_bot.cards.elements import Card, Form
from referral_bot.model import Person, Phi
from referral_bot.practice import Practice
from referral_bot.store import Transaction


@dataclass(frozen=True)
class Place:
    """Where something was said or pressed. `message` and `root` are the platform's message ids."""

    platform: str
    tenant: str
    channel: str
    message: str = ""
    root: str = ""
    """The message whose thread it is in; empty outside threads."""
    direct: bool = False
    """A conversation of one person with the bot."""
    flat: bool = False
    """A conversation without threads: whatever is posted stands among everything else there."""

    @property
    def apart(self) -> Place:
        """The same conversation, for a message of its own."""
        return replace(self, message="", root="")


@dataclass(frozen=True)
class Account:
    """Who the platform says it was."""

    platform: str
    tenant: str
    account: str
    name: str = ""
    also: str = ""
    """Another id of the same account on the same platform, where there is one."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that the directory may know the account by."""
        return tuple(filter(None, (self.account, self.also)))


@dataclass(frozen=True)
class IncomingFile:
    """A file as the platform tells of it; `source` is what the platform's handler needs to fetch it."""

    name: str
    media_type: str
    size: int
    source: Mapping[str, str]


@dataclass(frozen=True)
class Message:
    """Words typed to the bot or in its threads. `addressed`: by mention, directly, or by a command."""

    text: str
    place: Place
    addressed: bool
    files: tuple[IncomingFile, ...] = ()
    mentions: Mapping[str, str] = field(default_factory=dict)
    """Accounts mentioned in the text, by the placeholder that stands for them there."""
    quoted: str = ""
    """The message that this one quotes, where there are no threads to answer in."""


@dataclass(frozen=True)
class Press:
    """A button pressed, or a shortcut used."""

    action: str
    subject: str
    value: str
    place: Place


@dataclass(frozen=True)
class FormAnswer:
    """A form sent in: each field's answer by its key, in the shape the field's docstring says."""

    action: str
    subject: str
    value: str
    answers: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class Outcome:
    """What goes straight back to the one person: a private card, a form to open, or errors under fields."""

    private: Card | None = None
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


PageLink = Callable[[str, str, datetime], str]
"""Makes the address of a page that shows a document once: from its id, the person's key, and now."""


@dataclass(frozen=True)
class Scene:
    """An open transaction, the practice, the moment (UTC), and how much chat may carry."""

    tx: Transaction
    practice: Practice
    now: datetime
    phi: Phi


@dataclass(frozen=True)
class Turn(Scene):
    """One turn at the desk: a scene, who acts, and where."""

    actor: Person
    place: Place
