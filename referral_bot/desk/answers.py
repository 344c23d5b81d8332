"""The practice's answers, and questions in either direction."""

from __future__ import annotations

from referral_bot import access
from referral_bot.business_time import BusinessCalendar
from referral_bot.cards import replies
from referral_bot.cards.questions import answered
from referral_bot.desk import booking, record, telling
from referral_bot.desk.due import schedule_steps
from referral_bot.desk.turn import Turn
from referral_bot.errors import BadInput, NotFound, NotNow, Refused
from referral_bot.lifecycle import Move, may_move
from referral_bot.model import (
    Audience,
    AuditAction,
    CallOutcome,
    EventKind,
    OutboxKind,
    Promise,
    PromiseStatus,
    Question,
    Referral,
    Role,
    Side,
)
from referral_bot.practice import PromiseKind, Service, TimeSpan, Urgency

ANSWERS_WITHIN = TimeSpan(amount=4, unit="h")
"""Business time for a question without a service to say it."""


def claim(turn: Turn, referral_id: str) -> None:
    """A person of the practice takes it on; the office learns who."""
    referral = record.find(turn, referral_id)
    owner = turn.tx.person(referral.owner_key) if referral.owner_key else None
    if owner is not None and owner.active:
        raise NotNow(record.meanwhile(turn, referral))
    _claim(turn, referral)


def take_over(turn: Turn, referral_id: str) -> None:
    """Somebody else of the practice goes on with it; what was owed by the one is owed by the other."""
    referral = record.find(turn, referral_id)
    if referral.owner_key == turn.actor.key:
        raise NotNow("You have it already.")
    for question in turn.tx.questions(referral_id=referral.id):
        if question.asked_of is Side.PRACTICE:
            _hand_over(turn, question)
    _claim(turn, referral)


def _hand_over(turn: Turn, question: Question) -> None:
    question.owner_key = turn.actor.key
    turn.tx.save(question)
    for promise in turn.tx.promises(question.id):
        if promise.status is PromiseStatus.OPEN:
            promise.person_key = turn.actor.key
            turn.tx.save(promise)


def _claim(turn: Turn, referral: Referral) -> None:
    referral.owner_key = turn.actor.key
    record.act(turn, referral, Move.CLAIM, EventKind.CLAIMED)


def accept(turn: Turn, referral_id: str) -> None:
    """The practice takes the patient; an unclaimed one is claimed with it."""
    referral = record.find(turn, referral_id)
    booking.claim_quietly(turn, referral)
    record.act(turn, referral, Move.ACCEPT, EventKind.ACCEPTED)


def ask(turn: Turn, referral_id: str, text: str) -> None:
    """Staff ask the office; until the answer the office acts next."""
    referral = record.find(turn, referral_id)
    booking.claim_quietly(turn, referral)
    question = _question(turn, referral.office_key, referral, Side.OFFICE, _words(text, "text"))
    record.act(turn, referral, Move.ASK, EventKind.ASKED_OFFICE, {"text": text, "question_id": question.id})
    question.due_at = referral.due_at or question.due_at
    turn.tx.add(question)


def answer_practice(turn: Turn, referral: Referral, text: str) -> None:
    """The office answers what it was asked; the practice goes on where it was."""
    for question in turn.tx.questions(referral_id=referral.id):
        if question.asked_of is Side.OFFICE:
            _close(turn, question, text)
    record.act(turn, referral, Move.ANSWER, EventKind.OFFICE_ANSWERED, {"text": text})


def ask_practice(turn: Turn, referral: Referral, text: str) -> None:
    """The office asks about its referral; the practice owes an answer."""
    question = _question(turn, referral.office_key, referral, Side.PRACTICE, text)
    turn.tx.add(question)
    _promise_answer(turn, question)
    record.note(turn, referral, EventKind.ASKED_PRACTICE, {"text": text, "question_id": question.id})


def ask_without_patient(turn: Turn, text: str) -> Question:
    """The office asks without sending a patient: a person answers in the same thread."""
    question = _question(turn, turn.actor.office_key or "", None, Side.PRACTICE, text)
    turn.tx.add(question)
    _promise_answer(turn, question)
    record.audit(turn, AuditAction.CHANGED, "question.asked", question.id)
    root = turn.place.root or turn.place.message
    known = turn.tx.thread_at(turn.place.platform, turn.place.channel, root) if root else None
    if known is None:
        known = telling.open_thread(turn, question.id, Audience.OFFICE, turn.place)
    elif turn.tx.get(Referral, known.subject_id) is None:
        known.subject_id = question.id
        turn.tx.save(known)
    telling.put(turn, known, OutboxKind.HEAD)
    telling.open_practice_thread(turn, question.id)
    return question


def ask_on(turn: Turn, text: str) -> None:
    """More words in a question's thread: part of it while it is open, a question of its own afterwards."""
    thread = turn.tx.thread_at(turn.place.platform, turn.place.channel, turn.place.root)
    question = turn.tx.get(Question, thread.subject_id) if thread else None
    if question is None or question.answered_at is not None:
        ask_without_patient(turn, text)
        return
    question.text = f"{question.text}\n{text}"
    turn.tx.save(question)
    record.audit(turn, AuditAction.CHANGED, "question.continued", question.id)
    for one in turn.tx.threads(question.id):
        if one.audience is Audience.PRACTICE:
            shown = telling.question_words(turn, question, text)
            telling.post(turn, one, replies.added(turn.actor, shown))
        telling.put(turn, one, OutboxKind.REFRESH)


def answer_office(turn: Turn, question_id: str, text: str) -> None:
    """Staff answer an office's question; the first answer counts, more may be told."""
    question = to_answer(turn, question_id)
    if question.answered_at is not None:
        raise NotNow("It has been answered already. Mention me in the thread to tell them more: tell them …")
    _close(turn, question, _words(text, "text"))
    _keep_promise(turn, question)
    # Not by `record.find`: a question may have become a draft, which staff don't see.
    referral = turn.tx.get(Referral, question.referral_id) if question.referral_id else None
    if referral is not None:
        if referral.owner_key is None and may_move(referral, Move.CLAIM):
            _claim(turn, referral)
        record.note(turn, referral, EventKind.PRACTICE_ANSWERED, {"text": text, "question_id": question.id})
    else:
        record.audit(turn, AuditAction.CHANGED, "question.answered", question.id, question.office_key)
    for thread in turn.tx.threads(question.id):
        if thread.audience is Audience.OFFICE:
            shown = telling.question_words(turn, question, question.answer or "")
            telling.post(turn, thread, answered(question, turn.actor, shown))
        telling.put(turn, thread, OutboxKind.REFRESH)


def to_answer(turn: Turn, question_id: str) -> Question:
    """A question to the practice, for its staff. Raises Refused for anybody else."""
    question = find_question(turn, question_id)
    if turn.actor.side is not Side.PRACTICE or question.asked_of is not Side.PRACTICE:
        raise Refused("That is for the other side to answer.")
    return question


def find_question(turn: Turn, question_id: str) -> Question:
    """The question of this id, if the actor may know of it."""
    question = turn.tx.get(Question, question_id)
    if question is None or not access.may_see_question(turn.actor, question):
        raise NotFound("I know of no such question.")
    return question


def tell_office(turn: Turn, referral: Referral, text: str) -> None:
    """Relay words of the staff to the office; an open question of the office is answered with it."""
    open_questions = [q for q in turn.tx.questions(referral_id=referral.id) if q.asked_of is Side.PRACTICE]
    if open_questions:
        answer_office(turn, open_questions[-1].id, text)
        return
    record.note(turn, referral, EventKind.TOLD, {"text": _words(text, "text")})


def decline(turn: Turn, referral_id: str, reason: str, text: str, alternative: str) -> None:
    """The practice doesn't take the patient: with a reason, and what to do instead."""
    referral = record.find(turn, referral_id)
    if not alternative.strip():
        raise BadInput("An alternative is needed.", {"alternative": "Say where else, or what would help."})
    booking.claim_quietly(turn, referral)
    booking.release(turn, referral, "prov")
    detail = {"reason": reason, "text": text, "alternative": alternative}
    record.act(turn, referral, Move.DECLINE, EventKind.DECLINED, detail, outcome=reason)


def log_call(turn: Turn, referral_id: str, outcome: CallOutcome, note: str) -> None:
    """A call to the patient and how it went; the office hears it in its thread."""
    referral = record.find(turn, referral_id)
    booking.claim_quietly(turn, referral)
    earlier = sum(event.kind is EventKind.CALLED for event in turn.tx.events(referral.id))
    detail = {"outcome": outcome.value, "note": note, "attempt": earlier + 1}
    record.act(turn, referral, Move.CALL, EventKind.CALLED, detail)


def _question(turn: Turn, office_key: str, referral: Referral | None, asked_of: Side, text: str) -> Question:
    service = turn.practice.service(referral.service_key) if referral and referral.service_key else None
    urgency = referral.urgency if referral else None
    due_at = BusinessCalendar(turn.practice).add(turn.now, _span(service, urgency))
    return Question(
        id=turn.tx.new_id(),
        referral_id=referral.id if referral else None,
        office_key=office_key,
        asked_of=asked_of,
        asked_by=turn.actor.key,
        asked_at=turn.now,
        due_at=due_at,
        owner_key=referral.owner_key if referral else None,
        text=text,
    )


def _span(service: Service | None, urgency: Urgency | None) -> TimeSpan:
    """An answer takes as long as an acknowledgement."""
    if service is None:
        return ANSWERS_WITHIN
    return service.promised(PromiseKind.ACKNOWLEDGE, urgency or Urgency.ROUTINE)


def _close(turn: Turn, question: Question, text: str) -> None:
    question.answer, question.answered_at, question.answered_by = text, turn.now, turn.actor.key
    turn.tx.save(question)


def _promise_answer(turn: Turn, question: Question) -> None:
    promise = Promise(
        id=turn.tx.new_id(),
        subject_id=question.id,
        kind=PromiseKind.ANSWER,
        owed_by=Side.PRACTICE,
        role=Role.INTAKE,
        person_key=question.owner_key,
        made_at=turn.now,
        due_at=question.due_at,
    )
    turn.tx.add(promise)
    schedule_steps(turn, promise)


def _keep_promise(turn: Turn, question: Question) -> None:
    for promise in turn.tx.promises(question.id):
        if promise.status is PromiseStatus.OPEN:
            late = turn.now > promise.due_at
            promise.status = PromiseStatus.BROKEN if late else PromiseStatus.KEPT
            promise.ended_at, promise.person_key = turn.now, turn.actor.key
            turn.tx.save(promise)


def _words(text: str, field: str) -> str:
    if not text.strip():
        raise BadInput("There is nothing to send yet.", {field: "Please write something."})
    return text.strip()
