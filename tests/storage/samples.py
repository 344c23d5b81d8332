"""Records of fictional people for the tests, with everything in them that a test does not say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    AuditAction,
    AuditEntry,
    Channel,
    ChannelKind,
    Document,
    Event,
    EventKind,
    FollowUp,
    FollowUpKind,
    Identity,
    Office,
    OutboxKind,
    OutboxMessage,
    Packet,
    Patient,
    Person,
    Promise,
    Question,
    Referral,
    Role,
    Side,
    State,
    Thread,
)
from referral_bot.practice import Opening, Practice, PromiseKind, VisitType
from storage import SqlStore
from storage.store import UseCase
from storage.transaction import SqlTransaction

NOW = datetime(2026, 7, 1, 14, 30, 15, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

PRACTICE = Practice(
    name="Riverbend Cardiology",
    timezone="America/New_York",
    hours=(Opening(weekday=0, opens="08:00", closes="17:00"),),  # type: ignore[arg-type]
)
OFFICES = [Office(key="elm", name="Elm Street Family Medicine"), Office(key="oak", name="Oak Pediatrics")]
PEOPLE = [
    Person(
        key="maria", name="Maria Flores", role=Role.REFERRAL_SPECIALIST, side=Side.OFFICE, office_key="elm"
    ),
    Person(key="omar", name="Omar Haddad", role=Role.NURSE, side=Side.OFFICE, office_key="oak"),
    Person(key="tess", name="Tess Young", role=Role.INTAKE, side=Side.PRACTICE),
]
IDENTITIES = [
    Identity(id="slack:U1", platform="slack", account="U1", person_key="maria"),
    Identity(id="slack:U2", platform="slack", account="U2", person_key="tess"),
]
CHANNELS = [
    Channel(id="slack:C1", platform="slack", channel="C1", kind=ChannelKind.OFFICE, office_key="elm"),
    Channel(id="slack:C2", platform="slack", channel="C2", kind=ChannelKind.INTAKE),
]


def run(store: SqlStore, use_case: UseCase[Any]) -> Any:
    """What a use case comes to, once it is committed."""
    return store.transact(use_case).result(30)


def keep(store: SqlStore, *records: Any) -> None:
    """Add records in one transaction."""
    run(store, lambda tx: [tx.add(record) for record in records])


def directory(tx: SqlTransaction) -> None:
    """Import the sample directory."""
    tx.replace_directory(PRACTICE, OFFICES, PEOPLE, IDENTITIES, CHANNELS)


def patient(last: str = "Okonkwo", first: str = "Adaeze", **more: Any) -> Packet:
    """A packet that says only who the patient is."""
    told = {"dob": date(1962, 3, 4), "phone": "+12025550117", **more}
    return Packet(patient=Patient(last=last, first=first, **told))


def draft(id: str = "r1", **more: Any) -> Referral:
    """A draft of Maria's."""
    told: dict[str, Any] = {
        "office_key": "elm",
        "sent_by": "maria",
        "started_at": NOW,
        "packet": patient(),
        **more,
    }
    return Referral(id=id, **told)


def submitted(id: str = "r1", **more: Any) -> Referral:
    """A submitted referral of Maria's."""
    told: dict[str, Any] = {
        "reference": f"RB-{id.upper()}",
        "state": State.SUBMITTED,
        "submitted_at": NOW,
        "due_at": NOW + 60 * MINUTE,
        "next_actor": Side.PRACTICE,
        "next_kind": PromiseKind.ACKNOWLEDGE,
        **more,
    }
    return draft(id, **told)


def event(id: str, subject_id: str = "r1", **detail: Any) -> Event:
    return Event(
        id=id, subject_id=subject_id, seq=0, kind=EventKind.TOLD, at=NOW, actor_key="tess", detail=detail
    )


def question(id: str, referral_id: str | None = None, **more: Any) -> Question:
    told: dict[str, Any] = {
        "office_key": "elm",
        "asked_of": Side.PRACTICE,
        "asked_by": "maria",
        "asked_at": NOW,
        "due_at": NOW + MINUTE,
        "text": "Do you take 16-year-olds with syncope?",
        **more,
    }
    return Question(id=id, referral_id=referral_id, **told)


def appointment(id: str, start: datetime = NOW, **more: Any) -> Appointment:
    told: dict[str, Any] = {
        "referral_id": "r1",
        "provider_key": "lee",
        "location_key": "north",
        "service_key": "cardiology",
        "visit_type": VisitType.NEW,
        "starts_at": start,
        "ends_at": start + 40 * MINUTE,
        "status": AppointmentStatus.BOOKED,
        **more,
    }
    return Appointment(id=id, **told)


def promise(id: str, subject_id: str = "r1", **more: Any) -> Promise:
    told: dict[str, Any] = {
        "kind": PromiseKind.ACKNOWLEDGE,
        "owed_by": Side.PRACTICE,
        "made_at": NOW,
        "due_at": NOW + MINUTE,
        **more,
    }
    return Promise(id=id, subject_id=subject_id, **told)


def follow_up(id: str, due_at: datetime = NOW, **more: Any) -> FollowUp:
    told: dict[str, Any] = {"key": id, "subject_id": "r1", "kind": FollowUpKind.PROMISE, **more}
    return FollowUp(id=id, due_at=due_at, **told)


def document(id: str, subject_id: str = "r1", **more: Any) -> Document:
    told: dict[str, Any] = {"added_by": "maria", "added_at": NOW, "name": "ecg.pdf", **more}
    return Document(id=id, subject_id=subject_id, **told)


def thread(id: str = "t1", subject_id: str = "r1", **more: Any) -> Thread:
    told: dict[str, Any] = {"audience": Audience.OFFICE, "platform": "slack", "channel": "C1", **more}
    return Thread(id=id, subject_id=subject_id, **told)


def message(id: str, thread_id: str | None = "t1", **more: Any) -> OutboxMessage:
    told: dict[str, Any] = {"kind": OutboxKind.POST, "created_at": NOW, "not_before": NOW, **more}
    return OutboxMessage(id=id, thread_id=thread_id, **told)


def entry(what: str = "referral.claim", **more: Any) -> AuditEntry:
    told: dict[str, Any] = {"at": NOW, "actor_key": "tess", "action": AuditAction.CHANGED, **more}
    return AuditEntry(what=what, **told)
