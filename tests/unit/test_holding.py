"""A referral on hold stops the clock, and one that is reopened starts it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from referral_bot.cards.elements import Form
from referral_bot.desk.turn import Outcome
from referral_bot.model import Audience, Phi, Promise, PromiseStatus, Referral, Side, State
from referral_bot.practice import PromiseKind
from tests.unit.people import COMPLETE, Office, buttons, words

VASCULAR = COMPLETE.replace("cardiology", "vascular surgery. Duplex faxed")


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def running(office: Office, kind: PromiseKind) -> Promise:
    return next(
        p for p in reversed(office.store.all(Promise)) if p.kind is kind and p.status is PromiseStatus.OPEN
    )


def claimed() -> tuple[Office, Referral]:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    return office, referral


def held(until: str = "2026-12-07") -> tuple[Office, Referral]:
    office, referral = claimed()
    office.later(minutes=60)  # one of the four business hours to schedule an urgent one
    outcome = office.act("tess", "hold", referral.id, until=until, reason="patient", text="She is away.")
    assert outcome == Outcome()
    return office, office.referral()


def test_hold_says_to_both_sides_until_when_and_why() -> None:
    office, referral = held()
    assert referral.state is State.ON_HOLD
    said = (
        "Tess Moran (intake) put it on hold until Mon, Dec 7, 8:00 AM CST: the patient asked to wait. "
        "It goes on by itself then.\nShe is away."
    )
    assert office.told(Audience.OFFICE)[-1] == said
    assert office.told(Audience.PRACTICE)[-1] == said
    assert "On hold until Mon, Dec 7, 8:00 AM CST. Next: Tess Moran, to schedule by" in words(
        office.head(Audience.OFFICE)
    )


def test_clock_stands_still_on_hold_and_goes_on_by_itself() -> None:
    office, _ = held()
    assert running(office, PromiseKind.SCHEDULE).due_at == utc(12, 7, 17)  # three hours were left
    assert running(office, PromiseKind.SEE).due_at == utc(12, 10, 13)  # of three days an hour was gone
    before = office.told(Audience.OFFICE), office.told(Audience.PRACTICE)
    office.later(days=9)
    assert (office.told(Audience.OFFICE), office.told(Audience.PRACTICE)) == before
    office.now = utc(12, 7, 14)
    office.later(minutes=1)
    assert office.referral().state is State.RECEIVED
    assert office.referral().on_hold_until is None
    assert office.told(Audience.OFFICE)[-1] == (
        "The time on hold is over. Next: Tess Moran, to schedule by 11:00 AM CST."
    )
    office.now = utc(12, 7, 16, 14)
    office.later(seconds=1)
    assert not [text for text in office.told(Audience.PRACTICE) if "Reminder" in text]
    office.later(minutes=1)
    assert office.told(Audience.PRACTICE)[-1] == "Reminder: Tess Moran, to schedule by 11:00 AM CST."
    office.later(minutes=45)
    assert office.told(Audience.OFFICE)[-1].startswith(
        "We promised to schedule by 11:00 AM CST and are late."
    )


def test_resuming_early_leaves_what_was_left() -> None:
    office, referral = held()
    office.later(days=1)
    office.press("raj", "resume", referral.id)
    assert office.referral().state is State.RECEIVED
    assert running(office, PromiseKind.SCHEDULE).due_at == utc(11, 25, 20)
    assert running(office, PromiseKind.SEE).due_at == utc(11, 28, 16)
    office.now = utc(12, 7, 14)
    told = len(office.told(Audience.OFFICE))
    office.later(minutes=1)
    assert not [text for text in office.told(Audience.OFFICE)[told:] if "on hold" in text]


def test_booking_a_referral_on_hold_ends_the_hold() -> None:
    office, referral = held()
    opened = office.press("tess", "book", referral.id).form
    assert opened is not None
    times = next(field for field in opened.fields if field.type == "choice")
    office.fill("tess", opened, time=times.options[0].value)
    assert (office.referral().state, office.referral().on_hold_until) == (State.SCHEDULED, None)


def test_question_to_the_office_ends_the_hold_and_goes_back_to_before_it() -> None:
    office, referral = held()
    office.act("tess", "ask", referral.id, text="Is she back?")
    assert office.referral().on_hold_until is None
    office.say("maria", "Yes.", root=office.thread(Audience.OFFICE).root or "", addressed=False)
    assert office.referral().state is State.RECEIVED


def test_a_call_leaves_it_on_hold() -> None:
    office, referral = held()
    office.act("tess", "call", referral.id, outcome="reached")
    assert office.referral().state is State.ON_HOLD


@pytest.mark.parametrize("until", ["", "2026-11-24", "2020-01-01", "2028-01-01", "soon"])
def test_a_day_that_cannot_be_is_said_under_its_field(until: str) -> None:
    office, referral = claimed()
    outcome = office.act("tess", "hold", referral.id, until=until, reason="patient")
    assert set(outcome.errors) == {"until"}
    assert office.referral().state is State.RECEIVED


def test_holiday_is_held_until_the_next_opening() -> None:
    _, referral = held("2026-11-26")  # Thanksgiving
    assert referral.on_hold_until == utc(11, 27, 14)


def test_office_cannot_hold() -> None:
    office, referral = claimed()
    form = Form("hold", referral.id, "", ())
    outcome = office.fill("maria", form, until="2026-12-07", reason="patient")
    assert outcome.private is not None
    assert words(outcome.private) == "That is for the other side to do."
    assert office.referral().state is State.RECEIVED


def closed() -> tuple[Office, Referral]:
    office, referral = claimed()
    opened = office.press("tess", "book", referral.id).form
    assert opened is not None
    times = next(field for field in opened.fields if field.type == "choice")
    office.fill("tess", opened, time=times.options[0].value)
    office.press("tess", "seen", referral.id)
    office.act("tess", "report", referral.id, text="All is well.")
    office.press("maria", "close", referral.id)
    assert office.referral().state is State.CLOSED
    return office, office.referral()


def test_office_reopens_a_closed_one_and_the_report_is_owed_anew() -> None:
    office, referral = closed()
    assert "Reopen" in buttons(office.head(Audience.OFFICE))
    assert "Reopen" in buttons(office.head(Audience.PRACTICE))
    office.act("maria", "reopen", referral.id, text="The echo is not in the report.")
    referral = office.referral()
    assert (referral.state, referral.outcome, referral.ended_at) == (State.SEEN, None, None)
    assert (referral.next_actor, referral.next_kind) == (Side.PRACTICE, PromiseKind.REPORT)
    assert office.told(Audience.PRACTICE)[-1].startswith(
        "Reopened by Maria Gomez (referral specialist). Next: Tess Moran, to send the report by"
    )
    assert office.told(Audience.PRACTICE)[-1].endswith("The echo is not in the report.")
    assert "Reopen" not in buttons(office.head(Audience.OFFICE))
    office.act("tess", "report", referral.id, text="The echo: normal.")
    office.press("maria", "close", referral.id)
    assert office.referral().state is State.CLOSED


def test_reopening_needs_a_reason() -> None:
    office, referral = closed()
    assert set(office.act("maria", "reopen", referral.id, text=" ").errors) == {"text"}
    assert office.referral().state is State.CLOSED


def test_declined_one_is_reopened_by_the_practice_alone() -> None:
    office, referral = claimed()
    office.act("tess", "decline", referral.id, reason="incomplete", alternative="Send us the EKG.")
    assert "Reopen" not in buttons(office.head(Audience.OFFICE))
    outcome = office.act("maria", "reopen", referral.id, text="Here it is.")
    assert "Reply in the thread" in str(outcome.private)
    assert office.referral().state is State.DECLINED
    office.act("tess", "reopen", referral.id, text="The EKG has come.")
    assert office.referral().state is State.RECEIVED
    assert running(office, PromiseKind.SCHEDULE).due_at == utc(11, 24, 20)
    assert running(office, PromiseKind.SEE).due_at == utc(11, 27, 16)


def test_one_whose_patient_was_not_reached_is_reopened_with_another_number() -> None:
    office, referral = claimed()
    office.act("tess", "call", referral.id, outcome="no_answer")
    office.act("tess", "give_up", referral.id, text="Three calls.")
    office.act("maria", "reopen", referral.id, text="Try 309-555-0177.")
    assert office.referral().state is State.RECEIVED
    assert office.told(Audience.PRACTICE)[-1].endswith("Try 309-555-0177.")


def test_cancelled_one_stays_cancelled() -> None:
    office, referral = claimed()
    office.act("maria", "cancel", referral.id, reason="pat")
    assert "Reopen" not in buttons(office.head(Audience.OFFICE))
    assert office.press("maria", "reopen", referral.id).form is None


def test_reason_shows_no_patient_in_minimal_mode() -> None:
    office = Office(phi=Phi.MINIMAL)
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    office.act("tess", "hold", referral.id, until="2026-12-07", reason="other", text="Whitcomb is away.")
    assert "Whitcomb" not in office.told(Audience.OFFICE)[-1]
    assert "W. is away" in office.told(Audience.OFFICE)[-1]


def test_what_was_late_before_the_hold_is_said_again_after_it() -> None:
    office, referral = claimed()
    office.later(hours=4)
    assert "are late" in office.told(Audience.OFFICE)[-1]
    office.act("tess", "hold", referral.id, until="2026-12-07", reason="patient")
    said = len(office.told(Audience.OFFICE))
    office.later(days=10)
    assert len(office.told(Audience.OFFICE)) == said
    office.now = utc(12, 7, 14)
    office.later(minutes=1)
    assert any("We are still late to schedule" in text for text in office.told(Audience.OFFICE)[said:])


def test_one_declined_on_hold_and_reopened_is_due_in_the_future() -> None:
    office, referral = held("2026-12-14")
    office.later(days=1)
    office.act("tess", "decline", referral.id, reason="incomplete", alternative="Send us the EKG.")
    office.act("tess", "reopen", referral.id, text="It has come.")
    assert office.referral().on_hold_until is None
    assert running(office, PromiseKind.SEE).due_at == utc(11, 28, 17)
    assert running(office, PromiseKind.SCHEDULE).due_at > office.now


def test_urgency_changed_on_hold_or_after_it_leaves_out_the_time_on_hold() -> None:
    office, referral = held()
    changed = office.press("maria", "edit", referral.id).form
    assert changed is not None
    office.later(days=1)
    office.fill("maria", changed, urgency="routine")
    # Routine is two business days, to Fri 10:00; the 65 business hours on hold come on top.
    assert running(office, PromiseKind.SCHEDULE).due_at == utc(12, 8, 22)
    assert "Late" not in words(office.head(Audience.OFFICE))
    office.now = utc(12, 7, 14)
    office.later(minutes=1)
    office.fill("maria", changed, urgency="urgent")
    assert running(office, PromiseKind.SCHEDULE).due_at == utc(12, 7, 17)


def test_late_promise_is_spoken_of_again_soon_after_an_early_resume_and_once() -> None:
    office, referral = claimed()
    office.later(hours=4)
    office.act("tess", "hold", referral.id, until="2026-12-14", reason="patient")
    office.later(days=1)
    office.press("tess", "resume", referral.id)
    said = len(office.told(Audience.OFFICE))
    office.later(minutes=61)
    assert ["still late" in text for text in office.told(Audience.OFFICE)[said:]] == [True]
    for _ in range(25):
        office.later(days=1)
    still = [text for text in office.told(Audience.OFFICE)[said:] if "still late to schedule" in text]
    assert len(still) == 5, "each step once, and the last asks to call"
    assert "Please call us" in still[-1]


def test_visit_that_was_late_before_the_hold_gets_no_new_date() -> None:
    office, referral = claimed()
    office.later(days=3, minutes=1)  # the visit was promised by Nov 27, 10:00
    before = running(office, PromiseKind.SEE).due_at
    assert before < office.now
    office.act("tess", "hold", referral.id, until="2026-12-14", reason="patient")
    assert running(office, PromiseKind.SEE).due_at == before


def test_time_that_was_asked_for_is_said_to_be_given_back() -> None:
    office = Office()
    referral = office.submitted(VASCULAR)
    opened = office.press("maria", "times", referral.id).form
    assert opened is not None
    times = next(field for field in opened.fields if field.type == "choice")
    office.fill("maria", opened, time=times.options[0].value)
    assert "Asked for" in office.told(Audience.OFFICE)[-1]
    office.act("tess", "hold", referral.id, until="2026-12-07", reason="patient")
    assert "The time that was asked for is given back." in office.told(Audience.OFFICE)[-1]


def test_reopening_for_a_service_that_is_gone_says_so() -> None:
    office, referral = claimed()
    office.act("tess", "decline", referral.id, reason="incomplete", alternative="Send us the EKG.")
    practice = office.store.run(lambda tx: tx.practice())
    assert practice is not None
    left = practice.model_copy(
        update={"services": tuple(s for s in practice.services if s.key != "cardiology")}
    )
    people = office.store.run(lambda tx: [p for key in (None, "lakeside") for p in tx.people(key)])
    known = office.store.run(lambda tx: [i for person in people for i in tx.identities(person.key)])
    channels = office.store.run(lambda tx: [c for key in (None, "lakeside") for c in tx.channels(key)])
    offices = office.store.run(lambda tx: tx.offices())
    office.store.run(lambda tx: tx.replace_directory(left, offices, people, known, channels))
    outcome = office.fill("tess", Form("reopen", referral.id, "", ()), text="Once more.")
    assert "no longer offered" in str(outcome)


def test_who_comes_too_late_reads_what_was_done() -> None:
    office, referral = held()
    outcome = office.press("raj", "hold", referral.id)
    assert outcome.private is not None
    assert "Tess Moran put it on hold at" in words(outcome.private)
