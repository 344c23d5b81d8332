"""A Bolt app over Socket Mode, with slack-bolt's own handler for aiohttp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from workspace_sandbox import client_of

from handlers.demo.workspace import Workspace


@pytest.fixture
async def app(sandbox: Workspace) -> AsyncIterator[AsyncApp]:
    app = AsyncApp(client=client_of(sandbox), process_before_response=True)
    client = AsyncWebClient(base_url=sandbox.api_url)
    handler = AsyncSocketModeHandler(app, sandbox.app_token, web_client=client)
    await handler.connect_async()
    await sandbox.until(lambda: sandbox.outgoing.sockets.connected)
    yield app
    await handler.close_async()


async def test_events_actions_views_options_and_commands_go_over_the_socket(
    sandbox: Workspace, app: AsyncApp
) -> None:
    plain = {"type": "plain_text", "text": "Payer"}
    select = {"type": "external_select", "action_id": "payer", "min_query_length": 0}
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": plain,
        "submit": plain,
        "blocks": [{"type": "input", "block_id": "p", "label": plain, "element": select}],
    }
    go = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}

    @app.event("app_mention")
    async def mention(event: Any, say: Any) -> None:
        await say(text="hello", blocks=[{"type": "actions", "elements": [go]}], thread_ts=event["ts"])

    @app.event("message")
    async def message() -> None:
        pass

    @app.action("go")
    async def pressed(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.options("payer")
    async def payers(ack: Any) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": "Aetna"}, "value": "a"}])

    @app.view("form")
    async def done(ack: Any) -> None:
        await ack(response_action="errors", errors={"p": "Not that one"})

    @app.command("/refer")
    async def refer(ack: Any) -> None:
        await ack("Here")

    tess = sandbox.person("U0TESS")
    await tess.say("C0INTAKE", "<@U0BOT> hello")
    card = await sandbox.until("Go")
    await tess.press(card, "Go")
    modal = await sandbox.until(lambda: tess.view)
    await tess.fill(modal, {"Payer": "Aetna"})
    assert (await tess.submit_view()).errors == {"p": "Not that one"}
    await tess.slash("/refer", "", "C0INTAKE")
    assert [m.text for m in tess.ephemerals()] == ["Here"]
    await sandbox.settled()
    assert all(call.ok for call in sandbox.calls)


async def test_an_app_is_told_to_come_back_and_does(sandbox: Workspace, app: AsyncApp) -> None:
    heard: list[str] = []

    @app.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    first = sandbox.outgoing.sockets.connected[0]
    await sandbox.outgoing.sockets.disconnect()
    await sandbox.until(
        lambda: sandbox.outgoing.sockets.connected and sandbox.outgoing.sockets.connected[0] is not first,
        timeout=15,
    )
    await sandbox.person("U0TESS").say("C0INTAKE", "after")
    await sandbox.settled()
    assert heard == ["after"]


async def test_a_socket_needs_an_app_token(sandbox: Workspace) -> None:
    client = AsyncWebClient(base_url=sandbox.api_url)
    for token, code in (("xapp-wrong", "invalid_auth"), ("xoxb-0-embedded", "not_allowed_token_type")):
        with pytest.raises(SlackApiError, match=code):
            await client.apps_connections_open(app_token=token)
