"""The people of the directory: the practice's staff, the referring offices and everyone in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from referral_bot.directory import values
from referral_bot.directory.fields import (
    PLATFORMS,
    declared_key,
    read_channels,
    read_key,
    read_name,
    read_npi,
    read_phone,
    read_zone,
    unique,
)
from referral_bot.directory.nodes import Entry, Reader, nearest, shown
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


def read_people(reader: Reader, root: Mapping[str, Entry], practice: Practice) -> People:
    """Staff, offices, their people, accounts and channels; everything wrong is noted in the reader."""
    found = People()
    accounts: dict[str, Entry] = {}
    staff = reader.items(root.get("staff"))
    everyone = list(staff)
    for entry in staff:
        _person(reader, entry, None, found, accounts)
    if not staff and "practice" in root:
        reader.warn(root["practice"], "The practice has no staff yet; nobody can answer a referral.")
    offices = reader.items(root.get("offices"))
    for entry in offices:
        key = _office(reader, entry, staff, found)
        people = reader.items(entry.fields.get("people"))
        everyone += people
        for person in people:
            _person(reader, person, key, found, accounts)
    unique(reader, everyone, "people")
    unique(reader, offices, "offices")
    _channels(reader, root, practice, offices, found)
    return found


def _person(
    reader: Reader, entry: Entry, office_key: str | None, found: People, accounts: dict[str, Entry]
) -> None:
    fields = reader.mapping(entry, _PERSON, ("key", "name", "role"), "person")
    roles = STAFF_ROLES if office_key is None else OFFICE_ROLES
    role = reader.one_of(fields.get("role"), roles, "role")
    person = Person(
        key=read_key(reader, fields),
        name=read_name(reader, fields),
        role=Role(role) if role else roles[0],
        side=Side.PRACTICE if office_key is None else Side.OFFICE,
        office_key=office_key,
        npi=read_npi(reader, fields.get("npi")),
        timezone=read_zone(reader, fields.get("timezone")),
    )
    found.people.append(person)
    for platform in PLATFORMS:
        identity = _identity(reader, fields.get(platform), platform, person.key)
        if identity is None:
            continue
        first = accounts.setdefault(identity.id, fields[platform])
        if first is fields[platform]:
            found.identities.append(identity)
        else:
            said = f"The account {identity.account} belongs to somebody else already, on line {first.line}."
            reader.wrong(fields[platform], said)


def _identity(reader: Reader, entry: Entry | None, platform: str, person_key: str) -> Identity | None:
    made = reader.made(entry, partial(values.account, platform))
    if made is None:
        return None
    tenant, account = made
    return Identity(
        id=f"{platform}:{account}", platform=platform, tenant=tenant, account=account, person_key=person_key
    )


# ---------------------------------------------------------------- offices


def _office(reader: Reader, entry: Entry, staff: Sequence[Entry], found: People) -> str:
    """Read an office without its people; returns its key."""
    fields = reader.mapping(
        entry,
        ("key", "name", "phone", "fax", "timezone", "liaison", "channels", "people"),
        ("key", "name"),
        "office",
    )
    office = Office(
        key=read_key(reader, fields),
        name=read_name(reader, fields),
        phone=read_phone(reader, fields.get("phone")),
        fax=read_phone(reader, fields.get("fax")),
        timezone=read_zone(reader, fields.get("timezone")),
        liaison_key=_liaison(reader, fields.get("liaison"), staff),
    )
    found.offices.append(office)
    if "liaison" not in fields or fields["liaison"].blank:
        reader.warn(entry, f"{office.name} has no liaison; nobody looks after it.")
    if "people" not in fields or fields["people"].blank:
        reader.warn(entry, f"{office.name} has no people; nobody of it can send a referral.")
    return office.key


def _liaison(reader: Reader, entry: Entry | None, staff: Sequence[Entry]) -> str | None:
    key = reader.text(entry)
    if entry is None or not key:
        return None
    roles = {declared_key(person): _role(person) for person in staff}
    if key not in roles:
        liaisons = [known for known, role in roles.items() if role == Role.LIAISON]
        hint = nearest(key, liaisons) or f"Known: {', '.join(liaisons) or 'none yet'}."
        reader.wrong(entry, f"There is nobody {shown(key)} among the staff. {hint}")
    elif roles[key] != Role.LIAISON and roles[key] in STAFF_ROLES:
        reader.wrong(
            entry, f"{key} is {roles[key]}; an office's liaison is someone of the staff with role liaison."
        )
    return key


def _role(person: Entry) -> str:
    role = person.fields.get("role")
    return (role.text or "").strip() if role else ""


# ---------------------------------------------------------------- channels


def _channels(
    reader: Reader, root: Mapping[str, Entry], practice: Practice, offices: Sequence[Entry], found: People
) -> None:
    """Every channel once: the practice's own, and each office's."""
    taken: dict[tuple[str, str], Entry] = {}
    own = root["practice"].fields if "practice" in root else {}
    for kind, said, channels in (
        (ChannelKind.INTAKE, "channels", practice.channels),
        (ChannelKind.SCOREBOARD, "scoreboard", practice.scoreboard),
    ):
        for platform, channel in channels.items():
            # the scoreboard may share the channel that the staff answer in
            if (platform, channel) not in taken:
                taken[platform, channel] = own[said].fields[platform]
                found.channels.append(_channel(platform, channel, kind, None))
    for entry in offices:
        office_key = declared_key(entry)
        for platform, channel in read_channels(reader, entry.fields.get("channels")).items():
            place = entry.fields["channels"].fields[platform]
            first = taken.setdefault((platform, channel), place)
            if first is place:
                found.channels.append(_channel(platform, channel, ChannelKind.OFFICE, office_key))
            else:
                reader.wrong(
                    place, f"The channel {channel} is used on line {first.line} already; it needs its own."
                )


def _channel(platform: str, channel: str, kind: ChannelKind, office_key: str | None) -> Channel:
    return Channel(
        id=f"{platform}:{channel}", platform=platform, channel=channel, kind=kind, office_key=office_key
    )
