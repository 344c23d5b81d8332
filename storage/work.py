"""What every part of a transaction stands on: one connection, its keys and its source of chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Dialect

from referral_bot.errors import Stale
from storage.ahead import ReadAhead
from storage.audit import Chain
from storage.encryption import KeyRing
from storage.memo import DirectoryMemo
from storage.pending import Pending
from storage.records import Finder, Kind, Model
from storage.statements import Cursor, Group, Statement

_PLACE_BITS = 48
_CHANCE_BITS = 80


class Ids:
    """A connection's ids: each random in its last twenty characters, and close to the one before it.

    Neighbours in time being neighbours in every index, a turn's rows and the next turn's fall on the same
    few pages, and a commit has far fewer of them to write than with ids that scatter.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._place = random.getrandbits(_PLACE_BITS)

    def next(self) -> str:
        """A fresh id of 32 hexadecimal characters."""
        self._place = (self._place + 1) % (1 << _PLACE_BITS)
        return f"{self._place:012x}{self._random.getrandbits(_CHANCE_BITS):020x}"


@dataclass
class Connection:
    """One connection and what goes with it; transactions follow each other on it."""

    cursor: Cursor
    dialect: Dialect
    ring: KeyRing
    random: Random
    chain: Chain
    memo: DirectoryMemo
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Ids(self.random)


class Work:
    """Statements of one transaction.

    Records are written a little later than the use case says: all that waits goes together, before the
    first statement that might see it, and before the transaction or an attempt in it ends.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor
        self._dialect = connection.dialect
        self._pending = Pending()
        self._savepoints: list[str] = []
        """Statements about them that go with the next that writes: what writes nothing needs none."""
        self._ahead = ReadAhead()

    def _run(self, statement: Statement, /, **values: Any) -> int:
        """Run a statement that changes rows, now; how many it changed."""
        self._ahead.changed_all(statement.tables)
        self._execute(statement, values)
        return self._cursor.rowcount

    def _later(self, statement: Statement, row: Mapping[str, Any]) -> None:
        """Have a statement write a row of its one table, with the others that wait."""
        (table,) = statement.tables
        self._ahead.changed(table, row)
        self._pending.put(statement, self._parameters(statement, row))

    def flush(self) -> None:
        """Write what waits. Raises Stale if somebody else has changed one of its records in the meantime."""
        if not self._pending:
            return
        groups = self._pending.take()
        changed = self._send([(statement.on(self._dialect).sql, rows) for statement, rows in groups])
        for (statement, rows), count in zip(groups, changed, strict=True):
            if statement.certain and count != len(rows):
                said = "Somebody else changed this in the meantime; nothing was written. Open it again."
                raise Stale(said)

    def settle(self) -> None:
        """Leave the savepoints that are over by now."""
        if self._savepoints:
            self._send([])

    def _send(self, groups: Sequence[Group]) -> list[int]:
        """Send statements behind the savepoints that wait; how many rows each of them changed."""
        savepoints: list[Group] = [(sql, [()]) for sql in self._savepoints]
        self._savepoints.clear()
        return self._cursor.send([*savepoints, *groups])[len(savepoints) :]

    def _execute(self, statement: Statement, values: Mapping[str, Any]) -> None:
        if self._pending.touches(statement.tables):
            self.flush()
        if not statement.is_select:
            self.settle()
        self._cursor.execute(statement.on(self._dialect).sql, self._parameters(statement, values))

    def _parameters(self, statement: Statement, values: Mapping[str, Any]) -> Sequence[Any]:
        return self._cursor.ready(statement.on(self._dialect).parameters(values))

    def _rows(self, statement: Statement, /, **values: Any) -> list[dict[str, Any]]:
        """Run a statement; its rows by column names."""
        self._execute(statement, values)
        compiled = statement.on(self._dialect)
        return [compiled.row(row) for row in self._cursor.fetchall()]

    def _records(self, kind: Kind[Model], statement: Statement, /, **values: Any) -> list[Model]:
        """Run a statement; its rows as records of this kind."""
        ring = self._connection.ring
        return [kind.record(row, ring) for row in self._rows(statement, **values)]

    def _record(self, kind: Kind[Model], statement: Statement, /, **values: Any) -> Model | None:
        """Run a statement; its first row as a record of this kind."""
        records = self._records(kind, statement, **values)
        return records[0] if records else None

    def _find(self, finder: Finder[Model], value: str) -> list[Model]:
        """The records that a finder finds for a value."""
        rows = self._ahead.rows(finder, value, self._read_all)
        if rows is None:
            return self._records(finder.kind, finder.one, **{finder.column: value})
        ring = self._connection.ring
        return [finder.kind.record(row, ring) for row in rows]

    def _read_all(self, finder: Finder[Any], values: Sequence[str]) -> list[dict[str, Any]]:
        statement, parameters = finder.many(values)
        return self._rows(statement, **parameters)
