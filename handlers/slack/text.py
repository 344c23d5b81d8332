"""People's text on its way into Slack and out of it.

Into Slack everything is literal: plain text and rich text elements show what they are given, and the
fall-back text is escaped. Lengths are counted in UTF-16 units, the largest of the ways to count that
Slack's limits could mean, so that what fits here fits there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

NOTHING: Final = "—"
"""Stands where Slack demands a text and there is none."""

# Characters that show nothing or would reorder what stands beside them; tabs and line breaks stay.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_ZERO_WIDTH_JOINER: Final = "\u200d"
_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


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
    """`fit`, and never blank: Slack refuses empty texts."""
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


def escape(text: str) -> str:
    """The text as Slack's markup for exactly this text, for fall-backs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What `escape` was given."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def typed(text: str, bots: Container[str]) -> tuple[str, dict[str, str]]:
    """What the person typed, out of what Slack made of it.

    Mentions of the accounts in `bots` are taken out; other people's stand as `@U…`. Telephone numbers,
    e-mail addresses and links stand as they were typed.

    Returns:
        The text, and the accounts mentioned in it by the placeholder that stands for each.
    """
    mentions: dict[str, str] = {}
    pieces: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces.append(unescape(text[end : token.start()]))
        end = token.end()
        target, _, label = token[1].partition("|")
        if not target.startswith("@"):
            pieces.append(_as_typed(target, label))
        elif target[1:] not in bots:
            mentions[target] = target[1:]
            pieces.append(target)
    pieces.append(unescape(text[end:]))
    return "".join(pieces).strip(), mentions


def _as_typed(target: str, label: str) -> str:
    if target.startswith("#"):
        return "#" + unescape(label or target[1:])
    if target.startswith("!"):
        return unescape(label) or "@" + target[1:].partition("^")[0]
    return unescape(label) or unescape(target).removeprefix("mailto:").removeprefix("tel:")
