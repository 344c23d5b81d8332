from __future__ import annotations

import subprocess
import sys


def test_without_teams_microsofts_sdk_is_not_loaded() -> None:
    # A process of its own: others here have loaded it.
    asked = (
        "import sys, handlers.app, handlers.cli; print([m for m in sys.modules if m.startswith('microsoft')])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
