"""JSON lines in, JSON lines out: the reader for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from referral_bot.reading.model import Context, OfferedSlot, OpenReferral, Reading
from referral_bot.reading.reader import read
from referral_bot.reading.vocabulary import Vocabulary


class BadLine(ValueError):
    """A line that is not a message; its text says why."""


@dataclass(frozen=True)
class Message:
    """A message as a line holds it."""

    text: str
    now: datetime
    context: Context


@dataclass
class Refused:
    """How many lines were not messages: a caller that is told about one can end with an error."""

    lines: list[int] = field(default_factory=list)
    """Numbers of the lines, from 1."""


def understand_lines(
    lines: Iterable[str], vocabulary: Vocabulary | None = None, refused: Refused | None = None
) -> Iterator[str]:
    """Read messages `{"id","now","text","context"}`, a JSON object a line, and give a reading for each.

    Empty lines are passed over. A line that is no message gives `{"id", "error"}`, with its id as far as it
    can be made out, and its number is added to `refused`.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        identifier: object = None
        try:
            parsed = _object(line)
            identifier = parsed.get("id")
            message = message_of(parsed)
            reading = read(message.text, now=message.now, context=message.context, vocabulary=vocabulary)
            yield _line(identifier, reading)
        except BadLine as bad:
            if refused is not None:
                refused.lines.append(number)
            yield json.dumps({"id": identifier, "error": f"line {number}: {bad}"}, ensure_ascii=False)


def _object(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BadLine(f"this is not JSON ({error})") from None
    if not isinstance(message, dict):
        raise BadLine("a line must be a JSON object")
    return message


def message_of(line: dict[str, Any]) -> Message:
    """The message that a JSON object holds; raises `BadLine` if it holds none."""
    text = line.get("text")
    if not isinstance(text, str):
        raise BadLine('"text" must be a string')
    return Message(text, _time(line.get("now"), "now"), _context(line))


def _time(value: object, name: str) -> datetime:
    if not isinstance(value, str):
        raise BadLine(f'"{name}" must be a time like "2026-11-24T10:00:00-06:00"')
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadLine(f'"{name}" must be a time like "2026-11-24T10:00:00-06:00"') from None
    if moment.tzinfo is None:
        raise BadLine(f'"{name}" must carry its offset from UTC, like "-06:00"')
    return moment


def _context(message: dict[str, Any]) -> Context:
    context = message.get("context") or {}
    try:
        return Context(
            office=context.get("office"),
            open_referrals=tuple(
                OpenReferral(str(one["id"]), str(one["patient"])) for one in context.get("open_referrals", ())
            ),
            offered_slots=tuple(
                OfferedSlot(int(one["index"]), str(one["id"]), _time(one["start"], "start"))
                for one in context.get("offered_slots", ())
            ),
            asked=tuple(str(name) for name in context.get("asked", ())),
        )
    except BadLine:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadLine('"context" is not as docs/reading.md says') from None


def _line(identifier: object, reading: Reading) -> str:
    return json.dumps(
        {
            "id": identifier,
            "intents": list(reading.intents),
            "fields": reading.fields,
            "missing": list(reading.missing),
            "flags": list(reading.flags),
        },
        ensure_ascii=False,
    )
