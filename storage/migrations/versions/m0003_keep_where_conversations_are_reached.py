"""Keep where conversations are reached, and which threads stand in one without threads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
"""Microseconds since 1970 on SQLite."""


def upgrade() -> None:
    """Keep where conversations are reached, and which threads stand in one without threads."""
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_platform_account", "conversation", ["platform", "account"])
    op.create_index("ix_conversation_platform_member", "conversation", ["platform", "member"])
    op.create_index("ix_conversation_platform_seen_at", "conversation", ["platform", "seen_at"])
    op.add_column("thread", sa.Column("flat", sa.Boolean(), nullable=False, server_default=sa.false()))
