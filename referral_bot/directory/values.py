"""The small notations of the directory: days, hours, spans, NPIs, accounts."""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from referral_bot.practice import TimeSpan
from referral_bot.reading.npi import is_npi

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE: Final = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)$")
_SPAN: Final = re.compile(r"^(\d{1,4})\s*([mhd])$")
_KEY: Final = re.compile(r"^[a-z0-9][a-z0-9_-]{0,39}$")
_SLACK_ACCOUNT: Final = re.compile(r"^(?:(T[A-Z0-9]{2,})/)?([UW][A-Z0-9]{2,})$")
_SLACK_CHANNEL: Final = re.compile(r"^[CG][A-Z0-9]{2,}$")
_TEAMS_ACCOUNT: Final = re.compile(r"^(?:[0-9a-f-]{36}/)?\S{4,}$")
_TEAMS_CHANNEL: Final = re.compile(r"^19:\S+@thread\.(?:tacv2|skype|v2)$")
_PHONE: Final = re.compile(r"^(?:\+?1[\s.-]?)?\(?[2-9]\d\d\)?[\s.-]?\d{3}[\s.-]?\d{4}$")


def days(text: str) -> tuple[int, ...]:
    """`mon-thu`, `mon, wed`, `fri-mon` as weekdays from 0; ValueError for anything else."""
    found: list[int] = []
    for part in re.split(r"[,\s]+", text.strip().lower()):
        first, dash, last = part.partition("-")
        begin = DAYS.index(first)
        end = DAYS.index(last) if dash else begin
        found += [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]
    return tuple(dict.fromkeys(found))


def hours(text: str) -> tuple[time, time]:
    """`08:00-17:00` as its start and end; ValueError if it isn't one, or ends before it starts."""
    match = _RANGE.match(text.strip())
    if not match:
        raise ValueError(text)
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]) % 24, int(match[4]))
    if end <= begin:
        raise ValueError(text)
    return begin, end


def night(text: str) -> tuple[time, time]:
    """`20:00-07:00` as its start and end, over midnight or not."""
    match = _RANGE.match(text.strip())
    if not match:
        raise ValueError(text)
    return time(int(match[1]), int(match[2])), time(int(match[3]) % 24, int(match[4]))


def span(text: str) -> TimeSpan:
    """`15m`, `4h`, `2d`; ValueError for anything else, zero included."""
    match = _SPAN.match(text.strip())
    if not match or int(match[1]) == 0:
        raise ValueError(text)
    return TimeSpan(amount=int(match[1]), unit=match[2])


def key(text: str) -> str:
    """A key: lower-case letters, digits, `-` and `_`."""
    if not _KEY.match(text):
        raise ValueError(text)
    return text


def npi(text: str) -> str:
    """An NPI with its check digit."""
    if not is_npi(text):
        raise ValueError(text)
    return text


def phone(text: str) -> str:
    """A phone or fax number of ten digits, as written."""
    if not _PHONE.match(text):
        raise ValueError(text)
    return text


def account(platform: str, text: str) -> tuple[str, str]:
    """Tenant (or nothing) and account."""
    if platform == "slack":
        match = _SLACK_ACCOUNT.match(text)
        if not match:
            raise ValueError(text)
        return match[1] or "", match[2]
    if not _TEAMS_ACCOUNT.match(text):
        raise ValueError(text)
    tenant, slash, rest = text.partition("/")
    return (tenant, rest) if slash else ("", text)


def channel(platform: str, text: str) -> str:
    """A channel's id."""
    pattern = _SLACK_CHANNEL if platform == "slack" else _TEAMS_CHANNEL
    if not pattern.match(text):
        raise ValueError(text)
    return text
