"""How values stand in columns, and small parts of statements that both engines read alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, String, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Timestamp(TypeDecorator[datetime]):
    """An aware UTC moment, exact to the microsecond, whose index order is the order of time.

    `timestamptz` on PostgreSQL; on SQLite, which has no such type, microseconds since 1970.
    A naive datetime is refused with TypeError.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The engine's own type for a moment."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """From an aware datetime to what the driver takes."""
        return _aware if dialect.name == "postgresql" else _to_microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """From what the driver gives to an aware datetime in UTC."""
        return _in_utc if dialect.name == "postgresql" else _from_microseconds

    def coerce_compared_value(self, op: object, value: object) -> TypeEngine[Any]:
        """What a moment is compared with is a moment."""
        return self


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise TypeError("a naive datetime cannot be kept")
    return value


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _to_microseconds(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _from_microseconds(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class Code(TypeDecorator[StrEnum]):
    """A StrEnum kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, codes: type[StrEnum]) -> None:
        super().__init__()
        self.codes = codes

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """From a code to its value."""
        return _value_of

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """From a value to its code."""
        by_value = self.codes._value2member_map_
        return lambda value: None if value is None else by_value[value]

    def coerce_compared_value(self, op: object, value: object) -> TypeEngine[Any]:
        """What a code is compared with is a code."""
        return self


def _value_of(code: StrEnum | None) -> str | None:
    return None if code is None else str.__str__(code)


def one_of(column: ColumnElement[Any], *codes: StrEnum) -> ColumnElement[bool]:
    """`column IN ('…', …)` with the codes written out.

    Both engines use a partial index only for a condition that they can see is its own, which a bound
    parameter hides from them.
    """
    return column.in_([literal_column(f"'{code.value}'") for code in codes])


def none_of(column: ColumnElement[Any], *codes: StrEnum) -> ColumnElement[bool]:
    """`column NOT IN ('…', …)` with the codes written out."""
    return column.not_in([literal_column(f"'{code.value}'") for code in codes])
