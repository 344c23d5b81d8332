"""One move on a referral, with everything that belongs to it: event, promises, audit, and what is told."""

from __future__ import annotations

from typing import Any, Final

from referral_bot import access, lifecycle, promises
from referral_bot.cards import words
from referral_bot.desk import due, telling
from referral_bot.desk.turn import Scene, Turn
from referral_bot.errors import NotNow
from referral_bot.lifecycle import TERMINAL, Move
from referral_bot.model import (
    AuditAction,
    AuditEntry,
    Event,
    EventKind,
    Referral,
    Side,
)


def find(turn: Turn, referral_id: str) -> Referral:
    """The referral of this id, if the actor may know of it. Raises NotFound, alike for all other cases."""
    return access.see(turn.actor, turn.tx.get(Referral, referral_id))


def act(
    turn: Turn,
    referral: Referral,
    move: Move,
    kind: EventKind,
    detail: dict[str, Any] | None = None,
    outcome: str | None = None,
) -> Event:
    """Make a move: state, promises, event, audit and messages, all in this turn's transaction.

    Raises Refused if the actor may not, NotNow with what happened meanwhile if the state does not allow it.
    """
    access.check(turn.actor, move, referral)
    if not lifecycle.may_move(referral, move):
        raise NotNow(meanwhile(turn, referral))
    make(turn, referral, move, by=turn.actor.side)
    if referral.state in TERMINAL:
        _end(turn, referral, outcome)
    return note(turn, referral, kind, detail)


def make(scene: Scene, referral: Referral, move: Move, *, by: Side) -> None:
    """Change a referral's state by a move, and what is owed with it."""
    lifecycle.make(referral, move)
    before = scene.tx.promises(referral.id)
    keep(
        scene,
        referral,
        promises.after(move, referral, before, scene.practice, scene.now, scene.tx.new_id, by=by),
    )


def keep(scene: Scene, referral: Referral, ledger: promises.Ledger) -> None:
    """Keep what a move did to the promises, and write down their next steps."""
    for promise in ledger.made:
        scene.tx.add(promise)
    for promise in ledger.changed:
        scene.tx.save(promise)
    due.schedule_promises(scene, referral, ledger)


def _end(turn: Turn, referral: Referral, outcome: str | None) -> None:
    """An ended referral has a reason, and nobody owes anybody an answer about it."""
    referral.ended_at = turn.now
    referral.outcome = outcome or referral.state.value
    for question in turn.tx.questions(referral_id=referral.id):
        question.answered_at = turn.now
        turn.tx.save(question)
        ledger = promises.Ledger(turn.tx.promises(question.id), turn.now, turn.tx.new_id)
        ledger.withdraw()
        keep(turn, referral, ledger)


def note(turn: Turn, referral: Referral, kind: EventKind, detail: dict[str, Any] | None = None) -> Event:
    """Keep a changed referral with what happened to it, and tell whoever may know."""
    turn.tx.save(referral)
    behalf = referral.on_behalf_of if turn.actor.key == referral.sent_by else None
    event = happened(turn, referral.id, kind, turn.actor.key, detail, behalf)
    audit(turn, AuditAction.CHANGED, f"referral.{kind.value}", referral.id, referral.office_key, behalf)
    telling.tell(turn, referral, event)
    return event


def happened(
    scene: Scene,
    subject_id: str,
    kind: EventKind,
    actor_key: str | None,
    detail: dict[str, Any] | None = None,
    on_behalf_of: str | None = None,
) -> Event:
    """Append an event to a subject's history."""
    event = Event(
        id=scene.tx.new_id(),
        subject_id=subject_id,
        seq=0,
        kind=kind,
        at=scene.now,
        actor_key=actor_key,
        on_behalf_of=on_behalf_of,
        detail=detail or {},
    )
    scene.tx.add(event)
    return event


def audit(
    turn: Turn,
    action: AuditAction,
    what: str,
    subject_id: str | None = None,
    office_key: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Write what the actor did, saw or was refused into the record."""
    turn.tx.audit(
        AuditEntry(
            at=turn.now,
            actor_key=turn.actor.key,
            on_behalf_of=on_behalf_of,
            action=action,
            what=what,
            subject_id=subject_id or None,
            office_key=office_key or turn.actor.office_key,
            place=f"{turn.place.platform}:{turn.place.channel}",
        )
    )


_DONE: Final[dict[EventKind, str]] = {
    EventKind.SUBMITTED: "sent it",
    EventKind.DISCARDED: "discarded it",
    EventKind.CLAIMED: "claimed it",
    EventKind.ACCEPTED: "accepted it",
    EventKind.ASKED_OFFICE: "asked the office about it",
    EventKind.OFFICE_ANSWERED: "answered the question about it",
    EventKind.BOOKED: "booked it",
    EventKind.APPOINTMENT_CANCELLED: "cancelled the appointment of it",
    EventKind.DECLINED: "declined it",
    EventKind.ARRIVED: "marked the patient arrived for it",
    EventKind.NO_SHOW: "marked a no-show for it",
    EventKind.SEEN: "marked the patient seen for it",
    EventKind.REPORT_SENT: "sent the report of it",
    EventKind.HELD: "put it on hold",
    EventKind.RESUMED: "resumed it",
    EventKind.CLOSED: "closed it",
    EventKind.REOPENED: "reopened it",
    EventKind.CANCELLED: "cancelled it",
}
"""What changes where a referral stands, as it is told to somebody who came too late."""


def meanwhile(turn: Turn, referral: Referral) -> str:
    """What happened to a referral and by whom, for somebody who pressed a button too late."""
    last = next((event for event in reversed(turn.tx.events(referral.id)) if event.kind in _DONE), None)
    state = words.STATES[referral.state].lower()
    if last is None:
        return f"Nothing was changed: it is {state}."
    person = turn.tx.person(last.actor_key or "")
    name = "You" if last.actor_key == turn.actor.key else (person.name if person else "The bot")
    when = words.moment(last.at, telling.zone_of_actor(turn), turn.now)
    return f"Nothing was changed: {name} {_DONE[last.kind]} at {when}. Now: {state}."
