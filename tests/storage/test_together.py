"""What a transaction writes goes to the engine together, and what a batch asks is read together."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from referral_bot.desk import due, followups
from referral_bot.errors import Stale
from referral_bot.model import (
    Audience,
    FollowUp,
    Phi,
    Promise,
    Referral,
)
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import (
    MINUTE,
    NOW,
    appointment,
    directory,
    document,
    event,
    follow_up,
    keep,
    message,
    promise,
    question,
    run,
    submitted,
    thread,
)

A_MONDAY = NOW.replace(day=6)
"""In the practice's hours: no quiet hours hold anything back."""


def late(store: SqlStore, ids: Iterable[int]) -> None:
    """Keep referrals with a promise that is late, and the follow-up that is to tell so."""
    for id in (f"{number:03}" for number in ids):
        owed = promise(f"p{id}", subject_id=f"r{id}", made_at=A_MONDAY - 60 * MINUTE, due_at=A_MONDAY)
        duty = follow_up(f"f{id}", A_MONDAY, subject_id=f"r{id}", argument=f"p{id}:{due.awaited(owed)}")
        places = [
            thread(f"{audience.value}{id}", subject_id=f"r{id}", audience=audience)
            for audience in (Audience.OFFICE, Audience.PRACTICE)
        ]
        keep(store, submitted(f"r{id}", reference=f"RB-{id}"), owed, duty, *places)


def do_due(store: SqlStore) -> list[str]:
    """Do what is due; the ids of the follow-ups that failed."""
    failed: list[str] = []

    def fail(duty: FollowUp, error: Exception) -> None:
        failed.append(duty.id)

    run(store, lambda tx: followups.run_due(tx, A_MONDAY + MINUTE, Phi.MINIMAL, failed=fail))
    return failed


def steps(store: SqlStore, ids: Iterable[int]) -> list[int]:
    """How many steps of each promise have been said."""
    return [run(store, lambda tx, id=id: tx.get(Promise, f"p{id:03}")).step for id in ids]


def test_what_was_just_written_is_found_by_every_finder(store: SqlStore) -> None:
    keep(store, submitted())

    def use_case(tx: SqlTransaction) -> list[int]:
        tx.add(thread())
        tx.add(event("e1"))
        tx.add(promise("p1"))
        tx.add(question("q1", referral_id="r1"))
        tx.add(appointment("a1"))
        tx.add(document("d1"))
        tx.add(follow_up("f1"))
        tx.add(message("m1"))
        found = [
            tx.threads("r1"),
            tx.events("r1"),
            tx.promises("r1"),
            tx.questions(referral_id="r1"),
            tx.appointments("r1"),
            tx.documents("r1"),
            tx.follow_ups("r1"),
            tx.outbox("t1"),
        ]
        return [len(each) for each in found]

    assert run(store, use_case) == [1] * 8


def test_a_record_may_be_added_and_changed_in_one_transaction(store: SqlStore) -> None:
    def use_case(tx: SqlTransaction) -> None:
        new = submitted()
        tx.add(question("q1", referral_id="r1"))
        tx.add(new)
        for owner in ("tess", "raj"):
            new.owner_key = owner
            tx.save(new)

    run(store, use_case)
    kept = run(store, lambda tx: tx.get(Referral, "r1"))
    assert (kept.owner_key, kept.version) == ("raj", 2)


def test_a_change_that_was_undone_raises_no_version(store: SqlStore) -> None:
    mine = submitted()
    keep(store, mine)

    def use_case(tx: SqlTransaction) -> None:
        with pytest.raises(KeyError):
            tx.attempt(lambda: (tx.save(mine), {}["no"]))  # type: ignore[index]
        tx.save(mine)

    run(store, use_case)
    assert mine.version == 1
    assert run(store, lambda tx: tx.get(Referral, "r1")).version == 1


def test_an_attempt_that_meets_a_newer_version_fails_by_itself(store: SqlStore) -> None:
    mine = submitted()
    keep(store, mine)
    theirs = mine.model_copy(deep=True)
    run(store, lambda tx: tx.save(theirs))

    def use_case(tx: SqlTransaction) -> None:
        with pytest.raises(Stale):
            tx.attempt(lambda: (tx.add(event("e1")), tx.save(mine)))
        tx.add(event("e2"))

    run(store, use_case)
    assert [each.id for each in run(store, lambda tx: tx.events("r1"))] == ["e2"]


def test_a_batch_asks_no_more_often_for_being_larger(sqlite_database: Database) -> None:
    store = sqlite_database.open()
    run(store, directory)
    driver = store._driver  # type: ignore[attr-defined]

    def asked(ids: range) -> int:
        late(store, ids)
        statements: list[str] = []
        driver.set_trace_callback(statements.append)
        assert do_due(store) == []
        driver.set_trace_callback(None)
        assert steps(store, ids) == [2] * len(ids)
        return sum(each.startswith("SELECT") for each in statements)

    asked(range(1))  # the directory is remembered from here on
    assert asked(range(10, 12)) == asked(range(100, 140))
    store.close()


def test_in_a_batch_what_one_has_changed_is_seen_by_the_next(store: SqlStore) -> None:
    late(store, [1, 2])
    (first,) = run(store, lambda tx: tx.follow_ups("r001"))
    keep(store, follow_up("f003", A_MONDAY, subject_id="r001", argument=first.argument))
    assert do_due(store) == []
    assert steps(store, [1, 2]) == [2, 2], "the second about the same step finds it said"
    assert [row.seq for row in run(store, lambda tx: tx.outbox("practice001"))] == [1, 2]


@pytest.mark.parametrize("mistake", ["raise", "write"])
def test_one_of_a_batch_that_fails_spoils_no_other(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    late(store, range(3))
    owner = followups._owner

    def fail_for_one(matter: followups.Matter, owed: Promise) -> str:
        if owed.id == "p001":
            matter.tx.add(event("same"))
            if mistake == "raise":
                raise LookupError
            matter.tx.add(event("same"))  # which the database refuses
        return owner(matter, owed)

    monkeypatch.setattr(followups, "_owner", fail_for_one)
    assert do_due(store) == ["f001"]
    assert steps(store, range(3)) == [2, 0, 2]
    told = [run(store, lambda tx, id=id: len(tx.outbox(f"office{id:03}"))) for id in range(3)]
    assert told == [2, 0, 2]
    assert run(store, lambda tx: tx.events("r1")) == []
