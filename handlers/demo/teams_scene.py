"""Who plays in Microsoft's Playground: a person of the example directory, and what their Teams holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import yaml

from handlers.demo.model import Json
from referral_bot.directory import Directory
from referral_bot.model import ChannelKind, Person, Side

PLATFORM: Final = "teams"
TENANT: Final = "11111111-1111-4111-8111-111111111111"
APP: Final = "22222222-2222-4222-8222-222222222222"
BOT: Final = f"28:{APP}"
GENERAL: Final = "19:general@thread.tacv2"
"""The channel that every team has; its id is the team's."""
GROUP: Final = "19:group@thread.v2"
FEWEST_OTHERS: Final = 5
"""The Playground takes no team with fewer members besides the one who looks."""


@dataclass(frozen=True)
class TeamsScene:
    """What the Playground shows, and to whom."""

    me: Person
    others: tuple[Person, ...]
    accounts: dict[str, str]
    """Of each person's key."""
    team: str
    channel: str
    """Id of the channel that is looked at, beside General; it must not be General's."""

    @property
    def personal(self) -> str:
        """Id of the personal chat."""
        return f"a:{self.me.key}"

    @property
    def channel_name(self) -> str:
        """What the Playground calls the channel."""
        return self.channel.removeprefix("19:").partition("@")[0]

    def config(self) -> Json:
        """The Playground's configuration file."""
        return {
            "version": "0.1.1",
            "tenantId": TENANT,
            "bot": {"id": BOT, "name": "Referral Bot"},
            "currentUser": self._user(self.me),
            "users": [self._user(person) for person in self.others],
            "personalChat": {"id": self.personal},
            "groupChat": {"id": GROUP, "name": "Group chat"},
            "team": {
                "id": GENERAL,
                "name": self.team,
                "aadGroupId": str(uuid5(NAMESPACE_URL, GENERAL)),
                "channels": [{"id": self.channel, "name": self.channel_name}],
            },
        }

    def _user(self, person: Person) -> Json:
        first, _, last = person.name.partition(" ")
        address = f"{person.key}@example.org"
        return {
            "id": self.accounts[person.key],
            "name": person.name,
            "givenName": first,
            "surname": last or first,
            "userPrincipleName": address,
            "email": address,
            "aadObjectId": str(uuid5(NAMESPACE_URL, self.accounts[person.key])),
        }


def teams_scene(directory: Directory, person_key: str) -> TeamsScene:
    """The Teams of this person: their office's channel or, of the practice, its intake channel.

    Whoever of the directory has no account there gets one that the bot doesn't know.

    Raises KeyError where the directory has no such person, or no channel for them in Teams.
    """
    people = {person.key: person for person in directory.people}
    known = {one.person_key: one.account for one in directory.identities if one.platform == PLATFORM}
    me = people[person_key]
    office = me.office_key if me.side is Side.OFFICE else None
    channels = [one for one in directory.channels if one.platform == PLATFORM]
    mine = {one.office_key: one.channel for one in channels if one.kind is not ChannelKind.SCOREBOARD}
    others = [person for person in directory.people if person is not me]
    others.sort(key=lambda person: person.key not in known)
    return TeamsScene(
        me,
        tuple(others[: max(FEWEST_OTHERS, len(known))]),
        {person.key: known.get(person.key, f"29:{person.key}") for person in directory.people},
        directory.practice.name,
        mine[office],
    )


def with_teams(text: str, person_key: str) -> str:
    """The directory file with this person in Teams too, and a channel there.

    An office has it besides its other channels; the practice answers there alone.

    Raises KeyError where the file has no such person.
    """
    file: dict[str, Any] = yaml.safe_load(text)
    for office in file["offices"]:
        if _joins(office["people"], person_key):
            office["channels"] = {**office.get("channels", {}), PLATFORM: f"19:{office['key']}@thread.tacv2"}
            return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)
    if not _joins(file["staff"], person_key):
        raise KeyError(person_key)
    file["practice"] |= {"channels": {PLATFORM: "19:intake@thread.tacv2"}}
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)


def _joins(people: list[dict[str, Any]], person_key: str) -> bool:
    for person in people:
        if person["key"] == person_key:
            person[PLATFORM] = f"29:{person_key}"
            return True
    return False
