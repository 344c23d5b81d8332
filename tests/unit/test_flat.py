"""Which referral a message continues where there are no threads, on the core alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from referral_bot.cards.elements import Button
from referral_bot.desk.presses import OPENS_FORM, PRESSES, opens_form
from referral_bot.desk.turn import Message, Outcome, Place
from referral_bot.model import Audience, Referral, State
from tests.unit.people import COMPLETE, Office, words

CHAT = "D0MARIA"
OTHER = COMPLETE.replace("Jane Whitcomb", "Leo Park")


class Chat(Office):
    """The desk as Maria uses it in a chat of two."""

    def place(self, person: str, channel: str = "", root: str = "") -> Place:
        made = super().place(person, channel or (CHAT if person == "maria" else ""), root)
        return replace(made, flat=made.direct)

    def quotes(self, message_id: str, text: str) -> Outcome:
        """Answer a message of the bot by quoting it."""
        message = Message(text, self.place("maria"), True, quoted=message_id)
        outcome = self.store.run(lambda tx: self.desk.hear(tx, self.account("maria"), message, self.now))
        self.deliver()
        return outcome

    def again(self, referral: Referral) -> Referral:
        return next(one for one in self.store.all(Referral) if one.id == referral.id)

    def asked(self, text: str) -> Referral:
        referral = self.submitted(text)
        self.act("tess", "ask", referral.id, text="Is there a recent EKG?")
        return referral


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_an_answer_fills_the_draft_above_it(chat: Chat) -> None:
    chat.say("maria", "refer Jane Whitcomb, palpitations, cardiology, urgent")
    chat.say("maria", "3/14/1962")
    assert [str(one.packet.patient.dob) for one in chat.store.all(Referral)] == ["1962-03-14"]


@pytest.mark.parametrize("text", ["status all mine", "help", "when can you see a new patient?", OTHER])
def test_what_begins_something_new_leaves_the_draft_alone(chat: Chat, text: str) -> None:
    chat.say("maria", "refer Jane Whitcomb, palpitations, cardiology, urgent")
    before = chat.referral().packet.model_dump()
    chat.say("maria", text)
    assert chat.store.all(Referral)[0].packet.model_dump() == before


def test_a_colleagues_words_do_not_fill_somebody_elses_draft(chat: Chat) -> None:
    chat.say("maria", "refer Jane Whitcomb, palpitations, cardiology, urgent")
    chat.say("joy", "3/14/1962", channel="D0JOY")
    assert chat.store.all(Referral)[0].packet.patient.dob is None


def test_the_one_question_is_answered_and_two_are_not_guessed_at(chat: Chat) -> None:
    first = chat.asked(COMPLETE)
    second = chat.asked(OTHER)
    outcome, _ = chat.say("maria", "Yes, from Monday.")
    assert outcome.private is not None
    assert f"{first.reference} or {second.reference}" in words(outcome.private) or (
        f"{second.reference} or {first.reference}" in words(outcome.private)
    )
    chat.say("maria", f"{first.reference}: yes, from Monday.")
    assert chat.again(first).state is not State.NEEDS_INFO
    assert chat.again(second).state is State.NEEDS_INFO
    chat.say("maria", "No, none.")
    assert chat.again(second).state is not State.NEEDS_INFO


def test_a_quoted_message_says_where_the_answer_belongs(chat: Chat) -> None:
    first, second = chat.asked(COMPLETE), chat.asked(OTHER)
    thread = chat.thread(Audience.OFFICE, first.id)
    chat.quotes(thread.head or "", "Yes, from Monday.")
    assert chat.again(first).state is not State.NEEDS_INFO
    assert chat.again(second).state is State.NEEDS_INFO


def test_a_quote_of_anything_else_begins_something_new(chat: Chat) -> None:
    chat.quotes("999.9", COMPLETE)
    assert chat.referral().state is State.DRAFT


def test_the_reference_that_says_where_words_belong_is_not_among_them(chat: Chat) -> None:
    referral = chat.asked(COMPLETE)
    chat.say("maria", f"{referral.reference}: yes, from Monday.")
    said = "\n".join(chat.told(Audience.PRACTICE, referral.id))
    assert "yes, from Monday." in said
    assert f"{referral.reference}: yes" not in said


def test_every_message_there_says_which_referral_it_is_about(chat: Chat) -> None:
    referral = chat.submitted()
    chat.press("tess", "claim", referral.id)
    posts = [card for where, _, card in chat.posted if where == CHAT][1:]
    assert posts
    assert all(referral.reference in card.title for card in posts)


def test_in_a_conversation_with_threads_the_thread_says_it() -> None:
    office = Office()
    referral = office.submitted()
    office.act("tess", "ask", referral.id, text="Is there a recent EKG?")
    asked = [card for _, _, card in office.posted if "Is there a recent EKG?" in words(card)]
    assert asked[0].title == ""


def test_a_person_may_be_known_by_either_of_two_ids(chat: Chat) -> None:
    account = replace(chat.account("maria"), account="entra-maria", also="U0MARIA")
    message = Message(COMPLETE, chat.place("maria"), True)
    chat.store.run(lambda tx: chat.desk.hear(tx, account, message, chat.now))
    assert chat.referral().sent_by == "maria"


def test_a_card_is_shown_to_whom_it_belongs(chat: Chat) -> None:
    referral = chat.submitted()
    head = chat.thread(Audience.OFFICE, referral.id).head or ""
    place = replace(chat.place("maria"), message=head)

    def shown(person: str) -> object:
        account = chat.account(person)
        return chat.store.run(lambda tx: chat.desk.shown(tx, account, place, referral.id, chat.now))

    assert shown("maria") is not None
    assert shown("omar") is None
    assert shown("stranger") is None


@pytest.mark.parametrize("action", sorted(OPENS_FORM - {"answer", "report_shown", "hold", "reopen"}))
def test_a_button_that_is_said_to_open_a_form_writes_nothing(action: str) -> None:
    office = Office()
    referral = office.submitted()
    before = {one.id: one.version for one in office.store.all(Referral)}
    office.press("tess", action, referral.id)
    office.press("maria", action, referral.id)
    assert {one.id: one.version for one in office.store.all(Referral)} == before
    assert office.referral().state is State.SUBMITTED


def test_taking_a_time_opens_a_form_only_without_a_referral() -> None:
    assert opens_form(Button("Choose", "take_time", ""))
    assert not opens_form(Button("Choose", "take_time", "r1"))
    assert set(PRESSES) >= OPENS_FORM
