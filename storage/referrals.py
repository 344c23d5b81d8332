"""The referrals' part of a transaction: referrals, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, and_, bindparam, delete, insert, not_, or_, select, update

from referral_bot.errors import TimeTaken
from referral_bot.model import (
    Appointment,
    AppointmentStatus,
    Document,
    Event,
    Promise,
    Question,
    Referral,
    Side,
)
from storage import patient_keys, tables
from storage.columns import one_of
from storage.records import APPOINTMENTS, DOCUMENTS, EVENTS, PROMISES, QUESTIONS, REFERRALS, Finder, given
from storage.statements import AnyInsert, Statement, Upsert
from storage.work import Connection, Work

_REFERRAL = tables.REFERRAL.c
_QUESTION = tables.QUESTION.c
_APPOINTMENT = tables.APPOINTMENT.c
_KEY = tables.PATIENT_KEY.c
_CONTENT = tables.DOCUMENT_CONTENT.c
_LIMIT = bindparam("limit", type_=Integer())

_BY_REFERENCE = REFERRALS.where(_REFERRAL.reference == bindparam("reference"))
_DRAFTS = REFERRALS.where(
    tables.IS_DRAFT,
    _REFERRAL.sent_by == bindparam("sent_by"),
    order=[_REFERRAL.started_at.desc(), _REFERRAL.id],
)
_EVENTS = EVENTS.where(tables.EVENT.c.subject_id == bindparam("subject_id"), order=[tables.EVENT.c.seq])
_PROMISES = Finder(PROMISES, "subject_id", order=[tables.PROMISE.c.position])
_PROMISES_DUE = PROMISES.where(
    tables.PROMISE.c.owed_by == Side.PRACTICE,
    tables.PROMISE.c.due_at >= bindparam("since"),
    tables.PROMISE.c.due_at < bindparam("until"),
    order=[tables.PROMISE.c.due_at, tables.PROMISE.c.id],
)
_APPOINTMENTS = Finder(APPOINTMENTS, "referral_id", order=[_APPOINTMENT.starts_at, _APPOINTMENT.id])
_DOCUMENTS = Finder(DOCUMENTS, "subject_id", order=[tables.DOCUMENT.c.position])

_IS_UNANSWERED = _QUESTION.answered_at.is_(None)
_BY_ASKING = (_QUESTION.asked_at, _QUESTION.id)
_QUESTIONS = Finder(QUESTIONS, "referral_id", order=_BY_ASKING)
_OPEN_QUESTIONS = Finder(QUESTIONS, "referral_id", _IS_UNANSWERED, order=_BY_ASKING)
_QUESTIONS_APART = QUESTIONS.where(_QUESTION.referral_id.is_(None), order=_BY_ASKING)
_OPEN_QUESTIONS_APART = QUESTIONS.where(_QUESTION.referral_id.is_(None), _IS_UNANSWERED, order=_BY_ASKING)

_IN_THE_WAY = APPOINTMENTS.where(
    tables.TAKES_TIME,
    _APPOINTMENT.provider_key == bindparam("provider_key"),
    _APPOINTMENT.starts_at == bindparam("starts_at"),
    _APPOINTMENT.id != bindparam("id"),
)
_LET_GO = Statement(
    update(tables.APPOINTMENT)
    .where(_APPOINTMENT.id == bindparam("id"))
    .values(status=AppointmentStatus.CANCELLED, version=_APPOINTMENT.version + 1)
)
_TAKING_TIME = frozenset(
    {
        AppointmentStatus.PROPOSED,
        AppointmentStatus.PENDING,
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
    }
)

_KEYS = Statement(
    select(_KEY.kind, _KEY.hash, _KEY.office_key).where(_KEY.referral_id == bindparam("referral_id"))
)
_ADD_KEY = Statement(insert(tables.PATIENT_KEY).values(given(tables.PATIENT_KEY.columns)))
_DROP_KEYS = Statement(delete(tables.PATIENT_KEY).where(_KEY.referral_id == bindparam("referral_id")))

_READ_CONTENT = Statement(select(_CONTENT.sealed).where(_CONTENT.id == bindparam("id")))


def _put_content(insert: AnyInsert) -> AnyInsert:
    new = insert.values(id=bindparam("id"), sealed=bindparam("sealed"))
    return new.on_conflict_do_update(index_elements=["id"], set_={"sealed": new.excluded.sealed})


_PUT_CONTENT = Upsert(tables.DOCUMENT_CONTENT, _put_content)


@lru_cache
def _listed(of_office: bool, open_only: bool) -> Statement:
    conditions: list[ColumnElement[bool]] = [
        tables.IS_OPEN if open_only else _REFERRAL.submitted_at.is_not(None)
    ]
    if of_office:
        conditions.append(_REFERRAL.office_key == bindparam("office_key"))
    order = (_REFERRAL.due_at.nulls_last(), _REFERRAL.submitted_at.desc(), _REFERRAL.id)
    return Statement(select(*REFERRALS.selected).where(*conditions).order_by(*order).limit(_LIMIT))


@lru_cache
def _found(words: int, keys: int, of_office: bool) -> Statement:
    """Submitted referrals that carry, for each word, its hash under one of the ring's keys."""
    conditions: list[ColumnElement[bool]] = [_REFERRAL.submitted_at.is_not(None)]
    for word in range(words):
        carrying = select(_KEY.referral_id).where(
            _KEY.hash.in_([bindparam(f"hash_{word}_{key}", type_=_KEY.hash.type) for key in range(keys)])
        )
        if of_office:
            carrying = carrying.where(_KEY.office_key == bindparam("office_key"))
        conditions.append(_REFERRAL.id.in_(carrying))
    order = (_REFERRAL.submitted_at.desc(), _REFERRAL.id)
    return Statement(select(*REFERRALS.selected).where(*conditions).order_by(*order).limit(_LIMIT))


@lru_cache
def _busy(providers: int) -> Statement:
    over = and_(
        one_of(_APPOINTMENT.status, AppointmentStatus.PROPOSED), _APPOINTMENT.held_until <= bindparam("now")
    )
    return APPOINTMENTS.where(
        tables.TAKES_TIME,
        _APPOINTMENT.provider_key.in_([bindparam(f"provider_{place}") for place in range(providers)]),
        _APPOINTMENT.starts_at < bindparam("end"),
        _APPOINTMENT.ends_at > bindparam("start"),
        or_(_APPOINTMENT.held_until.is_(None), not_(over)),
        order=[_APPOINTMENT.starts_at, _APPOINTMENT.id],
    )


class ReferralWork(Work):
    """Finds referrals and what hangs on them, and keeps patients findable and times taken once."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._holds_over_by: datetime | None = None

    # -- finding referrals

    def referral_by_reference(self, reference: str) -> Referral | None:
        """The referral with this reference, in any office: the caller checks who may know."""
        return self._record(REFERRALS, _BY_REFERENCE, reference=reference)

    def referrals(
        self, *, office_key: str | None = None, open_only: bool = True, limit: int = 200
    ) -> list[Referral]:
        """Submitted referrals, of one office or of all; the soonest due first, then the newest."""
        statement = _listed(office_key is not None, open_only)
        return self._records(REFERRALS, statement, office_key=office_key, limit=limit)

    def referrals_by_patient(
        self,
        *,
        office_key: str | None = None,
        last: str | None = None,
        first: str | None = None,
        dob: date | None = None,
        limit: int = 50,
    ) -> list[Referral]:
        """Submitted referrals whose patient matches every part given, found by keyed hashes; newest first.

        Names match as whole words, without case and accents; either word of a double name matches. A
        part in which there is nothing to search by matches nobody.
        """
        if not self._searchable(last, first, dob):
            return []
        ring = self._connection.ring
        words = [ring.find_hashes(kind, word) for kind, word in patient_keys.asked(last, first, dob)]
        hashes = {
            f"hash_{place}_{key}": found
            for place, under in enumerate(words)
            for key, found in enumerate(under)
        }
        statement = _found(len(words), len(ring.ids), office_key is not None)
        return self._records(REFERRALS, statement, office_key=office_key, limit=limit, **hashes)

    @staticmethod
    def _searchable(last: str | None, first: str | None, dob: date | None) -> bool:
        named = [patient_keys.words(name) for name in (last, first) if name is not None]
        return all(named) and (bool(named) or dob is not None)

    def drafts(self, sent_by: str) -> list[Referral]:
        """A person's open drafts, newest first."""
        return self._records(REFERRALS, _DRAFTS, sent_by=sent_by)

    def _keep_findable(self, referral: Referral) -> None:
        """Bring the patient's keys up to date. Drafts have none: nobody may find them by their patient."""
        if referral.submitted_at is None:
            return
        wanted = patient_keys.hashes(referral.packet, self._connection.ring)
        kept = self._rows(_KEYS, referral_id=referral.id)
        if kept:
            same_office = all(row["office_key"] == referral.office_key for row in kept)
            if same_office and {(row["kind"], row["hash"]) for row in kept} == wanted:
                return
            self._run(_DROP_KEYS, referral_id=referral.id)
        for kind, found in sorted(wanted):
            row = {"referral_id": referral.id, "kind": kind, "hash": found, "office_key": referral.office_key}
            self._later(_ADD_KEY, row)

    # -- what hangs on them

    def events(self, subject_id: str) -> list[Event]:
        """A subject's events in order."""
        return self._records(EVENTS, _EVENTS, subject_id=subject_id)

    def questions(self, *, referral_id: str | None = None, open_only: bool = True) -> list[Question]:
        """Questions of a referral, or of no referral for None; oldest first."""
        if referral_id is None:
            return self._records(QUESTIONS, _OPEN_QUESTIONS_APART if open_only else _QUESTIONS_APART)
        return self._find(_OPEN_QUESTIONS if open_only else _QUESTIONS, referral_id)

    def promises(self, subject_id: str) -> list[Promise]:
        """Every promise of a subject, ended ones too, in the order they were made."""
        return self._find(_PROMISES, subject_id)

    def promises_due(self, since: datetime, until: datetime) -> list[Promise]:
        """Every promise of the practice, of any subject, that is or was due in a time; by due time."""
        return self._records(PROMISES, _PROMISES_DUE, since=since, until=until)

    # -- appointments

    def appointments(self, referral_id: str) -> list[Appointment]:
        """A referral's appointments and holds, cancelled ones too, by start."""
        return self._find(_APPOINTMENTS, referral_id)

    def busy(
        self, provider_keys: Iterable[str], start: datetime, end: datetime, now: datetime
    ) -> list[Appointment]:
        """What takes these providers' time between two moments, by start; holds that are over do not."""
        self._holds_over_by = now
        keys = list(provider_keys)
        if not keys:
            return []
        providers = {f"provider_{place}": key for place, key in enumerate(keys)}
        return self._records(APPOINTMENTS, _busy(len(keys)), start=start, end=end, now=now, **providers)

    def lock_provider(self, provider_key: str) -> None:
        """Keep every other transaction from taking this provider's time until this one ends.

        Where one writer runs one transaction after the other, there is nothing to do.
        """

    def _make_room(self, appointment: Appointment) -> None:
        """Raise TimeTaken if another appointment takes this one's start.

        A hold gives way that was over by the time that this transaction asked `busy` about.
        """
        if appointment.status not in _TAKING_TIME:
            return
        for other in self._records(APPOINTMENTS, _IN_THE_WAY, **appointment.__dict__):
            if not self._is_over(other):
                raise TimeTaken("That time was taken in the meantime. Choose another.")
            self._run(_LET_GO, id=other.id)

    def _is_over(self, hold: Appointment) -> bool:
        return (
            hold.status is AppointmentStatus.PROPOSED
            and hold.held_until is not None
            and self._holds_over_by is not None
            and hold.held_until <= self._holds_over_by
        )

    # -- documents

    def documents(self, subject_id: str) -> list[Document]:
        """A subject's documents without their content, in the order they came."""
        return self._find(_DOCUMENTS, subject_id)

    def _keep_content(self, document: Document) -> None:
        """Keep a document's bytes; none leave what is kept, since lists give documents without theirs."""
        if document.content:
            sealed = self._connection.ring.seal(document.content, tables.DOCUMENT_CONTENT.name, document.id)
            self._later(_PUT_CONTENT, {"id": document.id, "sealed": sealed})

    def _with_content(self, document: Document) -> Document:
        for row in self._rows(_READ_CONTENT, id=document.id):
            document.content = self._connection.ring.open(
                row["sealed"], tables.DOCUMENT_CONTENT.name, document.id
            )
        return document
