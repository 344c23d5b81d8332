"""Run the fault tests and print what came of them, as the table of docs/reliability.md.

    python3 make.py faults [small | full | SHARE] [PYTEST]

`full` takes a night and more; a share such as 0.1 tries everything a tenth as often. What stands behind
goes to pytest, such as `-k f1`. The exit code is pytest's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

RESULTS = "FAULT_RESULTS"
"""Names the file to which each test that has passed adds a line of what it tried."""


def main(arguments: list[str]) -> int:
    """Run, print the table, and return pytest's exit code."""
    runs, more = ("small", arguments)
    if arguments and _is_count(arguments[0]):
        runs, more = arguments[0], arguments[1:]
    with tempfile.TemporaryDirectory() as folder:
        results, report = Path(folder) / "results", Path(folder) / "report.xml"
        results.touch()
        command = [sys.executable, "-m", "pytest", "tests/faults", "-q", f"--junitxml={report}", *more]
        environment = {**os.environ, "FAULT_RUNS": runs, RESULTS: str(results)}
        code = subprocess.run(command, env=environment, check=False).returncode
        lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
        failed = list(_failed(report)) if report.exists() else []
    print(table(lines, failed, datetime.now(UTC).date()))
    return code


def _is_count(argument: str) -> bool:
    return argument in ("small", "full") or argument.replace(".", "", 1).isdigit()


def _failed(report: Path) -> Iterator[str]:
    """The names of the tests that have failed, in pytest's own report."""
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            yield str(case.get("name"))


def table(lines: list[dict[str, Any]], failed: list[str], day: date) -> str:
    """The results as Markdown. No failure in n trials bounds the rate of failures at 3/n (95 %)."""
    rows = ["| date | fault | tried | trials | failures | rate below | also measured |"]
    rows.append("|---|---|---|---|---|---|---|")
    for line in sorted(lines, key=lambda line: (int(line["fault"][1:]), line["what"])):
        measured = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in line["measured"].items())
        trials = line["trials"]
        rows.append(
            f"| {day} | {line['fault']} | {line['what']} | {trials:,} | 0 | {3 / trials:.2g} | {measured} |"
        )
    rows += [f"| {day} | | {name} | | FAILED | | |" for name in failed]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
