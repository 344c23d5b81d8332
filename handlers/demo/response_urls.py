"""The addresses at which an app may answer an interaction for thirty minutes, five times.

Source: https://docs.slack.dev/interactivity/handling-user-interaction (message responses).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.demo.blockkit import validate_message
from handlers.demo.modals import with_ids
from handlers.demo.model import Channel, Installation, Json, Message, SlackError

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

SECONDS = 30 * 60.0
USES = 5


@dataclass
class ResponseUrl:
    """Where an answer goes; `source` is the message that was pressed, None for a slash command."""

    user: str
    channel: str
    team: str
    expires: float
    source: Message | None
    uses: int = 0


class ResponseUrls:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.open: dict[str, ResponseUrl] = {}

    def new(
        self, user: str, channel: Channel, installation: Installation, source: Message | None = None
    ) -> str:
        key = self.workspace.next_id("R")
        expires = self.workspace.monotonic() + SECONDS
        self.open[key] = ResponseUrl(user, channel.id, installation.team, expires, source)
        return f"{self.workspace.url}/response/{installation.team}/{key}"

    def use(self, key: str, payload: Json) -> None:
        """Carries out one answer.

        Raises:
            SlackError: expired_url or used_url (404, as Slack answers), invalid_blocks, no_text.
        """
        target = self.open.get(key)
        if target is None or self.workspace.monotonic() > target.expires:
            raise SlackError("expired_url", status=404)
        if target.uses >= USES:
            raise SlackError("used_url", status=404)
        target.uses += 1
        self.answer(target, payload)

    def answer(self, target: ResponseUrl, payload: Json) -> None:
        source = target.source
        if payload.get("delete_original"):
            if source and not source.deleted:
                self.workspace.remove(source)
            return
        if problems := validate_message(payload):
            code = "no_text" if "no text" in problems[0] else "invalid_blocks"
            raise SlackError(code, status=400, response_metadata={"messages": problems})
        if payload.get("replace_original") and source and not source.deleted:
            blocks = with_ids(self.workspace, payload.get("blocks") or [])
            self.workspace.edit(
                source, by=source.user, mark=not blocks, text=payload.get("text") or "", blocks=blocks
            )
            return
        self.say(target, payload)

    def say(self, target: ResponseUrl, payload: Json) -> None:
        """A new message in the channel, or one that only the person sees (the default)."""
        installation = self.workspace.installations[target.team]
        thread_ts = payload.get("thread_ts")
        if thread_ts is None and target.source and target.source.is_reply:
            thread_ts = target.source.thread_ts
        message = Message(
            ts=self.workspace.next_ts(),
            channel=target.channel,
            user=installation.bot_user,
            team=installation.team,
            bot=installation.bot,
            text=payload.get("text") or "",
            blocks=with_ids(self.workspace, payload.get("blocks") or []),
            thread_ts=thread_ts,
            metadata=payload.get("metadata"),
        )
        if payload.get("response_type") == "in_channel":
            self.workspace.post(message)
        else:
            message.only_for = target.user
            self.workspace.whisper(message)
