"""The store on PostgreSQL: a few threads, each with a connection of its own, the same use cases.

Any number of processes may share the database. Transactions run at READ COMMITTED: what must not
happen twice is held by unique indexes, by the versions records are saved with, and by the lock on a
provider's time. Where the engine asks for it (two transactions in each other's way, a connection
that broke before the commit was sent), a use case runs again from its start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, cast

import psycopg
from psycopg import errors
from sqlalchemy import Engine, PoolProxiedConnection, String, bindparam, create_engine, event, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from referral_bot.errors import Stale, StoreUnavailable
from referral_bot.store import Result
from storage.audit import Chain, Head
from storage.bell import Bell
from storage.encryption import KeyRing
from storage.memo import DirectoryMemo
from storage.prepared import PreparedCursor
from storage.statements import Statement
from storage.store import SqlStore, Turn
from storage.transaction import SqlTransaction
from storage.work import Connection

POOL_SIZE = 8
"""Connections, and threads, that run turns."""
_CONNECT_SECONDS = 5
_LOCK_MILLISECONDS = 2000
"""How long to wait for another transaction: a chat platform waits three seconds in all."""

_TRIES = 8
_PAUSE_SECONDS = 0.02
"""Before the first repetition where the connection broke; doubled before each further one."""

_COUNTED_AT_ONCE = frozenset(
    {
        "ix_event_subject_id_seq",
        "ix_outbox_lane_seq",
        "ix_promise_subject_id_position",
        "ix_document_subject_id_position",
        "ix_appointment_takes_time",
        "uq_referral_reference",
    }
)
"""Unique indexes of numbers and times that two transactions may have found free at once."""

_LOCK = Statement(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=String()), 0)))
)

_AWAY = "The database cannot be reached: nothing was kept. Try again in a moment."
_UNKNOWN = "The database went away while this was being kept. Look whether it was before you try again."
_CONTENDED = "Too many others are at this just now: nothing was kept. Try again in a moment."
_LOCKED = "The database is locked by another program: nothing was kept. Try again in a moment."
_FULL = "The database's disk is full: nothing was kept. Make room and try again."
_SENTENCES: dict[type[BaseException], str] = {
    errors.DiskFull: _FULL,
    errors.LockNotAvailable: _LOCKED,
    errors.SerializationFailure: _CONTENDED,
    errors.DeadlockDetected: _CONTENDED,
}


_SHUT_DOWN = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow)


def engine_for(url: URL, pool_size: int = POOL_SIZE) -> Engine:
    """An engine with a connection for each thread, and a few for listening and for upgrades."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        paramstyle="format",
        pool_size=pool_size,
        max_overflow=4,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(f"SET lock_timeout = {_LOCK_MILLISECONDS}")
        connection.commit()

    return engine


class PostgresTransaction(SqlTransaction):
    """A transaction beside others. `contended` is one that has been in another's way already."""

    def __init__(self, connection: Connection, contended: bool) -> None:
        super().__init__(connection)
        self._contended = contended

    def lock_provider(self, provider_key: str) -> None:
        """Keep every other transaction from taking this provider's time until this one ends."""
        self._run(_LOCK, name=f"provider {provider_key}")

    def _hold_scope(self, table: str, scope: str) -> None:
        """Wait in line for the next number of a scope, but only once it is known that there is a line."""
        if self._contended:
            self._run(_LOCK, name=f"{table} {scope}")


class _MayBeKept(Exception):
    """The connection broke while the commit was on its way."""


@dataclass
class _Seat:
    """A thread's connection. A new one begins an audit chain of its own."""

    pooled: PoolProxiedConnection
    driver: psycopg.Connection[Any]
    connection: Connection
    _head: Head | None = None

    def run(self, turn: Turn[Result], contended: bool) -> tuple[Result, bool]:
        """Run a turn and commit it; its result, and whether it wrote to the outbox."""
        self._head = self.connection.chain.head
        transaction = PostgresTransaction(self.connection, contended)
        try:
            result = turn.use_case(transaction)
            transaction.flush()
        except BaseException:
            transaction.undone()
            raise
        try:
            self.driver.commit()
        except psycopg.Error as error:
            if not _is_away(error):
                raise
            self.pooled.invalidate()
            raise _MayBeKept from error
        return result, transaction.wrote_outbox

    def undo(self) -> bool:
        """Roll back; whether the connection still serves."""
        self.connection.chain.head = self._head
        with suppress(psycopg.Error):
            self.driver.rollback()
        if self.driver.closed:
            self.pooled.invalidate()
        return not self.driver.closed


class PostgresStore(SqlStore):
    """The port's `Store` in a PostgreSQL database."""

    def __init__(
        self, engine: Engine, ring: KeyRing, audit_key: bytes, random: Random, pool_size: int = POOL_SIZE
    ) -> None:
        super().__init__(engine, audit_key)
        self._ring = ring
        self._audit_key = audit_key
        self._random = random
        self._memo = DirectoryMemo()
        self.side_by_side = max(1, pool_size // 2)
        self._bell = Bell(engine, self._wake)
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"store-{number}", daemon=True)
            for number in range(pool_size)
        ]
        for thread in self._threads:
            thread.start()

    def _stop(self) -> None:
        self._ending.set()
        self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._bell.stop()

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have `wake` called after any replica committed something to the outbox: see `SqlStore.listen`."""
        stop = super().listen(wake)
        self._bell.listen()
        return stop

    # -- the threads

    def _work(self) -> None:
        seat: _Seat | None = None
        while (turn := self._queue.get()) is not None:
            if turn.future.set_running_or_notify_cancel():
                seat = self._settle(turn, seat)
        self._queue.put(None)  # for the next thread
        if seat is not None:
            seat.pooled.close()

    def _settle(self, turn: Turn[Any], seat: _Seat | None) -> _Seat | None:
        """Run a turn until it is committed, has raised, or has been tried often enough; the seat after it."""
        for attempt in range(_TRIES):
            try:
                seat = seat or self._take_seat()
                result, wakes = seat.run(turn, contended=attempt > 0)
            except _MayBeKept as error:
                turn.future.set_exception(_unavailable(error.__cause__, _UNKNOWN))
                return None
            except (psycopg.Error, DBAPIError, Stale) as error:
                seat = seat if seat and seat.undo() else None
                reason = error.orig if isinstance(error, DBAPIError) else error
                if attempt + 1 == _TRIES or not _passes(reason):
                    turn.future.set_exception(_told(reason))
                    return seat
                if _is_away(reason):
                    self._ending.wait(_PAUSE_SECONDS * 2**attempt)
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's to see
                turn.future.set_exception(error)
                return seat if seat and seat.undo() else None
            else:
                turn.future.set_result(result)
                if wakes:
                    self._wake()
                    self._bell.ring()
                return seat
        return seat

    def _take_seat(self) -> _Seat:
        pooled = self.engine.raw_connection()
        driver = cast("psycopg.Connection[Any]", pooled.driver_connection)
        connection = Connection(
            cursor=PreparedCursor(driver),
            dialect=self.engine.dialect,
            ring=self._ring,
            random=self._random,
            chain=Chain(f"{self._random.getrandbits(64):016x}", self._audit_key),
            memo=self._memo,
        )
        return _Seat(pooled, driver, connection)


def _passes(error: BaseException | None) -> bool:
    """Whether what went wrong may be over when the use case runs again."""
    if isinstance(error, errors.UniqueViolation):
        return error.diag.constraint_name in _COUNTED_AT_ONCE
    if isinstance(error, errors.SerializationFailure | errors.DeadlockDetected | Stale):
        return True  # somebody else was quicker: decide again on what is true now
    return _is_away(error)


def _is_away(error: BaseException | None) -> bool:
    """Whether the connection broke, or there was none to be had."""
    if isinstance(error, (psycopg.InterfaceError, *_SHUT_DOWN)):
        return True
    return isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def _told(error: BaseException | None) -> BaseException:
    """What the caller is told of an error of the engine; what is a bug stays as it is."""
    if isinstance(error, errors.UniqueViolation) and _passes(error):
        return _unavailable(error, _CONTENDED)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _unavailable(error, _SENTENCES.get(type(error), _AWAY))
    return error or StoreUnavailable(_AWAY)


def _unavailable(error: BaseException | None, sentence: str) -> StoreUnavailable:
    unavailable = StoreUnavailable(sentence)
    unavailable.__cause__ = error
    return unavailable
