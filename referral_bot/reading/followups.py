"""What is asked or said about a referral that was sent: status, documents, notes, cancelling, another
day, a call.
"""

from __future__ import annotations

import itertools
import re
from datetime import date

from referral_bot.reading.dates import past_or_near
from referral_bot.reading.demographics import find_until, sort_phones
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS
from referral_bot.reading.model import Fields
from referral_bot.reading.moments import monday_of, ordinal_day, weekday_gone
from referral_bot.reading.patients import PatientName
from referral_bot.reading.resolve import Mention
from referral_bot.reading.tables.calendar import WEEKDAYS
from referral_bot.reading.when import read_when

_DAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_GONE = re.compile(
    rf"\b(?:(?P<y>yesterday|ayer)|(?P<t>today|this (?:morning|afternoon|am)|hoy|just now)"
    rf"|(?P<a>(?:a )?(?P<n>\d+|two|three|four|five|couple(?: of)?) days ago)|(?P<w>(?:a|one|last) week ago"
    rf"|a week ago)|(?:last |on |this past |past |el )?(?P<d>{_DAY})\b(?P<o> the \d{{1,2}}(?:st|nd|rd"
    rf"|th)?)?|on the (?P<nth>\d{{1,2}})(?:st|nd|rd|th))\b"
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "couple": 2, "couple of": 2}


def gone_day(doc: Document, start: int, end: int) -> date | None:
    """A day gone by: a weekday is the latest one, a month and day the nearest, also today and yesterday."""
    for written in doc.dates:
        if start <= written.start < end:
            return past_or_near(written, doc.today)
    for match in _GONE.finditer(doc.words.lower, start, end):
        if match["y"]:
            return date.fromordinal(doc.today.toordinal() - 1)
        if match["t"]:
            return doc.today
        if match["n"]:
            count = _WORDS.get(match["n"]) or int(match["n"])
            return date.fromordinal(doc.today.toordinal() - count)
        if match["w"]:
            return date.fromordinal(doc.today.toordinal() - 7)
        if match["d"]:
            return weekday_gone(WEEKDAYS[match["d"]], doc.today)
        if match["nth"]:
            ahead = ordinal_day(int(match["nth"]), doc.today)
            if ahead:
                month = ahead.month - 1 or 12
                year = ahead.year - (ahead.month == 1)
                try:
                    return date(year, month, ahead.day)
                except ValueError:
                    return ahead
    return None


def name_fields(mention: Mention | None, name: PatientName | None = None) -> Fields:
    """Patient and referral as far as the text names them."""
    fields: Fields = {}
    first, last = ("", "")
    if mention is not None:
        if len(mention.ids) == 1:
            fields["referral_id"] = mention.ids[0]
        first, last = mention.first, mention.last
    elif name is not None:
        first, last = name.name.first, name.name.last
    patient = {key: value for key, value in (("first", first), ("last", last)) if value}
    if patient:
        fields["patient"] = patient
    return fields


def read_status(doc: Document, start: int, end: int) -> Fields:
    """Whether a date or a no-show is asked about, the day asked about, a call back, or everything open."""
    fields: Fields = {}
    if doc.cue("no_show", start, end) and not re.search(
        r"\bshow (?:up )?(?:as|in your)\b|\bshow(?:s|ing)? (?:as )?(?:scheduled|pending)",
        doc.words.lower[start:end],
    ):
        fields["aspect"] = "no_show"
        day = gone_day(doc, start, end)
        if day:
            fields["date"] = day.isoformat()
    elif doc.cue("scheduled", start, end):
        fields["aspect"] = "scheduled"
    return fields


def read_document(doc: Document, start: int, end: int) -> Fields:
    """The document asked about: kind, way, and the day it was sent."""
    document: Fields = {}
    lower = doc.words.lower
    hits = [
        hit
        for hit in doc.found("document", start, end)
        if not (lower[hit.start : hit.end] == "us" and not doc.words.raw[hit.start : hit.end].isupper())
    ]
    telling = [hit for hit in hits if hit.value not in ("records", "referral", "order")]
    chosen = telling or [hit for hit in hits if hit.value != "referral"] or hits
    if chosen:
        document["kind"] = str(chosen[0].value)
    if re.search(
        r"\b(?:e-?)?fax(?:ed|ing"
        r"|es)?\b",
        lower[start:end],
    ) or re.search(r"(?i)fax log", doc.source):
        document["via"] = "fax"
    elif re.search(r"\b(?:upload\w*|attach\w*|in (?:this )?chat|dropped|posted|here)\b", lower[start:end]):
        document["via"] = "chat"
    day = gone_day(doc, start, end)
    if day:
        document["date"] = day.isoformat()
    return {"document": document} if document else {}


def read_note(doc: Document, start: int, end: int) -> Fields:
    """The day of the visit whose note is wanted."""
    day = gone_day(doc, start, end)
    return {"visit_date": day.isoformat()} if day and day <= doc.today else {}


_SENT_ON = re.compile(r"\b(?:sent|send|put in|submitted|faxed|entered|placed|mandé|mande|did)\b")
_DESCRIBED = re.compile(
    r"\b(?:the|that|my|our|a|la|esa|this) (?P<r>(?:[\w/-]+ ){1,3}?)(?:referral|referal|ref|one|referencia"
    r"|consult|order)\b(?! (?:for|on) (?:mr|ms|mrs))"
)
_SENT_PART = re.compile(
    r"\b(?:yesterday|monday|tuesday|wednesday|thursday|friday|today|this|last)[ ](?:in the )?(morning"
    r"|afternoon|am|pm)\b"
)


def read_match(doc: Document, start: int, end: int) -> Fields:
    """A referral that is described, not named: what it is for, when it was sent."""
    lower, raw = doc.words.lower, doc.words.raw
    match: Fields = {}
    for found in _DESCRIBED.finditer(lower, start, end):
        words = [
            word
            for word in found["r"].split()
            if word in CLINICAL_WORDS
            or (
                word not in EVERYDAY_WORDS
                and word
                not in ("duplicate", "last", "second", "other", "same", "wrong", "new", "first", "extra")
            )
        ]
        if words:
            begin = lower.index(words[0], found.start("r"))
            match["reason"] = raw[begin : begin + len(" ".join(words))]
            break
    if "reason" not in match:
        for hit in doc.found("service", start, end):
            match["reason"] = raw[hit.start : hit.end]
            break
    if _SENT_ON.search(lower, start, end):
        day = gone_day(doc, start, end)
        if day:
            match["sent_on"] = day.isoformat()
            part = _SENT_PART.search(lower, start, end)
            if part:
                match["part_of_day"] = "morning" if part[1] in ("morning", "am") else "afternoon"
    return {"match": match} if match else {}


_BECAUSE = re.compile(
    r"\b(?:because|bc|b/c|cuz|since|due to|d/t|as|reason ?:|porque|ya que|por)\b[ :]*|[,;-][ ]+|[.!?][ ]+"
    r"|:[ ]+"
)
_POLITE = frozenset(
    [
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "thx",
        "ty",
        "hi",
        "hello",
        "good",
        "morning",
        "afternoon",
        "sorry",
        "ok",
        "okay",
        "kindly",
        "gracias",
        "por",
        "favor",
        "hey",
        "there",
        "team",
        "the",
        "referral",
        "for",
        "can",
        "could",
        "u",
        "go",
        "ahead",
        "and",
        "do",
        "not",
        "don't",
        "dont",
        "call",
        "family",
    ]
)


def read_cancel(
    doc: Document, start: int, end: int, mentions: list[Mention], dup: bool
) -> tuple[Fields, Mention | None]:
    """Why it is withdrawn, which of two stays, and which is meant."""
    fields: Fields = {}
    by_id = [mention for mention in mentions if mention.by_id]
    if dup and (len(by_id) > 1 or (by_id and len(mentions) > 1) or by_id):
        kept = [mention for mention in by_id if _is_kept(doc, mention)]
        stays = {identifier for mention in kept for identifier in mention.ids}
        gone = [mention for mention in by_id if not stays & set(mention.ids)]
        fields["cancel_reason"] = "duplicate"
        if not kept and len(gone) > 1:
            kept, gone = [gone[1]], [gone[0]]
        if kept and kept[0].ids:
            fields["duplicate_of"] = kept[0].ids[0]
        return fields, gone[0] if gone else (mentions[0] if mentions else None)
    if dup:
        fields["cancel_reason"] = "duplicate"
        return fields, mentions[0] if mentions else None
    reason = _cancel_reason(doc, start, end, mentions)
    if reason:
        fields["cancel_reason"] = reason
    return fields, mentions[0] if mentions else None


def _is_kept(doc: Document, mention: Mention) -> bool:
    before, after = doc.before(mention.start, 24), doc.after(mention.end, 30)
    begin = max(before.rfind(sign) for sign in ".,;") + 1
    stop = min((place for sign in ".,;" if (place := after.find(sign)) >= 0), default=len(after))
    if re.search(
        r"\b(?:same as|dup(?:licate|e)? of|keep(?:ing)?|leave|leaving|use|using"
        r"|stick with)[ ](?:the )?(?:open )?$",
        before[begin:],
    ):
        return True
    return (
        re.match(
            r"[ ]*(?:is |should |as )?(?:the )?(?:good|right|correct|one to keep|stays?|keep|original"
            r"|valid|fine|active)\b",
            after[:stop],
        )
        is not None
    )


_TELLS_WHY = re.compile(
    r"(?:has |had |be |is |are |was )?(?:isn|not int|interest|thanks but|found rel|decid|opt|backing"
    r"|backed|ya no|going to hold|pass|decease|died|dead|enter\w* hospice|chang|found|seeing|going with"
    r"|went"
    r"|been seen|seen|by mistake|was a|in error)"
)
"""Words that withdraw a referral by saying why."""


def _cancel_reason(doc: Document, start: int, end: int, mentions: list[Mention]) -> str:
    """The clauses that neither cancel nor ask politely."""
    raw, lower = doc.words.raw, doc.words.lower
    busy = [
        (hit.start, hit.end)
        for hit in doc.cue("cancel", start, end)
        if not _TELLS_WHY.match(lower, hit.start)
    ]
    pieces: list[str] = []
    weaker: list[str] = []
    cuts = [start]
    for match in _BECAUSE.finditer(lower, start, end):
        inside = any(mention.start < match.end() and match.start() < mention.end for mention in mentions)
        if inside or (match[0].startswith("-") and not lower[max(0, match.start() - 1)].isspace()):
            continue
        cuts.append(match.end())
    cuts.append(end)
    for begin, stop in itertools.pairwise(cuts):
        strong = re.search(
            r"(?:because|bc|b/c|cuz|since|due to|d/t|porque|ya que|\bas|:)[ ]*$",
            lower[max(start, begin - 12) : begin],
        )
        text = raw[begin:stop]
        text = re.split(r"(?i)\b(?:because|since|due to|porque|ya que|d/t|b/c)\b|[,.;!?](?:\s|$)|\n", text)[
            0
        ].strip(" ,.;:-!")
        if not text:
            continue
        words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text.lower())
        touching = any(begin <= a < stop for a, _ in busy)
        named = any(begin <= mention.start < stop for mention in mentions)
        if touching and not strong:
            tail = re.search(
                r"(?i)\b(?:cancel\w*|withdraw\w*|referral|pull|remove)\b.{0,80}?\b((?:pt|patient|she|he"
                r"|they|mom|dad|family)\b.+)$",
                text,
            )
            if tail and not named:
                pieces.append(tail[1])
            elif tail and named:
                after = max(mention.end for mention in mentions if begin <= mention.start < stop)
                rest = raw[after:stop].strip(" ,.;:-!")
                if len(rest.split()) >= 3:
                    pieces.append(re.split(r"[,.;!?](?:\s|$)|\n", rest)[0])
            elif re.search(
                r"\b(?:declined|no longer|not needed|does ?n.t (?:need|want)|ya no)\b", lower[begin:stop]
            ):
                after = max(
                    [mention.end for mention in mentions if begin <= mention.start < stop], default=begin
                )
                weaker.append(raw[after:stop].strip(" ,.;:-!"))
            continue
        if named:
            after = max(mention.end for mention in mentions if begin <= mention.start < stop)
            text = raw[after:stop].strip(" ,.;:-!")
            words = re.findall(r"[^\W\d_]+", text.lower())
            text = re.split(r"[.;!?](?:\s|$)|\n", text)[0]
        if all(word in _POLITE for word in words) or not words:
            continue
        pieces.append(text)
    return ", ".join((pieces or weaker)[:2]).strip()


_FROM = re.compile(
    r"(?:\b(?:can'?t|cannot|can not|unable to|(?:isn'?t|not|won'?t be) able to|won'?t be able to"
    r"|couldn'?t|won'?t)(?: (?:do|make|come|keep|attend|be there|get (?:there|here|off|in)"
    r"|make it))?(?: (?:it|in|her|his|the|their|to|for|on|that))*|fell through(?: for| on)?|down for"
    r"|booked (?:for|on)"
    r"|scheduled (?:for|on)|set for|appt(?: is)?(?: on| for)?|appointment(?: is)?(?: on| for)?"
    r"|visit(?: on)?|slot(?: on)?|from|off|her|his|the|\w's|on for|currently (?:on|at|set for)?|instead of"
    r"|(?:was|were|is|are|'s) (?:going|supposed|set|due|slated|scheduled|down) (?:to (?:come|be seen"
    r"|see you)(?: in)?(?: on)?|for|in)|no puede(?: ir)?(?: el)?|cita del?|is|needs off|out of)[ ]*(?:on "
    r"|the |el |this |next )*$"
)


def read_reschedule(doc: Document, start: int, end: int, mentions: list[Mention]) -> Fields:
    """From which day to when: the day of the visit as it stands, and the wishes for the new one."""
    lower = doc.words.lower
    fields: Fields = {}
    spans: list[tuple[int, int, date]] = []
    text = lower[start:end]
    when_all = None
    for begin, stop in _day_spans(text):
        before = text[max(0, begin - 34) : begin]
        cut = max(before.rfind(sign) for sign in ".;?!\n")
        before = before[cut + 1 :]
        day = read_when(text, begin, stop, doc.today).dates
        own = text[slice(*_own_sentence(doc, start, begin))]
        if (
            day
            and (_FROM.search(before) or _UNFIT.match(text, stop) or not _WISHES.search(own))
            and not re.search(
                r"\b(?:to|another|any|(?:a )?different|week of|after|before|until|till?|thru|through|back"
                r"|back on|week of the"
                r"|move[d]? (?:\w+ )?to"
                r"|not before)[ ](?:the |a )?$",
                before,
            )
        ):
            spans.append((begin, stop, day[0]))
    masked = text
    if spans:
        fields["from_date"] = spans[0][2].isoformat()
        for begin, stop, _ in spans[:1]:
            tail = re.match(r",? (?:at |@ )?\d{1,2}(?::\d\d)? ?(?:[ap]\.?m?\.?)?(?![\w/])", text[stop:])
            reach = stop + (tail.end() if tail else 0)
            masked = masked[:begin] + " " * (reach - begin) + masked[reach:]
    masked = re.sub(
        r"\b(?:he|she|pt|they)(?:'s| is)? (?:mwf|tth|m/w/f|t/th/s)\b|\((?:he|she)[^)]{0,60}\)"
        r"|\b(?:dialysis|chemo|works?|class|school|therapy|infusions?|radiation|custody"
        r"|court)\b[^.,;)]{0,20}?\b(?:mwf|tth|m/w/f"
        rf"|(?:{_DAY})(?:s|\b)(?:(?: and |, | & |/)(?:{_DAY})\b)*)",
        lambda match: " " * len(match[0]),
        masked,
    )
    for mention in mentions:
        a, b = mention.start - start, mention.end - start
        if 0 <= a < len(masked):
            masked = masked[:a] + " " * (b - a) + masked[b:]
    masked = re.sub(
        r"\bpara (?=el \d|(?:el )?(?:lunes|martes|mi[eé]rcoles|jueves"
        r"|viernes))",
        "     ",
        masked,
    )
    when_all = read_when(masked, 0, len(masked), doc.today)
    week_after = (
        re.search(r"\b(?:following|next) (?:week|wk)\b|\b(?:week|wk) after\b(?! next)", text) is not None
    )
    if (
        spans
        and not week_after
        and re.search(r"\b(?:that|same) (?:week|wk)\b", text)
        and not when_all.earliest
    ):
        monday = monday_of(spans[0][2])
        if when_all.dates:
            when_all.dates = [date.fromordinal(monday.toordinal() + day.weekday()) for day in when_all.dates]
        else:
            when_all.earliest, when_all.latest = monday, date.fromordinal(monday.toordinal() + 4)
    if spans and week_after and not when_all.earliest:
        monday = monday_of(spans[0][2])
        when_all.earliest = date.fromordinal(monday.toordinal() + 7)
        when_all.latest = date.fromordinal(monday.toordinal() + 11)
    after = _DAY_AFTER.search(text)
    if spans and after:
        ahead = WEEKDAYS[after["a"] or after["b"]] - spans[0][2].weekday()
        when_all.dates = [date.fromordinal(spans[0][2].toordinal() + (ahead - 1) % 7 + 1)]
    if when_all.latest and not when_all.earliest and when_all.deadline:
        when_all.earliest = doc.today
    wished = when_all.preference()
    doctor = re.search(r"\b(?:with|to see) dr\.? ([a-z'-]+)", masked)
    if doctor:
        wished["provider"] = doctor[1].title()
    if wished:
        fields["preference"] = wished
    return fields


_UNFIT = re.compile(
    r"[^.,;?!]{0,14}\b(?:won'?t|doesn'?t|does not|will not|isn'?t|is not|is no|no longer|conflicts?"
    r"|clashes|is bad|is out|falls|needs to (?:be|go|move))\b"
)
"""What follows a day that does not suit."""
_DAY_AFTER = re.compile(
    rf"\bthe (?:following |next )(?P<a>{_DAY})\b|\bthe (?P<b>{_DAY}) (?:after"
    rf"|following)\b(?! \d)"
)
"""A weekday counted from the day of the visit as it stands."""
_WISHES = re.compile(
    r"\?|\b(?:to|any|instead|could|prefer\w*|rather|move|resched\w*|rebook|want\w*|would|needs?|after"
    r"|before|or|week|works?"
    r"|available|free|anything|something|better|please|pls|try|how about|what about|until|till|starting)\b"
)
"""Words of which one stands in a sentence that wishes for a day rather than telling of one."""


def _own_sentence(doc: Document, start: int, place: int) -> tuple[int, int]:
    """The sentence around a place, both counted from the start of the range."""
    begin, stop = doc.sentence_at(start + place)
    return max(0, begin - start), stop - start


_DAY_SPAN = re.compile(
    rf"(?:(?:this |next )?(?:{_DAY}),? (?:the )?)?\b(?:\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|(?:jan|feb|mar"
    rf"|apr|may|jun|jul"
    rf"|aug|sep|sept|oct|nov|dec)[a-z]*\.? \d{{1,2}}(?:st|nd|rd|th)?|the \d{{1,2}}(?:st|nd|rd|th)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)|(?:el )?\d{{1,2}} de [a-z]{{4,10}}|el \d{{1,2}})\b|\b(?:today|tomorrow"
    rf"|tmrw|(?:this |next )?(?:{_DAY}))\b"
)


def _day_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _DAY_SPAN.finditer(text)]


def read_callback(doc: Document, start: int, end: int) -> Fields:
    """The sender's number and until when they can be reached."""
    fields: Fields = {}
    for reach in sort_phones(doc, start, end, []):
        if reach.role in ("callback", "phone", "cell", "office", "contact"):
            callback: Fields = {"phone": reach.phone.e164}
            begin, stop = doc.sentence_at(reach.phone.start)
            until = find_until(doc, begin, doc.sentence_at(stop)[1])
            if until:
                callback["until"] = until[0]
            fields["callback"] = callback
            break
    return fields


_REPEAT = re.compile(
    r"\b(?:(?:second|third|fourth|fifth|2nd|3rd|4th|5th|\d+th|sixth) time|again|keeps?|kept|repeatedly"
    r"|every time|always|twice|multiple|several|\d+ (?:times|messages|voicemails|calls)|(?:two|three|four"
    r"|five|six) (?:times|messages|voicemails|calls|weeks in a row)|over and over|yet another|never"
    r"|once more|another (?:one|time)|otra vez|tercera|segunda|siempre|still (?:no|nobody|not)|pattern"
    r"|constantly)\b"
)
_AT_RISK = re.compile(
    r"\b(?:elsewhere|somewhere else|stop (?:sending|referring)|other (?:practice|group|clinic"
    r"|cardiolog\w+)|another (?:practice|group|clinic)|not (?:one bit )?happy|furious|livid|unacceptable"
    r"|last straw|fed up|rethink\w*|go(?:ing)? with (?:another|someone)|years? (?:we|i)|eleven years"
    r"|angry|lose (?:our|us)|complain to|formal)\b"
)


def read_issue(doc: Document, start: int, end: int) -> Fields:
    """A complaint: repeated or not, and how grave."""
    lower = doc.words.lower
    issue: Fields = {"category": "communication"}
    repeat = _REPEAT.search(lower, start, end) is not None
    if repeat or _AT_RISK.search(lower, start, end):
        issue["severity"] = "high"
    if repeat:
        issue["repeat"] = True
    return {"issue": issue}
