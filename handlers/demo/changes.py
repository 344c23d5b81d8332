"""How those who wait or watch learn that something in the workspace changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from handlers.demo.model import Message, View

What = Literal["message", "update", "delete", "ephemeral", "view", "home", "channel", "request", "clock"]


@dataclass(frozen=True)
class Change:
    """Something changed.

    `action` goes with views ("open", "push", "update", "close"); `user` is the one person concerned, if it is
    only one; `view` is what stands before that person now, if anything.
    """

    what: What
    channel: str | None = None
    message: Message | None = None
    user: str | None = None
    view: View | None = None
    action: str = ""


class Watchers:
    """Everyone who watches has a queue."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Change]] = set()

    @contextmanager
    def queue(self) -> Iterator[asyncio.Queue[Change]]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def tell(self, change: Change) -> None:
        for queue in self._queues:
            queue.put_nowait(change)
