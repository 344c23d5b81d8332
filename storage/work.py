"""What every part of a transaction stands on: one connection, its keys and its source of chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Dialect

from storage.audit import Chain
from storage.encryption import KeyRing
from storage.memo import DirectoryMemo
from storage.records import Kind, Model
from storage.statements import Cursor, Statement


@dataclass
class Connection:
    """One connection and what goes with it; transactions follow each other on it."""

    cursor: Cursor
    dialect: Dialect
    ring: KeyRing
    random: Random
    chain: Chain
    memo: DirectoryMemo


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
