"""Who is named in a message: ordering providers, relatives, and the patients themselves."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.names import PARTICLES, Name, is_plausible, read_name, title_case, two_names
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


class Doctor(NamedTuple):
    """A provider named with a title, a credential or a label."""

    start: int
    end: int
    name: Name
    label: str
    """The role of the label whose value the name stands in, if any."""


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


_ORDERERS = frozenset(["ordering", "referring"])
_ROLE_WORDS = frozenset(["md", "provider", "physician", "doc", "np", "pa"])


_INITIALED = re.compile(r"(?:^|[.;,\n|] ?|[-–] )(?P<i>[A-Z])\. ?(?P<name>[A-Za-z][a-z'-]{2,})\s*$")
"""A provider by initial and surname at the end of a message."""
_RANKED = re.compile(
    r"\b(?:NP|PA|PA-C|CNM|APRN|DO|MD|FNP|Capt\.?|Captain|Maj\.?|Major|Lt\.?(?: Col\.?)?|LtCol|Col\.?"
    r"|Cmdr\.?|CDR|LCDR"
    r"|Nurse [Pp]ractitioner|Physician [Aa]ssistant)"
    r" (?P<name>[A-Z][a-z'-]+(?:-[A-Z][a-z]+)?(?: [A-Z][a-z'-]+(?:-[A-Z][a-z]+)?)?)(?![\w'])"
)
"""A provider by a credential or rank that stands before the name."""


def find_doctors(doc: Document) -> list[Doctor]:
    """Every provider in the text, in order: "Dr. First Last", "LAST, FIRST MD", or the value of a label."""
    words = doc.words
    doctors: list[Doctor] = []
    for label in doc.labelled:
        if label.role in ("referring", "pcp", "provider") and label.end > label.start:
            value = words.raw[label.start : label.end]
            value = re.split(r"(?i)\bnpi\b|[;|\t(#]|\s-\s|\d", value)[0]
            if not re.search(r"[^\W\d_]{2}", value) or _is_refusal(value):
                continue
            name = _doctor_name(value)
            if name.last:
                doctors.append(Doctor(label.start, label.start + len(value.rstrip(" ,")), name, label.role))
    labelled = tuple(doctors)
    for match in _INITIALED.finditer(words.raw):
        index = words.at(match.start("name"))
        if is_plausible(words.low[index]) and not any(
            one.start <= match.start() < one.end for one in labelled
        ):
            doctors.append(
                Doctor(match.start("i"), match.end("name"), Name("", title_case(match["name"])), "")
            )
    for match in _RANKED.finditer(words.raw):
        index = words.at(match.start("name"))
        if is_plausible(words.low[index]) and not any(
            one.start <= match.start() < one.end for one in doctors
        ):
            name = read_name(match["name"])
            doctors.append(Doctor(match.start(), match.end(), name, ""))
    for index, word in enumerate(words.low):
        if word in DOCTOR_TITLES:
            found = _with_title(doc, index)
        elif (word in CREDENTIALS or word in _ROLE_WORDS) and index > 0:
            found = _with_credential(doc, index) if word in CREDENTIALS else None
            if found is None and not _ORDERERS.isdisjoint(words.low[max(0, index - 3) : index]):
                found = _with_role(doc, index)
        else:
            continue
        if found and not any(
            doctor.start < found.end and found.start < doctor.end for doctor in (*labelled, *doctors[-2:])
        ):
            doctors.append(found)
    return sorted(doctors)


def _role_at(doc: Document, place: int) -> str:
    label = doc.label_at(place)
    return label.role if label else ""


def _with_title(doc: Document, index: int) -> Doctor | None:
    """ "Dr. First Last" """
    words = doc.words
    after = index + 1
    if after < len(words) and words.low[after] == "." and words.glued(after):
        after += 1
    found = _titled(doc, after)
    start = words.start[index]
    return Doctor(start, found[1], found[0], _role_at(doc, start)) if found else None


def _with_role(doc: Document, index: int) -> Doctor | None:
    """ "Ordering md Saarinen" """
    words = doc.words
    after = index + 1
    while after < len(words) and words.low[after] in ("is", ":", "=", "-"):
        after += 1
    found = _titled(doc, after)
    return Doctor(words.start[index], found[1], found[0], "referring") if found else None


def _with_credential(doc: Document, index: int) -> Doctor | None:
    """ "Yamil Escobar MD" """
    found = _credentialed(doc, index)
    return Doctor(found[1], found[2], found[0], _role_at(doc, found[1])) if found else None


def _is_refusal(value: str) -> bool:
    return value.strip().lower() in (
        "any",
        "none",
        "n/a",
        "no preference",
        "first available",
        "same",
        "self",
        "na",
        "tbd",
    )


def _doctor_name(value: str) -> Name:
    """A provider's name in a label's value: a lone word is the last name."""
    return read_name(
        re.sub(
            r"(?i)\b(?:if possible|preferred|please|pls|only|md|do|np|pa-?c?|fnp(?:-[bc]c?)?|dnp|aprn"
            r"|crnp|arnp)\b\.?",
            "",
            value,
        )
    )


def _titled(doc: Document, index: int) -> tuple[Name, int] | None:
    """The name after a doctor's title."""
    words = doc.words
    if index >= len(words) or words.start[index] - words.end[index - 1] > 2:
        return None
    if (
        len(words.low[index]) == 1
        and words.low[index + 1 : index + 2] == ["."]
        and words.raw[words.start[index]].isupper()
        and index + 2 < len(words)
    ):
        index += 2
    word = words.low[index]
    if not word[0].isalpha() or len(word) < 2 or word in DOCTOR_TITLES:
        return None
    capital = words.raw[words.start[index]].isupper()
    run = name_run(doc, index, capitals=capital and doc.style == "mixed", limit=3)
    if run is None:
        if word in EVERYDAY_WORDS and not (capital and doc.style == "mixed"):
            return None
        end = index
        while (
            end + 2 < len(words)
            and words.low[end + 1] == "-"
            and words.glued(end + 1)
            and words.glued(end + 2)
        ):
            end += 2
        return Name("", title_case(words.text(index, end))), words.end[end]
    parts = list(run.parts)
    if (
        len(parts) >= 2
        and doc.style != "mixed"
        and parts[1].lower() not in SURNAMES
        and parts[0].lower() not in GIVEN_NAMES
        and not _ends_line(doc, run)
    ):
        parts = parts[:1]
    if len(parts) == 1:
        first = index
        end = first
        while words.end[end] < run.start + len(parts[0]):
            end += 1
        return Name("", title_case(parts[0])), words.end[end] if len(run.parts) > 1 else run.end
    return two_names(parts), run.end


def _ends_line(doc: Document, run: Run) -> bool:
    """Whether a line or a cell ends after a name of two words that nothing else claims."""
    if run.last - run.first != 1 or any(
        hit.first <= run.last <= hit.last
        for kind in ("payer", "plan", "service", "location", "document")
        for hit in doc.hits.get(kind, ())
    ):
        return False
    return re.match(r" *(?:[\n|\t;]|$)", doc.words.raw[run.end : run.end + 8]) is not None


def _credentialed(doc: Document, index: int) -> tuple[Name, int, int] | None:
    """The name before a credential: "Yamil Escobar MD", "Saarinen, Aila DO"."""
    words = doc.words
    word = words.low[index]
    written = words.raw[words.start[index] : words.end[index]]
    if not written.isupper() and doc.style == "mixed" and word in ("do", "pa", "od", "anp"):
        return None
    if word in ("do", "pa", "od") and doc.style != "mixed":
        return None
    at = index - 1
    if words.low[at] == "," and at > 0:
        at -= 1
    first = at
    commas = 0
    count = 0
    while first >= 0 and count < 3:
        word = words.low[first]
        if word == "-" and first > 0:
            first -= 1
            continue
        if (word == "." and first > 0 and len(words.low[first - 1]) == 1) or (
            len(word) == 1 and word.isalpha()
        ):
            first -= 1
            continue
        if word == "," and commas == 0 and count == 1 and first > 0:
            commas += 1
            first -= 1
            continue
        capital = words.raw[words.start[first]].isupper()
        if (
            (not word.isalpha() and "'" not in word)
            or not (capital or doc.style == "lower" or word in SURNAMES)
            or not is_plausible(word)
        ):
            break
        if word in CREDENTIALS:
            break
        if "\n" in words.raw[words.end[first] : words.start[first + 1]]:
            break
        count += 0 if first + 1 < index and words.low[first + 1] == "-" else 1
        first -= 1
    first += 1
    while first <= at and not words.low[first][0].isalpha():
        first += 1
    if first > at or count == 0:
        return None
    name = read_name(words.text(first, at))
    return (name, words.start[first], words.end[index]) if name.last else None


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
