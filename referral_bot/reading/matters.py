"""Dividing a message into its matters: a patient each, an item of a list each, or the sentences about one
referral.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from referral_bot.reading.dates import birth_date
from referral_bot.reading.doctors import Doctor
from referral_bot.reading.document import Document
from referral_bot.reading.patients import find_patient_names
from referral_bot.reading.payers import meant_payers
from referral_bot.reading.people import Contact
from referral_bot.reading.resolve import Mention

_EVENT_BEFORE = re.compile(
    r"\b(?:thru|through|until|till?|exp|expires|eff|effective|good|valid|starting|seen|visit|dos|on|sent"
    r"|from|since|faxed|dated?|by|for|last|mri|ct|echo|colonoscopy|surgery|admitted|to|of|printed"
    r"|signed)[ :]*(?:on )?$"
)
_CORRECTED = re.compile(
    r"\b(?:no,? wait|wait,? no|no,? sorry|sorry|i mean|make that|oops|scratch that|actually)\b"
)
_ALL = re.compile(
    r"\b(?:both|all (?:three|of them|are|have|on|3|4|four|routine|for|to|aetna|with|\w+)|all|each"
    r"|same (?:for|dr|doctor|insurance|ins|provider)|ambos|ambas|todos|everyone|they(?:'re| are| both"
    r"| all)?|these|siblings|couple|husband and wife|the rest)\b"
)


_EACH = re.compile(
    r"(?<=[,.;)\n] )(?:both|all (?:three|of them|are|have|on|with)|each|ambos|ambas"
    r"|tod[oa]s)\b"
)


@dataclass
class Matter:
    """A stretch of the text about one thing. `shared` are stretches that speak for every matter."""

    start: int
    end: int
    mentions: list[Mention] = field(default_factory=list)
    patient: bool = False
    """Begins with a new patient's name and birth date."""


@dataclass
class Division:
    """The matters of a message and what is said for all of them."""

    matters: list[Matter]
    shared: list[tuple[int, int]] = field(default_factory=list)
    listed: bool = False


def divide(
    doc: Document, mentions: list[Mention], doctors: list[Doctor], contacts: list[Contact]
) -> Division:
    """The matters in the order of the text."""
    size = len(doc.words.raw)
    if doc.rows:
        return _from_rows(doc, mentions)
    if doc.items:
        listed = _from_items(doc, mentions)
        if listed:
            return listed
    patients = _patient_starts(doc, doctors, contacts)
    if len(patients) > 1:
        return _from_patients(doc, patients, mentions)
    beside = _beside_others(doc, mentions, doctors, contacts)
    if beside:
        return Division(beside)
    return Division(_from_sentences(doc, mentions, patients) or [Matter(0, size, mentions)])


def _inside(mentions: list[Mention], start: int, end: int) -> list[Mention]:
    return [mention for mention in mentions if start <= mention.start < end]


def _from_rows(doc: Document, mentions: list[Mention]) -> Division:
    rows = [Matter(row.start, row.end, _inside(mentions, row.start, row.end)) for row in doc.rows]
    header = doc.header or (0, 0)
    shared = [(0, header[0]), (doc.rows[-1].end, len(doc.words.raw))]
    return Division(rows, [span for span in shared if doc.words.raw[slice(*span)].strip()], listed=True)


def _from_items(doc: Document, mentions: list[Mention]) -> Division | None:
    """A list whose items stand for themselves; labelled forms with dashes are no such list."""
    raw, lower = doc.words.raw, doc.words.lower
    items: list[tuple[int, int]] = []
    for number, (begin, end) in enumerate(doc.items):
        stop = end
        if number == len(doc.items) - 1:
            cut = re.compile(r"\n(?![ \t])").search(raw, begin)
            if cut:
                stop = cut.start()
        items.append((begin, stop))
    own = 0
    for begin, end in items:
        text = lower[begin:end]
        label = doc.label_at(begin + 1) or next(
            (one for one in doc.labelled if begin <= one.label < begin + 3), None
        )
        if (
            label is not None
            and label.role not in ("status_question", "when", "callback", "reason", "referring")
            and label.label <= begin + 1
            and label.form not in ("new", "status", "new referral", "referral")
        ):
            continue
        born = any(begin <= written.start < end and written.year is not None for written in doc.dates)
        if (
            born
            or _inside(mentions, begin, end)
            or any(
                doc.cue(kind, begin, end)
                for kind in (
                    "submit",
                    "status",
                    "cancel",
                    "availability",
                    "update",
                    "accepts",
                    "requirements",
                    "note",
                    "document",
                    "reschedule",
                    "address_topic",
                    "fax_topic",
                    "hours_topic",
                    "phone_topic",
                    "human",
                    "attach",
                )
            )
            or (doc.found("service", begin, end) and len(text) < 200)
        ):
            own += 1
    if own < 2 or own < 0.6 * len(items):
        return None
    first = min(doc.items[0][0], *(begin for begin, _ in items))
    lead = lower.rfind("\n", 0, first) + 1
    opening = (0, first if lead == 0 else lead)
    closing = (items[-1][1], len(raw))
    matters = [Matter(begin, end, _inside(mentions, begin, end)) for begin, end in items]
    shared = [span for span in (opening, closing) if re.search(r"[^\W\d_]{2}", raw[span[0] : span[1]])]
    return Division(matters, shared, listed=True)


def _patient_starts(doc: Document, doctors: list[Doctor], contacts: list[Contact]) -> list[int]:
    """Where each new patient begins: a name with a birth date right after it, or on its form."""
    taken = bytearray(doc.words.taken)
    for begin, stop in [
        *((one.start, one.end) for one in doctors),
        *((one.start, one.end) for one in contacts),
    ]:
        taken[begin:stop] = b"\x01" * (stop - begin)
    for hit in meant_payers(doc):
        if doc.words.raw[hit.start].isupper():
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    names = doc.labels("name") or []
    births = [
        written
        for written in doc.dates
        if written.year is not None
        and not _EVENT_BEFORE.search(doc.before(written.start, 18))
        and (
            (label := doc.label_at(written.start)) is None
            or label.role not in ("ignore", "auth", "from", "documents", "when", "payer", "reason")
        )
    ]
    births = [
        born
        for born, later in zip_longest(births, births[1:])
        if not (
            later
            and later.start - born.end < 60
            and _CORRECTED.search(doc.words.lower, born.end, later.start)
        )
    ]
    if len(births) < 2:
        return []
    if len(names) > 1:
        return [_form_start(doc, label.label) for label in names if label.end > label.start]
    starts: list[int] = []
    previous = 0
    for written in births:
        candidates = [
            one
            for one in find_patient_names(doc, max(previous, written.start - 90), written.start, taken)
            if one.score >= 3 and written.start - one.end < 34
        ]
        if candidates:
            best = max(candidates, key=lambda one: (one.score, one.start))
            starts.append(_with_relation(doc, best.start, previous))
            previous = written.end
    return starts if len(starts) > 1 else []


_BREAK = re.compile(r"[,;:.?!\n]|\band\b| - ")
_DOES = ("status", "cancel", "update", "note", "document", "reschedule", "attach", "scheduled", "no_show")


def _beside_others(
    doc: Document, mentions: list[Mention], doctors: list[Doctor], contacts: list[Contact]
) -> list[Matter]:
    """A new patient with a birth date beside something about open referrals; empty if there is none."""
    births = [
        written
        for written in doc.dates
        if birth_date(written, doc.today) and not _EVENT_BEFORE.search(doc.before(written.start, 18))
    ]
    if not mentions or len(births) != 1:
        return []
    taken = bytearray(doc.words.taken)
    for begin, stop in (
        *((one.start, one.end) for one in doctors),
        *((one.start, one.end) for one in contacts),
    ):
        taken[begin:stop] = b"\x01" * (stop - begin)
    born = births[0]
    names = [
        one
        for one in find_patient_names(doc, max(0, born.start - 60), born.start, taken)
        if one.score >= 5 and born.start - one.end < 14
    ]
    if not names or any(one.start < names[0].end and names[0].start < one.end for one in mentions):
        return []
    start = doc.sentence_at(names[0].start)[0]
    before = [one for one in mentions if one.end <= names[0].start]
    after = [one for one in mentions if one.start > born.end]
    if before and before[-1].end > start:
        cut = _BREAK.search(doc.words.lower, before[-1].end, names[0].start)
        start = cut.end() if cut else start
    size = len(doc.words.raw)
    end = doc.sentence_at(after[0].start)[0] if after else size
    if end <= born.end:
        return []
    others = [(0, start, before), (end, size, after)]
    if any(named and not any(doc.cue(kind, a, b) for kind in _DOES) for a, b, named in others):
        return []
    matters = [Matter(0, start, before)] if before else []
    matters.append(Matter(start if before else 0, end, [], patient=True))
    return [*matters, Matter(end, size, after)] if after else matters


_RELATION_BEFORE = re.compile(
    r"(?:(?:,|;)? ?(?:and|&|y|plus) )?(?:(?:his|her|their|the|my|su) )?(?:[a-z]+ )?(?:wife|husband|spouse"
    r"|brother|sister|son|daughter|mother|father|mom|dad|twin|cousin|aunt|uncle|niece|nephew|grand\w+"
    r"|partner|esposa|esposo|hij[oa]|herman[oa]|madre|padre)[ ,:]{1,2}$"
)


def _with_relation(doc: Document, place: int, after: int) -> int:
    """The start of "and her brother" before a name, so that it does not end the patient before."""
    match = _RELATION_BEFORE.search(doc.words.lower, max(after, place - 40), place)
    return match.start() if match else place


def _form_start(doc: Document, place: int) -> int:
    """The start of the line that a form's first label stands on."""
    return doc.words.raw.rfind("\n", 0, place) + 1


def _from_patients(doc: Document, starts: list[int], mentions: list[Mention]) -> Division:
    lower = doc.words.lower
    size = len(lower)
    shared: list[tuple[int, int]] = []
    if starts[0] > 0 and re.search(r"[^\W\d_]{2}", lower[: starts[0]]):
        shared.append((0, starts[0]))
    end = size
    for begin, stop in reversed(doc.sentences):
        if begin <= starts[-1]:
            break
        tail = lower[begin:stop]
        if _ALL.search(tail) and not any(
            begin <= written.start < stop and written.year is not None for written in doc.dates
        ):
            shared.append((begin, end))
            end = begin
        elif end != size:
            break
    each = _EACH.search(lower, starts[-1], end)
    if each:
        shared.append((each.start(), end))
    matters = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else end
        matters.append(Matter(start, stop, _inside(mentions, start, stop), patient=True))
    return Division(matters, shared)


def _from_sentences(doc: Document, mentions: list[Mention], patients: list[int]) -> list[Matter]:
    """Sentences grouped by the referral that they speak of; a new one begins where another is named."""
    groups: list[Matter] = []
    current: set[str] = set()
    for begin, stop in doc.sentences:
        here = _inside(mentions, begin, stop)
        ids = {identifier for mention in here for identifier in mention.ids}
        if groups and (not ids or not current or ids & current or not here):
            groups[-1].end = stop
            groups[-1].mentions += here
            current |= ids
        else:
            groups.append(Matter(begin, stop, here))
            current = ids
    if groups:
        groups[0].start = 0
        groups[-1].end = len(doc.words.raw)
    return groups
