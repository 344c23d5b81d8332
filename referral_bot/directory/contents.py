"""What a directory file says, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from referral_bot.directory.problems import Problem
from referral_bot.model import Channel, Identity, Office, Person
from referral_bot.practice import Practice


@dataclass(frozen=True)
class Directory:
    """Everything a directory file says. `people` are the practice's staff and those of every office.

    Ids follow from the content (`slack:U0TESS`, `slack:C0INTAKE`), so the same file always gives the same
    records. `warnings` don't stand in the way of an import.
    """

    practice: Practice
    offices: tuple[Office, ...]
    people: tuple[Person, ...]
    identities: tuple[Identity, ...]
    channels: tuple[Channel, ...]
    warnings: tuple[Problem, ...] = ()
