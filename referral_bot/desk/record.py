"""One move on a referral, with everything that belongs to it: event, promises, audit, and what is told."""

from __future__ import annotations

from typing import Any

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
    lifecycle.make(referral, move)
    _end(referral, turn, outcome)
    before = turn.tx.promises(referral.id)
    ledger = promises.after(
        move, referral, before, turn.practice, turn.now, turn.tx.new_id, by=turn.actor.side
    )
    for promise in ledger.made:
        turn.tx.add(promise)
    for promise in ledger.changed:
        turn.tx.save(promise)
    due.schedule_promises(turn, referral, ledger)
    return note(turn, referral, kind, detail)


def _end(referral: Referral, turn: Turn, outcome: str | None) -> None:
    if referral.state in TERMINAL:
        referral.ended_at = turn.now
        referral.outcome = outcome or referral.state.value


def note(turn: Turn, referral: Referral, kind: EventKind, detail: dict[str, Any] | None = None) -> Event:
    """Keep a changed referral with what happened to it, and tell whoever may know."""
    turn.tx.save(referral)
    behalf = referral.on_behalf_of if turn.actor.key == referral.sent_by else None
    event = happened(turn, referral.id, kind, turn.actor.key, detail, behalf)
    audit(turn, AuditAction.CHANGED, f"referral.{kind.value}", referral.id, referral.office_key)
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
    turn: Turn, action: AuditAction, what: str, subject_id: str | None = None, office_key: str | None = None
) -> None:
    """Write what the actor did, saw or was refused into the record."""
    turn.tx.audit(
        AuditEntry(
            at=turn.now,
            actor_key=turn.actor.key,
            action=action,
            what=what,
            subject_id=subject_id or None,
            office_key=office_key or turn.actor.office_key,
            place=f"{turn.place.platform}:{turn.place.channel}",
        )
    )


def meanwhile(turn: Turn, referral: Referral) -> str:
    """What happened to a referral and by whom, for somebody who pressed a button too late."""
    last = next((event for event in reversed(turn.tx.events(referral.id)) if event.actor_key), None)
    state = words.STATES[referral.state].lower()
    if last is None:
        return f"Nothing was changed: it is {state}."
    person = turn.tx.person(last.actor_key or "")
    name = "You" if last.actor_key == turn.actor.key else (person.name if person else "Somebody")
    when = words.moment(last.at, telling.zone_of_actor(turn), turn.now)
    return f"Nothing was changed: {name} was first, at {when}. It is {state} now."
