"""National Provider Identifiers."""

from __future__ import annotations


def is_npi(number: str) -> bool:
    """Whether ten digits are a well-formed NPI: first digit 1 or 2, Luhn check over 80840 and the number."""
    if len(number) != 10 or not number.isdecimal() or not number.isascii() or number[0] not in "12":
        return False
    total = 24  # what the prefix 80840 adds
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
