"""The providers of the directory and their weekly sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.directory import values
from referral_bot.directory.fields import (
    Stretch,
    no_overlap,
    read_key,
    read_name,
    read_npi,
    stretch,
    unique,
)
from referral_bot.directory.nodes import Entry, Kind, Reader
from referral_bot.practice import Provider, Session

SEASONS: Final = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
"""Zones may be further apart in one half of the year than in the other."""


def read_providers(
    reader: Reader, entry: Entry | None, zones: Mapping[str, str], services: Sequence[str]
) -> tuple[Provider, ...]:
    """The providers. `zones` are the locations with their zones, `services` the services, by key."""
    entries = reader.items(entry)
    unique(reader, entries, "providers")
    return tuple(_provider(reader, child, zones, services) for child in entries)


def _provider(reader: Reader, entry: Entry, zones: Mapping[str, str], services: Sequence[str]) -> Provider:
    fields = reader.mapping(
        entry,
        ("key", "name", "npi", "services", "languages", "weekly"),
        ("key", "name", "services"),
        "provider",
    )
    placed = [
        (session, child)
        for child in reader.items(fields.get("weekly"))
        for session in _sessions(reader, child, list(zones))
    ]
    for season in SEASONS:
        no_overlap(reader, [_stretch(session, child, zones, season) for session, child in placed], "sessions")
    offered = (reader.one_of(item, services, "service") for item in reader.items(fields.get("services")))
    languages = (reader.made(item, values.language) for item in reader.items(fields.get("languages")))
    return Provider(
        key=read_key(reader, fields),
        name=read_name(reader, fields),
        npi=read_npi(reader, fields.get("npi")),
        services=tuple(dict.fromkeys(filter(None, offered))),
        languages=tuple(filter(None, languages)) or ("en",),
        weekly=tuple(session for session, _ in placed),
    )


def _sessions(reader: Reader, entry: Entry, places: Sequence[str]) -> Iterator[Session]:
    needed = ("location", "days", "hours")
    fields = reader.mapping(entry, needed, needed, "session")
    place = reader.one_of(fields.get("location"), places, "location")
    weekdays = _days(reader, fields.get("days"))
    span = reader.made(fields.get("hours"), values.hours)
    if place and span:
        for day in weekdays:
            yield Session(location=place, weekday=day, starts=span[0], ends=span[1])


def _days(reader: Reader, entry: Entry | None) -> tuple[int, ...]:
    """Days as a text, or as a list of such texts."""
    parts = entry.items if entry is not None and entry.kind is Kind.LIST else [entry]
    found = [reader.made(part, values.days) or () for part in parts]
    return tuple(dict.fromkeys(day for days in found for day in days))


def _stretch(session: Session, entry: Entry, zones: Mapping[str, str], season: datetime) -> Stretch:
    offset = season.astimezone(ZoneInfo(zones[session.location])).utcoffset()
    return stretch(session.weekday, session.starts, session.ends, entry, offset or timedelta())
