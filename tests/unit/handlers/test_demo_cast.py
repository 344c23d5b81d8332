from __future__ import annotations

import pytest

from handlers.demo.cast import HOME, Cast, cast
from handlers.shipped import EXAMPLE, shipped
from referral_bot.directory import read_directory


@pytest.fixture
def players() -> Cast:
    return cast(read_directory(shipped(EXAMPLE).read_text("utf-8")))


def test_everybody_with_an_account_plays(players: Cast) -> None:
    names = {person.name for person in players.people}
    assert {"Maria Gomez", "Tess Moran", "Raj Patel", "Omar Haddad", "Dana Cole"} <= names
    assert "Beth Olsen" not in names, "she is on Teams"


def test_the_first_office_is_a_guest_and_the_others_are_connected(players: Cast) -> None:
    team = {person.name: person.team for person in players.people}
    assert team["Tess Moran"] == team["Maria Gomez"] == HOME
    assert team["Omar Haddad"] != HOME
    assert [one.name for one in players.teams] == ["Hillcrest Internal Medicine"]
    connected = {channel.id: list(channel.connected) for channel in players.channels}
    assert connected["C0LAKESIDE"] == []
    assert connected["C0HILLCREST"] == [team["Omar Haddad"]]


def test_an_office_sees_its_own_channel_alone(players: Cast) -> None:
    sees = {channel.id for channel in players.channels if "U0MARIA" in channel.members}
    assert sees == {"C0LAKESIDE"}


def test_the_practice_is_in_every_channel(players: Cast) -> None:
    assert all("U0TESS" in channel.members for channel in players.channels)
    assert {channel.name for channel in players.channels} == {"intake", "scoreboard", "lakeside", "hillcrest"}


def test_people_show_their_role_and_side(players: Cast) -> None:
    maria = next(person for person in players.people if person.id == "U0MARIA")
    assert (maria.title, maria.side) == ("Referral specialist at Lakeside Family Medicine", "office")
