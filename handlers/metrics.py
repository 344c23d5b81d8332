"""What Prometheus is told. Labels come from the program's own vocabulary: never a person, never a patient."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_TURN_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)
_DELIVERY_SECONDS = (0.01, 0.05, 0.1, 0.3, 1.0, 5.0, 15.0, 60.0, 300.0, 3600.0)


class Metrics:
    """The program's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turn_seconds = Histogram(
            "referral_bot_turn_seconds",
            "Time from a use case's start until its commit is on disk.",
            ["kind"],
            buckets=_TURN_SECONDS,
            registry=self.registry,
        )
        self.turns_failed = Counter(
            "referral_bot_turns_failed", "Use cases that raised.", ["kind"], registry=self.registry
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
