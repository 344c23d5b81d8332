"""Files that come with the program: in a clone they lie at its root, in an installation under `share`."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from referral_bot.errors import SetupError

MANIFEST = "app_manifest.yaml"
EXAMPLE = "examples/practice.yaml"

_ROOT = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """Where the file of this name (as in a clone) lies. Raises SetupError if it is not there."""
    in_clone = _ROOT / name
    if in_clone.is_file():
        return in_clone
    installed = metadata.files("referral-bot") or ()
    for file in installed:
        if file.as_posix().endswith(f"share/referral-bot/{name}"):
            return Path(str(file.locate()))
    raise SetupError(f"{name} is missing from this installation: install referral-bot again.")
