"""The store on SQLite: one connection writes, in one thread, several turns to a commit.

A commit with full sync costs the same for one turn as for many. While one is on its way to the disk
the next turns queue up, and then go together, each under a savepoint of its own so that one that
fails spoils no other. An idle store commits a lone turn at once.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from random import Random
from typing import Any, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool, StaticPool

from referral_bot.errors import StoreUnavailable
from storage.audit import Chain
from storage.encryption import KeyRing
from storage.memo import DirectoryMemo
from storage.statements import Group
from storage.store import SqlStore, Turn
from storage.transaction import SqlTransaction
from storage.work import Connection

_GROUP = 64
"""Turns to a commit at most: what one has to wait for the others' work."""
_CHAIN = "main"
_LOCK_SECONDS = 1.0
"""How long another process may keep the file locked: a turn may wait twice, and Slack waits three seconds."""

_STATEMENTS = 512
"""More than the store has, so that none is prepared twice."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
)

_LOCKED = "The database is locked by another program: nothing was kept. Try again in a moment."
_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full: nothing was kept. Make room and try again.",
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
}
_FAILING = "The database could not be written: nothing was kept. Try again in a moment."
_PRIMARY = 0xFF
"""Extended result codes carry the primary one in their last byte."""
_OF_STATEMENTS = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE}
)


def in_memory(url: URL) -> bool:
    """Whether a SQLite URL names no file."""
    return url.database in (None, "", ":memory:")


def engine_for(url: URL) -> Engine:
    """An engine whose connections are set up as the store needs them, and begin transactions themselves."""
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=StaticPool if in_memory(url) else QueuePool,
        connect_args={
            "timeout": _LOCK_SECONDS,
            "check_same_thread": False,
            "isolation_level": None,
            "cached_statements": _STATEMENTS,
        },
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@dataclass
class _Outcome:
    """What came of a turn, to be told once its transaction is committed."""

    turn: Turn[Any]
    result: Any = None
    error: BaseException | None = None
    wakes: bool = False

    def tell(self) -> None:
        if self.error is None:
            self.turn.future.set_result(self.result)
        else:
            self.turn.future.set_exception(self.error)


class _TurnBroke(Exception):
    """SQLite gave the transaction up in the middle of a turn."""

    def __init__(self, outcome: _Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class _Cursor(sqlite3.Cursor):
    """sqlite3's cursor, which runs in this process: much at a time costs it no less."""

    def ready(self, parameters: Sequence[Any]) -> Sequence[Any]:
        """Parameters as the driver takes them: as they are."""
        return parameters

    def send(self, groups: Sequence[Group]) -> list[int]:
        """Run each statement with each of its rows of parameters; how many rows each changed in all."""
        return [self._run(sql, rows) for sql, rows in groups]

    def _run(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        if len(rows) == 1:
            self.execute(sql, rows[0])
        else:
            self.executemany(sql, rows)
        return self.rowcount


class SqliteStore(SqlStore):
    """The port's `Store` in one SQLite file."""

    def __init__(self, engine: Engine, ring: KeyRing, audit_key: bytes, random: Random) -> None:
        super().__init__(engine, audit_key)
        self._pooled = engine.raw_connection()
        self._driver = cast(sqlite3.Connection, self._pooled.driver_connection)
        self._connection = Connection(
            cursor=self._driver.cursor(_Cursor),
            dialect=engine.dialect,
            ring=ring,
            random=random,
            chain=Chain(_CHAIN, audit_key),
            memo=DirectoryMemo(),
        )
        self._commits_of_others = -1
        self._writer = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._writer.start()

    def _stop(self) -> None:
        self._queue.put(None)
        self._writer.join()
        self._pooled.close()

    # -- the writer thread

    def _write(self) -> None:
        while group := self._next_group():
            self._settle([turn for turn in group if turn.future.set_running_or_notify_cancel()])

    def _next_group(self) -> list[Turn[Any]]:
        """The turns that are waiting now, at least one; none once the store is closed and all are done."""
        group: list[Turn[Any]] = []
        turn = self._queue.get()
        while turn is not None:
            group.append(turn)
            if len(group) == _GROUP:
                return group
            try:
                turn = self._queue.get_nowait()
            except Empty:
                return group
        if group:
            self._queue.put(None)
        return group

    def _settle(self, turns: list[Turn[Any]]) -> None:
        """Run turns together and complete their futures after the commit.

        A turn in which SQLite gives the whole transaction up fails by itself; the others run again.
        """
        while turns:
            try:
                outcomes = self._commit_together(turns)
            except _TurnBroke as broken:
                self._give_up()
                broken.outcome.tell()
                turns = [turn for turn in turns if turn is not broken.outcome.turn]
            except sqlite3.Error as error:
                self._give_up()
                for turn in turns:
                    turn.future.set_exception(_unavailable(error))
                return
            else:
                for outcome in outcomes:
                    outcome.tell()
                if any(outcome.wakes for outcome in outcomes):
                    self._wake()
                return

    def _commit_together(self, turns: list[Turn[Any]]) -> list[_Outcome]:
        self._driver.execute("BEGIN IMMEDIATE")
        self._notice_others()
        outcomes = [self._run(turn) for turn in turns]
        self._driver.execute("COMMIT")
        return outcomes

    def _run(self, turn: Turn[Any]) -> _Outcome:
        transaction = SqlTransaction(self._connection)
        try:
            result = transaction.attempt(lambda: turn.use_case(transaction))
            transaction.settle()
        except BaseException as error:
            told = _unavailable(error) if isinstance(error, sqlite3.Error) and _is_trouble(error) else error
            outcome = _Outcome(turn, error=told)
            if not self._driver.in_transaction:
                raise _TurnBroke(outcome) from error
            return outcome
        return _Outcome(turn, result=result, wakes=transaction.wrote_outbox)

    def _notice_others(self) -> None:
        """Forget what is remembered if another process has committed since (an import beside the server)."""
        ((commits,),) = self._driver.execute("PRAGMA data_version").fetchall()
        if commits != self._commits_of_others:
            self._commits_of_others = commits
            self._forget()

    def _give_up(self) -> None:
        with suppress(sqlite3.Error):
            self._driver.rollback()
        self._forget()

    def _forget(self) -> None:
        self._connection.chain.head = None
        self._connection.memo.forget()


def _is_trouble(error: sqlite3.Error) -> bool:
    """Whether an error tells of the disk, the file or the memory, and not of a statement."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    return code not in _OF_STATEMENTS


def _unavailable(error: sqlite3.Error) -> StoreUnavailable:
    sentence = _SENTENCES.get(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY, _FAILING)
    unavailable = StoreUnavailable(sentence)
    unavailable.__cause__ = error
    return unavailable
