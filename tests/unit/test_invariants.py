"""Any order of any person's actions keeps what must always hold."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from referral_bot.cards.elements import Form, load
from referral_bot.desk.presses import PRESSES
from referral_bot.lifecycle import TERMINAL
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    AuditAction,
    Event,
    OutboxKind,
    Promise,
    PromiseStatus,
    Referral,
    Side,
    State,
    Thread,
)
from tests.unit.people import COMPLETE, Office

PEOPLE = st.sampled_from(["maria", "joy", "omar", "tess", "raj", "nina", "dana", "priya"])
ACTIONS = st.sampled_from(sorted(PRESSES))
WORDS = st.sampled_from(
    [
        "Yes, the EKG was faxed.",
        "thanks!",
        "can she exercise?",
        "tell them we will call today",
        "ask them: is there an echo?",
        "status",
        "cancel it please",
        "submit",
        "309-555-0177",
        "🙂",
        "<!channel> *bold* <@U0TESS>",
    ]
)
TIME_TAKING = (AppointmentStatus.PENDING, AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


class AnyOrder(RuleBasedStateMachine):
    """Presses every button as everybody, fills every form that opens, talks, and turns the clock."""

    @initialize()
    def open_the_office(self) -> None:
        self.office = Office()

    def _referral(self, pick: int) -> Referral | None:
        known = self.office.store.all(Referral)
        return known[pick % len(known)] if known else None

    @rule(person=st.sampled_from(["maria", "omar"]))
    def send_a_patient(self, person: str) -> None:
        self.office.say(person, COMPLETE)

    @rule(person=PEOPLE, action=ACTIONS, pick=st.integers(0, 5), choice=st.integers(0, 9))
    def press(self, person: str, action: str, pick: int, choice: int) -> None:
        referral = self._referral(pick)
        if referral is None:
            return
        before = referral.model_dump()
        outcome = self.office.press(person, action, referral.id, value=str(choice % 5 + 1))
        if outcome.form is not None and outcome.form.submit:
            outcome = self._fill(person, outcome.form, choice)
        if outcome.private is not None and outcome.form is None and action not in ("rate", "status", "help"):
            after = self.office.store.records[Referral][referral.id].model_dump()
            assert after == before, "an act that was refused changed something"

    def _fill(self, person: str, form: Form, choice: int):  # type: ignore[no-untyped-def]
        answers: dict[str, object] = {}
        for field in form.fields:
            if field.type == "choice" and not field.optional and field.options:
                answers[field.key] = field.options[choice % len(field.options)].value
            if field.type == "text" and not field.value:
                answers[field.key] = "In words."
        answers.pop("patient_name", None)
        return self.office.fill(person, form, **answers)

    @rule(person=PEOPLE, text=WORDS, pick=st.integers(0, 5), side=st.sampled_from(list(Audience)))
    def talk(self, person: str, text: str, pick: int, side: Audience) -> None:
        referral = self._referral(pick)
        if referral is None:
            self.office.say(person, text)
            return
        threads = self.office.store.run(lambda tx: tx.threads(referral.id))
        thread = next((t for t in threads if t.audience is side and t.root), None)
        if thread is not None:
            self.office.say(person, text, channel=thread.channel, root=thread.root or "", addressed=True)

    @rule(minutes=st.sampled_from([1, 11, 60, 600, 60 * 24, 60 * 24 * 5]))
    def wait(self, minutes: int) -> None:
        self.office.later(minutes=minutes)

    # ------------------------------------------------------------ what must hold

    @invariant()
    def every_open_referral_has_a_next_actor_and_a_due_time(self) -> None:
        for referral in self.office.store.all(Referral):
            if referral.state in TERMINAL:
                assert referral.outcome
                assert (referral.next_actor, referral.due_at) == (None, None)
                assert not [p for p in self._promises(referral) if p.status is PromiseStatus.OPEN]
            else:
                assert referral.next_actor is not None
                assert referral.next_kind is not None
                assert referral.due_at is not None

    def _promises(self, referral: Referral) -> list[Promise]:
        return [p for p in self.office.store.all(Promise) if p.subject_id == referral.id]

    @invariant()
    def at_most_one_promise_of_a_kind_runs(self) -> None:
        for referral in self.office.store.all(Referral):
            running = [
                (p.kind, p.owed_by)
                for p in self._promises(referral)
                if p.status in (PromiseStatus.OPEN, PromiseStatus.RESTING)
            ]
            assert len(running) == len(set(running))

    @invariant()
    def what_the_office_owes_is_what_is_next_while_it_owes(self) -> None:
        for referral in self.office.store.all(Referral):
            if referral.state is State.NEEDS_INFO:
                assert referral.next_actor is Side.OFFICE

    @invariant()
    def no_provider_is_booked_twice(self) -> None:
        taken = [a for a in self.office.store.all(Appointment) if a.status in TIME_TAKING]
        for index, one in enumerate(taken):
            for other in taken[index + 1 :]:
                apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
                assert apart or one.provider_key != other.provider_key

    @invariant()
    def a_booked_referral_has_one_visit_and_an_ended_one_none(self) -> None:
        for referral in self.office.store.all(Referral):
            standing = [
                a
                for a in self.office.store.all(Appointment)
                if a.referral_id == referral.id and a.status is AppointmentStatus.BOOKED
            ]
            visit = referral.state is State.SCHEDULED or referral.resumes is State.SCHEDULED
            assert len(standing) == (1 if visit else 0)

    @invariant()
    def events_are_numbered_and_posts_leave_once_in_the_order_they_were_written(self) -> None:
        for referral in self.office.store.all(Referral):
            sequence = [e.seq for e in self.office.store.all(Event) if e.subject_id == referral.id]
            assert sequence == list(range(1, len(sequence) + 1))
        for thread in self.office.store.all(Thread):
            rows = self.office.store.run(lambda tx, id=thread.id: tx.outbox(id))
            written = [load(row.content) for row in rows if row.kind is OutboxKind.POST]
            there = (thread.channel, thread.root)
            left = [card for channel, root, card in self.office.posted if (channel, root) == there]
            assert [card for card in left if card in written] == written

    @invariant()
    def promises_are_due_after_they_are_made_and_rest_while_on_hold(self) -> None:
        for referral in self.office.store.all(Referral):
            on_hold = referral.state is State.ON_HOLD
            assert (referral.on_hold_until is not None) is on_hold
            for promise in self._promises(referral):
                assert promise.due_at > promise.made_at
                if on_hold and promise.status is PromiseStatus.OPEN and promise.due_at > self.office.now:
                    assert promise.due_at >= (referral.on_hold_until or self.office.now)

    @invariant()
    def offices_are_told_nothing_of_each_other(self) -> None:
        references = {
            referral.reference: referral.office_key
            for referral in self.office.store.all(Referral)
            if referral.reference
        }
        for channel, _, card in self.office.posted:
            for reference, office_key in references.items():
                if channel in ("C0LAKESIDE", "C0HILLCREST") and reference in str(card):
                    assert channel == f"C0{office_key.upper()}"

    @invariant()
    def every_change_is_in_the_record(self) -> None:
        changed = {e.subject_id for e in self.office.store.audited if e.action is AuditAction.CHANGED}
        assert {referral.id for referral in self.office.store.all(Referral)} <= changed


AnyOrder.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=timedelta(seconds=30),
    suppress_health_check=list(HealthCheck),
)
TestAnyOrder = AnyOrder.TestCase
