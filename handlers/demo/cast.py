"""Who plays in the demo: the people and channels of the example directory, as accounts of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers.demo import model as slack
from handlers.demo.model import Channel, Team
from referral_bot.directory import Directory
from referral_bot.model import ChannelKind, Person, Side

PLATFORM: Final = "slack"
HOME: Final = "T0PRACTICE"

_COLORS: Final = ("#0b5d7a", "#8a4f7d", "#3f7d4e", "#a05a2c", "#4d5bb0", "#7a6a1d", "#a3445c", "#2f6f6f")
_NAMES: Final = {ChannelKind.INTAKE: "intake", ChannelKind.SCOREBOARD: "scoreboard"}
_TOPICS: Final = {
    ChannelKind.INTAKE: "Every referral has a card and a thread here",
    ChannelKind.SCOREBOARD: "Promises kept and broken",
    ChannelKind.OFFICE: "Send us a patient: just write to the bot",
}


@dataclass(frozen=True)
class Cast:
    """What a `Workspace` is furnished with."""

    team: Team
    teams: list[Team]
    people: list[slack.Person]
    channels: list[Channel]


def cast(directory: Directory) -> Cast:
    """The practice's workspace with everybody of the directory who has an account on the platform.

    The first office's people are guests in the practice's workspace; every other office is an
    organisation of its own in a connected channel, without the app: both are common.
    """
    guests, guest_of = (
        (directory.offices[0].key, directory.offices[0].name) if directory.offices else (None, "")
    )
    accounts = {one.person_key: one.account for one in directory.identities if one.platform == PLATFORM}
    people = [
        slack.Person(
            accounts[person.key],
            person.name,
            team=_team_of(person.office_key, guests),
            title=_title(person, guest_of if person.office_key == guests else ""),
            zone=person.timezone or directory.practice.timezone,
            side=person.side,
            color=_COLORS[number % len(_COLORS)],
        )
        for number, person in enumerate(directory.people)
        if person.key in accounts
    ]
    used = {person.team for person in people} - {HOME}
    return Cast(
        team=Team(HOME, directory.practice.name),
        teams=[Team(_own_team(o.key), o.name) for o in directory.offices if _own_team(o.key) in used],
        people=people,
        channels=_channels(directory, accounts, guests),
    )


def _title(person: Person, office: str) -> str:
    """What a person's profile says: a guest's names the office too, as the workspace doesn't."""
    role = person.role.replace("_", " ").capitalize()
    return f"{role} at {office}" if office else role


def _channels(directory: Directory, accounts: dict[str, str], guests: str | None) -> list[Channel]:
    def members(office_key: str | None) -> set[str]:
        return {
            accounts[person.key]
            for person in directory.people
            if person.key in accounts and (person.side is Side.PRACTICE or person.office_key == office_key)
        }

    made = []
    for channel in directory.channels:
        if channel.platform != PLATFORM:
            continue
        team = _team_of(channel.office_key, guests)
        made.append(
            Channel(
                channel.channel,
                _NAMES.get(channel.kind) or channel.office_key or channel.channel,
                members=members(channel.office_key),
                connected=[] if team == HOME else [team],
                names={} if team == HOME else {team: _slug(directory.practice.name)},
                topic=_TOPICS[channel.kind],
            )
        )
    return made


def _team_of(office_key: str | None, guests: str | None) -> str:
    return HOME if office_key in (None, guests) else _own_team(office_key)


def _own_team(office_key: str | None) -> str:
    return f"T0{(office_key or '').upper()}"


def _slug(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "-".join(words)
