"""What several parts of the directory have in common: keys, names, numbers, channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from typing import Final

from referral_bot.directory import values
from referral_bot.directory.nodes import Entry, Reader

PLATFORMS: Final = ("slack", "teams")
LONGEST_NAME: Final = 75
"""Characters: what a menu in a chat has room for."""
DAY: Final = 24 * 60
"""Minutes."""


def read_key(reader: Reader, fields: Mapping[str, Entry]) -> str:
    """An entry's key."""
    return reader.made(fields.get("key"), values.key) or ""


def read_name(reader: Reader, fields: Mapping[str, Entry]) -> str:
    """An entry's name."""
    return reader.text(fields.get("name"), LONGEST_NAME)


def read_phone(reader: Reader, entry: Entry | None) -> str:
    """A phone or fax number, empty where there is none."""
    return reader.made(entry, values.phone) or ""


def read_npi(reader: Reader, entry: Entry | None) -> str:
    """An NPI, empty where there is none."""
    return reader.made(entry, values.npi) or ""


def read_zone(reader: Reader, entry: Entry | None) -> str | None:
    """An IANA zone."""
    return reader.made(entry, values.zone)


def read_channels(reader: Reader, entry: Entry | None) -> dict[str, str]:
    """Platform to channel."""
    found = {
        platform: reader.made(child, partial(values.channel, platform))
        for platform, child in reader.mapping(entry, PLATFORMS, what="list of channels").items()
    }
    return {platform: channel for platform, channel in found.items() if channel}


def declared(entries: Iterable[Entry]) -> list[str]:
    """The keys of a section's entries, well formed or not: what others may refer to."""
    return list(filter(None, map(declared_key, entries)))


def declared_key(entry: Entry) -> str:
    """An entry's key as the file says it, empty where it doesn't."""
    key = entry.fields.get("key")
    return (key.text or "").strip() if key else ""


def unique(reader: Reader, entries: Iterable[Entry], what: str) -> None:
    """Note keys that are used twice."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = entry.fields.get("key")
        if key is None or key.blank:
            continue
        said = reader.text(key)
        first = seen.setdefault(said, key)
        if first is not key:
            reader.wrong(
                key, f"Two {what} have the key {said}, the first on line {first.line}. Give each its own."
            )


@dataclass(frozen=True)
class Stretch:
    """A stretch of the week, in minutes from Monday 00:00, with the entry that says it.

    `weekday` is the local one, 0 for Monday: where zones differ, minutes are counted in UTC.
    """

    weekday: int
    starts: int
    ends: int
    entry: Entry


def stretch(
    weekday: int, starts: time, ends: time, entry: Entry, offset: timedelta = timedelta(0)
) -> Stretch:
    """The stretch of hours on a weekday, in a zone that is `offset` ahead of UTC."""
    midnight = weekday * DAY - offset // timedelta(minutes=1)
    return Stretch(
        weekday, midnight + starts.hour * 60 + starts.minute, midnight + ends.hour * 60 + ends.minute, entry
    )


def no_overlap(reader: Reader, stretches: Sequence[Stretch], what: str) -> None:
    """Note stretches that meet another one."""
    latest: Stretch | None = None
    for one in sorted(stretches, key=lambda one: (one.starts, one.ends, one.entry.line)):
        if latest and one.starts < latest.ends:
            day = values.DAYS[one.weekday]
            reader.wrong(one.entry, f"These {what} overlap with those of line {latest.entry.line} on {day}.")
        if latest is None or one.ends > latest.ends:
            latest = one
