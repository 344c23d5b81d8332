"""What a card about a referral is drawn from: the referral as one audience may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from referral_bot.access import masked
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Audience,
    Document,
    Office,
    Person,
    Phi,
    Question,
    Referral,
    Side,
)
from referral_bot.practice import Location, Practice, Provider, Service


@dataclass(frozen=True)
class View:
    """A referral and what hangs on it, for one audience, in one zone, at one moment (UTC)."""

    referral: Referral
    practice: Practice
    office: Office
    people: Mapping[str, Person]
    """The people of both sides who have to do with it, by key."""
    audience: Audience
    phi: Phi
    zone: ZoneInfo
    now: datetime
    appointments: tuple[Appointment, ...] = ()
    questions: tuple[Question, ...] = ()
    """The open ones."""
    documents: tuple[Document, ...] = ()
    flat: bool = False
    """Whether it is followed in a conversation without threads."""

    @property
    def side(self) -> Side:
        """The side of the audience."""
        return Side.OFFICE if self.audience is Audience.OFFICE else Side.PRACTICE

    @property
    def owner(self) -> Person | None:
        """Who of the practice has claimed it; nobody once they have left."""
        owner = self.people.get(self.referral.owner_key or "")
        return owner if owner and owner.active else None

    @property
    def sender(self) -> Person | None:
        """Whose referral it is in the office: on whose behalf it was sent, else who sent it."""
        return self.people.get(self.referral.on_behalf_of or self.referral.sent_by)

    @property
    def service(self) -> Service | None:
        """The service it goes to, once that is known."""
        key = self.referral.service_key
        return next((service for service in self.practice.services if service.key == key), None)

    def patient(self) -> str:
        """The patient as this mode names them in a thread: the name, or initials."""
        patient = self.referral.packet.patient
        shown = patient.name if self.phi is Phi.FULL else patient.initials
        return shown or "patient not named yet"

    def words(self, text: str) -> str:
        """A person's free text as this mode shows it in a thread."""
        return text if self.phi is Phi.FULL else masked(text, self.referral.packet)

    def with_status(self, *statuses: AppointmentStatus) -> Appointment | None:
        """The latest appointment that has one of these statuses; a hold only while it holds."""
        for appointment in reversed(self.appointments):
            if appointment.status in statuses and not _lapsed(appointment, self.now):
                return appointment
        return None

    @property
    def booked(self) -> Appointment | None:
        """The visit that stands."""
        return self.with_status(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)

    @property
    def wanted(self) -> Appointment | None:
        """The time that is held for a draft, or that staff are asked to confirm."""
        return self.with_status(AppointmentStatus.PROPOSED, AppointmentStatus.PENDING)

    def provider(self, appointment: Appointment) -> Provider | None:
        """With whom an appointment is; none once the directory has dropped them."""
        return next((p for p in self.practice.providers if p.key == appointment.provider_key), None)

    def location(self, appointment: Appointment) -> Location | None:
        """Where an appointment is; none once the directory has dropped it."""
        return next(
            (place for place in self.practice.locations if place.key == appointment.location_key), None
        )


def _lapsed(appointment: Appointment, now: datetime) -> bool:
    return appointment.status is AppointmentStatus.PROPOSED and (appointment.held_until or now) <= now
