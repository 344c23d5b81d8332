"""The directory's part of a transaction: the practice, offices, people, accounts and channels."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, false, or_, select, update
from sqlmodel import SQLModel

from referral_bot.errors import Stale
from referral_bot.model import Channel, Identity, Office, Person
from referral_bot.practice import Practice
from storage import tables
from storage.memo import DirectoryMemo
from storage.records import CHANNELS, IDENTITIES, OFFICES, PEOPLE, Kind, given
from storage.statements import AnyInsert, Statement, Upsert
from storage.work import Connection, Work

Found = TypeVar("Found")
Entry = TypeVar("Entry", bound=SQLModel)

_PRACTICE_ID = 1

_VERSION = Statement(select(tables.PRACTICE.c.version))
_CONTENT = Statement(select(tables.PRACTICE.c.content))

_OFFICE = OFFICES.where(tables.OFFICE.c.key == bindparam("key"))
_OFFICES = OFFICES.where(tables.OFFICE.c.active, order=[tables.OFFICE.c.key])
_PERSON = PEOPLE.where(tables.PERSON.c.key == bindparam("key"))
_ACCOUNT = IDENTITIES.where(
    tables.IDENTITY.c.platform == bindparam("platform"),
    tables.IDENTITY.c.account == bindparam("account"),
    tables.IDENTITY.c.active,
)
_ACCOUNTS = IDENTITIES.where(
    tables.IDENTITY.c.person_key == bindparam("person_key"),
    tables.IDENTITY.c.active,
    order=[tables.IDENTITY.c.id],
)
_CHANNEL = CHANNELS.where(
    tables.CHANNEL.c.platform == bindparam("platform"), tables.CHANNEL.c.channel == bindparam("channel")
)


def _of_office(column: ColumnElement[str]) -> ColumnElement[bool]:
    """The rows of an office; those of the practice where the office is given as none."""
    office = bindparam("office_key", type_=column.type)
    return or_(column == office, and_(office.is_(None), column.is_(None)))


_PEOPLE = PEOPLE.where(
    _of_office(tables.PERSON.c.office_key), tables.PERSON.c.active, order=[tables.PERSON.c.key]
)
_CHANNELS = CHANNELS.where(_of_office(tables.CHANNEL.c.office_key), order=[tables.CHANNEL.c.id])

_BIND = Statement(
    update(tables.IDENTITY)
    .where(
        tables.IDENTITY.c.id == bindparam("id"),
        or_(tables.IDENTITY.c.tenant == "", tables.IDENTITY.c.tenant == bindparam("tenant")),
    )
    .values(tenant=bindparam("tenant"))
)


def _next_practice(insert: AnyInsert) -> AnyInsert:
    new = insert.values(id=_PRACTICE_ID, version=1, content=bindparam("content"))
    return new.on_conflict_do_update(
        index_elements=["id"],
        set_={"version": tables.PRACTICE.c.version + 1, "content": new.excluded.content},
    )


def _upsert(kind: Kind[Entry], key: str) -> Upsert:
    def write(insert: AnyInsert) -> AnyInsert:
        new = insert.values(given(kind.columns))
        changed: dict[str, ColumnElement[Any]] = {
            column.name: new.excluded[column.name] for column in kind.columns if column.name != key
        }
        if kind is IDENTITIES:
            changed["tenant"] = _kept_tenant(new)
        return new.on_conflict_do_update(index_elements=[key], set_=changed)

    return Upsert(kind.table, write)


def _kept_tenant(new: AnyInsert) -> ColumnElement[str]:
    """The tenant an account was met in, unless the directory names one or the account is another."""
    old = tables.IDENTITY.c
    unsaid = and_(
        new.excluded.tenant == "", new.excluded.platform == old.platform, new.excluded.account == old.account
    )
    return case((unsaid, old.tenant), else_=new.excluded.tenant)


_PUT_PRACTICE = Upsert(tables.PRACTICE, _next_practice)
_PUT_OFFICE = _upsert(OFFICES, "key")
_PUT_PERSON = _upsert(PEOPLE, "key")
_PUT_IDENTITY = _upsert(IDENTITIES, "id")
_ADD_CHANNEL = CHANNELS.add
_FORGET_CHANNELS = Statement(delete(tables.CHANNEL))
_RETIRE = [
    Statement(update(table).where(table.c.active).values(active=false()))
    for table in (tables.OFFICE, tables.PERSON, tables.IDENTITY)
]


class DirectoryWork(Work):
    """Reads the directory, through what the process remembers of it, and replaces it."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._memo = connection.memo
        self._version: int | None = None
        self._version_read = False
        self._replaced = False

    def practice(self) -> Practice | None:
        """The practice as last imported; none before the first import."""
        return self._recall("practice", self._read_practice)

    def _read_practice(self) -> Practice | None:
        rows = self._rows(_CONTENT)
        return Practice.model_validate_json(rows[0]["content"]) if rows else None

    def replace_directory(
        self,
        practice: Practice,
        offices: Sequence[Office],
        people: Sequence[Person],
        identities: Sequence[Identity],
        channels: Sequence[Channel],
    ) -> None:
        """Make the directory exactly this; who and what is no longer in it stays, inactive.

        A channel that is no longer in it is forgotten. An account keeps the tenant it was met in.
        """
        # The practice's row first: two imports at once wait for each other here.
        self._run(_PUT_PRACTICE, content=practice.model_dump_json())
        for retire in _RETIRE:
            self._run(retire)
        self._run(_FORGET_CHANNELS)
        for statement, entries in (
            (_PUT_OFFICE, offices),
            (_PUT_PERSON, people),
            (_PUT_IDENTITY, identities),
            (_ADD_CHANNEL, channels),
        ):
            for entry in entries:
                self._run(statement, **entry.__dict__)
        self._replaced = True
        self._look_anew()

    def office(self, key: str) -> Office | None:
        """The office of this key, inactive ones too."""
        return _copy(self._recall(("office", key), lambda: self._record(OFFICES, _OFFICE, key=key)))

    def offices(self) -> list[Office]:
        """Every active office, by key."""
        return _copies(self._recall("offices", lambda: self._records(OFFICES, _OFFICES)))

    def person(self, key: str) -> Person | None:
        """The person of this key, inactive ones too."""
        return _copy(self._recall(("person", key), lambda: self._record(PEOPLE, _PERSON, key=key)))

    def people(self, office_key: str | None) -> list[Person]:
        """The active people of an office, or of the practice for None, by key."""
        return _copies(
            self._recall(
                ("people", office_key), lambda: self._records(PEOPLE, _PEOPLE, office_key=office_key)
            )
        )

    # Accounts are not remembered: a tenant that another replica has just bound must be seen at once.

    def identity(self, platform: str, account: str) -> Identity | None:
        """The active account; the caller compares its tenant."""
        return self._record(IDENTITIES, _ACCOUNT, platform=platform, account=account)

    def identities(self, person_key: str) -> list[Identity]:
        """A person's active accounts, by id."""
        return self._records(IDENTITIES, _ACCOUNTS, person_key=person_key)

    def bind_identity(self, identity: Identity) -> None:
        """Keep the tenant an account was first met in. Raises Stale if it has been met in another."""
        if not self._run(_BIND, id=identity.id, tenant=identity.tenant):
            raise Stale("This account was met in another workspace in the meantime. Ask the practice.")

    def channel(self, platform: str, channel: str) -> Channel | None:
        """What a chat channel is for, if the directory names it."""
        return _copy(
            self._recall(
                ("channel", platform, channel),
                lambda: self._record(CHANNELS, _CHANNEL, platform=platform, channel=channel),
            )
        )

    def channels(self, office_key: str | None) -> list[Channel]:
        """The channels of an office, or the practice's own for None, by id."""
        return _copies(
            self._recall(
                ("channels", office_key), lambda: self._records(CHANNELS, _CHANNELS, office_key=office_key)
            )
        )

    def _look_anew(self) -> None:
        """Forget which version of the directory this transaction saw.

        Once it has replaced the directory, what it reads may never be committed: it must not reach
        other transactions.
        """
        self._version_read = False
        if self._replaced:
            self._memo = DirectoryMemo()

    def _recall(self, question: Hashable, look_up: Callable[[], Found | None]) -> Found | None:
        if not self._version_read:
            rows = self._rows(_VERSION)
            self._version = rows[0]["version"] if rows else None
            self._version_read = True
        return self._memo.recall(self._version, question, look_up)


def _copy(entry: Entry | None) -> Entry | None:
    """A record of the caller's own: what it does to it must not reach what is remembered."""
    return None if entry is None else entry.model_copy()


def _copies(entries: list[Entry] | None) -> list[Entry]:
    return [entry.model_copy() for entry in entries or ()]
