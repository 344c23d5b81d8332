"""Who may see and do what. Every use case asks here, and the answer is computed anew each time."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from referral_bot.errors import NotFound, Refused
from referral_bot.lifecycle import Move
from referral_bot.model import Packet, Person, QuestionBase, ReferralBase, Role, Side, State

SomeReferral = TypeVar("SomeReferral", bound=ReferralBase)

_OFFICE_MOVES: Final = frozenset(
    {
        Move.SUBMIT,
        Move.DISCARD,
        Move.ANSWER,
        Move.CANCEL,
        Move.CANCEL_APPOINTMENT,
        Move.BOOK,
        Move.CLOSE,
        Move.REOPEN,
    }
)
_PRACTICE_MOVES: Final = frozenset(Move) - {Move.SUBMIT, Move.DISCARD, Move.ANSWER}
_WITHOUT_PATIENTS: Final = frozenset({Role.LIAISON})
"""Roles of the practice that work with offices, not with patients."""

NO_PATIENTS: Final = "Your role works with offices, not with patients, so I can't show or change referrals."
NO_SUCH_REFERRAL: Final = (
    "I know of no such referral from your office. Check the reference or the patient's name, "
    'or ask for "all mine" to see everything your office has open.'
)
"""The one answer for what does not exist and for what is somebody else's."""


def sees_patients(person: Person) -> bool:
    """Whether this person may see any patient's data at all."""
    return person.active and not (person.side is Side.PRACTICE and person.role in _WITHOUT_PATIENTS)


def may_see(person: Person, referral: ReferralBase) -> bool:
    """Whether this person may know that the referral exists, and what it says."""
    if not sees_patients(person):
        return False
    if person.side is Side.PRACTICE:
        return referral.submitted_at is not None
    return person.office_key == referral.office_key


def may_see_question(person: Person, question: QuestionBase) -> bool:
    """Whether this person may know of a question, which may name a patient."""
    own = person.side is Side.PRACTICE or person.office_key == question.office_key
    return own and sees_patients(person)


def may_reopen(side: Side, referral: ReferralBase) -> bool:
    """Whether this side may ever reopen a referral: what the practice declined it alone takes up again."""
    return side is Side.PRACTICE or referral.state is not State.DECLINED


def may(person: Person, move: Move, referral: ReferralBase) -> bool:
    """Whether this person may ever make this move on this referral, whatever its state."""
    if not may_see(person, referral):
        return False
    if person.side is Side.PRACTICE:
        return move in _PRACTICE_MOVES
    return move in _OFFICE_MOVES


def see(person: Person, referral: SomeReferral | None) -> SomeReferral:
    """The referral, if this person may know of it. Raises NotFound, alike for all other cases."""
    if referral is None or not may_see(person, referral):
        raise NotFound(NO_SUCH_REFERRAL)
    return referral


def check(person: Person, move: Move, referral: ReferralBase) -> None:
    """Raise NotFound or Refused if this person may not make this move."""
    see(person, referral)
    if not may(person, move, referral):
        raise Refused("That is for the other side to do.")


_SHAPES: Final = re.compile(
    r"""
    \b(?:https?://|www\.)\S+
    | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+                                           # e-mail
    | \b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b                                   # a date in figures
    | \b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}\b
    | \b(?:\d{3,6}\s+(?:[NSEW]\.?\s+)?(?:[a-z]+\s+){1,3}
        |\d{1,6}\s+(?:[NSEW]\.?\s+)?(?:(?-i:[A-Z])\w+\s+){1,3})               # an address
      (?:st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|drive|ct|court|pl|place|pkwy|hwy)\b\.?
      (?:,\s*(?-i:[A-Z])\w+(?:\s(?-i:[A-Z])\w+)?)?(?:,?\s+[A-Z]{2}\b)?
    | (?<![\w.])\+?\(?\d(?:[\s().-]{0,2}\d){6,}(?!\w)                       # telephones and long numbers
    | (?<![\w.])\d{5,}(?:-\d+)*(?!\w)
    | (?<![\w.-])(?!RB-)(?=(?:-?[A-Z0-9])*?\d)(?=(?:[A-Z-]*\d){3})(?=[\d-]*[A-Z])
      [A-Z0-9](?:-?[A-Z0-9]){5,}(?![\w-])                                    # codes, plates, serials
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What looks like something that tells who a person is, whoever it belongs to."""
HIDDEN: Final = "•••"


def masked(text: str, packet: Packet) -> str:
    """Free text with the patient's own identifiers, and what looks like anybody's, taken out.

    Names become initials; numbers, dates, addresses, e-mail addresses, links and codes become dots.
    """
    patient = packet.patient
    for name in (patient.first, patient.last, packet.contact.name):
        for word in re.findall(r"\w{2,}", name or ""):
            text = re.sub(rf"\b{re.escape(word)}\b", f"{word[0].upper()}.", text, flags=re.IGNORECASE)
    numbers = [
        patient.phone,
        patient.phone_home,
        packet.contact.phone,
        patient.mrn,
        packet.insurance.member_id,
        packet.auth.number,
    ]
    for number in filter(None, numbers):
        text = _without_number(text, number)
    return _SHAPES.sub(HIDDEN, text)


def _without_number(text: str, number: str) -> str:
    """Take a number out of the text however its characters are spaced there."""
    characters = re.sub(r"[^0-9A-Za-z]", "", number.removeprefix("+1"))
    if len(characters) < 4:
        return text
    spaced = r"[\s().+-]*".join(re.escape(character) for character in characters)
    return re.sub(rf"(?<!\w)(?:\+?1[\s.-]*)?\(?{spaced}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
