"""What a transaction has decided to write and has not sent to the engine yet.

Written together it costs one round trip, and the rows of one statement are one call to the driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.statements import Statement
from storage.tables import METADATA

_PLACE = {table.name: place for place, table in enumerate(METADATA.sorted_tables)}


class Pending:
    """Statements with the parameters of each of their executions."""

    def __init__(self) -> None:
        self._rows: dict[Statement, list[Sequence[Any]]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def put(self, statement: Statement, parameters: Sequence[Any]) -> None:
        """Have a statement run once more."""
        self._rows.setdefault(statement, []).append(parameters)

    def touches(self, tables: frozenset[str]) -> bool:
        """Whether anything of these tables waits to be written."""
        return any(not statement.tables.isdisjoint(tables) for statement in self._rows)

    def take(self) -> list[tuple[Statement, list[Sequence[Any]]]]:
        """Everything that waits, which then waits no more.

        What others refer to comes first, and new rows before those that change; the executions of one
        statement stay in the order in which they were put.
        """
        rows, self._rows = self._rows, {}
        return sorted(rows.items(), key=lambda item: _order(item[0]))

    def drop(self) -> None:
        """Forget it: it is not to be written."""
        self._rows = {}


def _order(statement: Statement) -> tuple[int, bool]:
    return max(_PLACE[table] for table in statement.tables), not statement.is_insert
