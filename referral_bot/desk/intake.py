"""Drafts: started from a message or a form, filled, edited, submitted or discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from referral_bot.availability import Slot
from referral_bot.cards import details, forms, replies, words
from referral_bot.cards.elements import Form, Tone
from referral_bot.desk import booking, changes, documents, due, form_reading, packets, record, telling
from referral_bot.desk.turn import FormAnswer, IncomingFile, Outcome, Place, Turn
from referral_bot.errors import BadInput, NotFound, NotNow, Refused, TimeTaken
from referral_bot.lifecycle import TERMINAL, Move
from referral_bot.model import (
    AppointmentStatus,
    Audience,
    AuditAction,
    ChannelKind,
    EventKind,
    OutboxKind,
    Referral,
    Side,
    State,
    Thread,
)
from referral_bot.practice import PromiseKind


def start(
    turn: Turn,
    fields: Mapping[str, Any],
    flags: Sequence[str] = (),
    files: Sequence[IncomingFile] = (),
) -> Referral:
    """Start a draft from what was read of a message, with its card in the thread under the message."""
    referral = _new(turn)
    packets.merge(referral, fields, turn.practice, flags)
    referral.flags = list(flags)
    if not files:
        _expect_documents(referral)
    named = fields.get("service")
    if named and packets.service_named(turn.practice, str(named)) is None:
        referral.flags.append("unknown_service")
    _open(turn, referral, turn.place, files)
    if referral.service_key is None:
        asked_for = str(named) if named and "unknown_service" in referral.flags else ""
        offered = packets.likeliest_services(turn.practice, asked_for)
        telling.reply(turn, turn.place, replies.services(offered, referral.id, asked_for))
    return referral


def _expect_documents(referral: Referral) -> None:
    """Documents that come in chat, but not with this message, come later."""
    for document in referral.packet.documents:
        document.via = "later" if document.via == "chat" else document.via


def _new(turn: Turn) -> Referral:
    return Referral(
        id=turn.tx.new_id(),
        office_key=turn.actor.office_key or "",
        sent_by=turn.actor.key,
        started_at=turn.now,
        next_actor=Side.OFFICE,
        next_kind=PromiseKind.ANSWER,
        due_at=turn.now,
    )


def _open(turn: Turn, referral: Referral, place: Place, files: Sequence[IncomingFile]) -> None:
    packets.assume(turn, referral)
    referral.due_at = turn.now + due.DRAFT_WAITS
    turn.tx.add(referral)
    record.happened(turn, referral.id, EventKind.DRAFTED, turn.actor.key)
    record.audit(turn, AuditAction.CHANGED, "referral.drafted", referral.id, referral.office_key)
    thread = _thread_for(turn, referral, place)
    telling.put(turn, thread, OutboxKind.HEAD)
    due.schedule_draft(turn, referral)
    documents.receive(turn, referral, files)


def _thread_for(turn: Turn, referral: Referral, place: Place) -> Thread:
    """The thread at a place, if it follows no other referral; else one of its own in that channel."""
    known = turn.tx.thread_at(place.platform, place.channel, place.root or place.message)
    if known is None:
        return telling.open_thread(turn, referral.id, Audience.OFFICE, place)
    if turn.tx.get(Referral, known.subject_id) is not None:
        return telling.open_thread(turn, referral.id, Audience.OFFICE, place.apart)
    known.subject_id = referral.id
    turn.tx.save(known)
    return known


def refuse_second_draft(turn: Turn) -> None:
    """Raise NotNow where the thread holds a draft already: a second press makes no second one."""
    place = turn.place
    known = turn.tx.thread_at(place.platform, place.channel, place.root or place.message)
    subject = turn.tx.get(Referral, known.subject_id) if known else None
    if subject is not None and subject.state is State.DRAFT:
        raise NotNow("There is a draft in this thread already. Reply there to fill it, or press Edit on it.")


def fill(turn: Turn, referral: Referral, fields: Mapping[str, Any], flags: Sequence[str]) -> None:
    """Take over an answer typed in a draft's thread; the card is redrawn, and what is left is said."""
    packets.merge(referral, fields, turn.practice, flags)
    referral.flags = list(flags)
    turn.tx.save(referral)
    record.audit(turn, AuditAction.CHANGED, "referral.filled", referral.id, referral.office_key)
    telling.redraw(turn, referral.id)
    left = packets.missing(referral, turn.practice, turn.tx.documents(referral.id))
    telling.reply(turn, turn.place, replies.says(_progress(left, packets.warnings(turn, referral))))


def _progress(left: Sequence[str], warnings: Sequence[str]) -> str:
    said = " ".join(warnings)
    if not left:
        return f"Thank you, that is everything. {said} Check the card above and press Submit.".replace(
            "  ", " "
        )
    wanted = words.listed([details.LABELS[name].lower() for name in left])
    return f"Thank you. {said} Still needed: {wanted}.".replace("  ", " ")


def new_form(turn: Turn, slot_id: str = "") -> Form:
    """The empty form."""
    referral = _new(turn).model_copy(update={"id": ""})
    note = ""
    if slot_id:
        slot = booking.still_open(turn, slot_id)
        referral.service_key, referral.visit_type = slot.service_key, slot.visit_type
        note = f"With this time: {booking.slot_text(turn, slot)}"
    packets.assume(turn, referral)
    return _form(turn, referral, "new_referral", "New referral", "Submit", slot_id, note)


def edit_form(turn: Turn, referral_id: str) -> Form:
    """The form of a draft, filled in; or of a sent referral, to change it."""
    referral = _own(turn, referral_id)
    _still_changes(turn, referral)
    record.audit(turn, AuditAction.VIEWED, "referral.form", referral.id, referral.office_key)
    title = "Edit the draft" if referral.state is State.DRAFT else "Change the referral"
    return _form(turn, referral, "save_referral", title, "Save", "", "")


def _form(
    turn: Turn, referral: Referral, action: str, title: str, submit: str, value: str, note: str
) -> Form:
    people = turn.tx.people(referral.office_key)
    return forms.referral_form(
        referral, turn.practice, people, action=action, title=title, submit=submit, value=value, note=note
    )


def _own(turn: Turn, referral_id: str) -> Referral:
    """A referral of the actor's own office. Raises Refused for staff: they ask, the office changes."""
    referral = record.find(turn, referral_id)
    if turn.actor.side is not Side.OFFICE:
        raise Refused("What a referral says is the office's to change. Press Ask the office.")
    return referral


def _still_changes(turn: Turn, referral: Referral) -> None:
    if referral.state in TERMINAL:
        raise NotNow(record.meanwhile(turn, referral))


def save_new(turn: Turn, answer: FormAnswer) -> Outcome:
    """The form of a new referral: sent at once if nothing is missing; errors stand under their fields."""
    referral = _new(turn)
    read = form_reading.from_form(answer.answers, turn.practice, turn.now)
    form_reading.take(referral, read, turn.practice)
    if answer.value:
        referral.visit_type = Slot.from_id(answer.value).visit_type
    files: Sequence[IncomingFile] = answer.answers.get("files") or ()
    # What is wrong with a value says more than that there is none.
    errors = _missing_errors(turn, referral, bool(files)) | read.errors
    if errors:
        return Outcome(errors=errors)
    documents.refuse_at_once(files)
    referral.on_behalf_of = _colleague(turn, read.on_behalf_of)
    _open(turn, referral, _place_for_form(turn), files)
    kept = not answer.value or _hold(turn, referral, answer.value)
    submit(turn, referral.id)
    if not kept:
        _say_time_lost(turn, referral.id)
    return Outcome()


def _hold(turn: Turn, referral: Referral, slot_id: str) -> bool:
    """Keep the time that came with a form; whether it could still be had."""
    try:
        booking.hold(turn, referral, slot_id)
    except TimeTaken:
        return False
    return True


def _colleague(turn: Turn, key: str | None) -> str | None:
    """Somebody of the actor's own office, for whom a referral can be sent."""
    person = turn.tx.person(key) if key else None
    return person.key if person and person.active and person.office_key == turn.actor.office_key else None


def _missing_errors(turn: Turn, referral: Referral, has_files: bool) -> dict[str, str]:
    needed = packets.blocking(referral, turn.practice, turn.tx.documents(referral.id) if referral.id else ())
    if has_files and "documents" in needed:
        needed.remove("documents")
    field = {"documents": "files"}
    return {field.get(name, name): f"{details.LABELS[name]} is needed to send it." for name in needed}


def _place_for_form(turn: Turn) -> Place:
    """Where a referral that began with a form is followed: here if it is the office's place, else there."""
    place = turn.place.apart
    if place.direct:
        return place
    linked = turn.tx.channels(turn.actor.office_key)
    if any((c.platform, c.channel) == (place.platform, place.channel) for c in linked):
        return place
    for channel in linked:
        if channel.platform == place.platform and channel.kind is ChannelKind.OFFICE:
            return replace(telling.place_of(turn, channel), tenant=place.tenant)
    said = "This channel isn't linked to your office. Please use /refer in a direct message with me."
    raise BadInput(said, {"patient_name": said})


def save(turn: Turn, answer: FormAnswer) -> Outcome:
    """The form of a draft or of a sent referral, filled in anew."""
    referral = _own(turn, answer.subject)
    _still_changes(turn, referral)
    before = changes.Before.of(referral)
    shown = _form(turn, referral, "", "", "", "", "")
    read = form_reading.from_form(form_reading.typed_anew(shown, answer.answers), turn.practice, turn.now)
    if read.errors:
        return Outcome(errors=read.errors)
    form_reading.take(referral, read, turn.practice)
    referral.on_behalf_of = _colleague(turn, read.on_behalf_of) or referral.on_behalf_of
    files: Sequence[IncomingFile] = answer.answers.get("files") or ()
    documents.refuse_at_once(files)
    if referral.service_key != before.service_key:
        booking.release(turn, referral, statuses=(AppointmentStatus.PROPOSED, AppointmentStatus.PENDING))
    if referral.state is State.DRAFT:
        turn.tx.save(referral)
        record.audit(turn, AuditAction.CHANGED, "referral.edited", referral.id, referral.office_key)
        documents.receive(turn, referral, files)
        telling.redraw(turn, referral.id)
        return Outcome()
    if errors := _missing_errors(turn, referral, False):
        return Outcome(errors=errors)
    changes.keep(turn, referral, before)
    documents.receive(turn, referral, files)
    return Outcome()


def submit(turn: Turn, referral_id: str) -> None:
    """Send a draft: it gets its reference, its promises, and the practice's thread."""
    referral = record.find(turn, referral_id)
    if referral.state is not State.DRAFT:
        raise NotNow(_already(referral) if referral.reference else record.meanwhile(turn, referral))
    needed = packets.blocking(referral, turn.practice, turn.tx.documents(referral.id))
    if needed:
        wanted = words.listed([details.LABELS[name].lower() for name in needed])
        is_or_are = "are" if len(needed) > 1 or wanted.endswith("s") else "is"
        raise BadInput(f"Not sent yet: {wanted} {is_or_are} still needed. Reply here or press Edit.")
    if referral.sent_by != turn.actor.key:
        referral.on_behalf_of, referral.sent_by = referral.on_behalf_of or referral.sent_by, turn.actor.key
    referral.reference = turn.tx.new_reference()
    referral.submitted_at = turn.now
    referral.assumed = []
    referral.flags = [flag for flag in referral.flags if flag == "safety_escalate_human_now"]
    slot_id = booking.held_slot(turn, referral)
    record.act(turn, referral, Move.SUBMIT, EventKind.SUBMITTED)
    practice_thread = telling.open_practice_thread(turn, referral.id)
    if practice_thread is not None:
        _point_out_twins(turn, referral, practice_thread)
    documents.pass_on(turn, referral)
    due.schedule_documents(turn, referral)
    if slot_id:
        _settle_time(turn, referral, slot_id)


def _point_out_twins(turn: Turn, referral: Referral, practice_thread: Thread) -> None:
    """The practice alone learns that another office has sent the same patient; nothing is merged."""
    for twin in packets.duplicates_elsewhere(turn, referral):
        office = telling.office_of(turn, twin.office_key)
        looks_like = f"This looks like the patient of {twin.reference}"
        said = f"{looks_like}, which {office.name} has sent for the same service."
        fallback = f"{referral.reference}: sent by two offices."
        telling.post(turn, practice_thread, replies.says(said, Tone.WARNING, fallback))


def _already(referral: Referral) -> str:
    return f"It was sent already, as {referral.reference}. Nothing was sent twice."


def _settle_time(turn: Turn, referral: Referral, slot_id: str) -> None:
    try:
        booking.settle(turn, referral, slot_id)
    except TimeTaken:
        _say_time_lost(turn, referral.id)


def _say_time_lost(turn: Turn, referral_id: str) -> None:
    said = (
        "The time you chose can't be had any more. The referral is sent; press Choose a time for another one."
    )
    for thread in turn.tx.threads(referral_id):
        if thread.audience is Audience.OFFICE:
            telling.post(turn, thread, replies.says(said, Tone.WARNING))


def discard(turn: Turn, referral_id: str) -> None:
    """Throw a draft away; nothing of it is sent."""
    referral = record.find(turn, referral_id)
    booking.release(turn, referral)
    record.act(turn, referral, Move.DISCARD, EventKind.DISCARDED)


def choose_service(turn: Turn, referral_id: str, service_key: str) -> None:
    """The service of a draft, chosen by a button."""
    referral = record.find(turn, referral_id)
    if referral.state is not State.DRAFT:
        raise NotNow(record.meanwhile(turn, referral))
    service = packets.service_named(turn.practice, service_key)
    if service is None:
        raise NotFound("That service is no longer offered. Please choose another one.")
    if referral.service_key != service.key:
        booking.release(turn, referral)
    referral.service_key = service.key
    referral.flags = [flag for flag in referral.flags if flag != "unknown_service"]
    turn.tx.save(referral)
    record.audit(turn, AuditAction.CHANGED, "referral.filled", referral.id, referral.office_key)
    telling.redraw(turn, referral.id)
