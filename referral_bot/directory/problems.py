"""What is wrong with a directory file: each problem with its path and line."""

from __future__ import annotations

from dataclasses import dataclass

from referral_bot.errors import ReferralBotError


@dataclass(frozen=True)
class Problem:
    """One thing to mend: `offices[1].people[0].npi` on a line of the file (counted from 1), in a sentence."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.message}"


class DirectoryInvalid(ReferralBotError):
    """The file can't be imported; nothing was changed. `problems` stand in the order of their lines."""

    def __init__(self, problems: tuple[Problem, ...], source_name: str = "") -> None:
        count = len(problems)
        said = f"{count} problem{'s' if count != 1 else ''}; nothing was imported."
        super().__init__(f"{source_name}: {said}" if source_name else said)
        self.problems = problems
