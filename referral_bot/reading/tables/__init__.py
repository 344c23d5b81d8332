"""Tables of words. Data only: what they mean is decided in the modules beside this package.

A table is written as lines `value: form, form, …`; the value itself is a form too.
"""

from __future__ import annotations


def forms(text: str, *, own: bool = True) -> dict[str, tuple[str, ...]]:
    """Read a table: each value with its forms in lower case; `own` says whether the value is a form too."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        value, _, rest = line.partition(":")
        value = value.strip()
        listed = [form.strip().lower() for form in rest.split(",") if form.strip()]
        table[value] = tuple(dict.fromkeys([value.lower(), *listed] if own else listed))
    return table


def words(text: str) -> frozenset[str]:
    """Read a plain list of words."""
    return frozenset(text.lower().split())
