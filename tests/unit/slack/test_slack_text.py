from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.text import escape, typed, unescape
from handlers.text import NOTHING, clean, fit, prefix, shown, split, units


@given(st.text(), st.integers(1, 60))
def test_fitted_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert units(fit(text, limit)) <= limit
    assert units(shown(text, limit)) <= limit
    assert units(prefix(text, limit)) <= limit


def test_shortened_text_says_that_it_was_shortened() -> None:
    assert fit("a long story", 7) == "a long…"
    assert fit("a story", 7) == "a story"


def test_shortening_keeps_an_accent_with_its_letter() -> None:
    assert fit("cafe\u0301s are open", 5) == "caf…"


def test_shortening_keeps_a_family_of_joined_people_together() -> None:
    family = "👩\u200d👩\u200d👧"
    assert fit("x" + family + "yz", 8) == "x…"


@given(st.text(), st.integers(2, 30))
def test_split_pieces_fit_and_lose_no_letter(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_an_emoji_larger_than_the_limit_is_a_piece_of_its_own() -> None:
    assert split("🏥🏥", 1) == ["🏥", "🏥"]


def test_split_parts_at_line_breaks_and_spaces() -> None:
    assert split("one two three four", 10) == ["one two ", "three four"]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00\x01"])
def test_blank_text_is_shown_as_a_dash(text: str) -> None:
    assert shown(text, 10) == NOTHING


@given(st.text())
def test_cleaned_text_can_be_sent_and_holds_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in cleaned)


def test_right_to_left_letters_stay_and_overrides_go() -> None:
    assert clean("שלום \u202eevil\u202c") == "שלום evil"


@given(st.text())
def test_what_is_escaped_is_no_markup_and_comes_back(text: str) -> None:
    assert not set("<>") & set(escape(text))
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("slack", "person"),
    [
        ("<@U0BOT> refer Jane", "refer Jane"),
        ("refer Jane <@U0BOT|referral_bot>", "refer Jane"),
        ("call <tel:+15555550101|(555) 555-0101> now", "call (555) 555-0101 now"),
        ("mail <mailto:jo@example.org|jo@example.org>", "mail jo@example.org"),
        ("see <http://example.org|example.org>", "see example.org"),
        ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
        ("<!here> in <#C0X|general> and <!subteam^S1|@intake>", "@here in #general and @intake"),
        ("BP &lt; 120 &amp; stable &amp;lt;", "BP < 120 & stable &lt;"),
        ("&lt;@U0BOT&gt; typed by hand", "<@U0BOT> typed by hand"),
        ("", ""),
    ],
)
def test_slacks_markup_is_read_as_what_was_typed(slack: str, person: str) -> None:
    assert typed(slack, {"U0BOT"})[0] == person


def test_people_mentioned_are_told_by_their_placeholder() -> None:
    assert typed("<@U0BOT> for <@U0DANA|dana>", {"U0BOT"}) == ("for @U0DANA", {"@U0DANA": "U0DANA"})


@given(st.text(), st.text())
def test_typed_text_survives_the_way_through_slack(before: str, after: str) -> None:
    said = f"{escape(before)}<@U0BOT>{escape(after)}"
    assert typed(said, {"U0BOT"})[0] == (before + after).strip()
