"""What every method of the Web API has in common: the caller, scopes, arguments, pages of a list."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from aiohttp import web

from handlers.demo.model import Channel, Installation, Json, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

T = TypeVar("T")
READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read"}
HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history"}


@dataclass(frozen=True)
class Caller:
    """The app in one workspace, as its token says; without a token (`nobody`) for a few methods."""

    installed: Installation | None
    request: web.Request

    @classmethod
    def nobody(cls, request: web.Request) -> Caller:
        return cls(None, request)

    @property
    def installation(self) -> Installation:
        if self.installed is None:
            raise SlackError("not_authed")
        return self.installed

    def has(self, scope: str) -> bool:
        return scope in self.installation.scopes

    def needs(self, *scopes: str) -> None:
        """Raises: SlackError missing_scope unless the token holds one of these."""
        if not any(map(self.has, scopes)):
            provided = ",".join(sorted(self.installation.scopes))
            raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)


@dataclass(frozen=True)
class Method:
    """A method: what runs it, the scopes any one of which it needs, the kind of token it takes."""

    run: Callable[[Workspace, Caller, Json], Any]
    scopes: Sequence[str] = ()
    takes: Literal["bot", "app", "none"] = "bot"


def required(arguments: Json, *names: str) -> list[Any]:
    """Raises: SlackError invalid_arguments naming what is missing."""
    if missing := [name for name in names if arguments.get(name) in (None, "")]:
        messages = [f"[ERROR] missing required field: {name}" for name in missing]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    return [arguments[name] for name in names]


def truth(value: Any) -> bool:
    return value in (True, 1, "1", "true", "True")


def visible_channel(workspace: Workspace, caller: Caller, channel_id: str) -> Channel:
    """A channel that this installation can know of: of its workspace; if private, only as a member.

    Raises:
        SlackError: channel_not_found.
    """
    channel, installation = workspace.channel(channel_id), caller.installation
    member = installation.bot_user in channel.members
    if installation.team not in channel.teams or (channel.kind != "channel" and not member):
        raise SlackError("channel_not_found")
    return channel


def page(items: Sequence[T], arguments: Json, standard: int, most: int = 1000) -> tuple[list[T], Json]:
    """One page of a list by `limit` and `cursor`, and the response_metadata that leads on.

    Raises:
        SlackError: invalid_limit, invalid_cursor.
    """
    try:
        limit = int(arguments.get("limit") or standard)
        start = (
            int(base64.b64decode(arguments["cursor"]).removeprefix(b"next:"))
            if arguments.get("cursor")
            else 0
        )
    except ValueError:
        raise SlackError("invalid_cursor" if arguments.get("cursor") else "invalid_limit") from None
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": following}
