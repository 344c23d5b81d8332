"""Documents that were sent with a message or beside it."""

from __future__ import annotations

import re

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.words import Hit

Span = tuple[int, int]

_ITS_PURPOSE = re.compile(
    r" (?:consult|eval|referral|screening|appt|appointment|clearance"
    r"|visit)\w*\b(?! (?:note|report|letter))"
)
"""What makes a study the purpose of a referral, not a paper sent with it."""
_LISTED = re.compile(
    r" (?:\+|&|and|,) ?\w+(?: \w+)? (?:attached|faxed|sent|uploaded)| (?:attached|scan"
    r"|report)"
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
                and not (form == "ct" and _LISTED.match(lower, hit.end))
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
            if _ITS_PURPOSE.match(lower, hit.end) or lower[max(0, hit.start - 6) : hit.start].endswith(
                (" for a ", " for ")
            ):
                continue
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
    last = max([hit.end for hit in hits] + [last_sent])
    after = min((place for sign in ",;" if (place := lower.find(sign, last, stop)) >= 0), default=stop)
    return first, after


def read_attachment(doc: Document, start: int, end: int) -> Fields:
    """The files put to a referral: those of the sentences that speak of them."""
    found: list[Fields] = []
    for begin, stop in doc.sentences_in(start, end):
        begin, stop = max(begin, start), min(stop, end)
        if begin >= stop or not (
            doc.cue("attach", begin, stop) or _PUT_HERE.search(doc.words.lower, begin, stop)
        ):
            continue
        if "?" in doc.words.lower[begin:stop] and doc.cue("document", begin, stop):
            continue
        documents, _ = find_documents(doc, begin, stop)
        if not documents:
            kinds = dict.fromkeys(str(hit.value) for hit in doc.found("document", begin, stop))
            via = "fax" if re.search(r"\bfax", doc.words.lower[begin:stop]) else "chat"
            documents = [
                {"kind": kind, "via": via}
                for kind in kinds
                if kind not in ("referral", "records", "order") or (len(kinds) == 1 and kind == "records")
            ]
        found += [document for document in documents if document not in found]
    return {"documents": found} if found else {}


_PUT_HERE = re.compile(r"\b(?:attach\w*|fax\w*|here'?s|upload\w*|below|adjunt\w*|dropp\w*)\b")
