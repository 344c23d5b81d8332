"""Every card and form as Adaptive Cards, before Microsoft's own models, parser and renderer."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from every_card import Gathering, everything, makers
from microsoft_teams import cards as models
from playwright.async_api import Browser, Page
from pydantic import BaseModel
from stage import picture

from handlers.demo import packages
from handlers.teams.forms import Drawing, form_card, searched
from handlers.teams.render import PLAYGROUND, TEAMS, Json, adaptive_card, message
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    ChecksField,
    Choice,
    ChoiceField,
    Choices,
    Confirm,
    Fact,
    Facts,
    Form,
    Option,
    Quote,
    SearchField,
    Style,
    Text,
    TextField,
    Tone,
)
from referral_bot.desk.presses import FORMS

IN_LOOP = pytest.mark.asyncio(loop_scope="module")
RENDERER = "node_modules/adaptivecards/dist/adaptivecards.min.js"
SHEET = 24
"""Cards to a screenshot."""
MOST = 28 * 1024
"""Bytes that Teams takes of a message."""
CLIENTS = {"teams": TEAMS, "playground": PLAYGROUND}
FOUND = tuple(Option(f"option-{number}", f"Option {number}", "a detail") for number in range(20))

TYPE_AHEAD = 'Property "choices.data" is supported in version 1.6, but you are using version 1.5.'
"""The one objection: Teams takes type-ahead in cards of version 1.5 too, and no newer ones everywhere."""

HOSTILE = (
    "**bold** _italic_ [link](https://example.com) ![image](https://example.com/x.png)",
    "<b>bold</b> <at>everyone</at> <img src=x onerror=alert(1)> <a href='https://example.com'>here</a>",
    "# Heading\n- item\n1. item\n> quote\n`code` ~~gone~~ \\* &lt;b&gt; &amp;",
    "{{DATE(2026-11-24T10:00:00Z, SHORT)}} ${$data.name} {name}",
    "שלום עולם \u202eDROP\u202c مرحبا",
    "👩🏽‍⚕️🏳️‍🌈 Zoë Ångström 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "word" * 400,
    "many words " * 900,
)


@pytest.fixture(scope="module")
def seen() -> Gathering:
    return everything()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def page(browser: Browser, teams_client: None) -> AsyncIterator[Page]:
    """A page that has Microsoft's renderer."""
    page = await browser.new_page(viewport={"width": 1500, "height": 900})
    await page.set_content("<!doctype html><title>Cards</title>")
    await page.add_script_tag(path=packages.home() / RENDERER)
    await page.add_script_tag(path=Path(__file__).with_name("teams_cards.js"))
    yield page
    await page.close()


def drawn_forms(forms: list[Form], client: str, *, in_dialog: bool = False) -> list[Json]:
    made = []
    for form in forms:
        found = dict.fromkeys(searched(form), FOUND)
        made.append(form_card(form, Drawing(CLIENTS[client], in_dialog, found=found)))
    return made


def drawn(seen: Gathering, client: str) -> list[Json]:
    """Everything that was seen, as this client gets it."""
    cards = [adaptive_card(card, CLIENTS[client], ["29:maria"]) for card in seen.cards]
    return [
        *cards,
        *drawn_forms(list(seen.forms), client),
        *drawn_forms(list(seen.forms), client, in_dialog=True),
    ]


def hostile(text: str) -> Card:
    button = Button(text, "claim", "1", text, Style.DANGER, Confirm(text, text, text))
    return Card(
        text,
        text,
        (
            *(Text(text, tone) for tone in Tone),
            Quote(text),
            Facts((Fact(text, text, text), Fact("Reason", text))),
            Choices((Choice(text, Button("Choose", "take_time", "1", text), text),)),
            Buttons(tuple(Button(f"{number} {text}", "claim", "1") for number in range(14))),
            Buttons((button,)),
        ),
    )


def hostile_form(text: str) -> Form:
    options = (Option("1", text, text), Option("2", text))
    return Form(
        "ask",
        "1",
        text,
        (
            TextField("a", text, text, multiline=True, hint=text),
            ChoiceField("b", text, options, "1", hint=text),
            SearchField("c", text, "payers", options, several=True, hint=text),
            ChecksField("d", text, options, ("1",), hint=text),
        ),
        submit=text,
        close=text,
    )


def test_play_shows_everything_there_is(seen: Gathering) -> None:
    assert makers() - seen.called == set()
    assert set(FORMS) - {form.action for form in seen.forms} == set()


# ---------------------------------------------------------------- Microsoft's models

MODELS = {
    model.model_fields["type"].default: model
    for _, model in inspect.getmembers(models, inspect.isclass)
    if issubclass(model, BaseModel) and "type" in model.model_fields
}
NOT_PIECES = {"data", "msteams"}
"""Keys under which the bot's own words stand."""


def pieces(value: Any) -> Iterator[Json]:
    """Every element, action and run of a card."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for key, part in value.items():
            if key not in NOT_PIECES:
                yield from pieces(part)
    elif isinstance(value, list):
        for part in value:
            yield from pieces(part)


def runs(value: Any) -> list[str]:
    """What stands in the runs of text."""
    return [piece["text"] for piece in pieces(value) if piece["type"] == "TextRun"]


def unknown(piece: Json) -> set[str]:
    """The properties of a piece that its model doesn't have. Raises ValidationError for wrong values."""
    return set(MODELS[piece["type"]].model_validate(piece).model_extra or ())


@pytest.mark.parametrize("client", CLIENTS)
def test_every_card_loads_into_the_models(seen: Gathering, client: str) -> None:
    found = [piece for card in drawn(seen, client) for piece in pieces(card)]
    extra = {(piece["type"], name) for piece in found for name in unknown(piece)}
    assert extra - {("AdaptiveCard", "$schema"), ("Input.ChoiceSet", "choices.data")} == set()


def test_the_models_would_tell_what_is_wrong() -> None:
    assert unknown({"type": "TextRun", "text": "Hello", "colour": "Good"}) == {"colour"}
    with pytest.raises(ValueError, match="weight"):
        unknown({"type": "TextRun", "text": "Hello", "weight": "Heavy"})


@pytest.mark.parametrize("client", CLIENTS)
def test_every_message_is_smaller_than_teams_takes(seen: Gathering, client: str) -> None:
    viewers = [f"29:{number:0>90}" for number in range(60)]
    hard = [hostile(text) for text in HOSTILE]
    for card in (*seen.cards, *hard):
        activity = message(card, CLIENTS[client], viewers)
        assert len(json.dumps(activity, ensure_ascii=False).encode()) < MOST, card.fallback
    forms = [*seen.forms, *map(hostile_form, HOSTILE)]
    for made in drawn_forms(forms, client):
        assert len(json.dumps(made, ensure_ascii=False).encode()) < MOST


# ---------------------------------------------------------------- Microsoft's parser and renderer


@IN_LOOP
@pytest.mark.parametrize("client", CLIENTS)
async def test_every_card_is_parsed_without_an_objection_and_shows_its_text(
    page: Page, seen: Gathering, client: str
) -> None:
    made = drawn(seen, client)
    for start in range(0, len(made), SHEET):
        found = await page.evaluate("cards => window.draw(cards)", made[start : start + SHEET])
        for card, one in zip(made[start:], found, strict=False):
            assert set(one["objections"]) <= {TYPE_AHEAD}, card
            assert one["markdown"] == [], "people's text is nowhere read as Markdown"
            shown = " ".join(one["text"].split())
            folded = [piece["card"] for piece in pieces(card["body"]) if "card" in piece]
            for run in set(runs(card["body"])) - set(runs(folded)):
                assert " ".join(run.split()) in shown
        if client == "teams":
            await page.screenshot(path=picture(f"teams cards {start // SHEET + 1:02}"), full_page=True)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_choices_that_stand_open_hold_nothing_that_is_read_as_markdown(text: str) -> None:
    (made,) = drawn_forms([hostile_form(text)], "teams")
    sets = [piece for piece in pieces(made) if piece["type"] == "Input.ChoiceSet"]
    for one in sets:
        if one["style"] == "expanded":
            assert not set("*_[]<>#`~\\&") & set("".join(choice["title"] for choice in one["choices"]))
    assert len(sets) == 3


@IN_LOOP
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_text_that_people_type_is_shown_as_it_stands(page: Page, text: str) -> None:
    made = [adaptive_card(hostile(text)), *drawn_forms([hostile_form(text)], "teams")]
    for one in await page.evaluate("cards => window.draw(cards)", made):
        assert set(one["objections"]) <= {TYPE_AHEAD}
        assert one["markdown"] == []
        assert not {"a", "b", "at", "img", "h1", "script"} & set(one["tags"])
    await page.screenshot(path=picture(f"teams hostile {HOSTILE.index(text)}"), full_page=True)
