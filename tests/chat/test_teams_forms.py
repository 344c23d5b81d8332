"""Dialogs, forms in a card's place, type-ahead, and the message extension."""

from __future__ import annotations

from typing import Any

import pytest
from bot import COMPLETE
from teams_world import INTAKE_CHANNEL, OFFICE_CHANNEL, Post, Someone, World, actions, buttons, inputs, said

from referral_bot.model import State

Json = dict[str, Any]


def field(form: Json | None, label: str) -> Json:
    assert form is not None
    (found,) = [one for one in inputs(form) if one["label"] == label]
    return found


# ---------------------------------------------------------------- forms


async def test_a_form_opens_in_a_dialog_and_the_card_is_redrawn_after_it(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    await world.maria.opens(post, "Edit")
    assert world.maria.dialog
    assert field(world.maria.shown, "Patient name")["value"] == "Jane Whitcomb"
    assert field(world.maria.shown, "Date of birth")["value"] == "03/14/1962"
    assert await world.maria.fills_in({"Urgency": "STAT", "Date of birth": "4/2/1970"})
    assert world.maria.last == {}
    assert "STAT" in world.head(world.maria.chat)
    assert str((await world.referral()).packet.patient.dob) == "1970-04-02"


async def test_in_place_the_form_can_be_left_and_the_card_is_back(playground: World) -> None:
    world = playground
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    await world.maria.opens(post, "Edit")
    assert not world.maria.dialog
    await world.maria.presses_shown("Cancel")
    assert world.maria.shown is not None
    assert buttons(world.maria.shown) == buttons(post.card)
    assert (await world.referral()).state is State.DRAFT


@pytest.mark.parametrize("unsigned", [False, True])
async def test_what_is_wrong_stands_under_its_field_and_nothing_typed_is_lost(
    world: World, playground: World, unsigned: bool
) -> None:
    there = playground if unsigned else world
    await there.maria.writes(COMPLETE)
    await there.maria.opens(there.head(there.maria.chat), "Edit")
    typed = {"Date of birth": "31/31/1962", "Phone": "555", "Notes": "Prefers mornings"}
    assert not await there.maria.fills_in(typed)
    assert there.maria.shown is not None
    assert "Please give the birth date as month/day/year" in said(there.maria.shown)
    assert "Please give all ten digits" in said(there.maria.shown)
    for label, text in typed.items():
        assert field(there.maria.shown, label)["value"] == text
    assert await there.maria.fills_in({"Date of birth": "3/14/1962", "Phone": "309-555-0123"})
    assert (await there.referral()).packet.notes == "Prefers mornings"


async def test_what_was_emptied_stays_empty_in_a_form_that_comes_back(world: World) -> None:
    await world.maria.writes(f"{COMPLETE}. Notes: brings her daughter")
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    assert field(world.maria.shown, "Referring provider")["value"] == "Dr. Sunil Patel"
    assert not await world.maria.fills_in({"Referring provider": "", "Phone": "555"})
    assert "value" not in field(world.maria.shown, "Referring provider")


async def test_required_fields_are_said_to_be_so_by_the_client(world: World) -> None:
    await world.maria.writes("help")
    await world.maria.opens(world.head(world.maria.chat), "New referral")
    name = field(world.maria.shown, "Patient name")
    assert name["isRequired"]
    assert name["errorMessage"] == "Patient name is needed."
    assert "isRequired" not in field(world.maria.shown, "Notes")


async def test_what_is_missing_all_the_same_is_said(world: World) -> None:
    await world.maria.writes("help")
    await world.maria.opens(world.head(world.maria.chat), "New referral")
    assert not await world.maria.fills_in({"Notes": "A long story"})
    assert world.maria.shown is not None
    assert "Patient name is needed to send it." in said(world.maria.shown)
    assert field(world.maria.shown, "Notes")["value"] == "A long story"


async def test_a_form_that_can_no_longer_be_opened_gives_back_what_was_typed(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    await world.tess.opens(world.head(INTAKE_CHANNEL), "Ask the office")
    await world.maria.opens(world.head(OFFICE_CHANNEL), "Cancel referral")
    assert await world.maria.fills_in({"Reason": field(world.maria.shown, "Reason")["choices"][0]["title"]})
    await world.tess.fills_in({"Question": "Is there a recent EKG?"})
    assert world.tess.shown is not None
    assert "Is there a recent EKG?" in said(world.tess.shown)
    assert (await world.referral()).state is State.CANCELLED


async def test_a_form_sent_twice_is_taken_once(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    await world.tess.opens(world.head(INTAKE_CHANNEL), "Ask the office")
    form = world.tess.shown
    assert form is not None
    data = {**actions(form)["Ask"]["data"], inputs(form)[0]["id"]: "Is there a recent EKG?"}
    activity = world.activity(world.tess, "invoke", INTAKE_CHANNEL, name="task/submit", value={"data": data})
    for _ in range(2):
        assert (await world.deliver(activity))[0] == 200
    await world.settled()
    asked = [post for post in world.posts(OFFICE_CHANNEL) if "Is there a recent EKG?" in post]
    assert len(asked) == 1


async def test_a_button_that_comes_as_a_message_is_a_press_too(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    await world.message(
        world.maria, "", world.maria.chat, value=actions(post.card)["Submit"]["data"], replyToId=post.id
    )
    assert (await world.referral()).state is State.SUBMITTED


# ---------------------------------------------------------------- type-ahead


async def test_what_is_typed_is_searched_for(world: World) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    codes = field(world.maria.shown, "Diagnosis codes")
    assert codes["choices.data"] == {"type": "Data.Query", "dataset": "icd10"}
    value = {"kind": "search", "dataset": "icd10", "queryText": "atrial fib", "queryOptions": {"top": 15}}
    answer = await world.invoke(world.maria, "application/search", value)
    assert answer["type"] == "application/vnd.microsoft.search.searchResponse"
    assert any(one["value"].startswith("I48") for one in answer["value"]["results"])


async def test_a_small_list_is_there_without_being_asked_for(playground: World) -> None:
    world = playground
    await world.maria.writes(COMPLETE)
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    choices = [choice["value"] for choice in field(world.maria.shown, "Insurance")["choices"]]
    assert {"Aetna", "Medicare", "Blue Cross Blue Shield"} <= set(choices)
    assert field(world.maria.shown, "Diagnosis codes")["type"] == "Input.Text"
    assert await world.maria.fills_in({"Insurance": "Aetna: accepted", "Diagnosis codes": "R00.2, I48.91"})
    packet = (await world.referral()).packet
    assert (packet.insurance.payer, packet.icd10) == ("Aetna", ["R00.2", "I48.91"])


async def test_somebody_unknown_finds_nothing(world: World) -> None:
    value = {"dataset": "icd10", "queryText": "atrial"}
    answer = await world.invoke(world.stranger, "application/search", value)
    assert answer["value"]["results"] == []


# ---------------------------------------------------------------- the message extension


async def _on_message(world: World, text: str, command: str = "make_referral") -> Json:
    payload = {"id": "1699999999999", "body": {"contentType": "html", "content": f"<div><p>{text}</p></div>"}}
    value = {"commandId": command, "commandContext": "message", "messagePayload": payload}
    post = Post("", OFFICE_CHANNEL, "1699999999999", {})
    return world.maria._see(await world.invoke(world.maria, "composeExtension/fetchTask", value, post))


async def test_a_message_becomes_a_draft_under_it(world: World) -> None:
    await _on_message(world, "Jane Whitcomb 3/14/1962, palpitations &amp; dizziness, cardiology, urgent")
    assert "I started a draft" in world.maria.told
    draft = world.head(OFFICE_CHANNEL)
    assert draft.root == "1699999999999"
    packet = (await world.referral()).packet
    assert (packet.patient.name, str(packet.patient.dob)) == ("Jane Whitcomb", "1962-03-14")


async def test_a_second_draft_of_the_same_message_is_refused(world: World) -> None:
    for _ in range(2):
        await _on_message(world, "Jane Whitcomb 3/14/1962, palpitations, cardiology, urgent")
    assert "There is a draft in this thread already" in world.maria.told
    assert world.rows("SELECT count(*) FROM referral") == [(1,)]


async def test_from_the_compose_box_the_form_opens_and_is_sent(world: World) -> None:
    value = {"commandId": "make_referral", "commandContext": "compose"}
    world.maria._see(await world.invoke(world.maria, "composeExtension/fetchTask", value))
    assert world.maria.dialog
    form = world.maria.shown
    assert form is not None
    filled = {
        "Patient name": "Jane Whitcomb",
        "Date of birth": "3/14/1962",
        "Phone": "309-555-0123",
        "Service": "cardiology",
        "Reason": "Palpitations",
        "Urgency": "urgent",
    }
    data = {**actions(form)["Submit"]["data"]}
    data |= {one["id"]: filled[one["label"]] for one in inputs(form) if one["label"] in filled}
    await world.invoke(world.maria, "composeExtension/submitAction", {"data": data})
    assert (await world.referral()).state is State.SUBMITTED
    assert world.posts(INTAKE_CHANNEL)


@pytest.mark.parametrize("words", ["", "whitcomb", "RB"])
async def test_own_referrals_are_found_from_the_compose_box(world: World, words: str) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    reference = (await world.referral()).reference or ""
    parameters = [{"name": "words", "value": reference if words == "RB" else words}]
    value = {"commandId": "my_referrals", "parameters": parameters}
    answer = await world.invoke(world.maria, "composeExtension/query", value)
    (found,) = answer["composeExtension"]["attachments"]
    assert reference in found["preview"]["content"]["title"]
    assert reference in said(found["content"])
    others = await world.invoke(world.omar, "composeExtension/query", value)
    assert "attachments" not in others["composeExtension"]
    assert reference not in str(others)


async def _looks_up(world: World, who: Someone, words: str) -> Json:
    value = {"commandId": "my_referrals", "parameters": [{"name": "words", "value": words}]}
    found: Json = (await world.invoke(who, "composeExtension/query", value))["composeExtension"]
    return found


@pytest.mark.parametrize("words", ["j", "Whi", "jane w", "rb-{0}", "{0}", "whitcmb"])
async def test_while_it_is_typed_the_beginning_is_enough(world: World, words: str) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    reference = (await world.referral()).reference or ""
    found = await _looks_up(world, world.maria, words.format(reference[3:5]))
    assert reference in str(found["attachments"])


async def test_looking_for_what_is_not_there_leaves_no_trace(world: World) -> None:
    before = _traces(world)
    for words in ("z", "zz", "RB-9999"):
        assert (await _looks_up(world, world.maria, words))["text"] == "Nothing was found."
    assert (await _looks_up(world, world.stranger, ""))["text"] == "Nothing was found."
    assert "not with patients" in (await _looks_up(world, world.dana, "z"))["text"]
    assert _traces(world) == before


def _traces(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT (SELECT count(*) FROM audit), (SELECT count(*) FROM seen), (SELECT count(*) FROM outbox)"
    )


@pytest.mark.parametrize("phi", ["full"])
async def test_names_are_not_markup_in_what_is_found(world: World) -> None:
    await world.maria.writes("help")
    await world.maria.opens(world.head(world.maria.chat), "New referral")
    name = "Jane <a href='https://evil.example'>Whitcomb</a>"
    filled = {"Patient name": name, "Date of birth": "3/14/1962", "Phone": "309-555-0123"}
    filled |= {"Service": "Cardiology", "Reason": "Palpitations", "Urgency": "Urgent"}
    assert await world.maria.fills_in(filled), world.maria.told
    found = await _looks_up(world, world.maria, "")
    preview = found["attachments"][0]["preview"]["content"]
    assert "<" not in str(preview)
    assert "&lt;a href" in str(preview)


async def test_a_form_that_comes_back_does_nothing_more(world: World) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    form = world.maria.shown
    assert form is not None
    (phone,) = [one["id"] for one in inputs(form) if one["label"] == "Phone"]
    data = {**next(iter(actions(form).values()))["data"], phone: "555"}
    data["opener"] = ["submit", data["subject"], ""]
    world.maria._see(await world.invoke(world.maria, "task/submit", {"data": data}))
    assert (await world.referral()).state is State.DRAFT
    assert "Please give all ten digits" in world.maria.told


# ---------------------------------------------------------------- the message extension where the bot isn't


TWO = "19:maria_omar@unq.gbl.spaces"
"""A chat of two people, without the bot."""


async def _between_two(world: World, who: Someone, name: str, value: Json) -> Json:
    """An invoke from a chat of two people; Teams calls it personal, as it does one with the bot."""
    activity = world.activity(who, "invoke", TWO, name=f"composeExtension/{name}", value=value)
    activity["conversation"]["conversationType"] = "personal"
    status, answer = await world.deliver(activity)
    assert status == 200
    await world.settled()
    return who._see(answer)


async def test_a_search_among_two_people_does_not_bring_private_answers_there(world: World) -> None:
    await _between_two(world, world.tess, "query", {"parameters": []})
    before = len(world.tess.direct)
    await world.tess.mentions("help", INTAKE_CHANNEL)
    assert world.posts(TWO) == []
    assert len(world.tess.direct) == before + 1


@pytest.mark.parametrize("known", [True, False])
async def test_a_message_among_two_people_becomes_a_draft_in_the_own_chat(world: World, known: bool) -> None:
    if not known:
        await world.transact(
            lambda tx: tx._cursor.execute("DELETE FROM conversation WHERE account LIKE '%1'")
        )
    text = "<p>Jane Whitcomb 3/14/1962, palpitations, cardiology, urgent</p>"
    await _between_two(
        world, world.maria, "fetchTask", {"messagePayload": {"id": "77", "body": {"content": text}}}
    )
    assert "into our own" in world.maria.told
    assert world.posts(TWO) == []
    await world.maria.presses(world.head(world.maria.chat), "Edit")
    assert field(world.maria.shown, "Patient name")["value"] == "Jane Whitcomb"


async def test_a_form_sent_among_two_people_is_followed_in_the_own_chat(world: World) -> None:
    await _between_two(world, world.maria, "fetchTask", {"commandContext": "compose"})
    form = world.maria.shown
    assert form is not None
    filled = {"Patient name": "Jane Whitcomb", "Date of birth": "3/14/1962", "Phone": "309-555-0123"}
    filled |= {"Service": "cardiology", "Reason": "Palpitations", "Urgency": "urgent"}
    data = {**actions(form)["Submit"]["data"]}
    data |= {one["id"]: filled[one["label"]] for one in inputs(form) if one["label"] in filled}
    await _between_two(world, world.maria, "submitAction", {"data": data})
    assert "into our own" in world.maria.told
    assert world.posts(TWO) == []
    assert "RB-" in world.head(world.maria.chat)


async def test_where_the_own_chat_cannot_be_reached_nothing_typed_is_lost(world: World) -> None:
    await _between_two(world, world.maria, "fetchTask", {"commandContext": "compose"})
    form = world.maria.shown
    assert form is not None
    (reason,) = [one["id"] for one in inputs(form) if one["label"] == "Reason"]
    data = {**actions(form)["Submit"]["data"], reason: "Palpitations"}
    await world.transact(lambda tx: tx._cursor.execute("DELETE FROM conversation"))
    await _between_two(world, world.maria, "submitAction", {"data": data})
    assert "Please write to me directly" in world.maria.told
    assert field(world.maria.shown, "Reason")["value"] == "Palpitations"
    assert world.rows("SELECT count(*) FROM referral") == [(0,)]
