"""F2, F3, F4: what waits to be sent or done, while the process is killed or the platform misbehaves."""

from __future__ import annotations

import asyncio
import random
import signal
from concurrent.futures import Future, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from handlers.clock import SystemClock
from handlers.delivery import LEASE, SEND_SECONDS, DeliveryWorker
from handlers.demo import events, faults, methods_places
from handlers.demo.faults import Call, Fault, Faults
from handlers.demo.model import Channel
from handlers.demo.workspace import Workspace
from handlers.metrics import Metrics
from handlers.pace import Channel as Paced
from handlers.pace import Pace
from referral_bot.model import OutboxKind, OutboxMessage, OutboxStatus, Phi
from storage import SqlStore, open_store
from storage.store import UseCase
from tests.faults.child import POINTS, Conditions
from tests.faults.conftest import Runs, Tell
from tests.faults.rig import TUESDAY, Rig, until
from tests.faults.seeding import opened, promises_due, thread_of_messages
from tests.faults.simulation import VirtualLoop

POST = "chat.postMessage"
PAUSE = 3
"""Seconds for which the platform asks to be left alone; longer than any attempt."""


async def kill_at(rig: Rig, point: str, kills: int, rng: random.Random) -> None:
    """Have one server after the other die at a point, and the last one finish what they left."""
    for _ in range(kills):
        server = await rig.start(Conditions(die_at=point, die_after=rng.randrange(6)))
        load = rig.load(server, connections=2)
        assert await server.died() == -signal.SIGKILL
        rig.assert_kept(await load.stop())
    await rig.start()
    await rig.drained()


@pytest.mark.parametrize("point", POINTS)
async def test_f2_a_kill_at_any_point_of_the_outbox_loses_and_doubles_nothing(
    sqlite_rig: Rig, point: str, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    kills = runs(2, 100)
    await kill_at(sqlite_rig, point, kills, rng)
    sqlite_rig.assert_delivered_once()
    tell("F2", f"kills at {point}", kills)


async def test_f2_where_the_platform_hides_what_it_has_every_message_that_may_be_doubled_is_logged(
    sqlite_rig: Rig, runs: Runs, rng: random.Random, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = events.message_json

    def without_metadata(workspace: Workspace, message: Any, **more: Any) -> Any:
        return shown(workspace, message, **{**more, "metadata": False})

    monkeypatch.setattr(methods_places, "message_json", without_metadata)
    kills = runs(3, 100)
    await kill_at(sqlite_rig, "after_accept", kills, rng)
    lost, doubled = sqlite_rig.lost_and_doubled()
    told = [line["outbox_id"] for server in sqlite_rig.servers for line in server.logged("slack_sent_again")]
    assert not lost
    assert doubled, "there is nothing by which the second could have been prevented"
    assert all(times <= min(kills, told.count(row)) for row, times in doubled.items())
    tell("F2", "kills after_accept, metadata hidden", kills, doubled_and_logged=sum(doubled.values()))


async def test_f3_a_kill_in_the_middle_of_a_tick_loses_and_doubles_no_follow_up(
    rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    kills, due = runs(4, 200), 0
    ahead = (TUESDAY - datetime.now(UTC)).total_seconds()
    conditions = Conditions(ahead=ahead)
    left = rig.kept.count
    not_done = "SELECT count(*) FROM follow_up WHERE done_at IS NULL AND key = id"

    def at_most(count: int) -> bool:
        return left(not_done) <= count

    store = rig.kept.open()
    for _ in range(kills):
        if left(not_done) < 300:
            promises_due(store, rig.workspace, range(due, due + 1000), TUESDAY)
            due += 1000
        goal = left(not_done) - rng.randrange(1, 240)
        server = await rig.start(conditions)
        await until(partial(at_most, goal), "some are done")
        server.kill()
    store.close()
    await rig.start(conditions)
    await until(lambda: not left(not_done), "all are done")
    await rig.drained(60 + due / 20)
    assert left("SELECT count(*) FROM promise WHERE step = 1") == due
    assert left("SELECT count(*) FROM follow_up WHERE key <> id") == due, "each has its next step once"
    assert left("SELECT count(*) FROM outbox WHERE kind = 'post'") == due
    rig.assert_delivered_once()
    tell("F3", f"kills while 1,000 are due, {rig.kept.engine}", kills, follow_ups=due)


# ---------------------------------------------------------------- F4


class Unreliable(Faults):
    """A fifth of the calls meet a fault."""

    def __init__(self, rng: random.Random, share: float = 0.2) -> None:
        super().__init__()
        self._rng = rng
        self._share = share

    def take(self, method: str) -> Fault | None:
        if method not in (POST, "conversations.replies") or self._rng.random() >= self._share:
            return None
        return self._rng.choice(
            [
                faults.rate_limited(PAUSE),
                faults.server_error(500),
                faults.server_error(503),
                faults.drop_before(),
                faults.drop_after(),
                faults.hang(1.2),
                faults.invalid_json(),
                faults.slack_error("internal_error"),
            ]
        )


async def test_f4_an_unreliable_platform_gets_every_message_once_and_in_order(
    sqlite_rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    rig, workspace = sqlite_rig, sqlite_rig.workspace
    posts = runs(600, 10_000)
    channels, per_thread = 30, posts // 60
    threads: dict[str, tuple[str, str]] = {}
    store = rig.kept.open()
    now = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(60):
        channel = f"C0BUSY{number % channels:02d}"
        if channel not in workspace.channels:
            workspace.add_channel(Channel(channel, channel.lower()))
        root = opened(workspace, channel)
        threads[f"t{number}"] = channel, root
        thread_of_messages(store, f"t{number}", channel, root, range(per_thread), now)
    store.close()
    workspace.faults = Unreliable(rng)
    await rig.start()
    await rig.drained(120 + posts / 10)

    rig.assert_delivered_once()
    for name, (channel, root) in threads.items():
        read = [message.plain for message in workspace.thread(channel, root)[1:]]
        expected = [f"Message {number} of {name}." for number in range(per_thread)]
        assert [text.strip() for text in read] == expected
    calls = workspace.calls.incoming(POST)
    assert_pauses_were_kept(calls)
    faulty = sum(call.fault is not None for call in calls)
    tell("F4", "posts, a fifth of them faulty", 60 * per_thread, faulty_calls=faulty)


def assert_pauses_were_kept(calls: list[Call]) -> None:
    """Nothing is sent to a channel for as long as the platform asked, but by attempts under way."""
    on_its_way = timedelta(seconds=Conditions().send + 0.3)
    until_then: dict[str, tuple[datetime, datetime]] = {}
    for call in calls:
        channel = call.payload["channel"]
        if channel in until_then:
            since, over = until_then[channel]
            assert not since < call.at < over, f"{call.at} is between {since} and {over}"
        if call.fault and call.fault.retry_after:
            asked = timedelta(seconds=call.fault.retry_after)
            until_then[channel] = call.at + on_its_way, call.at + asked


class Blocking:
    """A store whose turns are done when they are given back: a simulated loop waits for no thread."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def transact(self, use_case: UseCase[Any]) -> Future[Any]:
        """As the store does it."""
        future = self._store.transact(use_case)
        wait([future])
        return future

    def close(self) -> None:
        """As the store does it."""
        self._store.close()


class AlwaysPaused(Pace):
    """A channel that the platform asks to be left alone for three more seconds, again and again."""

    def wait(self, channel: Paced, row_id: str) -> float:
        return 3.0


def test_f4_a_row_whose_channel_is_paused_again_and_again_is_handed_back_while_its_lease_runs() -> None:
    loop = VirtualLoop()

    store = open_store("sqlite://")
    row = OutboxMessage(
        id="r1", kind=OutboxKind.POST, created_at=TUESDAY, not_before=TUESDAY, status=OutboxStatus.SENDING
    )
    store.transact(lambda tx: tx.add(row)).result()

    async def seconds_in_hand() -> float:
        began = loop.time()
        worker = DeliveryWorker(
            Blocking(store),
            {},
            SystemClock(),
            Metrics(),
            phi=Phi.MINIMAL,
            rng=random.Random(1),
            pace=AlwaysPaused(),
        )
        async with asyncio.timeout(LEASE.total_seconds()):
            assert not await worker._wait_for_turn(Paced("slack", "T0", "C0"), row)
        return loop.time() - began

    assert loop.run_until_complete(seconds_in_hand()) < LEASE.total_seconds() - SEND_SECONDS
    kept = store.transact(lambda tx: tx.get(OutboxMessage, "r1")).result()
    assert kept is not None
    assert kept.status is OutboxStatus.PENDING
    loop.close()
    store.close()
