"""Providers named in a message: with a title, a credential, a rank, or under a label."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.names import Name, is_plausible, read_name, title_case, two_names
from referral_bot.reading.people import Run, name_run
from referral_bot.reading.tables.people import CREDENTIALS, DOCTOR_TITLES


class Doctor(NamedTuple):
    """A provider named with a title, a credential or a label."""

    start: int
    end: int
    name: Name
    label: str
    """The role of the label whose value the name stands in, if any."""


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


_RANKS = frozenset(
    [
        "np",
        "pa",
        "cnm",
        "aprn",
        "do",
        "md",
        "fnp",
        "capt",
        "captain",
        "maj",
        "major",
        "lt",
        "ltcol",
        "col",
        "cmdr",
        "cdr",
        "lcdr",
        "practitioner",
        "assistant",
    ]
)


def find_doctors(doc: Document) -> list[Doctor]:
    """Every provider in the text, in order: "Dr. First Last", "LAST, FIRST MD", or the value of a label."""
    if "doctors" not in doc.kept:
        doc.kept["doctors"] = _find_doctors(doc)
    return list(doc.kept["doctors"])


def _find_doctors(doc: Document) -> list[Doctor]:
    words = doc.words
    doctors: list[Doctor] = []
    for label in doc.labelled:
        if label.role in ("referring", "pcp", "provider") and label.end > label.start:
            value = words.raw[label.start : label.end]
            value = re.split(r"(?i)(?<=[a-zé]{3})\.\s|\bnpi\b|[;|\t(#]|\s-\s|\d", value)[0]
            if not re.search(r"[^\W\d_]{2}", value) or _is_refusal(value):
                continue
            name = _doctor_name(value)
            if name.last:
                doctors.append(Doctor(label.start, label.start + len(value.rstrip(" ,")), name, label.role))
    labelled = tuple(doctors)
    for match in _INITIALED.finditer(words.raw, max(0, len(words.raw) - 60)):
        index = words.at(match.start("name"))
        if is_plausible(words.low[index]) and not any(
            one.start <= match.start() < one.end for one in labelled
        ):
            doctors.append(
                Doctor(match.start("i"), match.end("name"), Name("", title_case(match["name"])), "")
            )
    for match in () if _RANKS.isdisjoint(words.low) else _RANKED.finditer(words.raw):
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
    if words.low[after : after + 1] == ["("]:
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
            r"|crnp|arnp|cnm|cnp|apnp|dpm|mbbs|agnp|pnp|whnp|phd|dc)\b\.?",
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
        end = words.hyphenated(index)
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
