"""What a person typed, out of what Teams made of it.

Teams wraps mentions in `<at>`, writes what the compose box formats as HTML into an attachment, and puts a
quoted message before the words that answer it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

from handlers.text import clean

Json = dict[str, Any]

HTML: Final = "text/html"

_AT: Final = re.compile(r"<at\b[^<>]*>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_TAGS: Final = re.compile(
    r"<\s*(?:/\s*)?(?:p|br|div|span|b|i|u|s|em|strong|a|ul|ol|li|img|blockquote)\b[^<>]*>", re.IGNORECASE
)
_REPLY: Final = "schema.skype.com/Reply"
_MENTION: Final = "schema.skype.com/Mention"
_BREAKING: Final = frozenset({"p", "div", "br", "li", "tr", "blockquote", "ul", "ol"})


@dataclass(frozen=True)
class Typed:
    """A text without markup; mentions of others stand in it as placeholders."""

    text: str
    addressed: bool
    """Whether it mentions the bot."""
    mentions: Mapping[str, str]
    """Accounts mentioned, by their placeholders."""
    quoted: str
    """The id of the message that it quotes."""


def typed_text(activity: Json) -> Typed:
    """What was typed in a message activity."""
    mentioned = _mentioned(activity)
    bot = activity["recipient"]["id"]
    text, quoted = _without_quote(activity, mentioned)
    addressed = any(account == bot for _, account in mentioned)
    mentions: dict[str, str] = {}
    waiting = list(mentioned)

    def replaced(match: re.Match[str]) -> str:
        name = _plain(match[1])
        named = next((one for one in (*waiting, *mentioned) if _plain(one[0]) == name), None)
        if named is None:
            return name
        if named in waiting:
            waiting.remove(named)  # another of the same name may be somebody else
        account = named[1]
        if account == bot:
            return " "
        placeholder = f"<@{account}>"
        mentions[placeholder] = account
        return placeholder

    text = _AT.sub(replaced, text)
    return Typed(_tidy(_as_text(text)), addressed, mentions, quoted)


def attachments(activity: Json) -> list[Json]:
    """A message's attachments."""
    found = activity.get("attachments")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def html_as_text(content: str) -> str:
    """The words of a message's HTML."""
    return _tidy(_as_text(re.sub(r"<[^<>]*>", _kept_break, content)))


def _kept_break(match: re.Match[str]) -> str:
    return "\n" if re.match(r"<\s*/?\s*(?:br|p|div|li)\b", match[0], re.IGNORECASE) else ""


def _mentioned(activity: Json) -> list[tuple[str, str]]:
    """Each mention's text and whom it means, in their order."""
    entities = activity.get("entities")
    found = []
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, dict) and entity.get("type") == "mention":
            who = entity.get("mentioned")
            if isinstance(who, dict) and isinstance(who.get("id"), str):
                found.append((str(entity.get("text") or ""), who["id"]))
    return found


def _without_quote(activity: Json, mentioned: list[tuple[str, str]]) -> tuple[str, str]:
    """The text without a quoted message, and the quoted message's id."""
    text = activity.get("text")
    said = text if isinstance(text, str) else ""
    for one in attachments(activity):
        content = one.get("content")
        if one.get("contentType") == HTML and isinstance(content, str) and _REPLY in content:
            reader = _Reader(mentioned)
            reader.feed(content)
            reader.close()
            return reader.said, reader.quoted
    return said, ""


class _Reader(HTMLParser):
    """Reads a message's HTML: its words outside a quoted message, with mentions as `<at>`."""

    def __init__(self, mentioned: list[tuple[str, str]]) -> None:
        super().__init__(convert_charrefs=True)
        self.quoted = ""
        self._pieces: list[str] = []
        self._mentioned = mentioned
        self._depth = 0
        self._mention: int | None = None

    @property
    def said(self) -> str:
        return "".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "blockquote" and (self._depth or _REPLY in given.get("itemtype", "")):
            self._depth += 1
            self.quoted = self.quoted or given.get("itemid", "")
        elif not self._depth and tag in _BREAKING:
            self._pieces.append("\n")
        elif not self._depth and _MENTION in given.get("itemtype", ""):
            number = given.get("itemid", "")
            self._mention = int(number) if number.isdecimal() and len(number) < 4 else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote" and self._depth:
            self._depth -= 1
        elif tag == "span":
            self._mention = None

    def handle_data(self, data: str) -> None:
        if self._depth:
            return
        if self._mention is not None and self._mention < len(self._mentioned):
            self._pieces.append(self._mentioned[self._mention][0])
            self._mention = None
        else:
            self._pieces.append(html.escape(data, quote=False))


def _as_text(text: str) -> str:
    """The text without tags that Teams writes, and with characters for what it wrote in their place."""
    broken = re.sub(r"<\s*(?:br\s*/?|/p|/div|/li)\s*>", "\n", text, flags=re.IGNORECASE)
    return html.unescape(_TAGS.sub("", broken))


def _plain(text: str) -> str:
    return " ".join(html.unescape(_AT.sub(r"\1", text)).split())


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in clean(text.replace("\xa0", " ")).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
