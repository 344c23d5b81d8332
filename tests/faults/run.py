"""Run the fault tests and print what came of them, as the table of docs/reliability.md.

    python3 make.py faults [small | full | SHARE] [PYTEST]

`full` takes hours; a share such as 0.1 tries everything a tenth as often. What stands behind goes to
pytest, such as `-k f1`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

RESULTS = "FAULT_RESULTS"
"""Names the file to which each test adds a line of what came of it."""


def main(arguments: list[str]) -> int:
    """Run, print the table, and return pytest's exit code."""
    runs = arguments[0] if arguments and _is_count(arguments[0]) else "small"
    more = arguments[1:] if arguments and _is_count(arguments[0]) else arguments
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        results.touch()
        environment = {**os.environ, "FAULT_RUNS": runs, RESULTS: str(results)}
        command = [sys.executable, "-m", "pytest", "tests/faults", "-q", *more]
        code = subprocess.run(command, env=environment, check=False).returncode
        lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    print(table(lines, datetime.now(UTC).date()))
    return code


def _is_count(argument: str) -> bool:
    return argument in ("small", "full") or argument.replace(".", "", 1).isdigit()


def table(lines: list[dict[str, Any]], day: date) -> str:
    """The results as Markdown. No failure in n trials bounds the rate of failures at 3/n (95 %)."""
    rows = ["| date | fault | tried | trials | failures | rate below | also measured |"]
    rows.append("|---|---|---|---|---|---|---|")
    for line in sorted(lines, key=lambda line: (int(line["fault"][1:]), line["what"])):
        measured = ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in line["measured"].items())
        bound = f"{3 / line['trials']:.2g}"
        rows.append(
            f"| {day} | {line['fault']} | {line['what']} | {line['trials']:,} | 0 | {bound} | {measured} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
