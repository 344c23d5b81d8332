"""Which of the office's open referrals a text means: by reference, or by name in any order with small
slips.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import CLINICAL_WORDS, EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.model import OpenReferral
from referral_bot.reading.names import is_given, is_plausible, title_case

_REFERENCE = re.compile(
    r"(?<![\w])(?P<p>ref|rb)(?:erral|erence)?[ ]?(?:id|no\.?|number|num)?[ :#.-]{0,3}(?P<n>\d[\da-z]{3,5}"
    r"|\d[a-z]\d[a-z])(?![\w])|(?<![\w.-])#[ ]?(?P<h>\d{4,5})(?![\w-])"
)


class Mention(NamedTuple):
    """A referral meant in the text. `ids` are those that fit; none if it is no referral of this office."""

    start: int
    end: int
    ids: tuple[str, ...]
    first: str
    last: str
    by_id: bool


class _Known(NamedTuple):
    referral: OpenReferral
    first: tuple[str, ...]
    last: tuple[str, ...]


@lru_cache(maxsize=4096)
def _parts(patient: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and last name of "First Last" in lower-case words; a hyphen divides."""
    if "," in patient:
        last, _, first = patient.partition(",")
        return _cut(first), _cut(last)
    words = patient.split()
    at = next(
        (place for place in range(1, len(words)) if not (is_given(words[place]) and place + 1 < len(words))),
        1,
    )
    return _cut(" ".join(words[:at])), _cut(" ".join(words[at:]))


def _cut(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s\-]+", text.lower().strip()) if part)


def find_mentions(doc: Document) -> list[Mention]:
    """Every open referral that the text means, in order."""
    mentions = _by_reference(doc)
    spans = [(mention.start, mention.end) for mention in mentions]
    mentions += [
        mention
        for mention in _by_name(doc)
        if not any(a < mention.end and mention.start < b for a, b in spans)
    ]
    return _without_corrected(doc, sorted(mentions))


_CORRECTED = re.compile(
    r"\b(?:no,? scratch that|scratch that|wait,? no|no,? wait|i mean(?:t)?|sorry,?|make that|oops"
    r"|actually|correction|digo|perdón)\b"
)


def _without_corrected(doc: Document, mentions: list[Mention]) -> list[Mention]:
    """Without a name that its sender takes back at once for another: "Suggs, no, I mean Tolliver"."""
    kept: list[Mention] = []
    for number, mention in enumerate(mentions):
        following = mentions[number + 1] if number + 1 < len(mentions) else None
        if following and following.start - mention.end < 60:
            between = _CORRECTED.search(doc.words.lower, mention.end, following.start)
            if between and set(mention.ids) != set(following.ids):
                doc.corrections.append((mention.start, between.end()))
                continue
        kept.append(mention)
    return kept


def _plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _by_reference(doc: Document) -> list[Mention]:
    known = {_plain(referral.id): referral.id for referral in doc.context.open_referrals}
    tails: dict[str, list[str]] = {}
    for plain, identifier in known.items():
        tails.setdefault(re.sub(r"^[A-Z]{2,3}", "", plain), []).append(identifier)
    found = []
    for match in _REFERENCE.finditer(doc.words.lower):
        tail = _plain(match["n"] or match["h"])
        prefix = _plain(match["p"] or "")
        label = doc.label_at(match.start())
        if label and label.role in ("member", "group", "ignore", "mrn", "auth", "patient_id"):
            continue
        ids = tails.get(tail, [])
        exact = [known[prefix + tail]] if prefix + tail in known else ids
        if not exact and match["h"]:
            continue
        if not exact and not re.search(r"\d", tail):
            continue
        found.append(Mention(match.start(), match.end(), tuple(exact), "", "", True))
    if tails:
        found += _by_tail(doc, tails, found)
    return sorted(found)


_BEFORE_TAIL = re.compile(
    r"(?:\b(?:on|for|of|re|about|status|ref|referral|cancel|and|number|id|is|move|close|drop|pull|update|to"
    r"|keep|from|about|de|del|remove|kill|void|with|as|or)|[,:(;])\s*$|^\s*$"
)


def _by_tail(doc: Document, tails: dict[str, list[str]], found: list[Mention]) -> list[Mention]:
    """References without their letters: "keep 2K7M", "checking on 1411"."""
    more = []
    for match in _TAIL.finditer(doc.words.lower):
        ids = tails.get(match[0].upper())
        if not ids or any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        label = doc.label_at(match.start())
        if label and label.role in ("member", "group", "ignore", "mrn", "auth", "patient_id", "phone", "dob"):
            continue
        if match[0].isdigit() and not _BEFORE_TAIL.search(doc.before(match.start())):
            continue
        more.append(Mention(match.start(), match.end(), tuple(ids), "", "", True))
    return more


_TAIL = re.compile(r"(?<![\w/.#$-])(?:\d[a-z]\d[a-z]|\d{4,5})(?![\w/-])")


def _by_name(doc: Document) -> list[Mention]:
    known = [_Known(referral, *_parts(referral.patient)) for referral in doc.context.open_referrals]
    if not known:
        return []
    exact: dict[str, list[tuple[int, str]]] = {}
    for number, one in enumerate(known):
        for part in one.first:
            exact.setdefault(part, []).append((number, "first"))
        for part in one.last:
            exact.setdefault(part, []).append((number, "last"))
    words = doc.words
    matched: dict[int, list[tuple[int, str]]] = {}
    fuzzy: set[int] = set()
    for index, word in enumerate(words.low):
        if not word[0].isalpha() or len(word) < 2:
            continue
        bare = word.removesuffix("'s")
        hits = exact.get(bare)
        if (
            hits is None
            and word.endswith("s")
            and word[:-1] in exact
            and len(word) > 4
            and word not in EVERYDAY_WORDS
        ):
            hits = exact[word[:-1]]
        capital = words.raw[words.start[index]].isupper()
        if hits is not None:
            if bare in EVERYDAY_WORDS and not (capital and doc.style == "mixed"):
                continue
            matched[index] = hits
        elif (
            len(bare) >= 5
            and bare not in EVERYDAY_WORDS
            and (bare not in CLINICAL_WORDS)
            and not doc.lexicon.phrases.knows(bare)
        ):
            allowed = 2 if len(bare) >= 8 else 1
            near = [
                (number, role)
                for part, roles in exact.items()
                if abs(len(part) - len(bare)) <= allowed
                and len(part) >= 4
                and part[0] == bare[0]
                and OSA.distance(bare, part, score_cutoff=allowed) <= allowed
                for number, role in roles
            ]
            if near:
                matched[index] = near
                fuzzy.add(index)
    return _group(doc, known, matched, fuzzy)


def _group(
    doc: Document, known: list[_Known], matched: dict[int, list[tuple[int, str]]], fuzzy: set[int]
) -> list[Mention]:
    words = doc.words
    mentions: list[Mention] = []
    indexes = sorted(matched)
    at = 0
    while at < len(indexes):
        group = [indexes[at]]
        while (
            at + 1 < len(indexes)
            and _adjoining(doc, group[-1], indexes[at + 1])
            and _share(matched, group, indexes[at + 1])
        ):
            at += 1
            group.append(indexes[at])
        at += 1
        mention = _decide(doc, known, matched, fuzzy, group)
        if mention:
            mentions.append(mention)
    return [
        mention
        for mention in mentions
        if not (
            words.low[words.at(mention.start) - 1] in ("dr", "doctor", "dra")
            if words.at(mention.start)
            else False
        )
    ]


def _adjoining(doc: Document, one: int, other: int) -> bool:
    gap = doc.words.lower[doc.words.end[one] : doc.words.start[other]]
    return re.fullmatch(r" |-|, ?| [a-z]\.? |,? ?\t", gap) is not None


def _share(matched: dict[int, list[tuple[int, str]]], group: list[int], other: int) -> bool:
    """Whether a word fits the same referral as the group, in a part of the name that the group has not
    yet.
    """
    common = {number for number, _ in matched[group[0]]}
    for index in group[1:]:
        common &= {number for number, _ in matched[index]}
    return bool(common & {number for number, _ in matched[other]})


def _decide(
    doc: Document,
    known: list[_Known],
    matched: dict[int, list[tuple[int, str]]],
    fuzzy: set[int],
    group: list[int],
) -> Mention | None:
    words = doc.words
    first_token, last_token = group[0], group[-1]
    begin, stop = words.start[first_token], words.end[last_token]
    candidates = set.intersection(*({number for number, _ in matched[index]} for index in group))
    roles = {index: {role for number, role in matched[index] if number in candidates} for index in group}
    given = [index for index in group if "first" in roles[index] and "last" not in roles[index]]
    family = [index for index in group if "last" in roles[index]]
    if len(group) > 1 and not given and any("first" in roles[index] for index in group):
        given = [group[0]]
        family = [index for index in family if index != group[0]]
    initial = _initial_after(doc, last_token)
    if _foreign_part(doc, known, candidates, group, bool(given), bool(family)):
        return None
    if initial and len(group) >= 1:
        letter, initial_end = initial
        if family and not given:
            narrowed = {number for number in candidates if known[number].first[0].startswith(letter)}
        elif given and not family:
            narrowed = {number for number in candidates if known[number].last[0].startswith(letter)}
        else:
            narrowed = candidates
        if narrowed:
            candidates = narrowed
            stop = initial_end
        elif not (given and family):
            return None
    candidates = _best(known, candidates, words.low, family, given, fuzzy)
    if len(family) > 1 and words.low[family[0] + 1 : family[0] + 2] == [","]:
        given, family = sorted({*given, *family[1:]}), family[:1]
    first = title_case(words.text(given[0], given[-1])) if given else ""
    last = title_case(words.text(family[0], family[-1])) if family else ""
    if not family and not given:
        return None
    if (
        given
        and not family
        and len(group) == 1
        and words.low[given[0]] not in GIVEN_NAMES
        and not words.raw[begin].isupper()
        and doc.style == "mixed"
        and not initial
    ):
        return None
    ids = tuple(known[number].referral.id for number in sorted(candidates))
    return Mention(begin, stop, ids, first, last, False)


def _initial_after(doc: Document, index: int) -> tuple[str, int] | None:
    match = re.compile(r",? ([a-z])\b(?!['/&-])\.?").match(doc.words.lower, doc.words.end[index])
    if match and match[1] != "w":
        if match[1] in ("a", "i") and not doc.words.raw[match.start(1)].isupper():
            return None
        if match[1] in ("a", "i") and re.match(r" [a-z]", doc.words.lower[match.end() : match.end() + 2]):
            return None
        return match[1], match.end()
    return None


def _foreign_part(
    doc: Document, known: list[_Known], candidates: set[int], group: list[int], given: bool, family: bool
) -> bool:
    """Whether the name goes on with a word that none of the referrals has: "Theo Smith" is not Theo
    Vandenberg.
    """
    words = doc.words
    if given and family:
        return False
    for index, glue in ((group[-1] + 1, True), (group[0] - 1, False)):
        if not 0 <= index < len(words):
            continue
        word = words.low[index]
        gap = (
            words.lower[words.end[group[-1]] : words.start[index]]
            if glue
            else words.lower[words.end[index] : words.start[group[0]]]
        )
        if word == "-" and gap == "" and 0 <= index + (1 if glue else -1) < len(words):
            other = words.low[index + (1 if glue else -1)]
            if other.isalpha() and not (
                family
                and any(words.low[group[-1 if glue else 0]] in known[number].last for number in candidates)
            ):
                return True
            if other.isalpha() and family and not any(other in known[number].last for number in candidates):
                return True
            continue
        if gap != " " or not word.isalpha() or len(word) < 3:
            continue
        capital = words.raw[words.start[index]].isupper()
        if (
            word in EVERYDAY_WORDS
            or word in CLINICAL_WORDS
            or word in ("mr", "mrs", "ms", "miss", "dr", "sra")
        ):
            continue
        name_like = word in GIVEN_NAMES or word in SURNAMES
        if not is_plausible(word) or not ((capital and doc.style == "mixed") or name_like):
            continue
        if doc.style == "mixed" and not capital:
            continue
        if not glue and not name_like and (words.start[index] == 0 or words.low[index - 1] in ".!?:\n"):
            continue
        if any(word in known[number].first or word in known[number].last for number in candidates):
            continue
        if any(
            OSA.distance(word, part, score_cutoff=1) <= 1
            for number in candidates
            for part in (*known[number].first, *known[number].last)
        ):
            continue
        if glue and given and not family:
            return True
        if not glue and family and not given:
            return True
    return False


def _best(
    known: list[_Known],
    candidates: set[int],
    low: list[str],
    family: list[int],
    given: list[int],
    fuzzy: set[int],
) -> set[int]:
    """The candidates that fit best: the whole surname as written before a part of it, exact before a slip."""

    def rank(number: int) -> tuple[int, int, int]:
        one = known[number]
        said = [low[index].removesuffix("'s") for index in family]
        whole = tuple(said) == one.last or (len(said) == 1 and said[0].rstrip("s") == "".join(one.last))
        exact = sum(word in one.last for word in said) + sum(
            low[index].removesuffix("'s") in one.first for index in given
        )
        covered = len(one.last) - len(said) if family else 0
        return exact, int(whole), -covered

    if not candidates:
        return candidates
    best = max(rank(number) for number in candidates)
    return {number for number in candidates if rank(number) == best}
