"""Days that words name: holidays, weekdays, ordinals. All are counted from today."""

from __future__ import annotations

import re
from datetime import date, timedelta

from referral_bot.reading.dates import coming, find_dates, real_date
from referral_bot.reading.tables.calendar import MONTHS, NUMBER_WORDS, WEEKDAYS

DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
NUMBER = r"\d{1,2}|" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
HOLIDAY = (
    r"thanksgiving|turkey day|christmas|xmas|new year'?s?(?: eve| day)?|the holidays?|holidays?|labor day"
    r"|memorial day|july 4th|4th of july|halloween|easter|acción de gracias|navidad|año nuevo"
)
NAMED_DAY = (
    rf"(?:\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|(?:{MONTH})\.? ?\d{{1,2}}(?:st|nd|rd|th)?\b"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:de |of )?(?:{MONTH})\b|the \d{{1,2}}(?:st|nd|rd|th)\b"
    rf"|\bel \d{{1,2}}\b(?![:/.]| ?[ap]\.?m)|(?:{HOLIDAY}))"
)


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


def day_named(text: str, today: date) -> date | None:
    """The day ahead that a short text names: a date, an ordinal, a weekday, a holiday."""
    text = text.strip()
    if re.fullmatch(rf"(?:{HOLIDAY})", text):
        return holiday(text, today)
    if text in ("tomorrow",):
        return today + timedelta(days=1)
    if text in ("end of week", "end of the week", "eow", "the weekend"):
        return monday_of(today) + timedelta(days=4)
    name = re.fullmatch(rf"(?P<q>next |this )?(?P<d>{DAY})", text)
    if name:
        day = weekday_ahead(WEEKDAYS[name["d"]], today)
        if name["q"] == "next " and monday_of(day) == monday_of(today):
            day += timedelta(days=7)
        return day
    ordinal = re.fullmatch(r"(?:the |el )?(\d{1,2})(?:st|nd|rd|th)?", text)
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
