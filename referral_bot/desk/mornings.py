"""The morning list: what an office has open, sent to whoever of it wants that, each working day at eight.

Whoever wants it has one follow-up waiting, for the next morning; there is nothing else to keep.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referral_bot.access import sees_patients
from referral_bot.business_time import BusinessCalendar, moment
from referral_bot.cards import replies, words
from referral_bot.cards.elements import Button, Buttons, Card, Text
from referral_bot.desk import due, status, telling
from referral_bot.desk.turn import Place, Scene, Turn
from referral_bot.errors import Refused
from referral_bot.model import FollowUp, FollowUpKind, Person, Side

EIGHT: Final = time(8)
ON, OFF = "on", "off"
_STOP: Final = Buttons((Button("Stop the morning list", "morning_list", "", OFF),))
_LIST = r"(?:my |the |a )?(?:morning list|(?:open )?(?:list|referrals) every morning)\W*(?:please)?\W*"
_WANTED: Final = re.compile(rf"\W*(?:please )?(?:(?:send|give)(?: me)? )?{_LIST}", re.IGNORECASE)
_UNWANTED: Final = re.compile(
    rf"\W*(?:please )?(?:stop|end|no more|turn off|cancel)(?: sending)?(?: me)? {_LIST}", re.IGNORECASE
)


def wish(text: str) -> str | None:
    """`on` or `off` where somebody asks for their morning list, or for it to stop; none for other words."""
    if _UNWANTED.fullmatch(text):
        return OFF
    return ON if _WANTED.fullmatch(text) else None


def settle(turn: Turn, wanted: str) -> Card:
    """Send the actor the list from now on, or no more; what to say to them."""
    if turn.actor.side is not Side.OFFICE:
        raise Refused("The morning list is for the people of referring offices.")
    waiting = _waiting(turn, turn.actor)
    if wanted == OFF:
        turn.tx.finish_follow_ups([follow_up.id for follow_up in waiting], turn.now)
        return replies.says("Your morning list has stopped. Write “morning list” to have it again.")
    at = waiting[0].due_at if waiting else _schedule(turn, turn.actor)
    first = words.moment(at, telling.zone_of_actor(turn), turn.now)
    told = f"Each working morning you get what your office has open, first on {first}."
    return Card("Your morning list.", "", (Text(told), _STOP))


def offer(turn: Turn) -> Buttons | None:
    """The button that asks for the list, for somebody of an office who doesn't get it yet."""
    if turn.actor.side is not Side.OFFICE or _waiting(turn, turn.actor):
        return None
    return Buttons((Button("Send me this every morning", "morning_list", "", ON),))


def send(scene: Scene, follow_up: FollowUp) -> None:
    """Send somebody their list, once a day, if anything is open, and write down the next morning."""
    person = scene.tx.person(follow_up.subject_id)
    if person is None or not person.active or not sees_patients(person) or person.office_key is None:
        return
    today = scene.now.astimezone(telling.zone_of_person(scene, person)).date()
    if not scene.tx.first_time(f"morning:{person.key}:{today}", scene.now):
        return  # two who asked at the same moment
    _schedule(scene, person)
    if scene.tx.referrals(office_key=person.office_key, limit=1):
        telling.tell_person(scene, person, _listed(scene, person))


def _listed(scene: Scene, person: Person) -> Card:
    at = telling.account_of(scene, person.key)
    place = Place(at.platform, at.tenant, at.account, direct=True) if at else Place("", "", "", direct=True)
    turn = Turn(scene.tx, scene.practice, scene.now, scene.phi, person, place)
    elements = status.all_open(turn, "referral.morning_list").elements
    return Card("What your office has open.", "Good morning", (*elements, _STOP))


def zone_of(scene: Scene, follow_up: FollowUp) -> ZoneInfo:
    """The zone in which the receiver of a morning list has their morning."""
    person = scene.tx.person(follow_up.subject_id)
    return telling.zone_of_person(scene, person) if person else ZoneInfo(scene.practice.timezone)


def _waiting(scene: Scene, person: Person) -> list[FollowUp]:
    return [one for one in scene.tx.follow_ups(person.key) if one.kind is FollowUpKind.MORNING_LIST]


def _schedule(scene: Scene, person: Person) -> datetime:
    """Write down the next morning of a working day of the practice; when that is."""
    zone, calendar = telling.zone_of_person(scene, person), BusinessCalendar(scene.practice)
    here = ZoneInfo(scene.practice.timezone)
    day = scene.now.astimezone(zone).date()
    at = moment(day, EIGHT, zone)
    while at <= scene.now or not calendar.is_business_day(at.astimezone(here).date()):
        day += timedelta(days=1)
        at = moment(day, EIGHT, zone)
    key = f"morning:{person.key}:{at.isoformat()}:{scene.now.isoformat()}"
    due.schedule(scene, person.key, FollowUpKind.MORNING_LIST, at, "", key)
    return at
