"""YAML that remembers on which line everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from streamdeid.errors import PolicyError

Path = tuple[str | int, ...]
_MERGE_KEY = "tag:yaml.org,2002:merge"


class _UniqueKeys(yaml.CSafeLoader):
    """YAML, where a key that stands twice in one mapping is an error: the last one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE_KEY:
                continue
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands here twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


class _WithoutDates(_UniqueKeys):
    """YAML, where 1957-11-22 is the text that it is."""


_WithoutDates.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in _UniqueKeys.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, what it says, and the nodes from which lines are told."""

    name: str
    content: Any
    node: yaml.Node | None

    def line(self, path: Sequence[str | int]) -> tuple[int, int]:
        """How many steps of `path` are there, and the line, from 1 on, of the last one that is."""
        node, line = self.node, 1
        for steps, step in enumerate(path):
            found = _below(node, step)
            if found is None:
                return steps, line
            line, node = found
        return len(path), line


def read_yaml(text: str, name: str, *, dates: bool = True) -> Source:
    """A file's content with its lines. `dates`: whether what looks like a date becomes one, as YAML has it.

    Raises:
        PolicyError: not YAML; says on which line.
    """
    loader = _UniqueKeys(text) if dates else _WithoutDates(text)
    try:
        node = loader.get_single_node()
        return Source(name, None if node is None else loader.construct_document(node), node)
    except (yaml.YAMLError, ValueError) as fault:  # ValueError: a date such as 2024-13-41
        mark = getattr(fault, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise PolicyError(f"{name}{where}: not valid YAML: {_problem(fault)}") from None
    except RecursionError:
        raise PolicyError(f"{name}: not valid YAML: nested too deeply") from None
    finally:
        loader.dispose()


def _problem(fault: Exception) -> str:
    """What is wrong, in a line."""
    return str(getattr(fault, "problem", None) or fault).partition("\n")[0]


def _below(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """The line on which an entry starts, and its value."""
    if isinstance(node, yaml.SequenceNode):
        if not isinstance(step, int) or not 0 <= step < len(node.value):
            return None
        return node.value[step].start_mark.line + 1, node.value[step]
    if not isinstance(node, yaml.MappingNode):
        return None
    # What a merge key brings in has been put before the mapping's own entries.
    entries = ((key, value) for key, value in reversed(node.value) if key.value == str(step))
    return next(((key.start_mark.line + 1, value) for key, value in entries), None)
