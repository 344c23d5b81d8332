"""Calendar dates as people write them, in US order; relative days stand in `when`."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from referral_bot.reading.tables.calendar import MONTHS

_MONTH = "|".join(sorted((re.escape(form) for form in MONTHS), key=len, reverse=True))
_BEFORE = r"(?<![\w/.\-])"
_NUMERIC = re.compile(
    r"(?=\d)(?<![\d/.\-#])(?:(?P<y1>(?:19|20)\d\d)(?P<s1>[-/.])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<m2>\d{1,2}) ?(?P<s2>[-/.]) ?(?P<d2>\d{1,2}) ?(?P=s2) ?(?P<y2>\d{4}|'?\d\d)"
    r"|(?P<m3>\d\d)(?P<d3>\d\d)(?P<y3>(?:19|20)\d\d)|(?P<m4>\d{1,2})/(?P<d4>\d{1,2}))(?!\d|[/-]\d|\.\d)"
)
_WORDED = re.compile(
    _BEFORE + r"(?:"
    r"(?P<d1>\d{1,2})(?:st|nd|rd|th)?(?: ?- ?| (?:de |of )?)?(?P<m1>" + _MONTH + r")\b\.?"
    r"(?:(?:,? ?(?:del? )?|-)(?P<y1>(?:19|20)\d\d|'\d\d|\d\d(?=[\s,;.)]|$)(?! ?(?::|am|pm|a\.m|p\.m))))?"
    r"|(?P<m2>" + _MONTH + r")\b\.?[ -]?(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?!:\d|/)(?! ?(?:am|pm)\b)"
    r"(?:(?:,? ?|-)(?:of |de )?(?P<y2>(?:19|20)\d\d|'\d\d)|, ?(?P<y3>\d\d)(?=[\s,;.)]|$))?"
    r")"
)


class Written(NamedTuple):
    """A date as it stands in the text. `year` is as written: four digits, two (`short`), or none."""

    start: int
    end: int
    year: int | None
    month: int
    day: int
    short: bool


_SPACED = re.compile(
    r"\b(?:dob|bday|birthday|born|birth ?date|date of birth)[ :]{1,2}"
    r"(?P<date>(?P<m>\d{1,2}) (?P<d>\d{1,2}) (?P<y>\d{4}|\d\d))\b"
)
"""A birth date with spaces between its numbers: only after its label."""


def find_dates(lower: str, *, worded: bool = True) -> list[Written]:
    """Every written date in a lower-case text, in order. Impossible days are found too.

    `worded` false: the text is known to name no month.
    """
    found = []
    for match in _NUMERIC.finditer(lower):
        group = match.group
        for number in "1234":
            month = group("m" + number)
            if month:
                break
        else:
            continue
        day = group("d" + number)
        year = group("y" + number) if number != "4" else None
        month_number, day_number = int(month), int(day)
        if number == "3" and (month_number > 12 or day_number > 31):
            continue
        if month_number > 12 >= day_number and number == "2":
            month_number, day_number = day_number, month_number  # 19/08/1966: cannot be US order
        if number == "4" and (month_number > 12 or not 1 <= day_number <= 31 or month_number == 0):
            continue
        found.append(_written(match, year, month_number, day_number))
    for match in _SPACED.finditer(lower):
        year = match["y"]
        found.append(
            Written(*match.span("date"), int(year), int(match["m"]), int(match["d"]), len(year) == 2)
        )
    if worded:
        for match in _WORDED.finditer(lower):
            number = "1" if match["m1"] else "2"
            year = match["y" + number] or (match["y3"] if number == "2" else None)
            found.append(_written(match, year, MONTHS[match["m" + number]], int(match["d" + number])))
        found.sort()
    return found


def _written(match: re.Match[str], year: str | None, month: int, day: int) -> Written:
    digits = year.lstrip("'") if year else ""
    return Written(match.start(), match.end(), int(digits) if digits else None, month, day, len(digits) == 2)


def real_date(year: int, month: int, day: int) -> date | None:
    """The date, or none if there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def birth_date(written: Written, today: date, age: int | None = None) -> date | None:
    """The birth date meant: never in the future and at most 120 years ago; none if it cannot be one.

    A two-digit year is taken in the century that fits the stated age, else in the latest one gone by.
    """
    if written.year is None:
        return None
    years = [2000 + written.year, 1900 + written.year] if written.short else [written.year]
    born = [day for year in years if (day := real_date(year, written.month, written.day)) and day <= today]
    born = [day for day in born if today.year - day.year <= 120]
    if not born:
        return None
    if age is None:
        return born[0]
    return min(born, key=lambda day: abs(years_between(day, today) - age))


def years_between(born: date, today: date) -> int:
    """Whole years of age on a day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def nearest(month: int, day: int, today: date) -> date | None:
    """A month and day without a year, in the year that puts it nearest to today."""
    candidates = [real_date(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
    return min((day for day in candidates if day), key=lambda day: abs((day - today).days), default=None)


def coming(written: Written, today: date) -> date | None:
    """The date ahead that is meant: without a year, the next such day (today counts)."""
    if written.year is not None:
        return real_date(2000 + written.year if written.short else written.year, written.month, written.day)
    this_year = real_date(today.year, written.month, written.day)
    if this_year and this_year >= today:
        return this_year
    return real_date(today.year + 1, written.month, written.day)


def past_or_near(written: Written, today: date) -> date | None:
    """The date meant where it may lie on either side: without a year, the nearest."""
    if written.year is not None:
        return real_date(2000 + written.year if written.short else written.year, written.month, written.day)
    return nearest(written.month, written.day, today)
