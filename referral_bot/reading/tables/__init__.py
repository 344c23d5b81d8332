"""Tables of words, one file each. Data only: what they mean is decided in the modules beside this package.

A table has lines `value: form, form, …`; a list has words between spaces; lines that begin with # are
remarks.
"""

from __future__ import annotations

from importlib.resources import files


def _lines(name: str) -> list[str]:
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def table(name: str, *, own: bool = True) -> dict[str, tuple[str, ...]]:
    """Read a table: each value with its forms in lower case; `own` says whether the value is a form too."""
    read: dict[str, tuple[str, ...]] = {}
    for line in _lines(name):
        value, _, rest = line.partition(": ")
        listed = [form.strip().lower() for form in rest.split(",") if form.strip()]
        read[value] = tuple(dict.fromkeys([value.lower(), *listed] if own else listed))
    return read


def word_list(name: str) -> frozenset[str]:
    """Read a list of words."""
    return frozenset(word for line in _lines(name) for word in line.split())
