"""What the reader is given beside the text, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Fields = dict[str, Any]
"""Nested fields as `docs/reading.md` lists them: strings, numbers, `True`, lists, and objects of these."""


@dataclass(frozen=True)
class OpenReferral:
    """A referral that the sender's own office has open; `patient` is "First Last"."""

    id: str
    patient: str


@dataclass(frozen=True)
class OfferedSlot:
    """A time just offered in this conversation. `index` counts from 1; `start` is aware."""

    index: int
    id: str
    start: datetime


@dataclass(frozen=True)
class Context:
    """What the bot knows when a message arrives."""

    office: str | None = None
    open_referrals: tuple[OpenReferral, ...] = ()
    """Only those of the sender's office: nothing about any other may be resolved."""
    offered_slots: tuple[OfferedSlot, ...] = ()
    asked: tuple[str, ...] = ()
    """Fields the bot has just asked for in this thread, by the names of `missing`."""


@dataclass(frozen=True)
class Reading:
    """What one message says. Fields that were not stated are absent."""

    intents: tuple[str, ...] = ()
    """In the order of the message; an act done to n patients stands n times."""
    fields: Fields = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """What a new referral still wants, by name; empty without one."""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a reply in a draft's thread adds to the draft. `fields` holds only what the reply states."""

    fields: Fields = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    understood: bool = False
    """False if nothing in the reply fits what was asked."""
