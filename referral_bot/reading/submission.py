"""A new referral out of a range of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from referral_bot.reading.authorization import Authorization, read_authorization
from referral_bot.reading.codes import Code, Npi, find_codes, find_npis
from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.dates import years_between
from referral_bot.reading.demographics import (
    Born,
    Reach,
    find_ages,
    find_birth,
    find_sex,
    find_until,
    sort_phones,
)
from referral_bot.reading.doctors import Doctor, find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.names import Name, looks_mistyped
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
_SEX_LETTER = re.compile(r"[ ,/(|]{1,3}([MF])\b(?![/'&.-])")
_BIRTH_LABEL = re.compile(
    r"(?:\b(?:dob|d\.o\.b\.?|born(?: on)?|birth ?(?:date|day)|date of birth|bday|fecha de nacimiento"
    r"|nacid[oa](?: el)?|f\.? ?nac\.?|bd|b)[ :.]*(?:is )?)$"
)
_CORRECTION = re.compile(
    r"\b(?:no wait|wait no|sorry|correction|i mean|make that|oops|scratch that|actually|no|perdón"
    r"|digo)[ ,:.-]*$"
)
_NUMBER = re.compile(r"[#: ]*([A-Za-z]{0,3}-?\d[\w-]*)")
_CHART_NUMBER = re.compile(
    r"\b(?:mrn|chart|med rec)\b[ .:#]*(?:no\.? ?|number ?|is )?#? ?([a-z]{0,3}-?\d[\w-]*)"
)


@dataclass
class Submission:
    """A new referral as read, and what to notice about it."""

    fields: Fields
    flags: list[str] = field(default_factory=list)


@dataclass
class _Draft:
    """A new referral while it is read from a range of the text."""

    doc: Document
    start: int
    end: int
    taken: bytearray
    """Marks the characters that something has claimed: what is left is the reason."""
    patient: Fields = field(default_factory=dict)
    fields: Fields = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.range = (self.doc, self.start, self.end)

    def take(self, *spans: tuple[int, int]) -> None:
        """Mark stretches as claimed."""
        taken = self.taken
        for begin, stop in spans:
            taken[begin:stop] = b"\x01" * (stop - begin)


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
    draft = _Draft(doc, start, end, bytearray(doc.words.taken))
    contacts = find_contacts(doc) if contacts is None else contacts
    contacts = [contact for contact in contacts if start <= contact.start < end]
    doctors = find_doctors(doc) if doctors is None else doctors
    codes, npis = find_codes(doc, start, end), find_npis(doc, start, end)
    coverage, authorization = read_insurance(doc, start, end), read_authorization(doc, start, end)
    _take_labels(draft)
    draft.take(*((code.start, code.end) for code in codes), *((npi.start, npi.end) for npi in npis))
    draft.take(*coverage.taken, *authorization.taken)
    draft.take(*((doctor.start, doctor.end) for doctor in doctors if start <= doctor.start < end))
    draft.take(*((contact.start, contact.end) for contact in contacts))

    _patient(draft, contacts, named)
    _coverage(draft, coverage.insurance, authorization)
    _codes(draft, codes)
    ordering, preferred = split_doctors(doc, doctors, start, end)
    _referring(draft, ordering, npis)
    urgency, urgency_spans = find_urgency(doc, start, end)
    draft.take(*urgency_spans)
    _wanted(draft)
    latest = _preference(draft, preferred)
    _urgency(draft, urgency, latest)

    _payer_by_place(draft)
    if named and not preferred:
        _referring_by_place(draft)
    reason = read_reason(doc, start, end, draft.taken)
    if reason:
        draft.fields["reason"] = reason
    return Submission(draft.fields, draft.flags)


def _take_labels(draft: _Draft) -> None:
    """Claim labels, and what stands behind those that say nothing of the referral."""
    for label in draft.doc.labelled:
        if draft.start <= label.label < draft.end:
            aside = label.role in ("ignore", "from", "group", "patient_id", "work", "age")
            draft.take((label.label, label.end if aside else label.start))


def _patient(draft: _Draft, contacts: list[Contact], named: bool) -> None:
    """Who the patient is: numbers and dates first, so that a name is sought in what they leave."""
    patient = draft.patient
    ages = find_ages(*draft.range)
    age = ages[0].years if ages else None
    draft.take(*((each.start, each.end) for each in ages[:1]))
    born = find_birth(*draft.range, age, draft.taken)
    if born:
        draft.take((born.written.start, born.written.end))
        _take_label_before(draft, born.written.start)
    phones = sort_phones(*draft.range, contacts)
    draft.take(*((reach.phone.start, reach.phone.end) for reach in phones))
    if named:
        _name(draft)
    if born and born.day:
        patient["dob"] = born.day.isoformat()
    elif born:
        draft.flags.append("dob_invalid")
    sex = find_sex(*draft.range, ages) or (born and _sex_after(draft.doc, born.written.end))
    if sex:
        patient["sex"] = sex[0]
        draft.take(sex[1])
    _phones(draft, phones, contacts)
    _mrn(draft)
    if _is_minor(draft.doc, age, born):
        draft.flags.append("minor")
    if patient:
        draft.fields = {"patient": patient, **draft.fields}


def _is_minor(doc: Document, age: int | None, born: Born | None) -> bool:
    if born and born.day:
        return years_between(born.day, doc.today) < 18
    return age is not None and age < 18


def _coverage(draft: _Draft, insurance: Fields, authorization: Authorization) -> None:
    """Insurance and authorization; a number that is the authorization's is no member id."""
    if insurance:
        draft.fields["insurance"] = insurance
    if authorization.auth:
        draft.fields["auth"] = authorization.auth
        if insurance.get("member_id") == authorization.auth.get("number"):
            insurance.pop("member_id", None)
    if authorization.hold:
        draft.flags.append("hold_booking_until_auth")


def _codes(draft: _Draft, codes: list[Code]) -> None:
    if codes:
        draft.fields["icd10"] = [code.code for code in codes]
        if not all(code.billable for code in codes):
            draft.flags.append("icd10_not_billable")


def _referring(draft: _Draft, ordering: Doctor | None, npis: list[Npi]) -> None:
    """The ordering provider by name, with the first number that can be one."""
    valid = [npi.number for npi in npis if npi.valid]
    if ordering:
        referring = _stated(ordering.name)
        if valid:
            referring["npi"] = valid[0]
        draft.fields["referring"] = referring
    if len(valid) < len(npis):
        draft.flags.append("npi_invalid")


def _stated(name: Name) -> Fields:
    return {part: text for part, text in (("first", name.first), ("last", name.last)) if text}


def _wanted(draft: _Draft) -> None:
    """The service, what the patient needs for a visit, and the documents spoken of."""
    services = find_services(*draft.range)
    draft.take(*((service.start, service.end) for service in services))
    service = choose_service(draft.doc, services)
    if service:
        draft.fields["service"] = service.name
    needs, needs_spans = find_needs(*draft.range)
    if needs:
        draft.fields["needs"] = needs
    documents, document_spans = find_documents(*draft.range)
    if documents:
        draft.fields["documents"] = documents
    draft.take(*needs_spans, *document_spans)


def _preference(draft: _Draft, preferred: Doctor | None) -> date | None:
    """When, by whom and where the patient is to be seen; gives the last day that will do, if one is set."""
    lower = draft.doc.words.lower
    draft.take(*(match.span() for match in _PROVIDER_SEX.finditer(lower, draft.start, draft.end)))
    unwished = bytearray(draft.taken)  # a place may stand among the words that say when
    when = read_preference(*draft.range, draft.taken)
    wished = when.preference()
    if preferred:
        wished["provider"] = preferred.name.last or preferred.name.first
    elif anyone := any_provider(*draft.range):
        wished["provider"] = "any"
        draft.take(anyone)
    place = find_location(*draft.range, unwished)
    if place:
        wished["location"] = place[0]
        draft.take(place[1])
    if wished:
        draft.fields["preference"] = wished
    return when.latest


def _urgency(draft: _Draft, stated: str, latest: date | None) -> None:
    """The urgency stated, or urgent where the patient must be seen within days."""
    soon = latest is not None and latest - draft.doc.today <= timedelta(days=16)
    urgency = stated or ("urgent" if soon else "")
    if urgency:
        draft.fields["urgency"] = urgency
    if urgency == "stat":
        draft.flags.append("safety_escalate_human_now")


def _payer_by_place(draft: _Draft) -> None:
    """An insurance that no table knows, told by where it stands."""
    insurance = draft.fields.get("insurance", {})
    if insurance.get("payer") or insurance.get("self_pay"):
        return
    payer = payer_by_place(*draft.range, draft.taken)
    if payer:
        draft.fields["insurance"] = {"payer": payer[0], **insurance}
        draft.take(payer[1])


def _referring_by_place(draft: _Draft) -> None:
    """An ordering provider without a title, told by standing last behind a patient's name."""
    if "referring" in draft.fields or "first" not in draft.patient:
        return
    last = doctor_by_place(*draft.range, draft.taken)
    if last:
        draft.fields["referring"] = _stated(last[0])
        draft.take(last[1])


def _sex_after(doc: Document, place: int) -> tuple[str, tuple[int, int]] | None:
    """The M or F that stands right behind the birth date."""
    match = _SEX_LETTER.match(doc.words.raw, place)
    return ({"M": "male", "F": "female"}[match[1]], match.span(1)) if match else None


def _take_label_before(draft: _Draft, place: int) -> None:
    match = _BIRTH_LABEL.search(draft.doc.before(place, 26))
    if match:
        draft.take((place - len(match[0]), place))


def _name(draft: _Draft) -> None:
    found = labelled_name(*draft.range)
    if found is None:
        candidates = find_patient_names(*draft.range, draft.taken)
        if not candidates or candidates[0].score < 1.9:
            return
        found = candidates[0]
    draft.take((found.start, found.end))
    draft.patient.update(_stated(found.name))
    mistyped = any(
        looks_mistyped(part) for part in re.split(r"[ -]", f"{found.name.first} {found.name.last}")
    )
    if mistyped or _ASKED_SPELLING.search(draft.doc.words.lower, draft.start, draft.end):
        draft.flags.append("confirm_name_spelling")


def _phones(draft: _Draft, phones: list[Reach], contacts: list[Contact]) -> None:
    """Whose numbers they are: the patient's own, at home, a contact's, or the one to call back."""
    patient = draft.patient
    by_role: dict[str, str] = {}
    contact: Contact | None = None
    for reach in phones:
        if reach.role in by_role and _after_correction(draft.doc, reach.phone.start):
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
    if "contact" in by_role and not own:
        patient["phone"] = by_role["contact"]
    _contact(draft, contacts, contact, by_role.get("contact"))
    callback = next((reach.phone for reach in phones if reach.role == "callback"), None)
    if callback:
        _callback(draft, by_role["callback"], callback.start)


def _contact(draft: _Draft, contacts: list[Contact], called: Contact | None, number: str | None) -> None:
    """Who is to be called for the patient: the one whose number is given, or else one with a name."""
    with_name = next((each for each in contacts if each.name), None)
    named = called if called and (called.name or with_name is None) else with_name
    entry: Fields = {}
    if named and named.name:
        entry["name"] = named.name
    if named:
        entry["relation"] = _relation(contacts, named)
    if number:
        entry["phone"] = number
    if entry.keys() & {"name", "phone"}:
        draft.fields["contact"] = entry


def _callback(draft: _Draft, number: str, place: int) -> None:
    """Whom to call back and until when: its sentence says nothing else."""
    sentence = draft.doc.sentence_at(place)
    draft.take(sentence)
    callback: Fields = {"phone": number}
    until = find_until(draft.doc, *sentence)
    if until:
        callback["until"] = until[0]
    draft.fields["callback"] = callback


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
    return _CORRECTION.search(doc.before(place, 24)) is not None


def _mrn(draft: _Draft) -> None:
    """The chart number, labelled or behind its word."""
    doc, start, end = draft.range
    for label in doc.labelled:
        if label.role == "mrn" and start <= label.label < end:
            match = _NUMBER.match(doc.words.raw, label.start, label.end)
            if match:
                draft.patient["mrn"] = match[1]
                draft.take((label.label, label.end))
                return
    match = _CHART_NUMBER.search(doc.words.lower, start, end)
    if match:
        draft.patient["mrn"] = doc.words.raw[match.start(1) : match.end(1)]
        draft.take(match.span())
