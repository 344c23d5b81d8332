"""What the stores of both engines have in common: the queue of turns, waking, readiness."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic

from sqlalchemy import Engine

from referral_bot.errors import ReferralBotError, StoreUnavailable
from referral_bot.store import Result, Store, Transaction
from storage.encryption import derive
from storage.migrations import HEAD
from storage.transaction import SqlTransaction

UseCase = Callable[[SqlTransaction], Result]

CLOSED = "The program is stopping; nothing was kept. Try again in a moment."


@dataclass(eq=False)
class Turn(Generic[Result]):
    """A use case that waits for its transaction, and the future of what comes of it."""

    use_case: UseCase[Result]
    future: Future[Result]


@dataclass(frozen=True)
class Readiness:
    """Whether the store can serve, and how much is waiting to leave it."""

    reachable: bool
    migrated: bool
    waiting: int = 0
    """Rows of the outbox that have not been sent."""
    oldest: timedelta = timedelta(0)
    """How long the oldest of those that may leave has waited."""


def _readiness(tx: SqlTransaction, now: datetime) -> Readiness:
    if tx.revision() != HEAD:
        return Readiness(reachable=True, migrated=False)
    waiting, oldest = tx.outbox_depth(now)
    return Readiness(reachable=True, migrated=True, waiting=waiting, oldest=oldest)


class SqlStore(ABC):
    """The port's `Store`. `transact` may be called from any thread; use cases run on the store's own."""

    side_by_side = 1
    """How many use cases that work off a backlog may run at once and leave room for people's turns."""

    def __init__(self, engine: Engine, audit_key: bytes) -> None:
        self.engine = engine
        self.page_key = derive(audit_key, "page")
        """32 secret bytes to sign links with: the same in every process on this database, whatever
        the order of its keys, so that a link made by one replica opens at another."""
        self._queue: SimpleQueue[Turn[Any] | None] = SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._closed = False
        self._closing = threading.Lock()

    def transact(self, use_case: UseCase[Result]) -> Future[Result]:
        """Run `use_case` in a transaction; the future is done after the commit is on disk.

        If it raises, nothing of it is kept and the future raises the same. It may be run again from
        the start where the engine asks for it, so it must touch nothing but its transaction. The
        future raises StoreUnavailable where the database did not take it.
        """
        turn = Turn(use_case, Future[Result]())
        with self._closing:
            if self._closed:
                turn.future.set_exception(StoreUnavailable(CLOSED))
            else:
                self._queue.put(turn)
        return turn.future

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have `wake` called, on a thread of the store's, after something was committed to the outbox.

        On PostgreSQL by any replica. It may be called too often, and must return at once. What is
        returned ends it.
        """
        self._listeners.append(wake)

        def stop() -> None:
            with suppress(ValueError):
                self._listeners.remove(wake)

        return stop

    def _wake(self) -> None:
        for wake in tuple(self._listeners):
            with suppress(RuntimeError):  # the event loop that would have been woken has ended
                wake()

    def readiness(self, now: datetime, timeout: float = 2.0) -> Readiness:
        """What `/readyz` tells; blocks for at most `timeout` seconds."""
        try:
            return self.transact(lambda tx: _readiness(tx, now)).result(timeout)
        except (ReferralBotError, TimeoutError):
            return Readiness(reachable=False, migrated=False)

    def close(self) -> None:
        """Finish what is under way and let go of the files."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._stop()
        self.engine.dispose()

    @abstractmethod
    def _stop(self) -> None:
        """End the threads after everything that is queued."""


if TYPE_CHECKING:

    def _proof(store: SqlStore, transaction: SqlTransaction) -> tuple[Store, Transaction]:
        """Holds both to the core's port when types are checked."""
        return store, transaction
