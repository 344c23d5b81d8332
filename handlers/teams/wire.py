"""What buttons and forms carry through Teams and back: which record they are about, and of which version.

A button's `data` holds action, subject and value; a form's holds them too, and what is filled in stands
beside them under ids of its own. What comes back is checked for its shape here and for everything else by
the desk, so nothing here is secret or trusted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from handlers.text import prefix

Json = dict[str, Any]

PLATFORM: Final = "teams"
VERSION: Final = 1
"""Of what cards carry. A card of another version is answered with a sentence."""
MOST_VALUE: Final = 2_000

FORM: Final = "form:"
"""Begins the verb of a form that is sent in."""
BACK: Final = "back"
"""Puts the card back that a form or an answer took the place of."""
REFRESH: Final = "refresh"
"""Asks for a person's own view of a card; clients send it by themselves."""
FIELD: Final = "in."
"""Begins the ids of fields, which stand beside what the card itself carries."""


@dataclass(frozen=True)
class Opener:
    """The button whose press opened a form: pressed again, it opens the same form."""

    action: str
    subject: str = ""
    value: str = ""


@dataclass(frozen=True)
class Carried:
    """What came back from a card. The rest is empty but for forms."""

    action: str
    subject: str
    value: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The kind of each field, by its key."""
    shortened: Mapping[str, str] = field(default_factory=dict)
    """The digest of what a field showed that could not show all it holds, by its key."""
    opener: Opener | None = None
    filled: Mapping[str, Any] = field(default_factory=dict)
    """What was filled in, by field."""

    @property
    def is_form(self) -> bool:
        """Whether a form was sent in."""
        return self.action.startswith(FORM)


def data(action: str, subject: str = "", value: str = "") -> Json:
    """What a button carries; a value that is too long is cut."""
    return {"v": VERSION, "action": action, "subject": subject, "value": prefix(value, MOST_VALUE)}


def form_data(
    action: str,
    subject: str,
    value: str,
    kinds: Mapping[str, str],
    shortened: Mapping[str, str],
    opener: Opener,
) -> Json:
    """What a form carries."""
    carried = data(FORM + action, subject, value)
    by = [opener.action, opener.subject, prefix(opener.value, MOST_VALUE)]
    return carried | {"fields": dict(kinds), "shortened": dict(shortened), "opener": by}


def read(found: object) -> Carried | None:
    """What `data` or `form_data` was given, with what was filled in.

    None for anything else, and for what a card of another version carries.
    """
    if not isinstance(found, dict) or found.get("v") != VERSION:
        return None
    parts = [found.get(key, "") for key in ("action", "subject", "value")]
    if not all(isinstance(part, str) for part in parts) or not parts[0]:
        return None
    by = found.get("opener")
    opener = Opener(*map(str, by)) if isinstance(by, list) and len(by) == 3 else None
    filled = {key.removeprefix(FIELD): value for key, value in found.items() if key.startswith(FIELD)}
    kinds, shortened = (_texts(found.get(key)) for key in ("fields", "shortened"))
    return Carried(parts[0], parts[1], parts[2], kinds, shortened, opener, filled)


def encoded(body: object) -> bytes:
    """JSON as it leaves for Teams: as UTF-8, since escapes would make some scripts three times as large."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _texts(found: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
