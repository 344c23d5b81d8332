"""Follow-ups that are due together are done together, and one that fails spoils no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_bot.desk import followups
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    FollowUp,
    FollowUpKind,
    Referral,
)
from referral_bot.practice import VisitType
from tests.unit.people import Office


def reminder(office: Office, referral: Referral, days: int) -> FollowUp:
    return FollowUp(
        id=f"f{days}",
        key=f"visit:a:{days}",
        subject_id=referral.id,
        kind=FollowUpKind.VISIT_REMINDER,
        due_at=office.now - timedelta(minutes=days),
        argument=f"a:{days}",
    )


def booked(office: Office, referral: Referral) -> Appointment:
    start = office.now + timedelta(days=1)
    return Appointment(
        id="a",
        referral_id=referral.id,
        provider_key="lee",
        location_key="north",
        service_key="cardiology",
        visit_type=VisitType.NEW,
        starts_at=start,
        ends_at=start + timedelta(minutes=40),
        status=AppointmentStatus.BOOKED,
    )


def test_of_two_reminders_of_a_visit_that_are_due_together_one_is_said() -> None:
    office = Office()
    referral = office.submitted()
    office.store.run(lambda tx: [tx.add(booked(office, referral)), tx.add(reminder(office, referral, 1))])
    office.store.run(lambda tx: tx.add(reminder(office, referral, 2)))
    office.store.run(lambda tx: followups.run_due(tx, office.now, office.phi))
    office.deliver()
    told = [said for said in office.told(Audience.OFFICE, referral.id) if "Coming up" in said]
    assert len(told) == 1


def test_one_that_fails_is_told_and_put_off_and_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    referral = office.submitted()
    office.store.run(lambda tx: [tx.add(booked(office, referral)), tx.add(reminder(office, referral, 1))])
    broken = FollowUp(
        id="broken",
        key="broken",
        subject_id=referral.id,
        kind=FollowUpKind.HOLD_EXPIRED,
        due_at=office.now,
        argument="a",
    )
    office.store.run(lambda tx: tx.add(broken))

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(followups._DOERS, FollowUpKind.HOLD_EXPIRED, fail)
    told: list[str] = []
    done = office.store.run(
        lambda tx: followups.run_due(tx, office.now, office.phi, 50, lambda f, error: told.append(f.id))
    )
    assert done == 2
    assert told == ["broken"]
    kept = {each.id: each for each in office.store.all(FollowUp)}
    assert kept["f1"].done_at == office.now
    assert kept["broken"].done_at is None
    assert kept["broken"].due_at == office.now + followups.AGAIN
    office.deliver()
    assert any("Coming up" in said for said in office.told(Audience.OFFICE, referral.id))


def test_visit_that_is_given_back_leaves_no_reminders_waiting() -> None:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    for _ in range(2):  # booked, and booked again for another time
        form = office.press("tess", "book", referral.id).form
        assert form is not None
        times = next(field for field in form.fields if field.type == "choice")
        office.fill("tess", form, time=times.options[-1].value)
    visit = next(a for a in office.store.all(Appointment) if a.status is AppointmentStatus.BOOKED)
    waiting = office.store.run(lambda tx: tx.follow_ups(referral.id))
    reminders = [f for f in waiting if f.kind is FollowUpKind.VISIT_REMINDER]
    assert reminders
    assert {f.argument.partition(":")[0] for f in reminders} == {visit.id}
    office.act("maria", "cancel_appointment", referral.id, reason="pat")
    waiting = office.store.run(lambda tx: tx.follow_ups(referral.id))
    assert [f for f in waiting if f.kind is FollowUpKind.VISIT_REMINDER] == []
