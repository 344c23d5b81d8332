from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.clock import DemoClock
from handlers.logs import configure_logs
from handlers.metrics import Metrics
from handlers.web import HEADERS, MOST_BODY, STUCK_AFTER, Health, build_web
from storage import Readiness

PATIENT = "Gwendolyn Ashcombe"
Client = TestClient[web.Request, web.Application]


class Standing:
    """A store that tells how it stands."""

    def __init__(self) -> None:
        self.found = Readiness(reachable=True, migrated=True)

    def readiness(self, now: datetime, timeout: float = 2.0) -> Readiness:
        return self.found


@pytest.fixture
def store() -> Standing:
    return Standing()


@pytest.fixture
async def client(store: Standing) -> AsyncIterator[Client]:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def fail(_: web.Request) -> web.Response:
        raise ValueError(PATIENT)

    metrics = Metrics()
    health = Health(store, DemoClock(datetime(2026, 11, 24, tzinfo=UTC)), metrics)
    routes = [web.post("/echo", echo), web.get("/fail/{token}", fail)]
    async with TestClient(TestServer(build_web(routes, health, metrics))) as client:
        yield client


async def test_a_process_that_lives_says_so_even_without_its_database(
    store: Standing, client: Client
) -> None:
    store.found = Readiness(reachable=False, migrated=False)
    assert (await client.get("/healthz")).status == 200


async def test_ready_when_database_and_outbox_are(client: Client) -> None:
    ready = await client.get("/readyz")
    assert ready.status == 200
    assert (await ready.json())["parts"] == {"database": "ok", "outbox": "ok"}


async def test_not_ready_names_the_part_and_no_details(store: Standing, client: Client) -> None:
    store.found = Readiness(reachable=False, migrated=False)
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["parts"] == {"database": "unreachable", "outbox": "unknown"}


async def test_a_database_that_is_not_migrated_is_not_ready(store: Standing, client: Client) -> None:
    store.found = Readiness(reachable=True, migrated=False)
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["parts"]["database"] == "not_migrated"


async def test_a_stuck_outbox_is_not_ready(store: Standing, client: Client) -> None:
    late = STUCK_AFTER + timedelta(seconds=1)
    store.found = Readiness(reachable=True, migrated=True, waiting=12, oldest=late)
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["parts"]["outbox"] == "stuck"


async def test_metrics_tell_how_the_outbox_stands(store: Standing, client: Client) -> None:
    store.found = Readiness(reachable=True, migrated=True, waiting=12, oldest=timedelta(seconds=7))
    await client.get("/readyz")
    metrics = await (await client.get("/metrics")).text()
    assert "referral_bot_outbox_depth 12.0" in metrics
    assert "referral_bot_outbox_oldest_seconds 7.0" in metrics


async def test_every_answer_carries_the_safe_headers(client: Client) -> None:
    for path in ("/healthz", "/metrics", "/nowhere", "/fail/x"):
        answer = await client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["Server"] == "referral-bot"


async def test_a_body_larger_than_allowed_is_refused(client: Client) -> None:
    assert (await client.post("/echo", data=b"x" * MOST_BODY)).status == 200
    assert (await client.post("/echo", data=b"x" * (MOST_BODY + 1))).status == 413


@pytest.mark.usefixtures("logs_restored")
async def test_a_failure_says_nothing_of_what_failed(client: Client) -> None:
    out = io.StringIO()
    configure_logs("INFO", out)
    answer = await client.get("/fail/secret-token")
    assert answer.status == 500
    assert PATIENT not in await answer.text()
    assert PATIENT not in out.getvalue()
    assert "secret-token" not in out.getvalue()
    assert "/fail/{token}" in out.getvalue()
