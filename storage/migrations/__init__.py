"""Bringing a database to the shape this program needs, with Alembic and without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from referral_bot.errors import SetupError

HEAD = "0003"
"""The newest migration."""
_LOCK = 0x7265666572
"""PostgreSQL's advisory lock that lets one program migrate at a time."""


def current(engine: Engine) -> str | None:
    """The migration a database stands at; none if it is new."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check(engine: Engine) -> None:
    """Raise SetupError if a database does not have the shape this program needs."""
    with engine.connect() as connection:
        _refuse_newer(connection)
        if MigrationContext.configure(connection).get_current_revision() != HEAD:
            raise SetupError("The database has not been migrated: run `referral-bot db upgrade`.")


def upgrade(engine: Engine) -> None:
    """Apply what is missing, all or nothing. Raises SetupError if the database is newer than the program."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _refuse_newer(connection)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _refuse_newer(connection: Connection) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision > HEAD:
        raise SetupError(
            f"The database is at migration {revision}, this program knows {HEAD}: "
            "it was made by a newer version. Install that version or a later one."
        )
