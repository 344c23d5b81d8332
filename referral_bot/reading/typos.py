"""Words with one slip of the finger: a letter too many, too few, wrong, or swapped with its neighbour.

`rapidfuzz` compares a word with every choice; this index looks up the few choices that can be near, which is
what makes it cheap enough to ask for each unknown word of each message.
"""

from __future__ import annotations

from typing import TypeVar

from rapidfuzz.distance import OSA

T = TypeVar("T")


def _shorter(word: str) -> set[str]:
    return {word[:index] + word[index + 1 :] for index in range(len(word))}


class Typos:
    """Known words by every form that lacks one letter."""

    def __init__(self) -> None:
        self._near: dict[str, list[str]] = {}
        self._values: dict[str, tuple[str, object]] = {}

    def add(self, word: str, kind: str, value: object) -> None:
        """Make a word known, with its kind and value."""
        if word in self._values:
            return
        self._values[word] = (kind, value)
        for form in {word, *_shorter(word)}:
            self._near.setdefault(form, []).append(word)

    def meant(self, word: str) -> tuple[str, object] | None:
        """Kind and value of a known word one slip away; the first letter must stand unless two are
        swapped.
        """
        for form in (word, *_shorter(word)):
            for known in self._near.get(form, ()):
                if OSA.distance(word, known, score_cutoff=1) > 1:
                    continue
                swapped = word[:2] == known[1::-1]
                if word[0] == known[0] or swapped:
                    return self._values[known]
        return None
