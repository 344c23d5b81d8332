"""JSON lines in, JSON lines out."""

from __future__ import annotations

import json

import pytest

from referral_bot.reading import Refused, understand_lines

LINE = {
    "id": "x1",
    "now": "2026-11-24T10:00:00-06:00",
    "sender": "nurse",
    "text": "status of RB-2K7M?",
    "context": {"office": "Prairie", "open_referrals": [{"id": "RB-2K7M", "patient": "Helen Markowitz"}]},
}


def test_each_line_gives_its_reading_under_its_id() -> None:
    [answer] = understand_lines([json.dumps(LINE)])
    assert json.loads(answer) == {
        "id": "x1",
        "intents": ["check_status"],
        "fields": {"referral_id": "RB-2K7M"},
        "missing": [],
        "flags": [],
    }


def test_empty_lines_are_passed_over() -> None:
    assert list(understand_lines(["", "  \n"])) == []


@pytest.mark.parametrize(
    ("line", "identifier", "says"),
    [
        ("not json", None, "JSON"),
        ("[1]", None, "object"),
        (json.dumps({"id": "a", "now": LINE["now"]}), "a", "text"),
        (json.dumps({**LINE, "now": "yesterday"}), "x1", "now"),
        (json.dumps({**LINE, "now": "2026-11-24T10:00:00"}), "x1", "offset"),
        (json.dumps({**LINE, "context": {"open_referrals": [{"id": 3}]}}), "x1", "context"),
    ],
)
def test_a_bad_line_is_answered_and_reported(line: str, identifier: str | None, says: str) -> None:
    refused = Refused()
    answers = [json.loads(answer) for answer in understand_lines([line, json.dumps(LINE)], refused=refused)]
    assert answers[0]["id"] == identifier
    assert says in answers[0]["error"]
    assert "error" not in answers[1]
    assert refused.lines == [1]
