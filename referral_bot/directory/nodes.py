"""YAML as entries that know their path and line, and the collecting of problems while reading them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypeVar
from unicodedata import category

import yaml

from referral_bot.directory.problems import DirectoryInvalid, Problem

LARGEST: Final = 1_000_000
"""Characters of a directory file."""
DEEPEST: Final = 12
"""Levels of lists and mappings; the format itself needs six."""
MOST: Final = 200_000
"""Values of a file, those included that YAML's aliases repeat."""
SHOWN: Final = 60
"""Characters of a wrong value that are repeated in its message."""

Value = TypeVar("Value")


class Kind(Enum):
    """What an entry is in YAML."""

    SCALAR = auto()
    LIST = auto()
    MAPPING = auto()


@dataclass
class Entry:
    """A value of the file: a scalar's text (none for null), a list's items or a mapping's fields.

    `line` is the line of the key where the value has one, else its own; counted from 1.
    """

    path: str
    line: int
    kind: Kind = Kind.SCALAR
    text: str | None = None
    items: list[Entry] = field(default_factory=list)
    fields: dict[str, Entry] = field(default_factory=dict)
    twice: list[tuple[str, Entry]] = field(default_factory=list)
    """Keys of a mapping that stood in it already, with their values."""

    @property
    def blank(self) -> bool:
        """Whether nothing is said here: null, an empty text or an empty list."""
        return self.kind is not Kind.MAPPING and not self.items and not (self.text or "").strip()


def shown(text: str) -> str:
    """A value of the file as its message repeats it: quoted, on one line, not too long."""
    flat = " ".join(text.split())
    return f'"{flat[:SHOWN]}…"' if len(flat) > SHOWN else f'"{flat}"'


# ---------------------------------------------------------------- the file


def parse(text: str) -> Entry:
    """The root of a file. Raises DirectoryInvalid if it isn't YAML, or far from any directory."""
    if len(text) > LARGEST:
        raise _unreadable(1, "The file is larger than a directory can be (1 MB).")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(*_syntax(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _unreadable(line, "Here is a character that YAML does not allow. Remove it.") from None
    except (ValueError, OverflowError):
        raise _unreadable(1, "The file has an escape sequence of no character, after a \\U.") from None
    except RecursionError:
        raise _unreadable(1, "The file is nested too deeply.") from None
    root = _Parser().entry(node, "", node.start_mark.line + 1, 0) if node else None
    if root is None or root.blank:
        raise _unreadable(1, "The file is empty.")
    return root


def _unreadable(line: int, message: str, path: str = "") -> DirectoryInvalid:
    return DirectoryInvalid((Problem(path, line, message),))


def _syntax(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    begun = ""
    if error.context and error.context_mark:
        begun = f", {error.context} that begins on line {error.context_mark.line + 1}"
    mark = error.problem_mark or error.context_mark
    return (mark.line + 1 if mark else 1), f"This is not valid YAML: {error.problem}{begun}."


class _Parser:
    """Turns YAML's nodes into entries. Aliases are followed, as far as `MOST` values go."""

    def __init__(self) -> None:
        self._count = 0

    def entry(self, node: yaml.Node, path: str, line: int, depth: int) -> Entry:
        self._count += 1
        if self._count > MOST:
            raise _unreadable(line, "The file holds more than a directory can.", path)
        if depth > DEEPEST:
            raise _unreadable(line, "This is nested too deeply.", path)
        if isinstance(node, yaml.SequenceNode):
            return Entry(path, line, Kind.LIST, items=list(self._items(node, path, depth)))
        if isinstance(node, yaml.MappingNode):
            entry = Entry(path, line, Kind.MAPPING)
            for key_node, value_node in node.value:
                self._field(entry, key_node, value_node, depth)
            return entry
        is_null = node.tag == "tag:yaml.org,2002:null"
        return Entry(path, line, text=None if is_null else _text(node, path))

    def _items(self, node: yaml.SequenceNode, path: str, depth: int) -> Iterator[Entry]:
        for index, item in enumerate(node.value):
            yield self.entry(item, f"{path}[{index}]", item.start_mark.line + 1, depth + 1)

    def _field(self, entry: Entry, key_node: yaml.Node, value_node: yaml.Node, depth: int) -> None:
        key = _text(key_node, entry.path) if isinstance(key_node, yaml.ScalarNode) else "?"
        step = " ".join(key.split())[:SHOWN]
        path = f"{entry.path}.{step}" if entry.path else step
        child = self.entry(value_node, path, key_node.start_mark.line + 1, depth + 1)
        if key in entry.fields:
            entry.twice.append((key, child))
        else:
            entry.fields[key] = child


def _text(node: yaml.Node, path: str) -> str:
    """A scalar's text. Escape sequences may put characters into it that can't be shown or sent."""
    text = str(node.value)
    if any(category(character) in ("Cc", "Cs") and not character.isspace() for character in text):
        line = node.start_mark.line + 1
        raise _unreadable(line, "Here is a control character, or half of one. Remove it.", path)
    return text


# ---------------------------------------------------------------- its values


class Reader:
    """Reads values out of entries. What is wrong is noted, once, and reading goes on."""

    def __init__(self) -> None:
        self._wrong: dict[Problem, None] = {}
        self.warnings: list[Problem] = []

    @property
    def problems(self) -> list[Problem]:
        """Everything noted so far."""
        return list(self._wrong)

    def wrong(self, entry: Entry, message: str) -> None:
        """Note a problem at an entry; a value that is read twice is complained of once."""
        self._wrong[Problem(entry.path, entry.line, message)] = None

    def warn(self, entry: Entry, message: str) -> None:
        """Note something that does not stand in the way of an import."""
        self.warnings.append(Problem(entry.path, entry.line, message))

    def mapping(
        self, entry: Entry | None, known: Iterable[str], required: Iterable[str] = (), what: str = "entry"
    ) -> Mapping[str, Entry]:
        """The known fields of a mapping; unknown, repeated and missing ones are noted."""
        fields = self.free_mapping(entry, what)
        names = list(known)
        for key, child in fields.items():
            if key not in names:
                hint = nearest(key, names) or f"Known here: {', '.join(names)}."
                self.wrong(child, f"The key {shown(key)} is not known here. {hint}")
        if entry is not None and entry.kind is Kind.MAPPING:
            for key in required:
                if key not in fields or fields[key].blank:
                    self.wrong(entry, f"The {what} needs {key}.")
        return {key: child for key, child in fields.items() if key in names}

    def free_mapping(self, entry: Entry | None, what: str = "entry") -> Mapping[str, Entry]:
        """The fields of a mapping whose keys are up to the file; none where nothing is said."""
        if entry is None or entry.blank:
            return {}
        if entry.kind is not Kind.MAPPING:
            self.wrong(entry, f"Here the {what} is written as keys with values.")
            return {}
        for key, child in entry.twice:
            line = entry.fields[key].line
            self.wrong(child, f"The key {shown(key)} stands twice; it was set on line {line} already.")
        return entry.fields

    def items(self, entry: Entry | None) -> list[Entry]:
        """The entries of a list; a single value counts as a list of one."""
        if entry is None or entry.blank:
            return []
        if entry.kind is Kind.MAPPING:
            self.wrong(entry, "Here a list is needed.")
            return []
        if entry.kind is Kind.SCALAR:
            return [entry]
        for item in entry.items:
            if item.blank:
                self.wrong(item, "This entry is empty. Fill it in, or remove it.")
        return [item for item in entry.items if not item.blank]

    def text(self, entry: Entry | None, most: int = 300) -> str:
        """A text of at most so many characters, empty where nothing is said."""
        if entry is None:
            return ""
        if entry.kind is not Kind.SCALAR:
            self.wrong(entry, "Here a text is needed.")
            return ""
        said = " ".join((entry.text or "").split())
        if len(said) > most:
            self.wrong(entry, f"This is longer than {most} characters. Shorten it.")
            return said[:most]
        return said

    def texts(self, entry: Entry | None, most: int = 75) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(filter(None, (self.text(item, most) for item in self.items(entry))))

    def whole(self, entry: Entry, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        said = self.text(entry)
        if said.isascii() and said.isdecimal() and len(said) <= len(str(most)) and least <= int(said) <= most:
            return int(said)
        self.wrong(entry, f"Here a whole number from {least} to {most} is needed.")
        return None

    def one_of(self, entry: Entry | None, choices: Iterable[str], what: str) -> str | None:
        """One of a few words, none where nothing is said."""
        if entry is None or entry.blank:
            return None
        said, known = self.text(entry), list(choices)
        if said in known:
            return said
        if entry.kind is not Kind.SCALAR:
            return None
        hint = nearest(said, known) or f"Known: {', '.join(known) or 'none yet'}."
        self.wrong(entry, f"There is no {what} {shown(said)}. {hint}")
        return None

    def made(self, entry: Entry | None, parse: Callable[[str], Value]) -> Value | None:
        """What `parse` makes of a text, none where nothing is said; its ValueError's sentence is noted."""
        if entry is None or entry.blank:
            return None
        said = self.text(entry)
        try:
            return parse(said) if said else None
        except ValueError as problem:
            self.wrong(entry, str(problem))
            return None


def nearest(said: str, known: Sequence[str]) -> str:
    """The one of the known words that was likely meant, as a question; empty where none is near."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(said.casefold(), folded, n=1)
    return f"Do you mean {folded[near[0]]}?" if near else ""
