"""The README's commands, as written: what they name is there, and every verb explains itself."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from handlers import cli

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if path.exists()]


def commands(document: Path) -> list[list[str]]:
    """The lines of a document's shell blocks as words, without prompts and comments."""
    text = document.read_text("utf-8")
    blocks = re.findall(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```", text, re.S | re.M)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    single = [part.strip() for line in lines for part in line.split("&&")]
    return [words for line in single if (words := shlex.split(line, comments=True))]


ALL = [(document.name, words) for document in DOCUMENTS for words in commands(document)]


def test_the_readme_shows_commands() -> None:
    assert any(name == "README.md" for name, _ in ALL)


def strip_environment(words: list[str]) -> list[str]:
    """A command without the settings before it."""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words


@pytest.mark.parametrize(("document", "words"), ALL, ids=lambda value: str(value)[:60])
def test_a_command_names_what_is_there(
    document: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = strip_environment(words)
    if words[:2] == ["python3", "make.py"]:
        listed = subprocess.run(
            [sys.executable, "make.py"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert f"make.py {words[2]}" in listed.stderr
        words = ["referral-bot", "demo", *words[3:]] if words[2] == "demo" else []
    if words and words[0].endswith("referral-bot"):
        verb = [word for word in words[1:3] if re.fullmatch("[a-z]+", word)]
        if verb[0] not in ("keys", "db", "audit"):
            verb = verb[:1]
        assert cli.run([*verb, "--help"]) == 0
        help_text = capsys.readouterr().out
        for option in (word.split("=")[0] for word in words if word.startswith("--")):
            assert option in help_text
    for word in words[1:]:
        if re.fullmatch(r"[\w./-]+\.(ya?ml|py|md|txt)", word) and "/" in word:
            assert (ROOT / word).exists(), f"{document} names {word}"


def test_every_verb_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    listed = capsys.readouterr().out
    verbs = re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.M)
    assert {"demo", "serve", "import", "check", "understand", "keys", "db", "audit"} <= set(verbs)
    for verb in verbs:
        assert cli.run([verb, "--help"]) == 0
        assert len(capsys.readouterr().out.splitlines()) > 3
