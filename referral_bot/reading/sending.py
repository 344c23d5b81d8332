"""Whether a matter sends a patient, and what it then comes to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from referral_bot.reading.acts import Act
from referral_bot.reading.dates import birth_date, years_between
from referral_bot.reading.doctors import Doctor
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import Evidence
from referral_bot.reading.matters import Matter
from referral_bot.reading.model import Fields
from referral_bot.reading.names import is_plausible
from referral_bot.reading.outcomes import OF_A_REFERRAL, Outcome, loose_outcome
from referral_bot.reading.patients import PatientName
from referral_bot.reading.people import Contact
from referral_bot.reading.submission import read_submission


def is_named(names: list[PatientName]) -> bool:
    """Whether somebody is named surely enough."""
    return bool(names) and names[0].score >= 2.4


_CORRECTS = re.compile(
    r"\b(?:wrong|correct\w*|should (?:be|have|read|say)|update\w*|change[ds]?|typo|new (?:cell|phone"
    r"|number|insurance|ins|address|dob)|instead of|is actually|mistake|add(?:ed)? to|please add|fix|old"
    r"|now has|lost|switched|no longer|forgot|attached|bump|upgrade|approved|auth)\b"
)

_MEANS_TO_SEND = re.compile(
    r"\b(?:(?:i'?d|we'?d|would) like to|want to|wanna|need to|trying to|going to|here to"
    r"|how do i) (?:refer|send|submit)\b|\bget (?:(?:my|a|our|this) (?:pt|patient)|him|her|them) (?:in"
    r"|into|seen)\b|\bnew referral\b|\breferring\b"
)
_STILL_NEEDED = re.compile(r"\b(?:still|else|missing|from me|from us|anything|more)\b")
"""Words of a sender who offers the rest rather than asks what the practice requires."""

_ASKS = frozenset(
    (
        "cancel_referral",
        "check_status",
        "request_consult_note",
        "reschedule_appointment",
        "confirm_document_received",
    )
)

_STARTS = re.compile(
    r"\b(?:[a-z]+ (?:referral|referal|consult)(?! (?:note|report|letter|form|fax))\b[,:]? (?!for|i sent"
    r"|status|we sent|you)|(?:someone|somebody|one|patient|pt|lady|gentleman|guy|kid|man|woman|child"
    r"|baby) (?:i need |we need |i want |we want )?(?:to refer|to send|for you|for (?:gi|ortho|cards"
    r"|cardiology|derm|neuro|ent))|(?:need|want|like|going|trying|have|got) (?:\w+ ){0,3}to (?:refer"
    r"|send (?:you|over)|submit)|referral for (?:an? )?(?:\w+ )?(?:pain|\w+ pain|\w+itis|\w+emia)|(?:here"
    r"|have) (?:is )?a new (?:one|referral|pt|patient)|i'?m sending|sending (?:you|over) (?:a|an|another)"
    r"|refer (?:a|an|someone)|a referral (?:in|to|for you)|necesito referir|quiero referir"
    r"|need(?:s|ing)? (?:an? )?(?:\w+ ){1,2}(?:consult |eval |referral |evaluation )?for (?:an?|my"
    r"|one of (?:my|our)|this|our) (?!new|consult|appt|visit|next|routine|follow))\b"
)
_NEW_REFERRAL = re.compile(
    r"\bnew (?:pt |patient )?referral\b|^\W*(?:have (?:a )?|got (?:a )?)?new (?:pt|patient)\b"
    r"|\b(?:want|need|like)\w* to (?:refer|send)|\bstart a referral|\bsubmit (?:a|the"
    r"|this)? ?(?:new )?referral"
)
_DOCTOR = re.compile(r"\bdr\.? ")
_OF_ONE_OR_TIMES = OF_A_REFERRAL | {"check_availability"}
_ASKS_OF_A_VISIT = _ASKS - {"confirm_document_received"}
_ASKS_OF_ONE = _ASKS | {"report_issue", "office_open"}
_ASKS_IN_GENERAL = frozenset(("ask_requirements", "ask_practice_info", "help"))
_CHANGES = frozenset(("update_referral", "attach_document"))
_NOT_BY_FACTS = _CHANGES | {
    "check_availability",
    "request_human",
    "ask_insurance_accepted",
    "out_of_scope",
}
_NOT_BY_CUE = _ASKS_IN_GENERAL | _CHANGES | {"check_availability"}
_NOT_BY_START = _ASKS_IN_GENERAL | {"request_human", "ask_insurance_accepted"}
_NOT_BY_WORD = _NOT_BY_START | {"check_availability"}
"""What a matter may not ask beside: the less there is of a referral, the more speaks against it."""


@dataclass(frozen=True)
class _Matter:
    """What speaks for and against a matter's being a new referral."""

    text: str
    kinds: frozenset[str]
    """Intents of its acts."""
    evidence: Evidence
    facts: int
    """How many of the things a referral is made of it holds, beside name and birth date."""
    names: Callable[[], list[PatientName]]
    """Looked for only when asked: it is the dear part."""

    @property
    def named(self) -> bool:
        return is_named(self.names())

    def says(self, pattern: re.Pattern[str]) -> bool:
        return pattern.search(self.text) is not None


def is_submission(
    doc: Document,
    matter: Matter,
    acts: list[Act],
    evidence: Evidence,
    names: Callable[[], list[PatientName]],
    opening: list[str],
) -> bool:
    """Whether a matter sends a patient: a name with what a referral is made of."""
    start, end = matter.start, matter.end
    kinds = frozenset(act.intent for act in acts)
    facts = sum(
        (
            evidence.phone,
            evidence.payer,
            evidence.code,
            evidence.clinical >= 2,
            bool(doc.labels("referring", start, end)),
        )
    )
    told = _Matter(doc.words.lower[start:end], kinds, evidence, facts, names)
    if any(mention.by_id for mention in matter.mentions):
        return False
    if not evidence.birth and not _OF_ONE_OR_TIMES.isdisjoint(opening):
        return False
    if matter.mentions:
        return evidence.birth and _is_anew(told)
    if evidence.birth and (facts >= 2 or told.named):
        return facts >= 2 or not kinds & _ASKS_OF_A_VISIT
    if doc.rows:
        labelled = doc.labels("name", start, end) or doc.labels("last", start, end)
        return bool(labelled) and facts >= 1 and "check_status" not in opening
    if told.text.lstrip().startswith(("refer ", "referral ", "refer:")) and told.named:
        return True
    if kinds & _ASKS_OF_ONE:
        return False
    to_whom = bool(doc.found("service", start, end)) or told.says(_DOCTOR)
    return _holds_enough(told, to_whom) or _means_to_send(told)


def _is_anew(told: _Matter) -> bool:
    """Whether somebody with an open referral is sent once more rather than put right."""
    corrects = told.says(_CORRECTS)
    if told.facts >= 1 and told.evidence.clinical and not told.kinds & _ASKS and not corrects:
        return True
    return told.facts >= 3 or (told.facts == 2 and not corrects and "cancel_referral" not in told.kinds)


def _holds_enough(told: _Matter, to_whom: bool) -> bool:
    """Whether a matter that asks nothing holds enough of a referral without a birth date."""
    cue, facts = told.evidence.cue, told.facts
    if facts >= (1 if cue else 3) and told.named:
        return True
    if facts >= 1 and told.evidence.clinical and to_whom and not told.kinds & _NOT_BY_FACTS and told.named:
        return True
    return cue and facts >= 2 and not told.kinds & _NOT_BY_CUE


def _means_to_send(told: _Matter) -> bool:
    """Whether a matter that asks nothing says in so many words that a patient is sent."""
    if told.evidence.clinical and told.says(_MEANS_TO_SEND) and told.named:
        return True
    if told.evidence.clinical and told.says(_STARTS) and not told.kinds & _NOT_BY_START:
        return True
    return told.says(_NEW_REFERRAL) and not told.kinds & _NOT_BY_WORD


def submission_outcomes(
    doc: Document, matter: Matter, acts: list[Act], doctors: list[Doctor], contacts: list[Contact]
) -> list[Outcome]:
    start, end = matter.start, matter.end
    submission = read_submission(doc, start, end, contacts=contacts, doctors=doctors)
    outcome = Outcome(start, end, ["submit_referral"], submission.fields, submission.flags, True)
    if any(mention.ids for mention in matter.mentions) or _is_open(doc, submission.fields):
        outcome.flags.append("possible_duplicate")
    outcomes = _pair(doc, outcome) or [outcome]
    for act in acts:
        begin, stop = doc.sentence_at(act.place)
        question = "?" in doc.words.lower[begin:stop]
        if act.intent == "ask_insurance_accepted" and question:
            extra = loose_outcome(doc, act.intent, begin, stop)
            outcomes.insert(0 if act.place < _first_fact(doc, start, end) else len(outcomes), extra)
        elif act.intent == "ask_requirements" and _STILL_NEEDED.search(doc.words.lower, begin, stop):
            continue
        elif act.intent in ("ask_requirements", "ask_practice_info") and question:
            outcomes.append(loose_outcome(doc, act.intent, begin, stop))
        elif (
            act.intent == "check_availability"
            and question
            and not _has_facts(doc, begin, stop)
            and re.search(
                r"\b(?:opening|openings|how soon|available|availability|next|first|soonest|earliest"
                r"|slots?|anything|when)\b",
                doc.words.lower[begin:stop],
            )
        ):
            outcomes.append(Outcome(begin, stop, ["check_availability"]))
        elif (
            act.intent == "request_human"
            and "callback" not in submission.fields
            and re.search(r"\b(?:call me|someone call|speak|talk|call us)\b", doc.words.lower[begin:stop])
            and not doc.phones
        ):
            outcomes.append(Outcome(begin, stop, ["request_human"]))
    return outcomes


_PAIR = re.compile(r"\b(?P<one>[A-Z][a-z'-]+) (?:and|&|y|\+) (?P<two>[A-Z][a-z'-]+) (?P<last>[A-Z][\w'-]+)")


_TWINS = re.compile(r"\b(?:twins?|gemel[oa]s)\b")


def _pair(doc: Document, outcome: Outcome) -> list[Outcome]:
    """Two new patients named in one breath, with their birth dates after each other; none if it is one."""
    births = [
        written
        for written in doc.dates
        if outcome.start <= written.start < outcome.end and written.year is not None
    ]
    match = _PAIR.search(doc.words.raw, outcome.start, outcome.end)
    if len(births) == 1 and _TWINS.search(doc.words.lower, outcome.start, outcome.end):
        births *= 2
    elif len(births) == 2 and births[1].start - births[0].end > 40:
        return []
    if len(births) != 2 or match is None or births[0].start < match.end():
        return []
    if not all(is_plausible(match[part].lower()) for part in ("one", "two")):
        return []
    outcomes = []
    for part, written in (("one", births[0]), ("two", births[1])):
        day = birth_date(written, doc.today)
        patient = {
            **outcome.fields.get("patient", {}),
            "first": match[part],
            "last": match["last"],
            "dob": day.isoformat() if day else None,
        }
        told = outcome.fields.get("reason", "").split(", ")
        told = [re.sub(r"(?i)^(?:twins?|brothers|sisters|siblings) ", "", text) for text in told]
        told = [text for text in told if not any(match[name] in text for name in ("one", "two", "last"))]
        fields = {
            **outcome.fields,
            "reason": ", ".join(told),
            "patient": {key: value for key, value in patient.items() if value},
        }
        flags = [flag for flag in outcome.flags if flag != "minor"]
        flags += ["minor"] if day and years_between(day, doc.today) < 18 else []
        outcomes.append(Outcome(outcome.start, outcome.end, ["submit_referral"], fields, flags, True))
    return outcomes


def _first_fact(doc: Document, start: int, end: int) -> int:
    places = [
        written.start for written in doc.dates if start <= written.start < end and written.year is not None
    ]
    places += [phone.start for phone in doc.phones if start <= phone.start < end]
    return min(places, default=end)


def _has_facts(doc: Document, start: int, end: int) -> bool:
    return any(start <= written.start < end and written.year is not None for written in doc.dates) or any(
        start <= phone.start < end for phone in doc.phones
    )


def _is_open(doc: Document, fields: Fields) -> bool:
    """Whether the office has a referral open for somebody of this name."""
    patient = fields.get("patient", {})
    full = f"{patient.get('first', '')} {patient.get('last', '')}".lower().strip()
    return bool(full) and any(referral.patient.lower() == full for referral in doc.context.open_referrals)
