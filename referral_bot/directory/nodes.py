"""YAML as entries that know their path and line, and the collecting of problems while reading them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import yaml

from referral_bot.directory.problems import DirectoryInvalid, Problem

LARGEST: Final = 1_000_000
"""Characters of a directory file."""
DEEPEST: Final = 12
MOST: Final = 200_000
"""Values of a file, what aliases repeat included."""

Value = TypeVar("Value")


@dataclass
class Entry:
    """A value of the file: a scalar's Python value, a list's or mapping's entries."""

    path: str
    line: int
    value: object
    items: list[Entry] = field(default_factory=list)
    fields: dict[str, Entry] = field(default_factory=dict)
    kind: str = "scalar"


class Reader:
    """Reads values out of entries. What is wrong is noted, and reading goes on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._read = 0

    def wrong(self, entry: Entry, message: str) -> None:
        """Note a problem at an entry."""
        self.problems.append(Problem(entry.path, entry.line, message))

    # -- the file

    def parse(self, text: str) -> Entry | None:
        """The root of a file. Raises DirectoryInvalid if it isn't YAML at all."""
        if len(text) > LARGEST:
            raise DirectoryInvalid((Problem("", 1, "The file is larger than a directory can be (1 MB)."),))
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            said = f"This is not valid YAML here: {error.problem or 'unreadable'}."
            raise DirectoryInvalid((Problem("", line, said),)) from None
        except yaml.YAMLError:
            raise DirectoryInvalid(
                (Problem("", 1, "The file has characters that YAML does not allow."),)
            ) from None
        except RecursionError:
            raise DirectoryInvalid((Problem("", 1, "The file is nested too deeply."),)) from None
        if node is None:
            raise DirectoryInvalid((Problem("", 1, "The file is empty."),))
        return self._entry(node, "", 0, frozenset())

    def _entry(self, node: yaml.Node, path: str, depth: int, above: frozenset[int]) -> Entry:
        entry = Entry(path, node.start_mark.line + 1, None)
        self._read += 1
        if self._read > MOST:
            raise DirectoryInvalid((Problem(path, entry.line, "The file holds more than a directory can."),))
        if depth > DEEPEST or id(node) in above:
            self.wrong(entry, "This is nested too deeply.")
            return entry
        above = above | {id(node)}
        if isinstance(node, yaml.SequenceNode):
            entry.kind = "list"
            entry.items = [
                self._entry(item, f"{path}[{index}]", depth + 1, above)
                for index, item in enumerate(node.value)
            ]
        elif isinstance(node, yaml.MappingNode):
            entry.kind = "mapping"
            for key_node, value_node in node.value:
                self._field(entry, key_node, value_node, depth, above)
        else:
            entry.value = self._scalar(entry, node)
        return entry

    def _field(
        self, entry: Entry, key_node: yaml.Node, value_node: yaml.Node, depth: int, above: frozenset[int]
    ) -> None:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        path = f"{entry.path}.{key}" if entry.path else key
        if key in entry.fields:
            place = Entry(path, key_node.start_mark.line + 1, None)
            self.wrong(place, f"This key stands twice; it was set on line {entry.fields[key].line} already.")
            return
        entry.fields[key] = self._entry(value_node, path, depth + 1, above)

    def _scalar(self, entry: Entry, node: yaml.Node) -> object:
        if node.tag == "tag:yaml.org,2002:null":
            return None
        if node.tag == "tag:yaml.org,2002:int":
            try:
                return int(str(node.value).replace("_", ""))
            except ValueError:
                return str(node.value)
        return str(node.value)

    # -- values

    def mapping(
        self, entry: Entry | None, known: Iterable[str], required: Iterable[str] = (), what: str = "entry"
    ) -> Mapping[str, Entry]:
        """The fields of a mapping; unknown and missing ones are noted."""
        if entry is None:
            return {}
        if entry.kind != "mapping":
            self.wrong(entry, f"Here the {what} is written as keys with values.")
            return {}
        names = list(known)
        for key, child in entry.fields.items():
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f" Do you mean {near[0]}?" if near else f" Known here: {', '.join(names)}."
                self.wrong(child, f"The key {key} is not known here.{hint}")
        for key in required:
            if (
                key not in entry.fields
                or (entry.fields[key].value is None
                and entry.fields[key].kind == "scalar")
            ):
                self.wrong(entry, f"The {what} needs {key}.")
        return {key: child for key, child in entry.fields.items() if key in names}

    def free_mapping(self, entry: Entry | None) -> Mapping[str, Entry]:
        """The fields of a mapping whose keys are up to the file."""
        if entry is None:
            return {}
        if entry.kind != "mapping":
            self.wrong(entry, "Here keys with values are needed.")
            return {}
        return entry.fields

    def items(self, entry: Entry | None) -> list[Entry]:
        """The entries of a list; a single value counts as a list of one."""
        if entry is None or (entry.kind == "scalar" and entry.value is None):
            return []
        if entry.kind == "mapping":
            self.wrong(entry, "Here a list is needed.")
            return []
        return entry.items if entry.kind == "list" else [entry]

    def text(self, entry: Entry | None, default: str = "") -> str:
        """A text."""
        if entry is None or (entry.kind == "scalar" and entry.value is None):
            return default
        if entry.kind != "scalar":
            self.wrong(entry, "Here a text is needed.")
            return default
        return str(entry.value).strip()

    def texts(self, entry: Entry | None) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(filter(None, (self.text(item) for item in self.items(entry))))

    def whole(self, entry: Entry, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        if not isinstance(entry.value, int) or not least <= entry.value <= most:
            self.wrong(entry, f"Here a whole number from {least} to {most} is needed.")
            return None
        return entry.value

    def one_of(self, entry: Entry | None, choices: Iterable[str], what: str) -> str | None:
        """One of a few words."""
        if entry is None:
            return None
        said, known = self.text(entry), list(choices)
        if said in known:
            return said
        near = difflib.get_close_matches(said, known, n=1)
        hint = f"Do you mean {near[0]}?" if near else f"Known: {', '.join(known) or 'none yet'}."
        self.wrong(entry, f"{said or 'Nothing'} is no {what} here. {hint}")
        return None

    def made(self, entry: Entry, parse: Callable[[str], Value], message: str) -> Value | None:
        """What `parse` makes of a text; a ValueError is noted as `message`."""
        try:
            return parse(self.text(entry))
        except ValueError:
            self.wrong(entry, message)
            return None
