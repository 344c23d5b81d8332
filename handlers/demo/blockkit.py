"""Slack's limits on blocks, views and messages, as one table: what the embedded workspace refuses.

`validate_message` and `validate_view` say what Slack would object to, one sentence each with a JSON
pointer; an empty list means that Slack would take it. Sources: the pages under
https://docs.slack.dev/reference/block-kit/blocks, …/reference/views and …/reference/methods/chat.postMessage.
Where Slack's pages don't name a block's surfaces (card, carousel), only those are allowed on which Slack
itself shows it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from handlers.demo.blockkit_elements import (
    ELEMENTS,
    ID,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    OPTION,
    OPTION_GROUPS,
    RICH_TEXT,
    SLACK_FILE,
    URL,
    only_on,
    plain,
    text,
)
from handlers.demo.shapes import (
    Check,
    Json,
    Problems,
    an_object,
    anything,
    at_least_one,
    choice,
    flag,
    items,
    not_both,
    number,
    one_of,
    or_null,
    string,
    thing,
)

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_TEXT = 40_000
MOST_MARKDOWN = 12_000
MOST_TABLE_CHARACTERS = 10_000
MOST_VIEW_BYTES = 250_000
MOST_FILE_INPUT_BYTES = 10_000_000

# --- Blocks ------------------------------------------------------------------------------------------

BLOCK_ID: dict[str, Check] = {"block_id": ID}
IMAGE = one_of(ELEMENTS, "image")


def collapsed_needs_collapsible(value: Json, where: str, problems: Problems) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        problems.add(where, "default_collapsed requires is_collapsible")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        problems.add(where, "has_header_divider cannot be set when is_collapsible is true")


def same_width(value: Json, where: str, problems: Problems) -> None:
    """Every row of a table has as many cells as the first."""
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        problems.add(f"{where}/rows", "all rows must have the same number of cells")


RICH_TEXT_BLOCK = thing({"elements": items(one_of(RICH_TEXT), least=0)}, BLOCK_ID)
CELL = one_of(
    {
        "raw_text": thing({"text": string(None, 1)}),
        "raw_number": thing({"value": number}, {"text": string(None, 1)}),
        "rich_text": RICH_TEXT_BLOCK,
    }
)
COLUMN = thing({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})

BLOCKS: dict[str, Check] = {}
BLOCKS |= {
    "section": thing(
        {},
        {
            **BLOCK_ID,
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": one_of(ELEMENTS, *IN_SECTION),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": thing({"text": plain(150)}, BLOCK_ID),
    "divider": thing({}, BLOCK_ID),
    "context": thing(
        {
            "elements": items(
                one_of(
                    {**ELEMENTS, "plain_text": text(3000), "mrkdwn": text(3000)},
                    "image",
                    "plain_text",
                    "mrkdwn",
                ),
                10,
            )
        },
        BLOCK_ID,
    ),
    "actions": thing({"elements": items(one_of(ELEMENTS, *IN_ACTIONS), 25)}, BLOCK_ID),
    "context_actions": thing(
        {"elements": items(one_of(ELEMENTS, "feedback_buttons", "icon_button"), 5)},
        BLOCK_ID,
        only_on("message"),
    ),
    "input": thing(
        {"label": plain(2000), "element": one_of(ELEMENTS, *IN_INPUT)},
        {**BLOCK_ID, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "image": thing(
        {"alt_text": string(2000, 1)},
        {**BLOCK_ID, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        at_least_one("image_url", "slack_file"),
        not_both("image_url", "slack_file"),
    ),
    "file": thing({"external_id": string(None, 1), "source": choice("remote")}, BLOCK_ID, only_on("message")),
    "markdown": thing({"text": string(MOST_MARKDOWN, 1)}, BLOCK_ID, only_on("message")),
    "rich_text": RICH_TEXT_BLOCK,
    "table": thing(
        {"rows": items(items(CELL, 20), 100)},
        {**BLOCK_ID, "column_settings": items(or_null(COLUMN), 20)},
        same_width,
        only_on("message"),
    ),
    "alert": thing(
        {"text": text(200)},
        {**BLOCK_ID, "level": choice("default", "info", "warning", "error", "success")},
        only_on("modal"),
    ),
    "card": thing(
        {},
        {
            **BLOCK_ID,
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": items(one_of(ELEMENTS, "button"), 3),
        },
        at_least_one("hero_image", "title", "actions", "body"),
        only_on("message"),
    ),
    "carousel": thing({"elements": items(one_of(BLOCKS, "card"), 10)}, BLOCK_ID, only_on("message")),
    "container": thing(
        {
            "child_blocks": items(
                one_of(
                    BLOCKS,
                    *("actions", "context", "divider", "file", "header", "image", "input"),
                    *("rich_text", "section", "table", "video"),
                ),
                10,
            )
        },
        {
            **BLOCK_ID,
            "title": plain(150),
            "rich_text_title": RICH_TEXT_BLOCK,
            "subtitle": text(150),
            "width": choice("narrow", "standard", "wide", "full"),
            "icon": IMAGE,
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
        at_least_one("title", "rich_text_title"),
        collapsed_needs_collapsible,
    ),
    "video": thing(
        {"alt_text": string(2000, 1), "video_url": URL, "thumbnail_url": URL, "title": plain(199)},
        {
            **BLOCK_ID,
            "title_url": URL,
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(),
            "author_name": string(49),
        },
    ),
}

# --- Views -------------------------------------------------------------------------------------------

VIEW_IDS: dict[str, Check] = {
    "blocks": anything,
    "private_metadata": string(3000),
    "callback_id": ID,
    "external_id": ID,
}
VIEWS: dict[str, Check] = {
    "modal": thing(
        {"title": plain(24), "blocks": anything},
        {
            **VIEW_IDS,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
    ),
    "home": thing({"blocks": anything}, VIEW_IDS),
}

OPTIONS_ANSWER = thing({}, {"options": items(OPTION, 100, least=0), "option_groups": OPTION_GROUPS})
METADATA = thing({"event_type": string(255, 1, r"[A-Za-z0-9_.:-]+"), "event_payload": an_object})


def validate_blocks(blocks: Any, surface: str, where: str = "/blocks") -> list[str]:
    """What Slack would object to in `blocks` on a surface: "message", "modal" or "home"."""
    problems = Problems(surface)
    items(one_of(BLOCKS), MOST_BLOCKS[surface], least=0)(blocks, where, problems)
    if not problems:
        check_ids(blocks, where, problems)
        check_totals(blocks, where, problems)
    return problems


def validate_message(payload: Json) -> list[str]:
    """What Slack would object to in a message: {text, blocks, metadata, …} as chat.postMessage takes it."""
    problems = Problems("message")
    body, blocks = payload.get("text"), payload.get("blocks")
    if body:
        string(MOST_TEXT)(body, "/text", problems)
    elif not blocks and not payload.get("attachments"):
        problems.add("/", "no text, blocks or attachments")
    if blocks is not None:
        problems += validate_blocks(blocks, "message")
    if payload.get("metadata"):
        METADATA(payload["metadata"], "/metadata", problems)
    return problems


def validate_view(view: Json) -> list[str]:
    """What Slack would object to in a view as views.open, push, update or publish take it."""
    surface = view.get("type") if isinstance(view, dict) else None
    problems = Problems(surface if surface in ("modal", "home") else "modal")
    one_of(VIEWS)(view, "/view", problems)
    if problems:
        return problems
    blocks = view["blocks"]
    problems += validate_blocks(blocks, problems.surface, "/view/blocks")
    if surface == "modal" and not view.get("submit") and any(b.get("type") == "input" for b in blocks):
        problems.add("/view", "missing required field: submit (a modal with input blocks needs one)")
    if len(json.dumps(view).encode()) > MOST_VIEW_BYTES:
        problems.add("/view", f"view_too_large: more than {MOST_VIEW_BYTES} bytes")
    return problems


def validate_options(answer: Any) -> list[str]:
    """What Slack would object to in the answer to a block_suggestion: {"options"} or {"option_groups"}."""
    problems = Problems("modal")
    OPTIONS_ANSWER(answer, "", problems)
    if isinstance(answer, dict) and ("options" in answer) == ("option_groups" in answer):
        problems.add("", "exactly one of options and option_groups must be given")
    return problems


# --- What a table can't say --------------------------------------------------------------------------


def every_block(blocks: list[Json], where: str = "") -> Iterator[tuple[str, Json]]:
    """All blocks with their JSON pointers, those within containers and carousels included."""
    for index, block in enumerate(blocks):
        here = f"{where}/{index}"
        yield here, block
        for key in ("child_blocks", "elements"):
            if block["type"] in ("container", "carousel") and key in block:
                yield from every_block(block[key], f"{here}/{key}")


def elements_of(block: Json) -> list[Json]:
    """The elements that stand directly in a block: accessory, element, elements or a card's buttons."""
    single = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    several = block.get("actions" if block["type"] == "card" else "elements") or []
    inner = several if block["type"] in ("actions", "context_actions", "card", "context") else []
    return single + [one for one in inner if isinstance(one, dict)]


def check_ids(blocks: list[Json], where: str, problems: Problems) -> None:
    """block_ids are unique in a message or view, action_ids within their block."""
    seen: set[str] = set()
    for here, block in every_block(blocks, where):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            problems.add(f"{here}/block_id", f"block_id {block_id} already exists")
        seen.add(block_id or "")
        actions = Counter(one["action_id"] for one in elements_of(block) if one.get("action_id"))
        for action_id, times in actions.items():
            if times > 1:
                problems.add(here, f"action_id {action_id} already exists in this block")


def check_totals(blocks: list[Json], where: str, problems: Problems) -> None:
    """One table a message; tables and Markdown are limited in all together; one element may ask for focus."""
    everything = [block for _, block in every_block(blocks)]
    tables = [block for block in everything if block["type"] == "table"]
    if len(tables) > 1:
        problems.add(where, "only_one_table_allowed")
    if sum(map(characters, tables)) > MOST_TABLE_CHARACTERS:
        problems.add(where, f"tables must hold less than {MOST_TABLE_CHARACTERS + 1} characters")
    if sum(len(block["text"]) for block in everything if block["type"] == "markdown") > MOST_MARKDOWN:
        problems.add(where, f"markdown blocks must hold less than {MOST_MARKDOWN + 1} characters in all")
    if sum(bool(one.get("focus_on_load")) for block in everything for one in elements_of(block)) > 1:
        problems.add(where, "only one element may have focus_on_load")


def characters(value: Any) -> int:
    """The length of every `text` in a value, however deep."""
    if isinstance(value, dict):
        return sum(
            len(inner) if key == "text" and isinstance(inner, str) else characters(inner)
            for key, inner in value.items()
        )
    return sum(map(characters, value)) if isinstance(value, list) else 0
