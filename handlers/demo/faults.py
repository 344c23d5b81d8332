"""What tests make go wrong, and the record of everything that went over the wire."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one call; make them with the functions below."""

    kind: Literal["error", "status", "garbage", "drop_before", "drop_after", "hang"]
    code: str = ""
    status: int = 200
    retry_after: int | None = None
    seconds: float = 0


def rate_limited(retry_after: int = 1) -> Fault:
    """429 with Retry-After, nothing done."""
    return Fault("status", "ratelimited", 429, retry_after)


def server_error(status: int = 500) -> Fault:
    """An answer that is no JSON, with a status of 5xx; nothing done."""
    return Fault("status", "", status)


def slack_error(code: str) -> Fault:
    """`{"ok": false, "error": code}`, nothing done."""
    return Fault("error", code)


def drop_before() -> Fault:
    """The connection breaks before anything is done."""
    return Fault("drop_before")


def drop_after() -> Fault:
    """The call is carried out, then the connection breaks: the caller can't know."""
    return Fault("drop_after")


def hang(seconds: float) -> Fault:
    """The call is carried out, but the answer comes only after `seconds` of real time."""
    return Fault("hang", seconds=seconds)


def invalid_json() -> Fault:
    """The call is carried out, and the answer is not JSON."""
    return Fault("garbage")


class Faults:
    """Faults waiting for their calls, in order, by method ("chat.postMessage", or "*" for any)."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def next(self, method: str, *faults: Fault, times: int = 1) -> None:
        """The next calls of `method` meet these faults, one each; the whole row `times` over."""
        self._waiting[method].extend(faults * times)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        for name in (method, "*"):
            if self._waiting[name]:
                return self._waiting[name].popleft()
        return None


@dataclass
class Call:
    """One request.

    `way` is "in" for the app's calls of the Web API (`name` is the method, or "response_url", "upload",
    "download"), "out" for what is sent to the app (`name` is the event's type, e.g. "message", or the
    interaction's, e.g. "block_actions", "command", "block_suggestion"). `answer` is the body of the answer.
    """

    way: Literal["in", "out"]
    name: str
    payload: Json
    at: datetime
    status: int | None = None
    answer: Any = None
    attempt: int = 0
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and not (isinstance(self.answer, dict) and self.answer.get("ok") is False)


class Calls(list[Call]):
    """Every request so far, in order."""

    def named(self, *names: str) -> list[Call]:
        return [call for call in self if call.name in names]

    def outgoing(self, *names: str) -> list[Call]:
        return [call for call in self if call.way == "out" and (not names or call.name in names)]

    def incoming(self, *names: str) -> list[Call]:
        return [call for call in self if call.way == "in" and (not names or call.name in names)]

    def failed(self) -> Iterator[Call]:
        """The app's calls that were refused: empty at the end of a test of an app that behaves."""
        return (call for call in self.incoming() if not call.ok)
