"""The directory is what was last imported, in every process, and history stays."""

from __future__ import annotations

import pytest

from referral_bot.errors import Stale
from referral_bot.model import Channel, ChannelKind, Identity, Office, Person, Role, Side
from storage import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.conftest import Database
from tests.storage.samples import CHANNELS, IDENTITIES, OFFICES, PEOPLE, PRACTICE, directory, run

BEN = Person(key="ben", name="Ben Adler", role=Role.NURSE, side=Side.OFFICE, office_key="elm")


def test_there_is_no_practice_before_the_first_import(database: Database) -> None:
    store = database.open()
    assert run(store, lambda tx: (tx.practice(), tx.offices(), tx.people(None))) == (None, [], [])
    run(store, directory)
    assert run(store, lambda tx: tx.practice()) == PRACTICE
    store.close()


def test_everything_imported_is_found(store: SqlStore) -> None:
    assert run(store, lambda tx: tx.practice()) == PRACTICE
    assert run(store, lambda tx: tx.offices()) == OFFICES
    assert run(store, lambda tx: tx.office("oak")) == OFFICES[1]
    assert run(store, lambda tx: [tx.person(each.key) for each in PEOPLE]) == PEOPLE
    assert run(store, lambda tx: (tx.people("elm"), tx.people(None))) == ([PEOPLE[0]], [PEOPLE[2]])
    assert run(store, lambda tx: tx.identity("slack", "U2")) == IDENTITIES[1]
    assert run(store, lambda tx: tx.identities("maria")) == [IDENTITIES[0]]
    assert run(store, lambda tx: tx.channel("slack", "C2")) == CHANNELS[1]
    assert run(store, lambda tx: (tx.channels("elm"), tx.channels(None))) == ([CHANNELS[0]], [CHANNELS[1]])


def test_what_nobody_imported_is_not_there(store: SqlStore) -> None:
    assert run(store, lambda tx: (tx.office("x"), tx.person("x"), tx.channel("slack", "C9"))) == (None,) * 3
    assert run(store, lambda tx: (tx.identity("teams", "U1"), tx.identity("slack", "U9"))) == (None, None)
    assert run(store, lambda tx: (tx.people("x"), tx.identities("x"), tx.channels("x"))) == ([], [], [])


def test_who_is_no_longer_in_the_directory_stays_inactive(store: SqlStore) -> None:
    run(store, lambda tx: tx.replace_directory(PRACTICE, OFFICES[:1], [BEN, PEOPLE[2]], IDENTITIES[1:], []))
    assert run(store, lambda tx: tx.offices()) == OFFICES[:1]
    assert run(store, lambda tx: tx.office("oak").active) is False  # type: ignore[union-attr]
    assert run(store, lambda tx: tx.people("elm")) == [BEN]
    maria = run(store, lambda tx: tx.person("maria"))
    assert (maria.name, maria.active) == ("Maria Flores", False)
    assert run(store, lambda tx: (tx.identity("slack", "U1"), tx.identities("maria"))) == (None, [])
    assert run(store, lambda tx: tx.channel("slack", "C1")) is None

    run(store, directory)
    assert run(store, lambda tx: tx.person("maria").active) is True  # type: ignore[union-attr]
    assert run(store, lambda tx: tx.identity("slack", "U1")) == IDENTITIES[0]


def test_importing_the_same_twice_changes_nothing(store: SqlStore) -> None:
    run(store, directory)
    assert run(store, lambda tx: (tx.offices(), tx.people("elm"), tx.channels(None))) == (
        OFFICES,
        [PEOPLE[0]],
        [CHANNELS[1]],
    )


def bound(account: str, tenant: str) -> Identity:
    return Identity(
        id=f"slack:{account}", platform="slack", account=account, tenant=tenant, person_key="maria"
    )


def test_an_account_keeps_the_tenant_it_was_first_met_in(store: SqlStore) -> None:
    run(store, lambda tx: tx.bind_identity(bound("U1", "T1")))
    run(store, lambda tx: tx.bind_identity(bound("U1", "T1")))
    with pytest.raises(Stale):
        run(store, lambda tx: tx.bind_identity(bound("U1", "T2")))
    run(store, directory)
    assert run(store, lambda tx: tx.identity("slack", "U1").tenant) == "T1"  # type: ignore[union-attr]


def test_another_account_under_the_same_id_begins_without_a_tenant(store: SqlStore) -> None:
    run(store, lambda tx: tx.bind_identity(bound("U1", "T1")))
    other = Identity(id="slack:U1", platform="slack", account="U7", person_key="maria")
    named = Identity(id="slack:U2", platform="slack", account="U2", tenant="T9", person_key="tess")
    run(store, lambda tx: tx.replace_directory(PRACTICE, OFFICES, PEOPLE, [other, named], CHANNELS))
    assert run(store, lambda tx: tx.identity("slack", "U7")) == other
    assert run(store, lambda tx: tx.identity("slack", "U2")) == named


def test_an_import_by_one_process_is_seen_by_the_others_at_once(database: Database) -> None:
    one, other = database.open(), database.open()
    run(one, directory)
    assert run(other, lambda tx: tx.person("maria").name) == "Maria Flores"  # type: ignore[union-attr]
    renamed = PRACTICE.model_copy(update={"name": "Riverbend Heart"})
    people = [PEOPLE[0].model_copy(update={"name": "Maria Reyes"}), *PEOPLE[1:]]
    run(one, lambda tx: tx.replace_directory(renamed, OFFICES, people, IDENTITIES, CHANNELS))
    assert run(other, lambda tx: tx.person("maria").name) == "Maria Reyes"  # type: ignore[union-attr]
    assert run(other, lambda tx: tx.practice()) == renamed
    one.close()
    other.close()


def test_an_import_that_fails_leaves_nothing_behind(store: SqlStore) -> None:
    seen = []

    def fail(tx: SqlTransaction) -> None:
        tx.replace_directory(PRACTICE, [], [BEN], [], [])
        seen.append((tx.offices(), tx.person("ben")))
        raise KeyError

    with pytest.raises(KeyError):
        run(store, fail)
    assert seen == [([], BEN)]
    assert run(store, lambda tx: (tx.offices(), tx.person("ben"))) == (OFFICES, None)


def test_an_import_that_is_undone_within_a_turn_leaves_nothing_behind(store: SqlStore) -> None:
    def replace(tx: SqlTransaction) -> None:
        tx.replace_directory(PRACTICE, [], [BEN], [], [])
        assert tx.offices() == []
        raise KeyError

    def attempt(tx: SqlTransaction) -> list[Office]:
        with pytest.raises(KeyError):
            tx.attempt(lambda: replace(tx))
        return tx.offices()

    assert run(store, attempt) == OFFICES


def test_an_account_without_its_person_is_refused(store: SqlStore) -> None:
    lost = Identity(id="slack:U8", platform="slack", account="U8", person_key="nobody")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        run(store, lambda tx: tx.replace_directory(PRACTICE, OFFICES, PEOPLE, [lost], []))


def test_a_channel_is_linked_once(store: SqlStore) -> None:
    twice = [Channel(id=each, platform="slack", channel="C5", kind=ChannelKind.OFFICE) for each in "ab"]
    with pytest.raises(Exception, match=r"(?i)unique"):
        run(store, lambda tx: tx.replace_directory(PRACTICE, OFFICES, PEOPLE, [], twice))
