"""What is owed, by whom, until when: the promises that each move makes, keeps, rests and ends.

A promise's time is business time of the practice, `see` is calendar time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from referral_bot.business_time import BusinessCalendar
from referral_bot.lifecycle import TERMINAL, Move
from referral_bot.model import Promise, PromiseStatus, ReferralBase, Role, Side, State
from referral_bot.practice import Practice, PromiseKind, Service, TimeSpan, Urgency

OFFICE_ANSWERS_IN: Final = TimeSpan(amount=3, unit="d")
"""Business days an office has to answer; it is reminded after one and after three."""
OFFICE_CONFIRMS_IN: Final = TimeSpan(amount=2, unit="d")
"""Business days after which an unconfirmed report is asked about."""

_ACKNOWLEDGED_BY: Final = frozenset(
    {
        *(Move.CLAIM, Move.ACCEPT, Move.ASK, Move.CALL, Move.HOLD, Move.DECLINE),
        *(Move.BOOK, Move.SEE, Move.MISS, Move.ARRIVE),
    }
)
_NEEDS_A_TIME: Final = frozenset(
    {State.RECEIVED, State.ACCEPTED, State.CONTACTING, State.RESCHEDULE_NEEDED, State.NO_SHOW}
)


@dataclass
class Ledger:
    """A subject's promises while one move changes them; `changed` is what must be kept."""

    promises: Sequence[Promise]
    now: datetime
    new_id: Callable[[], str]
    changed: list[Promise] = field(default_factory=list)
    moved: list[Promise] = field(default_factory=list)
    """Those of the changed ones whose due time is another now."""
    made: list[Promise] = field(default_factory=list)
    woken: list[Promise] = field(default_factory=list)
    """Those that were late already when a hold ended before its time: their next step comes sooner."""

    def all(self) -> list[Promise]:
        """Every promise, those just made included."""
        return [*self.promises, *self.made]

    def running(self, kind: PromiseKind, owed_by: Side = Side.PRACTICE) -> Promise | None:
        """The open or resting promise of this kind."""
        for promise in self.all():
            if promise.kind is kind and promise.owed_by is owed_by and is_running(promise):
                return promise
        return None

    def end(self, kind: PromiseKind, owed_by: Side = Side.PRACTICE) -> None:
        """End the running promise of this kind by keeping it, in time or late."""
        if promise := self.running(kind, owed_by):
            in_time = (promise.rested_at or self.now) <= promise.due_at
            promise.status = PromiseStatus.KEPT if in_time else PromiseStatus.BROKEN
            self._close(promise)

    def drop(self, kind: PromiseKind, owed_by: Side) -> None:
        """End the running promise of this kind unscored: it is no longer asked for."""
        if promise := self.running(kind, owed_by):
            promise.status = PromiseStatus.WITHDRAWN
            self._close(promise)

    def withdraw(self) -> None:
        """End everything that still runs, unscored; what is late already counts as broken."""
        for promise in self.all():
            if is_running(promise):
                late = promise.status is PromiseStatus.OPEN and self.now > promise.due_at
                promise.status = PromiseStatus.BROKEN if late else PromiseStatus.WITHDRAWN
                self._close(promise)

    def open(self, promise: Promise) -> None:
        """Add a promise unless one of its kind runs already."""
        if self.running(promise.kind, promise.owed_by) is None:
            self.made.append(promise)

    def _close(self, promise: Promise) -> None:
        promise.ended_at = self.now
        self.touch(promise)

    def touch(self, promise: Promise) -> None:
        """Remember that a promise was changed."""
        if promise not in self.made and promise not in self.changed:
            self.changed.append(promise)


def is_running(promise: Promise) -> bool:
    """Whether a promise has not ended."""
    return promise.status in (PromiseStatus.OPEN, PromiseStatus.RESTING)


def after(
    move: Move,
    referral: ReferralBase,
    promises: Sequence[Promise],
    practice: Practice,
    now: datetime,
    new_id: Callable[[], str],
    *,
    by: Side,
) -> Ledger:
    """The promises after a move that has already changed the referral's state.

    Also sets `next_actor`, `next_kind` and `due_at` on the referral to what is owed next.
    """
    ledger = Ledger(promises, now, new_id)
    if referral.state in TERMINAL:
        if move in _ACKNOWLEDGED_BY:
            ledger.end(PromiseKind.ACKNOWLEDGE)
        ledger.withdraw()
        referral.next_actor = referral.next_kind = referral.due_at = referral.on_hold_until = None
        return ledger
    maker = _Maker(referral, practice, ledger)
    if move is Move.SUBMIT:
        maker.promise(PromiseKind.ACKNOWLEDGE, role=Role.INTAKE)
        maker.promise(PromiseKind.SEE)
    if move is Move.REOPEN and referral.state is not State.SEEN:
        maker.promise(PromiseKind.SEE)
    if referral.on_hold_until is not None and referral.state is not State.ON_HOLD:
        maker.end_hold(referral.on_hold_until)
        referral.on_hold_until = None
    if move is Move.HOLD and referral.on_hold_until is not None:
        maker.hold(referral.on_hold_until)
    if move in _ACKNOWLEDGED_BY and by is Side.PRACTICE:
        ledger.end(PromiseKind.ACKNOWLEDGE)
    if move is Move.ANSWER:
        ledger.end(PromiseKind.ANSWER, Side.OFFICE)
        maker.resume_scheduling()
    if referral.state not in (State.NEEDS_INFO, State.REPORT_SENT):
        ledger.drop(PromiseKind.ANSWER, Side.OFFICE)
    if referral.state is State.SCHEDULED:
        ledger.end(PromiseKind.SCHEDULE)
    if referral.state in _NEEDS_A_TIME:
        maker.promise(PromiseKind.SCHEDULE)
    if move is Move.ASK:
        if referral.resumes is not State.SCHEDULED:
            maker.promise(PromiseKind.SCHEDULE)
        maker.rest_scheduling()
        maker.office_owes(OFFICE_ANSWERS_IN)
    if move is Move.SEE:
        ledger.end(PromiseKind.SEE)
    if referral.state is State.SEEN:
        maker.promise(PromiseKind.REPORT)
    if move is Move.REPORT:
        ledger.end(PromiseKind.REPORT)
        maker.office_owes(OFFICE_CONFIRMS_IN)
    _hand_over(referral, ledger)
    set_next(referral, ledger.all())
    return ledger


class _Maker:
    """Makes a referral's promises out of its service's spans."""

    def __init__(self, referral: ReferralBase, practice: Practice, ledger: Ledger) -> None:
        self._referral = referral
        self._calendar = BusinessCalendar(practice)
        self._ledger = ledger
        self._service: Service = practice.service(referral.service_key or "")

    def promise(self, kind: PromiseKind, role: Role = Role.SCHEDULER) -> None:
        due = self._due(kind, self._ledger.now)
        self._open(kind, Side.PRACTICE, due, role=role, person_key=self._referral.owner_key)

    def move(self, promise: Promise, service: Service, urgency: Urgency | None) -> None:
        """Give a running promise the due time that is asked for now, where it was made for others before.

        For as long as it has rested until now, it has rested then too; and nothing is due within a hold.
        """
        before = self._promised(promise.kind, promise.made_at, service, urgency)
        due = self._due(promise.kind, promise.made_at)
        if promise.kind is PromiseKind.SEE:
            due += promise.due_at - before
        elif rested := self._calendar.minutes_between(before, promise.due_at):
            due = self._calendar.add(due, TimeSpan(amount=rested, unit="m"))
        if self._referral.on_hold_until is not None and promise.due_at >= self._referral.on_hold_until:
            due = max(due, self._referral.on_hold_until)
        self._postpone(promise, due - promise.due_at)

    def hold(self, until: datetime) -> None:
        """What is owed waits: each due time is as far behind the end of the hold as it was ahead of now."""
        self.promise(PromiseKind.SCHEDULE)
        if promise := self._open_one(PromiseKind.SCHEDULE):
            self._shift(promise, self._ledger.now, until)
        if (promise := self._open_one(PromiseKind.SEE)) and promise.due_at > self._ledger.now:
            self._postpone(promise, until - self._ledger.now)

    def end_hold(self, until: datetime) -> None:
        """What waited goes on now, where the hold ends before its time; else it is due as it was said."""
        if until <= self._ledger.now:
            return
        late = [promise for promise in self._ledger.promises if self._is_late(promise)]
        if promise := self._open_one(PromiseKind.SCHEDULE):
            self._shift(promise, until, self._ledger.now)
        if (promise := self._open_one(PromiseKind.SEE)) and promise.due_at > until:
            self._postpone(promise, self._ledger.now - until)
        self._ledger.woken += late

    def _is_late(self, promise: Promise) -> bool:
        return (
            promise.owed_by is Side.PRACTICE
            and promise.status is PromiseStatus.OPEN
            and promise.due_at <= self._ledger.now
        )

    def _open_one(self, kind: PromiseKind) -> Promise | None:
        promise = self._ledger.running(kind)
        return promise if promise and promise.status is PromiseStatus.OPEN else None

    def _shift(self, promise: Promise, since: datetime, to: datetime) -> None:
        """Owe after `to` what business time was left at `since`; what was late by then stays late."""
        if promise.due_at > since:
            left = self._calendar.minutes_between(since, promise.due_at)
            due = self._calendar.add(to, TimeSpan(amount=max(left, 1), unit="m"))
            self._postpone(promise, due - promise.due_at)

    def _postpone(self, promise: Promise, span: timedelta) -> None:
        if not span:
            return
        promise.due_at, promise.step = promise.due_at + span, 0
        self._ledger.touch(promise)
        if promise not in (*self._ledger.made, *self._ledger.moved):
            self._ledger.moved.append(promise)

    def _due(self, kind: PromiseKind, start: datetime) -> datetime:
        return self._promised(kind, start, self._service, self._referral.urgency)

    def _promised(
        self, kind: PromiseKind, start: datetime, service: Service, urgency: Urgency | None
    ) -> datetime:
        span = service.promised(kind, urgency or Urgency.ROUTINE)
        if kind is PromiseKind.SEE:
            return self._calendar.calendar_add(start, span)
        return self._calendar.add(start, span)

    def office_owes(self, span: TimeSpan) -> None:
        due = self._calendar.add(self._ledger.now, span)
        person = self._referral.on_behalf_of or self._referral.sent_by
        self._open(PromiseKind.ANSWER, Side.OFFICE, due, role=None, person_key=person)

    def _open(
        self, kind: PromiseKind, owed_by: Side, due: datetime, role: Role | None, person_key: str | None
    ) -> None:
        self._ledger.open(
            Promise(
                id=self._ledger.new_id(),
                subject_id=self._referral.id,
                kind=kind,
                owed_by=owed_by,
                role=role,
                person_key=person_key,
                made_at=self._ledger.now,
                due_at=due,
            )
        )

    def rest_scheduling(self) -> None:
        promise = self._ledger.running(PromiseKind.SCHEDULE)
        if promise and promise.status is PromiseStatus.OPEN:
            promise.status, promise.rested_at = PromiseStatus.RESTING, self._ledger.now
            self._ledger.touch(promise)

    def resume_scheduling(self) -> None:
        promise = self._ledger.running(PromiseKind.SCHEDULE)
        if promise and promise.status is PromiseStatus.RESTING:
            left = self._calendar.minutes_between(promise.rested_at or promise.made_at, promise.due_at)
            promise.due_at = self._calendar.add(self._ledger.now, TimeSpan(amount=max(left, 1), unit="m"))
            promise.status, promise.rested_at, promise.step = PromiseStatus.OPEN, None, 0
            self._ledger.touch(promise)
            self._ledger.moved.append(promise)


def requicken(
    referral: ReferralBase,
    promises: Sequence[Promise],
    practice: Practice,
    now: datetime,
    new_id: Callable[[], str],
    *,
    service_key: str | None,
    urgency: Urgency | None,
) -> Ledger:
    """The promises after the urgency or the service has changed: due as if it had been so from the start.

    `service_key` and `urgency` are those from before.
    """
    ledger = Ledger(promises, now, new_id)
    maker = _Maker(referral, practice, ledger)
    service = practice.service(service_key or referral.service_key or "")
    for promise in promises:
        if promise.owed_by is Side.PRACTICE and promise.status is PromiseStatus.OPEN:
            maker.move(promise, service, urgency)
    set_next(referral, ledger.all())
    return ledger


def _hand_over(referral: ReferralBase, ledger: Ledger) -> None:
    """Whoever owns the referral now owes what the practice owes."""
    for promise in ledger.all():
        if (
            promise.owed_by is Side.PRACTICE
            and is_running(promise)
            and promise.person_key != referral.owner_key
        ):
            promise.person_key = referral.owner_key
            ledger.touch(promise)


def set_next(referral: ReferralBase, promises: Sequence[Promise]) -> None:
    """Set who acts next and until when from the promises that run."""
    foremost = _foremost(referral, promises)
    referral.next_actor = foremost.owed_by
    referral.next_kind = foremost.kind
    referral.due_at = foremost.due_at


def _foremost(referral: ReferralBase, promises: Sequence[Promise]) -> Promise:
    """The one promise that says who acts next: an office that owes comes first, then what is nearest."""
    running = [promise for promise in promises if promise.status is PromiseStatus.OPEN]
    office = [promise for promise in running if promise.owed_by is Side.OFFICE]
    order = (PromiseKind.ACKNOWLEDGE, PromiseKind.SCHEDULE, PromiseKind.REPORT, PromiseKind.SEE)
    practice = [p for kind in order for p in running if p.kind is kind and p.owed_by is Side.PRACTICE]
    return (office + practice)[0]
