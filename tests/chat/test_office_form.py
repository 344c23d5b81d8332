"""The office sends a patient in the form: type-aheads, errors under fields, files, on behalf of."""

from __future__ import annotations

from typing import Any

import pytest
from bot import FORM, LAKESIDE, PDF, WholeBot

from referral_bot.model import State


def offered(answer: dict[str, Any]) -> list[str]:
    return [option["text"]["text"] for option in answer["options"]]


async def test_refer_opens_the_form_and_what_it_sends_is_a_referral(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    assert form.title == "New referral"
    assert (await bot.maria.fills_in(FORM)).ok
    assert bot.maria.view is None
    referral = await bot.referral()
    assert referral.reference is not None
    assert "Sent. Next: the practice's intake, to answer by" in bot.office.head
    assert referral.reference in bot.intake.head


async def test_the_form_has_every_field_of_a_referral(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    labels = [block["label"]["text"] for block in form.blocks if block["type"] == "input"]
    for label in (
        *("Patient name", "Date of birth", "Phone", "Insurance", "Service", "Reason", "Urgency"),
        *("Referring provider", "Preferred provider", "Preferred place", "Preferred time"),
        *("Needs", "Interpreter", "Notes", "Files"),
    ):
        assert label in labels, label


async def test_only_what_is_required_is_required(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    required = {
        block["label"]["text"]
        for block in form.blocks
        if block["type"] == "input" and not block.get("optional")
    }
    assert required == {"Patient name", "Date of birth", "Phone", "Service", "Urgency"}


async def test_the_referring_provider_is_the_offices_only_physician_by_default(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    assert form.state["referring"]["in"]["value"] == "Dr. Sunil Patel"


async def test_insurance_is_searched_and_says_whether_it_is_accepted(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    found = offered(await bot.maria.player.suggest(form, "Insurance", "ae"))
    assert "Aetna: accepted" in found
    found = offered(await bot.maria.player.suggest(form, "Insurance", "ambe"))
    assert "Ambetter: not accepted here" in found
    found = offered(await bot.maria.player.suggest(form, "Insurance", "bcbs"))
    assert "Blue Cross Blue Shield: accepted" in found
    found = offered(await bot.maria.player.suggest(form, "Insurance", "Zorblatt Mutual"))
    assert found == ["Zorblatt Mutual: not on our list", "Self pay"]


async def test_the_reason_is_searched_in_icd_10_by_code_and_by_words(bot: WholeBot) -> None:
    form = await bot.maria.commands("/refer")
    assert form is not None
    assert "R00.2 Palpitations" in offered(await bot.maria.player.suggest(form, "Diagnosis codes", "R00.2"))
    found = offered(await bot.maria.player.suggest(form, "Diagnosis codes", "atrial fib"))
    assert any(option.startswith("I48") for option in found)


async def test_a_code_that_was_chosen_is_kept(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    assert (await bot.maria.fills_in({**FORM, "Reason": "", "Diagnosis codes": ["R00.2"]})).ok
    assert (await bot.referral()).packet.icd10 == ["R00.2"]


async def test_errors_stand_under_their_fields_and_nothing_typed_is_lost(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    done = await bot.maria.fills_in({**FORM, "Patient name": "Cher", "Phone": "555-0123"})
    assert done.errors == {
        "patient_name": "Please give first and last name.",
        "phone": "Please give all ten digits, with the area code.",
    }
    assert bot.maria.form.state["reason"]["in"]["value"] == FORM["Reason"]
    assert (await bot.maria.fills_in({"Patient name": "Cher Sarkisian", "Phone": "309-555-0123"})).ok
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_form_without_any_reason_says_so_under_the_field(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    done = await bot.maria.fills_in({**FORM, "Reason": ""})
    assert done.errors == {"reason": "Reason is needed to send it."}


async def test_what_the_service_requires_is_said_under_its_field(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    done = await bot.maria.fills_in({**FORM, "Service": "Vascular surgery"})
    assert set(done.errors) == {"insurance", "files"}
    assert (await bot.maria.fills_in({"Insurance": "Aetna", "Files": [PDF]})).ok
    assert (await bot.referral()).service_key == "vascular"


async def test_wishes_needs_and_notes_reach_the_practice(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    given = {
        "Preferred provider": "Dr. Anna Lee",
        "Preferred place": "North Clinic",
        "Needs": ["Wheelchair access", "Transport"],
        "Interpreter": "Spanish",
        "Notes": "Please call after four.",
    }
    assert (await bot.maria.fills_in({**FORM, **given})).ok
    head = bot.intake.head
    for words in ("Lee", "North Clinic", "wheelchair access", "transport", "Spanish interpreter"):
        assert words.casefold() in head.plain.casefold(), words
    form = await bot.tess.opens(head, "Show details")
    assert "Notes: Please call after four." in form.plain


async def test_a_file_of_the_form_reaches_the_practice(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    assert (await bot.maria.fills_in({**FORM, "Files": [PDF]})).ok
    assert "Maria Gomez (referral specialist) added a file." in bot.intake
    form = await bot.tess.opens(bot.intake.head, "Show details")
    assert "ekg.pdf" in form.plain


async def test_who_pressed_and_on_whose_behalf_are_both_kept(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    assert (await bot.maria.fills_in({**FORM, "On behalf of": "Joy Tan"})).ok
    referral = await bot.referral()
    assert (referral.sent_by, referral.on_behalf_of) == ("maria", "joy")
    said = "Maria Gomez (referral specialist) for Joy Tan, Lakeside Family Medicine"
    assert said in bot.office.head
    assert said in bot.intake.head
    submitted = next(event for event in await bot.events() if event.kind == "submitted")
    assert (submitted.actor_key, submitted.on_behalf_of) == ("maria", "joy")


async def test_a_draft_that_a_colleague_submits_names_both(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, palpitations, cardiology")
    await bot.joy.presses(bot.office.head, "Submit")
    assert "Joy Tan (nurse) for Maria Gomez" in bot.intake.head


async def test_the_form_cancelled_leaves_nothing(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    await bot.maria.player.fill(bot.maria.form, FORM)
    await bot.maria.player.close_view()
    await bot.settled()
    assert bot.rows("SELECT count(*) FROM referral") == [(0,)]
    assert bot.workspace.history(LAKESIDE) == []


@pytest.mark.parametrize("phi", ["full"])
async def test_in_full_mode_a_file_itself_lies_in_the_practices_thread(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    assert (await bot.maria.fills_in({**FORM, "Files": [PDF]})).ok
    (file,) = [file for message in bot.intake.everything for file in message.files]
    assert file.content == PDF[1]
