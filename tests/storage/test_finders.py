"""Each finder finds what its docstring says, in the order it says, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from referral_bot.model import AppointmentStatus, Audience, Packet, Referral, State
from storage import SqlStore
from storage.patient_keys import words
from tests.storage.samples import (
    MINUTE,
    NOW,
    appointment,
    draft,
    entry,
    event,
    follow_up,
    keep,
    patient,
    promise,
    question,
    run,
    submitted,
    thread,
)


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


# ---------------------------------------------------------------- referrals


def test_open_referrals_come_soonest_due_first_then_newest(store: SqlStore) -> None:
    keep(
        store,
        submitted("late", due_at=NOW + 90 * MINUTE),
        submitted("soon", due_at=NOW + MINUTE),
        submitted("older", submitted_at=NOW - MINUTE),
        submitted("newer"),
        submitted("other", office_key="oak"),
        submitted("closed", state=State.CLOSED, due_at=None, ended_at=NOW, outcome="seen"),
        draft("draft"),
    )
    assert ids(run(store, lambda tx: tx.referrals(office_key="elm"))) == ["soon", "newer", "older", "late"]
    assert ids(run(store, lambda tx: tx.referrals(office_key="elm", limit=2))) == ["soon", "newer"]
    assert set(ids(run(store, lambda tx: tx.referrals()))) == {"soon", "newer", "older", "late", "other"}
    everything = ids(run(store, lambda tx: tx.referrals(office_key="elm", open_only=False)))
    assert everything == ["soon", "newer", "older", "late", "closed"]
    assert len(run(store, lambda tx: tx.referrals(open_only=False))) == 6


@pytest.mark.parametrize("state", list(State))
def test_a_referral_is_listed_as_open_unless_it_is_a_draft_or_at_its_end(
    store: SqlStore, state: State
) -> None:
    keep(store, submitted(state=state))
    at_its_end = {State.CLOSED, State.DECLINED, State.UNABLE_TO_REACH, State.CANCELLED, State.DISCARDED}
    assert bool(run(store, lambda tx: tx.referrals())) is (state not in {State.DRAFT, *at_its_end})


def test_a_reference_finds_its_referral_in_any_office(store: SqlStore) -> None:
    keep(store, submitted(reference="RB-7K2M", office_key="oak"))
    assert run(store, lambda tx: tx.referral_by_reference("RB-7K2M")).office_key == "oak"
    assert run(store, lambda tx: tx.referral_by_reference("RB-7K2N")) is None


def test_a_persons_drafts_come_newest_first(store: SqlStore) -> None:
    keep(
        store,
        draft("first"),
        draft("second", started_at=NOW + MINUTE),
        draft("omars", sent_by="omar"),
        draft("gone", state=State.DISCARDED),
        submitted("sent"),
    )
    assert ids(run(store, lambda tx: tx.drafts("maria"))) == ["second", "first"]


# ---------------------------------------------------------------- patients


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("O'Brien-Núñez", ["obrien", "nunez"]),
        ("O\u2019Brien", ["obrien"]),
        ("GARCÍA  MÁRQUEZ", ["garcia", "marquez"]),
        ("Straße", ["strasse"]),
        ("Nguye\u0302\u0303n", ["nguyen"]),
        ("de la Cruz, Jr.", ["de", "la", "cruz", "jr"]),
        ("李", ["李"]),
        ("--- ''", []),
    ],
)
def test_a_name_is_its_words_without_case_and_accents(name: str, parts: list[str]) -> None:
    assert words(name) == parts


@pytest.fixture
def patients(store: SqlStore) -> SqlStore:
    keep(
        store,
        submitted("garcia", packet=patient("García Márquez", "Ana María", dob=date(1950, 1, 2))),
        submitted("obrien", packet=patient("O'Brien", "Sean"), submitted_at=NOW + MINUTE),
        submitted("oaks", packet=patient("Garcia", "Luz"), office_key="oak", submitted_at=NOW + 2 * MINUTE),
        draft("draft", packet=patient("Garcia", "Rosa")),
    )
    return store


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"last": "garcia"}, ["oaks", "garcia"]),
        ({"last": "MARQUEZ"}, ["garcia"]),
        ({"last": "García-Márquez"}, ["garcia"]),
        ({"last": "Garci"}, []),
        ({"last": "Garcia Lopez"}, []),
        ({"last": "garcia", "office_key": "elm"}, ["garcia"]),
        ({"last": "garcia", "office_key": "nobodys"}, []),
        ({"first": "maria"}, ["garcia"]),
        ({"first": "garcia"}, []),
        ({"last": "obrien"}, ["obrien"]),
        ({"last": "O\u2019BRIEN", "first": "seán"}, ["obrien"]),
        ({"last": "garcia", "first": "sean"}, []),
        ({"dob": date(1950, 1, 2)}, ["garcia"]),
        ({"dob": date(1962, 3, 4)}, ["oaks", "obrien"]),
        ({"dob": date(1962, 3, 4), "last": "garcia"}, ["oaks"]),
        ({"dob": date(1962, 3, 4), "limit": 1}, ["oaks"]),
        ({"last": "garcia", "first": "''"}, []),
        ({"last": ""}, []),
        ({}, []),
    ],
)
def test_a_patient_is_found_by_every_part_given(
    patients: SqlStore, asked: dict[str, Any], found: list[str]
) -> None:
    assert ids(run(patients, lambda tx: tx.referrals_by_patient(**asked))) == found


def test_a_corrected_name_is_found_and_the_old_one_no_more(store: SqlStore) -> None:
    referral = submitted(packet=patient("Okonkwo"))
    keep(store, referral)
    referral.packet.patient.last = "Okafor"
    run(store, lambda tx: tx.save(referral))
    assert ids(run(store, lambda tx: tx.referrals_by_patient(last="okafor"))) == ["r1"]
    assert run(store, lambda tx: tx.referrals_by_patient(last="okonkwo")) == []


def test_a_referral_that_names_nobody_can_be_kept(store: SqlStore) -> None:
    keep(store, submitted(packet=Packet()))
    assert run(store, lambda tx: tx.get(Referral, "r1")).packet == Packet()


# ---------------------------------------------------------------- what hangs on a referral


def test_events_are_those_of_their_subject(store: SqlStore) -> None:
    keep(store, event("e1"), event("e2", "r2"), event("e3"))
    assert ids(run(store, lambda tx: tx.events("r1"))) == ["e1", "e3"]


def test_questions_are_found_by_referral_or_by_having_none(store: SqlStore) -> None:
    keep(
        store,
        submitted("r1"),
        submitted("r2"),
        question("later", "r1", asked_at=NOW + MINUTE),
        question("first", "r1"),
        question("answered", "r1", answered_at=NOW, answered_by="tess", answer="Yes."),
        question("others", "r2"),
        question("loose", asked_at=NOW + MINUTE),
        question("settled", answered_at=NOW),
    )
    assert ids(run(store, lambda tx: tx.questions(referral_id="r1"))) == ["first", "later"]
    every = ids(run(store, lambda tx: tx.questions(referral_id="r1", open_only=False)))
    assert every == ["answered", "first", "later"]
    assert ids(run(store, lambda tx: tx.questions())) == ["loose"]
    assert ids(run(store, lambda tx: tx.questions(open_only=False))) == ["settled", "loose"]


def test_appointments_of_a_referral_come_by_start(store: SqlStore) -> None:
    cancelled = appointment("cancelled", NOW + MINUTE, status=AppointmentStatus.CANCELLED)
    keep(store, submitted("r1"), submitted("r2"), appointment("later", NOW + 60 * MINUTE), cancelled)
    keep(store, appointment("first"), appointment("others", referral_id="r2", provider_key="chen"))
    assert ids(run(store, lambda tx: tx.appointments("r1"))) == ["first", "cancelled", "later"]


def test_busy_is_what_overlaps_and_still_counts(store: SqlStore) -> None:
    hour = 60 * MINUTE
    held = {"status": AppointmentStatus.PROPOSED}
    keep(
        store,
        submitted(),
        appointment("ends_at_start", NOW - 40 * MINUTE),
        appointment("reaches_in", NOW - 30 * MINUTE),
        appointment("inside", NOW + 20 * MINUTE, status=AppointmentStatus.PENDING),
        appointment("held", NOW + 30 * MINUTE, held_until=NOW + MINUTE, **held),
        appointment("hold_over", NOW + 35 * MINUTE, held_until=NOW, **held),
        appointment("cancelled", NOW + 10 * MINUTE, status=AppointmentStatus.CANCELLED),
        appointment("starts_at_end", NOW + hour),
        appointment("chens", NOW + 15 * MINUTE, provider_key="chen"),
        appointment("ruizs", NOW + 16 * MINUTE, provider_key="ruiz"),
    )
    both = run(store, lambda tx: tx.busy(["lee", "chen"], NOW, NOW + hour, NOW))
    assert ids(both) == ["reaches_in", "chens", "inside", "held"]
    assert ids(run(store, lambda tx: tx.busy(iter(["ruiz"]), NOW, NOW + hour, NOW))) == ["ruizs"]
    assert run(store, lambda tx: tx.busy([], NOW, NOW + hour, NOW)) == []


def test_promises_are_those_of_their_subject(store: SqlStore) -> None:
    keep(store, promise("p1"), promise("p2", "q1"), promise("p3", ended_at=NOW))
    assert ids(run(store, lambda tx: tx.promises("r1"))) == ["p1", "p3"]


def test_follow_ups_still_to_come_are_by_due_time(store: SqlStore) -> None:
    keep(
        store,
        follow_up("later", NOW + MINUTE),
        follow_up("first"),
        follow_up("done", done_at=NOW),
        follow_up("others", subject_id="r2"),
    )
    assert ids(run(store, lambda tx: tx.follow_ups("r1"))) == ["first", "later"]


def test_threads_are_found_by_subject_and_by_the_message_they_hang_under(store: SqlStore) -> None:
    keep(
        store,
        thread("practices", audience=Audience.PRACTICE, channel="C2"),
        thread("offices", root="1.1"),
        thread("others", "r2", root="2.2"),
    )
    assert ids(run(store, lambda tx: tx.threads("r1"))) == ["offices", "practices"]
    assert run(store, lambda tx: tx.thread_at("slack", "C1", "2.2")).id == "others"
    assert run(store, lambda tx: tx.thread_at("slack", "C2", "2.2")) is None
    assert run(store, lambda tx: tx.thread_at("teams", "C1", "2.2")) is None


# ---------------------------------------------------------------- the record


def test_audit_entries_are_selected_by_each_of_what_is_given(store: SqlStore) -> None:
    day = timedelta(days=1)
    entries = [
        entry("referral.view", at=NOW - day, subject_id="r1", office_key="elm", actor_key="maria"),
        entry("referral.claim", at=NOW, subject_id="r1", office_key="elm"),
        entry("referral.view", at=NOW + day, subject_id="r2", office_key="oak", on_behalf_of="omar"),
        entry("clock.ran", at=NOW, actor_key=None, place="slack:C2"),
    ]
    run(store, lambda tx: [tx.audit(each) for each in entries])

    def found(**asked: Any) -> list[int]:
        return [entries.index(each) for each in run(store, lambda tx: tx.audit_entries(**asked))]

    assert found() == [0, 1, 3, 2]
    assert found(subject_id="r1") == [0, 1]
    assert found(office_key="oak") == [2]
    assert found(actor_key="tess") == [1, 2]
    assert found(since=NOW) == [1, 3, 2]
    assert found(until=NOW) == [0]
    assert found(actor_key="tess", office_key="elm", since=NOW - day, until=NOW + day) == [1]
    assert found(since=datetime(2027, 1, 1, tzinfo=UTC)) == []
