"""The office adds, corrects, changes and cancels what it has sent."""

from __future__ import annotations

import pytest
from bot import PDF, WholeBot, buttons

from referral_bot.model import AppointmentStatus, State


async def test_what_is_added_in_the_thread_reaches_the_practice(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("She is free on Mondays only.", under=bot.office)
    assert "Maria Gomez (referral specialist) adds:\nShe is free on Mondays only." in bot.intake.news[-1]
    assert "Passed on to the practice's intake." in bot.office.news[-1]


async def test_a_file_added_in_the_thread_reaches_the_practice(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says(under=bot.office, files=[PDF])
    assert "Maria Gomez (referral specialist) added a file." in bot.intake.news[-1]
    form = await bot.nina.opens(bot.intake.head, "Show details")
    assert PDF[0] in form.plain


async def test_a_file_opens_once_for_the_person_who_asked(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says(under=bot.office, files=[PDF])
    form = await bot.nina.opens(bot.intake.head, "Show details")
    url = next(
        element["url"]
        for block in form.blocks
        for part in block.get("elements", [])
        for element in part.get("elements", [])
        if element.get("type") == "link"
    )
    assert url.startswith(f"{bot.url}/page/")
    assert await bot.post_page(url) == (200, PDF[1])
    assert (await bot.post_page(url))[0] == 404
    assert bot.audit("document.open")[0] == ("nina", "viewed")


async def test_change_opens_the_form_and_says_what_was_changed(bot: WholeBot) -> None:
    await bot.sent()
    form = await bot.maria.opens(bot.office.head, "Change")
    assert form.state["patient_name"]["in"]["value"] == "Jane Whitcomb"
    assert (await bot.maria.fills_in({"Phone": "309-555-0177", "Urgency": "STAT"})).ok
    assert "Maria Gomez (referral specialist) changed: phone and urgency." in bot.intake.news[-1]
    assert "STAT" in bot.intake.head
    assert (await bot.referral()).packet.patient.phone == "+13095550177"


async def test_a_change_that_takes_away_what_is_needed_is_refused_under_the_field(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.opens(bot.office.head, "Change")
    done = await bot.maria.fills_in({"Reason": "", "Diagnosis codes": []})
    assert done.errors == {"reason": "Reason is needed to send it."}
    assert (await bot.referral()).packet.reason is not None


async def test_cancelling_the_appointment_keeps_the_referral(bot: WholeBot) -> None:
    await bot.booked()
    form = await bot.maria.opens(bot.office.head, "Cancel appointment")
    assert "This cancels the appointment only." in form.plain
    assert (await bot.referral()).state is State.SCHEDULED
    assert (await bot.maria.fills_in({"Reason": "The patient asked for it"})).ok
    referral = await bot.referral()
    assert referral.state is State.RESCHEDULE_NEEDED
    told = "The appointment was cancelled by Maria Gomez (referral specialist): the patient asked for it."
    assert told in bot.office.news[-1]
    assert told in bot.intake.news[-1]
    standing = await bot.transact(lambda tx: tx.appointments(referral.id))
    assert [one.status for one in standing] == [AppointmentStatus.CANCELLED]


async def test_cancelling_the_referral_ends_it_and_its_appointment(bot: WholeBot) -> None:
    await bot.booked()
    form = await bot.maria.opens(bot.office.head, "Cancel referral")
    assert "This ends the referral, and its appointment with it." in form.plain
    assert (await bot.maria.fills_in({"Reason": "Sent in error"})).ok
    referral = await bot.referral()
    assert (referral.state, referral.outcome) == (State.CANCELLED, "oth-err")
    told = "The referral was cancelled by Maria Gomez (referral specialist): sent in error."
    assert told in bot.office.news[-1]
    assert told in bot.intake.news[-1]
    assert not {"Cancel referral", "Change"} & set(buttons(bot.office.head))
    standing = await bot.transact(lambda tx: tx.appointments(referral.id))
    assert [one.status for one in standing] == [AppointmentStatus.CANCELLED]


async def test_a_reason_is_required_to_cancel(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.opens(bot.office.head, "Cancel referral")
    assert not (await bot.maria.fills_in({})).ok
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_cancelling_that_is_closed_again_cancels_nothing(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.opens(bot.office.head, "Cancel referral")
    await bot.maria.player.close_view()
    await bot.settled()
    assert (await bot.referral()).state is State.SUBMITTED


async def test_cancel_in_words_asks_which_of_the_two(bot: WholeBot) -> None:
    reference = await bot.booked()
    message = await bot.maria.mentions(f"cancel {reference}")
    reply = bot.thread_of(message).head
    assert "nothing is cancelled yet. The appointment only, or the whole referral?" in reply
    assert buttons(reply) == ["Cancel appointment", "Cancel referral"]
    assert (await bot.referral()).state is State.SCHEDULED
    form = await bot.maria.opens(reply, "Cancel appointment")
    assert "This cancels the appointment only." in form.plain


async def test_close_and_rating_are_the_offices(bot: WholeBot) -> None:
    await bot.reported()
    await bot.maria.presses(bot.office.head, "Close")
    assert (await bot.referral()).state is State.CLOSED
    asked = bot.office.last
    assert "Closed by Maria Gomez (referral specialist)." in asked
    assert buttons(asked) == ["Very good", "Good", "All right", "Poor", "Bad"]
    await bot.maria.presses(asked, "Very good")
    assert "Thank you." in bot.maria.told
    rated = "Maria Gomez (referral specialist) rated this referral: Very good (5 of 5)."
    assert rated in bot.intake.news[-1]


async def test_a_rating_counts_once(bot: WholeBot) -> None:
    await bot.reported()
    await bot.maria.presses(bot.office.head, "Close")
    asked = bot.office.last
    await bot.maria.presses(asked, "Poor")
    assert "reply in the thread with what went wrong" in bot.maria.told
    await bot.joy.presses(asked, "Very good")
    assert "has been rated already" in bot.joy.told
    assert sum("rated this referral" in said for said in bot.intake.news) == 1


@pytest.mark.parametrize("phi", ["full"])
async def test_a_correction_in_words_is_taken_over(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("her new phone number is 309-555-0188", under=bot.office)
    assert (await bot.referral()).packet.patient.phone == "+13095550188"
    assert "309-555-0188" in bot.intake.head
