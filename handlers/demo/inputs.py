"""What a person has chosen or typed into elements, in the shape that Slack reports it.

A *state* is {block_id: {action_id: {"type", and the value under the key of that type}}}. A *value* is what a
person would say: a string, an option's text or value, a list of them, file ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.demo.blockkit import elements_of, every_block
from handlers.demo.model import Json, NotPossible

# Under which key an element's value stands in a state and in an action, and what an empty one is.
VALUE_KEYS: dict[str, tuple[str, Any]] = {
    "plain_text_input": ("value", None),
    "email_text_input": ("value", None),
    "url_text_input": ("value", None),
    "number_input": ("value", None),
    "rich_text_input": ("rich_text_value", None),
    "static_select": ("selected_option", None),
    "external_select": ("selected_option", None),
    "radio_buttons": ("selected_option", None),
    "checkboxes": ("selected_options", []),
    "multi_static_select": ("selected_options", []),
    "multi_external_select": ("selected_options", []),
    "users_select": ("selected_user", None),
    "multi_users_select": ("selected_users", []),
    "conversations_select": ("selected_conversation", None),
    "multi_conversations_select": ("selected_conversations", []),
    "channels_select": ("selected_channel", None),
    "multi_channels_select": ("selected_channels", []),
    "datepicker": ("selected_date", None),
    "timepicker": ("selected_time", None),
    "datetimepicker": ("selected_date_time", None),
    "file_input": ("files", []),
}
INITIAL_KEYS = (
    "initial_value",
    "initial_option",
    "initial_options",
    "initial_date",
    "initial_time",
    "initial_date_time",
    "initial_user",
    "initial_users",
    "initial_conversation",
    "initial_conversations",
    "initial_channel",
    "initial_channels",
)
FEEDBACK = ("positive_button", "negative_button")
FORMATS = {
    "datepicker": (r"\d{4}-\d\d-\d\d", "YYYY-MM-DD"),
    "timepicker": (r"([01]\d|2[0-3]):[0-5]\d", "HH:MM"),
}
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


@dataclass(frozen=True)
class Spot:
    """An element where it stands: its block, itself."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element.get("action_id", ""))

    @property
    def type(self) -> str:
        return str(self.element["type"])

    @property
    def is_input(self) -> bool:
        """Whether it is a form's field, as against a button or menu that acts by itself."""
        return bool(self.block["type"] == "input")

    @property
    def label(self) -> str:
        """What a person calls it: a button's text, an input's label, a menu's placeholder."""
        named = self.element.get("text") or self.block.get("label") or self.element.get("placeholder") or {}
        return str(named.get("text", ""))

    @property
    def options(self) -> list[Json]:
        groups = self.element.get("option_groups") or []
        return [*(self.element.get("options") or []), *(one for group in groups for one in group["options"])]


def spots(blocks: list[Json]) -> Iterator[Spot]:
    """Every element in the blocks, in order."""
    for _, block in every_block(blocks):
        for element in elements_of(block):
            yield Spot(block, element)


def find(blocks: list[Json], name: str) -> Spot:
    """The menu, picker or field that is called so: by action_id, block_id, label or placeholder.

    Raises:
        NotPossible: there is none, or more than one.
    """
    fields = [spot for spot in spots(blocks) if spot.type in VALUE_KEYS or spot.type == "overflow"]
    found = [spot for spot in fields if name in (spot.action_id, spot.block_id, spot.label)]
    if len(found) != 1:
        there = [f"{spot.block_id}/{spot.action_id}={spot.label!r}" for spot in fields]
        raise NotPossible(f"{len(found)} elements {name!r} in {there}")
    return found[0]


def find_button(blocks: list[Json], name: str, value: str | None) -> tuple[Spot, str]:
    """The button with this action_id or text (and value), and which of two feedback buttons it is.

    Raises:
        NotPossible: there is none, or more than one.
    """
    found: list[tuple[Spot, str]] = []
    there: list[str] = []
    for spot in spots(blocks):
        sides = FEEDBACK if spot.type == "feedback_buttons" else ("",)
        for side in sides if spot.type in ("button", "icon_button", "feedback_buttons") else ():
            one = spot.element[side] if side else spot.element
            there.append(f"{spot.action_id}={one['text']['text']!r}")
            if name in (spot.action_id, one["text"]["text"]) and value in (None, one.get("value")):
                found.append((spot, side))
    if len(found) != 1:
        raise NotPossible(f"{len(found)} buttons {name!r} {value or ''} in {there}")
    return found[0]


def initial_state(blocks: list[Json]) -> Json:
    """The state of blocks that nobody has touched."""
    state: Json = {}
    for spot in spots(blocks):
        if spot.type in VALUE_KEYS:
            key, empty = VALUE_KEYS[spot.type]
            initial = next((spot.element[k] for k in INITIAL_KEYS if spot.element.get(k) is not None), empty)
            value = {"type": spot.type, key: initial}
            state.setdefault(spot.block_id, {})[spot.action_id] = value
    return state


def carried_over(old: Json, blocks: list[Json]) -> Json:
    """The state after a view was updated: what was entered stays where block_id, action_id and type do."""
    state = initial_state(blocks)
    for block_id, actions in state.items():
        for action_id, fresh in actions.items():
            before = old.get(block_id, {}).get(action_id)
            if before and before["type"] == fresh["type"]:
                actions[action_id] = before
    return state


def empty(value: Json) -> bool:
    key, _ = VALUE_KEYS[value["type"]]
    return value.get(key) in (None, "", [])


def state_value(spot: Spot, value: Any, offered: Sequence[Json] = ()) -> Json:
    """A person's value in Slack's shape.

    Args:
        value: see the module; option objects are taken too. None and "" empty the element.
        offered: the options that an external menu has shown.

    Raises:
        NotPossible: there is no such option, or the value is of the wrong form.
    """
    key, nothing = VALUE_KEYS[spot.type]
    if value in (None, "", []):
        return {"type": spot.type, key: nothing}
    options = offered if "external" in spot.type else spot.options
    if key == "selected_option":
        found: Any = pick(options, value, spot)
    elif key == "selected_options":
        found = [pick(options, one, spot) for one in ([value] if isinstance(value, str | dict) else value)]
    elif isinstance(nothing, list):
        found = [value] if isinstance(value, str) else list(value)
    elif spot.type == "datetimepicker":
        found = int(value)
    else:
        found = str(value)
    if spot.type in FORMATS and not re.fullmatch(FORMATS[spot.type][0], found):
        raise NotPossible(f"{spot.label}: {found!r} is not {FORMATS[spot.type][1]}")
    most = spot.element.get("max_selected_items") or spot.element.get("max_files")
    if most and isinstance(found, list) and len(found) > most:
        raise NotPossible(f"{spot.label}: at most {most} can be chosen")
    return {"type": spot.type, key: found}


def pick(options: Sequence[Json], wanted: Any, spot: Spot) -> Json:
    """The option with this value or text (or that text's beginning, if only one begins so)."""
    if isinstance(wanted, dict):
        wanted = wanted.get("value")
    exact = [one for one in options if wanted in (one["value"], one["text"]["text"])]
    begun = [one for one in options if one["text"]["text"].startswith(str(wanted))]
    if exact:
        return exact[0]
    if len(begun) == 1:
        return begun[0]
    raise NotPossible(f"{spot.label}: no option {wanted!r} in {[one['text']['text'] for one in options]}")


def missing_or_wrong(blocks: list[Json], state: Json) -> dict[str, str]:
    """What Slack's own client objects to before it submits: {block_id: sentence}."""
    wrong: dict[str, str] = {}
    for spot in spots(blocks):
        if not spot.is_input:
            continue
        value = state[spot.block_id][spot.action_id]
        if empty(value):
            if not spot.block.get("optional"):
                wrong[spot.block_id] = "Please complete this required field."
        elif sentence := objection(spot, value[VALUE_KEYS[spot.type][0]]):
            wrong[spot.block_id] = sentence
    return wrong


def objection(spot: Spot, value: Any) -> str:
    element = spot.element
    if spot.type == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if len(value) < least:
            return f"Must be at least {least} characters."
        if len(value) > most:
            return f"Must be at most {most} characters."
    if spot.type == "email_text_input" and not re.fullmatch(EMAIL, value):
        return "Please enter a valid email address."
    if spot.type == "number_input":
        return number_objection(element, value)
    return ""


def number_objection(element: Json, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Must be at most {element['max_value']}."
    return ""


def action(spot: Spot, ts: str, chosen: Json | None = None, press: str = "") -> Json:
    """One entry of a block_actions payload's `actions`.

    Args:
        chosen: the state value, for everything but buttons.
        press: of feedback_buttons, "positive_button" or "negative_button".
    """
    body: Json = {"type": spot.type, "action_id": spot.action_id, "block_id": spot.block_id, "action_ts": ts}
    element = spot.element
    if chosen is not None:
        body |= {key: value for key, value in chosen.items() if key != "type"}
        body |= {key: element[key] for key in ("placeholder", *INITIAL_KEYS) if key in element}
    elif press:
        body |= {"text": element[press]["text"], "value": element[press]["value"]}
    else:
        body |= {key: element[key] for key in ("text", "value", "style", "url", "confirm") if key in element}
    return body
