"""What the renderers of all platforms have in common: words, and what is kept of what is too much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.text import fit, shown, units
from referral_bot.cards.elements import Fact

WARNING_SIGN: Final = "⚠ "
CUT_OFF: Final = "… There is more than fits here. Ask for fewer at once, or open the details."
MOST_LABEL: Final = 100
MOST_FACT: Final = 1_000
MOST_RADIOS: Final = 4
"""Up to here the choices of a required field all stand open; more of them fold into a menu."""
LARGE_SOURCES: Final = frozenset({"icd10"})
"""Sources of type-ahead with too many options to offer any before something has been typed."""


def labelled(fact: Fact) -> tuple[str, str, str]:
    """A fact's label, its value, and why to look twice, if that is said.

    A label that ends in a sign of its own, such as `refer …`, gets no colon.
    """
    label, mark = shown(fact.label, MOST_LABEL), fit(fact.mark, MOST_LABEL)
    if label[-1].isalnum():
        label += ":"
    return label, shown(fact.value, MOST_FACT), mark if mark.strip() else ""


def may_be_opened(url: str, most: int) -> bool:
    """Whether a platform that takes links of `most` UTF-16 units can offer this one."""
    return units(url) <= most and url.startswith(("https://", "http://"))


def fitting(
    sizes: Sequence[int], needed: Sequence[bool], room: int, most: int
) -> tuple[list[int], list[int]]:
    """Which pieces of too many are kept, by their places: those before the first that isn't, and the others.

    The needed ones come first, then as many of the others from the top as there is room for, in size and in
    number.
    """
    kept: set[int] = set()
    for wanted in (True, False):
        for place in (place for place, is_needed in enumerate(needed) if is_needed is wanted):
            if len(kept) == most or sizes[place] > room:
                break
            kept.add(place)
            room -= sizes[place]
    cut = next(place for place in range(len(sizes)) if place not in kept)
    return [place for place in sorted(kept) if place < cut], [place for place in sorted(kept) if place > cut]
