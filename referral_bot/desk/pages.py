"""What the page behind a link shows: one document, to the person for whom the link was made."""

from __future__ import annotations

from datetime import datetime

from referral_bot import access
from referral_bot.model import AuditAction, AuditEntry, Document, Referral
from referral_bot.store import Transaction


def open_document(tx: Transaction, document_id: str, person_key: str, now: datetime) -> Document | None:
    """The document, if this person may still see it; none otherwise. Either is kept in the record."""
    document, person = tx.get(Document, document_id), tx.person(person_key)
    referral = tx.get(Referral, document.subject_id) if document is not None else None
    may = person is not None and referral is not None and access.may_see(person, referral)
    tx.audit(
        AuditEntry(
            at=now,
            actor_key=person_key,
            action=AuditAction.VIEWED if may else AuditAction.REFUSED,
            what="document.open",
            subject_id=referral.id if referral is not None else None,
            office_key=referral.office_key if referral is not None else None,
            place="page",
        )
    )
    return document if may and document is not None and document.ready else None
