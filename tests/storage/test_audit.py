"""The record of who saw and changed what shows when it was tampered with."""

from __future__ import annotations

from itertools import pairwise

import pytest
import sqlalchemy

from storage import SqlStore, verify
from storage.opening import engine_for
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import MINUTE, NOW, entry, run


def write(store: SqlStore, count: int, start: int = 0) -> None:
    for place in range(start, start + count):
        run(
            store,
            lambda tx, place=place: tx.audit(entry(f"act.{place}", at=NOW + place * MINUTE, subject_id="r1")),
        )


def tamper(database: Database, *statements: str) -> None:
    engine = engine_for(database.url)
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(sqlalchemy.text(statement)).rowcount
    engine.dispose()


def test_an_untouched_record_holds(store: SqlStore) -> None:
    write(store, 25)
    verdict = verify(store)
    assert (verdict.rows, verdict.broken) == (25, None)
    assert sum(head.seq for head in verdict.heads.values()) == 25


def test_an_empty_record_holds(store: SqlStore) -> None:
    assert (verify(store).rows, verify(store).broken) == (0, None)


@pytest.fixture
def one_chain(database: Database) -> SqlStore:
    """A store that writes one chain on either engine: six rows."""
    import storage

    store = storage.open_store(database.url, database.keys, pool_size=1)
    write(store, 6)
    return store


@pytest.mark.parametrize(
    ("change", "seq", "why"),
    [
        ("UPDATE audit SET actor_key = 'raj' WHERE seq = 3", 3, "content was changed"),
        ("UPDATE audit SET what = 'act.9' WHERE seq = 1", 1, "content was changed"),
        ("UPDATE audit SET subject_id = NULL WHERE seq = 6", 6, "content was changed"),
        ("UPDATE audit SET place = 'x' WHERE seq = 2", 2, "content was changed"),
        ("UPDATE audit SET hash = previous WHERE seq = 2", 2, "content was changed"),
        ("UPDATE audit SET previous = hash WHERE seq = 4", 4, "does not follow"),
        ("DELETE FROM audit WHERE seq = 4", 5, "rows before this one are gone"),
        ("DELETE FROM audit WHERE seq <= 2", 3, "rows before this one are gone"),
        ("UPDATE audit SET seq = seq + 100 WHERE seq = 5", 6, "rows before this one are gone"),
    ],
)
def test_the_first_broken_link_is_named(
    one_chain: SqlStore, database: Database, change: str, seq: int, why: str
) -> None:
    tamper(database, change)
    broken = verify(one_chain).broken
    assert broken is not None
    assert broken.seq == seq
    assert why in broken.why
    one_chain.close()


def test_a_time_that_was_changed_is_noticed(one_chain: SqlStore, database: Database) -> None:
    later = "at + 1" if database.url.startswith("sqlite") else "at + interval '1 microsecond'"
    tamper(database, f"UPDATE audit SET at = {later} WHERE seq = 5")
    broken = verify(one_chain).broken
    assert broken is not None
    assert broken.seq == 5
    one_chain.close()


def test_rows_taken_from_the_end_show_against_an_earlier_verdict(
    one_chain: SqlStore, database: Database
) -> None:
    earlier = verify(one_chain)
    tamper(database, "DELETE FROM audit WHERE seq > 4")
    later = verify(one_chain)
    assert later.broken is None
    assert later.cut_off_since(earlier.heads) == list(earlier.heads)
    assert earlier.cut_off_since(earlier.heads) == []
    one_chain.close()


def test_a_chain_goes_on_after_a_failed_turn(store: SqlStore) -> None:
    def fail(tx: SqlTransaction) -> None:
        tx.audit(entry("undone"))
        raise KeyError

    write(store, 3)
    for _ in range(8):
        with pytest.raises(KeyError):
            run(store, fail)
    write(store, 8, start=3)
    verdict = verify(store)
    assert (verdict.rows, verdict.broken) == (11, None)


def test_a_chain_goes_on_after_a_restart_and_beside_another_process(database: Database) -> None:
    one, other = database.open(), database.open()
    for place in range(10):
        write(one if place % 2 else other, 1, start=place)
    one.close()
    again = database.open()
    write(again, 3, start=10)
    verdict = verify(again)
    assert (verdict.rows, verdict.broken) == (13, None)
    if database.url.startswith("sqlite"):
        assert list(verdict.heads) == ["main"]
    other.close()
    again.close()


def test_a_whole_chain_that_was_taken_away_is_missed_by_the_next(postgres_database: Database) -> None:
    one = postgres_database.open()
    write(one, 1)
    one.close()
    other = postgres_database.open()
    first = next(iter(verify(other).heads))
    write(other, 1, start=1)
    assert verify(other).broken is None
    tamper(postgres_database, f"DELETE FROM audit WHERE chain = '{first}'")
    broken = verify(other).broken
    assert broken is not None
    assert "began after is gone" in broken.why
    other.close()


def test_the_head_is_looked_up_once_and_then_remembered(sqlite_database: Database) -> None:
    store = sqlite_database.open()
    statements: list[str] = []
    store._driver.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    write(store, 5)
    heads = [each for each in statements if "ORDER BY audit.seq DESC" in each]
    assert len(heads) == 1
    store.close()


def test_a_chain_mended_without_the_key_does_not_hold(one_chain: SqlStore, database: Database) -> None:
    """Whoever rewrites a row and everything behind it as the program would, but with a key of their own."""
    from storage.audit import link
    from storage.tables import AUDIT

    engine = engine_for(database.url)
    with engine.begin() as connection:
        rows = [
            dict(row) for row in connection.execute(sqlalchemy.select(AUDIT).order_by(AUDIT.c.seq)).mappings()
        ]
        rows[2]["actor_key"] = "raj"
        for before, row in pairwise(rows[1:]):
            row["previous"] = before["hash"]
            row["hash"] = link(b"a key of their own", row)
            mended = sqlalchemy.update(AUDIT).where(AUDIT.c.seq == row["seq"]).values(row)
            connection.execute(mended)
    engine.dispose()
    broken = verify(one_chain).broken
    assert broken is not None
    assert broken.seq == 3
    one_chain.close()
