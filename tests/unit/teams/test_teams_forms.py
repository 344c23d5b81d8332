from __future__ import annotations

import json
from datetime import date
from typing import Any

from handlers.teams import wire
from handlers.teams.forms import Drawing, answers, form_card, searched, too_long
from handlers.teams.render import PLAYGROUND
from referral_bot.cards.elements import (
    ChecksField,
    ChoiceField,
    DateField,
    FilesField,
    Form,
    LinkField,
    Option,
    Saying,
    SearchField,
    TextField,
)

Json = dict[str, Any]

YES, NO = Option("y", "Yes"), Option("n", "No")
FORM = Form(
    "save",
    "r1",
    "A form",
    (
        Saying("Please fill this in."),
        TextField("name", "Name", "Jane"),
        DateField("dob", "Date of birth", date(1962, 3, 14)),
        DateField("until", "Until", date(2026, 11, 30)),
        ChoiceField("sure", "Sure", (YES, NO), "y"),
        SearchField("payer", "Insurance", "payer", (Option("Aetna", "Aetna: accepted"),)),
        SearchField("icd10", "Codes", "icd10", several=True, optional=True),
        ChecksField("needs", "Needs", (YES, NO), ("n",)),
        FilesField("files", "Files"),
        LinkField("ekg.pdf", "https://referrals.example.org/page/x"),
    ),
    "Save",
    "carried",
)
OPENER = wire.Opener("edit", "r1", "v")


def inputs(content: Json) -> dict[str, Json]:
    return {piece["id"]: piece for piece in content["body"] if str(piece["type"]).startswith("Input.")}


def button(content: Json, label: str) -> Json:
    found = [one for piece in content["body"] if piece["type"] == "ActionSet" for one in piece["actions"]]
    return next(one for one in found if one["title"] == label)


def sent(content: Json, **filled: str) -> wire.Carried:
    """What comes back when the form is sent with what it shows, and these answers instead."""
    values = {id: piece["value"] for id, piece in inputs(content).items() if "value" in piece}
    values |= {wire.FIELD + key: value for key, value in filled.items()}
    data = json.loads(json.dumps({**button(content, "Save")["data"], **values}))
    carried = wire.read(data)
    assert carried is not None
    return carried


def test_what_is_shown_comes_back_in_the_shape_of_its_field() -> None:
    carried = sent(form_card(FORM, Drawing(in_dialog=True, opener=OPENER)))
    assert (carried.action, carried.subject, carried.value) == ("form:save", "r1", "carried")
    assert carried.opener == OPENER
    assert answers(carried) == {
        "name": "Jane",
        "dob": "1962-03-14",
        "until": "2026-11-30",
        "sure": "y",
        "payer": "Aetna",
        "icd10": [],
        "needs": ["n"],
    }


def test_several_values_come_apart_again() -> None:
    carried = sent(form_card(FORM, Drawing()), icd10="R00.2,I48.91", needs="y,n")
    found = answers(carried)
    assert (found["icd10"], found["needs"]) == (["R00.2", "I48.91"], ["y", "n"])


def test_a_text_that_was_shown_shortened_and_left_alone_is_no_answer() -> None:
    long = Form("save", "r1", "x", (TextField("notes", "Notes", "word " * 2_000),), "Save")
    content = form_card(long, Drawing())
    assert len(inputs(content)["in.notes"]["value"]) <= 3_000
    assert answers(sent(content)) == {}
    assert answers(sent(content, notes="Something else")) == {"notes": "Something else"}


def test_in_a_dialog_the_form_is_submitted_and_in_place_it_can_be_left() -> None:
    in_dialog = form_card(FORM, Drawing(in_dialog=True))
    in_place = form_card(FORM, Drawing(PLAYGROUND, opener=OPENER))
    assert button(in_dialog, "Save")["type"] == "Action.Submit"
    assert button(in_place, "Save")["type"] == "Action.Execute"
    assert button(in_place, "Cancel")["data"]["action"] == wire.BACK
    assert button(in_place, "Cancel")["associatedInputs"] == "none"


def test_a_search_offers_what_is_known_and_asks_for_the_rest() -> None:
    drawing = Drawing(found={"payer": (Option("Medicare", "Medicare: accepted"),)})
    shown = inputs(form_card(FORM, drawing))
    assert searched(FORM) == ("payer",)
    assert [choice["value"] for choice in shown["in.payer"]["choices"]] == ["Aetna", "Medicare"]
    assert shown["in.icd10"]["choices.data"] == {"type": "Data.Query", "dataset": "icd10"}
    assert inputs(form_card(FORM, Drawing(PLAYGROUND)))["in.icd10"]["type"] == "Input.Text"


def test_errors_stand_under_their_fields_and_others_above_all() -> None:
    errors = {"name": "Too short.", "": "Please try again."}
    content = form_card(FORM, Drawing(in_dialog=True, filled={"name": "J"}, errors=errors))
    said = [
        piece["inlines"][0]["text"] if "inlines" in piece else piece.get("id") for piece in content["body"]
    ]
    assert said[0] == "⚠ Please try again."
    assert said[said.index("in.name") + 1] == "⚠ Too short."
    assert inputs(content)["in.name"]["value"] == "J"
    assert "value" not in inputs(content)["in.dob"]


def _said(piece: Json) -> str:
    return str(piece["inlines"][0]["text"] if "inlines" in piece else piece.get("id"))


def test_what_is_longer_than_a_field_takes_is_said() -> None:
    content = form_card(FORM, Drawing())
    assert too_long(sent(content)) == {}
    assert set(too_long(sent(content, name="x" * 3_001))) == {"name"}


def test_only_what_a_card_of_this_version_carries_is_read() -> None:
    good = wire.data("claim", "r1", "v")
    assert wire.read(good) is not None
    odd: list[Any] = [
        None,
        [],
        "x",
        {**good, "v": 2},
        {**good, "action": ""},
        {**good, "subject": 5},
        {"v": 1},
    ]
    assert [wire.read(one) for one in odd] == [None] * len(odd)
