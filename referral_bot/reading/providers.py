"""Which provider of those named sends the patient, which one is wished for, and at which place."""

from __future__ import annotations

import re

from referral_bot.reading.doctors import Doctor
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS

Span = tuple[int, int]

_PLACE_AFTER = re.compile(
    r"^[ ]?(?:clinic|office|location|campus|site|branch|cl[ií]nica|oficina|satellite|ofc)\b"
)

_PLACE_BEFORE = re.compile(
    r"\b(?:at|@|in|near|to|prefers?|preferably|closest to|location|loc|en|en la|out of|or|either|nearest"
    r"|over at|over in|the)[ :]*(?:the |our |your |la |your )?$"
)


COMPASS = frozenset(["north", "south", "east", "west", "downtown", "main", "central"])
"""Ordinary words that places are called by."""
_NO_PLACES = CLINICAL_WORDS - COMPASS


def find_location(doc: Document, start: int, end: int, taken: bytearray) -> tuple[str, Span] | None:
    """The practice's place that is meant: known from the directory, labelled, or as written before
    "clinic" or after "at".
    """
    raw, lower = doc.words.raw, doc.words.lower
    for hit in doc.found("location", start, end):
        label = doc.label_at(hit.start)
        if label and label.role in ("ignore", "from", "name"):
            continue
        stop = hit.end
        after = _PLACE_AFTER.match(lower[stop : stop + 12])
        return str(hit.value), (hit.start, stop + (after.end() if after else 0))
    for label in doc.labelled:
        if label.role == "location" and start <= label.label < end and label.end > label.start:
            value = re.split(r"[,;|(]", raw[label.start : label.end])[0].strip()
            value = re.sub(r"(?i)\s+(?:clinic|office|location|campus|site)$", "", value)
            if value and value.lower() not in ("any", "either", "none", "n/a", "no preference"):
                return (value.title() if value.isupper() else value), (label.label, label.end)
    words = doc.words
    best: tuple[str, Span] | None = None
    for index in range(words.at(start), len(words)):
        if words.start[index] >= end:
            break
        token = words.low[index]
        if (
            not token[0].isalpha()
            or len(token) < 3
            or taken.find(1, words.start[index], words.end[index]) >= 0
        ):
            continue
        capital = raw[words.start[index]].isupper()
        if not capital and doc.style == "mixed":
            continue
        if token in EVERYDAY_WORDS and not (capital and token in COMPASS):
            continue
        last = index
        while (
            last + 1 < len(words) and last - index < 2 and raw[words.end[last] : words.start[last + 1]] == " "
        ):
            following = words.low[last + 1]
            upper = raw[words.start[last + 1]].isupper()
            if not following.isalpha() or (
                not upper if doc.style == "mixed" else following in EVERYDAY_WORDS
            ):
                break
            if taken.find(1, words.start[last + 1], words.end[last + 1]) >= 0 or following in (
                "clinic",
                "office",
            ):
                break
            last += 1
        after = _PLACE_AFTER.match(lower[words.end[last] : words.end[last] + 12])
        before = doc.before(words.start[index], 18)
        clinical = all(words.low[at] in _NO_PLACES for at in range(index, last + 1))
        if (
            after
            and token not in ("your", "our", "main")
            and not clinical
            and not re.search(r"\b(?:from|our|my|pt of|@)[ ]$", before)
        ):
            return _place(words.text(index, last)), (words.start[index], words.end[last] + after.end())
        if (
            best is None
            and _PLACE_BEFORE.search(before)
            and not clinical
            and (capital or doc.style != "mixed")
        ):
            if doc.style != "mixed" and not re.search(r"\b(?:at|@)[ ]$", before):
                continue
            if re.search(
                r"\bthe[ ]$|\b(?:li?ves?|living|resid\w+|stay\w*|based|works?|located) (?:at|in"
                r"|near)[ ]$",
                before,
            ):
                continue
            best = _place(words.text(index, last)), (words.start[index], words.end[last])
    return best


def _place(text: str) -> str:
    return text.title() if text.isupper() or text.islower() else text


_PREFERRED = re.compile(
    r"(?:\b(?:prefers?|preferably|pref|preferred|requests?|requesting|requested|would like|'d like"
    r"|would love|wants to see|wants|like to see|with|w/|see|sees|to see|specifically|ask(?:s|ed|ing)? for"
    r"|if possible|patient of|to|for|hoping for|con|prefiere|attn|refer to|seen by|evaluated by|under"
    r"|est(?:ablished)? with|established pt of|(?:prefers?|requests?|likes?)(?: [a-z]+){1,3}?(?: doctor"
    r"| doc| one| provider| surgeon)?,)[ :]*(?:either |only |the |a )?|[>@])$"
)

_PREFERRED_AFTER = re.compile(
    r"[ ,(-]*(?:if (?:possible|available|she|he|you)|preferred|pref\b|is preferred|please if|only please"
    r"|if poss|si es posible|or (?:whoever|anyone|first|any|dr))"
)

_ORDERING = re.compile(
    r"\b(?:per|from|by|ordering|ordering is|referring|referred by|refer(?:ral|red)? (?:from|by|per)"
    r"|ordered by|provider(?: is)?|for my|my doc|de parte de|la manda|lo manda|manda|de la|del"
    r"|pcp(?: is)?|signed|under|ref|sent by|says|requested by|refiere)[ :=-]*(?:is |el |la |our |the )?$"
)

_ORDERING_AFTER = re.compile(
    r"[ ,]*(?:wants|want|says|said|would like|wld like|asks|asked|is (?:asking|requesting|ordering"
    r"|referring|the|concerned|worried)|orders|ordered|ordering|requests|requested|is requesting|thinks"
    r"|needs|is the|referring|\(?npi|feels|is sending|sent|sees her|saw|would appreciate|quiere|dice|pide"
    r"|lo manda|la manda|really|is worried|suspects|isn't|wonders|insists|would|hoping|recommends)\b"
)

_ANY = re.compile(
    r"\b(?:no (?:provider |dr |doctor |doc |physician )?pref(?:erence)?(?: (?:on|of|for|as to"
    r"|re) (?:provider|dr|doctor|doc|who|physician)\w*)?(?! (?:on|for|of|re) (?:loc|time|day|date|office"
    r"|site))|any (?:provider|dr|doctor|doc|physician|of your (?:docs|providers|doctors)"
    r"|one of your (?:docs|providers))|whoever(?:'?s| is| has)?(?: (?:available|first|open|soonest|can"
    r"|the))*|anyone (?:is fine|available|works|ok|with)|first available provider|either (?:provider|dr"
    r"|doctor)|provider ?[:=] ?any|doesn't matter (?:who|which)|cualquier (?:doctor|m[eé]dico|proveedor)"
    r"|sin preferencia(?: de (?:doctor|m[eé]dico))?)\b"
)


def split_doctors(
    doc: Document, doctors: list[Doctor], start: int, end: int
) -> tuple[Doctor | None, Doctor | None]:
    """The ordering provider and the preferred one, among the doctors named in a range."""
    inside = [doctor for doctor in doctors if start <= doctor.start < end]
    ordering: list[tuple[int, Doctor]] = []
    preferred: list[Doctor] = []
    known = doc.found("provider", start, end)
    for doctor in inside:
        before, after = doc.before(doctor.start, 30), doc.after(doctor.end, 24)
        if re.match(
            r"(?:'s)? (?:office|clinic|pt"
            r"|patient)\b",
            after,
        ) and doctor.label in ("service", "provider"):
            ordering.append((4, doctor))
        elif doctor.label in ("referring",):
            ordering.append((5, doctor))
        elif doctor.label == "provider" or doctor.label == "service" or _PREFERRED_AFTER.match(after):
            preferred.append(doctor)
        elif doctor.label in ("pcp",):
            ordering.append((1, doctor))
        elif doctor.label in ("ignore", "name", "when"):
            if doctor.label == "when":
                preferred.append(doctor)
        elif _ORDERING_AFTER.match(after) and not re.search(
            r"\b(?:wants to see|prefers|requests)[ ]$", before
        ):
            ordering.append((4, doctor))
        elif _ORDERING.search(before):
            ordering.append((3, doctor))
        elif any(hit.start < doctor.end and doctor.start < hit.end for hit in known) or _PREFERRED.search(
            before
        ):
            preferred.append(doctor)
        else:
            ordering.append((2, doctor))
    if not ordering and len(preferred) > 1:
        ordering.append((2, preferred.pop()))
    if (
        not ordering
        and preferred
        and not any(
            doctor.label in ("service", "provider", "when")
            or _PREFERRED_AFTER.match(doc.after(doctor.end, 24))
            or re.search(
                r"\b(?:prefer|wants to see|like to see|request|pref|with|w/|see|con)\w*[ ]$",
                doc.before(doctor.start, 20),
            )
            for doctor in preferred
        )
        and not known
    ):
        ordering.append((2, preferred.pop(0)))
    best = max(ordering, key=lambda row: row[0])[1] if ordering else None
    return best, preferred[0] if preferred else None


def any_provider(doc: Document, start: int, end: int) -> Span | None:
    """Where the text says that any provider will do."""
    match = _ANY.search(doc.words.lower, start, end)
    return match.span() if match else None
