"""What a message changes in a referral that was sent, or puts to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.codes import find_codes, find_npis
from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.dates import birth_date, find_dates, past_or_near, real_date
from referral_bot.reading.demographics import find_ages, sort_phones
from referral_bot.reading.doctors import find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.model import Fields
from referral_bot.reading.papers import find_documents
from referral_bot.reading.payers import payers_in
from referral_bot.reading.people import find_contacts
from referral_bot.reading.providers import find_location
from referral_bot.reading.reason import read_reason
from referral_bot.reading.renaming import read_new_name
from referral_bot.reading.resolve import Mention
from referral_bot.reading.wishes import find_needs, find_urgency

_OLD = re.compile(
    r"(?:\b(?:old|not|isn't|instead of|from|was|were|previous(?:ly)?|no longer|lost|prior|former|dropped"
    r"|wrong|termed|ended|off of|left|in place of|rather than|used to (?:be|have)|it had|had|listed as"
    r"|said|says|shows|put|typed|de)\b[ :]*(?:the |her |his |on |is |as |my |our |old |dob |number "
    r"|phone |#|cell |with |el |la )*)$"
)
_OLD_LINE = re.compile(r"^[ \t•*-]*(?:old|prev(?:ious)?|was|before|prior|termed|from)\b", re.IGNORECASE)
_BORN_WORD = re.compile(
    r"\b(?:dob|d\.o\.b|birth ?(?:date|day)|date of birth|bday|born|birth year|year|nacimiento|naci[oó])\b"
)
_OLD_YEAR = re.compile(r"(?<![\d-])(?:19\d\d|200\d|201\d)(?![\d-])")
"""A year in which a patient may be born: two of them are a birth date put right."""
_YEAR = re.compile(
    r"\b(?:born in|year (?:is|should be|of birth is)|should be|it'?s|is|actually|in) (?P<y>(?:19|20)\d\d)\b"
)
_EFFECTIVE = re.compile(
    r"\b(?:eff(?:ective)?|starting|starts|start|as of|beginning|begins|from|since|on|desde"
    r"|a partir del?)[ :.]*(?:date |on |is |el |the )*$"
)
_OLD_NO_GOOD = re.compile(r"\bold\b|no good")
_REFERS = re.compile(r"\b(?:referring|ordering|provider|pcp)\b[^.\n]{0,30}$")
_WANTS_PLACE = re.compile(r"\b(?:prefers?|wants?|location|office|clinic|instead)\b")


@dataclass
class _Update:
    """The changes of a range of the text while they are read."""

    doc: Document
    start: int
    end: int
    old: list[tuple[int, int]]
    """Stretches that give the old values."""
    taken: bytearray
    """Marks the characters that something has claimed: what is left is a new clinical fact."""
    fields: Fields = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def take(self, *spans: tuple[int, int]) -> None:
        """Mark stretches as claimed."""
        for begin, stop in spans:
            self.taken[begin:stop] = b"\x01" * (stop - begin)


def read_update(doc: Document, start: int, end: int, mentions: list[Mention]) -> tuple[Fields, list[str]]:
    """Only the changed values, and what to notice: coverage to check again, booking released, urgency
    raised.
    """
    update = _Update(doc, start, end, _old_ranges(doc, start, end), bytearray(len(doc.words.lower)))
    fields = update.fields
    update.take(*((mention.start, mention.end) for mention in mentions))
    for label in doc.labelled:
        aside = label.role in ("ignore", "from", "name", "group")
        update.take((label.label, label.end if aside else label.start))
    update.take(*update.old)
    _patient(update, mentions)
    covered = _coverage(update)
    urgency = _urgency(doc, start, end, update.taken)
    if urgency:
        fields["urgency"] = urgency
        if urgency in ("urgent", "stat", "asap"):
            update.flags.append("notify_practice_now")
    needs, spans = find_needs(doc, start, end)
    if needs:
        fields["needs"] = needs
    update.take(*spans)
    _codes(update)
    _referring(update)
    documents, spans = find_documents(doc, start, end)
    if documents:
        fields["documents"] = documents
    update.take(*spans)
    if _WANTS_PLACE.search(doc.words.lower[start:end]):
        place = find_location(doc, start, end, update.taken)
        if place:
            fields["preference"] = {"location": place[0]}
            update.take(place[1])
    if urgency or not (covered or fields.keys() & {"patient", "documents"}):
        added = _added(doc, start, end, update.taken, bool(urgency or needs or "icd10" in fields))
        if added:
            fields["reason_add"] = added
    return fields, update.flags


def _patient(update: _Update, mentions: list[Mention]) -> None:
    """The patient's corrected birth date, numbers and name."""
    doc, start, end, old, taken = update.doc, update.start, update.end, update.old, update.taken
    patient: Fields = {}
    born = _birth(doc, start, end, old, taken)
    if born:
        patient["dob"] = born
    elif born is not None:
        update.flags.append("dob_invalid")
    _numbers(update, patient)
    read_new_name(doc, start, end, mentions, patient, taken)
    if patient:
        update.fields["patient"] = patient


def _coverage(update: _Update) -> bool:
    """The new insurance and authorization; gives whether either is told of."""
    doc, start, end = update.doc, update.start, update.end
    insurance = _insurance(doc, start, end, update.old, update.taken)
    if insurance and _is_approver(doc, start, end, insurance):
        insurance = {}
    if insurance:
        update.fields["insurance"] = insurance
        update.flags.append("recheck_eligibility_and_auth")
    authorization = read_authorization(doc, start, end)
    if authorization.auth and not (insurance and _OLD_NO_GOOD.search(doc.words.lower[start:end])):
        update.fields["auth"] = authorization.auth
    if authorization.hold and authorization.auth.get("status") != "approved" and not insurance:
        update.flags.append("hold_booking_until_auth")
    if authorization.release:
        update.flags.append("release_booking_hold")
    update.take(*authorization.taken)
    return bool(insurance or authorization.auth)


def _codes(update: _Update) -> None:
    """The diagnosis codes that are not the old ones."""
    found = find_codes(update.doc, update.start, update.end)
    codes = [
        code
        for code in found
        if not any(a <= code.start < b for a, b in update.old)
        and not _OLD.search(update.doc.before(code.start, 22))
    ]
    if codes:
        update.fields["icd10"] = [code.code for code in codes]
        if not all(code.billable for code in codes):
            update.flags.append("icd10_not_billable")
    update.take(*((code.start, code.end) for code in found))


def _referring(update: _Update) -> None:
    """The ordering provider's number and name, where they are put right."""
    doc, start, end = update.doc, update.start, update.end
    npis = find_npis(doc, start, end)
    doctors = [doctor for doctor in find_doctors(doc) if start <= doctor.start < end]
    update.take(*((doctor.start, doctor.end) for doctor in doctors))
    if npis:
        update.take((npis[0].start, npis[-1].end))
        if npis[-1].valid:
            update.fields["referring"] = {"npi": npis[-1].number}
        else:
            update.flags.append("npi_invalid")
    changed = [
        doctor
        for doctor in doctors
        if _REFERS.search(doc.before(doctor.start, 40)) and not _OLD.search(doc.before(doctor.start, 20))
    ]
    if changed:
        name = changed[-1].name
        update.fields.setdefault("referring", {}).update(
            {key: value for key, value in (("first", name.first), ("last", name.last)) if value}
        )


_APPROVES = re.compile(
    r"\b(?:approv\w+|authoriz\w+|okayed|denied|auth|the (?:ok|okay|go[- ]ahead|green ?light))\b"
)
_SWITCHES = re.compile(
    r"\b(?:new|now|switch\w*|chang\w*|effective|eff|moved|has|have|instead|coverage|lost|termed|secondary"
    r"|member|mbr|insurance is)\b"
)


def _is_approver(doc: Document, start: int, end: int, insurance: Fields) -> bool:
    """Whether a payer is only named as the one who approved: "got the ok from Aetna"."""
    lower = doc.words.lower
    return (
        insurance.keys() <= {"payer", "plan", "member_id"}
        and _APPROVES.search(lower, start, end) is not None
        and _SWITCHES.search(lower, start, end) is None
    )


def _old_ranges(doc: Document, start: int, end: int) -> list[tuple[int, int]]:
    """Lines, sentences and remarks that give the old value: "OLD Moda PPO", "the old auth is no good"."""
    lower = doc.words.lower
    lines = [
        (start + line.start(), start + line.end())
        for line in re.finditer(r"[^\n]+", lower[start:end])
        if _OLD_LINE.match(line[0]) and not _NEW_WORD.search(line[0])
    ]
    sentences = [
        (begin, stop)
        for begin, stop in doc.sentences_in(start, end)
        if _NO_GOOD.search(lower, begin, stop) and not _NEW_WORD.search(lower, begin, stop)
    ]
    remarks = [
        match.span()
        for match in _OLD_REMARK.finditer(lower, start, end)
        if not re.search(r"\d\.\d", match[0])  # "(was 1.8)" is a laboratory value
    ]
    return [*lines, *sentences, *remarks]


_NEW_CARD = re.compile(r"\bnew (?:\w+ ){0,2}(?:says|said|shows|is|reads)[ :]*$")
_NEW_WORD = re.compile(r"\bnew\b|\bnow\b")
_NO_GOOD = re.compile(
    r"\bold\b[^.]{0,80}\b(?:no good|no longer|disconnected|don'?t use|ignore|invalid|expired|termed)"
    r"|\b(?:please )?disregard\b"
)
_OLD_REMARK = re.compile(r"\([^()]{0,60}\b(?:old|was|previous)\b[^()]{0,60}\)")


def _is_old(doc: Document, place: int, old: list[tuple[int, int]]) -> bool:
    if _NEW_CARD.search(doc.before(place, 30)):
        return False
    return any(a <= place < b for a, b in old) or _OLD.search(doc.before(place, 30)) is not None


_PUT_RIGHT = re.compile(r"\b(?:actually|should|really|correct\w*|it'?s|supposed|but|sorry|meant|es)\b")


def _birth(doc: Document, start: int, end: int, old: list[tuple[int, int]], taken: bytearray) -> str | None:
    """The corrected birth date; an empty string if what is given cannot be one."""
    lower = doc.words.lower
    if not _BORN_WORD.search(lower, start, end) and len(_OLD_YEAR.findall(lower, start, end)) < 2:
        return None
    written = [date for date in doc.dates if start <= date.start < end and date.year is not None]
    fresh = [
        date
        for date in written
        if not _is_old(doc, date.start, old) and not _EFFECTIVE.search(doc.before(date.start, 14))
    ]
    for date in written:
        taken[date.start : date.end] = b"\x01" * (date.end - date.start)
    if fresh:
        chosen = (
            fresh[-1]
            if len(fresh) > 1 and _PUT_RIGHT.search(lower, fresh[0].end, fresh[-1].start)
            else fresh[-1]
            if re.search(r"\b(?:not|was|had|instead)\b", lower[start:end])
            and len(fresh) > 1
            and re.search(r"\b(?:should be|is|correct)\b", doc.before(fresh[-1].start, 24))
            else fresh[0]
        )
        day = birth_date(chosen, doc.today)
        return day.isoformat() if day else ""
    year = _YEAR.search(lower, start, end)
    base = written or [date for date in find_dates(doc.quoted.lower()) if date.year is not None]
    if year and base:
        day = real_date(int(year["y"]), base[-1].month, base[-1].day)
        return day.isoformat() if day and day <= doc.today else ""
    return None


def _numbers(update: _Update, patient: Fields) -> None:
    """The new numbers of the patient, a contact or the sender; the old ones are only claimed."""
    doc, start, end, fields = update.doc, update.start, update.end, update.fields
    contacts = [contact for contact in find_contacts(doc) if start <= contact.start < end]
    for reach in sort_phones(doc, start, end, contacts):
        update.take((reach.phone.start, reach.phone.end))
        if _is_old(doc, reach.phone.start, update.old) or re.match(
            r"[ ]*(?:\(old\)|is disconnected|no longer|is old)", doc.after(reach.phone.end, 16)
        ):
            continue
        if reach.role in ("phone", "cell"):
            patient["phone"] = reach.phone.e164
        elif reach.role == "home":
            patient[
                "phone_home"
                if "phone" in patient or re.search(r"\bcell\b", doc.words.lower[start:end])
                else "phone"
            ] = reach.phone.e164
        elif reach.role == "contact" and reach.contact:
            entry: Fields = {"relation": reach.contact.relation, "phone": reach.phone.e164}
            if reach.contact.name:
                entry = {"name": reach.contact.name, **entry}
            fields["contact"] = entry
            if re.search(r"\b(?:call|use|reach|contact)\b", doc.before(reach.contact.start, 24)):
                patient["phone"] = reach.phone.e164
        elif reach.role == "callback":
            fields["callback"] = {"phone": reach.phone.e164}


_ENDED = re.compile(
    r" (?:\w+ )?(?:termed|ended|ends|lapsed|expired|dropped|was cancell?ed|is gone|no longer)\b"
)


def _insurance(doc: Document, start: int, end: int, old: list[tuple[int, int]], taken: bytearray) -> Fields:
    """The new coverage, whichever order old and new stand in, with its first day."""
    begin = start
    payers = payers_in(doc, start, end)
    fresh = [
        hit for hit in payers if not _is_old(doc, hit.start, old) and not _ENDED.match(doc.after(hit.end, 24))
    ]
    if payers and fresh and fresh[0] is not payers[0]:
        begin = fresh[0].start
        for hit in payers:
            if hit.start < begin:
                taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    stop = end
    for a, _b in old:
        if a > begin and a < stop and fresh and a > fresh[0].start:
            stop = a
    if payers and not fresh:
        coverage = read_insurance(doc, start, end)
        for span in coverage.taken:
            taken[span[0] : span[1]] = b"\x01" * (span[1] - span[0])
        return (
            {"self_pay": True}
            if coverage.insurance.get("self_pay")
            or re.search(r"\bself[ -]?pay|\bcash\b|uninsured", doc.words.lower[start:end])
            else {}
        )
    coverage = read_insurance(doc, begin, stop)
    insurance = dict(coverage.insurance)
    for span in coverage.taken:
        taken[span[0] : span[1]] = b"\x01" * (span[1] - span[0])
    later = [hit for hit in fresh if hit.start > begin]
    if "secondary" in insurance and later and re.search(r"\b(?:from|lost|was|old)\b", doc.before(begin, 24)):
        insurance.pop("secondary")
    if not insurance:
        return {}
    for written in doc.dates:
        if (
            start <= written.start < end
            and not _is_old_date(doc, written.start, old)
            and _EFFECTIVE.search(doc.before(written.start, 18))
        ):
            day = past_or_near(written, doc.today)
            if day:
                insurance["effective"] = day.isoformat()
                taken[written.start : written.end] = b"\x01" * (written.end - written.start)
    return insurance


def _is_old_date(doc: Document, place: int, old: list[tuple[int, int]]) -> bool:
    return (
        any(a <= place < b for a, b in old)
        or re.search(r"\b(?:termed|ended|ends|thru|through|until)[ :]*(?:on )?$", doc.before(place, 16))
        is not None
    )


_FROM_URGENCY = re.compile(
    r"\b(?:from|was|not|says|said|instead of|form says|marked|listed as|sent as|bump(?:ing)?|down from"
    r"|up from)[ ](?:it )?(?:as )?$"
)
_TO_URGENCY = re.compile(r"[ ]*(?:->|to\b|>|should|but|=>|a\b|up to)")


def _urgency(doc: Document, start: int, end: int, taken: bytearray) -> str:
    """The urgency it is to have: the last one stated that is not the old."""
    _, spans = find_urgency(doc, start, end)
    values = []
    for begin, stop in sorted(spans):
        taken[begin:stop] = b"\x01" * (stop - begin)
        value, _ = find_urgency(doc, begin, stop)
        before = doc.before(begin, 26)
        replaced = _FROM_URGENCY.search(before) and not re.search(r"\b(?:says|said)[ ]$", before)
        if replaced and (_TO_URGENCY.match(doc.after(stop, 10)) or "bump" not in before):
            continue
        if re.search(r"\bform says[ ]$|\bwrote[ ]$|\bput[ ](?:it )?(?:as )?$", before):
            continue
        values.append(value)
    return values[-1] if values else ""


def _added(doc: Document, start: int, end: int, taken: bytearray, other: bool) -> str:
    """The new clinical fact, if the message has one."""
    for age in find_ages(doc, start, end):
        taken[age.start : age.end] = b"\x01" * (age.end - age.start)
    text = read_reason(doc, start, end, taken)
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or (not re.search(r"\d", text) and not any(word in CLINICAL_WORDS for word in words)):
        return ""
    return text
