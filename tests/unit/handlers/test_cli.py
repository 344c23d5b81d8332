from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from handlers import cli
from handlers.shipped import EXAMPLE, shipped

PATIENT = "Gwendolyn Ashcombe"


def test_a_key_is_32_bytes_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["keys", "new"]) == 0
    line = capsys.readouterr().out.removesuffix("\n")
    assert len(base64.urlsafe_b64decode(line)) == 32
    assert cli.run(["keys", "new"]) == 0
    assert capsys.readouterr().out.removesuffix("\n") != line


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["keys"], ["keys", "nonsense"], ["keys", "new", "--colour"], ["keys", "new", "x"]],
)
def test_a_wrong_call_is_told_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith("referral-bot: ")
    assert "referral-bot --help" in told
    assert told.count("\n") == 1


def test_without_a_verb_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "keys" in capsys.readouterr().out


@pytest.mark.usefixtures("logs_restored")
def test_a_bug_is_one_line_with_a_reference_to_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ZeroDivisionError(PATIENT)

    monkeypatch.setattr("storage.encryption.new_key", fail)
    assert cli.run(["keys", "new"]) == 1
    log_line, sentence = capsys.readouterr().err.splitlines()
    logged = json.loads(log_line)
    assert logged["error"] == "ZeroDivisionError"
    assert logged["reference"] in sentence
    assert PATIENT not in log_line + sentence
    assert "Traceback" not in log_line + sentence


def test_the_light_verbs_load_none_of_the_heavy_parts() -> None:
    heavy = "sqlalchemy", "slack_bolt", "aiohttp", "apscheduler"
    code = f"import sys, handlers.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def understand(lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "handlers.cli", "understand", *options]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=False)


def test_understand_writes_a_line_for_each_message() -> None:
    message = {"id": "m1", "now": "2026-11-24T10:00:00-06:00", "sender": "nurse"}
    lines = "".join(
        json.dumps({**message, "id": name, "text": text}) + "\n"
        for name, text in (("m1", "status of Jane Whitcomb?"), ("m2", "thanks!"))
    )
    done = understand(lines, "--directory", str(shipped(EXAMPLE)))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["m1", "m2"]
    assert answers[0]["intents"] == ["check_status"]
    assert answers[0].keys() == {"id", "intents", "fields", "missing", "flags"}


def test_understand_says_which_line_is_no_message_and_reads_the_others() -> None:
    done = understand('{"id": "m1", "now": "2026-11-24T10:00:00-06:00", "text": "thanks"}\nnonsense\n')
    assert done.returncode == 2
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["intents"] == ["thanks"]
    assert "line 2" in second["error"]
    assert "line 2" in done.stderr
    assert done.stderr.count("\n") == 1


def test_understand_refuses_a_directory_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "practice.yaml"
    file.write_text("practice: nonsense")
    done = understand("", "--directory", str(file))
    assert done.returncode == 2
    assert "import" in done.stderr
