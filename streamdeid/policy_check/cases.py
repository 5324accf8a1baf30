"""The cases that lie beside a policy, ``NAME_test.yaml``: messages, and what is expected of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from streamdeid.errors import QUARANTINE_CODES, PolicyError, ScanError
from streamdeid.formats.sniff import sniff
from streamdeid.likeness import suggestion
from streamdeid.policy_check.expecting import parsed
from streamdeid.policy_files.located import Source, read_yaml
from streamdeid.types import Format

_Texts = Annotated[tuple[str, ...], Field(strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Expected(_Strict):
    """What is to become of a message. Without `outcome` it is released, unless a `code` is given or a path is to be
    `quarantined`."""

    outcome: Literal["released", "quarantined"] | None = None
    code: str | None = Field(default=None, description="of the quarantine")
    path: str | None = Field(default=None, description="of the quarantine, with indices or without")
    paths: Mapping[str, str | _Texts] = Field(
        default_factory=dict,
        description="path -> changed | kept | removed | shifted | quarantined | matches REGEX | equals VALUE | same as"
        " PATH, or a list of them; with indices or without (then every repetition)",
    )
    contains: _Texts = Field(default=(), description="what is to be readable in the clean message")
    lacks: _Texts = Field(default=(), description="what is not to be readable in the clean message, in any case")

    @field_validator("code")
    @classmethod
    def _is_a_code(cls, code: str | None) -> str | None:
        if code is not None and code not in QUARANTINE_CODES:
            raise ValueError(f"there is no code {code}{suggestion(code, list(QUARANTINE_CODES), 0.5)}")
        return code

    @field_validator("paths")
    @classmethod
    def _can_be_expected(cls, paths: Mapping[str, str | tuple[str, ...]]) -> Mapping[str, str | tuple[str, ...]]:
        for path, given in paths.items():
            for one in (given,) if isinstance(given, str) else given:
                try:
                    parsed(one)
                except ValueError as fault:
                    raise ValueError(f"{path}: {fault}") from None
        return paths

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Expected:
        words = {parsed(one)[0] for _, one in self.expectations()}
        of_output = bool(self.contains or self.lacks or words - {"quarantined"})
        if self.is_quarantined and (self.outcome == "released" or of_output):
            raise ValueError("a message that is quarantined has no output of which something can be expected")
        return self

    @property
    def is_quarantined(self) -> bool:
        """Whether the message may not leave."""
        refused = any(parsed(one)[0] == "quarantined" for _, one in self.expectations())
        return self.outcome == "quarantined" or self.code is not None or self.path is not None or refused

    def expectations(self) -> Iterator[tuple[str, str]]:
        """Each path with each expectation of it."""
        for path, given in self.paths.items():
            for one in (given,) if isinstance(given, str) else given:
                yield path, one


class Case(_Strict):
    """One message: HL7 v2 or plain text as text, FHIR as text or as YAML."""

    name: str = Field(min_length=1)
    message: str | dict[str, Any]
    format: Format | None = Field(default=None, strict=False, description="told from the message where it is left out")
    expect: Expected = Expected()

    @property
    def content(self) -> bytes:
        """The message in UTF-8."""
        if isinstance(self.message, str):
            return self.message.encode()
        return json.dumps(self.message, ensure_ascii=False).encode()

    @property
    def kind(self) -> Format:
        """The message's format."""
        if self.format is not None:
            return self.format
        if not isinstance(self.message, str):
            return Format.FHIR
        try:
            return sniff(self.content, "message.txt")
        except ScanError:
            return Format.TEXT


class CaseFile(_Strict):
    """The cases of one policy."""

    description: str = ""
    cases: Annotated[tuple[Case, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> CaseFile:
        names = [case.name for case in self.cases]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two cases are called {twice!r}")
        return self


def read_cases(text: str, name: str) -> CaseFile:
    """The cases of a file's text. `name` stands for it in error messages.

    Raises:
        PolicyError: not YAML, or not cases; a line for each fault, which quotes nothing of a message.
    """
    source = read_yaml(text, name, dates=False)
    try:
        return CaseFile.model_validate(source.content)
    except ValidationError as faults:
        raise PolicyError("\n".join(dict.fromkeys(_lines(source, faults)))) from None


def _lines(source: Source, faults: ValidationError) -> Iterator[str]:
    told = faults.errors(include_url=False, include_input=False)
    below = {fault["loc"][:depth] for fault in told for depth in range(len(fault["loc"]))}
    for fault in told:
        if fault["type"] == "too_short" and fault["loc"] in below:  # what is wrong with each of its entries is told
            continue
        steps, line = source.line(fault["loc"])
        path = ".".join(map(str, fault["loc"][: max(steps, 1) + (fault["type"] == "missing")])) or "cases"
        known = {"extra_forbidden": [*Expected.model_fields, *Case.model_fields, *CaseFile.model_fields]}.get(
            fault["type"], []
        )
        hint = suggestion(str(fault["loc"][-1]), known) if known else ""
        yield f"{source.name}, line {line}: {path}: {fault['msg'].removeprefix('Value error, ')}{hint}"


def case_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file of cases, as published in schemas/policy_test.schema.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **CaseFile.model_json_schema()}
