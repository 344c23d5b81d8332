"""The office sends a patient in one message: the draft card, its answers, its buttons."""

from __future__ import annotations

import re

import pytest
from bot import COMPLETE, WholeBot, buttons

from referral_bot.model import State


async def test_one_message_becomes_a_draft_card_in_the_thread_under_it(bot: WholeBot) -> None:
    message = await bot.maria.mentions(COMPLETE)
    thread = bot.thread_of(message)
    assert thread.head.is_reply
    for words in ("J. W.", "Cardiology", "Urgent", "Dr. Sunil Patel", "Everything is here"):
        assert words in thread.head
    assert buttons(thread.head) == ["Submit", "Edit", "Choose a time", "Show details", "Discard"]


@pytest.mark.parametrize("phi", ["full"])
async def test_the_card_shows_what_was_read(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    for words in ("Jane Whitcomb", "03/14/1962", "309-555-0123", "Blue Cross Blue Shield", "R00.2"):
        assert words in bot.office.head


async def test_what_is_missing_is_asked_for_in_one_turn(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology")
    assert "I still need: phone, reason and insurance" in bot.office.head
    assert bot.office.news == []


async def test_an_answer_typed_in_the_thread_fills_the_draft(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations")
    await bot.maria.says("309-555-0123, BCBS", under=bot.office)
    assert "Thank you, that is everything" in bot.office.news[-1]
    assert "Everything is here" in bot.office.head
    packet = (await bot.referral()).packet
    assert packet.patient.phone == "+13095550123"
    assert packet.insurance.payer == "Blue Cross Blue Shield"


async def test_an_answer_needs_no_mention_and_a_colleague_may_give_it(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations, BCBS")
    await bot.joy.says("309-555-0123", under=bot.office)
    assert (await bot.referral()).packet.patient.phone == "+13095550123"


async def test_submit_gives_a_reference_and_who_answers_by_when(bot: WholeBot) -> None:
    reference = await bot.sent()
    assert re.fullmatch(r"RB-[2-9BCDFGHJKMNPQRSTVWXZ]{4,6}", reference)
    assert f"{reference} · J. W. · Cardiology" in bot.office.head
    assert "Sent. Next: the practice's intake, to answer by 10:30 AM CST." in bot.office.head


async def test_the_draft_card_becomes_the_head_of_the_thread_in_place(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    draft = bot.office.head.ts
    await bot.maria.presses(bot.office.head, "Submit")
    assert bot.office.head.ts == draft
    assert "Submit" not in buttons(bot.office.head)
    assert "Sent by" in bot.office.head
    assert "Maria Gomez (referral specialist), Lakeside Family Medicine" in bot.office.head


async def test_the_practice_gets_one_card_of_its_own_when_it_is_sent(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    assert bot.workspace.history("C0INTAKE") == []
    await bot.maria.presses(bot.office.head, "Submit")
    (card,) = bot.workspace.history("C0INTAKE")
    assert "Maria Gomez (referral specialist), Lakeside Family Medicine" in card
    assert "Next: intake, to answer by 10:30 AM CST." in card


async def test_the_word_submit_in_the_thread_submits(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.maria.says("submit it", under=bot.office)
    assert (await bot.referral()).state is State.SUBMITTED


async def test_discard_sends_nothing_and_says_so(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.maria.presses(bot.office.head, "Discard")
    assert "Discarded: nothing was sent." in bot.office.head
    assert buttons(bot.office.head) == []
    assert bot.workspace.history("C0INTAKE") == []


async def test_submit_with_something_required_missing_says_what(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology")
    await bot.maria.presses(bot.office.head, "Submit")
    assert "Not sent yet: phone and reason are still needed" in bot.maria.told
    assert (await bot.referral()).state is State.DRAFT


async def test_nothing_optional_is_in_the_way_of_sending(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, palpitations, cardiology")
    assert "Insurance" in bot.office.head
    await bot.maria.presses(bot.office.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_service_may_require_more(bot: WholeBot) -> None:
    await bot.maria.mentions(
        "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, varicose veins, vascular surgery"
    )
    await bot.maria.presses(bot.office.head, "Submit")
    assert "insurance and documents" in bot.maria.told
    await bot.maria.says("BCBS", under=bot.office, files=[("ultrasound.pdf", b"%PDF-1.7\n...")])
    await bot.maria.presses(bot.office.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_the_draft_survives_a_restart(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations")
    await bot.restart()
    await bot.maria.says("309-555-0123", under=bot.office)
    await bot.maria.presses(bot.office.head, "Submit")
    assert "Sent. Next: the practice's intake" in bot.office.head


async def test_edit_opens_the_form_filled_in(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    form = await bot.maria.opens(bot.office.head, "Edit")
    state = {name: value for fields in form.state.values() for name, value in fields.items()}
    assert str(state).count("None") < str(state).count("value")
    assert form.state["patient_name"]["in"]["value"] == "Jane Whitcomb"
    assert "1962" in str(form.state["dob"])
    assert form.state["phone"]["in"]["value"] == "309-555-0123"
    assert "Blue Cross Blue Shield" in str(form.state["insurance"])
    assert form.state["service"]["in"]["selected_option"]["value"] == "cardiology"
    assert form.state["urgency"]["in"]["selected_option"]["value"] == "urgent"
    assert "Patel" in form.state["referring"]["in"]["value"]
    assert "R00.2" in str(form.state["icd10"])


async def test_what_edit_changes_stands_in_the_card(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.maria.opens(bot.office.head, "Edit")
    assert (await bot.maria.fills_in({"Patient name": "June Whitcomb", "Urgency": "STAT"})).ok
    assert bot.maria.view is None
    assert "STAT" in bot.office.head
    referral = await bot.referral()
    assert referral.packet.patient.first == "June"
    assert referral.state is State.DRAFT


async def test_two_drafts_are_kept_apart(bot: WholeBot) -> None:
    first = bot.thread_of(await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology"))
    second = bot.thread_of(await bot.maria.mentions("refer Omar Reyes, DOB 5/5/1950, cardiology"))
    await bot.maria.says("309-555-0123, palpitations", under=first)
    assert "Still needed" in first.news[-1]
    assert second.news == []
    assert "O. R." in second.head
