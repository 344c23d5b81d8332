"""Alembic's entry point: runs migrations on the connection that `storage.migrations` hands it."""

from __future__ import annotations

from alembic import context

from storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
