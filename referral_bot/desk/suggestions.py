"""Type-ahead for the forms' search fields."""

from __future__ import annotations

from typing import Final

from referral_bot.cards.elements import Option
from referral_bot.cards.forms import ICD10, PAYER
from referral_bot.desk import packets
from referral_bot.practice import Practice
from referral_bot.reading import search_icd10

MOST: Final = 25


def suggest(practice: Practice, source: str, typed: str) -> tuple[Option, ...]:
    """Options for what has been typed so far; what isn't in a list may be taken as typed."""
    if source == ICD10:
        return tuple(Option(code, f"{code} {title}") for code, title in search_icd10(typed, MOST))
    if source == PAYER:
        return _payers(practice, typed.strip())
    return ()


def _payers(practice: Practice, typed: str) -> tuple[Option, ...]:
    """Payers that match, each with whether it is accepted; then what was typed, and self pay."""
    wanted = typed.casefold()
    named = packets.payer_named(practice, typed) if typed else None
    listed = [(name, "accepted") for name in practice.payers.accepted]
    listed += [(name, "not accepted here") for name in practice.payers.not_accepted]
    found = [
        Option(name, f"{name}: {said}") for name, said in listed if wanted in name.casefold() or name == named
    ]
    if typed and named is None and not any(option.value.casefold() == wanted for option in found):
        found.append(Option(typed, f"{typed}: not on our list"))
    return (*found[: MOST - 1], Option("self pay", "Self pay"))
