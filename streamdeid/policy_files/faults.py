"""Everything that is wrong with a policy, with its place and, where a name is unknown, what may have been meant."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from streamdeid.detect.ner.labels import KNOWN_NAMES
from streamdeid.likeness import suggestion
from streamdeid.policy.parameters_elsewhere import INSTEAD
from streamdeid.policy.policy import Operator, Policy
from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy_files.including import INCLUDE, Effective, are_rules, entry_depth
from streamdeid.policy_files.known_names import LABELS, declared_segments, doubt
from streamdeid.policy_files.located import Path
from streamdeid.policy_files.wording import in_words
from streamdeid.types import Format

#: What each part that must be there is thought to be where it is not, so that the rest can be looked at.
_LEAST: Final[Mapping[Path, Any]] = {
    ("name",): "unnamed",
    ("hl7v2",): {"rules": {}},
    ("hl7v2", "rules"): {},
    ("fhir",): {"rules": {}},
    ("fhir", "rules"): {},
    ("labels",): {},
}
#: Some checks stop at the first fault; a policy is looked at again without it, so often at most.
_ROUNDS: Final = 100
_IS_OF_PROFILE: Final = "45 CFR 164.514"
_MAY_BE_ANYTHING: Final = "what is not known may be anything"
_TAKES_NO: Final = re.compile(r"(\w+) takes no (\w+)")
_TAKES_NO_WORD: Final = re.compile(r"does not take (\w+)=")
_NO_METHOD: Final = re.compile(r"there is no method (\S+)")


class Fault(NamedTuple):
    """What is wrong with what stands at `path`."""

    path: Path
    message: str


def faults(content: Any) -> list[Fault]:
    """All that is wrong with the content of a policy; nothing where it is valid."""
    declared = declared_segments(content)
    content = copy.deepcopy(content)
    found: list[Fault] = []
    for _ in range(_ROUNDS):
        try:
            Policy.model_validate(content)
            break
        except ValidationError as errors:
            new = [fault for fault in _told(content, errors) if fault not in found]
        found += new
        if any(_IS_OF_PROFILE in fault.message for fault in new):  # these come all at once
            content.pop("profile", None)
        elif not new or not all(_put_right(content, fault) for fault in new):
            break
    return [_of_unknown(fault, declared) for fault in found]


def _of_unknown(fault: Fault, declared: Mapping[str, Mapping[int, str]]) -> Fault:
    """What a profile has against a rule for a name that nothing has, begun with that: it is the slip of the pen."""
    format = {"hl7v2": Format.HL7V2, "fhir": Format.FHIR}.get(str(fault.path[0])) if fault.path else None
    if format is None or _IS_OF_PROFILE not in fault.message or not are_rules(fault.path[:-1]):
        return fault
    found = doubt(format, str(fault.path[-1]), declared)
    return fault if found is None else Fault(fault.path, f"{found.why}; {_MAY_BE_ANYTHING}, and {fault.message}")


def lines(effective: Effective, found: Sequence[Fault]) -> list[str]:
    """``FILE, line N: path: what is wrong``, for each."""
    return [f"{effective.place(path)}: {'.'.join(map(str, path)) or 'policy'}: {message}" for path, message in found]


def _told(content: Any, errors: ValidationError) -> Iterator[Fault]:
    for error in errors.errors(include_url=False):
        written = _as_written(error["loc"])
        if written[-1:] == ("label",) and isinstance(_at(content, written[:-1]), str):
            written = written[:-1]
        for line in in_words(error, written).split("\n"):
            path, what = _named(content, written, line)
            yield Fault(path, what + _hint(content, path, error))


def _as_written(path: Path) -> Path:
    """A path without the form that one of several has: no file says it there."""
    for entries in (("models",), ("detection", "pipeline")):
        depth = len(entries) + 1
        if path[: depth - 1] == entries and len(path) > depth:
            return (*path[:depth], *path[depth + 1 :])
    return path


def _named(content: Any, path: Path, message: str) -> tuple[Path, str]:
    """Checks of a whole section begin with the name of what they are about: the path to that, and the rest."""
    path = tuple(step for step in path if step != "[key]")
    here = _at(content, path)
    if path == ("fhir",) and isinstance(here, Mapping) and isinstance(here.get("paths"), list):
        for number, one in enumerate(here["paths"]):
            if isinstance(one, Mapping) and message.startswith(f"{one.get('path')}: "):
                return (*path, "paths", number), message.removeprefix(f"{one.get('path')}: ")
    for inner in _rule_mappings(content, path):
        prefix = "".join(f"{step}." for step in inner) if not path else ""
        names = [name for name in _at(content, inner) if message.startswith(f"{prefix}{name}: ")]
        if names:
            name = max(names, key=lambda one: len(str(one)))
            return (*inner, name), message.removeprefix(f"{prefix}{name}: ")
    at = tuple(int(step) if step.isdigit() else step for step in message.partition(": ")[0].split("."))
    return (at, message.partition(": ")[2]) if not path and _at(content, at) is not None else (path, message)


def _rule_mappings(content: Any, path: Path) -> Iterator[Path]:
    """The mappings of names to rules at or right below a path."""
    here = _at(content, path)
    if not path:
        for section in ("hl7v2", "fhir", "documents"):
            yield from _rule_mappings(content, (section,))
    below = ("rules", "labels", *(("methods", name) for name in _keys(_at(content, (*path, "methods")))))
    for inner in (path, *((*path, *(step if isinstance(step, tuple) else (step,))) for step in below)):
        if are_rules(inner) and isinstance(here, Mapping) and isinstance(_at(content, inner), Mapping):
            yield inner


def _keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Mapping) else []


def _at(content: Any, path: Path) -> Any:
    for step in path:
        is_there = step in content if isinstance(content, Mapping) else step in range(len(_items(content)))
        if not is_there:
            return None
        content = content[step]
    return content


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _put_right(content: Any, fault: Fault) -> bool:
    """Take what is wrong out, so that the rest can be looked at; whether that could be done."""
    if fault.path in _LEAST and isinstance(_at(content, fault.path[:-1]), dict):
        _at(content, fault.path[:-1])[fault.path[-1]] = copy.deepcopy(_LEAST[fault.path])
        return True
    entry = fault.path[: entry_depth(fault.path)]
    around = _at(content, entry[:-1])
    if not entry or not isinstance(around, dict):
        return False
    # Another fault of the same entry may have taken it out already.
    around.pop(next((key for key in around if str(key) == str(entry[-1])), None), None)
    return True


def _hint(content: Any, path: Path, error: ErrorDetails) -> str:
    given, kind = str(error.get("input", "")), error["type"]
    if kind == "extra_forbidden" and path[-1] in INSTEAD:
        return f"; {INSTEAD[str(path[-1])]}"
    if kind == "extra_forbidden":
        known = [*_keys_allowed(path[:-1]), *([INCLUDE] if len(path) == 1 else [])]
        return suggestion(str(path[-1]), [name for name in known if name != path[-1]], 0.6)
    if kind in ("enum", "literal_error"):
        known = re.findall("'([^']*)'", error["msg"])
        there_are = f"; there are {', '.join(known)}" if path[-1:] == ("operator",) else ""
        return suggestion(given, known, 0.6) or there_are
    if kind == "union_tag_invalid":
        return suggestion(str(error["ctx"]["tag"]), re.findall("'([^']*)'", error["ctx"]["expected_tags"]), 0.5)
    if kind == "string_pattern_mismatch":
        is_label = LABEL in error.get("ctx", {}).get("pattern", "")
        return _label_hint(given) if is_label else _lower(given)
    if path[:1] == ("lists",) and len(path) == 2 and path[1] not in LABELS:
        return suggestion(str(path[1]), LABELS, 0.6)
    return _hint_of_rule(content, path, error["msg"])


def _hint_of_rule(content: Any, path: Path, message: str) -> str:
    parameter, method = _TAKES_NO.search(message), _NO_METHOD.search(message)
    word = _TAKES_NO_WORD.search(message)
    unknown = parameter[2] if parameter else word[1] if word else ""
    if unknown in INSTEAD:
        return f"; {INSTEAD[unknown]}"
    if parameter and parameter[1] in set(Operator):
        fields = Operator(parameter[1]).strategy.model_fields
        own = [field.alias or name for name, field in fields.items()]
        return suggestion(parameter[2], [*own, "label", "scope", "keyed_on"])
    if method:
        return suggestion(method[1], [str(name) for name in _keys(_at(content, ("fhir", "methods")))], 0.5)
    return ""


def _label_hint(given: str) -> str:
    known = KNOWN_NAMES.get(given.upper())
    return f"; did you mean {known}?" if known else suggestion(given, LABELS, 0.5)


def _lower(given: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", given.lower()).strip("_")
    return f"; did you mean {name}?" if name[:1].isalpha() and name != given else ""


def _keys_allowed(path: Path) -> list[str]:
    """The keys that a policy may have at a path."""
    nodes: list[Mapping[str, Any]] = [_schema()]
    for step in path:
        nodes = [inner for node in nodes for inner in _inner(node, step)]
    return list(dict.fromkeys(name for node in nodes for one in _choices(node) for name in one.get("properties", ())))


def _inner(node: Mapping[str, Any], step: str | int) -> Iterator[Mapping[str, Any]]:
    for choice in _choices(node):
        named = next(iter(choice.get("patternProperties", {}).values()), None)
        below = (choice.get("properties", {}).get(step), named, choice.get("additionalProperties"), choice.get("items"))
        for inner in below:
            if isinstance(inner, Mapping):
                yield inner
                break


def _choices(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in node:
        yield from _choices(_schema()["$defs"][node["$ref"].rpartition("/")[2]])
        return
    yield node
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _choices(choice)


@cache
def _schema() -> dict[str, Any]:
    return Policy.model_json_schema(by_alias=True)
