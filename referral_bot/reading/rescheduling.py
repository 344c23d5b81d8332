"""From which day a visit is moved, and what is wished for instead."""

from __future__ import annotations

import re
from datetime import date

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.moments import DAY, monday_of
from referral_bot.reading.resolve import Mention
from referral_bot.reading.tables.calendar import WEEKDAYS
from referral_bot.reading.when import read_when

_FROM = re.compile(
    r"(?:\b(?:can'?t|cannot|can not|unable to|(?:isn'?t|not|won'?t be) able to|won'?t be able to|couldn'?t"
    r"|won'?t)(?: (?:do|make|come|keep|attend|be there|get (?:there|here|off|in)|make it))?(?: (?:it|in|her"
    r"|his|the|their|to|for|on|that))*|has (?:an? )?[a-z]+(?: [a-z]+)?(?: on)?|fell through(?: for| on)?"
    r"|down for|booked (?:for|on)"
    r"|scheduled (?:for|on)|set for|appt(?: is)?(?: on| for)?|appointment(?: is)?(?: on| for)?"
    r"|visit(?: on)?|slot(?: on)?|from|off|her|his|the|\w's|on for|currently (?:on|at|set for)?|instead of"
    r"|(?:was|were|is|are|'s) (?:going|supposed|set|due|slated|scheduled|down) (?:to (?:come|be seen"
    r"|see you)(?: in)?(?: on)?|for|in)|no puede(?: ir)?(?: el)?|cita del?|is|needs off|out of)[ ]*(?:on "
    r"|the |el |this |next )*$"
)


def read_reschedule(doc: Document, start: int, end: int, mentions: list[Mention]) -> Fields:
    """From which day to when: the day of the visit as it stands, and the wishes for the new one."""
    lower = doc.words.lower
    fields: Fields = {}
    spans: list[tuple[int, int, date]] = []
    text = lower[start:end]
    when_all = None
    for begin, stop in _day_spans(text):
        before = text[max(0, begin - 34) : begin]
        cut = max(before.rfind(sign) for sign in ".;?!\n")
        before = before[cut + 1 :]
        day = read_when(text, begin, stop, doc.today).dates
        own = text[slice(*_own_sentence(doc, start, begin))]
        if (
            day
            and (_FROM.search(before) or _UNFIT.match(text, stop) or not _WISHES.search(own))
            and not re.search(
                r"\b(?:to|another|any|(?:a )?different|week of|after|before|until|till?|thru|through|back"
                r"|back on|week of the|move[d]? (?:\w+ )?to"
                r"|not before)[ ](?:the |a )?$",
                before,
            )
        ):
            spans.append((begin, stop, day[0]))
    masked = text
    if spans:
        fields["from_date"] = spans[0][2].isoformat()
        for begin, stop, _ in spans[:1]:
            tail = re.match(r",? (?:at |@ )?\d{1,2}(?::\d\d)? ?(?:[ap]\.?m?\.?)?(?![\w/])", text[stop:])
            reach = stop + (tail.end() if tail else 0)
            masked = masked[:begin] + " " * (reach - begin) + masked[reach:]
    masked = re.sub(
        r"\b(?:he|she|pt|they)(?:'s| is)? (?:mwf|tth|m/w/f|t/th/s)\b|\((?:he|she)[^)]{0,60}\)"
        r"|\b(?:dialysis|chemo|works?|class|school|therapy|infusions?|radiation|custody"
        r"|court)\b[^.,;)]{0,20}?\b(?:mwf|tth|m/w/f"
        rf"|(?:{DAY})(?:s|\b)(?:(?: and |, | & |/)(?:{DAY})\b)*)",
        lambda match: " " * len(match[0]),
        masked,
    )
    for mention in mentions:
        a, b = mention.start - start, mention.end - start
        if 0 <= a < len(masked):
            masked = masked[:a] + " " * (b - a) + masked[b:]
    masked = re.sub(
        r"\bpara (?=el \d|(?:el )?(?:lunes|martes|mi[eé]rcoles|jueves"
        r"|viernes))",
        "     ",
        masked,
    )
    when_all = read_when(masked, 0, len(masked), doc.today)
    week_after = (
        re.search(r"\b(?:following|next) (?:week|wk)\b|\b(?:week|wk) after\b(?! next)", text) is not None
    )
    if (
        spans
        and not week_after
        and re.search(r"\b(?:that|same) (?:week|wk)\b", text)
        and not when_all.earliest
    ):
        monday = monday_of(spans[0][2])
        if when_all.dates:
            when_all.dates = [date.fromordinal(monday.toordinal() + day.weekday()) for day in when_all.dates]
        else:
            when_all.earliest, when_all.latest = monday, date.fromordinal(monday.toordinal() + 4)
    if spans and week_after and not when_all.earliest:
        monday = monday_of(spans[0][2])
        when_all.earliest = date.fromordinal(monday.toordinal() + 7)
        when_all.latest = date.fromordinal(monday.toordinal() + 11)
    after = _DAY_AFTER.search(text)
    if spans and after:
        ahead = WEEKDAYS[after["a"] or after["b"]] - spans[0][2].weekday()
        when_all.dates = [date.fromordinal(spans[0][2].toordinal() + (ahead - 1) % 7 + 1)]
    if when_all.latest and not when_all.earliest and when_all.deadline:
        when_all.earliest = doc.today
    wished = when_all.preference()
    doctor = re.search(r"\b(?:with|to see) dr\.? ([a-z'-]+)", masked)
    if doctor:
        wished["provider"] = doctor[1].title()
    if wished:
        fields["preference"] = wished
    return fields


_UNFIT = re.compile(
    r"[^.,;?!]{0,14}\b(?:won'?t|doesn'?t|does not|will not|isn'?t|is not|is no|no longer|conflicts?"
    r"|clashes|is bad|is out|falls|needs to (?:be|go|move))\b"
)
"""What follows a day that does not suit."""
_DAY_AFTER = re.compile(
    rf"\bthe (?:following |next )(?P<a>{DAY})\b|\bthe (?P<b>{DAY}) (?:after"
    rf"|following)\b(?! \d)"
)
"""A weekday counted from the day of the visit as it stands."""
_WISHES = re.compile(
    r"\?|\b(?:to|any|instead|could|prefer\w*|rather|move|resched\w*|rebook|want\w*|would|needs?|after"
    r"|before|or|week|works?|available|free|anything|something|better|please|pls|try|how about|what about"
    r"|until|till|starting)\b"
)
"""Words of which one stands in a sentence that wishes for a day rather than telling of one."""


def _own_sentence(doc: Document, start: int, place: int) -> tuple[int, int]:
    """The sentence around a place, both counted from the start of the range."""
    begin, stop = doc.sentence_at(start + place)
    return max(0, begin - start), stop - start


_DAY_SPAN = re.compile(
    rf"(?:(?:this |next )?(?:{DAY}),? (?:the )?)?\b(?:\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|(?:jan|feb|mar|apr"
    rf"|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.? \d{{1,2}}(?:st|nd|rd|th)?|the \d{{1,2}}(?:st|nd|rd"
    rf"|th)|\d{{1,2}}(?:st|nd|rd|th)|(?:el )?\d{{1,2}} de [a-z]{{4,10}}|el \d{{1,2}})\b|\b(?:today|tomorrow"
    rf"|tmrw|(?:this |next )?(?:{DAY}))\b"
)


def _day_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _DAY_SPAN.finditer(text)]
