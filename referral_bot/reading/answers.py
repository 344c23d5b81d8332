"""Replies in a draft's thread, read in the light of what was just asked and of what the draft holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz

from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.codes import find_codes, find_npis
from referral_bot.reading.coverage import read_insurance
from referral_bot.reading.dates import birth_date, find_dates, real_date
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import EVERYDAY_WORDS, lexicon_of
from referral_bot.reading.model import Answer, Context, Fields
from referral_bot.reading.names import Name, looks_mistyped, read_name, title_case
from referral_bot.reading.npi import is_npi
from referral_bot.reading.phones import find_short_phones
from referral_bot.reading.submission import read_submission
from referral_bot.reading.vocabulary import Vocabulary
from referral_bot.reading.words import bounded

_FILLER = re.compile(
    r"^(?:(?:no|nope|sorry|oops|yes|yep|yeah|ok|okay|sure|actually|correction|it'?s|its|that'?s|thats|is"
    r"|the|her|his|their|pt'?s?|patient'?s?|a|an|my bad|oh|so|and|here|i meant|i mean|should be|make it"
    r"|make that|name is|name|dob|dob is|birthday|born|phone|phone is|number|number is|cell|ins|insurance"
    r"|insurance is|ins is|provider|doctor is|dr is|reason|reason is|for|dx|please|pls|change it to"
    r"|change to|es|se llama|el|la)\b[ ,:.-]*)+"
)
_YEAR = re.compile(r"(?<![\d/-])(?P<y>(?:19|20)\d\d|'\d\d)(?![\d/-])")
_WITH_LETTER = re.compile(
    r"\b(?P<name>[a-z][a-z'-]{2,}),? (?:spelled )?with (?:an? |the )?(?:letter )?'?(?P<letter>[a-z])\b'?"
)
_NOT_OLD = re.compile(r"\b(?P<new>[a-z][a-z'-]{2,}),? not (?P<old>[a-z'-]{3,})\b")
_ROUTES = {
    "patient_name": "name",
    "name": "name",
    "patient": "name",
    "dob": "dob",
    "date_of_birth": "dob",
    "phone": "phone",
    "insurance": "insurance",
    "reason": "reason",
    "referring_provider": "referring",
    "referring": "referring",
    "service": "service",
    "urgency": "urgency",
}


LONGEST = 4_000
"""Characters of a reply that are read."""


def read_answer(
    text: str,
    *,
    asked: Sequence[str],
    now: datetime,
    vocabulary: Vocabulary | None = None,
    current: Mapping[str, Any] | None = None,
) -> Answer:
    """Read a reply to questions about a draft.

    `asked` are names as in `missing`; `current` the draft's fields, so that "no, 1962" can change a year and
    "it's Okonkwo with a k" a surname. The answer's fields hold only what the reply states; several answers
    in one reply are all read.
    """
    vocabulary = vocabulary or Vocabulary.built_in()
    doc = Document(bounded(text, LONGEST), now, Context(), lexicon_of(vocabulary))
    draft = current or {}
    wanted = [_ROUTES.get(name, name) for name in asked]
    submission = read_submission(doc, 0, len(doc.words.raw))
    fields: Fields = submission.fields
    flags = [flag for flag in submission.flags if flag != "safety_escalate_human_now"]
    stated = _stated(doc)
    _keep_stated(fields, wanted, stated, doc)
    _year(doc, fields, flags, draft, now.date())
    _spelling(doc, fields, flags, draft, wanted)
    _bare(doc, fields, flags, wanted, draft)
    if "urgency" in fields and fields["urgency"] == "stat":
        flags.append("safety_escalate_human_now")
    fields = {key: value for key, value in fields.items() if value not in ({}, [], "")}
    return Answer(
        fields, tuple(dict.fromkeys(flags)), bool(fields) or "dob_invalid" in flags or "npi_invalid" in flags
    )


def _stated(doc: Document) -> dict[str, bool]:
    lower = doc.words.lower
    return {
        "dob": any(written.year is not None for written in doc.dates),
        "phone": bool(doc.phones),
        "insurance": bool(read_insurance(doc, 0, len(lower)).insurance),
        "codes": bool(find_codes(doc, 0, len(lower))),
        "auth": bool(read_authorization(doc, 0, len(lower)).auth),
        "npi": bool(find_npis(doc, 0, len(lower))),
    }


def _keep_stated(fields: Fields, wanted: list[str], stated: dict[str, bool], doc: Document) -> None:
    """Drop what a whole message would be read as but a short reply does not say: stray names and reasons."""
    patient = fields.get("patient", {})
    if "name" not in wanted and not re.search(r"\bname\b|\bspell|\bpatient\b|\bpt\b", doc.words.lower):
        patient.pop("first", None)
        patient.pop("last", None)
    if "phone" in patient and "contact" in fields and "phone" not in wanted:
        patient.pop("phone")
    if (
        "callback" in fields
        and "phone" in wanted
        and "phone" not in patient
        and not re.search(r"\bmy\b|\bme\b|\bour\b", doc.words.lower)
    ):
        patient["phone"] = fields.pop("callback")["phone"]
    if patient:
        fields["patient"] = patient
    else:
        fields.pop("patient", None)
    if "reason" not in wanted:
        fields.pop("reason", None)


def _year(doc: Document, fields: Fields, flags: list[str], draft: Mapping[str, Any], today: date) -> None:
    """A year alone corrects the year of the birth date, a day and month alone those of it."""
    if fields.get("patient", {}).get("dob") or "dob_invalid" in flags:
        return
    known = draft.get("patient", {}).get("dob")
    lower = doc.words.lower
    year = _YEAR.search(lower)
    if known and year and not doc.phones:
        born = date.fromisoformat(known)
        digits = year["y"].lstrip("'")
        full = int(digits) if len(digits) == 4 else _century(int(digits), today)
        day = real_date(full, born.month, born.day)
        if day and day <= today:
            fields.setdefault("patient", {})["dob"] = day.isoformat()
        else:
            flags.append("dob_invalid")
        return
    if known:
        partial = [written for written in find_dates(lower) if written.year is None]
        if partial and re.fullmatch(
            r"\W*(?:(?:no|sorry|actually|it'?s|its|dob|is|i mean|oops|should be|born)\W*)*",
            lower[: partial[0].start],
        ):
            born = date.fromisoformat(known)
            day = real_date(born.year, partial[0].month, partial[0].day)
            if day:
                fields.setdefault("patient", {})["dob"] = day.isoformat()


def _century(year: int, today: date) -> int:
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _spelling(
    doc: Document, fields: Fields, flags: list[str], draft: Mapping[str, Any], wanted: list[str]
) -> None:
    """ "Okonkwo with a k", "Okonkwo, not Okonquo", "last name is Park": the name that is nearest is the
    one meant.
    """
    lower, raw = doc.words.lower, doc.words.raw
    patient = draft.get("patient", {})
    named = re.search(
        r"\b(?P<part>last|first) ?name (?:is |should be |= ?"
        r"|: ?)*(?:spelled )?(?P<name>[a-z][a-z'-]+)",
        lower,
    )
    if named:
        part = named["part"]
        _rename(fields, flags, {part: title_case(raw[named.start("name") : named.end("name")])})
        return
    match = _WITH_LETTER.search(lower) or _NOT_OLD.search(lower)
    if match:
        group = "name" if "name" in match.groupdict() else "new"
        word = match[group]
        if word in EVERYDAY_WORDS:
            return
        part = _nearest_part(word, patient)
        _rename(fields, flags, {part: title_case(raw[match.start(group) : match.end(group)])})
        return
    spelled = re.search(r"\bspelled (?P<name>[a-z](?:[ -][a-z]){2,}|[a-z][a-z'-]{2,})", lower)
    if spelled:
        word = (
            re.sub(r"[ -]", "", spelled["name"]) if len(spelled["name"].split()[0]) == 1 else spelled["name"]
        )
        _rename(fields, flags, {_nearest_part(word, patient): title_case(word)})


def _nearest_part(word: str, patient: Mapping[str, Any]) -> str:
    scores = {part: fuzz.ratio(word, str(patient.get(part, "")).lower()) for part in ("first", "last")}
    return "first" if scores["first"] > scores["last"] else "last"


def _rename(fields: Fields, flags: list[str], parts: dict[str, str]) -> None:
    patient = fields.setdefault("patient", {})
    patient.pop("first", None)
    patient.pop("last", None)
    patient.update(parts)
    if "confirm_name_spelling" in flags and not any(looks_mistyped(part) for part in parts.values()):
        flags.remove("confirm_name_spelling")


def _bare(
    doc: Document, fields: Fields, flags: list[str], wanted: list[str], draft: Mapping[str, Any]
) -> None:
    """A reply that is only the answer: a name, a doctor, an identifier, the reason in plain words."""
    lower, raw = doc.words.lower, doc.words.raw
    filler = _FILLER.match(lower.strip())
    start = (len(lower) - len(lower.lstrip())) + (filler.end() if filler else 0)
    rest = raw[start:].strip(" .!,")
    if not rest:
        return
    plain = re.fullmatch(r"[^\W\d_]+(?:[ ,.'-]+[^\W\d_]+){0,3}", rest) is not None
    everyday = all(word in EVERYDAY_WORDS for word in re.findall(r"[^\W\d_]+", rest.lower()))
    open_names = [name for name in wanted if name in ("name", "referring", "reason")]
    if "npi" in wanted or ("referring" in wanted and re.fullmatch(r"\d{10}", rest)):
        number = re.sub(r"\D", "", rest)
        if is_npi(number):
            fields.setdefault("referring", {})["npi"] = number
        elif len(number) >= 8:
            flags.append("npi_invalid")
    if (
        "referring" in wanted
        and "referring" not in fields
        and plain
        and not everyday
        and (open_names == ["referring"] or len(rest.split()) <= 2)
        and "insurance" not in fields
        and "service" not in fields
    ):
        name = read_name(rest)
        if name.last:
            fields["referring"] = _parts(name)
            fields.get("patient", {}).pop("first", None)
            fields.get("patient", {}).pop("last", None)
            fields.pop("reason", None)
            fields.pop("preference", None)
            return
    if (
        "name" in wanted
        and plain
        and not everyday
        and not fields.get("patient", {}).get("last")
        and "insurance" not in fields
    ):
        name = read_name(rest)
        known = draft.get("patient", {})
        if name.first and name.last:
            fields.setdefault("patient", {}).update(_parts(name))
        elif name.last:
            part = "first" if known.get("last") and not known.get("first") else "last"
            fields.setdefault("patient", {})[part] = name.last
        fields.pop("reason", None)
        return
    if (
        wanted == ["insurance"]
        and "insurance" not in fields
        and not everyday
        and re.search(r"[^\W\d_]{3}", rest)
        and len(rest.split()) <= 6
    ):
        fields["insurance"] = {"payer": rest if not (rest.islower() or rest.isupper()) else rest.title()}
        fields.pop("reason", None)
    if (
        "reason" in wanted
        and not fields.get("reason")
        and not fields.get("icd10")
        and len(wanted) == 1
        and not everyday
    ):
        fields["reason"] = rest
    if "dob" in wanted and not fields.get("patient", {}).get("dob"):
        compact = re.fullmatch(r"(\d{2})(\d{2})(\d{2}|\d{4})", rest)
        if compact:
            digits = compact[3]
            year = int(digits) if len(digits) == 4 else _century(int(digits), doc.today)
            day = real_date(year, int(compact[1]), int(compact[2]))
            if day and day <= doc.today:
                fields.setdefault("patient", {})["dob"] = day.isoformat()
                fields["patient"].pop("phone", None)
            else:
                flags.append("dob_invalid")
        for written in doc.dates:
            day = birth_date(written, doc.today)
            if day and not fields.get("patient", {}).get("dob"):
                fields.setdefault("patient", {})["dob"] = day.isoformat()
    if "phone" in wanted and not fields.get("patient", {}).get("phone") and find_short_phones(raw):
        flags.append("phone_incomplete")


def _parts(name: Name) -> Fields:
    return {key: value for key, value in (("first", name.first), ("last", name.last)) if value}
