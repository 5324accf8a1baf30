"""What a policy can have done with a value: one class per operator, in one table.

An operator takes a `Request` and gives the text that stands for the mention, or None where it stays as it is. A result
that its FHIR datatype cannot hold is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from streamdeid.errors import TransformError
from streamdeid.transform.encryption import Encrypt
from streamdeid.transform.format_preserving import FormatPreserving
from streamdeid.transform.generalising import Generalise, Year, Zip3
from streamdeid.transform.hashing import Hash
from streamdeid.transform.keeping import ByEngine, CheckDigit, Code, Keep, MediaType, Omit, Remove, Substitute, removed
from streamdeid.transform.masking import Mask
from streamdeid.transform.noise import Perturb
from streamdeid.transform.recoding import Recode
from streamdeid.transform.replacing import Age, Reference, Shift, Surrogate
from streamdeid.transform.strategy import OMITTED, Derivation, Request, Strategy, Subject
from streamdeid.transform.undating import Undate
from streamdeid.types import Entity, Format

__all__ = ["OMITTED", "Operator", "Request", "Strategy", "Subject", "Transformer"]

_INTEGER: Final = r"-?(?:0|[1-9]\d*)"
#: What a FHIR datatype can hold (FHIR R4, Datatypes 2.24.0.1), for those that cannot hold any text.
_VALID: Final = {
    name: re.compile(pattern, re.A)
    for name, pattern in {
        "boolean": "true|false",
        "integer": _INTEGER,
        "integer64": _INTEGER,
        "positiveInt": r"\+?[1-9]\d*",
        "unsignedInt": r"0|[1-9]\d*",
        "decimal": _INTEGER + r"(?:\.\d+)?(?:[eE][+-]?\d+)?",
        "date": r"\d{4}(?:-\d\d(?:-\d\d)?)?",
        "dateTime": r"\d{4}(?:-\d\d(?:-\d\d(?:T.+)?)?)?",
        "instant": r"\d{4}-\d\d-\d\dT.+",
        "id": r"[A-Za-z0-9\-.]{1,64}",
        "code": r"\S+(?: \S+)*",
        "uri": r"\S+",
        "url": r"\S+",
        "canonical": r"\S+",
    }.items()
}


class Operator(StrEnum):
    """What can be done with a value: the name in a policy, and the class that does it and has its parameters."""

    strategy: type[Strategy]

    def __new__(cls, name: str, strategy: type[Strategy] = ByEngine) -> Operator:  # noqa: D102 - how the table is read
        member = str.__new__(cls, name)
        member._value_ = name
        member.strategy = strategy
        return member

    KEEP = "keep", Keep
    CODE = "code", Code
    MEDIA_TYPE = "media_type", MediaType
    REMOVE = "remove", Remove
    OMIT = "omit", Omit
    SUBSTITUTE = "substitute", Substitute
    MASK = "mask", Mask
    SURROGATE = "surrogate", Surrogate
    SHIFT = "shift", Shift
    YEAR = "year", Year
    ZIP3 = "zip3", Zip3
    GENERALISE = "generalise", Generalise
    UNDATE = "undate", Undate
    PERTURB = "perturb", Perturb
    AGE = "age", Age
    HASH = "hash", Hash
    ENCRYPT = "encrypt", Encrypt
    FORMAT_PRESERVING = "format_preserving", FormatPreserving
    RECODE = "recode", Recode
    REFERENCE = "reference", Reference
    CHECK_DIGIT = "check_digit", CheckDigit  # `Rewriter` computes it from the false number where that stands beside it
    DOCUMENT = "document"
    DETECT = "detect"
    QUARANTINE = "quarantine"


class Transformer(Derivation):
    """All operators under one secret. Holds no state but bounded caches: the same request gives the same answer."""

    def replace(self, strategy: Strategy, request: Request) -> str | None:
        """What stands for the request's mention, a way to write its entity; None where it stays as it is.

        Raises:
            TransformError: transform.unreadable, the value is not of its type, or the type cannot hold the result.
        """
        new = strategy.apply(self, request)
        if new is None or new == request.mention:
            return None
        if request.format is Format.FHIR and new is not OMITTED:
            valid = _VALID.get(request.datatype)
            if valid is not None and valid.fullmatch(new) is None:
                raise TransformError("transform.unreadable")
            if not new and request.mention.strip() == request.entity.value.strip():
                return removed(request)
        return new

    def apply(
        self,
        operator: str,
        entity: Entity,
        *,
        subject: Subject,
        mention: str,
        datatype: str,
        format: Format,
        parameters: Mapping[str, Any],
    ) -> str | None:
        """`replace` for an operator by its name, with its parameters as a policy file has them.

        Raises:
            TransformError: as `replace`.
            ValueError: no such operator, or no such parameters.
        """
        strategy = Operator(operator).strategy.model_validate(parameters)
        return self.replace(strategy, Request(entity, subject, mention, datatype, format))
