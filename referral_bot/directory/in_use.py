"""What open referrals and coming visits still need of the directory that is kept."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from referral_bot.directory.problems import Problem
from referral_bot.model import AppointmentStatus
from referral_bot.practice import Practice
from referral_bot.store import Transaction

MOST: Final = 1_000_000
"""Open referrals that are looked at."""
_COMING: Final = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED)


def still_in_use(tx: Transaction, new: Practice, now: datetime) -> tuple[Problem, ...]:
    """Services with open referrals, and providers and locations with coming visits, that `new` drops."""
    old = tx.practice()
    if old is None:
        return ()
    services = {service.key for service in new.services}
    providers = {provider.key for provider in new.providers}
    locations = {location.key for location in new.locations}
    if _keys(old) <= services | providers | locations:
        return ()
    needed: Counter[tuple[str, str, str]] = Counter()
    for referral in tx.referrals(limit=MOST):
        if referral.service_key not in services:
            needed["services", str(referral.service_key), "open referrals"] += 1
        for visit in tx.appointments(referral.id):
            if visit.status not in _COMING or visit.starts_at < now:
                continue
            if visit.provider_key not in providers:
                needed["providers", visit.provider_key, "coming visits"] += 1
            if visit.location_key not in locations:
                needed["locations", visit.location_key, "coming visits"] += 1
    return tuple(
        Problem(
            section, 1, f"{key} is missing, but has {count} {what}. Keep it in the file until they are over."
        )
        for (section, key, what), count in sorted(needed.items())
    )


def _keys(practice: Practice) -> set[str]:
    keys = {service.key for service in practice.services} | {one.key for one in practice.providers}
    return keys | {location.key for location in practice.locations}
