"""The front of the desk: what every platform's handlers call. Each method is one use case of one transaction.

Whatever a person can do wrong, or may not do, is answered here in words; exceptions that come out
of it are bugs or trouble of the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from referral_bot import access
from referral_bot.cards import replies
from referral_bot.cards.elements import Card, Option, Tone
from referral_bot.desk import (
    flat,
    fresh,
    home,
    in_thread,
    mornings,
    own,
    packets,
    presses,
    record,
    staff,
    status,
    suggestions,
    telling,
)
from referral_bot.desk.turn import (
    Account,
    FormAnswer,
    Message,
    Outcome,
    PageLink,
    Place,
    Press,
    Scene,
    Turn,
)
from referral_bot.errors import BadInput, NotFound, ReferralBotError, Refused, Stale
from referral_bot.model import (
    AuditAction,
    AuditEntry,
    Identity,
    Person,
    Phi,
    Question,
    Referral,
    Side,
    State,
    Thread,
)
from referral_bot.reading import read
from referral_bot.store import Transaction

NOT_SET_UP: Final = "The practice has not set me up yet. Please try again later."
WELCOME: Final = "Hello. I bring referrals to the practice. Write “help”, and I say what I can do."
OTHER_CHANNEL: Final = (
    "That channel isn't linked to your office, so I can't talk about referrals there. "
    "Please use your office's own channel, or write to me directly."
)
STAFF_HERE: Final = (
    "This is the office's channel. Please work from the referral's card in the intake channel."
)


def load(tx: Transaction, now: datetime) -> None:
    """Load what the first message would otherwise wait for."""
    practice = tx.practice()
    if practice is not None:
        read("refer", now=now, vocabulary=packets.vocabulary(practice))


class _Unknown(Exception):
    """The account belongs to nobody in the directory."""


@dataclass(frozen=True)
class Desk:
    """The use cases, with the settings they depend on."""

    phi: Phi
    page_link: PageLink

    def hear(self, tx: Transaction, account: Account, message: Message, now: datetime) -> Outcome:
        """Words typed to the bot, or in one of its threads."""
        if not message.addressed and not _known(tx, account):
            return Outcome()  # people talk in channels; only who speaks to the bot is answered
        return self._turn(tx, account, message.place, now, lambda turn: _hear(turn, _with_names(tx, message)))

    def press(self, tx: Transaction, account: Account, press: Press, now: datetime) -> Outcome:
        """A button, a command or a shortcut."""

        def act(turn: Turn) -> Outcome:
            _check_place(turn)
            turn = flat.at(turn, flat.of_subject(turn, press.subject))
            return presses.press(turn, press, self.page_link)

        return self._turn(
            tx, account, press.place, now, act, what=f"press.{press.action}", subject=press.subject
        )

    def submit(self, tx: Transaction, account: Account, answer: FormAnswer, now: datetime) -> Outcome:
        """A form sent in. Whatever stands in its way is said under a field, so that nothing typed is lost."""
        first = next(iter(answer.answers), "")
        return self._turn(
            tx,
            account,
            answer.place,
            now,
            lambda turn: presses.submit(turn, answer),
            field=first,
            what=f"form.{answer.action}",
            subject=answer.subject,
        )

    def suggest(
        self, tx: Transaction, account: Account, source: str, typed: str, now: datetime
    ) -> tuple[Option, ...]:
        """Type-ahead for a form's search field; nothing for people the directory doesn't know."""
        practice = tx.practice()
        if practice is None:
            return ()
        if not _known(tx, account):
            return ()
        return suggestions.suggest(practice, source, typed)

    def look_up(self, tx: Transaction, account: Account, words: str, now: datetime) -> Card | None:
        """The person's own referrals that words fit which may still be typed; none if there are none.

        Nobody has asked yet: who isn't known, or finds nothing, leaves no trace.
        """
        if tx.practice() is None or not _known(tx, account):
            return None
        # Only the person who looks sees it, wherever that is.
        place = Place(account.platform, account.tenant, "", direct=True)
        found = self._turn(
            tx, account, place, now, lambda turn: Outcome(private=status.looked_up(turn, words.strip()))
        )
        return found.private

    def home(self, tx: Transaction, account: Account, now: datetime) -> Card:
        """The person's own page: what needs them, and what they have open."""
        place = Place(account.platform, account.tenant, "", direct=True)
        shown: list[Card] = []

        def draw(turn: Turn) -> Outcome:
            shown.append(home.page(turn))
            return Outcome()

        outcome = self._turn(tx, account, place, now, draw)
        return shown[0] if shown else (outcome.private or replies.says(NOT_SET_UP))

    def greeting(self, tx: Transaction, account: Account) -> Card:
        """What is said to somebody who has just got the bot.

        Where everybody is given it, most never ask for anything: nobody is told of those who aren't known.
        """
        practice = tx.practice()
        if practice is None or not _known(tx, account):
            return replies.says(WELCOME)
        return replies.help_card(practice, _identify(tx, account).side)

    def shown(
        self, tx: Transaction, account: Account, place: Place, subject: str, now: datetime
    ) -> Card | None:
        """The card that a message shows, as this person sees it; none if it shows none, or none of theirs.

        `subject` is the record that the card is about.
        """
        shown: list[Card] = []

        def draw(turn: Turn) -> Outcome:
            thread = flat.of_subject(turn, subject)
            if thread is not None and (card := own.card_at(turn, thread)) is not None:
                shown.append(card)
            return Outcome()

        self._turn(tx, account, place, now, draw)
        return shown[0] if shown else None

    def _turn(
        self,
        tx: Transaction,
        account: Account,
        place: Place,
        now: datetime,
        act: Callable[[Turn], Outcome],
        *,
        field: str = "",
        what: str = "message",
        subject: str = "",
    ) -> Outcome:
        """Who, where and what; `field` is the form field under which a plain sentence stands."""
        practice = tx.practice()
        if practice is None:
            return Outcome(private=replies.says(NOT_SET_UP))
        try:
            person = _identify(tx, account)
        except _Unknown:
            return _unknown(Scene(tx, practice, now, self.phi), account, place)
        turn = Turn(tx, practice, now, self.phi, person, place)
        try:
            return tx.attempt(lambda: act(turn))
        except BadInput as problem:
            return Outcome(errors=problem.fields) if problem.fields else _said(problem, field)
        except (Refused, NotFound) as problem:
            record.audit(turn, AuditAction.REFUSED, what[:60], subject[:64] or None)
            return _said(problem)
        except Stale:
            raise  # somebody was quicker: the store runs the turn again, on what is true now
        except ReferralBotError as problem:
            return _said(problem, field)


def _said(problem: ReferralBotError, field: str = "") -> Outcome:
    return Outcome(errors={field: str(problem)}) if field else Outcome(private=replies.says(str(problem)))


def _known(tx: Transaction, account: Account) -> bool:
    try:
        _identify(tx, account)
    except _Unknown:
        return False
    return True


def _identify(tx: Transaction, account: Account) -> Person:
    """The person behind an account; its workspace is remembered at the first meeting."""
    known = (tx.identity(account.platform, one) for one in account.ids)
    identity = next((one for one in known if one is not None), None)
    if identity is None or identity.tenant not in ("", account.tenant):
        raise _Unknown
    person = tx.person(identity.person_key)
    if person is None or not person.active:
        raise _Unknown
    if not identity.tenant and account.tenant:
        bound: Identity = identity.model_copy(update={"tenant": account.tenant})
        tx.bind_identity(bound)
    return person


def _unknown(scene: Scene, account: Account, place: Place) -> Outcome:
    """Somebody the directory doesn't know: told how to get access; the practice is told, once a day."""
    scene.tx.audit(
        AuditEntry(
            at=scene.now,
            actor_key=None,
            action=AuditAction.REFUSED,
            what="desk.unknown",
            place=f"{place.platform}:{place.channel}",
        )
    )
    day = scene.now.date().isoformat()
    if scene.tx.first_time(f"unknown:{account.platform}:{account.account}:{day}", scene.now):
        name = account.name or "Somebody"
        told = (
            f"{name} ({account.platform} account {account.account}) wrote to me and is not in the directory. "
            "If they belong to an office, add them to its people and import the directory again."
        )
        telling.tell_practice(scene, replies.says(told, Tone.WARNING, "Somebody asks for access."))
    call = f" or call {scene.practice.phone}" if scene.practice.phone else ""
    told = (
        f"I don't know you yet, so I can't help with referrals. {scene.practice.name} has been told that you "
        f"asked; they can add you{call}."
    )
    return Outcome(private=replies.says(told))


def _with_names(tx: Transaction, message: Message) -> Message:
    """The message with the people it mentions by name, not by the account that a platform writes."""
    text = message.text
    for placeholder, account in message.mentions.items():
        identity = tx.identity(message.place.platform, account)
        person = tx.person(identity.person_key) if identity else None
        text = text.replace(placeholder, person.name if person else "somebody")
    return replace(message, text=text)


def _check_place(turn: Turn) -> None:
    """Raise NotFound where somebody of an office speaks in a channel that isn't their office's."""
    if turn.actor.side is Side.PRACTICE or turn.place.direct or not turn.place.channel:
        return
    channel = turn.tx.channel(turn.place.platform, turn.place.channel)
    if channel is None or channel.office_key != turn.actor.office_key:
        raise NotFound(OTHER_CHANNEL)


def _hear(turn: Turn, message: Message) -> Outcome:
    if (wanted := mornings.wish(message.text)) and (message.addressed or _thread(turn)):
        _check_place(turn)
        telling.reply(turn, turn.place, mornings.settle(turn, wanted))
        return Outcome()
    thread = flat.continued(turn, message) if turn.place.flat else _thread(turn)
    if thread is not None and turn.place.flat:
        turn, message = flat.at(turn, thread), flat.without_reference(message)
    if turn.actor.side is Side.PRACTICE:
        return _hear_staff(turn, message, thread)
    if thread is None and not message.addressed:
        return Outcome()
    _check_place(turn)
    _hear_office(turn, message, thread)
    return Outcome()


def _thread(turn: Turn) -> Thread | None:
    if not turn.place.root:
        return None
    return turn.tx.thread_at(turn.place.platform, turn.place.channel, turn.place.root)


def _hear_staff(turn: Turn, message: Message, thread: Thread | None) -> Outcome:
    channel = turn.tx.channel(turn.place.platform, turn.place.channel)
    if channel is not None and channel.office_key is not None:
        return Outcome(private=replies.says(STAFF_HERE)) if message.addressed else Outcome()
    return staff.said(turn, message, thread)


def _hear_office(turn: Turn, message: Message, thread: Thread | None) -> None:
    subject = turn.tx.get(Referral, thread.subject_id) if thread else None
    if subject is not None:
        access.see(turn.actor, subject)
        if subject.state is State.DRAFT:
            in_thread.in_draft(turn, message, subject)
        elif subject.state is not State.DISCARDED or message.addressed:
            in_thread.in_referral(turn, message, subject)
    elif thread is not None and turn.tx.get(Question, thread.subject_id):
        in_thread.in_question(turn, message)
    elif message.addressed or thread is not None:
        fresh.said(turn, message)
