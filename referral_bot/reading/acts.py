"""Which acts a stretch of text does, from its cues: one intent each, in the order of the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.coverage import payers_in
from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.resolve import Mention


class Act(NamedTuple):
    """An intent and where the text says it."""

    place: int
    intent: str


class Evidence(NamedTuple):
    """How much of a new referral a stretch holds."""

    birth: bool
    phone: bool
    payer: bool
    code: bool
    clinical: int
    cue: bool


_QUESTION = re.compile(
    r"^\W*(?:and |also |hi |hey |hello |so |ok |oh |but |plus |then )*(?:did|do|does|is|are|was|were|has|have|had|can|could|would|will|any|what|whats|what's|when|where|wheres|where's|who|how|hows|why|which|may|should|status|update|tienen|tiene|hay|puede|pueden|cuándo|cuando|dónde|donde|qué|que|cómo|cómo|aceptan|toman|ya)\b"
)
_NEGATED_CANCEL = re.compile(
    r"\b(?:do not|don'?t|dont|not|never|no|isn'?t|aren'?t|rather not|without|won'?t|no queremos|no quiere|certainly not|by no means)\b(?: \w+){0,5}? ?\b(?:cancel\w*|cxl|cx|withdraw\w*|drop\w*|pull\w*|remov\w*|cancelar|cancelen|cancele|lose|delete)\b|\b(?:cancel\w*|drop\w*)\b[^.!?]{0,12}[.!?,]? ?(?:\bno,? don'?t\b|\bwait,? no\b|\bno wait\b|\bscratch that\b|\bnever ?mind\b|\bactually don'?t\b|\bno don'?t\b)"
)
_TAKEN_BACK = re.compile(
    r"\b(?:no,? don'?t|wait,? no|no wait|scratch that|never ?mind|actually,? (?:don'?t|no)|don'?t cancel|disregard that)\b"
)
_PASSIVE = re.compile(
    r"\b(?:was|is|were|has|got|been|get)\b[^.?!]{0,30}\b(?:cancel\w*|cxl\w*)\b[^.?!]*\?|\bwhy (?:was|is|did)\b[^.?!]*\bcancel|\bcancell?ation (?:list|policy)|\bwait ?list\b|\bif (?:anyone|someone|there'?s|you (?:have|get))[^.?!]*cancel|\bon a cancel"
)
_WEAK_CANCEL = re.compile(
    r"\b(?:drop|dropped|dropping|drops|declin\w+|close|closed|remove\w*|duplicate\w*|dupe|take|toss|kill|pull\w*|delete\w*|ignore|disregard|void\w*|scratch|nix|stop|no longer|keep|not|twice)\b"
)
_REFERRAL_WORD = re.compile(
    r"\b(?:referral|referal|ref|appt|appointment|order|one|it|her|him|that|request|consult|visit|twice|cita|referencia|entry|rb-|ref-)\b"
)
_ASKS_INSURANCE = re.compile(
    r"\b(?:take|accept|accepting|accepted|taking|par with|in[ -]network|contracted|participat\w+|aceptan|toman|acepta|reciben|trabajan con|out of network|credentialed|ok with)\b"
)
_WANTS_NOTE = re.compile(
    r"\b(?:send|fax|get|need|have|forward|request\w*|copy|waiting|please|pls|can (?:you|we|i)|could (?:you|we|i)|looking for|share|mail|still|yet|where|any|manden|mándenme|envíen|necesit\w+|pueden|puede|see|missing|want|ready|available|when)\b|\?"
)
_SENT_HERE = re.compile(
    r"\b(?:attach\w*|here'?s|here (?:is|are)|dropping|drop|dropped|upload\w*|adjunt\w*|anexo|posting|posted|pasting|sharing|in this (?:thread|chat|message)|aqu[ií]|files?|below)\b"
)
_MANY_TRIES = re.compile(
    r"\b(?:two|three|four|five|six|seven|\d+|several|multiple|numerous) (?:messages|voicemails|vms|calls|emails|faxes|attempts|tries)\b(?! (?:on|to) (?:pt|patient|her|him))"
)
_NOT_CALLED = re.compile(
    r"\b(?:he|she|they|pt|patient|mom|family) (?:keeps? )?call(?:s|ing|ed)? (?:me|us)\b|\b(?:nobody|no one|never|noone|nadie)\b[^.?!]{0,24}\b(?:call\w*|phoned|spoke\w*|talk\w*|reach\w*|contact\w*)\b"
)
_HAS_CALLED = re.compile(
    r"\b(?:has|have|had|did)\b[^.?!]{0,24}\b(?:call\w*|phoned|spoke\w*|talk\w*|reach\w*|contact\w*)\b"
)
_CALL_ME = re.compile(r"\b(?:call|ring|phone|text|contact)\w* (?:me|us)\b|\bplease\b|\bpls\b")
_RECEIPT = re.compile(
    r"\b(?:get|got|gotten|receiv\w*|recieve\w*|see|seen|come|came|arriv\w*|land\w*|go|went|make|made|have|show|confirm\w*|through|thru|recib\w*|lleg\w*|find|reach|turn\w*)\b"
)


def weigh(doc: Document, start: int, end: int) -> Evidence:
    """What speaks for a new referral in a stretch."""
    lower = doc.words.lower
    born = any(
        start <= written.start < end
        and written.year is not None
        and not re.search(
            r"\b(?:thru|through|until|exp|eff|effective|good|valid|starting|seen|visit|dos|on|sent|from)[ :]*(?:on )?$",
            doc.before(written.start, 14),
        )
        for written in doc.dates
    ) or bool(doc.labels("dob", start, end))
    clinical = sum(
        1 for index in range(doc.words.at(start), doc.words.at(end)) if doc.words.low[index] in CLINICAL_WORDS
    )
    return Evidence(
        birth=born,
        phone=any(start <= phone.start < end for phone in doc.phones),
        payer=bool(payers_in(doc, start, end)) or "self pay" in lower[start:end],
        code=re.search(r"\b[a-tv-z]\d[\dab]\.[\da-z]{1,4}\b", lower[start:end]) is not None
        or bool(doc.labels("icd", start, end) or doc.labels("dx", start, end)),
        clinical=clinical,
        cue=bool(doc.cue("submit", start, end))
        or bool(doc.labels("service", start, end) or doc.labels("referring", start, end)),
    )


def find_acts(
    doc: Document, start: int, end: int, mentions: list[Mention], *, follow_up: bool = True
) -> list[Act]:
    """The acts of a stretch except new referrals, each once, by the sentence in which its cue stands."""
    acts: dict[str, Act] = {}

    def add(intent: str, place: int) -> None:
        if intent not in acts:
            acts[intent] = Act(place, intent)

    lower = doc.words.lower
    whole = lower[start:end]
    for begin, stop in doc.sentences:
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        text = lower[begin:stop]
        asks = "?" in text or _QUESTION.match(text.strip()) is not None
        here = [mention for mention in mentions if begin <= mention.start < stop]
        _cancel(doc, begin, stop, text, whole, asks, here, mentions, add)
        _reschedule(doc, begin, stop, text, asks, mentions, add)
        _documents(doc, begin, stop, text, asks, mentions, add)
        if (
            doc.cue("accepts", begin, stop)
            and (payers_in(doc, begin, stop) or doc.found("plan", begin, stop))
            and _ASKS_INSURANCE.search(text)
            and (asks or re.search(r"\b(?:you|yall|y'all|u)\b", text))
        ):
            add("ask_insurance_accepted", doc.cue("accepts", begin, stop)[0].start)
        if doc.cue("availability", begin, stop):
            add("check_availability", doc.cue("availability", begin, stop)[0].start)
        if doc.cue("status", begin, stop) or (
            asks
            and (
                doc.cue("scheduled", begin, stop)
                or doc.cue("no_show", begin, stop)
                or doc.cue("seen", begin, stop)
            )
        ):
            hits = (
                doc.cue("status", begin, stop)
                or doc.cue("scheduled", begin, stop)
                or doc.cue("no_show", begin, stop)
                or doc.cue("seen", begin, stop)
            )
            add("check_status", hits[0].start)
        if doc.cue("office_open", begin, stop):
            add("office_open", doc.cue("office_open", begin, stop)[0].start)
        if doc.cue("update", begin, stop):
            add("update_referral", doc.cue("update", begin, stop)[0].start)
        for kind, intent in (
            ("human", "request_human"),
            ("issue", "report_issue"),
            ("requirements", "ask_requirements"),
        ):
            hits = doc.cue(kind, begin, stop)
            if hits and not (kind == "human" and _is_no_wish(text)):
                add(intent, hits[0].start)
        tries = _MANY_TRIES.search(text)
        if tries:
            add("report_issue", begin + tries.start())
        for topic in ("fax_topic", "address_topic", "hours_topic", "phone_topic"):
            hits = doc.cue(topic, begin, stop)
            if hits and (
                asks or "?" in lower or re.search(r"\b(?:need|give|send|tell|share|know|confirm)\b", text)
            ):
                add("ask_practice_info", hits[0].start)
        for kind, intent in (("thanks", "thanks"), ("help", "help"), ("refill", "out_of_scope")):
            hits = doc.cue(kind, begin, stop)
            if hits:
                add(intent, hits[0].start)
    return sorted(acts.values())


def _is_no_wish(text: str) -> bool:
    """Whether a sentence tells or asks of calls rather than wishing for one."""
    if _NOT_CALLED.search(text):
        return True
    return _HAS_CALLED.search(text) is not None and not _CALL_ME.search(text)


def _cancel(doc, begin, stop, text, whole, asks, here, mentions, add) -> None:  # type: ignore[no-untyped-def]
    hits = doc.cue("cancel", begin, stop)
    if not hits:
        return
    if _NEGATED_CANCEL.search(text) or _PASSIVE.search(text):
        if _NEGATED_CANCEL.search(text):
            add("not_cancel", hits[0].start)
        return
    after = doc.words.lower[stop : stop + 60]
    if _TAKEN_BACK.search(after[:24]) or (
        _TAKEN_BACK.search(text) and _TAKEN_BACK.search(text).start() > hits[0].start - begin
    ):  # type: ignore[union-attr]
        if not re.match(r"scratch", doc.words.lower[hits[0].start : hits[0].end]) or len(hits) > 1:
            add("not_cancel", hits[0].start)
            return
    strong = [hit for hit in hits if not _WEAK_CANCEL.match(doc.words.lower[hit.start : hit.end])]
    if not strong:
        documents = doc.found("document", begin, stop)
        if documents and not re.search(r"\breferral|\bref\b", text):
            return
        if not (here or mentions or _REFERRAL_WORD.search(text)):
            return
        weak = doc.words.lower[hits[0].start : hits[0].end]
        if weak.startswith(("declin", "keep", "no longer", "not ")) and not re.search(
            r"\bcancel|withdraw|referral|\bref\b|need|want", whole
        ):
            return
    add("cancel_referral", (strong or hits)[0].start)


def _reschedule(doc, begin, stop, text, asks, mentions, add) -> None:  # type: ignore[no-untyped-def]
    hits = doc.cue("reschedule", begin, stop)
    if not hits:
        return
    form = doc.words.lower[hits[0].start : hits[0].end]
    if re.search(r"\b(?:move|moved|bump|bumped)\b[^.?!]{0,24}\bto (?:urgent|stat|asap|routine)\b", text):
        return
    if all(
        doc.words.lower[hit.start : hit.end].startswith(
            ("instead", "conflict", "need another", "move", "moved", "push", "new time", "not work")
        )
        for hit in hits
    ) and not (mentions or re.search(r"\b(?:appt|appointment|visit|cita)\b", text)):
        return
    if "instead" in form and not re.search(
        r"\b(?:day|week|mon|tue|wed|thu|fri|time|date|appt|move)\w*\b|\d/\d", text
    ):
        return
    if re.fullmatch(r"move\w*", form) and re.search(
        r"\b(?:he|she|they|pt|patient|family)(?:'s|'ve| has| have| is)? (?:just )?mov(?:ed|ing)\b", text
    ):
        return
    if re.search(r"\bmoved? (?:from|to) [a-z]", text) and payers_in(doc, begin, stop):
        return
    add("reschedule_appointment", hits[0].start)


def _documents(doc, begin, stop, text, asks, mentions, add) -> None:  # type: ignore[no-untyped-def]
    kinds = doc.found("document", begin, stop)
    note = doc.cue("note", begin, stop)
    received = doc.cue("document", begin, stop)
    attach = doc.cue("attach", begin, stop)
    if (
        note
        and _WANTS_NOTE.search(text)
        and not (
            re.search(
                r"\b(?:did|have|has|you) (?:you |u |y'all |yall )?(?:get|got|gotten|receive\w*|recieve\w*)\b",
                text,
            )
            and not re.search(r"\b(?:from (?:her|his|the|your|their) (?:visit|appt|consult))|when\b", text)
        )
        and not (attach and not asks)
    ):
        add("request_consult_note", note[0].start)
        return
    mentions_fax = (
        re.search(
            r"\b(?:fax(?:ed|es)?|records?|packet|paperwork|documents?|docs|documentos|pages?|pgs?|pg)\b", text
        )
        is not None
    )
    if (
        received
        and (kinds or mentions_fax)
        and _RECEIPT.search(text)
        and (
            asks
            or re.search(
                r"\b(?:confirm|make sure|making sure|verify|checking|check|want(?:ed)? to (?:know|see)|let me know|wondering|hoping|pls|please)\b",
                text,
            )
        )
    ):
        if not (attach and not asks):
            add("confirm_document_received", received[0].start)
            return
    if (
        attach
        and (kinds or re.search(r"\b(?:attached|attaching|adjunt\w*|uploaded|uploading)\b", text))
        and _SENT_HERE.search(text)
        and not (asks and received)
    ):
        add("attach_document", attach[0].start)
