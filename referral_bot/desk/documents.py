"""Files: received from either side, fetched and checked, shown or passed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from referral_bot.cards import replies
from referral_bot.cards.elements import Tone
from referral_bot.desk import record, telling
from referral_bot.desk.turn import IncomingFile, PageLink, Scene, Turn
from referral_bot.errors import BadInput
from referral_bot.model import (
    Audience,
    AuditAction,
    Document,
    EventKind,
    OutboxKind,
    OutboxMessage,
    Person,
    Phi,
    Referral,
    Side,
    State,
)

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one file."""
SUFFIXES: Final[dict[str, str]] = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/msword": ".doc",
    "text/plain": ".txt",
}
ALLOWED: Final[dict[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
    "application/msword": (b"\xd0\xcf\x11\xe0",),
    "text/plain": (),
}
"""Types of files that are taken, and what such a file begins with."""
TOO_LARGE: Final = "it is larger than 20 MB. Please split it, or send it by fax."
NOT_A_TYPE: Final = "only PDF, images, Word and text files are taken. Please send it as a PDF, or by fax."
GONE: Final = "it could not be fetched. Please send it again."


def receive(
    turn: Turn, referral: Referral, files: Sequence[IncomingFile], *, is_report: bool = False
) -> None:
    """Note files that came with a message or form; each is fetched, and refused ones are said."""
    for file in files:
        document = Document(
            id=turn.tx.new_id(),
            subject_id=referral.id,
            added_by=turn.actor.key,
            added_at=turn.now,
            is_report=is_report,
            media_type=file.media_type,
            size=file.size,
            name=file.name,
            source={**file.source, "platform": turn.place.platform, "tenant": turn.place.tenant},
        )
        # Of another organisation's file nothing is told before it has been fetched.
        if file.media_type and (why := refusal(file.media_type, file.size, None)):
            _say_refused(turn, referral, turn.actor.side, why)
            continue
        turn.tx.add(document)
        record.audit(turn, AuditAction.CHANGED, "document.added", referral.id, referral.office_key)
        _fetch(turn, document)


def _fetch(scene: Scene, document: Document) -> None:
    scene.tx.add(
        OutboxMessage(
            id=scene.tx.new_id(),
            kind=OutboxKind.FETCH,
            created_at=scene.now,
            not_before=scene.now,
            content={"document_id": document.id},
        )
    )


def refusal(media_type: str, size: int, content: bytes | None) -> str | None:
    """Why a file isn't taken, by its size, type, and what it really begins with; none if it is."""
    if size > LARGEST:
        return TOO_LARGE
    begins = ALLOWED.get(media_type)
    if begins is None:
        return NOT_A_TYPE
    if content is None:
        return None
    if media_type == "text/plain":
        return NOT_A_TYPE if b"\x00" in content else None
    return None if content.startswith(begins) else NOT_A_TYPE


def refuse_at_once(files: Sequence[IncomingFile]) -> None:
    """Raise BadInput where it can be seen already that one of a form's files isn't taken."""
    for file in files:
        why = refusal(file.media_type, file.size, None) if file.media_type else None
        if why:
            raise BadInput("A file can't be taken.", {"files": f"{why[0].upper()}{why[1:]}"})


def _say_refused(scene: Scene, referral: Referral, giver: Side, why: str) -> None:
    """Say it to the side that sent the file; the other one never saw it."""
    audience = Audience.OFFICE if giver is Side.OFFICE else Audience.PRACTICE
    for thread in scene.tx.threads(referral.id):
        if thread.audience is audience:
            telling.post(scene, thread, replies.says(f"A file was not taken: {why}", Tone.WARNING))


def fetched(scene: Scene, document_id: str, content: bytes, media_type: str) -> None:
    """A file has arrived: it is checked by its content, kept sealed, and passed on."""
    document = scene.tx.get(Document, document_id)
    if document is None:
        return
    if why := refusal(media_type, len(content), content):
        refuse(scene, document_id, why)
        return
    document.content, document.size, document.media_type = content, len(content), media_type
    document.source, document.ready = {}, True
    scene.tx.save(document)
    referral = scene.tx.get(Referral, document.subject_id)
    if referral is None:
        return
    if referral.state is State.DRAFT:
        telling.redraw(scene, referral.id)
    else:
        _pass_on(scene, referral, document)


def refuse(scene: Scene, document_id: str, why: str) -> None:
    """A file can't be taken; whoever sent it is told why."""
    document = scene.tx.get(Document, document_id)
    referral = scene.tx.get(Referral, document.subject_id) if document else None
    giver = scene.tx.person(document.added_by) if document else None
    if referral is not None and giver is not None:
        _say_refused(scene, referral, giver.side, why)


def pass_on(turn: Turn, referral: Referral) -> None:
    """Pass on what was collected with a draft, once it is sent."""
    for document in turn.tx.documents(referral.id):
        if document.ready:
            _pass_on(turn, referral, document)


def _pass_on(scene: Scene, referral: Referral, document: Document) -> None:
    if not document.is_report:
        event = record.happened(scene, referral.id, EventKind.FILE_ADDED, document.added_by)
        telling.tell(scene, referral, event)
    else:
        telling.redraw(scene, referral.id)
    if scene.phi is not Phi.FULL:
        return
    giver = scene.tx.person(document.added_by)
    receiver = Audience.PRACTICE if giver and giver.side is Side.OFFICE else Audience.OFFICE
    for thread in scene.tx.threads(referral.id):
        if thread.audience is receiver:
            telling.put(scene, thread, OutboxKind.FILE, {"document_id": document.id})


def neutral_name(scene: Scene, document: Document) -> str:
    """A name for a file that leaves: its own may name the patient, and would stand in lists and downloads."""
    referral = scene.tx.get(Referral, document.subject_id)
    kind = "report" if document.is_report else "document"
    reference = referral.reference if referral and referral.reference else "draft"
    return f"{reference}-{kind}-{document.id[-6:]}{SUFFIXES.get(document.media_type, '')}"


def links(
    scene: Scene, referral: Referral, person: Person, page_link: PageLink, *, reports: bool
) -> list[tuple[str, str]]:
    """A referral's files, each with the address of a page that shows it to this person once."""
    return [
        (document.name, page_link(document.id, person.key, scene.now))
        for document in scene.tx.documents(referral.id)
        if document.ready and (document.is_report or not reports)
    ]
