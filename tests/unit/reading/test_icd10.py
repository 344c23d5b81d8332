"""Codes: which exist, which can be billed, and finding them."""

from __future__ import annotations

import pytest

from referral_bot.reading import billable_children, search_icd10
from referral_bot.reading.icd10 import has_category, is_billable, is_known, title, with_dot


@pytest.mark.parametrize(
    ("code", "billable"), [("M54.50", True), ("M54.5", False), ("S52.501A", True), ("I10", True)]
)
def test_a_parent_cannot_be_billed(code: str, billable: bool) -> None:
    assert is_known(code)
    assert is_billable(code) is billable


def test_a_code_that_never_was_is_unknown() -> None:
    assert not is_known("M54.99")
    assert not is_billable("M54.99")
    assert has_category("M54.99")
    assert not has_category("U99")


def test_the_children_of_a_parent_are_offered() -> None:
    assert [code for code, _ in billable_children("M54.5")] == ["M54.50", "M54.51", "M54.59"]


def test_the_dot_is_put_in() -> None:
    assert with_dot("m1711") == "M17.11"
    assert with_dot("i10") == "I10"
    assert title("M17.11") == "Unilateral primary osteoarthritis, right knee"


def test_search_finds_by_the_beginning_of_a_code() -> None:
    found = search_icd10("m54.5", limit=3)
    assert [code for code, _ in found] == ["M54.5", "M54.50", "M54.51"]


def test_search_finds_by_beginnings_of_words_and_prefers_what_can_be_billed() -> None:
    found = search_icd10("low back", limit=3)
    assert found[0] == ("M54.50", "Low back pain, unspecified")
    assert all(is_billable(code) for code, _ in found)


def test_search_of_nothing_finds_nothing() -> None:
    assert search_icd10("  ") == []
    assert search_icd10("zzzzqq") == []
