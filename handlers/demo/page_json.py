"""What the demo's page is told: people, channels, messages, frames. `PAGE_API.md` is the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.demo.changes import Change
from handlers.demo.model import Channel, File, Json, Message, Person, View

if TYPE_CHECKING:
    from handlers.demo.people import Player
    from handlers.demo.workspace import Workspace


class Reader:
    """The page as one person sees it; `read` keeps the newest timestamp read, by person and channel."""

    def __init__(self, workspace: Workspace, player: Player, read: dict[tuple[str, str], str]) -> None:
        self.workspace, self.player, self.read = workspace, player, read

    # --- Shapes ----------------------------------------------------------------------------------

    def me(self) -> Json:
        person = self.player.me
        return person_json(self.workspace, person) | {"team": self.workspace.teams[person.team].name}

    def channels(self) -> list[Json]:
        return [self.channel(one) for one in self.player.channels]

    def channel(self, channel: Channel) -> Json:
        direct = channel.kind == "im"
        return {
            "id": channel.id,
            "name": self.workspace.app.name if direct else channel.name_in(self.player.me.team),
            "kind": "dm" if direct else "channel",
            "unread": self.unread(channel.id),
            "topic": channel.topic,
            "external": channel.external,
            "archived": channel.archived,
            "members": sorted(channel.members),
        }

    def unread(self, channel: str) -> int:
        """Messages of others in the channel itself since it was last read."""
        since = self.read.get((self.player.id, channel), "")
        messages = self.workspace.history(channel)
        return sum(one.ts > since and one.user != self.player.id for one in messages)

    def mark_read(self, channel: str) -> None:
        messages = self.workspace.history(channel)
        self.read[self.player.id, channel] = messages[-1].ts if messages else ""

    def message(self, message: Message) -> Json:
        person = self.workspace.people.get(message.user)
        elsewhere = message.team != self.player.me.team
        return {
            "ts": message.ts,
            "channel": message.channel,
            "user": message.user,
            "bot": message.bot is not None,
            "name": self.workspace.name_of(message.user),
            "team": self.workspace.teams[message.team].name if elsewhere and person else None,
            "time": message.time.isoformat().replace("+00:00", "Z"),
            "text": message.text,
            "blocks": message.blocks if message.bot else [],
            "thread_ts": message.thread_ts,
            "reply_count": len(message.replies),
            "reply_users": message.repliers,
            "latest_reply": message.replies[-1] if message.replies else None,
            "files": [file_json(file) for file in message.files],
            "edited": message.edited is not None,
            "ephemeral": message.ephemeral,
            "deleted": message.deleted,
            "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
            "metadata": message.metadata,
        }

    # --- Frames ----------------------------------------------------------------------------------

    def frames(self, change: Change) -> Iterator[Json]:
        """What a change means for this person; nothing if they can't see it."""
        if change.what in ("view", "home"):
            if change.user == self.player.id:
                yield {"type": change.what, "action": change.action, "view": view_json(change.view)}
        elif change.channel and self.player.id in self.workspace.channels[change.channel].members:
            channel = self.workspace.channels[change.channel]
            if change.what == "channel":
                yield {"type": "channel", "channel": self.channel(channel)}
            elif change.message and change.message.only_for in (None, self.player.id):
                yield from self.message_frames(change.what, channel, change.message)

    def message_frames(self, what: str, channel: Channel, message: Message) -> Iterator[Json]:
        if what == "delete":
            yield {
                "type": "delete",
                "channel": channel.id,
                "ts": message.ts,
                "ephemeral": message.ephemeral,
            }
            return
        yield {"type": what, "channel": channel.id, "message": self.message(message)}
        if what == "message" and message.user != self.player.id:
            if not message.is_reply or message.broadcast:
                yield {"type": "unread", "channel": channel.id, "unread": self.unread(channel.id)}
            if self.concerns(channel, message):
                text = readable(self.workspace, message.text) or "sent a file"
                name = self.workspace.name_of(message.user)
                yield {"type": "notify", "channel": channel.id, "name": name, "text": text[:200]}

    def concerns(self, channel: Channel, message: Message) -> bool:
        """Whether a phone would ring: direct messages, mentions, and threads that one is part of."""
        if channel.kind == "im" or f"<@{self.player.id}>" in message.text + message.plain:
            return True
        thread = self.workspace.thread(channel.id, message.thread) if message.is_reply else []
        return any(one.user == self.player.id for one in thread)


def person_json(workspace: Workspace, person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "side": person.side,
        "color": person.color,
        "team": workspace.teams[person.team].name,
        "playable": person.playable,
    }


def bot_json(workspace: Workspace) -> Json:
    bot = workspace.installations[workspace.team.id].bot_user
    return {"id": bot, "name": workspace.app.name, "mention": f"@{workspace.app.name}"}


def view_json(view: View | None) -> Json | None:
    return view.as_slack() | {"errors": view.errors} if view else None


def file_json(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "url": f"/page/file/{file.id}",
    }


def iso(moment: datetime) -> str:
    return moment.isoformat()


def readable(workspace: Workspace, text: str) -> str:
    """Slack's mrkdwn as a notification shows it: names for mentions, labels for links, no escapes."""
    text = re.sub(r"<@(\w+)>", lambda match: "@" + workspace.name_of(match[1]), text)
    text = re.sub(r"<[^>|]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<([^>]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
