"""The outbox's way out: what was written with an event is brought to its platform, in order and once.

The worker sleeps until somebody wakes it: a turn that committed, the tick, or a row just delivered.
Rows of one thread leave one after another, since the store leases no row before the one ahead of it is
done; rows of different threads leave side by side, at the pace each channel takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from handlers.clock import Clock
from handlers.metrics import Metrics
from handlers.pace import Channel, Pace
from referral_bot.desk import delivery as core
from referral_bot.desk.delivery import Claim, Outgoing
from referral_bot.errors import StoreUnavailable
from referral_bot.model import OutboxKind, OutboxMessage, OutboxStatus, Phi, Thread
from referral_bot.store import Result, Store, Transaction

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""How long a row is this worker's; after a crash it is free again when the lease has run out."""
ROWS_IN_HAND = 32
ROWS_AT_ONCE = 4
"""Rows claimed and drawn in one transaction: on SQLite people's turns wait behind it."""
SEND_SECONDS = 30.0
"""An attempt that takes longer counts as one of which it is unknown whether it arrived."""
PATIENCE_SECONDS = 5.0
"""How long a row is kept in hand for its channel's turn, in all; one that must wait longer goes back.

With the longest attempt it is well below the lease, so that no row is sent by two at once.
"""
BUG_ATTEMPTS = 8
"""How often a row that fails by an error of this program's own is tried."""

FIRST_RETRY_SECONDS = 1.0
LAST_RETRY_SECONDS = 300.0


Prepared = tuple[OutboxMessage, Outgoing | None]


class SendFailed(Exception):
    """An attempt to deliver failed. `code` is a word of the program's own, never the platform's text.

    `retry_after` (seconds) is what the platform asked for; it holds for this channel alone.
    `final`: no later attempt can succeed.
    """

    def __init__(self, code: str, *, retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.final = final


def network_code(error: BaseException) -> str:
    """The word for a platform that did not answer in time, or could not be reached."""
    return "timeout" if isinstance(error, TimeoutError) else "connection_failed"


class Sender(Protocol):
    """A platform's way out. Both raise SendFailed; anything else they raise is an error of the program."""

    async def send(self, outgoing: Outgoing) -> str:
        """Post, redraw or upload; returns the platform's message id (empty for a file without one).

        With `outgoing.retry` it looks whether an earlier attempt has arrived before it posts.
        """

    async def fetch(self, outgoing: Outgoing) -> tuple[bytes, str]:
        """Bring in the file of `outgoing.fetch`: its content and media type."""


@dataclass(frozen=True)
class InHand:
    """A row that is being delivered."""

    claim: Claim
    task: asyncio.Task[None]


class DeliveryWorker:
    """Delivers what the outbox holds until it is stopped. Not thread-safe: `wake` on the loop's thread."""

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Clock,
        metrics: Metrics,
        *,
        phi: Phi,
        rng: random.Random,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._metrics = metrics
        self._phi = phi
        self._rng = rng
        self._pace = pace or Pace()
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._in_hand: dict[str, InHand] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start delivering on the running loop, first of all what an earlier run left behind."""
        self._running = asyncio.create_task(self._run(), name="delivery")
        self.wake()

    @property
    def in_hand(self) -> int:
        """How many rows are being delivered now."""
        return len(self._in_hand)

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        self._woken.set()

    async def stop(self, within: float) -> None:
        """Take nothing more, let what is under way end for `within` seconds, hand back the rest."""
        self._stopping.set()
        self.wake()
        if self._running is not None:
            await self._running
        if self._in_hand:
            tasks = [held.task for held in self._in_hand.values()]
            _, late = await asyncio.wait(tasks, timeout=within)
            # Whether these arrive is unknown: their leases run out and the next attempt looks first.
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._woken.wait()
            self._woken.clear()
            free = ROWS_IN_HAND - len(self._in_hand)
            if free > 0 and not self._stopping.is_set():
                try:
                    await self._take(min(free, ROWS_AT_ONCE))
                except Exception:
                    # The store is in trouble; the tick wakes us again.
                    log.exception("outbox_claim_failed")

    async def _take(self, limit: int) -> None:
        claimed = await self._claim(limit)
        if len(claimed) == limit:
            self.wake()  # there may be more
        for row, outgoing in claimed:
            if outgoing is None:
                if row.status is OutboxStatus.SENT:
                    # There was nothing to do any more, and what lay behind it in its thread is free.
                    self.wake()
            elif row.id not in self._in_hand:
                task = asyncio.create_task(self._deliver(row, outgoing))
                self._in_hand[row.id] = InHand(Claim.of(row), task)
                task.add_done_callback(partial(self._let_go, row.id))

    def _let_go(self, row_id: str, _: asyncio.Task[None]) -> None:
        del self._in_hand[row_id]
        self.wake()

    async def _claim(self, limit: int) -> list[Prepared]:
        try:
            return await self._transact(lambda tx: self._claim_prepared(tx, limit))
        except StoreUnavailable:
            raise
        except Exception:
            # One row that cannot be prepared must not hold up the others: each by itself.
            log.exception("outbox_prepare_failed")
            return await self._claim_one_by_one(limit)

    def _claim_prepared(self, tx: Transaction, limit: int) -> list[Prepared]:
        return [(row, self._prepare(row, tx)) for row in self._lease(tx, limit)]

    def _lease(self, tx: Transaction, limit: int) -> list[OutboxMessage]:
        rows = tx.claim_outbox(self._clock.now(), LEASE, limit)
        for row in rows:
            if held := self._in_hand.get(row.id):
                # The clock was turned, or this process was suspended. It is known before it is committed, so
                # that what comes of the attempt under way is taken under either lease.
                held.claim.leases.add(row.leased_until)
        return rows

    def _claim_to(self, row: OutboxMessage) -> Claim:
        held = self._in_hand.get(row.id)
        return held.claim if held else Claim.of(row)

    def _prepare(self, row: OutboxMessage, tx: Transaction) -> Outgoing | None:
        not_before = partial(self._not_before, row)
        return core.prepare(tx, row, self._clock.now(), self._phi, not_before)

    def _not_before(self, row: OutboxMessage, thread: Thread) -> datetime | None:
        """When to take the row up again, where its turn in its channel is far off."""
        if row.id in self._in_hand:
            return None
        channel = Channel(thread.platform, thread.tenant, thread.channel)
        wait = self._pace.wait(channel, row.id)
        return self._later(wait) if wait > PATIENCE_SECONDS else None

    async def _claim_one_by_one(self, limit: int) -> list[Prepared]:
        rows = await self._transact(lambda tx: self._lease(tx, limit))
        prepared: list[Prepared] = []
        for row in rows:
            try:
                prepared.append((row, await self._transact(partial(self._prepare, row))))
            except Exception:
                log.exception("outbox_prepare_failed", outbox_id=row.id)
                await self._note_failure(row, None, self._bug(row, "prepare"))
        return prepared

    async def _deliver(self, row: OutboxMessage, outgoing: Outgoing) -> None:
        channel = Channel(outgoing.platform, outgoing.tenant, outgoing.channel or outgoing.account)
        if row.kind is not OutboxKind.FETCH and not await self._wait_for_turn(channel, row):
            return
        try:
            settle = await self._attempt(row, outgoing)
        except SendFailed as failure:
            if failure.retry_after is not None:
                self._pace.pause(channel, failure.retry_after)
            await self._note_failure(row, outgoing, failure)
        except Exception:
            log.exception("outbox_send_failed", outbox_id=row.id, platform=outgoing.platform)
            await self._note_failure(row, outgoing, self._bug(row, "error"))
        else:
            await self._settle(settle)
            self._metrics.sent.labels(outgoing.platform, row.kind).inc()
            waited = (self._clock.now() - row.created_at).total_seconds()
            self._metrics.delivery_seconds.labels(outgoing.platform).observe(waited)
        finally:
            self._pace.done(channel, row.id)

    async def _wait_for_turn(self, channel: Channel, row: OutboxMessage) -> bool:
        """Whether the row's turn in its channel has come; if not, the row has been put back."""
        patience = PATIENCE_SECONDS
        while not self._stopping.is_set():
            wait = self._pace.wait(channel, row.id)
            if wait <= 0:
                return True
            if wait > patience:
                await self._settle(put_back(self._claim_to(row), self._later(wait)))
                return False
            patience -= wait
            await self._stopped_within(wait)
        await self._settle(put_back(self._claim_to(row), self._clock.now()))
        return False

    async def _attempt(self, row: OutboxMessage, outgoing: Outgoing) -> Callable[[Transaction], None]:
        """Bring it out, or the file in; returns the use case that keeps what came of it."""
        sender, claim = self._senders.get(outgoing.platform), self._claim_to(row)
        if sender is None:
            raise SendFailed("platform_not_set_up", final=True)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                if outgoing.fetch is not None:
                    document_id = outgoing.fetch[0]
                    content, media_type = await sender.fetch(outgoing)
                    now = self._clock.now()
                    return lambda tx: core.fetched(
                        tx, claim, document_id, content, media_type, now, self._phi
                    )
                message_id = await sender.send(outgoing)
                now = self._clock.now()
                return lambda tx: core.delivered(tx, claim, message_id, now)
        except TimeoutError:
            raise SendFailed("timeout") from None

    async def _note_failure(self, row: OutboxMessage, outgoing: Outgoing | None, failure: SendFailed) -> None:
        platform = outgoing.platform if outgoing is not None else ""
        now, claim = self._clock.now(), self._claim_to(row)
        code = failure.code
        if failure.final:
            self._metrics.dead.labels(platform, code).inc()
            log.error("outbox_dead", outbox_id=row.id, platform=platform, code=code)
            if outgoing is not None and outgoing.fetch is not None:
                document_id = outgoing.fetch[0]
                await self._settle(lambda tx: core.fetch_refused(tx, claim, document_id, now, self._phi))
            else:
                await self._settle(lambda tx: core.failed(tx, claim, code, None, now))
            return
        delay = self._back_off(row.attempts) if failure.retry_after is None else failure.retry_after
        self._metrics.retried.labels(platform, code).inc()
        log.warning("outbox_retry", outbox_id=row.id, platform=platform, code=code, delay_s=round(delay, 1))
        retry_at = self._later(delay)
        await self._settle(lambda tx: core.failed(tx, claim, code, retry_at, now))

    def _bug(self, row: OutboxMessage, code: str) -> SendFailed:
        """A failure of this program's own: tried again a few times, since it may pass."""
        return SendFailed(code, final=row.attempts >= BUG_ATTEMPTS)

    def _back_off(self, attempts: int) -> float:
        """Seconds until the next attempt: doubled each time, with jitter."""
        longest = min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(attempts, 16))
        return longest * self._rng.uniform(0.5, 1.0)

    def _later(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    async def _settle(self, use_case: Callable[[Transaction], None]) -> None:
        """Keep what came of an attempt, however long the store is in trouble.

        What is not kept in the end is found out by the next attempt, which looks before it posts.
        """
        for attempt in itertools.count():
            try:
                await self._transact(use_case)
            except Exception as error:
                log.exception("outbox_settle_failed")
                given_up = attempt >= BUG_ATTEMPTS and not isinstance(error, StoreUnavailable)
                if given_up or await self._stopped_within(self._back_off(attempt)):
                    return
            else:
                return

    async def _stopped_within(self, seconds: float) -> bool:
        """Sleep, but not past the end; whether it has come."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _transact(self, use_case: Callable[[Transaction], Result]) -> Result:
        return await asyncio.wrap_future(self._store.transact(use_case))


def put_back(claim: Claim, not_before: datetime) -> Callable[[Transaction], None]:
    """The use case that hands a row back which nobody tried to deliver, for later."""

    def use_case(tx: Transaction) -> None:
        row = core.still_leased(tx, claim)
        if row is not None and row.status is OutboxStatus.SENDING:
            row.status = OutboxStatus.PENDING
            row.leased_until = None
            row.not_before = not_before
            tx.save(row)

    return use_case
