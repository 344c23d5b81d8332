"""The same thread: each event once, in order, with who did it; and what the clock says by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot import COMPLETE, FORM, LAKESIDE, Conversation, WholeBot, times

from handlers.demo.faults import drop_after, server_error

ROUTINE = COMPLETE.replace("urgent", "routine")
STAT = COMPLETE.replace("urgent", "stat")
REMINDER = "Coming up:"


def heads(thread: Conversation) -> list[str]:
    """The first line of each of the bot's messages under its card."""
    return [said.partition("\n")[0] for said in thread.news]


async def whole_story(bot: WholeBot) -> None:
    """One referral from message to rating."""
    await bot.sent(ROUTINE)
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.tess.presses(bot.intake.head, "Accept")
    await bot.tess.opens(bot.intake.head, "Ask the office")
    await bot.tess.fills_in({"Question": "Is there an EKG?"})
    await bot.maria.says("Yes, it was faxed.", under=bot.office)
    await bot.books(on="Tue, Dec 1")
    visit = await bot.visit()
    await bot.until(visit - timedelta(days=1) + timedelta(minutes=1))
    await bot.until(visit + timedelta(minutes=40))
    await bot.nina.presses(bot.intake.head, "Seen")
    await bot.nina.opens(bot.intake.head, "Send report")
    await bot.nina.fills_in({"Report": "Normal."})
    await bot.maria.presses(bot.office.head, "Close")
    await bot.maria.presses(bot.office.last, "Good")


async def test_the_office_hears_every_event_once_and_in_order_with_who_did_it(bot: WholeBot) -> None:
    await whole_story(bot)
    told = heads(bot.office)
    expected = [
        "Tess Moran (intake) has your referral.",
        "Accepted by Tess Moran (intake).",
        "Tess Moran (intake) asks:",
        "Passed on to Tess Moran.",
        "Booked by Raj Patel (scheduling).",
        REMINDER,
        "The patient was seen today, says Nina Brooks (nurse).",
        "The report is here, from Nina Brooks (nurse).",
        "Closed by Maria Gomez (referral specialist).",
        "Maria Gomez (referral specialist) rated this referral: Good (4 of 5).",
    ]
    places = [[n for n, said in enumerate(told) if said.startswith(line)] for line in expected]
    assert all(len(found) == 1 for found in places if found), told
    order = [found[0] for found in places]
    assert order == sorted(order), told
    assert len(told) == len(expected), told


async def test_the_practice_hears_every_event_once_and_in_order_with_who_did_it(bot: WholeBot) -> None:
    await whole_story(bot)
    told = heads(bot.intake)
    expected = [
        "Tess Moran (intake) claimed it.",
        "Tess Moran (intake) accepted it.",
        "Tess Moran (intake) asked the office:",
        "Maria Gomez (referral specialist) answers:",
        "Booked by Raj Patel (scheduling).",
        "Nina Brooks (nurse) marked the patient seen.",
        "Nina Brooks (nurse) sent the report to the office.",
        "Closed by Maria Gomez (referral specialist): everything is done.",
        "Maria Gomez (referral specialist) rated this referral: Good (4 of 5).",
    ]
    assert [said for said in told if any(said.startswith(line) for line in expected)] == told
    assert [next(line for line in expected if said.startswith(line)) for said in told] == expected


async def test_a_referral_has_one_thread_on_each_side(bot: WholeBot) -> None:
    await whole_story(bot)
    assert len(bot.workspace.history("C0INTAKE")) == 1
    assert [m for m in bot.workspace.history(LAKESIDE) if m.bot] == []


async def test_nothing_the_bot_sent_was_refused(bot: WholeBot) -> None:
    await whole_story(bot)
    assert list(bot.workspace.calls.failed()) == []


async def test_a_post_that_slack_refuses_for_a_while_comes_once_and_in_order(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.faults.next("chat.postMessage", server_error(), times=2)
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.tess.presses(bot.intake.head, "Accept")
    for _ in range(4):
        await bot.later(minutes=1)
    assert [said.split(" (")[0] for said in heads(bot.office)] == [
        "Tess Moran",
        "Accepted by Tess Moran",
    ]
    assert len(heads(bot.intake)) == 2


async def test_a_post_of_which_no_answer_came_is_not_posted_again(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.faults.next("chat.postMessage", drop_after(), drop_after())
    await bot.tess.presses(bot.intake.head, "Claim")
    for _ in range(3):
        await bot.later(minutes=1)
    assert len(heads(bot.office)) == 1
    assert len(heads(bot.intake)) == 1


async def test_what_an_earlier_run_left_in_the_outbox_is_delivered(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.faults.next("chat.postMessage", server_error(), times=2)
    await bot.tess.presses(bot.intake.head, "Claim")
    bot.workspace.faults.clear()
    await bot.stop()
    bot.clock.forward(timedelta(minutes=10))
    await bot.start()
    await bot.settled()
    assert len(heads(bot.office)) == 1
    assert len(heads(bot.intake)) == 1


# ---------------------------------------------------------------- before the visit


async def test_a_visit_is_reminded_of_seven_two_and_one_days_before(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    wish = {"Preferred provider": "Dr. Anna Lee", "Preferred place": "North Clinic"}
    assert (await bot.maria.fills_in({**FORM, **wish})).ok
    await bot.books(on="Wed, Dec 9")
    visit = await bot.visit()
    came = []
    while bot.clock.now() < visit:
        before = bot.office.text.count(REMINDER)
        await bot.later(hours=6)
        if bot.office.text.count(REMINDER) > before:
            came.append(round((visit - bot.clock.now()) / timedelta(days=1)))
    assert came == [7, 2, 1]
    reminder = next(said for said in bot.office.news if REMINDER in said)
    for words in (f"{visit:%a, %b} {visit.day}", "Dr. Anna Lee at North Clinic", "Please bring: photo ID"):
        assert words in reminder
    assert REMINDER not in bot.intake


async def test_reminders_that_a_weekend_held_back_come_as_one(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    wish = {"Preferred provider": "Dr. Anna Lee", "Preferred place": "North Clinic"}
    assert (await bot.maria.fills_in({**FORM, **wish})).ok
    await bot.books(on="Mon, Nov 30")
    visit = await bot.visit()
    await bot.until(visit - timedelta(hours=20))
    assert REMINDER not in bot.office
    await bot.until(visit - timedelta(minutes=30))
    assert sum(REMINDER in said for said in bot.office.news) == 1


async def test_a_reminder_is_not_sent_for_a_visit_that_was_cancelled(bot: WholeBot) -> None:
    await bot.booked()
    await bot.maria.opens(bot.office.head, "Cancel appointment")
    await bot.maria.fills_in({"Reason": "The patient asked for it"})
    await bot.later(days=20)
    assert REMINDER not in bot.office


async def test_only_the_new_visit_is_reminded_of_after_rebooking(bot: WholeBot) -> None:
    await bot.sent()
    await bot.books(on="Mon, Nov 30")
    old = await bot.visit()
    await bot.maria.opens(bot.office.head, "Change the time")
    await bot.maria.fills_in({"Time": times(bot.maria.form)[-1]})
    new = await bot.visit()
    assert new != old
    await bot.until(new - timedelta(minutes=1))
    said = [said for said in bot.office.news if REMINDER in said]
    assert said
    assert all(f"{new:%b} {new.day}" in one for one in said)


# ---------------------------------------------------------------- promises


async def test_the_owner_is_reminded_with_a_quarter_of_the_time_left(bot: WholeBot) -> None:
    await bot.sent()
    await bot.later(minutes=21)
    assert bot.intake.news == []
    await bot.later(minutes=2)
    assert bot.intake.news == ["Reminder: Intake, to answer by 10:30 AM CST."]
    assert bot.office.news == []


async def test_a_late_promise_is_said_to_both_sides_and_then_to_the_manager(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.later(minutes=30, seconds=5)
    assert "Late: Intake was to answer by 10:30 AM CST." in bot.intake.news[-1]
    honest = "We promised to answer by 10:30 AM CST and are late. Intake has it; you hear by 11:30 AM CST."
    assert bot.office.news == [honest]
    assert "Late: the practice's intake was to answer by 10:30 AM CST." in bot.office.head
    assert bot.priya.direct == []
    await bot.later(minutes=60)
    assert f"{reference}: Intake was to answer; late by" in bot.priya.direct[-1]
    assert bot.office.news[1:] == [
        "We are still late to answer. The practice manager has been told; "
        "you hear by Wed, Nov 25, 11:30 AM CST."
    ]
    assert "We are still late to answer. The practice manager has been told;" in bot.office.news[-1]


async def test_stat_reaches_the_manager_after_a_quarter_of_an_hour(bot: WholeBot) -> None:
    reference = await bot.sent(STAT)
    await bot.later(minutes=16)
    assert bot.priya.direct == []
    await bot.later(minutes=15)
    assert reference in bot.priya.direct[-1]


async def test_a_kept_promise_says_nothing(bot: WholeBot) -> None:
    await bot.sent(ROUTINE)
    await bot.tess.presses(bot.intake.head, "Claim")
    before = bot.office.text, bot.intake.text
    await bot.later(hours=5)
    assert (bot.office.text, bot.intake.text) == before


async def test_an_office_that_owes_an_answer_is_reminded_after_one_and_three_business_days(
    bot: WholeBot,
) -> None:
    await bot.sent()
    await bot.tess.opens(bot.intake.head, "Ask the office")
    await bot.tess.fills_in({"Question": "Is there an EKG?"})
    reminder = "Maria Gomez, the practice still waits for your answer to the question above."
    came = []
    for _ in range(10):
        before = bot.office.text.count(reminder)
        await bot.later(days=1)
        if bot.office.text.count(reminder) > before:
            came.append(f"{bot.clock.now():%a %d}")
    # Thursday is a holiday, and the weekend does not count.
    assert came == ["Wed 25", "Mon 30"]


async def test_a_question_that_was_answered_is_not_reminded_of(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.opens(bot.intake.head, "Ask the office")
    await bot.tess.fills_in({"Question": "Is there an EKG?"})
    await bot.maria.says("Yes, it was faxed.", under=bot.office)
    await bot.books()
    await bot.later(days=3)
    assert "still waits for your answer" not in bot.office


async def test_a_late_answer_to_a_question_without_a_patient_is_said(bot: WholeBot) -> None:
    message = await bot.maria.mentions("do you take 16-year-olds with syncope?")
    await bot.later(hours=4, minutes=1)
    assert "Late: Intake was to answer by 2:00 PM CST." in bot.intake.news[-1]
    assert "We promised to answer by 2:00 PM CST and are late." in bot.thread_of(message).news[-1]
    await bot.later(hours=1)
    assert "A question of an office: Intake was to answer; late by" in bot.priya.direct[-1]


# ---------------------------------------------------------------- drafts and the night


async def test_a_draft_is_asked_about_after_a_day(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.later(hours=23)
    assert bot.office.news == []
    await bot.later(hours=2)
    assert bot.office.news == ["This draft has not been sent yet. Press Submit to send it, or Discard."]
    await bot.later(days=3)
    assert len(bot.office.news) == 1


async def test_a_discarded_or_sent_draft_is_not_asked_about(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    await bot.maria.presses(bot.office.head, "Discard")
    await bot.later(days=2)
    assert bot.office.news == []


async def test_nothing_comes_by_itself_at_night_or_on_a_closed_day(bot: WholeBot) -> None:
    await bot.until(datetime(2026, 11, 25, 22, 30, tzinfo=UTC))  # Wednesday, half an hour before closing
    await bot.sent(ROUTINE)
    said: list[datetime] = []
    seen = bot.intake.text + bot.office.text
    for _ in range(24 * 6):
        await bot.later(hours=1)
        if (now := bot.intake.text + bot.office.text) != seen:
            seen = now
            said.append(bot.clock.now() - timedelta(hours=6))
    assert said
    for local in said:
        assert 7 <= local.hour < 20, local
        assert local.date().isoformat() not in ("2026-11-26", "2026-11-28", "2026-11-29"), local


async def test_stat_goes_through_on_a_closed_day(bot: WholeBot) -> None:
    await bot.until(datetime(2026, 11, 25, 22, 55, tzinfo=UTC))  # Wednesday, five minutes before closing
    await bot.sent(STAT)
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.until(datetime(2026, 11, 26, 17, 0, tzinfo=UTC))  # Thursday, a holiday
    assert bot.intake.news[-1] == "Reminder: Tess Moran, to see the patient by 4:55 PM CST."


async def test_what_somebody_does_is_told_at_once_by_night_too(bot: WholeBot) -> None:
    await bot.until(datetime(2026, 11, 25, 5, 0, tzinfo=UTC))  # 23:00 in Chicago
    await bot.sent(ROUTINE)
    await bot.tess.presses(bot.intake.head, "Claim")
    assert "Tess Moran (intake) has your referral." in bot.office.news[-1]


async def test_what_fell_due_while_the_program_was_down_comes_once(bot: WholeBot) -> None:
    await bot.sent()
    await bot.stop()
    bot.clock.forward(timedelta(minutes=50))
    await bot.start()
    await bot.settled()
    assert sum("Late: Intake" in said for said in bot.intake.news) == 1
    assert sum("are late" in said for said in bot.office.news) == 1
