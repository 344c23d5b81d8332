"""The floor under the reader: these numbers may only rise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reading.score import score

DATA = Path(__file__).with_name("data")


@pytest.mark.parametrize(
    ("name", "intents", "fields", "flags", "missing"),
    [
        ("development-1", 1.0, 0.995, 1.0, 1.0),
        ("development-2", 1.0, 0.995, 1.0, 1.0),
        ("own-1", 1.0, 0.995, 1.0, 1.0),
        ("own-2", 1.0, 0.995, 1.0, 1.0),
        ("own-3", 1.0, 0.995, 1.0, 1.0),
        ("own-4", 1.0, 0.995, 1.0, 1.0),
        ("own-5", 1.0, 0.995, 1.0, 1.0),
        ("own-6", 1.0, 0.995, 1.0, 1.0),
        ("unseen-1", 1.0, 0.995, 1.0, 0.94),
        ("unseen-2", 1.0, 0.99, 1.0, 1.0),
        ("unseen-3", 0.94, 0.92, 0.91, 0.77),
        ("unseen-4", 0.97, 0.965, 1.0, 0.61),
    ],
)
def test_the_reader_keeps_its_floor(
    name: str, intents: float, fields: float, flags: float, missing: float
) -> None:
    total = score(DATA / f"{name}.jsonl")
    assert total.broken == []
    assert total.intents >= intents, total.notes
    assert total.fields.f1 >= fields, total.notes
    assert total.flags.f1 >= flags, total.notes
    assert total.missing.f1 >= missing, total.notes
