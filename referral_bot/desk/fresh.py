"""What somebody of an office says outside a referral's thread: read, and answered act by act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from referral_bot.access import NO_SUCH_REFERRAL
from referral_bot.cards import details, replies
from referral_bot.cards.elements import Button, Buttons, Card, Style, Text, Tone
from referral_bot.desk import (
    answers,
    asking,
    booking,
    changes,
    documents,
    intake,
    mornings,
    packets,
    record,
    status,
    telling,
    visits,
)
from referral_bot.desk.turn import Message, Turn
from referral_bot.lifecycle import TERMINAL
from referral_bot.model import AuditAction, Packet, Preference, Referral
from referral_bot.practice import VisitType
from referral_bot.reading import Context, OpenReferral, Reading, read, read_answer
from referral_bot.reading.phones import find_phones, find_short_phones

ABOUT_A_REFERRAL: Final = frozenset(
    {
        "check_status",
        "confirm_document_received",
        "request_consult_note",
        "update_referral",
        "attach_document",
        "cancel_referral",
        "reschedule_appointment",
    }
)
BY_THE_DIRECTORY: Final = frozenset({"ask_insurance_accepted", "ask_practice_info", "ask_requirements"})
TO_A_PERSON: Final = frozenset({"report_issue", "request_human"})
TAKES_FILES: Final = frozenset({"attach_document", "update_referral"})
NO_PLACE_FOR_FILE: Final = (
    "I did not keep the file: I don't know which referral it belongs to. "
    "Please send it in that referral's thread, or with a new patient."
)
COMMANDS: Final[dict[re.Pattern[str], str]] = {
    re.compile(r"\W*refer\b\s+\S", re.IGNORECASE): "submit_referral",
    re.compile(r"\W*status\b\s+\S", re.IGNORECASE): "check_status",
    re.compile(r"\W*cancel\b\s+\S", re.IGNORECASE): "cancel_referral",
    re.compile(r"\W*when can you see\b", re.IGNORECASE): "check_availability",
}
_NAMED: Final = re.compile(
    r"\W*(?:status|cancel|reschedule)\b(?:\s+(?:of|for))?\s+(?P<name>.+)", re.IGNORECASE
)
"""A command with a name behind it, whoever that is."""
_ONLY_STATUS: Final = re.compile(r"\W*status\W*", re.IGNORECASE)
CONTEXT_LIMIT: Final = 200
NEW_REFERRAL: Final = frozenset({"refer", "new referral", "new patient", "referral"})
UNREADABLE: Final = (
    "I could not make a referral, a question or a request out of that. "
    'Write "refer" and the patient, "status" and a name, or "help".'
)


def said(turn: Turn, message: Message) -> None:
    """Read a message and do everything it asks, in its order."""
    if message.text.strip(" .!").casefold() in NEW_REFERRAL:
        telling.reply(turn, turn.place, replies.help_card(turn.practice, turn.actor.side))
        return
    reading = read_for(turn, message.text)
    if "emergency" in reading.intents:
        emergency(turn)
        return
    patients = _patients(reading)
    if patients:
        _start_drafts(turn, message, reading, patients)
    done = {"submit_referral"} if patients else set()
    for intent in reading.intents:
        if intent not in {*done, "submit_referral"}:
            done.add(intent)
            _one(turn, message, reading, intent)
    if not reading.intents:
        telling.reply(turn, turn.place, replies.says(UNREADABLE))
    if message.files and not {"submit_referral", *TAKES_FILES} & done:
        telling.reply(turn, turn.place, replies.says(NO_PLACE_FOR_FILE, Tone.WARNING))


def read_for(turn: Turn, text: str) -> Reading:
    """Read a text with the practice's words; the office's open referrals only where they matter."""
    reading = _read(turn, text, Context())
    if ABOUT_A_REFERRAL & set(reading.intents):
        open_ones = turn.tx.referrals(office_key=turn.actor.office_key, limit=CONTEXT_LIMIT)
        known = tuple(OpenReferral(r.reference or "", r.packet.patient.name) for r in open_ones)
        context = Context(office=turn.actor.office_key, open_referrals=known)
        reading = _read(turn, text, context)
    if find_short_phones(text) and not find_phones(text):
        return replace(reading, flags=(*reading.flags, "phone_incomplete"))
    return reading


def _read(turn: Turn, text: str, context: Context) -> Reading:
    """A reading of the text; one that begins with a command means it, however little else could be read."""
    now = turn.now.astimezone(telling.zone_of_actor(turn))
    vocabulary = packets.vocabulary(turn.practice)
    reading = read(text, now=now, context=context, vocabulary=vocabulary)
    if "emergency" in reading.intents:
        return reading
    intent = next((intent for command, intent in COMMANDS.items() if command.match(text)), None)
    if intent is None or intent in reading.intents:
        return reading
    if intent != "submit_referral":
        return replace(reading, intents=(intent,))
    answer = read_answer(
        text, asked=tuple(details.LABELS), now=now, vocabulary=vocabulary, current=Packet().model_dump()
    )
    return Reading((intent,), answer.fields, (), answer.flags)


def is_command(text: str) -> bool:
    """Whether a text begins with a command, and so begins something new."""
    plain = text.strip(" .!").casefold()
    return plain in NEW_REFERRAL or any(command.match(text) for command in COMMANDS)


def emergency(turn: Turn) -> None:
    """A patient is in danger now: 911 first, and a person of the practice is alerted at once."""
    telling.reply(turn, turn.place, replies.says(replies.EMERGENCY, Tone.WARNING, "Call 911 now."))
    alert(turn, "describes an emergency. They were told to call 911. Please call them now")


def alert(turn: Turn, what: str) -> None:
    """Alert the practice's staff that an office needs a call now; names no patient."""
    office = telling.office_of(turn, turn.actor.office_key or "")
    call = f" at {office.phone}" if office.phone else ""
    told = f"{turn.actor.name}, {office.name}, {what}{call}."
    telling.tell_practice(turn, replies.says(told, Tone.WARNING, "An office needs a call now."))


# ---------------------------------------------------------------- new patients


def _patients(reading: Reading) -> list[Mapping[str, Any]]:
    """The fields of each new patient in the message."""
    if "submit_referral" not in reading.intents:
        return []
    several = reading.fields.get("referrals")
    if several and reading.intents.count("submit_referral") > 1:
        return list(several)
    own = reading.fields.get("submit")
    return [own if isinstance(own, Mapping) else reading.fields]


def start_apart(turn: Turn, reading: Reading) -> None:
    """Start drafts for new patients away from the thread in which they were named."""
    for fields in _patients(reading):
        intake.start(_apart(turn), fields, reading.flags)
    told = "That is another patient: I started a draft of its own for them in the channel."
    telling.reply(turn, turn.place, replies.says(told))


def _start_drafts(
    turn: Turn, message: Message, reading: Reading, patients: Sequence[Mapping[str, Any]]
) -> None:
    intake.start(turn, patients[0], reading.flags, message.files)
    for fields in patients[1:]:
        intake.start(_apart(turn), fields, reading.flags)
    if "safety_escalate_human_now" in reading.flags:
        alert(turn, "is sending a patient with a sudden danger. Please call them now")


def _apart(turn: Turn) -> Turn:
    """The same turn, but as a message of its own in the channel."""
    return replace(turn, place=turn.place.apart)


# ---------------------------------------------------------------- everything else


def _one(turn: Turn, message: Message, reading: Reading, intent: str) -> None:
    fields = _fields_for(reading, intent)
    if intent in ABOUT_A_REFERRAL:
        _about_a_referral(turn, message, reading, intent, fields)
    elif intent in BY_THE_DIRECTORY:
        by_directory(turn, intent, fields)
    elif intent == "check_availability":
        telling.reply(turn, turn.place, times(turn, fields))
    elif intent == "select_slot":
        telling.reply(turn, turn.place, replies.says("Press Choose beside the time you want."))
    elif intent in TO_A_PERSON or (intent == "out_of_scope" and _is_question(message.text, reading)):
        answers.ask_without_patient(turn, message.text)
    elif intent == "thanks":
        telling.reply(turn, turn.place, replies.says("You're welcome."))
    elif intent == "help":
        telling.reply(turn, turn.place, replies.help_card(turn.practice, turn.actor.side))
    elif {"privacy_refusal", "not_own_referral"} & set(reading.flags):
        record.audit(turn, AuditAction.REFUSED, "question.privacy")
        telling.reply(turn, turn.place, replies.says(NO_SUCH_REFERRAL))
    else:
        telling.reply(turn, turn.place, replies.says(UNREADABLE))


def _fields_for(reading: Reading, intent: str) -> Mapping[str, Any]:
    verb = {"check_status": "status", "cancel_referral": "cancel"}.get(intent, "")
    own = reading.fields.get(verb)
    return own if isinstance(own, Mapping) else reading.fields


def _is_question(text: str, reading: Reading) -> bool:
    refused = {"privacy_refusal", "not_own_referral"} & set(reading.flags)
    return not refused and "?" in text and any(character.isalpha() for character in text)


def by_directory(turn: Turn, intent: str, fields: Mapping[str, Any]) -> None:
    """Answer at once what the directory knows."""
    telling.reply(turn, turn.place, asking.answer(turn.practice, intent, fields))


def times(turn: Turn, fields: Mapping[str, Any], draft_id: str = "") -> Card:
    """Open times for what was asked, for a draft if there is one; asks for the service if need be."""
    named = fields.get("service")
    service = packets.service_named(turn.practice, str(named)) if named else None
    if service is None and len(turn.practice.services) == 1:
        service = turn.practice.services[0]
    if service is None:
        offered = packets.likeliest_services(turn.practice, str(named or ""))
        return replies.services(offered, "", str(named or ""), action="availability")
    preference = dict(fields.get("preference") or {})
    preference.setdefault("provider", fields.get("provider"))
    preference.setdefault("location", fields.get("location"))
    visit = VisitType.FOLLOW_UP if fields.get("visit_type") == "follow_up" else VisitType.NEW
    return booking.availability(turn, service.key, visit, Preference.model_validate(preference), draft_id)


def _about_a_referral(
    turn: Turn, message: Message, reading: Reading, intent: str, fields: Mapping[str, Any]
) -> None:
    everything = fields.get("scope") == "office_open" or _ONLY_STATUS.fullmatch(message.text)
    if intent == "check_status" and everything:
        telling.reply(turn, turn.place, all_open(turn))
        return
    if intent == "check_status" and _names_nobody(message.text, reading.fields):
        answers.ask_on(turn, message.text)
        return
    several = reading.fields.get("referrals")
    wanted = list(several) if several and intent == "check_status" else [fields]
    for one in wanted:
        found = meant(turn, message.text if len(wanted) == 1 else "", one)
        _done_about(turn, message, intent, one, found, reading.flags)


def all_open(turn: Turn) -> Card:
    """All the office has open, and whether the person wants that every morning."""
    card, asked = status.all_open(turn), mornings.offer(turn)
    return replace(card, elements=(*card.elements, asked)) if asked else card


def _names_nobody(text: str, fields: Mapping[str, Any]) -> bool:
    """Whether a question names no referral and no patient: then a person has to answer it."""
    told = {"patient", "referral_id", "referrals", "match"} & set(fields)
    return not told and not status.reference_in(text) and not _NAMED.match(text)


def meant(turn: Turn, text: str, fields: Mapping[str, Any]) -> list[Referral]:
    """The referrals that a reference, or a patient's name within the own office, can mean."""
    reference = status.reference_in(text) or fields.get("referral_id")
    if reference:
        referral = status.by_reference(turn, str(reference))
        return [referral] if referral else []
    patient = fields.get("patient") or {}
    if not patient and (named := _NAMED.match(text)):
        first, _, last = named["name"].strip(" ?.!").rpartition(" ")
        return status.by_name(turn, first or None, last)
    return status.by_name(turn, patient.get("first"), patient.get("last"))


def _done_about(
    turn: Turn,
    message: Message,
    intent: str,
    fields: Mapping[str, Any],
    found: Sequence[Referral],
    flags: tuple[str, ...],
) -> None:
    """Do or answer what was said about referrals that were found; the same words where none was."""
    if not found:
        record.audit(turn, AuditAction.REFUSED, "referral.status")
        telling.reply(turn, turn.place, replies.says(NO_SUCH_REFERRAL))
    elif intent == "check_status":
        telling.reply(turn, turn.place, status.shown(turn, found, "Here is where it stands:"))
    elif len(found) > 1:
        action = {"cancel_referral": "cancel", "reschedule_appointment": "times"}.get(intent, "details")
        telling.reply(turn, turn.place, status.which(turn, found, action))
    else:
        about(turn, message, intent, fields, found[0], flags)


def about(
    turn: Turn,
    message: Message,
    intent: str,
    fields: Mapping[str, Any],
    referral: Referral,
    flags: tuple[str, ...] = (),
) -> None:
    """Do what was said about one referral."""
    if intent == "check_status":
        telling.reply(turn, turn.place, status.shown(turn, [referral], "Here is where it stands:"))
    elif intent == "cancel_referral":
        telling.reply(turn, turn.place, _confirm_cancel(referral))
    elif intent == "reschedule_appointment":
        button = Button("Choose a time", "times", referral.id, style=Style.PRIMARY)
        told = Text(f"{referral.reference}: choose the new time, and the old one is given back.")
        telling.reply(turn, turn.place, Card("Choose a new time.", "", (told, Buttons((button,)))))
    elif intent == "attach_document" or message.files:
        documents.receive(turn, referral, message.files)
        visits.add(turn, referral, message.text)
    elif intent == "update_referral" and referral.state not in TERMINAL:
        update(turn, referral, message.text, Reading(fields=dict(fields), flags=flags))
    else:
        answers.ask_practice(turn, referral, message.text)


def _confirm_cancel(referral: Referral) -> Card:
    buttons = (
        Button("Cancel appointment", "cancel_appointment", referral.id),
        Button("Cancel referral", "cancel", referral.id, style=Style.DANGER),
    )
    told = f"{referral.reference}: nothing is cancelled yet. The appointment only, or the whole referral?"
    return Card("Please confirm what to cancel.", "", (Text(told), Buttons(buttons)))


def update(turn: Turn, referral: Referral, text: str, reading: Reading) -> None:
    """Take over a correction, and pass the words on as they are."""
    correct(turn, referral, reading)
    visits.add(turn, referral, text)


def correct(turn: Turn, referral: Referral, reading: Reading) -> None:
    """Take over what a message says anew of a sent referral. The name only says which one is meant."""
    fields = reading.fields
    before = changes.Before.of(referral)
    said = {key: value for key, value in fields.items() if key not in ("patient", "referral_id")}
    numbers = {k: v for k, v in (fields.get("patient") or {}).items() if k not in ("first", "last")}
    if added := fields.get("reason_add"):
        said["reason"] = "; ".join(filter(None, (referral.packet.reason, str(added))))
    packets.merge(referral, {**said, "patient": numbers}, turn.practice, reading.flags)
    changes.keep(turn, referral, before)
