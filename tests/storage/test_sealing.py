"""What patients are known by stands nowhere in the clear, and does not open anywhere but where it was put."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

import storage
from referral_bot.errors import ReferralBotError, SetupError, Unreadable
from referral_bot.model import Document, Event, OutboxMessage, Question, Referral
from storage import SqlStore, new_key, replace_keys
from storage.encryption import KeyRing
from storage.opening import engine_for
from tests.storage.conftest import Database
from tests.storage.samples import document, event, keep, message, patient, question, run, submitted

SECRETS = ["Okonkwo", "Adaeze", "1962-03-04", "2025550117", "Zzyzx", "MEM-778", "holter", "ecg-okonkwo"]


def fill(store: SqlStore) -> None:
    packet = patient(mrn="MEM-778")
    packet.reason = "Zzyzx syndrome"
    keep(
        store,
        submitted(packet=packet),
        event("e1", text="Okonkwo called about the holter"),
        question("q1", "r1", text="Is Adaeze on Zzyzx?", answer="holter"),
        document("d1", name="ecg-okonkwo.pdf", source={"url": "x/holter"}, content=b"Okonkwo Zzyzx" * 99),
        message("m1", content={"title": "Okonkwo, Adaeze 1962-03-04"}),
    )


def scan(database: Database) -> bytes:
    """Every byte that the database has written: the files of SQLite, every row of PostgreSQL."""
    engine = engine_for(database.url)
    if engine.dialect.name == "sqlite":
        folder = Path(engine.url.database or "").parent
        return b"".join(path.read_bytes() for path in folder.iterdir())
    found = b""
    with engine.connect() as connection:
        for table in storage.tables.METADATA.sorted_tables:
            for row in connection.execute(sqlalchemy.select(table)):
                found += b"\n".join(
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                )
    engine.dispose()
    return found


def test_nothing_of_a_patient_stands_in_the_clear(database: Database) -> None:
    store = database.open()
    fill(store)
    before = scan(database)
    store.close()
    for found in (before, scan(database)):
        assert b"elm" in found, "what is looked through is the database"
        for secret in SECRETS:
            assert secret.lower().encode() not in found.lower(), secret


def test_the_same_value_is_sealed_differently_each_time() -> None:
    ring = KeyRing.read(new_key())
    assert ring.seal(b"x", "referral", "r1") != ring.seal(b"x", "referral", "r1")


@given(plain=st.binary(max_size=200), bit=st.integers(min_value=0))
def test_a_bit_that_flips_is_noticed(plain: bytes, bit: int) -> None:
    ring = KeyRing.read(new_key())
    sealed = bytearray(ring.seal(plain, "referral", "r1"))
    assert ring.open(bytes(sealed), "referral", "r1") == plain
    bit %= 8 * len(sealed)
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unreadable):
        ring.open(bytes(sealed), "referral", "r1")


@pytest.mark.parametrize("length", range(34))
def test_a_value_cut_short_is_noticed(length: int) -> None:
    ring = KeyRing.read(new_key())
    with pytest.raises(Unreadable):
        ring.open(ring.seal(b"x", "referral", "r1")[:length], "referral", "r1")


@pytest.mark.parametrize("place", [("referral", "r2"), ("event", "r1"), ("referra", "lr1"), ("referral", "")])
def test_a_value_opens_only_in_its_own_row(place: tuple[str, str]) -> None:
    ring = KeyRing.read(new_key())
    with pytest.raises(Unreadable):
        ring.open(ring.seal(b"x", "referral", "r1"), *place)


def tamper(database: Database, statement: str) -> None:
    engine = engine_for(database.url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(statement))
    engine.dispose()


def test_a_sealed_part_copied_from_another_row_does_not_open(store: SqlStore, database: Database) -> None:
    keep(store, submitted("r1", packet=patient("Okonkwo")), submitted("r2", packet=patient("Flores")))
    tamper(database, "UPDATE referral SET sealed = (SELECT sealed FROM referral WHERE id = 'r2')")
    assert run(store, lambda tx: tx.get(Referral, "r2")).packet.patient.last == "Flores"
    with pytest.raises(Unreadable) as refused:
        run(store, lambda tx: tx.get(Referral, "r1"))
    assert "Flores" not in str(refused.value)


@pytest.mark.parametrize(
    ("table", "kind", "id"),
    [
        ("referral", Referral, "r1"),
        ("event", Event, "e1"),
        ("question", Question, "q1"),
        ("document", Document, "d1"),
        ("document_content", Document, "d1"),
        ("outbox", OutboxMessage, "m1"),
    ],
)
def test_a_changed_row_does_not_open(
    store: SqlStore, database: Database, table: str, kind: Any, id: str
) -> None:
    fill(store)
    assert run(store, lambda tx: tx.get(kind, id)) is not None
    hexed = "x'01020304050607'" if database.url.startswith("sqlite") else r"'\x01020304050607'"
    tamper(database, f"UPDATE {table} SET sealed = {hexed}")
    with pytest.raises(Unreadable):
        run(store, lambda tx: tx.get(kind, id))


# ---------------------------------------------------------------- keys


def test_a_key_is_32_bytes_in_one_line() -> None:
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert {len(base64.urlsafe_b64decode(key)) for key in keys} == {32}
    assert not any(character in key for key in keys for character in " ,\n+/")


KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize("text", ["", " , ", "short", KEY[:-2], f"{KEY}AAAA", "ключ", f"{KEY},x"])
def test_a_key_that_is_none_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SetupError) as refused:
        KeyRing.read(text)
    assert not text.strip(" ,") or text not in str(refused.value)


def test_the_first_key_seals_and_all_open() -> None:
    old, new = new_key(), new_key()
    sealed = KeyRing.read(old).seal(b"x", "referral", "r1")
    both = KeyRing.read(f"{new}, {old}\n")
    assert both.open(sealed, "referral", "r1") == b"x"
    assert KeyRing.read(new).open(both.seal(b"y", "referral", "r1"), "referral", "r1") == b"y"
    with pytest.raises(Unreadable):
        KeyRing.read(new).open(sealed, "referral", "r1")


def test_the_hashes_patients_are_found_by_differ_by_key_and_by_kind() -> None:
    one, other = KeyRing.read(new_key()), KeyRing.read(new_key())
    assert one.find_hash("last", "okonkwo") == one.find_hash("last", "okonkwo")
    assert one.find_hash("last", "okonkwo") != one.find_hash("first", "okonkwo")
    assert one.find_hash("last", "okonkwo") != other.find_hash("last", "okonkwo")


def open_with(database: Database, *keys: str) -> SqlStore:
    return storage.open_store(database.url, ",".join(keys))


def test_keys_are_replaced_while_everything_stays_readable_and_findable(database: Database) -> None:
    old, new = database.keys, new_key()
    store = open_with(database, old)
    fill(store)
    store.close()

    store = open_with(database, new, old)
    assert [each.id for each in run(store, lambda tx: tx.referrals_by_patient(last="okonkwo"))] == ["r1"]
    keep(store, submitted("r2"))
    assert len(run(store, lambda tx: tx.referrals_by_patient(last="okonkwo", first="adaeze"))) == 2
    assert replace_keys(store) == 6, "a referral, an event, a question, a document and its content, a message"
    assert replace_keys(store) == 0
    store.close()

    store = open_with(database, new)
    assert [each.id for each in run(store, lambda tx: tx.referrals_by_patient(last="okonkwo"))] == [
        "r1",
        "r2",
    ]
    assert run(store, lambda tx: tx.get(Document, "d1")).content == b"Okonkwo Zzyzx" * 99
    assert run(store, lambda tx: tx.get(Event, "e1")).detail == {"text": "Okonkwo called about the holter"}
    store.close()
    with pytest.raises(SetupError, match="key that is not here"):
        open_with(database, old)


def test_a_database_opens_only_with_every_key_it_was_sealed_with(database: Database) -> None:
    first, second = database.keys, new_key()
    open_with(database, first).close()
    open_with(database, second, first).close()
    for ring in ([second], [first], [new_key()]):
        with pytest.raises(SetupError, match="sealed with a key that is not here"):
            open_with(database, *ring)
    open_with(database, first, second).close()


def test_the_key_file_is_made_once_beside_the_database_for_its_owner_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'referral_bot.db'}"
    store = storage.open_store(url)
    fill(store)
    store.close()
    file = tmp_path / "referral_bot.keys"
    made = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    store = storage.open_store(url)
    assert run(store, lambda tx: tx.get(Referral, "r1")).packet.patient.last == "Okonkwo"
    store.close()
    assert file.read_text() == made


def test_a_key_file_that_is_lost_is_not_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'referral_bot.db'}"
    storage.open_store(url).close()
    (tmp_path / "referral_bot.keys").unlink()
    with pytest.raises(SetupError, match=r"sealed with a key that is not here: put referral_bot\.keys back"):
        storage.open_store(url)
    assert not (tmp_path / "referral_bot.keys").exists()


def test_a_broken_key_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "referral_bot.keys").write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match=r"referral_bot\.keys cannot be read"):
        storage.open_store(f"sqlite:///{tmp_path / 'referral_bot.db'}")


def test_no_error_of_a_statement_shows_what_it_was_given(store: SqlStore) -> None:
    fill(store)
    with pytest.raises(Exception, match=r".") as refused:
        keep(store, submitted("r1", packet=patient("Okonkwo")))
    assert not any(secret in f"{refused.value!r}" for secret in SECRETS)
    assert not isinstance(refused.value, ReferralBotError)
