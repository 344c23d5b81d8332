"""What a filled-in referral form says: checked field by field, then taken over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from referral_bot.cards.elements import (
    ChecksField,
    DateField,
    Form,
    FormField,
    LinkField,
    Saying,
    SearchField,
)
from referral_bot.desk.packets import payer_named, service_named, split_name, vocabulary
from referral_bot.model import Packet, Preference, Referral
from referral_bot.practice import Location, Practice, Provider, Urgency
from referral_bot.reading import Context, read
from referral_bot.reading.dates import birth_date, find_dates
from referral_bot.reading.phones import find_phones

CHOOSE: Final = "Please choose one of these."
NO_TIMES: Final = Preference().model_dump(exclude={"provider", "location"})
"""A wish without a time."""
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
    """Read the referral form's answers; wrong ones become errors, empty ones nothing.

    A field without an answer was shown shortened and left alone: what it says stays as it is.
    """
    errors: dict[str, str] = {}
    packet: dict[str, Any] = {}
    for key, read_field in _FIELDS.items():
        if key in answers:
            found = read_field(answers[key], practice, now, errors)
            packet = _joined(packet, found)
    urgency, service = str(answers.get("urgency") or ""), str(answers.get("service") or "")
    if urgency and urgency not in list(Urgency):
        errors["urgency"] = CHOOSE
    if service and service_named(practice, service) is None:
        errors["service"] = CHOOSE
    return FormReading(
        packet=packet,
        service=service or None,
        urgency=Urgency(urgency) if urgency and "urgency" not in errors else None,
        on_behalf_of=answers.get("behalf") or None,
        errors=errors,
    )


def typed_anew(shown: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that differ from what the form was filled with; what was left alone stays as it is."""
    filled = {
        field.key: _filled(field) for field in shown.fields if not isinstance(field, Saying | LinkField)
    }
    return {key: value for key, value in answers.items() if (value or None) != (filled.get(key) or None)}


def _filled(field: FormField) -> Any:
    """What a field shows, in the shape in which it is answered."""
    if isinstance(field, SearchField):
        values = [option.value for option in field.value]
        return values if field.several else next(iter(values), None)
    if isinstance(field, DateField):
        return field.value.isoformat() if field.value else None
    if isinstance(field, ChecksField):
        return list(field.value)
    return getattr(field, "value", None)


def take(referral: Referral, read: FormReading, practice: Practice) -> None:
    """Make the referral say what the form says; what the form doesn't show stays."""
    kept = referral.packet.model_dump()
    for key, value in read.packet.items():
        kept[key] = {**kept[key], **value} if isinstance(value, Mapping) else value
    same_provider = kept["referring"].get("last") == referral.packet.referring.last
    kept["referring"]["npi"] = referral.packet.referring.npi if same_provider else None
    referral.packet = Packet.model_validate(kept)
    service = service_named(practice, read.service) if read.service else None
    referral.service_key = service.key if service else referral.service_key
    referral.urgency = read.urgency or referral.urgency
    referral.assumed = []
    referral.flags = []


_FieldReader = Callable[[Any, Practice, datetime, dict[str, str]], dict[str, Any]]


def _joined(packet: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Two parts of a packet as one."""
    joined = dict(packet)
    for key, value in found.items():
        joined[key] = {**joined.get(key, {}), **value} if isinstance(value, dict) else value
    return joined


def _name(typed: Any, practice: Practice, now: datetime, errors: dict[str, str]) -> dict[str, Any]:
    first, last = _patient_name(str(typed or ""), errors)
    return {"patient": {"first": first, "last": last}}


def _insurance(typed: Any, practice: Practice, now: datetime, errors: dict[str, str]) -> dict[str, Any]:
    payer = str(typed or "")
    if payer.casefold() in SELF_PAY:
        return {"insurance": {"payer": None, "self_pay": True}}
    named = payer_named(practice, payer) if payer else None
    return {"insurance": {"payer": named or payer or None, "self_pay": False}}


def _referring(typed: Any, practice: Practice, now: datetime, errors: dict[str, str]) -> dict[str, Any]:
    first, last = split_name(str(typed or ""))
    return {"referring": {"first": first, "last": last}}


def _needs(chosen: Any, practice: Practice, now: datetime, errors: dict[str, str]) -> dict[str, Any]:
    return {"needs": {name: name in (chosen or ()) for name in ("wheelchair", "transport")}}


def _wish(typed: Any, practice: Practice, now: datetime, errors: dict[str, str]) -> dict[str, Any]:
    return {"preference": {**NO_TIMES, **_preference(str(typed or ""), practice, now)}}


_FIELDS: Final[dict[str, _FieldReader]] = {
    "patient_name": _name,
    "dob": lambda typed, _, now, errors: {"patient": {"dob": _dob(str(typed or ""), now.date(), errors)}},
    "phone": lambda typed, _, __, errors: {"patient": {"phone": _phone(str(typed or ""), errors)}},
    "insurance": _insurance,
    "member_id": lambda typed, *_: {"insurance": {"member_id": typed or None}},
    "icd10": lambda codes, *_: {"icd10": [str(code).upper() for code in codes or ()]},
    "reason": lambda typed, *_: {"reason": typed or None},
    "referring": _referring,
    "needs": _needs,
    "interpreter": lambda chosen, *_: {"needs": {"interpreter": chosen or None}},
    "when": _wish,
    "provider": lambda key, practice, *_: {"preference": {"provider": _named(practice.providers, key)}},
    "location": lambda key, practice, *_: {"preference": {"location": _named(practice.locations, key)}},
    "notes": lambda typed, *_: {"notes": typed or None},
}
"""How each field of the form is read into its part of the packet."""


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
