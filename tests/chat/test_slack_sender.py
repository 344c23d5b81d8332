"""The outbox's rows reach Slack once, and its refusals are understood."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_rig import Rig, card, outgoing, rigged

from handlers import fetching
from handlers.delivery import SendFailed
from handlers.demo.faults import (
    Fault,
    drop_after,
    drop_before,
    invalid_json,
    rate_limited,
    server_error,
    slack_error,
)
from handlers.slack import sender as sending


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        yield made


def said(rig: Rig, channel: str = "C0ELM") -> list[str]:
    return [message.plain for message in rig.workspace.messages[channel].values()]


async def refused(rig: Rig, **changes: object) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await rig.slack.sender.send(outgoing(**changes))
    return failed.value


async def test_a_card_is_posted_with_its_rows_id_and_an_escaped_fallback(rig: Rig) -> None:
    ts = await rig.slack.sender.send(outgoing(card=card("<!channel> is no mention")))
    message = rig.workspace.message("C0ELM", ts)
    assert "<!channel> is no mention" in message
    assert message.text == "Something for you"
    assert message.metadata == {
        "event_type": "referral_bot_message",
        "event_payload": {"outbox_id": "a" * 32},
    }
    (call,) = rig.workspace.calls.incoming("chat.postMessage")
    assert (call.payload["unfurl_links"], call.payload["unfurl_media"]) == (False, False)


async def test_a_card_goes_under_its_root(rig: Rig) -> None:
    root = await rig.slack.sender.send(outgoing(card=card("head")))
    ts = await rig.slack.sender.send(outgoing(id="b" * 32, card=card("news"), root=root))
    assert rig.workspace.message("C0ELM", ts).thread_ts == root


async def test_a_card_is_redrawn_in_place(rig: Rig) -> None:
    ts = await rig.slack.sender.send(outgoing(card=card("before")))
    assert await rig.slack.sender.send(outgoing(id="b" * 32, card=card("after"), update=ts)) == ts
    assert said(rig) == ["after"]


async def test_a_direct_message_opens_the_conversation_once(rig: Rig) -> None:
    for number in "12":
        await rig.slack.sender.send(outgoing(id=number * 32, channel="", account="U0TESS", card=card("hi")))
    assert said(rig, rig.workspace.dm("U0TESS").id) == ["hi", "hi"]
    assert len(rig.workspace.calls.incoming("conversations.open")) == 1


async def test_a_file_is_uploaded_into_the_thread(rig: Rig) -> None:
    root = await rig.slack.sender.send(outgoing(card=card("head")))
    await rig.slack.sender.send(
        outgoing(id="b" * 32, file=("report.pdf", "application/pdf", b"%PDF-1.7"), root=root)
    )
    (message,) = (m for m in rig.workspace.messages["C0ELM"].values() if m.files)
    assert message.thread_ts == root
    assert (message.files[0].name, message.files[0].content) == ("report.pdf", b"%PDF-1.7")


# -- an attempt of which it is unknown whether it arrived


@pytest.mark.parametrize("fault", [drop_after(), invalid_json()], ids=["reply lost", "reply garbled"])
@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_message_that_arrived_is_not_posted_again(rig: Rig, fault: Fault, in_thread: bool) -> None:
    root = await rig.slack.sender.send(outgoing(card=card("head"))) if in_thread else None
    rig.workspace.faults.next("chat.postMessage", fault)
    row = {"id": "b" * 32, "card": card("news"), "root": root}
    assert not (await refused(rig, **row)).final
    ts = await rig.slack.sender.send(outgoing(**row, retry=True))
    assert said(rig).count("news") == 1
    assert rig.workspace.message("C0ELM", ts).plain == "news"


async def test_a_message_that_did_not_arrive_is_posted(rig: Rig) -> None:
    rig.workspace.faults.next("chat.postMessage", drop_before())
    assert not (await refused(rig, card=card("news"))).final
    await rig.slack.sender.send(outgoing(card=card("news"), retry=True))
    assert said(rig) == ["news"]


async def test_it_is_looked_for_through_a_long_thread(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAGE", 2)
    root = await rig.slack.sender.send(outgoing(card=card("head")))
    for number in range(5):
        await rig.slack.sender.send(outgoing(id=str(number) * 32, card=card(f"news {number}"), root=root))
    await rig.slack.sender.send(outgoing(id="4" * 32, card=card("news 4"), root=root, retry=True))
    assert said(rig).count("news 4") == 1


async def test_a_file_that_arrived_is_not_uploaded_again(rig: Rig) -> None:
    root = await rig.slack.sender.send(outgoing(card=card("head")))
    rig.workspace.faults.next("files.completeUploadExternal", drop_after())
    row = {"id": "b" * 32, "file": ("report.pdf", "application/pdf", b"%PDF-1.7"), "root": root}
    assert not (await refused(rig, **row)).final
    await rig.slack.sender.send(outgoing(**row, retry=True))
    assert sum(bool(message.files) for message in rig.workspace.messages["C0ELM"].values()) == 1


async def test_a_client_that_sends_again_by_itself_is_not_used(rig: Rig) -> None:
    rig.workspace.faults.next("chat.postMessage", drop_after())
    await refused(rig, card=card("news"))
    assert len(rig.workspace.calls.incoming("chat.postMessage")) == 1


# -- what Slack refuses


async def test_a_limited_rate_says_how_long_to_wait(rig: Rig) -> None:
    rig.workspace.faults.next("chat.postMessage", rate_limited(7))
    failure = await refused(rig, card=card())
    assert (failure.code, failure.retry_after, failure.final) == ("ratelimited", 7.0, False)


@pytest.mark.parametrize(
    ("fault", "code", "final"),
    [
        (slack_error("channel_not_found"), "channel_not_found", True),
        (slack_error("is_archived"), "is_archived", True),
        (slack_error("msg_blocks_too_long"), "msg_blocks_too_long", True),
        (slack_error("not_in_channel"), "not_in_channel", True),
        (slack_error("token_revoked"), "token_revoked", True),
        (slack_error("invalid_auth"), "invalid_auth", False),
        (slack_error("internal_error"), "internal_error", False),
        (slack_error("Ana Ruiz is no code"), "slack_refused", False),
        (server_error(500), "server_error", False),
        (server_error(503), "server_error", False),
        (drop_before(), "connection_failed", False),
    ],
)
async def test_each_refusal_is_final_or_passes(rig: Rig, fault: Fault, code: str, final: bool) -> None:
    rig.workspace.faults.next("chat.postMessage", fault)
    failure = await refused(rig, card=card())
    assert (failure.code, failure.final) == (code, final)
    assert "Ana" not in str(failure)


async def test_a_person_who_cannot_be_written_to_is_final(rig: Rig) -> None:
    failure = await refused(rig, channel="", account="U0MARIA", card=card())
    assert failure.final


# -- files brought in


async def sent_file(rig: Rig, user: str, content: bytes = b"%PDF-1.7") -> dict[str, str]:
    """What the desk was told of a file that a person sent."""
    where = {"U0TESS": "C0INTAKE", "U0MARIA": "C0ELM"}[user]
    await rig.workspace.person(user).say(where, "<@U0BOT> ECG", files=[("ecg.pdf", content)])
    await rig.workspace.settled()
    return dict(rig.desk.heard[-1][1].files[0].source)


@pytest.mark.parametrize("user", ["U0TESS", "U0MARIA"], ids=["own workspace", "another organisation"])
async def test_a_file_is_brought_in(rig: Rig, user: str) -> None:
    source = await sent_file(rig, user)
    content, media_type = await rig.slack.sender.fetch(outgoing(fetch=("d1", source)))
    assert (content, media_type) == (b"%PDF-1.7", "application/pdf")


async def fetch_refused(rig: Rig, source: dict[str, str]) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await rig.slack.sender.fetch(outgoing(fetch=("d1", source)))
    return failed.value


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/T0PRAC-F1",
        "file:///etc/passwd",
        "http://127.0.0.1:1/files-pri/T0PRAC-F1",
        "https://files.slack.com.evil.example/F1",
        "https://user@evil.example/F1",
    ],
)
async def test_the_token_goes_to_slack_alone(rig: Rig, url: str) -> None:
    failure = await fetch_refused(rig, {"id": "F1", "url": url})
    assert (failure.code, failure.final) == ("file_elsewhere", True)


async def test_a_file_that_is_too_large_is_not_brought_in(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_FILE_BYTES", 100)
    source = await sent_file(rig, "U0TESS", b"x" * 101)
    failure = await fetch_refused(rig, source)
    assert (failure.code, failure.final) == ("file_too_large", True)


async def test_a_file_that_is_gone_is_final(rig: Rig) -> None:
    failure = await fetch_refused(rig, {"id": "F404", "url": ""})
    assert (failure.code, failure.final) == ("file_not_found", True)


async def test_a_redirect_is_not_followed(rig: Rig) -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPFound("https://evil.example/")

    app = web.Application()
    app.router.add_get("/file", elsewhere)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host = f"127.0.0.1:{runner.addresses[0][1]}"
        rig.slack.sender._file_origins.add(("http", host))
        failure = await fetch_refused(rig, {"id": "F1", "url": f"http://{host}/file"})
        assert (failure.code, failure.final) == ("file_refused", True)
    finally:
        await runner.cleanup()
