"""A new referral out of a range of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.codes import find_codes, find_npis
from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.dates import years_between
from referral_bot.reading.demographics import Reach, find_ages, find_birth, find_sex, find_until, sort_phones
from referral_bot.reading.doctors import Doctor, find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.names import looks_mistyped
from referral_bot.reading.papers import find_documents
from referral_bot.reading.patients import find_patient_names, labelled_name
from referral_bot.reading.people import Contact, find_contacts
from referral_bot.reading.positions import doctor_by_place, payer_by_place
from referral_bot.reading.preferences import read_preference
from referral_bot.reading.providers import any_provider, find_location, split_doctors
from referral_bot.reading.reason import read_reason
from referral_bot.reading.wishes import choose_service, find_needs, find_services, find_urgency

_PROVIDER_SEX = re.compile(
    r"\b(?:(?:prefers?|wants?|requests?|needs?|only) )*(?:an? )?(?:female|male|woman|man) (?:provider|dr"
    r"|doctor|physician|np|md|surgeon)s?\b"
)
_ASKED_SPELLING = re.compile(
    r"\b(?:sp\?|\(sp\)|spelling\?|not sure (?:of|on|about|how) (?:the )?spell\w*|spelled wrong"
    r"|check (?:the )?spelling|might be spelled|i think it'?s spelled)"
)


@dataclass
class Submission:
    """A new referral as read, and what to notice about it."""

    fields: Fields
    flags: list[str] = field(default_factory=list)


def read_submission(
    doc: Document,
    start: int,
    end: int,
    *,
    contacts: list[Contact] | None = None,
    doctors: list[Doctor] | None = None,
    named: bool = True,
) -> Submission:
    """Read one patient's referral from a range. `named` false: the range is shared and holds no patient's
    name.
    """
    taken = bytearray(doc.words.taken)
    contacts = find_contacts(doc) if contacts is None else contacts
    doctors = find_doctors(doc) if doctors is None else doctors
    fields: Fields = {}
    flags: list[str] = []

    def take(*spans: tuple[int, int]) -> None:
        for begin, stop in spans:
            taken[begin:stop] = b"\x01" * (stop - begin)

    for label in doc.labelled:
        if start <= label.label < end:
            take((label.label, label.start))
            if label.role in ("ignore", "from", "group", "patient_id", "work", "age"):
                take((label.label, label.end))
    codes = find_codes(doc, start, end)
    take(*((code.start, code.end) for code in codes))
    npis = find_npis(doc, start, end)
    take(*((npi.start, npi.end) for npi in npis))
    coverage = read_insurance(doc, start, end)
    take(*coverage.taken)
    authorization = read_authorization(doc, start, end)
    auth_spans = authorization.taken
    own_doctors = [doctor for doctor in doctors if start <= doctor.start < end]
    take(*((doctor.start, doctor.end) for doctor in own_doctors))
    own_contacts = [contact for contact in contacts if start <= contact.start < end]
    take(*((contact.start, contact.end) for contact in own_contacts))
    take(*auth_spans)

    patient: Fields = {}
    ages = find_ages(doc, start, end)
    age = ages[0].years if ages else None
    take(*((each.start, each.end) for each in ages[:1]))
    born = find_birth(doc, start, end, age, taken)
    if born:
        take((born.written.start, born.written.end))
        _take_label_before(doc, born.written.start, taken)
    phones = sort_phones(doc, start, end, own_contacts)
    take(*((reach.phone.start, reach.phone.end) for reach in phones))
    if named:
        _name(doc, start, end, taken, patient, flags)
    if born:
        if born.day:
            patient["dob"] = born.day.isoformat()
        else:
            flags.append("dob_invalid")
    sex = find_sex(doc, start, end, ages) or (born and _sex_after(doc, born.written.end))
    if sex:
        patient["sex"] = sex[0]
        take(sex[1])
    _phones(doc, start, end, phones, own_contacts, patient, fields, taken)
    _mrn(doc, start, end, patient, taken)
    minor = age is not None and age < 18
    if born and born.day:
        minor = years_between(born.day, doc.today) < 18
    if minor:
        flags.append("minor")
    if patient:
        fields = {"patient": patient, **fields}
    if coverage.insurance:
        fields["insurance"] = coverage.insurance
    if authorization.auth:
        fields["auth"] = authorization.auth
        if coverage.insurance.get("member_id") == authorization.auth.get("number"):
            coverage.insurance.pop("member_id", None)
    if authorization.hold:
        flags.append("hold_booking_until_auth")
    if codes:
        fields["icd10"] = [code.code for code in codes]
        if not all(code.billable for code in codes):
            flags.append("icd10_not_billable")

    urgency, urgency_spans = find_urgency(doc, start, end)
    take(*urgency_spans)
    ordering, preferred = split_doctors(doc, doctors, start, end)
    if ordering:
        fields["referring"] = {
            key: value
            for key, value in (("first", ordering.name.first), ("last", ordering.name.last))
            if value
        }
        valid = [npi for npi in npis if npi.valid]
        if valid:
            fields["referring"]["npi"] = valid[0].number
    if any(not npi.valid for npi in npis):
        flags.append("npi_invalid")
    services = find_services(doc, start, end)
    take(*((service.start, service.end) for service in services))
    service = choose_service(doc, services)
    if service:
        fields["service"] = service.name
    needs, needs_spans = find_needs(doc, start, end)
    if needs:
        fields["needs"] = needs
    take(*needs_spans)
    documents, document_spans = find_documents(doc, start, end)
    if documents:
        fields["documents"] = documents
    take(*document_spans)
    take(*(match.span() for match in _PROVIDER_SEX.finditer(doc.words.lower, start, end)))
    unwished = bytearray(taken)
    preference = read_preference(doc, start, end, taken)
    wished = preference.preference()
    if preferred:
        wished["provider"] = preferred.name.last or preferred.name.first
    elif anyone := any_provider(doc, start, end):
        wished["provider"] = "any"
        take(anyone)
    place = find_location(doc, start, end, unwished)
    if place:
        wished["location"] = place[0]
        take(place[1])
    if wished:
        fields["preference"] = wished
    demanded = preference.latest is not None and preference.latest - doc.today <= timedelta(days=16)
    if not urgency and demanded and preference.latest:
        urgency = "urgent"
    if urgency:
        fields["urgency"] = urgency
    if urgency == "stat":
        flags.append("safety_escalate_human_now")
    if not coverage.insurance.get("payer") and not coverage.insurance.get("self_pay"):
        payer = payer_by_place(doc, start, end, taken)
        if payer:
            fields["insurance"] = {"payer": payer[0], **coverage.insurance}
            take(payer[1])
    if named and "referring" not in fields and "first" in patient and not preferred:
        last = doctor_by_place(doc, start, end, taken)
        if last:
            fields["referring"] = {key: value for key, value in last[0]._asdict().items() if value}
            take(last[1])
    reason = read_reason(doc, start, end, taken)
    if reason:
        fields["reason"] = reason
    return Submission(fields, flags)


def _sex_after(doc: Document, place: int) -> tuple[str, tuple[int, int]] | None:
    """The M or F that stands right behind the birth date."""
    match = re.compile(r"[ ,/(|]{1,3}([MF])\b(?![/'&.-])").match(doc.words.raw, place)
    return ({"M": "male", "F": "female"}[match[1]], match.span(1)) if match else None


def _take_label_before(doc: Document, place: int, taken: bytearray) -> None:
    match = re.search(
        r"(?:\b(?:dob|d\.o\.b\.?|born(?: on)?|birth ?(?:date|day)|date of birth|bday|fecha de nacimiento"
        r"|nacid[oa](?: el)?|f\.? ?nac\.?|bd|b)[ :.]*(?:is )?)$",
        doc.before(place, 26),
    )
    if match:
        taken[place - len(match[0]) : place] = b"\x01" * len(match[0])


def _name(doc: Document, start: int, end: int, taken: bytearray, patient: Fields, flags: list[str]) -> None:
    found = labelled_name(doc, start, end)
    if found is None:
        candidates = find_patient_names(doc, start, end, taken)
        if not candidates or candidates[0].score < 1.9:
            return
        found = candidates[0]
    taken[found.start : found.end] = b"\x01" * (found.end - found.start)
    if found.name.first:
        patient["first"] = found.name.first
    if found.name.last:
        patient["last"] = found.name.last
    mistyped = any(
        looks_mistyped(part) for part in re.split(r"[ -]", f"{found.name.first} {found.name.last}")
    )
    if mistyped or _ASKED_SPELLING.search(doc.words.lower, start, end):
        flags.append("confirm_name_spelling")


def _phones(
    doc: Document,
    start: int,
    end: int,
    phones: list[Reach],
    contacts: list[Contact],
    patient: Fields,
    fields: Fields,
    taken: bytearray,
) -> None:
    by_role: dict[str, str] = {}
    contact: Contact | None = None
    for reach in phones:
        if reach.role in by_role and _after_correction(doc, reach.phone.start):
            by_role[reach.role] = reach.phone.e164
        by_role.setdefault(reach.role, reach.phone.e164)
        if reach.role == "contact" and reach.contact and contact is None:
            contact = reach.contact
    own = by_role.get("cell") or by_role.get("phone")
    if own is None and "home" in by_role:
        own = by_role["home"]
        by_role.pop("home")
    if own:
        patient["phone"] = own
    if "home" in by_role and by_role["home"] != own:
        patient["phone_home"] = by_role["home"]
    elif "cell" in by_role and "phone" in by_role and by_role["phone"] != own:
        patient["phone_home"] = by_role["phone"]
    with_name = next((each for each in contacts if each.name), None)
    named = contact if contact and (contact.name or with_name is None) else with_name
    if "contact" in by_role and not own:
        patient["phone"] = by_role["contact"]
    if named or "contact" in by_role:
        entry: Fields = {}
        if named and named.name:
            entry["name"] = named.name
        if named:
            entry["relation"] = _relation(contacts, named)
        number = by_role.get("contact")
        if number:
            entry["phone"] = number
        if entry.get("name") or entry.get("phone"):
            fields["contact"] = entry
    if "callback" in by_role:
        callback: Fields = {"phone": by_role["callback"]}
        place = next(reach.phone for reach in phones if reach.role == "callback")
        sentence = doc.sentence_at(place.start)
        until = find_until(doc, *sentence)
        if until:
            callback["until"] = until[0]
        taken[sentence[0] : sentence[1]] = b"\x01" * (sentence[1] - sentence[0])
        fields["callback"] = callback


def _relation(contacts: list[Contact], named: Contact) -> str:
    """The family relation, where a guardian is also called one: "Grandmother Opal is guardian"."""
    if named.relation in ("guardian", "power of attorney", "caregiver"):
        for other in contacts:
            if (
                other.relation not in ("guardian", "power of attorney", "caregiver")
                and abs(other.start - named.start) < 40
            ):
                return other.relation
    return named.relation


def _after_correction(doc: Document, place: int) -> bool:
    return (
        re.search(
            r"\b(?:no wait|wait no|sorry|correction|i mean|make that|oops|scratch that|actually|no|perdón"
            r"|digo)[ ,:.-]*$",
            doc.before(place, 24),
        )
        is not None
    )


def _mrn(doc: Document, start: int, end: int, patient: Fields, taken: bytearray) -> None:
    for label in doc.labelled:
        if label.role == "mrn" and start <= label.label < end:
            match = re.match(r"[#: ]*([A-Za-z]{0,3}-?\d[\w-]*)", doc.words.raw[label.start : label.end])
            if match:
                patient["mrn"] = match[1]
                taken[label.label : label.end] = b"\x01" * (label.end - label.label)
                return
    match = re.compile(
        r"\b(?:mrn|chart|med rec)\b[ .:#]*(?:no\.? ?|number ?|is )?#? ?([a-z]{0,3}-?\d[\w-]*)"
    ).search(doc.words.lower, start, end)
    if match:
        patient["mrn"] = doc.words.raw[match.start(1) : match.end(1)]
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
