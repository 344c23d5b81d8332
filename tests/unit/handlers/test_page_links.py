from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from handlers.clock import DemoClock
from handlers.metrics import Metrics
from handlers.page import LIFETIME, PageLinks, Pages
from handlers.web import HEADERS, Health, build_web
from referral_bot.errors import NotFound
from referral_bot.model import AuditAction, Document, Person, Referral, Role, Side
from referral_bot.practice import Practice
from storage import SqlStore, open_store
from storage.transaction import SqlTransaction

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


REPORT = b"%PDF-1.7 report"
MARIA = Person(
    key="maria", name="Maria Gomez", role=Role.REFERRAL_SPECIALIST, side=Side.OFFICE, office_key="lakeside"
)
OMAR = Person(
    key="omar", name="Omar Haddad", role=Role.REFERRAL_SPECIALIST, side=Side.OFFICE, office_key="hillcrest"
)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    practice = Practice(name="Riverbend", timezone="America/Chicago", hours=())
    referral = Referral(id="referral", office_key="lakeside", sent_by="maria", started_at=NOW)

    def furnish(tx: SqlTransaction) -> None:
        tx.replace_directory(practice, [], [MARIA, OMAR], [], [])
        tx.add(referral)
        for id, media_type in (("d0c", "application/pdf"), ("html", "text/html")):
            document = Document(
                id=id, subject_id="referral", added_by="tess", added_at=NOW, name="Ashcombe.pdf", ready=True
            )
            document.media_type, document.content = media_type, REPORT
            tx.add(document)

    store.transact(furnish).result(5)
    yield store
    store.close()


def record(store: SqlStore) -> list[tuple[str | None, AuditAction]]:
    entries = store.transact(lambda tx: tx.audit_entries(subject_id="referral")).result(5)
    return [(entry.actor_key, entry.action) for entry in entries if entry.what == "document.open"]


Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(store: SqlStore) -> AsyncIterator[Client]:
    clock = DemoClock(NOW, speed=0)
    metrics = Metrics()
    app = build_web(Pages(LINKS, store, clock).routes(), Health(store, clock, metrics), metrics)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_looking_spends_nothing_and_a_press_opens_once(store: SqlStore, client: Client) -> None:
    path = f"/page/{token()}"
    for _ in range(3):
        look = await client.get(path)
        assert look.status == 200
        assert "<form" in await look.text()
    assert record(store) == []

    opened = await client.post(path)
    assert opened.status == 200
    assert await opened.read() == REPORT

    again = await client.post(path)
    assert again.status == 404
    assert "has been used" in await again.text()
    assert record(store) == [("maria", AuditAction.VIEWED)]


async def test_a_document_is_a_download_under_a_name_of_its_own(client: Client) -> None:
    opened = await client.post(f"/page/{token()}")
    assert opened.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert opened.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in opened.headers["Content-Security-Policy"]
    assert_safe(opened)


async def test_a_type_that_a_browser_runs_is_handed_out_as_bytes(client: Client) -> None:
    opened = await client.post(f"/page/{token('html')}")
    assert opened.headers["Content-Type"] == "application/octet-stream"
    assert opened.headers["Content-Disposition"] == 'attachment; filename="document"'


@pytest.mark.parametrize("person", ["omar", "nobody"])
async def test_somebody_who_may_not_see_it_is_refused_like_a_link_that_is_gone(
    store: SqlStore, client: Client, person: str
) -> None:
    refused = await client.post(f"/page/{token(person=person)}")
    assert refused.status == 404
    assert "five minutes" in await refused.text()
    assert record(store) == [(person, AuditAction.REFUSED)]


async def test_a_document_that_is_gone_is_answered_like_a_link_that_is_gone(client: Client) -> None:
    gone = await client.post(f"/page/{token('nothing')}")
    assert gone.status == 404
    assert "five minutes" in await gone.text()


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
