"""Compares readings with what a careful person read, message by message and over a whole file.

    python tests/unit/reading/score.py tests/unit/reading/data/own-1.jsonl [--worst 10]

The rules are those that `docs/reading.md` states under "How it is scored".
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from typing import Any

from referral_bot.reading.npi import is_npi
from referral_bot.reading.understand import understand_lines

FREE_TEXT = frozenset(("reason", "reason_add", "cancel_reason"))
ENOUGH_OVERLAP = 0.6
NOTHING = object()


def flatten(value: Any, path: str = "") -> dict[str, Any]:
    """Dotted paths to leaves that state something; a list of plain values is one leaf."""
    if isinstance(value, dict):
        parts = ((f"{path}.{key}" if path else str(key), inner) for key, inner in value.items())
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        parts = ((f"{path}.{index}" if path else str(index), inner) for index, inner in enumerate(value))
    else:
        return {} if value in (None, False, "", []) else {path: value}
    return {key: leaf for name, inner in parts for key, leaf in flatten(inner, name).items()}


def overlap(one: str, other: str) -> float:
    """Dice coefficient of the words of two texts, so that copying a whole message is no answer."""
    first, second = (Counter(re.findall(r"[^\W_]+", text.lower())) for text in (one, other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def fold(value: Any) -> Any:
    """Case and spaces do not count."""
    return " ".join(value.lower().split()) if isinstance(value, str) else value


def same(path: str, gold: Any, read: Any) -> bool:
    """Whether a value read is the value meant."""
    if isinstance(gold, list):
        listed = read if isinstance(read, list) else [read]
        return sorted(map(repr, map(fold, gold))) == sorted(map(repr, map(fold, listed)))
    if isinstance(gold, str) and isinstance(read, str) and path.rsplit(".", 1)[-1] in FREE_TEXT:
        return overlap(gold, read) >= ENOUGH_OVERLAP
    return type(gold) is type(read) and bool(fold(gold) == fold(read))


@dataclass
class Tally:
    """Right, made up or wrong, left out or wrong."""

    right: int = 0
    extra: int = 0
    lost: int = 0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where there was nothing to find and nothing found."""
        total = 2 * self.right + self.extra + self.lost
        return 2 * self.right / total if total else 1.0

    def add(self, other: Tally) -> None:
        """Sum up."""
        self.right += other.right
        self.extra += other.extra
        self.lost += other.lost


@dataclass
class Comparison:
    """One message: whether the intents are right, the tallies, and every difference in words."""

    intents_right: bool
    fields: Tally
    flags: Tally
    missing: Tally
    broken: list[str]
    notes: list[str]


def compare_fields(gold: Any, read: Any, accepted: dict[str, list[Any]]) -> tuple[Tally, list[str]]:
    """Compare two nested values leaf by leaf, with the other values that a path accepts."""
    tally, notes = Tally(), []
    wanted, found = flatten(gold), flatten(read)
    for path in sorted(wanted.keys() | found.keys()):
        meant, said = wanted.get(path, NOTHING), found.get(path, NOTHING)
        choices = ([] if meant is NOTHING else [meant]) + accepted.get(path, [])
        if said is NOTHING:
            if any(choice in (None, []) for choice in choices):
                continue
            tally.lost += 1
        elif any(choice is not None and same(path, choice, said) for choice in choices):
            tally.right += meant is not NOTHING
            continue
        else:
            tally.extra += 1
            tally.lost += meant is not NOTHING
        notes.append(f"{path}: meant {meant if meant is not NOTHING else '-'!r}, read {said!r}")
    return tally, notes


def in_gold_order(gold: Any, read: Any, accepted: dict[str, list[Any]], path: str = "") -> Any:
    """`read` with its lists of objects in the order that fits `gold` best: their order does not count."""
    if isinstance(gold, dict) and isinstance(read, dict):
        return {
            key: in_gold_order(gold[key], value, accepted, f"{path}.{key}" if path else key)
            if key in gold
            else value
            for key, value in read.items()
        }
    if not (isinstance(gold, list) and isinstance(read, list) and gold and isinstance(gold[0], dict)):
        return read
    size = max(len(gold), len(read))
    padded: list[Any] = [*read, *({} for _ in range(size - len(read)))]

    def fit(order: tuple[int, ...]) -> int:
        total = 0
        for place, one in enumerate(gold):
            prefix = f"{path}.{place}."
            own = {
                key.removeprefix(prefix): value for key, value in accepted.items() if key.startswith(prefix)
            }
            total += compare_fields(one, padded[order[place]], own)[0].right
        return total

    orders: Iterable[tuple[int, ...]] = permutations(range(size)) if size <= 6 else [tuple(range(size))]
    return [padded[place] for place in max(orders, key=fit)]


def compare_lists(gold: list[str], read: list[str], accepted: list[list[str]]) -> Tally:
    """Compare as multisets with whichever accepted list fits best."""
    found = Counter(read)
    tallies = []
    for choice in (gold, *accepted):
        wanted = Counter(choice)
        tallies.append(Tally((found & wanted).total(), (found - wanted).total(), (wanted - found).total()))
    return min(tallies, key=lambda tally: tally.extra + tally.lost)


def broken_rules(line: dict[str, Any], reading: dict[str, Any]) -> list[str]:
    """The acts under `must_not` that the reading does, as far as a reading alone can show."""
    intents, flags = set(reading["intents"]), set(reading["flags"])
    leaves = flatten(reading["fields"])
    phones = {value for path, value in leaves.items() if path.endswith("patient.phone")}
    callbacks = {
        value for path, value in flatten(line["expected"]).items() if path.endswith("callback.phone")
    }
    data = {"check_status", "check_availability", "request_consult_note"}
    fewer = bool(intents) and len(reading["intents"]) < len(line["intents"])
    shown = {
        "offer_booking_now": bool(intents & {"select_slot", "check_availability"})
        or "release_booking_hold" in flags
        or ("submit_referral" in intents and "hold_booking_until_auth" not in flags),
        "store_invalid_npi_as_verified": "npi_invalid" not in flags
        and any(path.endswith("npi") and not is_npi(str(value)) for path, value in leaves.items()),
        "merge_patients": fewer or _mixed(line["expected"], reading["fields"]),
        "use_callback_as_patient_phone": bool(phones & callbacks),
        "update_patient_phone": bool(phones & callbacks) or ("update_referral" in intents and bool(phones)),
        "block_on_missing_fields": bool(intents) and not flags & {"safety_escalate_human_now", "emergency"},
        "confirm_patient_exists": any(path.endswith("referral_id") for path in leaves),
        "disclose_appointment": bool(
            intents & {"check_status", "request_consult_note", "reschedule_appointment"}
        )
        and not flags & {"not_own_referral", "privacy_refusal"},
        "cancel_without_confirmation": "cancel_referral" in intents and "confirm_before_cancel" not in flags,
        "cancel_referral": "cancel_referral" in intents,
        "offer_slots": bool(intents & {"check_availability", "select_slot", "reschedule_appointment"}),
        "ask_for_insurance_first": "insurance" in reading["missing"],
        "create_referral": "submit_referral" in intents,
        "ask_for_fields": bool(reading["missing"]),
        "create_second_referral_without_confirmation": "submit_referral" in intents
        and "possible_duplicate" not in flags,
        "disclose_schedule": bool(intents & data) and "privacy_refusal" not in flags,
        "disclose_phi": bool(intents & data) and "privacy_refusal" not in flags,
    }
    return [rule for rule in line.get("must_not", []) if shown.get(rule, False)]


def _patients(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("patient"), dict):
            yield value["patient"]
        for inner in value.values():
            yield from _patients(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _patients(inner)


def _mixed(gold: Any, read: Any) -> bool:
    """Whether one patient read has facts of two patients meant."""
    people = list(_patients(gold))
    for patient in _patients(read):
        owners = [
            {
                number
                for number, person in enumerate(people)
                if key in person and same(key, person[key], value)
            }
            for key, value in patient.items()
        ]
        known = [numbers for numbers in owners if numbers]
        if known and not set.intersection(*known):
            return True
    return False


def compare(line: dict[str, Any], reading: dict[str, Any]) -> Comparison:
    """Compare one reading with its gold line."""
    accepted = line.get("alt", {})
    right = any(
        Counter(reading["intents"]) == Counter(choice)
        for choice in (line["intents"], *accepted.get("intents", []))
    )
    notes = [] if right else [f"intents: meant {line['intents']}, read {reading['intents']}"]
    fields, more = compare_fields(
        line["expected"], in_gold_order(line["expected"], reading["fields"], accepted), accepted
    )
    notes += more
    tallies = {}
    for name in ("flags", "missing"):
        tallies[name] = compare_lists(line[name], reading[name], accepted.get(name, []))
        if tallies[name].extra or tallies[name].lost:
            notes.append(f"{name}: meant {line[name]}, read {reading[name]}")
    broken = broken_rules(line, reading)
    return Comparison(
        right,
        fields,
        tallies["flags"],
        tallies["missing"],
        broken,
        notes + [f"MUST NOT {rule}" for rule in broken],
    )


@dataclass
class Score:
    """The scores of a set of messages."""

    lines: int = 0
    intents_right: int = 0
    fields: Tally = field(default_factory=Tally)
    flags: Tally = field(default_factory=Tally)
    missing: Tally = field(default_factory=Tally)
    broken: list[str] = field(default_factory=list)
    """Rules of `must_not` broken, with the id of the line."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """Differences by the id of the line."""

    @property
    def intents(self) -> float:
        """Share of messages whose intents are right."""
        return self.intents_right / self.lines if self.lines else 1.0


def score(path: Path) -> Score:
    """Read every message of a gold file and compare."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    total = Score()
    for line, answer in zip(lines, understand_lines(json.dumps(line) for line in lines), strict=True):
        compared = compare(line, json.loads(answer))
        total.lines += 1
        total.intents_right += compared.intents_right
        total.fields.add(compared.fields)
        total.flags.add(compared.flags)
        total.missing.add(compared.missing)
        total.broken += [f"{line['id']}: {rule}" for rule in compared.broken]
        if compared.notes:
            total.notes[line["id"]] = compared.notes
    return total


def main() -> None:
    """Print the scores of a file and the differences of its worst lines."""
    path = Path(sys.argv[1])
    worst = int(sys.argv[3]) if sys.argv[2:3] == ["--worst"] else 10
    total = score(path)
    for name, notes in sorted(total.notes.items(), key=lambda row: -len(row[1]))[:worst]:
        print(name, *notes, sep="\n    ")
    print(
        f"{total.lines} messages: intents {total.intents:.3f}, field F1 {total.fields.f1:.3f},"
        f" flags F1 {total.flags.f1:.3f}, missing F1 {total.missing.f1:.3f},"
        f" must_not broken {len(total.broken)}"
    )


if __name__ == "__main__":
    main()
