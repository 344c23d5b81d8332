"""People's text, cut to what a platform takes.

Lengths are counted in UTF-16 units, the largest of the ways to count that a platform's limits could mean,
so that what fits here fits there.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

NOTHING: Final = "—"
"""Stands where a platform demands a text and there is none."""

# Characters that show nothing or would reorder what stands beside them; tabs and line breaks stay.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_ZERO_WIDTH_JOINER: Final = "\u200d"
_US_DATE: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def clean(text: str) -> str:
    """The text with plain line breaks and without characters that cannot be shown."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def fit(text: str, limit: int) -> str:
    """The text cleaned and, if it is longer than `limit` UTF-16 units, shortened to end with `…`."""
    text = clean(text)
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    return _head(text, limit - 1).rstrip() + "…"


def shown(text: str, limit: int) -> str:
    """`fit`, and never blank: platforms refuse empty texts."""
    fitted = fit(text, limit)
    return fitted if fitted.strip() else NOTHING


def prefix(text: str, limit: int) -> str:
    """The first `limit` UTF-16 units, for values that are carried and not shown."""
    text = clean(text)
    return text if units(text) <= limit else _head(text, limit)


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` UTF-16 units, parted at line breaks or spaces."""
    pieces = []
    while units(text) > limit:
        head = _head(text, limit) or text[0]
        end = max(head.rfind("\n"), head.rfind(" ")) + 1
        # A break early in the piece would leave most of it empty.
        head = text[:end] if end > len(head) // 2 else head
        pieces.append(head)
        text = text[len(head) :]
    return [piece for piece in (*pieces, text) if piece.strip()]


def _head(text: str, limit: int) -> str:
    """At most `limit` units, not cut within an emoji or between a letter and its accent."""
    kept = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
    cut = len(kept)
    while cut and (_joins(text[cut]) or text[cut - 1] == _ZERO_WIDTH_JOINER):
        cut -= 1
    return text[:cut] or kept


def _joins(character: str) -> bool:
    return character == _ZERO_WIDTH_JOINER or unicodedata.category(character).startswith("M")


def written_date(text: str) -> str:
    """`YYYY-MM-DD` where the text is a date as the field asks for it; else the text as it was typed."""
    us, iso = _US_DATE.fullmatch(text), _ISO_DATE.fullmatch(text)
    try:
        if us:
            return date(int(us[3]), int(us[1]), int(us[2])).isoformat()
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
    except ValueError:
        return text
    return text
