"""ICD-10-CM: which codes exist, which can be billed, and finding one by its words.

The table is `data/icd10cm.tsv.gz`, loaded on first use (about 30 ms) and never at import.
"""

from __future__ import annotations

import gzip
import re
from bisect import bisect_left
from functools import lru_cache
from importlib.resources import files

CODE_SHAPE = re.compile(r"[A-TV-Z][0-9][0-9AB](?:\.?[0-9A-Z]{1,4})?")
"""A code in upper case, with or without its dot."""


class _Table:
    """The codes as one text of sorted lines, and where each category's lines begin."""

    def __init__(self) -> None:
        packed = files("referral_bot.reading.data").joinpath("icd10cm.tsv.gz").read_bytes()
        self.text = "\n" + gzip.decompress(packed).decode()
        self.lower = self.text.lower()
        self.categories: list[str] = []
        self.offsets: list[int] = []
        for match in re.finditer(r"\n([A-Z]\w\w)\t", self.text):
            self.categories.append(match[1])
            self.offsets.append(match.start())
        self.offsets.append(len(self.text) - 1)

    def block(self, category: str) -> tuple[int, int]:
        """Start and end of a category's lines; an empty range if there is no such category."""
        at = bisect_left(self.categories, category)
        if at == len(self.categories) or self.categories[at] != category:
            return 0, 0
        return self.offsets[at], self.offsets[at + 1]

    def line(self, code: str) -> tuple[str, bool, str] | None:
        """Code, billable, title; none if the table has no such code."""
        start, end = self.block(code[:3])
        at = self.text.find(f"\n{code}\t", start, end + 1) if end else -1
        return self.at(at) if at >= 0 else None

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
    return _table().block(code[:3])[1] > 0


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
    table = _table()
    start, end = table.block(code[:3])
    children = []
    prefix = "\n" + (code if "." in code or len(code) > 3 else code + ".")
    at = table.text.find(prefix, start, end + 1) if end else -1
    while at >= 0 and len(children) < limit:
        found, billable, found_title = table.at(at)
        if billable and found != code:
            children.append((found, found_title))
        at = table.text.find(prefix, at + 1, end + 1)
    return children


@lru_cache(maxsize=512)
def _search(query: str, limit: int) -> tuple[tuple[str, str], ...]:
    table = _table()
    if CODE_SHAPE.match(query.upper()):
        prefix = "\n" + with_dot(query)
        start, end = table.block(prefix[1:4])
        found = []
        at = table.text.find(prefix, start, end + 1) if end else -1
        while at >= 0 and len(found) < limit:
            code, _, found_title = table.at(at)
            found.append((code, found_title))
            at = table.text.find(prefix, at + 1, end + 1)
        return tuple(found)
    words = re.findall(r"[a-z0-9']{2,}", query.lower())
    if not words:
        return ()
    rarest = min(words, key=table.lower.count)
    candidates = []
    at = table.lower.find(rarest)
    while at >= 0:
        newline = table.lower.rfind("\n", 0, at)
        end = table.lower.find("\n", at)
        line = table.lower[newline + 1 : end]
        tab = line.rfind("\t")
        found_title = line[tab + 1 :]
        begins = [(" " + found_title).find(" " + word) for word in words]
        if min(begins) >= 0:
            billable = line[tab - 1] == "1"
            candidates.append((not billable, begins[0] > 0, len(found_title), newline))
        at = table.lower.find(rarest, end)
    candidates.sort()
    lines = [table.at(newline) for *_, newline in candidates[:limit]]
    return tuple((code, found_title) for code, _, found_title in lines)


def search_icd10(text: str, limit: int = 10) -> list[tuple[str, str]]:
    """Codes and titles for a form's type-ahead.

    `text` is the beginning of a code, or beginnings of words that the title must all have. Billable codes
    come first, then titles that begin with the first word, then short titles.
    """
    return list(_search(text.strip(), limit))
