from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

import handlers
from handlers.logs import FIELDS, configure_logs, log_loop_exceptions

PATIENT = "Gwendolyn Ashcombe"
LIBRARIES = ("slack_bolt.AsyncApp", "slack_sdk.web.async_client", "sqlalchemy.engine", "aiohttp.server", "x")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


pytestmark = pytest.mark.usefixtures("logs_restored")


@pytest.fixture(params=LEVELS)
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    configure_logs(request.param, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(words: str) -> None:
    raise ValueError(words)


def test_an_event_is_one_json_line_with_its_time_and_allowed_fields() -> None:
    stream = io.StringIO()
    configure_logs("INFO", stream)
    structlog.get_logger().info("outbox_retry", outbox_id="ab12", code="timeout", delay_s=2.0)
    (line,) = lines(stream)
    assert line["event"] == "outbox_retry"
    assert line["code"] == "timeout"
    assert line["level"] == "info"
    assert line["time"].endswith("Z")


def test_a_field_that_is_not_allowed_is_left_out_and_named(out: io.StringIO) -> None:
    structlog.get_logger().error("turn_failed", body=f"refer {PATIENT}", kind="hear")
    (line,) = lines(out)
    assert PATIENT not in out.getvalue()
    assert line["withheld"] == ["body"]
    assert line["kind"] == "hear"


def test_an_exception_is_told_by_type_and_place_not_by_its_words(out: io.StringIO) -> None:
    try:
        try:
            fail(f"no such patient: {PATIENT}")
        except ValueError as error:
            raise RuntimeError(PATIENT) from error
    except RuntimeError:
        structlog.get_logger().exception("turn_failed")
    (line,) = lines(out)
    assert PATIENT not in out.getvalue()
    assert line["error"] == "RuntimeError from ValueError"
    assert any("test_logs.py" in frame and frame.endswith(" fail") for frame in line["frames"])


def test_a_value_that_is_not_plain_is_told_by_its_type(out: io.StringIO) -> None:
    structlog.get_logger().error("turn_failed", code=ValueError(PATIENT))
    assert PATIENT not in out.getvalue()
    assert lines(out)[0]["code"] == "<ValueError>"


@pytest.mark.parametrize("name", LIBRARIES)
def test_what_a_library_says_is_told_by_its_place(out: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logger.log(level, f"Unhandled request ({PATIENT})")
        logger.log(level, "body: %s", PATIENT)
        try:
            fail(PATIENT)
        except ValueError:
            logger.log(level, "failed on %s", PATIENT, exc_info=True)
    told = lines(out)
    assert PATIENT not in out.getvalue()
    assert told
    assert {line["event"] for line in told} == {"library_log"}
    assert all("test_logs.py:" in line["at"] for line in told)


def test_database_errors_keep_their_parameters_to_themselves(out: io.StringIO) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        try:
            connection.execute(text("insert into nowhere values (:name)"), {"name": PATIENT})
        except SQLAlchemyError:
            structlog.get_logger().exception("turn_failed")
    engine.dispose()
    assert PATIENT not in out.getvalue()
    assert any("OperationalError" in line.get("error", "") for line in lines(out))


def test_warnings_and_uncaught_exceptions_keep_their_words_to_themselves(out: io.StringIO) -> None:
    warnings.warn(f"odd: {PATIENT}", stacklevel=1)
    try:
        fail(PATIENT)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=fail, args=(PATIENT,))
    thread.start()
    thread.join()
    assert PATIENT not in out.getvalue()
    assert [line["event"] for line in lines(out)].count("uncaught_exception") == 2


async def test_what_the_event_loop_reports_keeps_its_words_to_itself(out: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    log_loop_exceptions(loop)
    done = asyncio.Event()
    loop.call_soon(fail, PATIENT)
    loop.call_soon(done.set)
    await done.wait()
    loop.set_exception_handler(None)
    assert PATIENT not in out.getvalue()
    assert lines(out)[-1]["error"] == "ValueError"


def test_no_allowed_field_is_named_after_what_people_type() -> None:
    assert not FIELDS & {"text", "body", "message", "name", "patient", "answers", "value", "content", "url"}


def test_every_field_that_the_program_logs_may_leave() -> None:
    logged: set[str] = set()
    for file in sorted(Path(handlers.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
                assert isinstance(node.args[0], ast.Constant), f"{file}: an event's name is a constant"
                logged |= {keyword.arg for keyword in node.keywords if keyword.arg}
    assert logged
    assert logged <= FIELDS | {"exc_info"}
