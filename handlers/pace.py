"""How fast messages may go into one channel of a platform."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """What a platform's limit on messages counts by."""

    platform: str
    tenant: str
    channel: str


class Pace:
    """About `rate` messages a second to a channel, with a burst of `burst`. Times are real seconds.

    Every row gets one turn and keeps it, also if it has to be put back and comes again. Any thread may ask.
    """

    def __init__(
        self, rate: float = 1.0, burst: int = 5, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = 1.0 / rate
        self._slack = self._gap * (burst - 1)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next: dict[Channel, float] = {}
        """When the channel would be free again if nothing ever came in a burst."""
        self._turns: dict[Channel, dict[str, float]] = {}

    def wait(self, channel: Channel, row_id: str) -> float:
        """Seconds until this row's turn in its channel; 0 or less is now."""
        with self._lock:
            now = self._monotonic()
            turns = self._turns.setdefault(channel, {})
            if row_id not in turns:
                free = max(self._next.get(channel, now), now)
                turns[row_id] = free - self._slack
                self._next[channel] = free + self._gap
            return turns[row_id] - now

    def done(self, channel: Channel, row_id: str) -> None:
        """Forget a row's turn, which was used."""
        with self._lock:
            turns = self._turns.get(channel, {})
            turns.pop(row_id, None)
            if not turns:
                self._turns.pop(channel, None)
            if self._next.get(channel, 0.0) <= self._monotonic():
                self._next.pop(channel, None)

    def pause(self, channel: Channel, seconds: float) -> None:
        """Let nothing into the channel for a while; whoever waits draws a new turn after it."""
        with self._lock:
            self._turns.pop(channel, None)
            # No burst after a pause: the platform has just said that it was too much.
            self._next[channel] = self._monotonic() + seconds + self._slack
