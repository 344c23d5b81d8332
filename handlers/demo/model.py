"""What a workspace holds: teams, people, channels, messages, files, views, installations.

Ids look like Slack's (T…, U…, C…, D…, F…, V…); times are Slack's timestamps ("1764000000.000100",
seconds since 1970 in UTC with six places), unique in a workspace.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im"]


class SlackError(Exception):
    """An answer with `ok: false`: Slack's error code and what goes with it.

    Args:
        code: as Slack documents it for the method, e.g. "channel_not_found".
        status: the HTTP status, 200 for all but rate limits and the like.
    """

    def __init__(
        self, code: str, *, status: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.headers, self.more = code, status, headers or {}, more


class NotPossible(Exception):
    """What a real client would not let this person do; says why."""


@dataclass(frozen=True)
class Team:
    """One Slack workspace of one organisation."""

    id: str
    name: str
    domain: str = ""


@dataclass
class Person:
    """Somebody with an account; `team` is the id of their own workspace, `title` what their profile says.

    `side` and `color` are for the page only; `playable` says whether a visitor may be them.
    """

    id: str
    name: str
    team: str = ""
    title: str = ""
    email: str = ""
    zone: str = "America/Chicago"
    side: str = ""
    color: str = ""
    playable: bool = True
    is_admin: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")


@dataclass
class Channel:
    """A conversation. `team` hosts it; `connected` teams share it (Slack Connect), under own `names`."""

    id: str
    name: str = ""
    members: set[str] = field(default_factory=set)
    kind: Kind = "channel"
    team: str = ""
    connected: Sequence[str] = ()
    names: dict[str, str] = field(default_factory=dict)
    topic: str = ""
    archived: bool = False
    created: int = 0

    @property
    def external(self) -> bool:
        return any(team != self.team for team in self.connected)

    @property
    def teams(self) -> list[str]:
        return [self.team, *(team for team in self.connected if team != self.team)]

    def name_in(self, team: str) -> str:
        return self.names.get(team, self.name)


@dataclass
class Installation:
    """The app in one workspace: its token and the user that it is there."""

    team: str
    token: str
    bot_user: str
    bot: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass
class File:
    """A file as uploaded; `shared` are the channels that it was posted to."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    user: str
    team: str
    created: int
    shared: set[str] = field(default_factory=set)
    complete: bool = True

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else "text"


@dataclass
class Message:
    """A message, or an ephemeral one if `only_for` names the one person who sees it."""

    ts: str
    channel: str
    user: str
    team: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    files: list[File] = field(default_factory=list)
    metadata: Json | None = None
    bot: str | None = None
    client_msg_id: str | None = None
    only_for: str | None = None
    broadcast: bool = False
    edited: str | None = None
    edited_by: str | None = None
    deleted: bool = False
    replies: list[str] = field(default_factory=list)
    repliers: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(float(self.ts), UTC)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def thread(self) -> str:
        """The timestamp of the thread that this message is in or would start."""
        return self.thread_ts or self.ts

    @property
    def plain(self) -> str:
        """All that a person reads in it: the blocks' texts and buttons, or the text where there are none."""
        return "\n".join(texts(self.blocks)) if self.blocks and self.bot else self.text

    def __contains__(self, words: str) -> bool:
        return words in self.plain

    def snapshot(self) -> Message:
        """As it stands now: what somebody still sees whose screen has not caught up."""
        return replace(self)


@dataclass
class View:
    """A modal or a home tab as one person has it before them.

    `state` is {block_id: {action_id: Slack's state value}}; `team` is the workspace the app is installed in;
    `errors` are those of the last submission, {block_id: sentence}.
    """

    id: str
    user: str
    team: str
    user_team: str
    bot: str
    app: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id") or "")

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def plain(self) -> str:
        """All that a person reads in it."""
        return "\n".join([self.title, *texts(self.blocks), *self.errors.values()])

    def __contains__(self, words: str) -> bool:
        return words in self.plain

    def as_slack(self) -> Json:
        """The view object as Slack's API and payloads give it."""
        content = self.content
        body: Json = {
            "id": self.id,
            "team_id": self.team,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": content.get("private_metadata") or "",
            "callback_id": self.callback_id,
            "state": {"values": copy.deepcopy(self.state)},
            "hash": self.hash,
            "title": content.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(content.get("clear_on_close")),
            "notify_on_close": bool(content.get("notify_on_close")),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": self.app,
            "external_id": content.get("external_id") or "",
            "app_installed_team_id": self.team,
            "bot_id": self.bot,
        }
        return body


def texts(value: Any) -> list[str]:
    """Every text that a person reads in blocks, in order: text objects, rich text, alternative texts."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if not isinstance(value, dict):
        return []
    if value.get("type") in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
        return ["".join(filter(None, map(rich_piece, value.get("elements", []))))]
    found = [value["text"]] if isinstance(value.get("text"), str) else []
    for key, inner in value.items():
        if key == "alt_text":
            found.append(inner)
        elif key not in ("confirm", "initial_option", "initial_options"):
            found += texts(inner)
    return found


def rich_piece(element: Json) -> str:
    kind = element.get("type")
    if kind == "user":
        return f"<@{element['user_id']}>"
    if kind == "emoji":
        return f":{element['name']}:"
    return str(element.get("text") or element.get("url") or element.get("fallback") or "")
