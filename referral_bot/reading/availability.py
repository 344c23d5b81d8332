"""What is asked for in a question about openings, insurance, the practice itself, or what must come along."""

from __future__ import annotations

import re

from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.doctors import find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, surname
from referral_bot.reading.model import Fields
from referral_bot.reading.providers import find_location
from referral_bot.reading.reason import read_reason
from referral_bot.reading.tables.calendar import NUMBER_WORDS
from referral_bot.reading.when import read_when
from referral_bot.reading.wishes import choose_service, find_needs, find_services, find_urgency

_NEW = re.compile(
    r"\b(?:new[ -](?:pt|pts|patient|patients|consult|visit|referral)|np\b|n/p\b|first[- ]time"
    r"|initial (?:visit|consult)|never been seen|(?:someone|somebody|person|pt|patient|one"
    r"|folks) (?:brand )?new\b|brand new|new to (?:you|your|the practice|y'?all)|primera vez"
    r"|paciente nuev[oa]|pacientes nuevos|pte nuev[oa]|new (?:\w+ )(?:pt|pts|patient|patients|appt|appts"
    r"|appointment|visit|consult))\b|\bpt type\b[^\n]*\n[^\n]*\bnew\b|\t\s*new\b"
)
_FOLLOW = re.compile(
    r"\b(?:follow[ -]?ups?|f/u|fu\b|fup|est(?:ablished)? (?:pt|patient)|return (?:visit|pt|patient)"
    r"|recheck|seguimiento|control)\b"
)
_VIDEO = re.compile(
    r"\b(?:tele-?(?:health|med\w*|visit)|video|virtual|zoom|videollamada|remote"
    r"|por video)\b"
)
_ONLY_VIDEO = re.compile(
    r"\b(?:(?:tele-?(?:health|med\w*|visits?)|video|virtual)(?: visits?| appts?| slots?)?[ -]only"
    r"|only (?:by |via |do |does |wants? )?(?:tele\w*|video|virtual)|must be (?:tele\w*|video|virtual)"
    r"|has to be (?:tele\w*|video|virtual)|solo (?:por )?video)\b"
)
_BOTH = re.compile(
    r"\b(?:(?:tele\w*|video|virtual)(?: visit| appt)? (?:is |would be |works |ok |are )?(?:fine|ok|okay"
    r"|good|works)(?: too| also| as well)?|or (?:tele\w*|video|virtual)|(?:tele\w*|video"
    r"|virtual) or (?:in[ -]?person|office)|in[ -]?person or (?:tele\w*|video|virtual)|either (?:in|video"
    r"|tele))\b"
)
_IN_PERSON = re.compile(
    r"\b(?:in[ -]?person|face to face|in[ -]office|on[ -]?site|presencial|no (?:tele\w*|video|virtual))\b"
)
_MALE = re.compile(
    r"\b(?:male|man)\b(?= (?:dr|doc|doctor|provider|physician|\w+ologist|\w+ist|surgeon|md|np|pa|gyn|uro"
    r"|gi|derm|endo|neuro|cards|ent)\b)|\bdoctor hombre\b|\bwith an? (?:man|male)\b"
)
_FEMALE = re.compile(
    r"\b(?:female|woman|lady|women)\b(?= (?:dr|doc|doctor|provider|physician|\w+ologist|\w+ist|surgeon|md"
    r"|np|pa|gyn|uro|gi|derm|endo|neuro|cards|ent)\b)|\bwith an? (?:woman|female|lady)\b|\bfemale only\b"
    r"|\bdoctora mujer\b|\buna doctora\b"
)
_COUNT = re.compile(
    r"\b(?P<n>[2-9]|"
    + "|".join(word for word in NUMBER_WORDS if NUMBER_WORDS[word] > 1)
    + r") (?:\w+[ -]){0,5}?(?:slots?|openings?|appts?|appointments?|spots?|family members|members"
    r"|siblings|kids|patients|pts|brothers|sisters|visits|citas)\b"
)
_CONSECUTIVE = re.compile(
    r"\b(?:back[ -]to[ -]back|consecutive|in a row|b2b|(?:right |one )?after (?:the other|another"
    r"|each other)|next to each other|seguidas|adjacent|side by side|together)\b"
)


def read_availability(doc: Document, start: int, end: int) -> Fields:
    """Specialty, provider, place, kind of visit, number of slots, insurance and times of a question about
    openings.
    """
    lower = doc.words.lower
    fields: Fields = {}
    taken = bytearray(len(lower))

    def take(begin: int, stop: int) -> None:
        taken[begin:stop] = b"\x01" * (stop - begin)

    services = find_services(doc, start, end)
    service = choose_service(doc, services)
    if service:
        fields["service"] = service.name
        for each in services:
            take(each.start, each.end)
    provider = _provider(doc, start, end)
    if provider:
        fields["provider"] = provider[0]
        take(*provider[1])
    if _FEMALE.search(lower, start, end):
        fields["provider_sex"] = "female"
    elif _MALE.search(lower, start, end):
        fields["provider_sex"] = "male"
    if _NEW.search(lower, start, end):
        fields["visit_type"] = "new_patient"
    elif _FOLLOW.search(lower, start, end):
        fields["visit_type"] = "follow_up"
    for label in doc.labelled:
        if label.role == "visit_type" and start <= label.label < end:
            value = lower[label.start : label.end]
            fields["visit_type"] = "new_patient" if "new" in value else "follow_up"
    if _VIDEO.search(lower, start, end) and not re.search(r"\bno (?:tele|video|virtual)", lower[start:end]):
        if _ONLY_VIDEO.search(lower, start, end) or not (
            _BOTH.search(lower, start, end) or _IN_PERSON.search(lower, start, end)
        ):
            fields["modality"] = ["telehealth"]
        else:
            fields["modality"] = ["in_person", "telehealth"]
    elif _IN_PERSON.search(lower, start, end):
        fields["modality"] = ["in_person"]
    count = _COUNT.search(lower, start, end)
    if (
        count
        and not re.search(r"\b(?:next|in|within|last|past|over)[ ]$", doc.before(count.start(), 8))
        and not re.search(r"\b(?:days?|weeks?|wks?|months?)\b", count[0])
    ):
        number = int(count["n"]) if count["n"].isdigit() else NUMBER_WORDS[count["n"]]
        if (number > 1 and count["n"] not in ("few", "couple")) or (
            count["n"] == "couple" and "couple of" not in count[0]
        ):
            fields["slots_needed"] = number
    if _CONSECUTIVE.search(lower, start, end):
        fields["consecutive"] = True
    urgency, spans = find_urgency(doc, start, end)
    if urgency and not (
        urgency == "asap" and re.search(r"pronto|antes posible|cuanto antes", lower[start:end])
    ):
        fields["urgency"] = urgency
    for span in spans:
        take(*span)
    coverage = read_insurance(doc, start, end)
    if coverage.insurance:
        fields["insurance"] = coverage.insurance
    for span in coverage.taken:
        take(*span)
    needs, _ = find_needs(doc, start, end)
    if needs:
        fields["needs"] = needs
    when = read_when(lower, start, end, doc.today)
    if when.latest and not when.earliest:
        when.earliest = doc.today
    wished = when.preference()
    if wished:
        fields["preference"] = wished
    for span in when.taken:
        take(*span)
    place = find_location(doc, start, end, taken)
    if place and place[0].lower() not in str(fields.get("provider", "")).lower():
        fields["location"] = place[0]
        take(*place[1])
    if services and _has_story(doc, start, end, taken):
        reason = read_reason(doc, start, end, taken)
        clinical = sum(word in _STORY for word in reason.lower().split())
        if clinical > 1 or (clinical and len(reason.split()) < 8):
            fields["reason"] = reason
    return fields


def _has_story(doc: Document, start: int, end: int, taken: bytearray) -> bool:
    return (
        re.search(r"\b(?:for|with|w/|who has|kid|\d{1,3} ?(?:yo|y/o|[mf])\b)\b", doc.words.lower[start:end])
        is not None
    )


def _provider(doc: Document, start: int, end: int) -> tuple[str, tuple[int, int]] | None:
    """The provider asked about: "Dr Lee", the directory's "Lee", or "with Pemberton"."""
    for hit in doc.found("provider", start, end):
        return surname(str(getattr(hit.value, "name", hit.value))), (hit.start, hit.end)
    doctors = [doctor for doctor in find_doctors(doc) if start <= doctor.start < end]
    for doctor in doctors:
        if not re.match(
            r"[ ,]*(?:wants|asked|would like|is asking|says|needs|sees)\b", doc.after(doctor.end, 16)
        ) and not re.search(r"\b(?:from|per|for my)[ ]$", doc.before(doctor.start, 8)):
            return doctor.name.last or doctor.name.first, (doctor.start, doctor.end)
    words = doc.words
    for index in range(words.at(start), len(words)):
        if words.start[index] >= end:
            break
        token = words.low[index]
        if (
            not token[0].isalpha()
            or len(token) < 3
            or not words.raw[words.start[index]].isupper()
            or doc.style != "mixed"
        ):
            continue
        before = doc.before(words.start[index], 10)
        if re.search(r"\b(?:with|w/|see)[ ]$", before) and _free(doc, index):
            last = words.hyphenated(index)
            return words.text(index, last), (words.start[index], words.end[last])
    return None


def _free(doc: Document, index: int) -> bool:
    start = doc.words.start[index]
    return not any(
        hit.start <= start < hit.end
        for kind in ("payer", "plan", "service", "location", "weekday", "language")
        for hit in doc.hits.get(kind, ())
    ) and not doc.is_everyday(index)


_NO_STORY = frozenset(
    ["open", "female", "male", "early", "late", "first", "new", "right", "left", "care", "adult"]
)
"""Words of code titles that say nothing about a patient in a question about openings."""
_STORY = CLINICAL_WORDS - _NO_STORY
_TOPICS = (
    ("fax", "fax_topic"),
    ("address", "address_topic"),
    ("hours", "hours_topic"),
    ("phone", "phone_topic"),
)


def read_topics(doc: Document, start: int, end: int) -> list[str]:
    """What about the practice is asked, in the order of the text."""
    found = []
    for topic, cue in _TOPICS:
        hits = doc.cue(cue, start, end)
        if hits:
            found.append((hits[0].start, topic))
    topics = [topic for _, topic in sorted(found)]
    if (
        "fax" in topics
        and "phone" in topics
        and not re.search(r"\b(?:phone|number to call|call|tel\w*)\b", doc.words.lower[start:end])
    ):
        topics.remove("phone")
    return topics
