"""The JSON routes and the socket of the demo's page, as `handlers/demo/PAGE_API.md` promises them."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from workspace_sandbox import client_of, new_workspace, served

from handlers.demo.model import Person
from handlers.demo.page import Page
from handlers.demo.workspace import Workspace

PLAIN = {"type": "plain_text", "text": "Payer"}
GO = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
BUTTONS = {"type": "actions", "block_id": "what", "elements": [GO]}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [
        {
            "type": "input",
            "block_id": "payer",
            "label": PLAIN,
            "element": {"type": "external_select", "action_id": "v", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "file",
            "label": PLAIN,
            "optional": True,
            "element": {"type": "file_input", "action_id": "v"},
        },
    ],
}


class Browser:
    """A visitor's browser."""

    def __init__(self, session: aiohttp.ClientSession, workspace: Workspace) -> None:
        self.session, self.workspace = session, workspace

    async def get(self, path: str, **query: str) -> Any:
        async with self.session.get(self.workspace.url + path, params=query) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        async with self.session.post(self.workspace.url + path, json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def messages(self, user: str, channel: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.get("/page/messages", **{"as": user, "channel": channel, **query})
        )["messages"]
        return found


async def turn(body: dict[str, Any]) -> dict[str, Any]:
    return {"now": "2026-11-25T14:00:00+00:00", "speed": body.get("speed", 1)}


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    (tmp_path / "index.html").write_text("<!DOCTYPE html><title>Demo</title>")
    (tmp_path / "app.js").write_text("export {}")
    workspace = new_workspace(
        people=[
            Person("U0MARIA", "Maria Lopez", team="T0OFFICE", title="Referral specialist", side="office"),
            Person("U0TESS", "Tess Moore", title="Intake", side="practice", color="#336699"),
            Person("U0RAJ", "Raj Patel", side="practice", playable=False),
        ]
    )
    page = Page(workspace, on_clock=turn, static=tmp_path)
    async with workspace.serve(page=page), aiohttp.ClientSession() as session:
        yield Browser(session, workspace)


@pytest.fixture
async def app(browser: Browser) -> AsyncIterator[AsyncApp]:
    from aiohttp import web
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

    workspace = browser.workspace
    app = AsyncApp(
        client=client_of(workspace), signing_secret=workspace.signing_secret, process_before_response=True
    )

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    @app.event("message")
    async def message() -> None:
        pass

    @app.action("go")
    async def go(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("v")
    async def payers(ack: Any, payload: Any) -> None:
        names = [name for name in ("Aetna", "Cigna") if name.startswith(payload["value"])]
        await ack(options=[{"text": {"type": "plain_text", "text": name}, "value": name} for name in names])

    @app.view("form")
    async def done(ack: Any, view: Any) -> None:
        if view["state"]["values"]["payer"]["v"]["selected_option"]["value"] == "Cigna":
            await ack(response_action="errors", errors={"payer": "We don't take Cigna"})
        else:
            await ack()

    async with served(take) as url:
        workspace.connect(url)
        yield app


async def post_card(browser: Browser) -> str:
    client = client_of(browser.workspace)
    return str((await client.chat_postMessage(channel="C0INTAKE", text="card", blocks=[BUTTONS]))["ts"])


async def test_the_state_is_what_one_person_sees(browser: Browser) -> None:
    state = await browser.get("/page/state", **{"as": "U0TESS"})
    assert state["me"] == {
        "id": "U0TESS",
        "name": "Tess Moore",
        "title": "Intake",
        "side": "practice",
        "color": "#336699",
        "team": "Lakeside Cardiology",
        "playable": True,
    }
    assert [(c["id"], c["name"], c["kind"]) for c in state["channels"]] == [
        ("C0INTAKE", "intake", "channel"),
        ("C0ELM", "elm-street", "channel"),
        ("G0BOARD", "scoreboard", "channel"),
        ("C0OLD", "old", "channel"),
        ("C0OTHER", "other", "channel"),
        ("D0TESS", "Referral Bot", "dm"),
    ]
    assert state["commands"] == [
        {"command": "/refer", "description": "Send a patient", "usage_hint": "[text]"}
    ]
    assert {one["type"] for one in state["shortcuts"]} == {"global", "message"}
    assert (state["zone"], state["speed"], state["view"]) == ("America/Chicago", 1, None)
    assert {one["id"]: one["playable"] for one in state["people"]}["U0RAJ"] is False


async def test_another_organisation_sees_its_own_name_and_no_commands(browser: Browser) -> None:
    state = await browser.get("/page/state", **{"as": "U0MARIA"})
    assert [(c["name"], c["external"]) for c in state["channels"]] == [("lakeside", True)]
    assert (state["commands"], state["shortcuts"]) == ([], [])


async def test_saying_reading_and_unread(browser: Browser) -> None:
    said = await browser.post(
        "/page/say",
        **{"as": "U0MARIA"},
        channel="C0ELM",
        text="@Tess Moore a <patient>",
        files=[{"name": "ecg.txt", "base64": base64.b64encode(b"ECG").decode()}],
    )
    message = said["message"]
    assert message["text"] == "<@U0TESS> a &lt;patient&gt;"
    state = await browser.get("/page/state", **{"as": "U0TESS"})
    assert {c["id"]: c["unread"] for c in state["channels"]}["C0ELM"] == 1
    (read,) = await browser.messages("U0TESS", "C0ELM")
    assert (read["name"], read["team"], read["bot"]) == ("Maria Lopez", "Elm Street Family Practice", False)
    state = await browser.get("/page/state", **{"as": "U0TESS"})
    assert {c["id"]: c["unread"] for c in state["channels"]}["C0ELM"] == 0
    await browser.post("/page/say", **{"as": "U0TESS"}, channel="C0ELM", text="thanks", thread=message["ts"])
    thread = await browser.messages("U0MARIA", "C0ELM", thread=message["ts"])
    assert [m["text"] for m in thread][1:] == ["thanks"]
    assert thread[0]["reply_count"] == 1
    address = browser.workspace.url + read["files"][0]["url"]
    async with browser.session.get(address, params={"as": "U0TESS"}) as response:
        assert await response.read() == b"ECG"


async def test_a_file_is_only_for_those_in_its_channel(browser: Browser) -> None:
    browser.workspace.people["U0RAJ"].playable = True
    message = await browser.workspace.person("U0MARIA").say("C0ELM", files=[("a.html", b"<script>")])
    address = f"{browser.workspace.url}/page/file/{message.files[0].id}"
    async with browser.session.get(address, params={"as": "U0RAJ"}) as response:
        assert response.status == 404
    async with browser.session.get(address, params={"as": "U0TESS"}) as response:
        assert response.headers["Content-Disposition"].startswith("attachment")


async def test_a_form_is_pressed_open_suggested_refused_and_sent(browser: Browser, app: AsyncApp) -> None:
    ts, tess = await post_card(browser), {"as": "U0TESS"}
    at = {"channel": "C0INTAKE", "ts": ts, "block_id": "what", "action_id": "go", "value": "1"}
    await browser.post("/page/press", **tess, **at)
    view = (await browser.get("/page/state", **tess))["view"]
    field = {"view_id": view["id"], "block_id": "payer", "action_id": "v"}
    offered = await browser.post("/page/suggest", **tess, **field, text="")
    assert [one["value"] for one in offered["options"]] == ["Aetna", "Cigna"]
    await browser.post("/page/suggest", **tess, **field, text="Ci")
    upload = [{"name": "a.pdf", "base64": base64.b64encode(b"%PDF").decode()}]
    values = {"payer": {"v": "Cigna"}, "file": {"v": upload}}
    refused = await browser.post("/page/view/submit", **tess, view_id=view["id"], values=values)
    assert refused == {"ok": False, "errors": {"payer": "We don't take Cigna"}}
    missing = await browser.post(
        "/page/view/submit", **tess, view_id=view["id"], values={"payer": {"v": None}}
    )
    assert missing["errors"].keys() == {"payer"}
    values = {"payer": {"v": {"value": "Aetna", "text": PLAIN}}}
    sent = await browser.post("/page/view/submit", **tess, view_id=view["id"], values=values)
    assert sent == {"ok": True, "action": "close"}
    submission = browser.workspace.calls.outgoing("view_submission")[-1].payload
    assert submission["view"]["state"]["values"]["file"]["v"]["files"][0]["name"] == "a.pdf"
    gone = await browser.post("/page/view/close", 400, **tess, view_id=view["id"])
    assert gone == {"ok": False, "error": "this view is no longer open"}


async def test_commands_shortcuts_and_the_home_tab(browser: Browser, app: AsyncApp) -> None:
    @app.command("/refer")
    async def refer(ack: Any, command: Any) -> None:
        await ack("for " + command["text"])

    @app.shortcut("new")
    async def new(ack: Any, shortcut: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.shortcut("from_message")
    async def from_message(ack: Any) -> None:
        await ack()

    @app.event("app_home_opened")
    async def opened(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTONS]})

    tess, ts = {"as": "U0TESS"}, await post_card(browser)
    await browser.post("/page/command", **tess, channel="C0INTAKE", text="/refer Ana Ruiz")
    (*_, whisper) = await browser.messages("U0TESS", "C0INTAKE")
    assert (whisper["text"], whisper["ephemeral"]) == ("for Ana Ruiz", True)
    await browser.post("/page/shortcut", **tess, callback_id="new")
    view = (await browser.get("/page/state", **tess))["view"]
    assert await browser.post("/page/view/close", **tess, view_id=view["id"]) == {"ok": True, "view": None}
    await browser.post("/page/shortcut", **tess, callback_id="from_message", channel="C0INTAKE", ts=ts)
    home = await browser.post("/page/home", **tess)
    assert home["view"]["type"] == "home"
    at = {"view_id": home["view"]["id"], "block_id": "what", "action_id": "go"}
    await browser.post("/page/press", **tess, **at)
    assert (await browser.get("/page/state", **tess))["view"]["callback_id"] == "form"


async def test_what_cannot_be_done_is_said(browser: Browser) -> None:
    tess, ts = {"as": "U0TESS"}, await post_card(browser)
    at = {"channel": "C0INTAKE", "ts": ts, "block_id": "what", "action_id": "go"}
    down = await browser.post("/page/press", 502, **tess, **at)
    assert "isn't responding" in down["error"]
    gone = await browser.post("/page/press", 400, **tess, **{**at, "action_id": "other"})
    assert gone == {"ok": False, "error": "this is no longer there"}
    wrong = await browser.post("/page/say", 400, **{"as": "U0MARIA"}, channel="C0INTAKE", text="x")
    assert "not in C0INTAKE" in wrong["error"]
    assert not (await browser.post("/page/say", 400, **tess, text="x"))["ok"]


async def test_everything_that_happens_is_pushed_to_those_who_see_it(browser: Browser, app: AsyncApp) -> None:
    workspace, client = browser.workspace, client_of(browser.workspace)
    async with (
        browser.session.ws_connect(workspace.url + "/page/ws?as=U0TESS") as tess,
        browser.session.ws_connect(workspace.url + "/page/ws?as=U0MARIA") as maria,
    ):
        ts = await post_card(browser)
        frames = [await tess.receive_json(timeout=2) for _ in range(2)]
        assert [f["type"] for f in frames] == ["message", "unread"]
        await client.chat_update(channel="C0INTAKE", ts=ts, text="changed")
        await client.chat_postMessage(channel="C0INTAKE", text="for <@U0TESS> &amp; you")
        await client.chat_postEphemeral(channel="C0INTAKE", user="U0TESS", text="only you")
        await client.chat_delete(channel="C0INTAKE", ts=ts)
        await browser.post("/page/clock", forward="2h")
        frames = [await tess.receive_json(timeout=2) for _ in range(7)]
        assert [f["type"] for f in frames] == [
            *("update", "message", "unread", "notify", "ephemeral", "delete", "clock")
        ]
        assert frames[3] == {
            "type": "notify",
            "channel": "C0INTAKE",
            "name": "Referral Bot",
            "text": "for @Tess Moore & you",
        }
        ts = await post_card(browser)
        await workspace.person("U0TESS").press(workspace.message("C0INTAKE", ts), "Go")
        frames = [await tess.receive_json(timeout=2) for _ in range(3)]
        assert (frames[2]["type"], frames[2]["action"]) == ("view", "open")
        await workspace.person("U0TESS").say("C0ELM", "hello")
        frame = await maria.receive_json(timeout=2)
        while frame["type"] == "clock":
            frame = await maria.receive_json(timeout=2)
        assert frame["message"]["text"] == "hello"


async def test_the_clock_is_turned_by_whoever_composed_the_demo(browser: Browser) -> None:
    answer = await browser.post("/page/clock", speed=60)
    assert answer == {"ok": True, "now": "2026-11-25T14:00:00+00:00", "speed": 60}
    assert (await browser.get("/page/state"))["speed"] == 60


async def test_the_pages_files_are_served_and_nothing_else(browser: Browser) -> None:
    for path, status in (("/", 200), ("/app.js", 200), ("/none.js", 404), ("/..%2f..%2fpyproject.toml", 404)):
        async with browser.session.get(browser.workspace.url + path) as response:
            assert response.status == status, path
            assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://[nonsense"},
    ],
)
async def test_other_sites_are_refused(browser: Browser, headers: dict[str, str]) -> None:
    for path in ("/page/state", "/", "/page/ws?as=U0TESS"):
        async with browser.session.get(browser.workspace.url + path, headers=headers) as response:
            assert response.status == 403


async def test_a_form_of_another_site_says_nothing(browser: Browser) -> None:
    form = {"as": "U0TESS", "channel": "C0INTAKE", "text": "x"}
    async with browser.session.post(browser.workspace.url + "/page/say", data=form) as response:
        assert response.status == 415


async def test_those_who_may_not_be_played_are_not(browser: Browser) -> None:
    for user in ("U0RAJ", "U0NOBODY", ""):
        query = {"as": user}
        async with browser.session.get(browser.workspace.url + "/page/state", params=query) as response:
            assert response.status == 403
