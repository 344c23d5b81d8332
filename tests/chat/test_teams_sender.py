"""The outbox on its way to Teams: where messages go, and what becomes of what goes wrong."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from bot import COMPLETE
from teams_world import (
    BOT_ACCOUNT,
    INTAKE_CHANNEL,
    OFFICE_CHANNEL,
    Fault,
    Post,
    World,
    buttons,
    inputs,
    object_id,
    said,
)
from ways import TUESDAY

from handlers.delivery import SendFailed
from handlers.teams.connector import refusal
from handlers.teams.render import message
from handlers.teams.sender import TeamsSender
from referral_bot.cards.elements import Card, Text
from referral_bot.model import State
from referral_bot.store import Transaction

Json = dict[str, Any]


def outbox(world: World) -> list[tuple[str, str | None]]:
    return world.rows("SELECT status, failure FROM outbox ORDER BY created_at, seq")


def sender(world: World) -> TeamsSender:
    """The bot's way out to Teams."""
    part = world.bot._teams
    assert part is not None
    return part.sender


def begun_by_the_bot(tx: Transaction) -> None:
    """Tess has not spoken yet in her own chat with the bot, which is known by her object id alone."""
    known = tx.personal_conversation("teams", object_id(4))
    assert known is not None
    tx.keep_conversation(known.model_copy(update={"member": ""}))


def drafts(world: World) -> list[Post]:
    """Maria's draft, as often as it has been posted into her own chat."""
    return [post for post in world.posts(world.maria.chat) if "Check it, then press Submit" in post]


async def sent(world: World) -> None:
    """A referral of Maria's own chat that has been submitted."""
    await world.maria.writes(COMPLETE)
    await world.maria.presses(world.head(world.maria.chat), "Submit")


# ---------------------------------------------------------------- where messages go


async def test_a_thread_of_a_channel_is_posted_under_its_root(world: World) -> None:
    message = await world.maria.mentions(COMPLETE)
    (draft,) = world.posts(OFFICE_CHANNEL)
    assert draft.root == message["id"]
    assert ("POST", f"v3/conversations/{OFFICE_CHANNEL};messageid={message['id']}/activities") in [
        call[:2] for call in world.calls
    ]


async def test_a_referral_begins_a_thread_of_its_own_in_the_intake_channel(world: World) -> None:
    await sent(world)
    (head,) = world.posts(INTAKE_CHANNEL)
    assert head.root == head.id
    await world.tess.presses(head, "Claim")
    news = [post for post in world.posts(INTAKE_CHANNEL) if post.id != head.id]
    assert {post.root for post in news} == {head.id}


async def test_a_head_is_redrawn_in_place(world: World) -> None:
    await sent(world)
    (head,) = world.posts(INTAKE_CHANNEL)
    await world.tess.presses(head, "Claim")
    assert head.versions
    assert "Claimed by: Tess Moran" in head
    assert head.activity["id"] == head.id


async def test_the_token_goes_with_every_call(world: World) -> None:
    await sent(world)
    assert {authorization for _, _, authorization in world.calls} == {"Bearer token-0"}


async def test_a_person_without_a_chat_is_reached_by_one_that_is_begun(world: World) -> None:
    await world.transact(lambda tx: tx._cursor.execute("DELETE FROM conversation WHERE kind = 'personal'"))
    world.bot._teams.sender._addresses._kept.clear()  # type: ignore[union-attr]
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    assert world.posts(world.tess.chat)
    assert ("POST", "v3/conversations") in [call[:2] for call in world.calls]
    again = len(world.calls)
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    assert "v3/conversations" not in [path for _, path, _ in world.calls[again:]]


async def test_an_own_chat_that_has_ended_is_begun_anew(world: World) -> None:
    world.refused = (world.tess.chat, 404, "ConversationNotFound")
    world.tess.chat = "a:anew"
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    assert "open" in world.tess.direct[-1]
    assert world.posts(INTAKE_CHANNEL) == []
    again = len(world.calls)
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    assert len(world.tess.direct) == 2
    assert "v3/conversations" not in [path for _, path, _ in world.calls[again:]]


async def test_an_own_chat_that_the_bot_was_removed_from_is_tried_once_more_only(world: World) -> None:
    world.refused = (world.tess.chat, 403, "BotNotInConversationRoster")
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    assert [call[1] for call in world.calls].count("v3/conversations") == 1
    (told,) = world.posts(INTAKE_CHANNEL)
    assert "Please ask me again in our own chat" in told


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "conversationUpdate", "membersRemoved": [{"id": BOT_ACCOUNT}]},
    ],
    ids=lambda told: str(told["type"]),
)
async def test_a_chat_that_the_bot_was_removed_from_is_forgotten(world: World, told: Json) -> None:
    await world.tess.mentions("help", INTAKE_CHANNEL)
    await world.deliver(world.activity(world.tess, where=world.tess.chat, **told))
    kept = "SELECT conversation FROM conversation WHERE account = :account"
    assert world.rows(kept, account=world.tess.entra) == []
    world.tess.chat = "a:anew"
    await world.tess.mentions("help", INTAKE_CHANNEL)
    assert world.rows(kept, account=world.tess.entra) == [("a:anew",)]
    assert len(world.tess.direct) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "remove-upgrade"},
        {"type": "conversationUpdate", "membersRemoved": [{"id": "29:raj"}, None]},
        {"type": "conversationUpdate", "membersRemoved": "all"},
    ],
    ids=["upgrade", "somebody else", "not a list"],
)
async def test_a_chat_that_the_bot_is_still_in_is_kept(world: World, told: Json) -> None:
    await world.deliver(world.activity(world.tess, where=world.tess.chat, **told))
    kept = world.rows("SELECT conversation FROM conversation WHERE account = :id", id=world.tess.entra)
    assert kept == [(world.tess.chat,)]


async def test_a_message_to_a_person_goes_into_the_chat_that_is_begun_anew(world: World) -> None:
    await sent(world)
    world.refused = (world.priya.chat, 404, "ConversationNotFound")
    world.priya.chat = "a:anew"
    for _ in range(3):
        await world.later(hours=24)
    assert "late" in world.priya.direct[0]
    assert {status for status, _ in outbox(world)} == {"sent"}


async def test_who_is_known_only_by_a_chat_that_was_begun_has_a_view_once_they_speak(world: World) -> None:
    await world.transact(begun_by_the_bot)
    await sent(world)
    (head,) = world.posts(INTAKE_CHANNEL)
    await world.tess.presses(head, "Claim")
    assert "refresh" not in head.card
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    await world.tess.presses(head, "Accept")
    assert head.card["refresh"]["userIds"] == [world.tess.member]


async def test_where_a_private_answer_cannot_go_it_is_asked_for_in_the_own_chat(world: World) -> None:
    await world.transact(lambda tx: tx._cursor.execute("DELETE FROM conversation WHERE kind = 'personal'"))
    world.fault = Fault(status=403, code="BotNotInConversationRoster")
    await world.tess.mentions("status all open", INTAKE_CHANNEL)
    (told,) = world.posts(INTAKE_CHANNEL)
    assert "Please ask me again in our own chat" in told


async def test_a_channel_that_was_never_heard_of_is_reached_through_its_tenant(world: World) -> None:
    assert world.rows("SELECT kind FROM conversation WHERE conversation = :id", id=INTAKE_CHANNEL) == []
    await sent(world)
    assert world.posts(INTAKE_CHANNEL)


async def test_a_service_url_that_moves_is_followed(world: World) -> None:
    await sent(world)
    world.service_url = world.service_url.replace("/amer/", "/amer/emea/")
    await world.maria.writes("status all mine")
    urls = world.rows("SELECT service_url FROM conversation WHERE conversation = :id", id=world.maria.chat)
    assert urls == [(world.service_url,)]


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, headers={"Retry-After": "1"}),
        Fault(status=412),
        Fault(status=500),
        Fault(status=502, times=2),
        Fault(status=503, headers={"Retry-After": "1"}),
        Fault(status=504),
        Fault(),
    ],
    ids=["429", "412", "500", "502", "503", "504", "cut off"],
)
async def test_what_passes_is_tried_again_and_arrives_once(world: World, fault: Fault) -> None:
    await world.maria.writes(COMPLETE)
    world.fault = fault
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    await world.later(minutes=2)
    await world.later(minutes=2)
    assert (await world.referral()).state is State.SUBMITTED
    assert len(world.posts(INTAKE_CHANNEL)) == 1
    assert {status for status, _ in outbox(world)} == {"sent"}


@pytest.mark.parametrize(
    "fault",
    [Fault(takes_it=True), Fault(answers=b""), Fault(answers=b"{}"), Fault(answers=b"x" * 100_000)],
    ids=["lost", "empty", "without an id", "too long"],
)
async def test_a_message_whose_answer_was_lost_comes_once_more_and_that_is_logged(
    world: World, logs: io.StringIO, fault: Fault
) -> None:
    world.fault = fault
    await world.maria.writes(COMPLETE)
    assert len(drafts(world)) == 1
    await world.later(minutes=2)
    first, second = drafts(world)
    assert second.text == first.text
    assert "teams_sent_again" in logs.getvalue()
    assert world.rows("SELECT status, sent_as FROM outbox") == [("sent", second.id)]


async def test_a_message_whose_id_is_never_told_is_given_up_after_the_second(world: World) -> None:
    world.fault = Fault(answers=b"{}", times=100)
    await world.maria.writes(COMPLETE)
    for _ in range(5):
        await world.later(minutes=6)
    assert len(drafts(world)) == 2
    assert ("dead", "no_message_id") in outbox(world)


async def test_an_answer_that_comes_in_pieces_is_read_to_its_end(world: World) -> None:
    world.fault = Fault(in_pieces=True)
    await world.maria.writes(COMPLETE)
    (draft,) = drafts(world)
    assert world.rows("SELECT status, sent_as FROM outbox") == [("sent", draft.id)]


async def test_text_of_every_script_leaves_as_large_as_it_was_measured(world: World) -> None:
    long = Card("x", "Title", tuple(Text("Ж" * 900) for _ in range(20)))
    connector = sender(world)._connector
    id = await connector.post(world.service_url, world.maria.chat, None, message(long))
    post = world.posts(world.maria.chat)[-1]
    assert post.id == id
    assert "There is more than fits here" in post


async def test_answers_are_not_escaped_into_more_than_was_measured(world: World) -> None:
    await world.maria.writes(COMPLETE.replace("Jane Whitcomb", "Zoë Müller"))
    await world.maria.opens(world.head(world.maria.chat), "Edit")
    assert "Zoë".encode() in world.answered
    assert b"\\u" not in world.answered


@pytest.mark.parametrize(
    ("status", "code", "kept"),
    [
        (404, "ConversationNotFound", "conversation_gone"),
        (403, "BotNotInConversationRoster", "not_a_member"),
        (403, "ConversationBlockedByUser", "blocked_by_user"),
        (413, "MessageSizeTooBig", "message_too_large"),
        (400, "BadSyntax", "not_understood"),
    ],
)
async def test_what_can_never_arrive_is_given_up_and_the_practice_is_told(
    world: World, status: int, code: str, kept: str
) -> None:
    await sent(world)
    await world.tess.opens(world.head(INTAKE_CHANNEL), "Ask the office")
    world.refused = (world.maria.chat, status, code)
    assert await world.tess.fills_in({"Question": "Is there a recent EKG?"})
    assert kept in {failure for found, failure in outbox(world) if found == "dead"}
    assert f"could not be delivered ({kept})" in "\n".join(post.text for post in world.posts(INTAKE_CHANNEL))


async def test_a_token_that_is_refused_is_fetched_anew_once(world: World) -> None:
    await world.maria.writes(COMPLETE)
    world.fault = Fault(status=401)
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    assert True in world.token.asked
    assert world.posts(INTAKE_CHANNEL)


async def test_a_sign_in_in_trouble_only_delays(world: World) -> None:
    await world.maria.writes(COMPLETE)
    world.token.trouble = SendFailed("token_refused")
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    assert world.posts(INTAKE_CHANNEL) == []
    world.token.trouble = None
    await world.later(minutes=2)
    assert len(world.posts(INTAKE_CHANNEL)) == 1


async def test_nothing_the_connector_says_is_logged(world: World, logs: io.StringIO) -> None:
    await world.maria.writes(COMPLETE)
    world.fault = Fault(status=500)
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    await world.later(minutes=2)
    assert "outbox_retry" in logs.getvalue()
    assert "Whitcomb" not in logs.getvalue()


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("7", 7.0),
        ("0", 1.0),
        ("Tue, 24 Nov 2026 16:00:30 GMT", 30.0),
        ("soon", 5.0),
        ("", 5.0),
        ("99999", 600.0),
    ],
)
def test_a_pause_is_as_long_as_asked_within_bounds(asked: str, pause: float) -> None:
    failure = refusal(429, {"Retry-After": asked} if asked else {}, {}, TUESDAY)
    assert (failure.code, failure.retry_after, failure.final) == ("ratelimited", pause, False)


@pytest.mark.parametrize("status", [302, 408, 409, 412, 425, 429, 500, 502, 507])
def test_a_refusal_of_the_moment_is_tried_again(status: int) -> None:
    assert not refusal(status, {}, {"error": {"code": "Novelty"}}).final
    assert not refusal(status, {}, {"error": "text"}).final


@pytest.mark.parametrize("status", [400, 402, 405, 410, 414, 415, 422, 451])
def test_a_refusal_of_the_request_itself_is_final_though_its_code_is_new(status: int) -> None:
    assert refusal(status, {}, {"error": {"code": "Novelty"}}).final
    assert refusal(status, {}, {"error": "text"}).final


# ---------------------------------------------------------------- files


async def test_a_file_of_the_own_chat_is_brought_in_without_the_bots_token(playground: World) -> None:
    world = playground
    url = f"{world.service_url}files/ekg.pdf"
    world.files["files/ekg.pdf"] = b"%PDF-1.7\n" + b"x" * 200
    attachment = {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "name": "ekg.pdf",
        "content": {"downloadUrl": url, "fileType": "pdf", "uniqueId": "1"},
    }
    await world.maria.writes(COMPLETE, attachments=[attachment])
    referral = await world.referral()
    (document,) = await world.transact(lambda tx: tx.documents(referral.id))
    assert (document.ready, document.media_type, document.name) == (True, "application/pdf", "ekg.pdf")
    assert ("GET", "files/ekg.pdf", "") in world.calls


async def test_a_picture_in_a_text_is_fetched_from_the_connector_with_the_token(world: World) -> None:
    # The connector of the tests has no TLS, so that it is refused; nothing is sent to it.
    attachment = {"contentType": "image/*", "contentUrl": f"{world.service_url}v3/attachments/1"}
    await world.maria.writes(COMPLETE, attachments=[attachment])
    assert "A file was not taken" in "\n".join(world.maria.direct)
    assert "GET" not in {method for method, _, _ in world.calls}
    connector = sender(world)._connector
    own = await connector.authorization(world.service_url, f"{world.service_url}v3/attachments/1")
    assert own == {"Authorization": "Bearer token-0"}
    assert await connector.authorization(world.service_url, "https://evil.example/v3/attachments/1") == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://a.sharepoint.com/x",
        "https://evil.example/x",
        "https://127.0.0.1/x",
        "https://[",
        "https://a.sharepoint.com:x/",
        "x",
    ],
)
async def test_a_file_anywhere_else_is_not_fetched(world: World, logs: io.StringIO, url: str) -> None:
    attachment = {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "name": "ekg.pdf",
        "content": {"downloadUrl": url, "fileType": "pdf"},
    }
    await world.maria.writes(COMPLETE, attachments=[attachment])
    assert "A file was not taken" in "\n".join(world.maria.direct)
    assert "Traceback" not in logs.getvalue()


@pytest.mark.parametrize("phi", ["full"])
async def test_in_the_place_of_a_file_stands_where_it_is_opened(playground: World) -> None:
    world = playground
    await sent(world)
    world.files["files/ekg.pdf"] = b"%PDF-1.7\n" + b"x" * 200
    attachment = {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "name": "ekg.pdf",
        "content": {"downloadUrl": f"{world.service_url}files/ekg.pdf", "fileType": "pdf"},
    }
    reference = (await world.referral()).reference
    await world.maria.writes(f"{reference} here is the EKG", attachments=[attachment])
    told = world.head(INTAKE_CHANNEL, "was added")
    assert buttons(told.card) == ["Open"]
    opened = await world.nina.opens(told, "Open")
    assert "ekg.pdf" in buttons(opened)
    assert "Jane Whitcomb" in said(opened)


def pdf(world: World) -> Json:
    """A file that lies where Teams keeps files."""
    world.files["files/report.pdf"] = b"%PDF-1.7\n" + b"x" * 200
    return {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "name": "report.pdf",
        "content": {"downloadUrl": f"{world.service_url}files/report.pdf", "fileType": "pdf"},
    }


async def test_staff_send_the_report_as_a_file_with_its_reference(playground: World) -> None:
    world = playground
    await sent(world)
    reference = (await world.referral()).reference
    await world.raj.opens(world.head(INTAKE_CHANNEL), "Book")
    times = next(one for one in inputs(world.raj.shown) if one["label"] == "Time")
    assert await world.raj.fills_in({"Time": times["choices"][0]["title"]})
    await world.raj.presses(world.head(INTAKE_CHANNEL), "Seen")
    await world.nina.writes(f"report {reference} Holter is normal", attachments=[pdf(world)])
    assert f"The report of {reference} is on its way" in world.nina.direct[-1]
    referral = await world.referral()
    assert referral.state is State.REPORT_SENT
    (document,) = await world.transact(lambda tx: tx.documents(referral.id))
    assert (document.is_report, document.ready) == (True, True)


async def test_staff_add_a_file_to_the_referral_that_they_name(playground: World) -> None:
    world = playground
    await sent(world)
    referral = await world.referral()
    await world.nina.writes(f"{referral.reference} directions", attachments=[pdf(world)])
    (document,) = await world.transact(lambda tx: tx.documents(referral.id))
    assert (document.is_report, document.ready) == (False, True)


async def test_a_file_of_staff_without_a_reference_is_not_kept_and_that_is_said(playground: World) -> None:
    world = playground
    await sent(world)
    await world.nina.writes("here you are", attachments=[pdf(world)])
    assert "I did not keep the file" in world.nina.direct[-1]


async def test_without_signatures_nothing_is_sent_or_begun_anywhere_else(playground: World) -> None:
    world = playground

    def moved(tx: Transaction) -> None:
        known = tx.personal_conversation("teams", world.tess.entra)
        assert known is not None
        far = {"service_url": "https://smba.example/amer/", "seen_at": known.seen_at + timedelta(days=1)}
        tx.keep_conversation(known.model_copy(update=far))

    await world.transact(moved)
    for account in (world.tess.entra, "somebody"):
        with pytest.raises(SendFailed, match="service_url_elsewhere") as failed:
            await sender(world).post_to_person(account, {"type": "message"})
        assert failed.value.final


async def test_a_tenant_that_was_never_heard_of_is_given_up(world: World) -> None:
    await world.transact(lambda tx: tx._cursor.execute("DELETE FROM conversation"))
    with pytest.raises(SendFailed, match="conversation_unknown") as failed:
        await sender(world).post_to_person("somebody", {"type": "message"})
    assert failed.value.final
