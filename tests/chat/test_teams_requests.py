"""What arrives at the route for Teams: who is let in, and what becomes of what isn't as it should be."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
import pytest
from bot import COMPLETE
from cryptography.hazmat.primitives.asymmetric import rsa
from teams_world import (
    APP,
    INTAKE_CHANNEL,
    OFFICE_CHANNEL,
    Someone,
    World,
    actions,
    buttons,
    inputs,
    object_id,
    said,
    teams_world,
)

from handlers.web import MOST_BODY
from referral_bot.errors import SetupError
from referral_bot.model import State

Json = dict[str, Any]


def hello(world: World, **more: Any) -> Json:
    return world.activity(world.maria, "message", world.maria.chat, text=COMPLETE, **more)


def referrals(world: World) -> int:
    ((count,),) = world.rows("SELECT count(*) FROM referral")
    return int(count)


# ---------------------------------------------------------------- who is let in


FORGED: dict[str, Callable[[World, Json], str]] = {
    "no token": lambda world, activity: "",
    "no bearer": lambda world, activity: world.signed(activity).replace("Bearer", "Basic"),
    "not a token": lambda world, activity: "Bearer not.a.token",
    "another key": lambda world, activity: world.signed(
        activity, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ),
    "unknown key": lambda world, activity: world.signed(activity, kid="key-2"),
    "no key id": lambda world, activity: world.signed(activity, kid=None),
    "another bot": lambda world, activity: world.signed(activity, aud=object_id(99)),
    "no audience": lambda world, activity: world.signed(activity, aud=None),
    "another issuer": lambda world, activity: world.signed(activity, iss="https://sts.windows.net/evil/"),
    "no issuer": lambda world, activity: world.signed(activity, iss=None),
    "expired": lambda world, activity: world.signed(activity, exp=int(time.time()) - 3600),
    "not yet": lambda world, activity: world.signed(activity, nbf=int(time.time()) + 3600),
    "no expiry": lambda world, activity: world.signed(activity, exp=None),
    "no service URL": lambda world, activity: world.signed(activity, serviceurl=None),
    "another service URL": lambda world, activity: world.signed(activity, serviceurl="https://evil.example/"),
    "a path of the same host": lambda world, activity: world.signed(
        activity, serviceurl=world.service_url + "other"
    ),
    "symmetric": lambda world, activity: (
        "Bearer " + jwt.encode({"aud": APP}, "x" * 64, algorithm="HS256", headers={"kid": "key-1"})
    ),
    "unsigned": lambda world, activity: "Bearer " + jwt.encode({"aud": APP}, "", algorithm="none"),
}


@pytest.mark.parametrize("how", FORGED)
async def test_what_is_not_the_connectors_is_refused_and_has_no_effect(world: World, how: str) -> None:
    activity = hello(world)
    status, answer = await world.deliver(activity, FORGED[how](world, activity))
    assert status in (401, 403)
    assert answer == {}
    await world.settled()
    assert referrals(world) == 0
    assert world.calls == []


@pytest.mark.parametrize(
    "header", [b"Bearer a\xff.b.c", b"Bearer \xc3\xa9.b.c", b"\xff", b"Bearer a.\xed\xa0\x80.c"]
)
async def test_bytes_that_are_no_token_are_refused(world: World, header: bytes, logs: io.StringIO) -> None:
    assert await _status(world, b"Authorization: " + header) == 401
    assert "Traceback" not in logs.getvalue()


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a]b"])
async def test_unsigned_it_takes_nothing_for_a_host_that_is_none(playground: World, host: bytes) -> None:
    assert await _status(playground, b"Host: " + host) in (400, 403)


async def _status(world: World, header: bytes) -> int:
    """What a request is answered that no HTTP client would send."""
    url, body = urlsplit(world.url), json.dumps(hello(world)).encode()
    head = b"POST /api/messages HTTP/1.1\r\nContent-Type: application/json\r\n"
    if not header.startswith(b"Host"):
        head += f"Host: {url.netloc}\r\n".encode()
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(head + header + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    status = await reader.readline()
    writer.close()
    return int(status.split()[1])


async def test_what_is_the_connectors_is_let_in(world: World) -> None:
    status, _ = await world.deliver(hello(world))
    assert status == 202
    await world.settled()
    assert referrals(world) == 1


async def test_the_apps_id_may_be_written_in_capitals(tmp_path: Path, furnished_teams: Path) -> None:
    app = "ABCDEF11-1111-1111-1111-111111111111"
    async with teams_world(tmp_path, furnished_teams, teams_app_id=app) as world:
        activity = hello(world)
        assert (await world.deliver(activity, world.signed(activity, aud=app.lower())))[0] == 202


async def test_a_key_endorsed_for_another_channel_signs_nothing_here(world: World) -> None:
    gate = world.bot._teams.routes[0].handler.__self__._gate  # type: ignore[union-attr,attr-defined]
    keys = gate._issuers["https://api.botframework.com"]
    object.__setattr__(keys._key, "endorsements", frozenset({"skype"}))
    status, _ = await world.deliver(hello(world))
    assert status == 403


async def test_unsigned_activities_are_taken_only_where_that_is_allowed(
    world: World, playground: World
) -> None:
    assert (await world.deliver(hello(world), header=""))[0] == 401
    assert (await playground.deliver(hello(playground)))[0] == 202


async def test_unsigned_it_answers_to_this_machine_alone(playground: World) -> None:
    activity = hello(playground, serviceUrl="https://smba.example/amer/")
    assert (await playground.deliver(activity))[0] == 403
    await playground.settled()
    assert referrals(playground) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Host": "rebound.example"},
        {"Content-Type": "text/plain"},
    ],
)
async def test_unsigned_it_takes_nothing_through_a_proxy_or_from_a_page(
    playground: World, headers: dict[str, str]
) -> None:
    given = {"Content-Type": "application/json", **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{playground.url}/api/messages", data=json.dumps(hello(playground)), headers=given
        ) as answer,
    ):
        assert answer.status == 403
    await playground.settled()
    assert referrals(playground) == 0


async def test_it_says_at_the_start_that_nothing_is_signed(playground: World, logs: io.StringIO) -> None:
    assert "teams_takes_unsigned_activities_and_sends_without_a_token" in logs.getvalue()


async def test_another_tenant_is_told_so_and_nothing_more(world: World) -> None:
    tenant = object_id(77)
    activity = hello(world, channelData={"tenant": {"id": tenant}})
    activity["conversation"] = {"id": "a:other", "conversationType": "personal", "tenantId": tenant}
    status, _ = await world.deliver(activity)
    assert status == 202
    await world.settled()
    (told,) = world.posts("a:other")
    assert "belongs to another one" in told
    assert referrals(world) == 0
    assert world.rows("SELECT count(*) FROM conversation WHERE tenant = :tenant", tenant=tenant) == [(0,)]


async def test_another_tenants_talk_among_themselves_is_left_alone(world: World) -> None:
    where = "19:elsewhere@thread.tacv2"
    activity = world.activity(world.stranger, "message", where, text="Lunch at noon?")
    activity["channelData"]["tenant"]["id"] = object_id(77)
    assert (await world.deliver(activity))[0] == 202
    await world.settled()
    assert world.posts(where) == []


async def test_a_press_from_another_tenant_does_nothing(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    value = {"action": actions(post.card)["Submit"]}
    activity = world.activity(
        world.maria, "invoke", world.maria.chat, name="adaptiveCard/action", value=value
    )
    activity["channelData"] = {"tenant": {"id": object_id(77)}}
    status, answer = await world.deliver(activity)
    assert (status, answer["statusCode"]) == (200, 403)
    assert (await world.referral()).state is State.DRAFT


async def test_whoever_gets_the_bot_is_greeted_and_nobody_is_bothered(world: World) -> None:
    await world.install(world.stranger)
    (greeting,) = world.stranger.direct
    assert "I bring referrals to the practice" in greeting
    assert world.posts(INTAKE_CHANNEL) == []


async def test_somebody_the_directory_does_not_know_is_told_how_to_get_access(world: World) -> None:
    await world.stranger.writes("status all mine")
    assert "I don't know you yet" in world.stranger.direct[-1]
    assert "Sam Stranger" in "\n".join(post.text for post in world.posts(INTAKE_CHANNEL))


# ---------------------------------------------------------------- bodies


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "null": b"null",
    "a number": b"12",
    "not text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_body_that_is_no_activity_is_answered_400(world: World, how: str) -> None:
    status, answer = await world.deliver(None, header=world.signed({}), body=BROKEN[how])
    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize(
    "part", ["type", "channelId", "serviceUrl", "conversation", "from", "recipient", "id"]
)
@pytest.mark.parametrize("instead", ["nothing", "null", "number", "text", "list"])
async def test_a_missing_part_is_answered_400(world: World, part: str, instead: str) -> None:
    values: Json = {"null": None, "number": 7, "text": "", "list": []}
    activity = hello(world)
    header = world.signed(activity)
    if instead == "nothing":
        del activity[part]
    else:
        activity[part] = values[instead]
    status, _ = await world.deliver(activity, header)
    assert status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"text": 12},
        {"attachments": "all"},
        {"attachments": [{"contentType": 5}]},
        {"attachments": [None]},
        {"entities": {"type": "mention"}},
        {"entities": [{"type": "mention", "mentioned": "me"}]},
        {"entities": [{"type": "mention", "mentioned": {"id": 5}, "text": 9}]},
        {"channelData": "none"},
        {"channelData": {"tenant": "none"}},
        {"value": [1]},
        {"value": {"v": 1}},
        {"value": {"v": 1, "action": 7}},
        {"replyToId": 5},
        {"from": {"id": "29:maria", "aadObjectId": 5}},
        {"conversation": {"id": "a:maria", "conversationType": 5, "tenantId": 5}},
        {"localTimestamp": "soon"},
        {"type": "nonsense"},
        {"type": "typing"},
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "conversationUpdate", "membersAdded": "all"},
        {"type": "conversationUpdate", "membersAdded": [None, {"id": 7}]},
        {"type": "conversationUpdate", "membersRemoved": [None, {"id": 7}]},
        {"type": "installationUpdate", "action": "add"},
        {"type": "installationUpdate", "action": ["remove"]},
        {"type": "invoke", "name": "nonsense", "value": {}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": {"v": 1}}}},
        {"type": "invoke", "name": "task/fetch", "value": 7},
        {"type": "invoke", "name": "task/submit", "value": {"data": {"v": 1, "action": "form:ask"}}},
        {"type": "invoke", "name": "application/search", "value": {"queryText": 5}},
        {"type": "invoke", "name": "composeExtension/query", "value": {"parameters": 5}},
        {"type": "invoke", "name": "composeExtension/fetchTask", "value": {"messagePayload": 5}},
    ],
    ids=lambda change: json.dumps(change)[:60],
)
async def test_no_odd_part_is_an_error_of_ours(world: World, change: Json, logs: io.StringIO) -> None:
    activity = {**hello(world), **change}
    status, _ = await world.deliver(activity, world.signed(activity))
    assert status in (200, 202, 400, 501)
    await world.settled()
    assert "teams_request_failed" not in logs.getvalue()


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "ftp://smba.example/", "smba.example", "http://"])
async def test_a_service_url_that_is_none_is_named(world: World, url: str) -> None:
    activity = hello(world, serviceUrl=url)
    status, answer = await world.deliver(activity)
    assert status == 400
    assert "serviceUrl" in answer["error"]


async def test_a_body_too_large_is_answered_413(world: World) -> None:
    activity = hello(world, extra="x" * MOST_BODY)
    assert (await world.deliver(activity))[0] == 413


# ---------------------------------------------------------------- once


async def test_an_activity_that_comes_again_has_no_second_effect(world: World) -> None:
    activity = hello(world)
    for _ in range(3):
        assert (await world.deliver(activity))[0] == 202
    await world.settled()
    assert referrals(world) == 1
    assert len([post for post in world.posts(world.maria.chat) if "New referral" in post]) == 1


async def test_home_that_comes_again_is_answered_once(world: World) -> None:
    before = len(world.maria.direct)
    activity = world.activity(world.maria, "message", world.maria.chat, text="Home")
    for _ in range(3):
        assert (await world.deliver(activity))[0] == 202
    await world.settled()
    assert len(world.maria.direct) == before + 1


async def test_home_is_answered_in_the_own_chat_wherever_it_is_asked_for(world: World) -> None:
    await world.maria.writes("home")
    there = world.maria.direct[-1]
    await world.maria.mentions("home")
    assert world.posts(OFFICE_CHANNEL) == []
    assert world.maria.direct[-2:] == [there, there]


async def test_a_press_that_comes_again_has_no_second_effect(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    value = {"action": actions(post.card)["Submit"]}
    activity = world.activity(
        world.maria, "invoke", world.maria.chat, name="adaptiveCard/action", value=value
    )
    activity["replyToId"] = post.id
    for _ in range(2):
        assert (await world.deliver(activity))[0] == 200
    await world.settled()
    assert len(world.posts(INTAKE_CHANNEL)) == 1


async def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    head = world.head(INTAKE_CHANNEL)
    await asyncio.gather(*(who.presses(head, "Claim") for who in (world.tess, world.raj)))
    owner = (await world.referral()).owner_key
    first, second = (world.tess, world.raj) if owner == "tess" else (world.raj, world.tess)
    assert owner == first.name.split()[0].lower()
    assert first.name in second.told
    assert first.shown is not None
    assert "Take over" not in buttons(first.shown)


# ---------------------------------------------------------------- what people may send


async def test_a_card_of_an_earlier_version_is_answered_with_a_sentence(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    old = json.loads(json.dumps(post.card))
    actions(old)["Submit"]["data"]["v"] = 0
    await world.maria.presses(post, "Submit", old)
    assert "from an earlier version of me" in world.maria.told
    assert (await world.referral()).state is State.DRAFT


async def test_a_dialog_of_an_earlier_version_is_answered_with_a_sentence(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    old = json.loads(json.dumps(post.card))
    actions(old)["Edit"]["data"]["v"] = 0
    await world.maria.presses(post, "Edit", old)
    assert "from an earlier version of me" in world.maria.told


async def test_an_action_of_no_card_is_answered_with_a_sentence(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    odd = json.loads(json.dumps(post.card))
    actions(odd)["Submit"]["data"]["action"] = "launch"
    await world.maria.presses(post, "Submit", odd)
    assert "older message" in world.maria.told


async def test_a_value_too_long_is_said_under_its_field_and_nothing_is_lost(world: World) -> None:
    await world.maria.writes(COMPLETE)
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    assert not await world.maria.fills_in({"Notes": "x" * 3_500})
    assert world.maria.shown is not None
    assert "Please shorten this to 3,000 characters." in said(world.maria.shown)
    (notes,) = [one for one in inputs(world.maria.shown) if one["label"] == "Notes"]
    assert notes["value"] == "x" * 3_500


async def test_markup_and_mentions_are_words(world: World) -> None:
    evil = COMPLETE + '. Note: <at id="0">everyone</at> **bold** [click](https://evil.example) &lt;b&gt;'
    await world.maria.writes(evil)
    kept = (await world.referral()).packet
    shown = "\n".join(json.dumps(post.activity) for post in world.posts(world.maria.chat))
    assert "<at" not in shown
    assert "entities" not in shown
    assert "<at" not in (kept.notes or "") + (kept.reason or "")


async def test_the_bots_own_mention_is_no_part_of_the_text(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    referral = await world.referral()
    assert referral.packet.patient.name == "Jane Whitcomb"


async def test_a_message_in_a_channel_that_is_not_for_the_bot_is_left_alone(world: World) -> None:
    await world.maria.says("Lunch at noon?")
    assert world.posts(OFFICE_CHANNEL) == []


async def test_a_store_in_trouble_is_said_without_the_error(world: World, logs: io.StringIO) -> None:
    with _store_fails(world):
        status, _ = await world.deliver(hello(world))
    assert status == 202
    assert referrals(world) == 0
    told = world.maria.direct[-1]
    assert "I could not keep that just now. Please send it again in a moment." in told
    assert "teams_request_failed" in logs.getvalue()
    assert "Jane" not in logs.getvalue() + told


async def test_while_the_store_is_in_trouble_talk_among_people_stays_unanswered_and_comes_again(
    world: World,
) -> None:
    where = "19:lunch@thread.tacv2"
    activity = world.activity(world.stranger, "message", where, text="Lunch at noon?")
    with _store_fails(world):
        status, _ = await world.deliver(activity)
    assert status == 500
    assert world.posts(where) == []


async def test_a_view_that_cannot_be_renewed_leaves_the_card_as_it_is(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    await world.tess.presses(world.head(INTAKE_CHANNEL), "Claim")
    head = world.head(INTAKE_CHANNEL)
    value = {"action": head.card["refresh"]["action"], "trigger": "automatic"}
    activity = world.activity(world.tess, "invoke", INTAKE_CHANNEL, name="adaptiveCard/action", value=value)
    with _store_fails(world):
        status, answer = await world.deliver(activity)
    assert status == 200
    assert (answer["statusCode"], answer["type"]) == (500, "application/vnd.microsoft.error")


async def test_a_press_while_the_store_is_in_trouble_is_answered_with_a_sentence(world: World) -> None:
    await world.maria.writes(COMPLETE)
    post = world.head(world.maria.chat)
    value = {"action": actions(post.card)["Submit"]}
    activity = world.activity(
        world.maria, "invoke", world.maria.chat, name="adaptiveCard/action", value=value
    )
    with _store_fails(world):
        _, answer = await world.deliver(activity)
    assert "I could not keep that just now" in answer["value"]
    assert "Jane" not in json.dumps(answer)


@contextmanager
def _store_fails(world: World) -> Iterator[None]:
    """Nothing is kept while the block runs."""

    def fails(use_case: object) -> object:
        raise OSError("disk full while keeping Jane Whitcomb")

    store: Any = world.store
    transact, store.transact = store.transact, fails
    try:
        yield
    finally:
        store.transact = transact


async def test_nothing_of_a_patient_is_in_what_notifications_show(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    shown = [
        post.activity["summary"] for post in (*world.posts(OFFICE_CHANNEL), *world.posts(INTAKE_CHANNEL))
    ]
    assert shown
    assert not [summary for summary in shown if "Jane" in summary or "J. W." in summary]


async def test_each_person_has_their_own_buttons(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    await world.tess.presses(world.head(INTAKE_CHANNEL), "Claim")
    head = world.head(INTAKE_CHANNEL)
    assert head.card["refresh"]["userIds"] == [world.tess.member]
    assert "Take over" in buttons(head.card)
    own = await _refreshed(world, world.tess)
    assert "Take over" not in buttons(own)
    others = await _refreshed(world, world.raj)
    assert "Take over" in buttons(others)


async def _refreshed(world: World, who: Someone) -> Json:
    head = world.head(INTAKE_CHANNEL)
    value = {"action": {**head.card["refresh"]["action"]}, "trigger": "automatic"}
    answer = await world.invoke(who, "adaptiveCard/action", value, head)
    shown: Json = answer["value"]
    return shown


async def test_a_card_is_not_shown_to_somebody_of_another_office(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    await world.maria.presses(world.head(OFFICE_CHANNEL), "Submit")
    await world.tess.presses(world.head(INTAKE_CHANNEL), "Claim")
    for who in (world.omar, world.stranger):
        answer = await _refreshed(world, who)
        assert answer["code"] == "InternalError"
        assert "RB-" not in str(answer)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
async def test_unsigned_needs_a_loopback_host(tmp_path: Path, furnished_teams: Path, host: str) -> None:
    with pytest.raises(SetupError, match="loopback HOST"):
        async with teams_world(tmp_path, furnished_teams, open=True, host=host):
            pass
