"""YAML as settings need it: bounded, without aliases and tags, every key once, every key with its line."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAXIMUM_DEPTH = 20
MAXIMUM_NODES = 20_000


class UnreadableYaml(Exception):
    """`line` counts from 1; `reason` is a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Lines:
    """The line of each key, by its path in the file."""

    at: dict[tuple[Any, ...], int]

    def of(self, location: tuple[Any, ...]) -> int:
        """The line of the nearest part of the path that the file has."""
        for length in range(len(location), -1, -1):
            if location[:length] in self.at:
                return self.at[location[:length]]
        return 1


class _Loader(yaml.SafeLoader):
    """Refuses aliases (they make a short text a long one) before anything is built."""

    depth = 0
    count = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise UnreadableYaml(line, "Aliases (`*name`) are not read in a settings file. Write the value out.")
        self.count += 1
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH or self.count > MAXIMUM_NODES:
            raise UnreadableYaml(line, "The settings file is nested too deeply or has too many values.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(text: str) -> tuple[Any, Lines]:
    """The values (None for an empty text) and the lines of the keys; raises `UnreadableYaml`."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None, Lines({})
        lines: dict[tuple[Any, ...], int] = {}
        _note_lines(node, (), lines)
        return loader.construct_document(node), Lines(lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise UnreadableYaml(mark.line + 1 if mark else 1, f"The settings file is not YAML: {problem}.") from None
    except (ValueError, TypeError) as error:  # dates and numbers out of range, unhashable keys
        raise UnreadableYaml(1, f"The settings file is not YAML: {error}.") from None


def _note_lines(node: Node, path: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise UnreadableYaml(key.start_mark.line + 1, "A key of the settings file must be a plain word.")
            if key.value in seen:
                raise UnreadableYaml(key.start_mark.line + 1, f"`{key.value}` is set twice.")
            seen.add(key.value)
            lines[(*path, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*path, key.value), lines)
    elif isinstance(node, SequenceNode):
        for number, value in enumerate(node.value):
            _note_lines(value, (*path, number), lines)
