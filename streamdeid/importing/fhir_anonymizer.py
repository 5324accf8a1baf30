"""A configuration of Microsoft's Tools for Health Data Anonymization, or of FHIR Pseudonymizer, as a policy.

There the first rule that picks an element, or one around it, decides about it; so it is with the ``paths`` of a
policy, which take the rules over in their order. What cannot be taken over is an error; what is done differently is a
remark.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from streamdeid.errors import PolicyError
from streamdeid.formats.fhir_selectors import routes_of, starts_in_bundle, targets
from streamdeid.formats.fhir_tables import PRIMITIVES, Tables, load
from streamdeid.importing import methods
from streamdeid.importing.configuration import SETTINGS, Configuration, read_configuration
from streamdeid.importing.remarks import general_remarks
from streamdeid.policy.policy import Policy, Rule

_VERSIONS: Final = {"": "", "r4": "R4", "stu3": "STU3"}
_METHODS: Final = {
    "redact": "redact",
    "dateshift": "dateShift",
    "cryptohash": "cryptoHash",
    "pseudonymize": "pseudonymize",
    "encrypt": "encrypt",
}
_WHY_NOT: Final = {
    "remove": "write the rule as redact, which takes numbers and booleans out and leaves of texts that they were there",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """The content of a policy file, and what whoever uses it should know."""

    content: dict[str, Any]
    remarks: tuple[str, ...]


class Wishes(NamedTuple):
    """How to import: the policy's `name`; whether what no rule picks is kept, as it is in the other tool; and the
    present `year`, for what 89 years ago was."""

    name: str
    keep_unmatched: bool
    year: int


def import_fhir_anonymizer(text: str, file: str, base: Policy, wishes: Wishes) -> Imported:
    """The policy for a configuration. Whatever it does not speak of is taken from `base`: HL7 v2, free text, what
    detectors find, and, unless `wishes` say otherwise, FHIR elements that no rule picks.

    Raises:
        PolicyError: something cannot be taken over; a line for each, with file, number and path of the rule.
    """
    configuration = read_configuration(text, file)
    reading = _Reading(configuration, base, wishes)
    reading.read(file)
    content = base.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content["name"] = wishes.name
    content["description"] = f"Imported from {file.replace(chr(92), '/').rpartition('/')[2]}."
    content["dates"] = reading.dates
    content["fhir"] = {
        **{key: value for key, value in content["fhir"].items() if key != "rules"},
        **({"version": reading.version} if reading.version else {}),
        "paths": reading.paths,
        "methods": {name: _written(rules) for name, rules in reading.methods.items()},
        "rules": _written(methods.keep() if wishes.keep_unmatched else base.fhir.rules),
    }
    for section in content.keys() - {"fhir"}:
        if isinstance(content[section], dict) and "rules" in content[section]:
            content[section]["rules"] = _written(getattr(base, section).rules)
    content["labels"] = _written(base.labels)
    remarks = (*general_remarks(configuration, wishes.keep_unmatched), *reading.remarks)
    return Imported(content, remarks)


class _Reading:
    """Collects paths, methods, remarks and faults."""

    def __init__(self, configuration: Configuration, base: Policy, wishes: Wishes) -> None:
        self._configuration = configuration
        self._base = base
        self._year = wishes.year
        self._faults: list[str] = []
        self.paths: list[dict[str, Any]] = []
        self.methods: dict[str, Mapping[str, Rule]] = {}
        self.remarks: list[str] = []
        self.version = ""
        self.dates = {"min_days": 1, "max_days": 50}

    def read(self, file: str) -> None:
        """Everything, or PolicyError with all faults."""
        self._read_settings()
        tables = load(self.version or "R4")
        for number, rule in enumerate(self._configuration.fhirPathRules, 1):
            where = f"rule {number} ({rule.get('path', 'no path')})"
            try:
                self._read_rule(rule, where, tables)
            except ValueError as fault:
                self._faults.append(f"{where}: {fault}")
        if self._faults:
            raise PolicyError("\n".join(f"{file}: {fault}" for fault in self._faults))

    def _read_settings(self) -> None:
        version = (self._configuration.fhirVersion or "").lower()
        if version not in _VERSIONS:
            self._faults.append("fhirVersion: it is neither R4 nor Stu3")
        self.version = _VERSIONS.get(version, "")
        errors = self._configuration.processingErrors or self._configuration.processingError or "raise"
        if errors.lower() not in ("raise", "skip", "keep"):
            self._faults.append("processingErrors: it is neither raise nor skip")
        offset = self._configuration.parameters.dateShiftFixedOffsetInDays
        if offset is not None and offset >= 0:
            self._faults.append("parameters.dateShiftFixedOffsetInDays: dates can only be moved back: give less than 0")
        elif offset is not None:
            self.dates = {"min_days": -offset, "max_days": -offset}

    def _read_rule(self, rule: Mapping[str, Any], where: str, tables: Tables) -> None:
        path, method = rule.get("path"), rule.get("method")
        if not isinstance(path, str) or not isinstance(method, str):
            raise ValueError("it needs a path and a method")  # noqa: TRY004 - a fault of the configuration
        kind = method.lower()
        if kind not in SETTINGS:
            raise ValueError(f"the method {method} cannot be taken over: {_WHY_NOT.get(kind, 'it is not known')}")
        unknown = sorted(rule.keys() - {"path", "method"} - SETTINGS[kind])
        if unknown:
            raise ValueError(f"{method} with {', '.join(unknown)} cannot be taken over")
        path = path.strip()
        types = {one for route in routes_of(path) for one in targets(route, tables)}
        if types and starts_in_bundle(path):
            if kind == "keep":
                raise ValueError("it would keep this outside of bundles too: write it from that resource's type")
            self.remarks.append(f"{where}: it is about resources in bundles, and is done to all resources")
        if types:
            self.paths += self._entries(path, kind, rule, types, tables)
            self.remarks += (f"{where}: {remark}" for remark in _differences(kind, rule))
        else:
            self.remarks.append(f"{where}: FHIR has no such element; the rule does nothing, and is left out")

    def _entries(
        self, path: str, kind: str, rule: Mapping[str, Any], types: set[str], tables: Tables
    ) -> Iterator[dict[str, Any]]:
        if kind == "keep":
            yield {"path": path, "rule": "keep"}
        elif kind == "substitute":
            text = _replacement(rule, types)
            yield {"path": f"({path}).nodesByType('Extension')", "method": self._method("redact", tables)}
            yield {"path": path, "rule": {"operator": "substitute", "with": text}}
        elif kind == "generalize":
            yield {"path": f"({path}).nodesByType('Extension')", "method": self._method("redact", tables)}
            yield {"path": path, "method": self._generalized(rule, types)}
        elif kind == "perturb":
            yield {"path": path, "method": self._noise(_noise(rule))}
        else:
            yield {"path": path, "method": self._method(_METHODS[kind], tables)}

    def _method(self, name: str, tables: Tables) -> str:
        if name not in self.methods:
            base = self._base.fhir.rules
            if name == "redact":
                self.methods[name] = methods.redact(self._configuration.parameters, base, tables, self._year)
            else:
                make = {"dateShift": methods.shift_dates, "encrypt": methods.encrypt_values}
                self.methods[name] = make.get(name, methods.hash_values)(base, tables)
        return name

    def _generalized(self, rule: Mapping[str, Any], types: set[str]) -> str:
        """The method for the cases of a rule; rules with the same ones share it."""
        made = methods.generalize(_cases(rule, types), _keeps_others(rule))
        known = [name for name, rules in self.methods.items() if name.startswith("generalize_") and rules == made]
        number = sum(name.startswith("generalize_") for name in self.methods) + 1
        name = known[0] if known else f"generalize_{number}"
        self.methods[name] = made
        return name

    def _noise(self, noise: str) -> str:
        name = "perturb_" + noise.replace("%", "_percent").replace(".", "_").replace(" ", "_to_")
        self.methods[name] = methods.perturb(noise)
        return name


def _replacement(rule: Mapping[str, Any], types: set[str]) -> str:
    text = rule.get("replaceWith")
    if types - PRIMITIVES:
        raise ValueError(
            f"only values can be substituted, not {', '.join(sorted(types - PRIMITIVES))}: name its elements"
        )
    if isinstance(text, bool):
        return str(text).lower()
    if not isinstance(text, str | int | float) or text == "":
        raise ValueError("substitute needs replaceWith: a string, number or boolean")
    return str(text)


def _cases(rule: Mapping[str, Any], types: set[str]) -> dict[str, str]:
    cases = rule.get("cases")
    if isinstance(cases, str):  # in JSON within JSON, as some write it
        with suppress(ValueError):
            cases = json.loads(cases)
    if types - PRIMITIVES:
        raise ValueError(
            f"only values can be generalized, not {', '.join(sorted(types - PRIMITIVES))}: name its elements"
        )
    if not isinstance(cases, Mapping) or not cases:
        raise ValueError("generalize needs cases: conditions and what becomes of a value that meets them")
    if any(isinstance(value, bool) or not isinstance(value, str | int | float) for value in cases.values()):
        raise ValueError("the value of a case is an expression")
    return {str(case): str(value) for case, value in cases.items()}


def _keeps_others(rule: Mapping[str, Any]) -> bool:
    others = str(rule.get("otherValues", "redact")).lower()
    if others not in ("redact", "keep"):
        raise ValueError("otherValues is neither redact nor keep")
    return others == "keep"


def _noise(rule: Mapping[str, Any]) -> str:
    """Span and decimals as a policy's ``perturb`` has them: ``20% 1``."""
    span, kind, digits = rule.get("span"), str(rule.get("rangeType", "fixed")).lower(), rule.get("roundTo")
    if isinstance(span, bool) or not isinstance(span, int | float) or not 0 <= span < 10**9:
        raise ValueError("perturb needs a span: a number from 0 on")
    if kind not in ("fixed", "proportional"):
        raise ValueError("rangeType is neither fixed nor proportional")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 28):
        raise ValueError("roundTo is a whole number from 0 to 28")
    exact = Decimal(str(span)) * (100 if kind == "proportional" else 1)
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text + ("%" if kind == "proportional" else "") + ("" if digits is None else f" {digits}")


def _differences(kind: str, rule: Mapping[str, Any]) -> Iterator[str]:
    if "truncateToMaxLength" in rule:
        yield "truncateToMaxLength is not needed: a surrogate has the form of the value that it stands for"
    domain = rule.get("domain", rule.get("namespace"))
    if kind == "pseudonymize" and domain is not None:
        yield "its domain or namespace is not needed: one value has one pseudonym, whatever the domain"


def _written(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Rules in the words of a policy file, short where they can be."""
    return {name: _rule(rule) for name, rule in rules.items()}


def _rule(rule: Rule) -> str | dict[str, Any]:
    content: dict[str, Any] = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if content.keys() <= {"operator", "label"}:
        return " ".join(content.values())
    return content
