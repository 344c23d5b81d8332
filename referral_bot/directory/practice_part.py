"""The practice's own part of the directory: hours, places, services, providers, payers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from referral_bot.directory import values
from referral_bot.directory.nodes import Entry, Reader
from referral_bot.practice import (
    Booking,
    Location,
    Opening,
    Payers,
    Practice,
    PromiseKind,
    Provider,
    QuietHours,
    Service,
    Session,
    TimeSpan,
    Urgency,
    VisitType,
)

PLATFORMS: Final = ("slack", "teams")
REQUIRABLE: Final = ("insurance", "documents", "referring_provider")
"""What a service may ask for beyond what every referral needs."""
PROMISED: Final = (PromiseKind.ACKNOWLEDGE, PromiseKind.SCHEDULE, PromiseKind.SEE, PromiseKind.REPORT)
URGENCIES: Final = (Urgency.STAT, Urgency.URGENT, Urgency.ROUTINE)
DEFAULTS: Final[dict[PromiseKind, tuple[str, str, str]]] = {
    PromiseKind.ACKNOWLEDGE: ("15m", "30m", "4h"),
    PromiseKind.SCHEDULE: ("1h", "4h", "2d"),
    PromiseKind.SEE: ("1d", "3d", "14d"),
    PromiseKind.REPORT: ("1d", "2d", "5d"),
}
"""Stat, urgent, routine, where a service says nothing else."""
MINUTES: Final = (5, 480)
"""Least and most minutes of a visit."""
LONGEST: Final[dict[str, int]] = {"m": 2400, "h": 200, "d": 120}


def read_practice(reader: Reader, root: Mapping[str, Entry]) -> Practice:
    """The practice, as far as it could be read; everything wrong is noted in the reader."""
    fields = reader.mapping(
        root.get("practice"),
        ("name", "timezone", "hours", "holidays", "quiet_hours", "phone", "fax", "channels", "scoreboard"),
        ("name", "timezone", "hours"),
        "practice",
    )
    zone = read_zone(reader, fields.get("timezone"))
    locations = tuple(_location(reader, entry) for entry in reader.items(root.get("locations")))
    services = tuple(_service(reader, entry) for entry in reader.items(root.get("services")))
    channels = read_channels(reader, fields.get("channels"))
    practice = Practice(
        name=reader.text(fields.get("name")),
        timezone=zone or "UTC",
        hours=_hours(reader, fields.get("hours")),
        holidays=_holidays(reader, fields.get("holidays")),
        quiet_hours=_quiet(reader, fields.get("quiet_hours")),
        phone=read_phone(reader, fields.get("phone")),
        fax=read_phone(reader, fields.get("fax")),
        channels=channels,
        scoreboard=read_channels(reader, fields.get("scoreboard")) or channels,
        locations=locations,
        services=services,
        providers=_providers(reader, root.get("providers"), locations, services),
        payers=_payers(reader, root.get("payers")),
    )
    for name, entry in (("services", root.get("services")), ("locations", root.get("locations"))):
        unique(reader, reader.items(entry), f"key in {name}")
    _aliases(reader, reader.items(root.get("services")))
    return practice


# ---------------------------------------------------------------- shared notations


def read_key(reader: Reader, fields: Mapping[str, Entry]) -> str:
    """An entry's key."""
    entry = fields.get("key")
    if entry is None:
        return ""
    return reader.made(entry, values.key, "A key has lower-case letters, digits, - and _ only.") or ""


def read_zone(reader: Reader, entry: Entry | None) -> str | None:
    """An IANA zone."""
    if entry is None:
        return None
    name = reader.text(entry)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.wrong(entry, f"{name} is no time zone. Write one such as America/Chicago.")
        return None
    return name


def read_phone(reader: Reader, entry: Entry | None) -> str:
    """A phone or fax number."""
    if entry is None or not reader.text(entry):
        return ""
    return reader.made(entry, values.phone, "A number has ten digits, such as 309-555-0100.") or ""


def read_npi(reader: Reader, entry: Entry | None) -> str:
    """An NPI."""
    if entry is None or not reader.text(entry):
        return ""
    return (
        reader.made(entry, values.npi, "This NPI is not right: ten digits, the last of them a check digit.")
        or ""
    )


def read_channels(reader: Reader, entry: Entry | None) -> dict[str, str]:
    """Platform to channel."""
    found: dict[str, str] = {}
    for platform, child in reader.mapping(entry, PLATFORMS, what="list of channels").items():
        said = reader.text(child)
        try:
            found[platform] = values.channel(platform, said)
        except ValueError:
            example = "C0INTAKE" if platform == "slack" else "19:…@thread.tacv2"
            reader.wrong(child, f"{said} is no {platform.capitalize()} channel id (such as {example}).")
    return found


def unique(reader: Reader, entries: list[Entry], what: str, name: str = "key") -> None:
    """Note keys that stand twice."""
    seen: dict[str, int] = {}
    for entry in entries:
        child = entry.fields.get(name)
        if child is None:
            continue
        said = reader.text(child)
        if said in seen:
            reader.wrong(child, f"The {what} {said} is used twice; first on line {seen[said]}.")
        seen.setdefault(said, child.line)


# ---------------------------------------------------------------- business time


def _hours(reader: Reader, entry: Entry | None) -> tuple[Opening, ...]:
    openings: list[tuple[int, time, time, Entry]] = []
    for days_text, child in reader.free_mapping(entry).items():
        try:
            weekdays = values.days(days_text)
        except ValueError:
            reader.wrong(child, f"{days_text} names no days. Write them such as mon-thu, or mon, wed.")
            continue
        for item in reader.items(child):
            span = reader.made(
                item, values.hours, 'Hours are written such as "08:00-17:00", end after start.'
            )
            if span:
                openings += [(day, *span, item) for day in weekdays]
    _no_overlap(reader, openings, "hours")
    if entry is not None and entry.kind == "mapping" and not openings:
        reader.wrong(entry, "A week needs at least some business hours: promises are counted in them.")
    return tuple(Opening(weekday=day, opens=opens, closes=closes) for day, opens, closes, _ in openings)


def _no_overlap(reader: Reader, spans: list[tuple[int, time, time, Entry]], what: str) -> None:
    before: tuple[int, time, time, Entry] | None = None
    for span in sorted(spans, key=lambda one: one[:3]):
        if before and before[0] == span[0] and span[1] < before[2]:
            day = values.DAYS[span[0]]
            reader.wrong(span[3], f"These {what} overlap with those of line {before[3].line} on {day}.")
        before = span


def _holidays(reader: Reader, entry: Entry | None) -> str | None:
    if entry is None or not reader.text(entry):
        return None
    name = reader.text(entry)
    country, _, subdivision = name.partition("-")
    try:
        holidays.country_holidays(country, subdiv=subdivision or None)
    except (NotImplementedError, KeyError, AttributeError, ValueError):
        reader.wrong(entry, f"{name} is no holiday calendar. Write country-subdivision, such as US-IL.")
        return None
    return name


def _quiet(reader: Reader, entry: Entry | None) -> QuietHours:
    span = (
        reader.made(entry, values.night, 'Quiet hours are written such as "20:00-07:00".') if entry else None
    )
    return QuietHours(starts=span[0], ends=span[1]) if span else QuietHours()


# ---------------------------------------------------------------- places and services


def _location(reader: Reader, entry: Entry) -> Location:
    fields = reader.mapping(
        entry, ("key", "name", "address", "phone", "fax", "timezone"), ("key", "name"), "location"
    )
    return Location(
        key=read_key(reader, fields),
        name=reader.text(fields.get("name")),
        address=reader.text(fields.get("address")),
        phone=read_phone(reader, fields.get("phone")),
        fax=read_phone(reader, fields.get("fax")),
        timezone=read_zone(reader, fields.get("timezone")),
    )


def _service(reader: Reader, entry: Entry) -> Service:
    fields = reader.mapping(
        entry,
        ("key", "name", "aliases", "booking", "minutes", "promises", "requires", "bring"),
        ("key", "name", "minutes"),
        "service",
    )
    booking = reader.one_of(fields.get("booking"), [b.value for b in Booking], "way of booking")
    required = [
        name
        for item in reader.items(fields.get("requires"))
        if (name := reader.one_of(item, REQUIRABLE, "field"))
    ]
    return Service(
        key=read_key(reader, fields),
        name=reader.text(fields.get("name")),
        aliases=reader.texts(fields.get("aliases")),
        booking=Booking(booking) if booking else Booking.REQUEST,
        minutes=_minutes(reader, fields.get("minutes")),
        promises=_promises(reader, fields.get("promises")),
        requires=tuple(required),
        bring=reader.text(fields.get("bring")),
    )


def _minutes(reader: Reader, entry: Entry | None) -> dict[VisitType, int]:
    found: dict[VisitType, int] = {}
    for name, child in reader.mapping(entry, [v.value for v in VisitType], what="list of minutes").items():
        if minutes := reader.whole(child, *MINUTES):
            found[VisitType(name)] = minutes
    if entry is not None and entry.kind == "mapping" and not entry.fields:
        reader.wrong(entry, "A service needs the minutes of at least one visit: {new: 40}.")
    return found or {VisitType.NEW: 30}


def _promises(reader: Reader, entry: Entry | None) -> dict[PromiseKind, dict[Urgency, TimeSpan]]:
    said = reader.mapping(entry, [kind.value for kind in PROMISED], what="list of promises")
    found: dict[PromiseKind, dict[Urgency, TimeSpan]] = {}
    for kind in PROMISED:
        spans = {u: values.span(text) for u, text in zip(URGENCIES, DEFAULTS[kind], strict=True)}
        for name, child in reader.mapping(
            said.get(kind.value), [u.value for u in URGENCIES], what="promise"
        ).items():
            if span := _span(reader, child):
                spans[Urgency(name)] = span
        found[kind] = spans
    return found


def _span(reader: Reader, entry: Entry) -> TimeSpan | None:
    span = reader.made(entry, values.span, "A promised time is a number with m, h or d, such as 30m, 4h, 2d.")
    if span and span.amount > LONGEST[span.unit]:
        reader.wrong(
            entry, f"{span} is longer than can be promised (at most {LONGEST[span.unit]}{span.unit})."
        )
        return None
    return span


def _aliases(reader: Reader, services: list[Entry]) -> None:
    """Two services must not be called the same."""
    called: dict[str, tuple[int, int]] = {}
    for index, service in enumerate(services):
        names = [service.fields.get("key"), service.fields.get("name")]
        aliases = service.fields.get("aliases")
        for entry in filter(None, [*names, *(aliases.items if aliases else [])]):
            said = reader.text(entry).casefold()
            owner, line = called.setdefault(said, (index, entry.line))
            if said and owner != index:
                reader.wrong(entry, f"Another service is called {said} too, on line {line}.")


# ---------------------------------------------------------------- providers and payers


def _providers(
    reader: Reader, entry: Entry | None, locations: tuple[Location, ...], services: tuple[Service, ...]
) -> tuple[Provider, ...]:
    places, offered = [place.key for place in locations], [service.key for service in services]
    entries = reader.items(entry)
    unique(reader, entries, "key in providers")
    return tuple(_provider(reader, child, places, offered) for child in entries)


def _provider(reader: Reader, entry: Entry, places: list[str], offered: list[str]) -> Provider:
    fields = reader.mapping(
        entry,
        ("key", "name", "npi", "services", "languages", "weekly"),
        ("key", "name", "services"),
        "provider",
    )
    spans: list[tuple[int, time, time, Entry]] = []
    sessions: list[Session] = []
    for child in reader.items(fields.get("weekly")):
        found = _sessions(reader, child, places)
        sessions += found
        spans += [(session.weekday, session.starts, session.ends, child) for session in found]
    _no_overlap(reader, spans, "sessions")
    services = [reader.one_of(item, offered, "service") for item in reader.items(fields.get("services"))]
    return Provider(
        key=read_key(reader, fields),
        name=reader.text(fields.get("name")),
        npi=read_npi(reader, fields.get("npi")),
        services=tuple(filter(None, services)),
        languages=reader.texts(fields.get("languages")) or ("en",),
        weekly=tuple(sessions),
    )


def _sessions(reader: Reader, entry: Entry, places: list[str]) -> list[Session]:
    fields = reader.mapping(entry, ("location", "days", "hours"), ("location", "days", "hours"), "session")
    if set(fields) != {"location", "days", "hours"}:
        return []
    place = reader.one_of(fields["location"], places, "location")
    weekdays = reader.made(fields["days"], values.days, "Days are written such as mon-thu, or mon, wed.")
    span = reader.made(
        fields["hours"], values.hours, 'Hours are written such as "09:00-12:00", end after start.'
    )
    if not (place and weekdays and span):
        return []
    return [Session(location=place, weekday=day, starts=span[0], ends=span[1]) for day in weekdays]


def _payers(reader: Reader, entry: Entry | None) -> Payers:
    fields = reader.mapping(entry, ("accepted", "not_accepted", "aliases"), what="list of payers")
    accepted = reader.texts(fields.get("accepted"))
    refused_entries = reader.items(fields.get("not_accepted"))
    for item in refused_entries:
        if reader.text(item) in accepted:
            reader.wrong(item, f"{reader.text(item)} stands under accepted too.")
    refused = tuple(reader.text(item) for item in refused_entries)
    aliases: dict[str, str] = {}
    for alias, child in reader.free_mapping(fields.get("aliases")).items():
        if payer := reader.one_of(child, (*accepted, *refused), "payer"):
            aliases[alias] = payer
    return Payers(accepted=accepted, not_accepted=refused, aliases=aliases)
