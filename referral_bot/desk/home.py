"""Each person's own page: what needs them now, and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from referral_bot.access import sees_patients
from referral_bot.cards import heads
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Divider,
    Element,
    Style,
    Text,
    Tone,
)
from referral_bot.desk import record, status, telling
from referral_bot.desk.turn import Turn
from referral_bot.model import AuditAction, Referral, Side

SHOWN: Final = 15


def page(turn: Turn) -> Card:
    """The home page of the actor."""
    if not sees_patients(turn.actor):
        return Card(
            "Your page.", f"Hello {turn.actor.name}", (Text("Your mornings come as a direct message."),)
        )
    referrals = turn.tx.referrals(office_key=turn.actor.office_key)
    yours = [referral for referral in referrals if _needs(turn, referral)]
    others = [referral for referral in referrals if referral not in yours]
    elements: list[Element] = []
    if turn.actor.side is Side.OFFICE:
        elements.append(Buttons((Button("New referral", "refer", "", style=Style.PRIMARY),)))
        elements += _drafts(turn)
    elements += _part(turn, "Needs you", yours, "Nothing waits for you.")
    elements.append(Divider())
    elements += _part(turn, "Open", others, "Nothing else is open.")
    return Card("Your page.", f"Hello {turn.actor.name}", tuple(elements))


def _needs(turn: Turn, referral: Referral) -> bool:
    """Whether the actor's side acts next, and no colleague has it."""
    return referral.next_actor is turn.actor.side and (
        turn.actor.side is Side.OFFICE or referral.owner_key in (None, turn.actor.key)
    )


def _drafts(turn: Turn) -> list[Element]:
    drafts = turn.tx.drafts(turn.actor.key)
    if not drafts:
        return []
    views = [telling.glance(turn, draft, status.audience_of(turn)) for draft in drafts[:SHOWN]]
    choices = tuple(
        Choice(f"Draft: {heads.title(view)}", Button("Edit", "edit", view.referral.id)) for view in views
    )
    return [Text("Not sent yet", Tone.STRONG), Choices(choices)]


def _part(turn: Turn, heading: str, referrals: Sequence[Referral], empty: str) -> list[Element]:
    if not referrals:
        return [Text(heading, Tone.STRONG), Text(empty, Tone.QUIET)]
    for referral in referrals[:SHOWN]:
        record.audit(turn, AuditAction.VIEWED, "referral.home", referral.id, referral.office_key)
    views = [telling.glance(turn, referral, status.audience_of(turn)) for referral in referrals[:SHOWN]]
    choices = tuple(
        Choice(heads.title(view), Button("Details", "details", view.referral.id), heads.standing(view))
        for view in views
    )
    more = len(referrals) - len(views)
    rest = [Text(f"and {more} more: ask for “all mine”.", Tone.QUIET)] if more > 0 else []
    return [Text(heading, Tone.STRONG), Choices(choices), *rest]
