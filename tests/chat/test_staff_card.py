"""The practice's staff: the card and each of its buttons, both sides of the thread."""

from __future__ import annotations

import pytest
from bot import PDF, WholeBot, buttons, times

from referral_bot.model import State


async def test_claim_says_who_has_it_to_both_sides(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.presses(bot.intake.head, "Claim")
    assert "Tess Moran (intake) has your referral. Next: Tess Moran, to schedule by" in bot.office.news[-1]
    assert "Tess Moran (intake) claimed it." in bot.intake.news[-1]
    assert "Claimed by: Tess Moran (intake)" in bot.intake.head
    assert "Received. Next: Tess Moran" in bot.office.head


async def test_accept_claims_too(bot: WholeBot) -> None:
    await bot.sent()
    await bot.raj.presses(bot.intake.head, "Accept")
    assert "Accepted by Raj Patel (scheduling)." in bot.office.news[-1]
    referral = await bot.referral()
    assert (referral.state, referral.owner_key) == (State.ACCEPTED, "raj")


async def test_another_takes_over_what_somebody_has(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.raj.presses(bot.intake.head, "Take over")
    assert (await bot.referral()).owner_key == "raj"
    assert "Claimed by: Raj Patel (scheduling)" in bot.intake.head
    assert "Next: Raj Patel, to schedule by" in bot.office.head
    assert "Raj Patel (scheduling)" in bot.office.news[-1]


async def test_ask_the_office_puts_the_turn_to_the_office(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.opens(bot.intake.head, "Ask the office")
    assert (await bot.tess.fills_in({"Question": "Is there an EKG?"})).ok
    assert "Tess Moran (intake) asks:\nIs there an EKG?" in bot.office.news[-1]
    assert "Waiting for your answer. Please answer by" in bot.office.head
    assert "Waiting for the office's answer. Next: Maria Gomez, to answer by" in bot.intake.head


async def test_book_offers_open_slots_and_tells_date_provider_place_and_what_to_bring(bot: WholeBot) -> None:
    await bot.sent()
    form = await bot.raj.opens(bot.intake.head, "Book")
    first = times(form)[0]
    assert first == "Tue, Nov 24, 10:20 AM CST, Dr. Anna Lee, North Clinic"
    assert (await bot.raj.fills_in({"Time": first})).ok
    booked = bot.office.news[-1]
    for words in (
        "Booked by Raj Patel (scheduling).",
        "Tue, Nov 24, 10:20 AM CST with Dr. Anna Lee at North Clinic",
        "100 N Main St, Peoria IL, 309-555-0100",
        "Please bring: photo ID, insurance card, a list of medications",
    ):
        assert words in booked
    assert "Booked: Tue, Nov 24, 10:20 AM CST with Dr. Anna Lee at North Clinic" in bot.intake.head
    assert "Rebook" in buttons(bot.intake.head)


async def test_a_booked_time_is_not_offered_again(bot: WholeBot) -> None:
    first = await bot.sent()
    taken = await bot.books()
    await bot.sent(person=bot.omar)
    form = await bot.raj.opens(bot.intake.head, "Book")
    assert taken not in times(form)
    assert first not in form.plain


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("Reached", "reached (call 1)."),
        ("No answer", "no answer (call 1)."),
        ("Wrong number", "wrong number (call 1). Do you have another number? Just reply here."),
        ("Asked to call back", "asked to call back (call 1)."),
    ],
)
async def test_each_outcome_of_a_call_is_told(bot: WholeBot, outcome: str, told: str) -> None:
    await bot.sent()
    await bot.raj.opens(bot.intake.head, "Log a call")
    done = await bot.raj.fills_in({"How it went": outcome, "Note": "left word with the son"})
    assert done.ok
    assert f"Raj Patel (scheduling) called the patient: {told}" in bot.office.news[-1]
    assert "left word with the son" not in bot.office
    assert "left word with the son" in bot.intake.news[-1]
    assert (await bot.referral()).state is State.CONTACTING


async def test_the_third_call_without_an_answer_asks_for_another_number(bot: WholeBot) -> None:
    await bot.sent()
    for _ in range(3):
        await bot.raj.opens(bot.intake.head, "Log a call")
        assert (await bot.raj.fills_in({"How it went": "No answer"})).ok
    assert "Do you have another number?" not in bot.office.news[-2]
    assert "no answer (call 3). Do you have another number? Just reply here." in bot.office.news[-1]


async def test_giving_up_tells_what_was_tried(bot: WholeBot) -> None:
    await bot.sent()
    await bot.raj.opens(bot.intake.head, "Log a call")
    assert (await bot.raj.fills_in({"How it went": "No answer"})).ok
    await bot.raj.opens(bot.intake.head, "Give up")
    assert (await bot.raj.fills_in({"What was tried": "Three calls and a letter."})).ok
    assert "the patient could not be reached." in bot.office.news[-1]
    assert "Three calls and a letter." in bot.office.news[-1]
    assert (await bot.referral()).state is State.UNABLE_TO_REACH


async def test_decline_requires_a_reason_and_an_alternative(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.opens(bot.intake.head, "Decline")
    assert set((await bot.tess.fills_in({"In words": "Sorry."})).errors) == {"reason", "alternative"}
    assert set((await bot.tess.fills_in({"Reason": "Another reason"})).errors) == {"alternative"}
    assert set((await bot.tess.fills_in({"Alternative": "  "})).errors) == {"alternative"}
    assert (await bot.referral()).state is State.SUBMITTED
    assert (await bot.tess.fills_in({"Alternative": "Dr. Stone at Mercy sees them this week."})).ok
    declined = bot.office.news[-1]
    assert "Declined by Tess Moran (intake): another reason." in declined
    assert "Sorry." in declined
    assert "What to do instead:\nDr. Stone at Mercy sees them this week." in declined
    assert "Declined." in bot.intake.head


async def test_arrived_seen_and_what_each_side_reads(bot: WholeBot) -> None:
    await bot.booked()
    await bot.nina.presses(bot.intake.head, "Arrived")
    assert "The patient has arrived for the appointment, says Nina Brooks (nurse)." in bot.office.news[-1]
    assert "Nina Brooks (nurse) marked the patient arrived." in bot.intake.news[-1]
    await bot.nina.presses(bot.intake.head, "Seen")
    told = "The patient was seen today, says Nina Brooks (nurse). Next: Raj Patel, to send the report by"
    assert told in bot.office.news[-1]
    assert "Nina Brooks (nurse) marked the patient seen." in bot.intake.news[-1]


async def test_a_no_show_is_told_with_who_rebooks_by_when(bot: WholeBot) -> None:
    await bot.booked()
    await bot.raj.presses(bot.intake.head, "No-show")
    told = "The patient did not come to the appointment, says Raj Patel (scheduling). Next: Raj Patel,"
    assert told in bot.office.news[-1]
    assert told in bot.intake.news[-1]
    assert "Book" in buttons(bot.intake.head)


async def test_a_report_as_a_note_reaches_the_office(bot: WholeBot) -> None:
    await bot.reported("Holter is normal.")
    assert "The report is here, from Nina Brooks (nurse)." in bot.office.news[-1]
    assert "Nina Brooks (nurse) sent the report to the office." in bot.intake.news[-1]
    form = await bot.maria.opens(bot.office.last, "Show report")
    assert "Holter is normal." in form.plain
    assert bot.audit("referral.report") == [("maria", "viewed")]


@pytest.mark.parametrize("phi", ["full"])
async def test_a_report_as_a_note_stands_in_the_thread_in_full_mode(bot: WholeBot) -> None:
    await bot.reported("Holter is normal.")
    assert "Holter is normal." in bot.office.news[-1]


async def test_a_report_as_a_file_reaches_the_office(bot: WholeBot) -> None:
    await bot.seen()
    await bot.nina.opens(bot.intake.head, "Send report")
    assert (await bot.nina.fills_in({"Files": [PDF]})).ok
    assert "The report is here, from Nina Brooks (nurse)." in bot.office
    form = await bot.maria.opens(bot.office.head, "Show report")
    assert PDF[0] in form.plain


@pytest.mark.parametrize("phi", ["full"])
async def test_a_report_as_a_file_lies_in_the_offices_thread_in_full_mode(bot: WholeBot) -> None:
    await bot.seen()
    await bot.nina.opens(bot.intake.head, "Send report")
    assert (await bot.nina.fills_in({"Files": [PDF]})).ok
    (file,) = [file for message in bot.office.everything for file in message.files]
    assert file.content == PDF[1]


async def test_an_empty_report_is_not_sent(bot: WholeBot) -> None:
    await bot.seen()
    await bot.nina.opens(bot.intake.head, "Send report")
    assert set((await bot.nina.fills_in({})).errors) == {"text"}
    assert (await bot.referral()).state is State.SEEN


async def test_staff_close_with_a_reason_and_the_office_is_asked_how_it_was(bot: WholeBot) -> None:
    await bot.reported()
    await bot.tess.opens(bot.intake.head, "Close")
    assert (await bot.tess.fills_in({"Reason": "Everything is done", "For the office": "Thanks!"})).ok
    assert "Closed by Tess Moran (intake)." in bot.office.news[-1]
    assert "Thanks!" in bot.office.news[-1]
    assert buttons(bot.office.last) == ["Very good", "Good", "All right", "Poor", "Bad"]
    assert "Closed by Tess Moran (intake): everything is done." in bot.intake.news[-1]
    assert buttons(bot.intake.head) == ["Reopen", "Show details"]


async def test_the_card_shows_only_the_buttons_that_fit_where_it_stands(bot: WholeBot) -> None:
    await bot.sent()
    shown = {"sent": buttons(bot.intake.head)}
    await bot.tess.presses(bot.intake.head, "Claim")
    shown["claimed"] = buttons(bot.intake.head)
    await bot.tess.opens(bot.intake.head, "Ask the office")
    await bot.tess.fills_in({"Question": "Is there an EKG?"})
    shown["asked"] = buttons(bot.intake.head)
    await bot.maria.says("Yes, it was faxed.", under=bot.office)
    await bot.books()
    shown["booked"] = buttons(bot.intake.head)
    await bot.raj.presses(bot.intake.head, "Seen")
    shown["seen"] = buttons(bot.intake.head)
    assert "Claim" in shown["sent"]
    assert "Claim" not in shown["claimed"]
    assert {"Accept", "Book", "Decline"} <= set(shown["claimed"])
    assert "Accept" not in shown["asked"]
    assert {"Arrived", "Seen", "No-show", "Rebook"} <= set(shown["booked"])
    assert not {"Claim", "Accept", "Send report"} & set(shown["booked"])
    assert {"Send report", "Close"} <= set(shown["seen"])
    assert not {"Book", "Rebook", "Decline", "Arrived"} & set(shown["seen"])


async def test_every_button_that_is_shown_can_be_pressed(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("can she keep taking her metoprolol?", under=bot.office)
    await bot.nina.mentions("tell them yes", under=bot.intake)
    assert "Claim" not in buttons(bot.intake.head)
    assert "Nina Brooks (nurse) has your referral." in bot.office
    for label in buttons(bot.intake.head):
        if label in buttons(bot.intake.head) and await bot.tess.presses(bot.intake.head, label):
            await bot.tess.player.close_view()
        assert bot.tess.whispers == [], label
    referral = await bot.referral()
    assert (referral.state, referral.owner_key) == (State.ACCEPTED, "tess")


async def test_a_press_on_a_stale_card_says_what_happened_and_by_whom(bot: WholeBot) -> None:
    await bot.sent()
    stale = bot.intake.head.snapshot()
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.later(minutes=3)
    await bot.raj.presses(stale, "Claim")
    assert bot.raj.told == "Nothing was changed: Tess Moran claimed it at 10:00 AM CST. Now: received."
    assert (await bot.referral()).owner_key == "tess"


async def test_a_form_that_was_overtaken_says_what_happened(bot: WholeBot) -> None:
    await bot.sent()
    await bot.raj.opens(bot.intake.head, "Decline")
    await bot.maria.opens(bot.office.head, "Cancel referral")
    assert (await bot.maria.fills_in({"Reason": "Sent in error"})).ok
    await bot.raj.fills_in({"Reason": "Another reason", "Alternative": "Ask Mercy."})
    assert "Nothing was changed: Maria Gomez cancelled it" in bot.raj.form.plain
    assert (await bot.referral()).state is State.CANCELLED


async def test_the_other_sides_buttons_are_refused_in_words(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.channels["C0INTAKE"].members.add("U0MARIA")
    await bot.maria.presses(bot.intake.head, "Claim")
    assert bot.maria.told
    assert (await bot.referral()).owner_key is None


async def test_a_liaison_sees_no_patients(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.dana.mentions(f"status {reference}", under=bot.intake)
    assert "Your role works with offices, not with patients" in bot.dana.told
    await bot.dana.presses(bot.intake.head, "Claim")
    assert "I know of no such referral" in bot.dana.told
    assert (await bot.referral()).owner_key is None
