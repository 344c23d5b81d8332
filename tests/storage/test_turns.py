"""A turn is kept whole or not at all, and one that fails spoils no other."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from referral_bot.errors import NotNow, StoreUnavailable
from referral_bot.model import Document, Event, Referral
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import NOW, document, draft, entry, event, keep, message, run, submitted


class Gate:
    """Holds the store's writer, so that what is given to it meanwhile goes into one group."""

    def __init__(self, store: SqlStore) -> None:
        self._open = threading.Event()
        started = threading.Event()

        def hold(tx: SqlTransaction) -> None:
            started.set()
            self._open.wait(10)

        self._held = store.transact(hold)
        assert started.wait(10)

    def open(self) -> None:
        self._open.set()
        self._held.result(10)


@pytest.fixture
def writer(sqlite_database: Database) -> Any:
    store = sqlite_database.open()
    yield store
    store.close()


def test_what_a_use_case_raises_reaches_who_asked(store: SqlStore) -> None:
    def refuse(tx: SqlTransaction) -> None:
        tx.add(draft())
        raise NotNow("Raj was first.")

    with pytest.raises(NotNow, match="Raj was first"):
        run(store, refuse)
    assert run(store, lambda tx: tx.get(Referral, "r1")) is None


def test_an_attempt_that_fails_is_undone_and_the_rest_is_kept(store: SqlStore) -> None:
    def act(tx: SqlTransaction) -> None:
        tx.add(event("e2"))
        tx.audit(entry("inner"))
        tx.add(draft("r2"))
        raise NotNow("Too late.")

    def turn(tx: SqlTransaction) -> None:
        tx.first_time("k", NOW)
        tx.audit(entry("before"))
        tx.add(event("e1"))
        with pytest.raises(NotNow):
            tx.attempt(lambda: act(tx))
        tx.audit(entry("after"))
        tx.add(event("e3"))

    run(store, turn)

    assert [each.seq for each in run(store, lambda tx: tx.events("r1"))] == [1, 2]
    assert run(store, lambda tx: tx.get(Referral, "r2")) is None
    assert [each.what for each in run(store, lambda tx: tx.audit_entries())] == ["before", "after"]
    assert run(store, lambda tx: tx.first_time("k", NOW)) is False


def test_an_attempt_gives_back_what_it_comes_to_and_attempts_nest(store: SqlStore) -> None:
    def turn(tx: SqlTransaction) -> str:
        def outer() -> str:
            tx.add(event("outer"))
            with pytest.raises(KeyError):
                tx.attempt(lambda: (tx.add(event("inner")), {}["no"]))  # type: ignore[index]
            return "done"

        return tx.attempt(outer)

    assert run(store, turn) == "done"
    assert [each.id for each in run(store, lambda tx: tx.events("r1"))] == ["outer"]


@pytest.mark.parametrize("mistake", ["raise", "twice", "syntax"])
def test_a_turn_that_fails_in_a_group_spoils_no_other(writer: SqlStore, mistake: str) -> None:
    def fail(tx: SqlTransaction) -> None:
        tx.add(draft("bad"))
        tx.audit(entry("bad"))
        if mistake == "twice":
            tx.add(draft("bad"))
        if mistake == "syntax":
            tx._cursor.execute("SELEKT")
        raise KeyError

    gate = Gate(writer)
    before = writer.transact(lambda tx: (tx.add(draft("r1")), tx.audit(entry("one"))))
    bad = writer.transact(fail)
    after = writer.transact(lambda tx: (tx.add(draft("r2")), tx.audit(entry("two"))))
    gate.open()

    before.result(10)
    after.result(10)
    with pytest.raises((KeyError, sqlite3.Error)):
        bad.result(10)
    kept = run(writer, lambda tx: [tx.get(Referral, id) for id in ("r1", "bad", "r2")])
    assert [each and each.id for each in kept] == ["r1", None, "r2"]
    assert [each.what for each in run(writer, lambda tx: tx.audit_entries())] == ["one", "two"]


def test_a_group_is_committed_once(writer: SqlStore) -> None:
    statements: list[str] = []
    writer._driver.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    gate = Gate(writer)
    futures = [writer.transact(lambda tx, id=f"r{n}": tx.add(draft(id))) for n in range(20)]  # type: ignore[misc]
    gate.open()
    for future in futures:
        future.result(10)
    assert statements.count("COMMIT") == 2, "one for the gate, one for the twenty"


def test_a_cancelled_turn_is_not_run(writer: SqlStore) -> None:
    gate = Gate(writer)
    ran: list[str] = []
    cancelled: Future[None] = writer.transact(lambda tx: ran.append("cancelled"))
    kept = writer.transact(lambda tx: ran.append("kept"))
    assert cancelled.cancel()
    gate.open()
    kept.result(10)
    assert ran == ["kept"]


def test_closing_finishes_what_is_queued_and_takes_nothing_more(database: Database) -> None:
    store = database.open()
    futures = [store.transact(lambda tx, n=n: tx.add(draft(f"r{n}"))) for n in range(30)]  # type: ignore[misc]
    store.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(StoreUnavailable):
        run(store, lambda tx: None)
    store.close()
    again = database.open()
    assert len(run(again, lambda tx: tx.drafts("maria"))) == 30
    again.close()


# ---------------------------------------------------------------- trouble on SQLite


def big(id: str) -> Document:
    return document(id, content=b"x" * 200_000)


def limit_pages(store: SqlStore, spare: int | None) -> None:
    """Let the file grow by so many pages only, as a full disk would; freely for None."""
    driver = store._driver  # type: ignore[attr-defined]
    (pages,) = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count = {1 << 30 if spare is None else pages + spare}").fetchall()


def test_a_full_disk_is_said_and_is_over_once_there_is_room(writer: SqlStore) -> None:
    limit_pages(writer, 2)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        keep(writer, big("d1"))
    limit_pages(writer, None)
    keep(writer, big("d1"))
    assert run(writer, lambda tx: tx.get(Document, "d1")).content == big("d1").content


def test_who_fits_on_a_full_disk_is_kept_beside_who_does_not(writer: SqlStore) -> None:
    keep(writer, draft("r0"), event("e0"))
    limit_pages(writer, 8)
    gate = Gate(writer)
    first = writer.transact(lambda tx: (tx.add(event("e1")), tx.audit(entry("first"))))
    large = writer.transact(lambda tx: (tx.audit(entry("large")), tx.add(big("d1"))))
    last = writer.transact(lambda tx: (tx.add(event("e2")), tx.audit(entry("last"))))
    gate.open()

    first.result(10)
    last.result(10)
    with pytest.raises(StoreUnavailable):
        large.result(10)
    assert [each.id for each in run(writer, lambda tx: tx.events("r1"))] == ["e0", "e1", "e2"]
    assert [each.what for each in run(writer, lambda tx: tx.audit_entries())] == ["first", "last"]


def test_a_turn_in_which_sqlite_gives_up_fails_alone(writer: SqlStore) -> None:
    """Where SQLite rolls everything back, the others of the group run again without the culprit."""
    runs: list[str] = []

    def good(tx: SqlTransaction, id: str) -> None:
        runs.append(id)
        tx.add(event(id))
        tx.audit(entry(id))

    def give_up(tx: SqlTransaction) -> None:
        tx._cursor.execute("INSERT OR ROLLBACK INTO seen VALUES ('k', 1), ('k', 1)")

    gate = Gate(writer)
    before = writer.transact(lambda tx: good(tx, "e1"))
    culprit = writer.transact(give_up)
    after = writer.transact(lambda tx: good(tx, "e2"))
    gate.open()

    before.result(10)
    after.result(10)
    with pytest.raises(sqlite3.IntegrityError):
        culprit.result(10)
    assert runs == ["e1", "e1", "e2"]
    assert [each.seq for each in run(writer, lambda tx: tx.events("r1"))] == [1, 2]
    assert [each.what for each in run(writer, lambda tx: tx.audit_entries())] == ["e1", "e2"]


def test_a_commit_that_fails_fails_the_whole_group_and_is_over_afterwards(writer: SqlStore) -> None:
    def unfinished(tx: SqlTransaction) -> None:
        """Leaves a broken reference that SQLite finds only at the commit."""
        tx._cursor.execute("PRAGMA defer_foreign_keys=ON")
        tx._cursor.execute("INSERT INTO document_content VALUES ('nobodys', x'00')")

    gate = Gate(writer)
    futures = [
        writer.transact(lambda tx: (tx.add(draft("r1")), tx.audit(entry("lost")), None)[-1]),
        writer.transact(unfinished),
        writer.transact(lambda tx: tx.add(draft("r2"))),
    ]
    gate.open()
    for future in futures:
        with pytest.raises(StoreUnavailable):
            future.result(10)
    assert run(writer, lambda tx: (tx.get(Referral, "r1"), tx.audit_entries())) == (None, [])
    keep(writer, draft("r1"))
    assert run(writer, lambda tx: tx.get(Referral, "r1")) == draft("r1")


def test_a_database_locked_by_another_program_is_said_and_is_over_once_it_is_free(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite._LOCK_SECONDS", 0.05)
    store = sqlite_database.open()
    other = sqlite3.connect(tmp_path / "referrals.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another program"):
        keep(store, draft())
    assert store.readiness(NOW).reachable is False
    other.execute("ROLLBACK")
    keep(store, draft())
    assert store.readiness(NOW).reachable is True
    other.close()
    store.close()


def test_readiness_tells_what_waits(store: SqlStore) -> None:
    keep(store, message("m1"), submitted())
    ready = store.readiness(NOW)
    assert (ready.reachable, ready.migrated, ready.waiting, ready.oldest.total_seconds()) == (
        True,
        True,
        1,
        0,
    )


def test_a_store_that_is_closed_is_not_ready(database: Database) -> None:
    store = database.open()
    store.close()
    assert store.readiness(NOW).reachable is False


def test_an_event_is_found_in_the_turn_that_added_it(store: SqlStore) -> None:
    def turn(tx: SqlTransaction) -> list[Event]:
        tx.add(event("e1"))
        return tx.events("r1")

    assert [each.id for each in run(store, turn)] == ["e1"]
