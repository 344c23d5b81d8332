"""What a process remembers of the directory between transactions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Found = TypeVar("Found")


class DirectoryMemo:
    """Answers about the directory as of one version of it.

    Whoever asks says which version their transaction sees; a memo of another one is forgotten. Threads
    share it: a page is replaced as a whole, never emptied under a reader.
    """

    def __init__(self) -> None:
        self._page: tuple[int | None, dict[Hashable, object]] = (None, {})

    def recall(
        self, version: int | None, question: Hashable, look_up: Callable[[], Found | None]
    ) -> Found | None:
        """The remembered answer, or the one looked up; that there is none is not remembered."""
        known, answers = self._page
        if known != version:
            answers = {}
            self._page = (version, answers)
        if question in answers:
            return cast(Found, answers[question])
        answer = look_up()
        if answer is not None:
            answers[question] = answer
        return answer

    def forget(self) -> None:
        """Forget everything: a transaction that may have been remembered from did not come to be."""
        self._page = (None, {})
