"""What tests can make go wrong between the app and the workspace, and what is known of it afterwards."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from workspace_sandbox import client_of

from handlers.demo import faults
from handlers.demo.workspace import Workspace

POST = "chat.postMessage"


async def post(client: AsyncWebClient, text: str = "x") -> Any:
    return await client.chat_postMessage(channel="C0INTAKE", text=text)


def posted(workspace: Workspace) -> list[str]:
    return [message.text for message in workspace.person("U0TESS").messages("C0INTAKE")]


async def test_a_rate_limit_says_when_to_come_back(sandbox: Workspace) -> None:
    sandbox.faults.next(POST, faults.rate_limited(7))
    with pytest.raises(SlackApiError) as caught:
        await post(client_of(sandbox))
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert posted(sandbox) == []
    await post(client_of(sandbox), "second")
    assert posted(sandbox) == ["second"]


async def test_a_server_error_does_nothing(sandbox: Workspace) -> None:
    sandbox.faults.next(POST, faults.server_error(503), times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(client_of(sandbox))
        assert caught.value.response.status_code == 503
    assert posted(sandbox) == []


async def test_a_connection_drops_before_or_after_the_message_was_taken(sandbox: Workspace) -> None:
    sandbox.faults.next(POST, faults.drop_before(), faults.drop_after())
    for text in ("lost", "taken"):
        with pytest.raises(aiohttp.ClientError):
            await post(client_of(sandbox), text)
    assert posted(sandbox) == ["taken"]
    assert [call.fault.kind for call in sandbox.calls.named(POST) if call.fault] == [
        "drop_before",
        "drop_after",
    ]


async def test_an_answer_is_too_late_or_no_json_though_the_message_was_taken(sandbox: Workspace) -> None:
    sandbox.faults.next(POST, faults.hang(30), faults.invalid_json())
    impatient = AsyncWebClient(
        token="xoxb-0-embedded", base_url=sandbox.api_url, timeout=1, retry_handlers=[]
    )
    impatient.timeout = 0.05  # type: ignore[assignment]
    with pytest.raises(TimeoutError):
        await post(impatient, "late")
    with pytest.raises(SlackApiError):
        await post(client_of(sandbox), "garbled")
    assert posted(sandbox) == ["late", "garbled"]


async def test_a_download_fails_like_any_call(sandbox: Workspace) -> None:
    file = sandbox.add_file("U0BOT", "a.txt", b"x")
    address = f"{sandbox.url}/files-pri/T0PRAC-{file.id}/download/a.txt"
    sandbox.faults.next("download", faults.server_error())
    headers = {"Authorization": "Bearer xoxb-0-embedded"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(address) as response:
            assert response.status == 500
        async with session.get(address) as response:
            assert await response.read() == b"x"
    assert [call.ok for call in sandbox.calls.incoming("download")] == [False, True]


async def test_any_method_can_be_refused_with_any_code(sandbox: Workspace) -> None:
    sandbox.faults.next("*", faults.slack_error("fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client_of(sandbox).auth_test()
    assert (await client_of(sandbox).auth_test())["ok"]


async def test_faults_that_were_not_met_can_be_taken_back(sandbox: Workspace) -> None:
    sandbox.faults.next(POST, faults.server_error(), times=5)
    sandbox.faults.clear()
    assert (await post(client_of(sandbox)))["ok"]


async def test_everything_that_went_over_the_wire_is_known(sandbox: Workspace) -> None:
    await post(client_of(sandbox), "hello")
    with pytest.raises(SlackApiError):
        await client_of(sandbox).chat_postMessage(channel="C0NONE", text="x")
    good, bad = sandbox.calls.incoming(POST)
    assert (good.payload["text"], good.ok, good.answer["channel"]) == ("hello", True, "C0INTAKE")
    assert (bad.ok, bad.answer["error"]) == (False, "channel_not_found")
    assert list(sandbox.calls.failed()) == [bad]


async def test_what_was_sent_stays_as_it_was_sent(sandbox: Workspace) -> None:
    blocks = [{"type": "divider"}]
    client = client_of(sandbox)
    first = await client.chat_postMessage(channel="C0INTAKE", text="x", blocks=blocks)
    await client.chat_update(channel="C0INTAKE", ts=first["ts"], text="y", blocks=[])
    (call,) = sandbox.calls.incoming(POST)
    assert call.payload["blocks"] == blocks
    assert call.answer["message"]["blocks"][0]["type"] == "divider"


async def test_waiting_wakes_up_for_requests_too(sandbox: Workspace) -> None:
    await post(client_of(sandbox))
    (call,) = await sandbox.until(lambda: sandbox.calls.incoming(POST))
    assert call.ok
