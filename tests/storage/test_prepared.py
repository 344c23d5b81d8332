"""What is sent to PostgreSQL many statements at a time comes to the same as one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from referral_bot.model import Referral
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import draft, event, keep, run


@pytest.fixture
def postgres(postgres_database: Database) -> Iterator[SqlStore]:
    store = postgres_database.open()
    yield store
    store.close()


def test_more_rows_than_are_sent_at_once_are_all_kept_in_order(postgres: SqlStore) -> None:
    keep(postgres, *(event(f"e{number}") for number in range(250)))
    events = run(postgres, lambda tx: tx.events("r1"))
    assert [(each.id, each.seq) for each in events] == [(f"e{n}", n + 1) for n in range(250)]


def test_the_first_statement_that_fails_says_why(postgres: SqlStore) -> None:
    def use_case(tx: SqlTransaction) -> None:
        tx.add(draft("r1"))
        tx.add(draft("r1"))
        tx.add(event("e1"))

    with pytest.raises(psycopg.errors.UniqueViolation) as raised:
        run(postgres, use_case)
    assert raised.value.diag.constraint_name == "pk_referral"


def test_after_a_failure_the_attempt_alone_is_undone(postgres: SqlStore) -> None:
    def use_case(tx: SqlTransaction) -> None:
        tx.add(draft("before"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            tx.attempt(lambda: (tx.add(draft("inside")), tx.add(draft("before"))))
        tx.add(draft("after"))

    run(postgres, use_case)
    kept = run(postgres, lambda tx: [tx.get(Referral, id) for id in ("before", "inside", "after")])
    assert [each and each.id for each in kept] == ["before", None, "after"]


def test_a_text_that_postgresql_cannot_hold_is_refused_whole(postgres: SqlStore) -> None:
    def use_case(tx: SqlTransaction) -> None:
        with pytest.raises(psycopg.DataError):
            tx.attempt(lambda: (tx.add(draft("inside")), tx.add(draft("cut\0off"))))
        tx.add(draft("after"))

    run(postgres, use_case)
    kept = run(postgres, lambda tx: [tx.get(Referral, id) for id in ("inside", "cut", "after")])
    assert [each and each.id for each in kept] == [None, None, "after"]
