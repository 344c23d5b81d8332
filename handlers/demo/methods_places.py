"""conversations.*, users.* and team.info. Source: https://docs.slack.dev/reference/methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.demo.events import message_json, user_json
from handlers.demo.methods import HISTORY, READ, Caller, Method, page, required, truth, visible_channel
from handlers.demo.model import Channel, Json, Message, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
ANY_READ = tuple(READ.values())
ANY_HISTORY = tuple(HISTORY.values())


def channel_json(workspace: Workspace, caller: Caller, channel: Channel) -> Json:
    """A channel as this workspace knows it: name and members may differ from what others see."""
    team = caller.installation.team
    if channel.kind == "im":
        user = next((one for one in channel.members if not workspace.is_bot(one)), "")
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": user,
            "is_user_deleted": False,
        }
    name = channel.name_in(team)
    return {
        "id": channel.id,
        "name": name,
        "name_normalized": name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "created": channel.created,
        "creator": "U0",
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": channel.external,
        "is_ext_shared": channel.external,
        "is_org_shared": False,
        "context_team_id": team,
        "shared_team_ids": channel.teams,
        "connected_team_ids": [one for one in channel.teams if one != team] if channel.external else [],
        "is_member": caller.installation.bot_user in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def readable(workspace: Workspace, caller: Caller, arguments: Json) -> Channel:
    """Raises: SlackError channel_not_found, missing_scope, not_in_channel."""
    (channel_id,) = required(arguments, "channel")
    channel = visible_channel(workspace, caller, channel_id)
    caller.needs(HISTORY[channel.kind])
    if caller.installation.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def within(messages: list[Message], arguments: Json) -> list[Message]:
    """Those between `oldest` and `latest`, the ends only if `inclusive`."""
    oldest, latest = str(arguments.get("oldest") or "0"), str(arguments.get("latest") or "")
    inclusive = truth(arguments.get("inclusive"))
    try:
        low, high = float(oldest), float(latest or "inf")
    except ValueError:
        raise SlackError("invalid_ts_oldest" if latest else "invalid_ts_latest") from None
    return [
        one for one in messages if low < float(one.ts) < high or (inclusive and one.ts in (oldest, latest))
    ]


def replies(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """A parent and its replies, oldest first; the parent stands at the head of every first page."""
    channel = readable(workspace, caller, arguments)
    (ts,) = required(arguments, "ts")
    asked = workspace.messages[channel.id].get(ts)
    if asked is None or (asked.deleted and not asked.replies):
        raise SlackError("thread_not_found")
    everything = workspace.thread(channel.id, asked.thread)
    parents = [one for one in everything if not one.is_reply]
    chosen = parents + within([one for one in everything if one.is_reply], arguments)
    return listed(workspace, caller, chosen, arguments)


def history(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """What stands in the channel, newest first."""
    channel = readable(workspace, caller, arguments)
    chosen = within(workspace.history(channel.id), arguments)
    return listed(workspace, caller, list(reversed(chosen)), arguments, standard=100) | {"pin_count": 0}


def listed(
    workspace: Workspace, caller: Caller, messages: list[Message], arguments: Json, standard: int = 1000
) -> Json:
    some, metadata = page(messages, arguments, standard)
    with_metadata = truth(arguments.get("include_all_metadata"))
    team = caller.installation.team
    body: Json = {
        "ok": True,
        "messages": [message_json(workspace, m, metadata=with_metadata, for_team=team) for m in some],
        "has_more": bool(metadata["next_cursor"]),
    }
    return body | ({"response_metadata": metadata} if metadata["next_cursor"] else {})


def info(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    (channel_id,) = required(arguments, "channel")
    channel = visible_channel(workspace, caller, channel_id)
    caller.needs(READ[channel.kind])
    body = channel_json(workspace, caller, channel)
    if truth(arguments.get("include_num_members")):
        body["num_members"] = len(channel.members)
    return {"ok": True, "channel": body}


def list_channels(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Channels of the asked `types` in this workspace; with `mine` only those that `user` is in."""
    kinds = []
    for name in str(arguments.get("types") or "public_channel").split(","):
        if name.strip() not in TYPES:
            raise SlackError("invalid_types")
        kinds.append(TYPES[name.strip()])
        if kinds[-1] in READ:
            caller.needs(READ[kinds[-1]])
    user = arguments.get("user") or caller.installation.bot_user
    found = []
    for channel in workspace.channels.values():
        try:
            visible_channel(workspace, caller, channel.id)
        except SlackError:
            continue
        archived = channel.archived and truth(arguments.get("exclude_archived"))
        if channel.kind in kinds and not archived and (not arguments.get("mine") or user in channel.members):
            found.append(channel_json(workspace, caller, channel))
    some, metadata = page(found, arguments, 100)
    return {"ok": True, "channels": some, "response_metadata": metadata}


def users_conversations(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    return list_channels(workspace, caller, arguments | {"mine": True})


def members(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    (channel_id,) = required(arguments, "channel")
    channel = visible_channel(workspace, caller, channel_id)
    caller.needs(READ[channel.kind])
    some, metadata = page(sorted(channel.members), arguments, 100)
    return {"ok": True, "members": some, "response_metadata": metadata}


def open_dm(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Direct messages with one person of the own workspace."""
    users = [one for one in str(arguments.get("users") or "").split(",") if one]
    if arguments.get("channel"):
        channel = visible_channel(workspace, caller, arguments["channel"])
    elif len(users) != 1:
        raise SlackError("users_list_not_supplied" if not users else "not_enough_users")
    elif users[0] not in workspace.people or workspace.people[users[0]].team != caller.installation.team:
        raise SlackError("user_not_found")
    else:
        channel = workspace.dm(users[0])
    body = (
        channel_json(workspace, caller, channel) if truth(arguments.get("return_im")) else {"id": channel.id}
    )
    return {"ok": True, "no_op": True, "already_open": True, "channel": body}


def known(workspace: Workspace, caller: Caller, user: str) -> bool:
    """People of the own workspace, and those one shares a channel with."""
    person = workspace.people.get(user)
    if person is None:
        return False
    team = caller.installation.team
    return person.team == team or any(
        user in c.members and team in c.teams for c in workspace.channels.values()
    )


def user_info(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    (user,) = required(arguments, "user")
    for one in workspace.installations.values():
        if user == one.bot_user:
            return {"ok": True, "user": bot_user_json(workspace, one.bot_user, one.team)}
    if not known(workspace, caller, user):
        raise SlackError("user_not_found")
    return {"ok": True, "user": stranger_or_own(workspace, caller, user)}


def stranger_or_own(workspace: Workspace, caller: Caller, user: str) -> Json:
    """A user object; with someone of another organisation goes that they share a channel with us."""
    person = workspace.people[user]
    body = user_json(workspace, person, email=caller.has("users:read.email"))
    return body | ({"is_stranger": False} if person.team != caller.installation.team else {})


def bot_user_json(workspace: Workspace, user: str, team: str) -> Json:
    name = workspace.app.name
    profile = {"real_name": name, "display_name": name, "api_app_id": workspace.app.id, "always_active": True}
    return {"id": user, "team_id": team, "name": name, "real_name": name, "is_bot": True, "profile": profile}


def list_users(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    found = [
        stranger_or_own(workspace, caller, one) for one in workspace.people if known(workspace, caller, one)
    ]
    found.append(bot_user_json(workspace, caller.installation.bot_user, caller.installation.team))
    some, metadata = page(found, arguments, 1000)
    cache = int(workspace.clock().timestamp())
    return {"ok": True, "members": some, "cache_ts": cache, "response_metadata": metadata}


def team_info(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    team = workspace.teams.get(arguments.get("team") or caller.installation.team)
    if team is None:
        raise SlackError("team_not_found")
    domain = team.domain or team.name.lower().replace(" ", "-")
    return {"ok": True, "team": {"id": team.id, "name": team.name, "domain": domain, "email_domain": ""}}


PLACES = {
    "conversations.replies": Method(replies, ANY_HISTORY),
    "conversations.history": Method(history, ANY_HISTORY),
    "conversations.info": Method(info, ANY_READ),
    "conversations.list": Method(list_channels, ANY_READ),
    "conversations.members": Method(members, ANY_READ),
    "conversations.open": Method(open_dm, ("im:write",)),
    "users.conversations": Method(users_conversations, ANY_READ),
    "users.info": Method(user_info, ("users:read",)),
    "users.list": Method(list_users, ("users:read",)),
    "team.info": Method(team_info, ("team:read",)),
}
