"""What a new referral still wants before it can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ORDER = ("patient_name", "dob", "phone", "insurance", "reason", "referring_provider")


def missing_from(referral: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what one referral's fields lack; urgency, member id and NPI are never asked for."""
    patient = referral.get("patient", {})
    insurance = referral.get("insurance", {})
    stated = {
        "patient_name": bool(patient.get("first") and patient.get("last")),
        "dob": bool(patient.get("dob")),
        "phone": bool(patient.get("phone") or patient.get("phone_home")),
        "insurance": bool(insurance.get("payer") or insurance.get("self_pay")),
        "reason": bool(referral.get("reason") or referral.get("icd10")),
        "referring_provider": bool(
            referral.get("referring", {}).get("last") or referral.get("referring", {}).get("first")
        ),
    }
    return tuple(name for name in ORDER if not stated[name])


def missing_from_all(referrals: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The union over several referrals, in the order in which they are asked for."""
    wanted = {name for referral in referrals for name in missing_from(referral)}
    return tuple(name for name in ORDER if name in wanted)
