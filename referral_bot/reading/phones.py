"""US telephone numbers, as people write them.

`phonenumbers` finds numbers too, at about 190 µs a message, and refuses the fictional 555-01xx that tests and
demonstrations use; ten digits of the North American plan need no more than what stands here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PHONE = re.compile(
    r"(?=[(+\d])(?<![\w/#.-])(?:\+?1[ .-]{0,2})?(?:\((?P<a1>[2-9]\d\d)\) ?-?|(?P<a2>[2-9]\d\d)[ ./-]{0,3})"
    r"(?P<x>[2-9]\d\d)[ .-]{0,3}(?P<n>\d{4})(?!\d|-\d)"
    r"(?:,? ?(?:x|ext\.?|extension|#) ?(?P<ext>\d{1,6}))?"
)
_TOO_SHORT = re.compile(r"(?<![\w/#.()-])(?<!\d[ .-])(?P<x>[2-9]\d\d)[ .-](?P<n>\d{4})(?![\d-])")


class Phone(NamedTuple):
    """A number in the text. `e164` is empty for seven digits: no area code."""

    start: int
    end: int
    e164: str
    bare: bool
    """Ten digits without any sign between them: may be an identifier."""


def find_phones(text: str) -> list[Phone]:
    """Every ten-digit number of the plan in the text, in order."""
    return [
        Phone(
            match.start(),
            match.end(),
            f"+1{match['a1'] or match['a2']}{match['x']}{match['n']}",
            match[0].isdigit(),
        )
        for match in _PHONE.finditer(text)
    ]


def find_short_phones(text: str) -> list[Phone]:
    """Every seven-digit number: somebody has to be asked for the area code."""
    return [Phone(match.start(), match.end(), "", False) for match in _TOO_SHORT.finditer(text)]
