"""Forms as Adaptive Cards with inputs, and what people filled in read back out of them.

A form stands in a dialog or in the place of the card whose button opened it; the inputs are the same. Sent
in and objected to, it is drawn again with what was typed in it and the sentences under their fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeGuard

from handlers.drawing import LARGE_SOURCES, MOST_RADIOS
from handlers.teams import wire
from handlers.teams.render import (
    MOST_BUTTON_TEXT,
    TEAMS,
    Client,
    Json,
    actions,
    execute,
    line,
    lines,
    link,
    submit,
    titled,
    whole,
)
from handlers.text import clean, fit, shown, units, written_date
from referral_bot.cards.elements import (
    ChecksField,
    ChoiceField,
    DateField,
    FilesField,
    Form,
    FormField,
    LinkField,
    Option,
    Saying,
    SearchField,
    Style,
    Text,
    TextField,
    Tone,
)

MOST_LABEL: Final = 150
MOST_INPUT: Final = 3_000
MOST_ERROR: Final = 500
MOST_OPTIONS: Final = 100
MOST_OPTION_TEXT: Final = 120

NO_FILES: Final = "Files can't be added here. Send them to me in our own chat, with the reference."


_MARKUP: Final = frozenset("*_[]<>#`~\\&")


NOT_CHOSEN: Final = ","
"""Between several values, and so none of them."""


class _Kind(StrEnum):
    """What comes back of a field, and how it is read."""

    TEXT = "t"
    DATE = "d"
    ONE = "o"
    SEVERAL = "s"


_Input = TextField | DateField | ChoiceField | SearchField | ChecksField


@dataclass(frozen=True)
class Drawing:
    """How a form is drawn: for which client, in a dialog or in place, and what is known beyond the form.

    `opener` is what opened it. `found` are the options of search fields by their source; `filled` is what was
    typed already, and `errors` what stands in its way, by field.
    """

    client: Client = TEAMS
    in_dialog: bool = False
    opener: wire.Opener = field(default_factory=lambda: wire.Opener(""))
    found: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    filled: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- to Teams


def form_card(form: Form, drawing: Drawing) -> Json:
    """The form as an Adaptive Card. In place it has a title, and a button that leaves it."""
    body: list[Json] = [] if drawing.in_dialog else list(titled(form.title))
    keys = {one.key for one in form.fields if isinstance(one, _Input)}
    for key, sentence in drawing.errors.items():
        if key not in keys:
            body += _objection(sentence)
    for one in form.fields:
        body += _field(one, drawing)
        if isinstance(one, _Input) and one.key in drawing.errors:
            body += _objection(drawing.errors[one.key])
    body += _buttons(form, drawing)
    return whole(body, form.title)


def searched(form: Form) -> tuple[str, ...]:
    """The sources of the form's search fields whose options are carried along."""
    sources = (one.source for one in form.fields if isinstance(one, SearchField))
    return tuple(source for source in dict.fromkeys(sources) if source not in LARGE_SOURCES)


def _buttons(form: Form, drawing: Drawing) -> Iterator[Json]:
    inputs = [one for one in form.fields if isinstance(one, _Input)]
    kinds = {one.key: _kind(one).value for one in inputs}
    shortened = {one.key: _digest(str(_text(one)["value"])) for one in inputs if _is_shortened(one)}
    carried = wire.form_data(form.action, form.subject, form.value, kinds, shortened, drawing.opener)
    made: list[Json] = []
    if form.submit:
        button = submit if drawing.in_dialog else execute
        made.append(button(form.submit, carried, Style.PRIMARY))
    if not drawing.in_dialog:
        leave = {"associatedInputs": "none"}
        close = form.close or ("Cancel" if form.submit else "Close")
        made.append({**execute(close, wire.data(wire.BACK, drawing.opener.subject)), **leave})
    if made:
        yield actions(made)


def _objection(sentence: str) -> Iterator[Json]:
    yield from lines(Text(fit(sentence, MOST_ERROR), Tone.WARNING))


def _field(one: FormField, drawing: Drawing) -> Iterator[Json]:
    match one:
        case Saying():
            yield from lines(Text(one.text, one.tone))
        case LinkField():
            yield link(one.label, one.url)
        case FilesField():
            yield line(f"{one.label} {NO_FILES}", {"isSubtle": True, "size": "Small"})
        case ChoiceField() | ChecksField() if not _choices(one.options):
            yield from lines(Text(f"{one.label}: there is nothing to choose from"))
        case _:
            yield _filled({**_input(one, drawing), **_common(one)}, one, drawing)
            if one.hint:
                yield {**line(one.hint, {"isSubtle": True, "size": "Small"}), "spacing": "None"}


def _filled(made: Json, one: _Input, drawing: Drawing) -> Json:
    """The field; in a form that comes back it holds what was typed, whatever could be made of it."""
    if drawing.errors:
        made = {name: value for name, value in made.items() if name != "value"}
        made |= _value(str(drawing.filled.get(one.key) or ""))
    return made


def _common(one: _Input) -> Json:
    made: Json = {"id": wire.FIELD + one.key, "label": shown(one.label, MOST_LABEL)}
    if not one.optional:
        made |= {"isRequired": True, "errorMessage": f"{shown(one.label, MOST_LABEL)} is needed."}
    return made


def _input(one: _Input, drawing: Drawing) -> Json:
    match one:
        case TextField():
            return _text(one)
        case DateField():
            return _date(one)
        case ChoiceField():
            return _choice(one)
        case ChecksField():
            return _checks(one)
        case SearchField():
            return _search(one, drawing)


def _text(one: TextField) -> Json:
    most = _most(one)
    return {
        "type": "Input.Text",
        "isMultiline": one.multiline,
        "maxLength": most,
        **_value(fit(one.value, most)),
    }


def _date(one: DateField) -> Json:
    """A calendar, but birth dates are typed: nobody pages back through eighty years."""
    if one.key == "dob":
        written = one.value.strftime("%m/%d/%Y") if one.value else ""
        return {"type": "Input.Text", "maxLength": 40, "placeholder": "MM/DD/YYYY", **_value(written)}
    return {"type": "Input.Date", **_value(one.value.isoformat() if one.value else "")}


def _choice(one: ChoiceField) -> Json:
    choices = _choices(one.options)
    open_ones = len(choices) <= MOST_RADIOS and not one.optional and _may_stand_open(choices)
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if open_ones else "compact",
        "choices": choices,
        **({} if open_ones else {"placeholder": "Choose"}),
        **_value(one.value or ""),
    }


def _checks(one: ChecksField) -> Json:
    choices = _choices(one.options)
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if _may_stand_open(choices) else "filtered",
        "isMultiSelect": True,
        "choices": choices,
        **_value(",".join(one.value)),
    }


def _search(one: SearchField, drawing: Drawing) -> Json:
    """A field with type-ahead, over options that are carried along and those that the client asks for.

    Where it can't ask, what is meant from a large source is typed.
    """
    value = _value(",".join(option.value for option in one.value))
    if one.source in LARGE_SOURCES and not drawing.client.searches:
        return {"type": "Input.Text", "maxLength": MOST_INPUT, "placeholder": "Separated by commas", **value}
    typed = str(drawing.filled.get(one.key) or "").split(",")
    chosen = (Option(value, value) for value in typed if value)
    known = {option.value: option for option in (*chosen, *one.value, *drawing.found.get(one.source, ()))}
    # Renderers object to a field without any choice; this one counts as nothing chosen.
    choices = _choices(tuple(known.values())) or [{"title": "Type to search", "value": NOT_CHOSEN}]
    made: Json = {
        "type": "Input.ChoiceSet",
        "style": "filtered",
        "isMultiSelect": one.several,
        "placeholder": "Type to search",
        "choices": choices,
        **value,
    }
    if drawing.client.searches:
        made["choices.data"] = {"type": "Data.Query", "dataset": one.source}
    return made


def _choices(options: Sequence[Option]) -> list[Json]:
    """Options as choices, each value once; those that can't be told apart when they come back are left out.

    Several chosen values come back in one text, with commas between them.
    """
    made: dict[str, Json] = {}
    for option in options:
        said = " · ".join(filter(None, (option.label, option.detail)))
        if option.value and len(made) < MOST_OPTIONS:
            made.setdefault(option.value, {"title": shown(said, MOST_OPTION_TEXT), "value": option.value})
    return list(made.values())


def _may_stand_open(choices: Sequence[Json]) -> bool:
    """Whether renderers show these as they are: open choices are read as Markdown, those of a menu not."""
    return not any(_MARKUP & set(choice["title"]) for choice in choices)


def _value(value: str) -> Json:
    return {"value": value} if value else {}


def _most(one: TextField) -> int:
    return max(1, min(one.max_length, MOST_INPUT))


def _is_shortened(one: _Input) -> TypeGuard[TextField]:
    return isinstance(one, TextField) and units(clean(one.value)) > _most(one)


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode("utf-8", "replace")).hexdigest()[:16]


def _kind(one: _Input) -> _Kind:
    match one:
        case TextField():
            return _Kind.TEXT
        case DateField():
            return _Kind.DATE
        case ChoiceField() | SearchField(several=False):
            return _Kind.ONE
        case _:
            return _Kind.SEVERAL


# ---------------------------------------------------------------- from Teams


def answers(carried: wire.Carried) -> dict[str, Any]:
    """What was filled in, by field, in the shape that each field's docstring says.

    Clients leave empty fields out, so every field of the form has an answer, but for those that were shown
    shortened and left as they were.
    """
    found: dict[str, Any] = {}
    for key, kind in carried.kinds.items():
        typed = carried.filled.get(key)
        text = clean(typed if isinstance(typed, str) else "").strip()
        if carried.shortened.get(key) != _digest(text):
            found[key] = _answer(kind, text)
    return found


def too_long(carried: wire.Carried) -> dict[str, str]:
    """Sentences for fields that hold more than a field takes: clients keep to that, others may not."""
    told = f"Please shorten this to {MOST_INPUT:,} characters."
    return {
        key: told
        for key, text in carried.filled.items()
        if key in carried.kinds and isinstance(text, str) and units(text) > MOST_INPUT
    }


def typed(carried: wire.Carried) -> str:
    """What was typed into a form's fields, so that it can be copied where the form can't be shown again."""
    texts = (carried.filled.get(key) for key, kind in carried.kinds.items() if kind == _Kind.TEXT)
    return "\n".join(text for text in texts if isinstance(text, str) and text.strip())


def _answer(kind: str, text: str) -> Any:
    match kind:
        case _Kind.TEXT:
            return text
        case _Kind.DATE:
            return written_date(text)
        case _Kind.ONE:
            return text.strip(NOT_CHOSEN) or None
        case _:
            return [part.strip() for part in text.split(",") if part.strip()]


def title(form: Form) -> str:
    """The dialog's title."""
    return shown(form.title, MOST_BUTTON_TEXT)
