"""What an import changes, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from referral_bot.directory.contents import Directory
from referral_bot.model import Channel, Identity, Office, Person
from referral_bot.practice import Location, Practice, Provider, Service

_PRACTICE: Final = {
    "name": "name",
    "timezone": "time zone",
    "hours": "business hours",
    "holidays": "holidays",
    "quiet_hours": "quiet hours",
    "phone": "phone",
    "fax": "fax",
}
_PLACE: Final = {
    "name": "name",
    "address": "address",
    "phone": "phone",
    "fax": "fax",
    "timezone": "time zone",
}
_PROVIDER: Final = {
    "name": "name",
    "npi": "NPI",
    "services": "services",
    "languages": "languages",
    "weekly": "weekly sessions",
}
_SERVICE: Final = {
    "name": "name",
    "aliases": "aliases",
    "booking": "booking",
    "minutes": "minutes",
    "requires": "required fields",
    "bring": "what to bring",
}
_OFFICE: Final = {
    "name": "name",
    "phone": "phone",
    "fax": "fax",
    "timezone": "time zone",
    "liaison_key": "liaison",
}
_PERSON: Final = {
    "name": "name",
    "role": "role",
    "side": "side",
    "office_key": "office",
    "npi": "NPI",
    "timezone": "time zone",
}

Entry = TypeVar("Entry", Location, Service, Provider, Office, Person)


def compare(old: Directory | None, new: Directory) -> list[str]:
    """What importing `new` over `old` changes, a sentence each; nothing if they say the same."""
    if old is None:
        return [_set_up(new), *(_added(office, new) for office in new.offices)]
    before, after = old.practice, new.practice
    return [
        *_differences(after.name, before, after, _PRACTICE),
        *_payers(before, after),
        *_entries(before.locations, after.locations, "location", _PLACE),
        *_entries(before.services, after.services, "service", _SERVICE),
        *_promises(before.services, after.services),
        *_entries(before.providers, after.providers, "provider", _PROVIDER),
        *_offices(old, new),
        *_people(old, new),
        *_channels(old, new),
    ]


def _set_up(new: Directory) -> str:
    practice = new.practice
    return (
        f"sets up {practice.name}: {_count(practice.locations, 'location')}, "
        f"{_count(practice.services, 'service')}, {_count(practice.providers, 'provider')}, "
        f"{_count([p for p in new.people if p.office_key is None], 'person', 'people')} of its own"
    )


def _count(entries: Sequence[object], one: str, many: str = "") -> str:
    return f"{len(entries)} {one if len(entries) == 1 else many or f'{one}s'}"


def _differences(label: str, old: object, new: object, fields: Mapping[str, str]) -> Iterator[str]:
    """`Raj Patel: role scheduler → intake`; what has no short form is only named."""
    for name, called in fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if isinstance(before, str | None) and isinstance(after, str | None):
            yield f"{label}: {called} {before or 'none'} → {after or 'none'}"
        else:
            yield f"{label}: other {called}"


def _entries(
    old: Sequence[Entry], new: Sequence[Entry], what: str, fields: Mapping[str, str]
) -> Iterator[str]:
    before, after = {entry.key: entry for entry in old}, {entry.key: entry for entry in new}
    for key, entry in after.items():
        if key in before:
            yield from _differences(entry.name, before[key], entry, fields)
        else:
            yield f"adds {what} {entry.name}"
    yield from (f"drops {what} {entry.name}" for key, entry in before.items() if key not in after)


def _promises(old: Sequence[Service], new: Sequence[Service]) -> Iterator[str]:
    before = {service.key: service for service in old}
    for service in new:
        known = before.get(service.key, service)
        for kind, spans in service.promises.items():
            for urgency, span in spans.items():
                if known.promised(kind, urgency) != span:
                    was = known.promised(kind, urgency)
                    yield f"{service.name}: {kind.value}, {urgency.value} {was} → {span}"


def _payers(old: Practice, new: Practice) -> Iterator[str]:
    before, after = old.payers, new.payers
    yield from (f"accepts {payer}" for payer in after.accepted if payer not in before.accepted)
    yield from (f"no longer accepts {payer}" for payer in before.accepted if payer not in after.accepted)
    if set(before.not_accepted) != set(after.not_accepted):
        yield "changes which payers are known as not accepted"
    if before.aliases != after.aliases:
        yield "changes what payers are also called"


def _added(office: Office, new: Directory) -> str:
    people = [person for person in new.people if person.office_key == office.key]
    return f"adds office {office.name} with {_count(people, 'person', 'people')}"


def _offices(old: Directory, new: Directory) -> Iterator[str]:
    known = {office.key for office in old.offices}
    yield from (_added(office, new) for office in new.offices if office.key not in known)
    staying = [office for office in new.offices if office.key in known]
    yield from _entries(old.offices, staying, "office", _OFFICE)


def _people(old: Directory, new: Directory) -> Iterator[str]:
    before, after = {p.key: p for p in old.people}, {p.key: p for p in new.people}
    had, have = _accounts(old.identities), _accounts(new.identities)
    # the people of an added office are told with it
    told_sides = {None, *(office.key for office in old.offices)}
    for key, person in after.items():
        if key not in before:
            if person.office_key in told_sides:
                yield f"adds {person.name}"
            continue
        yield from _differences(person.name, before[key], person, _PERSON)
        if _moved(had.get(key, {}), have.get(key, {})):
            yield f"{person.name}: other accounts"
    yield from (f"{person.name} loses access" for key, person in before.items() if key not in after)


def _accounts(identities: Iterable[Identity]) -> dict[str, dict[str, str]]:
    """By person: each account's id with its tenant."""
    found: dict[str, dict[str, str]] = {}
    for identity in identities:
        found.setdefault(identity.person_key, {})[identity.id] = identity.tenant
    return found


def _moved(had: Mapping[str, str], have: Mapping[str, str]) -> bool:
    """Whether accounts differ. A tenant that the directory leaves open was kept from the first message."""
    return set(had) != set(have) or any(tenant not in ("", had[account]) for account, tenant in have.items())


def _channels(old: Directory, new: Directory) -> Iterator[str]:
    before, after = {c.id: c for c in old.channels}, {c.id: c for c in new.channels}
    names = {office.key: office.name for office in (*old.offices, *new.offices)}
    for key, channel in after.items():
        if key not in before or _use(channel, names) != _use(before[key], names):
            yield f"channel {key} is now {_use(channel, names)}"
    for key, channel in before.items():
        if key not in after:
            yield f"channel {key} is no longer {_use(channel, names)}"


def _use(channel: Channel, names: Mapping[str, str]) -> str:
    if channel.office_key is None:
        return f"the practice's {channel.kind.value} channel"
    return f"the channel of {names.get(channel.office_key, channel.office_key)}"
