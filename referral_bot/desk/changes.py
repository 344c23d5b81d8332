"""What a sent referral says anew: told to both sides, with every due time as it should have been."""

from __future__ import annotations

from dataclasses import dataclass

from referral_bot import promises
from referral_bot.desk import packets, record
from referral_bot.desk.turn import Turn
from referral_bot.model import EventKind, Packet, Referral
from referral_bot.practice import Urgency


@dataclass(frozen=True)
class Before:
    """What a referral said before a change."""

    packet: Packet
    service_key: str | None
    urgency: Urgency | None

    @staticmethod
    def of(referral: Referral) -> Before:
        """What a referral says now."""
        return Before(referral.packet.model_copy(deep=True), referral.service_key, referral.urgency)


def keep(turn: Turn, referral: Referral, before: Before) -> None:
    """Keep and tell what has changed since; nothing if nothing has."""
    labels = packets.differences(before.packet, referral.packet)
    labels += ["Service"] if referral.service_key != before.service_key else []
    labels += ["Urgency"] if referral.urgency != before.urgency else []
    if not labels:
        return
    if {"Service", "Urgency"} & set(labels):
        _requicken(turn, referral, before)
    record.note(turn, referral, EventKind.CHANGED, {"labels": labels})


def _requicken(turn: Turn, referral: Referral, before: Before) -> None:
    kept = turn.tx.promises(referral.id)
    ledger = promises.requicken(
        referral,
        kept,
        turn.practice,
        turn.now,
        turn.tx.new_id,
        service_key=before.service_key,
        urgency=before.urgency,
    )
    record.keep(turn, referral, ledger)
