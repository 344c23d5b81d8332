"""Referrals of fictional people with follow-ups, written in bulk as the program keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from referral_bot.desk import due
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    FollowUp,
    FollowUpKind,
    Packet,
    Patient,
    Promise,
    Referral,
    Role,
    Side,
    State,
    Thread,
)
from referral_bot.practice import PromiseKind, Urgency, VisitType
from storage import SqlStore
from storage.encryption import KeyRing
from storage.records import KINDS

TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""A Tuesday, 10:00 at the example practice: no quiet hours hold anything back."""
KINDS_OF_FOLLOW_UP = ("moot", "reminder", "late", "visit")
_AT_ONCE = 2000


def moot(number: int, due_at: datetime) -> FollowUp:
    """A follow-up about something that is no longer there: found out, and marked."""
    return FollowUp(
        id=f"f{number:08}",
        key=f"moot:{number}",
        subject_id=f"r{number:08}",
        kind=FollowUpKind.PROMISE,
        due_at=due_at,
        argument=f"q{number:08}",
    )


def write(store: SqlStore, keys: str, kind: str, count: int, due_at: datetime = TUESDAY) -> None:
    """Write this many follow-ups of a kind, each with everything it is about."""
    ring = KeyRing.read(keys)
    for start in range(0, count, _AT_ONCE):
        rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for number in range(start, min(start + _AT_ONCE, count)):
            for record in _records(kind, number, due_at):
                table = KINDS[type(record)]
                row = {
                    name: value for name, value in table.row(record, ring).items() if name in table.table.c
                }
                rows[table].append(row | ({"position": 1} if isinstance(record, Promise) else {}))
        with store.engine.begin() as connection:
            for table, made in rows.items():
                connection.execute(insert(table.table), made)


def _records(kind: str, number: int, due_at: datetime) -> Iterator[Any]:
    if kind == "moot":
        yield moot(number, due_at)
        return
    id = f"{number:08}"
    yield Referral(
        id=f"r{id}",
        reference=f"RB-{id}",
        state=State.SUBMITTED,
        office_key="lakeside",
        service_key="cardiology",
        urgency=Urgency.URGENT,
        sent_by="maria",
        next_actor=Side.PRACTICE,
        next_kind=PromiseKind.ACKNOWLEDGE,
        due_at=due_at,
        started_at=due_at - timedelta(hours=1),
        submitted_at=due_at - timedelta(hours=1),
        packet=Packet(
            patient=Patient(last="Whitcomb", first="Jane", dob=date(1962, 3, 14), phone="+13095550123"),
            reason="Palpitations",
        ),
    )
    for audience, channel in ((Audience.OFFICE, "C0LAKESIDE"), (Audience.PRACTICE, "C0INTAKE")):
        yield Thread(
            id=f"{audience.value[0]}{id}",
            subject_id=f"r{id}",
            audience=audience,
            platform="slack",
            tenant="T0BENCH",
            channel=channel,
            root=f"{number}.1",
            head=f"{number}.2",
        )
    about = _visit(id, number, due_at) if kind == "visit" else _promise(id, kind == "late", due_at)
    yield FollowUp(
        id=f"f{id}",
        key=f"{kind}:{id}",
        subject_id=f"r{id}",
        kind=FollowUpKind.VISIT_REMINDER if kind == "visit" else FollowUpKind.PROMISE,
        due_at=due_at,
        argument=f"{about.id}:{due.awaited(about) if isinstance(about, Promise) else 2}",
    )
    yield about


def _promise(id: str, late: bool, due_at: datetime) -> Promise:
    return Promise(
        id=f"q{id}",
        subject_id=f"r{id}",
        kind=PromiseKind.ACKNOWLEDGE,
        owed_by=Side.PRACTICE,
        role=Role.INTAKE,
        made_at=due_at - timedelta(hours=1),
        due_at=due_at if late else due_at + timedelta(minutes=8),
        step=int(late),
    )


def _visit(id: str, number: int, due_at: datetime) -> Appointment:
    # A provider's times are unique, so each visit begins a moment after the one before.
    start = due_at + timedelta(days=2, milliseconds=number)
    return Appointment(
        id=f"a{id}",
        referral_id=f"r{id}",
        provider_key="lee",
        location_key="north",
        service_key="cardiology",
        visit_type=VisitType.NEW,
        starts_at=start,
        ends_at=start + timedelta(minutes=40),
        status=AppointmentStatus.BOOKED,
    )
