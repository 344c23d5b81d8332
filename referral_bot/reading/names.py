"""Names of people: reading them in any order and case, and telling slips of the finger from names."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.tables.people import CREDENTIALS, DOCTOR_TITLES, PATIENT_TITLES

PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "van",
        "von",
        "der",
        "den",
        "di",
        "da",
        "dos",
        "du",
        "el",
        "al",
        "bin",
        "ben",
        "ter",
        "ten",
        "st",
        "saint",
        "san",
        "santa",
        "le",
        "mac",
    ]
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])
_NOT_NAME = re.compile(r"[^\w\s',.\-]|\d")
_PART = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*\.?")


NEVER_NAMES = (EVERYDAY_WORDS | CLINICAL_WORDS) - GIVEN_NAMES - SURNAMES - PARTICLES
"""Words that no name begins with."""


class Name(NamedTuple):
    """A person's name in title case; either part may be empty."""

    first: str
    last: str


def title_case(name: str) -> str:
    """A name as it is written on an envelope: all upper or all lower case is made title case."""
    if name.isupper() or name.islower():
        name = re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), name.lower())
    return name[:1].upper() + without_possessive(name[1:])


def without_possessive(name: str) -> str:
    """The name without the 's of "Jerome's appt"."""
    return name[:-2] if name[-2:].lower() == "'s" else name


def read_name(text: str) -> Name:
    """First and last name of a text that holds a name alone: "LAST, FIRST M.", "Ms. First Last Jr, MD".

    Titles, credentials, suffixes, middle initials and remarks in brackets are left out.
    """
    text = re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", text).strip(" ,.;:-|")
    odd = _NOT_NAME.search(text)
    if odd:
        text = text[: odd.start()].strip(" ,.;:-|")
    comma = text.find(",")
    before = _parts(text[:comma] if comma >= 0 else text)
    after = _parts(text[comma + 1 :].split(",")[0]) if comma >= 0 else []
    if before and after:
        first = after[0] if len(after) < 2 or not is_given(after[1]) else " ".join(after[:2])
        return Name(title_case(first), title_case(" ".join(before)))
    parts = before or after
    if not parts:
        return Name("", "")
    if len(parts) == 1:
        return Name("", title_case(parts[0]))
    return two_names(parts)


def two_names(parts: list[str]) -> Name:
    """First and last name out of two or more parts in spoken order."""
    if len(parts) > 2 and parts[0].lower() in ("don", "doña", "dona") and is_given(parts[1]):
        parts = parts[1:]
    at = 1
    if len(parts) > 2 and is_given(parts[1]) and parts[1].lower() not in SURNAMES:
        at = 2
    return Name(title_case(" ".join(parts[:at])), title_case(" ".join(parts[at:])))


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for match in _PART.finditer(text):
        part = match[0]
        low = part.rstrip(".").lower()
        if low in DOCTOR_TITLES or (low in PATIENT_TITLES and not parts) or low in _SUFFIXES:
            continue
        if parts and (low in CREDENTIALS and (part.isupper() or len(parts) > 1)):
            continue
        if len(low) == 1:
            continue
        if low in PARTICLES and match.end() < len(text):
            parts.append(part.rstrip("."))
            continue
        parts.append(part.rstrip(".") if low not in PARTICLES else part)
    joined: list[str] = []
    pending = ""
    for part in parts:
        if part.rstrip(".").lower() in PARTICLES and joined:
            pending += part + " "
        else:
            joined.append(pending + part)
            pending = ""
    if pending and joined:
        joined[-1] += " " + pending.strip()
    return joined


def is_given(word: str) -> bool:
    """Whether a word, or the first part of a hyphenated one, is a common given name."""
    low = word.lower()
    return low in GIVEN_NAMES or low.split("-")[0] in GIVEN_NAMES


def is_plausible(word: str) -> bool:
    """Whether a lower-case word could be part of a name: nobody's everyday or clinical word."""
    if word in GIVEN_NAMES or word in SURNAMES:
        return True
    return word not in EVERYDAY_WORDS and word not in CLINICAL_WORDS


def looks_mistyped(name: str) -> bool:
    """Whether a name looks like a slip: a letter three times, or a common name with two letters swapped
    or one lost.
    """
    low = name.lower()
    if low in GIVEN_NAMES or low in SURNAMES:
        return False
    return _THRICE.search(low) is not None or low in _SLIPS


_THRICE = re.compile(r"([^\W\d_])\1\1")
_SLIPS = frozenset(
    low[:index] + low[index + 1] + low[index] + low[index + 2 :]
    for low in GIVEN_NAMES | SURNAMES
    for index in range(len(low) - 1)
    if len(low) > 3
) | frozenset(
    low[:index] + low[index + 1 :] for low in GIVEN_NAMES if len(low) > 7 for index in range(2, len(low) - 1)
)
"""Every common name with two neighbours swapped, and long given names with one inner letter lost."""
