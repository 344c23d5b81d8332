"""Messages and events in the shapes that Slack gives them.

Sources: https://docs.slack.dev/reference/events (message and its subtypes, app_mention, app_home_opened,
member_joined_channel) and https://docs.slack.dev/apis/slack-connect for what differs in connected channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handlers.demo.model import Channel, File, Installation, Json, Message, Person

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

SUBSCRIPTION = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def message_json(
    workspace: Workspace, message: Message, *, metadata: bool = False, for_team: str = ""
) -> Json:
    """A message as conversations.replies and the payloads hold it; files of other teams' only as a stub."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.bot:
        body |= {
            "bot_id": message.bot,
            "app_id": workspace.app.id,
            "bot_profile": bot_profile(workspace, message),
        }
    if message.client_msg_id:
        body["client_msg_id"] = message.client_msg_id
    body["team"] = message.team
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        body["files"] = [file_json(workspace, file, for_team) for file in message.files]
        body["upload"] = False
    if message.edited:
        body["edited"] = {"user": message.edited_by, "ts": message.edited}
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.is_reply:
        parent = workspace.messages[message.channel].get(message.thread)
        body["parent_user_id"] = parent.user if parent else message.user
    elif message.thread_ts:
        body |= {
            "reply_count": len(message.replies),
            "reply_users_count": len(message.repliers),
            "latest_reply": message.replies[-1] if message.replies else "0000000000.000000",
            "reply_users": list(message.repliers),
            "is_locked": False,
            "subscribed": True,
        }
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata:
        body["metadata"] = message.metadata
    return body


def bot_profile(workspace: Workspace, message: Message) -> Json:
    return {
        "id": message.bot,
        "app_id": workspace.app.id,
        "name": workspace.app.name,
        "icons": {},
        "deleted": False,
        "updated": 0,
        "team_id": message.team,
    }


def file_json(workspace: Workspace, file: File, for_team: str = "") -> Json:
    """A file object. To an app of another team it is only announced: it has to ask files.info."""
    if for_team and file.team != for_team:
        return {
            "id": file.id,
            "mode": "file_access",
            "file_access": "check_file_info",
            "created": file.created,
            "timestamp": file.created,
            "user": file.user,
        }
    private = f"{workspace.url}/files-pri/{file.team}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.extension,
        "pretty_type": file.extension.upper(),
        "user": file.user,
        "user_team": file.team,
        "editable": False,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(file.shared),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{private}/{file.name}",
        "url_private_download": f"{private}/download/{file.name}",
        "permalink": f"{workspace.url}/files/{file.user}/{file.id}/{file.name}",
        "channels": sorted(file.shared),
        "groups": [],
        "ims": [],
        "has_rich_preview": False,
        "file_access": "visible",
    }


def user_json(workspace: Workspace, person: Person, *, email: bool) -> Json:
    """A user object; the e-mail address needs a scope of its own."""
    profile = {
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "title": person.title,
        "team": person.team,
    }
    if email and person.email:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": person.team,
        "name": person.handle,
        "real_name": person.name,
        "deleted": person.deleted,
        "tz": person.zone,
        "tz_label": person.zone,
        "tz_offset": 0,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": 0,
    }


# --- Events ------------------------------------------------------------------------------------------


def envelope(workspace: Workspace, installation: Installation, event: Json, channel: Channel | None) -> Json:
    """The outer payload of an event."""
    ts = event.setdefault("event_ts", workspace.next_ts())
    return {
        "token": "verification-token",
        "team_id": installation.team,
        "context_team_id": installation.team,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.next_id("Ev"),
        "event_time": int(float(ts)),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": installation.team,
                "user_id": installation.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(channel and channel.external),
        "event_context": f"4-{event['type']}-{installation.team}-{ts}",
    }


def posted(
    workspace: Workspace, installation: Installation, channel: Channel, message: Message
) -> Iterator[Json]:
    """The events that a new message causes: `message`, and `app_mention` where the app is named."""
    body = message_json(workspace, message, for_team=installation.team)
    body |= {"channel": channel.id, "event_ts": message.ts}
    if message.team != installation.team:
        body |= {"user_team": message.team, "source_team": message.team}
    in_channel = {**body, "channel_type": channel.kind}
    if message.files:
        in_channel |= {"subtype": "file_share", "display_as_bot": False}
    if message.broadcast:
        in_channel["subtype"] = "thread_broadcast"
    yield in_channel
    named = any(f"<@{one.bot_user}>" in message.text for one in workspace.installations.values())
    if named and not message.bot and channel.kind != "im":
        yield {**body, "type": "app_mention"}


def changed(
    workspace: Workspace,
    installation: Installation,
    channel: Channel,
    message: Message,
    before: Message,
    ts: str,
) -> Json:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(workspace, message, for_team=installation.team),
        "previous_message": message_json(workspace, before, for_team=installation.team),
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted(
    workspace: Workspace, installation: Installation, channel: Channel, message: Message, ts: str
) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message_json(workspace, message, for_team=installation.team),
        "deleted_ts": message.ts,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def member_joined(workspace: Workspace, channel: Channel, user: str, inviter: str | None) -> Json:
    team = workspace.people[user].team if user in workspace.people else channel.team
    body: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "group" else "C",
        "team": team,
    }
    return body | ({"inviter": inviter} if inviter else {})


def subscription(event: Json) -> str:
    """The name under which the manifest subscribes to an event."""
    if event["type"] == "message":
        return SUBSCRIPTION[event["channel_type"]]
    return str(event["type"])
