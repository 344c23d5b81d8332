from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.demo.blockkit import validate_options, validate_view
from handlers.demo.inputs import initial_state
from handlers.slack import wire
from handlers.slack.forms import answers, card_view, errors, form_view, home_view, options
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
    Tone,
)
from referral_bot.desk.turn import IncomingFile, Place
from tests.unit.hostile import HOSTILE

HERE = Place("slack", "T0PRAC", "C0ELM", "17.1", "16.1")

texts = st.sampled_from(list(HOSTILE)).map(HOSTILE.__getitem__) | st.text(max_size=200)
choices = st.lists(st.builds(Option, texts, texts, texts), max_size=130).map(tuple)
fields: st.SearchStrategy[FormField] = st.one_of(
    st.builds(
        TextField,
        st.just("k"),
        texts,
        texts,
        st.booleans(),
        st.booleans(),
        texts,
        st.integers(0, 5_000),
    ),
    st.builds(DateField, st.sampled_from(["dob", "k"]), texts, st.none() | st.dates(), st.booleans(), texts),
    st.builds(ChoiceField, st.just("k"), texts, choices, st.none() | texts, st.booleans(), texts),
    st.builds(
        SearchField,
        st.just("k"),
        texts,
        st.sampled_from(["icd10", "payer"]),
        choices,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(ChecksField, st.just("k"), texts, choices, st.lists(texts, max_size=5).map(tuple)),
    st.builds(FilesField, st.just("k"), texts, st.booleans(), texts),
    st.builds(Saying, texts, st.sampled_from(Tone)),
    st.builds(LinkField, texts, texts),
)


@given(st.lists(fields, min_size=1, max_size=8), texts, texts, texts)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_every_form_is_a_view_that_slack_takes(
    some: list[FormField], title: str, value: str, submit: str
) -> None:
    numbered = tuple(renamed(field, number) for number, field in enumerate(some))
    form = Form("edit", "s" * 32, title, numbered, submit or "Send", value, close=title)
    view = form_view(form, HERE)
    assert validate_view(view) == []
    assert wire.read_metadata(view["private_metadata"]).place("T0PRAC") == HERE


def renamed(field: FormField, number: int) -> FormField:
    if isinstance(field, Saying | LinkField) or (field.key == "dob" and number == 0):
        return field
    return type(field)(**{**vars(field), "key": f"k{number}"})


@given(st.lists(st.builds(Option, texts, texts, texts), max_size=150))
@settings(max_examples=50, deadline=None)
def test_every_list_of_options_is_one_that_slack_takes(found: list[Option]) -> None:
    assert validate_options({"options": options(found)}) == []


def view_of(*some: FormField, **rest: Any) -> dict[str, Any]:
    return form_view(Form("edit", "s1", "Edit referral", some, "Send", **rest), HERE)


def filled(view: dict[str, Any], **values: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back: as it was shown, but for `values`."""
    state = initial_state(view["blocks"])
    for key, changed in values.items():
        for action_id in state[key]:
            state[key][action_id] = {**state[key][action_id], **changed}
    return {**view, "id": "V1", "hash": "1.1", "state": {"values": state}}


def element(view: dict[str, Any], number: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = view["blocks"][number]["element"]
    return made


def test_a_form_says_what_it_is_for_and_where_it_was_opened() -> None:
    view = view_of(TextField("notes", "Notes"), value="RB-7K2M")
    origin = wire.read_metadata(view["private_metadata"])
    assert view["callback_id"] == "form:edit"
    assert (origin.subject, origin.value, origin.place("T0PRAC")) == ("s1", "RB-7K2M", HERE)


def test_a_form_that_is_only_looked_at_has_no_submit() -> None:
    view = form_view(Form("looked", "s1", "RB-7K2M", (Saying("Patient: Ana Ruiz"),)), HERE)
    assert "submit" not in view
    assert validate_view(view) == []


def test_a_long_title_stands_whole_above_the_fields() -> None:
    view = form_view(Form("edit", "s1", "Everything about this referral", (Saying("…"),), "Send"), HERE)
    assert view["title"]["text"] == "Everything about this r…"
    assert view["blocks"][0]["text"]["text"] == "Everything about this referral"


def test_birth_dates_are_typed_and_other_dates_picked() -> None:
    view = view_of(DateField("dob", "Date of birth", date(1948, 3, 9)), DateField("from", "From"))
    assert element(view)["initial_value"] == "03/09/1948"
    assert element(view)["placeholder"]["text"] == "MM/DD/YYYY"
    assert element(view, 1)["type"] == "datepicker"


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("03/09/1948", "1948-03-09"),
        ("3-9-1948", "1948-03-09"),
        (" 1948-03-09 ", "1948-03-09"),
        ("02/30/1948", "02/30/1948"),
        ("March 9, 1948", "March 9, 1948"),
        ("3/9/48", "3/9/48"),
        ("", ""),
    ],
)
def test_a_birth_date_comes_as_iso_or_as_it_was_typed(written: str, answered: str) -> None:
    view = view_of(DateField("dob", "Date of birth"))
    assert answers(filled(view, dob={"value": written})) == {"dob": answered}


def test_few_required_choices_stand_open_and_many_fold() -> None:
    few = tuple(Option(str(n), f"Choice {n}") for n in range(3))
    many = tuple(Option(str(n), f"Choice {n}") for n in range(12))
    view = view_of(
        ChoiceField("a", "A", few, "1"),
        ChoiceField("b", "B", many),
        ChoiceField("c", "C", few, optional=True),
    )
    assert [element(view, n)["type"] for n in range(3)] == ["radio_buttons", "static_select", "static_select"]
    assert element(view)["initial_option"]["value"] == "1"


def test_a_choice_of_nothing_is_said_and_not_asked() -> None:
    (block,) = view_of(ChoiceField("time", "Time", ()))["blocks"]
    assert block["type"] == "rich_text"


def test_small_sources_offer_before_anything_is_typed() -> None:
    view = view_of(
        SearchField("insurance", "Insurance", "payer"), SearchField("icd10", "Codes", "icd10", several=True)
    )
    assert (element(view)["action_id"], element(view)["min_query_length"]) == ("search:payer", 0)
    assert (element(view, 1)["type"], element(view, 1)["min_query_length"]) == ("multi_external_select", 1)


def test_each_field_is_answered_in_the_shape_it_promises() -> None:
    view = view_of(
        TextField("notes", "Notes"),
        ChoiceField("service", "Service", (Option("cardiology", "Cardiology"),)),
        ChecksField("needs", "Needs", (Option("wheelchair", "Wheelchair"),), ("wheelchair",)),
        SearchField("insurance", "Insurance", "payer", (Option("Aetna", "Aetna"),)),
        SearchField("icd10", "Codes", "icd10", (Option("I48.0", "I48.0"),), several=True),
        DateField("from", "From"),
        FilesField("files", "Files"),
    )
    sent = {
        "id": "F1",
        "name": "ecg.pdf",
        "mimetype": "application/pdf",
        "size": 12,
        "url_private_download": "https://files.slack.com/F1",
    }
    state = filled(view, notes={"value": " hello "}, files={"files": [sent]})
    assert answers(state) == {
        "notes": "hello",
        "service": None,
        "needs": ["wheelchair"],
        "insurance": "Aetna",
        "icd10": ["I48.0"],
        "from": "",
        "files": (
            IncomingFile("ecg.pdf", "application/pdf", 12, {"id": "F1", "url": "https://files.slack.com/F1"}),
        ),
    }


def test_a_text_shown_shortened_and_left_alone_is_no_answer() -> None:
    view = view_of(TextField("notes", "Notes", "x" * 5_000), TextField("reason", "Reason", "chest pain…"))
    assert answers(filled(view)) == {"reason": "chest pain…"}


def test_a_text_shown_shortened_and_changed_is_an_answer() -> None:
    view = view_of(TextField("notes", "Notes", "x" * 5_000))
    assert answers(filled(view, notes={"value": "new"})) == {"notes": "new"}


def test_an_option_too_long_to_be_carried_and_left_alone_is_no_answer() -> None:
    view = view_of(SearchField("insurance", "Insurance", "payer", (Option("x" * 200, "X"),)))
    assert answers(filled(view)) == {}


def test_errors_stand_under_their_fields() -> None:
    view = view_of(Saying("Please"), TextField("phone", "Phone"), TextField("notes", "Notes"))
    found = errors({"notes": "Too long.", "": "Not kept.", "gone": "Unknown."}, view)
    assert found == {"notes": "Too long.", "phone": "Not kept. Unknown."}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_cards_are_shown_in_modals_and_on_the_home_tab(text: str) -> None:
    card = Card(text, text, (Text(text),))
    assert validate_view(card_view(card, HERE)) == []
    assert validate_view(home_view(card)) == []
    assert validate_view(card_view(Card(text), HERE)) == []


def test_options_with_the_same_value_are_offered_once() -> None:
    found = options([Option("a", "First"), Option("a", "Second"), Option("", "Nothing"), Option("b", "")])
    assert [(option["value"], option["text"]["text"]) for option in found] == [("a", "First"), ("b", "—")]
