"""The core's side of the outbox: what a row sends, drawn when it leaves, and how sending it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from referral_bot.cards import elements, replies
from referral_bot.cards.elements import Card, Tone
from referral_bot.desk import documents, own, telling
from referral_bot.desk.turn import Scene
from referral_bot.model import (
    Audience,
    AuditAction,
    AuditEntry,
    Document,
    OutboxKind,
    OutboxMessage,
    OutboxStatus,
    Phi,
    Referral,
    Thread,
)
from referral_bot.store import Transaction

HEAD_GONE: Final = frozenset({"message_not_found", "message_gone"})
"""Codes that say that the message to redraw is no longer there."""
GIVEN_UP: Final = "A message could not be delivered."


@dataclass(frozen=True)
class Outgoing:
    """What leaves for a platform. Exactly one of card, file and fetch says what to do.

    `root` is the message to post under; with `update` that message is redrawn in place instead.
    `retry`: an earlier attempt may have arrived, so look before posting again.
    """

    id: str
    platform: str
    tenant: str
    channel: str
    account: str
    root: str | None
    update: str | None
    card: Card | None
    file: tuple[str, str, bytes] | None
    fetch: tuple[str, Mapping[str, str]] | None
    retry: bool
    subject: str = ""
    """The record that it is about."""
    viewers: tuple[str, ...] = ()
    """By the platform's own ids, whom a head shows the buttons that are theirs alone."""


def prepare(
    tx: Transaction,
    row: OutboxMessage,
    now: datetime,
    phi: Phi,
    not_before: Callable[[Thread], datetime | None] = lambda thread: None,
) -> Outgoing | None:
    """What to send for a row; none, with the row marked, where there is nothing left to do.

    None too, with the row handed back, where its thread can't be written to before some moment: a card
    is drawn when it can leave.
    """
    practice = tx.practice()
    outgoing = None
    thread = tx.get(Thread, row.thread_id) if row.thread_id else None
    later = not_before(thread) if thread is not None else None
    if later is not None:
        row.status, row.leased_until, row.not_before = OutboxStatus.PENDING, None, later
        tx.save(row)
        return None
    if practice is not None:
        scene = Scene(tx, practice, now, phi)
        outgoing = _to_thread(scene, row, thread) if row.thread_id else _elsewhere(scene, row)
    if outgoing is None:
        _mark(tx, row, OutboxStatus.SENT, now)
    return outgoing


def _to_thread(scene: Scene, row: OutboxMessage, thread: Thread | None) -> Outgoing | None:
    if thread is None:
        return None
    update = thread.head if row.kind is OutboxKind.REFRESH else None
    card, file = None, None
    if row.kind is OutboxKind.POST:
        card = elements.load(row.content)
    elif row.kind is OutboxKind.FILE:
        file = _file(scene, str(row.content["document_id"]))
    elif row.kind is OutboxKind.HEAD or thread.head is not None:
        card = telling.head_card(scene, thread)
    if card is None and file is None:
        return None
    return Outgoing(
        id=row.id,
        platform=thread.platform,
        tenant=thread.tenant,
        channel=thread.channel,
        account="",
        root=thread.root,
        update=update,
        card=card,
        file=file,
        fetch=None,
        retry=row.attempts > 0,
        subject=thread.subject_id,
        viewers=own.viewers(scene, thread) if row.kind in (OutboxKind.HEAD, OutboxKind.REFRESH) else (),
    )


def _file(scene: Scene, document_id: str) -> tuple[str, str, bytes] | None:
    document = scene.tx.get(Document, document_id)
    if document is None or not document.ready:
        return None
    return documents.neutral_name(scene, document), document.media_type, document.content


def _elsewhere(scene: Scene, row: OutboxMessage) -> Outgoing | None:
    if row.kind is OutboxKind.FETCH:
        document = scene.tx.get(Document, str(row.content["document_id"]))
        if document is None or document.ready:
            return None
        source = document.source
        fetch = (document.id, source)
        return _outgoing(row, source.get("platform", ""), source.get("tenant", ""), "", None, fetch)
    identity = telling.account_of(scene, row.person_key or "")
    if identity is None:
        return None
    return _outgoing(
        row, identity.platform, identity.tenant, identity.account, elements.load(row.content), None
    )


def _outgoing(
    row: OutboxMessage,
    platform: str,
    tenant: str,
    account: str,
    card: Card | None,
    fetch: tuple[str, Mapping[str, str]] | None,
) -> Outgoing:
    return Outgoing(
        id=row.id,
        platform=platform,
        tenant=tenant,
        channel="",
        account=account,
        root=None,
        update=None,
        card=card,
        file=None,
        fetch=fetch,
        retry=row.attempts > 0,
    )


@dataclass(frozen=True)
class Claim:
    """A row that somebody has in hand, and the leases under which they took it: one, and one more each
    time that it ran out and they were the first to take it again."""

    id: str
    leases: set[datetime | None]

    @classmethod
    def of(cls, row: OutboxMessage) -> Claim:
        """The claim to a row as it was just claimed."""
        return cls(row.id, {row.leased_until})


def still_leased(tx: Transaction, claim: Claim) -> OutboxMessage | None:
    """A claimed row as it stands now; none where it has been sent, or somebody else has it by now.

    Whoever was suspended past their lease must not undo what has become of the row since.
    """
    row = tx.get(OutboxMessage, claim.id)
    if row is None or row.status is OutboxStatus.SENT or row.leased_until not in claim.leases:
        return None
    return row


def delivered(tx: Transaction, claim: Claim, message_id: str, now: datetime) -> None:
    """A row has arrived as `message_id`: its thread knows its root and its head from it."""
    row = still_leased(tx, claim)
    if row is None:
        return
    _mark(tx, row, OutboxStatus.SENT, now, message_id)
    thread = tx.get(Thread, row.thread_id or "")
    if thread is None or row.kind is OutboxKind.REFRESH:
        return
    changed = False
    if thread.root is None:
        thread.root, changed = message_id, True
    if row.kind is OutboxKind.HEAD:
        thread.head, changed = message_id, True
    if changed:
        tx.save(thread)


def failed(tx: Transaction, claim: Claim, code: str, retry_at: datetime | None, now: datetime) -> None:
    """A row did not arrive: it is tried again at `retry_at`, or never; then the practice is told."""
    row = still_leased(tx, claim)
    if row is None:
        return
    row.failure, row.leased_until = code, None
    row.attempts += 1
    if retry_at is not None:
        row.status, row.not_before = OutboxStatus.PENDING, retry_at
        tx.save(row)
        return
    row.status = OutboxStatus.DEAD
    tx.save(row)
    practice = tx.practice()
    if practice:
        _after_giving_up(Scene(tx, practice, now, Phi.MINIMAL), row, code)


def _after_giving_up(scene: Scene, row: OutboxMessage, code: str) -> None:
    """Tell the practice, once a day for each channel or person; of its own channel, tell its managers.

    What the practice itself had to know goes to them as it is. A head that somebody has deleted is posted
    anew, and of other redrawings there is nothing to tell: they say nothing that a message does not.
    """
    thread = scene.tx.get(Thread, row.thread_id or "")
    if thread is not None and row.kind is OutboxKind.REFRESH:
        if code in HEAD_GONE:
            telling.put(scene, thread, OutboxKind.HEAD)
    elif thread is not None and thread.subject_id == telling.NOTICE:
        telling.tell_managers(scene, elements.load(row.content))
    elif scene.tx.first_time(f"dead:{_where(row, thread)}:{scene.now.date()}", scene.now):
        told = replies.says(_given_up(scene, row, thread, code), Tone.WARNING, GIVEN_UP)
        if thread is not None and thread.audience is Audience.PRACTICE:
            telling.tell_managers(scene, told)
        else:
            telling.tell_practice(scene, told)


def _where(row: OutboxMessage, thread: Thread | None) -> str:
    return f"channel {thread.channel}" if thread else f"person {row.person_key}"


def _given_up(scene: Scene, row: OutboxMessage, thread: Thread | None, code: str) -> str:
    """What is said of a row that can't be delivered: whom it was for, about what, and what to do."""
    person = scene.tx.person(row.person_key or "")
    whom = (
        f"in channel {thread.channel}" if thread else f"to {person.name if person else 'a person'} directly"
    )
    referral = scene.tx.get(Referral, thread.subject_id) if thread else None
    about = ""
    if referral is not None and referral.reference:
        office = telling.office_of(scene, referral.office_key)
        about = f" about {referral.reference} of {office.name}"
    return (
        f"A message{about} {whom} could not be delivered ({code}). Please tell them another way. "
        "Once that is mended, `referral-bot outbox resend` sends it."
    )


def resend_dead(tx: Transaction, now: datetime, since: datetime | None = None) -> int:
    """Give rows that were given up another chance, those made before `since` left out; how many they are.

    Each counts as a repetition: it may have arrived after all, so its thread is looked at first.
    """
    rows = [row for row in tx.dead_letters() if since is None or row.created_at >= since]
    for row in rows:
        row.status, row.failure, row.attempts = OutboxStatus.PENDING, None, 1
        row.not_before, row.leased_until = now, None
        tx.save(row)
    if rows:
        tx.audit(
            AuditEntry(
                at=now,
                actor_key=None,
                action=AuditAction.CHANGED,
                what="outbox.resend",
                place="command line",
            )
        )
    return len(rows)


def fetched(
    tx: Transaction,
    claim: Claim,
    document_id: str,
    content: bytes,
    media_type: str,
    now: datetime,
    phi: Phi,
) -> None:
    """A file has been brought in."""
    row, practice = still_leased(tx, claim), tx.practice()
    if row is None or practice is None:
        return
    _mark(tx, row, OutboxStatus.SENT, now)
    documents.fetched(Scene(tx, practice, now, phi), document_id, content, media_type)


def fetch_refused(tx: Transaction, claim: Claim, document_id: str, now: datetime, phi: Phi) -> None:
    """A file can't be brought in; whoever sent it is told."""
    row, practice = still_leased(tx, claim), tx.practice()
    if row is None or practice is None:
        return
    _mark(tx, row, OutboxStatus.SENT, now)
    documents.refuse(Scene(tx, practice, now, phi), document_id, documents.GONE)


def _mark(
    tx: Transaction, row: OutboxMessage, status: OutboxStatus, now: datetime, message_id: str | None = None
) -> None:
    row.status, row.sent_at, row.sent_as, row.leased_until = status, now, message_id, None
    tx.save(row)
