"""Structured logs: one JSON object a line on standard error, without patient data at any LOG_LEVEL.

Three rules hold that up. An event's name is a constant of the program. Fields come through an
allow-list. Exceptions are logged as their types and the places they came through, never their words,
which may quote what somebody typed; and a library's own log lines as the place they come from.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

FIELDS = frozenset(
    {
        # what structlog and this module put there
        *("event", "level", "time", "logger", "at", "error", "frames", "withheld"),
        # what the program says of itself
        *("action", "address", "code", "delay_s", "kind", "method", "outbox_id", "path", "platform"),
        *("reference", "status", "subject_id"),
    }
)
"""The fields that may leave. What is not here is left out, and its name is said under `withheld`."""

OWN_LOGGERS = ("referral_bot", "storage", "handlers")


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send everything that is logged, by this program and by its libraries, to `stream` (stderr)."""
    out = stream if stream is not None else sys.stderr
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _tell_exception,
            _only_allowed_fields,
            structlog.processors.JSONRenderer(default=_name_of_type),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(level)
    _route_last_resorts()


def _route_standard_logging(level: str) -> None:
    handler = _ToStructlog()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries put whole requests together for DEBUG and INFO: neither is asked of them.
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def _route_last_resorts() -> None:
    """Exceptions that nobody caught would be printed with their words: log them instead."""
    log = structlog.get_logger()

    def uncaught(
        kind: type[BaseException], error: BaseException, frames: TracebackType | None = None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("uncaught_exception", exc_info=error)

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.critical("uncaught_exception", exc_info=args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("unraisable_exception", exc_info=args.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable


def log_loop_exceptions(loop: asyncio.AbstractEventLoop) -> None:
    """Log what an event loop's callbacks and forgotten tasks raise, without its words."""
    log = structlog.get_logger()

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log.error("loop_exception", exc_info=context.get("exception"))

    loop.set_exception_handler(handle)


def describe(error: BaseException) -> EventDict:
    """An exception, and those it came from, as types and places: nothing of what they say."""
    chain = list(_chain(error))
    return {
        "error": " from ".join(_type_name(link) for link in chain),
        "frames": [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for link in reversed(chain)
            for frame in traceback.extract_tb(link.__traceback__)
        ],
    }


class _ToStructlog(logging.Handler):
    """Standard logging's way into the same lines.

    A record of a library is told by its place alone, since libraries put bodies into their messages.
    """

    def emit(self, record: logging.LogRecord) -> None:
        own = record.name.split(".")[0] in OWN_LOGGERS
        fields: dict[str, Any] = {
            # the template as it stands in the source, never filled in
            "event": str(record.msg) if own else "library_log",
            "logger": record.name,
            "at": f"{_short(record.pathname)}:{record.lineno}",
        }
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, **fields)


def _tell_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = given
    if given is True:
        error = sys.exc_info()[1]
    elif isinstance(given, tuple):
        error = given[1]
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


def _only_allowed_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    withheld = sorted(event.keys() - FIELDS)
    kept = {name: value for name, value in event.items() if name in FIELDS}
    return {**kept, "withheld": withheld} if withheld else kept


def _name_of_type(value: object) -> str:
    """How anything but a plain value is written: its own words stay here."""
    return f"<{_type_name(value)}>"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _type_name(value: object) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _short(filename: str) -> str:
    """The last folders of a file: enough to find it, without where it is installed."""
    return "/".join(Path(filename).parts[-3:])
