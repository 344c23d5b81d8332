"""What every part of a transaction stands on: one connection, its keys and its source of chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Dialect

from storage.audit import Chain
from storage.encryption import KeyRing
from storage.memo import DirectoryMemo
from storage.records import Kind, Model
from storage.statements import Cursor, Statement

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
    """Statements of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor
        self._dialect = connection.dialect

    def _run(self, statement: Statement, /, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        compiled = statement.on(self._dialect)
        self._cursor.execute(compiled.sql, compiled.parameters(values))
        return self._cursor.rowcount

    def _rows(self, statement: Statement, /, **values: Any) -> list[dict[str, Any]]:
        """Run a statement; its rows by column names."""
        compiled = statement.on(self._dialect)
        self._cursor.execute(compiled.sql, compiled.parameters(values))
        return [compiled.row(row) for row in self._cursor.fetchall()]

    def _records(self, kind: Kind[Model], statement: Statement, /, **values: Any) -> list[Model]:
        """Run a statement; its rows as records of this kind."""
        ring = self._connection.ring
        return [kind.record(row, ring) for row in self._rows(statement, **values)]

    def _record(self, kind: Kind[Model], statement: Statement, /, **values: Any) -> Model | None:
        """Run a statement; its first row as a record of this kind."""
        records = self._records(kind, statement, **values)
        return records[0] if records else None
