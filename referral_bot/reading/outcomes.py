"""What a matter comes to: its intents, their fields, and what to notice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from referral_bot.reading.acts import Act
from referral_bot.reading.availability import read_availability, read_topics
from referral_bot.reading.cancelling import read_cancel
from referral_bot.reading.changes import read_update
from referral_bot.reading.document import Document
from referral_bot.reading.followups import (
    name_fields,
    read_callback,
    read_document,
    read_issue,
    read_match,
    read_note,
    read_status,
)
from referral_bot.reading.matters import Matter
from referral_bot.reading.model import Fields
from referral_bot.reading.papers import read_attachment
from referral_bot.reading.patients import PatientName
from referral_bot.reading.payers import unknown_payer
from referral_bot.reading.rescheduling import read_reschedule
from referral_bot.reading.resolve import Mention
from referral_bot.reading.safety import has_private_ties, says_not_ours

OF_A_REFERRAL = frozenset(
    [
        "check_status",
        "request_consult_note",
        "update_referral",
        "attach_document",
        "cancel_referral",
        "reschedule_appointment",
        "confirm_document_received",
    ]
)

_WANTS_REFERRAL = OF_A_REFERRAL - {"confirm_document_received", "check_status"}


@dataclass
class Outcome:
    """What one matter comes to."""

    start: int
    end: int
    intents: list[str]
    fields: Fields = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    about_patient: bool = False


def outcomes_of(doc: Document, matter: Matter, acts: list[Act], names: list[PatientName]) -> list[Outcome]:
    """Fields and flags of the acts of one matter, as one outcome, or one for each referral that it names."""
    if not acts:
        return []
    intents = [act.intent for act in acts]
    start, end = matter.start, matter.end
    of_referral = [intent for intent in intents if intent in OF_A_REFERRAL]
    distinct = _distinct(matter.mentions)
    if (
        len(distinct) > 1
        and of_referral
        and intents[0]
        in (
            "check_status",
            "request_consult_note",
            "confirm_document_received",
            "reschedule_appointment",
            "update_referral",
            "attach_document",
        )
    ) or (len(distinct) > 1 and of_referral == ["cancel_referral"] and not doc.cue("dup", start, end)):
        outcomes = []
        clauses = _own_clauses(doc, distinct, start, end)
        for number, mention in enumerate(distinct):
            stop = distinct[number + 1].start if number + 1 < len(distinct) else end
            begin = start if number == 0 else mention.start
            own = Matter(begin, stop, [mention])
            outcomes.append(
                _one_outcome(doc, own, of_referral[:1], [], clauses[number] if clauses else (start, end))
            )
        others = [intent for intent in intents if intent not in OF_A_REFERRAL]
        return [*outcomes, *(loose_outcome(doc, intent, start, end) for intent in others)]
    if (
        of_referral == ["check_status"]
        and not distinct
        and len([name for name in names if name.score >= 4]) > 1
        and re.search(r"\band\b|,|&", doc.words.lower[start:end])
    ):
        return [
            Outcome(
                name.start,
                name.end,
                ["check_status"],
                {**name_fields(None, name), **read_status(doc, start, end)},
                ["not_own_referral"],
                True,
            )
            for name in sorted(names)
            if name.score >= 4
        ]
    return [_one_outcome(doc, matter, intents, names, (start, end))]


_CLAUSE = re.compile(r"[,;?.\n]+|\b(?:and|also|y)\b")


def _own_clauses(doc: Document, mentions: list[Mention], start: int, end: int) -> list[tuple[int, int]]:
    """The clause about each of several referrals, if each asks something of its own; else none."""
    cuts = [start]
    for one, other in pairwise(mentions):
        breaks = list(_CLAUSE.finditer(doc.words.lower, one.end, other.start))
        if not breaks:
            return []
        asked = [match for match in breaks if "?" in match[0] or "." in match[0]]
        cuts.append((asked or breaks)[-1].end())
    clauses = list(pairwise([*cuts, end]))
    kinds = ("no_show", "scheduled", "seen", "status")
    if all(any(doc.cue(kind, *clause) for kind in kinds) for clause in clauses):
        return clauses
    return []


def _distinct(mentions: list[Mention]) -> list[Mention]:
    """One mention for each referral meant; the reference and the name of one are one."""
    kept: list[Mention] = []
    for mention in mentions:
        same = next(
            (
                one
                for one in kept
                if set(one.ids) & set(mention.ids)
                or (not one.ids and not mention.ids and one.by_id == mention.by_id)
            ),
            None,
        )
        if same is None:
            kept.append(mention)
        else:
            place = kept.index(same)
            narrower = mention if mention.ids and (not same.ids or len(mention.ids) < len(same.ids)) else same
            first, last = same.first or mention.first, same.last or mention.last
            kept[place] = narrower._replace(
                first=first,
                last=last,
                start=min(same.start, mention.start),
                by_id=same.by_id or mention.by_id,
            )
    return kept


def _one_outcome(
    doc: Document, matter: Matter, intents: list[str], names: list[PatientName], around: tuple[int, int]
) -> Outcome:
    start, end = matter.start, matter.end
    outcome = Outcome(start, end, list(intents))
    fields, flags = outcome.fields, outcome.flags
    distinct = _distinct(matter.mentions)
    mention = distinct[0] if distinct else None
    name = names[0] if names and names[0].score >= 2.4 else None
    of_referral = [intent for intent in intents if intent in OF_A_REFERRAL]
    changes = {"update_referral", "attach_document"} & set(intents)
    if "cancel_referral" in intents:
        told, mention = read_cancel(doc, start, end, matter.mentions, bool(doc.cue("dup", start, end)))
        mention = next((one for one in distinct if mention and set(one.ids) & set(mention.ids)), mention)
        if mention and not mention.last and not mention.first:
            spoken = next((one for one in matter.mentions if one.last or one.first), None)
            if spoken and set(spoken.ids) & set(mention.ids):
                mention = mention._replace(first=spoken.first, last=spoken.last)
        fields.update(told)
        flags.append("confirm_before_cancel")
    scope = "check_status" in intents and bool(doc.cue("office_open", *around)) and not distinct
    if of_referral or mention:
        outcome.about_patient = bool(of_referral)
        stranger = says_not_ours(doc) or (has_private_ties(doc) and not (mention and mention.ids))
        if scope:
            fields["scope"] = "office_open"
        elif stranger and of_referral:
            named_fields = (
                name_fields(None, name)
                if name
                else {key: value for key, value in name_fields(mention).items() if key != "referral_id"}
            )
            fields.update(named_fields)
            flags.append("not_own_referral")
        elif mention is not None:
            known = name_fields(mention)
            if changes or of_referral == ["confirm_document_received"]:
                known.pop("patient", None)
            fields.update(known)
            if not mention.ids:
                flags.append("not_own_referral")
            elif len(mention.ids) > 1 and of_referral:
                flags.append("needs_disambiguation")
        elif name is not None and of_referral and not (changes and not name.name.last):
            if not changes:
                fields.update(name_fields(None, name))
            flags.append("not_own_referral")
        elif set(of_referral) & _WANTS_REFERRAL or "check_status" in of_referral:
            described = read_match(doc, start, end)
            fields.update(described)
            flags.append("needs_disambiguation")
    if "check_status" in intents:
        fields.update(
            read_status(doc, *(around if not fields.get("scope") else (start, end)))
        ) if not scope else None
    if "confirm_document_received" in intents:
        fields.update(read_document(doc, *_question_about(doc, around, "attach_document" in intents)))
    if "request_consult_note" in intents:
        fields.update(read_note(doc, start, end))
    if "reschedule_appointment" in intents:
        fields.update(read_reschedule(doc, start, end, matter.mentions))
    if "update_referral" in intents:
        told, told_flags = read_update(doc, start, end, matter.mentions)
        if "attach_document" not in intents:
            told.pop("documents", None) if "documents" in told and len(told) > 1 and not re.search(
                r"\battach|\bfax", doc.words.lower[start:end]
            ) else None
        fields.update(told)
        flags += told_flags
    if "attach_document" in intents:
        fields.update(read_attachment(doc, start, end))
    if "check_availability" in intents:
        begin = start
        if len(intents) > 1 and (cues := doc.cue("availability", start, end)):
            begin = doc.sentence_at(cues[0].start)[0] if of_referral else start
        for key, value in read_availability(doc, begin, end).items():
            fields.setdefault(key, value)
    for intent in intents:
        if intent in (
            "ask_insurance_accepted",
            "ask_practice_info",
            "ask_requirements",
            "request_human",
            "report_issue",
        ):
            loose = loose_outcome(doc, intent, start, end)
            for key, value in loose.fields.items():
                if key == "topic" and key in fields:
                    fields[key] = [*fields[key], *value]
                else:
                    fields.setdefault(key, value)
            flags += loose.flags
    if "check_status" in intents and "callback" not in fields and doc.phones:
        fields.update(
            {key: value for key, value in read_callback(doc, start, end).items() if _sender_speaks(doc)}
        )
    outcome.flags = list(dict.fromkeys(flags))
    return outcome


def _question_about(doc: Document, around: tuple[int, int], attached: bool) -> tuple[int, int]:
    """Where a document is asked about; beside an attachment, only the sentence that asks."""
    if attached:
        for begin, stop in doc.sentences:
            if around[0] <= begin < around[1] and doc.cue("document", begin, stop):
                return begin, stop
    return around


def _sender_speaks(doc: Document) -> bool:
    return (
        re.search(
            r"\b(?:i'm at|im at|i am at|my|me|call back|callback"
            r"|reach)\b",
            doc.words.lower,
        )
        is not None
    )


def loose_outcome(doc: Document, intent: str, start: int, end: int) -> Outcome:
    """An act about no one's referral."""
    outcome = Outcome(start, end, [intent])
    if intent == "ask_insurance_accepted":
        asked = read_availability(doc, start, end)
        outcome.fields = {
            key: asked[key] for key in ("insurance", "service", "location", "provider") if key in asked
        }
        if "insurance" not in asked and (payer := unknown_payer(doc, start, end)):
            outcome.fields["insurance"] = {"payer": payer}
            outcome.fields.pop("provider", None)
    elif intent == "ask_practice_info":
        outcome.fields = {"topic": read_topics(doc, start, end)}
        asked = read_availability(doc, start, end)
        if "location" in asked:
            outcome.fields["location"] = asked["location"]
    elif intent == "ask_requirements":
        outcome.fields = {"topic": ["required_documents"]}
        asked = read_availability(doc, start, end)
        for key in ("service", "insurance"):
            if key in asked:
                outcome.fields[key] = asked[key]
    elif intent == "request_human":
        outcome.fields = read_callback(doc, start, end)
    elif intent == "report_issue":
        outcome.fields = read_issue(doc, start, end)
        outcome.flags = ["notify_liaison"]
    elif intent == "check_availability":
        outcome.fields = read_availability(doc, start, end)
    return outcome
