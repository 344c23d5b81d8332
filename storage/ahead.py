"""Rows that a batch will ask for one by one, read for all of it with the first question of each sort."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from storage.records import Finder

Row = Mapping[str, Any]
ReadAll = Callable[[Finder[Any], Sequence[str]], list[dict[str, Any]]]


class ReadAhead:
    """What one transaction has read for the ids that it is going to be asked about.

    Rows that the transaction has changed since are not answered from here.
    """

    def __init__(self) -> None:
        self._ids: tuple[str, ...] = ()
        self._known: frozenset[str] = frozenset()
        self._rows: dict[Finder[Any], dict[str, list[Row]]] = {}

    def expect(self, ids: Iterable[str]) -> None:
        """Say about which ids there will be questions; what was read for others is forgotten."""
        self._ids = tuple(dict.fromkeys(ids))
        self._known = frozenset(self._ids)
        self._rows = {}

    def rows(self, finder: Finder[Any], value: str, read_all: ReadAll) -> list[Row] | None:
        """The rows of a value; none where the question was not expected, or its answer has changed."""
        if value not in self._known:
            return None
        found = self._rows.get(finder)
        if found is None:
            by_value = defaultdict[str, list[Row]](list)
            for row in read_all(finder, self._ids):
                by_value[row[finder.column]].append(row)
            found = self._rows[finder] = {id: by_value[id] for id in self._ids}
        return found.get(value)

    def changed(self, table: str, row: Row) -> None:
        """Forget what a row that is about to be written was part of, or will be."""
        for finder, found in self._rows.items():
            if finder.kind.table.name == table:
                found.pop(row[finder.column], None)

    def changed_all(self, tables: frozenset[str]) -> None:
        """Forget every row of these tables."""
        for finder, found in self._rows.items():
            if finder.kind.table.name in tables:
                found.clear()

    def forget(self) -> None:
        """Forget every row: what was read may have been undone. They may be read ahead again."""
        self._rows = {}
