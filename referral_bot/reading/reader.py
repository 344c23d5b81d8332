"""One message to one reading: safety first, then the matters, then one answer out of all of them."""

from __future__ import annotations

import re
from datetime import datetime

from referral_bot.reading.danger import is_emergency
from referral_bot.reading.doctors import find_doctors
from referral_bot.reading.document import Document
from referral_bot.reading.interpret import interpret
from referral_bot.reading.lexicon import Lexicon, lexicon_of
from referral_bot.reading.matters import Division, divide
from referral_bot.reading.missing import missing_from_all
from referral_bot.reading.model import Context, Fields, Reading
from referral_bot.reading.names import is_plausible
from referral_bot.reading.outcomes import Outcome
from referral_bot.reading.people import find_contacts
from referral_bot.reading.resolve import Mention, find_mentions
from referral_bot.reading.safety import is_probe
from referral_bot.reading.submission import read_submission
from referral_bot.reading.vocabulary import Vocabulary
from referral_bot.reading.words import bounded

LONGEST = 10_000
"""Characters of a message that are read, a hundred patients' worth; what comes after them is not looked
at.
"""

VERBS = {
    "submit_referral": "submit",
    "check_status": "status",
    "cancel_referral": "cancel",
    "update_referral": "update",
    "attach_document": "attach",
    "reschedule_appointment": "reschedule",
    "request_consult_note": "note",
    "confirm_document_received": "document",
    "select_slot": "select",
    "check_availability": "availability",
    "request_human": "human",
    "report_issue": "issue",
}
"""Under which key the fields of an intent stand when different ones are about different referrals."""


def read(
    text: str, *, now: datetime, context: Context | None = None, vocabulary: Vocabulary | None = None
) -> Reading:
    """Read a message. `now` is aware, in the practice's zone: relative days are counted from its date."""
    lexicon = lexicon_of(vocabulary or Vocabulary.built_in())
    doc = Document(bounded(text, LONGEST), now, context or Context(), lexicon)
    if is_emergency(doc):
        return Reading(("emergency",), {"advice": "call_911"}, (), ("emergency", "notify_practice_now"))
    if is_probe(doc):
        return Reading(("out_of_scope",), {}, (), ("privacy_refusal",))
    mentions = find_mentions(doc) or _quoted_mentions(doc, lexicon)
    if mentions:
        doc.name_mentions([(mention.start, mention.end) for mention in mentions])
    doctors, contacts = find_doctors(doc), find_contacts(doc)
    division = divide(doc, mentions, doctors, contacts)
    outcomes = interpret(doc, division, mentions, doctors, contacts)
    _share(doc, division, outcomes)
    return _assemble(outcomes)


def _quoted_mentions(doc: Document, lexicon: Lexicon) -> list[Mention]:
    """The referral named only in the mail that a message answers, as if it were named at the end."""
    if not doc.quoted:
        return []
    place = doc.sentences[-1][0] if doc.sentences else 0
    quoted = Document(doc.quoted, doc.now, doc.context, lexicon)
    return [mention._replace(start=place, end=place + 1) for mention in find_mentions(quoted)[:1]]


def _share(doc: Document, division: Division, outcomes: list[Outcome]) -> None:
    """Give every new referral what the message says for all of them."""
    submissions = [outcome for outcome in outcomes if "submit_referral" in outcome.intents]
    if len(submissions) < 1:
        return
    if len(submissions) > 1 or division.listed:
        for begin, stop in division.shared:
            common = read_submission(doc, begin, stop, named=False)
            for outcome in submissions:
                _fill(outcome.fields, common.fields)
                outcome.flags += [
                    flag for flag in common.flags if flag not in outcome.flags and flag != "minor"
                ]
    if len(submissions) > 1:
        _same_as_first(doc, submissions)
        _complete_names(doc, submissions)
        _share_surname(submissions)


def _complete_names(doc: Document, submissions: list[Outcome]) -> None:
    """Give patients who are called by one name the full one that stands elsewhere: "Ravi and Leela Menon"."""
    for outcome in submissions:
        patient = outcome.fields.get("patient", {})
        called = [patient[part] for part in ("first", "last") if part in patient]
        if len(called) == 1:
            full = re.search(
                rf"\b{re.escape(called[0])} ([A-Z][a-z]+(?:-[A-Z][a-z]+)?)\b(?!')", doc.words.raw
            )
            if full and is_plausible(full[1].lower()):
                patient["first"], patient["last"] = called[0], full[1]


def _share_surname(submissions: list[Outcome]) -> None:
    """Give the one surname that is said to those who have none: "Ana 3/4/15 and Leo Berrio 6/7/17"."""
    patients = [outcome.fields.get("patient", {}) for outcome in submissions]
    surnames = {patient["last"] for patient in patients if patient.get("last")}
    if len(surnames) == 1:
        for patient in patients:
            if patient.get("first") and "last" not in patient:
                patient["last"] = next(iter(surnames))


def _fill(own: Fields, common: Fields) -> None:
    for key, value in common.items():
        if key == "icd10" or (key == "reason" and own.keys() & {"reason", "icd10"}):
            continue
        if key not in own:
            own[key] = dict(value) if isinstance(value, dict) else value
        elif (
            isinstance(value, dict)
            and isinstance(own[key], dict)
            and key in ("patient", "contact", "preference", "needs", "referring")
        ):
            for inner, text in value.items():
                if key == "patient" and inner not in ("phone", "last"):
                    continue
                if key == "referring" and "last" in own[key]:
                    continue
                own[key].setdefault(inner, text)


_SAME = {
    "insurance": re.compile(r"\bsame (?:ins\w*|plan|coverage|everything|info|policy|thing)\b"),
    "referring": re.compile(r"\bsame (?:dr|doc\w*|provider|referring|everything)\b"),
    "contact": re.compile(
        r"\bsame (?:mom|dad|parent\w*|contact|phone|number|#|everything|guardian|address)\b"
    ),
    "service": re.compile(r"\bsame (?:service|specialty|dept|reason|thing|everything)\b"),
    "reason": re.compile(r"\bsame (?:reason|dx|diagnosis|thing|problem|issue|sx|complaint)\b"),
}


def _same_as_first(doc: Document, submissions: list[Outcome]) -> None:
    first = submissions[0].fields
    referring = [outcome for outcome in submissions if "referring" in outcome.fields]
    only = len({str(outcome.fields["referring"]) for outcome in referring}) == 1
    for outcome in submissions:
        text = doc.words.lower[outcome.start : outcome.end]
        if only and "referring" not in outcome.fields:
            outcome.fields["referring"] = dict(referring[0].fields["referring"])
        for key, pattern in _SAME.items():
            if key in first and key not in outcome.fields and pattern.search(text):
                outcome.fields[key] = first[key]
        if (
            _SAME["contact"].search(text)
            and "phone" not in outcome.fields.get("patient", {})
            and first.get("patient", {}).get("phone")
        ):
            outcome.fields.setdefault("patient", {})["phone"] = first["patient"]["phone"]


def _assemble(outcomes: list[Outcome]) -> Reading:
    intents: list[str] = []
    flags: list[str] = []
    for outcome in outcomes:
        intents += outcome.intents
        flags += [flag for flag in outcome.flags if flag not in flags]
    missing = missing_from_all(outcome.fields for outcome in outcomes if "submit_referral" in outcome.intents)
    own = [outcome for outcome in outcomes if outcome.about_patient]
    loose = [outcome for outcome in outcomes if not outcome.about_patient]
    if len(own) <= 1 and not _repeated(outcomes):
        fields: Fields = {}
        for outcome in outcomes:
            _merge(fields, outcome.fields)
    elif len({tuple(outcome.intents) for outcome in outcomes}) == 1:
        fields = {"referrals": [outcome.fields for outcome in outcomes]}
    elif own and len({tuple(outcome.intents) for outcome in own}) == 1 and len(own[0].intents) == 1:
        fields = {"referrals": [outcome.fields for outcome in own]}
        for outcome in loose:
            _merge(fields, outcome.fields)
    else:
        fields = {}
        for outcome in outcomes:
            if not outcome.fields:
                continue
            verb = next((VERBS[intent] for intent in outcome.intents if intent in VERBS), None)
            if verb is None:
                _merge(fields, outcome.fields)
            elif verb not in fields:
                fields[verb] = outcome.fields
            else:
                before = fields[verb]
                fields[verb] = [*(before if isinstance(before, list) else [before]), outcome.fields]
    return Reading(tuple(intents), fields, missing, tuple(flags))


def _repeated(outcomes: list[Outcome]) -> bool:
    """Whether one act stands more than once, each with fields of its own."""
    kinds = [tuple(outcome.intents) for outcome in outcomes if outcome.fields]
    return len(kinds) > 1 and len(set(kinds)) == 1 and kinds[0][0] in VERBS


def _merge(fields: Fields, more: Fields) -> None:
    for key, value in more.items():
        if key == "topic" and key in fields:
            fields[key] = [*fields[key], *(topic for topic in value if topic not in fields[key])]
        elif isinstance(value, dict) and isinstance(fields.get(key), dict):
            for inner, text in value.items():
                fields[key].setdefault(inner, text)
        else:
            fields.setdefault(key, value)
