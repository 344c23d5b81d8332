"""What is kept, and how: the store port on SQLite and PostgreSQL."""

from storage.encryption import new_key
from storage.maintenance import Broken, Verdict, replace_keys, verify
from storage.opening import DEFAULT_URL, open_store, upgrade
from storage.store import Readiness, SqlStore

__all__ = [
    "DEFAULT_URL",
    "Broken",
    "Readiness",
    "SqlStore",
    "Verdict",
    "new_key",
    "open_store",
    "replace_keys",
    "upgrade",
    "verify",
]
