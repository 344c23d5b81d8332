"""Slack's composition objects and block elements, and their limits, as one table.

Source: https://docs.slack.dev/reference/block-kit/composition-objects and …/block-elements.
"""

from __future__ import annotations

from typing import Any

from handlers.demo.shapes import (
    Check,
    Json,
    Problems,
    Rule,
    anything,
    at_least_one,
    choice,
    flag,
    items,
    not_both,
    number,
    one_of,
    string,
    thing,
    whole,
)

ID = string(255)
URL = string(3000, 1)

# --- Composition objects -----------------------------------------------------------------------------


def text(most: int, *kinds: str) -> Check:
    """A text object of `kinds` ("plain_text", "mrkdwn": both by default) with 1 to `most` characters."""
    body = string(most, 1)
    return one_of(
        {
            "plain_text": thing({"text": body}, {"emoji": flag}),
            "mrkdwn": thing({"text": body}, {"verbatim": flag}),
        },
        *kinds,
    )


def plain(most: int) -> Check:
    return text(most, "plain_text")


def option(*kinds: str) -> Check:
    """Only overflow menus may have a `url`, only checkboxes and radio buttons may use mrkdwn."""
    return thing(
        {"text": text(75, *kinds), "value": string(150, 1)},
        {"description": text(75, *kinds)},
    )


OPTION = option("plain_text")
RICH_OPTION = option("plain_text", "mrkdwn")
OVERFLOW_OPTION = thing({"text": plain(75), "value": string(150, 1)}, {"description": plain(75), "url": URL})
OPTIONS = items(OPTION, 100)
OPTION_GROUPS = items(thing({"label": plain(75), "options": OPTIONS}), 100)
CONFIRM = thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
DISPATCH = thing({}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)})
FILTER = thing(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
FEEDBACK_BUTTON = thing({"text": plain(75), "value": string(2000, 1)}, {"accessibility_label": string(75, 1)})
SLACK_FILE = thing({}, {"id": string(), "url": URL}, at_least_one("id", "url"), not_both("id", "url"))

# --- Rules -------------------------------------------------------------------------------------------


def initial_is_an_option(value: Json, where: str, problems: Problems) -> None:
    """What is chosen at first must be one of the options, word for word."""
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group.get("options") or [] if isinstance(group, dict) else []
    chosen = value.get("initial_options") or (
        [value["initial_option"]] if value.get("initial_option") else []
    )
    if any(one not in offered for one in chosen):
        problems.add(where, "initial options must exactly match one of the provided options")


def values_differ(value: Json, where: str, problems: Problems) -> None:
    values = [one.get("value") for one in value.get("options") or [] if isinstance(one, dict)]
    if len(values) != len(set(values)):
        problems.add(where, "option values must be unique")


def within_length(value: Json, where: str, problems: Problems) -> None:
    """An initial text must itself satisfy `min_length` and `max_length`."""
    initial, least, most = value.get("initial_value"), value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.add(where, "min_length must not be greater than max_length")
    if isinstance(initial, str) and initial:
        if isinstance(most, int) and len(initial) > most:
            problems.add(f"{where}/initial_value", f"must be less than {most + 1} characters")
        if isinstance(least, int) and len(initial) < least:
            problems.add(f"{where}/initial_value", f"must be more than {least - 1} characters")


def only_on(*surfaces: str) -> Rule:
    def rule(value: Json, where: str, problems: Problems) -> None:
        if problems.surface not in surfaces:
            problems.add(f"{where}/type", f"unsupported type: {value.get('type')}")

    return rule


# --- Elements ----------------------------------------------------------------------------------------

SELECTABLE: dict[str, Check] = {
    "action_id": ID,
    "placeholder": plain(150),
    "confirm": CONFIRM,
    "focus_on_load": flag,
}
TYPED: dict[str, Check] = {
    "action_id": ID,
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH,
    "focus_on_load": flag,
}
MOST_SELECTED: dict[str, Check] = {"max_selected_items": whole(1)}
STATIC: dict[str, Check] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
STATIC_RULES = (
    at_least_one("options", "option_groups"),
    not_both("options", "option_groups"),
    initial_is_an_option,
)


def amount(value: Any, where: str, problems: Problems) -> None:
    """number_input takes its bounds as strings."""
    string(pattern=r"-?\d+(\.\d+)?")(value, where, problems)


ELEMENTS: dict[str, Check] = {
    "button": thing(
        {"text": plain(75)},
        {
            "action_id": ID,
            "url": URL,
            "value": string(2000),
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "workflow_button": thing(
        {"text": plain(75), "workflow": anything, "action_id": ID},
        {"style": choice("primary", "danger"), "accessibility_label": string(75)},
    ),
    "icon_button": thing(
        {"text": plain(75), "icon": choice("trash")},
        {
            "action_id": ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": items(string()),
        },
    ),
    "feedback_buttons": thing(
        {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON}, {"action_id": ID}
    ),
    "image": thing(
        {"alt_text": string(2000, 1)},
        {"image_url": URL, "slack_file": SLACK_FILE},
        at_least_one("image_url", "slack_file"),
        not_both("image_url", "slack_file"),
    ),
    "overflow": thing(
        {"options": items(OVERFLOW_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM}, values_differ
    ),
    "checkboxes": thing(
        {"options": items(RICH_OPTION, 10)},
        {
            "action_id": ID,
            "initial_options": items(RICH_OPTION, 10),
            "confirm": CONFIRM,
            "focus_on_load": flag,
        },
        initial_is_an_option,
        values_differ,
    ),
    "radio_buttons": thing(
        {"options": items(RICH_OPTION, 10)},
        {"action_id": ID, "initial_option": RICH_OPTION, "confirm": CONFIRM, "focus_on_load": flag},
        initial_is_an_option,
        values_differ,
    ),
    "static_select": thing({}, {**SELECTABLE, **STATIC, "initial_option": OPTION}, *STATIC_RULES),
    "multi_static_select": thing(
        {}, {**SELECTABLE, **STATIC, **MOST_SELECTED, "initial_options": OPTIONS}, *STATIC_RULES
    ),
    "external_select": thing({}, {**SELECTABLE, "initial_option": OPTION, "min_query_length": whole(0)}),
    "multi_external_select": thing(
        {}, {**SELECTABLE, **MOST_SELECTED, "initial_options": OPTIONS, "min_query_length": whole(0)}
    ),
    "users_select": thing({}, {**SELECTABLE, "initial_user": string()}),
    "multi_users_select": thing({}, {**SELECTABLE, **MOST_SELECTED, "initial_users": items(string())}),
    "conversations_select": thing(
        {},
        {
            **SELECTABLE,
            "initial_conversation": string(),
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": thing(
        {},
        {
            **SELECTABLE,
            **MOST_SELECTED,
            "initial_conversations": items(string()),
            "default_to_current_conversation": flag,
            "filter": FILTER,
        },
    ),
    "channels_select": thing({}, {**SELECTABLE, "initial_channel": string(), "response_url_enabled": flag}),
    "multi_channels_select": thing({}, {**SELECTABLE, **MOST_SELECTED, "initial_channels": items(string())}),
    "datepicker": thing({}, {**SELECTABLE, "initial_date": string(pattern=r"\d{4}-\d\d-\d\d")}),
    "timepicker": thing(
        {}, {**SELECTABLE, "initial_time": string(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string()}
    ),
    "datetimepicker": thing(
        {},
        {
            "action_id": ID,
            "initial_date_time": whole(0, 9_999_999_999),
            "confirm": CONFIRM,
            "focus_on_load": flag,
        },
        only_on("message", "modal"),
    ),
    "plain_text_input": thing(
        {},
        {
            **TYPED,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        within_length,
    ),
    "rich_text_input": thing({}, {**TYPED, "initial_value": anything}, only_on("modal", "home")),
    "email_text_input": thing({}, {**TYPED, "initial_value": string()}, only_on("modal")),
    "url_text_input": thing({}, {**TYPED, "initial_value": string()}),
    "number_input": thing(
        {"is_decimal_allowed": flag},
        {**TYPED, "initial_value": amount, "min_value": amount, "max_value": amount},
        only_on("modal"),
    ),
    "file_input": thing(
        {}, {"action_id": ID, "filetypes": items(string()), "max_files": whole(1, 10)}, only_on("modal")
    ),
}

SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
)
PICKERS = ("datepicker", "timepicker")
CHOOSERS = ("checkboxes", "radio_buttons")
IN_SECTION = ("button", "workflow_button", "image", "overflow", *SELECTS, *PICKERS, *CHOOSERS)
IN_ACTIONS = ("button", "workflow_button", "overflow", "datetimepicker", *SELECTS, *PICKERS, *CHOOSERS)
IN_INPUT = (
    "plain_text_input",
    "rich_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "file_input",
    "datetimepicker",
    *SELECTS,
    *PICKERS,
    *CHOOSERS,
)

# --- Rich text ---------------------------------------------------------------------------------------

STYLE: dict[str, Check] = {
    "style": thing(
        {},
        dict.fromkeys(
            ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag
        ),
    )
}
RICH_PARTS: dict[str, Check] = {
    "text": thing({"text": string(None, 1)}, STYLE),
    "link": thing({"url": URL}, {**STYLE, "text": string(), "unsafe": flag}),
    "emoji": thing(
        {"name": string(None, 1)}, {**STYLE, "unicode": string(), "skin_tone": whole(1, 6), "url": URL}
    ),
    "user": thing({"user_id": string(None, 1)}, STYLE),
    "usergroup": thing({"usergroup_id": string(None, 1)}, STYLE),
    "channel": thing({"channel_id": string(None, 1)}, STYLE),
    "team": thing({"team_id": string(None, 1)}, STYLE),
    "broadcast": thing({"range": choice("here", "channel", "everyone")}, STYLE),
    "color": thing({"value": string(None, 1)}, STYLE),
    "date": thing(
        {"timestamp": number, "format": string(None, 1)}, {**STYLE, "url": URL, "fallback": string()}
    ),
}
RICH_LINE = items(one_of(RICH_PARTS), least=0)
RICH_SECTION = thing({"elements": RICH_LINE})
RICH_TEXT: dict[str, Check] = {
    "rich_text_section": RICH_SECTION,
    "rich_text_preformatted": thing({"elements": RICH_LINE}, {"border": whole(0, 1), "language": string()}),
    "rich_text_quote": thing({"elements": RICH_LINE}, {"border": whole(0, 1)}),
    "rich_text_list": thing(
        {
            "style": choice("bullet", "ordered"),
            "elements": items(one_of({"rich_text_section": RICH_SECTION}), least=0),
        },
        {"indent": whole(0, 8), "offset": whole(0), "border": whole(0, 1)},
    ),
}
