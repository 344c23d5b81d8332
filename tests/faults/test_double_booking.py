"""F8: fifty drafts whose senders choose the same time at the same moment."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from referral_bot.availability import Slot, Wish, open_slots
from referral_bot.desk.booking import TAKEN
from referral_bot.desk.front import Desk
from referral_bot.desk.turn import Account, Message, Outcome, Place, Press
from referral_bot.model import Appointment, AppointmentStatus, Phi
from referral_bot.store import Transaction
from storage import SqlStore
from tests.faults.conftest import Runs, Tell
from tests.faults.rig import OFFICE, PATIENCE, TUESDAY, WRITER, Kept, referral

CLAIMERS = 50
PROCESSES = 3
DESK = Desk(Phi.MINIMAL, lambda document, person, now: "")
MARIA = Account("slack", "T0PRACTICE", WRITER, "Maria")


def drafts(store: SqlStore, count: int) -> list[str]:
    """So many drafts of Maria's for cardiology; their ids."""

    def write(number: int, tx: Transaction) -> Outcome:
        place = Place("slack", "T0PRACTICE", OFFICE, f"{number}.0")
        message = Message(referral(number).replace("<@U0BOT> ", ""), place, addressed=True)
        return DESK.hear(tx, MARIA, message, TUESDAY)

    for waiting in [store.transact(partial(write, number)) for number in range(count)]:
        waiting.result(PATIENCE)
    made = store.transact(lambda tx: [draft.id for draft in tx.drafts("maria")]).result(PATIENCE)
    assert len(made) == count
    return made


def times(store: SqlStore, count: int) -> list[str]:
    """The ids of open times to race for; each is given back before its next turn comes."""

    def find(tx: Transaction) -> list[str]:
        practice = tx.practice()
        assert practice is not None
        slots = open_slots(practice, Wish(service="cardiology"), [], TUESDAY)
        return [slot.to_id() for slot, _ in zip(slots, range(2 * CLAIMERS), strict=False)]

    found = store.transact(find).result(PATIENCE)
    return [found[number % len(found)] for number in range(count)]


def choose(store: SqlStore, draft: str, slot: str) -> Future[Outcome]:
    """Press on a time, as the draft's sender."""
    press = Press("take_time", draft, slot, Place("slack", "T0PRACTICE", OFFICE, "1.0"))
    return store.transact(lambda tx: DESK.press(tx, MARIA, press, TUESDAY))


def winners(outcomes: list[Outcome]) -> int:
    """How many got it; whoever did not was told why."""
    told = [outcome.private for outcome in outcomes if outcome.private is not None]
    assert all(TAKEN in str(card.elements) for card in told)
    return len(outcomes) - len(told)


def holders(store: SqlStore, slot_id: str) -> int:
    """How many stand in the way of others at this time."""
    slot = Slot.from_id(slot_id)

    def count(tx: Transaction) -> int:
        busy: list[Appointment] = tx.busy([slot.provider_key], slot.starts_at, slot.ends_at, TUESDAY)
        return len([each for each in busy if each.status is AppointmentStatus.PROPOSED])

    return store.transact(count).result(PATIENCE)


def free(store: SqlStore, slot_id: str) -> None:
    """Let whoever holds this time let it go."""
    slot = Slot.from_id(slot_id)

    def use_case(tx: Transaction) -> None:
        for each in tx.busy([slot.provider_key], slot.starts_at, slot.ends_at, TUESDAY):
            each.status = AppointmentStatus.CANCELLED
            tx.save(each)

    store.transact(use_case).result(PATIENCE)


def test_f8_of_fifty_who_choose_the_same_time_at_once_one_gets_it(kept: Kept, runs: Runs, tell: Tell) -> None:
    races = runs(200, 100_000) if kept.is_sqlite else runs(20, 20_000)
    store = kept.open()
    everybody = drafts(store, CLAIMERS)
    for slot in times(store, races):
        free(store, slot)
        outcomes = [each.result(PATIENCE) for each in [choose(store, draft, slot) for draft in everybody]]
        assert (winners(outcomes), holders(store, slot)) == (1, 1)
    store.close()
    tell("F8", f"races of {CLAIMERS}, {kept.engine}", races)


def race(kept: Kept, mine: list[str], slots: list[str], start: Barrier, told: Connection) -> None:
    """One of the processes: choose each time for each of its drafts, all at once; tell how many got it."""
    store = kept.open()
    for slot in slots:
        start.wait(PATIENCE)
        told.send(winners([each.result(PATIENCE) for each in [choose(store, draft, slot) for draft in mine]]))
    store.close()


async def test_f8_of_three_processes_who_choose_the_same_time_at_once_one_gets_it(
    postgres_kept: Kept, runs: Runs, tell: Tell
) -> None:
    races = runs(15, 10_000)
    forks = multiprocessing.get_context("forkserver")
    store = postgres_kept.open()
    everybody, slots = drafts(store, CLAIMERS), times(store, races)
    start = forks.Barrier(PROCESSES + 1)
    listening: list[Connection] = []
    processes: list[Any] = []
    for number in range(PROCESSES):
        ours, theirs = forks.Pipe(duplex=False)
        arguments = (postgres_kept, everybody[number::PROCESSES], slots, start, theirs)
        processes.append(forks.Process(target=race, args=arguments, daemon=True))
        processes[-1].start()
        theirs.close()
        listening.append(ours)
    for slot in slots:
        free(store, slot)
        await asyncio.to_thread(start.wait, PATIENCE)
        won = [await asyncio.to_thread(each.recv) for each in listening]
        assert (sum(won), holders(store, slot)) == (1, 1)
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    store.close()
    tell("F8", f"races of {CLAIMERS} in three processes, PostgreSQL", races)


@pytest.mark.parametrize("minutes", [9, 11])
def test_f8_a_time_that_is_held_is_free_again_when_the_hold_is_over(sqlite_kept: Kept, minutes: int) -> None:
    store = sqlite_kept.open()
    first, second = drafts(store, 2)
    (slot,) = times(store, 1)
    assert winners([choose(store, first, slot).result(PATIENCE)]) == 1
    press = Press("take_time", second, slot, Place("slack", "T0PRACTICE", OFFICE, "1.0"))
    later = TUESDAY + timedelta(minutes=minutes)
    outcome = store.transact(lambda tx: DESK.press(tx, MARIA, press, later)).result(PATIENCE)
    assert winners([outcome]) == (1 if minutes > 10 else 0)
    store.close()
