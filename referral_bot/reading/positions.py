"""What a line of facts holds by where it stands: a payer that no table knows, the provider at its end."""

from __future__ import annotations

import re
from itertools import pairwise

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS, GIVEN_NAMES
from referral_bot.reading.names import Name, is_plausible, read_name

Span = tuple[int, int]

_CUED = re.compile(
    r"\b(?i:ins(?:urance)?|plan|coverage|carrier|payer|payor|seguro|aseguranza|covered (?:by|through|under"
    r"|with)|insured (?:by|through|with)|insurance (?:is|through|with))(?i:[ :=]+(?:is|es|de|through|with"
    r"|w/|by)?)[ ]*(?P<name>[A-Z][\w&'-]*(?: (?:of |the |and |& )?[A-Z][\w&'-]*){0,3})"
)
_CUED_LOWER = re.compile(
    r"\b(?:ins|insurance|seguro|aseguranza|covered by|insured (?:by|through|with)"
    r"|insurance is)[ :=]+(?:is |es |de |through |thru |via |under |with |w/ ?|by )?"
    r"(?P<name>[a-z][a-z&'-]+(?: [a-z][a-z&'-]+){0,2})(?=\s*(?:[,.;|\n\t(#\d]|$))"
)
_SEPARATOR = re.compile(r"[,;|\n\t]|\.(?=\s|$)| / | - |(?<=\d)/(?=[A-Za-z])|(?<=[A-Za-z])/(?=[\d(])")
_FORM = re.compile(r"[\w&'.-]+(?: [\w&'.-]+){0,3}")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NO_PAYER = re.compile(
    r"^(?:both|all|each|his|her|their|the|my|our|ambos)\b|\b(?:dr|md|np|pa|do|clinic|office|urgent|routine"
    r"|asap|stat|male|female|yo|cell|home|dob|pending"
    r"|unknown|none|same|left|right|rt|lt|new|no|not|since|with|for|from|to|per|by|thru|through|via"
    r"|under)\b"
)


def payer_by_place(doc: Document, start: int, end: int, taken: bytearray) -> tuple[str, Span] | None:
    """The payer as written and its place, in a new referral whose other facts are marked in `taken`."""
    for pattern, text in ((_CUED, doc.words.raw), (_CUED_LOWER, doc.words.lower)):
        for match in pattern.finditer(text, start, end):
            if _may_be_payer(match["name"]) and taken.find(1, *match.span("name")) < 0:
                return _as_written(doc.words.raw[slice(*match.span("name"))]), match.span()
    return _beside_a_fact(doc, start, end, taken)


def _beside_a_fact(doc: Document, start: int, end: int, taken: bytearray) -> tuple[str, Span] | None:
    """A short piece of unknown words right beside the phone, the birth date or the member id."""
    raw = doc.words.raw
    facts = [phone.start for phone in doc.phones]
    facts += [written.start for written in doc.dates if written.year is not None]
    cuts = [start, *(match.end() for match in _SEPARATOR.finditer(raw, start, end)), end]
    pieces = list(pairwise(cuts))
    for number, (begin, stop) in enumerate(pieces):
        place = next((at for at in range(begin, stop) if not taken[at] and raw[at].isalnum()), stop)
        end_of_free = taken.find(1, place, stop)
        text = _SEPARATOR.sub(" ", raw[place : stop if end_of_free < 0 else end_of_free]).strip(" ()#:-")
        if not text or _FORM.fullmatch(text) is None or not _may_be_payer(text):
            continue
        beside = pieces[max(0, number - 1) : number + 2]
        if any(a <= fact < b for a, b in beside for fact in facts):
            return _as_written(text), (place, place + len(text))
    return None


def _may_be_payer(text: str) -> bool:
    words = _WORD.findall(text.lower())
    if not words or _NO_PAYER.search(text.lower()) or any(word in CLINICAL_WORDS for word in words):
        return False
    if len(words) > 1 and all(word[0].isupper() for word in text.split()) and not text.isupper():
        return not any(word in GIVEN_NAMES for word in words)
    unknown = [word for word in words if word not in EVERYDAY_WORDS and word not in GIVEN_NAMES]
    return bool(unknown) and len(unknown) * 2 >= len(words) and any(len(word) > 2 for word in unknown)


def _as_written(text: str) -> str:
    text = text.strip(" .,")
    return text.title() if text.islower() or (text.isupper() and len(text) > 5) else text


def doctor_by_place(doc: Document, start: int, end: int, taken: bytearray) -> tuple[Name, Span] | None:
    """The ordering provider as the last of five or more pieces: a surname that nothing else claims."""
    raw = doc.words.raw
    cuts = [start, *(match.end() for match in _SEPARATOR.finditer(raw, start, end)), end]
    pieces = [(begin, stop) for begin, stop in pairwise(cuts) if raw[begin:stop].strip(" \n.,;|/-")]
    if len(pieces) < 5:
        return None
    text = raw[slice(*pieces[-1])].strip(" \n.,;|/")
    place = raw.index(text, pieces[-1][0]) if text else end
    words = text.split()
    if not 0 < len(words) <= 2 or not all(_SURNAME.fullmatch(word) for word in words):
        return None
    if taken.find(1, place, place + len(text)) >= 0 or not all(is_plausible(word.lower()) for word in words):
        return None
    return read_name(text), (place, place + len(text))


_SURNAME = re.compile(r"[A-Z][a-z'-]+(?:-[A-Z][a-z]+)?")
