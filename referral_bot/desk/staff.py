"""What the practice's staff say to the bot; whatever else they say in their threads stays internal."""

from __future__ import annotations

import re
from typing import Final

from referral_bot.access import NO_PATIENTS, NO_SUCH_REFERRAL, sees_patients
from referral_bot.cards import replies
from referral_bot.cards.elements import Card
from referral_bot.desk import answers, documents, fresh, packets, record, scores, status, visits
from referral_bot.desk.turn import Message, Outcome, Turn
from referral_bot.model import AuditAction, Question, Referral, Thread
from referral_bot.reading import Context, read

_TELL: Final = re.compile(
    r"^\s*(?:please\s+)?(?:tell|let|answer|reply)\s+(?:them|the office|to them|to the office)\b"
    r"(?:\s+know)?(?:\s+that)?\s*[:,]?\s*(?P<words>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ASK: Final = re.compile(
    r"^\s*(?:please\s+)?ask\s+(?:them|the office)\s*[:,]?\s*(?P<words>.+)$", re.IGNORECASE | re.DOTALL
)
_LIST: Final = re.compile(r"^\s*(?:status\b|(?:all(?: open| mine)?|everything|open)\W*$)", re.IGNORECASE)
_PROMISES: Final = re.compile(r"\bpromises\b", re.IGNORECASE)
_ALL: Final = re.compile(r"\b(all|everything|open|list|mine)\b", re.IGNORECASE)
_REPORT: Final = re.compile(r"\breport\b", re.IGNORECASE)
NO_REFERRAL_FOR_FILE: Final = (
    "I did not keep the file: I don't know which referral it belongs to. Send it with the reference, such as "
    "“RB-7K2M”, or as the report: “report RB-7K2M”."
)
NOT_RELAYED: Final = (
    "That stayed internal. To send words to the office, begin with: tell them … "
    "To ask them something: ask them … For what you can press, see the card at the top."
)


def said(turn: Turn, message: Message, thread: Thread | None) -> Outcome:
    """Answer staff who address the bot; in a referral's thread, relay or ask."""
    if not message.addressed:
        return Outcome()
    if not sees_patients(turn.actor):
        record.audit(turn, AuditAction.REFUSED, "referral.staff")
        return Outcome(private=replies.says(NO_PATIENTS))
    relayed = thread is not None and _in_thread(turn, message.text, thread)
    if relayed and not message.files:
        return Outcome()
    if message.files:
        return Outcome(private=replies.says(_keep_files(turn, message, thread)))
    card = _answer(turn, message.text)
    if card is None:
        help_card = replies.help_card(turn.practice, turn.actor.side)
        return Outcome(private=replies.says(NOT_RELAYED) if thread else help_card)
    return Outcome(private=card)


def _in_thread(turn: Turn, text: str, thread: Thread) -> bool:
    """Relay or ask in a subject's thread; whether there was something to do."""
    tell, ask = _TELL.match(text), _ASK.match(text)
    referral = turn.tx.get(Referral, thread.subject_id)
    if referral is not None and tell:
        answers.tell_office(turn, referral, tell["words"])
    elif referral is not None and ask:
        answers.ask(turn, referral.id, ask["words"])
    elif referral is None and tell and turn.tx.get(Question, thread.subject_id):
        answers.answer_office(turn, thread.subject_id, tell["words"])
    else:
        return False
    return True


def _keep_files(turn: Turn, message: Message, thread: Thread | None) -> str:
    """Files of staff go to the referral that the thread or the text names: as its report if that is said."""
    reference = status.reference_in(message.text)
    referral = turn.tx.get(Referral, thread.subject_id) if thread else None
    if referral is None and reference:
        referral = status.by_reference(turn, reference)
    if referral is None:
        return NO_REFERRAL_FOR_FILE
    if _REPORT.search(message.text):
        said = status.REFERENCE.sub("", _REPORT.sub("", message.text, count=1)).strip(" :,;.-")
        visits.send_report(turn, referral.id, said, message.files)
        return f"The report of {referral.reference} is on its way to the office."
    documents.receive(turn, referral, message.files)
    return f"I keep that with {referral.reference}; the office can open it."


def _answer(turn: Turn, text: str) -> Card | None:
    """Status and open times, for the person who asks alone."""
    if _PROMISES.search(text):
        return scores.this_week(turn)
    if reference := status.reference_in(text):
        referral = status.by_reference(turn, reference)
        return status.shown(turn, [referral], "Here is where it stands:") if referral else _no_such()
    reading = read(text, now=turn.now, context=Context(), vocabulary=packets.vocabulary(turn.practice))
    if "check_availability" in reading.intents:
        return fresh.times(turn, reading.fields)
    if "check_status" in reading.intents or _LIST.match(text):
        return _status(turn, text, reading.fields.get("patient") or {})
    return None


def _status(turn: Turn, text: str, patient: dict[str, str]) -> Card:
    found = status.by_name(turn, patient.get("first"), patient.get("last"))
    if found:
        return status.shown(turn, found, "Here is where it stands:")
    return status.all_open(turn) if _ALL.search(text) or not patient else _no_such()


def _no_such() -> Card:
    return replies.says(NO_SUCH_REFERRAL.replace(" from your office", ""))
