"""What is asked for around a visit: specialty, urgency, needs."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.tables import word_list

Span = tuple[int, int]

_SERVICE_CUE = re.compile(
    r"(?:\b(?:to|for|see|seen by|by|with|w/|an?|the|your|need|needs|needing|nd|want|wants|refer to|referral"
    r"|ref|consult|eval|svc|please|pls|plz|could|can|would|does|will|stat|urgent|routine|asap|new|patient"
    r"|pt|peds|adult|in|from|and|or|next|w|un|una|unos|los|con un|con una|amb|ambulatory|para|con|de|al|a"
    r"|any|both to|male|female|an urgent|los de|el|la)|[:,.|\t\n(;>→-]|^|\b\d)[ ]*$"
)

_SERVICE_AFTER = re.compile(
    r"[ ]*(?:\b(?:please|pls|plz|consult|consultation|eval|evaluation|referral|ref|appt|appts|appointment"
    r"|appointments|visit|clinic|f/u|follow|new|for|needs?|see|take|do|have|opinion|input|folks|specialist"
    r"|referral|these|are|is|right now|lately|currently|first|soonest|earliest|opening|openings|slot|slots"
    r"|spot|spots|asap|stat|urgent|pt|pts|patient|patients|dept|team|doctor|dr|spine|or|surgery"
    r"|availability|w/|with|within|por favor|w/in|he|she|this|next|today|tomorrow|wait|on|at|a|to|book"
    r"|booking|schedul\w+|provider|referal)\b|[,.;|?!):/\n\t-]|$)"
)

_CLINICAL_AFTER = re.compile(
    r"[ ]*(?:failure|insufficiency|mass|cyst|stone|stones|stenosis|nodule|nodules|fibrosis|embol\w+"
    r"|infection|edema|function|disease|exam|deficits?|symptoms|intact|checks?|bleed|bleeding|artery|cath"
    r"|stress|test|us|ultrasound|dementia|aneurysm|htn|hypertension|murmur|arrest|panel|cancer|upset"
    r"|issues|sx|list|scan|meds|history|hx|shots?|tears?|pain|injur\w+|procedure|biopsy|2/2|workup"
    r"|work-up|scheduled|last|in 20\d\d|cleared|note|notes|said|saw|records?|report)\b"
)

SOFT = frozenset(
    [
        "surgery",
        "surgeon",
        "spine",
        "vascular",
        "renal",
        "pulmonary",
        "allergy",
        "transplant",
        "endocrine",
        "cardiac",
        "nutrition",
        "retina",
        "palliative",
        "heme",
        "thoracic",
        "surgery",
        "id",
        "ent",
        "colorectal",
        "plastics",
    ]
)
"""Forms that stand in clinical words as well: a specialty only where a cue stands before and nothing
clinical after.
"""

_URGENCY = re.compile(
    r"(?P<stat>\bstat\b(?! ?(?:lab|ekg|echo|ct\b|mri))|\bemergen(?:t|tly)\b|\bright away\b|\bimmediately\b)"
    r"|(?P<routine>\b(?:non|not|isn't|isnt|no es|nothing|no)[ -]?(?:too |super |that |terribly |an? "
    r"|in any |in a |in |at all |muy |really |necessarily )?(?:urgente?|emergent|stat|asap|emergency|rush"
    r"|hurry)\b|\broutine(?:ly)?\b(?! (?:labs?|screening|care|physical|exam|follow|visit))|\brutina\b"
    r"|\bno (?:rush|hurry|urgency|prisa)\b|\bno need to rush\b|\bsin prisa\b|\bwhenever (?:you|y'all|there"
    r"|works|is|u)\b|\belective\b|\btake your time\b|\bnext available is fine\b|\blow priority\b"
    r"|\bstandard priority\b|\bnormal priority\b)|(?P<asap>\basap\b|\ba\.s\.a\.p\.?"
    r"|\b(?:as )?soon as (?:possible|you can|u can|y'all can)\b|\blo m[aá]s pronto posible\b"
    r"|\blo antes posible\b|\bcuanto antes\b|\bsoonest possible\b|\bas early as possible\b"
    r"|\bquickly as possible\b|\bpronto posible\b)|(?P<urgent>\burgent(?:ly|e|es)?\b(?! care| cares)"
    r"|\bhigh priority\b|\bexpedite[d]?\b|\bpriority ?[:=] ?(?:high|1|urgent|expedited)\b"
    r"|\btime[- ]sensitive\b|\bpriority\b(?= pt| patient)|\bsemi-?urgent\b|\bcan'?t wait\b|\bcannot wait\b)"
)

_NEGATED = re.compile(
    r"\b(?:not|isn't|isnt|non|no|nothing|wasn't|don't need|doesn't need|no es"
    r"|don't think)\b[ -]?(?:\w+ ){0,2}$"
)

_URGENCY_WORDS = word_list("urgency_words")
"""Words one of which stands in every statement of urgency."""

_CORRECTS = re.compile(
    r"\b(?:no|actually|sorry|scratch that|wait|i mean)[ ,.:-]*(?:just |make it "
    r"|it's )?$"
)
_INTERPRETER = re.compile(
    r"\b(?:interpreters?|interpretor|interp\b|interpreter's|translator|traductora?|int[eé]rpretes?"
    r"|interpretation)\b"
)

_SPEAKS = re.compile(
    r"\b(?:speaks?|speaking|spoken|speaker|habla|hablan|only|preferred|prefers|primary|language|lang"
    r"|idioma|solo)\b|-speaking"
)

_NOT_NEEDED = re.compile(
    r"\b(?:not (?:needed|required|necessary)|no interp\w*|no (?:need|necesita)|doesn't need|does not need"
    r"|doesnt need|don't need|n/a|bilingual|fluent|speaks? (?:good |fluent |perfect )?english"
    r"|without an? interp|declines?|declined|needed ?[:?] ?no|required ?[:?] ?no|interpreter ?[:?] ?(?:no"
    r"|n)\b|will interpret|no necesita|family interprets)\b"
)

_WHEELCHAIR = re.compile(
    r"\b(?:wheel ?-?chair|w/c\b(?! (?:claim|ins))|silla de ruedas|power chair"
    r"|hoyer)\b"
)

_TRANSPORT = re.compile(
    r"\b(?:(?:medical |needs? |need |arrange |nemt |set up |our |non-emergency "
    r"|requires? )?(?:transport(?:ation)?|transporte)\b|needs? a ride\b|no ride\b|nemt\b|(?:doesn't"
    r"|doesnt|does not|can't|cant) drive\b|medicab\b|ambulette\b|rides? with\b|paratransit\b|medi-?van\b"
    r"|stretcher\b|(?:wheelchair|medical|accessible) van\b)"
)

_NO = re.compile(
    r"\b(?:no|not|doesn't|doesnt|denies|without|never|no longer|declines|n/a|sin)\b[^.,;\n]{0,24}$"
)


_ITS_TIME = re.compile(
    r"'s (?:first|next|earliest|soonest|wait|schedule|availability|opening|calendar|fax"
    r"|phone)"
)


class Service(NamedTuple):
    """A specialty named in the text."""

    start: int
    end: int
    name: str


def find_services(doc: Document, start: int, end: int) -> list[Service]:
    """Specialties that a range names, not those that its diagnoses would suggest."""
    found: list[Service] = []
    for hit in doc.found("service", start, end):
        form = doc.words.lower[hit.start : hit.end]
        label = doc.label_at(hit.start)
        role = label.role if label else ""
        if role == "service":
            found.append(Service(hit.start, hit.end, str(hit.value)))
            continue
        if role in (
            "payer",
            "name",
            "ignore",
            "from",
            "referring",
            "documents",
            "location",
            "member",
            "dx",
            "contact",
            "pcp",
        ):
            continue
        if form == "us" or (
            form in ("id", "ent", "ep", "rei", "oto", "uro")
            and doc.style == "mixed"
            and not doc.words.raw[hit.start : hit.end].isupper()
            and form in ("id", "ep", "rei")
        ):
            continue
        if form == "id" and not re.search(r"\b(?:to|for|see|by)[ ]$", doc.before(hit.start, 8)):
            continue
        before, after = doc.before(hit.start, 24), doc.after(hit.end, 24)
        if (after.startswith("'") and not _ITS_TIME.match(after)) or (
            before.endswith(("'", "/")) and form != "gi"
        ):
            continue
        if role == "reason" and form in SOFT:
            continue
        if hit.last - hit.first == 0 and not _SERVICE_CUE.search(before) and not _SERVICE_AFTER.match(after):
            continue
        if form in SOFT or form in ("psych", "neuro", "gi", "cardio", "uro", "onc"):
            if _CLINICAL_AFTER.match(after) or (
                form in SOFT and not (_SERVICE_CUE.search(before) and _SERVICE_AFTER.match(after))
            ):
                continue
            if (
                form in ("surgery", "surgeon", "spine", "transplant")
                and re.search(
                    r"\b(?:her|his|prior|previous|had|after|since|hx of|s/p|before|post|knee|hip|back"
                    r"|cataract|heart|having|for|the|recent|bypass|eye|sinus|shoulder|hand|foot|brain|l|t"
                    r"|c|lumbar|cervical|date for|of)[ ]$",
                    before,
                )
                and not re.search(r"\b(?:refer\w*|ref|consult) (?:\w+ )?(?:to|for)[ ]$", before)
            ):
                continue
        elif _CLINICAL_AFTER.match(after) and role != "service":
            continue
        if (
            re.search(
                r"\b(?:her|his|saw|seen by|sees|per|followed by|s/p|had|already has an?|their"
                r"|established with|released by|cleared by|from)[ ]$",
                before,
            )
            and not re.search(r"\b(?:be seen by|to be seen by|referral from|see)[ ]$", before)
            and not (
                before.endswith("seen by ")
                and re.search(
                    r"\b(?:wants?|needs?|like|get|please|pls"
                    r"|have)\b",
                    doc.words.lower[doc.sentence_at(hit.start)[0] : hit.start],
                )
            )
        ):
            continue
        found.append(Service(hit.start, hit.end, str(hit.value)))
    return found


def choose_service(doc: Document, services: list[Service]) -> Service | None:
    """The one that is meant: under a label, after "for" or "to", else the first."""
    for service in services:
        label = doc.label_at(service.start)
        if label and label.role == "service":
            return service
    for service in services:
        if re.search(
            r"\b(?:for|to|see|refer to|need|needs|para)[ ](?:an? |your |the )?$",
            doc.before(service.start, 16),
        ):
            return service
    return services[0] if services else None


def find_urgency(doc: Document, start: int, end: int) -> tuple[str, list[Span]]:
    """The urgency as stated, strongest word first, and where it stands; empty if none is stated."""
    lower = doc.words.lower
    stated: dict[str, list[Span]] = {}
    worded = not _URGENCY_WORDS.isdisjoint(doc.words.low)
    for match in _URGENCY.finditer(lower, start, end) if worded else ():
        kind = match.lastgroup or ""
        label = doc.label_at(match.start())
        role = label.role if label else ""
        if role in ("documents", "ignore", "from", "name", "payer") or (
            role == "reason" and kind in ("asap",)
        ):
            continue
        span = match.span()
        before = doc.before(match.start(), 26)
        if kind != "routine" and _NEGATED.search(before):
            kind = "routine"
        if (
            kind == "routine"
            and re.search(r"\b(?:not|isn't|than|from)[ ]$", before)
            and match[0].startswith("routine")
        ):
            continue
        if kind == "routine" and stated and _CORRECTS.search(before):
            return "routine", [*(each for listed in stated.values() for each in listed), span]
        stated.setdefault(kind, []).append(span)
    for label in doc.labelled:
        if label.role == "urgency" and start <= label.label < end and not stated:
            value = lower[label.start : label.end]
            if re.search(r"\bhigh|expedit|^1\b|sí|^si\b|^y(?:es)?\b", value):
                stated["urgent"] = [(label.start, label.end)]
            elif re.search(r"\blow|normal|standard|regular|elective|^no?\b|^3\b|r\b", value):
                stated["routine"] = [(label.start, label.end)]
    spans = [span for listed in stated.values() for span in listed]
    for kind in ("stat", "asap", "urgent", "routine"):
        if kind in stated:
            if kind in ("asap", "urgent") and "urgent" in stated and "asap" in stated:
                return "urgent" if stated["urgent"][0] < stated["asap"][0] else "asap", spans
            return kind, spans
    return "", []


def find_needs(doc: Document, start: int, end: int) -> tuple[Fields, list[Span]]:
    """Interpreter with its language, wheelchair, transport."""
    needs: Fields = {}
    taken: list[Span] = []
    lower = doc.words.lower
    for hit in doc.found("language", start, end):
        code = str(hit.value)
        begin, stop = doc.sentence_at(hit.start)
        label = doc.label_at(hit.start)
        if label and label.role == "language":
            begin, stop = (
                label.label,
                lower.find("\n", label.end) if lower.find("\n", label.end) > 0 else len(lower),
            )
        begin, stop = max(begin, start), min(stop, end)
        text = lower[begin:stop]
        spoken = _SPEAKS.search(text) or (label and label.role == "language")
        wanted = _INTERPRETER.search(text)
        if not (spoken or wanted):
            continue
        taken.append(_clause_around(lower, hit.start, hit.end, begin, stop))
        if code == "en" or "interpreter" in needs:
            continue
        refused = _NOT_NEEDED.search(text) or (
            label
            and label.role == "language"
            and re.search(
                r"interp\w*[^\n]{0,10}[:?] ?no?\b", lower[label.label : min(end, label.label + 120)]
            )
        )
        if not refused:
            needs["interpreter"] = code
    for match in _INTERPRETER.finditer(lower, start, end):
        taken.append(_clause_around(lower, match.start(), match.end(), *doc.sentence_at(match.start())))
        if "interpreter" not in needs:
            near = [
                hit
                for hit in doc.found("language", start, end)
                if abs(hit.start - match.start()) < 60 and hit.value != "en"
            ]
            text = lower[slice(*doc.sentence_at(match.start()))]
            if near and not _NOT_NEEDED.search(text):
                needs["interpreter"] = str(near[0].value)
    for pattern, key in ((_WHEELCHAIR, "wheelchair"), (_TRANSPORT, "transport")):
        for match in pattern.finditer(lower, start, end):
            if _NO.search(doc.before(match.start(), 34)) and not re.search(r"ride|drive", match[0]):
                taken.append(match.span())
                continue
            needs[key] = True
            taken.append(_clause_around(lower, match.start(), match.end(), *doc.sentence_at(match.start())))
    return needs, taken


_CLAUSE_CUT = re.compile(r"[,;.()\n]|\s-\s|\b(?:and|but|so|y|pero)\b|\s[+&]\s")


def _clause_around(lower: str, start: int, end: int, begin: int, stop: int) -> Span:
    """The clause of a sentence that holds a place."""
    for match in _CLAUSE_CUT.finditer(lower, begin, stop):
        if match.end() <= start:
            begin = match.end()
        elif match.start() >= end:
            stop = match.start()
            break
    return begin, stop
