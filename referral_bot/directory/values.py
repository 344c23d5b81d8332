"""The small notations of the directory: days, hours, spans, NPIs, numbers, accounts and channels.

Each reads a text and raises ValueError with the sentence that says how it is written.
"""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays

from referral_bot.directory.nodes import nearest, shown
from referral_bot.practice import TimeSpan
from referral_bot.reading.npi import is_npi

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST: Final = {"m": 2400, "h": 200, "d": 365}
"""Most of each unit that can be promised."""

_CLOCK: Final = r"([01]?\d|2[0-3]):([0-5]\d)"
_RANGE: Final = re.compile(rf"{_CLOCK} ?[-–] ?{_CLOCK}", re.ASCII)
_SPAN: Final = re.compile(r"(\d{1,4}) ?([mhd])", re.ASCII)
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_PHONE: Final = re.compile(
    r"(?:\+?1[ .-]?)?(?:\([2-9]\d\d\)|[2-9]\d\d)[ .-]?[2-9]\d\d[ .-]?\d{4}(?:,? ?(?:x|ext\.?) ?\d{1,6})?",
    re.ASCII,
)
ORG_ID: Final = "8:orgid:"
"""Stands before a person's object id in some of Microsoft's lists."""
_GUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ACCOUNT: Final = {
    "slack": re.compile(r"(?:(T[A-Z0-9]{2,20})/)?([UW][A-Z0-9]{2,20})"),
    "teams": re.compile(rf"(?:({_GUID})/)?(29:[^\s/]+|(?:8:orgid:)?{_GUID})"),
}
_CHANNEL: Final = {
    "slack": re.compile(r"[CG][A-Z0-9]{2,20}"),
    "teams": re.compile(r"19:[^\s@]+@thread\.(?:tacv2|skype|v2)"),
}
_ACCOUNT_FORM: Final = {
    "slack": "a Slack account is a member id such as U0MARIA, or T0LAKE/U0MARIA with its workspace",
    "teams": "a Teams account is an id such as 29:1bSnHZ, or the person's object id in Microsoft Entra",
}
_CHANNEL_FORM: Final = {
    "slack": "a Slack channel is an id such as C0INTAKE (at the foot of the channel's details)",
    "teams": "a Teams channel is an id such as 19:abc@thread.tacv2 (in the channel's link)",
}


def days(text: str) -> tuple[int, ...]:
    """`mon-thu`, `mon, wed`, `fri-mon` as weekdays, 0 for Monday."""
    found: list[int] = []
    for part in re.split(r"[,\s]+", re.sub(r"\s*-\s*", "-", text.lower())):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(f"{shown(text)} names no days. Write them as mon-thu, or mon, wed.")
        begin = DAYS.index(first)
        end = DAYS.index(last) if dash else begin
        found += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return tuple(dict.fromkeys(found))


def hours(text: str) -> tuple[time, time]:
    """`08:00-17:00` as its start and end within one day."""
    begin, end = _range(text)
    if end <= begin:
        raise ValueError(f"{shown(text)} ends before it starts; hours stand within one day.")
    return begin, end


def night(text: str) -> tuple[time, time]:
    """`20:00-07:00` as its start and end, over midnight or not."""
    return _range(text)


def _range(text: str) -> tuple[time, time]:
    match = _RANGE.fullmatch(text)
    if not match:
        raise ValueError(f'{shown(text)} are no hours. Write them as "08:00-17:00", from 00:00 to 23:59.')
    return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))


def span(text: str) -> TimeSpan:
    """`15m`, `4h`, `2d`: more than nothing, and not longer than can be promised."""
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(
            f"{shown(text)} is no time to promise. Write a number with m (minutes), h (hours) or d (days), "
            "such as 30m, 4h, 2d."
        )
    amount, unit = int(match[1]), match[2]
    if not 1 <= amount <= LONGEST[unit]:
        raise ValueError(f"{shown(text)} can't be promised. Write from 1{unit} to {LONGEST[unit]}{unit}.")
    return TimeSpan(amount=amount, unit=unit)


def key(text: str) -> str:
    """A key: up to 32 lower-case letters, digits, `-` and `_`."""
    if not _KEY.fullmatch(text):
        raise ValueError(f"{shown(text)} is no key: use up to 32 lower-case letters, digits, - and _.")
    return text


def npi(text: str) -> str:
    """An NPI: ten digits with a right check digit."""
    if not (len(text) == 10 and text.isascii() and text.isdecimal()):
        raise ValueError(f"{shown(text)} is no NPI: that has ten digits.")
    if not is_npi(text):
        raise ValueError(f"The NPI {text} has a wrong check digit. Compare it with the NPI registry.")
    return text


def language(text: str) -> str:
    """A language's code of two letters, of ISO 639-1."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"{shown(text)} is no language code. Write two letters, such as en or es.")
    return text


def phone(text: str) -> str:
    """A phone or fax number of ten digits, as written."""
    if not _PHONE.fullmatch(text):
        raise ValueError(f"{shown(text)} is no US phone number. Write ten digits, such as 309-555-0100.")
    return text


def zone(text: str) -> str:
    """An IANA time zone's name."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(text, _zones()) or "Write one such as America/Chicago."
        raise ValueError(f"{shown(text)} is no time zone. {hint}") from None
    return text


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    return sorted(available_timezones())


def holiday_calendar(text: str) -> str:
    """A calendar of the holidays package: `US`, `US-IL`."""
    country, dash, subdivision = text.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(f"{shown(text)} is no holiday calendar. Write a country and a state, such as US-IL.")
    if dash and subdivision not in known[country]:
        hint = nearest(subdivision, known[country]) or f"Known: {', '.join(known[country]) or 'none'}."
        raise ValueError(f"{country} has no holiday calendar for {shown(subdivision)}. {hint}")
    return text


def account(platform: str, text: str) -> tuple[str, str]:
    """Tenant (empty where it isn't pinned) and account, without what may stand before an object id."""
    match = _ACCOUNT[platform].fullmatch(text)
    if not match:
        raise ValueError(f"{shown(text)} won't do: {_ACCOUNT_FORM[platform]}.")
    return match[1] or "", match[2].removeprefix(ORG_ID)


def channel(platform: str, text: str) -> str:
    """A channel's id."""
    if not _CHANNEL[platform].fullmatch(text):
        raise ValueError(f"{shown(text)} won't do: {_CHANNEL_FORM[platform]}.")
    return text
