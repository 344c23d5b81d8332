"""How much of a new referral a stretch of text holds."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.payers import payers_in

_EVENT_BEFORE = re.compile(
    r"\b(?:thru|through|until|exp|eff|effective|good|valid|starting|seen|visit|dos|on|sent"
    r"|from)[ :]*(?:on )?$"
)
_CODE = re.compile(r"\b[a-tv-z]\d[\dab]\.[\da-z]{1,4}\b")


class Evidence(NamedTuple):
    """How much of a new referral a stretch holds."""

    birth: bool
    phone: bool
    payer: bool
    code: bool
    clinical: int
    cue: bool


def weigh(doc: Document, start: int, end: int) -> Evidence:
    """What speaks for a new referral in a stretch."""
    lower = doc.words.lower
    born = any(
        start <= written.start < end
        and written.year is not None
        and not _EVENT_BEFORE.search(doc.before(written.start, 14))
        for written in doc.dates
    ) or bool(doc.labels("dob", start, end))
    clinical = sum(
        1 for index in range(doc.words.at(start), doc.words.at(end)) if doc.words.low[index] in CLINICAL_WORDS
    )
    return Evidence(
        birth=born,
        phone=any(start <= phone.start < end for phone in doc.phones),
        payer=bool(payers_in(doc, start, end)) or "self pay" in lower[start:end],
        code=_CODE.search(lower[start:end]) is not None
        or bool(doc.labels("icd", start, end) or doc.labels("dx", start, end)),
        clinical=clinical,
        cue=bool(doc.cue("submit", start, end))
        or bool(doc.labels("service", start, end) or doc.labels("referring", start, end)),
    )
