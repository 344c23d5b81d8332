"""F13: the whole bot, with a clock, a network and crashes that a seed decides."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from tests.faults.conftest import Runs, Tell
from tests.faults.rig import Kept
from tests.faults.simulation import play

REPLAY = """
import sys
from pathlib import Path
from tests.faults.rig import Kept
from tests.faults.simulation import play
print(play(int(sys.argv[1]), Kept(sys.argv[2], sys.argv[3]), Path(sys.argv[4])).trace[-1])
"""


def test_f13_whatever_the_seed_what_must_hold_holds(
    furnished: Kept, tmp_path: Path, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    seeds = runs(60, 10_000)
    crashes = events = 0
    for seed in [rng.randrange(1_000_000_000) for _ in range(seeds)]:
        try:
            world = play(seed, furnished, tmp_path)
        except BaseException:
            print(f"Play it again: tests.faults.simulation.play({seed}, …)")
            raise
        crashes += world.crashes
        events += len(world.trace)
    assert crashes
    tell("F13", "seeds of the simulation", seeds, crashes=crashes, events=events)


def test_f13_a_seed_is_played_the_same_each_time_and_in_each_process(furnished: Kept, tmp_path: Path) -> None:
    seed = 20261124
    first = play(seed, furnished, tmp_path)
    assert first.crashes, "a seed in which something happens"
    assert play(seed, furnished, tmp_path).trace == first.trace
    for hash_seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", REPLAY, str(seed), furnished.url, furnished.keys, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.split()[-1] == first.trace[-1]
    assert play(seed + 1, furnished, tmp_path).trace != first.trace
