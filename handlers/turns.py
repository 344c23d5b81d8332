"""Calls on the desk, each in one transaction and each once.

Where the store is in trouble, what is said in a channel raises, so that the platform brings it again; what
people do with buttons and forms it does not bring again, so they are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

import structlog

from handlers.clock import Clock
from referral_bot.cards.elements import Card, Option, Quote, Text, Tone
from referral_bot.desk.presses import OPENS_FORM
from referral_bot.desk.turn import Account, FormAnswer, Message, Outcome, Place, Press
from referral_bot.store import Result, Store, Transaction

log = structlog.get_logger()

NOT_KEPT: Final = "I could not keep that just now. Nothing was lost: please press again in a moment."

NOT_FOUND: Final = "I can't look that up just now. Please try again in a moment."


class Desk(Protocol):
    """The use cases that a platform's handler calls, each within one transaction."""

    def hear(self, tx: Transaction, account: Account, message: Message, now: datetime) -> Outcome:
        """Words said to the bot or in its threads."""

    def press(self, tx: Transaction, account: Account, press: Press, now: datetime) -> Outcome:
        """A button, a command or a shortcut."""

    def submit(self, tx: Transaction, account: Account, answer: FormAnswer, now: datetime) -> Outcome:
        """A form sent in; `errors` in the outcome are for its fields."""

    def suggest(
        self, tx: Transaction, account: Account, source: str, typed: str, now: datetime
    ) -> tuple[Option, ...]:
        """What a type-ahead offers."""

    def look_up(self, tx: Transaction, account: Account, words: str, now: datetime) -> Card | None:
        """A person's own referrals that words fit which may still be typed; none if there are none."""

    def home(self, tx: Transaction, account: Account, now: datetime) -> Card:
        """What a person sees on the home tab."""

    def greeting(self, tx: Transaction, account: Account) -> Card:
        """What is said to somebody who has just got the bot."""

    def shown(
        self, tx: Transaction, account: Account, place: Place, subject: str, now: datetime
    ) -> Card | None:
        """The card that a message about `subject` shows, as this person sees it."""


class _Undone(Exception):
    """Nothing of the turn is kept; what came of it is told all the same."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Turns:
    """The desk as the listeners call it. `wake` says that the outbox may hold something new."""

    def __init__(self, desk: Desk, store: Store, clock: Clock, wake: Callable[[], None]) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock
        self._wake = wake

    async def hear(self, key: str, account: Account, message: Message) -> Outcome:
        """What comes of words; nothing for those heard before. Raises what the store raises."""
        return await self._once(key, lambda tx, now: self._desk.hear(tx, account, message, now))

    async def press(self, key: str, account: Account, press: Press, typed: str = "") -> Outcome:
        """What comes of a press; nothing for one that was counted before.

        `typed` is what would be lost with it where the store is in trouble; it is given back.
        """
        try:
            return await self._once(key, lambda tx, now: self._desk.press(tx, account, press, now))
        except Exception:
            log.exception("press_failed", action=press.action)
            return Outcome(private=_not_kept(typed))

    async def submit(self, key: str, account: Account, answer: FormAnswer) -> Outcome:
        """What comes of a form; nothing for one that was taken before. One objected to is not taken."""

        def use_case(tx: Transaction, now: datetime) -> Outcome:
            outcome = self._desk.submit(tx, account, answer, now)
            if outcome.errors:
                raise _Undone(outcome)
            return outcome

        try:
            return await self._once(key, use_case)
        except _Undone as objected:
            return objected.outcome
        except Exception:
            log.exception("submit_failed", action=answer.action)
            return Outcome(errors={"": NOT_KEPT})

    async def suggest(self, account: Account, source: str, typed: str) -> tuple[Option, ...]:
        """What a type-ahead offers; nothing while the store is in trouble."""
        now = self._clock.now()
        try:
            return await self._transact(lambda tx: self._desk.suggest(tx, account, source, typed, now))
        except Exception:
            log.exception("suggest_failed")
            return ()

    async def look(self, account: Account, press: Press) -> Outcome:
        """What comes of a press, however often, as long as it opens a form: of others nothing is kept.

        Nothing while the store is in trouble.
        """
        now = self._clock.now()

        def use_case(tx: Transaction) -> Outcome:
            outcome = self._desk.press(tx, account, press, now)
            if outcome.form is None or press.action not in OPENS_FORM:
                raise _Undone(outcome)
            return outcome  # that somebody has looked stays in the record

        try:
            return await self._transact(use_case)
        except _Undone as undone:
            return undone.outcome
        except Exception:
            log.exception("press_failed", action=press.action)
            return Outcome()

    async def greeting(self, account: Account) -> Card:
        """What is said to somebody who has just got the bot. Raises what the store raises."""
        return await self._transact(lambda tx: self._desk.greeting(tx, account))

    async def shown(self, account: Account, place: Place, subject: str) -> Card | None:
        """The card that a message shows to a person; none while the store is in trouble."""
        now = self._clock.now()
        try:
            return await self._transact(lambda tx: self._desk.shown(tx, account, place, subject, now))
        except Exception:
            log.exception("shown_failed")
            return None

    async def home(self, account: Account) -> Card:
        """What a person sees on the home tab. Raises what the store raises."""
        now = self._clock.now()
        return await self._transact(lambda tx: self._desk.home(tx, account, now))

    async def home_asked(self, key: str, account: Account) -> Outcome:
        """The home tab, as the answer to a message; nothing for one heard before.

        Raises what the store raises.
        """
        return await self._once(key, lambda tx, now: Outcome(private=self._desk.home(tx, account, now)))

    async def look_up(self, account: Account, words: str) -> Card | None:
        """A person's own referrals that words fit which may still be typed, if there are any."""
        now = self._clock.now()
        try:
            return await self._transact(lambda tx: self._desk.look_up(tx, account, words, now))
        except Exception:
            log.exception("look_up_failed")
            return Card(NOT_FOUND, elements=(Text(NOT_FOUND),))

    async def _once(self, key: str, use_case: Callable[[Transaction, datetime], Outcome]) -> Outcome:
        now = self._clock.now()
        outcome = await self._transact(lambda tx: use_case(tx, now) if tx.first_time(key, now) else Outcome())
        self._wake()
        return outcome

    async def _transact(self, use_case: Callable[[Transaction], Result]) -> Result:
        return await asyncio.wrap_future(self._store.transact(use_case))


def objections(outcome: Outcome, typed: str = "") -> Card:
    """What stands in the way of a form that can't be shown again, with what was typed into it."""
    return _warning("That was not possible.", outcome.errors.values(), typed)


def _not_kept(typed: str) -> Card:
    return _warning(NOT_KEPT, (NOT_KEPT,), typed)


def _warning(fallback: str, sentences: Iterable[str], typed: str) -> Card:
    """Sentences of warning, and what was typed, so that it can be copied."""
    kept = (Text("What you typed:"), Quote(typed)) if typed else ()
    return Card(fallback, elements=(*(Text(sentence, Tone.WARNING) for sentence in sentences), *kept))
