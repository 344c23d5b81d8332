"""The plan that follows a payer: "Choice Plus", "Medicare Advantage HMO", "Part B"."""

from __future__ import annotations

import re

from referral_bot.reading.document import Document


def plan_after(doc: Document, place: int, end: int) -> tuple[str, int]:
    """The plan that begins at a place, and where it ends; an empty string if none does."""
    words = doc.words
    index = words.at(place)
    parts: list[str] = []
    pending: list[str] = []
    last = 0
    plans = {hit.first: hit for hit in doc.hits.get("plan", ())}
    payers = {
        hit.first: hit
        for hit in doc.hits.get("payer", ())
        if hit.value in ("Medicare", "Medicaid", "Medi-Cal")
    }
    steps = 0
    while index < len(words) and words.start[index] < end and steps < 7:
        steps += 1
        word = words.low[index]
        gap = words.raw[max(place, words.end[index - 1] if index else 0) : words.start[index]]
        if "\n" in gap or "\t" in gap or len(gap) > 2:
            break
        hit = plans.get(index) or payers.get(index)
        if (
            word in ("(", "-", "/")
            and not parts
            and not pending
            and index + 1 < len(words)
            and (plans.get(index + 1) or payers.get(index + 1))
        ):
            index += 1
            continue
        if (
            word == ","
            and not parts
            and not pending
            and plans.get(index + 1)
            and words.low[index + 1] in ("ppo", "hmo", "epo", "pos")
        ):
            index += 1
            continue
        if word == "ma" and (words.raw[words.start[index]].isupper() or index + 1 in plans):
            parts += [*pending, "Medicare Advantage"]
            pending, last = [], words.end[index]
            index += 1
            continue
        if hit is not None:
            value = str(hit.value)
            if (
                word == "plus"
                and not parts
                and re.match(r"plus (?:an? |the )", words.lower[hit.start : hit.start + 12])
            ):
                break
            parts += [*pending, value]
            pending, last = [], hit.end
            index = hit.last + 1
            continue
        if word in ("a", "b", "d") and not parts and words.raw[words.start[index]].isupper():
            if (
                index + 2 < len(words)
                and words.low[index + 1] in ("/", "&", "and")
                and words.low[index + 2] in ("a", "b")
            ):
                parts.append("Part A and B")
                last = words.end[index + 2]
                index += 3
            else:
                parts.append(f"Part {word.upper()}")
                last = words.end[index]
                index += 1
            continue
        if not word[0].isalpha() or len(pending) >= 3:
            break
        capital = words.raw[words.start[index]].isupper()
        if capital or (
            word[:2] == "my"
            and any(char.isupper() for char in words.raw[words.start[index] : words.end[index]])
        ):
            if word in ("id", "mbr", "member", "dr", "for", "dx", "group", "grp"):
                break
            if len(word) == 1 and last and not pending:  # "Network S"
                break
            pending.append(words.raw[words.start[index] : words.end[index]])
            index += 1
            if (
                word == "network"
                and index < len(words)
                and len(words.low[index]) == 1
                and words.low[index].isalpha()
            ):
                parts += [*pending, words.raw[words.start[index] : words.end[index]].upper()]
                pending, last = [], words.end[index]
                index += 1
            continue
        break
    if not parts and len(pending) == 1 and _IDENTIFIER_AFTER.match(words.raw, words.end[index - 1]):
        return pending[0], words.end[index - 1]
    return " ".join(_unique(parts)), last


_IDENTIFIER_AFTER = re.compile(r" #?[A-Z]{0,3}\d{6,}")
"""A member id, which makes the word before it a plan: "Sanford Health Plan Simplicity 88120034"."""


def _unique(parts: list[str]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if not kept or kept[-1].lower() != part.lower():
            kept.append(part)
    return kept
