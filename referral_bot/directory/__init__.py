"""The practice directory: the file read, validated with path and line, and compared with what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from referral_bot.directory.compare import compare
from referral_bot.directory.nodes import Reader
from referral_bot.directory.people_part import read_people
from referral_bot.directory.practice_part import read_practice
from referral_bot.directory.problems import DirectoryInvalid, Problem
from referral_bot.model import Channel, Identity, Office, Person
from referral_bot.practice import Practice

__all__ = ["Directory", "DirectoryInvalid", "Problem", "compare", "read_directory"]

SECTIONS = ("practice", "locations", "services", "providers", "payers", "staff", "offices")


@dataclass(frozen=True)
class Directory:
    """Everything a directory file says. `warnings` don't stand in the way of an import."""

    practice: Practice
    offices: tuple[Office, ...]
    people: tuple[Person, ...]
    identities: tuple[Identity, ...]
    channels: tuple[Channel, ...]
    warnings: tuple[Problem, ...] = ()


def read_directory(text: str) -> Directory:
    """Read a directory file.

    Raises DirectoryInvalid with everything that is wrong, shape and references alike, by line.
    """
    reader = Reader()
    root = reader.mapping(
        reader.parse(text), SECTIONS, ("practice", "locations", "services", "providers"), "directory"
    )
    practice = read_practice(reader, root)
    people = read_people(reader, root, practice)
    if reader.problems:
        raise DirectoryInvalid(tuple(sorted(reader.problems, key=lambda problem: problem.line)))
    return Directory(
        practice=practice,
        offices=tuple(people.offices),
        people=tuple(people.people),
        identities=tuple(people.identities),
        channels=tuple(people.channels),
        warnings=tuple(people.warnings),
    )
