"""Who is who: people the directory does not know, does not know any more, or knows from elsewhere."""

from __future__ import annotations

from bot import COMPLETE, INTAKE, WholeBot


async def test_somebody_unknown_is_told_how_to_get_access_and_nothing_about_any_patient(
    bot: WholeBot,
) -> None:
    reference = await bot.sent()
    for said in ("help", f"status {reference}", "status of Jane Whitcomb", COMPLETE):
        await bot.stranger.mentions(said)
    (told,) = set(bot.stranger.whispers)
    assert "I don't know you yet, so I can't help with referrals." in told
    assert "Riverbend Heart & Vascular has been told that you asked" in told
    assert "call 309-555-0101" in told
    assert bot.rows("SELECT count(*) FROM referral") == [(1,)]


async def test_the_practice_is_told_who_asked_once_a_day(bot: WholeBot) -> None:
    await bot.stranger.mentions("help")
    await bot.stranger.mentions("hello?")
    told = [one.plain for one in bot.workspace.history("C0INTAKE")]
    assert len(told) == 1
    assert "(slack account U0STRANGER) wrote to me and is not in the directory." in told[0]
    await bot.later(days=1)
    await bot.stranger.mentions("hello?")
    assert len(bot.workspace.history("C0INTAKE")) == 2


async def test_what_an_unknown_person_said_is_nowhere(bot: WholeBot) -> None:
    await bot.stranger.mentions(COMPLETE)
    assert "Whitcomb" not in bot.newest("C0INTAKE")
    assert "Whitcomb" not in bot.newest("C0INTAKE").head.text


async def test_an_unknown_persons_buttons_commands_and_home_are_answered_alike(bot: WholeBot) -> None:
    await bot.sent()
    before = bot.office.head.plain
    await bot.stranger.presses(bot.office.head, "Cancel referral")
    assert bot.stranger.view is None
    assert "I don't know you yet" in bot.stranger.told
    assert bot.office.head.plain == before
    await bot.stranger.commands("/referral-status", "Jane Whitcomb")
    assert "I don't know you yet" in bot.stranger.told
    await bot.stranger.player.home()
    await bot.settled()
    home = bot.workspace.modals.home("U0STRANGER")
    assert home is not None
    assert "I don't know you yet" in home
    assert "J. W." not in home


async def test_an_unknown_persons_questions_are_in_the_record(bot: WholeBot) -> None:
    await bot.stranger.mentions("help")
    assert bot.audit("desk.unknown") == [(None, "refused")]


async def test_who_is_added_to_the_directory_is_known_at_once(bot: WholeBot) -> None:
    await bot.stranger.mentions("help")
    before = len(bot.stranger.whispers)
    joy = "- {key: joy,   name: Joy Tan,          role: nurse,               slack: U0JOY}"
    sam = "- {key: sam, name: Sam Stranger, role: nurse, slack: U0STRANGER}"
    bot.imports({joy: f"{joy}\n      {sam}"})
    await bot.stranger.mentions(COMPLETE)
    assert len(bot.stranger.whispers) == before
    assert "New referral, not sent yet" in bot.office.head


async def test_who_left_the_directory_loses_access_and_keeps_their_history(bot: WholeBot) -> None:
    reference = await bot.sent(person=bot.joy)
    joy = "      - {key: joy,   name: Joy Tan,          role: nurse,               slack: U0JOY}\n"
    bot.imports({joy: ""})
    await bot.joy.mentions(f"status {reference}")
    assert "I don't know you yet" in bot.joy.told
    card = bot.newest(INTAKE, reference)
    await bot.tess.presses(card.head, "Claim")
    assert "Claimed by: Tess Moran" in card.head
    assert "Joy Tan (nurse), Lakeside Family Medicine" in card.head


async def test_another_offices_people_learn_nothing_from_a_button(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.channels["C0LAKESIDE"].members.add("U0OMAR")
    for button in ("Show details", "Change", "Cancel referral", "Choose a time"):
        await bot.omar.presses(bot.office.head, button)
        assert bot.omar.view is None, button
        assert "isn't linked to your office" in bot.omar.told
