from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers import cli
from handlers.audit_report import COLUMNS, Selection, report
from handlers.importing import import_directory
from handlers.settings import Settings
from handlers.shipped import EXAMPLE, shipped
from referral_bot.model import AuditAction, AuditEntry, Referral, State
from storage import SqlStore, open_store
from storage.transaction import SqlTransaction

AT = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)
TEXT = shipped(EXAMPLE).read_text("utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "practice.yaml").write_text(TEXT, "utf-8")
    return tmp_path


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    import_directory(store, TEXT)
    yield store
    store.close()


# ---------------------------------------------------------------- import


def test_importing_sets_up_and_importing_again_changes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["import", "practice.yaml"]) == 0
    assert "Riverbend Heart & Vascular" in capsys.readouterr().out
    assert cli.run(["import", "practice.yaml"]) == 0
    assert capsys.readouterr().out == "nothing changes\n"


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["import", "practice.yaml"])
    (here / "practice.yaml").write_text(TEXT.replace("Tess Moran", "Tess Morrow"), "utf-8")
    capsys.readouterr()
    for _ in range(2):
        assert cli.run(["import", "practice.yaml", "--dry-run"]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith("dry run: ")
        assert "Tess Morrow" in line


def test_every_problem_is_told_with_its_line_and_nothing_is_imported(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = TEXT.replace("mon-wed", "wed-mox").replace("US-IL", "US-XX")
    (here / "practice.yaml").write_text(broken, "utf-8")
    assert cli.run(["import", "practice.yaml"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert all(line.startswith("practice.yaml: line ") for line in told[:2])
    assert told[2] == "referral-bot: 2 problems; nothing was imported."


def test_a_file_that_is_not_text_is_a_wrong_call(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "practice.yaml").write_bytes(b"\xff\xfe\x00")
    assert cli.run(["import", "practice.yaml"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_wrong_setting_is_a_wrong_call(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHI_MODE", "full")
    assert cli.run(["import", "practice.yaml"]) == 2
    assert "PHI_BAA" in capsys.readouterr().err


def test_leavers_lose_their_access_and_keep_their_history(store: SqlStore) -> None:
    without = "\n".join(line for line in TEXT.splitlines() if "U0JOY" not in line)
    changes = import_directory(store, without).changes
    assert changes == ["Joy Tan loses access"]
    joy = store.transact(lambda tx: tx.person("joy")).result()
    assert joy is not None
    assert not joy.active


def test_an_import_is_a_row_of_the_record(store: SqlStore) -> None:
    entries = store.transact(lambda tx: tx.audit_entries()).result()
    assert [(entry.action, entry.what) for entry in entries] == [(AuditAction.CHANGED, "directory.import")]


# ---------------------------------------------------------------- audit show


@pytest.fixture
def seen(store: SqlStore) -> SqlStore:
    """A referral that Tess has looked at twice, a day apart."""
    referral = Referral(
        id="id-1",
        reference="RB-7K2M",
        state=State.SUBMITTED,
        office_key="lakeside",
        sent_by="maria",
        started_at=AT,
    )

    def use_case(tx: SqlTransaction) -> None:
        tx.add(referral)
        for day in range(2):
            entry = AuditEntry(
                at=AT + timedelta(days=day),
                actor_key="tess",
                action=AuditAction.VIEWED,
                what="referral.details",
                subject_id="id-1",
                office_key="lakeside",
                place="slack:C0INTAKE",
            )
            tx.audit(entry)

    store.transact(use_case).result()
    return store


def rows(store: SqlStore, selection: Selection) -> list[list[str]]:
    lines = list(report(store, selection, as_csv=True))
    read = list(csv.reader(io.StringIO("\n".join(lines))))
    assert tuple(read[0]) == COLUMNS
    return [row for row in read[1:] if row[4] == "referral.details"]


def test_a_row_says_who_saw_what_when_and_where(seen: SqlStore) -> None:
    first = rows(seen, Selection(reference="rb-7k2m"))[0]
    at, *rest = first
    assert at == "2026-11-24T09:20:00-06:00"
    assert rest == ["tess", "", "viewed", "referral.details", "RB-7K2M", "lakeside", "slack:C0INTAKE"]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(), 2),
        (Selection(office_key="lakeside"), 2),
        (Selection(office_key="hillcrest"), 0),
        (Selection(person_key="tess"), 2),
        (Selection(person_key="raj"), 0),
        (Selection(since=datetime(2026, 11, 25)), 1),  # noqa: DTZ001 (in the practice's zone)
        (Selection(until=datetime(2026, 11, 25)), 1),  # noqa: DTZ001
        (Selection(since=datetime(2026, 11, 24, 9, 21)), 1),  # noqa: DTZ001
    ],
)
def test_rows_are_selected(seen: SqlStore, selection: Selection, found: int) -> None:
    assert len(rows(seen, selection)) == found


def test_looking_into_the_record_is_a_row_of_it(seen: SqlStore) -> None:
    rows(seen, Selection(office_key="lakeside"))
    entries = seen.transact(lambda tx: tx.audit_entries(office_key="lakeside")).result()
    assert [entry.what for entry in entries].count("audit.show") == 1


@pytest.mark.parametrize("option", [["--referral", "RB-XXXX"], ["--office", "x"], ["--person", "x"]])
def test_a_selection_of_something_that_is_not_there_is_a_wrong_call(
    here: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["import", "practice.yaml"])
    capsys.readouterr()
    assert cli.run(["audit", "show", *option]) == 2
    assert option[1] in capsys.readouterr().err


def test_audit_show_prints_csv(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["import", "practice.yaml"])
    capsys.readouterr()
    assert cli.run(["audit", "show", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == ",".join(COLUMNS)


# ---------------------------------------------------------------- audit verify, db upgrade


def test_an_untouched_record_holds_and_says_where_it_ends(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.run(["import", "practice.yaml"])
    capsys.readouterr()
    assert cli.run(["audit", "verify"]) == 0
    first, *heads = capsys.readouterr().out.splitlines()
    assert first == "1 row holds."
    assert re.fullmatch(r"chain main ends at row 1, [0-9a-f]{64}", heads[0])


def test_a_changed_row_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["import", "practice.yaml"])
    cli.run(["audit", "show"])
    with sqlite3.connect("referral_bot.db") as database:
        database.execute("update audit set actor_key = 'somebody' where seq = 2")
    capsys.readouterr()
    assert cli.run(["audit", "verify"]) == 1
    told = capsys.readouterr().err
    assert "row 2 of chain main" in told
    assert told.count("\n") == 1


def test_upgrading_makes_the_tables(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["db", "upgrade"]) == 0
    assert "migration" in capsys.readouterr().out
    with sqlite3.connect("referral_bot.db") as database:
        assert database.execute("select count(*) from referral").fetchone() == (0,)
