"""Type-ahead for the forms' search fields."""

from __future__ import annotations

from typing import Final

from referral_bot.cards.elements import Option
from referral_bot.cards.forms import ICD10, PAYER, SELF_PAY, diagnosis_option, payer_option
from referral_bot.desk import packets
from referral_bot.practice import Practice
from referral_bot.reading import search_icd10

MOST: Final = 25


def suggest(practice: Practice, source: str, typed: str) -> tuple[Option, ...]:
    """Options for what has been typed so far; what isn't in a list may be taken as typed."""
    if source == ICD10:
        return tuple(diagnosis_option(code, title) for code, title in search_icd10(typed, MOST))
    if source == PAYER:
        return _payers(practice, typed.strip())
    return ()


def _payers(practice: Practice, typed: str) -> tuple[Option, ...]:
    """Payers that match, each with whether it is accepted; then what was typed, and self pay."""
    wanted = typed.casefold()
    named = packets.payer_named(practice, typed) if typed else None
    listed = (*practice.payers.accepted, *practice.payers.not_accepted)
    found = [name for name in listed if wanted in name.casefold() or name == named]
    if typed and named is None and wanted != SELF_PAY:
        found.append(typed)
    return tuple(payer_option(practice, name) for name in (*found[: MOST - 1], SELF_PAY))
