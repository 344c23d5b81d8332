"""One message with everything that the recognisers found in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import date, datetime
from typing import Any

from referral_bot.reading.dates import Written, find_dates
from referral_bot.reading.layout import Labelled, find_labels, find_table, list_items, without_noise
from referral_bot.reading.lexicon import EVERYDAY_WORDS, Lexicon, lemmatize
from referral_bot.reading.model import Context
from referral_bot.reading.phones import Phone, find_phones
from referral_bot.reading.tables.calendar import MONTHS
from referral_bot.reading.words import Hit, Words

_ABBREVIATIONS = frozenset(
    [
        "dr",
        "dra",
        "mr",
        "mrs",
        "ms",
        "st",
        "vs",
        "ext",
        "no",
        "appt",
        "approx",
        "sr",
        "jr",
        "rt",
        "lt",
        "hx",
        "prof",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "ave",
        "blvd",
        "rd",
        "fl",
        "ste",
        "dept",
        "inc",
        "tel",
        "ph",
        "re",
        "pt",
    ]
)
_ENDS = frozenset(".?!;¿¡")


class Document:
    """A message cut, marked and indexed. Places are characters of `words.raw`."""

    def __init__(self, text: str, now: datetime, context: Context, lexicon: Lexicon) -> None:
        self.now = now
        self.today: date = now.date()
        self.context = context
        self.lexicon = lexicon
        self.source = text
        main, self.quoted = without_noise(text)
        self.words = Words(main)
        self.hits = lexicon.find(self.words)
        self.cues = lexicon.cues.find(self.words, *lemmatize(self.words.low))
        self.header, self.rows = find_table(self.words)
        self.labelled = find_labels(self.words, self.hits.get("label", []), self.hits.get("service", []))
        if self.header:
            start, end = self.header[0], self.rows[-1].end
            self.labelled = [label for label in self.labelled if not start <= label.label < end]
            self.labelled += [cell for row in self.rows for cell in row.cells]
            self.labelled.sort(key=lambda label: label.label)
            self.words.take(*self.header)
        self._label_starts = [label.start for label in self.labelled]
        self.items = [] if self.rows else list_items(self.words.raw)
        self.phones: list[Phone] = find_phones(self.words.raw)
        spans = [(phone.start, phone.end) for phone in self.phones]
        self.dates: list[Written] = [
            written
            for written in find_dates(self.words.lower, worded=not MONTHS.keys().isdisjoint(self.words.low))
            if not any(start < written.end and written.start < end for start, end in spans)
        ]
        self.payers: list[Hit] | None = None
        self.kept: dict[str, list[Any]] = {}
        self.corrections: list[tuple[int, int]] = []
        self.sentences = self._sentences()
        self._sentence_starts = [start for start, _ in self.sentences]
        self.style = self._style()

    def _sentences(self) -> list[tuple[int, int]]:
        words = self.words
        raw = words.raw
        cuts: list[int] = [match.end() for match in re.finditer(r"\n+|\t+| \| | {2,40}(?=\S)", raw)]
        for index, word in enumerate(words.low):
            if word in _ENDS:
                end = words.end[index]
                if word == ".":
                    if end < len(raw) and not raw[end].isspace():
                        continue
                    before = words.low[index - 1] if index else ""
                    numbered = index > 1 and words.glued(index - 1) and words.low[index - 2].isdigit()
                    if before in _ABBREVIATIONS and words.glued(index) and not numbered:
                        continue
                    if len(before) == 1 and before.isalpha() and words.glued(index):
                        continue
                cuts.append(end)
        cuts.extend(start for start, _ in self.items)
        cuts.append(len(raw))
        sentences = []
        begin = 0
        for cut in sorted(set(cuts)):
            if raw[begin:cut].strip():
                sentences.append((begin, cut))
            begin = cut
        return sentences

    def name_mentions(self, spans: list[tuple[int, int]]) -> None:
        """Let cues be found around patients' names, as around a pronoun: "drop Abara's referral"."""
        words = self.words
        skipped = list(words.low)
        replaced = list(words.low)
        for start, end in spans:
            first = words.at(start)
            for index in range(first, min(words.at(end - 1) + 1, len(skipped))):
                skipped[index] = replaced[index] = "please"
            replaced[first] = "his" if words.lower.startswith("'s", end - 2) else "him"
        found = self.lexicon.cues.find(words, *lemmatize(replaced))
        for kind, hits in self.lexicon.cues.find(words, *lemmatize(skipped)).items():
            listed = found.setdefault(kind, [])
            listed += [
                hit for hit in hits if not any(a.start < hit.end and hit.start < a.end for a in listed)
            ]
            listed.sort(key=_start_of)
        self.cues = found

    def sentences_in(self, start: int, end: int) -> list[tuple[int, int]]:
        """The sentences that share a place with a range, in order."""
        first = max(0, bisect_right(self._sentence_starts, start) - 1)
        return self.sentences[first : bisect_left(self._sentence_starts, end)]

    def sentence_at(self, place: int) -> tuple[int, int]:
        """Start and end of the sentence around a place."""
        index = bisect_right(self._sentence_starts, place) - 1
        return self.sentences[index] if index >= 0 else (0, len(self.words.raw))

    def _style(self) -> str:
        """How capitals are used: `upper`, `lower`, or `mixed` where they mean something."""
        raw = self.words.raw
        long = [
            raw[start:end]
            for start, end in zip(self.words.start, self.words.end, strict=True)
            if end - start > 3 and raw[start].isalpha()
        ]
        if not long:
            return "lower" if raw.islower() else "mixed"
        upper = sum(word.isupper() for word in long)
        if upper > 0.7 * len(long):
            return "upper"
        return "mixed" if any(word[0].isupper() for word in long) else "lower"

    def label_at(self, place: int) -> Labelled | None:
        """The label whose value holds a place."""
        index = bisect_right(self._label_starts, place) - 1
        if index < 0:
            return None
        label = self.labelled[index]
        return label if label.start <= place < label.end else None

    def labels(self, role: str, start: int = 0, end: int | None = None) -> list[Labelled]:
        """Labelled values of a role whose label stands in a range."""
        end = len(self.words.raw) if end is None else end
        return [label for label in self.labelled if label.role == role and start <= label.label < end]

    def found(self, kind: str, start: int = 0, end: int | None = None) -> list[Hit]:
        """Phrases of a kind in a range."""
        listed = self.hits.get(kind)
        if listed is None:
            return []
        return _between(listed, start, len(self.words.raw) if end is None else end)

    def cue(self, kind: str, start: int = 0, end: int | None = None) -> list[Hit]:
        """Cues of a kind in a range, those of a slip taken back left out."""
        listed = self.cues.get(kind)
        if listed is None:
            return []
        hits = _between(listed, start, len(self.words.raw) if end is None else end)
        if self.corrections and kind == "cancel":
            hits = [hit for hit in hits if not any(a <= hit.start < b for a, b in self.corrections)]
        return hits

    def cues_in(self, start: int, end: int) -> dict[str, list[Hit]]:
        """The cues of a range by kind, kinds without any left out."""
        found: dict[str, list[Hit]] = {}
        for kind in self.cues:
            hits = self.cue(kind, start, end)
            if hits:
                found[kind] = hits
        return found

    def before(self, place: int, length: int = 30) -> str:
        """The lower-case text before a place on its line."""
        start = max(0, place - length)
        text = self.words.lower[start:place]
        return text[text.rfind("\n") + 1 :]

    def after(self, place: int, length: int = 30) -> str:
        """The lower-case text after a place on its line."""
        text = self.words.lower[place : place + length]
        end = text.find("\n")
        return text if end < 0 else text[:end]

    def is_everyday(self, index: int) -> bool:
        """Whether a word is an everyday word."""
        return self.words.low[index] in EVERYDAY_WORDS


def _between(hits: list[Hit], start: int, end: int) -> list[Hit]:
    """Those of the ordered hits that begin in a range."""
    if len(hits) < 16:
        return [hit for hit in hits if start <= hit.start < end]
    first = bisect_left(hits, start, key=_start_of)
    return hits[first : bisect_left(hits, end, key=_start_of)]


def _start_of(hit: Hit) -> int:
    return hit.start
