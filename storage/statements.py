"""Core statements compiled once for each engine, and run on the driver's own cursor.

SQLAlchemy writes the SQL and knows how values are converted. What is left out is its work at every
execution, which costs several times what SQLite itself needs for a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Delete, Dialect, Insert, Select, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import visitors

Core = Select[*tuple[Any, ...]] | Insert | Update | Delete
AnyInsert = sqlite.Insert | postgresql.Insert
Group = tuple[str, Sequence[Sequence[Any]]]
"""SQL, and a row of parameters for each time that it is to be run."""


class Cursor(Protocol):
    """The part of a DB-API cursor that the store uses, and a way to send much at a time.

    Parameters are given as `ready` returns them, which raises before anything is sent.
    """

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""

    def ready(self, parameters: Sequence[Any]) -> Sequence[Any]:
        """Parameters as the driver takes them."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any:
        """Run one statement."""

    def fetchall(self) -> list[Any]:
        """Every row the last statement gave."""

    def send(self, groups: Sequence[Group]) -> list[int]:
        """Run each statement with each of its rows of parameters; how many rows each changed in all."""


class Compiled:
    """A statement as one engine takes it."""

    def __init__(self, core: Core, dialect: Dialect) -> None:
        compiled = core.compile(dialect=dialect)
        self.sql = str(compiled)
        self._constant: list[Any] = []
        self._given: list[tuple[int, str, Callable[[Any], Any] | None]] = []
        for place, name in enumerate(getattr(compiled, "positiontup", None) or ()):
            bind = compiled.binds[name]
            to_driver = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._constant.append(None)
                self._given.append((place, bind.key, to_driver))
            else:
                self._constant.append(to_driver(bind.value) if to_driver else bind.value)
        columns = core.exported_columns
        self.names = tuple(str(column.key) for column in columns)
        self._readers = [
            (place, from_driver)
            for place, column in enumerate(columns)
            if (from_driver := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters in the order of their places, as the driver takes them."""
        parameters = self._constant.copy()
        for place, name, to_driver in self._given:
            value = values[name]
            parameters[place] = to_driver(value) if to_driver else value
        return parameters

    def row(self, raw: Sequence[Any]) -> dict[str, Any]:
        """A row by its columns' names, as Python takes it."""
        row = list(raw)
        for place, from_driver in self._readers:
            row[place] = from_driver(row[place])
        return dict(zip(self.names, row, strict=True))


class Statement:
    """A Core statement that is compiled when an engine first needs it.

    `certain`: wherever it changes no row, somebody else has changed that row in the meantime.
    """

    def __init__(self, core: Core, *, certain: bool = False) -> None:
        self._core = core
        self._compiled: dict[str, Compiled] = {}
        self.certain = certain
        self.is_insert = isinstance(core, Insert)
        self.is_select = isinstance(core, Select)

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names of the tables it reads or writes."""
        return frozenset(part.name for part in visitors.iterate(self._core) if isinstance(part, Table))

    def on(self, dialect: Dialect) -> Compiled:
        """The statement as this engine takes it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = Compiled(self.core_for(dialect), dialect)
        return compiled

    def core_for(self, dialect: Dialect) -> Core:
        """The Core statement to compile."""
        return self._core


class Upsert(Statement):
    """An insert with ON CONFLICT: both engines have it alike, SQLAlchemy has a class of it for each.

    `write` adds the values and the clause to the engine's own insert.
    """

    def __init__(self, table: Table, write: Callable[[AnyInsert], AnyInsert]) -> None:
        super().__init__(table.insert())
        self._table = table
        self._write = write

    def core_for(self, dialect: Dialect) -> Core:
        """The engine's own insert, with the clause."""
        insert: AnyInsert = sqlite.insert(self._table)
        if dialect.name == "postgresql":
            insert = postgresql.insert(self._table)
        return self._write(insert)
