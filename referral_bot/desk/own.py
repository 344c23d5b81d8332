"""Cards as one person sees them: with the buttons that are theirs to press."""

from __future__ import annotations

from dataclasses import replace

from referral_bot import access
from referral_bot.cards import elements
from referral_bot.cards.elements import Button, Buttons, Card
from referral_bot.desk import telling
from referral_bot.desk.turn import Scene, Turn
from referral_bot.model import Audience, OutboxKind, Person, Question, Referral, Thread


def card_at(turn: Turn, thread: Thread) -> Card | None:
    """What the message of the turn's place shows in a thread, for the actor; none if it isn't theirs to see.

    Raises NotFound for a referral that the actor may not know of.
    """
    referral = turn.tx.get(Referral, thread.subject_id)
    if referral is not None:
        access.see(turn.actor, referral)
    else:
        question = turn.tx.get(Question, thread.subject_id)
        if question is None or not access.may_see_question(turn.actor, question):
            return None
    if turn.place.message == thread.head:
        card = telling.head_card(turn, thread)
        return own(card, turn.actor, referral) if card and referral else card
    posted = (row for row in turn.tx.outbox(thread.id) if row.sent_as == turn.place.message)
    row = next(posted, None)
    return elements.load(row.content) if row is not None and row.kind is OutboxKind.POST else None


def viewers(scene: Scene, thread: Thread) -> tuple[str, ...]:
    """By the platform's own ids, those whose view of a thread's head has other buttons."""
    if thread.audience is not Audience.PRACTICE:
        return ()
    referral = scene.tx.get(Referral, thread.subject_id)
    if referral is None or referral.owner_key is None:
        return ()
    known = scene.tx.identities(referral.owner_key)
    accounts = [identity.account for identity in known if identity.platform == thread.platform]
    return tuple(scene.tx.members(thread.platform, accounts))


def own(card: Card, person: Person, referral: Referral) -> Card:
    """A referral's head with the buttons that this person can use: nobody takes over from themselves."""
    kept = tuple(_without(element, person, referral) for element in card.elements)
    return replace(card, elements=tuple(element for element in kept if element != Buttons(())))


def _without(element: elements.Element, person: Person, referral: Referral) -> elements.Element:
    if not isinstance(element, Buttons):
        return element
    return Buttons(tuple(button for button in element.buttons if _is_for(button, person, referral)))


def _is_for(button: Button, person: Person, referral: Referral) -> bool:
    return not (button.action == "take_over" and referral.owner_key == person.key)
