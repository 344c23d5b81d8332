"""Wishes about time: days, weeks, deadlines, parts of the day, hours. All dates are counted from today."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from referral_bot.reading.model import Fields
from referral_bot.reading.moments import DAY, MONTH, NAMED_DAY, day_named, monday_of, weekday_ahead
from referral_bot.reading.spans import Span, find_spans
from referral_bot.reading.tables import word_list
from referral_bot.reading.tables.calendar import DAY_KEYS, MONTHS, WEEKDAYS

_TOKEN = re.compile(r"\w+")
_DATE = re.compile(NAMED_DAY + r"|(?<= or )\d{1,2}(?:st|nd|rd|th)\b|(?<= and )\d{1,2}(?:st|nd|rd|th)\b")
_WEEKDAY_BEFORE = re.compile(rf"\b(?:{DAY}),? (?:the )?$")
_TOMORROW = re.compile(
    r"\b(?:tomorrow|tmrw|tmr|tmrow|tomorow|tommorow|tommorrow|2moro|tomm|mañana(?!s)|manana)\b"
)
_TODAY = re.compile(
    r"\b(?:today|tdy|hoy|same[ -]day|this (?:morning|afternoon|am|pm)|esta (?:tarde|mañana)|tonight)\b"
)
_EXCEPT = re.compile(
    rf"\b(?:but(?: not)?|not(?: on| available| a)?|except(?: for)?|excluding|no|never|avoid|can'?t do"
    rf"|cannot do|can not do|other than|menos|excepto|no los|besides|doesn't work on|isn't free|won't work"
    rf"|can'?t come(?: on)?|can'?t make|works (?:on )?)(?: on)?(?: (?:any|a|the))? (?P<d>(?:{DAY})(?: ?(?:,"
    rf"|or|and|&|/|o|y) ?(?:or |and )?(?:{DAY}))*)\b"
)
_FREE = re.compile(
    rf"\b(?:(?:is|are|'s) )?(?:off|free|available|open|around)(?: work"
    rf"| school)?(?: on)? (?P<d>(?:{DAY})(?: ?(?:,|or|and|&|/|o|y)+ ?(?:{DAY}))*)\b(?! ?\d)"
)
"""Weekdays in general on which somebody can come."""
_DAYS = re.compile(
    rf"(?P<q>\b(?:next|this|coming|another|different|any|a|an|every|on|only|last|los|el|este|próximo"
    rf"|proximo|prefers?|either) )?(?<![\w'])(?P<d>{DAY})\b(?!')(?P<after> ?(?:the )?\d{{1,2}}(?:st|nd|rd"
    rf"|th)\b)?"
)
_SHORT_DAYS = re.compile(
    r"(?<![\w/])(?P<d>m/?w/?f|t/th|tu?/thu?|m/w|mwf|tth|m-f|m-th|mon-fri|mon-thu|mon - fri|tues?-thurs?"
    r"|w/f|m/f|t/w|m/t|th/f|m/w/th)(?![\w/])",
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
    r"(?<!not )(?<!no )\b(?:before|b4|prior to|earlier than|no later than|by|until|till?|antes de(?: las?)?"
    r"|done by|out by)(?: (?P<noon>noon|mediod[ií]a|lunch)\b| ?"
    + _CLOCK.format("")
    + r"(?![\w/-]|(?:st|nd|rd|th)\b))(?! (?:days?|weeks?|wks?|months?|mos?|visits?)\b)"
)
_AFTER_TIME = re.compile(
    r"\b(?:after|past|later than|no earlier than|not before|starting(?: at)?|from|anytime after"
    r"|any time after|después de(?: las?)?|despues de(?: las?)?|a partir de(?: las?)?)(?: (?P<noon>noon"
    r"|mediod[ií]a|lunch)\b| ?"
    + _CLOCK.format("")
    + r"(?![\w/]|-\d|(?:st|nd|rd|th)\b))(?! (?:days?|weeks?|wks?|months?|mos?|visits?|doses|yrs?|years?)\b)"
)
_LATER = re.compile(
    r"\b" + _CLOCK.format("") + r" ?(?:or later|or after|onward|onwards|and later|and after|\+|o más tarde)"
)
_IN_A_DATE = re.compile(rf"(?:[/\d-]|\b(?:{MONTH})\.? )$")
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
    r"\b(?:soonest|earliest|first (?:available|avail|thing available|thing|one|open"
    r"|(?:[a-z]+ ){0,3}?(?:opening|appt|appointment|slot|available))|1st avail(?:able)?|next (?:available"
    r"|avail|open|(?:[a-z]+ ){0,3}?(?:opening|available))|whatever'?s? (?:is )?(?:first|soonest|next)"
    r"|how soon|first thing|as soon as (?:you can|possible)|lo m[aá]s pronto(?: posible)?"
    r"|lo antes posible|primera cita|pr[oó]xima cita|cuanto antes|how quickly|quickest)\b"
)
_SAME_TIME = re.compile(
    r"\b(?:same time(?! (?:next|tomorrow))(?: of day)?|keep the (?:same )?time|same hour|misma hora"
    r"|time (?:can )?stays? the same|at the same time)\b(?! as)"
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

    def widen(self, span: Span) -> None:
        """Take a named stretch in: several are read as one from the first day to the last."""
        if span.earliest and (self.earliest is None or span.earliest < self.earliest):
            self.earliest = span.earliest
        if span.latest and (self.latest is None or span.latest > self.latest):
            self.latest = span.latest
        self.deadline = self.deadline or span.deadline

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
    if not _speaks_of_time(text):
        return when
    _times(text, when)
    found, text = find_spans(_masked(text, when.taken), today)
    for span, begin, stop in found:
        when.widen(span)
        when.taken.append((begin, stop))
    _weekdays(text, when, today, general)
    _bounds(when, today)
    when.taken = [(a + start, b + start) for a, b in when.taken]
    return when


TIME_WORDS = word_list("time_words") | WEEKDAYS.keys() | MONTHS.keys()
"""Words without which a text says nothing about when."""
_PART = re.compile(
    r"\b(?:(?P<morning>(?:early |late |mid-?|any |in the |por la |en la |de la )?(?:mornings?|ams"
    r"|a\.m\.?s?|am's|mañanas)\b|(?:por|en|de) la (?:mañana|manana)|(?:early |late )?am\b(?! ref)"
    r"|temprano)|(?P<afternoon>(?:early |late |any |in the |por la |en la |de la )?(?:afternoons?|pms"
    r"|p\.m\.?|evenings?|tardes)\b|(?:por|en|de) la tarde|after ?-?school|after work|(?:early "
    r"|late )?pm\b|late day))"
)

_GREETING = re.compile(
    r"(?:^\W*(?:morning|afternoon|evening)[!,.]|\b(?:good |buen[ao]s? )(?:mornings?|afternoons?|evenings?"
    r"|tardes?).?)$"
)
_OF_A_TIME = re.compile(r"(?:^|[^/\d.-])(?<!el )\d{1,2}(?::\d\d)? ?$")


_OF_A_MONTH = re.compile(rf"\b(?:{MONTH})\.? \d{{1,2}} ?$")
_HOUR_HINT = re.compile(r"\d|noon|lunch|mediod")


def _times(text: str, when: When) -> None:
    if _HOUR_HINT.search(text):
        _hours(text, when)
    for match in _PART.finditer(text):
        part = "morning" if match["morning"] else "afternoon"
        if (
            _OF_A_TIME.search(text, 0, match.start()) and not _OF_A_MONTH.search(text, 0, match.start())
        ) or _GREETING.search(text[: match.end() + 1]):
            continue
        if not when.part_of_day:
            when.part_of_day = part
        elif when.part_of_day != part:
            when.part_of_day = ""
        when.taken.append(match.span())
    if when.before == "12:00" and not when.after and not when.part_of_day:
        when.part_of_day = "morning"
    if when.after == "12:00" and not when.before and not when.part_of_day:
        when.part_of_day = "afternoon"
    soonest = _SOONEST.search(text)
    if soonest:
        when.soonest = True
        when.taken.append(soonest.span())
    same = _SAME_TIME.search(text)
    if same:
        when.same_time = True
        when.taken.append(same.span())


def _hours(text: str, when: When) -> None:
    """Hours between, before or after which the visit is to be."""
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
            if pattern is _LATER and _IN_A_DATE.search(text, 0, match.start()):
                continue
            noon = match.groupdict().get("noon")
            value = "12:00" if noon else _hour(match["h"], match["m"], match["p"])
            if value and not getattr(when, key):
                setattr(when, key, value)
                when.taken.append(match.span())


def _masked(text: str, taken: list[tuple[int, int]]) -> str:
    for start, end in taken:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _speaks_of_time(text: str) -> bool:
    """Whether a text holds a number or a word that could say when."""
    tokens = _TOKEN.findall(text)
    return not TIME_WORDS.isdisjoint(tokens) or _HOUR_HINT.search(text) is not None


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _weekdays(text: str, when: When, today: date, general: bool) -> None:
    """Single days and weekdays, and those that will not do."""
    for match in _SHORT_DAYS.finditer(text):
        key = match["d"].lower().replace("/", "")
        if key in _SHORT_VALUES:
            when.days += _SHORT_VALUES[key].split()
            when.taken.append(match.span())
            text = _blanked(text, *match.span())
    for match in _DATE.finditer(text):
        day = day_named(match[0], today)
        if day is not None:
            weekday_before = _WEEKDAY_BEFORE.search(text, 0, match.start())
            begin = weekday_before.start() if weekday_before else match.start()
            when.dates.append(day)
            when.taken.append((begin, match.end()))
            text = _blanked(text, begin, match.end())
    for pattern, days in ((_TOMORROW, 1), (_TODAY, 0)):
        for match in pattern.finditer(text):
            when.dates.append(today + timedelta(days=days))
            when.taken.append(match.span())
            text = _blanked(text, *match.span())
    if WEEKDAYS.keys().isdisjoint(_TOKEN.findall(text)):
        if _WEEKDAYS_WORD.search(text) and not when.earliest and not when.days:
            when.days = list(DAY_KEYS[:5])
        return
    refused: set[str] = set()
    for match in _EXCEPT.finditer(text):
        refused.update(DAY_KEYS[WEEKDAYS[token]] for token in _TOKEN.findall(match["d"]) if token in WEEKDAYS)
        when.taken.append(match.span())
        text = _blanked(text, *match.span())
    for match in _FREE.finditer(text):
        if re.search(r"\b(?:anything|any|anyone|slots?|openings?|you|who is) $", text[: match.start()]):
            continue
        when.days += [DAY_KEYS[WEEKDAYS[token]] for token in _TOKEN.findall(match["d"]) if token in WEEKDAYS]
        when.taken.append(match.span())
        text = _blanked(text, *match.span())
    named: list[tuple[int, bool, str, tuple[int, int]]] = []
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
        ) or qualifier in ("any", "a", "another", "different", "every", "los", "only", "either")
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


def _bounds(when: When, today: date) -> None:
    if when.latest and when.latest < today:
        when.latest = None
    when.days = list(dict.fromkeys(when.days))
