"""A policy file looked at more closely than loading it does: also for names that nothing has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from streamdeid.errors import PolicyError
from streamdeid.formats import hl7_tables
from streamdeid.likeness import suggestion
from streamdeid.policy.policy import Policy
from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy_files.faults import Fault, faults, lines
from streamdeid.policy_files.including import Effective, read_policy
from streamdeid.policy_files.known_names import declared_segments, doubt, doubt_of_path, unlike_label
from streamdeid.policy_files.located import Path
from streamdeid.policy_files.model_faults import model_faults
from streamdeid.types import Format

_LABEL: Final = re.compile(rf"(?:.*\s)?({LABEL})(?:\s.*)?", re.S)
_RULES: Final[Mapping[Path, Format]] = {
    ("hl7v2", "rules"): Format.HL7V2,
    ("fhir", "rules"): Format.FHIR,
    ("documents", "rules"): Format.TEXT,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid policy. `remarks` are a line each, about what the file itself says and may, and that may yet be a slip of
    the pen."""

    policy: Policy
    remarks: tuple[str, ...]


def check(text: str, name: str) -> Checked:
    """Check a policy file's text, with what it includes.

    Raises:
        PolicyError: not valid, or rules for names that no standard has; a line for each fault.
    """
    effective = read_policy(text, name)
    found = faults(effective.content)
    certain, remarks = _names(effective)
    # Models are looked at in a valid policy only: what else is wrong may be wrong with them.
    found = found or model_faults(Policy.model_validate(effective.content))
    certain = [one for one in certain if not any(_is_told(one, other) for other in found)]
    if found or certain:
        raise PolicyError("\n".join(lines(effective, [*found, *certain])))
    own = [line for line in lines(effective, remarks) if line.startswith(f"{name}, ")]
    return Checked(Policy.model_validate(effective.content), tuple(own))


def _is_told(fault: Fault, other: Fault) -> bool:
    """Whether another fault begins with this one."""
    return fault.path == other.path and other.message.startswith(fault.message)


def _names(effective: Effective) -> tuple[list[Fault], list[Fault]]:
    """What is certainly wrong with names, and what may be."""
    certain: list[Fault] = []
    remarks: list[Fault] = []
    declared = declared_segments(effective.content)
    for path, format in _mappings(effective.content):
        for name, rule in _at(effective.content, path).items():
            found = doubt(format, str(name), declared) if format is not None else None
            # A method is for many paths, and may name what only some types have.
            if found is not None and (found.certain or path[1] != "methods"):
                (certain if found.certain else remarks).append(Fault((*path, name), found.why))
            remarks += _label((*path, name), rule if format is not None else str(name))
    for number, expression in enumerate(_paths(effective.content)):
        for odd in doubt_of_path(expression):
            (certain if odd.certain else remarks).append(Fault(("fhir", "paths", number), odd.why))
    for segment, fields in declared.items():
        for number, datatype in fields.items():
            if datatype not in hl7_tables.all_datatypes():
                hint = suggestion(str(datatype), sorted(hl7_tables.all_datatypes()), 0.5)
                fault = Fault(("hl7v2", "segments", segment, number), f"no datatype {datatype}{hint}")
                certain.append(fault)
    return certain, remarks


def _mappings(content: Any) -> Iterator[tuple[Path, Format | None]]:
    """Where rules stand, and the format of the places that they are for; None for labels."""
    methods = _at(content, ("fhir", "methods"))
    names = methods if isinstance(methods, Mapping) else ()
    for path, format in (*_RULES.items(), *((("fhir", "methods", name), Format.FHIR) for name in names)):
        if isinstance(_at(content, path), Mapping):
            yield path, format
    if isinstance(_at(content, ("labels",)), Mapping):
        yield ("labels",), None


def _paths(content: Any) -> list[str]:
    """The FHIRPaths under ``fhir.paths``, in their order; an empty text for what is none."""
    given = _at(content, ("fhir", "paths"))
    written = [
        one.get("path") if isinstance(one, Mapping) else "" for one in (given if isinstance(given, list) else ())
    ]
    return [path if isinstance(path, str) else "" for path in written]


def _label(path: Path, rule: Any) -> Iterator[Fault]:
    written = rule.get("label") if isinstance(rule, Mapping) else rule
    label = _LABEL.fullmatch(written) if isinstance(written, str) else None
    hint = unlike_label(label[1]) if label else ""
    if label and hint:
        yield Fault(path, f"nothing has the label {label[1]}{hint}")


def _at(content: Any, path: Path) -> Any:
    for step in path:
        content = content.get(step) if isinstance(content, Mapping) else None
    return content
