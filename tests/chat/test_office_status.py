"""The office asks where its referrals stand; about others' there is one answer."""

from __future__ import annotations

from bot import COMPLETE, WholeBot

NONE = "I know of no such referral from your office."


async def test_status_by_reference(bot: WholeBot) -> None:
    reference = await bot.sent()
    message = await bot.maria.mentions(f"status {reference}")
    reply = bot.thread_of(message)
    assert f"{reference} · J. W. · Cardiology" in reply
    assert "Sent. Next: the practice's intake, to answer by 10:30 AM CST." in reply


async def test_status_by_the_patients_name(bot: WholeBot) -> None:
    reference = await bot.sent()
    message = await bot.maria.mentions("status of Jane Whitcomb")
    assert reference in bot.thread_of(message)


async def test_a_colleague_of_the_same_office_may_ask(bot: WholeBot) -> None:
    reference = await bot.sent()
    message = await bot.joy.mentions("status of Jane Whitcomb")
    assert reference in bot.thread_of(message)


async def test_a_name_a_little_misspelled_is_found(bot: WholeBot) -> None:
    reference = await bot.sent()
    message = await bot.maria.mentions("status of Jane Whitcom")
    assert reference in bot.thread_of(message)


async def test_status_of_all_mine_shows_what_the_office_has_open(bot: WholeBot) -> None:
    first = await bot.sent()
    second = await bot.sent(COMPLETE.replace("Jane Whitcomb", "Ada Moss"))
    theirs = await bot.sent(COMPLETE.replace("Jane Whitcomb", "Leo Park"), bot.omar)
    message = await bot.maria.mentions("status all mine")
    reply = bot.thread_of(message)
    assert "2 open:" in reply
    assert first in reply
    assert second in reply
    assert theirs not in reply


async def test_the_state_changes_with_what_happens(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.tess.presses(bot.intake.head, "Claim")
    message = await bot.maria.mentions(f"status {reference}")
    assert "Received. Next: Tess Moran, to schedule by" in bot.thread_of(message)


async def test_the_command_answers_the_person_alone(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.maria.commands("/referral-status", reference)
    assert reference in bot.maria.told
    await bot.maria.commands("/referral-status", "Jane Whitcomb")
    assert reference in bot.maria.told
    await bot.maria.commands("/referral-status")
    assert "1 open:" in bot.maria.told


async def test_another_offices_referral_is_answered_exactly_like_none(bot: WholeBot) -> None:
    reference = await bot.sent()
    answers = []
    for asked in (reference, "RB-ZZZZ"):
        message = await bot.omar.mentions(f"status {asked}")
        answers.append(bot.thread_of(message).text)
    for asked in ("Jane Whitcomb", "Walter Stone"):
        message = await bot.omar.mentions(f"status of {asked}")
        answers.append(bot.thread_of(message).text)
    assert len(set(answers)) == 1
    assert NONE in answers[0]


async def test_another_offices_referral_is_like_none_to_every_way_of_asking(bot: WholeBot) -> None:
    reference = await bot.sent()
    for words in ("cancel {}", "is {} booked yet?", "{}: her phone is 309-555-0177"):
        answers = []
        for asked in (reference, "RB-ZZZZ"):
            message = await bot.omar.mentions(words.format(asked))
            answers.append(bot.thread_of(message).text)
        assert answers[0] == answers[1], words


async def test_a_refusal_is_in_the_record_without_what_was_asked(bot: WholeBot) -> None:
    await bot.omar.mentions("status of Jane Whitcomb")
    assert bot.audit("referral.status") == [("omar", "refused")]


async def test_a_look_is_in_the_record(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.maria.mentions(f"status {reference}")
    assert bot.audit("referral.status") == [("maria", "viewed")]


async def test_everything_closed_is_said(bot: WholeBot) -> None:
    message = await bot.maria.mentions("status all mine")
    assert "There is nothing open." in bot.thread_of(message)
