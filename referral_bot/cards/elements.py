"""Cards and forms as platform-neutral values. Each platform has one renderer for all of them.

All text is literal: a renderer must show it as it stands, never as markup, mention or link.
`fallback` is what notifications and read-outs show: it carries no patient data in any mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter


class Tone(StrEnum):
    """How a text stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    WARNING = "warning"


class Style(StrEnum):
    """How a button presents itself."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Text:
    """A paragraph. Line breaks are kept. WARNING is set off with a sign as well as a colour."""

    text: str
    tone: Tone = Tone.PLAIN
    type: Literal["text"] = "text"


@dataclass(frozen=True)
class Quote:
    """Words of a person, set off as theirs."""

    text: str
    type: Literal["quote"] = "quote"


@dataclass(frozen=True)
class Fact:
    """One labelled value; `mark` says why to look twice, such as `assumed` or `missing`."""

    label: str
    value: str
    mark: str = ""


@dataclass(frozen=True)
class Facts:
    """Labelled values, one a line."""

    facts: tuple[Fact, ...]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Confirm:
    """What a person is asked before a button counts."""

    title: str
    text: str
    yes: str
    no: str = "Go back"


@dataclass(frozen=True)
class Button:
    """A button: pressing it calls `desk` with `action`, `subject` (a record's id) and `value`."""

    label: str
    action: str
    subject: str
    value: str = ""
    style: Style = Style.PLAIN
    confirm: Confirm | None = None


@dataclass(frozen=True)
class Buttons:
    """Buttons side by side."""

    buttons: tuple[Button, ...]
    type: Literal["buttons"] = "buttons"


@dataclass(frozen=True)
class Choice:
    """A line with a button of its own, such as an open time."""

    text: str
    button: Button
    detail: str = ""


@dataclass(frozen=True)
class Choices:
    """Lines to choose from."""

    choices: tuple[Choice, ...]
    type: Literal["choices"] = "choices"


@dataclass(frozen=True)
class Divider:
    """A line between parts."""

    type: Literal["divider"] = "divider"


Element = Text | Quote | Facts | Buttons | Choices | Divider


@dataclass(frozen=True)
class Card:
    """What people see in a thread, privately, or on the home tab."""

    fallback: str
    title: str = ""
    elements: tuple[Element, ...] = ()


# ---------------------------------------------------------------- forms


@dataclass(frozen=True)
class Option:
    """One of the answers a field offers."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class TextField:
    """Typed text; answered with a string."""

    key: str
    label: str
    value: str = ""
    multiline: bool = False
    optional: bool = False
    hint: str = ""
    max_length: int = 3000
    type: Literal["text"] = "text"


@dataclass(frozen=True)
class DateField:
    """A date; answered with `YYYY-MM-DD`."""

    key: str
    label: str
    value: date | None = None
    optional: bool = False
    hint: str = ""
    type: Literal["date"] = "date"


@dataclass(frozen=True)
class ChoiceField:
    """One of a few options; answered with the option's value."""

    key: str
    label: str
    options: tuple[Option, ...]
    value: str | None = None
    optional: bool = False
    hint: str = ""
    type: Literal["choice"] = "choice"


@dataclass(frozen=True)
class SearchField:
    """Type-ahead: options come from `desk.suggest(source, typed)`; answered with a value, or values."""

    key: str
    label: str
    source: str
    value: tuple[Option, ...] = ()
    several: bool = False
    optional: bool = False
    hint: str = ""
    type: Literal["search"] = "search"


@dataclass(frozen=True)
class ChecksField:
    """Any of a few options; answered with a list of values."""

    key: str
    label: str
    options: tuple[Option, ...]
    value: tuple[str, ...] = ()
    optional: bool = True
    hint: str = ""
    type: Literal["checks"] = "checks"


@dataclass(frozen=True)
class FilesField:
    """Files; answered with what the platform says of each (`IncomingFile`)."""

    key: str
    label: str
    optional: bool = True
    hint: str = ""
    type: Literal["files"] = "files"


@dataclass(frozen=True)
class Saying:
    """Words between the fields."""

    text: str
    tone: Tone = Tone.PLAIN
    type: Literal["saying"] = "saying"


@dataclass(frozen=True)
class LinkField:
    """A link to a page of this server, such as a file."""

    label: str
    url: str
    type: Literal["link"] = "link"


FormField = TextField | DateField | ChoiceField | SearchField | ChecksField | FilesField | Saying | LinkField


@dataclass(frozen=True)
class Form:
    """A form: submitting it calls `desk` with `action`, `subject` and the fields' answers.

    A form without `submit` is only looked at.
    """

    action: str
    subject: str
    title: str
    fields: tuple[FormField, ...]
    submit: str = ""
    value: str = ""
    """Carried back as it is."""
    close: str = ""
    """The button that leaves it; without words Cancel, or Close where nothing can be submitted."""


_CARD: TypeAdapter[Card] = TypeAdapter(Card)


def dump(card: Card) -> dict[str, object]:
    """The card as plain JSON values, for the outbox."""
    made: dict[str, object] = _CARD.dump_python(card, mode="json", exclude_defaults=False)
    return made


def load(content: dict[str, object]) -> Card:
    """The card that `dump` made."""
    return _CARD.validate_python(content)
