"""Why a referral is withdrawn, and which of two stays."""

from __future__ import annotations

import itertools
import re

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields
from referral_bot.reading.resolve import Mention

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
        "anyway",
        "anyways",
        "though",
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
    r"(?:has |had |be |is |are |was )?(?:isn|not int|interest|thanks but|found rel|decid|opt|backing|backed"
    r"|ya no|going to hold|pass|decease|died|dead|enter\w* hospice|chang|found|seeing|going with|went"
    r"|been seen|seen|by mistake|by acc|with (?:some|an)|w/|was a|in error)"
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
            told = raw[begin : max(begin, after)]
            text = raw[begin if len(told.split()) > 4 else after : stop].strip(" ,.;:-!")
            words = re.findall(r"[^\W\d_]+", text.lower())
            text = re.split(r"[.;!?](?:\s|$)|\n", text)[0]
        if all(word in _POLITE for word in words) or not words:
            continue
        pieces.append(text)
    return ", ".join((pieces or weaker)[:2]).strip()
