"""Finding the name of the patient in a range of the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.lexicon import EVERYDAY_WORDS, GIVEN_NAMES, SURNAMES
from referral_bot.reading.names import (
    NEVER_NAMES,
    Name,
    is_given,
    is_plausible,
    read_name,
    title_case,
    two_names,
)
from referral_bot.reading.people import Run, name_run
from referral_bot.reading.tables.people import PATIENT_TITLES

_CUE = re.compile(
    r"(?:\b(?:for|pt|patient|paciente|pte|referral|referring|refer|refering|adding|add|accept|name is"
    r"|name|named|re|mr|mrs|ms|miss|sra?|srta|on|of|is|see|squeeze in|with|a|to|refiero|llama|new|about"
    r"|new pt|status|cancel|lady|guy|kid|boy|girl|client|member|son|daughter|ref)\b[ .:#-]*(?:is |a )?"
    r"|\bl[eo]s? (?:mando|refiero) a |[:>*•-][ ]?)$"
)
_IDENTITY_AFTER = re.compile(
    r"^[ ,(|/\t\n-]{0,4}(?:(?:is |- )?(?:an? )?(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|\d{8}\b"
    r"|dob|bday|b-day|d\.o\.b|date of birth|born|birth|b\. ?\d|bd\b|\d{1,3} ?(?:y/?o|yo\b|yrs?\b|year"
    r"|[mf]\b|mo\b|mos\b)|age\b|[mf]\b[ ,)/]|nacid|fecha de nac|f\.? ?nac|mrn|(?:jan|feb|mar|apr|may|jun"
    r"|jul|aug|sep|oct|nov|dec)[a-z.]* \d))"
)
_PHONE_AFTER = re.compile(
    r"^[ ,(|/\t-]{0,4}(?:(?:cell|phone|ph|tel|cel|celular|c|#|mobile|home"
    r"|p)[ .:#]*)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}"
)
_ORGANISATION_AFTER = re.compile(
    r"^[ ]?(?:clinic|hospital|family|medical|medicine|associates|center|centre|health|healthcare"
    r"|pediatrics|internists|physicians|group|practice|urgent|primary|office|health plan|insurance|st"
    r"|street|ave|rd|blvd|county|university|pharmacy|imaging|ortho|lab|er|ed)\b"
)


_REFERRAL_OF = re.compile(r"^ ?(?:referral|referal|ref|referral's|rfrl)\b")
"""What follows "Nkechi Umeh's"."""
_SPACES = re.compile(r"[ \t]{2,}")
_TITLE_BEFORE = re.compile(r"\b(mr|mrs|ms|miss|sra?|srta)\.? $")
_INITIAL_AFTER = re.compile(r" [a-z]\.?(?=[ ,|(]|$)")
_NUMBER_BEFORE = re.compile(r"\d{2,4}[ ,)-]{1,3}$")
_PLACE_BEFORE = re.compile(r"\b(?<!look )(?:at|in|from|near|dr|the) $")


class PatientName(NamedTuple):
    """A patient's name in the text; `score` says how sure it is."""

    start: int
    end: int
    name: Name
    score: float


def labelled_name(doc: Document, start: int, end: int) -> PatientName | None:
    """The name in the cells or labels of a range, together or in two parts."""
    raw = doc.words.raw
    first = last = ""
    spans: list[tuple[int, int]] = []
    for label in doc.labelled:
        if not start <= label.label < end or label.end <= label.start:
            continue
        value = raw[label.start : label.end]
        if label.role == "name" and re.search(r"[^\W\d_]{2}", value):
            cut = re.search(
                r"\s{3,}|\t|\||\d|\(|;|\bdob\b|\b(?:mrn|sex|age)\b|,\s*(?:dob|age|[mf]\b|male|female)"
                r"|\s-\s",
                value,
                re.IGNORECASE,
            )
            part = value[: cut.start()] if cut else value
            part = re.sub(r"\s+[MF]$", "", part.strip())
            name = read_name(part)
            if name.last or name.first:
                return PatientName(label.start, label.start + len(part), name, 10)
        elif label.role == "first" and not first:
            first = title_case(value.strip().split(" ")[0].rstrip(","))
            spans.append((label.start, label.end))
        elif label.role == "last" and not last:
            last = title_case(value.strip(" ,"))
            spans.append((label.start, label.end))
    if first or last:
        return PatientName(min(s for s, _ in spans), max(e for _, e in spans), Name(first, last), 10)
    return _tabbed_name(doc, start, end)


_TABBED = re.compile(
    r"^[ ]*([^\W\d_][^\W\d_'-]*(?:[-' ][^\W\d_]+)*)\t+([^\W\d_]+(?:-[^\W\d_]+)?)(?: [A-Z]\.?)?\t",
    re.MULTILINE,
)


def _tabbed_name(doc: Document, start: int, end: int) -> PatientName | None:
    """The first two cells of a line without a header; surname first unless only the first is a given name."""
    match = _TABBED.search(doc.words.raw, start, end)
    if match is None or (doc.labelled and doc.label_at(match.start(1))):
        return None
    one, two = match[1], match[2]
    if not (is_plausible(one.lower().split("-")[0]) and is_plausible(two.lower().split("-")[0])):
        return None
    name = (
        Name(title_case(one), title_case(two))
        if is_given(one) and not is_given(two)
        else Name(title_case(two), title_case(one))
    )
    return PatientName(match.start(1), match.end(2), name, 8)


def find_patient_names(doc: Document, start: int, end: int, taken: bytearray) -> list[PatientName]:
    """Candidates for patients' names in running text, best first. `taken` marks what others claim."""
    found = _candidates(doc, start, end, taken, capitals=True) if doc.style == "mixed" else []
    if all(candidate.score < 3 for candidate in found):
        found += _candidates(doc, start, end, taken, capitals=False)
    found.sort(key=lambda candidate: -candidate.score)
    return found


def _candidates(
    doc: Document, start: int, end: int, taken: bytearray, *, capitals: bool
) -> list[PatientName]:
    words = doc.words
    low, starts = words.low, words.start
    size = len(low)
    found: list[PatientName] = []
    index = words.at(start)
    while index < size and starts[index] < end:
        word = low[index]
        if word in NEVER_NAMES or not word[0].isalpha() or taken[starts[index]]:
            index += 1
            continue
        run = name_run(doc, index, capitals=capitals, limit=4 if capitals else 3)
        if run is None or (index > 0 and words.glued(index) and words.low[index - 1] in "'@&/+"):
            index += 1
            continue
        if taken.find(1, run.start, run.end) >= 0:
            index += 1
            continue
        candidate = _weigh(doc, run, taken, capitals=capitals)
        if candidate:
            found.append(candidate)
        index = max(run.last + 1, words.at(candidate.end) if candidate else 0)
    return found


def _weigh(doc: Document, run: Run, taken: bytearray, *, capitals: bool) -> PatientName | None:
    lower, words = doc.words.lower, doc.words
    parts = list(run.parts)
    end = run.end
    before = doc.before(run.start, 22)
    score = 0.0
    swapped = False
    following = run.last + 1
    comma = following < len(words) and words.low[following] == "," and words.glued(following)
    name: Name | None = None
    if (
        comma
        and len(parts) <= 2
        and following + 1 < len(words)
        and taken.find(1, words.start[following + 1], words.end[following + 1]) < 0
        and "\n" not in lower[run.end : words.start[following + 1]]
    ):
        second = name_run(doc, following + 1, capitals=capitals, limit=2)
        if second and taken.find(1, second.start, second.end) < 0:
            first_word = second.parts[0].lower()
            given_now = is_given(parts[0])
            sure = is_given(first_word) and not given_now
            upper = (
                words.raw[run.start : run.end].isupper()
                and words.raw[second.start : second.end].isupper()
                and doc.style == "mixed"
            )
            ident = _IDENTITY_AFTER.match(lower[second.end : second.end + 24]) is not None
            if (len(parts) == 1 or parts[0][0].islower()) and (
                sure
                or upper
                or (ident and ((len(parts) == 1 and not given_now) or first_word in GIVEN_NAMES))
            ):
                name = read_name(f"{words.raw[run.start : run.end]}, {words.raw[second.start : second.end]}")
                end = second.end
                swapped = True
                score += 2
                if following + 2 + (second.last - second.first) < len(words):
                    tail = re.match(r" [a-z]\.?(?=[\s,]|$)", lower[end : end + 4])
                    if tail and not re.match(r" [mf](?=[\s,]|$)", lower[end : end + 4]):
                        end += tail.end()
    if name is None:
        if len(parts) == 1:
            name = (
                Name(title_case(parts[0]), title_case(run.initial))
                if run.initial and is_given(parts[0])
                else Name("", title_case(parts[0]))
            )
            title = _TITLE_BEFORE.search(before)
            if title:
                score += 2
            elif is_given(parts[0]) and not run.initial:
                name = Name(title_case(parts[0]), "")
        else:
            if not capitals and parts[0].lower() not in GIVEN_NAMES:
                known = next((at for at, part in enumerate(parts) if part.lower() in GIVEN_NAMES), None)
                if known and known + 1 < len(parts):
                    parts = parts[known:]
            name = two_names(parts)
            if (
                not is_given(parts[0])
                and is_given(parts[-1])
                and len(parts) == 2
                and parts[-1].lower() not in SURNAMES
                and (words.raw[run.start : run.end].isupper() or doc.style == "lower")
                and parts[0].lower() in SURNAMES
            ):
                name = Name(name.last, name.first)
    count = 2 if swapped else len(parts)
    score += {1: 0.0, 2: 2.0, 3: 1.5}.get(count, 0.5)
    if name.first and is_given(name.first.split()[0]):
        score += 2
    if name.last and name.last.lower() in SURNAMES:
        score += 0.5
    if "-" in name.last:
        score += 0.5
    after = _SPACES.sub(" ", lower[end : end + 60])
    initial = _INITIAL_AFTER.match(after)
    if initial and run.initial == "" and count > 1:
        after = after[initial.end() :]
    if _IDENTITY_AFTER.match(after):
        score += 3
    elif _PHONE_AFTER.match(after):
        score += 2
    if _CUE.search(before):
        score += 1.5
    if _NUMBER_BEFORE.search(before):
        score += 0.7
    if not before.strip() or before.rstrip()[-1:] in ".;|":
        score += 0.5
    if _REFERRAL_OF.match(after) and lower[run.start : end].endswith("'s"):
        score += 3
    if _ORGANISATION_AFTER.match(after):
        score -= 5
    if _PLACE_BEFORE.search(before):
        score -= 2
    if not capitals:
        unknown = sum(not is_plausible(part.lower().split("-")[0]) for part in parts)
        score -= 1 + 2 * unknown
        if all(part.lower() in EVERYDAY_WORDS for part in parts):
            score -= 4
    if any(part.lower() in PATIENT_TITLES for part in parts):
        score -= 1
    return PatientName(run.start, end, name, score)
