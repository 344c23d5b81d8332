"""F7: whatever the people of one office press, type or send in, they learn nothing of another office's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from referral_bot.desk.presses import FORMS, PRESSES
from referral_bot.desk.turn import Outcome
from referral_bot.model import Question, Referral
from tests.faults.conftest import Runs, Tell
from tests.faults.desk import HOMES, PeopleAtADesk
from tests.faults.rig import INTAKE

STEPS = 40
OFFICE_OF = {"maria": "lakeside", "joy": "lakeside", "omar": "hillcrest", "stranger": ""}
ACCOUNTS = {f"U0{person.upper()}": office for person, office in OFFICE_OF.items()}
CHANNELS = {HOMES[person]: OFFICE_OF[person] for person in HOMES}
LAST = (
    "Quillfeather",
    "Brackenbury",
    "Thistlewood",
    "Wetherspoon",
    "Featherstone",
    "Marchbanks",
    "Appleby",
)
OF_NOBODY = str.maketrans("23456789CDFGHJKMNPQSTVWXZ", "34567892DFGHJKMNPQSTVWXZC")
"""Makes a reference of the same shape that no referral has."""
TYPED = {"refer", "make_referral", "availability", "status"}
"""Presses whose value is words, which come back to whoever typed them."""
SENDERS = st.sampled_from(["maria", "omar"])
OUTSIDERS = st.sampled_from(["maria", "joy", "omar", "stranger"])
STAFF = st.sampled_from(["tess", "raj", "nina"])
PICK = st.integers(0, 30)


@dataclass(frozen=True)
class Sent:
    """A referral, and what nobody of another office may read."""

    id: str
    office: str
    secrets: tuple[str, ...]
    patient: str


class Apart(RuleBasedStateMachine):
    """Two offices that send patients, staff who work on them, and people who try what is not theirs."""

    acts = 0

    @initialize()
    def begin(self) -> None:
        self.desk = PeopleAtADesk()
        self.sent: list[Sent] = []
        self.read: list[tuple[str, str]] = []
        """Which office has read what."""
        self._looked = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.close()

    # -- what goes on anyway

    @rule(person=SENDERS, pick=PICK)
    def send(self, person: str, pick: int) -> None:
        number = len(self.sent)
        if number == len(LAST):
            return
        patient = f"Jane {LAST[number]}"
        phone = f"309-555-017{number}"
        told = f"DOB 3/{number + 1}/1962, {phone}. Palpitations since event {number}zq, cardiology"
        self._heard(person, self.desk.say(person, f"refer {patient}, {told}"))
        (draft, *_) = self.desk.run(lambda tx: tx.drafts(person))
        self._heard(person, self.desk.press(person, "submit", draft.id))
        referral = self.desk.run(lambda tx: tx.get(Referral, draft.id))
        secrets = [LAST[number], phone, phone.replace("-", ""), f"{number}zq", draft.id, referral.reference]
        found = tuple(secret for secret in secrets if secret)
        self.sent.append(Sent(draft.id, OFFICE_OF[person], found, patient))

    @rule(person=STAFF, action=st.sampled_from(["claim", "accept", "seen", "arrived"]), pick=PICK)
    def work(self, person: str, action: str, pick: int) -> None:
        if self.sent:
            self.desk.press(person, action, self.sent[pick % len(self.sent)].id)

    @rule(person=STAFF, action=st.sampled_from(["ask", "report", "call"]), pick=PICK)
    def fill_in(self, person: str, action: str, pick: int) -> None:
        if self.sent:
            answers = {"text": "Is there an echo?", "outcome": "no_answer"}
            self.desk.submit(person, action, self.sent[pick % len(self.sent)].id, answers)

    @rule(pick=PICK, slot=PICK)
    def book(self, pick: int, slot: int) -> None:
        if self.sent:
            self.desk.books(self.sent[pick % len(self.sent)].id, slot)

    @rule(hours=st.sampled_from([1, 5, 24]))
    def wait(self, hours: int) -> None:
        self.desk.now += timedelta(hours=hours)
        self.desk.tick()

    # -- what is tried

    @rule(
        person=OUTSIDERS, action=st.sampled_from(sorted(PRESSES)), pick=PICK, value=PICK, root=st.booleans()
    )
    def press(self, person: str, action: str, pick: int, value: int, root: bool) -> None:
        target = self._others(person, pick)
        if target is None:
            return
        subject = self._subject(target, value)
        known = () if action in TYPED else (target.id, target.secrets[-1])
        values = ("", str(value), "cardiology", *known)
        place = self._thread(target, value) if root else {}
        before = self._state(target)
        self._heard(person, self.desk.press(person, action, subject, values[value % len(values)], **place))
        assert self._state(target) == before, f"{person} changed another office's referral by {action}"

    @rule(person=OUTSIDERS, action=st.sampled_from(sorted(FORMS)), pick=PICK, value=PICK)
    def send_form(self, person: str, action: str, pick: int, value: int) -> None:
        target = self._others(person, pick)
        if target is None:
            return
        answers: dict[str, Any] = {"text": "x", "reason": "oth-pt", "time": "", "outcome": "reached"}
        answers |= {"patient_name": "Jane Other", "service": "cardiology", "files": ()}
        before = self._state(target)
        self._heard(person, self.desk.submit(person, action, self._subject(target, value), answers))
        assert self._state(target) == before, f"{person} changed another office's referral by {action}"

    @rule(
        person=OUTSIDERS,
        pick=PICK,
        value=PICK,
        words=st.sampled_from(
            [
                "status {reference}",
                "what about {patient}?",
                "status of {patient}, dob 3/1/1962",
                "cancel {reference}",
                "{reference}: her phone is 309-555-0188",
                "any update on {reference} or {patient}",
                "has {patient} been seen yet",
                "reschedule {patient}",
                "status",
                "help",
            ]
        ),
        root=st.booleans(),
    )
    def say(self, person: str, pick: int, value: int, words: str, root: bool) -> None:
        """The words themselves name what is asked about, so what comes back is compared with nobody's."""
        target = self._others(person, pick)
        if target is None:
            return
        place = self._thread(target, value) if root else {}
        reference = next((secret for secret in target.secrets if secret.startswith("RB-")), "RB-2222")
        before = self._state(target)
        theirs = self._answer(person, words.format(reference=reference, patient=target.patient), place)
        unknown = reference.translate(OF_NOBODY)
        nobodys = self._answer(person, words.format(reference=unknown, patient="Jane Nightingale"), place)
        assert _blank(theirs, reference, target.patient) == _blank(nobodys, unknown, "Jane Nightingale")
        assert self._state(target) == before

    @rule(person=OUTSIDERS)
    def look_at_home(self, person: str) -> None:
        self.read.append((OFFICE_OF[person], self.desk.home(person)))

    @rule(office=st.sampled_from(["lakeside", "hillcrest"]), pick=PICK)
    def search(self, office: str, pick: int) -> None:
        last = LAST[pick % len(LAST)]
        found = self.desk.run(
            lambda tx: [
                *tx.referrals(office_key=office, open_only=False),
                *tx.referrals_by_patient(office_key=office, last=last),
                *tx.referrals_by_patient(office_key=office, first="Jane"),
            ]
        )
        assert {referral.office_key for referral in found} <= {office}

    # -- what must hold

    @invariant()
    def nobody_reads_what_is_anothers(self) -> None:
        if not hasattr(self, "desk"):
            return
        type(self).acts += 1
        for where, said in self.desk.shown[self._looked :]:
            if where != INTAKE:
                self.read.append((CHANNELS.get(where, ACCOUNTS.get(where, "practice")), said))
        self._looked = len(self.desk.shown)
        for office, said in self.read:
            for one in self.sent:
                if office not in (one.office, "practice"):
                    leaked = [secret for secret in one.secrets if secret in said]
                    assert not leaked, f"{office or 'a stranger'} reads {leaked} of {one.office}"
        self.read.clear()

    # -- inside

    def _others(self, person: str, pick: int) -> Sent | None:
        """A referral that is not of this person's office."""
        found = [one for one in self.sent if one.office != OFFICE_OF[person]]
        return found[pick % len(found)] if found else None

    def _heard(self, person: str, outcome: Outcome) -> None:
        self.read.append((OFFICE_OF[person], repr(outcome)))

    def _answer(self, person: str, text: str, place: dict[str, str]) -> str:
        """All that somebody is told when they say this; the words they said themselves are no secret."""
        outcome = self.desk.say(person, text, **place)
        told = repr(outcome) + repr([post for post in self.desk.shown[self._looked :] if post[0] != INTAKE])
        self._looked = len(self.desk.shown)
        return told

    def _subject(self, target: Sent, value: int) -> str:
        """The referral, or one of its questions, documents or appointments."""
        related = self.desk.run(
            lambda tx: [
                target.id,
                *(each.id for each in tx.questions(referral_id=target.id)),
                *(each.id for each in tx.documents(target.id)),
                *(each.id for each in tx.appointments(target.id)),
            ]
        )
        found: str = related[value % len(related)]
        return found

    def _thread(self, target: Sent, value: int) -> dict[str, str]:
        threads = self.desk.run(lambda tx: [each for each in tx.threads(target.id) if each.root])
        thread = threads[value % len(threads)]
        return {"channel": thread.channel, "root": thread.root}

    def _state(self, target: Sent) -> Any:
        """A referral with all that hangs on it."""
        return self.desk.run(
            lambda tx: (
                tx.get(Referral, target.id),
                len(tx.events(target.id)),
                tx.questions(referral_id=target.id, open_only=False),
                tx.appointments(target.id),
                len(tx.documents(target.id)),
                [tx.get(Question, each.id) for each in tx.questions(referral_id=target.id)],
            )
        )


def _blank(told: str, *words: str) -> str:
    """What was said, without what was asked for and the ids of what came of asking."""
    told = re.sub("[0-9a-f]{32}", "…", told)
    for whole in words:
        for word in (whole, *whole.split()):
            told = told.replace(word, "…")
    return told


def test_f7_no_office_reads_or_changes_what_is_anothers(runs: Runs, tell: Tell) -> None:
    stories = runs(60, 25_000)
    Apart.acts = 0
    run_state_machine_as_test(
        Apart,
        settings=settings(
            max_examples=stories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell("F7", "acts of people of other offices", Apart.acts, stories=stories)
