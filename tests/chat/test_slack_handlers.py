"""What people do in Slack reaches the desk as its values, and what the desk answers comes back to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_rig import Rig, card, form, rigged

from handlers.demo.faults import slack_error
from handlers.demo.model import NotPossible
from handlers.demo.outgoing import AppDidNotAnswer
from referral_bot.cards.elements import (
    Button,
    Card,
    Choice,
    Choices,
    DateField,
    FilesField,
    Form,
    Option,
    SearchField,
    TextField,
)
from referral_bot.desk.turn import Account, Outcome, Place

MARIA = Account("slack", "T0OFFICE", "U0MARIA")
TESS = Account("slack", "T0PRAC", "U0TESS")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        yield made


def same(account: Account, expected: Account) -> bool:
    """Whether it is the same account; how the platform calls the person is beside the point."""
    return (account.tenant, account.account) == (expected.tenant, expected.account)


# -- what is said


async def test_a_mention_is_heard_once_with_its_person_and_place(rig: Rig) -> None:
    said = await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> refer Ana Ruiz")
    await rig.workspace.settled()
    ((account, message),) = rig.desk.heard
    assert account == MARIA
    assert message.text == "refer Ana Ruiz"
    assert message.addressed
    assert message.place == Place("slack", "T0PRAC", "C0ELM", said.ts)
    assert rig.woken


async def test_the_same_event_again_is_not_heard_again(rig: Rig) -> None:
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> refer Ana Ruiz")
    await rig.workspace.settled()
    for call in list(rig.workspace.calls.outgoing("message", "app_mention")) * 2:
        rig.workspace.outgoing.again(call)
    await rig.workspace.settled()
    assert len(rig.desk.heard) == 1


async def test_talk_that_is_not_for_the_bot_is_not_heard(rig: Rig) -> None:
    await rig.workspace.person("U0MARIA").say("C0ELM", "lunch?")
    await rig.workspace.settled()
    assert rig.desk.heard == []


async def test_a_reply_in_a_thread_is_heard_as_not_addressed(rig: Rig) -> None:
    maria = rig.workspace.person("U0MARIA")
    first = await maria.say("C0ELM", "lunch?")
    reply = await maria.say("C0ELM", "DOB 3/9/1948", first.ts)
    await rig.workspace.settled()
    ((_, message),) = rig.desk.heard
    assert not message.addressed
    assert (message.place.message, message.place.root) == (reply.ts, first.ts)


async def test_a_direct_message_is_addressed(rig: Rig) -> None:
    await rig.workspace.person("U0TESS").dm("help")
    await rig.workspace.settled()
    ((account, message),) = rig.desk.heard
    assert account == TESS
    assert message.addressed
    assert message.place.direct


async def test_the_bots_own_posts_edits_and_deletions_are_not_heard(rig: Rig) -> None:
    await rig.post_card(card("RB-7K2M for <@U0BOT>"))
    maria = rig.workspace.person("U0MARIA")
    said = await maria.say("C0ELM", "lunch?")
    await maria.edit(said, "<@U0BOT> refer Ana Ruiz")
    await maria.delete(said)
    await rig.workspace.settled()
    assert rig.desk.heard == []


async def test_files_come_with_what_is_needed_to_fetch_them(rig: Rig) -> None:
    await rig.workspace.person("U0TESS").dm("the ECG", files=[("ecg.pdf", b"%PDF-1.7")])
    await rig.workspace.settled()
    ((_, message),) = rig.desk.heard
    (file,) = message.files
    assert (file.name, file.media_type, file.size) == ("ecg.pdf", "application/pdf", 8)
    assert file.source["url"].startswith(rig.workspace.url)


async def test_another_organisations_file_is_asked_for(rig: Rig) -> None:
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> the ECG", files=[("ecg.pdf", b"%PDF-1.7")])
    await rig.workspace.settled()
    ((_, message),) = rig.desk.heard
    (file,) = message.files
    assert (file.name, file.media_type, file.size) == ("ecg.pdf", "application/pdf", 8)


async def test_a_file_that_is_gone_before_it_is_asked_for_comes_as_far_as_known(rig: Rig) -> None:
    rig.workspace.faults.next("files.info", *[slack_error("file_not_found")] * 2)
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> the ECG", files=[("ecg.pdf", b"%PDF-1.7")])
    await rig.workspace.settled()
    ((_, message),) = rig.desk.heard
    assert message.text == "the ECG"
    assert (message.files[0].name, message.files[0].size) == ("file", 0)


async def test_a_mention_that_names_an_organisation_and_no_workspace_waits_for_its_message(rig: Rig) -> None:
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> refer Ana Ruiz")
    await rig.workspace.settled()
    mention = dict(rig.workspace.calls.outgoing("app_mention")[0].payload)
    mention["event"] = {
        **mention["event"],
        "user_team": "E0OFFICE",
        "team": "E0OFFICE",
        "ts": "1764009999.000100",
    }
    await rig.workspace.outgoing.deliver(mention)
    assert [account for account, _ in rig.desk.heard] == [MARIA]


async def test_people_mentioned_beside_the_bot_are_told(rig: Rig) -> None:
    await rig.workspace.person("U0TESS").say("C0ELM", "<@U0BOT> for <@U0MARIA>: a & b < c")
    await rig.workspace.settled()
    ((_, message),) = rig.desk.heard
    assert message.text == "for @U0MARIA: a & b < c"
    assert message.mentions == {"@U0MARIA": "U0MARIA"}


async def test_a_private_card_is_seen_by_its_person_alone(rig: Rig) -> None:
    rig.desk.outcome = Outcome(private=card("Only for you"))
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> who am I?")
    await rig.workspace.until(lambda: rig.workspace.person("U0MARIA").sees("Only for you"))
    assert not rig.workspace.person("U0TESS").sees("Only for you")


async def test_a_private_card_stays_in_the_thread(rig: Rig) -> None:
    maria = rig.workspace.person("U0MARIA")
    head = await rig.post_card(card("RB-7K2M"))
    rig.desk.outcome = Outcome(private=card("Only for you"))
    await maria.say("C0ELM", "what now?", head.ts)
    whispered = await rig.workspace.until("Only for you")
    assert whispered.ephemeral
    assert whispered.thread == head.ts


async def test_a_private_card_that_slack_refuses_comes_as_a_direct_message(rig: Rig) -> None:
    rig.workspace.faults.next("chat.postEphemeral", slack_error("user_not_in_channel"))
    rig.desk.outcome = Outcome(private=card("Only for you"))
    await rig.workspace.person("U0TESS").say("C0ELM", "<@U0BOT> who am I?")
    message = await rig.workspace.until("Only for you")
    assert message.channel == rig.workspace.dm("U0TESS").id


async def test_an_event_comes_again_until_the_store_has_kept_it(rig: Rig) -> None:
    rig.store.failures = 2
    await rig.workspace.person("U0TESS").dm("refer Ana Ruiz")
    await rig.workspace.settled()
    statuses = [call.status for call in rig.workspace.calls.outgoing("message")]
    assert statuses == [500, 500, 200]
    assert len(rig.desk.heard) == 1


# -- buttons


async def test_a_press_reaches_the_desk_and_opens_a_form(rig: Rig) -> None:
    head = await rig.post_card(card("RB-7K2M", Button("Edit", "edit", "r1", "v1")))
    rig.desk.outcome = Outcome(form=form())
    maria = rig.workspace.person("U0MARIA")
    await maria.press(head, "Edit")
    view = await rig.workspace.until(lambda: maria.view)
    ((account, press),) = rig.desk.pressed
    assert same(account, MARIA)
    assert (press.action, press.subject, press.value) == ("edit", "r1", "v1")
    assert press.place == Place("slack", "T0PRAC", "C0ELM", head.ts)
    assert view.title == "Edit referral"


async def test_buttons_that_look_the_same_are_told_apart(rig: Rig) -> None:
    times = (
        Choice("Tue", Button("Choose", "time", "r1", "a")),
        Choice("Wed", Button("Choose", "time", "r1", "b")),
    )
    head = await rig.post_card(Card("Times", elements=(Choices(times),)))
    second = head.blocks[1]["accessory"]
    await rig.workspace.person("U0MARIA").press(head, second["action_id"])
    assert rig.desk.pressed[0][1].value == "b"


async def test_a_press_delivered_twice_counts_once(rig: Rig) -> None:
    head = await rig.post_card(card("RB-7K2M", Button("Submit", "submit", "r1")))
    await rig.workspace.person("U0MARIA").press(head, "Submit")
    (call,) = rig.workspace.calls.outgoing("block_actions")
    await asyncio.gather(*(rig.workspace.outgoing.interaction(call.payload) for _ in range(4)))
    assert len(rig.desk.pressed) == 1


async def test_a_press_in_a_thread_is_answered_in_the_thread(rig: Rig) -> None:
    first = await rig.workspace.person("U0MARIA").say("C0ELM", "hello")
    head = await rig.post_card(card("RB-7K2M", Button("Details", "details", "r1")), root=first.ts)
    rig.desk.outcome = Outcome(private=card("Ana Ruiz"))
    await rig.workspace.person("U0MARIA").press(head, "Details")
    whispered = await rig.workspace.until("Ana Ruiz")
    assert whispered.thread == first.ts
    assert whispered.only_for == "U0MARIA"
    assert rig.desk.pressed[0][1].place.root == first.ts


async def test_a_press_that_could_not_be_kept_says_so_in_private(rig: Rig) -> None:
    head = await rig.post_card(card("RB-7K2M", Button("Submit", "submit", "r1")))
    rig.store.failures = 1
    await rig.workspace.person("U0MARIA").press(head, "Submit")
    told = await rig.workspace.until("I could not keep that")
    assert told.only_for == "U0MARIA"
    await rig.workspace.person("U0MARIA").press(head, "Submit")
    assert len(rig.desk.pressed) == 1


async def test_a_form_that_slack_does_not_open_in_time_is_said(rig: Rig) -> None:
    head = await rig.post_card(card("RB-7K2M", Button("Edit", "edit", "r1")))
    rig.desk.outcome = Outcome(form=form())
    rig.workspace.faults.next("views.open", slack_error("expired_trigger_id"))
    await rig.workspace.person("U0MARIA").press(head, "Edit")
    assert (await rig.workspace.until("press again")).only_for == "U0MARIA"


async def test_a_button_of_another_time_gets_an_answer(rig: Rig) -> None:
    head = await rig.post_card(card("RB-7K2M", Button("Old", "old", "r1")))
    head.blocks[1]["elements"][0]["action_id"] = "approve_v0"
    await rig.workspace.person("U0MARIA").press(head, "Old")
    assert (await rig.workspace.until("earlier version")).only_for == "U0MARIA"
    assert rig.desk.pressed == []


# -- forms


async def opened(rig: Rig, asked: Form, user: str = "U0MARIA") -> Any:
    """A form opened from a card in the office's channel."""
    head = await rig.post_card(card("RB-7K2M", Button("Edit", "edit", "r1")))
    rig.desk.outcome = Outcome(form=asked)
    await rig.workspace.person(user).press(head, "Edit")
    view = await rig.workspace.until(lambda: rig.workspace.person(user).view)
    rig.desk.outcome = Outcome()
    return head, view


async def test_a_form_sent_in_carries_what_it_was_for_and_where_it_was_opened(rig: Rig) -> None:
    head, view = await opened(rig, form())
    maria = rig.workspace.person("U0MARIA")
    await maria.fill(view, {"Notes": "walks with a cane"})
    result = await maria.submit_view()
    ((account, answer),) = rig.desk.submitted
    assert same(account, MARIA)
    assert (answer.action, answer.subject, answer.value) == ("edit", "r1", "v1")
    assert answer.answers == {"notes": "walks with a cane"}
    assert answer.place == Place("slack", "T0PRAC", "C0ELM", head.ts)
    assert result.action == "close"
    assert maria.view is None


async def test_errors_stand_under_their_fields_and_the_form_may_be_sent_again(rig: Rig) -> None:
    _, view = await opened(rig, Form("edit", "r1", "Edit", (TextField("phone", "Phone"),), "Save"))
    maria = rig.workspace.person("U0MARIA")
    await maria.fill(view, {"Phone": "555-0101"})
    rig.desk.outcome = Outcome(errors={"phone": "Ten digits, please."})
    refused = await maria.submit_view()
    assert refused.errors == {"phone": "Ten digits, please."}
    rig.desk.outcome = Outcome()
    accepted = await maria.submit_view()
    assert accepted.action == "close"
    assert len(rig.desk.submitted) == 2


async def test_a_form_sent_twice_counts_once(rig: Rig) -> None:
    await opened(rig, form())
    await rig.workspace.person("U0MARIA").submit_view()
    (call,) = rig.workspace.calls.outgoing("view_submission")
    await asyncio.gather(*(rig.workspace.outgoing.interaction(call.payload) for _ in range(4)))
    assert len(rig.desk.submitted) == 1


async def test_a_form_that_could_not_be_kept_stays_open_with_what_was_typed(rig: Rig) -> None:
    _, view = await opened(rig, form())
    maria = rig.workspace.person("U0MARIA")
    await maria.fill(view, {"Notes": "walks with a cane"})
    rig.store.failures = 1
    refused = await maria.submit_view()
    assert "I could not keep that" in refused.errors["notes"]
    await maria.submit_view()
    assert rig.desk.submitted[0][1].answers == {"notes": "walks with a cane"}


async def test_a_private_card_after_a_form_stands_where_the_form_was(rig: Rig) -> None:
    await opened(rig, form())
    maria = rig.workspace.person("U0MARIA")
    rig.desk.outcome = Outcome(private=card("That time was just taken", Button("Other times", "times", "r1")))
    await maria.submit_view()
    assert "That time was just taken" in maria.view
    await maria.press(maria.view, "Other times")
    assert rig.desk.pressed[-1][1].place.channel == "C0ELM"


async def test_a_form_after_a_form_takes_its_place(rig: Rig) -> None:
    await opened(rig, form())
    maria = rig.workspace.person("U0MARIA")
    rig.desk.outcome = Outcome(form=form("book", "Book"))
    await maria.submit_view()
    assert maria.view.title == "Book"


async def test_a_form_opened_from_a_modal_is_put_on_top(rig: Rig) -> None:
    await opened(rig, form())
    maria = rig.workspace.person("U0MARIA")
    rig.desk.outcome = Outcome(private=card("Taken", Button("Other times", "times", "r1")))
    await maria.submit_view()
    rig.desk.outcome = Outcome(form=form("book", "Book"))
    await maria.press(maria.view, "Other times")
    await rig.workspace.until(lambda: maria.view.title == "Book")
    assert len(rig.workspace.modals.stacks["U0MARIA"]) == 2


async def test_type_ahead_asks_the_desk_and_offers_what_it_found(rig: Rig) -> None:
    search = SearchField("insurance", "Insurance", "payer", optional=True)
    _, view = await opened(rig, Form("edit", "r1", "Edit", (search,), "Save"))
    maria = rig.workspace.person("U0MARIA")
    rig.desk.found = (Option("aetna", "Aetna", "accepted"), Option("aet", "aet"))
    offered = await maria.suggest(view, "Insurance", "aet")
    assert [one["text"]["text"] for one in offered["options"]] == ["Aetna", "aet"]
    assert rig.desk.asked[0][1:] == ("payer", "aet")
    await maria.fill(view, {"Insurance": "aetna"})
    await maria.submit_view()
    assert rig.desk.submitted[0][1].answers == {"insurance": "aetna"}


async def test_type_ahead_offers_nothing_while_the_store_is_in_trouble(rig: Rig) -> None:
    search = SearchField("insurance", "Insurance", "payer", optional=True)
    _, view = await opened(rig, Form("edit", "r1", "Edit", (search,), "Save"))
    rig.store.failures = 1
    assert await rig.workspace.person("U0MARIA").suggest(view, "Insurance", "aet") == {"options": []}


async def test_a_file_in_a_form_comes_with_what_is_needed_to_fetch_it(rig: Rig) -> None:
    asked = Form(
        "report", "r1", "Report", (FilesField("files", "Files"), DateField("dob", "Date of birth")), "Send"
    )
    _, view = await opened(rig, asked, "U0TESS")
    tess = rig.workspace.person("U0TESS")
    await tess.fill(view, {"Files": [("report.pdf", b"%PDF-1.7")], "Date of birth": "3/9/1948"})
    await tess.submit_view()
    answered = rig.desk.submitted[0][1].answers
    assert answered["dob"] == "1948-03-09"
    assert answered["files"][0].name == "report.pdf"
    assert answered["files"][0].source["url"].startswith(rig.workspace.url)


# -- commands, shortcuts, home tab


@pytest.mark.parametrize(
    ("command", "action"),
    [("/refer", "refer"), ("/availability", "availability"), ("/referral-status", "status")],
)
async def test_a_command_is_a_press_with_what_was_typed(rig: Rig, command: str, action: str) -> None:
    await rig.workspace.person("U0TESS").slash(command, "a & b", "C0ELM")
    ((account, press),) = rig.desk.pressed
    assert same(account, TESS)
    assert (press.action, press.value) == (action, "a & b")
    assert (press.place.channel, press.place.direct) == ("C0ELM", False)


async def test_a_command_is_answered_in_private(rig: Rig) -> None:
    rig.desk.outcome = Outcome(private=card("Nothing open"))
    await rig.workspace.person("U0TESS").slash("/referral-status", "", "C0ELM")
    assert (await rig.workspace.until("Nothing open")).only_for == "U0TESS"


async def test_a_command_opens_a_form(rig: Rig) -> None:
    rig.desk.outcome = Outcome(form=form("new", "New referral"))
    tess = rig.workspace.person("U0TESS")
    await tess.slash("/refer", "", "C0ELM")
    view = await rig.workspace.until(lambda: tess.view)
    assert view.title == "New referral"


async def test_a_command_in_the_bots_direct_messages_is_direct(rig: Rig) -> None:
    await rig.workspace.person("U0TESS").slash("/referral-status")
    assert rig.desk.pressed[0][1].place == Place(
        "slack", "T0PRAC", rig.workspace.dm("U0TESS").id, direct=True
    )


async def test_a_command_that_could_not_be_kept_gives_back_what_was_typed(rig: Rig) -> None:
    rig.store.failures = 1
    await rig.workspace.person("U0TESS").slash("/refer", "Ana Ruiz, DOB 3/9/1948", "C0ELM")
    told = await rig.workspace.until("I could not keep that")
    assert "Ana Ruiz, DOB 3/9/1948" in told
    assert told.only_for == "U0TESS"


async def test_the_global_shortcut_opens_the_form_for_the_persons_direct_messages(rig: Rig) -> None:
    rig.desk.outcome = Outcome(form=form("new", "New referral"))
    tess = rig.workspace.person("U0TESS")
    await tess.global_shortcut("refer")
    await rig.workspace.until(lambda: tess.view)
    ((_, press),) = rig.desk.pressed
    assert press.action == "refer"
    assert press.place == Place("slack", "T0PRAC", rig.workspace.dm("U0TESS").id, direct=True)


async def test_the_global_shortcut_answers_in_a_modal(rig: Rig) -> None:
    rig.desk.outcome = Outcome(private=card("You are not known to me"))
    tess = rig.workspace.person("U0TESS")
    await tess.global_shortcut("refer")
    view = await rig.workspace.until(lambda: tess.view)
    assert "You are not known to me" in view


async def test_the_message_shortcut_brings_the_message(rig: Rig) -> None:
    said = await rig.workspace.person("U0MARIA").say("C0ELM", "Ana Ruiz, DOB 3/9/1948")
    await rig.workspace.person("U0TESS").message_shortcut("make_referral", said)
    ((account, press),) = rig.desk.pressed
    assert same(account, TESS)
    assert (press.action, press.value) == ("make_referral", "Ana Ruiz, DOB 3/9/1948")
    assert press.place == Place("slack", "T0PRAC", "C0ELM", said.ts)


async def test_commands_and_shortcuts_are_not_there_in_another_organisation(rig: Rig) -> None:
    with pytest.raises(NotPossible):
        await rig.workspace.person("U0MARIA").slash("/refer", "", "C0ELM")


async def test_the_home_tab_shows_the_persons_page_and_follows_a_press(rig: Rig) -> None:
    tess = rig.workspace.person("U0TESS")
    await tess.home()
    home = await rig.workspace.until(lambda: rig.workspace.modals.home("U0TESS"))
    assert "Your referrals" in home
    assert same(rig.desk.homes[0], TESS)
    rig.desk.outcome = Outcome(form=form("new", "New referral"))
    await tess.press(home, "Send a patient")
    await rig.workspace.until(lambda: tess.view)
    await rig.workspace.until(lambda: len(rig.desk.homes) == 2)
    ((_, press),) = rig.desk.pressed
    assert (press.action, press.value) == ("refer", "now")
    assert press.place == Place("slack", "T0PRAC", rig.workspace.dm("U0TESS").id, direct=True)


# -- what arrives that should not


async def test_nothing_the_bot_asked_of_slack_was_refused(rig: Rig) -> None:
    rig.desk.outcome = Outcome(private=card("Only for you"))
    await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> hello")
    await rig.workspace.person("U0TESS").dm("hello")
    await rig.workspace.until(lambda: rig.workspace.person("U0TESS").sees("Only for you"))
    await rig.workspace.until(lambda: rig.workspace.person("U0MARIA").sees("Only for you"))
    assert list(rig.workspace.calls.failed()) == []


async def test_an_event_nobody_listens_to_is_acknowledged(rig: Rig) -> None:
    rig.workspace.outgoing.start_task(
        rig.workspace.outgoing.deliver(
            {
                "type": "event_callback",
                "team_id": "T0PRAC",
                "event_id": "Ev1",
                "event": {"type": "reaction_added", "user": "U0TESS"},
            }
        )
    )
    await rig.workspace.settled()
    assert [call.status for call in rig.workspace.calls.outgoing("reaction_added")] == [200]


async def test_slacks_check_of_the_address_is_answered(rig: Rig) -> None:
    await rig.workspace.outgoing.verify()


async def test_an_interaction_of_an_unknown_kind_is_refused_without_harm(rig: Rig) -> None:
    with pytest.raises(AppDidNotAnswer):
        await rig.workspace.outgoing.interaction(
            {"type": "view_closed", "view": {}, "user": {"id": "U0TESS"}}
        )


async def test_in_socket_mode_the_same_is_heard_and_answered() -> None:
    async with rigged(app_token="xapp-1-embedded") as rig:
        await rig.slack._connecting
        rig.workspace.connect("http://127.0.0.1:1/nobody")
        rig.desk.outcome = Outcome(private=card("Only for you"))
        await rig.workspace.person("U0MARIA").say("C0ELM", "<@U0BOT> refer Ana Ruiz")
        await rig.workspace.until("Only for you")
        await rig.workspace.settled()
        await rig.workspace.person("U0TESS").slash("/referral-status", "", "C0ELM")
        assert [message.text for _, message in rig.desk.heard] == ["refer Ana Ruiz"]
        assert [press.action for _, press in rig.desk.pressed] == ["status"]
