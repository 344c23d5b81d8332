"""F1, F11, F14: a server that is killed, told to stop, or whose disk fails, while people send patients."""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time

from tests.faults.conftest import Runs, Tell
from tests.faults.rig import PATIENCE, Rig


async def test_f1_what_was_acknowledged_survives_a_kill(
    rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    cycles = runs(5, 1000)
    slowest, acknowledged = 0.0, []
    for _ in range(cycles):
        server = await rig.start(wait=False)
        slowest = max(slowest, await server.started())
        load = rig.load(server)
        await load.answered(1)
        await asyncio.sleep(rng.uniform(0, 0.5))
        server.kill()
        acknowledged += await load.stop()
        rig.assert_kept(acknowledged)
    server = await rig.start()
    await rig.drained(60 + cycles)
    rig.assert_kept(acknowledged)
    rig.assert_delivered_once()
    rig.kept.assert_sound()
    tell(
        "F1",
        f"kills, {rig.kept.engine}",
        cycles,
        acknowledged=len(acknowledged),
        slowest_start_s=round(slowest, 2),
    )
    assert slowest < 60


async def test_f14_told_to_stop_it_ends_in_time_and_loses_and_doubles_nothing(
    rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    cycles = runs(3, 100)
    slowest, acknowledged = 0.0, []
    for _ in range(cycles):
        server = await rig.start()
        load = rig.load(server)
        await load.answered(5)
        await asyncio.sleep(rng.uniform(0, 0.3))
        began = time.monotonic()
        server.process.terminate()
        code = await asyncio.to_thread(server.ended, 15)
        slowest = max(slowest, time.monotonic() - began)
        acknowledged += await load.stop()
        assert code == 0
        rig.assert_kept(acknowledged)
    server = await rig.start()
    await rig.drained(60 + cycles)
    rig.assert_kept(acknowledged)
    rig.assert_delivered_once()
    tell("F14", f"SIGTERM, {rig.kept.engine}", cycles, slowest_end_s=round(slowest, 2))
    assert slowest < 60


async def test_f11_nothing_is_acknowledged_that_a_failing_disk_did_not_take(
    sqlite_rig: Rig, runs: Runs, tell: Tell
) -> None:
    """Writes fail in the kernel: the process may not write past its file size limit any more."""
    rig, rounds = sqlite_rig, runs(5, 200)
    server = await rig.start()
    _, endless = resource.getrlimit(resource.RLIMIT_FSIZE)
    acknowledged: list[str] = []
    refused = 0
    for _ in range(rounds):
        load = rig.load(server)
        await load.answered(5)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (1, endless))
        await load.refused(1)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (endless, endless))
        before = len(load.acknowledged)
        await load.answered(before + 5)
        acknowledged += await load.stop()
        refused += load.statuses[500]
        assert set(load.statuses) <= {200, 500}
        assert server.alive
    await rig.drained(60 + rounds)
    rig.assert_kept(acknowledged)
    rig.assert_delivered_once()
    rig.kept.assert_sound()
    tell("F11", "times that the disk fails, SQLite", rounds, refused=refused)


async def test_f1_a_server_is_ready_soon_after_a_cold_start(rig: Rig, runs: Runs, tell: Tell) -> None:
    """With an interpreter of its own, which the other tests spare themselves."""
    starts, slowest = runs(1, 20), 0.0
    for _ in range(starts):
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "handlers.cli", "serve"),
            env=rig.environment(),
            cwd=rig.folder,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        while b'"started"' not in (line := await asyncio.wait_for(process.stderr.readline(), PATIENCE)):
            assert line, "it ended by itself"
        slowest = max(slowest, time.monotonic() - began)
        process.kill()
        await process.wait()
    tell("F1", f"cold starts, {rig.kept.engine}", starts, slowest_s=round(slowest, 2))
