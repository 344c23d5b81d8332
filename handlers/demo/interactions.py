"""The payloads of what a person does with an app: buttons, menus, modals, shortcuts, commands.

Source: https://docs.slack.dev/reference/interaction-payloads. In a connected channel `user.team_id` is the
person's own workspace; `team` is where the app is installed, except in a modal's payloads, where it is the
person's own and `view.app_installed_team_id` names the other.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from handlers.demo.events import message_json
from handlers.demo.manifest import Shortcut
from handlers.demo.model import Channel, Installation, Json, Message, Person, View

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

TOKEN = "verification-token"  # noqa: S105 (the deprecated field; signatures are what counts)


def common(workspace: Workspace, kind: str, person: Person, team: str) -> Json:
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.team},
        "api_app_id": workspace.app.id,
        "token": TOKEN,
        "team": {"id": team, "domain": workspace.teams[team].domain or workspace.teams[team].name.lower()},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(channel: Channel, installation: Installation) -> Json:
    name = "directmessage" if channel.kind == "im" else channel.name_in(installation.team)
    return {"channel": {"id": channel.id, "name": name}}


def message_container(message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def on_message(
    workspace: Workspace,
    person: Person,
    installation: Installation,
    message: Message,
    state: Json,
    action: Json,
) -> Json:
    """block_actions from a message. Ephemeral messages are not repeated in the payload."""
    channel = workspace.channels[message.channel]
    body = common(workspace, "block_actions", person, installation.team)
    body |= {
        "container": message_container(message),
        "trigger_id": workspace.modals.trigger(person.id, installation),
        **place(channel, installation),
        "state": {"values": copy.deepcopy(state)},
        "response_url": workspace.response_urls.new(person.id, channel, installation, message),
        "actions": [action],
    }
    if not message.ephemeral:
        body["message"] = message_json(workspace, message, metadata=True, for_team=installation.team)
    return body


def on_view(
    workspace: Workspace, person: Person, installation: Installation, view: View, action: Json
) -> Json:
    """block_actions from a modal or home tab."""
    return common(workspace, "block_actions", person, person.team) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.modals.trigger(person.id, installation, view),
        "view": view.as_slack(),
        "actions": [action],
    }


def view_submission(workspace: Workspace, person: Person, installation: Installation, view: View) -> Json:
    return common(workspace, "view_submission", person, person.team) | {
        "trigger_id": workspace.modals.trigger(person.id, installation, view),
        "view": view.as_slack(),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, person: Person, view: View, *, cleared: bool) -> Json:
    return common(workspace, "view_closed", person, person.team) | {
        "view": view.as_slack(),
        "is_cleared": cleared,
    }


def suggestion(
    workspace: Workspace,
    person: Person,
    installation: Installation,
    where: Message | View,
    block_id: str,
    action_id: str,
    typed: str,
) -> Json:
    """block_suggestion: what to offer in an external menu for what was typed."""
    if isinstance(where, View):
        body = common(workspace, "block_suggestion", person, person.team)
        body |= {"container": {"type": "view", "view_id": where.id}, "view": where.as_slack()}
    else:
        body = common(workspace, "block_suggestion", person, installation.team)
        body |= {
            "container": message_container(where),
            **place(workspace.channels[where.channel], installation),
        }
        if not where.ephemeral:
            body["message"] = message_json(workspace, where, for_team=installation.team)
    return body | {"block_id": block_id, "action_id": action_id, "value": typed}


def shortcut(
    workspace: Workspace, person: Person, installation: Installation, which: Shortcut, message: Message | None
) -> Json:
    """A global shortcut, or with a message a message shortcut."""
    kind = "message_action" if message else "shortcut"
    body = common(workspace, kind, person, installation.team)
    body |= {
        "callback_id": which.callback_id,
        "trigger_id": workspace.modals.trigger(person.id, installation),
        "action_ts": workspace.next_ts(),
    }
    if message:
        channel = workspace.channels[message.channel]
        body |= {
            "message_ts": message.ts,
            "message": message_json(workspace, message, for_team=installation.team),
            "response_url": workspace.response_urls.new(person.id, channel, installation),
            **place(channel, installation),
        }
    return body


def command(
    workspace: Workspace, person: Person, installation: Installation, channel: Channel, name: str, text: str
) -> Json:
    """The form of a slash command."""
    return {
        "token": TOKEN,
        "team_id": person.team,
        "team_domain": workspace.teams[person.team].domain or workspace.teams[person.team].name.lower(),
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name_in(person.team),
        "user_id": person.id,
        "user_name": person.handle,
        "command": name,
        "text": text,
        "api_app_id": workspace.app.id,
        "is_enterprise_install": "false",
        "response_url": workspace.response_urls.new(person.id, channel, installation),
        "trigger_id": workspace.modals.trigger(person.id, installation),
    }
