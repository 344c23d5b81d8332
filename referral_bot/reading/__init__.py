"""What referral coordinators type, read into intents and fields.

Deterministic and local: no network, no model, no state. `docs/reading.md` says what is understood.
"""

from __future__ import annotations

from referral_bot.reading.answers import read_answer
from referral_bot.reading.icd10 import billable_children, search_icd10
from referral_bot.reading.missing import missing_from
from referral_bot.reading.model import Answer, Context, Fields, OfferedSlot, OpenReferral, Reading
from referral_bot.reading.reader import read
from referral_bot.reading.understand import Refused, understand_lines
from referral_bot.reading.vocabulary import Term, Vocabulary

__all__ = [
    "Answer",
    "Context",
    "Fields",
    "OfferedSlot",
    "OpenReferral",
    "Reading",
    "Refused",
    "Term",
    "Vocabulary",
    "billable_children",
    "missing_from",
    "read",
    "read_answer",
    "search_icd10",
    "understand_lines",
]
