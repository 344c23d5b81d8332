"""Keep until when a referral is on hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
"""Microseconds since 1970 on SQLite."""


def upgrade() -> None:
    """Keep until when a referral is on hold."""
    op.add_column("referral", sa.Column("on_hold_until", MOMENT, nullable=True))
