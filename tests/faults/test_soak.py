"""F15: hours of a busy practice, or as many seconds as there is patience for."""

from __future__ import annotations

from tests.faults.conftest import Runs, Tell
from tests.faults.rig import Rig, until

EVENTS_A_SECOND = 8.3
"""30,000 an hour: what the platform delivers at most to an app in a workspace."""


async def test_f15_a_steady_load_is_answered_in_time_and_memory_does_not_grow(
    sqlite_rig: Rig, runs: Runs, tell: Tell
) -> None:
    seconds = runs(8, 3600)
    server = await sqlite_rig.start()
    load = sqlite_rig.load(
        server, connections=4, every=1 / EVENTS_A_SECOND, most=round(seconds * EVENTS_A_SECOND)
    )
    await until(lambda: len(load.seconds) >= load.most * 0.2, "it is warm", seconds + 60)
    warm = server.memory()
    acknowledged = await load.all()
    await sqlite_rig.drained()
    grown = server.memory() / warm - 1
    assert set(load.statuses) == {200}
    sqlite_rig.assert_kept(acknowledged)
    sqlite_rig.assert_delivered_once()
    tell(
        "F15",
        f"seconds at {EVENTS_A_SECOND} events a second",
        seconds,
        events=len(acknowledged),
        p99_ms=round(load.percentile(0.99) * 1000),
        slowest_ms=round(max(load.seconds) * 1000),
        memory_mb=round(warm / 1e6),
        memory_grown_percent=round(grown * 100),
    )
    assert max(load.seconds) < 30
