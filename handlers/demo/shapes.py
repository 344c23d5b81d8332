"""A few words to write down what JSON must look like: the language that `blockkit` is written in.

A `Check` looks at one value and adds what is wrong with it to `Problems`, each with a JSON pointer, in
the form of Slack's own `response_metadata.messages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]


class Problems(list[str]):
    """What is wrong with a payload that is meant for one surface: "message", "modal" or "home"."""

    def __init__(self, surface: str) -> None:
        super().__init__()
        self.surface = surface

    def add(self, where: str, what: str) -> None:
        self.append(f"{what} [json-pointer:{where}]")


Check = Callable[[Any, str, Problems], None]
Rule = Callable[[Json, str, Problems], None]


def string(most: int | None = None, least: int = 0, pattern: str | None = None) -> Check:
    """A string of `least` to `most` characters, matching `pattern` as a whole."""

    def check(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(where, "must be a string")
        elif len(value) < least:
            problems.add(where, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            problems.add(where, f"must be less than {most + 1} characters")
        elif pattern is not None and not re.fullmatch(pattern, value):
            problems.add(where, f"failed to match the pattern {pattern}")

    return check


def choice(*allowed: str) -> Check:
    def check(value: Any, where: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(where, f"must be one of: {', '.join(allowed)}")

    return check


def flag(value: Any, where: str, problems: Problems) -> None:
    if not isinstance(value, bool):
        problems.add(where, "must be a boolean")


def whole(low: int, high: int | None = None) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: Any, where: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add(where, "must be an integer")
        elif value < low or (high is not None and value > high):
            problems.add(
                where, f"must be between {low} and {high}" if high is not None else f"must be at least {low}"
            )

    return check


def number(value: Any, where: str, problems: Problems) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.add(where, "must be a number")


def anything(value: Any, where: str, problems: Problems) -> None:
    """Not looked into."""


def or_null(check: Check) -> Check:
    """The same, or null in its place."""

    def nullable(value: Any, where: str, problems: Problems) -> None:
        if value is not None:
            check(value, where, problems)

    return nullable


def an_object(value: Any, where: str, problems: Problems) -> None:
    if not isinstance(value, dict):
        problems.add(where, "must be an object")


def items(of: Check, most: int | None = None, least: int = 1) -> Check:
    """A list of `least` to `most` of something."""

    def check(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(where, "must be an array")
            return
        if len(value) < least:
            problems.add(where, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            problems.add(where, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            of(item, f"{where}/{index}", problems)

    return check


def thing(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    """An object with exactly these keys; `rules` look at it as a whole. `type` is checked by `one_of`."""
    needed, allowed = dict(required or {}), {"type": anything, **(required or {}), **(optional or {})}

    def check(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(where, "must be an object")
            return
        for key in needed:
            if value.get(key) is None:
                problems.add(where, f"missing required field: {key}")
        for key, inner in value.items():
            if key not in allowed:
                problems.add(where, f"invalid additional property: {key}")
            elif inner is not None:
                allowed[key](inner, f"{where}/{key}", problems)
        for rule in rules:
            rule(value, where, problems)

    return check


def one_of(table: Mapping[str, Check], *names: str) -> Check:
    """An object whose `type` says which entry of `table` it must satisfy; only `names`, if any are given.

    The table is read when a value is checked, so that blocks may hold blocks.
    """

    def check(value: Any, where: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            problems.add(where, "missing required field: type")
        elif kind not in table or (names and kind not in names):
            problems.add(f"{where}/type", f"unsupported type: {kind}")
        else:
            table[kind](value, where, problems)

    return check


def at_least_one(*keys: str) -> Rule:
    def rule(value: Json, where: str, problems: Problems) -> None:
        if not any(value.get(key) for key in keys):
            problems.add(where, f"at least one of these fields is required: {', '.join(keys)}")

    return rule


def not_both(first: str, second: str) -> Rule:
    def rule(value: Json, where: str, problems: Problems) -> None:
        if value.get(first) and value.get(second):
            problems.add(where, f"{first} and {second} cannot both be given")

    return rule
