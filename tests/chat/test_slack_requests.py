"""Only what Slack signed gets in, and nothing of what people wrote gets into the logs."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import structlog
from slack_rig import Rig, card, form, outgoing, rigged

from handlers.delivery import SendFailed
from handlers.demo.faults import server_error, slack_error
from handlers.demo.outgoing import AppDidNotAnswer, signature
from handlers.logs import configure_logs
from referral_bot.cards.elements import Button
from referral_bot.desk.turn import Outcome

EVENT = {
    "type": "event_callback",
    "team_id": "T0PRAC",
    "event_id": "Ev1",
    "event": {
        "type": "message",
        "channel": "D0TESS",
        "channel_type": "im",
        "user": "U0TESS",
        "ts": "1764000000.000100",
        "text": "refer Ana Ruiz",
    },
}


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        yield made


async def posted(rig: Rig, body: bytes, **headers: str) -> int:
    """The status of a request that is signed rightly but for `headers`."""
    now = str(int(time.time()))
    signed = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": signature(rig.workspace.signing_secret, now, body),
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.post(rig.url, data=body, headers={**signed, **given}) as answer,
    ):
        return answer.status


async def test_what_slack_signed_gets_in(rig: Rig) -> None:
    assert await posted(rig, json.dumps(EVENT).encode()) == 200
    assert len(rig.desk.heard) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0=" + "0" * 64},
        {"X_Slack_Signature": "v0=é"},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Request_Timestamp": "yesterday"},
        {"X_Slack_Request_Timestamp": "١٢٣"},
        {"X_Slack_Request_Timestamp": "9" * 5_000},
        {"X_Slack_Request_Timestamp": "-1"},
        {"X_Slack_Request_Timestamp": "1e9"},
    ],
)
async def test_a_forged_signature_does_not_get_in(rig: Rig, headers: dict[str, str]) -> None:
    assert await posted(rig, json.dumps(EVENT).encode(), **headers) == 401
    assert rig.desk.heard == []


@pytest.mark.parametrize("seconds", [-301, -86_400, 301])
async def test_an_old_or_future_request_does_not_get_in(rig: Rig, seconds: int) -> None:
    body, then = json.dumps(EVENT).encode(), str(int(time.time()) + seconds)
    headers = {
        "X_Slack_Request_Timestamp": then,
        "X_Slack_Signature": signature(rig.workspace.signing_secret, then, body),
    }
    assert await posted(rig, body, **headers) == 401
    assert rig.desk.heard == []


async def test_a_changed_body_does_not_get_in(rig: Rig) -> None:
    body, now = json.dumps(EVENT).encode(), str(int(time.time()))
    headers = {
        "X_Slack_Request_Timestamp": now,
        "X_Slack_Signature": signature(rig.workspace.signing_secret, now, body),
    }
    assert await posted(rig, body.replace(b"Ana", b"Eva"), **headers) == 401
    assert rig.desk.heard == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[" * 100_000, b"{}", b"", b"payload=", b"null"])
async def test_a_body_that_cannot_be_read_does_no_harm(rig: Rig, body: bytes) -> None:
    assert await posted(rig, body) < 500
    assert rig.desk.heard == []


async def test_without_a_signing_secret_nothing_gets_in() -> None:
    async with rigged(secret="") as rig:
        assert await posted(rig, json.dumps(EVENT).encode()) == 401


# -- logs


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything logged at the chattiest level."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    configure_logs("DEBUG", stream)
    yield stream
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


async def test_nothing_that_people_wrote_is_logged(
    rig: Rig, logged: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("slack_bolt", "slack_sdk", "aiohttp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    await every_way_to_fail(rig)
    said = logged.getvalue() + caplog.text
    assert "press_failed" in said
    assert not [word for word in ("Ana", "Ruiz", "1948", "cane", "xoxb-") if word in said]


async def every_way_to_fail(rig: Rig) -> None:
    """Patient data through every listener, with the store and Slack refusing."""
    maria, tess = rig.workspace.person("U0MARIA"), rig.workspace.person("U0TESS")
    rig.desk.outcome = Outcome(private=card("Ana Ruiz"))
    rig.store.failures = 1
    await tess.dm("refer Ana Ruiz, 3/9/1948")
    await rig.workspace.settled()
    head = await rig.post_card(card("Ana Ruiz", Button("Ana Ruiz", "edit", "r1", "Ana Ruiz")))
    rig.store.failures = 1
    await maria.press(head, "Ana Ruiz")
    rig.desk.outcome = Outcome(form=form("edit", "Ana Ruiz"))
    rig.workspace.faults.next("views.open", server_error(), slack_error("Ana Ruiz"))
    await maria.press(head, "Ana Ruiz")
    await maria.press(head, "Ana Ruiz")
    await maria.press(head, "Ana Ruiz")
    view = await rig.workspace.until(lambda: maria.view)
    await maria.fill(view, {"Notes": "walks with a cane"})
    rig.store.failures = 1
    await maria.submit_view()
    rig.store.failures = 1
    await tess.slash("/refer", "Ana Ruiz 1948", "C0ELM")
    rig.workspace.faults.next("chat.postMessage", slack_error("Ana Ruiz"), server_error())
    for _ in range(2):
        with pytest.raises(SendFailed):
            await rig.slack.sender.send(outgoing(card=card("Ana Ruiz")))
    unknown: dict[str, Any] = {"type": "view_closed", "user": {"id": "U0TESS"}, "view": {"state": "Ana Ruiz"}}
    with pytest.raises(AppDidNotAnswer):
        await rig.workspace.outgoing.interaction(unknown)
    broken: dict[str, Any] = {"type": "block_actions", "user": {"id": "Ana Ruiz"}, "actions": [{}]}
    with pytest.raises(AppDidNotAnswer):
        await rig.workspace.outgoing.interaction(broken)
