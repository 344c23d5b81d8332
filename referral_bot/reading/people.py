"""Names in running text, and the relatives among them."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.names import PARTICLES, is_plausible, title_case
from referral_bot.reading.tables.people import CREDENTIALS, DOCTOR_TITLES, PATIENT_TITLES

_NEVER = frozenset(
    [
        "pt",
        "pts",
        "dr",
        "re",
        "npi",
        "dob",
        "mrn",
        "icd",
        "dx",
        "ins",
        "auth",
        "mri",
        "ct",
        "ekg",
        "ecg",
        "er",
        "ed",
        "icu",
        "hx",
        "rx",
        "usa",
    ]
)


class Run(NamedTuple):
    """Tokens that may be one name: `first` to `last`, their text, and their parts without initials."""

    first: int
    last: int
    start: int
    end: int
    parts: tuple[str, ...]
    initial: str
    """A lone letter after the only name: "Lily P"."""


class Contact(NamedTuple):
    """A relative or guardian of the patient."""

    start: int
    end: int
    relation: str
    name: str


def name_run(doc: Document, index: int, *, capitals: bool, limit: int = 4) -> Run | None:
    """The longest name that begins at a word. With `capitals` every part must begin with one."""
    words = doc.words
    low, raw = words.low, words.raw
    parts: list[str] = []
    at = index
    last = index - 1
    particle = ""
    initial = ""
    size = len(low)
    while at < size and len(parts) < limit:
        word = low[at]
        if not word[0].isalpha():
            break
        if at > index:
            gap = raw[words.end[at - 1] : words.start[at]]
            if gap not in (" ", "") or words.is_taken(words.start[at], words.end[at]):
                break
        if len(word) == 1:
            dotted = at + 1 < size and low[at + 1] == "." and words.glued(at + 1)
            if (
                not parts
                or (not raw[words.start[at]].isupper() and doc.style == "mixed")
                or (word in "ymf" and not dotted and doc.style != "upper")
            ):
                break
            if not dotted and at + 1 < size and low[at + 1] in "/&'+":
                break
            initial = word
            at += 2 if dotted else 1
            continue
        if (
            parts
            and word in PARTICLES
            and at + 1 < size
            and low[at + 1][0].isalpha()
            and _is_part(doc, at + 1, capitals)
        ):
            particle += raw[words.start[at] : words.end[at]] + " "
            at += 1
            continue
        if (
            not parts
            and word in PARTICLES
            and (not capitals or raw[words.start[at]].isupper())
            and at + 1 < size
            and word not in ("st", "la", "el", "al", "ben", "los", "las", "de", "do", "le", "mac")
        ):
            particle += raw[words.start[at] : words.end[at]] + " "
            at += 1
            continue
        surname = capitals and len(parts) == 1 and parts[0].lower() in GIVEN_NAMES
        if not _is_part(doc, at, capitals) and not (surname and _may_be_surname(doc, at)):
            break
        end = at
        while (
            end + 2 < size
            and low[end + 1] == "-"
            and words.glued(end + 1)
            and words.glued(end + 2)
            and low[end + 2].isalpha()
        ):
            end += 2
        parts.append(particle + raw[words.start[at] : words.end[end]])
        particle = ""
        initial = ""
        last = end
        at = end + 1
    if not parts:
        return None
    return Run(
        index, last, words.start[index], words.end[last], tuple(parts), initial if len(parts) == 1 else ""
    )


def _may_be_surname(doc: Document, index: int) -> bool:
    """Whether a capitalised word after a given name is a surname although medicine knows it: "Kim Sayre"."""
    word = doc.words.low[index]
    capital = doc.words.raw[doc.words.start[index]].isupper()
    if capital and word in EVERYDAY_WORDS and doc.style == "mixed" and len(word) > 3:
        return _OWN_BIRTH.match(doc.words.lower, doc.words.end[index]) is not None
    return capital and doc.style == "mixed" and word in CLINICAL_WORDS and word.isalpha() and len(word) > 3


def _is_part(doc: Document, index: int, capitals: bool) -> bool:
    word = doc.words.low[index]
    if not word[0].isalpha() or word in _NEVER or word in DOCTOR_TITLES or word in PATIENT_TITLES:
        return False
    upper = doc.words.raw[doc.words.start[index]].isupper()
    if capitals and (
        not upper
        or (word in CREDENTIALS and doc.words.raw[doc.words.start[index] : doc.words.end[index]].isupper())
    ):
        return False
    if word in GIVEN_NAMES or word in SURNAMES:
        return capitals or doc.style != "mixed" or word not in EVERYDAY_WORDS
    return is_plausible(word)


_NOT_THE_CONTACT = re.compile(r"\b(?:that'?s|that is) (?:his|her|the|their|my)?[ ]?$")


_OWN_BIRTH = re.compile(
    r"[ ,(]{1,3}(?:dob|d\.o\.b\.?|b\.?|born|date of birth|bday|nacid[oa])?[ :]{0,2}(?:on "
    r"|el )?\d{1,2}[/.-]\d{1,2}[/.-]\d\d"
)
"""A birth date after the name: this relative is sent too, not only called."""


def find_contacts(doc: Document) -> list[Contact]:
    """Relatives and guardians: "mom Anjali", "his wife, Jo", "Opal (grandmother)", "Contact: Jo Park
    (wife)".
    """
    words = doc.words
    low = words.low
    contacts: list[Contact] = []
    for hit in doc.found("relation"):
        relation = str(hit.value)
        following = hit.last + 1
        if following < len(low) and low[following] == "'":
            continue
        named = low[hit.last].endswith("'s") and low[following : following + 2] == ["name", "is"]
        if (not named and low[hit.last].endswith("'s")) or (
            following < len(low) and low[following] == "s" and words.glued(following)
        ):
            continue
        name, start, end = "", hit.start, hit.end
        if re.search(
            r"\b(?:that'?s|that is|thats) (?:his|her|the|their|my)?[ ]?$", doc.before(hit.start, 16)
        ):
            continue
        at = following
        skipped = 0
        while (
            at < len(low)
            and skipped < 4
            and low[at]
            in (
                ",",
                "(",
                "is",
                "-",
                ":",
                "named",
                "name",
                "/",
                "legal",
                "guardian",
                "who's",
                "=",
                "es",
                "se",
                "llama",
            )
        ):
            at += 1
            skipped += 1
        if at < len(low) and words.start[at] - words.end[at - 1] <= 1:
            capital = words.raw[words.start[at]].isupper()
            if (capital or doc.style != "mixed") and (
                low[at] not in EVERYDAY_WORDS or (capital and doc.style == "mixed" and low[at] in GIVEN_NAMES)
            ):
                run = name_run(doc, at, capitals=doc.style == "mixed", limit=2)
                if run:
                    parts = run.parts
                    if doc.style != "mixed" and parts[0].lower() not in GIVEN_NAMES and len(parts) > 1:
                        parts = parts[:1]
                    name, end = " ".join(title_case(part) for part in parts), run.end
        if not name and hit.first > 0 and low[hit.first - 1] in ("(", "-", ",", "/"):
            name, start = _name_before(doc, hit.first - 2, hit.start)
        if name and _OWN_BIRTH.match(words.lower, end):
            continue
        contacts.append(Contact(start, end, relation, name))
    return contacts


def _name_before(doc: Document, index: int, place: int) -> tuple[str, int]:
    """The name that ends at a word, before "(wife)" or "- son", and where it begins."""
    words = doc.words
    first = index
    if any(
        hit.first <= index <= hit.last
        for kind in ("payer", "plan", "service")
        for hit in doc.hits.get(kind, ())
    ):
        return "", place
    relations = {hit.first for hit in doc.found("relation")}
    while (
        first >= 0
        and first not in relations
        and words.low[first][0].isalpha()
        and words.raw[words.start[first]].isupper()
        and is_plausible(words.low[first])
    ):
        if first + 1 <= index and words.raw[words.end[first] : words.start[first + 1]] not in (" ", "-", ""):
            break
        first -= 1
    first += 1
    if first > index:
        return "", place
    return title_case(words.text(first, index)), words.start[first]
