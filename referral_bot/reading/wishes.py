"""What is asked for around a visit: specialty, urgency, place, provider, documents, needs."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS
from referral_bot.reading.model import Fields
from referral_bot.reading.people import Doctor
from referral_bot.reading.tables import word_list
from referral_bot.reading.words import Hit

Span = tuple[int, int]

_SERVICE_CUE = re.compile(
    r"(?:\b(?:to|for|see|seen by|by|with|w/|an?|the|your|need|needs|needing|nd|want|wants|refer to"
    r"|referral|ref|consult|eval|svc|please|pls|plz|stat|urgent|routine|asap|new|patient|pt|peds|adult|in"
    r"|from|and|or|next|amb|ambulatory|para|con|de|al|a|any|both to|male|female|an urgent|los de|el|la)"
    r"|[:,.|\t\n(;>→-]|^|\b4)[ ]*$"
)
_SERVICE_AFTER = re.compile(
    r"[ ]*(?:\b(?:please|pls|plz|consult|consultation|eval|evaluation|referral|ref|appt|appts|appointment"
    r"|appointments|visit|clinic|f/u|follow|new|for|needs?|opinion|input|folks|specialist|referral"
    r"|opening|openings|slot|slots|asap|stat|urgent|pt|pts|patient|patients|dept|team|doctor|dr|spine|or"
    r"|surgery|availability|w/|with|within|por favor|w/in|he|she|this|next|today|tomorrow|wait|on|at|a|to"
    r"|book|booking|schedul\w+|provider|referal)\b|[,.;|?!):/\n\t-]|$)"
)
_CLINICAL_AFTER = re.compile(
    r"[ ]*(?:failure|insufficiency|mass|cyst|stone|stones|stenosis|nodule|nodules|fibrosis|embol\w+"
    r"|infection|edema|function|disease|exam|deficits?|symptoms|intact|checks?|bleed|bleeding|artery|cath"
    r"|stress|test|us|ultrasound|dementia|aneurysm|htn|hypertension|murmur|arrest|panel|cancer|upset"
    r"|issues|sx|list|scan|meds|history|hx|shots?|to|tears?|pain|injur\w+|procedure|biopsy|2/2|workup"
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
    r"|at all |muy |really |necessarily )?(?:urgente?|emergent|stat|asap|emergency|rush|hurry)\b"
    r"|\broutine(?:ly)?\b(?! (?:labs?|screening|care|physical|exam|follow|visit))|\brutina\b|\bno (?:rush"
    r"|hurry|urgency|prisa)\b|\bno need to rush\b|\bsin prisa\b|\bwhenever (?:you|y'all|there|works|is"
    r"|u)\b|\belective\b|\btake your time\b|\bnext available is fine\b|\blow priority\b"
    r"|\bstandard priority\b|\bnormal priority\b)"
    r"|(?P<asap>\basap\b|\ba\.s\.a\.p\.?|\b(?:as )?soon as (?:possible|you can|u can|y'all can)\b"
    r"|\blo m[aá]s pronto posible\b|\blo antes posible\b|\bcuanto antes\b|\bsoonest possible\b"
    r"|\bas early as possible\b|\bquickly as possible\b|\bpronto posible\b)"
    r"|(?P<urgent>\burgent(?:ly|e|es)?\b(?! care| cares)|\bhigh priority\b|\bexpedite[d]?\b"
    r"|\bpriority ?[:=] ?(?:high|1|urgent|expedited)\b|\btime[- ]sensitive\b|\bpriority\b(?= pt| patient)"
    r"|\bsemi-?urgent\b|\bcan'?t wait\b|\bcannot wait\b)"
)
_NEGATED = re.compile(
    r"\b(?:not|isn't|isnt|non|no|nothing|wasn't|don't need|doesn't need|no es"
    r"|don't think)\b[ -]?(?:\w+ ){0,2}$"
)

_URGENCY_WORDS = word_list("urgency_words")
"""Words one of which stands in every statement of urgency."""

_INTERPRETER = re.compile(
    r"\b(?:interpreters?|interpretor|interp\b|interpreter's|translator|traductora?|int[eé]rpretes?|interpretation)\b"
)
_SPEAKS = re.compile(
    r"\b(?:speaks?|speaking|spoken|speaker|habla|hablan|only|preferred|prefers|primary|language|lang|idioma|solo)\b|-speaking"
)
_NOT_NEEDED = re.compile(
    r"\b(?:not (?:needed|required|necessary)|no interp\w*|no (?:need|necesita)|doesn't need|does not need"
    r"|doesnt need|don't need|n/a|bilingual|fluent|speaks? (?:good |fluent |perfect )?english"
    r"|without an? interp|declines?|declined|needed ?[:?] ?no|required ?[:?] ?no|interpreter ?[:?] ?(?:no"
    r"|n)\b|will interpret|no necesita|family interprets)\b"
)
_WHEELCHAIR = re.compile(r"\b(?:wheel ?-?chair|w/c\b(?! (?:claim|ins))|silla de ruedas|power chair|hoyer)\b")
_TRANSPORT = re.compile(
    r"\b(?:(?:medical |needs? |need |arrange |nemt |set up |our |non-emergency "
    r"|requires? )?(?:transport(?:ation)?|transporte)\b|needs? a ride\b|no ride\b|nemt\b|(?:doesn't"
    r"|doesnt|does not|can't|cant) drive\b|medicab\b|ambulette\b|rides? with\b|paratransit\b|medi-?van\b"
    r"|stretcher\b)"
)
_NO = re.compile(
    r"\b(?:no|not|doesn't|doesnt|denies|without|never|no longer|declines|n/a|sin)\b[^.,;\n]{0,24}$"
)

_SENT = re.compile(
    r"\b(?:fax(?:ed|ing|es)?|sent|sending|send|attach(?:ed|ing|ment)?s?|enclosed|encl|uploaded|uploading"
    r"|upload|dropp(?:ed|ing)|drop|on the fax|see attached|included|including|forward(?:ed|ing)?|coming"
    r"|adjunt\w+|anexo|mandamos|enviamos|env[ií]o|mando|mandé|emailed|mailed|pasting|posted|to follow"
    r"|follows|will follow|on (?:its|their) way|in the thread|here'?s|here are|scanned|w/ this|with this"
    r"|over by fax|in chat|por fax|shared|on file with you)\b"
)
_FAX = re.compile(r"\b(?:fax(?:ed|ing|es)?|e-?fax|facsimile|fx'd)\b")
_CHAT = re.compile(
    r"\b(?:attach(?:ed|ing|ment)?s?|upload(?:ed|ing)?|drop(?:ped|ping|pin)?|here'?s|here (?:is|are)"
    r"|in here|this (?:message|thread|chat)|in chat|in the thread|adjunt\w+|anexo|aqu[ií]|pasted|posted"
    r"|posting|pdf|enclosed|below|scanned in|w/ this|with this)\b"
)
_NOT_SENT = re.compile(
    r"\b(?:do(?:n't| not) have|no (?:records|imaging|labs|notes)|never (?:sent|got)|request(?:ed)? (?:the"
    r"|her|his)?|pending|can't find|not (?:attached|available|sent)|will need|need(?:s)? (?:an?|the))\b"
)

_PLACE_AFTER = re.compile(
    r"^[ ]?(?:clinic|office|location|campus|site|branch|cl[ií]nica|oficina|satellite|ofc)\b"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:at|@|in|near|to|prefers?|preferably|closest to|location|loc|en|en la|out of|or|either|nearest"
    r"|over at|over in|the)[ :]*(?:the |our |your |la |your )?$"
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
        if after.startswith("'") or (before.endswith(("'", "/")) and form != "gi"):
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
        if re.search(
            r"\b(?:her|his|saw|seen by|sees|per|followed by|s/p|had|already has an?|their"
            r"|established with|released by|cleared by|from)[ ]$",
            before,
        ) and not re.search(r"\b(?:be seen by|to be seen by|referral from|see)[ ]$", before):
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


def find_documents(doc: Document, start: int, end: int) -> tuple[list[Fields], list[Span]]:
    """What was sent with the message or beside it: kind, and `fax` or `chat`."""
    documents: list[Fields] = []
    taken: list[Span] = []
    lower = doc.words.lower
    by_fax = (
        re.search(r"^\s*(?:fax|facsimile)\b|fax (?:cover|transmittal)", doc.words.lower) is not None
        or re.search(r"(?i)fax (?:transmittal|cover)", doc.source) is not None
    )
    seen: set[str] = set()
    for begin, stop in doc.sentences_in(start, end):
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        hits = doc.found("document", begin, stop)
        label = doc.label_at(begin) or next(
            (x for x in doc.labelled if x.role == "documents" and begin <= x.start < stop), None
        )
        in_label = label is not None and label.role == "documents"
        if not hits:
            continue
        sent = list(_SENT.finditer(lower, begin, stop))
        if not sent and not in_label:
            continue
        if _NOT_SENT.search(lower, begin, stop) and not in_label:
            continue
        region = (
            (label.label, label.end) if in_label and label else _document_region(doc, hits, sent, begin, stop)
        )
        for hit in hits:
            if not region[0] <= hit.start < region[1] or any(
                one.label <= hit.start < one.start for one in doc.labelled
            ):
                continue
            form = lower[hit.start : hit.end]
            if (
                form in ("us", "ct")
                and doc.style == "mixed"
                and not doc.words.raw[hit.start : hit.end].isupper()
            ):
                continue
            if form in (
                "us",
                "u/s report",
                "the fax",
                "the referral",
                "referral",
                "order",
                "orders",
                "consult note",
                "consult notes",
                "chart",
                "note",
                "docs",
            ) and form in ("us", "the referral", "referral", "order", "orders", "the fax"):
                if form != "us" and not (len(hits) == 1 and form == "referral form"):
                    continue
                if form == "us":
                    continue
            text = lower[region[0] : region[1]]
            via = (
                "fax"
                if _FAX.search(text)
                and not re.search(r"\battach", text[max(0, hit.start - region[0] - 30) :][:60])
                else "chat"
                if _CHAT.search(text)
                else ""
            )
            if not via and in_label:
                via = "fax" if by_fax or _FAX.search(lower) else "chat"
            if not via and _FAX.search(lower, start, end):
                via = "fax"
            if in_label and by_fax:
                via = "fax"
            kind = str(hit.value)
            if kind in seen:
                continue
            seen.add(kind)
            documents.append(
                {"kind": kind, "via": via or "chat"} if via or in_label or sent else {"kind": kind}
            )
        taken.append(region)
    return documents, taken


def _document_region(
    doc: Document, hits: list[Hit], sent: list[re.Match[str]], begin: int, stop: int
) -> Span:
    """The part of a sentence that speaks of what was sent, so that clinical words before it stay with the
    reason.
    """
    first = min(min(hit.start for hit in hits), min(match.start() for match in sent))
    last_sent = max(match.end() for match in sent)
    first_sent = min(match.start() for match in sent)
    lower = doc.words.lower
    if first < first_sent:
        cut = max(lower.rfind(sign, begin, first_sent) for sign in (";", " - ", "("))
        near = [hit.start for hit in hits if first_sent - hit.end < 60 and hit.start > cut]
        chain = first_sent
        for hit in sorted(hits, key=lambda hit: -hit.start):
            if hit.start < chain and chain - hit.end < 26 and hit.start > cut:
                chain = hit.start
        first = chain if near else first_sent
    else:
        first = first_sent
    comma = lower.rfind(",", begin, first)
    if (
        comma >= 0
        and len(lower[comma:first]) < 24
        and re.fullmatch(
            r",[ ]*(?:and |also |\w+ )?(?:the |her |his |my |our |last |recent |two |2 |\d )*",
            lower[comma:first],
        )
    ):
        first = comma
    return first, max(stop if last_sent > first else last_sent, last_sent)


def find_location(doc: Document, start: int, end: int, taken: bytearray) -> tuple[str, Span] | None:
    """The practice's place that is meant: known from the directory, labelled, or as written before
    "clinic" or after "at".
    """
    raw, lower = doc.words.raw, doc.words.lower
    for hit in doc.found("location", start, end):
        label = doc.label_at(hit.start)
        if label and label.role in ("ignore", "from", "name"):
            continue
        stop = hit.end
        after = _PLACE_AFTER.match(lower[stop : stop + 12])
        return str(hit.value), (hit.start, stop + (after.end() if after else 0))
    for label in doc.labelled:
        if label.role == "location" and start <= label.label < end and label.end > label.start:
            value = re.split(r"[,;|(]", raw[label.start : label.end])[0].strip()
            value = re.sub(r"(?i)\s+(?:clinic|office|location|campus|site)$", "", value)
            if value and value.lower() not in ("any", "either", "none", "n/a", "no preference"):
                return (value.title() if value.isupper() else value), (label.label, label.end)
    words = doc.words
    best: tuple[str, Span] | None = None
    for index in range(words.at(start), len(words)):
        if words.start[index] >= end:
            break
        token = words.low[index]
        if (
            not token[0].isalpha()
            or len(token) < 3
            or taken.find(1, words.start[index], words.end[index]) >= 0
        ):
            continue
        capital = raw[words.start[index]].isupper()
        if not capital and doc.style == "mixed":
            continue
        if token in EVERYDAY_WORDS and not (
            capital and token in ("north", "south", "east", "west", "downtown", "main", "central")
        ):
            continue
        last = index
        while (
            last + 1 < len(words) and last - index < 2 and raw[words.end[last] : words.start[last + 1]] == " "
        ):
            following = words.low[last + 1]
            if (
                not following.isalpha()
                or following in EVERYDAY_WORDS
                or (doc.style == "mixed" and not raw[words.start[last + 1]].isupper())
            ):
                break
            if taken.find(1, words.start[last + 1], words.end[last + 1]) >= 0 or following in (
                "clinic",
                "office",
            ):
                break
            last += 1
        after = _PLACE_AFTER.match(lower[words.end[last] : words.end[last] + 12])
        before = doc.before(words.start[index], 18)
        clinical = all(words.low[at] in CLINICAL_WORDS for at in range(index, last + 1))
        if (
            after
            and token not in ("your", "our", "main")
            and not clinical
            and not re.search(r"\b(?:from|our|my|pt of|@)[ ]$", before)
        ):
            return _place(words.text(index, last)), (words.start[index], words.end[last] + after.end())
        if (
            best is None
            and _PLACE_BEFORE.search(before)
            and not clinical
            and (capital or doc.style != "mixed")
        ):
            if doc.style != "mixed" and not re.search(r"\b(?:at|@)[ ]$", before):
                continue
            if re.search(r"\bthe[ ]$", before):
                continue
            best = _place(words.text(index, last)), (words.start[index], words.end[last])
    return best


def _place(text: str) -> str:
    return text.title() if text.isupper() or text.islower() else text


_PREFERRED = re.compile(
    r"(?:\b(?:prefers?|preferably|pref|preferred|requests?|requesting|requested|would like|would love"
    r"|wants to see|wants|like to see|with|w/|see|sees|to see|specifically|ask(?:s|ed|ing)? for"
    r"|if possible|patient of|to|for|hoping for|con|prefiere|attn|refer to|seen by|evaluated by|under"
    r"|est(?:ablished)? with|established pt of)[ :]*(?:either |only |the |a )?|[>@])$"
)
_PREFERRED_AFTER = re.compile(
    r"[ ,(-]*(?:if (?:possible|available|she|he|you)|preferred|pref\b|is preferred|please if|only please"
    r"|if poss|si es posible|or (?:whoever|anyone|first|any|dr))"
)
_ORDERING = re.compile(
    r"\b(?:per|from|by|ordering|ordering is|referring|referred by|refer(?:ral|red)? (?:from|by|per)"
    r"|ordered by|provider(?: is)?|for my|my doc|de parte de|la manda|lo manda|manda|de la|del"
    r"|pcp(?: is)?|signed|under|ref|sent by|says|requested by)[ :-]*(?:is |el |la |our |the )?$"
)
_ORDERING_AFTER = re.compile(
    r"[ ,]*(?:wants|want|says|said|would like|wld like|asks|asked|is (?:asking|requesting|ordering"
    r"|referring|the|concerned|worried)|orders|ordered|ordering|requests|requested|is requesting|thinks"
    r"|needs|is the|referring|\(?npi|feels|is sending|sent|sees her|saw|would appreciate|quiere|dice|pide"
    r"|lo manda|la manda|really|is worried|suspects|isn't|wonders|insists|would|hoping|recommends)\b"
)
_ANY = re.compile(
    r"\b(?:no (?:provider |dr |doctor |doc |physician )?pref(?:erence)?(?: (?:on|of|for|as to"
    r"|re) (?:provider|dr|doctor|doc|who|physician)\w*)?(?! (?:on|for|of|re) (?:loc|time|day|date|office"
    r"|site))|any (?:provider|dr|doctor|doc|physician|of your (?:docs|providers|doctors)"
    r"|one of your (?:docs|providers))|whoever(?:'?s| is| has)?(?: (?:available|first|open|soonest|can"
    r"|the))*|anyone (?:is fine|available|works|ok|with)|first available provider|either (?:provider|dr"
    r"|doctor)|provider ?[:=] ?any|doesn't matter (?:who|which)|cualquier (?:doctor|m[eé]dico|proveedor)"
    r"|sin preferencia(?: de (?:doctor|m[eé]dico))?)\b"
)


def split_doctors(
    doc: Document, doctors: list[Doctor], start: int, end: int
) -> tuple[Doctor | None, Doctor | None]:
    """The ordering provider and the preferred one, among the doctors named in a range."""
    inside = [doctor for doctor in doctors if start <= doctor.start < end]
    ordering: list[tuple[int, Doctor]] = []
    preferred: list[Doctor] = []
    known = doc.found("provider", start, end)
    for doctor in inside:
        before, after = doc.before(doctor.start, 30), doc.after(doctor.end, 24)
        if doctor.label in ("referring",):
            ordering.append((5, doctor))
        elif doctor.label == "provider" or doctor.label == "service" or _PREFERRED_AFTER.match(after):
            preferred.append(doctor)
        elif doctor.label in ("pcp",):
            ordering.append((1, doctor))
        elif doctor.label in ("ignore", "name", "when"):
            if doctor.label == "when":
                preferred.append(doctor)
        elif _ORDERING_AFTER.match(after) and not re.search(
            r"\b(?:wants to see|prefers|requests)[ ]$", before
        ):
            ordering.append((4, doctor))
        elif _ORDERING.search(before):
            ordering.append((3, doctor))
        elif any(hit.start < doctor.end and doctor.start < hit.end for hit in known) or _PREFERRED.search(
            before
        ):
            preferred.append(doctor)
        else:
            ordering.append((2, doctor))
    if not ordering and len(preferred) > 1:
        ordering.append((2, preferred.pop()))
    if (
        not ordering
        and preferred
        and not any(
            doctor.label in ("service", "provider", "when")
            or _PREFERRED_AFTER.match(doc.after(doctor.end, 24))
            or re.search(
                r"\b(?:prefer|wants to see|like to see|request|pref|with|w/|see|con)\w*[ ]$",
                doc.before(doctor.start, 20),
            )
            for doctor in preferred
        )
        and not known
    ):
        ordering.append((2, preferred.pop(0)))
    best = max(ordering, key=lambda row: row[0])[1] if ordering else None
    return best, preferred[0] if preferred else None


def any_provider(doc: Document, start: int, end: int) -> Span | None:
    """Where the text says that any provider will do."""
    match = _ANY.search(doc.words.lower, start, end)
    return match.span() if match else None
