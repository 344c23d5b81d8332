"""The office asks for times, and takes one."""

from __future__ import annotations

import pytest
from bot import COMPLETE, FORM, PDF, WholeBot, buttons, times

from referral_bot.model import Appointment, AppointmentStatus, State

VASCULAR = {**FORM, "Service": "Vascular surgery", "Insurance": "Aetna", "Files": [PDF]}


def choices(plain: str) -> list[str]:
    return [line for line in plain.splitlines() if ", Dr. " in line]


async def appointments(bot: WholeBot) -> list[Appointment]:
    referral = await bot.referral()
    return await bot.transact(lambda tx: tx.appointments(referral.id))


async def standing(bot: WholeBot) -> int:
    """How many visits are booked for the newest referral."""
    return sum(one.status is AppointmentStatus.BOOKED for one in await appointments(bot))


async def test_up_to_five_times_with_provider_place_and_local_time(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new cardiology patient?")
    reply = bot.thread_of(message).head
    found = choices(reply.plain)
    assert len(found) == 5
    assert found[0] == "Tue, Nov 24, 10:20 AM CST, Dr. Anna Lee, North Clinic"
    assert all("Clinic" in line and "Dr. " in line for line in found)
    assert buttons(reply) == ["Choose"] * 5


async def test_what_to_do_if_none_fits_is_said(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new cardiology patient?")
    assert "If none fits, say what would, or send it and the practice finds a time." in bot.thread_of(message)


async def test_a_wish_narrows_what_is_offered(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new cardiology patient at North, mornings?")
    found = choices(bot.thread_of(message).head.plain)
    assert found
    assert all("Dr. Anna Lee, North Clinic" in line and " AM " in line for line in found)


async def test_a_wish_that_nothing_fits_is_told_what_was_let_go(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new cardiology patient at North, afternoons?")
    thread = bot.thread_of(message)
    assert "Nothing fits exactly. Without" in thread
    assert choices(thread.head.plain)


async def test_which_service_is_asked_where_it_was_not_said(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new patient?")
    reply = bot.thread_of(message).head
    assert "Which service is it for?" in reply
    await bot.maria.presses(reply, "Cardiology")
    assert len(choices(bot.maria.told)) == 5


async def test_the_command_answers_the_person_alone(bot: WholeBot) -> None:
    await bot.maria.commands("/availability", "cardiology at North")
    assert "Dr. Anna Lee, North Clinic" in bot.maria.told
    assert bot.workspace.history("C0LAKESIDE") == []
    await bot.joy.commands("/availability", "cardiology")
    assert len(choices(bot.joy.told)) == 5


async def test_a_time_in_the_answer_opens_the_form_that_books_it(bot: WholeBot) -> None:
    message = await bot.maria.mentions("when can you see a new cardiology patient at North?")
    reply = bot.thread_of(message).head
    value = next(block["accessory"]["value"] for block in reply.blocks if "accessory" in block)
    form = await bot.maria.presses(reply, "Choose", value)
    assert form is not None
    assert form.title == "New referral"
    assert (await bot.maria.fills_in({k: v for k, v in FORM.items() if k != "Service"})).ok
    assert (await bot.referral()).state is State.SCHEDULED
    booked = bot.newest("C0LAKESIDE", "RB-")
    assert "Booked by Maria Gomez (referral specialist)." in booked
    assert "Dr. Anna Lee at North Clinic" in booked


async def test_a_time_chosen_for_a_draft_is_kept_and_booked_with_submit(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    form = await bot.maria.opens(bot.office.head, "Choose a time")
    first = times(form)[0]
    assert (await bot.maria.fills_in({"Time": first})).ok
    assert "Kept for you; submit by 10:10 AM CST." in bot.office.head
    await bot.joy.mentions("when can you see a new cardiology patient?")
    assert first not in choices(bot.office.head.plain)
    await bot.maria.presses(bot.newest("C0LAKESIDE", "J. W.").head, "Submit")
    assert await standing(bot) == 1
    assert "Booked" in bot.intake.head


async def test_times_asked_for_in_a_drafts_thread_are_its_own_and_choosing_keeps_one(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.maria.says("when can you see her at North, mornings?", under=bot.office)
    offered = bot.office.last
    assert "Cardiology, new patient: the next open times." in offered
    value = next(block["accessory"]["value"] for block in offered.blocks if "accessory" in block)
    await bot.maria.presses(offered, "Choose", value)
    assert "Kept for you; submit by 10:10 AM CST." in bot.office.head


async def test_times_asked_for_in_a_sent_referrals_thread_are_booked_by_choosing(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("when can you see her at North, mornings?", under=bot.office)
    offered = bot.office.last
    assert "Dr. Anna Lee, North Clinic" in offered
    value = next(block["accessory"]["value"] for block in offered.blocks if "accessory" in block)
    await bot.maria.presses(offered, "Choose", value)
    assert (await bot.referral()).state is State.SCHEDULED
    assert "Booked by Maria Gomez (referral specialist)." in bot.office.news[-1]
    assert "Booked by Maria Gomez (referral specialist)." in bot.intake.news[-1]


async def test_a_hold_ends_after_ten_minutes_and_the_office_is_told(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    form = await bot.maria.opens(bot.office.head, "Choose a time")
    taken = times(form)[0]
    await bot.maria.fills_in({"Time": taken})
    await bot.later(minutes=9)
    assert "no longer kept" not in bot.office
    await bot.later(minutes=2)
    assert "The time is no longer kept for you. The draft is still here" in bot.office.news[-1]
    assert "Kept for you" not in bot.office.head
    (appointment,) = await appointments(bot)
    assert appointment.status is AppointmentStatus.CANCELLED


async def test_a_time_asked_for_under_request_is_confirmed_by_the_practice(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    assert (await bot.maria.fills_in(VASCULAR)).ok
    await bot.maria.opens(bot.office.head, "Choose a time")
    wanted = times(bot.maria.form)[0]
    assert (await bot.maria.fills_in({"Time": wanted})).ok
    assert "It is kept for you until the practice answers." in bot.office.news[-1]
    assert (await bot.referral()).state is State.SUBMITTED
    assert "asks for" in bot.intake.news[-1]
    form = await bot.raj.opens(bot.intake.head, "Book")
    assert form.state["time"]["in"]["selected_option"]["text"]["text"] == wanted
    assert (await bot.raj.fills_in({})).ok
    assert (await bot.referral()).state is State.SCHEDULED
    assert "Booked by Raj Patel (scheduling)." in bot.office


async def test_times_are_also_told_in_the_readers_own_zone(bot: WholeBot) -> None:
    name = "name: Hillcrest Internal Medicine"
    bot.imports({name: f"{name}\n    timezone: America/New_York"})
    message = await bot.omar.mentions("when can you see a new cardiology patient?")
    found = choices(bot.thread_of(message).head.plain)
    assert found[0] == (
        "Tue, Nov 24, 10:20 AM CST (Tue, Nov 24, 11:20 AM EST your time), Dr. Anna Lee, North Clinic"
    )


@pytest.mark.parametrize("phi", ["full"])
async def test_the_office_moves_its_visit_itself(bot: WholeBot) -> None:
    await bot.booked()
    await bot.maria.opens(bot.office.head, "Change the time")
    other = times(bot.maria.form)[4]
    assert (await bot.maria.fills_in({"Time": other})).ok
    assert await standing(bot) == 1
    assert "Booked by Maria Gomez" in bot.office.news[-1]
