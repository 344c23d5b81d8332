"""Prior authorization: its number, how it stands, how long it holds, and whether booking waits for it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

from referral_bot.reading.dates import coming
from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields

_AUTH_WORD = re.compile(
    r"\b(?:prior[ -]auth(?:orization)?|pre-?auth(?:orization)?|auth(?:orization|orized|s)?|pre-?cert"
    r"|autorización|autorizacion)\b|\bpa\b(?=[ #:.]*(?:#|no\b|num|submitted|pending|approved|is|in|came"
    r"|ref|req|not|still|for|on|obtained|denied|\d|[a-z]{1,4}-?\d{3,}))"
)
_AUTH_HINTS = ("auth", "cert", "autoriz", "pa ", "pa:", "pa#", "pa.")
_AUTH_NUMBER = re.compile(r"(?<![\w/.-])(?:[a-z]{1,5}-?)?\d[\da-z]*(?:-[\da-z]+)*(?![\w/])")
_APPROVED = re.compile(
    r"\b(?:approved|approval|approves|okayed|signed off|the (?:ok|okay|go[- ]ahead|green ?light)|aprob[oó]"
    r"|aprobaron|in hand|obtained|good (?:thru|through|until|til|till|for|to)|valid (?:thru|through"
    r"|until|til|till|for|to)|received|came (?:back|in|through)|came|granted|secured|on file|went through"
    r"|is in|is back|got|aprobada|aprobado|exp|expires|thru|through)\b"
)
_PENDING = re.compile(
    r"\b(?:pending|submitted|in process|in progress|requested|waiting (?:on|for)|awaiting|under review"
    r"|in review|started|(?:request|paperwork)?(?: was| has been)? ?(?:sent|faxed|filed|placed|initiated"
    r"|put in)(?: in| off| over| out)?(?: to| with| on| today| yesterday|$)|request in|not back"
    r"|don'?t have (?:it|the (?:auth|number)|a number) yet|no (?:word|answer|decision) yet|have ?n.t heard"
    r"|pendiente|en proceso|working on|to hear (?:back )?from|still out|not approved yet|to follow"
    r"|hasn't come|has not come|en tr[aá]mite|esperando)\b"
)
_DENIED = re.compile(
    r"\b(?:denied|denial|denying|rejected|turned (?:it |us |them )?down|declined|(?:came"
    r"|come|was|is|got)(?: back)?(?: as)? an? no|negada|denegada)\b"
)
_NOT_NEEDED = re.compile(
    r"\b(?:not (?:required|needed|necessary)|no (?:prior )?auth(?:orization)? (?:required|needed"
    r"|necessary|req)|none (?:required|needed)|n/a|no auth\b(?! (?:yet|number|#)))"
)
_NOT_ASKED = re.compile(r"\bnot (?:been )?(?:requested|submitted|started|asked|filed|obtained|done)\b")
_HOLD = re.compile(
    r"\b(?:(?:do not|don't|dont|please don't|not to|no|never|can't|cannot|shouldn't|no lo|no la"
    r"|favor de no)\b[^.!?\n]{0,30}?\b(?:schedul\w*|book\w*|offer\w*|appts?|appointments?|dates?|slots?"
    r"|agend\w*|program\w*|cit[ae]n?)|(?:nothing|no one|nobody) (?:to be |gets? |is |is to be )?(?:booked"
    r"|scheduled) (?:till?|until|before)|no (?:booking|scheduling|dates?) (?:till?|until|before|yet)"
    r"|hold (?:off|booking|scheduling|on booking|on scheduling|the booking|this|it|her|him|until|til|till"
    r"|for)|(?:wait|waiting|hold) (?!to hear)(?:to|on|for|until|til|till)\b[^.!?\n]{0,40}?\b(?:auth"
    r"|schedul\w*|book\w*|pa\b)|(?:book|schedule)\w* (?:only )?(?:after|once|when"
    r"|until)\b[^.!?\n]{0,30}?\b(?:auth|pa|approv\w*))"
)
_RELEASE = re.compile(
    r"\b(?:(?:ok|okay|good|clear|cleared|free|safe|fine|ready|able) to (?:go ahead and )?(?:schedul\w*"
    r"|book\w*|proceed|offer)|go ahead|release|you (?:can|may) (?:now )?(?:book|schedule|go)"
    r"|can (?:now )?(?:be )?(?:book\w*|schedul\w*|go)|please (?:book|schedule)|pls (?:book|schedule)"
    r"|schedule (?:away|now|her|him|pt|them)|book (?:away|now|her|him|pt|them)|good to go|all set to"
    r"|ya (?:pueden|puede)|pueden agendar|let's (?:book|schedule|get)|so (?:please |pls )?(?:book|schedule"
    r"|call)|(?:schedule|book|set (?:her|him|them) up) (?:whenever|when|any ?time|asap|at will|as)"
    r"|get (?:her|him|them|pt) (?:scheduled|booked|on|in)|(?:ready|set) (?:to (?:be )?(?:schedul|book)\w*"
    r"|for scheduling)|move forward|proceed)\b"
)


_APPROVAL = re.compile(
    r"\b(?:approval|approved|approves|the (?:ok|okay|go[- ]ahead|green ?light)|okayed|signed off|aprob[oó]"
    r"|aprobaron)\b"
)
_BY_PAYER = re.compile(r"\b(?:insurance|ins|plan|payer|carrier|they|seguro|#|number|no\.|ref)\b")


class Authorization(NamedTuple):
    """What a range says about prior authorization."""

    auth: Fields
    hold: bool
    release: bool
    taken: list[tuple[int, int]]


def read_authorization(doc: Document, start: int, end: int) -> Authorization:
    """Number, status and last day of an authorization, and whether booking is to wait for it or may go
    ahead.
    """
    lower, raw = doc.words.lower, doc.words.raw
    spoken_of = any(hint in lower for hint in _AUTH_HINTS)
    places = sorted(
        {
            *(match.start() for match in (_AUTH_WORD.finditer(lower, start, end) if spoken_of else ())),
            *(label.start for label in doc.labels("auth", start, end)),
        }
    )
    if not places:
        for match in _APPROVAL.finditer(lower, start, end):
            begin, stop = doc.sentence_at(match.start())
            following = doc.sentences_in(stop, min(end, stop + 60))
            reach = following[-1][1] if following and len(lower[stop : following[-1][1]]) < 60 else stop
            if _find_number(doc, begin, min(reach, end)) or (
                _BY_PAYER.search(lower, begin, stop)
                or any(begin <= hit.start < stop for hit in doc.found("payer", begin, stop))
            ):
                places = [match.start() if not _find_number(doc, begin, match.start()) else begin]
                break
    if not places:
        return Authorization({}, False, False, [])
    auth: Fields = {}
    taken: list[tuple[int, int]] = []
    hold = _HOLD.search(lower, start, end) is not None
    for sentence in doc.sentences_in(start, end):
        inside = [place for place in places if sentence[0] <= place < sentence[1]]
        if not inside or sentence[0] >= end or sentence[1] <= start:
            continue
        begin, stop = max(start, sentence[0]), min(end, sentence[1])
        text = lower[begin:stop]
        if re.search(r"\bold\b|\bprevious\b|\bno good\b|\bno longer\b|don't use|dont use", text):
            taken.append((begin, stop))
            continue
        clause_start = begin
        first = inside[0]
        if _NOT_NEEDED.search(text):
            taken.append((first, stop))
            continue
        window_end = stop
        following = doc.sentences_in(sentence[1], sentence[1] + 200)[:3]
        following = [
            other for other in following if other[0] >= sentence[1] and re.search(r"\w", lower[slice(*other)])
        ]
        if following and following[0][0] < end and not re.search(r"\d{5}", lower[first:stop]):
            nearby = lower[following[0][0] : following[0][1]]
            if (
                re.match(r"\s*(?:#|no|number|[a-z]{0,5}-?\d{4,}|auth|good|valid|approved)", nearby)
                and len(nearby) < 60
            ):
                window_end = min(end, following[0][1])
        window = lower[first:window_end]
        number = _find_number(doc, first, window_end)
        if (
            number is None
            and re.search(r"\b(?:auth|pa)\b", lower[clause_start:first] or " ") is None
            and _APPROVED.search(window)
        ):
            number = _find_number(doc, clause_start, first)
        if _DENIED.search(window) or (number is None and _DENIED.search(text)):
            auth["status"] = "denied"
        elif _NOT_ASKED.search(window):
            pass
        elif (
            _PENDING.search(window)
            or (number is None and _PENDING.search(text) and not _APPROVED.search(window))
            or (
                re.search(
                    r"\b(?:hasn't|has not|isn't|not) (?:come|back|approved|in)\b|\bonce\b|\buntil\b"
                    r"|\btill?\b (?:i|we|it|auth|the auth)",
                    window,
                )
                and number is None
            )
        ):
            if _PENDING.search(text) or ("status" not in auth and not hold):
                auth.setdefault("status", "pending")
        elif number is not None or _APPROVED.search(window):
            auth["status"] = "approved"
        if number is not None:
            auth["number"] = raw[number[0] : number[1]].upper()
            taken.append(number)
        if auth.get("status") == "approved":
            valid = _valid_to(doc, first, window_end)
            if valid:
                auth["valid_to"] = valid
        taken.append((first, window_end))
    release = auth.get("status") == "approved" and not hold and _RELEASE.search(lower, start, end) is not None
    return Authorization(auth, hold and auth.get("status") != "approved", release, taken)


def _find_number(doc: Document, start: int, end: int) -> tuple[int, int] | None:
    for match in _AUTH_NUMBER.finditer(doc.words.lower, start, end):
        if sum(char.isdigit() for char in match[0]) < 4:
            continue
        if any(written.start < match.end() and match.start() < written.end for written in doc.dates):
            continue
        if any(
            phone.start < match.end() and match.start() < phone.end and not phone.bare for phone in doc.phones
        ):
            continue
        return match.span()
    return None


def _valid_to(doc: Document, start: int, end: int) -> str | None:
    """The last day: "thru 2/22/27", "good for 90 days from today", "11/24/26 - 2/22/27"."""
    span = re.search(r"\bfor (?:the next )?(\d{1,3}) (day|week|wk|month|mo)", doc.words.lower[start:end])
    if span:
        days = int(span[1]) * {"day": 1, "week": 7, "wk": 7, "month": 30, "mo": 30}[span[2]]
        return (doc.today + timedelta(days=days)).isoformat()
    last = None
    for written in doc.dates:
        if start <= written.start < end:
            before = doc.before(written.start, 24)
            if re.search(
                r"(?:thru|through|until|til|till|to|exp|expires?|expiring|good|valid|hasta|-|ends?"
                r"|by)[ :]*(?:on |el )?$",
                before,
            ):
                last = coming(written, doc.today)
    return last.isoformat() if last else None
