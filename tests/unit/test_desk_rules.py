"""Rules of the desk on the core alone: what is warned of, kept from others, and decided between two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_bot.cards.elements import Form
from referral_bot.desk.presses import PRESSES
from referral_bot.desk.turn import Outcome
from referral_bot.model import Appointment, AppointmentStatus, Audience, AuditAction, Referral, State
from tests.unit.people import COMPLETE, Office, buttons, words

NOBODY = "0" * 32
WITHOUT_SUBJECT = {
    "refer",
    "make_referral",
    "availability",
    "status",
    "help",
    "take_time",
    "question_refer",
} | {"morning_list"}
ABOUT_ONE = sorted(PRESSES.keys() - WITHOUT_SUBJECT)
OTHER = COMPLETE.replace("Jane Whitcomb", "Leo Park")


def times(form: Form | None) -> list[str]:
    assert form is not None
    field = next(one for one in form.fields if getattr(one, "key", "") == "time")
    return [option.value for option in field.options]


@pytest.mark.parametrize("action", ABOUT_ONE)
def test_another_offices_referral_is_to_every_button_like_none(action: str) -> None:
    office = Office()
    referral = office.submitted()
    theirs = office.press("omar", action, referral.id, value="5")
    none = office.press("omar", action, NOBODY, value="5")
    assert theirs == none
    assert theirs.private is not None
    assert office.referral() == referral


@pytest.mark.parametrize("text", ["status", "Status?", "all mine"])
def test_status_of_nobody_in_particular_is_that_of_all_that_is_open(text: str) -> None:
    office = Office()
    referral = office.submitted()
    office.say("maria", text)
    (_, _, card) = office.posted[-1]
    assert f"{referral.reference} · Jane Whitcomb" in words(card)


@pytest.mark.parametrize("action", ABOUT_ONE)
def test_a_draft_is_to_every_button_of_the_practice_like_none(action: str) -> None:
    office = Office()
    office.say("maria", COMPLETE)
    draft = office.referral()
    assert office.press("tess", action, draft.id) == office.press("tess", action, NOBODY)
    assert office.referral() == draft


@pytest.mark.parametrize("action", ABOUT_ONE)
def test_a_liaison_changes_and_sees_no_referral(action: str) -> None:
    office = Office()
    referral = office.submitted()
    outcome = office.press("dana", action, referral.id, value="5")
    assert outcome.form is None
    assert outcome.private is not None
    assert "Whitcomb" not in words(outcome.private)
    assert office.referral() == referral


def test_a_button_of_another_time_says_where_to_press() -> None:
    outcome = Office().press("maria", "no_longer_there", NOBODY)
    assert outcome.private is not None
    assert "That button is from an older message." in words(outcome.private)


def test_a_time_that_lapsed_and_was_taken_is_said_and_the_referral_is_sent_all_the_same() -> None:
    office = Office()
    office.say("maria", COMPLETE)
    first = office.referral()
    form = office.press("maria", "times", first.id).form
    wanted = times(form)[10]
    assert office.fill("maria", form, time=wanted) == Outcome()  # type: ignore[arg-type]
    office.now += timedelta(minutes=11)  # the hold is over, and the clock has not ticked since
    office.say("omar", OTHER)
    second = next(one for one in office.store.all(Referral) if one.office_key == "hillcrest")
    form = office.press("omar", "times", second.id).form
    assert office.fill("omar", form, time=wanted) == Outcome()  # type: ignore[arg-type]
    assert office.press("omar", "submit", second.id) == Outcome()
    assert office.press("maria", "submit", first.id) == Outcome()
    sent = next(one for one in office.store.all(Referral) if one.id == first.id)
    assert sent.state is State.SUBMITTED
    assert (
        "The time you chose can't be had any more. The referral is sent;"
        in office.told(Audience.OFFICE, first.id)[-1]
    )
    booked = [one for one in office.store.all(Appointment) if one.status is AppointmentStatus.BOOKED]
    assert [one.referral_id for one in booked] == [second.id]


def test_a_held_time_is_kept_from_others() -> None:
    office = Office()
    office.say("maria", COMPLETE)
    form = office.press("maria", "times", office.referral().id).form
    wanted = times(form)[0]
    office.fill("maria", form, time=wanted)  # type: ignore[arg-type]
    office.say("omar", OTHER)
    second = next(one for one in office.store.all(Referral) if one.office_key == "hillcrest")
    assert wanted not in times(office.press("omar", "times", second.id).form)


def test_the_same_patient_again_is_warned_of_and_may_be_sent() -> None:
    office = Office()
    first = office.submitted()
    office.say("maria", COMPLETE)
    draft = office.referral()
    head = words(office.head(Audience.OFFICE, draft.id))
    assert f"This looks like {first.reference}" in head
    assert office.press("maria", "submit", draft.id) == Outcome()


def test_another_offices_same_patient_is_not_hinted_at() -> None:
    office = Office()
    first = office.submitted()
    office.say("omar", COMPLETE)
    draft = next(one for one in office.store.all(Referral) if one.office_key == "hillcrest")
    head = words(office.head(Audience.OFFICE, draft.id))
    assert "This looks like" not in head
    assert str(first.reference) not in head


def test_a_minor_needs_a_guardian_named() -> None:
    office = Office()
    office.say("maria", COMPLETE.replace("3/14/1962", "3/14/2012"))
    head = words(office.head(Audience.OFFICE))
    assert "The patient is under 18: please add a parent or guardian with their number." in head


def test_a_payer_that_is_not_accepted_is_said_and_does_not_block() -> None:
    office = Office()
    office.say("maria", COMPLETE.replace("BCBS PPO", "Ambetter"))
    head = office.head(Audience.OFFICE)
    assert "not accepted" in words(head)
    assert "Submit" in buttons(head)
    assert office.press("maria", "submit", office.referral().id) == Outcome()


def test_every_refusal_is_in_the_record() -> None:
    office = Office()
    referral = office.submitted()
    office.press("omar", "details", referral.id)
    office.press("dana", "claim", referral.id)
    refused = [entry.actor_key for entry in office.store.audited if entry.action is AuditAction.REFUSED]
    assert refused == ["omar", "dana"]


def test_patient_of_two_offices_is_pointed_out_to_the_practice_alone() -> None:
    office = Office()
    first = office.submitted()
    office.say("omar", COMPLETE)
    draft = office.referral()
    assert "looks like" not in words(office.head(Audience.OFFICE, draft.id))
    office.press("omar", "submit", draft.id)
    told = office.told(Audience.PRACTICE, draft.id)
    assert told == [
        f"This looks like the patient of {first.reference}, which Lakeside Family Medicine has sent for the "
        "same service."
    ]
    assert "looks like" not in " ".join(office.told(Audience.OFFICE, draft.id))
    assert office.told(Audience.PRACTICE, first.id) == []


def test_another_patient_born_the_same_day_is_nobodys_duplicate() -> None:
    office = Office()
    office.submitted()
    other = office.submitted(OTHER, "omar")
    assert office.told(Audience.PRACTICE, other.id) == []


def test_usual_service_of_an_office_is_assumed_and_shown_as_assumed() -> None:
    office = Office()
    unsaid = "refer Ann Poe, DOB 3/14/1962, 309-555-0124, BCBS. Tired"
    office.say("maria", unsaid)
    assert office.referral().service_key is None
    for _ in range(3):
        office.submitted()
    office.say("maria", unsaid)
    assert (office.referral().service_key, "service" in office.referral().assumed) == ("cardiology", True)
    office.say("omar", unsaid)
    assert office.referral().service_key is None, "what one office sends says nothing of another"


def test_office_that_sends_to_two_services_is_asked() -> None:
    office = Office()
    for text in (COMPLETE, COMPLETE, COMPLETE.replace("cardiology", "vascular surgery. Duplex faxed")):
        office.submitted(text)
    office.say("maria", "refer Ann Poe, DOB 3/14/1962, 309-555-0124, BCBS. Tired")
    assert office.referral().service_key is None


@pytest.mark.parametrize("said", ["cancel", "Cancel it.", "never mind"])
def test_draft_is_discarded_in_words(said: str) -> None:
    office = Office()
    _, root = office.say("maria", COMPLETE)
    office.say("maria", said, root=root, addressed=False)
    assert office.referral().state is State.DISCARDED


def test_more_than_a_word_about_cancelling_a_draft_is_asked_back() -> None:
    office = Office()
    _, root = office.say("maria", COMPLETE)
    office.say("maria", "please cancel the referral, her family wants to wait", root=root, addressed=False)
    assert office.referral().state is State.DRAFT
    assert list(buttons(office.posted[-1][2])) == ["Discard"]


def test_number_without_an_area_code_is_asked_for_and_no_note() -> None:
    office = Office()
    _, root = office.say("maria", "refer Ann Poe, DOB 3/14/1962, BCBS. Palpitations, cardiology")
    office.say("maria", "555-0124", root=root, addressed=False)
    assert "The phone number has no area code." in words(office.posted[-1][2])
    assert office.referral().packet.notes is None


def test_service_that_is_not_here_is_never_taken_for_the_usual_one() -> None:
    office = Office()
    for _ in range(3):
        office.submitted()
    office.say("maria", "refer Dan Reed, DOB 3/14/1962, 309-555-0124, BCBS. Rash L30.9, dermatology")
    assert office.referral().service_key is None
