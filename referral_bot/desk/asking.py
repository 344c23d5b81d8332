"""What the directory answers at once: insurance, fax, address, hours, what must come with a referral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from referral_bot.cards import details, words
from referral_bot.cards.elements import Card, Element, Fact, Facts, Text
from referral_bot.cards.replies import says
from referral_bot.desk import packets
from referral_bot.practice import Opening, Practice

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def insurance(practice: Practice, payer: str | None) -> Card:
    """Whether a payer is accepted; without one, which are."""
    taken = words.listed(list(practice.payers.accepted))
    if not payer:
        return says(f"We take {taken}.")
    answer = packets.accepted(practice, payer)
    named = packets.payer_named(practice, payer) or payer
    if answer is True:
        return says(f"Yes, {named} is accepted.")
    if answer is False:
        return says(packets.not_accepted(practice, named))
    return says(f"{payer} is not on our list, so I can't say. We take {taken}. Ask, and a person answers.")


def info(practice: Practice, topics: Sequence[str]) -> Card:
    """Addresses, phone, fax and hours; only the topics asked for, or all."""
    wanted = set(topics) & {"fax", "phone", "address", "hours"} or {"fax", "phone", "address", "hours"}
    facts: list[Fact] = []
    if "hours" in wanted:
        facts.append(Fact("Hours", _hours(practice)))
    if "fax" in wanted and practice.fax:
        facts.append(Fact("Fax", practice.fax))
    if "phone" in wanted and practice.phone:
        facts.append(Fact("Phone", practice.phone))
    for location in practice.locations:
        said = {"address": location.address, "phone": location.phone, "fax": location.fax}
        line = [
            f"{kind} {text}" if kind == "fax" else text
            for kind, text in said.items()
            if kind in wanted and text
        ]
        if line:
            facts.append(Fact(location.name, ", ".join(line)))
    if not facts:
        return says("The directory does not say. Ask, and a person answers.")
    return Card("What you asked about the practice.", practice.name, (Facts(tuple(facts)),))


def requirements(practice: Practice, service_key: str | None) -> Card:
    """What must come with a referral, for one service or for each."""
    services = [practice.service(service_key)] if service_key else list(practice.services)
    elements: list[Element] = []
    for service in services:
        needed = [*packets.ALWAYS_NEEDED, *service.requires]
        named = [details.LABELS[name].lower() for name in dict.fromkeys(needed) if name != "service"]
        elements.append(Text(f"{service.name}: {words.listed(named)}."))
    elements.append(Text("Everything else helps, and nothing else is in the way of sending."))
    return Card("What must come with a referral.", "", tuple(elements))


def _hours(practice: Practice) -> str:
    by_hours: dict[tuple[str, str], list[int]] = {}
    for opening in practice.hours:
        by_hours.setdefault(_clock(opening), []).append(opening.weekday)
    parts = [f"{_days(days)} {opens}–{closes}" for (opens, closes), days in by_hours.items()]
    return ", ".join(parts)


def _clock(opening: Opening) -> tuple[str, str]:
    return words.clock_time(opening.opens), words.clock_time(opening.closes)


def _days(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{_DAYS[days[0]]}–{_DAYS[days[-1]]}"
    return words.listed([_DAYS[day] for day in days])


def answer(practice: Practice, intent: str, fields: Mapping[str, Any]) -> Card:
    """The directory's answer to one of the intents it can answer."""
    if intent == "ask_insurance_accepted":
        return insurance(practice, (fields.get("insurance") or {}).get("payer"))
    if intent == "ask_requirements":
        service = packets.service_named(practice, str(fields.get("service") or ""))
        return requirements(practice, service.key if service else None)
    return info(practice, fields.get("topic") or ())
