"""The directory's documentation describes the format that is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from referral_bot.directory import DirectoryInvalid, read_directory

DOCS = (Path(__file__).parents[2] / "docs/directory.md").read_text()
BLOCKS = "\n".join(re.findall(r"```yaml\n(.*?)```", DOCS, flags=re.DOTALL))


def test_the_blocks_of_the_documentation_are_a_directory_together() -> None:
    directory = read_directory(BLOCKS)
    assert directory.warnings == ()
    assert [office.key for office in directory.offices] == ["lakeside"]


def test_the_documentation_shows_every_key_that_is_read() -> None:
    tree = yaml.safe_load(BLOCKS)
    shown = set(keys_of(tree))
    for mapping in mappings_of(tree):
        mapping["zzzz"] = None
    with pytest.raises(DirectoryInvalid) as caught:
        read_directory(yaml.safe_dump(tree))
    told = [problem.message for problem in caught.value.problems]
    known = {key for said in re.findall(r"Known here: (.*?)\.", "\n".join(told)) for key in said.split(", ")}
    assert len(known) > 40
    assert known <= shown


def mappings_of(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from mappings_of(inner)


def keys_of(value: object) -> Iterator[str]:
    for mapping in mappings_of(value):
        yield from mapping
