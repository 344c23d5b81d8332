from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.demo.blockkit import validate_blocks, validate_message
from handlers.drawing import CUT_OFF
from handlers.slack import wire
from handlers.slack.render import MESSAGE, VIEW, blocks, link, message
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Confirm,
    Divider,
    Element,
    Fact,
    Facts,
    Quote,
    Style,
    Text,
    Tone,
)
from tests.unit.hostile import HOSTILE

texts = st.sampled_from(list(HOSTILE)).map(HOSTILE.__getitem__) | st.text(max_size=200)
short = st.text("abcdef0123456789", min_size=1, max_size=32)
buttons = st.builds(
    Button,
    label=texts,
    action=st.sampled_from(["submit", "choose_time"]),
    subject=short,
    value=texts,
    style=st.sampled_from(Style),
    confirm=st.none() | st.builds(Confirm, title=texts, text=texts, yes=texts, no=texts),
)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, texts, st.sampled_from(Tone)),
    st.builds(Quote, texts),
    st.builds(Facts, st.lists(st.builds(Fact, texts, texts, texts), max_size=60).map(tuple)),
    st.builds(Buttons, st.lists(buttons, max_size=30).map(tuple)),
    st.builds(Choices, st.lists(st.builds(Choice, texts, buttons, texts), max_size=30).map(tuple)),
    st.just(Divider()),
)
cards = st.builds(Card, texts, texts, st.lists(elements, max_size=12).map(tuple))
thorough = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(cards)
@thorough
def test_every_card_is_a_message_that_slack_takes(card: Card) -> None:
    payload = message(card)
    assert validate_message(payload) == []
    json.dumps(payload, ensure_ascii=False).encode()
    assert len(json.dumps(payload["blocks"], ensure_ascii=False)) <= MESSAGE.size


@given(cards)
@thorough
def test_every_card_fits_a_modal_and_the_home_tab(card: Card) -> None:
    assert validate_blocks(blocks(card, VIEW), "modal") == []
    assert validate_blocks(blocks(card, VIEW), "home") == []


@given(cards)
@thorough
def test_nothing_is_markup(card: Card) -> None:
    payload = message(card)
    assert '"mrkdwn"' not in json.dumps(payload)
    assert not set("<>") & set(payload["text"])
    assert not any(of_type(payload, kind) for kind in ("user", "usergroup", "broadcast", "channel", "emoji"))
    assert all(text["emoji"] is False for text in of_type(payload, "plain_text"))


def of_type(value: Any, kind: str) -> list[dict[str, Any]]:
    """Everything of a type in a payload, however deep."""
    if isinstance(value, list):
        return [found for inner in value for found in of_type(inner, kind)]
    if not isinstance(value, dict):
        return []
    inside = [found for inner in value.values() for found in of_type(inner, kind)]
    return [value, *inside] if value.get("type") == kind else inside


def rendered(*parts: Element, title: str = "") -> list[dict[str, Any]]:
    return blocks(Card("A card", title, parts), MESSAGE)


def rich(block: dict[str, Any]) -> str:
    return "".join(part["text"] for part in of_type(block, "text"))


def button(label: str = "Submit", **rest: Any) -> Button:
    return Button(label, "submit", "s1", **rest)


def test_the_title_is_a_header() -> None:
    (block,) = rendered(title="New referral")
    assert block["type"] == "header"
    assert block["text"] == {"type": "plain_text", "text": "New referral", "emoji": False}


def test_facts_are_lines_with_a_bold_label_and_the_mark_in_italics() -> None:
    (block,) = rendered(Facts((Fact("Service", "Cardiology"), Fact("Urgency", "Routine", "assumed"))))
    assert rich(block) == "Service: Cardiology\nUrgency: Routine · assumed"
    styles = {part["text"]: part.get("style") for part in of_type(block, "text")}
    assert styles["Urgency:"] == {"bold": True}
    assert styles[" · assumed"] == {"italic": True}
    assert styles[" Routine"] is None


def test_tones_stand_out() -> None:
    strong, warning, quiet = rendered(Text("a", Tone.STRONG), Text("b", Tone.WARNING), Text("c", Tone.QUIET))
    assert of_type(strong, "text")[0]["style"] == {"bold": True}
    assert rich(warning) == "⚠ b"
    assert quiet["type"] == "context"


def test_words_of_a_person_are_a_quote() -> None:
    (block,) = rendered(Quote("<!channel> *hello*"))
    assert block["elements"][0]["type"] == "rich_text_quote"
    assert rich(block) == "<!channel> *hello*"


def test_each_choice_has_its_own_button() -> None:
    first, second = rendered(
        Choices((Choice("Tue 9:00", button("Choose"), "Dr. Lee"), Choice("Wed 9:00", button("Choose"))))
    )
    assert first["text"]["text"] == "Tue 9:00\nDr. Lee"
    assert first["accessory"]["action_id"] != second["accessory"]["action_id"]


def test_a_button_carries_action_subject_and_value() -> None:
    (block,) = rendered(Buttons((button(value="a “value”"),)))
    (made,) = block["elements"]
    assert wire.action_of(made["action_id"]) == "submit"
    assert wire.read_button_value(made["value"]) == ("s1", "a “value”")


def test_a_dangerous_button_asks_first() -> None:
    (block,) = rendered(
        Buttons((button("Discard", style=Style.DANGER, confirm=Confirm("Sure?", "Gone.", "Yes")),))
    )
    (made,) = block["elements"]
    assert made["style"] == "danger"
    assert (made["confirm"]["title"]["text"], made["confirm"]["deny"]["text"]) == ("Sure?", "Go back")


def test_more_buttons_than_a_row_holds_take_a_second_row() -> None:
    rows = rendered(Buttons(tuple(button(str(n)) for n in range(30))))
    assert [len(row["elements"]) for row in rows] == [25, 5]


def test_a_link_opens_only_a_web_address() -> None:
    web, script = (
        link("Open", address).to_dict() for address in ("https://practice.example/x", "javascript:alert(1)")
    )
    assert of_type(web, "link")[0] == {"type": "link", "url": "https://practice.example/x", "text": "Open"}
    assert of_type(script, "link") == []
    assert rich(script) == "Open"


def test_a_long_text_says_how_much_is_missing() -> None:
    (block,) = rendered(Text("x" * 40_000))
    assert "more characters not shown" in rich(block)


def test_a_long_text_stands_whole_in_a_modal() -> None:
    words = "word " * 2_000
    made = blocks(Card("A card", elements=(Text(words),)), VIEW)
    assert "".join(rich(block) for block in made).split() == words.split()


def test_of_too_much_the_buttons_stay_and_a_line_says_so() -> None:
    many = tuple(Choice(f"Time {n}", button("Choose"), "x" * 200) for n in range(80))
    made = rendered(Text("Times"), Choices(many), Buttons((button("None of these"),)))
    assert len(made) <= 50
    assert rich(made[0]) == "Times"
    assert made[-1]["elements"][0]["text"]["text"] == "None of these"
    assert made[-2]["elements"][0]["text"] == CUT_OFF


def test_the_fallback_is_escaped() -> None:
    assert message(Card("<!channel> & co"))["text"] == "&lt;!channel&gt; &amp; co"


def test_an_empty_card_shows_its_fallback() -> None:
    (block,) = message(Card("Nothing here"))["blocks"]
    assert rich(block) == "Nothing here"


@pytest.mark.parametrize("value", ["", "x" * 5_000, '"' * 5_000, "🏥" * 5_000])
def test_what_a_button_carries_is_never_too_long(value: str) -> None:
    carried = wire.button_value("s" * 32, value)
    assert len(carried.encode("utf-16-le")) // 2 <= wire.MOST_BUTTON_VALUE
    subject, read = wire.read_button_value(carried)
    assert subject == "s" * 32
    assert value.startswith(read)
