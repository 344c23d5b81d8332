"""What the embedded workspace tells the app of, signed and repeated as Slack does."""

from __future__ import annotations

import pytest
from workspace_sandbox import Receiver, client_of, manifest, new_workspace, served

from handlers.demo import faults
from handlers.demo.model import Channel, NotPossible
from handlers.demo.outgoing import AppDidNotAnswer
from handlers.demo.workspace import Workspace


async def test_a_mention_arrives_as_message_and_as_mention(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    message = await sandbox.person("U0TESS").say("C0INTAKE", "@Referral Bot refer A & B <script>")
    await sandbox.settled()
    assert sorted(e["type"] for e in sandbox_receiver.events) == ["app_mention", "message"]
    mention = next(e for e in sandbox_receiver.events if e["type"] == "app_mention")
    assert mention["text"] == "<@U0BOT> refer A &amp; B &lt;script&gt;"
    assert (mention["user"], mention["channel"], mention["ts"]) == ("U0TESS", "C0INTAKE", message.ts)
    assert "user_team" not in mention
    payload, headers = sandbox_receiver.got[0]
    assert payload["authorizations"][0]["team_id"] == payload["team_id"] == "T0PRAC"
    assert payload["is_ext_shared_channel"] is False
    assert len({p["event_id"] for p, _ in sandbox_receiver.got}) == 2
    assert "X-Slack-Retry-Num" not in headers


async def test_someone_elses_markup_is_no_markup(sandbox: Workspace) -> None:
    tess = sandbox.person("U0TESS")
    message = await tess.say("C0INTAKE", "<!channel> <@U0NOBODY> <@U0RAJ> @raj patel")
    assert message.text == "&lt;!channel&gt; &lt;@U0NOBODY&gt; <@U0RAJ> <@U0RAJ>"


async def test_a_person_of_another_organisation_is_told_apart(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    await sandbox.person("U0MARIA").say("C0ELM", "<@U0BOT> hello")
    await sandbox.settled()
    payload = next(p for p, _ in sandbox_receiver.got if p["event"]["type"] == "app_mention")
    assert payload["is_ext_shared_channel"] is True
    assert payload["team_id"] == payload["authorizations"][0]["team_id"] == "T0PRAC"
    event = payload["event"]
    assert event["team"] == event["user_team"] == event["source_team"] == "T0OFFICE"


async def test_an_event_of_a_shared_channel_comes_once_though_both_sides_have_the_app() -> None:
    workspace = new_workspace(installed=["T0OFFICE"])
    workspace.channels["C0ELM"].members.add("U0BOT0OFFICE")
    receiver = Receiver(workspace.signing_secret)
    async with workspace.serve(), served(receiver.take) as url:
        workspace.connect(url)
        await workspace.person("U0MARIA").say("C0ELM", "hello")
        await workspace.settled()
    assert len(receiver.events) == 1


async def test_direct_messages_are_no_mentions(sandbox: Workspace, sandbox_receiver: Receiver) -> None:
    await sandbox.person("U0TESS").dm("<@U0BOT> help")
    await sandbox.settled()
    (event,) = sandbox_receiver.events
    assert (event["type"], event["channel_type"]) == ("message", "im")
    with pytest.raises(NotPossible, match="not installed"):
        await sandbox.person("U0MARIA").dm("help")


async def test_replies_edits_and_deletions_are_told(sandbox: Workspace, sandbox_receiver: Receiver) -> None:
    tess = sandbox.person("U0TESS")
    head = await tess.say("C0INTAKE", "head")
    reply = await tess.say("C0INTAKE", "reply", thread_ts=head.ts)
    await tess.edit(reply, "reply, better")
    await tess.delete(reply)
    await sandbox.settled()
    by_subtype = {event.get("subtype", event["ts"]): event for event in sandbox_receiver.events}
    assert by_subtype[reply.ts]["thread_ts"] == head.ts
    assert by_subtype[reply.ts]["parent_user_id"] == "U0TESS"
    assert by_subtype["message_changed"]["message"]["text"] == "reply, better"
    assert by_subtype["message_changed"]["previous_message"]["text"] == "reply"
    assert by_subtype["message_deleted"]["deleted_ts"] == reply.ts


async def test_the_apps_own_messages_are_told_with_its_bot_id(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    client = client_of(sandbox)
    posted = await client.chat_postMessage(channel="C0INTAKE", text="<@U0BOT> myself")
    await client.chat_update(channel="C0INTAKE", ts=posted["ts"], text="changed")
    await sandbox.settled()
    assert [e.get("subtype") for e in sandbox_receiver.events] == [None, "message_changed"]
    assert sandbox_receiver.events[0]["bot_id"] == "B0BOT"


async def test_files_arrive_with_the_message(sandbox: Workspace, sandbox_receiver: Receiver) -> None:
    await sandbox.person("U0TESS").say("C0INTAKE", "here", files=[("ecg.pdf", b"%PDF")])
    await sandbox.settled()
    (event,) = sandbox_receiver.events
    assert event["subtype"] == "file_share"
    assert event["files"][0]["name"] == "ecg.pdf"
    assert event["files"][0]["url_private_download"].startswith(sandbox.url)


async def test_files_of_another_organisation_have_to_be_asked_for(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    await sandbox.person("U0MARIA").say("C0ELM", "here", files=[("ecg.pdf", b"%PDF")])
    await sandbox.settled()
    (stub,) = sandbox_receiver.events[0]["files"]
    assert stub["file_access"] == "check_file_info"
    assert "name" not in stub
    info = await client_of(sandbox).files_info(file=stub["id"])
    assert info["file"]["name"] == "ecg.pdf"


async def test_nothing_is_told_of_where_the_bot_is_not(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    await sandbox.person("U0TESS").say("C0OTHER", "<@U0BOT> hello")
    await sandbox.settled()
    assert sandbox_receiver.got == []
    sandbox.join("C0OTHER", "U0BOT", inviter="U0TESS")
    await sandbox.settled()
    (event,) = sandbox_receiver.events
    assert (event["type"], event["user"], event["inviter"]) == ("member_joined_channel", "U0BOT", "U0TESS")


async def test_only_what_the_manifest_subscribes_to_is_told() -> None:
    events = ["app_mention"]
    workspace = new_workspace(manifest=manifest(events=events))
    receiver = Receiver(workspace.signing_secret)
    async with workspace.serve(), served(receiver.take) as url:
        workspace.connect(url)
        tess = workspace.person("U0TESS")
        await tess.say("C0INTAKE", "nothing to you")
        await tess.say("C0INTAKE", "<@U0BOT> to you")
        await tess.home()
        await workspace.settled()
    assert [e["type"] for e in receiver.events] == ["app_mention"]


async def test_opening_the_home_tab_and_uninstalling_are_told(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    await sandbox.person("U0TESS").home()
    await sandbox.settled()
    sandbox.uninstall("T0PRAC")
    await sandbox.settled()
    opened, *gone = sandbox_receiver.events
    assert (opened["type"], opened["tab"], opened["user"]) == ("app_home_opened", "home", "U0TESS")
    assert sorted(e["type"] for e in gone) == ["app_uninstalled", "tokens_revoked"]


async def test_an_event_not_answered_with_200_comes_three_times_more(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    sandbox_receiver.statuses = [500, 500, 500, 500, 500]
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    await sandbox.settled()
    retries = [headers.get("X-Slack-Retry-Num") for _, headers in sandbox_receiver.got]
    assert retries == [None, "1", "2", "3"]
    assert sandbox_receiver.got[1][1]["X-Slack-Retry-Reason"] == "http_error"
    assert len({payload["event_id"] for payload, _ in sandbox_receiver.got}) == 1


async def test_retries_end_with_the_first_200_or_when_the_app_says_so(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    sandbox_receiver.statuses = [500, 200]
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    await sandbox.settled()
    assert len(sandbox_receiver.got) == 2
    sandbox_receiver.statuses, sandbox_receiver.headers_back = [500], {"X-Slack-No-Retry": "1"}
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    await sandbox.settled()
    assert len(sandbox_receiver.got) == 3


async def test_an_app_that_does_not_answer_in_time_is_asked_again() -> None:
    workspace = new_workspace(deadline=0.05, retry_delays=(0.0,))
    receiver = Receiver(workspace.signing_secret, slow=1)
    async with workspace.serve(), served(receiver.take) as url:
        workspace.connect(url)
        await workspace.person("U0TESS").say("C0INTAKE", "hello")
        await workspace.settled()
    assert receiver.got[-1][1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_app_that_is_down_is_asked_again(sandbox: Workspace) -> None:
    sandbox.connect("http://127.0.0.1:9/slack/events")
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    await sandbox.settled()
    assert [call.attempt for call in sandbox.calls.outgoing("message")] == [0, 1, 2, 3]


async def test_an_event_can_be_delivered_again(sandbox: Workspace, sandbox_receiver: Receiver) -> None:
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    await sandbox.settled()
    for _ in range(3):
        sandbox.outgoing.again(sandbox.calls.outgoing("message")[0])
    await sandbox.settled()
    assert len(sandbox_receiver.got) == 4
    assert len({payload["event_id"] for payload, _ in sandbox_receiver.got}) == 1


async def test_a_request_url_that_does_not_know_the_challenge_is_refused(
    sandbox: Workspace, sandbox_receiver: Receiver
) -> None:
    with pytest.raises(AppDidNotAnswer):
        await sandbox.outgoing.verify()


async def test_people_cannot_speak_where_they_are_not(sandbox: Workspace) -> None:
    with pytest.raises(NotPossible, match="is not in C0INTAKE"):
        await sandbox.person("U0MARIA").say("C0INTAKE", "hello")
    with pytest.raises(NotPossible, match="archived"):
        await sandbox.person("U0TESS").say("C0OLD", "hello")
    with pytest.raises(NotPossible, match="no message"):
        await sandbox.person("U0TESS").say("C0INTAKE", "hello", thread_ts="1.1")


async def test_waiting_ends_with_what_happened_when_nothing_comes(sandbox: Workspace) -> None:
    await sandbox.person("U0TESS").say("C0INTAKE", "hello")
    with pytest.raises(TimeoutError, match="hello"):
        await sandbox.until("RB-7K2M", timeout=0.01)


async def test_a_channel_can_be_added_and_archived_later(sandbox: Workspace) -> None:
    sandbox.add_channel(Channel("C0NEW", "new", members={"U0TESS"}))
    client = client_of(sandbox)
    assert (await client.chat_postMessage(channel="C0NEW", text="x"))["ok"]
    sandbox.archive("C0NEW")
    sandbox.faults.next("chat.postMessage", faults.slack_error("fatal_error"))
    with pytest.raises(Exception, match="fatal_error"):
        await client.chat_postMessage(channel="C0NEW", text="x")
    with pytest.raises(Exception, match="is_archived"):
        await client.chat_postMessage(channel="C0NEW", text="x")
