"""The answers to invokes, in the shapes that Teams reads.

Sources: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model (cards) and
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards (dialogs and searches).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from handlers.teams.render import CONTENT_TYPE, attachment
from handlers.text import fit, shown
from referral_bot.cards.elements import Option

Json = dict[str, Any]

MESSAGE: Final = "application/vnd.microsoft.activity.message"
ERROR: Final = "application/vnd.microsoft.error"
SEARCH: Final = "application/vnd.microsoft.search.searchResponse"
MOST_MESSAGE: Final = 1_500
MOST_FOUND: Final = 50
DIALOG: Final = {"height": "large", "width": "medium"}


@dataclass(frozen=True)
class Answer:
    """An HTTP status, and a body if there is one."""

    status: int
    body: Json | None = None


def card(content: Json) -> Answer:
    """An Adaptive Card in the place of the pressed one, for who pressed it alone."""
    return Answer(200, {"statusCode": 200, "type": CONTENT_TYPE, "value": content})


def says(sentence: str) -> Answer:
    """A sentence beside the pressed card, for who pressed it alone."""
    return Answer(200, {"statusCode": 200, "type": MESSAGE, "value": fit(sentence, MOST_MESSAGE)})


def failed(name: str, sentence: str) -> Answer:
    """The sentence that stands for an error of ours."""
    return _error(name, sentence, 500, "InternalError")


def refused(name: str, sentence: str) -> Answer:
    """The sentence for who may not."""
    return _error(name, sentence, 403, "Forbidden")


def _error(name: str, sentence: str, status: int, code: str) -> Answer:
    """An error as the invoke of this name shows it; only a status where it shows none."""
    if name == "adaptiveCard/action":
        value = {"code": code, "message": sentence}
        return Answer(200, {"statusCode": status, "type": ERROR, "value": value})
    return dialog_says(sentence) if name.startswith(("task/", "composeExtension/")) else Answer(status)


def dialog(title: str, content: Json) -> Answer:
    """A dialog that shows an Adaptive Card."""
    shows = {"title": shown(title, 60), **DIALOG, "card": attachment(content)}
    return Answer(200, {"task": {"type": "continue", "value": shows}})


def dialog_says(sentence: str) -> Answer:
    """A sentence in the place of a dialog."""
    return Answer(200, {"task": {"type": "message", "value": fit(sentence, MOST_MESSAGE)}})


def dialog_closed() -> Answer:
    """Closes the dialog."""
    return Answer(200)


def found(options: Sequence[Option]) -> Answer:
    """What a field offers."""
    results = [{"title": option.label, "value": option.value} for option in options[:MOST_FOUND]]
    return Answer(200, {"statusCode": 200, "type": SEARCH, "value": {"results": results}})
