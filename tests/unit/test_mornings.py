"""The morning list goes to whoever wants it, at eight of their own zone, on working days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from referral_bot.model import Audience, FollowUp, FollowUpKind, Phi
from referral_bot.practice import Practice
from tests.unit.people import Office, buttons, words

DIRECT = "D0MARIA"


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def lists(office: Office, account: str = "U0MARIA") -> list[str]:
    return [words(card) for where, _, card in office.posted if where == account]


def at(office: Office, moment: datetime) -> None:
    office.now = moment
    office.later(seconds=1)


@pytest.mark.parametrize(
    "asked",
    ["morning list", "Please send me the morning list.", "send my open referrals every morning please"],
)
def test_who_asks_for_it_gets_it_on_working_mornings(asked: str) -> None:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    office.say("maria", asked, channel=DIRECT)
    assert "first on Wed, Nov 25, 8:00 AM CST" in words(office.posted[-1][2])
    at(office, utc(25, 13, 59))
    assert lists(office) == []
    at(office, utc(25, 14))
    assert len(lists(office)) == 1
    assert referral.reference is not None
    assert referral.reference in lists(office)[0]
    at(office, utc(26, 15))  # Thanksgiving
    assert len(lists(office)) == 1
    at(office, utc(27, 14))
    assert len(lists(office)) == 2
    at(office, utc(27, 20))
    assert len(lists(office)) == 2


def test_nobody_else_gets_it() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(25, 14))
    assert lists(office, "U0JOY") == []
    assert lists(office, "U0OMAR") == []


def test_asking_twice_sends_it_once() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(25, 14))
    assert len(lists(office)) == 1


@pytest.mark.parametrize("said", ["stop the morning list", "No more morning list, please."])
def test_it_stops_when_asked(said: str) -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    office.say("maria", said, channel=DIRECT)
    assert "has stopped" in words(office.posted[-1][2])
    at(office, utc(25, 14))
    assert lists(office) == []


def test_stopping_and_asking_again_on_one_day_sends_it_once() -> None:
    office = Office()
    office.submitted()
    for said in ("morning list", "stop the morning list", "morning list"):
        office.say("maria", said, channel=DIRECT)
        office.now = office.now.replace(minute=office.now.minute + 1)
    at(office, utc(25, 14))
    assert len(lists(office)) == 1


def test_all_mine_offers_it_to_who_does_not_get_it() -> None:
    office = Office()
    office.submitted()
    outcome = office.press("maria", "status", "", "all mine")
    assert outcome.private is not None
    assert list(buttons(outcome.private)) == ["Send me this every morning"]
    outcome = office.press("maria", "morning_list", "", "on")
    assert outcome.private is not None
    assert "Each working morning" in words(outcome.private)
    outcome = office.press("maria", "status", "", "all mine")
    assert outcome.private is not None
    assert buttons(outcome.private) == {}


def test_nothing_is_sent_where_nothing_is_open() -> None:
    office = Office()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(25, 14))
    assert lists(office) == []
    office.submitted()
    at(office, utc(27, 14))
    assert len(lists(office)) == 1


def test_a_morning_that_was_slept_through_comes_once() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, datetime(2026, 12, 3, 20, tzinfo=UTC))
    assert len(lists(office)) == 1
    at(office, datetime(2026, 12, 4, 14, tzinfo=UTC))
    assert len(lists(office)) == 2


def test_one_found_due_at_night_waits_for_the_morning() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(26, 4))
    assert lists(office) == []
    at(office, utc(27, 14))
    assert len(lists(office)) == 1


def test_leavers_get_none_and_staff_are_told_whose_it_is() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    person = office.store.run(lambda tx: tx.person("maria"))
    assert person is not None
    office.store.run(lambda tx: tx.replace_directory(_practice(tx), tx.offices(), [], [], []))
    at(office, utc(25, 14))
    assert lists(office) == []
    waiting = [f for f in office.store.all(FollowUp) if f.kind is FollowUpKind.MORNING_LIST and not f.done_at]
    assert waiting == []
    outcome = Office().press("tess", "morning_list", "", "on")
    assert outcome.private is not None
    assert "for the people of referring offices" in words(outcome.private)


def _practice(tx: object) -> Practice:
    practice = tx.practice()  # type: ignore[attr-defined]
    assert isinstance(practice, Practice)
    return practice


def test_it_shows_initials_in_minimal_mode() -> None:
    office = Office(phi=Phi.MINIMAL)
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(25, 14))
    assert "J. W." in lists(office)[0]
    assert "Whitcomb" not in lists(office)[0]


def test_two_who_asked_at_the_same_moment_get_it_once() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    (one,) = [f for f in office.store.all(FollowUp) if f.kind is FollowUpKind.MORNING_LIST]
    office.store.run(lambda tx: tx.add(one.model_copy(update={"id": "twin", "key": "twin"})))
    at(office, utc(25, 14))
    assert len(lists(office)) == 1
    at(office, utc(27, 14))
    assert len(lists(office)) == 2


def test_asking_in_a_referrals_thread_is_no_word_to_the_practice() -> None:
    office = Office()
    referral = office.submitted()
    office.press("tess", "claim", referral.id)
    office.act("tess", "ask", referral.id, text="Is there an EKG?")
    said = office.told(Audience.PRACTICE)
    root = office.thread(Audience.OFFICE).root or ""
    office.say("maria", "morning list", root=root, addressed=False)
    assert office.told(Audience.PRACTICE) == said
    assert "Each working morning" in office.told(Audience.OFFICE)[-1]


def test_sending_it_is_on_record_as_that() -> None:
    office = Office()
    office.submitted()
    office.say("maria", "morning list", channel=DIRECT)
    at(office, utc(25, 14))
    assert [e.actor_key for e in office.store.audited if e.what == "referral.morning_list"] == ["maria"]
