"""What Prometheus is told. Labels come from the program's own vocabulary: never a person, never a patient."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from referral_bot.errors import StoreUnavailable
from referral_bot.store import Result, Store, Transaction

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_TURN_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)
_DELIVERY_SECONDS = (0.01, 0.05, 0.1, 0.3, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0)


class Metrics:
    """The program's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turn_seconds = Histogram(
            "referral_bot_turn_seconds",
            "Time from a person's act until its commit is on disk.",
            buckets=_TURN_SECONDS,
            registry=self.registry,
        )
        self.turns_refused = Counter(
            "referral_bot_turns_refused",
            "Acts of people that the database did not take.",
            registry=self.registry,
        )
        self.sent = Counter(
            "referral_bot_outbox_sent",
            "Messages and files that reached a platform.",
            ["platform", "kind"],
            registry=self.registry,
        )
        self.retried = Counter(
            "referral_bot_outbox_retried",
            "Attempts to deliver that failed and are tried again.",
            ["platform", "code"],
            registry=self.registry,
        )
        self.dead = Counter(
            "referral_bot_outbox_dead",
            "Messages that can never be delivered.",
            ["platform", "code"],
            registry=self.registry,
        )
        self.delivery_seconds = Histogram(
            "referral_bot_outbox_delivery_seconds",
            "Time from the event's commit until its message reached the platform.",
            ["platform"],
            buckets=_DELIVERY_SECONDS,
            registry=self.registry,
        )
        self.depth = Gauge(
            "referral_bot_outbox_depth", "Messages that wait to be delivered.", registry=self.registry
        )
        self.oldest_seconds = Gauge(
            "referral_bot_outbox_oldest_seconds",
            "How long the oldest message that may leave has waited.",
            registry=self.registry,
        )
        self.followups = Counter(
            "referral_bot_followups_run", "Follow-ups and promises acted on.", registry=self.registry
        )
        self.tick_seconds = Histogram(
            "referral_bot_tick_seconds", "Time one tick of the clock took.", registry=self.registry
        )

    def outbox(self, depth: int, oldest: timedelta) -> None:
        """Note how the outbox stands."""
        self.depth.set(depth)
        self.oldest_seconds.set(oldest.total_seconds())

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)


class MeasuredStore:
    """The store as people's turns see it, with the time they take."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    def transact(self, use_case: Callable[[Transaction], Result]) -> Future[Result]:
        """As the port says."""
        began = time.perf_counter()
        future = self._store.transact(use_case)
        future.add_done_callback(partial(self._note, began))
        return future

    def close(self) -> None:
        """As the port says."""
        self._store.close()

    def _note(self, began: float, future: Future[Any]) -> None:
        self._metrics.turn_seconds.observe(time.perf_counter() - began)
        if not future.cancelled() and isinstance(future.exception(), StoreUnavailable):
            self._metrics.turns_refused.inc()
