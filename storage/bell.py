"""Telling the other replicas, and hearing from them, that there is something new in the outbox.

PostgreSQL lets one transaction at a time commit a NOTIFY. So turns do not carry one: a connection of
the bell's own sends it after them, once for as many as were committed meanwhile. Should a process die
between the two, the others find the row at their next look, since what is due is in the table.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

_CHANNEL = "referral_bot_outbox"
_LOOK_UP_SECONDS = 0.5
"""How long the listening thread takes to notice that it should end."""
_RECONNECT_SECONDS = 0.5
_APART_SECONDS = 0.01
"""Between two rings: what is committed meanwhile is told with the second."""


class Bell:
    """Rings at other replicas after a commit, and calls `heard` when one of them rings."""

    def __init__(self, engine: Engine, heard: Callable[[], None]) -> None:
        self._engine = engine
        self._heard = heard
        self._ending = threading.Event()
        self._pulled = threading.Condition()
        self._rings = 0
        self._threads: dict[str, threading.Thread] = {}
        self._starting = threading.Lock()

    def ring(self) -> None:
        """Wake the others soon; returns at once."""
        with self._pulled:
            self._rings += 1
            self._pulled.notify()
        self._start("store-notify", self._notify)

    def listen(self) -> None:
        """Begin to hear the others."""
        self._start("store-listen", self._listen)

    def stop(self) -> None:
        """Send what has been rung, then end."""
        self._ending.set()
        with self._pulled:
            self._pulled.notify()
        for thread in self._threads.values():
            thread.join()

    def _start(self, name: str, target: Callable[[], None]) -> None:
        with self._starting:
            if name not in self._threads:
                self._threads[name] = threading.Thread(target=target, name=name, daemon=True)
                self._threads[name].start()

    def _notify(self) -> None:
        self._keep_connected(self._notify_on)

    def _notify_on(self, connection: psycopg.Connection[Any]) -> None:
        while True:
            with self._pulled:
                self._pulled.wait_for(lambda: self._rings or self._ending.is_set())
                if not self._rings:
                    return
                rung = self._rings
            connection.execute(f"NOTIFY {_CHANNEL}")
            with self._pulled:
                self._rings -= rung
            self._ending.wait(_APART_SECONDS)

    def _listen(self) -> None:
        self._keep_connected(self._listen_on)

    def _listen_on(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        self._heard()  # whatever was rung before there was a connection to hear it on
        while not self._ending.is_set():
            for _ in connection.notifies(timeout=_LOOK_UP_SECONDS, stop_after=1):
                self._heard()

    def _keep_connected(self, use: Callable[[psycopg.Connection[Any]], None]) -> None:
        while True:
            with suppress(psycopg.Error, DBAPIError):
                pooled = self._engine.raw_connection()
                try:
                    connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
                    connection.autocommit = True
                    use(connection)
                finally:
                    pooled.invalidate()
            if self._ending.wait(_RECONNECT_SECONDS):
                return
