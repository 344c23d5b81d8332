"""F5, F9, F12: three servers on one PostgreSQL database, any of which is killed, or the database itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime

import aiohttp
import psycopg

import storage
from tests.faults.child import Conditions
from tests.faults.conftest import Runs, Tell
from tests.faults.postgres import Postgres
from tests.faults.rig import PATIENCE, TUESDAY, Kept, Rig, Server
from tests.faults.seeding import promises_due

DELIVERIES = 4
AT_ONCE = 8

# An outbox row or a follow-up that somebody takes while somebody else's lease on it still runs.
WATCH = """
CREATE TABLE stolen (id text);
CREATE FUNCTION watch_leases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.leased_until IS NOT NULL AND OLD.leased_until IS NOT NULL
        AND NEW.leased_until <> OLD.leased_until
        AND OLD.leased_until > NEW.leased_until - interval '{lease} seconds'
    THEN INSERT INTO stolen VALUES (NEW.id); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER watch AFTER UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION watch_leases();
CREATE TRIGGER watch AFTER UPDATE ON follow_up FOR EACH ROW EXECUTE FUNCTION watch_leases();
"""


async def three(rig: Rig, conditions: Conditions | None = None) -> list[Server]:
    return list(await asyncio.gather(*(rig.start(conditions) for _ in range(3))))


async def test_f5_a_message_delivered_many_times_to_three_replicas_at_once_makes_one_referral(
    postgres_rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    rig, messages = postgres_rig, runs(100, 25_000)
    servers = await three(rig)
    statuses: Counter[int] = Counter()
    sent: list[str] = []

    async def deliver_often(session: aiohttp.ClientSession) -> None:
        while len(sent) < messages:
            message, bodies = rig.mention()
            sent.append(message.ts)
            urls = [f"{rng.choice(servers).url}/slack/events" for _ in range(DELIVERIES)]
            statuses.update(
                await asyncio.gather(*(rig.deliver(session, url, rng.choice(bodies)) for url in urls))
            )

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(deliver_often(session) for _ in range(AT_ONCE)))
    assert statuses == {200: DELIVERIES * len(sent)}
    rig.assert_kept(sent)
    assert rig.kept.count("SELECT count(*) FROM referral") == len(sent)
    await rig.drained(60 + messages / 20)
    rig.assert_delivered_once()
    rig.kept.assert_sound()
    tell("F5", "deliveries to three replicas", DELIVERIES * len(sent), messages=len(sent))


async def test_f9_replicas_that_are_killed_leave_nothing_undone_and_take_nothing_from_each_other(
    postgres_rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    rig, rounds = postgres_rig, runs(1, 100)
    conditions = Conditions(lease=2.0, send=1.5, ahead=(TUESDAY - datetime.now(UTC)).total_seconds())
    with psycopg.connect(rig.kept.url) as connection:
        connection.execute(WATCH.format(lease=conditions.lease).encode())
    servers = await three(rig, conditions)
    due = kills = 0

    def work_left() -> bool:
        return bool(
            rig.kept.count("SELECT count(*) FROM follow_up WHERE done_at IS NULL AND key = id")
            or rig.kept.unsent()
        )

    for _ in range(rounds):
        store = rig.kept.open()
        promises_due(store, rig.workspace, range(due, due + 1000), TUESDAY)
        store.close()
        due += 1000
        while work_left():
            await asyncio.sleep(2)
            victim = rng.randrange(3)
            servers[victim].kill()
            kills += 1
            servers[victim] = await rig.start(conditions)
    assert rig.kept.count("SELECT count(*) FROM promise WHERE step = 1") == due
    assert rig.kept.count("SELECT count(*) FROM outbox WHERE kind = 'post'") == due
    assert rig.kept.count("SELECT count(*) FROM stolen") == 0
    with psycopg.connect(rig.kept.url) as thief:
        thief.execute(
            "UPDATE follow_up SET leased_until = leased_until + interval '1 second' WHERE id = 'due0'"
        )
    assert rig.kept.count("SELECT count(*) FROM stolen") == 1, "it would have been seen"
    rig.assert_delivered_once()
    rig.kept.assert_sound()
    tell("F9", "follow-ups on three replicas, one killed every 2 s", due, kills=kills)


async def test_f12_connections_that_are_cut_and_a_database_that_is_restarted_lose_nothing(
    postgres_rig: Rig, postgres: Postgres, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    rig, rounds = postgres_rig, runs(4, 200)
    servers = [await rig.start(), await rig.start()]
    name = rig.kept.url.partition("?")[0].rpartition("/")[2]
    acknowledged: list[str] = []
    cut, slowest = 0, 0.0
    for number in range(rounds):
        load = rig.load(*servers)
        await load.answered(5)
        await asyncio.sleep(rng.uniform(0, 0.2))
        match number % 4:
            case 0 | 2:
                cut += postgres.cut(name)
            case 1:
                await asyncio.to_thread(postgres.kill)
                await asyncio.to_thread(postgres.start)
            case 3:
                await asyncio.to_thread(postgres.stop)
                await asyncio.to_thread(postgres.start)
        back = time.monotonic()
        await load.answered(len(load.acknowledged) + 5)
        slowest = max(slowest, time.monotonic() - back)
        acknowledged += await load.stop()
        assert set(load.statuses) <= {200, 500}
        assert all(server.alive for server in servers)
        rig.assert_kept(acknowledged)
    await rig.drained(PATIENCE + rounds)
    rig.assert_kept(acknowledged)
    rig.assert_delivered_once()
    rig.kept.assert_sound()
    tell("F12", "restarts and cuts of PostgreSQL", rounds, cut=cut, slowest_recovery_s=round(slowest, 2))
    assert slowest < 60


async def test_a_link_made_by_one_replica_opens_at_another_whatever_the_order_of_their_keys(
    postgres_kept: Kept,
) -> None:

    another = storage.new_key()
    stores = [
        storage.open_store(postgres_kept.url, keys)
        for keys in (f"{postgres_kept.keys},{another}", f"{another},{postgres_kept.keys}")
    ]
    assert stores[0].page_key == stores[1].page_key
    for store in stores:
        store.close()
