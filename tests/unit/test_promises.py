"""What is owed, by whom, until when: through the desk, with the clock turned by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from referral_bot.model import Audience, Promise, PromiseStatus, Side
from referral_bot.practice import PromiseKind
from tests.unit.people import Office, words


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def promise(office: Office, kind: PromiseKind, owed_by: Side = Side.PRACTICE) -> Promise:
    return next(p for p in reversed(office.store.all(Promise)) if (p.kind, p.owed_by) == (kind, owed_by))


def test_submit_promises_an_answer_and_a_visit() -> None:
    office = Office()
    referral = office.submitted()
    assert promise(office, PromiseKind.ACKNOWLEDGE).due_at == utc(24, 16, 30)  # urgent: 30 minutes
    assert promise(office, PromiseKind.SEE).due_at == utc(27, 16)  # three calendar days
    assert (referral.next_actor, referral.next_kind) == (Side.PRACTICE, PromiseKind.ACKNOWLEDGE)
    assert referral.due_at == utc(24, 16, 30)


def test_claim_in_time_keeps_the_answer_and_starts_scheduling() -> None:
    office = Office()
    referral = office.submitted()
    office.later(minutes=20)
    office.press("tess", "claim", referral.id)
    assert promise(office, PromiseKind.ACKNOWLEDGE).status is PromiseStatus.KEPT
    schedule = promise(office, PromiseKind.SCHEDULE)
    assert schedule.person_key == "tess"
    assert schedule.due_at == utc(24, 20, 20)  # urgent: four business hours


def test_claim_too_late_breaks_the_answer() -> None:
    office = Office()
    referral = office.submitted()
    office.later(minutes=31)
    office.press("tess", "claim", referral.id)
    assert promise(office, PromiseKind.ACKNOWLEDGE).status is PromiseStatus.BROKEN


def test_asking_the_office_rests_scheduling_and_the_answer_resumes_it() -> None:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    office.later(minutes=60)
    office.act("tess", "ask", referral.id, text="Is there an EKG?")
    assert promise(office, PromiseKind.SCHEDULE).status is PromiseStatus.RESTING
    assert office.referral().next_actor is Side.OFFICE
    office.later(minutes=120)
    root = office.thread(Audience.OFFICE).root or ""
    office.say("maria", "Yes, it was faxed this morning.", root=root, addressed=False)
    resumed = promise(office, PromiseKind.SCHEDULE)
    assert resumed.status is PromiseStatus.OPEN
    assert resumed.due_at == utc(24, 22)  # three of four hours were left at 13:00
    assert promise(office, PromiseKind.ANSWER, Side.OFFICE).status is PromiseStatus.KEPT


def test_owner_is_reminded_then_practice_alerted_office_told_and_manager_told() -> None:
    office = Office()
    referral = office.submitted()
    office.later(minutes=23)
    assert office.told(Audience.PRACTICE)[-1] == "Reminder: Intake, to answer by 10:30 AM CST."
    office.later(minutes=7)
    assert office.told(Audience.PRACTICE)[-1] == "Late: Intake was to answer by 10:30 AM CST."
    assert office.told(Audience.OFFICE)[-1] == (
        "We promised to answer by 10:30 AM CST and are late. Intake has it; you hear by 11:30 AM CST."
    )
    office.later(minutes=60)
    told = [card for channel, _, card in office.posted if channel == "U0PRIYA"]
    assert len(told) == 1
    assert referral.reference is not None
    assert referral.reference in str(told[0].elements)
    assert "Whitcomb" not in str(told[0])


def test_kept_promise_reminds_nobody() -> None:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    before = office.told(Audience.PRACTICE)
    office.later(minutes=45)
    assert office.told(Audience.PRACTICE) == before


def test_each_late_step_is_said_once() -> None:
    office = Office()
    office.submitted()
    for _ in range(12):
        office.later(minutes=10)
    said = [text for text in office.told(Audience.OFFICE) if "are late" in text]
    assert len(said) == 1


def test_office_that_owes_an_answer_is_reminded_after_one_and_three_business_days() -> None:
    office = Office()
    referral = office.submitted()
    office.act("tess", "ask", referral.id, text="Is there an EKG?")

    def reminders() -> int:
        return sum("still waits for your answer" in text for text in office.told(Audience.OFFICE))

    office.later(days=1, minutes=1)
    assert reminders() == 1
    office.later(days=1)  # Thanksgiving
    assert reminders() == 1
    office.later(days=4)
    assert reminders() == 2


def test_nothing_is_posted_at_night() -> None:
    office = Office(now=utc(24, 22, 30))  # half an hour before closing
    office.submitted()
    office.later(hours=8)  # half past midnight
    said = len(office.told(Audience.PRACTICE))
    office.later(hours=5)
    assert len(office.told(Audience.PRACTICE)) == said
    office.later(hours=3)
    assert len(office.told(Audience.PRACTICE)) > said


def test_question_to_the_practice_is_promised_an_answer() -> None:
    office = Office()
    office.say("maria", "do you take 16-year-olds with syncope?")
    owed = promise(office, PromiseKind.ANSWER)
    assert owed.due_at == utc(24, 20)
    office.act("tess", "answer", owed.subject_id, text="Yes, from 14 on.")
    assert promise(office, PromiseKind.ANSWER).status is PromiseStatus.KEPT
    assert "Yes, from 14 on." in office.told(Audience.OFFICE, owed.subject_id)[-1]


def test_manager_sees_what_was_kept_and_what_is_late_and_nobody_else_does() -> None:
    office = Office()
    kept = office.submitted()
    office.press("tess", "claim", kept.id)
    office.submitted("refer Omar Lind, DOB 5/2/1950, 309-555-0124, chest pain last month, cardiology, urgent")
    office.later(minutes=90)
    outcome, _ = office.say("priya", "promises this week", channel="D0PRIYA")
    assert outcome.private is not None
    said = words(outcome.private)
    assert "Acknowledge\n1 of 2 kept" in said
    assert "intake, to answer by 10:30 AM CST: late by 60 minutes, still open" in said
    assert "Lind" not in said
    refused, _ = office.say("tess", "promises this week", channel="D0TESS")
    assert "for the practice's manager" in str(refused.private)


def test_documents_announced_for_later_are_asked_for_once_and_not_when_they_came() -> None:
    office = Office()
    office.submitted(
        "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, palpitations, cardiology. Labs to follow"
    )
    kinds = [document.kind for document in office.referral().packet.documents]
    assert kinds == ["labs"], office.referral().packet.documents
    office.later(days=3, minutes=1)  # two business days: Thursday is Thanksgiving
    asked = [text for text in office.told(Audience.OFFICE) if "You wanted to send labs later" in text]
    assert len(asked) == 1
