"""A name that is put right or has changed."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.names import title_case
from referral_bot.reading.resolve import Mention

_NAME_CHANGE = re.compile(
    r"\b(?P<part>last|first|sur|maiden|married)[ -]?name (?:is |was |has been |should be |should read "
    r"|changed to |is now |now |is spelled |spelled |to |= ?|: ?|will be |correct(?:ed|ion)? (?:to|is) "
    r"|changed )*(?P<name>[a-z][a-z'-]+(?:-[a-z]+)*)(?:,? not (?P<old>[a-z'-]+))?"
)
_TWICE_SAID = re.compile(
    r"\b(?P<one>[A-Z][a-z'-]{3,})(?: is)? (?:with|w/|has) (?:two|one|an?|a double|double|1"
    r"|2) [A-Za-z]{1,2}(?:'?s)?[,:;. ]+(?:so |as in |like )?(?P<other>[A-Z][a-z'-]{3,})"
)
"""A surname spelled out: "It's Balderas with two Ls, Ballderas"."""
_SPELLED = re.compile(
    r"\b(?:spelled|spelling is|it'?s|should be(?: spelled)?|correct spelling(?: is)?"
    r"|name is) (?P<name>[a-z][a-z'-]{2,}),? not (?P<old>[a-z'-]{3,})"
)


_SPELLED_ALONE = re.compile(
    r"\b(?:spelled|spelling(?: is| should be)?|spelt|spell it)(?: is|:| as"
    r"| like)?:? (?P<name>[A-Z][A-Za-z'-]{2,})"
)


def _known_as(doc: Document, mentions: list[Mention], name: str) -> str:
    """Which part of the patient's name is nearest to a new spelling: `first`, `last`, or none of them."""
    ids = {identifier for mention in mentions for identifier in mention.ids}
    for referral in doc.context.open_referrals:
        if referral.id in ids:
            parts = referral.patient.lower().split()
            near = min(parts, key=lambda part: OSA.distance(part, name.lower()))
            if 0 < OSA.distance(near, name.lower()) <= 3:
                return "first" if near == parts[0] else "last"
    return ""


def read_new_name(
    doc: Document, start: int, end: int, mentions: list[Mention], patient: Fields, taken: bytearray
) -> None:
    lower, raw = doc.words.lower, doc.words.raw
    match = _NAME_CHANGE.search(lower, start, end)
    if match and not doc.is_everyday(doc.words.at(match.start("name"))):
        part = "first" if match["part"] == "first" else "last"
        patient[part] = title_case(raw[match.start("name") : match.end("name")])
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        return
    for match in _TWICE_SAID.finditer(raw, start, end):
        one, other = match["one"].lower(), match["other"].lower()
        if one != other and OSA.distance(one, other) <= 2:
            patient["last"] = title_case(match["other"])
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
            return
    alone = _SPELLED_ALONE.search(raw, start, end)
    part = _known_as(doc, mentions, alone["name"]) if alone else ""
    if alone and part:
        patient[part] = title_case(alone["name"])
        taken[alone.start() : alone.end()] = b"\x01" * (alone.end() - alone.start())
        return
    match = _SPELLED.search(lower, start, end)
    if match and not doc.is_everyday(doc.words.at(match.start("name"))):
        patient["last"] = title_case(raw[match.start("name") : match.end("name")])
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
