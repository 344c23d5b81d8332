"""The example practice and its people, and a desk over the fake store, for tests of the core."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from referral_bot.cards.elements import Button, Buttons, Card, Choices, Form, load
from referral_bot.desk import delivery, followups, telling
from referral_bot.desk.front import Desk
from referral_bot.desk.turn import (
    Account,
    FormAnswer,
    IncomingFile,
    Message,
    Outcome,
    Place,
    Press,
    Scene,
)
from referral_bot.directory import read_directory
from referral_bot.model import Audience, OutboxKind, Phi, Referral, State, Thread
from tests.unit.fake_store import FakeStore

TUESDAY = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Chicago."""
EXAMPLE = Path(__file__).parents[2] / "examples/practice.yaml"
LAKESIDE, HILLCREST, INTAKE = "C0LAKESIDE", "C0HILLCREST", "C0INTAKE"
CHANNELS = {"maria": LAKESIDE, "joy": LAKESIDE, "omar": HILLCREST}

COMPLETE = (
    "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS PPO. Palpitations R00.2, cardiology, "
    "urgent. Dr. Patel"
)


@dataclass
class Office:
    """The desk with a clock, and what each side has been sent, as the outbox would post it."""

    phi: Phi = Phi.FULL
    seed: int = 0
    now: datetime = TUESDAY
    posted: list[tuple[str, str, Card]] = field(default_factory=list)
    """Channel (or account), thread root, card, in the order of leaving."""

    def __post_init__(self) -> None:
        self.store = FakeStore(self.seed)
        directory = read_directory(EXAMPLE.read_text())
        people = (directory.offices, directory.people, directory.identities, directory.channels)
        self.store.run(lambda tx: tx.replace_directory(directory.practice, *people))
        self.desk = Desk(self.phi, lambda document, person, now: f"http://127.0.0.1/page/{document}")
        self.count = 0
        self.pages: list[str] = []

    # -- what people do

    def account(self, person: str) -> Account:
        return Account("slack", "T0", f"U0{person.upper()}", person.capitalize())

    def place(self, person: str, channel: str = "", root: str = "") -> Place:
        self.count += 1
        where = channel or CHANNELS.get(person, INTAKE)
        return Place("slack", "T0", where, f"{self.count}.0", root, direct=where.startswith("D"))

    def say(
        self,
        person: str,
        text: str,
        *,
        channel: str = "",
        root: str = "",
        addressed: bool = True,
        files: tuple[IncomingFile, ...] = (),
    ) -> tuple[Outcome, str]:
        """Say something; returns the outcome and the message's id."""
        place = self.place(person, channel, root)
        message = Message(text, place, addressed or place.direct, files)
        outcome = self.store.run(lambda tx: self.desk.hear(tx, self.account(person), message, self.now))
        self.deliver()
        return outcome, place.message

    def press(self, person: str, action: str, subject: str, value: str = "", channel: str = "") -> Outcome:
        press = Press(action, subject, value, self.place(person, channel))
        outcome = self.store.run(lambda tx: self.desk.press(tx, self.account(person), press, self.now))
        self.deliver()
        return outcome

    def fill(self, person: str, form: Form, **answers: Any) -> Outcome:
        """Send in a form, with the values it was filled with and these answers."""
        values = {f.key: _value(f) for f in form.fields if hasattr(f, "key")} | answers
        answer = FormAnswer(form.action, form.subject, form.value, values, self.place(person))
        outcome = self.store.run(lambda tx: self.desk.submit(tx, self.account(person), answer, self.now))
        self.deliver()
        return outcome

    def act(self, person: str, action: str, subject: str, **answers: Any) -> Outcome:
        """Press a button that opens a form, and send the form in."""
        opened = self.press(person, action, subject)
        assert opened.form is not None, opened
        return self.fill(person, opened.form, **answers)

    # -- what happens by itself

    def deliver(self) -> None:
        """Send everything the outbox holds."""
        while self.store.run(self._deliver_some):
            pass

    def _deliver_some(self, tx: Any) -> int:
        rows = tx.claim_outbox(self.now, timedelta(minutes=1), 100)
        for row in rows:
            outgoing = delivery.prepare(tx, row, self.now, self.phi)
            if outgoing is None:
                continue
            self.count += 1
            if outgoing.card is not None:
                where = outgoing.channel or outgoing.account
                self.posted.append((where, outgoing.root or "", outgoing.card))
            delivery.delivered(tx, delivery.Claim.of(row), outgoing.update or f"{self.count}.9", self.now)
        return len(rows)

    def later(self, **span: float) -> None:
        """Turn the clock on, and do what is due then."""
        self.now += timedelta(**span)
        while self.store.run(lambda tx: followups.run_due(tx, self.now, self.phi)):
            self.deliver()

    # -- what can be seen

    def referral(self) -> Referral:
        """The newest referral."""
        return self.store.all(Referral)[-1]

    def thread(self, audience: Audience, subject: str = "") -> Thread:
        wanted = subject or self.referral().id
        return next(t for t in self.store.all(Thread) if (t.subject_id, t.audience) == (wanted, audience))

    def told(self, audience: Audience, subject: str = "") -> list[str]:
        """The words of every message of a referral's thread, head and redrawings left out."""
        thread = self.thread(audience, subject)
        rows = [row for row in self.store.run(lambda tx: tx.outbox(thread.id)) if row.kind is OutboxKind.POST]
        return [words(load(row.content)) for row in rows]

    def head(self, audience: Audience, subject: str = "") -> Card:
        thread = self.thread(audience, subject)

        def draw(tx: Any) -> Card:
            card = telling.head_card(Scene(tx, tx.practice(), self.now, self.phi), thread)
            assert card is not None
            return card

        return self.store.run(draw)

    def submitted(self, text: str = COMPLETE, person: str = "maria") -> Referral:
        """A referral that has been sent."""
        self.say(person, text)
        draft = self.referral()
        outcome = self.press(person, "submit", draft.id)
        assert outcome == Outcome(), outcome
        assert self.referral().state is not State.DRAFT
        return self.referral()


def _value(form_field: Any) -> Any:
    if form_field.type == "search":
        values = [option.value for option in form_field.value]
        return values if form_field.several else (values[0] if values else None)
    if form_field.type == "date":
        return form_field.value.isoformat() if form_field.value else ""
    return getattr(form_field, "value", None)


def buttons(card: Card) -> dict[str, Button]:
    """A card's buttons by their label."""
    found: dict[str, Button] = {}
    for element in card.elements:
        if isinstance(element, Buttons):
            found |= {button.label: button for button in element.buttons}
        if isinstance(element, Choices):
            found |= {choice.text: choice.button for choice in element.choices}
    return found


_UNSAID = ("type", "tone", "style", "action", "subject")


def words(card: Card) -> str:
    """Everything a card says."""
    return "\n".join(filter(None, [card.title, *_said(asdict(card)["elements"])]))


def _said(value: Any) -> list[str]:
    if isinstance(value, dict):
        unsaid = _UNSAID if "mark" in value else (*_UNSAID, "value")
        return [text for key, part in value.items() if key not in unsaid for text in _said(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _said(part)]
    return [value] if isinstance(value, str) and value else []
