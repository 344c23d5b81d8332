"""Answers to what people ask: open times, status, what the directory knows, help."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from referral_bot.cards import heads, words
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Element,
    Fact,
    Facts,
    Quote,
    Style,
    Text,
    Tone,
)
from referral_bot.cards.view import View
from referral_bot.model import Person, Side
from referral_bot.practice import Practice, Service

EMERGENCY = (
    "This sounds like an emergency. Call 911 now, or have the patient do so; do not wait for us. "
    "I have alerted the practice's staff."
)


def says(text: str, tone: Tone = Tone.PLAIN, fallback: str = "A reply from the referral bot.") -> Card:
    """A card of one paragraph."""
    return Card(fallback, "", (Text(text, tone),))


def added(by: Person, said: str) -> Card:
    """More words of somebody of an office, for the practice's thread."""
    return Card("More words from the office.", "", (Text(f"{words.who(by)} adds:"), Quote(said)))


def times(
    heading: str,
    choices: Sequence[tuple[str, str, str]],
    action: str,
    subject: str,
    footer: str,
) -> Card:
    """Open times to choose from: each with its text, detail and slot id."""
    lines = tuple(
        Choice(text, Button("Choose", action, subject, value=slot), detail) for text, detail, slot in choices
    )
    elements: list[Element] = [Text(heading, Tone.STRONG)]
    if lines:
        elements.append(Choices(lines))
    elements.append(Text(footer, Tone.QUIET))
    return Card("Open times.", "", tuple(elements))


def slot_line(starts_at: datetime, there: ZoneInfo, reader: ZoneInfo) -> str:
    """An open time in the location's zone, and in the reader's where it differs."""
    here = words.moment(starts_at, there)
    if starts_at.astimezone(there).utcoffset() == starts_at.astimezone(reader).utcoffset():
        return here
    return f"{here} ({words.moment(starts_at, reader)} your time)"


def statuses(views: Sequence[View], heading: str) -> Card:
    """Where referrals stand: each by reference, state, who acts next, until when."""
    elements: list[Element] = [Text(heading, Tone.STRONG)]
    elements += [Facts(tuple(Fact(heads.title(view), heads.standing(view)) for view in views))]
    return Card("The status you asked for.", "", tuple(elements))


def which(views: Sequence[View], action: str) -> Card:
    """More than one referral fits: a button each."""
    choices = tuple(
        Choice(heads.title(view), Button("This one", action, view.referral.id), heads.standing(view))
        for view in views
    )
    return Card("Which referral?", "", (Text("Which one do you mean?", Tone.STRONG), Choices(choices)))


def services(
    offered: Sequence[Service], subject: str, asked_for: str = "", action: str = "choose_service"
) -> Card:
    """Services as buttons, for what names none, or one that isn't here; the likeliest first."""
    intro = f"We have no service called {asked_for}. " if asked_for else ""
    buttons = tuple(Button(service.name, action, subject, value=service.key) for service in offered)
    return Card("Which service?", "", (Text(f"{intro}Which service is it for?"), Buttons(buttons[:25])))


def help_card(practice: Practice, side: Side) -> Card:
    """What one can ask, with examples."""
    if side is Side.PRACTICE:
        examples = (
            Fact("Press", "the buttons on a referral's card: Claim, Accept, Ask the office, Book …"),
            Fact("tell them …", "in a referral's thread, by mention: relays your words to the office"),
            Fact("status RB-…", "where a referral stands; all open: who needs something now"),
            Fact("when can you see …", "open times"),
        )
        return Card(
            "How I can help.",
            "What I can do",
            (Facts(examples), Text("Everything else you say in a thread stays internal.", Tone.QUIET)),
        )
    asked = (
        Fact("refer …", "Jane Doe 3/14/1962, 309-555-0123, BCBS, palpitations, cardiology, urgent"),
        Fact("when can you see …", "a new cardiology patient at North next week, mornings?"),
        Fact("status …", "RB-7K2M, or the patient's name, or all mine"),
        Fact("cancel …", "RB-7K2M"),
        Fact("morning list", "what your office has open, to you directly, every working morning"),
        Fact("ask", "anything else: a person of the practice answers here"),
    )
    return Card(
        "How I can help.",
        f"{practice.name}: what I can do",
        (
            Facts(asked),
            Text(
                "To answer, add or change something, reply in its thread or begin with its reference.",
                Tone.QUIET,
            ),
            Buttons(
                (
                    Button("New referral", "refer", "", style=Style.PRIMARY),
                    Button("All mine", "status", "", "all mine"),
                )
            ),
        ),
    )
