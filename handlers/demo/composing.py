"""What a person's own client makes of what they type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.demo.model import Json, Person

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(workspace: Workspace, person: Person, text: str) -> str:
    """What was typed, as Slack stores it: `&`, `<` and `>` escaped, names turned into mentions."""
    users = {one.bot_user for one in workspace.installations.values()} | set(workspace.people)
    installation = workspace.installations.get(person.team) or workspace.installations[workspace.team.id]
    names = {one.name.lower(): one.id for one in workspace.people.values()}
    names[workspace.app.name.lower()] = installation.bot_user
    named = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    def piece(match: re.Match[str]) -> str:
        user, channel, name, mark = match.groups()
        if user:
            return f"<@{user}>" if user in users else escaped(match[0])
        if channel:
            return f"<#{channel}>"
        if name:
            return f"<@{names[name.lower()]}>"
        return escaped(mark)

    return re.sub(rf"<@(\w+)>|<#(\w+)>|@({named})\b|([&<>])", piece, text, flags=re.IGNORECASE)


def rich_text(block_id: str, text: str) -> Json:
    """The block that Slack's own client sends along with a typed text."""
    elements: list[Json] = []
    for piece in re.split(r"(<@\w+>|<#\w+>)", text):
        if piece.startswith("<@"):
            elements.append({"type": "user", "user_id": piece[2:-1]})
        elif piece.startswith("<#"):
            elements.append({"type": "channel", "channel_id": piece[2:-1]})
        elif piece:
            plain = piece.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            elements.append({"type": "text", "text": plain})
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }
