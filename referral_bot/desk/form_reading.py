"""What a filled-in referral form says: checked field by field, then taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from referral_bot.desk.packets import payer_named, split_name, vocabulary
from referral_bot.model import Packet, Referral
from referral_bot.practice import Location, Practice, Provider, Urgency
from referral_bot.reading import Context, read
from referral_bot.reading.dates import birth_date, find_dates
from referral_bot.reading.phones import find_phones

SELF_PAY: Final = frozenset({"self pay", "self-pay", "cash", "none", "uninsured"})


@dataclass(frozen=True)
class FormReading:
    """What a filled-in form says, and the sentences that stand under its fields."""

    packet: Mapping[str, Any]
    service: str | None
    urgency: Urgency | None
    on_behalf_of: str | None
    errors: dict[str, str]


def from_form(answers: Mapping[str, Any], practice: Practice, now: datetime) -> FormReading:
    """Read the referral form's answers; wrong ones become errors, empty ones nothing."""
    errors: dict[str, str] = {}
    first, last = _patient_name(str(answers.get("patient_name") or ""), errors)
    payer = str(answers.get("insurance") or "")
    self_pay = payer.casefold() in SELF_PAY
    referring = split_name(str(answers.get("referring") or ""))
    when = _preference(str(answers.get("when") or ""), practice, now)
    packet = {
        "patient": {
            "first": first,
            "last": last,
            "dob": _dob(str(answers.get("dob") or ""), now.date(), errors),
            "phone": _phone(str(answers.get("phone") or ""), errors),
        },
        "insurance": {
            "payer": None if self_pay else (payer_named(practice, payer) if payer else None) or payer or None,
            "member_id": answers.get("member_id") or None,
            "self_pay": self_pay,
        },
        "icd10": [code.upper() for code in answers.get("icd10") or []],
        "reason": answers.get("reason") or None,
        "referring": {"first": referring[0], "last": referring[1]},
        "needs": {
            "interpreter": answers.get("interpreter") or None,
            "wheelchair": "wheelchair" in (answers.get("needs") or []),
            "transport": "transport" in (answers.get("needs") or []),
        },
        "preference": {
            **when,
            "provider": _named(practice.providers, answers.get("provider")),
            "location": _named(practice.locations, answers.get("location")),
        },
        "notes": answers.get("notes") or None,
    }
    urgency = answers.get("urgency")
    return FormReading(
        packet=packet,
        service=answers.get("service") or None,
        urgency=Urgency(urgency) if urgency else None,
        on_behalf_of=answers.get("behalf") or None,
        errors=errors,
    )


def take(referral: Referral, read: FormReading, practice: Practice) -> None:
    """Make the referral say what the form says; what the form doesn't show stays."""
    kept = referral.packet.model_dump()
    for key, value in read.packet.items():
        kept[key] = {**kept[key], **value} if isinstance(value, Mapping) else value
    same_provider = kept["referring"].get("last") == referral.packet.referring.last
    kept["referring"]["npi"] = referral.packet.referring.npi if same_provider else None
    referral.packet = Packet.model_validate(kept)
    if read.service:
        referral.service_key = practice.service(read.service).key
    referral.urgency = read.urgency or referral.urgency
    referral.assumed = []
    referral.flags = []


def _named(choices: Sequence[Provider] | Sequence[Location], key: str | None) -> str | None:
    """The name of what was chosen: a wish is kept in the words in which it would be written."""
    return next((choice.name for choice in choices if choice.key == key), None)


def _patient_name(typed: str, errors: dict[str, str]) -> tuple[str | None, str | None]:
    if "," in typed:
        last, _, first = typed.partition(",")
        return first.strip() or None, last.strip() or None
    parts = typed.split()
    if len(parts) == 1:
        errors["patient_name"] = "Please give first and last name."
    return (" ".join(parts[:-1]) or None, parts[-1]) if parts else (None, None)


def _dob(typed: str, today: date, errors: dict[str, str]) -> date | None:
    if not typed:
        return None
    written = find_dates(typed.casefold())
    found = birth_date(written[0], today) if written else None
    if found is None:
        errors["dob"] = "Please give the birth date as month/day/year, such as 3/14/1962."
        return None
    return found


def _phone(typed: str, errors: dict[str, str]) -> str | None:
    if not typed:
        return None
    found = find_phones(typed)
    if not found:
        errors["phone"] = "Please give all ten digits, with the area code."
        return None
    return found[0].e164


def _preference(typed: str, practice: Practice, now: datetime) -> dict[str, Any]:
    if not typed.strip():
        return {}
    asked = read(f"when can you see {typed}", now=now, context=Context(), vocabulary=vocabulary(practice))
    return dict(asked.fields.get("preference") or {})
