"""ICD-10-CM: which codes exist, which can be billed, and finding one by its words.

The table is `data/icd10cm.tsv.gz`, loaded on first use (about 30 ms) and never at import.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import islice

CODE_SHAPE = re.compile(r"[A-TV-Z][0-9][0-9AB](?:\.?[0-9A-Z]{1,4})?")
"""A code in upper case, with or without its dot."""


class _Table:
    """The codes as one text of lines sorted by code."""

    def __init__(self) -> None:
        packed = files("referral_bot.reading.data").joinpath("icd10cm.tsv.gz").read_bytes()
        self.text = "\n" + gzip.decompress(packed).decode()
        self._lower: str | None = None

    @property
    def lower(self) -> str:
        """The same text in lower case, made when something is searched."""
        if self._lower is None:
            self._lower = self.text.lower()
        return self._lower

    def first(self, prefix: str) -> int:
        """Place of the newline before the first line that begins with a prefix; -1 if none does."""
        low, high = 0, len(self.text) - 1
        while low < high:
            newline = self.text.rfind("\n", 0, (low + high) // 2 + 1)
            if newline < low:
                newline = low
            following = self.text.find("\n", newline + 1)
            if self.text[newline + 1 : newline + 1 + len(prefix)] < prefix:
                low = following
            else:
                high = newline
        return low if self.text.startswith(prefix, low + 1) else -1

    def starting_with(self, prefix: str) -> Iterator[tuple[str, bool, str]]:
        """Every line that begins with a prefix, in order."""
        newline = self.first(prefix)
        while newline >= 0 and self.text.startswith(prefix, newline + 1):
            yield self.at(newline)
            newline = self.text.find("\n", newline + 1)

    def line(self, code: str) -> tuple[str, bool, str] | None:
        """Code, billable, title; none if the table has no such code."""
        return next(self.starting_with(f"{code}\t"), None)

    def at(self, newline: int) -> tuple[str, bool, str]:
        """The line after the newline at this place."""
        end = self.text.find("\n", newline + 1)
        code, billable, title = self.text[newline + 1 : end].split("\t")
        return code, billable == "1", title


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


def with_dot(code: str) -> str:
    """The code in upper case with its dot: `m1711` gives `M17.11`."""
    code = code.upper().replace(".", "")
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def is_known(code: str) -> bool:
    """Whether this year's table has the code, billable or not. `code` is as `with_dot` gives it."""
    return _table().line(code) is not None


def has_category(code: str) -> bool:
    """Whether the code's first three characters are a category of this year's table."""
    return _table().line(code[:3]) is not None


def is_billable(code: str) -> bool:
    """Whether a claim can carry the code: it exists and has no children."""
    line = _table().line(code)
    return line is not None and line[1]


def title(code: str) -> str | None:
    """The code's title, none if there is no such code."""
    line = _table().line(code)
    return line[2] if line else None


def billable_children(code: str, limit: int = 20) -> list[tuple[str, str]]:
    """Billable codes under a parent, with their titles, in order: `M54.5` gives M54.50, M54.51, M54.59."""
    below = code if len(code) > 3 else f"{code}."
    lines = (line for line in _table().starting_with(below) if line[1] and line[0] != code)
    return [(found, found_title) for found, _, found_title in islice(lines, limit)]


@lru_cache(maxsize=512)
def _search(query: str, limit: int) -> tuple[tuple[str, str], ...]:
    table = _table()
    if CODE_SHAPE.match(query.upper()):
        lines = islice(table.starting_with(with_dot(query)), limit)
        return tuple((code, found_title) for code, _, found_title in lines)
    words = re.findall(r"[a-z0-9']{2,}", query.lower())
    if not words:
        return ()
    candidates = sorted(_matches(table, words))
    found = [table.at(newline) for *_, newline in candidates[:limit]]
    return tuple((code, found_title) for code, _, found_title in found)


def _matches(table: _Table, words: list[str]) -> Iterator[tuple[bool, bool, bool, int, int]]:
    """Lines whose titles have words that begin so, each with its rank: best first when sorted."""
    text = table.lower
    rarest = min(words, key=text.count)
    at = text.find(rarest)
    while at >= 0:
        newline, end = text.rfind("\n", 0, at), text.find("\n", at)
        tab = text.rfind("\t", newline, end)
        if tab < at:
            found_title = " " + text[tab + 1 : end]
            places = [found_title.find(" " + word) for word in words]
            if min(places) >= 0:
                follow_up = text[newline + 1] in "st" and text[tab - 3] not in "a0123456789"
                yield text[tab - 1] != "1", follow_up, places[0] > 0, end - tab, newline
        at = text.find(rarest, end)


def search_icd10(text: str, limit: int = 10) -> list[tuple[str, str]]:
    """Codes and titles for a form's type-ahead.

    `text` is the beginning of a code, or beginnings of words that the title must all have. Billable codes
    come first and later encounters of an injury last; then titles that begin with the first word, then
    short ones.
    """
    return list(_search(text.strip(), limit))
