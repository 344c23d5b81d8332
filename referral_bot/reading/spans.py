"""Stretches of days that words name: weeks, months, "within ten days", "before Christmas", "after the
14th".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from referral_bot.reading.dates import real_date
from referral_bot.reading.moments import DAY, MONTH, NAMED_DAY, NUMBER, day_named, monday_of
from referral_bot.reading.tables.calendar import MONTHS, NUMBER_WORDS


class Span(NamedTuple):
    """A stretch of days, open on either side. `deadline`: its end is demanded, not the end of a named
    week.
    """

    earliest: date | None
    latest: date | None
    deadline: bool = False


class Found(NamedTuple):
    """A stretch and where the text names it."""

    span: Span
    start: int
    end: int


_FORMS = {
    "week_list": rf"\b(?:the )?(?:wks?|weeks?|semana|semanas) (?:of|del|de)(?: the)? (?P<a>{NAMED_DAY}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?)(?: ?(?:,|or|and|&|/|o|y)(?: the)?(?: (?:wk|week|semana) (?:of|del"
    rf"|de)(?: the)?)? ?(?P<b>{NAMED_DAY}|\d{{1,2}}(?:st|nd|rd|th)?(?! ?(?:am|pm|:))))?",
    "week_or_next": r"\bthis (?:week|wk)?,? ?(?:or|and|/) ?(?:early |the )?next(?: week| wk)?\b"
    r"|\besta semana o la (?:próxima|proxima|siguiente|otra)",
    "next_or_after": r"\bnext (?:week|wk)?,? ?(?:or|and|/) ?(?:the )?"
    r"(?:(?:week|wk|one) (?:after|following)(?: that| next)?|following(?: week)?)"
    r"|\bnext (?:two|2|couple(?: of)?) (?:weeks|wks)\b(?! (?:from|out))",
    "after_next": r"\b(?:the )?(?:week|wk) after next\b|\bin (?:two|2) weeks(?='? time)|\bdos semanas",
    "next_week": r"\b(?:early |late |sometime |any(?:time| time| day)? |the |first (?:thing"
    r"|part) (?:of )?)?next (?:week|wk)\b|\b(?:la )?(?:próxima semana|proxima semana|semana próxima"
    r"|semana proxima|semana que viene|semana entrante|otra semana)",
    "this_week": r"\b(?:later |sometime |any(?:time| time| day)? |the rest of |rest of )?(?:this|the"
    r"|esta) (?:week|wk|semana)\b(?! (?:of|after|before))|\besta semana\b",
    "next_month": r"\bnext month\b|\b(?:próximo|proximo) mes\b|\bmes que viene\b",
    "this_month": r"\b(?:this month|este mes|(?:before |by )?(?:the )?end of (?:the )?month|(?:before "
    r"|by )?month end|later this month)\b",
    "month_part": rf"\b(?P<part>early|mid|late|first week (?:of|in)|second week (?:of|in)|third week (?:of"
    rf"|in)|last week (?:of|in)|end of|beginning of|(?:sometime "
    rf"|any ?time )?(?:in|en|during|durante)) ?-?(?P<m>{MONTH})\b(?! ?\d)",
    "between": rf"\b(?:between|from|entre|del)? ?(?P<a>{NAMED_DAY}) ?(?:-|to|thru|through|and|y"
    rf"|al) ?(?P<b>{NAMED_DAY}|\d{{1,2}}(?:st|nd|rd|th)?(?![\d/:]))",
    "within": rf"\b(?:w/in|within|in|over|en|inside of|dentro de)(?: (?:the|las|los))?(?: (?:next|coming"
    rf"|próxim[oa]s|proxim[oa]s))?(?: (?:a|about))? ?(?P<n>{NUMBER})(?:-(?P<n2>\d{{1,2}}))? ?(?P<u>days?|d"
    rf"|weeks?|wks?|wk|w|months?|mos?|días?|dias?|semanas?|hours?|hrs?|h)\b(?! (?:ago|post|of))",
    "next_n": rf"\bnext (?P<n>{NUMBER}) ?(?P<u>days?|weeks?|wks?|months?|hours?|hrs?)\b|\b(?P<n3>24|48"
    rf"|72) ?(?:hours|hrs|h)\b",
    "in_a_week": r"\b(?:a|one) (?:week|wk) (?:out|from (?:now|today))",
    "before_day": rf"\b(?:b4|before|(?:sooner|earlier|quicker) than|prior to|ahead of|antes del?"
    rf"|by the time of)(?: (?:the|el"
    rf"|la))? ?(?P<d>{NAMED_DAY}|(?:next |this )?(?:{DAY})\b)",
    "by_day": rf"\b(?:by|no later than|not later than|on or before|latest|para el|para"
    rf"|antes o el)(?: (?:the|el|end of))? ?(?P<d>{NAMED_DAY}|tomorrow|(?:next |this )?(?:{DAY})\b"
    rf"|end of (?:the )?week|eow|the weekend)",
    "after_day": rf"\b(?:after|following|past|post|después del?|despues del?|starting(?: on| after)?|from"
    rf"|on or after|beginning|a partir del?|any ?time after|not before|no earlier than"
    rf"|later than|(?:out of (?:town|the country|state)|away|gone|travell?ing|unavailable|on vacation|out"
    rf"|busy|tied up|not available)[^.;,\n]{{0,12}}?"
    rf" (?:till?|until|thru|through|hasta)|(?:back|returns?|returning"
    rf"|home)(?: in town)?(?: on)?)(?: (?:the|el|la))? ?(?P<d>{NAMED_DAY}|(?:next |this )?(?:{DAY})\b"
    rf"|\d{{1,2}}(?:st|nd|rd"
    rf"|th)\b)(?P<on>(?: on| onward| onwards| or later| forward)?)",
}
_FORMS["from_day"] = (
    rf"\b(?P<d>{NAMED_DAY}|(?:next |this )?(?:{DAY})\b)(?:,? (?:or|and) (?:later|after|any ?time after"
    rf"|beyond)\b| ?onwards?\b| forward\b| ?\+)"
)
_PATTERNS = {name: re.compile(pattern) for name, pattern in _FORMS.items()}
_WEEK = ("wk", "week", "semana")
_HINTS = {
    "from_day": ("later", "after", "beyond", "onward", "forward", "+"),
    "week_list": _WEEK,
    "week_or_next": _WEEK,
    "next_or_after": _WEEK,
    "after_next": _WEEK,
    "next_week": _WEEK,
    "this_week": _WEEK,
    "next_month": ("month", "mes"),
    "this_month": ("month", "mes"),
    "month_part": ("early", "mid", "late", "week", "end", "beginning", "in", "en ", "dur"),
    "between": ("-", "to", "thr", "and", " y ", " al "),
    "within": ("in", "over", "en"),
    "next_n": ("next", "24", "48", "72"),
    "in_a_week": _WEEK,
    "before_day": ("b4", "than", "before", "prior", "ahead", "antes", "by the"),
    "by_day": ("by", "later than", "before", "latest", "para", "antes"),
    "after_day": (
        "after",
        "following",
        "past",
        "post",
        "despu",
        "start",
        "from",
        "beginning",
        "partir",
        "not before",
        "earlier",
        "later",
        "til",
        "thr",
        "hasta",
        "back",
        "return",
        "home",
    ),
}
"""What a text must hold for a pattern to be worth trying."""


def find_spans(text: str, today: date) -> tuple[list[Found], str]:
    """The stretches that a lower-case text names, and the text with their words blanked."""
    found: list[Found] = []
    for name, pattern in _PATTERNS.items():
        for hint in _HINTS[name]:
            if hint in text:
                break
        else:
            continue
        for match in pattern.finditer(text):
            span = _RULES[name](match, today)
            if span is not None:
                found.append(Found(span, *match.span()))
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return found, text


def _days(first: int, last: int) -> Callable[[re.Match[str], date], Span]:
    """Days counted from this week's Monday; before today it begins today."""

    def rule(match: re.Match[str], today: date) -> Span:
        monday = monday_of(today)
        return Span(max(today, monday + timedelta(days=first)), monday + timedelta(days=last))

    return rule


def _week_list(match: re.Match[str], today: date) -> Span | None:
    """ "Week of Dec 7 or Dec 14": from the first Monday to the last Friday."""
    mondays = []
    for group in ("a", "b"):
        if match[group]:
            day = day_named(match[group], today)
            if day is None:
                return None
            mondays.append(monday_of(day))
    return Span(min(mondays), max(mondays) + timedelta(days=4))


def _month_days(year: int, month: int) -> tuple[date, date]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _next_month(match: re.Match[str], today: date) -> Span:
    return Span(*_month_days(today.year + today.month // 12, today.month % 12 + 1))


def _this_month(match: re.Match[str], today: date) -> Span:
    return Span(today, _month_days(today.year, today.month)[1], deadline="end" in match[0])


def _month_part(match: re.Match[str], today: date) -> Span | None:
    month = MONTHS[match["m"]]
    if (month - today.month) % 12 > 6:
        return None  # "in July" said in November tells of a past one
    first, last = _month_days(today.year + (month < today.month), month)
    part = match["part"]
    if part.startswith("early"):
        last = first + timedelta(days=9)
    elif part.startswith("first"):
        first += timedelta(days=(7 - first.weekday()) % 7 if first.weekday() > 4 else 0)
        last = monday_of(first) + timedelta(days=4)
    elif part.startswith("beginning"):
        last = first + timedelta(days=6)
    elif part.startswith("second"):
        first, last = first + timedelta(days=7), first + timedelta(days=13)
    elif part.startswith("third"):
        first, last = first + timedelta(days=14), first + timedelta(days=20)
    elif part.startswith("mid"):
        first, last = first + timedelta(days=10), first + timedelta(days=19)
    elif part.startswith("late"):
        first = last - timedelta(days=9)
    elif part.startswith(("last", "end")):
        first = last - timedelta(days=6)
    return Span(max(first, today), last)


def _between(match: re.Match[str], today: date) -> Span | None:
    first = day_named(match["a"], today)
    if first is None:
        return None
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", match["b"]):
        last = real_date(first.year, first.month, int(re.sub(r"\D", "", match["b"])))
    else:
        last = day_named(match["b"], today)
    if last is None or not 0 <= (last - first).days <= 120:
        return None
    return Span(first, last)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else NUMBER_WORDS[text]


def _in_days(number: int, unit: str) -> int:
    if unit[0] == "h":
        return number // 24
    return number * {"w": 7, "s": 7, "m": 30}.get(unit[0], 1)


def _within(match: re.Match[str], today: date) -> Span:
    days = _in_days(_count(match["n2"] or match["n"]), match["u"])
    return Span(None, today + timedelta(days=days), deadline=True)


def _next_n(match: re.Match[str], today: date) -> Span:
    days = int(match["n3"]) // 24 if match["n3"] else _in_days(_count(match["n"]), match["u"])
    return Span(None, today + timedelta(days=days), deadline=True)


def _in_a_week(match: re.Match[str], today: date) -> Span:
    return Span(today + timedelta(days=7), today + timedelta(days=7))


def _before_day(match: re.Match[str], today: date) -> Span | None:
    day = day_named(match["d"], today)
    return Span(None, day - timedelta(days=1), deadline=True) if day else None


def _by_day(match: re.Match[str], today: date) -> Span | None:
    day = day_named(match["d"], today)
    return Span(None, day, deadline=True) if day else None


_FROM_THAT_DAY = (
    "start",
    "out",
    "away",
    "gone",
    "travel",
    "unavail",
    "busy",
    "tied",
    "not avail",
    "back",
    "return",
    "home",
    "from",
    "on or",
    "begin",
    "a partir",
    "not before",
    "no earlier",
)


def _after_day(match: re.Match[str], today: date) -> Span | None:
    day = day_named(match["d"], today)
    if day is None:
        return None
    inclusive = match[0].startswith(_FROM_THAT_DAY) or match["on"]
    return Span(day if inclusive else day + timedelta(days=1), None)


def _from_day(match: re.Match[str], today: date) -> Span | None:
    day = day_named(match["d"], today)
    return Span(day, None) if day else None


_RULES: dict[str, Callable[[re.Match[str], date], Span | None]] = {
    "week_list": _week_list,
    "week_or_next": _days(0, 11),
    "next_or_after": _days(7, 18),
    "after_next": _days(14, 18),
    "next_week": _days(7, 11),
    "this_week": _days(0, 4),
    "next_month": _next_month,
    "this_month": _this_month,
    "month_part": _month_part,
    "between": _between,
    "within": _within,
    "next_n": _next_n,
    "in_a_week": _in_a_week,
    "before_day": _before_day,
    "by_day": _by_day,
    "after_day": _after_day,
    "from_day": _from_day,
}
