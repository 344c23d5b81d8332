"""What minimal mode takes out of words that one side types for the other, and what it leaves."""

from __future__ import annotations

import time

import pytest

from referral_bot.access import masked
from referral_bot.model import Packet

JANE = Packet.model_validate(
    {
        "patient": {"first": "Jane", "last": "Whitcomb-Ruiz", "phone": "+13095550123", "mrn": "AB12"},
        "contact": {"name": "Tom Whitcomb"},
        "insurance": {"member_id": "XJH 88"},
    }
)


@pytest.mark.parametrize(
    ("said", "relayed"),
    [
        ("Jane's EKG is done", "J.'s EKG is done"),
        ("JANE WHITCOMB-RUIZ called", "J. W.-R. called"),
        ("her husband Tom drives", "her husband T. drives"),
        ("call 309-555-0123, (309) 555 0123 or 3095550123", "call •••, ••• or •••"),
        ("call 309.555.0177 or +1 309 555 0178", "call ••• or •••"),
        ("member XJH-88, record AB12", "member •••, record •••"),
        ("born 3/14/1962, 1962-03-14, 03.14.62 or March 14th, 1962", "born •••, •••, ••• or •••"),
        ("lives at 418 Maple Ave, Peoria, IL 61602", "lives at ••• •••"),
        ("lives at 418 maple street", "lives at •••"),
        ("jane.w@example.com and https://example.org/jane?x=1", "••• and •••"),
        ("SSN 078-05-1120, account 88120034", "SSN •••, account •••"),
        (
            "licence D400-7836-0001, plate BK44721, pacemaker PM-77120-QX",
            "licence •••, plate •••, pacemaker •••",
        ),
        ("seen from 192.168.10.44", "seen from •••"),
    ],
)
def test_what_tells_who_somebody_is_is_taken_out(said: str, relayed: str) -> None:
    assert masked(said, JANE) == relayed


@pytest.mark.parametrize(
    "said",
    [
        "BP 140/90, EF 55%, HbA1c 7.2, LAD 70%",
        "metoprolol 50 mg twice a day, INR 2.5",
        "R00.2, S72.001A, I48.91 and COVID-19",
        "about RB-7K2M",
        "Monday 9-12 or Dec 9, 10:30 AM, in 2-3 weeks",
        "Has she had a Holter before? Yes, in 2024, normal.",
        "it is 2 weeks down the road",
    ],
)
def test_what_is_medical_or_about_time_is_left(said: str) -> None:
    assert masked(said, JANE) == said


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "a@", "a-", "1a", "123 a ", "12 Aa ", "jan 1, ", "1.1.1."])
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    masked(piece * (40_000 // len(piece)) + "_", JANE)
    assert time.perf_counter() - began < 1
