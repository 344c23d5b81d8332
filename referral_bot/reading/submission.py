"""A new referral out of a range of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.codes import find_codes, find_npis
from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.dates import years_between
from referral_bot.reading.demographics import Reach, find_ages, find_birth, find_sex, find_until, sort_phones
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.model import Fields
from referral_bot.reading.names import looks_mistyped
from referral_bot.reading.papers import find_documents
from referral_bot.reading.patients import find_patient_names, labelled_name
from referral_bot.reading.people import Contact, Doctor, find_contacts, find_doctors
from referral_bot.reading.positions import doctor_by_place, payer_by_place
from referral_bot.reading.providers import COMPASS, any_provider, find_location, split_doctors
from referral_bot.reading.reason import read_reason
from referral_bot.reading.when import TIME_WORDS, When, read_when
from referral_bot.reading.wishes import choose_service, find_needs, find_services, find_urgency

_PIECE = re.compile(r"[^,;.\n()|]+(?:\.\d[^,;.\n()|]*)*")
_WISH = re.compile(
    r"\b(?:prefers?|preferred|preferably|pref|best|like|only|needs? (?:to|after|before|an? (?:am|pm|morning"
    r"|afternoon))|needs|wants?|would like|would do|available|avail|can (?:do|come|only|make)|can't|cant"
    r"|appt|appts|appointment|schedule|seen|see|works?|please|pls|w/in|within|by|before|b4|asap|stat|soon"
    r"|no later|in (?:this|next)|ok|okay|fine|good|free|off|days|times?|first|soonest|mornings?"
    r"|afternoons?|prefiere|puede|quiere|en la|por la|any ?day|anytime|priority|get (?:her|him|them) in"
    r"|today|visto|vista)\b"
)
_DEMAND = re.compile(
    r"\b(?:seen|see|needs?|wants?|wanted|want|has to|have to|must|stat|asap|urgent|can|could|get|says?"
    r"|said|before|by|please|pls|appt|appointment|visit|schedule|priority|prefers?|only|available|works?"
    r"|not|come|in|free|off|dr|doctor|hoping|like|best|visto|vista|quiere|retina|emergen\w*)\b|^\W*$"
)
_TO_FOLLOW = re.compile(
    r"\b(?:(?:will|i'?ll|we'?ll|going to|gonna|can|to) (?:send|fax|get|forward|upload|call|follow|email"
    r"|have)|to follow|sending (?:the )?(?:rest|more)"
    r"|(?:faxed|faxing|sent|uploaded|emailed|called) (?:it |them |over |this |you |the )*)\b"
)
"""What the sender does later or did, with its time: no wish of the patient's."""
_HISTORY = re.compile(
    r"\b(?:ago|since|x|for \d|last|past|every|each|over|during|started|began|until|onset|hx|history|desde"
    r"|hace|wakes|woke|worse|daily|from)\b"
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
    unwished = bytearray(taken)
    preference = _preference(doc, start, end, taken)
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


def _preference(doc: Document, start: int, end: int, taken: bytearray) -> When:
    """Wishes about time in a new referral: only clauses that ask for something, not those that tell a
    history.
    """
    lower = doc.words.lower
    total = When()
    for wish in doc.labels("when", start, end):
        _add(total, read_when(lower, wish.start, wish.end, doc.today, general=True))
        taken[wish.label : wish.end] = b"\x01" * (wish.end - wish.label)
    masked = _masked(lower, taken)
    for piece in _PIECE.finditer(lower, start, end):
        begin, stop = piece.span()
        if taken.find(0, begin, stop) < 0 or not _speaks_of_time(doc, begin, stop):
            continue
        label = doc.label_at(begin)
        if (
            label
            and label.role in ("dx", "reason", "name", "dob", "ignore", "documents", "payer", "auth", "mrn")
            and not (
                label.role == "reason"
                and re.search(
                    r"\b(?:see|seen|appt|w/in|within"
                    r"|schedule)\b",
                    piece[0],
                )
            )
        ):
            continue
        free = masked[begin:stop]
        when = read_when(free, 0, len(free), doc.today, general=True)
        if not when.taken:
            continue
        rest = free
        for a, b in when.taken:
            rest = rest[:a] + " " * (b - a) + rest[b:]
        words = re.findall(r"[^\W\d_]+", rest)
        clinical = any(word in CLINICAL_WORDS and word not in COMPASS for word in words)
        if _TO_FOLLOW.search(lower[begin:stop]):
            continue
        asks = _WISH.search(lower[begin:stop]) is not None
        if _HISTORY.search(rest) and not (asks and not clinical):
            continue
        if clinical and not (asks and when.deadline):
            continue
        if not asks and (len(words) > 4 or (words and (when.earliest or when.latest) and not when.days)):
            continue
        if when.dates and not (asks and _DEMAND.search(rest)):
            continue
        if (
            when.soonest
            and not (when.part_of_day or when.dates or when.days)
            and re.search(r"\basap\b|as soon as|pronto|antes posible", free)
        ):
            when.soonest = False
        if not when.preference():
            continue
        if clinical:
            for a, b in when.taken:
                taken[begin + a : begin + b] = b"\x01" * (b - a)
        else:
            taken[begin:stop] = b"\x01" * (stop - begin)
        _add(total, when)
    return _as_deadline(total, doc.today)


def _masked(lower: str, taken: bytearray) -> str:
    """The text with spaces where something has been understood."""
    pieces: list[str] = []
    place = 0
    while (busy := taken.find(1, place)) >= 0:
        free = taken.find(0, busy)
        free = len(lower) if free < 0 else free
        pieces.append(lower[place:busy])
        pieces.append(" " * (free - busy))
        place = free
    pieces.append(lower[place:])
    return "".join(pieces)


def _speaks_of_time(doc: Document, start: int, end: int) -> bool:
    """Whether a piece holds a number or a word that could say when."""
    low = doc.words.low
    for index in range(doc.words.at(start), len(low)):
        if doc.words.start[index] >= end:
            return False
        token = low[index]
        if token in TIME_WORDS or token.isdigit():
            return True
    return False


def _add(total: When, when: When) -> None:
    total.dates += when.dates
    total.days += [day for day in when.days if day not in total.days]
    total.earliest = total.earliest or when.earliest
    total.latest = total.latest or when.latest
    total.part_of_day = total.part_of_day or when.part_of_day
    total.before = total.before or when.before
    total.after = total.after or when.after
    total.soonest = total.soonest or when.soonest
    total.same_time = total.same_time or when.same_time
    total.deadline = total.deadline or when.deadline


def _as_deadline(when: When, today: date) -> When:
    """In a new referral, today, tomorrow or a week that has begun is the last day that will do."""
    if when.dates and not when.latest and max(when.dates) <= today + timedelta(days=1):
        when.latest = min(when.dates)
        when.dates = []
    if when.latest and when.earliest and when.earliest <= today:
        when.earliest = None
    return when
