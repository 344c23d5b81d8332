"""What an import changes, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from referral_bot.model import Channel, Identity, Office, Person
from referral_bot.practice import Location, Practice, Provider, Service


class _Directory(Protocol):
    @property
    def practice(self) -> Practice: ...
    @property
    def offices(self) -> tuple[Office, ...]: ...
    @property
    def people(self) -> tuple[Person, ...]: ...
    @property
    def identities(self) -> tuple[Identity, ...]: ...
    @property
    def channels(self) -> tuple[Channel, ...]: ...


Named = TypeVar("Named", Location, Service, Provider, Office, Person)


def compare(old: _Directory | None, new: _Directory) -> list[str]:
    """What importing `new` over `old` changes; nothing if they are the same."""
    if old is None:
        practice = new.practice
        return [
            f"sets up {practice.name}: {len(practice.services)} services, "
            f"{len(practice.providers)} providers, {len(new.offices)} offices, {len(new.people)} people"
        ]
    changes = _practice(old.practice, new.practice)
    changes += _named(old.practice.locations, new.practice.locations, "location")
    changes += _services(old.practice.services, new.practice.services)
    changes += _named(old.practice.providers, new.practice.providers, "provider")
    changes += _offices(old, new)
    changes += _people(old, new)
    if _channels(old.channels) != _channels(new.channels):
        changes.append("changes which channels belong to whom")
    return changes


def _practice(old: Practice, new: Practice) -> list[str]:
    labels = {
        "name": "the practice's name",
        "timezone": "the time zone",
        "hours": "the business hours",
        "holidays": "the holidays",
        "quiet_hours": "the quiet hours",
        "phone": "the phone",
        "fax": "the fax",
        "payers": "the payers",
    }
    return [f"changes {label}" for name, label in labels.items() if getattr(old, name) != getattr(new, name)]


def _named(old: Sequence[Named], new: Sequence[Named], what: str) -> list[str]:
    before, after = {entry.key: entry for entry in old}, {entry.key: entry for entry in new}
    changes = [f"adds the {what} {after[key].name}" for key in after if key not in before]
    changes += [f"drops the {what} {before[key].name}" for key in before if key not in after]
    changes += [
        f"changes the {what} {after[key].name}"
        for key in after
        if key in before and before[key].model_dump() != after[key].model_dump()
    ]
    return changes


def _services(old: Sequence[Service], new: Sequence[Service]) -> list[str]:
    changes = [said for said in _named(old, new, "service") if not said.startswith("changes")]
    before = {service.key: service for service in old}
    for service in new:
        known = before.get(service.key)
        if known is None or known == service:
            continue
        promises = [
            f"{service.name}: {kind.value}, {urgency.value} {known.promises[kind][urgency]} → {span}"
            for kind, spans in service.promises.items()
            for urgency, span in spans.items()
            if known.promises[kind][urgency] != span
        ]
        rest = service.model_copy(update={"promises": known.promises}) != known
        changes += promises + ([f"changes the service {service.name}"] if rest else [])
    return changes


def _offices(old: _Directory, new: _Directory) -> list[str]:
    known = {office.key for office in old.offices}
    staying = [office for office in new.offices if office.key in known]
    added = [
        f"adds {office.name} with {sum(p.office_key == office.key for p in new.people)} people"
        for office in new.offices
        if office.key not in known
    ]
    kept = {office.key for office in new.offices}
    gone = [
        f"{office.name} is no longer an office of ours" for office in old.offices if office.key not in kept
    ]
    before = [office for office in old.offices if office.key in kept]
    return added + gone + _named(before, staying, "office")


def _people(old: _Directory, new: _Directory) -> list[str]:
    before = {person.key: person for person in old.people}
    offices = {office.key for office in old.offices}
    after = {person.key: person for person in new.people}
    came = [
        f"{person.name} gets access"
        for key, person in after.items()
        if key not in before and person.office_key in (None, *offices)
    ]
    left = [f"{person.name} loses access" for key, person in before.items() if key not in after]
    accounts_before, accounts_after = _accounts(old.identities), _accounts(new.identities)
    changed = [
        f"changes {person.name}"
        for key, person in after.items()
        if key in before
        and (
            before[key].model_dump() != person.model_dump()
            or accounts_before.get(key) != accounts_after.get(key)
        )
    ]
    return came + left + changed


def _accounts(identities: Iterable[Identity]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for identity in identities:
        found.setdefault(identity.person_key, set()).add(identity.id)
    return found


def _channels(channels: Iterable[Channel]) -> set[tuple[str, str | None, str]]:
    return {(channel.id, channel.office_key, channel.kind.value) for channel in channels}
