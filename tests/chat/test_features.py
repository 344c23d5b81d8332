"""Every feature on every platform: one row a feature, run in each place where people can be.

A feature that is written for one platform and missing on another fails here at once; a button that no row
presses fails too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bot import COMPLETE, whole_bot
from seats import FIRST, Seat, SlackSeat, TeamsSeat
from teams_world import teams_world

from referral_bot.desk.presses import PRESSES
from referral_bot.model import State

PLACES = ("slack", "teams channel", "teams chat", "playground")


@dataclass(frozen=True)
class Says:
    who: str
    text: str


@dataclass(frozen=True)
class Replies:
    who: str
    text: str


@dataclass(frozen=True)
class Presses:
    who: str
    button: str


@dataclass(frozen=True)
class Fills:
    who: str
    values: dict[str, str]


@dataclass(frozen=True)
class Waits:
    hours: float


Step = Says | Replies | Presses | Fills | Waits

DRAFT: tuple[Step, ...] = (Says("maria", COMPLETE),)
SENT: tuple[Step, ...] = (*DRAFT, Presses("maria", "Submit"))
CLAIMED: tuple[Step, ...] = (*SENT, Presses("tess", "Claim"))
ASKED: tuple[Step, ...] = (
    *SENT,
    Presses("tess", "Ask the office"),
    Fills("tess", {"Question": "A recent EKG?"}),
)
BOOKED: tuple[Step, ...] = (*SENT, Presses("raj", "Book"), Fills("raj", {"Time": FIRST}))
SEEN: tuple[Step, ...] = (*BOOKED, Presses("raj", "Seen"))
REPORTED: tuple[Step, ...] = (
    *SEEN,
    Presses("nina", "Send report"),
    Fills("nina", {"Report": "Holter is normal."}),
)
CLOSED: tuple[Step, ...] = (*REPORTED, Presses("maria", "Close"))
QUESTION = "do you take 16-year-olds with syncope?"
FORM = {
    "Patient name": "Jane Whitcomb",
    "Date of birth": "03/14/1962",
    "Phone": "309-555-0123",
    "Service": "Cardiology",
    "Reason": "Palpitations for three weeks",
    "Urgency": "Urgent",
}


@dataclass(frozen=True)
class Feature:
    """What is done, which buttons that covers, and the words that each side reads then."""

    steps: tuple[Step, ...]
    covers: tuple[str, ...] = ()
    office: str = ""
    practice: str = ""
    told: tuple[str, str] = ("", "")
    """Somebody, and what they alone are told."""
    state: State | None = None


FEATURES: dict[str, Feature] = {
    "a draft from one message": Feature(DRAFT, office="New referral, not sent yet", state=State.DRAFT),
    "what is missing is answered": Feature(
        (Says("maria", "refer Jane Whitcomb, palpitations, cardiology"), Replies("maria", "DOB 3/14/1962")),
        office="Still needed: ",
    ),
    "submit": Feature(SENT, ("submit",), "Sent.", "RB-", state=State.SUBMITTED),
    "submit by a word": Feature((*DRAFT, Replies("maria", "submit")), practice="RB-", state=State.SUBMITTED),
    "edit a draft": Feature(
        (
            *DRAFT,
            Presses("maria", "Edit"),
            Fills("maria", {"Urgency": "STAT"}),
            Presses("maria", "Submit"),
        ),
        ("edit",),
        practice="STAT",
    ),
    "discard a draft": Feature(
        (*DRAFT, Presses("maria", "Discard")), ("discard",), "Discarded", state=State.DISCARDED
    ),
    "choose a service": Feature(
        (
            Says("maria", "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, leg pain"),
            Presses("maria", "Vascular surgery"),
        ),
        ("choose_service",),
        "Vascular surgery",
    ),
    "choose a time": Feature(
        (*DRAFT, Presses("maria", "Choose a time"), Fills("maria", {"Time": FIRST})),
        ("times",),
        "Kept for you",
    ),
    "a referral from the form": Feature(
        (Says("maria", "help"), Presses("maria", "New referral"), Fills("maria", FORM)),
        ("refer",),
        practice="J. W.",
        state=State.SUBMITTED,
    ),
    "help": Feature((Says("maria", "help"),), office="what I can do"),
    "help for staff": Feature((Says("tess", "help"),), told=("tess", "What I can do")),
    "availability": Feature(
        (Says("maria", "when can you see a new cardiology patient?"),), office="North Clinic"
    ),
    "availability and its form": Feature(
        (
            Says("maria", "when can you see a new cardiology patient?"),
            Presses("maria", "Choose"),
            Fills("maria", FORM),
        ),
        ("take_time",),
        practice="RB-",
    ),
    "availability for a service still to be named": Feature(
        (Says("maria", "when can you see a new patient?"), Presses("maria", "Cardiology")),
        ("availability",),
        told=("maria", "North Clinic"),
    ),
    "status": Feature((*SENT, Says("maria", "status all mine")), office="1 open:"),
    "status by a button": Feature(
        (*SENT, Says("maria", "help"), Presses("maria", "All mine")), ("status",), told=("maria", "1 open:")
    ),
    "status for staff": Feature((*SENT, Says("tess", "status all open")), told=("tess", "RB-")),
    "details": Feature(
        (*SENT, Presses("tess", "Show details")), ("details",), told=("tess", "Jane Whitcomb")
    ),
    "claim": Feature(CLAIMED, ("claim",), "Tess Moran", "Claimed by", state=State.RECEIVED),
    "take over": Feature((*CLAIMED, Presses("raj", "Take over")), ("take_over",), practice="Raj Patel"),
    "accept": Feature((*CLAIMED, Presses("tess", "Accept")), ("accept",), "ccepted", state=State.ACCEPTED),
    "ask the office": Feature(ASKED, ("ask",), "A recent EKG?", state=State.NEEDS_INFO),
    "answer the practice": Feature((*ASKED, Replies("maria", "Yes, Monday.")), practice="Yes, Monday."),
    "tell the office": Feature((*SENT, Replies("tess", "tell them we call today")), office="we call today"),
    "a question and its answer": Feature(
        (
            Says("maria", QUESTION),
            Presses("tess", "Answer"),
            Fills("tess", {"Answer": "Yes, behind the house."}),
        ),
        ("answer",),
        "Yes, behind the house.",
        QUESTION,
    ),
    "a question becomes a referral": Feature(
        (Says("maria", QUESTION), Presses("maria", "Make this a referral")),
        ("question_refer",),
        "New referral, not sent yet",
    ),
    "book": Feature(BOOKED, ("book",), "Booked", "Booked", state=State.SCHEDULED),
    "log a call": Feature(
        (
            *SENT,
            Presses("raj", "Log a call"),
            Fills("raj", {"How it went": "No answer", "Note": "Left word"}),
        ),
        ("call",),
        practice="Left word",
    ),
    "put on hold and resume": Feature(
        (
            *CLAIMED,
            Presses("tess", "Put on hold"),
            Fills("tess", {"Reason": FIRST}),
            Presses("tess", "Resume"),
        ),
        ("hold", "resume"),
    ),
    "decline and reopen": Feature(
        (
            *SENT,
            Presses("tess", "Decline"),
            Fills("tess", {"Reason": FIRST, "Alternative": "Elm Clinic"}),
            Presses("tess", "Reopen"),
            Fills("tess", {"What is still to be done": "Another look"}),
        ),
        ("decline", "reopen"),
        "Elm Clinic",
    ),
    "give up": Feature(
        (*ASKED, Presses("tess", "Give up"), Fills("tess", {"What was tried": "Three calls"})),
        ("give_up",),
        "Three calls",
    ),
    "arrived and seen": Feature(
        (*BOOKED, Presses("raj", "Arrived"), Presses("raj", "Seen")), ("arrived", "seen"), state=State.SEEN
    ),
    "no-show": Feature((*BOOKED, Presses("raj", "No-show")), ("no_show",), state=State.NO_SHOW),
    "report": Feature(REPORTED, ("report",), "Report", state=State.REPORT_SENT),
    "read the report": Feature(
        (*REPORTED, Presses("maria", "Show report")), ("report_shown",), told=("maria", "Holter is normal.")
    ),
    "close and rate": Feature(
        (*CLOSED, Presses("maria", "Very good")),
        ("close", "rate"),
        told=("maria", "Thank"),
        state=State.CLOSED,
    ),
    "change a sent referral": Feature(
        (*SENT, Presses("maria", "Change"), Fills("maria", {"Urgency": "STAT"})),
        ("change",),
        practice="STAT",
    ),
    "cancel an appointment": Feature(
        (*BOOKED, Presses("maria", "Cancel appointment"), Fills("maria", {"Reason": FIRST})),
        ("cancel_appointment",),
        practice="cancelled",
    ),
    "cancel a referral": Feature(
        (*SENT, Presses("maria", "Cancel referral"), Fills("maria", {"Reason": FIRST})),
        ("cancel",),
        practice="ancelled",
        state=State.CANCELLED,
    ),
    "a promise that is late": Feature((*SENT, Waits(3)), office="Late", practice="Late"),
    "an emergency": Feature(
        (Says("maria", "refer Jane Whitcomb, she is unconscious and not breathing"),),
        office="911",
        practice="call",
    ),
}

ELSEWHERE = {
    "make_referral": "a shortcut of Slack and a message extension of Teams, each with a test of its own",
    "morning_list": "asked for by a slash command or in words",
    "help": "in words above",
}
"""Presses without a row, and why."""


@pytest.fixture(params=PLACES)
async def seat(
    request: pytest.FixtureRequest, tmp_path: Path, furnished: Path, furnished_teams: Path
) -> AsyncIterator[Seat]:
    if request.param == "slack":
        async with whole_bot(tmp_path, furnished, "minimal") as bot:
            yield SlackSeat(bot)
        return
    unsigned = request.param == "playground"
    async with teams_world(tmp_path, furnished_teams, open=unsigned) as world:
        yield TeamsSeat(world, in_chat=request.param == "teams chat")


@pytest.mark.parametrize("name", FEATURES)
async def test_every_feature_is_there_on_every_platform(seat: Seat, name: str) -> None:
    feature = FEATURES[name]
    for step in feature.steps:
        match step:
            case Says():
                await seat.says(step.who, step.text)
            case Replies():
                await seat.replies(step.who, step.text)
            case Presses():
                await seat.presses(step.who, step.button)
            case Fills():
                await seat.fills(step.who, step.values)
            case Waits():
                await seat.later(hours=step.hours)
    assert feature.office in seat.office()
    assert feature.practice in seat.practice()
    who, words = feature.told
    assert not who or words in seat.told(who)
    if feature.state is not None:
        assert (await seat.referral()).state is feature.state


def test_every_button_has_its_row() -> None:
    covered = {action for feature in FEATURES.values() for action in feature.covers}
    assert covered | set(ELSEWHERE) == set(PRESSES)
