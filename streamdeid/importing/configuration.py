"""A configuration of Microsoft's Tools for Health Data Anonymization or of FHIR Pseudonymizer, read and checked.

Both have ``fhirVersion``, ``processingErrors``, ``fhirPathRules`` and ``parameters``, in JSON or YAML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamdeid.errors import PolicyError

#: Settings that a rule may have beside path and method, by method in lower case.
SETTINGS: Final[Mapping[str, frozenset[str]]] = {
    "keep": frozenset(),
    "redact": frozenset(),
    "dateshift": frozenset(),
    "cryptohash": frozenset({"truncateToMaxLength"}),
    "encrypt": frozenset(),
    "generalize": frozenset({"cases", "otherValues"}),
    "pseudonymize": frozenset({"domain", "namespace"}),
    "substitute": frozenset({"replaceWith"}),
    "perturb": frozenset({"span", "rangeType", "roundTo"}),
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Area = Annotated[str, Field(pattern=r"^[0-9]{1,5}$")]


class Parameters(_Strict):
    """The section ``parameters``. Keys are only ever asked whether they are there."""

    dateShiftKey: str | None = Field(default=None, repr=False)  # noqa: N815 - the configuration's own names
    dateShiftScope: str | None = None  # noqa: N815
    dateShiftFixedOffsetInDays: int | None = None  # noqa: N815
    cryptoHashKey: str | None = Field(default=None, repr=False)  # noqa: N815
    cryptoHashAlgorithm: str | None = None  # noqa: N815
    encryptKey: str | None = Field(default=None, repr=False)  # noqa: N815
    enablePartialAgesForRedact: bool = False  # noqa: N815
    enablePartialDatesForRedact: bool = False  # noqa: N815
    enablePartialZipCodesForRedact: bool = False  # noqa: N815
    restrictedZipCodeTabulationAreas: tuple[Area, ...] | None = Field(default=None, strict=False)  # noqa: N815


class Configuration(_Strict):
    """A whole configuration. Rules are as they are written: what is wrong with one is told with its number."""

    fhirVersion: str | None = None  # noqa: N815
    processingErrors: str | None = None  # noqa: N815
    processingError: str | None = None  # noqa: N815 - so spelt in the tool's own documentation
    fhirPathRules: tuple[dict[str, Any], ...] = Field(strict=False)  # noqa: N815
    parameters: Parameters = Parameters()


def read_configuration(text: str, file: str) -> Configuration:
    """The configuration in JSON or YAML text; `file` names it in errors.

    Raises:
        PolicyError: neither, or something in it that is not known; a line for each fault, without any value.
    """
    try:
        return Configuration.model_validate(_content(text, file))
    except ValidationError as faults:
        lines = [f"{file}: {'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in faults.errors()]
        raise PolicyError("\n".join(lines)) from None


class _UniqueKeys(yaml.CSafeLoader):
    """YAML without mappings that have a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands here twice", node.start_mark)
        return mapping


def _content(text: str, file: str) -> object:
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        pass  # YAML, or JSON as the tools read it: with comments and trailing commas
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a subclass of the safe loader
    except (yaml.YAMLError, RecursionError) as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise PolicyError(f"{file}{where}: neither JSON nor YAML: {getattr(fault, 'problem', fault)}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)
