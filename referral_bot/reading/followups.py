"""What is asked or said about a referral that was sent: status, documents, notes, a call, a complaint."""

from __future__ import annotations

import re
from datetime import date

from referral_bot.reading.dates import past_or_near
from referral_bot.reading.demographics import find_until, sort_phones
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS
from referral_bot.reading.model import Fields
from referral_bot.reading.moments import DAY, ordinal_day, weekday_gone
from referral_bot.reading.patients import PatientName
from referral_bot.reading.resolve import Mention
from referral_bot.reading.tables.calendar import WEEKDAYS

_GONE = re.compile(
    rf"\b(?:(?P<y>yesterday|ayer)|(?P<t>today|this (?:morning|afternoon|am)|hoy|just now)"
    rf"|(?P<a>(?:a )?(?P<n>\d+|two|three|four|five|couple(?: of)?) days ago)|(?P<w>(?:a|one|last) week ago"
    rf"|a week ago)|(?:last |on |this past |past |el )?(?P<d>{DAY})\b(?P<o> the \d{{1,2}}(?:st|nd|rd"
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
_ONE_FOR = re.compile(
    r"\b(?:one|referral|ref|order|consult) for (?:an? |the |his |her )?(?P<q>[a-z-]+(?: [a-z-]+){0,2}?)"
    r"(?= (?:i|we|that|which|sent|from|on|yesterday|today|this)\b|[,.?!]|$)"
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
    sent_for = _ONE_FOR.search(lower, start, end)
    if sent_for and "reason" not in match and any(word in CLINICAL_WORDS for word in sent_for["q"].split()):
        match["reason"] = raw[sent_for.start("q") : sent_for.end("q")]
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
