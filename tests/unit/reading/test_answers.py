"""Short replies are read in the light of what was asked."""

from __future__ import annotations

from typing import Any

import pytest

from referral_bot.reading import read_answer
from tests.unit.reading.samples import NOW

DRAFT = {"patient": {"first": "Ngozi", "last": "Okonquo", "dob": "1926-03-04", "phone": "+13095550100"}}


@pytest.mark.parametrize(
    ("text", "asked", "fields"),
    [
        ("309-555-0123", ("phone",), {"patient": {"phone": "+13095550123"}}),
        ("aetna", ("insurance",), {"insurance": {"payer": "Aetna"}}),
        ("self pay", ("insurance",), {"insurance": {"self_pay": True}}),
        ("3/4/62", ("dob",), {"patient": {"dob": "1962-03-04"}}),
        ("03041962", ("dob",), {"patient": {"dob": "1962-03-04"}}),
        ("Dr Patel", ("referring_provider",), {"referring": {"last": "Patel"}}),
        ("patel", ("referring_provider",), {"referring": {"last": "Patel"}}),
        ("Anna Lee NP", ("referring_provider",), {"referring": {"first": "Anna", "last": "Lee"}}),
        ("maria lopez", ("patient_name",), {"patient": {"first": "Maria", "last": "Lopez"}}),
        ("knee pain x 3 months", ("reason",), {"reason": "knee pain x 3 months"}),
        ("no, 1962", (), {"patient": {"dob": "1962-03-04"}}),
        ("it's Okonkwo with a k", (), {"patient": {"last": "Okonkwo"}}),
        ("Okonkwo, not Okonquo", (), {"patient": {"last": "Okonkwo"}}),
        ("last name is Okonkwo", (), {"patient": {"last": "Okonkwo"}}),
        ("make it urgent", (), {"urgency": "urgent"}),
        ("not urgent, routine is fine", (), {"urgency": "routine"}),
        ("sorry, phone should be 309-555-0144", (), {"patient": {"phone": "+13095550144"}}),
        (
            "cell is 309 555 0123, BCBS PPO id XYZ123456, dr Lee",
            ("phone", "insurance", "referring_provider"),
            {
                "patient": {"phone": "+13095550123"},
                "insurance": {"payer": "Blue Cross Blue Shield", "plan": "PPO", "member_id": "XYZ123456"},
                "referring": {"last": "Lee"},
            },
        ),
    ],
)
def test_a_reply_states_only_what_it_says(text: str, asked: tuple[str, ...], fields: dict[str, Any]) -> None:
    answer = read_answer(text, asked=asked, now=NOW, current=DRAFT)
    assert answer.fields == fields
    assert answer.understood


def test_thanks_answers_nothing() -> None:
    answer = read_answer("thanks!", asked=("phone",), now=NOW, current=DRAFT)
    assert answer.fields == {}
    assert not answer.understood


def test_a_year_to_come_is_refused() -> None:
    answer = read_answer("no, 2031", asked=("dob",), now=NOW, current=DRAFT)
    assert "dob_invalid" in answer.flags
    assert answer.fields == {}


def test_seven_digits_want_their_area_code() -> None:
    answer = read_answer("555-0123", asked=("phone",), now=NOW, current=DRAFT)
    assert answer.flags == ("phone_incomplete",)
    assert not answer.understood
