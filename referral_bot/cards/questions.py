"""A question without a patient, for each side."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from referral_bot.cards import words
from referral_bot.cards.elements import Button, Buttons, Card, Element, Quote, Style, Text, Tone
from referral_bot.model import Audience, Office, Person, Question


def question_head(
    question: Question,
    audience: Audience,
    office: Office,
    asker: Person | None,
    owner: Person | None,
    zone: ZoneInfo,
    now: datetime,
    words_shown: str,
) -> Card:
    """The question as it stands: open with its due time, or answered. `words_shown` is what it asks."""
    due = words.until(question.due_at, zone, now)
    if audience is Audience.OFFICE:
        receiver = owner.name if owner else "the practice's intake"
        told = "Answered below." if question.answered_at else f"I asked {receiver}. You hear {due}."
        refer = Button("Make this a referral", "question_refer", question.id)
        return Card("Your question was passed on.", "", (Text(told), Buttons((refer,))))
    who = words.who(asker) if asker else "Somebody"
    elements: list[Element] = [
        Text(f"{who}, {office.name}, asks:", Tone.STRONG),
        Quote(words_shown),
    ]
    if question.answered_at:
        elements.append(Text("Answered.", Tone.QUIET))
    else:
        answer = Button("Answer", "answer", question.id, style=Style.PRIMARY)
        elements += [
            Text(f"Answer {due}: press Answer, or mention me: tell them …", Tone.QUIET),
            Buttons((answer,)),
        ]
    return Card(f"A question from {office.name}.", f"Question from {office.name}", tuple(elements))


def answered(question: Question, by: Person, words_shown: str) -> Card:
    """The answer, for the office's thread."""
    said = (Text(f"{words.who(by)} answers:", Tone.STRONG), Quote(words_shown))
    refer = Button("Make this a referral", "question_refer", question.id)
    return Card("The practice answered your question.", "", (*said, Buttons((refer,))))
