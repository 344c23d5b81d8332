"""The practice as the directory describes it: values that change only by an import."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel, ConfigDict


class Urgency(StrEnum):
    """FHIR R4 request-priority."""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"
    STAT = "stat"


class PromiseKind(StrEnum):
    """What the practice, or for `ANSWER` either side, owes next."""

    ACKNOWLEDGE = "acknowledge"
    SCHEDULE = "schedule"
    SEE = "see"
    REPORT = "report"
    ANSWER = "answer"


class Booking(StrEnum):
    """How a service's open times are taken."""

    DIRECT = "direct"
    """An open time can be booked in conversation."""
    REQUEST = "request"
    """Staff confirm the time that was asked for."""


class VisitType(StrEnum):
    """Which visit an appointment is; each service says its minutes."""

    NEW = "new"
    FOLLOW_UP = "follow_up"


class Value(BaseModel):
    """An immutable value, compared by its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeSpan(Value):
    """A promised span: `amount` of `m` (minutes), `h` (hours) or `d` (days)."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


class Opening(Value):
    """Hours on one weekday (0 is Monday), in the practice's zone."""

    weekday: int
    opens: time
    closes: time


class QuietHours(Value):
    """The part of the night, in the reader's zone, in which the clock posts nothing but stat."""

    starts: time = time(20)
    ends: time = time(7)


class Location(Value):
    """A place where patients are seen. `timezone` is an IANA name, or none for the practice's."""

    key: str
    name: str
    address: str = ""
    phone: str = ""
    fax: str = ""
    timezone: str | None = None


class Service(Value):
    """What is referred to, with its visits' minutes and its promises."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    booking: Booking = Booking.REQUEST
    minutes: dict[VisitType, int]
    promises: dict[PromiseKind, dict[Urgency, TimeSpan]]
    """Complete: the directory's defaults are filled in; `asap` counts as `urgent`."""
    requires: tuple[str, ...] = ()
    """Fields beyond the minimum that this service will not take a referral without."""
    bring: str = ""
    """What the patient should bring, shown with a booked time."""

    def promised(self, kind: PromiseKind, urgency: Urgency) -> TimeSpan:
        """The span promised for this kind at this urgency."""
        spans = self.promises[kind]
        return spans[Urgency.URGENT if urgency is Urgency.ASAP else urgency]


class Session(Value):
    """A weekly session of a provider at a location; times are in the location's zone."""

    location: str
    weekday: int
    starts: time
    ends: time


class Provider(Value):
    """Somebody whom patients are booked with."""

    key: str
    name: str
    npi: str = ""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    weekly: tuple[Session, ...] = ()


class Payers(Value):
    """Which insurance the practice takes."""

    accepted: tuple[str, ...] = ()
    not_accepted: tuple[str, ...] = ()
    aliases: dict[str, str] = {}


_Keyed = TypeVar("_Keyed", Location, Service, Provider)


class Practice(Value):
    """The practice: places, services, providers, payers, business time and channels.

    Its hash is computed once, so that what is derived from a practice can be cached by it.
    """

    @cached_property
    def digest(self) -> int:
        """A hash of everything the directory says."""
        return hash(self.model_dump_json())

    def __hash__(self) -> int:
        return self.digest

    name: str
    timezone: str
    """IANA name; business time is counted in it."""
    hours: tuple[Opening, ...]
    holidays: str | None = None
    """Calendar as the holidays package names it, `COUNTRY` or `COUNTRY-SUBDIVISION`."""
    quiet_hours: QuietHours = QuietHours()
    phone: str = ""
    fax: str = ""
    channels: dict[str, str] = {}
    """Platform to the channel where the staff answer."""
    scoreboard: dict[str, str] = {}
    locations: tuple[Location, ...] = ()
    services: tuple[Service, ...] = ()
    providers: tuple[Provider, ...] = ()
    payers: Payers = Payers()

    def location(self, key: str) -> Location:
        """The location of this key; KeyError if the directory has none."""
        return _by_key(self.locations, key)

    def service(self, key: str) -> Service:
        """The service of this key; KeyError if the directory has none."""
        return _by_key(self.services, key)

    def provider(self, key: str) -> Provider:
        """The provider of this key; KeyError if the directory has none."""
        return _by_key(self.providers, key)

    def zone_of(self, location_key: str) -> str:
        """IANA name of the zone in which a location's sessions stand."""
        return self.location(location_key).timezone or self.timezone


def _by_key(entries: tuple[_Keyed, ...], key: str) -> _Keyed:
    for entry in entries:
        if entry.key == key:
            return entry
    raise KeyError(key)
