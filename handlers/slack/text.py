"""People's text on its way into Slack and out of it.

Into Slack everything is literal: plain text and rich text elements show what they are given, and the
fall-back text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


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
