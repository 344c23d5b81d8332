"""Every way in: mention, direct message, commands, shortcuts, home tab; and Slack Connect without the app."""

from __future__ import annotations

import pytest
from bot import COMPLETE, FORM, HILLCREST, LAKESIDE, UNLINKED, WholeBot, buttons

from handlers.demo.model import NotPossible
from referral_bot.model import State


async def test_a_direct_message_needs_no_mention(bot: WholeBot) -> None:
    await bot.maria.writes(COMPLETE)
    dm = bot.newest("D0MARIA", "New referral")
    await bot.maria.presses(dm.head, "Submit")
    assert "Sent. Next: the practice's intake" in dm.head
    await bot.tess.presses(bot.intake.head, "Claim")
    assert "Tess Moran (intake) has your referral." in dm.news[-1]


async def test_an_answer_in_a_direct_messages_thread_fills_its_draft(bot: WholeBot) -> None:
    await bot.maria.writes("refer Jane Whitcomb, DOB 3/14/1962, cardiology, palpitations")
    dm = bot.newest("D0MARIA")
    await bot.maria.writes("309-555-0123", under=dm.head)
    assert (await bot.referral()).packet.patient.phone == "+13095550123"


async def test_refer_with_words_reads_them(bot: WholeBot) -> None:
    await bot.maria.commands("/refer", COMPLETE.removeprefix("refer "))
    assert "J. W." in bot.office.head
    await bot.maria.presses(bot.office.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_referral_by_the_global_shortcut_is_followed_directly(
    bot: WholeBot,
) -> None:
    await bot.maria.player.global_shortcut("refer")
    await bot.settled()
    assert (await bot.maria.fills_in(FORM)).ok
    assert "Sent. Next: the practice's intake" in bot.newest("D0MARIA").head


async def test_a_message_becomes_a_referral_by_its_shortcut(bot: WholeBot) -> None:
    message = await bot.joy.says(COMPLETE.removeprefix("refer "))
    assert bot.thread_of(message).of_bot == []
    await bot.maria.player.message_shortcut("make_referral", message)
    await bot.settled()
    thread = bot.thread_of(message)
    assert "New referral, not sent yet" in thread.head
    assert (await bot.referral()).packet.patient.phone == "+13095550123"
    await bot.maria.presses(thread.head, "Submit")
    assert "Sent" in thread.head


async def test_the_shortcut_twice_on_one_message_makes_one_draft(bot: WholeBot) -> None:
    message = await bot.joy.says(COMPLETE.removeprefix("refer "))
    for person in (bot.maria, bot.joy):
        await person.player.message_shortcut("make_referral", message)
        await bot.settled()
    assert bot.rows("SELECT count(*) FROM referral") == [(1,)]
    assert "There is a draft in this thread already." in bot.joy.told


async def test_words_that_are_not_for_the_bot_are_left_alone(bot: WholeBot) -> None:
    message = await bot.maria.says("lunch at noon?")
    assert bot.thread_of(message).of_bot == []


async def test_an_edited_message_is_not_read_again(bot: WholeBot) -> None:
    message = await bot.maria.mentions("status all mine")
    await bot.maria.player.edit(message, "<@U0BOT> status all mine please")
    await bot.settled()
    assert len(bot.thread_of(message).of_bot) == 1


async def test_the_home_tab_shows_what_is_open_and_starts_a_referral(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.maria.mentions("refer Ada Moss, DOB 1/2/1970, cardiology")
    await bot.maria.player.home()
    await bot.settled()
    home = bot.workspace.modals.home("U0MARIA")
    assert home is not None
    for words in ("Hello Maria Gomez", "Not sent yet", "Draft: A. M.", reference, "Needs you", "Open"):
        assert words in home
    form = await bot.maria.presses(home, "New referral")
    assert form is not None
    assert form.title == "New referral"
    assert (await bot.maria.fills_in(FORM)).ok


async def test_staff_see_at_home_what_needs_them(bot: WholeBot) -> None:
    reference = await bot.sent()
    await bot.tess.player.home()
    await bot.settled()
    home = bot.workspace.modals.home("U0TESS")
    assert home is not None
    needs, _, rest = home.plain.partition("Open\n")
    assert reference in needs
    assert reference not in rest


# ---------------------------------------------------------------- Slack Connect


async def test_another_organisations_office_works_by_mention_and_buttons_alone(bot: WholeBot) -> None:
    with pytest.raises(NotPossible):
        await bot.omar.player.slash("/refer")
    message = await bot.omar.mentions(COMPLETE)
    thread = bot.thread_of(message)
    await bot.omar.presses(thread.head, "Edit")
    assert (await bot.omar.fills_in({"Notes": "Hard of hearing."})).ok
    await bot.omar.presses(thread.head, "Submit")
    assert "Sent. Next: the practice's intake" in thread.head
    assert "Omar Haddad (referral specialist), Hillcrest Internal Medicine" in bot.intake.head
    await bot.tess.presses(bot.intake.head, "Accept")
    assert "Accepted by Tess Moran (intake)." in thread.news[-1]
    await bot.omar.says("can he bring his wife?", under=thread)
    assert "can he bring his wife?" in bot.intake.news[-1]
    assert await _tenant(bot, "omar") == "T0HILLCREST"


async def test_a_file_of_another_organisation_is_fetched(bot: WholeBot) -> None:
    message = await bot.omar.mentions(COMPLETE)
    thread = bot.thread_of(message)
    await bot.omar.presses(thread.head, "Submit")
    await bot.omar.says(under=thread, files=[("ekg.pdf", b"%PDF-1.7\n")])
    assert "Omar Haddad (referral specialist) added a file." in bot.intake.news[-1]


async def test_a_person_of_an_office_in_another_offices_channel_is_told_where_to_go(bot: WholeBot) -> None:
    bot.workspace.channels[LAKESIDE].members.add("U0OMAR")
    await bot.omar.mentions("status all mine", channel=LAKESIDE)
    assert "That channel isn't linked to your office" in bot.omar.told
    assert bot.workspace.thread(LAKESIDE, bot.workspace.history(LAKESIDE)[-1].ts)[1:] == []


async def test_a_channel_no_office_is_linked_to_is_answered_so(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE, channel=UNLINKED)
    assert "That channel isn't linked to your office" in bot.maria.told
    assert bot.rows("SELECT count(*) FROM referral") == [(0,)]


async def test_an_account_of_the_same_id_from_another_workspace_is_nobody(bot: WholeBot) -> None:
    await bot.maria.mentions("help")
    bot.workspace.people["U0MARIA"].team = "T0HILLCREST"
    bot.workspace.channels[LAKESIDE].connected = ["T0HILLCREST"]
    await bot.maria.mentions("status all mine")
    assert "I don't know you yet" in bot.maria.told


async def test_buttons_of_two_cards_act_on_their_own_referral(bot: WholeBot) -> None:
    first = bot.thread_of(await bot.omar.mentions(COMPLETE))
    second = bot.thread_of(await bot.omar.mentions(COMPLETE.replace("Jane Whitcomb", "Leo Park")))
    await bot.omar.presses(first.head, "Discard")
    await bot.omar.presses(second.head, "Submit")
    assert "Discarded" in first.head
    assert "L. P." in bot.intake.head
    assert bot.newest(HILLCREST).head.ts == second.head.ts
    assert "Submit" not in buttons(second.head)


async def _tenant(bot: WholeBot, person: str) -> str:
    (identity,) = await bot.transact(lambda tx: tx.identities(person))
    return str(identity.tenant)
