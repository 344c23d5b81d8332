"""Every card and every form of the bot, gathered by playing: people of both sides do whatever can be done."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType, FunctionType
from typing import Any

from referral_bot.cards import details, forms, heads, news, questions, replies
from referral_bot.cards.elements import Card, Form
from referral_bot.desk.presses import PRESSES
from referral_bot.desk.turn import Outcome
from referral_bot.model import Audience, Phi, Question, Referral
from tests.unit.people import COMPLETE, Office

MAKERS = (details, forms, heads, news, questions, replies)
"""The modules that make cards and forms."""
PEOPLE = ("maria", "joy", "omar", "tess", "raj", "nina", "dana", "priya")
OPENINGS = (
    COMPLETE,
    "refer Ruth Okonkwo, DOB 7/2/1958",
    "refer a patient for heart and vein trouble",
    "refer Jane Whitcomb to vascular, DOB 3/14/1962, Ambetter, stat, chest pain right now",
)
REMARKS = (
    "when can you see a new cardiology patient at North, mornings?",
    "do you take Ambetter?",
    "what do you need with a referral?",
    "where are you?",
    "what about Jane Whitcomb?",
    "can she exercise?",
    "Yes, the EKG was faxed.",
    "309-555-0177",
    "cancel it please",
    "can we move it to Thursday?",
    "status",
    "help",
    "🙂",
)
STEPS = 250
SPANS = ({"minutes": 5}, {"minutes": 20}, {"hours": 2}, {"hours": 9}, {"days": 1}, {"days": 3})


class Gathering:
    """What was seen: cards and forms, each once."""

    def __init__(self) -> None:
        self.cards: dict[Card, None] = {}
        self.forms: dict[Form, None] = {}
        self.called: set[str] = set()
        """Functions that make cards, by module and name."""

    def take(self, outcome: Outcome) -> Outcome:
        if outcome.private is not None:
            self.cards[outcome.private] = None
        if outcome.form is not None:
            self.forms[outcome.form] = None
        return outcome

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note which functions make the cards."""
        files = {module.__file__: module.__name__.rpartition(".")[2] for module in MAKERS}

        def note(frame: FrameType, event: str, argument: Any) -> None:
            if event == "call" and (module := files.get(frame.f_code.co_filename)):
                self.called.add(f"{module}.{frame.f_code.co_name}")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(before)


def makers() -> set[str]:
    """The public functions that make cards or parts of them, by module and name."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MAKERS
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and name[0] != "_"
    }


@cache
def everything() -> Gathering:
    """All that people are shown in weeks of everything that can be done, in both modes for patients' data."""
    seen = Gathering()
    with seen.watching():
        for phi in (Phi.FULL, Phi.MINIMAL):
            _Play(seen, phi).run()
    return seen


class _Play:
    def __init__(self, seen: Gathering, phi: Phi) -> None:
        self.seen = seen
        self.office = Office(phi=phi)
        self.chance = random.Random(7)

    def run(self) -> None:
        for scene in (self._closed, self._declined, self._never_reached, self._missed, self._cancelled):
            scene()
        self._questions()
        for _ in range(STEPS):
            self.chance.choice((self._opens, self._remarks, self._waits, *[self._presses_any] * 4))()
        for person in sorted(set(PEOPLE)):
            self._looks_home(person)
        self.seen.cards |= dict.fromkeys(card for _, _, card in self.office.posted)

    # -- scenes

    def _closed(self) -> None:
        """From message to rating, with everything that can be done on the way; then reopened."""
        self._sent(COMPLETE)
        self._all("maria change", "tess claim", "raj take_over", "tess details")
        self._does("tess", "ask", text="Which medications does she take?")
        self._says("maria", "Metoprolol 25 mg, nothing else.", Audience.OFFICE)
        self._says("maria", "can she exercise?", Audience.OFFICE)
        self._says("tess", "Yes, gently.", Audience.PRACTICE)
        self._all("tess accept", "raj call", "raj hold", "raj resume")
        self._all("maria times", "maria cancel_appointment", "raj book")
        self.office.later(days=3)
        self._all("tess arrived", "tess seen", "tess report", "maria report_shown")
        self._all("maria close", "maria rate", "maria reopen", "tess close")

    def _declined(self) -> None:
        self._sent("refer Ruth Okonkwo, DOB 7/2/1958, 309-555-0177, Ambetter, leg pain, vascular, routine")
        self._all("tess decline", "maria reopen", "tess reopen")

    def _never_reached(self) -> None:
        self._sent("refer Omar Lind, DOB 5/2/1950, 309-555-0124, BCBS, chest pain, cardiology, stat")
        self.office.later(days=2)
        self._all("tess claim", "tess accept", "raj call", "raj give_up")

    def _missed(self) -> None:
        self._sent("refer Ines Duarte, DOB 1/9/1971, 309-555-0133, Aetna, palpitations, cardiology, urgent")
        self._all("tess accept", "raj book", "raj no_show", "tess close")

    def _cancelled(self) -> None:
        for _ in range(2):
            self._sent("refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS, dizzy, cardiology, routine")
        self._says("maria", "cancel Jane Whitcomb")
        self._says("maria", "status Jane Whitcomb")
        self._does("maria", "cancel")
        self._says("maria", "refer a patient")
        self._does("maria", "edit", patient_name="")
        self._does("maria", "discard")

    def _questions(self) -> None:
        """Questions about nobody in particular, and words that nobody waits for."""
        for person in ("maria", "tess", "dana", "priya"):
            for remark in (*REMARKS, "promises this week"):
                self._says(person, remark)
        self._says("maria", "do you take 16-year-olds with syncope?")
        question = self.office.store.all(Question)[-1]
        self._says("maria", "and with a pacemaker?", Audience.OFFICE, question.id)
        self._does("tess", "answer", question.id, text="Yes, from 14 on.")
        self._does("maria", "question_refer", question.id)
        for action in ("refer", "help", "availability", "status"):
            self._does("maria", action, "")

    # -- acts

    def _sent(self, text: str) -> None:
        self._says("maria", text)
        self._does("maria", "submit")

    def _says(self, person: str, text: str, side: Audience | None = None, subject: str = "") -> None:
        where: dict[str, Any] = {}
        if side is not None:
            thread = self.office.thread(side, subject)
            where = {"channel": thread.channel, "root": thread.root or ""}
        self.seen.take(self.office.say(person, text, **where)[0])

    def _does(self, person: str, action: str, subject: str | None = None, **answers: Any) -> None:
        """Press a button, and send in the form that it opens."""
        about = self.office.referral().id if subject is None else subject
        self._press(person, action, about, "5" if action == "rate" else "", answers)

    def _all(self, *acts: str) -> None:
        """Each is a person and a button."""
        for act in acts:
            self._does(*act.split())

    def _press(self, person: str, action: str, subject: str, value: str, answers: dict[str, Any]) -> None:
        form = self.seen.take(self.office.press(person, action, subject, value=value)).form
        if form is not None and form.submit:
            self.seen.take(self.office.fill(person, form, **(self._answers(form) | answers)))

    def _answers(self, form: Form) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in form.fields:
            if field.type == "choice" and field.options:
                found[field.key] = self.chance.choice(field.options).value
            if field.type == "text" and not field.value:
                found[field.key] = "In words."
        return found

    def _looks_home(self, person: str) -> None:
        office = self.office
        self.seen.cards[
            office.store.run(lambda tx: office.desk.home(tx, office.account(person), office.now))
        ] = None

    # -- whatever can be done, in any order

    def _opens(self) -> None:
        self._says(self.chance.choice(("maria", "omar")), self.chance.choice(OPENINGS))

    def _remarks(self) -> None:
        self._says(self.chance.choice(PEOPLE), self.chance.choice(REMARKS))

    def _presses_any(self) -> None:
        referral = self.chance.choice(self.office.store.all(Referral)[-4:])
        person, action = self.chance.choice(PEOPLE), self.chance.choice(sorted(PRESSES))
        self._press(person, action, referral.id, str(self.chance.randint(1, 5)), {})

    def _waits(self) -> None:
        self.office.later(**self.chance.choice(SPANS))
