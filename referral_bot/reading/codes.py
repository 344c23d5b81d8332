"""Diagnosis codes and provider numbers as the sender wrote them."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading import icd10
from referral_bot.reading.document import Document
from referral_bot.reading.npi import is_npi

_CODE = re.compile(
    r"(?<![\w.#-])(?:[a-tv-z]\d[\dab]\.[\da-z]{1,4}|[a-tv-z]\d[\dab][\da-z]{0,4})(?![\w%-]|\.\d)",
    re.IGNORECASE,
)
_NPI_WORD = re.compile(r"\bnpi\b")
_AFTER_CREDENTIAL = re.compile(r"\b(?:md|do|np|pa|fnp|dnp|aprn|arnp|dpm)\b\.?[ ,/#(-]{1,4}(\d{10})(?!\d)")
_TEN = re.compile(r"(?<![\w-])\d{8,12}(?![\w-])")


class Code(NamedTuple):
    """A diagnosis code in the text, upper case with its dot."""

    start: int
    end: int
    code: str
    billable: bool


def find_codes(doc: Document, start: int, end: int) -> list[Code]:
    """Diagnosis codes written in a range, each once. Nothing is inferred from words."""
    raw = doc.words.raw
    codes: list[Code] = []
    for match in _CODE.finditer(raw, start, end):
        text = match[0]
        label = doc.label_at(match.start())
        role = label.role if label else ""
        if role in (
            "member",
            "auth",
            "mrn",
            "patient_id",
            "ignore",
            "group",
            "npi",
            "payer",
            "phone",
            "callback",
        ):
            continue
        code = icd10.with_dot(text)
        dotted = "." in text
        if not icd10.has_category(code):
            continue
        if not dotted:
            written_lower = text[0].islower()
            if not icd10.is_known(code):
                continue
            if len(text) == 3 and written_lower and role not in ("icd", "dx") and doc.style != "lower":
                continue
            if len(text) == 3 and re.search(
                r"(?:vitamin|vit|level|tooth|room|rm|suite|ste|apt|unit|bldg|plan|gate|floor)\.? ?#?$",
                doc.before(match.start(), 10),
            ):
                continue
        elif text[0].islower() and len(text) == 5 and doc.after(match.end(), 3).strip()[:2] in ("am", "pm"):
            continue
        if all(code != other.code for other in codes):
            codes.append(Code(match.start(), match.end(), code, icd10.is_billable(code)))
    return codes


class Npi(NamedTuple):
    """A provider number in the text; `number` is as written, whether it passes its check or not."""

    start: int
    end: int
    number: str
    valid: bool


def find_npis(doc: Document, start: int, end: int) -> list[Npi]:
    """Numbers that are called NPI, before or after the word."""
    lower = doc.words.lower
    found: list[Npi] = []
    for word in _NPI_WORD.finditer(lower, start, end):
        after = re.compile(
            r"(?:['’]?s)?[ ]*(?:is|no|number|num|nbr)?[ .:#=|()\t-]*(\d[\d -]{6,13}\d|\d{8,12})(?!\d)"
        ).match(lower, word.end(), end)
        if after:
            begin, stop = after.span(1)
        else:
            before = list(_TEN.finditer(lower, max(start, word.start() - 45), word.start()))
            if not before or "\n" in lower[before[-1].end() : word.start()]:
                continue
            begin, stop = before[-1].span()
        number = re.sub(r"\D", "", lower[begin:stop])
        found.append(Npi(min(begin, word.start()), max(stop, word.end()), number, is_npi(number)))
    for match in _AFTER_CREDENTIAL.finditer(lower, start, end):
        if is_npi(match[1]) and not any(npi.start <= match.start(1) < npi.end for npi in found):
            found.append(Npi(match.start(1), match.end(1), match[1], True))
    return found
