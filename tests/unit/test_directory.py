"""The practice directory: what a file says, and everything that can be wrong with one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_bot.directory import Directory, DirectoryInvalid, Problem, read_directory
from referral_bot.model import Channel, ChannelKind, Identity, Role, Side
from referral_bot.practice import (
    Booking,
    Opening,
    PromiseKind,
    QuietHours,
    Session,
    TimeSpan,
    Urgency,
    VisitType,
)

EXAMPLE = (Path(__file__).parents[2] / "examples/practice.yaml").read_text()

SMALL = """\
practice:
  name: Riverbend
  timezone: America/Chicago
  hours: {mon-fri: "08:00-17:00"}
  channels: {slack: C0INTAKE}
locations:
  - {key: north, name: North Clinic}
services:
  - {key: cardiology, name: Cardiology, minutes: {new: 40}}
providers:
  - {key: lee, name: Dr. Anna Lee, services: [cardiology]}
staff:
  - {key: tess, name: Tess Moran, role: intake, slack: U0TESS}
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DirectoryInvalid) as caught:
        read_directory(text)
    return caught.value.problems


def changed(old: str, new: str, text: str = EXAMPLE) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, piece: str) -> int:
    """The line on which a piece of the file first stands, counted from 1."""
    return text[: text.index(piece)].count("\n") + 1


@pytest.fixture(scope="module")
def directory() -> Directory:
    return read_directory(EXAMPLE)


# ---------------------------------------------------------------- what a right file says


def test_the_example_is_read_without_a_warning(directory: Directory) -> None:
    assert directory.warnings == ()
    assert directory.practice.name == "Riverbend Heart & Vascular"
    assert [office.key for office in directory.offices] == ["lakeside", "hillcrest", "prairie"]
    assert len(directory.people) == 11


def test_day_ranges_become_hours_of_each_day(directory: Directory) -> None:
    assert directory.practice.hours == (
        *(Opening(weekday=day, opens=time(8), closes=time(17)) for day in range(4)),
        Opening(weekday=4, opens=time(8), closes=time(15)),
    )


def test_sessions_are_cut_by_day_and_place(directory: Directory) -> None:
    assert directory.practice.provider("lee").weekly == (
        *(Session(location="north", weekday=day, starts=time(9), ends=time(12)) for day in range(3)),
        Session(location="south", weekday=3, starts=time(13), ends=time(16)),
    )


def test_services_say_booking_minutes_and_promises(directory: Directory) -> None:
    service = directory.practice.service("cardiology")
    assert service.booking is Booking.DIRECT
    assert service.minutes == {VisitType.NEW: 40, VisitType.FOLLOW_UP: 20}
    assert service.promised(PromiseKind.SCHEDULE, Urgency.STAT) == TimeSpan(amount=1, unit="h")
    assert service.promised(PromiseKind.SCHEDULE, Urgency.ASAP) == TimeSpan(amount=4, unit="h")


def test_a_service_without_promises_gets_the_defaults(directory: Directory) -> None:
    cardiology, vascular = directory.practice.services
    assert vascular.promises == cardiology.promises
    assert vascular.booking is Booking.REQUEST
    assert vascular.requires == ("insurance", "documents")


def test_a_promise_that_says_one_urgency_keeps_the_other_defaults() -> None:
    text = changed("minutes: {new: 40}}", "minutes: {new: 40}, promises: {see: {urgent: 2d}}}", SMALL)
    see = read_directory(text).practice.services[0].promises[PromiseKind.SEE]
    assert [str(see[urgency]) for urgency in (Urgency.STAT, Urgency.URGENT, Urgency.ROUTINE)] == [
        "1d",
        "2d",
        "14d",
    ]


def test_people_belong_to_their_side(directory: Directory) -> None:
    people = {person.key: person for person in directory.people}
    assert (people["tess"].side, people["tess"].office_key, people["tess"].role) == (
        Side.PRACTICE,
        None,
        Role.INTAKE,
    )
    assert (people["patel"].side, people["patel"].office_key, people["patel"].npi) == (
        Side.OFFICE,
        "lakeside",
        "1245319599",
    )
    assert people["dana"].timezone == "America/Chicago"


def test_accounts_have_ids_that_follow_from_them(directory: Directory) -> None:
    assert directory.identities[0] == Identity(
        id="slack:U0TESS", platform="slack", tenant="", account="U0TESS", person_key="tess"
    )
    assert directory.identities[-1].id == "teams:29:beth"


def test_a_pinned_account_keeps_its_workspace() -> None:
    identity = read_directory(changed("U0TESS", "T0RIVER/U0TESS", SMALL)).identities[0]
    assert (identity.id, identity.tenant, identity.account) == ("slack:U0TESS", "T0RIVER", "U0TESS")


def test_channels_say_whose_they_are(directory: Directory) -> None:
    assert directory.channels[:3] == (
        Channel(id="slack:C0INTAKE", platform="slack", channel="C0INTAKE", kind=ChannelKind.INTAKE),
        Channel(id="slack:C0TEAM", platform="slack", channel="C0TEAM", kind=ChannelKind.SCOREBOARD),
        Channel(
            id="slack:C0LAKESIDE",
            platform="slack",
            channel="C0LAKESIDE",
            kind=ChannelKind.OFFICE,
            office_key="lakeside",
        ),
    )


def test_the_scoreboard_defaults_to_the_staffs_channel() -> None:
    directory = read_directory(SMALL)
    assert directory.practice.scoreboard == {"slack": "C0INTAKE"}
    assert [channel.kind for channel in directory.channels] == [ChannelKind.INTAKE]


def test_quiet_hours_default_to_the_night() -> None:
    assert read_directory(SMALL).practice.quiet_hours == QuietHours(starts=time(20), ends=time(7))


def test_the_same_file_gives_the_same_directory() -> None:
    assert read_directory(EXAMPLE) == read_directory(EXAMPLE)


def test_optional_keys_are_read() -> None:
    text = changed(
        "name: North Clinic}", 'name: North Clinic, fax: "309-555-0109", timezone: America/Denver}', SMALL
    )
    text = changed("minutes: {new: 40}}", "minutes: {new: 40}, bring: photo ID}", text)
    text = changed("  channels:", '  phone: "309-555-0101"\n  fax: (309) 555-0199\n  channels:', text)
    text += """\
offices:
  - {key: lakeside, name: Lakeside, fax: "+1 309 555 0143 x2", timezone: America/New_York}
"""
    directory = read_directory(text)
    assert directory.practice.location("north").fax == "309-555-0109"
    assert directory.practice.zone_of("north") == "America/Denver"
    assert directory.practice.service("cardiology").bring == "photo ID"
    assert (directory.practice.phone, directory.practice.fax) == ("309-555-0101", "(309) 555-0199")
    assert (directory.offices[0].fax, directory.offices[0].timezone) == (
        "+1 309 555 0143 x2",
        "America/New_York",
    )


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("mon-thu", [0, 1, 2, 3]),
        ('"mon, wed"', [0, 2]),
        ("sat", [5]),
        ("fri-mon", [4, 5, 6, 0]),
        ('"Mon - Tue, tue"', [0, 1]),
        ("[mon, thu-fri]", [0, 3, 4]),
    ],
)
def test_days_are_named_one_by_one_or_as_ranges(said: str, days: list[int]) -> None:
    text = changed(
        "services: [cardiology]}",
        f'services: [cardiology], weekly: [{{location: north, days: {said}, hours: "9:00-12:00"}}]}}',
        SMALL,
    )
    assert [session.weekday for session in read_directory(text).practice.provider("lee").weekly] == days


def test_a_day_may_open_twice() -> None:
    text = changed('"08:00-17:00"', '["08:00-12:00", "13:00-17:00"]', SMALL)
    assert len(read_directory(text).practice.hours) == 10


# ---------------------------------------------------------------- what is taken with a warning


@pytest.mark.parametrize(
    ("office", "said"),
    [
        ("{key: new, name: Newtown Clinic}", ["no liaison", "no people"]),
        ("{key: new, name: Newtown Clinic, liaison: dana}", ["no people"]),
        (
            "{key: new, name: Newtown Clinic, people: [{key: kim, name: Kim Lo, role: nurse}]}",
            ["no liaison"],
        ),
    ],
)
def test_an_office_without_liaison_or_people_is_taken_with_a_warning(office: str, said: list[str]) -> None:
    text = f"{EXAMPLE}  - {office}\n"
    directory = read_directory(text)
    assert directory.offices[-1].key == "new"
    assert all("Newtown Clinic" in warning.message for warning in directory.warnings)
    assert [words in warning.message for words, warning in zip(said, directory.warnings, strict=True)]
    assert {warning.line for warning in directory.warnings} == {line_of(text, "Newtown")}


def test_a_practice_without_staff_or_channel_is_taken_with_a_warning() -> None:
    text = SMALL.replace("  channels: {slack: C0INTAKE}\n", "").partition("staff:")[0]
    assert [warning.path for warning in read_directory(text).warnings] == ["practice", "practice"]


# ---------------------------------------------------------------- what is wrong


@dataclass(frozen=True)
class Break:
    """A change that breaks the example in one place: `old` becomes `new`, both on one line; the problem
    stands there, at `path`, and says `message`."""

    old: str
    new: str
    path: str
    message: str

    def apply(self, text: str) -> str:
        return changed(self.old, self.new, text)

    def line(self, text: str) -> int:
        """The line of the change, in a text that has not been changed yet."""
        at = text.index(self.old) + len(self.old) - len(self.old.lstrip("\n"))
        return text[:at].count("\n") + 1


BREAKS = [
    # shape
    Break("  quiet_hours:", "  quite_hours:", "practice.quite_hours", "Do you mean quiet_hours?"),
    Break("    booking: request", "    colour: red", "services[1].colour", "Known here: key,"),
    Break("name: North Clinic, ", "", "locations[0]", "The location needs name."),
    Break("name: Omar Haddad", "name:", "offices[1].people[0]", "The person needs name."),
    Break("{new: 30}", "[new, 30]", "services[1].minutes", "written as keys with values"),
    Break("name: Vascular surgery", "name: [Vascular]", "services[1].name", "a text is needed"),
    Break("{new: 30}", "{new: soon}", "services[1].minutes.new", "whole number from 1 to 480"),
    Break("{new: 30}", "{new: 0}", "services[1].minutes.new", "whole number from 1 to 480"),
    Break("{new: 30}", "{new: -30}", "services[1].minutes.new", "whole number from 1 to 480"),
    Break("{new: 30}", "{new: 481}", "services[1].minutes.new", "whole number from 1 to 480"),
    Break("{new: 30}", "{old: 30}", "services[1].minutes.old", "Known here: new, follow_up"),
    Break("{new: 30}", "{}", "services[1].minutes", "at least one visit"),
    Break("name: Priya Shah", "name: Priya Shah, name: P", "staff[4].name", "stands twice"),
    Break("key: hillcrest", "key: Hill Crest", "offices[1].key", "lower-case letters"),
    Break("name: Joy Tan,", f"name: {'Joy' * 30},", "offices[0].people[1].name", "longer than 75 characters"),
    # hours
    Break('fri: "08:00-15:00"', 'fry: "08:00-15:00"', "practice.hours.fry", "names no days"),
    Break('fri: "08:00-15:00"', 'fri: "8-15"', "practice.hours.fri", "are no hours"),
    Break('fri: "08:00-15:00"', 'fri: "08:00-24:00"', "practice.hours.fri", "from 00:00 to 23:59"),
    Break('fri: "08:00-15:00"', 'fri: "15:00-08:00"', "practice.hours.fri", "ends before it starts"),
    Break('fri: "08:00-15:00"', 'thu-fri: "16:00-18:00"', "practice.hours.thu-fri", "overlap"),
    Break(
        '{mon-thu: "08:00-17:00", fri: "08:00-15:00"}', "{}", "practice.hours", "needs some business hours"
    ),
    Break('quiet_hours: "20:00-07:00"', "quiet_hours: at night", "practice.quiet_hours", "are no hours"),
    Break("holidays: US-IL", "holidays: US-ILL", "practice.holidays", "Do you mean IL?"),
    Break("holidays: US-IL", "holidays: Illinois", "practice.holidays", "no holiday calendar"),
    Break(
        "\n  timezone: America/Chicago",
        "\n  timezone: America/Chicgo",
        "practice.timezone",
        "Do you mean America/Chicago?",
    ),
    Break(
        "     timezone: America/Chicago}",
        "     timezone: Central}",
        "locations[1].timezone",
        "is no time zone",
    ),
    # numbers
    Break('"309-555-0142"', '"555-0142"', "offices[0].phone", "Write ten digits"),
    Break('"309-555-0199"', '"309-555-019"', "practice.fax", "Write ten digits"),
    Break('"1245319599"', '"1245319590"', "offices[0].people[2].npi", "wrong check digit"),
    Break('"1993999998"', "199399999", "providers[1].npi", "that has ten digits"),
    Break("[en, ko]", "[en, korean]", "providers[0].languages[1]", "no language code"),
    # promises, booking, requires
    Break("routine: 4h}", "routine: 0h}", "services[0].promises.acknowledge.routine", "can't be promised"),
    Break("routine: 2d}", "routine: -2d}", "services[0].promises.schedule.routine", "no time to promise"),
    Break(
        "routine: 14d}",
        "routine: 2w}",
        "services[0].promises.see.routine",
        "m (minutes), h (hours) or d (days)",
    ),
    Break("routine: 14d}", "routine: 999d}", "services[0].promises.see.routine", "to 365d"),
    Break("stat: 15m,", "stats: 15m,", "services[0].promises.acknowledge.stats", "Do you mean stat?"),
    Break(
        "      acknowledge:",
        "      acknowlege:",
        "services[0].promises.acknowlege",
        "Do you mean acknowledge?",
    ),
    Break("booking: direct ", "booking: phone ", "services[0].booking", "Known: direct, request"),
    Break(
        "[insurance, documents]", "[insurance, document]", "services[1].requires[1]", "Do you mean documents?"
    ),
    # references
    Break(
        "services: [cardiology, vascular]",
        "services: [cardio, vascular]",
        "providers[1].services[0]",
        "cardiology?",
    ),
    Break(
        "{location: south, days: thu",
        "{location: souht, days: thu",
        "providers[0].weekly[1].location",
        "south?",
    ),
    Break(
        'days: thu, hours: "13:00-16:00"',
        'days: thu, hours: "16:00"',
        "providers[0].weekly[1].hours",
        "are no hours",
    ),
    Break(
        'days: thu, hours: "13:00-16:00"',
        'days: tues, hours: "13:00-16:00"',
        "providers[0].weekly[1].days",
        "no days",
    ),
    Break(
        'south, days: thu, hours: "13:00',
        'south, days: wed, hours: "11:00',
        "providers[0].weekly[1]",
        "overlap",
    ),
    Break(
        "liaison: dana\n    channels: {teams",
        "liaison: dina\n    channels: {teams",
        "offices[2].liaison",
        "Do you mean dana?",
    ),
    Break(
        "liaison: dana\n    channels: {slack: C0L",
        "liaison: raj\n    channels: {slack: C0L",
        "offices[0].liaison",
        "raj is scheduler",
    ),
    Break("key: okafor", "key: lee", "providers[1].key", "Two providers have the key lee"),
    Break("{key: omar", "{key: tess", "offices[1].people[0].key", "Two people have the key tess"),
    Break("key: prairie", "key: lakeside", "offices[2].key", "Two offices have the key lakeside"),
    Break("[vasc, vein, veins]", "[vasc, Cardio]", "services[1].aliases[1]", "Another service is called"),
    Break(
        "name: Joy Tan,          role: nurse",
        "name: Joy Tan,          role: nurs",
        "offices[0].people[1].role",
        "nurse?",
    ),
    Break("role: manager", "role: referral_specialist", "staff[4].role", "There is no role"),
    # accounts and channels
    Break("U0OMAR", "U0MARIA", "offices[1].people[0].slack", "belongs to somebody else"),
    Break("slack: U0PRIYA", "slack: priya", "staff[4].slack", "a Slack account is a member id"),
    Break('"29:beth"', "beth@example.org", "offices[2].people[0].teams", "a Teams account is an id"),
    Break("{slack: C0HILLCREST}", "{slack: C0LAKESIDE}", "offices[1].channels.slack", "is used on line"),
    Break("{slack: C0HILLCREST}", "{slack: C0INTAKE}", "offices[1].channels.slack", "is used on line"),
    Break("{slack: C0HILLCREST}", "{slack: C0TEAM}", "offices[1].channels.slack", "is used on line"),
    Break(
        "{slack: C0HILLCREST}",
        '{slack: "#hillcrest"}',
        "offices[1].channels.slack",
        "a Slack channel is an id",
    ),
    Break(
        "{slack: C0HILLCREST}", "{zoom: C0HILLCREST}", "offices[1].channels.zoom", "Known here: slack, teams"
    ),
    Break('"19:prairie@thread.tacv2"', "prairie", "offices[2].channels.teams", "a Teams channel is an id"),
    # payers
    Break("[Ambetter]", "[Ambetter, medicare]", "payers.not_accepted[1]", "under accepted"),
    Break("BCBS: Blue Cross Blue Shield", "BCBS: Blue Cross", "payers.aliases.BCBS", "There is no payer"),
    Break(
        "UHC: UnitedHealthcare",
        "bcbs: UnitedHealthcare",
        "payers.aliases.bcbs",
        "another spelling of an alias",
    ),
    Break("UHC: UnitedHealthcare", "Aetna: UnitedHealthcare", "payers.aliases.Aetna", "a payer of its own"),
]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.path}: {broken.message}")
def test_each_problem_is_told_alone_with_path_line_and_mend(broken: Break) -> None:
    (problem,) = problems_of(broken.apply(EXAMPLE))
    assert (problem.path, problem.line) == (broken.path, broken.line(EXAMPLE))
    assert broken.message in problem.message


def apart(chosen: list[Break]) -> list[Break]:
    """Those that change different lines, and lines that the others' problems don't rest on."""
    kept: dict[int, Break] = {}
    for broken in chosen:
        kept.setdefault(broken.line(EXAMPLE), broken)
    return list(kept.values())


INDEPENDENT = [
    broken for broken in BREAKS if "is used" not in broken.message and "belongs" not in broken.message
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(INDEPENDENT), min_size=2, max_size=12, unique=True))
def test_however_many_are_wrong_all_are_told_in_one_run(chosen: list[Break]) -> None:
    chosen = apart(chosen)
    text = EXAMPLE
    for broken in chosen:
        text = broken.apply(text)
    told = {(problem.path, problem.line) for problem in problems_of(text)}
    assert told >= {(broken.path, broken.line(EXAMPLE)) for broken in chosen}


def test_problems_come_in_the_order_of_their_lines() -> None:
    text = EXAMPLE
    for broken in apart(list(reversed(INDEPENDENT))):
        text = broken.apply(text)
    lines = [problem.line for problem in problems_of(text)]
    assert len(lines) > 20
    assert lines == sorted(lines)


def test_the_number_of_problems_is_said_with_the_files_name() -> None:
    with pytest.raises(DirectoryInvalid, match=r"^mine\.yaml: 1 problem; nothing was imported\.$"):
        read_directory(changed("U0TESS", "tess", SMALL), "mine.yaml")


def test_a_problem_reads_as_line_path_and_sentence() -> None:
    (problem,) = problems_of(changed("new: 40", "new: 0", SMALL))
    assert str(problem) == "line 9, services[0].minutes.new: Here a whole number from 1 to 480 is needed."


def test_the_same_account_twice_on_one_line_is_noticed() -> None:
    text = SMALL.partition("staff:")[0] + (
        "staff: [{key: a, name: A, role: intake, slack: U0A}, {key: b, name: B, role: nurse, slack: U0A}]"
    )
    (problem,) = problems_of(text)
    assert problem.path == "staff[1].slack"


def test_the_same_channel_of_two_offices_on_one_line_is_noticed() -> None:
    text = SMALL + (
        "offices: [{key: a, name: A, channels: {slack: C0A}}, {key: b, name: B, channels: {slack: C0A}}]"
    )
    (problem,) = problems_of(text)
    assert problem.path == "offices[1].channels.slack"


def test_missing_sections_are_named() -> None:
    messages = [problem.message for problem in problems_of("staff: []")]
    assert messages == [
        f"The directory needs {name}." for name in ("practice", "locations", "services", "providers")
    ]


@pytest.mark.parametrize("nothing", ["[]", "", '""', "~"])
def test_an_empty_section_is_a_missing_one(nothing: str) -> None:
    text = changed("\n  - {key: north, name: North Clinic}", f" {nothing}", SMALL)
    assert [problem.message for problem in problems_of(text)] == ["The directory needs locations."]


def test_an_empty_entry_of_a_list_is_told() -> None:
    (problem,) = problems_of(changed("staff:\n", "staff:\n  -\n", SMALL))
    assert (problem.path, problem.line) == ("staff[0]", 13)


def test_a_misspelt_role_does_not_make_every_office_wrong_too() -> None:
    (problem,) = problems_of(changed("role: liaison", "role: laison", EXAMPLE))
    assert problem.message == 'There is no role "laison". Do you mean liaison?'


def test_a_misspelt_key_does_not_make_what_refers_to_it_wrong_too() -> None:
    text = EXAMPLE.replace("{key: north", "{key: North").replace("location: north", "location: North")
    (problem,) = problems_of(text)
    assert problem.path == "locations[0].key"


def test_a_repeated_key_is_told_where_it_is_repeated() -> None:
    text = EXAMPLE.replace("key: south", "key: north").replace("location: south", "location: north")
    problem = problems_of(text)[0]
    assert (problem.path, problem.line) == ("locations[1].key", line_of(text, "{key: north, name: South"))
    assert problem.message.startswith("Two locations have the key north, the first on line ")


def test_sessions_overlap_across_zones() -> None:
    text = """\
  - key: lee
    name: Dr. Anna Lee
    services: [cardiology]
    weekly:
      - {location: north, days: mon, hours: "09:00-12:00"}
      - {location: east, days: mon, hours: "12:30-15:00"}
"""
    text = changed("  - {key: lee, name: Dr. Anna Lee, services: [cardiology]}\n", text, SMALL)
    text = changed(
        "name: North Clinic}", "name: North}\n  - {key: east, name: East, timezone: America/New_York}", text
    )
    (problem,) = problems_of(text)
    assert (problem.path, problem.line) == ("providers[0].weekly[1]", line_of(text, "{location: east"))
    assert "on mon" in problem.message


@pytest.mark.parametrize("hours", ["{}", "{mon: }", "{mon: []}"])
def test_a_week_without_business_hours_is_refused(hours: str) -> None:
    (problem,) = problems_of(changed('{mon-fri: "08:00-17:00"}', hours, SMALL))
    assert (problem.path, problem.line) == ("practice.hours", 4)
    assert "needs some business hours" in problem.message


def test_a_text_is_repeated_on_one_line_and_not_at_length() -> None:
    (problem,) = problems_of(changed("role: intake", f'role: "in\n\n{"take" * 60}"', SMALL))
    assert "\n" not in problem.message
    assert len(problem.message) < 250


# ---------------------------------------------------------------- files that are no directory


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "The file is empty."),
        ("# nothing yet\n", 1, "The file is empty."),
        ("---\n", 1, "The file is empty."),
        ("~\n", 1, "The file is empty."),
        ("just words", 1, "written as keys with values"),
        ("- a\n- b", 1, "written as keys with values"),
        ("practice:\n  name: 'Riverbend\n  hours: {}\n", 4, "that begins on line 2"),
        ("practice:\n\tname: Riverbend", 2, "not valid YAML"),
        ("practice: {name: a}}", 1, "not valid YAML"),
        ("practice: *nobody", 1, "not valid YAML"),
        ("practice:\n  name: a\n---\npractice: {}", 3, "not valid YAML"),
        ("practice:\n  name: a\x00b", 2, "character that YAML does not allow"),
        ('practice: "\\uD83D"', 1, "control character"),
        ('practice:\n  "na\\eme": a', 2, "control character"),
        ('practice: "\\UFFFFFFFF"', 1, "escape sequence"),
        ('practice: "\\U00110000"', 1, "escape sequence"),
        ("[" * 5000, 1, "nested too deeply"),
        ("practice: &a [*a]", 1, "nested too deeply"),
        ("practice: &a {name: *a}", 1, "nested too deeply"),
        ("x" * 1_000_001, 1, "larger than a directory can be"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_directory_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    (problem,) = [p for p in problems_of(text) if not p.message.startswith("The directory needs")]
    assert problem.line == line
    assert message in problem.message


def test_aliases_may_save_typing_but_not_blow_up() -> None:
    text = changed("{mon-fri: ", "&week {mon-fri: ", SMALL)
    assert read_directory(text).practice.hours
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    (problem,) = problems_of(bomb)
    assert "more than a directory can" in problem.message


# ---------------------------------------------------------------- never a stack trace

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), TREES, st.integers(1, 4))
def test_any_value_anywhere_is_answered_with_problems(dice: random.Random, value: object, times: int) -> None:
    tree = yaml.safe_load(EXAMPLE)
    for _ in range(times):
        put_somewhere(tree, value, dice)
    reads_or_complains(yaml.safe_dump(tree))


def put_somewhere(tree: object, value: object, dice: random.Random) -> None:
    """Replace one node of a tree of lists and dictionaries."""
    node = tree
    while True:
        places = (
            list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        )
        if not places:
            return
        place = dice.choice(places)
        below = node[place]  # type: ignore[index]
        if not isinstance(below, dict | list) or not below or dice.random() < 0.3:
            node[place] = value  # type: ignore[index]
            return
        node = below


@settings(deadline=None)
@given(st.data())
def test_any_damaged_file_is_answered_with_problems(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(EXAMPLE)))
    end = data.draw(st.integers(begin, min(begin + 60, len(EXAMPLE))))
    reads_or_complains(EXAMPLE[:begin] + data.draw(st.text(max_size=20)) + EXAMPLE[end:])


def reads_or_complains(text: str) -> None:
    try:
        problems = read_directory(text).warnings
    except DirectoryInvalid as invalid:
        problems = invalid.problems
    assert all(problem.line >= 1 and problem.message.endswith((".", "?")) for problem in problems)
