"""What runs in a server's process: `referral-bot serve`, with a test's conditions imposed on it.

The conditions shorten what would make a test wait (leases, time-outs), let messages out without a
pause, and end the process at a named point with the signal that cannot be caught.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import handlers.app
import handlers.delivery
from handlers import cli
from handlers.pace import Pace
from handlers.slack.sender import SlackSender
from referral_bot.desk import delivery as core

POINTS = ("before_send", "after_accept", "before_mark", "in_mark", "after_mark")
"""Where a process can be told to die, in the order in which a message passes them."""


@dataclass(frozen=True)
class Conditions:
    """How a server differs from one in production."""

    lease: float = 1.0
    """Seconds."""
    send: float = 0.8
    """Seconds that an attempt to deliver may take."""
    ahead: float = 0.0
    """Seconds by which its clock is ahead of the machine's."""
    die_at: str = ""
    """One of `POINTS`."""
    die_after: int = 0
    """How many messages pass that point before."""


def main(environment: dict[str, str], folder: str, log: Connection, conditions: Conditions) -> None:
    """Serve in this process until it ends; what it logs goes to `log`."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.dup2(log.fileno(), 2)
    _impose(conditions)
    code = cli.run(["serve"])
    log.close()
    os._exit(code)  # as an interpreter does that has nothing left to run


def _impose(conditions: Conditions) -> None:
    ahead = timedelta(seconds=conditions.ahead)

    class AheadClock:
        def now(self) -> datetime:
            return datetime.now(UTC) + ahead

    patched: Any = handlers.delivery
    patched.LEASE = timedelta(seconds=conditions.lease)
    patched.SEND_SECONDS = conditions.send
    patched.Pace = partial(Pace, rate=1e6, burst=1000)
    patched.FIRST_RETRY_SECONDS = 0.1
    patched.LAST_RETRY_SECONDS = 2.0
    patched_app: Any = handlers.app
    patched_app.SystemClock = AheadClock
    if conditions.die_at:
        _arm(conditions.die_at, _Fuse(conditions.die_after))


class _Fuse:
    """Kills the process the first time that it is reached after `spared` times."""

    def __init__(self, spared: int) -> None:
        self._spared = spared

    def reached(self) -> None:
        if self._spared == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._spared -= 1


def _arm(point: str, fuse: _Fuse) -> None:
    sender: Any = SlackSender
    desk: Any = core
    worker: Any = handlers.delivery.DeliveryWorker
    match point:
        case "before_send":
            sender.send = _before(sender.send, fuse)
        case "after_accept":
            sender._post = _after(sender._post, fuse)
        case "before_mark":
            worker._settle = _before(worker._settle, fuse)
        case "in_mark":
            desk.delivered = _after_plain(desk.delivered, fuse)
        case "after_mark":
            worker._settle = _after(worker._settle, fuse)
        case _:
            raise ValueError(point)


def _before(passed: Callable[..., Any], fuse: _Fuse) -> Callable[..., Any]:
    async def call(*arguments: Any) -> Any:
        fuse.reached()
        return await passed(*arguments)

    return call


def _after(passed: Callable[..., Any], fuse: _Fuse) -> Callable[..., Any]:
    async def call(*arguments: Any) -> Any:
        result = await passed(*arguments)
        fuse.reached()
        return result

    return call


def _after_plain(passed: Callable[..., Any], fuse: _Fuse) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        passed(*arguments)
        fuse.reached()

    return call
