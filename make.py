#!/usr/bin/env python3
"""Everything that is done with a clone. Needs Python 3.11 or newer, and nothing else.

    python3 make.py demo [OPTIONS]   try it: installs into .venv, then runs `referral-bot demo`
    python3 make.py test [PYTEST]    everything CI checks: style, types, import contracts, tests
    python3 make.py faults [RUNS]    kill, cut off, fill up and overload it; RUNS: small, full, or a share
    python3 make.py lock             pin anew what is installed, after a change to pyproject.toml

A second call installs nothing unless what is to be installed has changed.
"""

# It prints, it runs commands, and an older Python shall be told by a sentence.
# ruff: noqa: S603, T201, UP036
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ARTIFACTS = ROOT / "artifacts"
RUNTIME = ROOT / "requirements/runtime.txt"
DEV = ROOT / "requirements/dev.txt"
UV = "uv==0.13.9"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}


def main(arguments: list[str]) -> int:
    """Do what the first argument says; the exit code is 0 done, 1 failed, 2 called wrongly."""
    if sys.version_info < (3, 11):
        return complain("Python 3.11 or newer is needed; run this file with it: `python3.11 make.py`.", 2)
    commands = {"demo": demo, "test": test, "faults": faults, "lock": lock}
    if not arguments or arguments[0] not in commands:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except subprocess.CalledProcessError as error:
        return complain(f"`{' '.join(map(str, error.cmd))}` failed; what it said stands above.", 1)
    except KeyboardInterrupt:
        return 130


def demo(arguments: list[str]) -> int:
    """Run the demo; the arguments are its own."""
    install(RUNTIME)
    return subprocess.run([PYTHON, "-m", "handlers.cli", "demo", *arguments], check=False).returncode


def test(arguments: list[str]) -> int:
    """Check everything, or with arguments only what pytest is asked for."""
    install(DEV)
    browser = find_browser() or install_browser()
    if browser is None:
        why = "there is no Chromium: install the package chromium, or Google Chrome"
        if IN_CI:
            return complain(f"The browser tests cannot run; {why}.", 1)
        print(f"The browser tests will be skipped; {why}.", flush=True)
    if not install_teams_client():
        why = "npm could not bring Microsoft's client for Teams; what it said stands above"
        if IN_CI:
            return complain(f"The tests in it cannot run; {why}.", 1)
        print(f"The tests in Microsoft's client for Teams will be skipped; {why}.", flush=True)
    # Which browser the tests in tests/browser start; without it they skip themselves.
    environment = {**os.environ, "CHROMIUM": browser or ""}
    ARTIFACTS.mkdir(exist_ok=True)
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadscope"]
    if arguments:
        return subprocess.run([*pytest, *arguments], cwd=ROOT, env=environment, check=False).returncode
    steps: dict[str, list[str | Path]] = {
        "style": [PYTHON, "-m", "ruff", "check", "."],
        "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
        "types": [PYTHON, "-m", "mypy"],
        "tests": [*pytest, f"--junitxml={ARTIFACTS / 'tests.xml'}"],
    }
    return run_steps(steps, environment)


def faults(arguments: list[str]) -> int:
    """Run the fault tests and print the table of docs/reliability.md."""
    install(DEV)
    return subprocess.run([PYTHON, "-m", "tests.faults.run", *arguments], cwd=ROOT, check=False).returncode


def run_steps(steps: dict[str, list[str | Path]], environment: dict[str, str]) -> int:
    """Run every step, also after one that failed, and say how each went."""
    results = []
    for name, command in steps.items():
        print(f"== {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        results.append((name, code, time.monotonic() - began))
    print("== summary")
    for name, code, seconds in results:
        print(f"{name:8} {'ok' if code == 0 else f'FAILED (exit code {code})':24} {seconds:6.1f} s")
    return 1 if any(code for _, code, _ in results) else 0


def lock(_: list[str]) -> int:
    """Write requirements/*.txt from pyproject.toml: newest versions, pinned, each with its hashes."""
    import tomllib  # which older Pythons do not have

    make_venv()
    pip("install", "--quiet", UV)
    build = "\n".join(tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"])
    for target, extra in ((RUNTIME, []), (DEV, ["--extra", "dev"])):
        options = ["--quiet", "--upgrade", "--generate-hashes", "--universal", "--python-version", "3.11"]
        # No path of the machine that pinned them; and uv names no address unless it is asked to.
        options += ["--no-header", "--no-annotate"]
        options += ["--output-file", str(target.relative_to(ROOT)), *extra]
        subprocess.run(
            [PYTHON, "-m", "uv", "pip", "compile", *options, "pyproject.toml", "-"],
            cwd=ROOT,
            input=build,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"{target.relative_to(ROOT)} is written")
    return 0


def install(requirements: Path) -> None:
    """Bring .venv to what `requirements` pins, and the project itself into it, unless it is there."""
    make_venv()
    stamp = VENV / f"{requirements.stem}.stamp"
    wanted = fingerprint(requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {requirements.relative_to(ROOT)} into .venv …", flush=True)
    pip("install", "--quiet", "--require-hashes", "-r", requirements)
    # The build tool is among what was pinned, so that nothing unpinned is fetched to build this.
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(wanted)


def fingerprint(requirements: Path) -> str:
    """What an installation depends on."""
    content = requirements.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return json.dumps([sys.version, str(ROOT), hashlib.sha256(content).hexdigest()])


def make_venv() -> None:
    """Make .venv unless it is there."""
    if PYTHON.exists():
        return
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            complain("Python cannot make a virtual environment; on Debian install python3-venv.", 1)
        )


def pip(*arguments: str | Path) -> None:
    """Run pip inside .venv."""
    subprocess.run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments], cwd=ROOT, check=True)


def find_browser() -> str | None:
    """A Chromium on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> str | None:
    """Get Chromium where that is one command that asks nothing: as root on Debian and its kin."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    print("Installing Chromium for the browser tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    return find_browser()


def install_teams_client() -> bool:
    """Get what handlers/demo/npm names, into .venv."""
    wanted = [PYTHON, "-m", "handlers.demo.packages", "--for-tests"]
    return subprocess.run(wanted, cwd=ROOT, check=False).returncode == 0


def complain(sentence: str, code: int) -> int:
    """Say what is wrong in one line."""
    print(f"make.py: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
