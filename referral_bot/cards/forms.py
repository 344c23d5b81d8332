"""The forms: a referral, its changes, and what staff and office fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from referral_bot.cards import details, words
from referral_bot.cards.elements import (
    ChecksField,
    ChoiceField,
    DateField,
    FilesField,
    Form,
    FormField,
    LinkField,
    Option,
    Saying,
    SearchField,
    TextField,
    Tone,
)
from referral_bot.cards.view import View
from referral_bot.model import CallOutcome, Packet, Person, Referral
from referral_bot.practice import Practice, Urgency
from referral_bot.reading import icd10

ICD10 = "icd10"
PAYER = "payer"
"""Sources of type-ahead."""
SELF_PAY = "self pay"
"""What the insurance field holds for a patient without one."""


def referral_form(
    referral: Referral,
    practice: Practice,
    people: Sequence[Person],
    *,
    action: str,
    title: str,
    submit: str,
    value: str = "",
    note: str = "",
) -> Form:
    """The whole referral, filled in with what is known."""
    packet = referral.packet
    fields: list[FormField] = [Saying(note)] if note else []
    fields += _patient_fields(packet)
    fields += _clinical_fields(referral, practice)
    fields += _wish_fields(packet, practice)
    fields += _other_fields(referral, people)
    return Form(action, referral.id, title, tuple(fields), submit, value)


def _patient_fields(packet: Packet) -> list[FormField]:
    patient = packet.patient
    return [
        TextField("patient_name", "Patient name", patient.name, max_length=120),
        DateField("dob", "Date of birth", patient.dob),
        TextField("phone", "Phone", words.phone(patient.phone or packet.contact.phone), max_length=40),
    ]


def _clinical_fields(referral: Referral, practice: Practice) -> list[FormField]:
    packet = referral.packet
    services = tuple(Option(service.key, service.name) for service in practice.services)
    urgencies = tuple(Option(urgency.value, words.URGENCIES[urgency]) for urgency in Urgency)
    payer = SELF_PAY if packet.insurance.self_pay else packet.insurance.payer
    return [
        SearchField(
            "insurance",
            "Insurance",
            PAYER,
            (payer_option(practice, payer),) if payer else (),
            optional=True,
            hint="Type to see whether it is accepted",
        ),
        TextField("member_id", "Member ID", packet.insurance.member_id or "", optional=True, max_length=60),
        ChoiceField("service", "Service", services, referral.service_key),
        TextField(
            "reason",
            "Reason",
            packet.reason or "",
            multiline=True,
            optional=True,
            hint="In your own words; or choose a diagnosis code below",
        ),
        SearchField(
            "icd10",
            "Diagnosis codes",
            ICD10,
            tuple(diagnosis_option(code, icd10.title(code)) for code in packet.icd10),
            several=True,
            optional=True,
            hint="ICD-10-CM, by code or by words",
        ),
        ChoiceField("urgency", "Urgency", urgencies, (referral.urgency or Urgency.ROUTINE).value),
    ]


def _wish_fields(packet: Packet, practice: Practice) -> list[FormField]:
    providers = tuple(Option(provider.key, provider.name) for provider in practice.providers)
    locations = tuple(Option(location.key, location.name) for location in practice.locations)
    wish = packet.preference
    return [
        TextField("referring", "Referring provider", packet.referring.name, optional=True, max_length=120),
        ChoiceField(
            "provider", "Preferred provider", providers, _key_of(providers, wish.provider), optional=True
        ),
        ChoiceField(
            "location", "Preferred place", locations, _key_of(locations, wish.location), optional=True
        ),
        TextField(
            "when",
            "Preferred time",
            _times(packet),
            optional=True,
            hint="Such as: mornings, not Friday",
            max_length=200,
        ),
    ]


def _other_fields(referral: Referral, people: Sequence[Person]) -> list[FormField]:
    packet = referral.packet
    others = tuple(Option(person.key, person.name) for person in people if person.key != referral.sent_by)
    needs = tuple(name for name in ("wheelchair", "transport") if getattr(packet.needs, name))
    languages = tuple(Option(code, name) for code, name in words.LANGUAGES.items())
    fields: list[FormField] = [
        ChecksField(
            "needs",
            "Needs",
            (Option("wheelchair", "Wheelchair access"), Option("transport", "Transport")),
            needs,
        ),
        ChoiceField("interpreter", "Interpreter", languages, packet.needs.interpreter, optional=True),
        TextField("notes", "Notes", packet.notes or "", multiline=True, optional=True),
        FilesField("files", "Files", hint="PDF, images, Word or text, up to 20 MB each"),
    ]
    if others:
        fields.append(ChoiceField("behalf", "On behalf of", others, referral.on_behalf_of, optional=True))
    return fields


def payer_option(practice: Practice, name: str) -> Option:
    """A payer, and whether the practice accepts it."""
    if name == SELF_PAY:
        return Option(SELF_PAY, "Self pay")
    said = "not on our list"
    if name in practice.payers.accepted:
        said = "accepted"
    elif name in practice.payers.not_accepted:
        said = details.NOT_ACCEPTED
    return Option(name, f"{name}: {said}")


def diagnosis_option(code: str, named: str | None) -> Option:
    """A diagnosis code with its title."""
    return Option(code, f"{code} {named}" if named else code)


def _key_of(options: Sequence[Option], name: str | None) -> str | None:
    if not name:
        return None
    wanted = name.casefold()
    return next(
        (o.value for o in options if wanted == o.value.casefold() or wanted in o.label.casefold()), None
    )


def _times(packet: Packet) -> str:
    bare = packet.preference.model_copy(update={"provider": None, "location": None})
    return details.wishes(bare)


def details_form(
    view: View, files: Sequence[tuple[str, str]] = (), said: Sequence[tuple[str, str]] = ()
) -> Form:
    """Everything known, for one person alone: files by a link each, and who said what the thread hides."""
    known = details.everything(view)
    lines = [Saying(" · ".join(filter(None, (f"{fact.label}: {fact.value}", fact.mark)))) for fact in known]
    lines += [Saying(f"{who}: {text}") for who, text in said]
    links = [LinkField(name, url) for name, url in files]
    return Form("looked", view.referral.id, view.referral.reference or "Draft", (*lines, *links))


def report_shown(view: View, note: str, files: Sequence[tuple[str, str]]) -> Form:
    """The report, for one person alone."""
    said = (Saying(note),) if note else ()
    links = tuple(LinkField(name, url) for name, url in files)
    return Form("looked", view.referral.id, "Report", (*said, *links))


def ask(referral: Referral) -> Form:
    """What staff want to know from the office."""
    question = TextField("text", "Question", multiline=True, hint="The office reads it in its thread")
    return Form("ask", referral.id, "Ask the office", (question,), "Ask")


def answer(subject: str, question: str) -> Form:
    """The answer to an office's question."""
    return Form(
        "answer",
        subject,
        "Answer the office",
        (Saying(question), TextField("text", "Answer", multiline=True)),
        "Send",
    )


def decline(referral: Referral) -> Form:
    """Why, and what the office can do instead: both are required."""
    reasons = _reasons(words.DECLINE_REASONS)
    return Form(
        "decline",
        referral.id,
        "Decline",
        (
            ChoiceField("reason", "Reason", reasons),
            TextField("text", "In words", multiline=True, optional=True),
            TextField(
                "alternative",
                "Alternative",
                multiline=True,
                hint="Where else, or what would make it possible",
            ),
        ),
        "Decline",
    )


def call(referral: Referral) -> Form:
    """How a call to the patient went."""
    outcomes = tuple(Option(outcome.value, words.CALLS[outcome].capitalize()) for outcome in CallOutcome)
    return Form(
        "call",
        referral.id,
        "Log a call",
        (
            ChoiceField("outcome", "How it went", outcomes),
            TextField("note", "Note", optional=True, hint="Internal"),
        ),
        "Log",
    )


def choose_time(
    referral: Referral, options: Sequence[Option], action: str, note: str, chosen: str | None
) -> Form:
    """Open times, for a draft, for the office, or for staff."""
    title, submit = ("Book", "Book") if action == "book" else ("Choose a time", "Choose")
    if not options:
        return Form(action, referral.id, title, (Saying(note),))
    return Form(
        action,
        referral.id,
        title,
        (Saying(note), ChoiceField("time", "Time", tuple(options), chosen)),
        submit,
    )


def report(referral: Referral) -> Form:
    """The report: a note, files, or both."""
    return Form(
        "report",
        referral.id,
        "Send report",
        (TextField("text", "Report", multiline=True, optional=True), FilesField("files", "Files")),
        "Send",
    )


def cancel(referral: Referral, action: str) -> Form:
    """Why the appointment or the whole referral is cancelled; sending the form is the confirmation."""
    whole = action == "cancel"
    note = (
        "This ends the referral, and its appointment with it. It can't be taken back."
        if whole
        else "This cancels the appointment only. The referral stays open and gets a new time."
    )
    return Form(
        action,
        referral.id,
        "Cancel referral" if whole else "Cancel appointment",
        (
            Saying(note, Tone.WARNING),
            ChoiceField("reason", "Reason", _reasons(words.CANCEL_REASONS)),
            TextField("text", "In words", optional=True),
        ),
        "Cancel it",
        close="Keep it",
    )


def close(referral: Referral, reasons: Mapping[str, str]) -> Form:
    """Why a referral is closed by staff."""
    return Form(
        "close",
        referral.id,
        "Close",
        (
            ChoiceField("reason", "Reason", _reasons(reasons), next(iter(reasons))),
            TextField("text", "For the office", multiline=True, optional=True),
        ),
        "Close",
        close="Keep open",
    )


def hold(referral: Referral, tomorrow: date) -> Form:
    """Until when and why a referral waits: the office reads both in its thread."""
    return Form(
        "hold",
        referral.id,
        "Put on hold",
        (
            DateField("until", "Until", tomorrow, hint="On that morning it goes on by itself"),
            ChoiceField("reason", "Reason", _reasons(words.HOLD_REASONS)),
            TextField("text", "For the office", multiline=True, optional=True),
        ),
        "Put on hold",
    )


def reopen(referral: Referral) -> Form:
    """What is still to be done about a referral that has ended."""
    wanted = TextField("text", "What is still to be done", multiline=True, hint="The other side reads it")
    return Form("reopen", referral.id, "Reopen", (wanted,), "Reopen", close="Leave it closed")


def give_up(referral: Referral) -> Form:
    """What was tried before giving up on reaching the patient."""
    tried = TextField("text", "What was tried", multiline=True, hint="The office reads it in its thread")
    return Form("give_up", referral.id, "Close unreached", (tried,), "Close", close="Keep open")


def _reasons(reasons: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, text[0].upper() + text[1:]) for code, text in reasons.items())
