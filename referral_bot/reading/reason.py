"""Why the patient is sent, in the sender's words: what is left when everything else has been understood."""

from __future__ import annotations

import itertools
import re

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS
from referral_bot.reading.tables import table, word_list

_REQUEST_WORDS = word_list("request_words")
_CUT = re.compile(
    r"[,;\n\t|]|(?<=[^\W])\.(?=\s|$)|(?<=\d)\.(?=\s|$)|[.!?](?=\s|$)| - | -- |(?<=\s)/(?=\s)| > |[\[\]{}]"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CLINICAL_SIGN = re.compile(
    r"\b(?:[rl]|rt|lt|bilat|x ?\d+|\d+ ?(?:mm|cm|mg|ml|wks?|weeks?|days?|mos?|months?|yrs?|years?|hrs?|x"
    r"|lbs?|kg|%)|w/u|s/p|c/o|h/o|r/o|hx|h/o|n/v|sx|dx|a1c|grade|stage|type|\d+/10|ef|level|denies|failed"
    r"|trial|tried|rule out|concern(?:ed)? for|eval(?:uate)? for|suspected|possible|likely|suspect"
    r"|history of|normal|negative|positive|neg|pos|since|worsening|dolor|neg\.|(?:spots?|bumps?|marks?"
    r"|patch(?:es)?|trouble|issues?|problems?|something|things?) (?:on|in|with|under|behind|of) (?:the "
    r"|his |her |both |left |right |l |r )?(?:back|face|arms?|legs?|neck|chest|hands?|feet|foot|shins?"
    r"|scalp|head|eyes?|ears?|skin|side|knees?|hips?|breasts?|nose|mouth|swallowing|breathing|walking"
    r"|balance|hearing|vision|memory|sleep\w*)|(?:low|lower|upper|mid) back|skin check)\b|\d+ ?%|[?~]\w"
    r"|\d\.\d"
)
_CONTINUES = re.compile(
    r"\b(?:since|none|worse|better|ago|not helping|no relief|stable|on|failed|tried|denies|no|w/o|without"
    r"|x ?\d|\d+ ?(?:deg\w*|mm|cm|%|pts?|points|lbs?|kg|out of|/)|last|now|again|after|while|when|during"
    r"|with|fell|started|past|daily|nightly|twice|once)\b"
)
_EDGES = table("reason_edges", own=False)
_LEAD = frozenset(["", *" ".join(_EDGES["lead"]).split()])
_TAIL = frozenset(["", *" ".join(_EDGES["tail"]).split()])
_SIGNS = " ,;:.-&/|*\"'!+#=>()[]"


def read_reason(doc: Document, start: int, end: int, taken: bytearray) -> str:
    """The clinical words of a range that nothing else has claimed, joined as they stood."""
    labelled = _labelled(doc, start, end, taken)
    clauses = _clauses(doc, start, end, taken)
    if labelled:
        extra = [
            text
            for text, _, clinical, _ in clauses
            if clinical >= 2 and text not in labelled and not doc.rows
        ]
        return _join([*labelled, *extra])
    kept: list[str] = []
    before_kept = False
    told = [number for number, (_, content, clinical, _) in enumerate(clauses) if clinical and content]
    for number, (text, content, clinical, same) in enumerate(clauses):
        keep = clinical > 0 and (content > 0)
        if not keep and before_kept and same and content > 0 and _CONTINUES.search(text.lower()):
            keep = True
        if not keep and before_kept and content > 0 and told and number < told[-1]:
            keep = True
        if keep:
            kept.append(text)
        before_kept = keep
    if not kept:
        kept = [text for text, content, _, _ in clauses if content > 0 and len(text) > 3][:3]
    return _join(kept)


def _labelled(doc: Document, start: int, end: int, taken: bytearray) -> list[str]:
    """The values of labels for diagnosis and reason, without what others claim in them."""
    texts: list[str] = []
    for label in doc.labelled:
        if (
            label.role not in ("dx", "reason", "icd")
            or not start <= label.label < end
            or label.end <= label.start
        ):
            continue
        pieces = [
            piece
            for piece, content, _, _ in _clauses(doc, label.start, label.end, taken, labelled=True)
            if content > 0
        ]
        text = _join(pieces)
        taken[label.label : label.end] = b"\x01" * (label.end - label.label)
        if (
            text
            and not re.fullmatch(r"(?i)none|n/a|see (?:attached|notes?|above|below)|na|same|-+", text)
            and text.lower() not in (other.lower() for other in texts)
        ):
            texts.append(text)
    return texts


def _clauses(
    doc: Document, start: int, end: int, taken: bytearray, *, labelled: bool = False
) -> list[tuple[str, int, int, bool]]:
    """Clauses that are left: text, number of content words, number of clinical signs, whether the
    sentence goes on.
    """
    raw = doc.words.raw
    clauses: list[tuple[str, int, int, bool]] = []
    cuts = [start, *(match.end() for match in _CUT.finditer(raw, start, end)), end]
    sentence_end = False
    for begin, stop in itertools.pairwise(cuts):
        ended = raw[stop - 1 : stop] in ".!?\n" if stop > begin else False
        for free in _free(raw, begin, stop, taken):
            text = _trim(free)
            if text:
                clauses.append((text, *_weigh(text), not sentence_end))
        sentence_end = ended
    return clauses


def _free(raw: str, start: int, end: int, taken: bytearray) -> list[str]:
    """The pieces that nobody claims; a short claim within words, as a code in brackets, does not divide
    them.
    """
    pieces: list[str] = []
    place = start
    while place < end:
        free = taken.find(0, place, end)
        if free < 0:
            break
        busy = taken.find(1, free, end)
        busy = end if busy < 0 else busy
        text = " ".join(raw[free:busy].split())
        if pieces and free - place < 4 and place > start:
            pieces[-1] += " " + text
        else:
            pieces.append(text)
        place = busy
    return pieces


def _trim(text: str) -> str:
    """The text without what only leads to it or from it."""
    parts = text.split()
    first, last = 0, len(parts)
    while first < last and (word := parts[first].strip(_SIGNS).lower()) in _LEAD:
        if word == "on" or (word == "" and parts[first][0] in "?("):
            break
        first += 1
    while last > first and parts[last - 1].strip(_SIGNS).lower() in _TAIL:
        last -= 1
    text = " ".join(parts[first:last]).strip(' ,;:.-&/|*"!')
    text = text.replace("( ", "(").replace(" )", ")").replace("()", "").replace(" ,", ",")
    if text.count("(") > text.count(")"):
        text += ")"
    if text.count(")") > text.count("("):
        text = text.replace(")", "", 1).strip()
    return text.strip()


def _weigh(text: str) -> tuple[int, int]:
    lower = text.lower()
    words = _WORD.findall(lower)
    content = sum(word not in EVERYDAY_WORDS and word not in _REQUEST_WORDS for word in words)
    clinical = sum(word in CLINICAL_WORDS for word in words)
    if (content == 0) == (clinical == 0):  # told by the words alone
        return content, 2 * clinical
    signs = len(_CLINICAL_SIGN.findall(lower))
    if content == 0:
        return int(signs > 0), 2 * clinical
    return content, signs


def _join(texts: list[str]) -> str:
    return ", ".join(text for text in texts if text)
