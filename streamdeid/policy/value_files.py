"""Files of values with their weights: text, JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from streamdeid.policy.word_files import read_text

_STRUCTURED: Final = {".json", ".yaml", ".yml"}
_KEYS: Final = frozenset({"value", "weight", "sex", "region"})


class Entry(NamedTuple):
    """One value; what it says of sex and region is empty where it says nothing."""

    value: str
    weight: float = 1.0
    sex: str = ""
    region: str = ""


def read_entries(file: Path) -> list[Entry]:
    """The values of a UTF-8 file. JSON (``.json``) and YAML (``.yaml``): a list of values, of mappings of ``value``,
    ``weight``, ``sex`` and ``region``, or one mapping of values to weights. Any other: one value a line, with a weight
    after a tab if it has one; blank lines and lines that begin with ``#`` hold none.

    Raises:
        ValueError: it cannot be read, or holds what is no value; says which file and line or entry, and no value.
    """
    text = read_text(file)
    try:
        entries = list(entries_of(_parsed(text, file)) if file.suffix.lower() in _STRUCTURED else _of_lines(text))
    except ValueError as fault:
        raise ValueError(f"the file {file}, {fault}") from None
    if not entries:
        raise ValueError(f"the file {file} holds no values")
    return entries


def entries_of(content: Any) -> Iterator[Entry]:
    """The values of a list, or of a mapping to weights.

    Raises:
        ValueError: one of them is no value; says the number of its entry.
    """
    if isinstance(content, Mapping):
        content = [{"value": value, "weight": weight} for value, weight in content.items()]
    if not isinstance(content, list | tuple):
        raise ValueError("entry 1: give a list of values, or a mapping of values to weights")  # noqa: TRY004 - as below
    for number, one in enumerate(content, 1):
        given = one if isinstance(one, Mapping) else {"value": one}
        try:
            yield _entry(given)
        except ValueError as fault:
            raise ValueError(f"entry {number}: {fault}") from None


def _entry(given: Mapping[str, Any]) -> Entry:
    unknown = next((str(key) for key in given if key not in _KEYS), None)
    if unknown is not None:
        raise ValueError(f"there is no {unknown}; an entry has value, weight, sex and region")
    value, weight = given.get("value"), given.get("weight", 1)
    sex, region = given.get("sex", ""), given.get("region", "")
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a value is a text that is not empty; put it in quotes if it looks like a number")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0.001 <= weight <= 1e9:
        raise ValueError("a weight is a number from 0.001 to 1,000,000,000")
    if sex not in ("", "F", "M") or not isinstance(region, str):
        raise ValueError("sex is F or M, and region a text")
    return Entry(value.strip(), float(weight), sex, region)


def _of_lines(text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        value, _, weight = line.strip().partition("\t")
        if value and not value.startswith("#"):
            try:
                yield _entry({"value": value, "weight": float(weight or 1)})
            except ValueError as fault:
                reason = fault if "weight is" in str(fault) else "after the tab stands no number"
                raise ValueError(f"line {number}: {reason}") from None


def _parsed(text: str, file: Path) -> Any:
    try:
        return json.loads(text) if file.suffix.lower() == ".json" else yaml.load(text, yaml.CSafeLoader)
    except json.JSONDecodeError as fault:
        raise ValueError(f"line {fault.lineno}: not JSON: {fault.msg}") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ValueError(f"line {line}: not YAML: {getattr(fault, 'problem', None) or 'cannot be read'}") from None
    except RecursionError:
        raise ValueError("line 1: nested too deeply") from None
