"""The office asks: the directory answers at once, a person the rest; and the practice's questions to it."""

from __future__ import annotations

from bot import Conversation, WholeBot, buttons

from handlers.demo.model import Message
from referral_bot.model import State

SYNCOPE = "do you take 16-year-olds with syncope?"


async def test_a_question_without_a_patient_goes_to_a_person_and_says_by_when(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    assert "I asked the practice's intake. You hear by 2:00 PM CST." in bot.thread_of(message)
    assert "Maria Gomez (referral specialist), Lakeside Family Medicine, asks:" in bot.intake.head
    assert SYNCOPE in bot.intake.head


async def test_its_answer_comes_in_the_same_thread_with_name_and_role(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    await bot.tess.opens(bot.intake.head, "Answer")
    assert SYNCOPE in bot.tess.form.plain
    assert (await bot.tess.fills_in({"Answer": "Yes, from fourteen on."})).ok
    thread = bot.thread_of(message)
    assert "Tess Moran (intake) answers:\nYes, from fourteen on." in thread.news[-1]
    assert "Answered below." in thread.head
    assert "Answered." in bot.intake.head
    assert "Answer" not in buttons(bot.intake.head)


async def test_an_answer_may_be_told_by_mention(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    await bot.tess.mentions("tell them yes, from fourteen on", under=bot.intake)
    assert "yes, from fourteen on" in bot.thread_of(message).news[-1]


def draft(thread: Conversation) -> Message:
    """The card of the draft in a thread that began with a question."""
    return next(message for message in thread.of_bot if "not sent yet" in message)


async def test_one_press_makes_the_question_a_referral_in_its_thread(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    await bot.tess.mentions("tell them yes", under=bot.intake)
    thread = bot.thread_of(message)
    await bot.maria.presses(thread.last, "Make this a referral")
    await bot.maria.says("Jane Whitcomb, DOB 3/14/2010, 309-555-0123, cardiology", under=thread)
    await bot.maria.says("reason syncope", under=thread)
    await bot.maria.presses(draft(thread), "Submit")
    referral = await bot.referral()
    assert referral.packet.patient.name == "Jane Whitcomb"
    assert referral.state is State.SUBMITTED


async def test_pressing_it_again_makes_no_second_draft(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    thread = bot.thread_of(message)
    await bot.maria.presses(thread.head, "Make this a referral")
    await bot.joy.presses(thread.head, "Make this a referral")
    assert "This question has become a referral already." in bot.joy.told
    assert bot.rows("SELECT count(*) FROM referral") == [(1,)]


async def test_an_answer_that_comes_after_that_reaches_the_thread(bot: WholeBot) -> None:
    message = await bot.maria.mentions(SYNCOPE)
    thread = bot.thread_of(message)
    await bot.maria.presses(thread.head, "Make this a referral")
    await bot.tess.mentions("tell them yes, from fourteen on", under=bot.intake)
    assert "Tess Moran (intake) answers:\nyes, from fourteen on" in thread.news[-1]
    assert "Answered." in bot.intake.head


async def test_the_second_answer_is_told_that_there_is_one(bot: WholeBot) -> None:
    await bot.maria.mentions(SYNCOPE)
    shown = bot.intake.head.snapshot()
    await bot.tess.mentions("tell them yes", under=bot.intake)
    await bot.raj.presses(shown, "Answer")
    assert "Tess Moran has answered it already." in bot.raj.told


async def test_whether_an_insurance_is_taken_is_answered_at_once(bot: WholeBot) -> None:
    message = await bot.maria.mentions("do you take Aetna?")
    assert "Yes, Aetna is accepted." in bot.thread_of(message)
    message = await bot.maria.mentions("do you take Ambetter?")
    assert "Ambetter" in bot.thread_of(message)
    assert "not accepted" in bot.thread_of(message)
    assert bot.workspace.history("C0INTAKE") == []


async def test_fax_address_and_hours_are_answered_at_once(bot: WholeBot) -> None:
    for asked, answer in (
        ("what is your fax number?", "309-555-0199"),
        ("what is your address?", "100 N Main St, Peoria IL"),
        ("what are your hours?", "Mon–Thu 8:00 AM–5:00 PM, Fri 8:00 AM–3:00 PM"),
    ):
        message = await bot.maria.mentions(asked)
        assert answer in bot.thread_of(message), asked
    assert bot.workspace.history("C0INTAKE") == []


async def test_what_must_come_with_a_referral_is_answered_at_once(bot: WholeBot) -> None:
    message = await bot.maria.mentions("what do you need for a vascular surgery referral?")
    thread = bot.thread_of(message)
    for words in ("Vascular surgery", "patient name", "date of birth", "insurance", "documents"):
        assert words in thread


async def test_help_says_what_can_be_asked(bot: WholeBot) -> None:
    message = await bot.maria.mentions("help")
    thread = bot.thread_of(message)
    for words in ("refer …", "when can you see …", "status …", "cancel …"):
        assert words in thread
    assert "New referral" in buttons(thread.head)


async def test_an_emergency_is_told_to_call_911_and_alerts_the_staff(bot: WholeBot) -> None:
    message = await bot.maria.mentions("a patient just collapsed in our waiting room, chest pain")
    assert "Call 911 now" in bot.thread_of(message)
    assert "Please call them now at 309-555-0142" in bot.intake.head


async def test_an_emergency_in_a_drafts_thread_is_not_taken_for_an_answer(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations")
    await bot.maria.says("she just collapsed, not breathing! 309-555-0123", under=bot.office)
    assert "Call 911 now" in bot.office.news[-1]
    assert "Please call them now at 309-555-0142" in bot.intake.head


async def test_a_question_in_a_drafts_thread_is_answered_too(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations")
    await bot.maria.says("do you take Aetna?", under=bot.office)
    assert "Yes, Aetna is accepted." in bot.office.news[-1]


# ---------------------------------------------------------------- the practice asks


async def test_the_practices_question_is_answered_by_replying_in_the_thread(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.opens(bot.intake.head, "Ask the office")
    assert (await bot.tess.fills_in({"Question": "Has she had a Holter before?"})).ok
    assert "Tess Moran (intake) asks:\nHas she had a Holter before?" in bot.office.news[-1]
    assert "Please answer here" in bot.office.news[-1]
    assert (await bot.referral()).state is State.NEEDS_INFO
    await bot.maria.says("Yes, in 2024, normal.", under=bot.office)
    assert "Maria Gomez (referral specialist) answers:\nYes, in 2024, normal." in bot.intake.news[-1]
    assert (await bot.referral()).state is State.RECEIVED
    assert "Passed on to Tess Moran." in bot.office.news[-1]


async def test_an_office_asks_about_its_referral_and_a_person_answers(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("can she keep taking her metoprolol?", under=bot.office)
    assert "I asked the practice's intake. You hear by" in bot.office.news[-1]
    asked = bot.intake.last
    assert "can she keep taking her metoprolol?" in asked
    await bot.nina.opens(asked, "Answer")
    assert (await bot.nina.fills_in({"Answer": "Yes, please."})).ok
    assert "Nina Brooks (nurse) answers:\nYes, please." in bot.office.news[-1]
    assert bot.office.text.count("Yes, please.") == 1
