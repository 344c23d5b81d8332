"""People at a desk on the real store, without a platform: what they do, and what each of them is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from handlers.importing import import_directory
from handlers.shipped import EXAMPLE, shipped
from referral_bot.availability import Wish, open_slots
from referral_bot.desk import delivery, followups
from referral_bot.desk.front import Desk
from referral_bot.desk.turn import Account, FormAnswer, Message, Outcome, Place, Press
from referral_bot.model import Phi, Referral
from referral_bot.practice import Practice
from referral_bot.store import Transaction
from storage import open_store
from tests.faults.rig import INTAKE, OFFICE, PATIENCE, TUESDAY

HOMES = {"maria": OFFICE, "joy": OFFICE, "omar": "C0HILLCREST"}
TENANT = "T0PRACTICE"


@dataclass
class PeopleAtADesk:
    """A practice with its offices, on a database of its own in memory."""

    seed: int = 0
    now: datetime = TUESDAY
    shown: list[tuple[str, str]] = field(default_factory=list)
    """Where something has been posted (a channel or an account), and all that it says."""

    def __post_init__(self) -> None:
        self.store = open_store("sqlite://", rng=Random(self.seed))
        import_directory(self.store, shipped(EXAMPLE).read_text("utf-8"))
        self.desk = Desk(Phi.FULL, lambda document, person, now: f"https://bot.example.org/page/{document}")
        self._count = 0

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def run(self, use_case: Callable[[Any], Any]) -> Any:
        """What a use case comes to."""
        return self.store.transact(use_case).result(PATIENCE)

    @property
    def practice(self) -> Practice:
        found: Practice = self.run(lambda tx: tx.practice())
        return found

    # -- what people do

    def place(self, person: str, channel: str = "", root: str = "") -> Place:
        """Where a person acts: in their own channel, or another."""
        self._count += 1
        return Place("slack", TENANT, channel or HOMES.get(person, INTAKE), f"{self._count}.000001", root)

    def _account(self, person: str) -> Account:
        return Account("slack", TENANT, f"U0{person.upper()}", person.capitalize())

    def _turn(self, act: Callable[[Transaction], Outcome]) -> Outcome:
        outcome: Outcome = self.run(act)
        self.deliver()
        return outcome

    def say(self, person: str, text: str, channel: str = "", root: str = "") -> Outcome:
        """Say something to the bot."""
        message = Message(text, self.place(person, channel, root), addressed=True)
        return self._turn(lambda tx: self.desk.hear(tx, self._account(person), message, self.now))

    def press(
        self, person: str, action: str, subject: str, value: str = "", channel: str = "", root: str = ""
    ) -> Outcome:
        """Press a button."""
        press = Press(action, subject, value, self.place(person, channel, root))
        return self._turn(lambda tx: self.desk.press(tx, self._account(person), press, self.now))

    def submit(self, person: str, action: str, subject: str, answers: Mapping[str, Any]) -> Outcome:
        """Send a form in."""
        answer = FormAnswer(action, subject, "", answers, self.place(person))
        return self._turn(lambda tx: self.desk.submit(tx, self._account(person), answer, self.now))

    def home(self, person: str) -> str:
        """Everything that a person's home tab says."""
        return repr(self.run(lambda tx: self.desk.home(tx, self._account(person), self.now)))

    def refers(self, person: str, text: str) -> Referral:
        """Send a patient; the draft."""
        self.say(person, text)
        draft: Referral = self.run(lambda tx: tx.drafts(person)[0])
        return draft

    def books(self, referral_id: str, pick: int) -> str:
        """The scheduler books one of the open times; its id."""
        wish = Wish(service="cardiology")
        slots = [
            slot.to_id()
            for slot, _ in zip(open_slots(self.practice, wish, [], self.now), range(90), strict=False)
        ]
        slot = slots[pick % len(slots)]
        self.submit("raj", "book", referral_id, {"time": slot})
        return slot

    # -- what happens by itself

    def deliver(self) -> None:
        """Send what the outbox holds."""
        while self.run(self._deliver_some):
            pass

    def _deliver_some(self, tx: Transaction) -> int:
        rows = tx.claim_outbox(self.now, timedelta(minutes=1), 100)
        for row in rows:
            outgoing = delivery.prepare(tx, row, self.now, Phi.FULL)
            if outgoing is not None:
                self._count += 1
                self.shown.append((outgoing.channel or outgoing.account, repr(outgoing.card)))
                delivery.delivered(
                    tx, delivery.Claim.of(row), outgoing.update or f"{self._count}.000002", self.now
                )
        return len(rows)

    def tick(self) -> None:
        """Do what is due now."""
        while self.run(lambda tx: followups.run_due(tx, self.now, Phi.FULL, 50, _fail)):
            self.deliver()


def _fail(_: object, error: Exception) -> None:
    raise error
