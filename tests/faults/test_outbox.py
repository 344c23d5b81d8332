"""F2, F3, F4: what waits to be sent or done, while the process is killed or the platform misbehaves."""

from __future__ import annotations

import random
import signal
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from handlers.demo import events, faults, methods_places
from handlers.demo.faults import Call, Fault, Faults
from handlers.demo.model import Channel
from handlers.demo.workspace import Workspace
from tests.faults.child import POINTS, Conditions
from tests.faults.conftest import Runs, Tell
from tests.faults.rig import TUESDAY, Rig, until
from tests.faults.seeding import opened, promises_due, thread_of_messages

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
    for killed in range(kills):
        if killed % 4 == 0:
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
    kinds: dict[str, int] = defaultdict(int)
    for call in calls:
        if call.fault:
            kinds[call.fault.code or call.fault.kind] += 1
    assert_pauses_were_kept(calls)
    tell("F4", "posts, a fifth of them faulty", 60 * per_thread, faults=dict(kinds))


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
