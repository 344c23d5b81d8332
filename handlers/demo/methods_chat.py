"""chat.* and reactions.add. Source: https://docs.slack.dev/reference/methods/chat.postMessage and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.demo.blockkit import MOST_TEXT, validate_message
from handlers.demo.events import message_json
from handlers.demo.methods import Caller, Method, required, truth, visible_channel
from handlers.demo.modals import with_ids
from handlers.demo.model import Channel, Json, Message, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace


def post_message(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    channel = postable(workspace, caller, arguments)
    check_content(arguments)
    check_thread(workspace, channel, arguments)
    if workspace.rate_limit and (wait := workspace.rate_limit.wait(channel.id, workspace.monotonic())):
        raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})
    message = workspace.post(new_message(workspace, caller, channel, arguments))
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(workspace, message, metadata=True),
    }


def post_ephemeral(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    channel = postable(workspace, caller, arguments)
    (user,) = required(arguments, "user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    check_content(arguments)
    check_thread(workspace, channel, arguments)
    message = new_message(workspace, caller, channel, arguments)
    message.only_for = user
    workspace.whisper(message)
    return {"ok": True, "message_ts": message.ts}


def update(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    """Blocks stay only if neither `blocks` nor `text` is given; only a message without is marked edited."""
    channel_id, ts = required(arguments, "channel", "ts")
    channel = visible_channel(workspace, caller, channel_id)
    if channel.archived:
        raise SlackError("is_archived")
    message = own_message(workspace, caller, channel, ts, "cant_update_message")
    text, blocks = arguments.get("text"), arguments.get("blocks")
    if text is None and blocks is None and arguments.get("metadata") is None:
        raise SlackError("no_text")
    new_blocks = blocks if blocks is not None else ([] if text is not None else message.blocks)
    new_text = text if text is not None else message.text
    metadata = arguments.get("metadata")
    check_content({"text": new_text, "blocks": new_blocks, "metadata": metadata})
    new_blocks = with_ids(workspace, new_blocks)
    kept = message.metadata if metadata is None else (metadata or None)
    workspace.edit(
        message,
        by=caller.installation.bot_user,
        mark=not new_blocks,
        text=new_text,
        blocks=new_blocks,
        metadata=kept,
    )
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(workspace, message, metadata=True),
    }


def delete(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    channel_id, ts = required(arguments, "channel", "ts")
    channel = visible_channel(workspace, caller, channel_id)
    workspace.remove(own_message(workspace, caller, channel, ts, "cant_delete_message"))
    return {"ok": True, "channel": channel.id, "ts": ts}


def permalink(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    channel_id, ts = required(arguments, "channel", "message_ts")
    channel = visible_channel(workspace, caller, channel_id)
    message = workspace.message(channel.id, ts)
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    link = f"{workspace.url}/archives/{channel.id}/p{ts.replace('.', '')}{thread}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def add_reaction(workspace: Workspace, caller: Caller, arguments: Json) -> Json:
    channel_id, ts, name = required(arguments, "channel", "timestamp", "name")
    channel = visible_channel(workspace, caller, channel_id)
    message = workspace.message(channel.id, ts)
    who = message.reactions.setdefault(name.strip(":"), [])
    if caller.installation.bot_user in who:
        raise SlackError("already_reacted")
    who.append(caller.installation.bot_user)
    workspace.reacted(message)
    return {"ok": True}


CHAT = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(permalink),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
}


# --- Checks ------------------------------------------------------------------------------------------


def postable(workspace: Workspace, caller: Caller, arguments: Json) -> Channel:
    """Where to post: a channel the app is in (or may post to from outside), or a person's direct messages.

    Raises:
        SlackError: channel_not_found, not_in_channel, is_archived.
    """
    (channel_id,) = required(arguments, "channel")
    if channel_id in workspace.people:
        if workspace.people[channel_id].team != caller.installation.team:
            raise SlackError("channel_not_found")
        channel_id = workspace.dm(channel_id).id
    channel = visible_channel(workspace, caller, channel_id)
    if caller.installation.bot_user not in channel.members and not caller.has("chat:write.public"):
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def check_content(arguments: Json) -> None:
    """Raises: SlackError no_text, msg_too_long, invalid_blocks, invalid_blocks_format, invalid_metadata_…."""
    text, blocks = arguments.get("text"), arguments.get("blocks")
    if not text and not blocks and not arguments.get("attachments"):
        raise SlackError("no_text")
    if text and len(str(text)) > MOST_TEXT:
        raise SlackError("msg_too_long")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = validate_message(arguments)
    if any("/metadata" in problem for problem in problems):
        raise SlackError("invalid_metadata_format", response_metadata={"messages": problems})
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})


def check_thread(workspace: Workspace, channel: Channel, arguments: Json) -> None:
    """Raises: SlackError thread_not_found, or cannot_reply_to_message for a reply's own timestamp."""
    ts = arguments.get("thread_ts")
    if not ts:
        return
    parent = workspace.messages[channel.id].get(ts)
    if parent is None or parent.deleted:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        raise SlackError("cannot_reply_to_message")


def new_message(workspace: Workspace, caller: Caller, channel: Channel, arguments: Json) -> Message:
    return Message(
        ts=workspace.next_ts(),
        channel=channel.id,
        user=caller.installation.bot_user,
        team=caller.installation.team,
        bot=caller.installation.bot,
        text=arguments.get("text") or "",
        blocks=with_ids(workspace, arguments.get("blocks") or []),
        attachments=arguments.get("attachments") or [],
        thread_ts=arguments.get("thread_ts") or None,
        metadata=arguments.get("metadata") or None,
        broadcast=bool(arguments.get("thread_ts")) and truth(arguments.get("reply_broadcast")),
    )


def own_message(workspace: Workspace, caller: Caller, channel: Channel, ts: str, otherwise: str) -> Message:
    message = workspace.message(channel.id, ts)
    if message.bot != caller.installation.bot:
        raise SlackError(otherwise)
    return message
