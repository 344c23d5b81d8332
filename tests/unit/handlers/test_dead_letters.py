"""Messages that could not be delivered are counted by `check`, shown and sent again by `outbox`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers import cli
from handlers.checks import Level, check_database
from handlers.importing import import_directory
from handlers.settings import Settings, given_settings
from handlers.shipped import EXAMPLE, shipped
from referral_bot.desk import delivery
from referral_bot.model import Audience, AuditEntry, OutboxKind, OutboxMessage, OutboxStatus, Thread
from referral_bot.store import Transaction
from storage import open_store

PATIENT = "Gwendolyn Ashcombe"
WRITTEN = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
LATER = WRITTEN + timedelta(hours=2)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a practice whose office's channel was archived."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    store = open_store(url)
    import_directory(store, shipped(EXAMPLE).read_text("utf-8"))
    store.transact(_give_up_two).result()
    store.close()
    return given_settings(database_url=url)


def _give_up_two(tx: Transaction) -> None:
    tx.add(Thread(id="t1", subject_id="r1", audience=Audience.OFFICE, platform="slack", channel="C0LAKESIDE"))
    rows = [
        OutboxMessage(
            id=f"m{number}",
            kind=OutboxKind.POST,
            thread_id=thread_id,
            person_key=person_key,
            created_at=WRITTEN + timedelta(hours=number),
            not_before=WRITTEN,
            content={"title": PATIENT},
        )
        for number, (thread_id, person_key) in enumerate((("t1", None), (None, "maria")))
    ]
    for row in rows:
        tx.add(row)
        delivery.failed(tx, delivery.Claim.of(row), "is_archived", None, WRITTEN)


def states(settings: Settings) -> dict[str, OutboxStatus]:
    store = open_store(settings.database_url)
    try:
        rows = store.transact(lambda tx: [tx.get(OutboxMessage, id) for id in ("m0", "m1")]).result()
        return {row.id: row.status for row in rows if row is not None}
    finally:
        store.close()


def audited(settings: Settings) -> list[AuditEntry]:
    store = open_store(settings.database_url)
    try:
        return store.transact(lambda tx: tx.audit_entries()).result()
    finally:
        store.close()


def test_check_names_how_many_could_not_be_delivered(settings: Settings) -> None:
    (finding,) = [each for each in check_database(settings) if each.part == "outbox"]
    assert finding.level is Level.NOTE
    assert "2 messages could not be delivered" in finding.said
    assert "outbox resend" in finding.mend


def test_check_says_nothing_where_all_were_delivered(tmp_path: Path) -> None:
    settings = given_settings(database_url=f"sqlite:///{tmp_path / 'bot.db'}")
    open_store(settings.database_url).close()
    assert [each for each in check_database(settings) if each.part == "outbox"] == []


def test_they_are_shown_with_place_and_reason_and_without_their_words(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["outbox", "show"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "2026-11-24T10:00:00-06:00  slack:C0LAKESIDE  post  is_archived"
    assert "  maria  post  is_archived" in second
    assert PATIENT not in first + second


def test_they_leave_again_and_that_is_on_record(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["outbox", "resend"]) == 0
    assert capsys.readouterr().out == "2 messages leave again.\n"
    assert set(states(settings).values()) == {OutboxStatus.PENDING}
    assert "outbox.resend" in [entry.what for entry in audited(settings)]
    assert cli.run(["outbox", "resend"]) == 0
    assert capsys.readouterr().out == "0 messages leave again.\n"


def test_old_ones_may_be_left(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["outbox", "resend", "--since", "2026-11-24T10:30"]) == 0
    assert capsys.readouterr().out == "1 message leaves again.\n"
    assert states(settings) == {"m0": OutboxStatus.DEAD, "m1": OutboxStatus.PENDING}


def test_one_sent_again_may_have_arrived_so_its_thread_is_looked_at_first(settings: Settings) -> None:
    store = open_store(settings.database_url)
    store.transact(lambda tx: delivery.resend_dead(tx, LATER)).result()
    rows = store.transact(lambda tx: tx.claim_outbox(LATER, timedelta(minutes=1), 10)).result()
    store.close()
    again = next(row for row in rows if row.id == "m0")
    assert (again.attempts, again.failure) == (1, None)
