"""Of many who do the same at once, one has done it; on SQLite, on PostgreSQL, and in several processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import psycopg
import pytest

from referral_bot.errors import Stale, StoreUnavailable, TimeTaken
from referral_bot.model import Referral
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import MINUTE, NOW, appointment, draft, entry, event, keep, message, run, submitted


@pytest.fixture
def replicas(database: Database) -> Iterator[list[SqlStore]]:
    """Two stores on one database, as two processes have them."""
    stores = [database.open(), database.open()]
    yield stores
    for store in stores:
        store.close()


def at_once(stores: list[SqlStore], use_cases: list[Callable[[SqlTransaction], Any]]) -> list[Any]:
    """What each of the use cases comes to, or raises, when they are given to the stores in turn."""
    futures: list[Future[Any]] = [
        stores[place % len(stores)].transact(use_case) for place, use_case in enumerate(use_cases)
    ]
    return [future.exception(30) or future.result() for future in futures]


def test_the_same_delivery_four_times_at_once_is_acted_on_once(replicas: list[SqlStore]) -> None:
    def deliver(tx: SqlTransaction) -> bool:
        if not tx.first_time("slack:message:C1:1.1", NOW):
            return False
        tx.add(draft(tx.new_id()))
        return True

    assert sorted(at_once(replicas, [deliver] * 4)) == [False, False, False, True]
    assert len(run(replicas[0], lambda tx: tx.drafts("maria"))) == 1


def test_of_two_who_decide_at_once_one_is_told(replicas: list[SqlStore]) -> None:
    keep(replicas[0], submitted())
    both_have_read = threading.Barrier(2)

    def accept(tx: SqlTransaction) -> None:
        referral = tx.get(Referral, "r1")
        assert referral is not None
        if referral.owner_key:
            raise Stale("Raj was first.")
        if not one_at_a_time(replicas):
            both_have_read.wait(10)
        referral.owner_key = "tess"
        tx.save(referral)

    outcomes = at_once(replicas, [accept, accept])
    assert [type(each) for each in outcomes].count(Stale) == 1
    assert run(replicas[0], lambda tx: tx.get(Referral, "r1")).version == 1


def one_at_a_time(stores: list[SqlStore]) -> bool:
    """Whether turns run one after the other, so that two can't both have read before one has written."""
    return stores[0].engine.dialect.name == "sqlite"


@pytest.mark.parametrize("locked", [True, False])
def test_fifty_who_book_the_same_time_at_once_book_it_once(replicas: list[SqlStore], locked: bool) -> None:
    keep(replicas[0], submitted())

    def book(tx: SqlTransaction) -> str:
        if locked:
            tx.lock_provider("lee")
            if tx.busy(["lee"], NOW, NOW + 40 * MINUTE, NOW):
                raise TimeTaken("Taken.")
        mine = appointment(tx.new_id())
        tx.add(mine)
        return mine.id

    outcomes = at_once(replicas, [book] * 50)
    assert Counter(type(each) for each in outcomes) == {str: 1, TimeTaken: 49}
    assert len(run(replicas[0], lambda tx: tx.appointments("r1"))) == 1


def test_a_providers_lock_keeps_overlapping_times_apart(replicas: list[SqlStore]) -> None:
    """Starts that differ have no unique index to hold them apart: the lock alone does."""
    keep(replicas[0], submitted())

    def book(minutes: int) -> Callable[[SqlTransaction], None]:
        start = NOW + minutes * MINUTE

        def use_case(tx: SqlTransaction) -> None:
            tx.lock_provider("lee")
            if tx.busy(["lee"], start, start + 40 * MINUTE, NOW):
                raise TimeTaken("Taken.")
            tx.add(appointment(tx.new_id(), start))

        return use_case

    outcomes = at_once(replicas, [book(minutes) for minutes in range(30)])
    assert Counter(type(each) for each in outcomes) == {type(None): 1, TimeTaken: 29}


def test_events_of_one_subject_written_at_once_are_numbered_without_a_gap(replicas: list[SqlStore]) -> None:
    def happen(tx: SqlTransaction) -> None:
        tx.add(event(tx.new_id()))
        tx.audit(entry())

    assert at_once(replicas, [happen] * 40) == [None] * 40
    assert [each.seq for each in run(replicas[0], lambda tx: tx.events("r1"))] == list(range(1, 41))


def test_references_given_at_once_are_never_the_same(replicas: list[SqlStore]) -> None:
    def submit(tx: SqlTransaction) -> None:
        tx.add(submitted(tx.new_id(), reference=tx.new_reference()))

    assert at_once(replicas, [submit] * 60) == [None] * 60
    found = run(replicas[0], lambda tx: tx.referrals())
    assert len({each.reference for each in found}) == 60


# ---------------------------------------------------------------- PostgreSQL alone


def test_turns_in_each_others_way_run_again(postgres_database: Database) -> None:
    """Two turns that change two referrals in opposite order: PostgreSQL breaks one of them off."""
    store = postgres_database.open()
    keep(store, submitted("r1"), submitted("r2"))
    both_hold_one = threading.Barrier(2)
    runs: list[str] = []

    def change(first: str, second: str) -> Callable[[SqlTransaction], None]:
        def use_case(tx: SqlTransaction) -> None:
            runs.append(first)
            for place, id in enumerate((first, second)):
                if place and runs.count(first) == 1:
                    both_hold_one.wait(10)
                referral = tx.get(Referral, id)
                assert referral is not None
                referral.assumed = [*referral.assumed, first]
                tx.save(referral)

        return use_case

    outcomes = at_once([store], [change("r1", "r2"), change("r2", "r1")])
    assert outcomes == [None, None]
    assert len(runs) > 2, "one of the two ran again"
    for id in ("r1", "r2"):
        changed = run(store, lambda tx, id=id: tx.get(Referral, id))
        assert changed is not None
        assert sorted(changed.assumed) == ["r1", "r2"], "neither change was lost"
    store.close()


def kill_connections(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_cut_between_turns_costs_nobody_anything(postgres_database: Database) -> None:
    store = postgres_database.open()
    keep(store, *(draft(f"a{each}") for each in range(4)))
    for cut in range(3):
        kill_connections(postgres_database)
        assert at_once([store], [lambda tx: tx.add(draft(tx.new_id()))] * 8) == [None] * 8, cut
    assert len(run(store, lambda tx: tx.drafts("maria"))) == 28
    store.close()


def test_a_connection_cut_within_a_turn_has_it_run_again_whole(postgres_database: Database) -> None:
    store = postgres_database.open()
    runs: list[int] = []

    def turn(tx: SqlTransaction) -> None:
        tx.add(draft(f"r{len(runs)}"))
        tx.audit(entry())
        runs.append(1)
        if len(runs) == 1:
            kill_connections(postgres_database)
        tx.add(event(tx.new_id()))

    run(store, turn)
    assert len(runs) == 2
    assert [each.id for each in run(store, lambda tx: tx.drafts("maria"))] == ["r1"]
    store.close()


def test_a_lock_held_by_another_program_is_said_and_is_over_once_it_is_free(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.postgres._LOCK_MILLISECONDS", 50)
    store = postgres_database.open()
    keep(store, submitted())
    with psycopg.connect(postgres_database.url) as other:
        other.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            keep(store, event("e1"))
    keep(store, event("e1"))
    store.close()


WORKER = """
import sys
from datetime import timedelta
import storage
from tests.storage.samples import NOW
store = storage.open_store(sys.argv[1], sys.argv[2], pool_size=4)
print("ready", flush=True)
sys.stdin.readline()
while rows := store.transact(lambda tx: tx.claim_outbox(NOW, timedelta(minutes=5), 5)).result():
    print(*(row.id for row in rows), flush=True)
store.close()
"""


def test_processes_that_claim_at_once_share_the_rows_out(postgres_database: Database) -> None:
    store = postgres_database.open()
    keep(store, *(message(f"m{each}", f"t{each}") for each in range(150)))
    command = [sys.executable, "-c", WORKER, postgres_database.url, postgres_database.keys]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claimed = [worker.communicate(timeout=30)[0].split() for worker in workers]
    assert Counter(id for each in claimed for id in each) == Counter(f"m{each}" for each in range(150))
    assert [worker.returncode for worker in workers] == [0, 0]
    store.close()
