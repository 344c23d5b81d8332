"""The text as the recognisers see it: words with their places, and a mark on what has been understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\w\s]|_+")
_SAME_LENGTH = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "´": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u200b": " ",
        "\ufeff": " ",
        "\r": "\n",
        "\x00": " ",
        "：": ":",
        "，": ",",
        "\u2028": "\n",
        "\v": "\n",
        "\f": "\n",
    }
)


_RUN = re.compile(r"([^\w\n])\1{23,}|(\w)\2{39,}|\n{6,}")


def bounded(text: str, longest: int) -> str:
    """The beginning of a text, long runs of one character cut short, so that no text takes long to read."""
    text = text[: 4 * longest]
    if len(text) > 400:
        text = _RUN.sub(lambda match: match[0][:24], text)
    return text[:longest]


def _lower(text: str) -> str:
    """Lower case of the same length, so that places in one are places in the other."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def tokenize(lower: str) -> list[str]:
    """Words, numbers and signs of a lower-case text."""
    return _WORD.findall(lower)


class Words:
    """A text cut into words, numbers and signs.

    `raw` is the text with quotes, dashes and spaces made plain, place for place; `start`, `end` and `low` are
    parallel lists over its tokens. `taken` marks the characters that a recogniser has understood.
    """

    def __init__(self, text: str) -> None:
        text = text.replace("\r\n", " \n")
        self.raw = text if text.isascii() and "`" not in text else text.translate(_SAME_LENGTH)
        self.lower = _lower(self.raw)
        self.start: list[int] = []
        self.end: list[int] = []
        self.low: list[str] = []
        for match in _WORD.finditer(self.lower):
            self.start.append(match.start())
            self.end.append(match.end())
            self.low.append(match[0])
        self.taken = bytearray(len(self.raw))

    def __len__(self) -> int:
        return len(self.low)

    def take(self, start: int, end: int) -> None:
        """Mark characters as understood."""
        self.taken[start:end] = b"\x01" * (end - start)

    def is_taken(self, start: int, end: int) -> bool:
        """Whether any of these characters has been understood."""
        return self.taken.find(1, start, end) >= 0

    def text(self, first: int, last: int) -> str:
        """The text from token `first` to token `last`, which is included."""
        return self.raw[self.start[first] : self.end[last]]

    def at(self, place: int) -> int:
        """The first token that ends after a place in the text; the number of tokens if none does."""
        low, high = 0, len(self.end)
        while low < high:
            middle = (low + high) // 2
            if self.end[middle] <= place:
                low = middle + 1
            else:
                high = middle
        return low

    def hyphenated(self, index: int) -> int:
        """The last token of the word that begins at a token, with what hyphens join to it."""
        last = index
        while (
            last + 2 < len(self)
            and self.low[last + 1] == "-"
            and self.glued(last + 1)
            and self.glued(last + 2)
        ):
            last += 2
        return last

    def glued(self, index: int) -> bool:
        """Whether a token follows the one before it without a space."""
        return index > 0 and self.end[index - 1] == self.start[index]


class Hit(NamedTuple):
    """A phrase of a table found in the text: tokens `first` to `last`, characters `start` to `end`."""

    kind: str
    value: object
    first: int
    last: int
    start: int
    end: int


class Phrases:
    """Phrases of many kinds, found in one pass over a text: the longest of each kind at every place.

    Hyphens of the text are skipped, so that "back-to-back" is found as "back to back".
    """

    def __init__(self) -> None:
        self._alone: dict[str, list[tuple[str, object]]] = {}
        self._longer: dict[str, dict[str, list[tuple[list[str], str, object]]]] = {}
        self._sorted = True

    def add(self, kind: str, value: object, phrase: str) -> None:
        """Make a phrase known under a kind."""
        self.add_tokens(kind, value, [word for word in tokenize(phrase.lower()) if word != "-"])

    def add_tokens(self, kind: str, value: object, tokens: list[str]) -> None:
        """Make a phrase known that is already cut."""
        if len(tokens) == 1:
            self._alone.setdefault(tokens[0], []).append((kind, value))
        elif tokens:
            seconds = self._longer.setdefault(tokens[0], {})
            seconds.setdefault(tokens[1], []).append((tokens[2:], kind, value))
            self._sorted = False

    def add_all(self, kind: str, table: Iterable[tuple[object, Iterable[str]]]) -> None:
        """Make a whole table known: each value with its forms."""
        for value, listed in table:
            for phrase in listed:
                self.add(kind, value, phrase)

    def alone(self, word: str) -> list[tuple[str, object]]:
        """Kind and value of the phrases that are this one word."""
        return self._alone.get(word, [])

    def knows(self, word: str) -> bool:
        """Whether some phrase begins with this word."""
        return word in self._alone or word in self._longer

    def find(
        self, words: Words, tokens: list[str] | None = None, places: list[int] | None = None
    ) -> dict[str, list[Hit]]:
        """Every phrase of the text by kind, in order, not overlapping within a kind.

        `tokens` are the text's tokens in another form, each standing at the token of `words` that
        `places` says.
        """
        if not self._sorted:
            for seconds in self._longer.values():
                for listed in seconds.values():
                    listed.sort(key=lambda entry: -len(entry[0]))
            self._sorted = True
        if tokens is None:
            tokens = words.low
            if "-" in tokens:
                places = [index for index, word in enumerate(tokens) if word != "-"]
                tokens = [tokens[index] for index in places]
        hits: dict[str, list[Hit]] = {}
        busy: dict[str, int] = {}
        alone, longer = self._alone, self._longer
        last_token = len(tokens) - 1

        def hit(kind: str, value: object, at: int, length: int) -> None:
            busy[kind] = at + length
            first = places[at] if places is not None else at
            last = places[at + length - 1] if places is not None else at + length - 1
            hits.setdefault(kind, []).append(
                Hit(kind, value, first, last, words.start[first], words.end[last])
            )

        for at, word in enumerate(tokens):
            following = longer.get(word)
            if following is not None and at < last_token:
                for rest, kind, value in following.get(tokens[at + 1], ()):
                    if busy.get(kind, 0) <= at and (not rest or tokens[at + 2 : at + 2 + len(rest)] == rest):
                        hit(kind, value, at, len(rest) + 2)
            single = alone.get(word)
            if single is not None:
                for kind, value in single:
                    if busy.get(kind, 0) <= at:
                        hit(kind, value, at, 1)
        return hits
