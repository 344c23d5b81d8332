"""What a practice calls its services, providers, places and payers, and finding them by other spellings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from referral_bot.reading.tables import table


@dataclass(frozen=True)
class Term:
    """A thing of the directory: its key, its name, and what else it is called."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form in lower case, the name first."""
        return tuple(
            dict.fromkeys(
                form.strip().lower() for form in (self.name, *self.aliases, self.key) if form.strip()
            )
        )


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the reader knows by name; without a directory, places and people are read as written.

    Compared by identity: build it once for each directory and keep it.
    """

    services: tuple[Term, ...]
    payers: tuple[Term, ...]
    providers: tuple[Term, ...] = ()
    locations: tuple[Term, ...] = ()

    @staticmethod
    def built_in() -> Vocabulary:
        """The specialties and payers that are known without a directory."""
        return _built_in()

    def with_directory(
        self,
        *,
        services: Iterable[Term] = (),
        providers: Iterable[Term] = (),
        locations: Iterable[Term] = (),
        payers: Iterable[Term] = (),
    ) -> Vocabulary:
        """This vocabulary with a practice's own terms, which win where both know a form.

        A built-in specialty or payer that shares a form with one of the practice's lends it its other forms.
        """
        return Vocabulary(
            services=_merge(tuple(services), self.services),
            payers=_merge(tuple(payers), self.payers),
            providers=tuple(providers),
            locations=tuple(locations),
        )

    def find_service(self, text: str) -> Term | None:
        """The service meant by a name, an alias or a key, with tolerance for typing errors."""
        return _find(text, self.services)

    def find_location(self, text: str) -> Term | None:
        """The location meant."""
        return _find(text, self.locations)


def _merge(own: tuple[Term, ...], known: tuple[Term, ...]) -> tuple[Term, ...]:
    merged = []
    lent: set[str] = set()
    for term in own:
        forms = set(term.forms)
        relatives = [other for other in known if forms & set(other.forms)]
        lent.update(other.key for other in relatives)
        extra = [form for other in relatives for form in other.forms]
        merged.append(Term(term.key, term.name, tuple(dict.fromkeys([*term.aliases, *extra]))))
    return (*merged, *(other for other in known if other.key not in lent))


_CLOSE_ENOUGH = 84
"""Per cent of letters that a form must share with a text to be meant by it."""


def _find(text: str, terms: tuple[Term, ...]) -> Term | None:
    wanted = " ".join(text.lower().split())
    if not wanted:
        return None
    by_form = _forms(terms)
    if wanted in by_form:
        return by_form[wanted]
    if len(wanted) < 4:
        return None
    likeness = {form: fuzz.ratio(wanted, form, score_cutoff=_CLOSE_ENOUGH) for form in by_form}
    nearest = max(likeness, key=likeness.__getitem__, default="")
    return by_form[nearest] if likeness.get(nearest, 0) >= _CLOSE_ENOUGH else None


@lru_cache(maxsize=64)
def _forms(terms: tuple[Term, ...]) -> dict[str, Term]:
    return {form: term for term in reversed(terms) for form in term.forms}


@lru_cache(maxsize=1)
def _built_in() -> Vocabulary:
    return Vocabulary(
        services=tuple(Term(name, name, listed) for name, listed in table("specialties").items()),
        payers=tuple(Term(name, name, listed) for name, listed in table("payers").items()),
    )
