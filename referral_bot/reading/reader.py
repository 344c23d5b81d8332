"""One message to one reading."""

from __future__ import annotations

from datetime import datetime

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import lexicon_of
from referral_bot.reading.missing import missing_from
from referral_bot.reading.model import Context, Reading
from referral_bot.reading.submission import read_submission
from referral_bot.reading.vocabulary import Vocabulary


def read(
    text: str, *, now: datetime, context: Context | None = None, vocabulary: Vocabulary | None = None
) -> Reading:
    """Read a message. `now` is aware, in the practice's zone: relative days are counted from its date."""
    doc = Document(text, now, context or Context(), lexicon_of(vocabulary or Vocabulary.built_in()))
    submission = read_submission(doc, 0, len(doc.words.raw))
    return Reading(
        ("submit_referral",), submission.fields, missing_from(submission.fields), tuple(submission.flags)
    )
