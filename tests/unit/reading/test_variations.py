"""How a fact is written must not change what is read."""

from __future__ import annotations

import calendar
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.reading.samples import reading_of

NAMES = st.sampled_from(
    [
        ("Gwendolyn", "Ashcombe"),
        ("Marcus", "Dillard"),
        ("Philippa", "Mbeki"),
        ("Lionel", "Esterhazy"),
        ("Opal", "Haines"),
    ]
)
BIRTHS = st.dates(date(1930, 1, 1), date(2005, 12, 31))
SEPARATORS = st.sampled_from([", ", "; ", " - ", ". ", "\n", " | "])
MONTHS = calendar.month_abbr[1:]


@st.composite
def birth_forms(draw: st.DrawFn) -> tuple[str, str]:
    """A birth date in one of its usual forms, with its normal form."""
    born = draw(BIRTHS)
    month = MONTHS[born.month - 1]
    form = draw(
        st.sampled_from(
            [
                f"{born.month}/{born.day}/{born.year}",
                f"{born.month:02d}/{born.day:02d}/{born.year}",
                f"{born.month}-{born.day}-{born.year}",
                f"{born.month}.{born.day}.{born.year}",
                born.isoformat(),
                f"{month} {born.day}, {born.year}",
                f"{born.day}-{month}-{born.year}",
                f"{born.day} {month} {born.year}",
            ]
        )
    )
    return draw(st.sampled_from(["dob ", "DOB: ", "born ", "date of birth "])) + form, born.isoformat()


@st.composite
def phone_forms(draw: st.DrawFn) -> tuple[str, str]:
    """A number in one of its usual forms, with its normal form."""
    area = draw(st.sampled_from(["309", "414", "217", "650"]))
    line = f"01{draw(st.integers(0, 99)):02d}"
    form = draw(
        st.sampled_from(
            [
                f"{area}-555-{line}",
                f"({area}) 555-{line}",
                f"{area}.555.{line}",
                f"{area} 555 {line}",
                f"{area}555{line}",
                f"+1 {area}-555-{line}",
                f"1-{area}-555-{line}",
            ]
        )
    )
    return draw(st.sampled_from(["cell ", "phone ", "ph: ", "tel "])) + form, f"+1{area}555{line}"


@settings(max_examples=150, deadline=None)
@given(NAMES, birth_forms(), phone_forms(), SEPARATORS, st.permutations([0, 1, 2, 3, 4]))
def test_order_separators_and_forms_do_not_change_the_reading(
    name: tuple[str, str], born: tuple[str, str], phone: tuple[str, str], separator: str, order: list[int]
) -> None:
    facts = [born[0], phone[0], "Aetna PPO", "carpal tunnel G56.01", "Dr. Marchetti"]
    text = f"Referral for {name[0]} {name[1]}" + separator + separator.join(facts[index] for index in order)
    reading = reading_of(text)
    assert reading.intents == ("submit_referral",)
    assert reading.fields["patient"] == {
        "first": name[0],
        "last": name[1],
        "dob": born[1],
        "phone": phone[1],
    }
    assert reading.fields["insurance"] == {"payer": "Aetna", "plan": "PPO"}
    assert reading.fields["icd10"] == ["G56.01"]
    assert reading.fields["referring"] == {"last": "Marchetti"}
    assert reading.missing == ()


@settings(max_examples=60, deadline=None)
@given(NAMES, birth_forms(), phone_forms(), st.sampled_from([str.lower, str.upper, str]))
def test_case_does_not_change_the_reading(
    name: tuple[str, str], born: tuple[str, str], phone: tuple[str, str], case: type[str]
) -> None:
    text = case(
        f"new referral {name[0]} {name[1]}, {born[0]}, {phone[0]}, cigna, knee pain M25.561, dr okeke"
    )
    reading = reading_of(text)
    assert reading.intents == ("submit_referral",)
    assert reading.fields["patient"]["dob"] == born[1]
    assert reading.fields["patient"]["phone"] == phone[1]
    assert reading.fields["patient"]["last"] == name[1]
    assert reading.fields["insurance"] == {"payer": "Cigna"}
    assert reading.fields["icd10"] == ["M25.561"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["RB-2K7M", "rb-2k7m", "RB 2K7M", "rb2k7m", "Rb-2K7m"]),
    st.sampled_from(["status of {}", "any update on {}?", "where is {} at", "{} - scheduled yet?"]),
)
def test_a_reference_is_taken_in_any_form(reference: str, question: str) -> None:
    reading = reading_of(question.format(reference))
    assert reading.intents == ("check_status",)
    assert reading.fields["referral_id"] == "RB-2K7M"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = reading_of(text)
    assert reading.intents


PAYERS = st.sampled_from(["WellMed", "Triple-S", "First Medical", "El Paso First", "Prevea360"])
"""Payers that no table knows."""


@settings(max_examples=60, deadline=None)
@given(NAMES, birth_forms(), phone_forms(), PAYERS, st.sampled_from([", ", " / ", " - ", " | "]))
def test_a_payer_is_told_by_its_place_in_a_line(
    name: tuple[str, str], born: tuple[str, str], phone: tuple[str, str], payer: str, separator: str
) -> None:
    facts = [" ".join(name), born[0], phone[0], payer, "carpal tunnel", "ortho", "Dr. Marchetti"]
    reading = reading_of(separator.join(facts))
    assert reading.intents == ("submit_referral",)
    assert reading.fields["insurance"]["payer"] == payer
    assert reading.missing == ()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["NP", "PA-C", "DO", "MD", "FNP", "CNM"]),
    st.sampled_from(["{}, {}", "{} {}", "({} {})", "ordered by {} {}", "ref by: {}, {}"]),
    st.sampled_from([", ", ". ", "\n", " - "]),
)
def test_a_provider_is_told_by_a_credential(credential: str, form: str, separator: str) -> None:
    provider = form.format("Tansy Marchetti", credential)
    text = separator.join(["Opal Haines 3/4/1950", "309-555-0144", "Aetna", "knee pain", "ortho", provider])
    assert reading_of(text).fields["referring"] == {"first": "Tansy", "last": "Marchetti"}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["Pham", "RB-8H2D", "Thanh Pham", "8H2D"]),
    st.sampled_from(
        [
            "you can drop {}, he moved away",
            "please take {} off, he went elsewhere",
            "no need to see {} after all",
            "go ahead and close {}",
            "cancel {}",
            "pls withdraw {}",
        ]
    ),
)
def test_a_referral_is_withdrawn_in_any_words(whom: str, words: str) -> None:
    reading = reading_of(words.format(whom))
    assert reading.intents == ("cancel_referral",)
    assert reading.fields["referral_id"] == "RB-8H2D"
    assert reading.flags == ("confirm_before_cancel",)
