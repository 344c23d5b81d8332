"""What happened last, in words: for people who read a failed test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

LINES = 12
WIDTH = 300


def story(workspace: Workspace) -> str:
    """The last messages and the last requests, both ways."""
    said = sorted(workspace.every_message(), key=lambda message: message.ts)[-LINES:]
    told = [f"{one.channel} {one.user}: {one.plain[:WIDTH]!r}" for one in said]
    asked = [
        f"{one.way} {one.name} {one.status} {str(one.answer)[:WIDTH]}" for one in workspace.calls[-LINES:]
    ]
    return "\n".join(["Said:", *told, "Requests:", *asked])
