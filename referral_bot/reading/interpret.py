"""From the cues and facts of a matter to its intents, its fields and what to notice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from referral_bot.reading.acts import Act, Evidence, find_acts, weigh
from referral_bot.reading.availability import read_availability, read_topics
from referral_bot.reading.changes import read_attachment, read_update
from referral_bot.reading.coverage import meant_payers, payers_in
from referral_bot.reading.document import Document
from referral_bot.reading.followups import (
    name_fields,
    read_callback,
    read_cancel,
    read_document,
    read_issue,
    read_match,
    read_note,
    read_reschedule,
    read_status,
)
from referral_bot.reading.matters import Division, Matter
from referral_bot.reading.model import Fields
from referral_bot.reading.patients import PatientName, find_patient_names, labelled_name
from referral_bot.reading.people import Contact, Doctor
from referral_bot.reading.resolve import Mention
from referral_bot.reading.safety import has_private_ties, says_not_ours
from referral_bot.reading.slots import find_slot
from referral_bot.reading.submission import read_submission
from referral_bot.reading.when import read_when
from referral_bot.reading.wishes import find_services

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


def interpret(
    doc: Document, division: Division, mentions: list[Mention], doctors: list[Doctor], contacts: list[Contact]
) -> list[Outcome]:
    """Every matter's outcome in the order of the text; matters that come to nothing are left out."""
    slot = _slot_outcome(doc, mentions)
    if slot:
        return slot
    outcomes: list[Outcome] = []
    opening = _shared_acts(doc, division, mentions)
    single = len(division.matters) == 1
    for matter in division.matters:
        found = _interpret_one(doc, matter, doctors, contacts, opening, single=single)
        outcomes += found
    if division.listed:
        for begin, stop in division.shared:
            for act in find_acts(doc, begin, stop, []):
                if act.intent in (
                    "ask_insurance_accepted",
                    "request_human",
                    "ask_practice_info",
                    "ask_requirements",
                ) and not any(act.intent in one.intents for one in outcomes):
                    outcomes.append(_loose(doc, act.intent, begin, stop))
    if not outcomes:
        return [_nothing(doc)]
    telling = [one for one in outcomes if one.intents not in (["thanks"], ["help"], ["out_of_scope"])]
    if telling:
        return _joined(telling)
    return outcomes[:1]


def _joined(outcomes: list[Outcome]) -> list[Outcome]:
    """Sentences without a patient of their own belong to the one matter that has one, if they do the same
    act.
    """
    kept: list[Outcome] = []
    for outcome in outcomes:
        if not outcome.about_patient and any(
            outcome.intents == other.intents and other.about_patient
            for other in outcomes
            if other is not outcome
        ):
            continue
        kept.append(outcome)
    return kept


def _shared_acts(doc: Document, division: Division, mentions: list[Mention]) -> list[str]:
    """Acts that the words before a list announce for its items: "Status on:", "Two updates:"."""
    acts: list[str] = []
    for begin, stop in division.shared:
        acts += [act.intent for act in find_acts(doc, begin, stop, [])]
    if doc.rows and any(cell.role == "status_question" for row in doc.rows for cell in row.cells):
        acts.append("check_status")
    return acts


def _slot_outcome(doc: Document, mentions: list[Mention]) -> list[Outcome]:
    if not doc.context.offered_slots:
        return []
    found = find_slot(doc)
    if found is None:
        return []
    size = len(doc.words.raw)
    acts = {act.intent for act in find_acts(doc, 0, size, mentions)}
    if acts & {"cancel_referral"} or (weigh(doc, 0, size).birth):
        return []
    slot, _ = found
    mention = next((one for one in mentions if one.ids), None)
    fields: Fields = {"slot_index": slot.index, "slot_id": slot.id}
    flags: list[str] = []
    if mention and len(mention.ids) == 1:
        fields["referral_id"] = mention.ids[0]
    elif mention and len(mention.ids) > 1:
        flags.append("needs_disambiguation")
    intents = ["select_slot"]
    changes, change_flags = read_update(doc, 0, size, mentions)
    changes = {
        key: value
        for key, value in changes.items()
        if key in ("patient", "insurance", "auth", "needs", "contact")
    }
    if changes and (doc.phones or "insurance" in changes or "auth" in changes or "needs" in changes):
        intents.append("update_referral")
        fields.update(changes)
        flags += change_flags
    outcome = Outcome(0, size, intents, fields, flags, True)
    others = [intent for intent in ("ask_insurance_accepted", "ask_requirements") if intent in acts]
    return [outcome, *(_loose(doc, intent, 0, size) for intent in others)]


def _names(
    doc: Document, matter: Matter, doctors: list[Doctor], contacts: list[Contact]
) -> list[PatientName]:
    """People named in a matter who are neither providers nor relatives, best first."""
    labelled = labelled_name(doc, matter.start, matter.end)
    if labelled:
        return [labelled]
    taken = bytearray(doc.words.taken)
    for begin, stop in [
        *((one.start, one.end) for one in doctors),
        *((one.start, one.end) for one in contacts),
    ]:
        taken[begin:stop] = b"\x01" * (stop - begin)
    for hit in meant_payers(doc):
        taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    for kind in ("plan", "service", "weekday", "location", "document", "language"):
        for hit in doc.hits.get(kind, ()):
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    office = (doc.context.office or "").lower()
    if office:
        place = doc.words.lower.find(office)
        if place >= 0:
            taken[place : place + len(office)] = b"\x01" * len(office)
    return find_patient_names(doc, matter.start, matter.end, taken)


def _interpret_one(
    doc: Document,
    matter: Matter,
    doctors: list[Doctor],
    contacts: list[Contact],
    opening: list[str],
    *,
    single: bool,
) -> list[Outcome]:
    start, end = matter.start, matter.end
    acts = find_acts(doc, start, end, matter.mentions)

    @cache
    def names() -> list[PatientName]:
        found = _names(doc, matter, doctors, contacts)
        if opening and found and doc.items and len(doc.words.raw[start:end].split()) < 4:
            return [found[0]._replace(score=5)]
        return found

    evidence = weigh(doc, start, end)
    if _is_submission(doc, matter, acts, evidence, names, opening):
        return _submission(doc, matter, acts, doctors, contacts)
    kept = _settle(doc, matter, acts, evidence, opening)
    if not kept:
        kept = _guess(doc, matter, evidence, is_named(names()), opening)
    return _outcomes(doc, matter, kept, names())


def is_named(names: list[PatientName]) -> bool:
    """Whether somebody is named surely enough."""
    return bool(names) and names[0].score >= 2.4


_CORRECTS = re.compile(
    r"\b(?:wrong|correct\w*|should (?:be|have|read|say)|update\w*|change[ds]?|typo|new (?:cell|phone"
    r"|number|insurance|ins|address|dob)|instead of|is actually|mistake|add(?:ed)? to|please add|fix|old"
    r"|now has|lost|switched|no longer|forgot|attached|bump|upgrade|approved|auth)\b"
)


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
    r"|refer (?:a|an|someone)|a referral (?:in|to|for you)|necesito referir|quiero referir)\b"
)


def _is_submission(
    doc: Document,
    matter: Matter,
    acts: list[Act],
    evidence: Evidence,
    names: Callable[[], list[PatientName]],
    opening: list[str],
) -> bool:
    """Whether a matter sends a patient: a name with what a referral is made of."""
    lower = doc.words.lower[matter.start : matter.end]
    kinds = {act.intent for act in acts}
    facts = sum(
        (
            evidence.phone,
            evidence.payer,
            evidence.code,
            evidence.clinical >= 2,
            bool(doc.labels("referring", matter.start, matter.end)),
        )
    )
    by_id = any(mention.by_id for mention in matter.mentions)
    if by_id or (not evidence.birth and set(opening) & (OF_A_REFERRAL | {"check_availability"})):
        return False
    if matter.mentions:
        if not evidence.birth:
            return False
        if facts >= 1 and evidence.clinical and not kinds & _ASKS and not _CORRECTS.search(lower):
            return True
        if facts >= 2 and not (_CORRECTS.search(lower) and facts < 3):
            return "cancel_referral" not in kinds or facts >= 3
        return False
    if evidence.birth and (facts >= 2 or is_named(names())):
        return not (
            kinds & {"cancel_referral", "check_status", "request_consult_note", "reschedule_appointment"}
            and facts < 2
        )
    if doc.rows:
        return (
            bool(doc.labels("name", matter.start, matter.end) or doc.labels("last", matter.start, matter.end))
            and facts >= 1
            and "check_status" not in opening
        )
    asking = kinds & {
        "check_status",
        "request_consult_note",
        "cancel_referral",
        "reschedule_appointment",
        "confirm_document_received",
        "report_issue",
        "office_open",
    }
    if is_named(names()) and facts >= 2 and (evidence.cue or facts >= 3) and not asking:
        return True
    if evidence.cue and not asking and facts >= 1 and is_named(names()):
        return True
    if (
        is_named(names())
        and not asking
        and facts >= 1
        and evidence.clinical >= 1
        and (doc.found("service", matter.start, matter.end) or re.search(r"\bdr\.? ", lower))
        and not kinds
        & {
            "check_availability",
            "request_human",
            "ask_insurance_accepted",
            "out_of_scope",
            "attach_document",
            "update_referral",
        }
    ):
        return True
    if (
        evidence.cue
        and not asking
        and facts >= 2
        and not kinds
        & {
            "check_availability",
            "ask_requirements",
            "ask_practice_info",
            "help",
            "update_referral",
            "attach_document",
        }
    ):
        return True
    if (
        evidence.clinical
        and not matter.mentions
        and _STARTS.search(lower)
        and not asking
        and not kinds
        & {"ask_requirements", "ask_practice_info", "help", "request_human", "ask_insurance_accepted"}
    ):
        return True
    return (
        bool(
            re.search(
                r"\bnew (?:pt |patient )?referral\b|^\W*(?:have (?:a )?|got (?:a )?)?new (?:pt|patient)\b"
                r"|\b(?:want|need|like)\w* to (?:refer|send)|\bstart a referral|\bsubmit (?:a|the"
                r"|this)? ?(?:new )?referral",
                lower,
            )
        )
        and not asking
        and not kinds
        & {
            "check_availability",
            "ask_requirements",
            "ask_practice_info",
            "help",
            "ask_insurance_accepted",
            "request_human",
        }
    )


def _submission(
    doc: Document, matter: Matter, acts: list[Act], doctors: list[Doctor], contacts: list[Contact]
) -> list[Outcome]:
    start, end = matter.start, matter.end
    submission = read_submission(doc, start, end, contacts=contacts, doctors=doctors)
    outcome = Outcome(start, end, ["submit_referral"], submission.fields, submission.flags, True)
    if any(mention.ids for mention in matter.mentions) or _is_open(doc, submission.fields):
        outcome.flags.append("possible_duplicate")
    outcomes = [outcome]
    for act in acts:
        begin, stop = doc.sentence_at(act.place)
        question = "?" in doc.words.lower[begin:stop]
        if act.intent == "ask_insurance_accepted" and question:
            extra = _loose(doc, act.intent, begin, stop)
            outcomes.insert(0 if act.place < _first_fact(doc, start, end) else len(outcomes), extra)
        elif act.intent in ("ask_requirements", "ask_practice_info") and question:
            outcomes.append(_loose(doc, act.intent, begin, stop))
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


def _settle(
    doc: Document, matter: Matter, acts: list[Act], evidence: Evidence, opening: list[str]
) -> list[Act]:
    """The acts that stand when those that other words explain are taken away."""
    by = {act.intent: act for act in acts}
    lower = doc.words.lower[matter.start : matter.end]
    about = bool(matter.mentions)

    def drop(*intents: str) -> None:
        for intent in intents:
            by.pop(intent, None)

    if "office_open" in by:
        place = by.pop("office_open")
        cancels = "cancel_referral" in by and re.search(r"\b(?:cancel|withdraw|void|cxl)", lower) is not None
        if not cancels:
            by["check_status"] = Act(place.place, "check_status")
            drop(
                "update_referral",
                "cancel_referral",
                "check_availability",
                "request_consult_note",
                "reschedule_appointment",
            )
    if "not_cancel" in by:
        place = by.pop("not_cancel")
        drop("cancel_referral")
        if (
            "reschedule_appointment" not in by
            and (about or "check_availability" in by)
            and re.search(r"\b(?:day|time|week|date|move|later|earlier|instead|another|different)\b", lower)
        ):
            by["reschedule_appointment"] = Act(place.place, "reschedule_appointment")
    if "cancel_referral" in by and "reschedule_appointment" in by:
        if re.search(
            r"\b(?:resched\w*|r/s|move (?:her|him|it|them|to)|(?:different|another|new|other) (?:day|time"
            r"|date|slot)|reprogram\w*|reagend\w*|rebook)\b",
            lower,
        ) and not re.search(
            r"\b(?:not|don'?t|no) (?:need to |want to )?(?:resched\w*|rebook)|\binstead of resched", lower
        ):
            drop("cancel_referral")
        else:
            drop("reschedule_appointment")
    if "cancel_referral" in by:
        drop(
            "update_referral",
            "check_status",
            "check_availability",
            "attach_document",
            "confirm_document_received",
            "report_issue",
            "request_consult_note",
        )
        if "request_human" in by and re.search(r"\b(?:do not|don'?t|no need to) call\b", lower):
            drop("request_human")
    if "reschedule_appointment" in by:
        if (
            not about
            and "check_availability" in by
            and not re.search(r"\b(?:resched\w*|move|moved|r/s|her appt|his appt|appointment|cita)\b", lower)
        ):
            drop("reschedule_appointment")
        else:
            drop("check_availability", "update_referral", "check_status", "report_issue")
    if "request_consult_note" in by:
        drop("attach_document")
        if "confirm_document_received" in by:
            drop("confirm_document_received")
        if "check_status" in by and not _separate(doc, by["check_status"], by["request_consult_note"]):
            drop("check_status")
        drop("update_referral", "check_availability")
    if "confirm_document_received" in by:
        if "check_status" in by and not _separate(doc, by["check_status"], by["confirm_document_received"]):
            drop("check_status")
        if "attach_document" in by and not _separate(
            doc, by["attach_document"], by["confirm_document_received"]
        ):
            drop("attach_document")
        drop("update_referral", "ask_practice_info", "check_availability")
        if "report_issue" in by and not re.search(
            r"\b(?:third|3rd|again|frustrat\w*|unaccept\w*|nobody|no one|lost)\b", lower
        ):
            drop("report_issue")
    if "check_status" in by:
        if about and not (
            "check_availability" in by
            and _separate(doc, by["check_status"], by["check_availability"])
            and re.search(
                r"\b(?:soonest|openings?|next available|first available|availability|how soon|earliest"
                r"|slots?)\b",
                lower,
            )
        ):
            drop("check_availability")
        if "update_referral" in by and not (
            _has_values(doc, matter) and _separate(doc, by["check_status"], by["update_referral"])
        ):
            if (
                _has_values(doc, matter)
                and about
                and re.search(
                    r"\b(?:auth\w*|new (?:cell|phone|number|insurance)|approved|changed|self[ -]pay)\b", lower
                )
                and "?" not in lower
            ):
                drop("check_status")
            else:
                drop("update_referral")
        elif (
            "update_referral" in by
            and "?" not in doc.words.lower[slice(*doc.sentence_at(by["check_status"].place))]
        ):
            drop("check_status")
    if "check_availability" in by:
        if about and re.search(r"\b(?:sooner|earlier|moved up|move (?:her|him) up)\b", lower):
            by["reschedule_appointment"] = Act(by["check_availability"].place, "reschedule_appointment")
            drop("check_availability")
        drop("update_referral") if "check_availability" in by and not about else None
        if "check_availability" in by and "check_status" in by and not about:
            names_status = re.search(
                r"\bstatus\b|\b(?:on|for|with) (?:mr|mrs|ms)\b|\b(?:her|his) referral\b", lower
            )
            if not names_status:
                drop("check_status")
        if "check_availability" in by and "report_issue" in by:
            drop("report_issue")
    if "update_referral" in by:
        if (
            not about
            and not _has_values(doc, matter)
            and not re.search(r"\b(?:referral|chart|file|record)\b", lower)
        ) or ("attach_document" in by and not _has_values(doc, matter)):
            drop("update_referral")
        if "update_referral" in by:
            drop("ask_practice_info", "help")
            if "ask_insurance_accepted" in by and "?" not in lower:
                drop("ask_insurance_accepted")
            if "report_issue" in by and not re.search(
                r"\b(?:frustrat\w*|unaccept\w*|nobody|no one|complain\w*)\b", lower
            ):
                drop("report_issue")
            if "request_human" in by and not re.search(r"\?|\b(?:call me|someone call|speak|talk)\b", lower):
                drop("request_human")
    if "ask_requirements" in by:
        drop("confirm_document_received", "update_referral", "request_consult_note")
        if "check_availability" in by and not _separate(
            doc, by["check_availability"], by["ask_requirements"]
        ):
            drop("check_availability")
        if "ask_practice_info" in by and not _separate(doc, by["ask_practice_info"], by["ask_requirements"]):
            pass
        if "check_status" in by and not about:
            drop("check_status")
    if "ask_practice_info" in by:
        if not about:
            drop("check_status", "update_referral", "attach_document")
            if "check_availability" in by and not doc.found("service", matter.start, matter.end):
                drop("check_availability")
            drop("confirm_document_received")
            if (
                "request_human" in by
                and re.search(r"\bnumber\b|\bcall\b", lower)
                and not re.search(r"\bcall me|someone|person\b", lower)
            ):
                drop("request_human")
        else:
            drop("ask_practice_info") if any(one in by for one in OF_A_REFERRAL) else None
    if "ask_insurance_accepted" in by and not about:
        drop("check_status", "update_referral", "confirm_document_received")
        if "check_availability" in by and not re.search(
            r"\b(?:opening|openings|avail\w*|soon\w*|earliest|next|first|slots?|anything|appts?"
            r"|appointments?|wait|how far|how long|get in|when|tienen|cita|booking)\b",
            lower,
        ):
            drop("check_availability")
        if "out_of_scope" in by:
            drop("out_of_scope")
    if "report_issue" in by:
        if "check_status" in by and not (about or _named_question(doc, by["check_status"])):
            drop("check_status")
        drop("update_referral", "check_availability", "help", "attach_document")
        if "ask_practice_info" in by:
            drop("ask_practice_info")
    if "request_human" in by:
        drop("update_referral", "check_availability", "help") if not about or (
            "update_referral" in by and not _has_values(doc, matter)
        ) else drop("help")
        if "check_status" in by and not (about and re.search(r"\?|status|scheduled|where|update|any", lower)):
            drop("check_status")
        if "ask_practice_info" in by:
            drop("ask_practice_info")
        if "check_status" in by and re.search(
            r"\bif it'?s easier|\bor (?:just )?call|\bfeel free|\bif (?:you|easier|needed)"
            r"|\b(?:any )?questions\b",
            lower,
        ):
            drop("request_human")
    if "attach_document" in by and any(one in by for one in ("check_status",)) and not about:
        drop("attach_document")
    serious = [intent for intent in by if intent not in ("thanks", "help", "out_of_scope")]
    if serious:
        if "out_of_scope" in by and not (
            set(serious)
            & {
                "submit_referral",
                "cancel_referral",
                "reschedule_appointment",
                "check_status",
                "request_consult_note",
                "confirm_document_received",
                "ask_insurance_accepted",
                "check_availability",
                "report_issue",
            }
        ):
            return [by["out_of_scope"]]
        drop("thanks", "help", "out_of_scope")
    elif "out_of_scope" in by:
        drop("thanks", "help")
    elif "help" in by and "thanks" in by:
        drop("thanks")
    return sorted(by.values())


def _separate(doc: Document, one: Act, other: Act) -> bool:
    """Whether two acts stand in different sentences."""
    return doc.sentence_at(one.place) != doc.sentence_at(other.place)


def _named_question(doc: Document, act: Act) -> bool:
    begin, stop = doc.sentence_at(act.place)
    return (
        "?" in doc.words.lower[begin:stop]
        and re.search(r"\b(?:referral|appt|appointment|patient|pt)\b", doc.words.lower[begin:stop])
        is not None
    )


def _has_values(doc: Document, matter: Matter) -> bool:
    """Whether a matter states something that a referral can be changed to."""
    start, end = matter.start, matter.end
    if any(start <= phone.start < end for phone in doc.phones) or payers_in(doc, start, end):
        return True
    if any(start <= written.start < end and written.year is not None for written in doc.dates):
        return True
    return (
        re.search(
            r"\b(?:interpreter|wheelchair|transport\w*|auth\w*|self[ -]pay|uninsured|stat|urgent|asap"
            r"|routine|prior auth|denied|\bpa\b|spelled|last name|first name|npi|silla de ruedas|worse\w*"
            r"|new symptoms|born in)\b|\b[a-tv-z]\d[\dab]\.\w",
            doc.words.lower[start:end],
        )
        is not None
    )


def _guess(doc: Document, matter: Matter, evidence: Evidence, named: bool, opening: list[str]) -> list[Act]:
    """The likeliest act where no cue tells: what the list was announced as, or what one says of a
    referral.
    """
    lower = doc.words.lower[matter.start : matter.end]
    for intent in opening:
        if intent in OF_A_REFERRAL | {"check_availability", "office_open", "ask_insurance_accepted"}:
            return [Act(matter.start, "check_status" if intent == "office_open" else intent)]
    if matter.mentions:
        if _has_values(doc, matter) or (evidence.clinical >= 2 and "?" not in lower):
            return [Act(matter.start, "update_referral")]
        if doc.found("document", matter.start, matter.end) and re.search(r"\battach|\bfax", lower):
            return [Act(matter.start, "attach_document")]
        return [Act(matter.start, "check_status")]
    if named and "?" in lower:
        return [Act(matter.start, "check_status")]
    services = find_services(doc, matter.start, matter.end)
    if services and read_when(doc.words.lower, matter.start, matter.end, doc.today).preference():
        return [Act(matter.start, "check_availability")]
    if services and (
        "?" in lower or re.search(r"\b(?:week|tomorrow|today|mon|tue|wed|thu|fri|appt|new pt)\b", lower)
    ):
        return [Act(matter.start, "check_availability")]
    return []


def _outcomes(doc: Document, matter: Matter, acts: list[Act], names: list[PatientName]) -> list[Outcome]:
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
        for number, mention in enumerate(distinct):
            stop = distinct[number + 1].start if number + 1 < len(distinct) else end
            begin = start if number == 0 else mention.start
            own = Matter(begin, stop, [mention])
            outcomes.append(_one_outcome(doc, own, of_referral[:1], [], (start, end)))
        others = [intent for intent in intents if intent not in OF_A_REFERRAL]
        return [*outcomes, *(_loose(doc, intent, start, end) for intent in others)]
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
        for key, value in read_availability(doc, start, end).items():
            fields.setdefault(key, value)
    for intent in intents:
        if intent in (
            "ask_insurance_accepted",
            "ask_practice_info",
            "ask_requirements",
            "request_human",
            "report_issue",
        ):
            loose = _loose(doc, intent, start, end)
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
        re.search(r"\b(?:i'm at|im at|i am at|my|me|call back|callback|reach)\b", doc.words.lower) is not None
    )


def _loose(doc: Document, intent: str, start: int, end: int) -> Outcome:
    """An act about no one's referral."""
    outcome = Outcome(start, end, [intent])
    if intent == "ask_insurance_accepted":
        asked = read_availability(doc, start, end)
        outcome.fields = {
            key: asked[key] for key in ("insurance", "service", "location", "provider") if key in asked
        }
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


def _nothing(doc: Document) -> Outcome:
    """A message that no cue explains."""
    return Outcome(0, len(doc.words.raw), ["out_of_scope"])
