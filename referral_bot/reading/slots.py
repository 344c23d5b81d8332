"""Which of the times just offered somebody takes: by position, time, day or place in the row."""

from __future__ import annotations

import re

from referral_bot.reading.document import Document
from referral_bot.reading.model import OfferedSlot
from referral_bot.reading.tables.calendar import ORDINAL_WORDS, WEEKDAYS
from referral_bot.reading.when import read_when

_NONE = re.compile(
    r"\b(?:none of (?:those|these|them|the)|neither|nothing there|no(?:ne)? work|none work|don'?t work"
    r"|doesn'?t work|won'?t work|can'?t do any|any others?|anything else|other (?:times|options|dates)"
    r"|something else|ninguna|ninguno|not any of)\b"
)
_TAKES = re.compile(
    r"\b(?:take|takes|book|works?|good|great|fine|perfect|ok|okay|please|pls|plz|yes|yep|sure|grab|do"
    r"|pick|choose|go with|want|wants|prefer\w*|schedule|reserve|let'?s|lets|confirm|sounds|i'?ll|we'?ll"
    r"|can we|option|slot|number|#|the|one|that|this|for|reservar|tomamos|esa|ese|está bien|bien|quiero"
    r"|give|hold|put|would|will|he'?ll|she'?ll|they'?ll)\b"
)
_ORDINAL = re.compile(
    r"(?:\b(?:option|slot|number|no\.?|#|choice|opción|opcion|número|numero) ?(?P<n>\d)\b|#(?P<h>\d)\b"
    r"|\b(?P<w>"
    + "|".join(sorted(ORDINAL_WORDS, key=len, reverse=True))
    + r")\b(?! (?:week|name|available|avail|thing|visit|time|of (?:jan|feb|mar|apr|may|jun|jul|aug|sep"
    r"|oct|nov|dec)\w*))|^\W*(?P<b>\d)\b(?![:/.]\d| ?(?:am|pm|o'?clock|new|patients|pts|referrals))"
    r"|\b(?:take|book|want|do|with|pick|the) (?P<t>[1-9])\b(?![:/]| ?(?:am|pm|o'?clock)|\d))"
)
_CLOCK = re.compile(
    r"(?<![\d/.-])(?P<h>\d{1,2})(?::(?P<m>\d\d))? ?(?P<p>[ap])?\.?m?\b(?![/\d-]|(?:st|nd|rd|th)\b)"
)
_DAY_NUMBER = re.compile(
    r"(?:\b(?:the|el) (?P<d>\d{1,2})(?:st|nd|rd|th)?\b|\b(?P<o>\d{1,2})(?:st|nd|rd|th)\b)(?! ?(?::|am|pm))"
)
_NOT_THEN = re.compile(
    r"\b(?:wait no|no wait|actually|sorry|scratch that|never ?mind|no,|no -|no he|no she|not the|instead"
    r"|hold on|oops|mejor|espera)\b"
)


def find_slot(doc: Document) -> tuple[OfferedSlot, int] | None:
    """The offered time that the text takes, and where it says so; none if it takes none or is not sure."""
    slots = doc.context.offered_slots
    lower = doc.words.lower
    if not slots or not lower.strip():
        return None
    if _NONE.search(lower) and not re.search(
        r"\b(?:but|except|only) (?:the|\d|fri|mon|tue|wed"
        r"|thu)",
        lower,
    ):
        return None
    start = 0
    corrections = [match.end() for match in _NOT_THEN.finditer(lower)]
    for begin in [*reversed(corrections), start]:
        found = _match(lower[begin:], slots, doc)
        if found:
            return found[0], begin + found[1]
    return None


def _match(text: str, slots: tuple[OfferedSlot, ...], doc: Document) -> tuple[OfferedSlot, int] | None:
    long = len(text.split()) > 14
    if not _TAKES.search(text) and long:
        return None
    candidates = list(slots)
    place = len(text)
    narrowed = False
    days = [
        (WEEKDAYS[match[0]], match.start())
        for match in re.finditer(r"\b(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\b", text)
    ]
    if days:
        fit = [slot for slot in candidates if slot.start.weekday() in {day for day, _ in days}]
        if fit:
            candidates, narrowed, place = fit, True, days[0][1]
    wanted = read_when(text, 0, len(text), doc.today)
    if wanted.dates and not days:
        fit = [slot for slot in candidates if slot.start.date() in wanted.dates]
        if fit:
            candidates, narrowed, place = fit, True, min(place, wanted.taken[0][0])
    for match in _DAY_NUMBER.finditer(text):
        number = int(match["d"] or match["o"])
        fit = [slot for slot in candidates if slot.start.day == number]
        if fit:
            candidates, narrowed, place = fit, True, min(place, match.start())
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["h"]), int(match["m"] or 0)
        if (
            match["m"] is None
            and match["p"] is None
            and not re.search(r"\b(?:at|the|@|las|la|a las) ?$", text[: match.start()])
            and not narrowed
        ):
            continue
        fit = [
            slot for slot in candidates if slot.start.hour % 12 == hour % 12 and slot.start.minute == minute
        ]
        if match["p"]:
            fit = [slot for slot in fit if (slot.start.hour >= 12) == (match["p"] == "p")]
        if fit:
            candidates, narrowed, place = fit, True, min(place, match.start())
        elif match["m"]:
            return None
    if narrowed and len(candidates) == 1:
        return candidates[0], place
    if wanted.part_of_day and len(candidates) > 0 and (narrowed or not long):
        fit = [slot for slot in candidates if (slot.start.hour < 12) == (wanted.part_of_day == "morning")]
        if len(fit) == 1:
            return fit[0], 0
    ordinal = _ORDINAL.search(text)
    if ordinal:
        word = ordinal["w"]
        number = (
            ORDINAL_WORDS[word] if word else int(ordinal["n"] or ordinal["h"] or ordinal["b"] or ordinal["t"])
        )
        pool = candidates if narrowed else list(slots)
        if number == -1:
            return max(pool, key=lambda slot: slot.index), ordinal.start()
        chosen = [slot for slot in slots if slot.index == number]
        if chosen:
            return chosen[0], ordinal.start()
    if re.search(r"\b(?:earliest|soonest|earlier) (?:one|of|slot|time)?|\bsoonest\b", text) and not long:
        return min(candidates, key=lambda slot: slot.start), 0
    if re.search(r"\b(?:latest|later) (?:one|of|slot)", text) and not long:
        return max(candidates, key=lambda slot: slot.start), 0
    if (
        len(slots) == 1
        and re.search(r"\b(?:that works|works|take it|book it|yes|perfect|that one|sounds good)\b", text)
        and not long
    ):
        return slots[0], 0
    return None
