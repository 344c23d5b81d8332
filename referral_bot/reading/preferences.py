"""A new referral's wishes about time, told from its history."""

from __future__ import annotations

import re
from datetime import date, timedelta

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.providers import COMPASS
from referral_bot.reading.when import TIME_WORDS, When, read_when

_PIECE = re.compile(r"[^,;.\n()|]+(?:\.\d[^,;.\n()|]*)*")
_WISH = re.compile(
    r"\b(?:prefers?|preferred|preferably|pref|best|like|only|needs? (?:to|after|before|an? (?:am|pm|morning"
    r"|afternoon))|needs|wants?|would like|would do|available|avail|can (?:do|come|only|make)|can't|cant"
    r"|appt|appts|appointment|schedule|seen|see|works?|please|pls|w/in|within|by|before|b4|asap|stat|soon"
    r"|no later|in (?:this|next)|ok|okay|fine|good|free|off|days|times?|first|soonest|mornings?"
    r"|afternoons?|prefiere|puede|quiere|en la|por la|any ?day|anytime|priority|get (?:her|him|them) in"
    r"|today|visto|vista)\b"
)
_DEMAND = re.compile(
    r"\b(?:seen|see|needs?|wants?|wanted|want|has to|have to|must|stat|asap|urgent|can|could|get|says?"
    r"|said|before|by|please|pls|appt|appointment|visit|schedule|priority|prefers?|only|available|works?"
    r"|not|come|in|free|off|dr|doctor|hoping|like|best|visto|vista|quiere|retina|emergen\w*)\b|^\W*$"
)
_TO_FOLLOW = re.compile(
    r"\b(?:(?:will|i'?ll|we'?ll|going to|gonna|can|to) (?:send|fax|get|forward|upload|call|follow|email"
    r"|have)|to follow|sending (?:the )?(?:rest|more)"
    r"|(?:faxed|faxing|sent|uploaded|emailed|called) (?:it |them |over |this |you |the )*)\b"
)
"""What the sender does later or did, with its time: no wish of the patient's."""
_HISTORY = re.compile(
    r"\b(?:ago|since|x|for \d|last|past|every|each|over|during|started|began|until|onset|hx|history|desde"
    r"|hace|wakes|woke|worse|daily|from)\b"
)


def read_preference(doc: Document, start: int, end: int, taken: bytearray) -> When:
    """Wishes about time in a new referral: only clauses that ask for something, not those that tell a
    history.
    """
    lower = doc.words.lower
    total = When()
    for wish in doc.labels("when", start, end):
        _add(total, read_when(lower, wish.start, wish.end, doc.today, general=True))
        taken[wish.label : wish.end] = b"\x01" * (wish.end - wish.label)
    masked = _masked(lower, taken)
    for piece in _PIECE.finditer(lower, start, end):
        begin, stop = piece.span()
        if taken.find(0, begin, stop) < 0 or not _speaks_of_time(doc, begin, stop):
            continue
        label = doc.label_at(begin)
        if (
            label
            and label.role in ("dx", "reason", "name", "dob", "ignore", "documents", "payer", "auth", "mrn")
            and not (
                label.role == "reason"
                and re.search(
                    r"\b(?:see|seen|appt|w/in|within"
                    r"|schedule)\b",
                    piece[0],
                )
            )
        ):
            continue
        free = masked[begin:stop]
        when = read_when(free, 0, len(free), doc.today, general=True)
        if not when.taken:
            continue
        rest = free
        for a, b in when.taken:
            rest = rest[:a] + " " * (b - a) + rest[b:]
        words = re.findall(r"[^\W\d_]+", rest)
        clinical = any(word in CLINICAL_WORDS and word not in COMPASS for word in words)
        if _TO_FOLLOW.search(lower[begin:stop]):
            continue
        asks = _WISH.search(lower[begin:stop]) is not None
        if _HISTORY.search(rest) and not (asks and not clinical):
            continue
        at_once = bool(when.dates) and max(when.dates) <= doc.today + timedelta(days=1)
        if clinical and not (asks and (when.deadline or at_once)):
            continue
        if not asks and (len(words) > 4 or (words and (when.earliest or when.latest) and not when.days)):
            continue
        if when.dates and not (asks and _DEMAND.search(rest)):
            continue
        if (
            when.soonest
            and not (when.part_of_day or when.dates or when.days)
            and re.search(r"\basap\b|as soon as|pronto|antes posible", free)
        ):
            when.soonest = False
        if not when.preference():
            continue
        if clinical:
            for a, b in when.taken:
                taken[begin + a : begin + b] = b"\x01" * (b - a)
        else:
            taken[begin:stop] = b"\x01" * (stop - begin)
        _add(total, when)
    return _as_deadline(total, doc.today)


def _masked(lower: str, taken: bytearray) -> str:
    """The text with spaces where something has been understood."""
    pieces: list[str] = []
    place = 0
    while (busy := taken.find(1, place)) >= 0:
        free = taken.find(0, busy)
        free = len(lower) if free < 0 else free
        pieces.append(lower[place:busy])
        pieces.append(" " * (free - busy))
        place = free
    pieces.append(lower[place:])
    return "".join(pieces)


def _speaks_of_time(doc: Document, start: int, end: int) -> bool:
    """Whether a piece holds a number or a word that could say when."""
    low = doc.words.low
    for index in range(doc.words.at(start), len(low)):
        if doc.words.start[index] >= end:
            return False
        token = low[index]
        if token in TIME_WORDS or token.isdigit():
            return True
    return False


def _add(total: When, when: When) -> None:
    total.dates += when.dates
    total.days += [day for day in when.days if day not in total.days]
    total.earliest = total.earliest or when.earliest
    total.latest = total.latest or when.latest
    total.part_of_day = total.part_of_day or when.part_of_day
    total.before = total.before or when.before
    total.after = total.after or when.after
    total.soonest = total.soonest or when.soonest
    total.same_time = total.same_time or when.same_time
    total.deadline = total.deadline or when.deadline


def _as_deadline(when: When, today: date) -> When:
    """In a new referral, today, tomorrow or a week that has begun is the last day that will do."""
    if when.dates and not when.latest and max(when.dates) <= today + timedelta(days=1):
        when.latest = min(when.dates)
        when.dates = []
    if when.latest and when.earliest and when.earliest <= today:
        when.earliest = None
    return when
