"""Opening the store that DATABASE_URL names, with the keys it was sealed with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random, SystemRandom

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from referral_bot.errors import SetupError, Unreadable
from storage import migrations, postgres, sqlite
from storage.encryption import KEY_BYTES, KeyRing, new_key
from storage.store import SqlStore
from storage.tables import SEALING_KEY

DEFAULT_URL = "sqlite:///referral_bot.db"
_ADOPTING = 0x6B657973
"""PostgreSQL's advisory lock under which replicas that start together agree on keys."""


def open_store(
    database_url: str = DEFAULT_URL,
    keys: str | None = None,
    *,
    rng: Random | None = None,
    pool_size: int = postgres.POOL_SIZE,
) -> SqlStore:
    """Open the store of this URL, sealed with `keys` (as REFERRAL_BOT_KEYS has them).

    SQLite is brought to the present shape, and without `keys` gets a key file beside it at its first
    start. PostgreSQL wants both done before: `referral-bot db upgrade`, and REFERRAL_BOT_KEYS. `rng` is
    where ids and references come from; `pool_size` is how many turns PostgreSQL runs at once.

    Raises SetupError, with the mend, if the database cannot be reached, is newer than the program or
    not migrated, or was sealed with keys that are not here.
    """
    engine = engine_for(database_url, pool_size)
    random = rng or SystemRandom()
    with _explained(engine):
        if engine.dialect.name == "sqlite":
            migrations.upgrade(engine)
            ring = KeyRing.read(keys) if keys else _ring_beside(engine)
            return sqlite.SqliteStore(engine, ring, _adopt(engine, ring), random)
        if not keys:
            raise SetupError("PostgreSQL wants REFERRAL_BOT_KEYS: make a key with `referral-bot keys new`.")
        migrations.check(engine)
        ring = KeyRing.read(keys)
        return postgres.PostgresStore(engine, ring, _adopt(engine, ring), random, pool_size)


def upgrade(database_url: str) -> None:
    """Bring a database to the present shape: `referral-bot db upgrade`. Raises SetupError as `open_store`."""
    engine = engine_for(database_url)
    with _explained(engine):
        migrations.upgrade(engine)
    engine.dispose()


def engine_for(database_url: str, pool_size: int = postgres.POOL_SIZE) -> Engine:
    """An engine of the kind the store uses. Raises SetupError if the URL is none it can use."""
    url = _parse(database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite.engine_for(url)
    return postgres.engine_for(url, pool_size)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    """Turn what goes wrong at the start into a sentence, and let go of the engine then."""
    try:
        yield
    except DBAPIError as error:
        engine.dispose()
        raise SetupError(f"The database cannot be opened ({_reason(error)}): check DATABASE_URL.") from error
    except SetupError:
        engine.dispose()
        raise


def _parse(database_url: str) -> URL:
    if database_url.startswith("postgres:"):
        database_url = database_url.replace("postgres:", "postgresql:", 1)
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise SetupError(
            "DATABASE_URL is not a database's address: use sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from None
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite")
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise SetupError("DATABASE_URL names a database other than SQLite and PostgreSQL.")


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]


# ---------------------------------------------------------------- keys


def _ring_beside(engine: Engine) -> KeyRing:
    """The ring of the key file beside a SQLite file, made now if nothing has been sealed yet."""
    if sqlite.in_memory(engine.url):
        return KeyRing.read(new_key())
    path = Path(engine.url.database or "").with_suffix(".keys")
    if not path.exists():
        if _sealed_with(engine):
            raise SetupError(
                "This database was sealed with a key that is not here: "
                f"put {path.name} back beside it, or set REFERRAL_BOT_KEYS."
            )
        _write_durably(path, new_key() + "\n")
    try:
        return KeyRing.read(path.read_text("ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(
            f"The key file {path.name} cannot be read: mend it or set REFERRAL_BOT_KEYS."
        ) from error


def _write_durably(path: Path, content: str) -> None:
    """Write a new file, for its owner alone, to the disk itself: what is sealed next depends on it."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        pass  # another process that started at the same moment has made it
    except OSError as error:
        raise SetupError(f"The key file {path.name} cannot be written beside the database.") from error


def _sealed_with(engine: Engine) -> dict[str, bytes]:
    with engine.connect() as connection:
        return {row.id: row.sealed for row in connection.execute(select(SEALING_KEY))}


def _adopt(engine: Engine, ring: KeyRing) -> bytes:
    """Check the ring against the keys the database was sealed with, and add its first to them.

    Returns the database's audit key, which is made with the first ring and kept sealed under each.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADOPTING})
        sealed = {row.id: row.sealed for row in connection.execute(select(SEALING_KEY))}
        if sealed.keys() - ring.ids:
            raise SetupError(
                "This database was sealed with a key that is not here: "
                "add the missing one to REFERRAL_BOT_KEYS, behind the first."
            )
        audit_key = os.urandom(KEY_BYTES)
        for key_id, value in sealed.items():
            try:
                audit_key = ring.open(value, SEALING_KEY.name, key_id)
            except Unreadable as error:
                raise SetupError(str(error)) from error
        if ring.first_id not in sealed:
            value = ring.seal(audit_key, SEALING_KEY.name, ring.first_id)
            connection.execute(insert(SEALING_KEY).values(id=ring.first_id, sealed=value))
    return audit_key
