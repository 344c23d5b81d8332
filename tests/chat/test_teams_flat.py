"""Chats of two and of a group, which have no threads: what continues which referral there."""

from __future__ import annotations

from typing import Any

from bot import COMPLETE
from teams_world import GROUP, INTAKE_CHANNEL, OFFICE_CHANNEL, Post, Someone, World

from referral_bot.model import Referral, State

Json = dict[str, Any]
OTHER = "refer Omar Diaz, DOB 4/2/1970, 309-555-0177, Aetna. Chest pain, cardiology, routine. Dr. Patel"


def quoting(post: Post, words: str) -> Json:
    """What Teams sends of a message that quotes another one."""
    html = (
        f'<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="{post.id}">'
        '<strong itemprop="mri" itemid="28:bot">Referral Bot</strong><span itemprop="time" itemid="1"></span>'
        f'<p itemprop="preview">refer Somebody Else to vascular</p></blockquote><p>{words}</p>'
    )
    return {"attachments": [{"contentType": "text/html", "content": html}]}


async def submitted(world: World, who: Someone, text: str) -> Referral:
    await who.writes(text)
    await who.presses(world.head(who.chat, "not sent yet"), "Submit")
    return await world.referral()


async def asked(world: World, referral: Referral, question: str) -> None:
    head = world.head(INTAKE_CHANNEL, referral.reference or "")
    await world.tess.opens(head, "Ask the office")
    assert await world.tess.fills_in({"Question": question})


async def again(world: World, referral: Referral) -> Referral:
    found: Referral = await world.transact(lambda tx: tx.get(Referral, referral.id))
    return found


def told(world: World, who: Someone) -> str:
    return world.posts(who.chat)[-1].text


def in_intake(world: World, referral: Referral) -> str:
    head = world.head(INTAKE_CHANNEL, referral.reference or "")
    return "\n".join(post.text for post in world.posts(INTAKE_CHANNEL, head.root))


async def test_what_a_draft_still_needs_is_answered_below_it(world: World) -> None:
    await world.maria.writes("refer Jane Whitcomb, palpitations, cardiology, urgent")
    await world.maria.writes("3/14/1962, 309-555-0123, BCBS")
    referral = await world.referral()
    assert str(referral.packet.patient.dob) == "1962-03-14"
    assert referral.packet.insurance.payer == "Blue Cross Blue Shield"


async def test_submit_sends_the_draft_of_this_chat(world: World) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.writes("submit")
    assert (await world.referral()).state is State.SUBMITTED


async def test_a_new_patient_is_a_draft_of_its_own(world: World) -> None:
    await world.maria.writes(COMPLETE)
    first = await world.referral()
    await world.maria.writes(OTHER)
    second = await world.referral()
    assert first.id != second.id
    assert (await again(world, first)).packet.patient.name == "Jane Whitcomb"
    assert second.packet.patient.name == "Omar Diaz"


async def test_a_quoted_card_says_which_draft_is_meant(world: World) -> None:
    await world.maria.writes(COMPLETE)
    first, card = await world.referral(), world.head(world.maria.chat)
    await world.maria.writes(OTHER)
    await world.maria.writes("Referral Bot: refer Somebody", **quoting(card, "submit"))
    assert (await again(world, first)).state is State.SUBMITTED
    assert (await world.referral()).state is State.DRAFT


async def test_the_answer_to_the_one_question_there_is_reaches_the_practice(world: World) -> None:
    referral = await submitted(world, world.maria, COMPLETE)
    await asked(world, referral, "Is there a recent EKG?")
    await world.maria.writes("Yes, from Monday.")
    assert (await again(world, referral)).state is not State.NEEDS_INFO
    assert "Yes, from Monday." in in_intake(world, referral)


async def test_of_two_questions_it_is_asked_which_one_is_meant(world: World) -> None:
    first = await submitted(world, world.maria, COMPLETE)
    second = await submitted(world, world.maria, OTHER)
    await asked(world, first, "Is there a recent EKG?")
    await asked(world, second, "Any allergies?")
    await world.maria.writes("Yes, from Monday.")
    assert "Is that for" in told(world, world.maria)
    assert first.reference in told(world, world.maria)
    assert second.reference in told(world, world.maria)
    assert (await again(world, first)).state is State.NEEDS_INFO
    await world.maria.writes(f"{second.reference} none known")
    assert (await again(world, second)).state is not State.NEEDS_INFO
    assert (await again(world, first)).state is State.NEEDS_INFO
    assert "none known" in in_intake(world, second)
    assert "none known" not in in_intake(world, first)


async def test_a_quoted_question_says_which_one_is_answered(world: World) -> None:
    first = await submitted(world, world.maria, COMPLETE)
    second = await submitted(world, world.maria, OTHER)
    await asked(world, first, "Is there a recent EKG?")
    await asked(world, second, "Any allergies?")
    question = next(post for post in world.posts(world.maria.chat) if "Any allergies?" in post)
    await world.maria.writes("Any allergies? none known", **quoting(question, "none known"))
    assert (await again(world, second)).state is not State.NEEDS_INFO
    assert (await again(world, first)).state is State.NEEDS_INFO


async def test_a_question_of_the_office_is_no_answer(world: World) -> None:
    referral = await submitted(world, world.maria, COMPLETE)
    await asked(world, referral, "Is there a recent EKG?")
    await world.maria.writes("When can you see a new cardiology patient?")
    assert (await again(world, referral)).state is State.NEEDS_INFO
    assert "Choose" in "\n".join(str(post.card) for post in world.posts(world.maria.chat)[-1:])


async def test_every_message_says_which_referral_it_is_about(world: World) -> None:
    referral = await submitted(world, world.maria, COMPLETE)
    await world.tess.presses(world.head(INTAKE_CHANNEL), "Claim")
    assert referral.reference in told(world, world.maria)


async def test_a_reference_of_another_office_is_no_thread(world: World) -> None:
    referral = await submitted(world, world.maria, COMPLETE)
    head = world.head(INTAKE_CHANNEL, referral.reference or "")
    await world.omar.writes(f"{referral.reference} please call me")
    assert not [post for post in world.posts(INTAKE_CHANNEL, head.root) if "please call me" in post]
    assert "Whitcomb" not in "\n".join(world.omar.direct)


async def test_in_a_group_chat_the_bot_answers_when_it_is_mentioned(world: World) -> None:
    _link(world, GROUP, "lakeside")
    await world.maria.mentions(COMPLETE, GROUP)
    await world.joy.says("I can take the next one.", GROUP)
    assert len(world.posts(GROUP)) == 1
    await world.maria.presses(world.head(GROUP), "Submit")
    referral = await world.referral()
    await asked(world, referral, "Is there a recent EKG?")
    await world.joy.mentions("Yes, from Monday.", GROUP)
    assert "Yes, from Monday." in in_intake(world, referral)


def _link(world: World, channel: str, office: str) -> None:
    """Have a chat belong to an office, beside what the directory says."""
    world.store.transact(
        lambda tx: tx._cursor.execute(
            "INSERT INTO channel (id, platform, channel, kind, office_key)"
            " VALUES (?, 'teams', ?, 'office', ?)",
            [f"teams:{channel}", channel, office],
        )
    ).result(5)


async def test_channels_still_have_threads(world: World) -> None:
    message = await world.maria.mentions("refer Jane Whitcomb, palpitations, cardiology, urgent")
    await world.maria.says("3/14/1962, 309-555-0123, BCBS", under=message["id"])
    assert str((await world.referral()).packet.patient.dob) == "1962-03-14"
    await world.maria.says("Lunch?")
    assert {post.root for post in world.posts(OFFICE_CHANNEL)} == {message["id"]}
