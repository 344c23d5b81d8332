"""What a referral says, as labelled values: in full, or as much as minimal mode lets stand in a thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.cards import words
from referral_bot.cards.elements import Fact
from referral_bot.cards.view import View
from referral_bot.model import Appointment, Packet, Phi, Preference, Referral

ASSUMED: Final = "assumed"
MISSING: Final = "still needed"
NOT_ACCEPTED: Final = "not accepted here"

LABELS: Final[dict[str, str]] = {
    "patient_name": "Patient name",
    "dob": "Date of birth",
    "phone": "Phone",
    "insurance": "Insurance",
    "service": "Service",
    "reason": "Reason",
    "urgency": "Urgency",
    "referring_provider": "Referring provider",
    "documents": "Documents",
}
"""Fields that can be missing, as cards and forms call them."""


def patient_facts(packet: Packet) -> list[Fact]:
    """Who the patient is and how to reach them: patient data throughout."""
    patient, contact = packet.patient, packet.contact
    facts = [
        Fact("Patient name", patient.name),
        Fact("Date of birth", f"{patient.dob:%m/%d/%Y}" if patient.dob else ""),
        Fact("Sex", patient.sex or ""),
        Fact("Phone", words.phone(patient.phone)),
        Fact("Home phone", words.phone(patient.phone_home)),
        Fact("Record number", patient.mrn or ""),
        Fact(
            "Contact", ", ".join(filter(None, (contact.name, contact.relation, words.phone(contact.phone))))
        ),
    ]
    return _stated(facts)


def clinical_facts(packet: Packet) -> list[Fact]:
    """Why the patient is sent and what covers it: patient data throughout."""
    coverage, auth = packet.insurance, packet.auth
    authorization = [
        auth.number or "",
        auth.status or "",
        f"to {auth.valid_to:%m/%d/%Y}" if auth.valid_to else "",
    ]
    insurance = [coverage.payer or "", coverage.plan or "", coverage.member_id or ""]
    facts = [
        Fact("Insurance", "self pay" if coverage.self_pay else " · ".join(filter(None, insurance))),
        Fact("Secondary insurance", coverage.secondary or ""),
        Fact("Prior authorization", " · ".join(filter(None, authorization))),
        Fact("Reason", " · ".join(filter(None, (packet.reason or "", ", ".join(packet.icd10))))),
        Fact("Documents", ", ".join(f"{document.kind} by {document.via}" for document in packet.documents)),
        Fact("Notes", packet.notes or ""),
    ]
    return _stated(facts)


def plain_facts(view: View) -> list[Fact]:
    """What isn't the patient's: service, urgency, who refers, wishes, needs."""
    referral, packet = view.referral, view.referral.packet
    needs = [
        f"{words.LANGUAGES.get(packet.needs.interpreter, packet.needs.interpreter)} interpreter"
        if packet.needs.interpreter
        else "",
        "wheelchair access" if packet.needs.wheelchair else "",
        "transport" if packet.needs.transport else "",
    ]
    facts = [
        Fact("Service", view.service.name if view.service else "", _mark(referral, "service")),
        Fact("Urgency", words.urgency(referral), "" if referral.urgency or referral.reference else ASSUMED),
        Fact("Referring provider", packet.referring.name, _mark(referral, "referring")),
        Fact("Would like", wishes(packet.preference)),
        Fact("Needs", ", ".join(filter(None, needs))),
        Fact("Booking", "not before the prior authorization is here" if referral.hold_booking else ""),
    ]
    return _stated(facts)


def facts(view: View) -> tuple[Fact, ...]:
    """Everything known, as this mode lets it stand in a thread."""
    packet = view.referral.packet
    private = [*patient_facts(packet), *_marked(view)]
    if view.phi is Phi.FULL:
        return (*private, *plain_facts(view))
    given = [fact.label.lower() for fact in private if fact.label != "Patient name"]
    named = [Fact("Patient", packet.patient.initials)] if packet.patient.initials else []
    read = [Fact("Also given", ", ".join(given))] if given else []
    return (*named, *plain_facts(view), *read)


def everything(view: View) -> tuple[Fact, ...]:
    """Everything known, in full, for one person alone."""
    return (*patient_facts(view.referral.packet), *_marked(view), *plain_facts(view))


def wishes(preference: Preference) -> str:
    """When, where and with whom, in words."""
    days = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
    parts = [
        "" if preference.provider in (None, "any") else f"with {preference.provider}",
        f"at {preference.location}" if preference.location else "",
        "first available" if preference.sort == "earliest" else "",
        words.listed([days.get(day, day) for day in preference.days], "or"),
        words.listed([f"{day:%b} {day.day}" for day in preference.dates], "or"),
        {"morning": "mornings", "afternoon": "afternoons"}.get(preference.part_of_day or "", ""),
        f"after {preference.after}" if preference.after else "",
        f"before {preference.before}" if preference.before else "",
        f"from {preference.earliest:%b} {preference.earliest.day}" if preference.earliest else "",
        f"by {preference.latest:%b} {preference.latest.day}" if preference.latest else "",
    ]
    return ", ".join(filter(None, parts))


def visit(view: View, appointment: Appointment) -> str:
    """`Tue, Nov 24, 9:00 AM CST with Dr. Anna Lee at North Clinic`.

    The time is the location's, and the reader's too where that differs.
    """
    provider, location = view.provider(appointment), view.location(appointment)
    there = ZoneInfo((location.timezone if location else None) or view.practice.timezone)
    when = words.moment(appointment.starts_at, there)
    if (
        appointment.starts_at.astimezone(there).utcoffset()
        != appointment.starts_at.astimezone(view.zone).utcoffset()
    ):
        when = f"{when} ({words.moment(appointment.starts_at, view.zone)} your time)"
    with_whom = provider.name if provider else appointment.provider_key
    where = location.name if location else appointment.location_key
    return f"{when} with {with_whom} at {where}"


def _marked(view: View) -> list[Fact]:
    """The clinical facts; an insurance that the practice doesn't take says so."""
    packet = view.referral.packet
    if packet.insurance.payer not in view.practice.payers.not_accepted:
        return clinical_facts(packet)
    return [
        replace(fact, mark=NOT_ACCEPTED) if fact.label == "Insurance" else fact
        for fact in clinical_facts(packet)
    ]


def _mark(referral: Referral, name: str) -> str:
    return ASSUMED if name in referral.assumed else ""


def _stated(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.value]
