"""Which acts a stretch of text does, from its cues: one intent each, in the order of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.payers import payers_in, unknown_payer
from referral_bot.reading.resolve import Mention
from referral_bot.reading.words import Hit


class Act(NamedTuple):
    """An intent and where the text says it."""

    place: int
    intent: str


_QUESTION = re.compile(
    r"^\W*(?:and |also |hi |hey |hello |so |ok |oh |but |plus |then )*(?:did|do|does|is|are|was|were|has"
    r"|have|had|can|could|would|will|any|what|whats|what's|when|where|wheres|where's|who|how|hows|why"
    r"|which|may|should|status|update|tienen|tiene|hay|puede|pueden|cuándo|cuando|dónde|donde|qué|que"
    r"|cómo|cómo|aceptan|toman|ya)\b"
)
_ASKS_THEN = re.compile(
    r"[,;-] ?(?:so )?(?:is|are|did|was|were|do|does|has|have|can|could|any) (?:it|they|you|that|those|she"
    r"|he|there|anyone|someone|date|word|news|update|u)\b"
)
"""A question that follows what it is about: "I faxed the echo Friday, is it there"."""
_NEGATED_CANCEL = re.compile(
    r"\b(?:do not|don'?t|dont|not|never|no|ain'?t|isn'?t|aren'?t|rather not|without|won'?t|no queremos"
    r"|no quiere|certainly not|by no means)"
    r"\b(?: \w+){0,5}? ?\b(?:cancel\w*|cxl|cx|withdraw\w*|drop\w*|pull\w*"
    r"|remov\w*|cancelar|cancelen|cancele|lose|delete)\b|\b(?:cancel\w*"
    r"|drop\w*)\b[^.!?]{0,12}[.!?,]? ?(?:\bno,? don'?t\b|\bwait,? no\b|\bno wait\b|\bscratch that\b"
    r"|\bnever ?mind\b|\bactually don'?t\b|\bno don'?t\b)"
)
_PULL_UP = re.compile(r"\bpull(?:ed|ing)? (?:it |them |her |him |that )?up\b")
_TAKEN_BACK = re.compile(
    r"\b(?:no,? don'?t|wait,? no|no wait|scratch that|never ?mind|actually,? (?:don'?t|no)|don'?t cancel"
    r"|disregard that)\b"
)
_PASSIVE = re.compile(
    r"\b(?:was|is|were|has|got|been|get)\b[^.?!]{0,30}\b(?:cancel\w*|cxl\w*)\b[^.?!]{0,120}\?"
    r"|\bwhy (?:was|is|did)\b[^.?!]{0,60}\bcancel|\bcancell?ation (?:list|policy)|\bwait ?list\b"
    r"|\bif (?:anyone|someone|there'?s|you (?:have|get))[^.?!]{0,120}cancel|\bon a cancel"
)
_WEAK_CANCEL = re.compile(
    r"\b(?:drop|dropped|dropping|drops|declin\w+|close|closed|remove\w*|duplicate\w*|dupe|take|toss|kill"
    r"|(?:has |had )?(?:pass|decease|died|enter|chang|found|seeing|going with|went|been seen|seen|sent"
    r"|by mistake|was a|in error|need|close|strike|discard|trash|scrap|ya no va|yank|bin|axe|extra"
    r"|one too)\w*|no need|no consult|no visit|no appt|no referral|go|by acc|yours|can go|with|w/|got|get"
    r"|taken|resolved|feeling|all better|pull\w*|delete\w*|ignore|disregard"
    r"|void\w*|scratch|nix|stop|no longer|keep|not|isn'?t|is not|aren'?t|won'?t|doesn'?t|twice)\b"
)
_REFERRAL_WORD = re.compile(
    r"\b(?:referral|referal|ref|appt|appointment|order|one|it|her|him|that|request|consult|visit|twice"
    r"|cita|referencia|entry|rb-|ref-)\b"
)
_ASKS_INSURANCE = re.compile(
    r"\b(?:see (?:patients|pts|folks|people) with|bill|take|accept|accepting|accepted|taking|par with"
    r"|in[ -]network|contracted|participat\w+|aceptan"
    r"|toman|acepta|reciben|trabajan con|out of network|credentialed|ok with)\b"
)
_WANTS_NOTE = re.compile(
    r"\b(?:send|fax|get|need|have|forward|request\w*|copy|waiting|please|pls|can (?:you|we|i)|could (?:you"
    r"|we|i)|looking for|share|mail|still|yet|where|any|like|wants|asking|asked|manden|mándenme|envíen"
    r"|necesit\w+|pueden|puede|see|missing|want|ready|available|when)\b|\?"
)
_SENT_HERE = re.compile(
    r"\b(?:attach\w*|here'?s|here (?:is|are)|dropping|drop|dropped|upload\w*|adjunt\w*|anexo|posting"
    r"|posted|pasting|sharing|(?:in|to) (?:this|the) (?:thread|chat|message)|aqu[ií]|files?|below)\b"
)
_MANY_TRIES = re.compile(
    r"\b(?:two|three|four|five|six|seven|\d+|several|multiple|numerous) (?:messages|voicemails|vms|calls"
    r"|emails|faxes|attempts|tries)\b(?! (?:on|to) (?:pt|patient|her|him))"
)
_NOT_CALLED = re.compile(
    r"\bno (?:call ?-?backs?|return calls?|response|reply|one called)\b|\b(?:he|she|they|pt|patient|mom"
    r"|family) (?:keeps? )?call(?:s|ing|ed)? (?:me|us)\b|\bcall(?:ing|s"
    r"|ed) (?:me|us|here|in\b|our|my|the office|the clinic|every|daily|constantly)|\b(?:nobody|no one|never"
    r"|noone|nadie)\b[^.?!]{0,24}\b(?:call\w*|phoned|spoke\w*|talk\w*|reach\w*|contact\w*)\b"
)
_HAS_CALLED = re.compile(
    r"\b(?:has|have|had|did)\b[^.?!]{0,24}\b(?:(?:gotten|got|get) a ?hold|call\w*|phoned|spoke\w*|talk\w*"
    r"|reach\w*|contact\w*)\b"
)
_CALL_ME = re.compile(r"\b(?:call|ring|phone|text|contact)\w* (?:me|us)\b|\bplease\b|\bpls\b")
_RECEIPT = re.compile(
    r"\b(?:get|got|gotten|receiv\w*|recieve\w*|see|seen|come|came|arriv\w*|land\w*|go|went|make|made|have"
    r"|show|there|confirm\w*|through|thru|recib\w*|lleg\w*|find|reach\w*|turn\w*)\b"
)


_OURS = re.compile(
    r"\b(?:we|our|ours|us|i|my|mine|i've|we've|i'm|referrals?|refs?|nuestr\w+|mis|referencias|list|from)\b"
)
_YOU = re.compile(r"\b(?:you|yall|y'all|u)\b")
_WANTS_TO_KNOW = re.compile(r"\b(?:need|give|send|tell|share|know|confirm)\b")
_A_REFERRAL = re.compile(r"\breferral|\bref\b")
_CANCEL_AROUND = re.compile(r"\bcancel|withdraw|referral|\bref\b|need|want")
_THING_NEEDED = re.compile(
    r"\b(?:auth\w*|pa|precert|interpreter|transport\w*|ride|wheelchair|records?|labs?|imaging|films|copay"
    r"|referral form)\b"
)
"""What may not be needed while the referral is."""
_WEAK_MOVES = (
    "instead",
    "conflict",
    "need",
    "move",
    "push",
    "new time",
    "not ",
    "no good",
    "is no",
    "bad",
    "rather",
    "clash",
    "out of",
    "will be",
    "be ",
    "has ",
    "have ",
    "another",
    "different",
    "double",
    "find",
    "isn't",
    "was",
    "are ",
    "away",
    "won't",
    "doesn't",
)
_MOVES = re.compile(
    r"(?:later|earlier|postpone|delay|another (?:slot|day|time|date)|sooner|get|be seen|resched|r/s"
    r"|re-?book|move|moving|moved|a different|different"
    r" (?:day|time|date|slot)|new|other|better|can|could|unable|not|won't|isn't|reprogram|reagend|cambi"
    r"|mover|conflict|push|something|bump|swap|chang"
    r"|no puede|otr|down|need another|need a|days|switch|instead|fall|fell|pospon|shift|slid)"
)
"""Words that ask to move a visit; the others only say that a day does not suit."""
_ABOUT_ELSE = re.compile(r"\b(?:auth\w*|number|phone|cell|insurance|fax\w*|records?|referral is|old)\b")
_VISIT = re.compile(r"\b(?:appt|appointment|visit|cita)\b")
_SOME_DAY = re.compile(
    r"\b(?:day|week|mon|tue|wed|thu|fri|time|date|appt|move|morning|afternoon)\w*\b"
    r"|\d/\d|\d(?:st|nd|rd|th)\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d"
)
_MOVED_TO_URGENT = re.compile(r"\b(?:moved?|bump(?:ed)?)\b[^.?!]{0,24}\bto (?:urgent|stat|asap|routine)\b")
_MOVED_HOUSE = re.compile(
    r"\b(?:he|she|they|pt|patient|family)(?:'s|'ve| has| have| is)? (?:just )?mov(?:ed|ing)\b"
)
_MOVED_ALONE = re.compile(
    r"(?<!been )(?<!be )(?<!was )(?<!get )(?<!got )\bmoved(?=\s*(?:[.,;!]|$|and\b|away\b|out of\b|in with\b"
    r"|recently\b|last\b|to an?other (?:state|city|town|address)|to a new (?:place|house|address|apartment)"
    r"|to (?!next|the\b|a\b|mon|tue|wed|thu|fri|sat|sun|urgent|stat|routine|asap|jan|feb|mar|apr|may|jun"
    r"|jul"
    r"|aug|sep|oct|nov|dec|later|earlier|noon|another|be\b)[a-z]+(?: [a-z]+)?\s*(?:[.,;!]|$)))"
)
"""Somebody who moved house, not a visit that was moved."""
_MOVED_FROM = re.compile(r"\bmoved? (?:from|to) [a-z]")
_DID_YOU_GET = re.compile(
    r"\b(?:did|have|has|you) (?:you |u |y'all |yall )?(?:get|got|gotten|receive\w*|recieve\w*)\b"
)
_OF_A_VISIT = re.compile(r"\b(?:from (?:her|his|the|your|their) (?:visit|appt|consult))|when\b")
_IT = re.compile(r"\b(?:it|them|those|that|los|las|lo)\b")
_PAPERS = re.compile(
    r"\b(?:fax(?:ed|es)?|records?|packet|paperwork|documents?|docs|documentos|pages?|pgs?|pg)\b"
)
_CONFIRM = re.compile(
    r"\b(?:confirm|make sure|making sure|verify|checking|check|want(?:ed)? to (?:know|see)|let me know"
    r"|wondering|hoping|pls|please)\b"
)
_ATTACHED = re.compile(r"\b(?:attached|attaching|adjunt\w*|uploaded|uploading)\b")


@dataclass(frozen=True)
class _Sentence:
    """One sentence of a stretch, with the cues that stand in it."""

    doc: Document
    begin: int
    stop: int
    text: str
    asks: bool
    cues: dict[str, list[Hit]]
    mentions: list[Mention]
    """All mentions of the stretch."""

    def form(self, hit: Hit) -> str:
        """The words of a cue as they are written."""
        return self.doc.words.lower[hit.start : hit.end]


def find_acts(doc: Document, start: int, end: int, mentions: list[Mention]) -> list[Act]:
    """The acts of a stretch except new referrals, each once, by the sentence in which its cue stands."""
    acts: dict[str, Act] = {}
    lower = doc.words.lower
    for begin, stop in doc.sentences_in(start, end):
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop:
            continue
        cues = doc.cues_in(begin, stop)
        text = lower[begin:stop]
        tries = _MANY_TRIES.search(text)
        if tries:
            acts.setdefault("report_issue", Act(begin + tries.start(), "report_issue"))
        if not cues:
            if "?" in text or _QUESTION.match(text.strip()):
                taking = _ASKS_INSURANCE.search(text)
                if taking and payers_in(doc, begin, stop):
                    place = begin + taking.start()
                    acts.setdefault("ask_insurance_accepted", Act(place, "ask_insurance_accepted"))
            continue
        asks = "?" in text or _QUESTION.match(text.strip()) is not None or _ASKS_THEN.search(text) is not None
        sentence = _Sentence(doc, begin, stop, text, asks, cues, mentions)
        for act in (
            _cancel(sentence, lower[start:end]),
            _reschedule(sentence),
            _note(sentence) or _receipt(sentence) or _attachment(sentence),
            _insurance(sentence),
            _status(sentence),
            _practice_info(sentence),
            *_plain(sentence),
        ):
            if act is not None:
                acts.setdefault(act.intent, act)
    return sorted(acts.values())


_PLAIN = (
    ("availability", "check_availability"),
    ("office_open", "office_open"),
    ("update", "update_referral"),
    ("issue", "report_issue"),
    ("requirements", "ask_requirements"),
    ("thanks", "thanks"),
    ("help", "help"),
    ("refill", "out_of_scope"),
)


def _plain(sentence: _Sentence) -> list[Act]:
    """Acts that their cue alone tells."""
    acts = [Act(sentence.cues[cue][0].start, intent) for cue, intent in _PLAIN if cue in sentence.cues]
    if sentence.mentions and not sentence.asks:
        acts = [act for act in acts if act.intent != "ask_requirements"]
    if not _OURS.search(sentence.text):
        acts = [act for act in acts if act.intent != "office_open"]
    human = sentence.cues.get("human")
    if human and not _is_no_wish(sentence.text):
        acts.append(Act(human[0].start, "request_human"))
    return acts


def _is_no_wish(text: str) -> bool:
    """Whether a sentence tells or asks of calls rather than wishing for one."""
    if _NOT_CALLED.search(text):
        return True
    return _HAS_CALLED.search(text) is not None and not _CALL_ME.search(text)


def _status(sentence: _Sentence) -> Act | None:
    kinds = ("status", "scheduled", "no_show", "seen") if sentence.asks else ("status",)
    hits = next((sentence.cues[kind] for kind in kinds if kind in sentence.cues), None)
    return Act(hits[0].start, "check_status") if hits else None


def _insurance(sentence: _Sentence) -> Act | None:
    """Whether a payer or a plan is asked about."""
    hits = sentence.cues.get("accepts")
    if not hits or not _ASKS_INSURANCE.search(sentence.text):
        return None
    doc, begin, stop = sentence.doc, sentence.begin, sentence.stop
    named = payers_in(doc, begin, stop) or doc.found("plan", begin, stop)
    if not named and not unknown_payer(doc, begin, stop):
        return None
    return (
        Act(hits[0].start, "ask_insurance_accepted") if sentence.asks or _YOU.search(sentence.text) else None
    )


def _practice_info(sentence: _Sentence) -> Act | None:
    for topic in ("fax_topic", "address_topic", "hours_topic", "phone_topic"):
        hits = sentence.cues.get(topic)
        if hits and (sentence.asks or "?" in sentence.doc.words.raw or _WANTS_TO_KNOW.search(sentence.text)):
            return Act(hits[0].start, "ask_practice_info")
    return None


def _cancel(sentence: _Sentence, whole: str) -> Act | None:
    """`cancel_referral`, or `not_cancel` where it says that nothing is to be cancelled."""
    hits = sentence.cues.get("cancel")
    if not hits:
        return None
    text = sentence.text
    if _NEGATED_CANCEL.search(text):
        return Act(hits[0].start, "not_cancel")
    if _PASSIVE.search(text) or _PULL_UP.search(text):
        return None
    after = sentence.doc.words.lower[sentence.stop : sentence.stop + 24]
    back = _TAKEN_BACK.search(text)
    taken_back = _TAKEN_BACK.search(after) or (back and back.start() > hits[0].start - sentence.begin)
    if taken_back and (len(hits) > 1 or not sentence.form(hits[0]).startswith("scratch")):
        return Act(hits[0].start, "not_cancel")
    strong = [hit for hit in hits if not _WEAK_CANCEL.match(sentence.form(hit))]
    if not strong and not _means_referral(sentence, hits[0], whole):
        return None
    return Act((strong or hits)[0].start, "cancel_referral")


def _means_referral(sentence: _Sentence, hit: Hit, whole: str) -> bool:
    """Whether a weak word for cancelling ("drop", "pull", "declined") speaks of a referral."""
    if sentence.doc.found("document", sentence.begin, sentence.stop) and not _A_REFERRAL.search(
        sentence.text
    ):
        return False
    if not (sentence.mentions or _REFERRAL_WORD.search(sentence.text)):
        return False
    if re.search(
        r"\b(?:needed|necessary|need"
        r"|required?)\b",
        sentence.form(hit),
    ) and _THING_NEEDED.search(sentence.text):
        return False
    if sentence.form(hit).startswith(("declin", "keep", "no longer", "not ")):
        return _CANCEL_AROUND.search(whole) is not None
    return True


def _reschedule(sentence: _Sentence) -> Act | None:
    hits = sentence.cues.get("reschedule")
    if not hits:
        return None
    text, form = sentence.text, sentence.form(hits[0])
    weak = all(
        sentence.form(hit).startswith(_WEAK_MOVES) or not _MOVES.match(sentence.form(hit)) for hit in hits
    )
    if not any(_MOVES.match(sentence.form(hit)) for hit in hits) and not (
        sentence.mentions and (_SOME_DAY.search(text) or _VISIT.search(text)) and not _ABOUT_ELSE.search(text)
    ):
        return None
    if weak and not (sentence.mentions or _VISIT.search(text)):
        return None
    if "instead" in form and not _SOME_DAY.search(text):
        return None
    if form.startswith(("sooner", "be seen sooner", "earlier", "seen earlier")) and not (
        sentence.mentions or _VISIT.search(text)
    ):
        return None
    if form.startswith("move") and _MOVED_ALONE.search(text):
        return None
    if _MOVED_TO_URGENT.search(text) or (_MOVED_HOUSE.search(text) and form.startswith("move")):
        return None
    if _MOVED_FROM.search(text) and payers_in(sentence.doc, sentence.begin, sentence.stop):
        return None
    return Act(hits[0].start, "reschedule_appointment")


def _note(sentence: _Sentence) -> Act | None:
    """A consult note or visit report that is wanted back."""
    hits = sentence.cues.get("note")
    if not hits or not _WANTS_NOTE.search(sentence.text):
        return None
    if _DID_YOU_GET.search(sentence.text) and not _OF_A_VISIT.search(sentence.text):
        return None
    if "attach" in sentence.cues and not sentence.asks:
        return None
    return Act(hits[0].start, "request_consult_note")


def _receipt(sentence: _Sentence) -> Act | None:
    """Whether a document has come."""
    hits = sentence.cues.get("document")
    text = sentence.text
    if not hits or not _RECEIPT.search(text) or ("attach" in sentence.cues and not sentence.asks):
        return None
    named = sentence.doc.found("document", sentence.begin, sentence.stop) or _PAPERS.search(text)
    spoken_of = _IT.search(text) and "document" in sentence.doc.hits and "fax" in sentence.doc.words.lower
    if not (named or spoken_of):
        return None
    return Act(hits[0].start, "confirm_document_received") if sentence.asks or _CONFIRM.search(text) else None


def _attachment(sentence: _Sentence) -> Act | None:
    """A file that is put to a referral."""
    hits = sentence.cues.get("attach")
    text = sentence.text
    if not hits or not _SENT_HERE.search(text) or (sentence.asks and "document" in sentence.cues):
        return None
    if sentence.doc.found("document", sentence.begin, sentence.stop) or _ATTACHED.search(text):
        return Act(hits[0].start, "attach_document")
    return None
