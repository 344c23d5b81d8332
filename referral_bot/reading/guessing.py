"""The likeliest act where no cue tells."""

from __future__ import annotations

import re

from referral_bot.reading.acts import Act
from referral_bot.reading.doctors import find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import Evidence
from referral_bot.reading.matters import Matter
from referral_bot.reading.outcomes import OF_A_REFERRAL
from referral_bot.reading.payers import payers_in
from referral_bot.reading.when import read_when
from referral_bot.reading.wishes import find_services

_VALUE = re.compile(
    r"\b(?:interpreter|wheelchair|stretcher|speaks|transport\w*|auth\w*|self[ -]pay|uninsured|stat"
    r"|urgent|asap"
    r"|routine|prior auth|denied|\bpa\b|spelled|last name|first name|npi|silla de ruedas|worse\w*"
    r"|with (?:two|one|an?|a double|double) [a-z]{1,2}'?s?\b(?! \w+ly)"
    r"|new symptoms|born in)\b|\b[a-tv-z]\d[\dab]\.\w"
)
"""What a referral can be changed to, by the words for it."""


def has_values(doc: Document, matter: Matter) -> bool:
    """Whether a matter states something that a referral can be changed to."""
    start, end = matter.start, matter.end
    if any(start <= phone.start < end for phone in doc.phones) or payers_in(doc, start, end):
        return True
    if any(start <= written.start < end and written.year is not None for written in doc.dates):
        return True
    return _VALUE.search(doc.words.lower[start:end]) is not None


_MOVED_DAY = re.compile(
    r"\b(?:needs?|wants?|has) (?:it |this |that |hers |his )?to be (?:on )?(?:an? )?(?:mon|tue|wed|thu"
    r"|fri)\w*|"
    r"\d{1,2}(?:/\d{1,2}|st|nd|rd|th)?\b[^.?!]{0,24}\b(?:needs? to be|should be|has to be|must be|to|->"
    r"|=>) (?:the )?\d{1,2}(?:/\d{1,2}|st|nd|rd|th)"
    r"|\b(?:can'?t|cannot|won'?t|unable)\b[^.?!]{0,40}\d{1,2}(?:/\d{1,2}|st|nd|rd|th)"
)
"""A day for another, or one on which somebody cannot come."""
COULD_COME = re.compile(
    r"\b(?:could|can|would|may|might) (?:(?:he|she|they|pt|(?!you|u|we|i|someone|somebody"
    r"|anyone)[a-z'-]+(?: [a-z'-]+)?)\b[^.?!]{0,24}\b(?:seen|come|have|do|go)|(?:you"
    r"|u) (?:fit|squeeze)|(?:it|this|that) be)\b"
)
ANY_DAY = re.compile(
    r"\b\d{1,2}/\d{1,2}\b|\bthe \d{1,2}(?:st|nd|rd|th)\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct"
    r"|nov|dec)[a-z]*\.? \d{1,2}\b"
)


def guess(doc: Document, matter: Matter, evidence: Evidence, named: bool, opening: list[str]) -> list[Act]:
    """The likeliest act where no cue tells: what the list was announced as, or what one says of a
    referral.
    """
    lower = doc.words.lower[matter.start : matter.end]
    for intent in opening:
        if intent in OF_A_REFERRAL | {"check_availability", "office_open", "ask_insurance_accepted"}:
            return [Act(matter.start, "check_status" if intent == "office_open" else intent)]
    if matter.mentions:
        if COULD_COME.search(lower) and (
            doc.found("part_of_day", matter.start, matter.end)
            or re.search(r"\d:\d\d|\d ?[ap]m\b", lower)
            or doc.found("weekday", matter.start, matter.end)
            or ANY_DAY.search(lower)
            or "week" in lower
        ):
            return [Act(matter.start, "reschedule_appointment")]
        if (_MOVED_DAY.search(lower) and "?" not in lower) or (
            len(ANY_DAY.findall(lower)) > 1 and not has_values(doc, matter)
        ):
            return [Act(matter.start, "reschedule_appointment")]
        if has_values(doc, matter) or (evidence.clinical >= 2 and "?" not in lower):
            return [Act(matter.start, "update_referral")]
        if doc.found("document", matter.start, matter.end) and re.search(r"\battach|\bfax", lower):
            return [Act(matter.start, "attach_document")]
        return [Act(matter.start, "check_status")]
    if named and "?" in lower:
        return [Act(matter.start, "check_status")]
    services = find_services(doc, matter.start, matter.end)
    doctors = [doctor for doctor in find_doctors(doc) if matter.start <= doctor.start < matter.end]
    if (services or doctors) and read_when(doc.words.lower, matter.start, matter.end, doc.today).preference():
        return [Act(matter.start, "check_availability")]
    if services and (
        "?" in lower or re.search(r"\b(?:week|tomorrow|today|mon|tue|wed|thu|fri|appt|new pt)\b", lower)
    ):
        return [Act(matter.start, "check_availability")]
    return []
