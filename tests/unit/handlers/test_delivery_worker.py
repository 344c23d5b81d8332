from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers import delivery
from handlers.clock import DemoClock
from handlers.delivery import BUG_ATTEMPTS, LEASE, DeliveryWorker, SendFailed, put_back
from handlers.metrics import Metrics
from handlers.pace import Pace
from referral_bot.cards import elements
from referral_bot.cards.elements import Card, Text
from referral_bot.desk import delivery as core
from referral_bot.desk.delivery import Outgoing
from referral_bot.errors import StoreUnavailable
from referral_bot.model import (
    Audience,
    Channel,
    ChannelKind,
    Document,
    OutboxKind,
    OutboxMessage,
    OutboxStatus,
    Phi,
    Referral,
    Thread,
)
from referral_bot.practice import Practice
from referral_bot.store import Transaction
from storage import SqlStore, open_store

NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
SOON = 30.0


class FakeSender:
    """A platform that keeps what it gets, and fails or waits where a test says so."""

    def __init__(self) -> None:
        self.got: list[Outgoing] = []
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        self.held: dict[str, asyncio.Event] = {}
        self.file = b"%PDF-1.7 report"
        self._arrived = asyncio.Condition()

    async def send(self, outgoing: Outgoing) -> str:
        await self._take(outgoing)
        return f"ts-{outgoing.id}"

    async def fetch(self, outgoing: Outgoing) -> tuple[bytes, str]:
        await self._take(outgoing)
        return self.file, "application/pdf"

    async def _take(self, outgoing: Outgoing) -> None:
        async with self._arrived:
            self.got.append(outgoing)
            self._arrived.notify_all()
        if outgoing.id in self.held:
            await self.held[outgoing.id].wait()
        if self.failures[outgoing.id]:
            raise self.failures[outgoing.id].pop(0)

    async def reached(self, attempts: int) -> None:
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: len(self.got) >= attempts), SOON)

    @property
    def ids(self) -> list[str]:
        return [outgoing.id for outgoing in self.got]


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    practice = Practice(name="Riverbend", timezone="America/Chicago", hours=())
    intake = Channel(id="slack:C0INTAKE", platform="slack", channel="C0INTAKE", kind=ChannelKind.INTAKE)
    do(store, lambda tx: tx.replace_directory(practice, [], [], [], [intake]))
    yield store
    store.close()


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def clock() -> DemoClock:
    return DemoClock(NOW, speed=0)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


Make = Callable[..., DeliveryWorker]


@pytest.fixture
def make(store: SqlStore, sender: FakeSender, clock: DemoClock, metrics: Metrics) -> Make:
    def make(pace: Pace | None = None, of: Any = store) -> DeliveryWorker:
        return DeliveryWorker(
            of,
            {"slack": sender},
            clock,
            metrics,
            phi=Phi.MINIMAL,
            rng=random.Random(7),
            pace=pace or Pace(rate=1000.0, burst=1000),
        )

    return make


def do(store: SqlStore, use_case: Callable[[Any], Any]) -> Any:
    return store.transact(use_case).result(SOON)


def add_thread(store: SqlStore, id: str, channel: str = "C0LAKESIDE", root: str | None = "root") -> None:
    thread = Thread(
        id=id,
        subject_id="subject",
        audience=Audience.PRACTICE,
        platform="slack",
        tenant="T1",
        channel=channel,
        root=root,
    )
    do(store, lambda tx: tx.add(thread))


def add_row(
    store: SqlStore, id: str, thread: str | None, kind: OutboxKind = OutboxKind.POST, **content: object
) -> None:
    row = OutboxMessage(
        id=id,
        thread_id=thread,
        kind=kind,
        created_at=NOW,
        not_before=NOW,
        content=content or elements.dump(Card(fallback="News of a referral.", elements=(Text(id),))),
    )
    do(store, lambda tx: tx.add(row))


def row(store: SqlStore, id: str) -> OutboxMessage:
    found = do(store, lambda tx: tx.get(OutboxMessage, id))
    assert isinstance(found, OutboxMessage)
    return found


async def run_until(worker: DeliveryWorker, sender: FakeSender, attempts: int) -> None:
    worker.start()
    await sender.reached(attempts)
    await worker.stop(SOON)


async def test_a_row_is_sent_once_and_marked_with_its_message(
    store: SqlStore, sender: FakeSender, make: Make, metrics: Metrics
) -> None:
    add_thread(store, "t1", root=None)
    add_row(store, "r1", "t1")
    await run_until(make(), sender, 1)
    assert sender.ids == ["r1"]
    assert row(store, "r1").status is OutboxStatus.SENT
    assert row(store, "r1").sent_as == "ts-r1"
    assert do(store, lambda tx: tx.get(Thread, "t1")).root == "ts-r1"
    assert 'referral_bot_outbox_sent_total{kind="post",platform="slack"} 1.0' in metrics.page().decode()


async def until(store: SqlStore, id: str, status: OutboxStatus) -> None:
    async with asyncio.timeout(SOON):
        while row(store, id).status is not status:
            await asyncio.wrap_future(store.transact(lambda tx: None))


async def test_rows_of_a_thread_leave_in_order_under_the_root_that_the_first_made(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "t1", root=None)
    for number in range(5):
        add_row(store, f"r{number}", "t1")
    await run_until(make(), sender, 5)
    assert sender.ids == ["r0", "r1", "r2", "r3", "r4"]
    assert [outgoing.root for outgoing in sender.got] == [None, "ts-r0", "ts-r0", "ts-r0", "ts-r0"]


async def test_a_slow_thread_does_not_hold_up_another(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "slow")
    add_thread(store, "quick", channel="C0HILLCREST")
    add_row(store, "s1", "slow")
    add_row(store, "q1", "quick")
    add_row(store, "q2", "quick")
    sender.held["s1"] = asyncio.Event()
    worker = make()
    worker.start()
    await sender.reached(3)
    assert sorted(sender.ids) == ["q1", "q2", "s1"]
    sender.held["s1"].set()
    await worker.stop(SOON)
    assert row(store, "s1").status is OutboxStatus.SENT


async def test_a_failure_is_tried_again_later_and_looks_before_it_posts(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    add_row(store, "r2", "t1")
    sender.failures["r1"] = [SendFailed("timeout"), SendFailed("server_error")]
    await run_until(make(), sender, 1)
    first_wait = row(store, "r1").not_before - NOW
    assert timedelta(seconds=0.5) <= first_wait <= timedelta(seconds=1)
    clock.forward(first_wait)
    await run_until(make(), sender, 2)
    second_wait = row(store, "r1").not_before - clock.now()
    assert timedelta(seconds=1) <= second_wait <= timedelta(seconds=2)
    clock.forward(second_wait)
    await run_until(make(), sender, 4)
    assert sender.ids == ["r1", "r1", "r1", "r2"]
    assert [outgoing.retry for outgoing in sender.got] == [False, True, True, False]
    assert row(store, "r2").status is OutboxStatus.SENT


async def test_waits_grow_but_not_past_five_minutes(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    sender.failures["r1"] = [SendFailed("connection_failed") for _ in range(15)]
    waits = []
    for attempt in range(1, 16):
        await run_until(make(), sender, attempt)
        waits.append(row(store, "r1").not_before - clock.now())
        clock.forward(waits[-1])
    assert max(waits) <= timedelta(minutes=5)
    assert min(waits[10:]) >= timedelta(minutes=2.5)
    await run_until(make(), sender, 16)
    assert row(store, "r1").status is OutboxStatus.SENT


async def test_retry_after_is_obeyed_by_its_channel_alone(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "t1")
    add_thread(store, "t2")
    add_thread(store, "t3", channel="C0HILLCREST")
    add_row(store, "r1", "t1")
    sender.failures["r1"] = [SendFailed("ratelimited", retry_after=30.0)]
    worker = make()
    worker.start()
    await sender.reached(1)
    await asyncio.wrap_future(store.transact(lambda tx: None))
    add_row(store, "r2", "t2")
    add_row(store, "r3", "t3")
    worker.wake()
    await sender.reached(2)
    await worker.stop(SOON)
    assert sender.ids == ["r1", "r3"]
    assert row(store, "r1").not_before == NOW + timedelta(seconds=30)
    assert row(store, "r2").status is OutboxStatus.PENDING
    assert timedelta(seconds=29) < row(store, "r2").not_before - NOW < timedelta(seconds=31)


async def test_what_can_never_arrive_is_dead_and_lets_the_next_one_go(
    store: SqlStore, sender: FakeSender, make: Make, metrics: Metrics
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    add_row(store, "r2", "t1")
    sender.failures["r1"] = [SendFailed("is_archived", final=True)]
    await run_until(make(), sender, 2)
    assert row(store, "r1").status is OutboxStatus.DEAD
    assert row(store, "r1").failure == "is_archived"
    assert row(store, "r2").status is OutboxStatus.SENT
    assert 'outbox_dead_total{code="is_archived",platform="slack"} 1.0' in metrics.page().decode()


async def test_an_error_of_the_program_is_tried_a_few_times(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    sender.failures["r1"] = [ZeroDivisionError() for _ in range(100)]
    for attempt in range(1, BUG_ATTEMPTS + 2):
        assert row(store, "r1").status is OutboxStatus.PENDING
        await run_until(make(), sender, attempt)
        clock.forward(timedelta(minutes=5))
    assert row(store, "r1").status is OutboxStatus.DEAD


async def test_a_row_that_cannot_be_prepared_does_not_hold_up_the_others(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "t1")
    add_thread(store, "t2")
    add_row(store, "broken", "t1", OutboxKind.FILE, nothing="of use")
    add_row(store, "r2", "t2")
    await run_until(make(), sender, 1)
    assert sender.ids == ["r2"]
    assert row(store, "broken").status is OutboxStatus.PENDING
    assert row(store, "broken").failure == "prepare"


async def test_a_row_with_nothing_to_do_lets_the_next_one_go(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1", OutboxKind.FILE, document_id="gone")
    add_row(store, "r2", "t1")
    await run_until(make(), sender, 1)
    assert sender.ids == ["r2"]


async def test_an_attempt_without_an_answer_counts_as_one_that_may_have_arrived(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.01)
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    sender.held["r1"] = asyncio.Event()
    await run_until(make(), sender, 1)
    assert row(store, "r1").failure == "timeout"
    sender.held["r1"].set()
    clock.forward(timedelta(minutes=1))
    await run_until(make(), sender, 2)
    assert sender.got[1].retry


async def test_what_a_crash_left_in_the_air_is_looked_for_when_its_lease_is_over(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    sender.held["r1"] = asyncio.Event()
    crashed = make()
    crashed.start()
    await sender.reached(1)
    await crashed.stop(within=0)
    assert row(store, "r1").status is OutboxStatus.SENDING
    sender.held.clear()
    clock.forward(LEASE - timedelta(seconds=1))
    assert do(store, lambda tx: tx.claim_outbox(clock.now(), LEASE, 10)) == []
    clock.forward(timedelta(seconds=1))
    await run_until(make(), sender, 2)
    assert sender.got[1].retry
    assert row(store, "r1").status is OutboxStatus.SENT


def test_a_card_is_not_drawn_before_its_channel_takes_it(
    store: SqlStore, clock: DemoClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*_: object) -> Card:
        raise AssertionError("drawn")

    monkeypatch.setattr(core.elements, "load", draw)
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    later = clock.now() + timedelta(minutes=1)

    def take(tx: Transaction) -> Outgoing | None:
        (claimed,) = tx.claim_outbox(clock.now(), LEASE, 10)
        return core.prepare(tx, claimed, clock.now(), Phi.MINIMAL, lambda thread: later)

    assert do(store, take) is None
    found = row(store, "r1")
    assert (found.status, found.not_before, found.leased_until) == (OutboxStatus.PENDING, later, None)


def test_who_was_suspended_past_the_lease_changes_nothing_any_more(store: SqlStore, clock: DemoClock) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    (first,) = do(store, lambda tx: tx.claim_outbox(clock.now(), LEASE, 10))
    clock.forward(LEASE)
    (second,) = do(store, lambda tx: tx.claim_outbox(clock.now(), LEASE, 10))
    suspended, other, now = core.Claim.of(first), core.Claim.of(second), clock.now()
    do(store, lambda tx: core.failed(tx, suspended, "timeout", now, now))
    do(store, put_back(suspended, now))
    do(store, lambda tx: core.delivered(tx, suspended, "1.1", now))
    assert row(store, "r1") == second
    do(store, lambda tx: core.delivered(tx, other, "1.2", now))
    assert (row(store, "r1").status, row(store, "r1").sent_as) == (OutboxStatus.SENT, "1.2")


async def test_a_turn_of_the_clock_during_an_attempt_does_not_send_twice(
    store: SqlStore, sender: FakeSender, make: Make, clock: DemoClock
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    sender.held["r1"] = asyncio.Event()
    worker = make()
    worker.start()
    await sender.reached(1)
    clock.forward(timedelta(hours=2))
    worker.wake()
    add_thread(store, "t2")
    add_row(store, "r2", "t2")
    worker.wake()
    await sender.reached(2)
    sender.held["r1"].set()
    await worker.stop(SOON)
    assert sorted(sender.ids) == ["r1", "r2"]
    assert row(store, "r1").status is OutboxStatus.SENT


async def test_a_row_that_must_wait_long_for_its_channel_goes_back_for_then(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    for number in range(3):
        add_thread(store, f"t{number}")
        add_row(store, f"r{number}", f"t{number}")
    worker = make(Pace(rate=0.1, burst=1, monotonic=lambda: 0.0))
    await run_until(worker, sender, 1)
    assert len(sender.got) == 1
    waiting = sorted(row(store, f"r{number}").not_before - NOW for number in range(3))
    assert waiting == [timedelta(0), timedelta(seconds=10), timedelta(seconds=20)]


async def test_stopping_hands_back_what_nobody_has_tried(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    for number in range(3):
        add_thread(store, f"t{number}")
        add_row(store, f"r{number}", f"t{number}")
    worker = make(Pace(rate=0.5, burst=1, monotonic=lambda: 0.0))
    await run_until(worker, sender, 1)
    rows = [row(store, f"r{number}") for number in range(3)]
    assert sorted(row.status for row in rows) == ["pending", "pending", "sent"]
    assert all(row.not_before == NOW and row.attempts == 0 for row in rows)


class Troubled:
    """A store that does not take the next few transactions."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.troubles = 0

    def transact(self, use_case: Callable[[Transaction], Any]) -> Future[Any]:
        if self.troubles:
            self.troubles -= 1
            refused: Future[Any] = Future()
            refused.set_exception(StoreUnavailable("The disk is full."))
            return refused
        return self._store.transact(use_case)

    def close(self) -> None: ...


async def test_what_was_sent_is_marked_once_the_store_takes_it_again(
    store: SqlStore, sender: FakeSender, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_RETRY_SECONDS", 0.001)
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    add_row(store, "r2", "t1")
    sender.held["r1"] = asyncio.Event()
    troubled = Troubled(store)
    worker = make(of=troubled)
    worker.start()
    await sender.reached(1)
    troubled.troubles = 2
    sender.held["r1"].set()
    await sender.reached(2)
    await worker.stop(SOON)
    assert sender.ids == ["r1", "r2"]
    assert row(store, "r1").status is OutboxStatus.SENT


async def test_what_cannot_be_marked_is_given_up_and_left_to_its_lease(
    store: SqlStore, sender: FakeSender, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(delivery, "FIRST_RETRY_SECONDS", 0.00001)
    monkeypatch.setattr("referral_bot.desk.delivery.delivered", fail)
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    worker = make()
    worker.start()
    await sender.reached(1)
    async with asyncio.timeout(SOON):
        while worker.in_hand:
            await asyncio.wrap_future(store.transact(lambda tx: None))
    await worker.stop(SOON)
    assert row(store, "r1").status is OutboxStatus.SENDING


async def test_a_store_in_trouble_does_not_end_the_worker(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_thread(store, "t1")
    add_row(store, "r1", "t1")
    troubled = Troubled(store)
    troubled.troubles = 1
    worker = make(of=troubled)
    worker.start()
    await asyncio.wrap_future(store.transact(lambda tx: None))
    worker.wake()
    await sender.reached(1)
    await worker.stop(SOON)
    assert row(store, "r1").status is OutboxStatus.SENT


def add_document(store: SqlStore) -> None:
    referral = Referral(id="referral", office_key="lakeside", sent_by="maria", started_at=NOW)
    document = Document(
        id="d1",
        subject_id="referral",
        added_by="maria",
        added_at=NOW,
        name="report.pdf",
        media_type="application/pdf",
        source={"id": "F1", "platform": "slack", "tenant": "T1"},
    )
    do(store, lambda tx: (tx.add(referral), tx.add(document)))


async def test_a_file_is_brought_in(store: SqlStore, sender: FakeSender, make: Make) -> None:
    add_document(store)
    add_row(store, "f1", None, OutboxKind.FETCH, document_id="d1")
    await run_until(make(), sender, 1)
    document = do(store, lambda tx: tx.get(Document, "d1"))
    assert document.ready
    assert document.content == sender.file
    assert row(store, "f1").status is OutboxStatus.SENT


async def test_a_file_that_is_gone_is_not_asked_for_again(
    store: SqlStore, sender: FakeSender, make: Make
) -> None:
    add_document(store)
    add_row(store, "f1", None, OutboxKind.FETCH, document_id="d1")
    sender.failures["f1"] = [SendFailed("file_deleted", final=True)]
    await run_until(make(), sender, 1)
    assert row(store, "f1").status is OutboxStatus.SENT
    assert not do(store, lambda tx: tx.get(Document, "d1")).ready


async def test_a_platform_that_is_not_set_up_leaves_a_dead_letter(store: SqlStore, make: Make) -> None:
    thread = Thread(
        id="t1", subject_id="s", audience=Audience.OFFICE, platform="teams", channel="19:prairie", root="r"
    )
    do(store, lambda tx: tx.add(thread))
    add_row(store, "r1", "t1")
    worker = make()
    worker.start()
    await until(store, "r1", OutboxStatus.DEAD)
    await worker.stop(SOON)
    assert row(store, "r1").failure == "platform_not_set_up"
