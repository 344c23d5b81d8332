"""What an operator has the program do to its store: verify the audit, replace keys.

Both go through the store a few hundred rows a transaction, beside the program's other work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from storage.audit import BEGINNING, Head
from storage.store import SqlStore, UseCase
from storage.upkeep import SEALED

_BATCH = 500


@dataclass(frozen=True)
class Broken:
    """A link of the audit that does not hold: the row it is at, and what is wrong there."""

    chain: str
    seq: int
    why: str


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. `heads` are the last rows of the chains, to hold a later verdict against."""

    rows: int
    heads: dict[str, Head]
    broken: Broken | None

    def cut_off_since(self, earlier: dict[str, Head]) -> list[str]:
        """Chains that end before they did at an earlier verdict: their newest rows were taken away."""
        return [chain for chain, head in earlier.items() if self._length(chain) < head.seq]

    def _length(self, chain: str) -> int:
        return self.heads[chain].seq if chain in self.heads else 0


def verify(store: SqlStore) -> Verdict:
    """Check every link of the audit, up to the first that does not hold."""
    rows = 0
    heads: dict[str, Head] = {}
    begins_after: dict[bytes, str] = {}
    chains = store.transact(lambda tx: tx.chains()).result()
    for chain in chains:
        first, _ = next(_links(store, chain))
        begins_after[first["previous"]] = chain
    begins_after.pop(BEGINNING, None)
    for chain in chains:
        head = Head(0, b"")
        for row, due in _links(store, chain):
            why = _fault(row, due, head)
            if why:
                return Verdict(rows, heads, Broken(chain, row["seq"], why))
            head = Head(row["seq"], row["hash"])
            begins_after.pop(head.hash, None)
            rows += 1
        heads[chain] = head
    for chain in begins_after.values():
        return Verdict(rows, heads, Broken(chain, 1, "the row that this chain began after is gone"))
    return Verdict(rows, heads, None)


def _links(store: SqlStore, chain: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    after = 0
    while batch := store.transact(_links_behind(chain, after)).result():
        yield from batch
        after = batch[-1][0]["seq"]


def _links_behind(chain: str, after: int) -> UseCase[list[tuple[dict[str, Any], bytes]]]:
    return lambda tx: tx.links(chain, after, _BATCH)


def _fault(row: dict[str, Any], due: bytes, before: Head) -> str | None:
    """What is wrong with a row that follows `before`; none if it holds."""
    if row["seq"] != before.seq + 1:
        return "rows before this one are gone"
    if before.seq and row["previous"] != before.hash:
        return "it does not follow the row before it"
    if row["hash"] != due:
        return "its content was changed"
    return None


def replace_keys(store: SqlStore) -> int:
    """Seal everything with the first key, and write what patients are found by under it; how many rows.

    Every replica must have that key first in its ring by then. Afterwards the others may be taken out
    of the ring; backups from before still want them.
    """
    resealed = 0
    for table in SEALED:
        after: str | None = ""
        while after is not None:
            after, count = store.transact(_reseal_behind(table, after)).result()
            resealed += count
    store.transact(lambda tx: tx.retire_keys()).result()
    return resealed


def _reseal_behind(table: Table, after: str) -> UseCase[tuple[str | None, int]]:
    return lambda tx: tx.reseal(table, after, _BATCH)
