"""PostgreSQL below psycopg's cursors: each statement prepared once, and as many sent at a time as there are.

A cursor of psycopg's needs several times the processor time for a statement that this does, and a turn
has a dozen of them. Connecting, committing, rolling back and the errors are psycopg's own.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from storage.statements import Group

_AT_ONCE = 100
"""Executions sent before their results are read: so few that neither side waits for the other to read."""
_BEGIN = "BEGIN"
_DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})
_Execution = tuple[str, Sequence[Any]]


class PreparedCursor:
    """A cursor on a connection's own prepared statements. It begins a transaction where there is none."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._pgconn = driver.pgconn
        self._loading = Transformer(driver)
        self._names: dict[str, bytes] = {}
        self._readable = selectors.DefaultSelector()
        self._readable.register(self._pgconn.socket, selectors.EVENT_READ)
        self._result: PGresult | None = None

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""
        return (self._result.command_tuples or 0) if self._result else 0

    def ready(self, parameters: Sequence[Any]) -> list[Any]:
        """Parameters as libpq takes them, in PostgreSQL's text format. Raises for what it could not hold.

        Their types follow from where they stand in the statement.
        """
        # psycopg's types leave out that none is one of them.
        return [_dump(value) for value in parameters]

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> None:
        """Run one statement."""
        if self._pgconn.transaction_status == TransactionStatus.IDLE:
            *_, self._result = self._send([(_BEGIN, ()), (sql, parameters)])
            return
        self._pgconn.send_query_prepared(self._name(sql), parameters)
        self._result = self._checked(self._next_result())

    def fetchall(self) -> list[Any]:
        """Every row the last statement gave."""
        if self._result is None:
            return []
        self._loading.set_pgresult(self._result)
        return self._loading.load_rows(0, self._result.ntuples, tuple)

    def send(self, groups: Sequence[Group]) -> list[int]:
        """Run each statement with each of its rows of parameters; how many rows each changed in all."""
        idle = self._pgconn.transaction_status == TransactionStatus.IDLE
        executions: list[_Execution] = [(_BEGIN, ())] if idle else []
        executions += [(sql, row) for sql, rows in groups for row in rows]
        changed = iter([result.command_tuples or 0 for result in self._send(executions)][int(idle) :])
        return [sum(next(changed) for _ in rows) for _, rows in groups]

    def _send(self, executions: Sequence[_Execution]) -> list[PGresult]:
        results: list[PGresult] = []
        for start in range(0, len(executions), _AT_ONCE):
            results += self._send_together(executions[start : start + _AT_ONCE])
        return results

    def _send_together(self, executions: Sequence[_Execution]) -> list[PGresult]:
        named = [(sql, self._name(sql) if parameters else None, parameters) for sql, parameters in executions]
        self._pgconn.enter_pipeline_mode()
        try:
            for sql, name, parameters in named:
                if name is None:
                    # Such as BEGIN, which is not worth preparing, or ROLLBACK TO, which could not be.
                    self._pgconn.send_query_params(sql.encode(), None)
                else:
                    self._pgconn.send_query_prepared(name, parameters)
            self._pgconn.pipeline_sync()
            results = list(self._results(len(named)))
        finally:
            if self._pgconn.status == ConnStatus.OK:
                self._pgconn.exit_pipeline_mode()
        # The first that failed says why; those behind it only that they were not run.
        return [self._checked(result) for result in results]

    def _results(self, count: int) -> Iterator[PGresult]:
        for _ in range(count):
            yield self._next_result()
        self._wait()
        self._pgconn.get_result()  # that of the synchronisation

    def _next_result(self) -> PGresult:
        """The result of the next execution, which has one."""
        self._wait()
        result = self._pgconn.get_result()
        self._wait()
        self._pgconn.get_result()  # none: the end of its results
        if result is None:
            raise psycopg.OperationalError("the connection is lost")
        return result

    def _wait(self) -> None:
        """Let the other threads go on until there is something to take: libpq itself would hold them up."""
        while self._pgconn.is_busy():
            self._readable.select()
            self._pgconn.consume_input()

    def _name(self, sql: str) -> bytes:
        name = self._names.get(sql)
        if name is None:
            name = f"s{len(self._names)}".encode()
            self._checked(self._pgconn.prepare(name, _numbered(sql)))
            self._names[sql] = name
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in _DONE:
            return result
        if self._pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")
        raise errors.error_from_result(result)


def _numbered(sql: str) -> bytes:
    """The statement with `$1`, `$2` for each `%s`, as PostgreSQL itself takes it."""
    first, *others = sql.split("%s")
    numbered = first + "".join(f"${place}{part}" for place, part in enumerate(others, 1))
    return numbered.replace("%%", "%").encode()


def _dump(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        plain = value.encode()
        if 0 in plain:
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return plain
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, psycopg.Binary):
        return b"\\x" + bytes(value.obj).hex().encode()
    raise TypeError(f"{type(value).__name__} is kept in no column")
