"""From the matters of a message to what each of them comes to."""

from __future__ import annotations

from functools import cache

from referral_bot.reading.acts import find_acts
from referral_bot.reading.changes import read_update
from referral_bot.reading.doctors import Doctor
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import weigh
from referral_bot.reading.guessing import guess
from referral_bot.reading.matters import Division, Matter
from referral_bot.reading.model import Fields
from referral_bot.reading.outcomes import Outcome, loose_outcome, outcomes_of
from referral_bot.reading.patients import PatientName, find_patient_names, labelled_name
from referral_bot.reading.payers import meant_payers
from referral_bot.reading.people import Contact
from referral_bot.reading.resolve import Mention
from referral_bot.reading.sending import is_named, is_submission, submission_outcomes
from referral_bot.reading.settling import settle
from referral_bot.reading.slots import find_slot


def interpret(
    doc: Document, division: Division, mentions: list[Mention], doctors: list[Doctor], contacts: list[Contact]
) -> list[Outcome]:
    """Every matter's outcome in the order of the text; matters that come to nothing are left out."""
    slot = _slot_outcome(doc, mentions)
    if slot:
        return slot
    outcomes: list[Outcome] = []
    opening = _shared_acts(doc, division, mentions)
    for matter in division.matters:
        found = _interpret_one(doc, matter, doctors, contacts, opening)
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
                    outcomes.append(loose_outcome(doc, act.intent, begin, stop))
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
    return [outcome, *(loose_outcome(doc, intent, 0, size) for intent in others)]


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
    if is_submission(doc, matter, acts, evidence, names, opening):
        return submission_outcomes(doc, matter, acts, doctors, contacts)
    kept = settle(doc, matter, acts, evidence)
    if not kept:
        kept = guess(doc, matter, evidence, is_named(names()), opening)
    return outcomes_of(doc, matter, kept, names())


def _nothing(doc: Document) -> Outcome:
    """A message that no cue explains."""
    return Outcome(0, len(doc.words.raw), ["out_of_scope"])
