"""The practice's own part of the directory: business time, places, services, payers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from referral_bot.business_time import opens_at_all
from referral_bot.directory import values
from referral_bot.directory.fields import (
    Stretch,
    declared,
    declared_key,
    no_overlap,
    read_channels,
    read_key,
    read_name,
    read_phone,
    read_zone,
    stretch,
    unique,
)
from referral_bot.directory.nodes import Entry, Kind, Reader, shown
from referral_bot.directory.providers_part import read_providers
from referral_bot.practice import (
    Booking,
    Location,
    Opening,
    Payers,
    Practice,
    PromiseKind,
    QuietHours,
    Service,
    TimeSpan,
    Urgency,
    VisitType,
)

REQUIRABLE: Final = ("insurance", "documents", "referring_provider")
"""What a service may ask for beyond what every referral needs."""
URGENCIES: Final = (Urgency.STAT, Urgency.URGENT, Urgency.ROUTINE)
DEFAULTS: Final[dict[PromiseKind, tuple[str, str, str]]] = {
    PromiseKind.ACKNOWLEDGE: ("15m", "30m", "4h"),
    PromiseKind.SCHEDULE: ("1h", "4h", "2d"),
    PromiseKind.SEE: ("1d", "3d", "14d"),
    PromiseKind.REPORT: ("1d", "2d", "5d"),
}
"""Stat, urgent, routine, where a service says nothing else."""
MOST_MINUTES: Final = 480
"""Of a visit."""


def read_practice(reader: Reader, root: Mapping[str, Entry]) -> Practice:
    """The practice, as far as it could be read; everything wrong is noted in the reader."""
    fields = reader.mapping(
        root.get("practice"),
        ("name", "timezone", "hours", "holidays", "quiet_hours", "phone", "fax", "channels", "scoreboard"),
        ("name", "timezone", "hours"),
        "practice",
    )
    places, offered = reader.items(root.get("locations")), reader.items(root.get("services"))
    locations = tuple(_location(reader, entry) for entry in places)
    zone = read_zone(reader, fields.get("timezone"))
    channels = read_channels(reader, fields.get("channels"))
    practice = Practice(
        name=read_name(reader, fields),
        timezone=zone or "UTC",
        hours=_hours(reader, fields.get("hours")),
        holidays=reader.made(fields.get("holidays"), values.holiday_calendar),
        quiet_hours=_quiet(reader, fields.get("quiet_hours")),
        phone=read_phone(reader, fields.get("phone")),
        fax=read_phone(reader, fields.get("fax")),
        channels=channels,
        scoreboard=read_channels(reader, fields.get("scoreboard")) or channels,
        locations=locations,
        services=tuple(_service(reader, entry) for entry in offered),
        providers=read_providers(
            reader,
            root.get("providers"),
            _zones(places, locations, zone),
            declared(offered),
        ),
        payers=_payers(reader, root.get("payers")),
    )
    unique(reader, places, "locations")
    unique(reader, offered, "services")
    _called_once(reader, offered)
    if "hours" in fields and fields["hours"].kind is Kind.MAPPING and not opens_at_all(practice):
        reader.wrong(
            fields["hours"],
            "A week needs some business hours, on days that are no holidays: promises are counted in them.",
        )
    if "practice" in root and not channels:
        reader.warn(root["practice"], "There is no channel in which the staff see referrals: set channels.")
    return practice


# ---------------------------------------------------------------- business time


def _hours(reader: Reader, entry: Entry | None) -> tuple[Opening, ...]:
    openings: list[Opening] = []
    stretches: list[Stretch] = []
    for days_text, child in reader.free_mapping(entry, "hours").items():
        weekdays = _days_of_key(reader, days_text, child)
        for item in reader.items(child):
            span = reader.made(item, values.hours)
            if span is None:
                continue
            for day in weekdays:
                openings.append(Opening(weekday=day, opens=span[0], closes=span[1]))
                stretches.append(stretch(day, *span, item))
    no_overlap(reader, stretches, "hours")
    return tuple(openings)


def _days_of_key(reader: Reader, text: str, entry: Entry) -> tuple[int, ...]:
    try:
        return values.days(text)
    except ValueError as problem:
        reader.wrong(entry, str(problem))
        return ()


def _quiet(reader: Reader, entry: Entry | None) -> QuietHours:
    span = reader.made(entry, values.night)
    return QuietHours(starts=span[0], ends=span[1]) if span else QuietHours()


# ---------------------------------------------------------------- places and services


def _location(reader: Reader, entry: Entry) -> Location:
    fields = reader.mapping(
        entry, ("key", "name", "address", "phone", "fax", "timezone"), ("key", "name"), "location"
    )
    return Location(
        key=read_key(reader, fields),
        name=read_name(reader, fields),
        address=reader.text(fields.get("address")),
        phone=read_phone(reader, fields.get("phone")),
        fax=read_phone(reader, fields.get("fax")),
        timezone=read_zone(reader, fields.get("timezone")),
    )


def _zones(entries: Sequence[Entry], locations: Sequence[Location], zone: str | None) -> dict[str, str]:
    """Each location's zone by its key; all the same while the practice's is not known."""
    return {
        declared_key(entry): (location.timezone or zone) if zone else "UTC"
        for entry, location in zip(entries, locations, strict=True)
        if declared_key(entry)
    }


def _service(reader: Reader, entry: Entry) -> Service:
    fields = reader.mapping(
        entry,
        ("key", "name", "aliases", "booking", "minutes", "promises", "requires", "bring"),
        ("key", "name", "minutes"),
        "service",
    )
    booking = reader.one_of(fields.get("booking"), [way.value for way in Booking], "way of booking")
    required = (
        reader.one_of(item, REQUIRABLE, "field to require") for item in reader.items(fields.get("requires"))
    )
    return Service(
        key=read_key(reader, fields),
        name=read_name(reader, fields),
        aliases=reader.texts(fields.get("aliases")),
        booking=Booking(booking) if booking else Booking.REQUEST,
        minutes=_minutes(reader, fields.get("minutes")),
        promises=_promises(reader, fields.get("promises")),
        requires=tuple(dict.fromkeys(filter(None, required))),
        bring=reader.text(fields.get("bring")),
    )


def _minutes(reader: Reader, entry: Entry | None) -> dict[VisitType, int]:
    found: dict[VisitType, int] = {}
    for name, child in reader.mapping(
        entry, [visit.value for visit in VisitType], what="list of minutes"
    ).items():
        if minutes := reader.whole(child, 1, MOST_MINUTES):
            found[VisitType(name)] = minutes
    if entry is not None and entry.kind is Kind.MAPPING and not entry.fields:
        reader.wrong(entry, "A service needs the minutes of at least one visit, such as {new: 40}.")
    return found


def _promises(reader: Reader, entry: Entry | None) -> dict[PromiseKind, dict[Urgency, TimeSpan]]:
    said = reader.mapping(entry, DEFAULTS, what="list of promises")
    return {kind: _spans(reader, kind, said.get(kind)) for kind in DEFAULTS}


def _spans(reader: Reader, kind: PromiseKind, entry: Entry | None) -> dict[Urgency, TimeSpan]:
    spans = dict(zip(URGENCIES, map(values.span, DEFAULTS[kind]), strict=True))
    for name, child in reader.mapping(entry, URGENCIES, what="promise").items():
        if span := reader.made(child, values.span):
            spans[Urgency(name)] = span
    return spans


def _called_once(reader: Reader, services: Sequence[Entry]) -> None:
    """Note names, keys and aliases by which two services are called."""
    called: dict[str, tuple[int, Entry]] = {}
    for index, service in enumerate(services):
        fields = service.fields
        names = [fields[name] for name in ("key", "name") if name in fields]
        for entry in [*names, *reader.items(fields.get("aliases"))]:
            said = reader.text(entry)
            if not said:
                continue
            owner, first = called.setdefault(said.casefold(), (index, entry))
            # the same key twice is told as that
            if owner != index and not (entry is fields.get("key") and first.path.endswith(".key")):
                reader.wrong(entry, f"Another service is called {shown(said)} too, on line {first.line}.")


# ---------------------------------------------------------------- payers


def _payers(reader: Reader, entry: Entry | None) -> Payers:
    fields = reader.mapping(entry, ("accepted", "not_accepted", "aliases"), what="list of payers")
    named: dict[str, Entry] = {}
    for name in ("accepted", "not_accepted"):
        for item in reader.items(fields.get(name)):
            said = reader.text(item)
            first = named.setdefault(said.casefold(), item)
            if first is not item:
                where = first.path.split(".")[-1].partition("[")[0]
                reader.wrong(item, f"{shown(said)} stands on line {first.line} already, under {where}.")
    accepted, refused = reader.texts(fields.get("accepted")), reader.texts(fields.get("not_accepted"))
    aliases: dict[str, str] = {}
    called: dict[str, Entry] = {}
    for alias, child in reader.free_mapping(fields.get("aliases"), "list of aliases").items():
        payer = reader.one_of(child, (*accepted, *refused), "payer")
        if child.blank:
            reader.wrong(child, f"Say which payer {shown(alias)} means.")
        elif payer and alias.casefold() in named and alias.casefold() != payer.casefold():
            reader.wrong(child, f"{shown(alias)} is a payer of its own; it can't mean {payer} too.")
        elif called.setdefault(alias.casefold(), child) is not child:
            reader.wrong(child, f"{shown(alias)} is another spelling of an alias that stands here already.")
        elif payer:
            aliases[alias] = payer
    return Payers(accepted=accepted, not_accepted=refused, aliases=aliases)
