"""How often each fault is tried, the databases it is tried on, and the table of what came of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

import storage
from handlers.importing import import_directory
from handlers.shipped import EXAMPLE, shipped
from tests.faults.postgres import Postgres
from tests.faults.rig import Kept, Rig, running
from tests.faults.run import RESULTS

_NAMES = count()


def share_of_full() -> float:
    """FAULT_RUNS: `small` (what CI does), `full`, or the share of the full counts, such as 0.1."""
    wanted = os.environ.get("FAULT_RUNS", "small")
    named = {"small": 0.0, "full": 1.0}
    return named[wanted] if wanted in named else float(wanted)


Runs = Callable[[int, int], int]


@pytest.fixture
def runs() -> Runs:
    """How often to try: `runs(small, full)`."""
    return lambda small, full: max(small, round(full * share_of_full()))


@pytest.fixture
def rng() -> random.Random:
    """Chance, whose seed is said where a test fails. FAULT_SEED repeats it."""
    seed = int(os.environ.get("FAULT_SEED") or time.time_ns() % 1_000_000_000)
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)


Tell = Callable[..., None]


@pytest.fixture
def tell() -> Tell:
    """Notes what was tried how often: `tell("F1", "kills, SQLite", 50, slowest_start_s=0.4)`."""

    def note(fault: str, what: str, trials: int, **measured: object) -> None:
        line = {"fault": fault, "what": what, "trials": trials, "measured": measured}
        print(json.dumps(line))
        if os.environ.get(RESULTS):
            with open(os.environ[RESULTS], "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    return note


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that waits for its disk, with a furnished database to be copied."""
    with tempfile.TemporaryDirectory(prefix="referral-bot-faults-") as folder:
        server = Postgres(Path(folder))
        server.make("furnished")
        storage.upgrade(server.url("furnished"))
        _furnish(Kept(server.url("furnished"), server.keys))
        yield server
        server.end()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A SQLite database with the example directory in it, to be copied."""
    kept = Kept(f"sqlite:///{tmp_path_factory.mktemp('furnished') / 'bot.db'}", storage.new_key())
    _furnish(kept)
    return kept


def _furnish(kept: Kept) -> None:
    store = kept.open()
    import_directory(store, shipped(EXAMPLE).read_text("utf-8"))
    store.close()


@pytest.fixture
def sqlite_kept(furnished: Kept, tmp_path: Path) -> Kept:
    shutil.copy(furnished.path, tmp_path / "bot.db")
    return Kept(f"sqlite:///{tmp_path / 'bot.db'}", furnished.keys)


@pytest.fixture
def postgres_kept(postgres: Postgres) -> Iterator[Kept]:
    name = f"faults{next(_NAMES)}"
    postgres.make(name, like="furnished")
    yield Kept(postgres.url(name), postgres.keys)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """A furnished database of either engine."""
    found: Kept = request.getfixturevalue("sqlite_kept" if request.param == "sqlite" else "postgres_kept")
    return found


@pytest.fixture
async def rig(kept: Kept, tmp_path: Path) -> AsyncIterator[Rig]:
    """Servers on a database of either engine."""
    async with running(tmp_path, kept) as made:
        yield made


@pytest.fixture
async def sqlite_rig(sqlite_kept: Kept, tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path, sqlite_kept) as made:
        yield made


@pytest.fixture
async def postgres_rig(postgres_kept: Kept, tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path, postgres_kept) as made:
        yield made
