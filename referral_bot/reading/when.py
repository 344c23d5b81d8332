"""Wishes about time: days, weeks, deadlines, parts of the day, hours. All dates are counted from today."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from referral_bot.reading.dates import coming, find_dates, real_date
from referral_bot.reading.model import Fields
from referral_bot.reading.tables.calendar import DAY_KEYS, MONTHS, NUMBER_WORDS, WEEKDAYS

_DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUM = r"\d{1,2}|" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_HOLIDAY = r"thanksgiving|turkey day|christmas|xmas|new year'?s?(?: eve| day)?|the holidays?|holidays?|labor day|memorial day|july 4th|4th of july|halloween|easter|acción de gracias|navidad|año nuevo"
_D = rf"(?:\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|(?:{_MONTH})\.? ?\d{{1,2}}(?:st|nd|rd|th)?\b|\d{{1,2}}(?:st|nd|rd|th)? (?:de |of )?(?:{_MONTH})\b|the \d{{1,2}}(?:st|nd|rd|th)\b|(?:{_HOLIDAY}))"
_P = {
    "week_list": rf"\b(?:the )?(?:wks?|weeks?|semana|semanas) (?:of|del|de)(?: the)? (?P<a>{_D}|\d{{1,2}}(?:st|nd|rd|th)?)(?: ?(?:,|or|and|&|/|o|y)(?: the)?(?: (?:wk|week|semana) (?:of|del|de)(?: the)?)? ?(?P<b>{_D}|\d{{1,2}}(?:st|nd|rd|th)?(?! ?(?:am|pm|:))))?",
    "week_or_next": r"\bthis (?:week|wk)?,? ?(?:or|and|/) ?(?:early |the )?next(?: week| wk)?\b|\besta semana o la (?:próxima|proxima|siguiente|otra)",
    "next_or_after": r"\bnext (?:week|wk)?,? ?(?:or|and|/) ?(?:the )?(?:(?:week|wk|one) (?:after|following)(?: that| next)?|following(?: week)?)|\bnext (?:two|2|couple(?: of)?) (?:weeks|wks)\b(?! (?:from|out))",
    "after_next": r"\b(?:the )?(?:week|wk) after next\b|\bin (?:two|2) weeks(?='? time)|\bdos semanas",
    "next_week": r"\b(?:early |late |sometime |any(?:time| time| day)? |the |first (?:thing|part) (?:of )?)?next (?:week|wk)\b|\b(?:la )?(?:próxima semana|proxima semana|semana próxima|semana proxima|semana que viene|semana entrante|otra semana)",
    "this_week": r"\b(?:later |sometime |any(?:time| time| day)? |the rest of |rest of )?(?:this|the|esta) (?:week|wk|semana)\b(?! (?:of|after|before))|\besta semana\b",
    "next_month": r"\bnext month\b|\b(?:próximo|proximo) mes\b|\bmes que viene\b",
    "this_month": r"\b(?:this month|este mes|(?:before |by )?(?:the )?end of (?:the )?month|(?:before |by )?month end|later this month)\b",
    "month_part": rf"\b(?P<part>early|mid|late|first week (?:of|in)|second week (?:of|in)|third week (?:of|in)|last week (?:of|in)|end of|beginning of|(?:sometime |any ?time )?in) ?-?(?P<m>{_MONTH})\b(?! ?\d)",
    "between": rf"\b(?:between|from|entre|del)? ?(?P<a>{_D}) ?(?:-|to|thru|through|and|y|al) ?(?P<b>{_D}|\d{{1,2}}(?:st|nd|rd|th)?(?![\d/:]))",
    "within": rf"\b(?:w/in|within|in|over|en|inside of|dentro de)(?: (?:the|las|los))?(?: (?:next|coming|próxim[oa]s|proxim[oa]s))?(?: (?:a|about))? ?(?P<n>{_NUM})(?:-(?P<n2>\d{{1,2}}))? ?(?P<u>days?|d|weeks?|wks?|wk|w|months?|mos?|días?|dias?|semanas?|hours?|hrs?|h)\b(?! (?:ago|post|of))",
    "next_n": rf"\bnext (?P<n>{_NUM}) ?(?P<u>days?|weeks?|wks?|months?|hours?|hrs?)\b|\b(?P<n3>24|48|72) ?(?:hours|hrs|h)\b",
    "in_a_week": r"\b(?:a|one) (?:week|wk) (?:out|from (?:now|today))",
    "before_day": rf"\b(?:b4|before|prior to|ahead of|antes del?|by the time of)(?: (?:the|el|la))? ?(?P<d>{_D}|(?:next |this )?(?:{_DAY})\b)",
    "by_day": rf"\b(?:by|no later than|not later than|on or before|latest|para el|para|antes o el)(?: (?:the|el|end of))? ?(?P<d>{_D}|tomorrow|(?:next |this )?(?:{_DAY})\b|end of (?:the )?week|eow|the weekend)",
    "after_day": rf"\b(?:after|following|past|post|después del?|despues del?|starting(?: on| after)?|from|on or after|beginning|a partir del?|any ?time after|not before|no earlier than|later than)(?: (?:the|el|la))? ?(?P<d>{_D}|(?:next |this )?(?:{_DAY})\b|\d{{1,2}}(?:st|nd|rd|th)\b)(?P<on>(?: on| onward| onwards| or later| forward)?)",
    "tomorrow": r"\b(?:tomorrow|tmrw|tmr|tmrow|tomorow|tommorow|tommorrow|2moro|tomm|mañana(?!s)|manana)\b",
    "today": r"\b(?:today|tdy|hoy|same[ -]day|this (?:morning|afternoon|am|pm)|esta (?:tarde|mañana)|tonight)\b",
    "date": rf"(?:{_D})",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _P.items()}
_WEEK = ("wk", "week", "semana")
_HINTS = {
    "week_list": _WEEK,
    "week_or_next": _WEEK,
    "next_or_after": _WEEK,
    "after_next": _WEEK,
    "next_week": _WEEK,
    "this_week": _WEEK,
    "next_month": ("month", "mes"),
    "this_month": ("month", "mes"),
    "month_part": ("early", "mid", "late", "week", "end", "beginning", "in"),
    "between": ("-", "to", "thr", "and", " y ", " al "),
    "within": ("in", "over", "en"),
    "next_n": ("next", "24", "48", "72"),
    "in_a_week": _WEEK,
    "before_day": ("b4", "before", "prior", "ahead", "antes", "by the"),
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
    ),
}
"""What a text must hold for a pattern to be worth trying."""
_EXCEPT = re.compile(
    rf"\b(?:but(?: not)?|not(?: on| available| a)?|except(?: for)?|excluding|no|never|avoid|can'?t do|cannot do|can not do|other than|menos|excepto|no los|besides|doesn't work on|isn't free|won't work|works (?:on )?)(?: on)?(?: (?:any|a|the))? (?P<d>(?:{_DAY})(?: ?(?:,|or|and|&|/|o|y) ?(?:or |and )?(?:{_DAY}))*)\b"
)
_DAYS = re.compile(
    rf"(?P<q>\b(?:next|this|coming|any|a|an|every|on|only|last|los|el|este|próximo|proximo|prefers?|either) )?(?<![\w'])(?P<d>{_DAY})\b(?!')(?P<after> ?(?:the )?\d{{1,2}}(?:st|nd|rd|th)\b)?"
)
_SHORT_DAYS = re.compile(
    r"(?<![\w/])(?P<d>m/?w/?f|t/th|tu?/thu?|m/w|mwf|tth|m-f|m-th|mon-fri|mon-thu|mon - fri|tues?-thurs?|w/f|m/f|t/w|m/t|th/f|m/w/th)(?![\w/])",
    re.IGNORECASE,
)
_SHORT_VALUES = {
    "mwf": "mon wed fri",
    "tth": "tue thu",
    "tuth": "tue thu",
    "tuthu": "tue thu",
    "tthu": "tue thu",
    "mw": "mon wed",
    "m-f": "mon tue wed thu fri",
    "m-th": "mon tue wed thu",
    "mon-fri": "mon tue wed thu fri",
    "mon - fri": "mon tue wed thu fri",
    "mon-thu": "mon tue wed thu",
    "tue-thu": "tue wed thu",
    "tues-thurs": "tue wed thu",
    "tues-thur": "tue wed thu",
    "tue-thurs": "tue wed thu",
    "wf": "wed fri",
    "mf": "mon fri",
    "tw": "tue wed",
    "mt": "mon tue",
    "thf": "thu fri",
    "mwth": "mon wed thu",
}
_LINKED = re.compile(r" ?(?:,|or|and|&|/|o|y)+ ?(?:or )?")
_WEEKDAYS_WORD = re.compile(r"\b(?:any )?(?:weekdays?|week days?|entre semana)\b")
_CLOCK = r"(?P<{0}h>\d{{1,2}})(?::(?P<{0}m>\d\d))?(?: ?(?P<{0}p>[ap])\.?m?\b\.?| ?o'?clock)?"
_BEFORE_TIME = re.compile(
    r"\b(?:before|b4|prior to|earlier than|no later than|by|until|till?|antes de(?: las?)?|done by|out by)(?: (?P<noon>noon|mediod[ií]a|lunch)\b| ?"
    + _CLOCK.format("")
    + r"(?![\w/-]|(?:st|nd|rd|th)\b))(?! (?:days?|weeks?|wks?|months?|mos?|visits?)\b)"
)
_AFTER_TIME = re.compile(
    r"\b(?:after|past|later than|no earlier than|not before|starting(?: at)?|from|anytime after|any time after|después de(?: las?)?|despues de(?: las?)?|a partir de(?: las?)?)(?: (?P<noon>noon|mediod[ií]a|lunch)\b| ?"
    + _CLOCK.format("")
    + r"(?![\w/]|-\d|(?:st|nd|rd|th)\b))(?! (?:days?|weeks?|wks?|months?|mos?|visits?|doses|yrs?|years?)\b)"
)
_LATER = re.compile(
    r"\b" + _CLOCK.format("") + r" ?(?:or later|or after|onward|onwards|and later|and after|\+|o más tarde)"
)
_BETWEEN_TIME = re.compile(
    r"\b(?:between|entre(?: las)?|from) "
    + _CLOCK.format("a")
    + r" ?(?:-|and|to|y(?: las)?|&) ?"
    + _CLOCK.format("b")
    + r"(?![\w/])|(?<![\d/.-])"
    + _CLOCK.format("c")
    + r" ?- ?(?P<dh>\d{1,2})(?::(?P<dm>\d\d))? ?(?P<dp>[ap])\.?m\b"
)
_SOONEST = re.compile(
    r"\b(?:soonest|earliest|first (?:available|avail|thing available|thing|one|open|(?:[a-z]+ ){0,3}?(?:opening|appt|appointment|slot|available))|1st avail(?:able)?|next (?:available|avail|open|(?:[a-z]+ ){0,3}?(?:opening|available))|whatever'?s? (?:is )?(?:first|soonest|next)|how soon|first thing|as soon as (?:you can|possible)|lo m[aá]s pronto(?: posible)?|lo antes posible|primera cita|pr[oó]xima cita|cuanto antes|how quickly|quickest)\b"
)
_SAME_TIME = re.compile(
    r"\b(?:same time(?! (?:next|tomorrow))(?: of day)?|keep the (?:same )?time|same hour|misma hora|time (?:can )?stays? the same|at the same time)\b(?! as)"
)


@dataclass
class When:
    """Wishes about time found in a range. Empty values were not stated."""

    dates: list[date] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    earliest: date | None = None
    latest: date | None = None
    part_of_day: str = ""
    before: str = ""
    after: str = ""
    soonest: bool = False
    same_time: bool = False
    deadline: bool = False
    """The last day comes from a demand ("within", "by", "before", "today"), not from a named week."""
    taken: list[tuple[int, int]] = field(default_factory=list)

    def preference(self) -> Fields:
        """The fields of `preference`."""
        fields: Fields = {}
        if self.dates:
            fields["dates"] = [day.isoformat() for day in sorted(set(self.dates))]
        if self.days:
            fields["days"] = [key for key in DAY_KEYS if key in self.days]
        for key in ("earliest", "latest"):
            value = getattr(self, key)
            if value:
                fields[key] = value.isoformat()
        for key in ("part_of_day", "before", "after"):
            if getattr(self, key):
                fields[key] = getattr(self, key)
        if self.soonest:
            fields["sort"] = "earliest"
        if self.same_time:
            fields["same_time"] = True
        return fields


def holiday(name: str, today: date) -> date:
    """The coming day of a US holiday; "the holidays" are Christmas."""
    for year in (today.year, today.year + 1):
        if "thanks" in name or "turkey" in name or "gracias" in name:
            day = _nth_weekday(year, 11, 3, 4)
        elif "new year" in name or "año" in name:
            day = date(year, 12, 31) if "eve" in name else date(year, 1, 1)
        elif "labor" in name:
            day = _nth_weekday(year, 9, 0, 1)
        elif "memorial" in name:
            day = max(d for n in range(4, 6) if (d := _nth_weekday(year, 5, 0, n)).month == 5)
        elif "july" in name:
            day = date(year, 7, 4)
        elif "halloween" in name:
            day = date(year, 10, 31)
        else:
            day = date(year, 12, 25)
        if day >= today:
            return day
    return day


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def weekday_ahead(weekday: int, today: date) -> date:
    """The coming day of that name; today's own name means a week from now."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def weekday_gone(weekday: int, today: date) -> date:
    """The latest day of that name gone by."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _day(text: str, today: date) -> date | None:
    """The day ahead that a short text names: a date, an ordinal, a weekday, a holiday."""
    text = text.strip()
    if re.fullmatch(rf"(?:{_HOLIDAY})", text):
        return holiday(text, today)
    if text in ("tomorrow",):
        return today + timedelta(days=1)
    if text in ("end of week", "end of the week", "eow", "the weekend"):
        return monday_of(today) + timedelta(days=4)
    name = re.fullmatch(rf"(?P<q>next |this )?(?P<d>{_DAY})", text)
    if name:
        day = weekday_ahead(WEEKDAYS[name["d"]], today)
        if name["q"] == "next " and monday_of(day) == monday_of(today):
            day += timedelta(days=7)
        return day
    ordinal = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?", text)
    if ordinal:
        return ordinal_day(int(ordinal[1]), today)
    found = find_dates(text)
    return coming(found[0], today) if found else None


def ordinal_day(number: int, today: date) -> date | None:
    """The coming day with this number: of this month or the next that has it."""
    year, month = today.year, today.month
    for _ in range(3):
        day = real_date(year, month, number)
        if day and day >= today:
            return day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return None


def _hour(hour: str, minute: str | None, half: str | None) -> str | None:
    h, m = int(hour), int(minute or 0)
    if h > 23 or m > 59 or h == 0:
        return None
    if (half == "p" and h < 12) or (half is None and h < 7):
        h += 12
    if half == "a" and h == 12:
        h = 0
    return f"{h:02d}:{m:02d}"


def read_when(lower: str, start: int, end: int, today: date, *, general: bool = False) -> When:
    """Wishes about time in a range of a lower-case text.

    `general`: a bare weekday means that day of any week (a new referral's wish), else the coming one.
    """
    when = When()
    text = lower[start:end]
    if not _HINT.search(text):
        return when
    _times(text, when)
    text = _masked(text, when.taken)
    text = _weeks(text, when, today)
    text = _weekdays(text, when, today, general)
    _bounds(when, today)
    when.taken = [(a + start, b + start) for a, b in when.taken]
    return when


TIME_WORDS = (
    frozenset(
        """day days week weeks wk wks month months mes semana semanas today tomorrow tmrw tmr tmrow tomorow tommorow
    tommorrow tomm soon soonest first 1st earliest next morning mornings afternoon afternoons am ams pm pms noon school
    lunch evening evenings mañana mañanas manana tarde tardes hoy thanksgiving christmas xmas turkey holiday holidays
    same temprano pronto antes quick quickest misma work early late weekday weekdays anytime año navidad acción labor
    memorial easter halloween mwf tth tdy tonight cuanto whatever available avail a p two three four five six ten
    before after b4 by until""".split()
    )
    | WEEKDAYS.keys()
    | MONTHS.keys()
    | set("m w f t th".split())
)
"""Words without which a text says nothing about when."""
_HINT = re.compile(
    rf"\d|\b(?:{_DAY}|{_HOLIDAY})\b|week|wk|month|today|tomor|tmr|tomm|soon|first|1st|earliest|next|morning|afternoon|\bams?\b|\bpms?\b|noon|school|lunch|evening|mañana|manana|tarde|hoy|semana|mes\b|m/w|t/th|mwf|same time|day|temprano|pronto|antes|quick|misma|work\b|{'|'.join(f'{month}' for month in ('jan', 'feb', 'mar', 'apr', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'))}"
)
_PART = re.compile(
    r"\b(?:(?P<morning>(?:early |late |mid-?|any |in the |por la |en la |de la )?(?:mornings?|ams|a\.m\.?s?|am's|mañanas)\b|(?:por|en|de) la (?:mañana|manana)|(?:early |late )?am\b(?! ref)|temprano)|(?P<afternoon>(?:early |late |any |in the |por la |en la |de la )?(?:afternoons?|pms|p\.m\.?|evenings?|tardes)\b|(?:por|en|de) la tarde|after ?-?school|after work|(?:early |late )?pm\b|late day))"
)

_GREETING = re.compile(
    r"(?:^\W*(?:morning|afternoon|evening)[!,.]|\b(?:good |buen[ao]s? )(?:mornings?|afternoons?|evenings?|tardes?).?)$"
)
_OF_A_TIME = re.compile(r"(?:^|[^/\d.-])\d{1,2}(?::\d\d)? ?$")


def _times(text: str, when: When) -> None:
    between = _BETWEEN_TIME.search(text)
    if between and (between["bh"] or between["ch"]):
        one, two = ("a", "b") if between["bh"] else ("c", "d")
        half = between[two + "p"]
        after = _hour(
            between[one + "h"],
            between[one + "m"],
            between[one + "p"]
            or (half if half == "p" and int(between[one + "h"]) < int(between[two + "h"]) else None),
        )
        before = _hour(between[two + "h"], between[two + "m"], half)
        if after and before and after < before:
            when.after, when.before = after, before
            when.taken.append(between.span())
    for pattern, key in ((_BEFORE_TIME, "before"), (_AFTER_TIME, "after"), (_LATER, "after")):
        for match in pattern.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in when.taken):
                continue
            noon = match.groupdict().get("noon")
            value = "12:00" if noon else _hour(match["h"], match["m"], match["p"])
            if value and not getattr(when, key):
                setattr(when, key, value)
                when.taken.append(match.span())
    for match in _PART.finditer(text):
        part = "morning" if match["morning"] else "afternoon"
        if _OF_A_TIME.search(text, 0, match.start()) or _GREETING.search(text[: match.end() + 1]):
            continue
        if not when.part_of_day:
            when.part_of_day = part
        elif when.part_of_day != part:
            when.part_of_day = ""
        when.taken.append(match.span())
    if when.before and when.before <= "12:00" and not when.after and not when.part_of_day:
        when.part_of_day = "morning" if when.before == "12:00" else ""
    soonest = _SOONEST.search(text)
    if soonest:
        when.soonest = True
        when.taken.append(soonest.span())
    same = _SAME_TIME.search(text)
    if same:
        when.same_time = True
        when.taken.append(same.span())


def _masked(text: str, taken: list[tuple[int, int]]) -> str:
    for start, end in taken:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _span(when: When, earliest: date | None, latest: date | None) -> None:
    if earliest and (when.earliest is None or earliest < when.earliest):
        when.earliest = earliest
    if latest and (when.latest is None or latest > when.latest):
        when.latest = latest


def _weeks(text: str, when: When, today: date) -> str:
    monday = monday_of(today)
    week = timedelta(days=7)
    for name, pattern in _PATTERNS.items():
        hints = _HINTS.get(name)
        if hints is None or not any(hint in text for hint in hints):
            continue
        for match in pattern.finditer(text):
            if not _RULES[name](match, when, today, monday, week):
                continue
            when.taken.append(match.span())
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return text


def _week_list(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    for group in ("a", "b"):
        if match[group]:
            day = _day(match[group], today)
            if day is None:
                return False
            begin = monday_of(day)
            _span(when, begin, begin + timedelta(days=4))
    return True


def _fixed(first: int, last: int) -> Callable[..., bool]:
    """A span counted from this week's Monday in days; before today it begins today."""

    def rule(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
        _span(when, max(today, monday + timedelta(days=first)), monday + timedelta(days=last))
        return True

    return rule


def _month_span(year: int, month: int) -> tuple[date, date]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _next_month(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    _span(when, *_month_span(today.year + today.month // 12, today.month % 12 + 1))
    return True


def _this_month(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    _span(when, today, _month_span(today.year, today.month)[1])
    when.deadline = when.deadline or "end" in match[0]
    return True


def _month_part(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    month = MONTHS[match["m"]]
    if (month - today.month) % 12 > 6:
        return False
    year = today.year + (month < today.month)
    first, last = _month_span(year, month)
    part = match["part"]
    if part.startswith(("early", "first", "beginning")):
        last = first + timedelta(days=6 if part.startswith("first") else 9)
    elif part.startswith("second"):
        first, last = first + timedelta(days=7), first + timedelta(days=13)
    elif part.startswith("third"):
        first, last = first + timedelta(days=14), first + timedelta(days=20)
    elif part.startswith("mid"):
        first, last = first + timedelta(days=10), first + timedelta(days=19)
    elif part.startswith(("late", "last", "end")):
        first = last - timedelta(days=9 if part.startswith("late") else 6)
    _span(when, max(first, today), last)
    return True


def _between(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    first = _day(match["a"], today)
    if first is None:
        return False
    last_text = match["b"]
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", last_text):
        last = real_date(first.year, first.month, int(re.sub(r"\D", "", last_text)))
    else:
        last = _day(last_text, today)
    if last is None or last < first or (last - first).days > 120:
        return False
    _span(when, first, last)
    return True


def _count(text: str) -> int:
    return int(text) if text.isdigit() else NUMBER_WORDS[text]


def _within(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    number = _count(match["n2"] or match["n"])
    unit = match["u"]
    if unit[0] == "h":
        days = max(0, number // 24)
    elif unit[0] in "ws":
        days = number * 7
    elif unit[0] == "m":
        days = number * 30
    else:
        days = number
    _span(when, None, today + timedelta(days=days))
    when.deadline = True
    return True


def _next_n(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    if match["n3"]:
        _span(when, None, today + timedelta(days=int(match["n3"]) // 24))
    else:
        unit = match["u"][0]
        days = _count(match["n"]) * {"d": 1, "w": 7, "m": 30}.get(unit, 0)
        _span(when, None, today + timedelta(days=days or _count(match["n"]) // 24))
    when.deadline = True
    return True


def _in_a_week(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    when.dates.append(today + week)
    return True


def _before_day(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    day = _day(match["d"], today)
    if day is None:
        return False
    _span(when, None, day - timedelta(days=1))
    when.deadline = True
    return True


def _by_day(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    day = _day(match["d"], today)
    if day is None:
        return False
    _span(when, None, day)
    when.deadline = True
    return True


def _after_day(match: re.Match[str], when: When, today: date, monday: date, week: timedelta) -> bool:
    day = _day(match["d"], today)
    if day is None:
        return False
    inclusive = match[0].startswith(
        ("start", "from", "on or", "begin", "a partir", "not before", "no earlier")
    ) or bool(match["on"])
    _span(when, day if inclusive else day + timedelta(days=1), None)
    return True


_RULES: dict[str, Callable[..., bool]] = {
    "week_list": _week_list,
    "week_or_next": _fixed(0, 11),
    "next_or_after": _fixed(7, 18),
    "after_next": _fixed(14, 18),
    "next_week": _fixed(7, 11),
    "this_week": _fixed(0, 4),
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
}


def _weekdays(text: str, when: When, today: date, general: bool) -> str:
    refused: set[str] = set()
    for match in _EXCEPT.finditer(text):
        for name in re.findall(rf"\b(?:{_DAY})\b", match["d"]):
            refused.add(DAY_KEYS[WEEKDAYS[name]])
        when.taken.append(match.span())
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    named: list[tuple[int, bool, str, tuple[int, int]]] = []
    for match in _SHORT_DAYS.finditer(text):
        key = match["d"].lower().replace("/", "")
        if key in _SHORT_VALUES:
            when.days += _SHORT_VALUES[key].split()
            when.taken.append(match.span())
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    for match in _PATTERNS["date"].finditer(text):
        day = _day(match[0], today)
        weekday_before = re.search(rf"\b({_DAY}),? (?:the )?$", text[: match.start()])
        if day is not None:
            when.dates.append(day)
            begin = weekday_before.start() if weekday_before else match.start()
            when.taken.append((begin, match.end()))
            text = text[:begin] + " " * (match.end() - begin) + text[match.end() :]
    for match in _PATTERNS["tomorrow"].finditer(text):
        when.dates.append(today + timedelta(days=1))
        when.taken.append(match.span())
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    for match in _PATTERNS["today"].finditer(text):
        when.dates.append(today)
        when.taken.append(match.span())
    for match in _DAYS.finditer(text):
        name = match["d"]
        qualifier = (match["q"] or "").strip()
        if (
            name in ("sun", "mon", "sat", "wed", "mar", "mons", "fris")
            and general
            and text[match.end() : match.end() + 1] == "-"
        ):
            continue
        if qualifier == "last":
            continue
        plural = (
            name.endswith("s")
            and name
            not in ("tues", "thurs", "weds", "lunes", "martes", "miércoles", "miercoles", "jueves", "viernes")
        ) or qualifier in ("any", "a", "every", "los", "only", "either")
        if (
            not qualifier
            and named
            and named[-1][2] == "next"
            and _LINKED.fullmatch(text, named[-1][3][1], match.start())
        ):
            qualifier = "next"
        named.append((WEEKDAYS[name], plural, qualifier, match.span()))
    if named:
        usual = general or any(plural for _, plural, _, _ in named)
        in_range = when.earliest is not None and when.latest is not None and not when.deadline
        for weekday, _, qualifier, span in named:
            when.taken.append(span)
            if in_range and when.earliest and when.latest:
                inside = [
                    when.earliest + timedelta(days=offset)
                    for offset in range((when.latest - when.earliest).days + 1)
                    if (when.earliest + timedelta(days=offset)).weekday() == weekday
                ]
                if len(inside) == 1 and not usual:
                    when.dates += inside
                    continue
                when.days.append(DAY_KEYS[weekday])
            elif usual and qualifier not in ("next", "this", "coming"):
                when.days.append(DAY_KEYS[weekday])
            else:
                day = weekday_ahead(weekday, today)
                if qualifier == "next" and monday_of(day) == monday_of(today):
                    day += timedelta(days=7)
                when.dates.append(day)
        if in_range and when.dates and not when.days:
            when.earliest = when.latest = None
    if refused:
        allowed = [key for key in DAY_KEYS[:5] if key not in refused]
        if when.days:
            allowed = [key for key in when.days if key not in refused]
        when.days = allowed
    elif _WEEKDAYS_WORD.search(text) and not when.earliest and not when.days:
        when.days = list(DAY_KEYS[:5])
    return text


def _bounds(when: When, today: date) -> None:
    if when.latest and when.latest < today:
        when.latest = None
    when.days = list(dict.fromkeys(when.days))
