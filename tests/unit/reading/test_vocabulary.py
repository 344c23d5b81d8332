"""A practice's own names win over the built-in ones and forgive slips."""

from __future__ import annotations

from referral_bot.reading import Context, Term, Vocabulary, read
from tests.unit.reading.samples import NOW

PRACTICE = Vocabulary.built_in().with_directory(
    services=[
        Term("cardiology", "Cardiology", ("cards", "heart")),
        Term("vascular", "Vascular surgery", ("veins",)),
    ],
    providers=[Term("lee", "Dr. Anna Lee"), Term("okafor", "Dr. Chidi Okafor")],
    locations=[Term("north", "North Clinic", ("north",)), Term("south", "South Clinic", ("south",))],
)


def test_a_service_is_found_by_name_alias_key_and_slip() -> None:
    for text in ("Cardiology", "cards", "heart", "cardiolgy", "cardiologist"):
        term = PRACTICE.find_service(text)
        assert term is not None
        assert term.key == "cardiology"


def test_an_unknown_service_is_none() -> None:
    assert PRACTICE.find_service("astrology") is None


def test_a_message_is_read_in_the_words_of_the_directory() -> None:
    reading = read(
        "any openings with okafor at south for veins next week?",
        now=NOW,
        context=Context(),
        vocabulary=PRACTICE,
    )
    assert reading.intents == ("check_availability",)
    assert reading.fields["provider"] == "Okafor"
    assert reading.fields["location"] == "South Clinic"
    assert reading.fields["service"] == "Vascular surgery"
