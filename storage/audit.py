"""The record of who saw and changed what, chained so that tampering shows.

Every row holds a keyed hash over its content and the hash of the row before it. The key to it is made
once for a database and kept there sealed, so that whoever can write to the tables but does not hold
the practice's keys cannot mend the chain after a change; it survives the rotation of those keys.

There is one chain a writer: SQLite has one writer and one chain, on PostgreSQL every connection
starts its own, so that replicas do not wait for each other. A chain begins at the newest row of the
others, so that a whole chain cannot be taken away unnoticed once another has begun after it. What no
chain can show is that its newest rows are missing: compare the heads that `verify` gives with those
of an earlier run or of a backup.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import bindparam, select

from referral_bot.model import AuditEntry
from storage import tables
from storage.statements import Statement

BEGINNING = bytes(32)
"""What the first row of the first chain holds as its predecessor."""

_ROWS = tables.AUDIT.c

HEAD = Statement(
    select(_ROWS.seq, _ROWS.hash).where(_ROWS.chain == bindparam("chain")).order_by(_ROWS.seq.desc()).limit(1)
)
NEWEST = Statement(select(_ROWS.hash).order_by(_ROWS.at.desc()).limit(1))
_canonical = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Head:
    """The last row of a chain."""

    seq: int
    hash: bytes


class Chain:
    """A writer's chain. `head` is what this writer knows of its end; none where it has to look."""

    def __init__(self, name: str, key: bytes) -> None:
        self.name = name
        self.head: Head | None = None
        self.key = key

    def next_row(self, entry: AuditEntry) -> dict[str, Any]:
        """The row that continues the chain with this entry; the head moves on to it."""
        assert self.head is not None
        seq, previous = self.head.seq + 1, self.head.hash
        row = {**entry.__dict__, "chain": self.name, "seq": seq, "previous": previous}
        row["hash"] = link(self.key, row)
        self.head = Head(seq, row["hash"])
        return row


def link(key: bytes, row: dict[str, Any]) -> bytes:
    """The hash of a row over its content, its place in its chain and the hash before it."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    told = [
        row[name]
        for name in ("actor_key", "on_behalf_of", "action", "what", "subject_id", "office_key", "place")
    ]
    content = _canonical([row["chain"], row["seq"], row["previous"].hex(), at, *told])
    return hmac.digest(key, content.encode(), "sha256")
