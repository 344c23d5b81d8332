"""Payers named in a text, told from words, people and places that are called the same."""

from __future__ import annotations

import re

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import EVERYDAY_WORDS, GIVEN_NAMES
from referral_bot.reading.words import Hit

AMBIGUOUS = frozenset(
    [
        "united",
        "oscar",
        "sunshine",
        "simply",
        "clover",
        "passport",
        "sharp",
        "prominence",
        "scan",
        "hap",
        "star",
        "premier",
        "alignment",
        "paramount",
        "optum",
        "partnership",
        "providence",
        "trillium",
        "quartz",
        "magnolia",
        "husky",
        "chorus",
        "dean",
        "sanford",
        "horizon",
        "emblem",
        "medica",
        "avera",
        "banner",
        "devoted",
        "surest",
        "oxford",
        "kp",
        "ghp",
        "ihs",
        "ibc",
        "ibx",
        "mhs",
        "mmo",
        "wha",
        "hpn",
        "bcn",
        "hne",
        "bcb",
        "alliant",
        "superior",
        "meridian",
        "regence",
        "moda",
        "humana",
    ]
) - {"humana", "regence", "moda"}
"""Payers whose short name is also an ordinary word, a person or a place: taken only where something says
so.
"""

_ASKED_ABOUT = re.compile(
    r"\b(?i:take|accept|accepting|taking|participate with|participating with|par with|contracted with"
    r"|network with|credentialed with|acepta\w*|toman)\s+(?P<name>[A-Z][\w&'-]+(?: [A-Z][\w&'-]+){0,3})"
)


_A_PERSON_AFTER = re.compile(
    r"[ ,.?!(]{1,4}(?:dob|born|date of birth|\d{1,2}[/.-]\d{1,2}[/.-]|\d{1,3} ?(?:yo|y/o|[mf]\b)|age)"
)


def unknown_payer(doc: Document, start: int, end: int) -> str:
    """The name after "do you take" that no table knows; empty if there is none, or if it is no payer's."""
    match = _ASKED_ABOUT.search(doc.words.raw, start, end)
    if match is None or doc.style != "mixed" or match["name"].lower().split()[0] in EVERYDAY_WORDS:
        return ""
    if match["name"].split()[0].lower() in GIVEN_NAMES or _A_PERSON_AFTER.match(doc.words.lower, match.end()):
        return ""
    return match["name"]


def payers_in(doc: Document, start: int, end: int) -> list[Hit]:
    """Payers named in a range that are meant as payers."""
    return [hit for hit in meant_payers(doc) if start <= hit.start < end]


def meant_payers(doc: Document) -> list[Hit]:
    """All payers that the text means as payers, not as a word, a person or a place that is called the
    same.
    """
    if doc.payers is None:
        doc.payers = _meant_payers(doc)
    return doc.payers


def _meant_payers(doc: Document) -> list[Hit]:
    kept: list[Hit] = []
    for hit in doc.found("payer"):
        label = doc.label_at(hit.start)
        role = label.role if label else ""
        if role in (
            "ignore",
            "service",
            "referring",
            "name",
            "secondary",
            "provider",
            "from",
            "location",
            "pcp",
            "status_question",
        ):
            continue
        form = doc.words.lower[hit.start : hit.end]
        slip = not doc.lexicon.phrases.knows(doc.words.low[hit.first])
        if (slip or form in AMBIGUOUS) and role != "payer" and not _meant(doc, hit):
            continue
        if doc.after(hit.end, 2).startswith("'s") and form in AMBIGUOUS:
            continue
        kept.append(hit)
    return kept


def _meant(doc: Document, hit: Hit) -> bool:
    """Whether an ambiguous payer is one here: by its plan, its member id, its cue, or by standing alone
    with a capital.
    """
    plans = [plan for plan in doc.hits.get("plan", ()) if plan.first == hit.last + 1]
    if plans or any(other.first == hit.last + 1 for other in doc.hits.get("payer", ())):
        return True
    before = doc.before(hit.start, 22)
    if re.search(
        r"\b(?:ins|insurance|seguro|takes?|accept(?:s|ed)?|covered (?:by|through|with)|has|have|with"
        r"|payer|plan|on|got|in network with|w/|auth\w* (?:obtained |approved |received |done )?(?:from|by"
        r"|through|thru|with|via)|approv\w+ (?:by|from|through)|(?:ins\w*|coverage|covered"
        r"|plan) (?:is )?(?:thru|through|via|by|with|from|under)) ?(?:is |are |for )?(?:now )?:?$",
        before,
    ):
        return True
    if re.match(r"[ ,]*(?:member|mbr|id\b|policy|insurance\b|ins\b|#)", doc.after(hit.end, 14)) or re.match(
        r"[ ,#]*[a-z]{0,4}\d{6,}", doc.after(hit.end, 14)
    ):
        return True
    capital = doc.words.raw[hit.start].isupper() and doc.style == "mixed"
    alone = (
        re.search(r"(?:^|[,.;|\t(\d/])\s*$", doc.words.lower[max(0, hit.start - 3) : hit.start]) is not None
    )
    closed = re.match(r"\s*(?:[,.;|\t)\n/]|$)", doc.words.lower[hit.end : hit.end + 3]) is not None
    return (
        (capital or doc.style != "mixed")
        and alone
        and closed
        and doc.words.lower[hit.start : hit.end] not in ("scan", "sharp", "star")
    )
