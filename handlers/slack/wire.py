"""What buttons and forms carry through Slack and back: which record they are about, and where they stood.

A button has `action_id` `act:{action}:{n}` and its subject and value in `value`; a form has `callback_id`
`form:{action}` and subject, value and place in `private_metadata`. Slack signs what it sends back, and the
desk checks again who may do what, so nothing here is secret or trusted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from handlers.text import prefix, units
from referral_bot.desk.turn import Place

PLATFORM: Final = "slack"
MOST_BUTTON_VALUE: Final = 2_000
MOST_METADATA: Final = 3_000

ACTION: Final = "act:"
FORM: Final = "form:"
SEARCH: Final = "search:"
CARD: Final = "card"
"""callback_id of a modal that only shows a card."""


@dataclass(frozen=True)
class Origin:
    """What a form was opened for, and where from."""

    subject: str
    value: str
    channel: str = ""
    message: str = ""
    root: str = ""
    direct: bool = False
    shortened: tuple[str, ...] = ()
    """Fields that were shown shortened."""

    def place(self, tenant: str) -> Place:
        """The place in the workspace that the answer came through."""
        return Place(PLATFORM, tenant, self.channel, self.message, self.root, self.direct)


def action_id(action: str, number: int) -> str:
    """An id for a button that is unique within its message."""
    return f"{ACTION}{action}:{number}"


def action_of(action_id: str) -> str:
    """The action that `action_id` was made for."""
    return action_id.removeprefix(ACTION).rpartition(":")[0]


def button_value(subject: str, value: str) -> str:
    """Subject and value for a button; a value that Slack would not carry is cut."""
    return _cut(value, MOST_BUTTON_VALUE, lambda kept: _json({"s": subject, "v": kept}))


def read_button_value(value: str) -> tuple[str, str]:
    """Subject and value, of a button made by `button_value`; both empty for anything else."""
    carried = _object(value)
    return str(carried.get("s", "")), str(carried.get("v", ""))


def metadata(subject: str, value: str, place: Place, shortened: Sequence[str] = ()) -> str:
    """What an `Origin` holds, for a form's private metadata; a value that Slack would not carry is cut."""
    rest = {"c": place.channel, "m": place.message, "r": place.root, "d": place.direct, "x": shortened}
    return _cut(value, MOST_METADATA, lambda kept: _json({"s": subject, "v": kept, **rest}))


def read_metadata(text: str) -> Origin:
    """What `metadata` was given."""
    carried = _object(text)
    subject, value, channel, message, root = (str(carried.get(key, "")) for key in "svcmr")
    shortened = tuple(str(key) for key in carried.get("x") or ())
    return Origin(subject, value, channel, message, root, bool(carried.get("d")), shortened)


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(text: str) -> dict[str, Any]:
    try:
        carried = json.loads(text)
    except ValueError:
        return {}
    return carried if isinstance(carried, dict) else {}


def _cut(value: str, limit: int, made: Callable[[str], str]) -> str:
    """`made(value)`, the value shortened until the whole fits; escapes make it longer than it looks."""
    whole = made(prefix(value, limit))
    while units(whole) > limit and value:
        value = prefix(value, max(0, units(prefix(value, limit)) - (units(whole) - limit)))
        whole = made(value)
    return whole
