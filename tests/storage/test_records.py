"""What is added comes back the same, in order, and only as the version it was read with can be changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from referral_bot.errors import Stale, TimeTaken
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Document,
    Event,
    FollowUp,
    OutboxMessage,
    Packet,
    Promise,
    Question,
    Referral,
    State,
    Thread,
)
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.samples import (
    MINUTE,
    NOW,
    appointment,
    document,
    draft,
    event,
    follow_up,
    keep,
    message,
    patient,
    promise,
    question,
    run,
    submitted,
    thread,
)

EVERY_KIND = [
    submitted(packet=patient(mrn="M-1"), assumed=["urgency"], asked=["patient.phone"], hold_booking=True),
    event("e1", minutes=[1, 2], none=None, nested={"a": "ß"}),
    question("q1", "r1", answer="Yes."),
    appointment("a1", held_until=NOW + MINUTE),
    promise("p1", rested_at=NOW),
    follow_up("f1", argument="7d"),
    document(
        "d1",
        name="ECG Okonkwo.pdf",
        source={"url": "https://files.example/1"},
        content=b"%PDF\x00\xff",
        size=6,
    ),
    thread(root="1720000000.000100"),
    message("m1", content={"title": "Booked", "fields": [["When", "Tue 10:00"]]}),
]


@pytest.mark.parametrize("record", EVERY_KIND, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was_added(store: SqlStore, record: Any) -> None:
    mine = record.model_copy(deep=True)
    parents = [] if isinstance(mine, Referral) else [submitted()]
    keep(store, *parents, mine)

    found = run(store, lambda tx: tx.get(type(mine), mine.id))

    if isinstance(mine, Event | OutboxMessage):
        mine.seq = 1
    assert found == mine
    assert type(found) is type(mine)


def test_what_is_not_there_is_none(store: SqlStore) -> None:
    assert run(store, lambda tx: tx.get(Referral, "nobody")) is None


def test_moments_come_back_exact_and_in_utc(store: SqlStore) -> None:
    tokyo = timezone(timedelta(hours=9))
    moments = {
        "early": datetime(1970, 1, 1, tzinfo=UTC),
        "odd": datetime(2026, 3, 8, 6, 59, 59, 999999, tzinfo=UTC),
        "elsewhere": datetime(2026, 7, 2, 1, 0, 0, 1, tzinfo=tokyo),
        "late": datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    }
    keep(store, *(follow_up(name, moment) for name, moment in moments.items()))
    for name, moment in moments.items():
        found = run(store, lambda tx, name=name: tx.get(FollowUp, name)).due_at
        assert found == moment
        assert found.tzinfo is UTC


def test_a_naive_moment_is_refused(store: SqlStore) -> None:
    naive = follow_up("f1")
    naive.due_at = datetime(2026, 7, 1)  # noqa: DTZ001 - the mistake that is tested
    with pytest.raises(TypeError):
        keep(store, naive)


def test_a_changed_record_is_kept_with_its_version_raised(store: SqlStore) -> None:
    keep(store, submitted(), thread())

    def claim(tx: SqlTransaction) -> list[Any]:
        referral, place = tx.get(Referral, "r1"), tx.get(Thread, "t1")
        assert referral is not None
        assert place is not None
        referral.owner_key, referral.packet.reason, place.root = "tess", "palpitations", "1.2"
        tx.save(referral)
        tx.save(place)
        return [referral, place]

    written = run(store, claim)

    assert [record.version for record in written] == [1, 1]
    assert run(store, lambda tx: [tx.get(Referral, "r1"), tx.get(Thread, "t1")]) == written


@pytest.mark.parametrize(
    "record",
    [submitted(), question("q1"), appointment("a1"), promise("p1"), thread()],
    ids=lambda record: type(record).__name__,
)
def test_a_record_read_before_another_write_is_stale(store: SqlStore, record: Any) -> None:
    mine = record.model_copy(deep=True)
    keep(store, *([] if isinstance(mine, Referral) else [submitted()]), mine)
    theirs = mine.model_copy(deep=True)
    run(store, lambda tx: tx.save(mine))
    with pytest.raises(Stale):
        run(store, lambda tx: tx.save(theirs))
    assert theirs.version == 0


def test_changing_a_record_that_is_not_there_is_stale(store: SqlStore) -> None:
    with pytest.raises(Stale):
        run(store, lambda tx: tx.save(message("gone")))


def test_an_event_never_changes(store: SqlStore) -> None:
    with pytest.raises(TypeError):
        run(store, lambda tx: tx.save(event("e1")))


def test_changing_a_found_record_changes_nothing_until_it_is_saved(store: SqlStore) -> None:
    def rename(tx: SqlTransaction) -> str:
        person, again = tx.person("maria"), tx.person("maria")
        assert person is not None
        assert again is not None
        person.name = "Somebody Else"
        offices = tx.offices()
        offices.clear()
        return f"{again.name} of {len(tx.offices())}"

    assert run(store, rename) == "Maria Flores of 2"
    assert run(store, lambda tx: tx.person("maria").name) == "Maria Flores"  # type: ignore[union-attr]


def test_events_and_messages_are_numbered_within_their_own(store: SqlStore) -> None:
    events = [event("e1", "r1"), event("e2", "r2"), event("e3", "r1")]
    direct = message("m4", None, person_key="maria")
    messages = [message("m1", "t1"), message("m2", "t2"), message("m3", "t1"), direct]
    keep(store, *events, *messages)
    kept = run(store, lambda tx: [tx.get(type(each), each.id) for each in (*events, *messages)])
    assert [each.seq for each in kept] == [1, 1, 2, 1, 1, 2, 1]
    assert [each.id for each in run(store, lambda tx: tx.events("r1"))] == ["e1", "e3"]
    assert [each.id for each in run(store, lambda tx: tx.outbox("t1"))] == ["m1", "m3"]


def test_promises_and_documents_stay_in_the_order_they_came(store: SqlStore) -> None:
    names = ["z", "a", "m", "b"]
    keep(store, *(promise(name) for name in names), *(document(name) for name in names))
    assert [each.id for each in run(store, lambda tx: tx.promises("r1"))] == names
    assert [each.id for each in run(store, lambda tx: tx.documents("r1"))] == names


def test_a_list_of_documents_leaves_their_content_where_it_is(store: SqlStore) -> None:
    keep(store, document("d1", content=b"%PDF", size=4))

    def mark(tx: SqlTransaction) -> Document:
        (listed,) = tx.documents("r1")
        listed.is_report = True
        tx.save(listed)
        return listed

    assert run(store, mark).content == b""
    kept = run(store, lambda tx: tx.get(Document, "d1"))
    assert (kept.content, kept.is_report) == (b"%PDF", True)


def test_a_follow_up_is_made_once_for_its_key(store: SqlStore) -> None:
    keep(store, follow_up("f1", key="visit:r1:7d"))
    keep(store, follow_up("f2", NOW + MINUTE, key="visit:r1:7d"))
    assert [each.id for each in run(store, lambda tx: tx.follow_ups("r1"))] == ["f1"]


def test_one_provider_is_booked_once_for_a_start(store: SqlStore) -> None:
    keep(store, submitted("r1"), submitted("r2"), appointment("a1"))
    with pytest.raises(TimeTaken):
        keep(store, appointment("a2", referral_id="r2"))
    elsewhere = appointment("a3", referral_id="r2", provider_key="chen")
    over = appointment("a4", referral_id="r2", status=AppointmentStatus.CANCELLED)
    keep(store, elsewhere, over)
    over.status = AppointmentStatus.BOOKED
    with pytest.raises(TimeTaken):
        run(store, lambda tx: tx.save(over))
    assert run(store, lambda tx: tx.get(Appointment, "a4")).status is AppointmentStatus.CANCELLED


def test_a_time_that_was_given_back_can_be_taken(store: SqlStore) -> None:
    first = appointment("a1")
    keep(store, submitted(), first)
    first.status = AppointmentStatus.CANCELLED
    run(store, lambda tx: tx.save(first))
    keep(store, appointment("a2"))
    assert run(store, lambda tx: tx.get(Appointment, "a2")).status is AppointmentStatus.BOOKED


@pytest.mark.parametrize(("asked_at", "free"), [(NOW, True), (NOW - MINUTE, False)])
def test_a_hold_gives_way_once_it_is_over(store: SqlStore, asked_at: datetime, free: bool) -> None:
    hold = appointment("a1", NOW + 60 * MINUTE, status=AppointmentStatus.PROPOSED, held_until=NOW)
    keep(store, submitted(), hold)

    def book(tx: SqlTransaction) -> None:
        tx.lock_provider("lee")
        busy = tx.busy(["lee"], NOW, NOW + 120 * MINUTE, asked_at)
        assert bool(busy) is not free
        tx.add(appointment("a2", NOW + 60 * MINUTE))

    if free:
        run(store, book)
        assert run(store, lambda tx: tx.get(Appointment, "a1")).status is AppointmentStatus.CANCELLED
    else:
        with pytest.raises(TimeTaken):
            run(store, book)


def test_a_delivery_is_seen_once(store: SqlStore) -> None:
    key = "slack:message:C1:1720000000.000100"
    assert run(store, lambda tx: [tx.first_time(key, NOW), tx.first_time(key, NOW)]) == [True, False]
    assert run(store, lambda tx: tx.first_time(key, NOW)) is False


def test_what_a_failed_turn_saw_is_seen_for_the_first_time_again(store: SqlStore) -> None:
    def fail(tx: SqlTransaction) -> None:
        tx.first_time("k", NOW)
        raise KeyError

    with pytest.raises(KeyError):
        run(store, fail)
    assert run(store, lambda tx: tx.first_time("k", NOW)) is True


def test_deliveries_are_forgotten_once_nobody_repeats_them(store: SqlStore) -> None:
    run(store, lambda tx: [tx.first_time("old", NOW - MINUTE), tx.first_time("new", NOW)])
    assert run(store, lambda tx: tx.forget_seen(NOW)) == 1
    assert run(store, lambda tx: [tx.first_time("old", NOW), tx.first_time("new", NOW)]) == [True, False]


def test_ids_are_fresh_and_close_to_the_one_before(store: SqlStore) -> None:
    ids = run(store, lambda tx: [tx.new_id() for _ in range(1000)])
    assert len({each[12:] for each in ids}) == 1000
    assert all(len(each) == 32 for each in ids)
    assert all(
        int(later[:12], 16) - int(earlier[:12], 16) in (1, 1 - 2**48) for earlier, later in pairwise(ids)
    )


class _Crowded(Random):
    """Chance that always begins with the same references."""

    def choices(self, population: Any, *_: Any, k: int = 1, **__: Any) -> Any:
        return ["B"] * k if k == 4 else ["C"] * k


def test_a_reference_has_one_character_more_when_it_is_crowded(store: SqlStore) -> None:
    def reference(tx: SqlTransaction) -> str:
        tx._connection.random = _Crowded()
        return tx.new_reference()

    assert run(store, reference) == "RB-BBBB"
    keep(store, submitted(reference="RB-BBBB"))
    assert run(store, reference) == "RB-CCCCC"


def test_a_reference_has_no_vowels_and_no_look_alikes(store: SqlStore) -> None:
    references = run(store, lambda tx: [tx.new_reference() for _ in range(200)])
    letters = {letter for reference in references for letter in reference.removeprefix("RB-")}
    assert not letters & set("AEIOUY01LS5"[:9])
    assert len(set(references)) > 190


def test_leaving_nulls_out_of_a_packet_loses_nothing() -> None:
    """The store seals referrals without what is none: every nullable field must start as none."""

    def check(model: type[BaseModel]) -> None:
        for name, field in model.model_fields.items():
            kinds = get_args(field.annotation)
            if type(None) in kinds:
                assert field.default is None, f"{model.__name__}.{name}"
            for kind in (field.annotation, *kinds):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    check(kind)

    check(Packet)
    sealed = {
        name: field for name, field in Referral.model_fields.items() if name in {"assumed", "asked", "flags"}
    }
    assert not any(type(None) in get_args(field.annotation) for field in sealed.values())


def test_a_draft_becomes_a_referral_that_keeps_its_id(store: SqlStore) -> None:
    first = draft()
    keep(store, first)
    first.state, first.submitted_at, first.reference = State.SUBMITTED, NOW, "RB-7K2M"
    run(store, lambda tx: tx.save(first))
    assert run(store, lambda tx: tx.referral_by_reference("RB-7K2M")) == first


def test_every_kind_of_the_port_is_tested_here() -> None:
    kinds = {Referral, Event, Question, Appointment, Promise, FollowUp, Document, Thread, OutboxMessage}
    assert {type(record) for record in EVERY_KIND} == kinds
