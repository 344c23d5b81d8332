"""Where referrals stand, for whoever may know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from referral_bot import access
from referral_bot.cards import replies
from referral_bot.cards.elements import Card
from referral_bot.desk import record, telling
from referral_bot.desk.turn import Turn
from referral_bot.errors import Refused
from referral_bot.model import Audience, AuditAction, Referral, Side

REFERENCE: Final = re.compile(r"\bRB[-\s]?([2-9A-Z]{4,6})\b", re.IGNORECASE)
SIMILAR: Final = 84.0
"""Of 100, from which a typed name counts as a patient's."""
SHOWN: Final = 15
ALL: Final = frozenset({"all mine", "all", "mine"})
"""Words that ask for everything that is open."""


def reference_in(text: str) -> str | None:
    """The first reference in a text, in its normal form."""
    found = REFERENCE.search(text)
    return f"RB-{found.group(1).upper()}" if found else None


def references_in(text: str) -> list[str]:
    """Every reference in a text, each once, in its normal form."""
    return list(dict.fromkeys(f"RB-{found.upper()}" for found in REFERENCE.findall(text)))


def by_reference(turn: Turn, reference: str) -> Referral | None:
    """The referral of this reference, if the actor may know of it."""
    referral = turn.tx.referral_by_reference(reference)
    return referral if referral is not None and access.may_see(turn.actor, referral) else None


def by_name(turn: Turn, first: str | None, last: str | None) -> list[Referral]:
    """Referrals the actor may know of whose patient has this name, or nearly."""
    if not access.sees_patients(turn.actor) or not (first or last):
        return []
    office_key = turn.actor.office_key
    exact = turn.tx.referrals_by_patient(office_key=office_key, first=first, last=last)
    if exact:
        return exact
    either = turn.tx.referrals_by_patient(office_key=office_key, last=first) if not last else []
    return either or _nearly(turn, " ".join(filter(None, (first, last))))


def _nearly(turn: Turn, name: str) -> list[Referral]:
    wanted = name.casefold()
    return [
        referral
        for referral in turn.tx.referrals(office_key=turn.actor.office_key)
        if max(
            fuzz.token_sort_ratio(wanted, referral.packet.patient.name.casefold()),
            fuzz.ratio(wanted, (referral.packet.patient.last or "").casefold()),
        )
        >= SIMILAR
    ]


def all_open(turn: Turn, what: str = "referral.status") -> Card:
    """Everything the actor's office, or the practice, has open. Raises Refused for who sees no patients.

    `what` is what the record says of this look.
    """
    if not access.sees_patients(turn.actor):
        raise Refused(access.NO_PATIENTS)
    referrals = turn.tx.referrals(office_key=turn.actor.office_key)
    if not referrals:
        return replies.says("There is nothing open. Everything you sent is closed.")
    heading = f"{len(referrals)} open:" if len(referrals) <= SHOWN else f"The {SHOWN} most pressing:"
    return shown(turn, referrals[:SHOWN], heading, what)


def looked_up(turn: Turn, words: str) -> Card | None:
    """What fits words that are still being typed: a beginning is enough. None if nothing does."""
    if not access.sees_patients(turn.actor):
        return replies.says(access.NO_PATIENTS)
    if not words or words.casefold() in ALL:
        return all_open(turn)
    first, _, last = words.rpartition(" ")
    reference = reference_in(words)
    one = by_reference(turn, reference) if reference else None
    found = [one] if one else _beginning(turn, words) or by_name(turn, first or None, last)
    return shown(turn, found[:SHOWN], "Here is where it stands:") if found else None


def _beginning(turn: Turn, words: str) -> list[Referral]:
    """Open referrals whose reference, or any of whose patient's names, begins with these words."""
    wanted = words.casefold()

    def begins(referral: Referral) -> bool:
        reference, name = (referral.reference or "").casefold(), referral.packet.patient.name.casefold()
        parts = (reference, reference.removeprefix("rb-"), name, *name.split())
        return any(part.startswith(wanted) for part in parts)

    return [one for one in turn.tx.referrals(office_key=turn.actor.office_key) if begins(one)]


def shown(turn: Turn, referrals: Sequence[Referral], heading: str, what: str = "referral.status") -> Card:
    """Where these stand. Looking is kept in the record."""
    for referral in referrals:
        record.audit(turn, AuditAction.VIEWED, what, referral.id, referral.office_key)
    audience = audience_of(turn)
    return replies.statuses([telling.glance(turn, referral, audience) for referral in referrals], heading)


def which(turn: Turn, referrals: Sequence[Referral], action: str) -> Card:
    """More than one fits: ask which."""
    return replies.which(
        [telling.glance(turn, referral, audience_of(turn)) for referral in referrals[:SHOWN]], action
    )


def audience_of(turn: Turn) -> Audience:
    """The audience the actor belongs to."""
    return Audience.OFFICE if turn.actor.side is Side.OFFICE else Audience.PRACTICE
