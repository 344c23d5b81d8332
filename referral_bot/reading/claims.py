"""The acts that the cues of a matter suggest, while it is settled which of them stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from referral_bot.reading.acts import Act
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import Evidence
from referral_bot.reading.guessing import has_values
from referral_bot.reading.matters import Matter
from referral_bot.reading.words import Hit


class Claims:
    """The acts of one matter that still stand, one of an intent; `intent in claims` asks for one."""

    def __init__(self, doc: Document, matter: Matter, acts: Iterable[Act], evidence: Evidence) -> None:
        self.doc = doc
        self.matter = matter
        self.evidence = evidence
        self.text = doc.words.lower[matter.start : matter.end]
        self.names_referral = bool(matter.mentions)
        self.acts = {act.intent: act for act in acts}

    def __contains__(self, intent: str) -> bool:
        return intent in self.acts

    def drop(self, *intents: str) -> None:
        """Take acts away, those that do not stand passed over."""
        for intent in intents:
            self.acts.pop(intent, None)

    def turn(self, intent: str, into: str) -> None:
        """Take an act that stands for another one in the same place."""
        self.acts[into] = Act(self.acts.pop(intent).place, into)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the text of the matter holds a pattern."""
        return pattern.search(self.text) is not None

    @property
    def asks(self) -> bool:
        """Whether the matter holds a question mark."""
        return "?" in self.text

    @cached_property
    def states_values(self) -> bool:
        """Whether the matter states something that a referral can be changed to."""
        return has_values(self.doc, self.matter)

    def found(self, kind: str) -> list[Hit]:
        """Phrases of a kind in the matter."""
        return self.doc.found(kind, self.matter.start, self.matter.end)

    def sentence_of(self, intent: str) -> str:
        """The sentence in which an act that stands is said, in lower case."""
        return self.doc.words.lower[slice(*self.doc.sentence_at(self.acts[intent].place))]

    def apart(self, one: str, other: str) -> bool:
        """Whether two acts that stand are said in different sentences."""
        places = (self.acts[one].place, self.acts[other].place)
        return self.doc.sentence_at(places[0]) != self.doc.sentence_at(places[1])
