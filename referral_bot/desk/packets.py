"""What a referral says: merged from what was read or typed, checked against what its service needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz, process

from referral_bot.cards.details import clinical_facts, patient_facts
from referral_bot.desk.turn import Scene
from referral_bot.model import Document, Packet, Person, Referral, Referring, Role
from referral_bot.practice import Practice, Service, Urgency, VisitType
from referral_bot.reading import Term, Vocabulary

ALWAYS_NEEDED: Final = ("patient_name", "dob", "phone", "service", "reason")
"""Without these nobody can act on a referral; everything else is the service's `requires`."""
ASKED_FOR: Final = ("insurance", "referring_provider")
"""Asked for with the rest, but never in the way of sending."""
USUAL_FROM: Final = 3
USUAL_OF: Final = 10
"""How many referrals of an office say what its usual service is: at least and at most."""
DUPLICATE_WITHIN: Final = timedelta(days=90)
SIMILAR_NAME: Final = 88.0
"""Of 100, from which two names count as likely the same."""
ADULT: Final = 18


@lru_cache(maxsize=4)
def vocabulary(practice: Practice) -> Vocabulary:
    """The reader's words for this practice: its own services, people, places and payers first."""
    payers = practice.payers
    also_called: dict[str, list[str]] = {}
    for alias, name in payers.aliases.items():
        also_called.setdefault(name, []).append(alias)
    return Vocabulary.built_in().with_directory(
        services=[Term(service.key, service.name, service.aliases) for service in practice.services],
        providers=[Term(provider.key, provider.name) for provider in practice.providers],
        locations=[Term(location.key, location.name) for location in practice.locations],
        payers=[
            Term(name, name, tuple(also_called.get(name, ())))
            for name in (*payers.accepted, *payers.not_accepted)
        ],
    )


def merge(
    referral: Referral, fields: Mapping[str, Any], practice: Practice, flags: Sequence[str] = ()
) -> None:
    """Take over what was read, field by field, and whether the booking waits for an authorization."""
    before = referral.packet.model_dump()
    merged = _merged(before, {key: value for key, value in fields.items() if key in Packet.model_fields})
    referral.packet = Packet.model_validate(merged)
    if urgency := fields.get("urgency"):
        referral.urgency = Urgency(urgency)
    if named := fields.get("service"):
        service = service_named(practice, str(named))
        referral.service_key = service.key if service else referral.service_key
    after = referral.packet.model_dump()
    changed = [key for key in after if after[key] != before[key]]
    referral.assumed = [name for name in referral.assumed if name not in {*changed, *fields}]
    if fields.get("visit_type") == "follow_up":
        referral.visit_type = VisitType.FOLLOW_UP
    _hold_or_release(referral, flags)


def _hold_or_release(referral: Referral, flags: Sequence[str]) -> None:
    """Booking waits for the authorization if that was said, until it is there."""
    if "hold_booking_until_auth" in flags:
        referral.hold_booking = True
    elif "release_booking_hold" in flags or referral.packet.auth.status == "approved":
        referral.hold_booking = False


def _merged(old: dict[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        elif value not in (None, "", []):
            result[key] = value
    return result


@lru_cache(maxsize=256)
def service_named(practice: Practice, name: str) -> Service | None:
    """The practice's service of this key, name or alias, slips forgiven; none where it has none."""
    term = vocabulary(practice).find_service(name)
    return next((service for service in practice.services if term and service.key == term.key), None)


def likeliest_services(practice: Practice, name: str) -> list[Service]:
    """The practice's services, those first that sound most like what was asked for."""

    def likeness(service: Service) -> float:
        return max(fuzz.WRatio(name.casefold(), form.casefold()) for form in (service.name, *service.aliases))

    return sorted(practice.services, key=likeness, reverse=True) if name else list(practice.services)


def assume(scene: Scene, referral: Referral) -> None:
    """Fill in what goes without saying for this office or practice, marked as assumed."""
    people = scene.tx.people(referral.office_key)
    physicians = [person for person in people if person.role is Role.PHYSICIAN]
    if not referral.packet.referring.last and len(physicians) == 1:
        physician = physicians[0]
        first, last = split_name(physician.name)
        referral.packet.referring = Referring(first=first, last=last, npi=physician.npi or None)
        referral.assumed.append("referring")
    elif referral.packet.referring.last:
        _complete_referring(referral.packet.referring, physicians)
    named = "unknown_service" in referral.flags
    if referral.service_key is None and not named and (usual := _usual_service(scene, referral.office_key)):
        referral.service_key = usual
        referral.assumed.append("service")


def _usual_service(scene: Scene, office_key: str) -> str | None:
    """The only service there is, or the one that this office has sent its patients to without exception."""
    services = {service.key for service in scene.practice.services}
    if len(services) == 1:
        return next(iter(services))
    sent = scene.tx.referrals(office_key=office_key, open_only=False, limit=USUAL_OF)
    known = {referral.service_key for referral in sent}
    return known.pop() if len(sent) >= USUAL_FROM and len(known) == 1 and known <= services else None


def _complete_referring(referring: Referring, physicians: Sequence[Person]) -> None:
    for physician in physicians:
        first, last = split_name(physician.name)
        if last and referring.last and last.casefold() == referring.last.casefold():
            referring.first = referring.first or first
            referring.npi = referring.npi or physician.npi or None


def split_name(name: str) -> tuple[str | None, str | None]:
    """First and last name of `Dr. Sunil Patel`, without title and degrees."""
    titles = {"dr", "dr.", "md", "do", "np", "pa", "pa-c"}
    parts = [part for part in name.replace(",", " ").split() if part.casefold() not in titles]
    if not parts:
        return None, None
    return (" ".join(parts[:-1]) or None), parts[-1]


def missing(referral: Referral, practice: Practice, documents: Sequence[Document]) -> list[str]:
    """What is still to be asked for, in the order in which it is asked."""
    packet, patient = referral.packet, referral.packet.patient
    have = {
        "patient_name": bool(patient.first and patient.last),
        "dob": patient.dob is not None,
        "phone": bool(patient.phone or packet.contact.phone),
        "insurance": bool(packet.insurance.payer or packet.insurance.self_pay),
        "service": _service(referral, practice) is not None,
        "reason": bool(packet.reason or packet.icd10),
        "referring_provider": bool(packet.referring.last),
        "documents": bool(packet.documents or documents),
    }
    asked = (*ALWAYS_NEEDED, *ASKED_FOR, *_required(referral, practice))
    return [name for name in dict.fromkeys(asked) if not have[name]]


def blocking(referral: Referral, practice: Practice, documents: Sequence[Document]) -> list[str]:
    """What of the missing keeps it from being sent."""
    needed = {*ALWAYS_NEEDED, *_required(referral, practice)}
    return [name for name in missing(referral, practice, documents) if name in needed]


def _required(referral: Referral, practice: Practice) -> tuple[str, ...]:
    service = _service(referral, practice)
    return service.requires if service else ()


def _service(referral: Referral, practice: Practice) -> Service | None:
    """The service a referral goes to, unless the directory has dropped it since it was drafted."""
    return next((service for service in practice.services if service.key == referral.service_key), None)


def warnings(scene: Scene, referral: Referral) -> list[str]:
    """What the sender should know before sending; none of it keeps them from it."""
    found = [_SAID[flag] for flag in referral.flags if flag in _SAID]
    payer = referral.packet.insurance.payer
    if payer and accepted(scene.practice, payer) is False:
        found.append(not_accepted(scene.practice, payer))
    if is_minor(referral.packet.patient.dob, scene.now.date()) and not referral.packet.contact.name:
        found.append("The patient is under 18: please add a parent or guardian with their number.")
    found += [
        f"This looks like {twin.reference}, which your office has sent for the same patient. "
        "Submit only if it is meant to be a second one."
        for twin in duplicates(scene, referral)
    ]
    return found


_SAID: Final[dict[str, str]] = {
    "dob_invalid": "That birth date can't be right. Please give it as month/day/year.",
    "npi_invalid": "The NPI has a wrong check digit; I left it out.",
    "icd10_not_billable": "One of the ICD-10 codes is not billable as it stands: please be more specific.",
    "confirm_name_spelling": "Please check the spelling of the name.",
    "phone_incomplete": "The phone number has no area code. Please give all ten digits.",
    "unknown_service": "That service isn't one of ours.",
}


def accepted(practice: Practice, payer: str) -> bool | None:
    """Whether the practice takes this payer; none where the directory doesn't say."""
    named = payer_named(practice, payer)
    if named is None:
        return None
    return named in practice.payers.accepted


def payer_named(practice: Practice, payer: str) -> str | None:
    """The directory's name of a payer, by name or alias, with some tolerance for typing."""
    payers = practice.payers
    names = {name.casefold(): name for name in (*payers.accepted, *payers.not_accepted)}
    names |= {alias.casefold(): name for alias, name in payers.aliases.items()}
    match = process.extractOne(payer.casefold(), names.keys(), scorer=fuzz.ratio, score_cutoff=88)
    return names[match[0]] if match else None


def not_accepted(practice: Practice, payer: str) -> str:
    """That a payer isn't accepted, and what can be done all the same."""
    call = f" or call {practice.phone}" if practice.phone else ""
    return (
        f"{payer} is not accepted here. You can still send it: the practice tells you what is possible, "
        f"such as self pay or a practice that takes it{call}."
    )


def is_minor(dob: date | None, today: date) -> bool:
    """Whether somebody born on this day is under 18."""
    if dob is None:
        return False
    return (today.year - dob.year) - ((today.month, today.day) < (dob.month, dob.day)) < ADULT


def duplicates(scene: Scene, referral: Referral) -> list[Referral]:
    """Open or recent referrals of the same office that look like the same patient for the same service."""
    return _twins(scene, referral, referral.office_key)


def duplicates_elsewhere(scene: Scene, referral: Referral) -> list[Referral]:
    """The same of other offices: for the practice alone, since no office may know of another's patients."""
    return [twin for twin in _twins(scene, referral, None) if twin.office_key != referral.office_key]


def _twins(scene: Scene, referral: Referral, office_key: str | None) -> list[Referral]:
    patient = referral.packet.patient
    if patient.dob is None or not patient.last:
        return []
    same_day = scene.tx.referrals_by_patient(office_key=office_key, dob=patient.dob)
    return [
        other
        for other in same_day
        if other.id != referral.id
        and other.service_key == referral.service_key
        and (other.submitted_at or scene.now) > scene.now - DUPLICATE_WITHIN
        and fuzz.token_sort_ratio(other.packet.patient.name, patient.name) >= SIMILAR_NAME
    ]


def differences(before: Packet, after: Packet) -> list[str]:
    """The labels of what differs between two packets, as cards call them."""
    old = {fact.label: fact.value for fact in (*patient_facts(before), *clinical_facts(before))}
    new = {fact.label: fact.value for fact in (*patient_facts(after), *clinical_facts(after))}
    changed = [label for label in dict.fromkeys((*old, *new)) if old.get(label) != new.get(label)]
    plain = {"referring": "Referring provider", "preference": "Would like", "needs": "Needs"}
    a, b = before.model_dump(), after.model_dump()
    return changed + [label for key, label in plain.items() if a[key] != b[key]]
