"""The whole story in Microsoft's client for Teams, with the other side in Slack."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, expect
from stage import Stage, stage
from teams_seat import PERSONAL, TeamsSeat, teams_seat

from handlers.demo.cast import PLATFORM as SLACK
from handlers.demo.run import Demo
from handlers.demo.teams_scene import PLATFORM as TEAMS
from referral_bot.cards.elements import load
from referral_bot.model import Audience, OutboxKind, Thread
from referral_bot.store import Transaction
from tests.unit.people import words

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("teams_client")]

REFERRAL = (
    "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS, member XQZ123456. "
    "Palpitations R00.2, cardiology, urgent. Dr. Patel"
)
QUESTION = "Which medications does she take?"
ANSWER = "Metoprolol 25 mg once a day, nothing else."
REPORT = "Benign palpitations, echo normal. Continue metoprolol."


@asynccontextmanager
async def both(
    browser: Browser, title: str, in_teams: str, phi: str = "full"
) -> AsyncIterator[tuple[Stage, TeamsSeat]]:
    """The demo's page, and the Teams of this person beside it."""
    async with (
        stage(browser, title, phi=phi, teams=in_teams) as play,
        teams_seat(browser, play.running.teams_url, title) as seat,
    ):
        yield play, seat


async def meant(demo: Demo, reference: str, audience: Audience) -> tuple[Thread, list[list[str]]]:
    """A referral's thread of an audience, and the texts of every message under its head, in order."""

    def use_case(tx: Transaction) -> tuple[Thread, list[list[str]]]:
        referral = tx.referral_by_reference(reference)
        assert referral is not None
        (thread,) = [one for one in tx.threads(referral.id) if one.audience is audience]
        rows = [row for row in tx.outbox(thread.id) if row.kind is OutboxKind.POST]
        return thread, [words(load(row.content)).split("\n") for row in rows]

    return await asyncio.wrap_future(demo.store.transact(use_case))


def reference_in(told: list[str]) -> str:
    """The one that is told."""
    (found,) = {reference for one in told for reference in re.findall(r"(RB-\w+) ·", one)}
    return found


def said_in_slack(demo: Demo, thread: Thread) -> list[str]:
    """The bot's messages of a thread there, from above."""
    said = demo.workspace.thread(thread.channel, thread.root or "")
    return [" ".join(one.plain.split()) for one in said if one.bot]


def assert_said_once_in_order(said: list[str], messages: list[list[str]]) -> None:
    """Each message is there once, and they stand in their order; what else is said stands between them."""
    at = -1
    for texts in messages:
        there = [number for number, one in enumerate(said) if all(" ".join(t.split()) in one for t in texts)]
        assert len(there) == 1, (texts, said)
        assert there[0] > at, (texts, said)
        at = there[0]


async def sends(maria: TeamsSeat, say: Callable[[str], Awaitable[None]]) -> None:
    """The office sends its patient, and has it."""
    await say(REFERRAL)
    await maria.reads("New referral, not sent yet")
    await maria.picture("draft")
    await maria.presses("Submit")
    await maria.reads(re.compile("RB-.*Next: the practice's intake"))
    await maria.picture("submitted")


async def works_it_in_slack(play: Stage, maria: TeamsSeat, answer: Callable[[str], Awaitable[None]]) -> None:
    """The practice, in Slack, brings it to the report; the office answers on the way, in Teams."""
    tess = play.right
    await tess.reads("Jane Whitcomb")
    await tess.presses("Claim")
    await maria.reads("Tess Moran (intake) has your referral")
    await tess.opens_newest_thread()
    form = await tess.opens("Ask the office", "Ask the office", tess.thread)
    await form.get_by_label("Question").fill(QUESTION)
    await tess.sends(form, "Ask")
    await maria.reads(QUESTION)
    await maria.picture("asked")
    await answer(ANSWER)
    await tess.reads("Metoprolol 25 mg", tess.thread)
    await tess.presses("Accept", tess.thread)
    await maria.reads("Accepted by Tess Moran")
    form = await tess.opens("Book", "Book", tess.thread)
    await form.get_by_role("combobox", name="Time").fill("Tue, Nov 17")
    await form.get_by_role("option", name="9:40 AM").first.click()
    await tess.sends(form, "Book")
    await maria.reads("100 N Main St")
    await maria.picture("booked")
    await play.turns("+1 hour", "10:20 AM")
    await play.turns("Next morning 8:00", "Tue, Nov 17")
    await play.turns("+1 hour", "9:00 AM")
    await play.turns("+1 hour", "10:00 AM")
    await tess.presses("Arrived", tess.thread)
    await maria.reads("The patient has arrived")
    await tess.presses("Seen", tess.thread)
    await maria.reads("The patient was seen today")
    form = await tess.opens("Send report", "Send report", tess.thread)
    await form.get_by_label("Report").fill(REPORT)
    await tess.sends(form, "Send")
    await maria.reads("Continue metoprolol")
    await maria.picture("reported")


async def closes(maria: TeamsSeat) -> None:
    """The office closes the loop and says how it went."""
    await maria.presses("Close")
    await maria.reads("How did we do?")
    await maria.presses("Very good")
    await maria.picture("closed")


@pytest.mark.parametrize("where", ["channel", "personal"])
async def test_office_in_teams_and_practice_in_slack_each_see_everything_once(
    browser: Browser, where: str
) -> None:
    title = f"teams {where}"
    async with (
        stage(browser, title, teams="maria") as play,
        teams_seat(browser, play.running.teams_url, title) as maria,
    ):
        tess = play.right
        if where == "channel":
            await maria.opens("lakeside")
            begin, go_on = maria.posts, maria.replies
        else:
            await maria.opens(PERSONAL)
            begin = go_on = maria.writes
        await sends(maria, begin)
        await works_it_in_slack(play, maria, go_on)
        await closes(maria)
        await tess.reads("Very good", tess.thread)
        await play.picture("slack side")

        told = await maria.told()
        reference = reference_in(told)
        thread, messages = await meant(play.running, reference, Audience.OFFICE)
        assert thread.flat is (where == "personal")
        assert thread.platform == TEAMS
        assert len(messages) >= 8
        assert_said_once_in_order(told, messages)
        thread, messages = await meant(play.running, reference, Audience.PRACTICE)
        assert thread.platform == SLACK
        assert len(messages) >= 8
        assert_said_once_in_order(said_in_slack(play.running, thread), messages)


async def test_office_in_slack_and_practice_in_teams(browser: Browser) -> None:
    title = "teams practice"
    async with (
        stage(browser, title, teams="tess") as play,
        teams_seat(browser, play.running.teams_url, title) as tess,
    ):
        maria = play.left
        await tess.opens("intake")
        await maria.writes(f"@Referral Bot {REFERRAL}")
        await maria.opens_newest_thread()
        await maria.presses("Submit", maria.thread)
        await maria.reads(re.compile("RB-"), maria.thread)
        await tess.reads("Jane Whitcomb")
        await tess.picture("received")
        await tess.presses("Claim")
        await maria.reads("Tess Moran (intake) has your referral", maria.thread)
        await tess.reads("Claimed by: Tess Moran")
        await tess.presses("Ask the office")
        form = await tess.form("Ask the office")
        await tess.picture("ask")
        await form.get_by_label("Question").fill(QUESTION)
        await tess.presses("Ask", form)
        await maria.reads(QUESTION, maria.thread)
        await maria.replies(ANSWER)
        await tess.reads("Metoprolol 25 mg")
        await tess.presses("Accept")
        await maria.reads("Accepted by Tess Moran", maria.thread)
        await tess.reads("Tess Moran (intake) accepted it")
        await tess.presses("Book")
        form = await tess.form("Book")
        await tess.picture("book")
        await tess.chooses(form, "Time", re.compile("Tue, Nov 17, 9:40 AM"))
        await tess.presses("Book", form)
        await maria.reads("100 N Main St", maria.thread)
        await tess.picture("booked")
        await play.turns("Next morning 8:00", "Tue, Nov 17")
        await play.turns("+1 hour", "9:00 AM")
        await play.turns("+1 hour", "10:00 AM")
        await tess.presses("Arrived")
        await maria.reads("The patient has arrived", maria.thread)
        await tess.reads("The patient is here")
        await tess.presses("Seen")
        await maria.reads("The patient was seen today", maria.thread)
        await tess.presses("Send report")
        form = await tess.form("Send report")
        await form.get_by_label("Report").fill(REPORT)
        await tess.presses("Send", form)
        await maria.reads("Continue metoprolol", maria.thread)
        await maria.presses("Close", maria.thread)
        await maria.reads("How did we do?", maria.thread)
        await maria.presses("Very good", maria.thread)
        await tess.reads("Very good")
        await tess.picture("rated")

        told = await tess.told()
        reference = reference_in(told)
        thread, messages = await meant(play.running, reference, Audience.PRACTICE)
        assert thread.platform == TEAMS
        assert len(messages) >= 8
        assert_said_once_in_order(told, messages)
        thread, messages = await meant(play.running, reference, Audience.OFFICE)
        assert thread.platform == SLACK
        assert_said_once_in_order(said_in_slack(play.running, thread), messages)


async def test_form_in_teams_says_what_is_missing_and_keeps_what_was_typed(browser: Browser) -> None:
    title = "teams form"
    async with (
        stage(browser, title, teams="maria") as play,
        teams_seat(browser, play.running.teams_url, title) as maria,
    ):
        await maria.opens(PERSONAL)
        await maria.presses("New referral")
        form = await maria.form("New referral")
        await maria.picture("empty")
        await maria.presses("Submit", form)
        await expect(form.get_by_text("Patient name is needed.")).to_be_visible()
        await form.get_by_label("Patient name").fill("Ruth Okonkwo")
        await form.get_by_label("Date of birth").fill("7/2/1958")
        await form.get_by_label("Phone").fill("309-555-0177")
        await form.get_by_role("radio", name="Cardiology").check()
        await maria.presses("Submit", form)
        form = await maria.form("New referral")
        await expect(form.get_by_label("Patient name")).to_have_value("Ruth Okonkwo")
        await maria.picture("objected")
        await form.get_by_label("Reason").fill("Leg swelling and shortness of breath")
        await maria.chooses(form, "Insurance", re.compile("Ambetter"))
        await maria.presses("Submit", form)
        await play.right.reads("Ruth Okonkwo")
        await maria.reads(re.compile("RB-"))
        await maria.picture("sent")


async def test_message_becomes_a_referral_and_own_ones_are_found_while_writing(browser: Browser) -> None:
    async with both(browser, "teams extension", "maria") as (_, maria):
        await maria.opens("lakeside")
        await maria.posts(REFERRAL.removeprefix("refer "), naming=False)
        await maria.makes_referral()
        await maria.reads("New referral, not sent yet")
        await maria.picture("made")
        await maria.leaves_dialog()
        await maria.presses("Submit")
        await maria.reads("Next: the practice's intake")
        found = await maria.searches("Jane")
        await expect(found).to_contain_text("Jane Whitcomb · Cardiology · Urgent")
        await maria.picture("found")


async def test_minimal_mode_shows_the_patient_in_teams_only_to_who_asks(browser: Browser) -> None:
    async with both(browser, "teams minimal", "maria", phi="minimal") as (_, maria):
        await maria.opens("lakeside")
        await maria.posts(REFERRAL)
        await maria.reads("Also given")
        await maria.presses("Submit")
        await maria.reads("J. W. · Cardiology")
        assert not any("Whitcomb" in one for one in await maria.told())
        await maria.presses("Show details")
        await maria.reads("Patient name: Jane Whitcomb")
        await maria.picture("details")
        await maria.presses("Close")
        await maria.reads("J. W. · Cardiology")
        assert not any("Whitcomb" in one for one in await maria.told())
