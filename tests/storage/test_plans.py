"""Every finder has an index: no statement of the hot path reads a whole table that grows."""

from __future__ import annotations

import re

import pytest

from referral_bot.model import OutboxMessage, Referral
from storage import SqlStore
from storage.store import UseCase
from tests.storage.conftest import Database
from tests.storage.samples import MINUTE, NOW, entry, run

LEASE = 5 * MINUTE

FINDERS: dict[str, UseCase[object]] = {
    "get": lambda tx: (tx.get(Referral, "x"), tx.get(OutboxMessage, "x")),
    "referral_by_reference": lambda tx: tx.referral_by_reference("RB-7K2M"),
    "referrals": lambda tx: tx.referrals(),
    "referrals of an office": lambda tx: tx.referrals(office_key="elm"),
    "all referrals of an office": lambda tx: tx.referrals(office_key="elm", open_only=False),
    "referrals_by_patient": lambda tx: tx.referrals_by_patient(last="okonkwo", first="adaeze"),
    "referrals_by_patient of an office": lambda tx: tx.referrals_by_patient(last="okonkwo", office_key="elm"),
    "drafts": lambda tx: tx.drafts("maria"),
    "events": lambda tx: tx.events("r1"),
    "questions of a referral": lambda tx: tx.questions(referral_id="r1"),
    "questions without one": lambda tx: tx.questions(),
    "promises": lambda tx: tx.promises("r1"),
    "appointments": lambda tx: tx.appointments("r1"),
    "busy": lambda tx: tx.busy(["lee", "chen"], NOW, NOW + MINUTE, NOW),
    "documents": lambda tx: tx.documents("r1"),
    "thread_at": lambda tx: tx.thread_at("slack", "C1", "1.1"),
    "threads": lambda tx: tx.threads("r1"),
    "claim_outbox": lambda tx: tx.claim_outbox(NOW, LEASE, 10),
    "outbox": lambda tx: tx.outbox("t1"),
    "dead_letters": lambda tx: tx.dead_letters(),
    "outbox_depth": lambda tx: tx.outbox_depth(NOW),
    "claim_follow_ups": lambda tx: tx.claim_follow_ups(NOW, LEASE, 10),
    "follow_ups": lambda tx: tx.follow_ups("r1"),
    "identity": lambda tx: tx.identity("slack", "U9"),
    "people": lambda tx: tx.people("elm"),
    "audit": lambda tx: tx.audit(entry()),
    "audit_entries of a subject": lambda tx: tx.audit_entries(subject_id="r1"),
    "audit_entries of an office": lambda tx: tx.audit_entries(office_key="elm", since=NOW),
    "audit_entries of a person": lambda tx: tx.audit_entries(actor_key="tess", until=NOW),
    "audit_entries of a time": lambda tx: tx.audit_entries(since=NOW, until=NOW + MINUTE),
    "forget_seen": lambda tx: tx.forget_seen(NOW),
}


@pytest.fixture
def sqlite_store(sqlite_database: Database) -> SqlStore:
    return sqlite_database.open()


@pytest.mark.parametrize("finder", FINDERS)
def test_a_finder_goes_by_an_index(sqlite_store: SqlStore, finder: str) -> None:
    statements: list[str] = []
    driver = sqlite_store._driver  # type: ignore[attr-defined]
    driver.set_trace_callback(statements.append)
    run(sqlite_store, FINDERS[finder])
    driver.set_trace_callback(None)
    queries = [each for each in statements if re.match(r"(?i)select|with|update|insert|delete", each)]
    assert queries
    for query in queries:
        plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {query}")]
        scans = [step for step in plan if step.startswith("SCAN") and "USING" not in step]
        assert not [step for step in scans if step not in {"SCAN practice", "SCAN chosen"}], (query, plan)
    sqlite_store.close()


def test_open_referrals_come_out_of_their_index_in_order(sqlite_store: SqlStore) -> None:
    statements: list[str] = []
    driver = sqlite_store._driver  # type: ignore[attr-defined]
    driver.set_trace_callback(statements.append)
    run(sqlite_store, lambda tx: tx.referrals(office_key="elm"))
    (query,) = [each for each in statements if each.startswith("SELECT")]
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert "ix_referral_open_of_office" in plan[0]
    sqlite_store.close()
