"""What a future said was kept is there after the process was killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage import verify
from tests.storage.conftest import Database
from tests.storage.samples import run

WRITER = """
import sys, threading
import storage
from tests.storage.samples import draft, entry, event, message

store = storage.open_store(sys.argv[1], sys.argv[2], pool_size=4)

def keep(tx, id):
    tx.add(draft(id))
    tx.add(event(id, id))
    tx.add(message(id, id))
    tx.audit(entry(id))

def write(worker):
    number = 0
    while True:
        id = f"w{worker}n{number}"
        store.transact(lambda tx: keep(tx, id)).result()
        sys.stdout.write(id + "\\n")
        sys.stdout.flush()
        number += 1

for worker in range(8):
    threading.Thread(target=write, args=(worker,)).start()
"""


@pytest.mark.parametrize("kill_after", [1, 40, 150])
def test_everything_that_was_told_to_be_kept_survives_a_kill(database: Database, kill_after: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database.url, database.keys], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(kill_after)]
    os.kill(writer.pid, signal.SIGKILL)
    told += writer.stdout.read().split("\n")[:-1]
    assert writer.wait(10) == -signal.SIGKILL

    store = database.open()
    kept = {referral.id for referral in run(store, lambda tx: tx.drafts("maria"))}
    assert set(told) <= kept
    for id in kept:
        assert len(run(store, lambda tx, id=id: [*tx.events(id), *tx.outbox(id)])) == 2, (
            "a turn is kept whole"
        )
    verdict = verify(store)
    assert (verdict.rows, verdict.broken) == (len(kept), None)
    store.close()


def test_a_killed_writer_leaves_a_sound_file_that_was_synced_in_full(sqlite_database: Database) -> None:
    test_everything_that_was_told_to_be_kept_survives_a_kill(sqlite_database, 60)
    path = Path(sqlite_database.url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    store = sqlite_database.open()
    driver = store._driver  # type: ignore[attr-defined]
    settings = {
        name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2}
    store.close()
