"""Who may see and do what. Every use case asks here, and the answer is computed anew each time."""

from __future__ import annotations

import re
from typing import Final, TypeVar

from referral_bot.errors import NotFound, Refused
from referral_bot.lifecycle import Move
from referral_bot.model import Packet, Person, ReferralBase, Role, Side

SomeReferral = TypeVar("SomeReferral", bound=ReferralBase)

_OFFICE_MOVES: Final = frozenset(
    {Move.SUBMIT, Move.DISCARD, Move.ANSWER, Move.CANCEL, Move.CANCEL_APPOINTMENT}
)
_OFFICE_MAY_ALSO: Final = frozenset({Move.BOOK, Move.CLOSE})
_PRACTICE_MOVES: Final = frozenset(Move) - {Move.SUBMIT, Move.DISCARD, Move.ANSWER}
_WITHOUT_PATIENTS: Final = frozenset({Role.LIAISON})
"""Roles of the practice that work with offices, not with patients."""

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
    return person.side is Side.PRACTICE or person.office_key == referral.office_key


def may(person: Person, move: Move, referral: ReferralBase) -> bool:
    """Whether this person may ever make this move on this referral, whatever its state."""
    if not may_see(person, referral):
        return False
    if person.side is Side.PRACTICE:
        return move in _PRACTICE_MOVES
    return move in _OFFICE_MOVES or move in _OFFICE_MAY_ALSO


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


def masked(text: str, packet: Packet) -> str:
    """Free text with the patient's own identifiers, as far as they are known, taken out.

    Names become initials; phones, birth date, record and member numbers become dots.
    """
    patient = packet.patient
    for name in (patient.first, patient.last):
        for word in re.findall(r"\w{2,}", name or ""):
            text = re.sub(rf"\b{re.escape(word)}\b", f"{word[0].upper()}.", text, flags=re.IGNORECASE)
    numbers = [
        patient.phone,
        patient.phone_home,
        packet.contact.phone,
        patient.mrn,
        packet.insurance.member_id,
    ]
    for number in filter(None, numbers):
        text = _without_number(text, number)
    if patient.dob is not None:
        text = re.sub(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b", "•••", text)
    return text


def _without_number(text: str, number: str) -> str:
    """Take a number out of the text however its characters are spaced there."""
    characters = re.sub(r"[^0-9A-Za-z]", "", number.removeprefix("+1"))
    if len(characters) < 4:
        return text
    spaced = r"[\s().+-]*".join(re.escape(character) for character in characters)
    return re.sub(rf"(?<!\w)(?:\+?1[\s.-]*)?\(?{spaced}(?!\w)", "•••", text, flags=re.IGNORECASE)
