"""Forms as Slack's modal views, and what people filled in read back out of them.

A field's key is its `block_id`, so that an error finds its field. A text or option longer than Slack
carries is shown shortened; left as it was it is no answer, and its key is missing from the answers, so
that what was shortened for showing never replaces what is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeGuard

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    HeaderBlock,
    InputBlock,
    InputInteractiveElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks import Option as SlackOption
from slack_sdk.models.blocks.block_elements import FileInputElement

from handlers.drawing import LARGE_SOURCES, MOST_RADIOS
from handlers.slack import wire
from handlers.slack.files import incoming_files
from handlers.slack.render import MOST_HEADER, VIEW, Json, blocks, link, plain, spoken, within
from handlers.text import clean, fit, prefix, units, written_date
from referral_bot.cards.elements import (
    Card,
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
    Text,
    TextField,
)
from referral_bot.desk.turn import Place

MOST_TITLE: Final = 24
MOST_INPUT: Final = 3_000
MOST_LABEL: Final = 150
MOST_HINT: Final = 300
MOST_ERROR: Final = 2_000
MOST_OPTIONS: Final = 100
MOST_OPTION_TEXT: Final = 75
MOST_OPTION_VALUE: Final = 150
MOST_CHECKS: Final = 10
MOST_FILES: Final = 10

INPUT: Final = "in"
"""action_id of every field but type-aheads, which name their source."""


# ---------------------------------------------------------------- to Slack


def form_view(form: Form, place: Place) -> Json:
    """The modal of a form; `place` is where it was opened from, and comes back with the answers."""
    fields = [block for field in form.fields for block in _field(field)]
    if units(form.title) > MOST_TITLE:
        fields.insert(0, HeaderBlock(text=plain(form.title, MOST_HEADER)))
    view = _modal(form.title, within(fields, VIEW), form.close or ("Cancel" if form.submit else "Close"))
    view["callback_id"] = wire.FORM + form.action
    shortened = [field.key for field in form.fields if _is_shortened(field)]
    view["private_metadata"] = wire.metadata(form.subject, form.value, place, shortened)
    if form.submit:
        view["submit"] = plain(form.submit, MOST_TITLE).to_dict()
    return view


def card_view(card: Card, place: Place) -> Json:
    """The modal that shows a card to one person; its buttons work."""
    title = card.title or "Referral Bot"
    view = _modal(title, _shown(card), "Close")
    view["callback_id"] = wire.CARD
    view["private_metadata"] = wire.metadata("", "", place)
    return view


def home_view(card: Card) -> Json:
    """The home tab that shows a card."""
    return {"type": "home", "blocks": _shown(card)}


def options(found: Sequence[Option]) -> list[Json]:
    """The answer to a type-ahead: what was found, as far as Slack takes it, each value once."""
    return [option.to_dict() for option in _options(found, MOST_OPTIONS).values()]


def errors(found: Mapping[str, str], view: Json) -> dict[str, str]:
    """Sentences by the field they stand under; those of no field in the view stand under its first one."""
    keys = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    placed: dict[str, list[str]] = {}
    for key, sentence in found.items():
        placed.setdefault(key if key in keys else keys[0], []).append(sentence)
    return {key: fit(" ".join(sentences), MOST_ERROR) for key, sentences in placed.items()}


def has_fields(view: Json) -> bool:
    """Whether there is a field that an error could stand under."""
    return any(block["type"] == "input" for block in view["blocks"])


def _shown(card: Card) -> list[Json]:
    return blocks(card, VIEW) or blocks(Card(card.fallback, elements=(Text(card.fallback),)), VIEW)


def _modal(title: str, content: list[Json], close: str) -> Json:
    return {
        "type": "modal",
        "title": plain(title, MOST_TITLE).to_dict(),
        "close": plain(close, MOST_TITLE).to_dict(),
        "blocks": content,
    }


def _field(field: FormField) -> Iterator[Block]:
    match field:
        case Saying():
            yield from spoken(Text(field.text, field.tone), VIEW)
        case LinkField():
            yield link(field.label, field.url)
        case ChoiceField() | ChecksField() if not _options(field.options, MOST_OPTIONS):
            yield from spoken(Text(f"{field.label}: there is nothing to choose from"), VIEW)
        case _:
            yield InputBlock(
                block_id=field.key,
                label=plain(field.label, MOST_LABEL),
                element=_element(field),
                hint=plain(field.hint, MOST_HINT) if field.hint else None,
                optional=field.optional,
            )


def _element(
    field: TextField | DateField | ChoiceField | SearchField | ChecksField | FilesField,
) -> InputInteractiveElement:
    match field:
        case TextField():
            return _text(field)
        case DateField():
            return _date(field)
        case ChoiceField():
            return _choice(field)
        case SearchField():
            return _search(field)
        case ChecksField():
            return _checks(field)
        case FilesField():
            return FileInputElement(action_id=INPUT, max_files=MOST_FILES)


def _is_shortened(field: FormField) -> TypeGuard[TextField | SearchField]:
    match field:
        case TextField():
            return units(clean(field.value)) > _most(field)
        case SearchField(several=False, value=(option, *_)):
            return units(option.value) > MOST_OPTION_VALUE
        case _:
            return False


def _most(field: TextField) -> int:
    return max(1, min(field.max_length, MOST_INPUT))


def _text(field: TextField) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=INPUT,
        initial_value=fit(field.value, _most(field)) or None,
        multiline=field.multiline,
        max_length=_most(field),
    )


def _date(field: DateField) -> InputInteractiveElement:
    """A calendar, but birth dates are typed: nobody pages back through eighty years."""
    if field.key == "dob":
        written = field.value.strftime("%m/%d/%Y") if field.value else None
        return PlainTextInputElement(
            action_id=INPUT, initial_value=written, max_length=40, placeholder=plain("MM/DD/YYYY", 150)
        )
    picked = field.value.isoformat() if field.value else None
    return DatePickerElement(action_id=INPUT, initial_date=picked)


def _choice(field: ChoiceField) -> InputInteractiveElement:
    known = _options(field.options, MOST_OPTIONS)
    chosen = known.get(field.value or "")
    if len(known) <= MOST_RADIOS and not field.optional:
        return RadioButtonsElement(action_id=INPUT, options=list(known.values()), initial_option=chosen)
    return StaticSelectElement(
        action_id=INPUT,
        options=list(known.values()),
        initial_option=chosen,
        placeholder=plain("Choose", 150),
    )


def _checks(field: ChecksField) -> InputInteractiveElement:
    known = _options(field.options, MOST_OPTIONS)
    chosen = [known[value] for value in dict.fromkeys(field.value) if value in known]
    kind = CheckboxesElement if len(known) <= MOST_CHECKS else StaticMultiSelectElement
    return kind(action_id=INPUT, options=list(known.values()), initial_options=chosen or None)


def _search(field: SearchField) -> InputInteractiveElement:
    action_id = wire.SEARCH + field.source
    chosen = list(_options(field.value, MOST_OPTIONS).values())
    shortest = 1 if field.source in LARGE_SOURCES else 0
    placeholder = plain("Type to search", 150)
    if field.several:
        return ExternalDataMultiSelectElement(
            action_id=action_id,
            initial_options=chosen or None,
            min_query_length=shortest,
            placeholder=placeholder,
        )
    return ExternalDataSelectElement(
        action_id=action_id,
        initial_option=chosen[0] if chosen else None,
        min_query_length=shortest,
        placeholder=placeholder,
    )


def _options(found: Sequence[Option], most: int) -> dict[str, SlackOption]:
    """Options by their own values. Those that would be the same to Slack, or empty, are left out."""
    made: dict[str, SlackOption] = {}
    values: set[str] = set()
    for option in found:
        value = prefix(option.value, MOST_OPTION_VALUE)
        if value and value not in values and len(made) < most:
            values.add(value)
            made[option.value] = SlackOption(
                value=value,
                text=plain(option.label, MOST_OPTION_TEXT),
                description=plain(option.detail, MOST_OPTION_TEXT) if option.detail else None,
            )
    return made


# ---------------------------------------------------------------- from Slack


def answers(view: Json) -> dict[str, Any]:
    """What was filled in, by field. Fields left as they were shown shortened are not among them."""
    elements = {block["block_id"]: block.get("element", {}) for block in view["blocks"]}
    shortened = wire.read_metadata(view.get("private_metadata") or "").shortened
    found: dict[str, Any] = {}
    for key, state in view["state"]["values"].items():
        for answer in state.values():
            if key not in shortened or not _untouched(answer, elements.get(key, {})):
                found[key] = _answer(key, answer)
    return found


def _answer(key: str, answer: Json) -> Any:
    match answer["type"]:
        case "plain_text_input":
            text = clean(answer.get("value") or "").strip()
            return written_date(text) if key == "dob" else text
        case "datepicker":
            return answer.get("selected_date") or ""
        case "file_input":
            return incoming_files(answer.get("files"))
        case "checkboxes" | "multi_static_select" | "multi_external_select":
            return [option["value"] for option in answer.get("selected_options") or ()]
        case _:
            option = answer.get("selected_option")
            return option["value"] if option else None


def _untouched(answer: Json, element: Json) -> bool:
    """Whether a field still holds what it was shown with."""
    chosen, shown = answer.get("selected_option") or {}, element.get("initial_option") or {}
    return bool(
        answer.get("value") == element.get("initial_value") and chosen.get("value") == shown.get("value")
    )
