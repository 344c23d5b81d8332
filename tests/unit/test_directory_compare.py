"""What an import says it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from referral_bot.directory import Directory, compare, read_directory

EXAMPLE = (Path(__file__).parents[2] / "examples/practice.yaml").read_text()


def after(*changes: tuple[str, str]) -> list[str]:
    """What importing the example says, with these pieces of it changed, over the example."""
    text = EXAMPLE
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return compare(read_directory(EXAMPLE), read_directory(text))


def without(keep: Callable[[str], bool]) -> str:
    return "".join(line for line in EXAMPLE.splitlines(keepends=True) if keep(line))


def test_the_same_directory_changes_nothing() -> None:
    assert after() == []


def test_the_first_import_says_what_is_set_up() -> None:
    assert compare(None, read_directory(EXAMPLE)) == [
        "sets up Riverbend Heart & Vascular: 2 locations, 2 services, 2 providers, 5 people of its own",
        "adds office Lakeside Family Medicine with 4 people",
        "adds office Hillcrest Internal Medicine with 1 person",
        "adds office Prairie Pediatrics & Family with 1 person",
    ]


def test_an_added_office_is_told_with_its_people() -> None:
    new = read_directory(EXAMPLE)
    old = replace(
        new,
        offices=tuple(office for office in new.offices if office.key != "lakeside"),
        people=tuple(person for person in new.people if person.office_key != "lakeside"),
        channels=tuple(channel for channel in new.channels if channel.office_key != "lakeside"),
    )
    assert compare(old, new) == [
        "adds office Lakeside Family Medicine with 4 people",
        "channel slack:C0LAKESIDE is now the channel of Lakeside Family Medicine",
    ]


def test_whoever_is_no_longer_in_the_file_loses_access() -> None:
    text = without(lambda line: "key: joy" not in line and "key: raj" not in line)
    assert compare(read_directory(EXAMPLE), read_directory(text)) == [
        "Raj Patel loses access",
        "Joy Tan loses access",
    ]


def test_an_office_that_goes_takes_its_people_and_channel_with_it() -> None:
    text = EXAMPLE[: EXAMPLE.index("  - key: hillcrest")] + EXAMPLE[EXAMPLE.index("  - key: prairie") :]
    assert compare(read_directory(EXAMPLE), read_directory(text)) == [
        "drops office Hillcrest Internal Medicine",
        "Omar Haddad loses access",
        "channel slack:C0HILLCREST is no longer the channel of Hillcrest Internal Medicine",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stat: 15m, urgent: 30m, routine: 4h", "routine: 2h", ["Cardiology: acknowledge, routine 4h → 2h"]),
        ("booking: direct ", "booking: request ", ["Cardiology: booking direct → request"]),
        ("{new: 30}", "{new: 45}", ["Vascular surgery: other minutes"]),
        ('fri: "08:00-15:00"', 'fri: "08:00-14:00"', ["Riverbend Heart & Vascular: other business hours"]),
        ("holidays: US-IL", "holidays: US", ["Riverbend Heart & Vascular: holidays US-IL → US"]),
        ("role: scheduler", "role: intake", ["Raj Patel: role scheduler → intake"]),
        ("name: Joy Tan,", "name: Joy Tan-Reyes,", ["Joy Tan-Reyes: name Joy Tan → Joy Tan-Reyes"]),
        ("slack: U0JOY", "slack: U0JOYTAN", ["Joy Tan: other accounts"]),
        ("slack: U0JOY", "slack: T0LAKE/U0JOY", ["Joy Tan: other accounts"]),
        ('"309-555-0142"', '"309-555-0143"', ["Lakeside Family Medicine: phone 309-555-0142 → 309-555-0143"]),
        ('hours: "10:00-15:00"', 'hours: "10:00-14:00"', ["Dr. Chidi Okafor: other weekly sessions"]),
        ("[Ambetter]", "[]", ["changes which payers are known as not accepted"]),
        (", UHC: UnitedHealthcare", "", ["changes what payers are also called"]),
        ("Aetna, Medicare", "Cigna, Medicare", ["accepts Cigna", "no longer accepts Aetna"]),
        ("C0TEAM", "C0SCORE", [
            "channel slack:C0SCORE is now the practice's scoreboard channel",
            "channel slack:C0TEAM is no longer the practice's scoreboard channel",
        ]),
        (
            "      - {key: omar",
            "      - {key: kim, name: Kim Lo, role: nurse}\n      - {key: omar",
            ["adds Kim Lo"],
        ),
    ],
)  # fmt: skip
def test_each_change_is_a_sentence(old: str, new: str, said: list[str]) -> None:
    assert after((old, new)) == said


def test_a_channel_that_changes_hands_is_told_for_both() -> None:
    assert after(("C0LAKESIDE", "C0NEW"), ("C0HILLCREST", "C0LAKESIDE")) == [
        "channel slack:C0NEW is now the channel of Lakeside Family Medicine",
        "channel slack:C0LAKESIDE is now the channel of Hillcrest Internal Medicine",
        "channel slack:C0HILLCREST is no longer the channel of Hillcrest Internal Medicine",
    ]


def test_a_workspace_that_was_kept_from_a_first_message_is_no_change() -> None:
    new = read_directory(EXAMPLE)
    met = tuple(identity.model_copy(update={"tenant": "T0RIVER"}) for identity in new.identities)
    kept: Directory = replace(new, identities=met)
    assert compare(kept, new) == []
