"""Messages leave once, in order, whoever claims them; what is due is done by one."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from referral_bot.model import FollowUp, OutboxKind, OutboxMessage, OutboxStatus
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import MINUTE, NOW, follow_up, keep, message, run, thread

LEASE = 5 * MINUTE


def claim(store: SqlStore, now: Any = NOW, limit: int = 10) -> list[str]:
    return [row.id for row in run(store, lambda tx: tx.claim_outbox(now, LEASE, limit))]


def mark(store: SqlStore, id: str, **changes: Any) -> None:
    def change(tx: SqlTransaction) -> None:
        row = tx.get(OutboxMessage, id)
        assert row is not None
        for name, value in changes.items():
            setattr(row, name, value)
        tx.save(row)

    run(store, change)


def sent(store: SqlStore, id: str) -> None:
    mark(store, id, status=OutboxStatus.SENT, sent_at=NOW, sent_as="1.1", leased_until=None)


def test_a_claimed_row_is_leased_and_counts_no_attempt_yet(store: SqlStore) -> None:
    keep(store, message("m1", content={"title": "Received"}))
    (row,) = run(store, lambda tx: tx.claim_outbox(NOW, LEASE, 10))
    assert (row.status, row.leased_until, row.attempts) == (OutboxStatus.SENDING, NOW + LEASE, 0)
    assert row.content == {"title": "Received"}
    assert run(store, lambda tx: tx.get(OutboxMessage, "m1")) == row


def test_a_thread_sends_its_rows_one_after_the_other(store: SqlStore) -> None:
    keep(store, message("m1"), message("m2"), message("m3", "t2"))
    assert claim(store) == ["m1", "m3"]
    assert claim(store) == []
    sent(store, "m1")
    assert claim(store) == ["m2"]


def test_a_persons_direct_messages_keep_their_order_too(store: SqlStore) -> None:
    keep(store, message("d1", None, person_key="maria"), message("d2", None, person_key="maria"))
    keep(store, message("d3", None, person_key="tess"), message("f1", None, kind=OutboxKind.FETCH))
    assert claim(store) == ["d1", "d3", "f1"]


def test_a_thread_waits_for_its_oldest_row(store: SqlStore) -> None:
    keep(store, message("m1", not_before=NOW + MINUTE), message("m2"))
    assert claim(store) == []
    assert claim(store, NOW + MINUTE) == ["m1"]


def test_a_dead_row_holds_nothing_up(store: SqlStore) -> None:
    keep(store, message("m1"), message("m2"))
    mark(store, "m1", status=OutboxStatus.DEAD, failure="channel_archived")
    assert claim(store) == ["m2"]


def test_a_row_whose_lease_ran_out_comes_again_as_a_repetition(store: SqlStore) -> None:
    keep(store, message("m1"))
    claim(store)
    assert claim(store, NOW + LEASE - timedelta(microseconds=1)) == []
    (again,) = run(store, lambda tx: tx.claim_outbox(NOW + LEASE, LEASE, 10))
    assert (again.id, again.attempts) == ("m1", 1)
    (once_more,) = run(store, lambda tx: tx.claim_outbox(NOW + 2 * LEASE, LEASE, 10))
    assert once_more.attempts == 2


def test_a_row_put_back_waits_and_counts_what_it_was_told(store: SqlStore) -> None:
    keep(store, message("m1"))
    claim(store)
    mark(store, "m1", status=OutboxStatus.PENDING, not_before=NOW + MINUTE, leased_until=None, attempts=1)
    assert claim(store) == []
    (again,) = run(store, lambda tx: tx.claim_outbox(NOW + MINUTE, LEASE, 10))
    assert again.attempts == 1


def test_rows_come_in_the_order_they_were_made_up_to_the_limit(store: SqlStore) -> None:
    keep(
        store,
        message("third", "t3", created_at=NOW + MINUTE),
        message("second", "t2"),
        message("first", "t1", created_at=NOW - MINUTE, not_before=NOW - MINUTE),
    )
    assert claim(store, limit=2) == ["first", "second"]
    assert claim(store, limit=2) == ["third"]


def test_the_depth_is_what_waits_and_how_long_the_oldest_has(store: SqlStore) -> None:
    assert run(store, lambda tx: tx.outbox_depth(NOW)) == (0, timedelta(0))
    keep(store, message("m1"), message("m2"), message("m3", not_before=NOW + 60 * MINUTE))
    assert run(store, lambda tx: tx.outbox_depth(NOW + 7 * MINUTE)) == (3, 7 * MINUTE)
    sent(store, "m1")
    mark(store, "m2", status=OutboxStatus.DEAD)
    assert run(store, lambda tx: tx.outbox_depth(NOW + 7 * MINUTE)) == (1, timedelta(0))


def test_follow_ups_are_leased_the_longest_due_first(store: SqlStore) -> None:
    keep(store, follow_up("b", NOW), follow_up("a", NOW - MINUTE), follow_up("c", NOW + MINUTE))
    keep(store, follow_up("done", done_at=NOW))

    def due(now: Any, limit: int = 10) -> list[str]:
        return [each.id for each in run(store, lambda tx: tx.claim_follow_ups(now, LEASE, limit))]

    assert due(NOW, 1) == ["a"]
    assert due(NOW) == ["b"]
    assert due(NOW) == []
    assert due(NOW + LEASE) == ["a", "b", "c"]


def test_a_follow_up_that_was_done_is_not_claimed_again(store: SqlStore) -> None:
    keep(store, follow_up("a"))
    (mine,) = run(store, lambda tx: tx.claim_follow_ups(NOW, LEASE, 10))
    mine.done_at = NOW
    run(store, lambda tx: tx.save(mine))
    assert run(store, lambda tx: tx.claim_follow_ups(NOW + 2 * LEASE, LEASE, 10)) == []
    assert run(store, lambda tx: tx.get(FollowUp, "a")).done_at == NOW


def test_follow_ups_are_finished_together(store: SqlStore) -> None:
    keep(store, *(follow_up(id) for id in "abc"))
    run(store, lambda tx: tx.finish_follow_ups([], NOW))
    run(store, lambda tx: tx.finish_follow_ups(["a", "b"], NOW + MINUTE))
    left = run(store, lambda tx: tx.claim_follow_ups(NOW + MINUTE, LEASE, 10))
    assert [each.id for each in left] == ["c"]
    assert run(store, lambda tx: tx.get(FollowUp, "a")).done_at == NOW + MINUTE


# ---------------------------------------------------------------- many claimers


@pytest.mark.parametrize("replicas", [1, 2])
def test_of_many_claimers_each_row_goes_to_one(database: Database, replicas: int) -> None:
    stores = [database.open() for _ in range(replicas)]
    count = 120
    keep(stores[0], *(message(f"m{each}", f"t{each}") for each in range(count)))
    keep(stores[0], *(follow_up(f"f{each}") for each in range(count)))
    claimed: list[str] = []

    def work(store: SqlStore) -> None:
        while rows := run(
            store,
            lambda tx: [*tx.claim_outbox(NOW, LEASE, 7), *tx.claim_follow_ups(NOW, LEASE, 7)],
        ):
            claimed.extend(row.id for row in rows)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(claimed) == 2 * count
    assert set(Counter(claimed).values()) == {1}
    for store in stores:
        store.close()


def test_many_writers_to_one_thread_leave_no_gap_and_no_double(database: Database) -> None:
    stores = [database.open(), database.open()]
    keep(stores[0], thread())
    futures = [
        stores[each % 2].transact(lambda tx, each=each: tx.add(message(f"m{each}")))  # type: ignore[misc]
        for each in range(40)
    ]
    for future in futures:
        future.result(30)
    rows = run(stores[0], lambda tx: tx.outbox("t1"))
    assert [row.seq for row in rows] == list(range(1, 41))
    for store in stores:
        store.close()


# ---------------------------------------------------------------- waking


def test_a_commit_to_the_outbox_wakes_every_replica(database: Database) -> None:
    mine, theirs = database.open(), database.open()
    woken = {"mine": threading.Event(), "theirs": threading.Event()}
    stop = mine.listen(woken["mine"].set)
    if database.url.startswith("postgresql"):
        theirs.listen(woken["theirs"].set)
        assert woken["theirs"].wait(10), "listening begins with a look"
        woken["theirs"].clear()
        keep(mine, message("m1"))
        assert woken["theirs"].wait(10)
    else:
        keep(mine, message("m1"))
    assert woken["mine"].wait(10)
    stop()
    mine.close()
    theirs.close()


def test_a_commit_without_a_message_wakes_nobody(sqlite_database: Database) -> None:
    store = sqlite_database.open()
    woken: list[bool] = []
    store.listen(lambda: woken.append(True))

    def undone(tx: SqlTransaction) -> None:
        with pytest.raises(KeyError):
            tx.attempt(lambda: (tx.add(message("m1")), {}["no"]))  # type: ignore[index]

    run(store, undone)
    keep(store, follow_up("f1"))
    assert woken == []
    keep(store, message("m2"))
    store.close()
    assert woken == [True]
