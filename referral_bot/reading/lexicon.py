"""All tables as one index, made once for each vocabulary, and what a text says in their words."""

from __future__ import annotations

from functools import lru_cache

from referral_bot.reading.tables import table, word_list
from referral_bot.reading.tables.calendar import PART_FORMS, WEEKDAYS
from referral_bot.reading.typos import Typos
from referral_bot.reading.vocabulary import Term, Vocabulary
from referral_bot.reading.words import Hit, Phrases, Words, tokenize

FUNCTION_WORDS = word_list("function_words")
CHAT_WORDS = word_list("chat_words")
GIVEN_NAMES = word_list("given_names")
SURNAMES = word_list("surnames")
CLINICAL_WORDS = (word_list("clinical_terms") | word_list("clinical_words")) - FUNCTION_WORDS - CHAT_WORDS
EVERYDAY_WORDS = FUNCTION_WORDS | CHAT_WORDS
KNOWN_WORDS = EVERYDAY_WORDS | CLINICAL_WORDS | GIVEN_NAMES
"""Words that are never taken for a slip in another."""
LEMMAS = {
    form: lemma for lemma, listed in table("lemmas", own=False).items() for form in " ".join(listed).split()
}
"""Forms of a word to the one that cues are written in; `-` for words that cues skip."""


def lemmatize(tokens: list[str]) -> tuple[list[str], list[int]]:
    """The tokens in their lemmas without skipped words and hyphens, and where each of them stood."""
    lemmas = LEMMAS
    kept: list[str] = []
    places: list[int] = []
    for index, token in enumerate(tokens):
        lemma = lemmas.get(token, token)
        if lemma != "-":
            kept.append(lemma)
            places.append(index)
    return kept, places


class Lexicon:
    """The phrases of the tables and of one vocabulary, and the cues."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.phrases = Phrases()
        self.cues = Phrases()
        self.typos = Typos()
        for kind, terms in (("service", vocabulary.services), ("payer", vocabulary.payers)):
            for term in terms:
                self._add_term(kind, term)
        for term in vocabulary.locations:
            self._add_term("location", term)
        for term in vocabulary.providers:
            self.phrases.add(
                "provider", term, term.name.split(",")[0].removeprefix("Dr. ").removeprefix("Dr ")
            )
            self.phrases.add("provider", term, surname(term.name))
        for kind, name, own in (
            ("plan", "plans", True),
            ("document", "documents", True),
            ("relation", "relations", True),
            ("language", "languages", False),
            ("label", "labels", False),
        ):
            self.phrases.add_all(kind, table(name, own=own).items())
        for relation, listed in table("relations").items():
            self.phrases.add_all("relation", [(relation, [f"{form}'s name is" for form in listed])])
        for part, listed in PART_FORMS.items():
            self.phrases.add_all("part_of_day", [(part, listed)])
        for form, number in WEEKDAYS.items():
            self.phrases.add("weekday", number, form)
        for intent, listed in table("cues", own=False).items():
            for phrase in listed:
                tokens, _ = lemmatize(tokenize(phrase))
                self.cues.add_tokens(intent, phrase, tokens)

    def _add_term(self, kind: str, term: Term) -> None:
        for form in term.forms:
            self.phrases.add(kind, term.name, form)
            if len(form) > 4 and form.isalpha() and form not in CLINICAL_WORDS:
                self.typos.add(form, kind, term.name)

    def find(self, words: Words) -> dict[str, list[Hit]]:
        """Phrases of the tables in the text, by kind; a word nobody knows may be one with a slip."""
        hits = self.phrases.find(words)
        knows = self.phrases.knows
        for index, word in enumerate(words.low):
            if word.endswith("'s"):
                for kind, value in self.phrases.alone(word[:-2]):
                    if kind == "service":
                        listed = hits.setdefault(kind, [])
                        listed.append(Hit(kind, value, index, index, words.start[index], words.end[index]))
                        listed.sort(key=lambda hit: hit.start)
            if len(word) > 4 and word not in KNOWN_WORDS and word.isalpha() and not knows(word):
                meant = self.typos.meant(word)
                if meant is not None:
                    kind, value = meant
                    listed = hits.setdefault(kind, [])
                    listed.append(Hit(kind, value, index, index, words.start[index], words.end[index]))
                    listed.sort(key=lambda hit: hit.start)
        return hits


def surname(name: str) -> str:
    """The last name in a provider's full name: `Dr. Anna Lee, MD` gives `Lee`."""
    return name.split(",")[0].split()[-1]


@lru_cache(maxsize=16)
def lexicon_of(vocabulary: Vocabulary) -> Lexicon:
    """The index of a vocabulary; kept for the last few."""
    return Lexicon(vocabulary)
