"""Threads and what is told in them: every message goes through the outbox, nothing else posts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from referral_bot.access import HIDDEN, masked
from referral_bot.cards import elements, heads, words
from referral_bot.cards.elements import Card
from referral_bot.cards.news import news
from referral_bot.cards.questions import question_head
from referral_bot.cards.view import View
from referral_bot.desk import packets
from referral_bot.desk.turn import Place, Scene, Turn
from referral_bot.model import (
    Audience,
    Channel,
    ChannelKind,
    ConversationKind,
    Event,
    Identity,
    Office,
    OutboxKind,
    OutboxMessage,
    Packet,
    Person,
    Phi,
    Question,
    Referral,
    Role,
    State,
    Thread,
)
from referral_bot.reading import Context, read

NOTICE: Final = "notice"
"""The subject of a thread that is about no referral: something for the practice to know."""


def office_of(scene: Scene, office_key: str) -> Office:
    """The office of this key. Offices are never deleted, so one that is not there is a bug."""
    office = scene.tx.office(office_key)
    if office is None:
        raise LookupError(f"office {office_key} is not in the directory")
    return office


def zone_for(scene: Scene, audience: Audience, office: Office) -> ZoneInfo:
    """The zone in which a thread's audience reads times."""
    own = office.timezone if audience is Audience.OFFICE else None
    return ZoneInfo(own or scene.practice.timezone)


def zone_of_actor(turn: Turn) -> ZoneInfo:
    """The zone in which the actor reads and writes times."""
    return zone_of_person(turn, turn.actor)


def zone_of_person(scene: Scene, person: Person) -> ZoneInfo:
    """The zone in which a person reads times."""
    office = scene.tx.office(person.office_key) if person.office_key else None
    return words.zone_of(person, office.timezone if office else None, scene.practice)


def view(scene: Scene, referral: Referral, audience: Audience, *more_people: str | None) -> View:
    """The referral as an audience may see it, with everything a card needs."""
    return replace(
        glance(scene, referral, audience, *more_people),
        appointments=tuple(scene.tx.appointments(referral.id)),
        questions=tuple(scene.tx.questions(referral_id=referral.id)),
        documents=tuple(scene.tx.documents(referral.id)),
    )


def glance(scene: Scene, referral: Referral, audience: Audience, *more_people: str | None) -> View:
    """The referral with what a line of a list needs: neither appointments, nor questions, nor documents."""
    office = office_of(scene, referral.office_key)
    keys = (referral.sent_by, referral.on_behalf_of, referral.owner_key, *more_people)
    people = (scene.tx.person(key) for key in dict.fromkeys(keys) if key)
    return View(
        referral=referral,
        practice=scene.practice,
        office=office,
        people={person.key: person for person in people if person},
        audience=audience,
        phi=scene.phi,
        zone=zone_for(scene, audience, office),
        now=scene.now,
    )


def head_card(scene: Scene, thread: Thread) -> Card | None:
    """The head of a thread as it stands now; none if its subject is gone."""
    referral = scene.tx.get(Referral, thread.subject_id)
    if referral is not None:
        shown = replace(view(scene, referral, thread.audience), flat=thread.flat)
        if referral.state is not State.DRAFT:
            return heads.head(shown)
        missing = packets.missing(referral, scene.practice, shown.documents)
        return heads.head(shown, missing, packets.warnings(scene, referral))
    question = scene.tx.get(Question, thread.subject_id)
    if question is None:
        return None
    office = office_of(scene, question.office_key)
    asker, owner = scene.tx.person(question.asked_by), scene.tx.person(question.owner_key or "")
    zone = zone_for(scene, thread.audience, office)
    asks = question_words(scene, question, question.text)
    if HIDDEN in asks and HIDDEN not in question.text:
        # About somebody whom no packet names: what else tells who it is can't be known.
        asks = "It tells things about a person, so it is not shown here: press Answer to read it."
    return question_head(question, thread.audience, office, asker, owner, zone, scene.now, asks)


def question_words(scene: Scene, question: Question, text: str) -> str:
    """A question's or its answer's words as this mode shows them; the question may name somebody."""
    if scene.phi is Phi.FULL:
        return text
    vocabulary = packets.vocabulary(scene.practice)
    fields = read(question.text, now=scene.now, context=Context(), vocabulary=vocabulary).fields
    named = {key: fields[key] for key in ("patient", "contact") if key in fields}
    return masked(text, Packet.model_validate(named))


def open_thread(scene: Scene, subject_id: str, audience: Audience, place: Place) -> Thread:
    """Start following a subject at a place: under a message, or as a new one of the bot's own."""
    thread = Thread(
        id=scene.tx.new_id(),
        subject_id=subject_id,
        audience=audience,
        platform=place.platform,
        tenant=place.tenant,
        channel=place.channel,
        root=place.root or place.message or None,
        flat=place.flat,
    )
    scene.tx.add(thread)
    return thread


def open_practice_thread(scene: Scene, subject_id: str) -> Thread | None:
    """Start the practice's thread of a subject in its intake channel, with its head card."""
    for channel in scene.tx.channels(None):
        if channel.kind is ChannelKind.INTAKE:
            place = place_of(scene, channel)
            thread = open_thread(scene, subject_id, Audience.PRACTICE, place)
            put(scene, thread, OutboxKind.HEAD)
            return thread
    return None


def place_of(scene: Scene, channel: Channel) -> Place:
    """Where one of the directory's channels is."""
    known = scene.tx.conversation(channel.platform, channel.channel)
    flat = known is not None and known.kind is not ConversationKind.CHANNEL
    return Place(channel.platform, known.tenant if known else "", channel.channel, flat=flat)


def put(
    scene: Scene,
    thread: Thread,
    kind: OutboxKind,
    content: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write an outbox row for a thread."""
    scene.tx.add(
        OutboxMessage(
            id=scene.tx.new_id(),
            thread_id=thread.id,
            kind=kind,
            created_at=scene.now,
            not_before=not_before or scene.now,
            content=content or {},
        )
    )


def redraw(scene: Scene, subject_id: str) -> None:
    """Bring the heads of a subject's threads up to date."""
    for thread in scene.tx.threads(subject_id):
        put(scene, thread, OutboxKind.REFRESH)


def post(scene: Scene, thread: Thread, card: Card, not_before: datetime | None = None) -> None:
    """Post a card into a thread. Among everything else, a card says which referral it is about."""
    if thread.flat and not card.title and (referral := scene.tx.get(Referral, thread.subject_id)):
        shown = glance(scene, referral, thread.audience)
        card = replace(card, title=heads.title(shown) if referral.reference else "Your draft")
    put(scene, thread, OutboxKind.POST, elements.dump(card), not_before)


def reply(scene: Scene, place: Place, card: Card, subject_id: str = "") -> None:
    """Answer where somebody spoke, in the thread under their message."""
    root = place.root or place.message
    thread = scene.tx.thread_at(place.platform, place.channel, root) if root else None
    thread = thread or open_thread(scene, subject_id or "reply", Audience.OFFICE, place)
    post(scene, thread, card)


def account_of(scene: Scene, person_key: str) -> Identity | None:
    """The account that a person is written to: where there are several, one that the bot has met."""
    identities = scene.tx.identities(person_key)
    return next((one for one in identities if one.tenant), identities[0] if identities else None)


def tell_person(scene: Scene, person: Person, card: Card, not_before: datetime | None = None) -> None:
    """Send a direct message to a person."""
    scene.tx.add(
        OutboxMessage(
            id=scene.tx.new_id(),
            person_key=person.key,
            kind=OutboxKind.POST,
            created_at=scene.now,
            not_before=not_before or scene.now,
            content=elements.dump(card),
        )
    )


def tell_practice(scene: Scene, card: Card) -> None:
    """Post a card of its own into the practice's intake channel."""
    for channel in scene.tx.channels(None):
        if channel.kind is ChannelKind.INTAKE:
            place = place_of(scene, channel)
            post(scene, open_thread(scene, NOTICE, Audience.PRACTICE, place), card)
            return


def tell_managers(scene: Scene, card: Card) -> None:
    """Send the managers of the practice a direct message each."""
    for person in scene.tx.people(None):
        if person.role is Role.MANAGER:
            tell_person(scene, person, card)


def tell(scene: Scene, referral: Referral, event: Event) -> None:
    """Post an event to every audience that may see it, and bring the heads up to date."""
    shown = view(scene, referral, Audience.OFFICE, event.actor_key, event.on_behalf_of)
    for thread in scene.tx.threads(referral.id):
        zone = zone_for(scene, thread.audience, shown.office)
        card = news(replace(shown, audience=thread.audience, zone=zone), event)
        if card is not None:
            post(scene, thread, card)
        put(scene, thread, OutboxKind.REFRESH)
