"""One message to one reading."""

from __future__ import annotations

from datetime import datetime

from referral_bot.reading.dates import birth_date, find_dates
from referral_bot.reading.missing import missing_from
from referral_bot.reading.model import Context, Fields, Reading
from referral_bot.reading.phones import find_phones
from referral_bot.reading.vocabulary import Vocabulary
from referral_bot.reading.words import Words


def read(
    text: str, *, now: datetime, context: Context | None = None, vocabulary: Vocabulary | None = None
) -> Reading:
    """Read a message. `now` is aware, in the practice's zone: relative days are counted from its date."""
    words = Words(text)
    fields: Fields = {}
    patient: Fields = {}
    for phone in find_phones(words.raw)[:1]:
        patient["phone"] = phone.e164
    for written in find_dates(words.lower)[:1]:
        born = birth_date(written, now.date())
        if born:
            patient["dob"] = born.isoformat()
    if patient:
        fields["patient"] = patient
        return Reading(("submit_referral",), fields, missing_from(fields), ())
    return Reading(("help",))
