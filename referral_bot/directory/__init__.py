"""The practice directory: the file read, validated with path and line, and compared with what is kept."""

from __future__ import annotations

from referral_bot.directory.compare import compare
from referral_bot.directory.contents import Directory
from referral_bot.directory.nodes import Reader, parse
from referral_bot.directory.people_part import read_people
from referral_bot.directory.practice_part import read_practice
from referral_bot.directory.problems import DirectoryInvalid, Problem

__all__ = ["Directory", "DirectoryInvalid", "Problem", "compare", "read_directory"]

SECTIONS = ("practice", "locations", "services", "providers", "payers", "staff", "offices")


def read_directory(text: str, source_name: str = "") -> Directory:
    """Read a directory file; `source_name` is what the error calls it, if anything.

    Raises DirectoryInvalid with everything that is wrong, shape and references alike, by line.
    """
    reader = Reader()
    try:
        root = reader.mapping(
            parse(text), SECTIONS, ("practice", "locations", "services", "providers"), "directory"
        )
    except DirectoryInvalid as unreadable:
        raise DirectoryInvalid(unreadable.problems, source_name) from None
    practice = read_practice(reader, root)
    people = read_people(reader, root, practice)
    if reader.problems:
        raise DirectoryInvalid(_by_line(reader.problems), source_name)
    return Directory(
        practice=practice,
        offices=tuple(people.offices),
        people=tuple(people.people),
        identities=tuple(people.identities),
        channels=tuple(people.channels),
        warnings=_by_line(reader.warnings),
    )


def _by_line(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))
