"""The upkeep's part of a transaction: rows walked through in order, to check or to seal them anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Table, bindparam, column, delete, select, table, update

from storage import tables
from storage.audit import link
from storage.records import REFERRALS
from storage.referrals import ReferralWork
from storage.statements import Statement

SEALED = [
    kept for kept in tables.METADATA.sorted_tables if "sealed" in kept.c and kept is not tables.SEALING_KEY
]
"""Tables with a sealed column."""

_AUDIT = tables.AUDIT.c
_LIMIT = bindparam("limit", type_=Integer())
_REVISION = Statement(select(column("version_num")).select_from(table("alembic_version")))
_CHAINS = Statement(select(_AUDIT.chain).distinct().order_by(_AUDIT.chain))
_LINKS = Statement(
    select(tables.AUDIT)
    .where(_AUDIT.chain == bindparam("chain"), _AUDIT.seq > bindparam("after"))
    .order_by(_AUDIT.seq)
    .limit(_LIMIT)
)
_RETIRE = Statement(delete(tables.SEALING_KEY).where(tables.SEALING_KEY.c.id != bindparam("first")))


def _following(kept: Table) -> Statement:
    # Locked, so that a row which somebody is changing is not put back to what it was.
    following = select(kept.c.id, kept.c.sealed).where(kept.c.id > bindparam("after"))
    return Statement(following.order_by(kept.c.id).limit(_LIMIT).with_for_update())


def _put(kept: Table) -> Statement:
    return Statement(update(kept).where(kept.c.id == bindparam("id")).values(sealed=bindparam("sealed")))


_FOLLOWING = {kept.name: _following(kept) for kept in SEALED}
_PUT = {kept.name: _put(kept) for kept in SEALED}


class UpkeepWork(ReferralWork):
    """What the program does to its own store."""

    def revision(self) -> str | None:
        """The migration this database stands at."""
        rows = self._rows(_REVISION)
        return str(rows[0]["version_num"]) if rows else None

    def chains(self) -> list[str]:
        """The names of the audit's chains."""
        return [row["chain"] for row in self._rows(_CHAINS)]

    def links(self, chain: str, after: int, limit: int) -> list[tuple[dict[str, Any], bytes]]:
        """Rows of a chain behind a number, in order, each with the hash that it ought to have."""
        key = self._connection.chain.key
        return [(row, link(key, row)) for row in self._rows(_LINKS, chain=chain, after=after, limit=limit)]

    def reseal(self, kept: Table, after: str, limit: int) -> tuple[str | None, int]:
        """Seal rows behind an id with the first key, where they are not; the last id, and how many were.

        The id is none once there is no row left.
        """
        ring = self._connection.ring
        rows = self._rows(_FOLLOWING[kept.name], after=after, limit=limit)
        old = [row for row in rows if not ring.sealed_with_first(row["sealed"])]
        for row in old:
            plain = ring.open(row["sealed"], kept.name, row["id"])
            self._run(_PUT[kept.name], id=row["id"], sealed=ring.seal(plain, kept.name, row["id"]))
            if kept is tables.REFERRAL:
                (referral,) = self._find(REFERRALS.by_id, row["id"])
                self._keep_findable(referral)
        return (rows[-1]["id"] if rows else None), len(old)

    def retire_keys(self) -> None:
        """Forget that anything was ever sealed with other keys than the first."""
        self._run(_RETIRE, first=self._connection.ring.first_id)
