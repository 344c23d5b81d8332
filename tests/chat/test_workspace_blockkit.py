"""Slack's limits: what is just allowed, and what is one too many."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from handlers.demo.blockkit import validate_blocks, validate_message, validate_options, validate_view

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(n: object = "v", text: str = "x") -> Json:
    return {"text": plain(text), "value": str(n)}


def options(count: int) -> list[Json]:
    return [option(n) for n in range(count)]


def button(n: object = "b", **more: Any) -> Json:
    return {"type": "button", "action_id": str(n), "text": plain(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def section(**more: Any) -> Json:
    return {"type": "section", **more}


def select(kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "s", **more}


def card(**more: Any) -> Json:
    return {"type": "card", **(more or {"title": mrkdwn()})}


def container(**more: Any) -> Json:
    return {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], **more}


def table(rows: int = 1, cells: int = 1, text: str = "x") -> Json:
    row = [{"type": "raw_text", "text": text}] * cells
    return {"type": "table", "rows": [row] * rows}


def feedback(**more: Any) -> Json:
    one = {"text": plain(), "value": "v"}
    return {"type": "feedback_buttons", "positive_button": one, "negative_button": one, **more}


# What goes wrong, by what is allowed: (surface, a good block, a bad one, words of the objection).
LIMITS: list[tuple[str, Json, Json, str]] = [
    ("message", section(text=mrkdwn("x" * 3000)), section(text=mrkdwn("x" * 3001)), "3001"),
    ("message", section(text=mrkdwn()), section(text=mrkdwn("")), "more than 0"),
    ("message", section(text=mrkdwn()), section(), "at least one"),
    ("message", section(fields=[plain()] * 10), section(fields=[plain()] * 11), "no more than 10"),
    ("message", section(fields=[plain("x" * 2000)]), section(fields=[plain("x" * 2001)]), "2001"),
    ("message", section(text=plain()), section(text=plain(), foo=1), "additional property: foo"),
    ("message", section(text=plain()), section(text={"type": "markdown", "text": "x"}), "unsupported type"),
    ("message", section(text=plain(), accessory=button()), section(text=plain(), accessory={}), "type"),
    (
        "message",
        section(text=plain(), accessory=select(options=options(1))),
        section(text=plain(), accessory={"type": "plain_text_input"}),
        "unsupported type",
    ),
    ("message", section(text=plain(), block_id="x" * 255), section(text=plain(), block_id="x" * 256), "256"),
    (
        "message",
        {"type": "header", "text": plain("x" * 150)},
        {"type": "header", "text": plain("x" * 151)},
        "151",
    ),
    (
        "message",
        {"type": "header", "text": plain()},
        {"type": "header", "text": mrkdwn()},
        "unsupported type",
    ),
    ("message", {"type": "divider"}, {"type": "dividr"}, "unsupported type: dividr"),
    (
        "message",
        {"type": "context", "elements": [mrkdwn()] * 10},
        {"type": "context", "elements": [mrkdwn()] * 11},
        "no more than 10",
    ),
    (
        "message",
        {"type": "context", "elements": [plain()]},
        {"type": "context", "elements": [button()]},
        "button",
    ),
    ("message", actions(*map(button, range(25))), actions(*map(button, range(26))), "no more than 25"),
    ("message", actions(button(1), button(2)), actions(button(1), button(1)), "action_id 1 already exists"),
    ("message", actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76))), "76"),
    ("message", actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "2001"),
    ("message", actions(button("x" * 255)), actions(button("x" * 256)), "256"),
    ("message", actions(button(style="danger")), actions(button(style="blue")), "must be one of"),
    ("message", actions(button(url="x" * 3000)), actions(button(url="x" * 3001)), "3001"),
    ("message", actions(button()), actions(feedback()), "unsupported type"),
    (
        "message",
        actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()})),
        actions(button(confirm={"title": plain(), "text": plain()})),
        "missing required field: confirm",
    ),
    ("message", actions(select(options=options(100))), actions(select(options=options(101))), "100"),
    (
        "message",
        actions(select(options=[option("x" * 150)])),
        actions(select(options=[option("x" * 151)])),
        "151",
    ),
    (
        "message",
        actions(select(options=[option("v", "x" * 75)])),
        actions(select(options=[option("v", "x" * 76)])),
        "76",
    ),
    ("message", actions(select(options=options(1))), actions(select()), "at least one"),
    (
        "message",
        actions(select(options=options(1))),
        actions(select(options=options(1), option_groups=[{"label": plain(), "options": options(1)}])),
        "cannot both",
    ),
    (
        "message",
        actions(select(options=options(2), initial_option=option(1))),
        actions(select(options=options(2), initial_option=option(2))),
        "initial options",
    ),
    (
        "message",
        actions(select("external_select")),
        actions(select("external_select", min_query_length="1")),
        "int",
    ),
    ("message", actions(select("users_select")), actions(select("user_select")), "unsupported type"),
    (
        "message",
        actions(select(placeholder=plain("x" * 150), options=options(1))),
        actions(select(placeholder=plain("x" * 151), options=options(1))),
        "151",
    ),
    (
        "message",
        actions(select("datepicker", initial_date="2026-11-24")),
        actions(select("datepicker", initial_date="24.11.2026")),
        "pattern",
    ),
    (
        "message",
        actions(select("timepicker", initial_time="23:59")),
        actions(select("timepicker", initial_time="24:00")),
        "pattern",
    ),
    (
        "message",
        actions(select("overflow", options=options(5))),
        actions(select("overflow", options=options(6))),
        "5",
    ),
    (
        "message",
        actions(select("checkboxes", options=options(10))),
        actions(select("checkboxes", options=options(11))),
        "no more than 10",
    ),
    (
        "message",
        actions(select("radio_buttons", options=options(2))),
        actions(select("radio_buttons", options=[option(), option()])),
        "unique",
    ),
    ("modal", field({"type": "plain_text_input"}), field(button()), "unsupported type: button"),
    (
        "modal",
        field({"type": "plain_text_input", "max_length": 3000}),
        field({"type": "plain_text_input", "max_length": 3001}),
        "between 1 and 3000",
    ),
    (
        "modal",
        field({"type": "plain_text_input", "max_length": 3, "initial_value": "abc"}),
        field({"type": "plain_text_input", "max_length": 3, "initial_value": "abcd"}),
        "less than 4",
    ),
    (
        "modal",
        field({"type": "plain_text_input"}, label=plain("x" * 2000)),
        field({"type": "plain_text_input"}, label=plain("x" * 2001)),
        "2001",
    ),
    (
        "modal",
        field({"type": "file_input", "max_files": 10}),
        field({"type": "file_input", "max_files": 11}),
        "10",
    ),
    (
        "modal",
        field({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
        field({"type": "number_input", "is_decimal_allowed": False, "min_value": 1}),
        "must be a string",
    ),
    (
        "modal",
        field({"type": "email_text_input"}),
        field({"type": "email_text_input", "multiline": True}),
        "multil",
    ),
    (
        "modal",
        {"type": "alert", "text": plain("x" * 200)},
        {"type": "alert", "text": plain("x" * 201)},
        "201",
    ),
    (
        "modal",
        {"type": "alert", "text": plain()},
        {"type": "alert", "text": plain(), "level": "bad"},
        "one of",
    ),
    (
        "message",
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x"},
        {"type": "image", "image_url": "https://example.com/a.png"},
        "alt_text",
    ),
    (
        "message",
        {"type": "file", "external_id": "x", "source": "remote"},
        {"type": "file", "external_id": "x", "source": "local"},
        "remote",
    ),
    ("message", card(title=mrkdwn("x" * 150)), card(title=mrkdwn("x" * 151)), "151"),
    ("message", card(body=mrkdwn("x" * 200)), card(body=mrkdwn("x" * 201)), "201"),
    (
        "message",
        card(actions=[button(n) for n in range(3)]),
        card(actions=[button(n) for n in range(4)]),
        "3",
    ),
    ("message", card(title=plain()), card(subtitle=plain()), "at least one"),
    (
        "message",
        {"type": "carousel", "elements": [card()] * 10},
        {"type": "carousel", "elements": [card()] * 11},
        "no more than 10",
    ),
    (
        "message",
        {"type": "carousel", "elements": [card()]},
        {"type": "carousel", "elements": [{"type": "divider"}]},
        "unsupported type",
    ),
    (
        "message",
        container(child_blocks=[{"type": "divider"}] * 10),
        container(child_blocks=[{"type": "divider"}] * 11),
        "no more than 10",
    ),
    ("message", container(), container(child_blocks=[container()]), "unsupported type: container"),
    (
        "message",
        container(is_collapsible=True, default_collapsed=True),
        container(default_collapsed=True),
        "requires is_collapsible",
    ),
    ("message", container(width="wide"), container(width="huge"), "one of"),
    ("message", table(100, 1), table(101, 1), "no more than 100"),
    ("message", table(1, 20), table(1, 21), "no more than 20"),
    ("message", table(100, 10, "x" * 10), table(100, 10, "x" * 11), "tables must hold less than 10001"),
    (
        "message",
        table(2, 2) | {"column_settings": [None, {"align": "right"}]},
        {"type": "table", "rows": [[], [{"type": "raw_text", "text": "x"}]]},
        "no fewer than 1",
    ),
    (
        "message",
        {"type": "context_actions", "elements": [feedback()]},
        {"type": "context_actions", "elements": [button()]},
        "unsupported type",
    ),
    (
        "message",
        {"type": "context_actions", "elements": [feedback(action_id=str(n)) for n in range(5)]},
        {"type": "context_actions", "elements": [feedback(action_id=str(n)) for n in range(6)]},
        "no more than 5",
    ),
    (
        "message",
        {"type": "markdown", "text": "x" * 12000},
        {"type": "markdown", "text": "x" * 12001},
        "12001",
    ),
    (
        "message",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        },
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        "unsupported type: text",
    ),
    (
        "message",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "bullet", "elements": []}],
        },
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "dots", "elements": []}]},
        "bullet",
    ),
]


@pytest.mark.parametrize(("surface", "good", "bad", "words"), LIMITS)
def test_a_limit(surface: str, good: Json, bad: Json, words: str) -> None:
    assert validate_blocks([good], surface) == []
    problems = validate_blocks([bad], surface)
    assert problems, bad
    assert words in " ".join(problems)
    assert all("[json-pointer:/blocks" in problem for problem in problems)


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        ({"type": "divider"}, {"message", "modal", "home"}),
        (field({"type": "plain_text_input"}), {"message", "modal", "home"}),
        (field({"type": "datetimepicker"}), {"message", "modal"}),
        (field({"type": "file_input"}), {"modal"}),
        (field({"type": "email_text_input"}), {"modal"}),
        (field({"type": "number_input", "is_decimal_allowed": True}), {"modal"}),
        ({"type": "alert", "text": plain()}, {"modal"}),
        (table(), {"message"}),
        (card(), {"message"}),
        ({"type": "carousel", "elements": [card()]}, {"message"}),
        ({"type": "context_actions", "elements": [feedback()]}, {"message"}),
        ({"type": "markdown", "text": "x"}, {"message"}),
        (container(child_blocks=[table()]), {"message"}),
    ],
)
def test_a_block_is_allowed_only_on_its_surfaces(block: Json, surfaces: set[str]) -> None:
    assert {one for one in ("message", "modal", "home") if not validate_blocks([block], one)} == surfaces


def test_a_message_has_at_most_fifty_blocks_and_a_view_a_hundred() -> None:
    divider = {"type": "divider"}
    assert validate_message({"blocks": [divider] * 50}) == []
    assert "no more than 50" in validate_message({"blocks": [divider] * 51})[0]
    assert validate_view({"type": "home", "blocks": [divider] * 100}) == []
    assert "no more than 100" in validate_view({"type": "home", "blocks": [divider] * 101})[0]


def test_block_ids_are_unique_across_a_message_even_within_containers() -> None:
    inner = {"type": "divider", "block_id": "same"}
    problems = validate_message({"blocks": [{**inner}, container(child_blocks=[inner])]})
    assert problems == ["block_id same already exists [json-pointer:/blocks/1/child_blocks/0/block_id]"]


def test_same_action_ids_are_allowed_in_different_blocks() -> None:
    assert validate_message({"blocks": [actions(button()), actions(button())]}) == []


def test_a_message_holds_one_table_and_one_focus() -> None:
    assert "only_one_table" in validate_message({"blocks": [table(), table()]})[0]
    focus = field({"type": "plain_text_input", "focus_on_load": True})
    view = {"type": "modal", "title": plain(), "submit": plain(), "blocks": [focus, focus]}
    assert "focus_on_load" in validate_view(view)[0]


def test_a_message_needs_something_to_show() -> None:
    assert validate_message({"text": "x" * 40_000}) == []
    assert validate_message({"text": "x" * 40_001})
    assert validate_message({}) == ["no text, blocks or attachments [json-pointer:/]"]
    assert validate_message({"text": "x", "metadata": {"event_type": "e", "event_payload": {}}}) == []
    assert validate_message({"text": "x", "metadata": {"event_type": "e e", "event_payload": {}}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": plain("x" * 25)}, "25"),
        ({"title": None}, "title"),
        ({"submit": plain("x" * 25)}, "25"),
        ({"submit": None}, "submit"),
        ({"close": plain("x" * 25)}, "25"),
        ({"private_metadata": "x" * 3001}, "3001"),
        ({"callback_id": "x" * 256}, "256"),
        ({"type": "dialog"}, "unsupported type"),
        ({"blocks": None}, "blocks"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_view_is_limited(change: Json, words: str) -> None:
    good = {
        "type": "modal",
        "title": plain("x" * 24),
        "submit": plain("x" * 24),
        "close": plain("x" * 24),
        "private_metadata": "x" * 3000,
        "callback_id": "x" * 255,
        "blocks": [field({"type": "plain_text_input"})],
    }
    assert validate_view(good) == []
    assert words in " ".join(validate_view(good | change))


def test_a_home_tab_has_no_title() -> None:
    assert "title" in validate_view({"type": "home", "title": plain(), "blocks": []})[0]


def test_options_for_a_menu_are_limited() -> None:
    assert validate_options({"options": options(100)}) == []
    assert validate_options({"options": []}) == []
    assert validate_options({"options": options(101)})
    assert validate_options({"option_groups": [{"label": plain(), "options": options(2)}]}) == []
    assert validate_options({})
    assert validate_options(None)


def test_nonsense_is_an_objection_and_not_an_error() -> None:
    for nonsense in (None, 7, "x", [], {}, {"type": None}, {"type": []}, {"type": "section", "text": "x"}):
        assert validate_blocks([nonsense], "message")
        assert validate_view(nonsense)  # type: ignore[arg-type]
    assert validate_blocks("x", "message")


def test_what_the_sdks_models_build_is_taken() -> None:
    built = [
        sdk.HeaderBlock(text="A patient"),
        sdk.SectionBlock(text=sdk.MarkdownTextObject(text="*Ana*"), fields=["a", "b"]),
        sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="c")]),
        sdk.DividerBlock(),
        sdk.ActionsBlock(
            elements=[
                sdk.ButtonElement(text="Claim", action_id="claim", value="1", style="primary"),
                sdk.StaticSelectElement(
                    action_id="more", placeholder="More", options=[sdk.Option(value="a", label="A")]
                ),
                sdk.OverflowMenuElement(action_id="over", options=[sdk.Option(value="a", label="A")] * 1),
                sdk.DatePickerElement(action_id="day", initial_date="2026-11-24"),
            ]
        ),
        sdk.CarouselBlock(
            elements=[
                sdk.CardBlock(title="Tue 9:00", actions=[sdk.ButtonElement(text="Book", action_id="b")])
            ]
        ),
        sdk.ContainerBlock(title="Details", child_blocks=[sdk.DividerBlock()], is_collapsible=True),
        sdk.ContextActionsBlock(
            elements=[
                sdk.FeedbackButtonsElement(
                    action_id="rate",
                    positive_button=sdk.FeedbackButtonObject(text="Good", value="1"),
                    negative_button=sdk.FeedbackButtonObject(text="Bad", value="0"),
                )
            ]
        ),
        sdk.TableBlock(rows=[[{"type": "raw_text", "text": "x"}]]),
    ]
    assert validate_message({"blocks": [block.to_dict() for block in built]}) == []
    view = View(
        type="modal",
        title="A patient",
        submit="Submit",
        blocks=[
            sdk.AlertBlock(text="Careful", level="warning"),
            sdk.InputBlock(
                label="Insurance", element=sdk.ExternalDataSelectElement(action_id="p", min_query_length=1)
            ),
            sdk.InputBlock(label="Name", element=sdk.PlainTextInputElement(action_id="n", max_length=80)),
            sdk.InputBlock(label="Files", element=FileInputElement(action_id="f", max_files=5)),
        ],
    )
    assert validate_view(view.to_dict()) == []
