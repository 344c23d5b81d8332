"""What staff say: relayed to the office, asked of it, answered to them alone, or internal."""

from __future__ import annotations

from bot import LAKESIDE, WholeBot

from referral_bot.model import State


async def test_tell_them_relays_to_the_office_with_name_and_role(bot: WholeBot) -> None:
    await bot.sent()
    await bot.nina.mentions("tell them she may eat before the visit", under=bot.intake)
    assert bot.office.news[-1] == "Nina Brooks (nurse):\nshe may eat before the visit"
    assert "Nina Brooks (nurse) told the office:" in bot.intake.news[-1]


async def test_ask_them_asks_the_office(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.mentions("ask them: is there an EKG?", under=bot.intake)
    assert "Tess Moran (intake) asks:\nis there an EKG?" in bot.office.news[-1]
    assert (await bot.referral()).state is State.NEEDS_INFO


async def test_what_staff_say_among_themselves_stays_internal(bot: WholeBot) -> None:
    await bot.sent()
    before = bot.office.text
    await bot.tess.says("I think this is a tough one, tell them nothing yet", under=bot.intake)
    await bot.raj.says("agreed", under=bot.intake)
    assert bot.office.text == before
    assert bot.tess.whispers == []


async def test_other_words_to_the_bot_stay_internal_and_it_says_so(bot: WholeBot) -> None:
    await bot.sent()
    before = bot.office.text
    await bot.tess.mentions("she sounds anxious", under=bot.intake)
    assert bot.office.text == before
    assert "That stayed internal." in bot.tess.told
    assert "tell them …" in bot.tess.told


async def test_staff_ask_where_a_referral_stands_and_are_answered_alone(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.raj.mentions(f"status {reference}")
    assert "Sent. Next: intake, to answer by" in bot.raj.told
    await bot.raj.mentions("all open")
    assert reference in bot.raj.told


async def test_staff_ask_for_open_times(bot: WholeBot) -> None:
    await bot.raj.mentions("when can you see a new cardiology patient at North?")
    assert "Dr. Anna Lee, North Clinic" in bot.raj.told


async def test_staff_in_an_offices_channel_are_sent_to_the_card(bot: WholeBot) -> None:
    await bot.sent()
    await bot.tess.mentions("tell them hello", channel=LAKESIDE)
    assert "This is the office's channel." in bot.tess.told
    await bot.tess.says("hello Maria!", under=bot.office)
    assert (await bot.referral()).state is State.SUBMITTED


async def test_staff_cannot_send_referrals(bot: WholeBot) -> None:
    await bot.tess.commands("/refer")
    assert "Referrals are sent by people of a referring office." in bot.tess.told


async def test_help_for_staff_says_what_they_can_do(bot: WholeBot) -> None:
    await bot.tess.mentions("help")
    assert "tell them …" in bot.tess.told
