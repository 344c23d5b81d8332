"""`referral-bot import`: a directory file into the store, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from referral_bot.directory import Directory, DirectoryInvalid, Problem, compare, read_directory
from referral_bot.directory.in_use import still_in_use
from referral_bot.model import AuditAction, AuditEntry
from referral_bot.store import Transaction
from storage import SqlStore


@dataclass(frozen=True)
class Imported:
    """What an import changed, or would change, in sentences, and what it says by the way."""

    changes: list[str]
    warnings: tuple[Problem, ...]


def import_directory(store: SqlStore, text: str, *, dry_run: bool = False) -> Imported:
    """Make the kept directory the one that `text` describes; importing it again changes nothing.

    Raises DirectoryInvalid with everything that is wrong with the file, or still in use without it.
    """
    directory = read_directory(text)

    def use_case(tx: Transaction) -> list[str]:
        if problems := still_in_use(tx, directory.practice, datetime.now(UTC)):
            raise DirectoryInvalid(problems)
        changes = compare(_kept(tx), directory)
        if not dry_run:
            tx.replace_directory(
                directory.practice,
                directory.offices,
                directory.people,
                directory.identities,
                directory.channels,
            )
            tx.audit(_noted())
        return changes

    return Imported(store.transact(use_case).result(), directory.warnings)


def _kept(tx: Transaction) -> Directory | None:
    practice = tx.practice()
    if practice is None:
        return None
    offices = tx.offices()
    sides = [None, *(office.key for office in offices)]
    people = [person for side in sides for person in tx.people(side)]
    return Directory(
        practice=practice,
        offices=tuple(offices),
        people=tuple(people),
        identities=tuple(identity for person in people for identity in tx.identities(person.key)),
        channels=tuple(channel for side in sides for channel in tx.channels(side)),
    )


def _noted() -> AuditEntry:
    return AuditEntry(
        at=datetime.now(UTC),
        actor_key=None,
        action=AuditAction.CHANGED,
        what="directory.import",
        place="command line",
    )
