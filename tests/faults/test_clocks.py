"""F10: a clock that jumps, nights on which clocks are changed, and the day that comes every four years."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from referral_bot.business_time import after_quiet
from referral_bot.model import Appointment, AppointmentStatus, EventKind, FollowUpKind, Referral
from referral_bot.practice import Urgency
from tests.faults.conftest import Runs, Tell
from tests.faults.desk import PeopleAtADesk
from tests.faults.rig import referral

CHICAGO = ZoneInfo("America/Chicago")
STARTS = {
    "clocks go forward": datetime(2027, 3, 10, 10, tzinfo=CHICAGO),
    "clocks go back": datetime(2027, 11, 3, 10, tzinfo=CHICAGO),
    "leap day": datetime(2028, 2, 25, 10, tzinfo=CHICAGO),
    "new year": datetime(2026, 12, 29, 10, tzinfo=CHICAGO),
    "holiday": datetime(2026, 11, 24, 10, tzinfo=CHICAGO),
}
DAYS = 12
WRONG_BY = (timedelta(hours=-1), timedelta(hours=1), timedelta(minutes=-7), timedelta(minutes=20))

Due = dict[str, tuple[datetime, FollowUpKind]]
Done = dict[str, datetime]


class Watched:
    """A desk whose follow-ups are looked at before and after each tick."""

    def __init__(self, seed: int, start: datetime) -> None:
        self.rng = random.Random(seed)
        self.desk = PeopleAtADesk(seed, start.astimezone(UTC))
        self.true_time = self.desk.now
        self.done: Done = {}
        self.ran = 0

    def _follow_ups(self) -> tuple[Due, Done]:
        def look(tx: object) -> tuple[Due, Done]:
            rows = tx._cursor.execute("SELECT id, due_at, kind, done_at FROM follow_up").fetchall()  # type: ignore[attr-defined]
            due = {id: (_moment(at), FollowUpKind(kind)) for id, at, kind, done in rows if done is None}
            return due, {id: _moment(done) for id, _, _, done in rows if done is not None}

        found: tuple[Due, Done] = self.desk.run(look)
        return found

    def send(self) -> str:
        """A patient is sent, and mostly booked; the referral's id."""
        draft = self.desk.refers("maria", referral(self.rng.randrange(90)).replace("<@U0BOT> ", ""))
        if self.rng.random() < 0.9:
            self.desk.press("maria", "submit", draft.id)
        if self.rng.random() < 0.7:
            self.desk.books(draft.id, self.rng.randrange(90))
        return draft.id

    def step(self) -> None:
        """Time passes, for this machine more or less than for others; then a tick."""
        self.true_time += timedelta(minutes=self.rng.choice((1, 7, 30, 60, 60, 180)))
        wrong_by = self.rng.choice(WRONG_BY) if self.rng.random() < 0.2 else timedelta(0)
        self.desk.now = self.true_time + wrong_by
        before, _ = self._follow_ups()
        self.desk.tick()
        after, done = self._follow_ups()
        now, practice = self.desk.now, self.desk.practice
        assert {id: done[id] for id in self.done} == self.done, "one was done a second time"
        for id in done.keys() - self.done.keys():
            due_at, kind = before.get(id, (now, None))
            assert due_at <= now, "one came early"
            if kind is not FollowUpKind.HOLD_EXPIRED and not self._stat():
                assert after_quiet(now, practice.timezone, practice) <= now, "one came in the night"
        assert all(due_at > now for due_at, _ in after.values()), "one was missed"
        self.ran += len(done) - len(self.done)
        self.done = done

    def _stat(self) -> bool:
        def look(tx: object) -> bool:
            return any(one.urgency is Urgency.STAT for one in tx.referrals())  # type: ignore[attr-defined]

        found: bool = self.desk.run(look)
        return found

    def assert_nothing_was_doubled(self) -> None:
        """Each step of a promise, and each reminder of a visit, has a follow-up of its own that was done."""

        def look(tx: object) -> None:
            cursor = tx._cursor  # type: ignore[attr-defined]
            steps = dict(cursor.execute("SELECT id, step FROM promise").fetchall())
            done = Counter(
                argument.partition(":")[0]
                for (argument,) in cursor.execute(
                    "SELECT argument FROM follow_up WHERE done_at IS NOT NULL AND kind = 'promise'"
                ).fetchall()
            )
            # The first step, the reminder, is passed over where it is late already.
            assert all(step <= done[id] + (1 if done[id] else 0) for id, step in steps.items())
            reminded = cursor.execute("SELECT count(*) FROM event WHERE kind = ?", [EventKind.REMINDED.value])
            count = reminded.fetchone()[0]
            visits = cursor.execute(
                "SELECT count(*) FROM follow_up WHERE done_at IS NOT NULL AND kind = 'visit_reminder'"
            ).fetchone()[0]
            assert count <= visits

        self.desk.run(look)


def _moment(stored: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=stored)


def test_f10_whatever_the_clock_does_no_follow_up_is_early_missed_or_doubled(
    runs: Runs, rng: random.Random, tell: Tell
) -> None:
    seeds, ran = runs(15, 1000), 0
    for number in range(seeds):
        seed = rng.randrange(1_000_000_000)
        start = list(STARTS.values())[number % len(STARTS)] - timedelta(days=rng.randrange(3))
        print(f"seed {seed} from {start}")
        watched = Watched(seed, start)
        try:
            for _ in range(3):
                watched.send()
            ends = watched.true_time + timedelta(days=DAYS)
            while watched.true_time < ends:
                watched.step()
            watched.assert_nothing_was_doubled()
        finally:
            watched.desk.close()
        ran += watched.ran
    assert ran
    tell("F10", "stories with a clock that jumps", seeds, follow_ups=ran)


@pytest.mark.parametrize("name", ["clocks go forward", "clocks go back"])
def test_f10_a_visit_is_reminded_of_at_its_own_time_of_day_where_clocks_change(name: str) -> None:
    desk = PeopleAtADesk(now=STARTS[name].astimezone(UTC))
    draft: Referral = desk.refers("maria", referral(1).replace("<@U0BOT> ", ""))
    desk.press("maria", "submit", draft.id)
    visit = next(
        found
        for pick in range(90)
        if (found := _booked(desk, draft.id, pick)).starts_at > desk.now + timedelta(days=8)
    )
    starts = visit.starts_at.astimezone(CHICAGO)
    reminders = [
        each.due_at.astimezone(CHICAGO)
        for each in desk.run(lambda tx: tx.follow_ups(draft.id))
        if each.kind is FollowUpKind.VISIT_REMINDER and each.argument.startswith(visit.id)
    ]
    assert reminders[0].utcoffset() != starts.utcoffset(), "the clocks change in between"
    assert {each.time() for each in reminders} == {starts.time()}
    desk.close()


def _booked(desk: PeopleAtADesk, referral_id: str, pick: int) -> Appointment:
    desk.books(referral_id, pick)
    visits: list[Appointment] = desk.run(lambda tx: tx.appointments(referral_id))
    return next(each for each in visits if each.status is AppointmentStatus.BOOKED)
