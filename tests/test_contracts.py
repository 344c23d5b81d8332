"""What pyproject.toml promises: who may import whom, and that an installation has every file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from handlers.shipped import EXAMPLE, MANIFEST

ROOT = Path(__file__).resolve().parent.parent


def test_imports_keep_the_contracts() -> None:
    # The command itself, as CONTRIBUTING.md tells people to run it.
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_an_installation_has_every_file_of_the_packages(tmp_path: Path) -> None:
    tracked = run("git", "ls-files").splitlines()
    for name in tracked:
        # Built elsewhere: what an earlier build left here would hide a file that is forgotten.
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "source" / name)
    build = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    run(sys.executable, "-m", "pip", "wheel", *build, str(tmp_path / "source"))
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        held = archive.namelist()
    packages = [name for name in tracked if name.startswith(("referral_bot/", "handlers/", "storage/"))]
    assert [name for name in packages if not name.endswith(".md") and name not in held] == []
    for name in (MANIFEST, EXAMPLE, "teams/manifest.json", "teams/color.png", "teams/outline.png"):
        assert any(one.endswith(f"share/referral-bot/{name}") for one in held)


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
