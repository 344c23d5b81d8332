from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import cast
from unittest.mock import create_autospec

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from handlers.clock import DemoClock
from handlers.metrics import Metrics
from handlers.page import LIFETIME, Opened, PageLinks, Pages
from handlers.web import HEADERS, Readiness, build_web
from referral_bot.errors import NotFound, Refused
from referral_bot.store import Store, Transaction

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
KEY = bytes(range(32))
LINKS = PageLinks(KEY, "https://bot.example.org")


def token(document: str = "d0c", person: str = "maria", now: datetime = NOW) -> str:
    return LINKS.url(document, person, now).removeprefix("https://bot.example.org/page/")


def test_a_link_is_read_back_as_it_was_made() -> None:
    ticket = LINKS.read(token(), NOW)
    assert (ticket.document_id, ticket.person_key) == ("d0c", "maria")
    assert ticket.expires == NOW + LIFETIME


def test_two_links_to_one_document_are_spent_apart() -> None:
    assert LINKS.read(token(), NOW).once_key != LINKS.read(token(), NOW).once_key


def test_a_link_lives_five_minutes() -> None:
    made = token()
    LINKS.read(made, NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(NotFound, match="five minutes"):
        LINKS.read(made, NOW + LIFETIME)


def test_a_link_of_another_key_is_not_read() -> None:
    with pytest.raises(NotFound):
        PageLinks(bytes(32), "https://bot.example.org").read(token(), NOW)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_link_is_not_read(position: int, bit: int) -> None:
    made = token()
    raw = bytearray(base64.urlsafe_b64decode(made + "=" * (-len(made) % 4)))
    raw[position % len(raw)] ^= 1 << bit
    with pytest.raises(NotFound):
        LINKS.read(base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), NOW)


@given(st.text(max_size=600))
def test_garbage_is_not_read_and_answered_like_a_link_that_is_gone(garbage: str) -> None:
    with pytest.raises(NotFound, match="five minutes"):
        LINKS.read(garbage, NOW)


class Desk:
    """Stands for the core behind the page: knows one document and remembers what was asked."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.media_type = "application/pdf"
        self.refuses = False

    async def transact(self, use_case: Callable[[Transaction], Opened]) -> Opened:
        return use_case(cast(Transaction, self))

    def first_time(self, key: str, _: datetime) -> bool:
        first = key not in self.seen
        self.seen.add(key)
        return first

    def open(self, tx: Transaction, document_id: str, person_key: str, now: datetime) -> Opened:
        if self.refuses:
            raise Refused("Ask <b>Tess</b>.")
        self.asked.append((document_id, person_key))
        return Opened(b"%PDF-1.7 report", self.media_type)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    clock = DemoClock(NOW, speed=0)
    metrics = Metrics()
    pages = Pages(LINKS, desk.open, desk.transact, clock)
    app = build_web(pages.routes(), Readiness(create_autospec(Store), clock, metrics), metrics)
    async with TestClient(TestServer(app)) as client:
        yield client


Client = TestClient[web.Request, web.Application]


async def test_looking_spends_nothing_and_a_press_opens_once(desk: Desk, client: Client) -> None:
    path = f"/page/{token()}"
    for _ in range(3):
        look = await client.get(path)
        assert look.status == 200
        assert "<form" in await look.text()
    assert desk.asked == []

    opened = await client.post(path)
    assert opened.status == 200
    assert await opened.read() == b"%PDF-1.7 report"
    assert desk.asked == [("d0c", "maria")]

    again = await client.post(path)
    assert again.status == 404
    assert "has been used" in await again.text()
    assert len(desk.asked) == 1


async def test_a_document_is_a_download_under_a_name_of_its_own(client: Client) -> None:
    opened = await client.post(f"/page/{token()}")
    assert opened.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert opened.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    assert_safe(opened)


async def test_a_type_that_a_browser_runs_is_handed_out_as_bytes(desk: Desk, client: Client) -> None:
    desk.media_type = "text/html"
    opened = await client.post(f"/page/{token()}")
    assert opened.headers["Content-Type"] == "application/octet-stream"
    assert opened.headers["Content-Disposition"] == 'attachment; filename="document"'


async def test_a_refusal_of_the_core_is_shown_as_text(desk: Desk, client: Client) -> None:
    desk.refuses = True
    refused = await client.post(f"/page/{token()}")
    assert refused.status == 404
    assert "Ask &lt;b&gt;Tess&lt;/b&gt;." in await refused.text()


async def test_an_unknown_link_is_gone_for_a_look_and_for_a_press(client: Client) -> None:
    for answer in (await client.get("/page/nothing"), await client.post("/page/nothing")):
        assert answer.status == 404
        assert "five minutes" in await answer.text()
        assert_safe(answer)


def assert_safe(response: ClientResponse) -> None:
    for name in HEADERS.keys() - {"Content-Security-Policy"}:
        assert response.headers[name] == HEADERS[name]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Server"] == "referral-bot"
