"""The people of the directory: the practice's staff, the referring offices and everyone in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from referral_bot.directory import values
from referral_bot.directory.nodes import Entry, Reader
from referral_bot.directory.practice_part import (
    PLATFORMS,
    read_channels,
    read_key,
    read_npi,
    read_phone,
    read_zone,
    unique,
)
from referral_bot.directory.problems import Problem
from referral_bot.model import Channel, ChannelKind, Identity, Office, Person, Role, Side
from referral_bot.practice import Practice

STAFF_ROLES: Final = (
    Role.INTAKE,
    Role.SCHEDULER,
    Role.NURSE,
    Role.MEDICAL_ASSISTANT,
    Role.PHYSICIAN,
    Role.LIAISON,
    Role.MANAGER,
    Role.RECEPTIONIST,
)
OFFICE_ROLES: Final = (
    Role.REFERRAL_SPECIALIST,
    Role.NURSE,
    Role.MEDICAL_ASSISTANT,
    Role.PHYSICIAN,
    Role.RECEPTIONIST,
    Role.OFFICE_MANAGER,
)
_PERSON: Final = ("key", "name", "role", "npi", "timezone", *PLATFORMS)


@dataclass
class People:
    """Everyone and every channel, as far as they could be read."""

    offices: list[Office] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_people(reader: Reader, root: Mapping[str, Entry], practice: Practice) -> People:
    """Staff, offices, their people, accounts and channels; everything wrong is noted in the reader."""
    found = People()
    accounts: dict[tuple[str, str], int] = {}
    staff = reader.items(root.get("staff"))
    for entry in staff:
        _person(reader, entry, None, found, accounts)
    offices = reader.items(root.get("offices"))
    liaisons = [person.key for person in found.people if person.role is Role.LIAISON]
    for entry in offices:
        _office(reader, entry, liaisons, found, accounts)
    everyone = [*staff, *(p for office in offices for p in reader.items(office.fields.get("people")))]
    unique(reader, everyone, "key of a person")
    unique(reader, offices, "key in offices")
    _channels(reader, root, practice, found)
    return found


def _person(
    reader: Reader, entry: Entry, office_key: str | None, found: People, accounts: dict[tuple[str, str], int]
) -> None:
    fields = reader.mapping(entry, _PERSON, ("key", "name", "role"), "person")
    roles = STAFF_ROLES if office_key is None else OFFICE_ROLES
    role = reader.one_of(fields.get("role"), [role.value for role in roles], "role")
    key = read_key(reader, fields)
    person = Person(
        key=key,
        name=reader.text(fields.get("name")),
        role=Role(role) if role else roles[0],
        side=Side.PRACTICE if office_key is None else Side.OFFICE,
        office_key=office_key,
        npi=read_npi(reader, fields.get("npi")),
        timezone=read_zone(reader, fields.get("timezone")),
    )
    found.people.append(person)
    for platform in PLATFORMS:
        if platform in fields:
            _identity(reader, fields[platform], platform, key, found, accounts)


def _identity(
    reader: Reader,
    entry: Entry,
    platform: str,
    person_key: str,
    found: People,
    accounts: dict[tuple[str, str], int],
) -> None:
    said = reader.text(entry)
    try:
        tenant, account = values.account(platform, said)
    except ValueError:
        example = "U0MARIA, or T0LAKE/U0MARIA" if platform == "slack" else "29:…"
        reader.wrong(entry, f"{said} is no {platform.capitalize()} account id (such as {example}).")
        return
    line = accounts.setdefault((platform, account), entry.line)
    if line != entry.line:
        reader.wrong(entry, f"The account {account} belongs to somebody else already, on line {line}.")
        return
    found.identities.append(
        Identity(
            id=f"{platform}:{account}",
            platform=platform,
            tenant=tenant,
            account=account,
            person_key=person_key,
        )
    )


def _office(
    reader: Reader, entry: Entry, liaisons: list[str], found: People, accounts: dict[tuple[str, str], int]
) -> None:
    fields = reader.mapping(
        entry,
        ("key", "name", "phone", "fax", "timezone", "liaison", "channels", "people"),
        ("key", "name"),
        "office",
    )
    key = read_key(reader, fields)
    name = reader.text(fields.get("name"))
    liaison = None
    if "liaison" in fields:
        liaison = reader.one_of(fields["liaison"], liaisons, "liaison among the staff")
    else:
        found.warnings.append(Problem(entry.path, entry.line, f"{name} has no liaison."))
    found.offices.append(
        Office(
            key=key,
            name=name,
            phone=read_phone(reader, fields.get("phone")),
            fax=read_phone(reader, fields.get("fax")),
            timezone=read_zone(reader, fields.get("timezone")),
            liaison_key=liaison,
        )
    )
    people = reader.items(fields.get("people"))
    if not people:
        found.warnings.append(Problem(entry.path, entry.line, f"{name} has no people yet."))
    for child in people:
        _person(reader, child, key, found, accounts)


def _channels(reader: Reader, root: Mapping[str, Entry], practice: Practice, found: People) -> None:
    """Every channel once: the practice's own, and each office's."""
    taken: dict[tuple[str, str], int] = {}
    own = root["practice"].fields if "practice" in root else {}
    for kind, field_name in ((ChannelKind.INTAKE, "channels"), (ChannelKind.SCOREBOARD, "scoreboard")):
        for platform, channel in read_channels(Reader(), own.get(field_name)).items():
            if (platform, channel) not in taken:
                taken[platform, channel] = own[field_name].fields[platform].line
                found.channels.append(_channel(platform, channel, kind, None))
    for entry in reader.items(root.get("offices")):
        office_key = reader.text(entry.fields.get("key"))
        for platform, channel in read_channels(reader, entry.fields.get("channels")).items():
            place = entry.fields["channels"].fields[platform]
            if (platform, channel) in taken:
                line = taken[platform, channel]
                reader.wrong(place, f"The channel {channel} is used already, on line {line}.")
                continue
            taken[platform, channel] = place.line
            found.channels.append(_channel(platform, channel, ChannelKind.OFFICE, office_key))


def _channel(platform: str, channel: str, kind: ChannelKind, office_key: str | None) -> Channel:
    return Channel(
        id=f"{platform}:{channel}", platform=platform, channel=channel, kind=kind, office_key=office_key
    )
