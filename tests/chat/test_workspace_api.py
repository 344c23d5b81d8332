"""slack-sdk's own client talks to the embedded workspace: every method, its scopes and its refusals."""

from __future__ import annotations

import base64
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from workspace_sandbox import Ticker, client_of, manifest, new_workspace

from handlers.demo.model import Person
from handlers.demo.rate import RateLimit
from handlers.demo.workspace import Workspace

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "A *patient*"}}
BUTTONS = {
    "type": "actions",
    "block_id": "what",
    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Claim"}, "action_id": "claim"}],
}
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A patient"},
    "submit": {"type": "plain_text", "text": "Submit"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Patient name"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        }
    ],
}
HOME = {"type": "home", "blocks": [SECTION]}


async def refusal(call: Any) -> dict[str, Any]:
    """The answer of a call that is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    answer: dict[str, Any] = caught.value.response.data
    return answer


async def error(call: Any) -> str:
    return str((await refusal(call))["error"])


# --- Who calls, and may they -------------------------------------------------------------------------


async def test_auth_test_says_who_the_bot_is(sandbox_client: AsyncWebClient) -> None:
    answer = await sandbox_client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOT", "B0BOT", "T0PRAC")


async def test_tokens_are_looked_at(sandbox: Workspace) -> None:
    assert await error(client_of(sandbox, "xoxb-wrong").auth_test()) == "invalid_auth"
    async with aiohttp.ClientSession() as session, session.post(sandbox.api_url + "auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    sandbox.uninstall("T0PRAC")
    assert await error(client_of(sandbox).auth_test()) == "token_revoked"


async def test_an_unknown_method_is_refused(sandbox_client: AsyncWebClient) -> None:
    assert await error(sandbox_client.api_call("chat.shout")) == "unknown_method"


async def test_api_test_returns_its_arguments(sandbox_client: AsyncWebClient) -> None:
    assert (await sandbox_client.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert await error(sandbox_client.api_test(error="my_error")) == "my_error"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("chat.postMessage", {"channel": "C0INTAKE", "text": "x"}, "chat:write"),
        ("chat.postEphemeral", {"channel": "C0INTAKE", "user": "U0TESS", "text": "x"}, "chat:write"),
        ("chat.update", {"channel": "C0INTAKE", "ts": "1", "text": "x"}, "chat:write"),
        ("chat.delete", {"channel": "C0INTAKE", "ts": "1"}, "chat:write"),
        ("reactions.add", {"channel": "C0INTAKE", "timestamp": "1", "name": "eyes"}, "reactions:write"),
        ("conversations.open", {"users": "U0TESS"}, "im:write"),
        ("users.info", {"user": "U0TESS"}, "users:read"),
        ("users.list", {}, "users:read"),
        ("bots.info", {}, "users:read"),
        ("team.info", {}, "team:read"),
        ("files.info", {"file": "F1"}, "files:read"),
        ("files.getUploadURLExternal", {"filename": "a.pdf", "length": 1}, "files:write"),
        ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, "files:write"),
    ],
)
async def test_a_method_needs_its_scope(method: str, arguments: dict[str, Any], needed: str) -> None:
    workspace = new_workspace(manifest=manifest(scopes=["commands"], events=[]))
    async with workspace.serve():
        answer = await refusal(client_of(workspace).api_call(method, json=arguments))
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", needed, "commands")


async def test_reading_needs_the_scope_of_the_kind_of_channel() -> None:
    workspace = new_workspace(
        manifest=manifest(scopes=["channels:history", "channels:read", "commands"], events=[])
    )
    async with workspace.serve():
        client = client_of(workspace)
        await client.conversations_history(channel="C0INTAKE")
        answer = await refusal(client.conversations_history(channel="G0BOARD"))
        assert answer["needed"] == "groups:history"
        assert await error(client.conversations_list(types="private_channel")) == "missing_scope"
        assert [c["id"] for c in (await client.conversations_list())["channels"]] == [
            *("C0INTAKE", "C0ELM", "C0OLD", "C0OTHER")
        ]


def test_an_event_without_its_scope_is_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="app_mentions:read"):
        new_workspace(manifest=manifest(scopes=["chat:write", "commands"], events=["app_mention"]))


def test_commands_without_their_scope_are_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="scope commands"):
        new_workspace(manifest=manifest(scopes=["chat:write"], events=[]))


# --- Messages ----------------------------------------------------------------------------------------


async def test_a_message_is_posted_in_its_thread_and_read_back(sandbox_client: AsyncWebClient) -> None:
    head = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="New", blocks=[SECTION, BUTTONS])
    assert head["message"]["bot_id"] == "B0BOT"
    assert all(block["block_id"] for block in head["message"]["blocks"])
    metadata = {"event_type": "outbox", "event_payload": {"outbox_id": "7"}}
    reply = await sandbox_client.chat_postMessage(
        channel="C0INTAKE", text="Claimed", thread_ts=head["ts"], metadata=metadata
    )
    read = await sandbox_client.conversations_replies(
        channel="C0INTAKE", ts=head["ts"], include_all_metadata=True
    )
    assert [m["ts"] for m in read["messages"]] == [head["ts"], reply["ts"]]
    assert read["messages"][0]["reply_count"] == 1
    assert read["messages"][1]["metadata"] == metadata
    unasked = await sandbox_client.conversations_replies(channel="C0INTAKE", ts=head["ts"])
    assert "metadata" not in unasked["messages"][1]


async def test_form_bodies_are_read_like_json(sandbox: Workspace) -> None:
    form = {"token": "xoxb-0-embedded", "channel": "C0INTAKE", "blocks": '[{"type":"divider"}]', "text": "x"}
    address = sandbox.api_url + "chat.postMessage"
    async with aiohttp.ClientSession() as session, session.post(address, data=form) as response:
        answer = await response.json()
    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_replies_come_in_pages_and_from_a_time_on(sandbox_client: AsyncWebClient) -> None:
    head = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="head")
    posted = [
        (await sandbox_client.chat_postMessage(channel="C0INTAKE", text=str(n), thread_ts=head["ts"]))["ts"]
        for n in range(5)
    ]
    found, cursor = [], ""
    while True:
        some = await sandbox_client.conversations_replies(
            channel="C0INTAKE", ts=head["ts"], limit=2, cursor=cursor
        )
        found += [m["ts"] for m in some["messages"]]
        if not some["has_more"]:
            break
        cursor = some["response_metadata"]["next_cursor"]
    assert found == [head["ts"], *posted]
    later = await sandbox_client.conversations_replies(channel="C0INTAKE", ts=head["ts"], oldest=posted[2])
    assert [m["ts"] for m in later["messages"]] == [head["ts"], *posted[3:]]


async def test_history_holds_no_replies_and_is_newest_first(sandbox_client: AsyncWebClient) -> None:
    first = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="first")
    await sandbox_client.chat_postMessage(channel="C0INTAKE", text="reply", thread_ts=first["ts"])
    second = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="second")
    shown = await sandbox_client.chat_postMessage(
        channel="C0INTAKE", text="for all", thread_ts=first["ts"], reply_broadcast=True
    )
    history = await sandbox_client.conversations_history(channel="C0INTAKE")
    assert [m["ts"] for m in history["messages"]] == [shown["ts"], second["ts"], first["ts"]]


async def test_timestamps_are_unique_while_the_clock_stands(sandbox: Workspace) -> None:
    moment = sandbox.clock()
    sandbox.clock = lambda: moment
    stamps = [sandbox.next_ts() for _ in range(100)]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "C0INTAKE"}, "no_text"),
        ({"channel": "C0INTAKE", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OTHER", "text": "x"}, "not_in_channel"),
        ({"channel": "C0OLD", "text": "x"}, "is_archived"),
        ({"channel": "C0INTAKE", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "C0INTAKE", "blocks": "nonsense", "text": "x"}, "invalid_blocks_format"),
        ({"channel": "C0INTAKE", "blocks": [{"type": "nonsense"}], "text": "x"}, "invalid_blocks"),
        ({"channel": "C0INTAKE", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"channel": "U0MARIA", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "invalid_arguments"),
    ],
)
async def test_a_message_is_refused_with_slacks_code(
    sandbox_client: AsyncWebClient, arguments: dict[str, Any], code: str
) -> None:
    assert await error(sandbox_client.api_call("chat.postMessage", json=arguments)) == code


async def test_invalid_blocks_are_explained(sandbox_client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    answer = await refusal(sandbox_client.chat_postMessage(channel="C0INTAKE", text="x", blocks=blocks))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_private_channel_without_the_bot_is_not_found(sandbox: Workspace) -> None:
    sandbox.channels["G0BOARD"].members.discard("U0BOT")
    client = client_of(sandbox)
    assert await error(client.conversations_info(channel="G0BOARD")) == "channel_not_found"


async def test_an_update_replaces_blocks_unless_only_metadata_changes(sandbox_client: AsyncWebClient) -> None:
    posted = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="a", blocks=[SECTION])
    channel, ts = posted["channel"], posted["ts"]
    metadata = {"event_type": "m", "event_payload": {}}
    kept = await sandbox_client.chat_update(channel=channel, ts=ts, metadata=metadata)
    assert [b["type"] for b in kept["message"]["blocks"]] == ["section"]
    changed = await sandbox_client.chat_update(channel=channel, ts=ts, text="b", blocks=[BUTTONS])
    assert "edited" not in changed["message"]
    assert changed["message"]["metadata"] == metadata
    plain = await sandbox_client.chat_update(channel=channel, ts=ts, text="c")
    assert "blocks" not in plain["message"]
    assert plain["message"]["edited"]["user"] == "U0BOT"


async def test_only_own_messages_can_be_changed_or_deleted(sandbox: Workspace) -> None:
    client, message = client_of(sandbox), await sandbox.person("U0TESS").say("C0INTAKE", "mine")
    assert (
        await error(client.chat_update(channel="C0INTAKE", ts=message.ts, text="x")) == "cant_update_message"
    )
    assert await error(client.chat_delete(channel="C0INTAKE", ts=message.ts)) == "cant_delete_message"
    assert await error(client.chat_update(channel="C0INTAKE", ts="1.1", text="x")) == "message_not_found"
    own = await client.chat_postMessage(channel="C0INTAKE", text="own")
    await client.chat_delete(channel="C0INTAKE", ts=own["ts"])
    assert sandbox.person("U0TESS").messages("C0INTAKE") == [message]


async def test_an_ephemeral_message_is_seen_by_one_person(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    await client.chat_postEphemeral(channel="C0INTAKE", user="U0TESS", text="only you")
    assert [m.text for m in sandbox.person("U0TESS").messages("C0INTAKE")] == ["only you"]
    assert sandbox.person("U0RAJ").messages("C0INTAKE") == []
    assert (await client.conversations_history(channel="C0INTAKE"))["messages"] == []
    refused = client.chat_postEphemeral(channel="C0INTAKE", user="U0MARIA", text="x")
    assert await error(refused) == "user_not_in_channel"


async def test_permalinks_and_reactions(sandbox_client: AsyncWebClient) -> None:
    posted = await sandbox_client.chat_postMessage(channel="C0INTAKE", text="x")
    link = await sandbox_client.chat_getPermalink(channel="C0INTAKE", message_ts=posted["ts"])
    assert link["permalink"].endswith(f"/archives/C0INTAKE/p{posted['ts'].replace('.', '')}")
    await sandbox_client.reactions_add(channel="C0INTAKE", timestamp=posted["ts"], name="eyes")
    again = sandbox_client.reactions_add(channel="C0INTAKE", timestamp=posted["ts"], name="eyes")
    assert await error(again) == "already_reacted"


async def test_more_than_a_message_a_second_is_too_many() -> None:
    ticker = Ticker()
    workspace = new_workspace(monotonic=ticker, rate_limit=RateLimit(burst=2))
    async with workspace.serve():
        client = client_of(workspace)
        for _ in range(2):
            await client.chat_postMessage(channel="C0INTAKE", text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0INTAKE", text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel="C0ELM", text="another channel")
        ticker.now += 1
        await client.chat_postMessage(channel="C0INTAKE", text="x")


# --- Channels, people, teams -------------------------------------------------------------------------


async def test_a_connected_channel_has_another_name_on_each_side() -> None:
    workspace = new_workspace(installed=["T0OFFICE"])
    workspace.channels["C0ELM"].members.add("U0BOT0OFFICE")
    async with workspace.serve():
        ours = await client_of(workspace).conversations_info(channel="C0ELM")
        theirs = await client_of(workspace, "xoxb-T0OFFICE").conversations_info(channel="C0ELM")
    assert (ours["channel"]["name"], theirs["channel"]["name"]) == ("elm-street", "lakeside")
    assert ours["channel"]["is_ext_shared"] is True
    assert ours["channel"]["connected_team_ids"] == ["T0OFFICE"]


async def test_channels_members_and_direct_messages(sandbox_client: AsyncWebClient) -> None:
    members = await sandbox_client.conversations_members(channel="C0INTAKE")
    assert members["members"] == ["U0BOT", "U0RAJ", "U0TESS"]
    mine = await sandbox_client.users_conversations(types="public_channel,private_channel")
    assert [c["id"] for c in mine["channels"]] == ["C0INTAKE", "C0ELM", "G0BOARD", "C0OLD"]
    opened = await sandbox_client.conversations_open(users="U0TESS", return_im=True)
    assert opened["channel"]["user"] == "U0TESS"
    await sandbox_client.chat_postMessage(channel=opened["channel"]["id"], text="good morning")
    posted = await sandbox_client.chat_postMessage(channel="U0TESS", text="by user id")
    assert posted["channel"] == opened["channel"]["id"]
    assert await error(sandbox_client.conversations_open(users="U0MARIA")) == "user_not_found"


async def test_people_are_known_with_their_mail_only_by_scope(sandbox_client: AsyncWebClient) -> None:
    tess = (await sandbox_client.users_info(user="U0TESS"))["user"]
    assert (tess["real_name"], tess["team_id"]) == ("Tess Moore", "T0PRAC")
    assert "email" not in tess["profile"]
    maria = (await sandbox_client.users_info(user="U0MARIA"))["user"]
    assert maria["team_id"] == "T0OFFICE"
    assert (await sandbox_client.users_info(user="U0BOT"))["user"]["is_bot"] is True
    assert await error(sandbox_client.users_info(user="U0NOBODY")) == "user_not_found"
    listed = await sandbox_client.users_list()
    assert [m["id"] for m in listed["members"]] == ["U0MARIA", "U0TESS", "U0RAJ", "U0BOT"]
    bot = await sandbox_client.bots_info(bot="B0BOT")
    assert bot["bot"]["user_id"] == "U0BOT"


async def test_a_stranger_without_a_common_channel_is_not_found(sandbox: Workspace) -> None:
    sandbox.people["U0FAR"] = Person("U0FAR", "Far Away", team="T0OFFICE")
    assert await error(client_of(sandbox).users_info(user="U0FAR")) == "user_not_found"


async def test_team_info(sandbox_client: AsyncWebClient) -> None:
    assert (await sandbox_client.team_info())["team"]["name"] == "Lakeside Cardiology"


# --- Files -------------------------------------------------------------------------------------------


async def test_a_file_is_uploaded_shared_and_downloaded(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    head = await client.chat_postMessage(channel="C0INTAKE", text="head")
    answer = await client.files_upload_v2(
        channel="C0INTAKE", thread_ts=head["ts"], filename="report.pdf", content=b"%PDF-1", title="Report"
    )
    shared = sandbox.person("U0TESS").thread("C0INTAKE", head["ts"])[-1]
    assert shared.files[0].title == "Report"
    info = (await client.files_info(file=answer["files"][0]["id"]))["file"]
    assert (info["name"], info["size"], info["mimetype"]) == ("report.pdf", 6, "application/pdf")
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer xoxb-0-embedded"}
        async with session.get(info["url_private_download"], headers=headers) as response:
            assert await response.read() == b"%PDF-1"
        async with session.get(info["url_private_download"]) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert b"Sign in" in await response.read()


async def test_a_download_without_files_read_gets_the_sign_in_page() -> None:
    workspace = new_workspace(manifest=manifest(scopes=["chat:write", "commands"], events=[]))
    async with workspace.serve():
        file = workspace.add_file("U0TESS", "a.txt", b"secret")
        address = f"{workspace.url}/files-pri/T0PRAC-{file.id}/download/a.txt"
        headers = {"Authorization": "Bearer xoxb-0-embedded"}
        async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as response:
            assert b"secret" not in await response.read()


async def test_a_file_of_a_channel_without_the_bot_is_not_found(sandbox: Workspace) -> None:
    message = await sandbox.person("U0TESS").say("C0OTHER", files=[("a.txt", b"secret")])
    assert await error(client_of(sandbox).files_info(file=message.files[0].id)) == "file_not_found"


async def test_an_upload_that_was_not_asked_for_is_refused(sandbox: Workspace) -> None:
    address = f"{sandbox.url}/upload/F0"
    async with aiohttp.ClientSession() as session, session.post(address, data=b"x") as response:
        assert response.status == 404
    unknown = client_of(sandbox).files_completeUploadExternal(files=[{"id": "F0"}])
    assert await error(unknown) == "file_not_found"


# --- Views -------------------------------------------------------------------------------------------


def trigger(workspace: Workspace, user: str = "U0TESS") -> str:
    current = workspace.modals.current(user)
    return workspace.modals.trigger(user, workspace.installations["T0PRAC"], current)


async def test_a_trigger_opens_one_modal_within_three_seconds(
    sandbox: Workspace, sandbox_ticker: Ticker
) -> None:
    client, late = client_of(sandbox), trigger(sandbox)
    spent = trigger(sandbox)
    opened = await client.views_open(trigger_id=spent, view=FORM)
    assert opened["view"]["id"] == opened["view"]["root_view_id"]
    assert opened["view"]["app_installed_team_id"] == "T0PRAC"
    assert await error(client.views_open(trigger_id=spent, view=FORM)) == "exchanged_trigger_id"
    assert await error(client.views_open(trigger_id="1.2.3", view=FORM)) == "invalid_trigger_id"
    sandbox_ticker.now += 3.1
    assert await error(client.views_open(trigger_id=late, view=FORM)) == "expired_trigger_id"


async def test_at_most_three_modals_are_stacked(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    without_modal = trigger(sandbox)
    assert await error(client.views_push(trigger_id=without_modal, view=FORM)) == "not_found"
    first = await client.views_open(trigger_id=trigger(sandbox), view=FORM)
    second = await client.views_push(trigger_id=trigger(sandbox), view=FORM)
    assert second["view"]["previous_view_id"] == first["view"]["id"]
    await client.views_push(trigger_id=trigger(sandbox), view=FORM)
    fourth = client.views_push(trigger_id=trigger(sandbox), view=FORM)
    assert await error(fourth) == "push_limit_reached"


async def test_an_update_needs_the_view_and_its_hash(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    view = (await client.views_open(trigger_id=trigger(sandbox), view=FORM))["view"]
    await sandbox.person("U0TESS").fill(sandbox.modals.stacks["U0TESS"][0], {"Patient name": "Ana"})
    other = {**FORM, "title": {"type": "plain_text", "text": "Changed"}, "external_id": "form-1"}
    updated = (await client.views_update(view_id=view["id"], hash=view["hash"], view=other))["view"]
    assert updated["state"]["values"]["name"]["value"]["value"] == "Ana"
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=other)
    assert await error(stale) == "hash_conflict"
    assert (await client.views_update(external_id="form-1", view=other))["ok"]
    assert await error(client.views_update(view_id="V0", view=other)) == "not_found"


async def test_a_view_that_slack_would_not_take_is_refused(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    too_long = {**FORM, "title": {"type": "plain_text", "text": "x" * 25}}
    answer = await refusal(client.views_open(trigger_id=trigger(sandbox), view=too_long))
    assert answer["error"] == "invalid_arguments"
    assert "/view/title/text" in answer["response_metadata"]["messages"][0]
    block = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}
    huge = {**FORM, "blocks": [block] * 90}
    assert await error(client.views_open(trigger_id=trigger(sandbox), view=huge)) == "view_too_large"
    assert await error(client.views_open(trigger_id=trigger(sandbox), view=HOME)) == "invalid_arguments"


async def test_a_home_tab_is_published_for_one_person(sandbox: Workspace) -> None:
    client = client_of(sandbox)
    first = (await client.views_publish(user_id="U0TESS", view=HOME))["view"]
    second = (await client.views_publish(user_id="U0TESS", view=HOME, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    stale = client.views_publish(user_id="U0TESS", view=HOME, hash=first["hash"])
    assert await error(stale) == "hash_conflict"
    assert sandbox.modals.home("U0RAJ") is None
    assert await error(client.views_publish(user_id="U0MARIA", view=HOME)) == "user_not_found"


async def test_blocks_validate_says_what_is_wrong(sandbox_client: AsyncWebClient) -> None:
    good = await sandbox_client.api_call("blocks.validate", json={"blocks": [SECTION]})
    assert good["ok"]
    bad = sandbox_client.api_call("blocks.validate", json={"view": {"type": "modal", "blocks": []}})
    assert await error(bad) == "invalid_blocks"


# --- Installing --------------------------------------------------------------------------------------


async def test_another_workspace_installs_the_app(sandbox: Workspace) -> None:
    code = sandbox.oauth_code("T0OFFICE")
    client = AsyncWebClient(base_url=sandbox.api_url)
    secret = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    answer = await client.oauth_v2_access(code=code, **secret)
    assert answer["team"]["id"] == "T0OFFICE"
    who = await client_of(sandbox, answer["access_token"]).auth_test()
    assert who["team_id"] == "T0OFFICE"
    assert await error(client.oauth_v2_access(code=code, **secret)) == "invalid_code"
    wrong = client.oauth_v2_access(code=code, client_id=sandbox.client_id, client_secret="no")
    assert await error(wrong) == "bad_client_secret"


async def test_the_authorize_page_sends_back_with_a_code_and_the_state(sandbox: Workspace) -> None:
    query = {"redirect_uri": "http://127.0.0.1:1/back", "state": "s", "team": "T0OFFICE"}
    async with aiohttp.ClientSession() as session:
        address = f"{sandbox.url}/oauth/v2/authorize"
        async with session.get(address, params=query, allow_redirects=False) as response:
            assert response.status == 302
            assert response.headers["Location"].startswith("http://127.0.0.1:1/back?code=code-")
            assert response.headers["Location"].endswith("&state=s")


async def test_basic_authentication_serves_for_the_app_too(sandbox: Workspace) -> None:
    basic = base64.b64encode(f"{sandbox.client_id}:{sandbox.client_secret}".encode()).decode()
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {basic}"}) as session:
        form = {"code": sandbox.oauth_code("T0OFFICE")}
        async with session.post(sandbox.api_url + "oauth.v2.access", data=form) as response:
            assert (await response.json())["ok"]
