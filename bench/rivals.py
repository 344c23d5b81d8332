"""What follow-ups are compared with: a job each in APScheduler's store, a job each in procrastinate."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import procrastinate
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine, event

from bench.databases import settle

PROCRASTINATE_AT_ONCE = 20


@dataclass
class Count:
    """How many jobs have run, and what is called when all have."""

    wanted: int = 0
    done: int = 0
    all_done: asyncio.Event = field(default_factory=asyncio.Event)


_count = Count()


async def nothing() -> None:
    """The job: it does nothing but be counted."""
    _count.done += 1
    if _count.done == _count.wanted:
        _count.all_done.set()


async def run_apscheduler(url: str, jobs: int) -> float:
    """Seconds from letting the scheduler go, with this many jobs due in its store, until all have run."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def durable(connection: object, record: object) -> None:
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.close()

    scheduler = AsyncIOScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) - timedelta(seconds=1)
    for _ in range(jobs):
        scheduler.add_job(nothing, "date", run_date=due)
    settle(url)
    _count.wanted, _count.done = jobs, 0
    _count.all_done.clear()
    began = time.perf_counter()
    scheduler.resume()
    await _count.all_done.wait()
    took = time.perf_counter() - began
    scheduler.shutdown(wait=False)
    engine.dispose()
    return took


async def run_procrastinate(url: str, jobs: int) -> float:
    """Seconds in which its worker works off this many jobs that do nothing."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    task = app.task(name="nothing")(nothing)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for start in range(0, jobs, 1000):
            await task.batch_defer_async(*({} for _ in range(min(1000, jobs - start))))
        settle(url)
        began = time.perf_counter()
        await app.run_worker_async(
            concurrency=PROCRASTINATE_AT_ONCE,
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
        )
        return time.perf_counter() - began
