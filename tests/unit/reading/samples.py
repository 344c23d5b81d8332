"""What the tests of the reader share."""

from __future__ import annotations

from datetime import datetime

from referral_bot.reading import Context, OfferedSlot, OpenReferral, Reading, read

NOW = datetime.fromisoformat("2026-11-24T10:00:00-06:00")
"""A Tuesday, two days before Thanksgiving."""

OFFICE = Context(
    office="Prairie View Family Care",
    open_referrals=(
        OpenReferral("RB-2K7M", "Helen Markowitz"),
        OpenReferral("RB-4T9W", "Luis Ortega-Vance"),
        OpenReferral("RB-6F3C", "Denise Abara"),
        OpenReferral("RB-9P4J", "Denise Kowalski"),
        OpenReferral("RB-8H2D", "Thanh Pham"),
    ),
)
SLOTS = (
    OfferedSlot(1, "S-1", datetime.fromisoformat("2026-12-02T09:20:00-06:00")),
    OfferedSlot(2, "S-2", datetime.fromisoformat("2026-12-02T14:00:00-06:00")),
    OfferedSlot(3, "S-3", datetime.fromisoformat("2026-12-07T10:40:00-06:00")),
)


def reading_of(text: str, context: Context = OFFICE) -> Reading:
    """What the built-in vocabulary reads, at `NOW`."""
    return read(text, now=NOW, context=context)
