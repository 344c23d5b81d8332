from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from microsoft_teams.cards import AdaptiveCard

from handlers.teams.render import PLAYGROUND, TEAMS, adaptive_card, message, size, with_back
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

Json = dict[str, Any]
MOST_OF_A_MESSAGE = 28 * 1024
VIEWERS = [f"29:{'x' * 90}{number:03}" for number in range(100)]

texts = st.sampled_from(list(HOSTILE)).map(HOSTILE.__getitem__) | st.text(max_size=200)
buttons = st.builds(
    Button,
    label=texts,
    action=st.sampled_from(["submit", "edit", "take_time", "discard"]),
    subject=st.text("abcdef0123456789", max_size=32),
    value=texts,
    style=st.sampled_from(Style),
    confirm=st.none() | st.builds(Confirm, title=texts, text=texts, yes=texts, no=texts),
)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, texts, st.sampled_from(Tone)),
    st.builds(Quote, texts),
    st.builds(Facts, st.lists(st.builds(Fact, texts, texts, texts), max_size=60).map(tuple)),
    st.builds(Buttons, st.lists(buttons, max_size=9).map(tuple)),
    st.builds(Choices, st.lists(st.builds(Choice, texts, buttons, texts), max_size=9).map(tuple)),
    st.just(Divider()),
)
cards = st.builds(Card, texts, texts, st.lists(elements, max_size=12).map(tuple))
thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def pieces(content: Any) -> Iterator[Json]:
    """Every JSON object within a card."""
    if isinstance(content, dict):
        yield content
        for value in content.values():
            yield from pieces(value)
    elif isinstance(content, list):
        for value in content:
            yield from pieces(value)


def card_of(activity: Json) -> Json:
    content: Json = activity["attachments"][0]["content"]
    return content


def buttons_of(content: Json) -> list[Json]:
    return [piece for piece in pieces(content) if str(piece.get("type")).startswith("Action.")]


def said(content: Json) -> str:
    return "\n".join(str(piece["text"]) for piece in pieces(content) if piece.get("type") == "TextRun")


@given(cards, st.sampled_from([TEAMS, PLAYGROUND]))
@thorough
def test_every_card_is_a_message_that_teams_takes(card: Card, client: Any) -> None:
    activity = message(card, client, viewers=[f"29:{number}" for number in range(100)])
    content = card_of(activity)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        AdaptiveCard.model_validate(content)
    assert content["version"] == "1.5"
    assert content["body"]
    assert len(content.get("refresh", {}).get("userIds", ())) <= 60
    assert activity["summary"].strip()


@given(cards)
@thorough
def test_a_message_stays_under_what_teams_takes_however_much_there_is(card: Card) -> None:
    few = Card(
        card.fallback, card.title, tuple(e for e in card.elements if not isinstance(e, Buttons | Choices))
    )
    assert size(message(few, viewers=VIEWERS)) < MOST_OF_A_MESSAGE


def test_viewers_take_their_room_from_the_text() -> None:
    full = Card("Я" * 500, "Я" * 200, tuple(Text("Я" * 900) for _ in range(20)))
    assert 20_000 < size(message(full, viewers=VIEWERS)) < MOST_OF_A_MESSAGE


@given(texts, texts)
@thorough
def test_peoples_text_is_never_markup(one: str, other: str) -> None:
    card = Card("Something", one, (Text(one), Quote(other), Facts((Fact(one, other, one),))))
    kinds = {piece["type"] for piece in pieces(adaptive_card(card)) if "text" in piece}
    assert kinds == {"TextRun"}
    assert not [piece for piece in pieces(adaptive_card(card)) if piece.get("type") == "FactSet"]


def test_a_line_break_begins_a_block_of_its_own() -> None:
    content = adaptive_card(Card("x", "", (Text("one\n\ntwo"),)))
    assert [piece["inlines"][0]["text"] for piece in content["body"]] == ["one", "two"]


def test_a_warning_has_a_sign_as_well_as_a_colour() -> None:
    (block,) = adaptive_card(Card("x", "", (Text("Late", Tone.WARNING),)))["body"]
    assert block["inlines"] == [{"type": "TextRun", "text": "⚠ Late", "color": "Attention"}]


def test_a_button_carries_what_it_is_about() -> None:
    content = adaptive_card(Card("x", "", (Buttons((Button("Claim", "claim", "r1", "v", Style.PRIMARY),)),)))
    (button,) = buttons_of(content)
    assert button == {
        "type": "Action.Execute",
        "verb": "claim",
        "title": "Claim",
        "data": {"v": 1, "action": "claim", "subject": "r1", "value": "v"},
        "style": "positive",
    }


def test_a_button_that_opens_a_form_opens_a_dialog_where_the_client_has_them() -> None:
    card = Card("x", "", (Buttons((Button("Edit", "edit", "r1"),)),))
    (in_teams,) = buttons_of(adaptive_card(card, TEAMS))
    (in_playground,) = buttons_of(adaptive_card(card, PLAYGROUND))
    assert in_teams["type"] == "Action.Submit"
    assert in_teams["data"]["msteams"] == {"type": "task/fetch"}
    assert in_playground["type"] == "Action.Execute"
    assert in_playground["verb"] == "edit"


def test_a_button_that_asks_first_unfolds_what_it_asks() -> None:
    confirm = Confirm("Discard this draft?", "Nothing has been sent.", "Discard it")
    card = Card("x", "", (Buttons((Button("Discard", "discard", "r1", confirm=confirm),)),))
    outer, inner = buttons_of(adaptive_card(card))
    assert (outer["type"], outer["title"]) == ("Action.ShowCard", "Discard")
    assert (inner["type"], inner["title"], inner["verb"]) == ("Action.Execute", "Discard it", "discard")
    assert "Nothing has been sent." in said(outer["card"])


def test_more_buttons_than_a_row_takes_stand_in_several() -> None:
    many = tuple(Button(f"Service {number}", "choose_service", "r1") for number in range(25))
    content = adaptive_card(Card("x", "", (Buttons(many),)))
    assert len(buttons_of(content)) == 25
    assert all(len(row["actions"]) <= 6 for row in content["body"])


def test_too_much_is_cut_with_a_word_and_the_buttons_stay() -> None:
    long = tuple(Text(f"{number} " + "x" * 3_000) for number in range(20))
    content = adaptive_card(Card("x", "Title", (*long, Buttons((Button("Claim", "claim", "r1"),)))))
    assert "There is more than fits here" in said(content)
    assert [button["title"] for button in buttons_of(content)] == ["Claim"]
    assert len(json.dumps(content, ensure_ascii=False)) < MOST_OF_A_MESSAGE


def test_a_divider_separates_what_follows_it() -> None:
    content = adaptive_card(Card("x", "", (Text("one"), Divider(), Text("two"), Text("three"))))
    assert [bool(piece.get("separator")) for piece in content["body"]] == [False, True, False]


def test_a_card_of_nothing_says_its_fallback() -> None:
    assert said(adaptive_card(Card("Nothing here."))) == "Nothing here."


def test_notifications_show_the_fallback_alone() -> None:
    activity = message(Card("RB-7K2M: Claimed", "RB-7K2M · J. W.", (Text("Jane"),)))
    assert activity["summary"] == "RB-7K2M: Claimed"
    assert "text" not in activity


def test_a_card_in_the_place_of_another_can_be_left() -> None:
    content = with_back(adaptive_card(Card("x", "", (Text("one"),))))
    assert [button["verb"] for button in buttons_of(content)] == ["back"]


@pytest.mark.parametrize("client", [TEAMS, PLAYGROUND])
def test_only_where_people_have_views_of_their_own_is_a_card_refreshed(client: Any) -> None:
    content = adaptive_card(Card("x"), client, viewers=["29:maria"])
    assert ("refresh" in content) is client.own_views
