"""What a policy can have done with a value: one function per operator, in one table.

An operator takes a `Request` and gives the text that stands for the mention, or None where it stays as it is. A result
that its FHIR datatype cannot hold is refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from streamdeid.errors import TransformError
from streamdeid.transform.ages import generalise_age
from streamdeid.transform.dates import shift_fhir, shift_hl7, year_of_fhir, year_of_hl7
from streamdeid.transform.prf import Prf
from streamdeid.transform.references import References
from streamdeid.transform.surrogates import Surrogates
from streamdeid.transform.written_dates import shift_written, years_of_written
from streamdeid.types import Entity, Format

_MARKER: Final = "[removed]"
#: What stands for a removed value, by FHIR datatype; for types that are not here a value cannot be removed.
_REMOVED: Final = {
    "string": _MARKER,
    "markdown": _MARKER,
    "base64Binary": base64.b64encode(_MARKER.encode()).decode(),
    "xhtml": f'<div xmlns="http://www.w3.org/1999/xhtml">{_MARKER}</div>',
    "uri": "urn:removed",
    "url": "urn:removed",
    "canonical": "urn:removed",
    "oid": "urn:oid:0.0",
    "uuid": "urn:uuid:00000000-0000-0000-0000-000000000000",
}
_LONGEST_CODE: Final = 48
_NUMBER: Final = re.compile(r"\d{4}")
_DIGIT: Final = re.compile(r"\d")
#: Numbers that noise can be added to without losing the digits that are kept.
_DECIMAL: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?", re.A)
_FINE: Final = 2**48
_SMALLEST: Final = {"positiveInt": 1, "unsignedInt": 0}
_MEDIA_TYPE: Final = re.compile(r"[a-z][a-z-]{0,19}/[\w.+-]{1,80}(?:;\s?charset=[\w-]{1,20}(?![^;]))?", re.A | re.I)
_TEXTUAL: Final = frozenset({"string", "markdown", "xhtml"})
_HL7_DATES: Final = frozenset({"DT", "TS", "DTM"})
_FHIR_DATES: Final = frozenset({"date", "dateTime", "instant"})
_TIMES: Final = frozenset({"TM", "time"})
_NUMBERS: Final = frozenset({"NM", "SI", "decimal", "integer", "integer64", "positiveInt", "unsignedInt"})
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


@dataclass(frozen=True, slots=True)
class Subject:
    """For whom surrogates are chosen: `scope` is the patient's key, empty for what is the same for everybody; `days`
    is how far the patient's dates move."""

    scope: str
    days: int


@dataclass(frozen=True, slots=True)
class Request:
    """One mention that is to be replaced. `parameters` are those of the rule."""

    entity: Entity
    subject: Subject
    mention: str
    datatype: str
    format: Format
    parameters: Mapping[str, object]


class Transformer:
    """All operators under one secret. Holds no state but bounded caches: the same request gives the same answer."""

    def __init__(self, prf: Prf) -> None:
        self.prf = prf
        self.surrogates = Surrogates(prf)
        self.references = References(prf, self.surrogates.identifiers, self.surrogates.names)

    def apply(
        self,
        operator: str,
        entity: Entity,
        *,
        subject: Subject,
        mention: str,
        datatype: str,
        format: Format,
        parameters: Mapping[str, object],
    ) -> str | None:
        """What stands for `mention`, a way to write `entity`, under `operator`; None where it stays as it is.

        `datatype` is the HL7 or FHIR datatype of the place.

        Raises:
            TransformError: transform.unreadable, the value is not of its type, or the type cannot hold the result.
        """
        request = Request(entity, subject, mention, datatype, format, parameters)
        new = OPERATORS[operator](self, request)
        if new is None or new == mention:
            return None
        if format is Format.FHIR:
            valid = _VALID.get(datatype)
            if valid is not None and valid.fullmatch(new) is None:
                raise TransformError("transform.unreadable")
            if not new and mention.strip() == entity.value.strip():
                return _remove(self, request)
        return new


def _keep(transformer: Transformer, request: Request) -> str | None:
    return None


def _code(transformer: Transformer, request: Request) -> str | None:
    """A code stays. What has four digits in a row, or is long, is none: senders put numbers and remarks into coded
    components of names, addresses and telephone numbers, and those go."""
    text = request.mention
    return None if len(text) <= _LONGEST_CODE and not _NUMBER.search(text) else _remove(transformer, request)


def _media_type(transformer: Transformer, request: Request) -> str:
    """Type, subtype and charset of a media type (RFC 6838); other parameters may name a file, and so a person."""
    found = _MEDIA_TYPE.match(request.mention.strip())
    return found[0] if found else "application/octet-stream"


def _remove(transformer: Transformer, request: Request) -> str:
    """Nothing (HL7 v2, text); or a marker, since FHIR has no empty values."""
    if request.format is not Format.FHIR:
        return ""
    if request.datatype not in _REMOVED:
        raise TransformError("transform.unreadable")
    return _REMOVED[request.datatype]


def _substitute(transformer: Transformer, request: Request) -> str:
    """The text that the rule gives."""
    return str(request.parameters["with"])


def _mask(transformer: Transformer, request: Request) -> str:
    """The label's family in angle brackets, ``<NAME>``; square ones in XHTML. Dates and numbers of HL7 v2 go."""
    family = request.entity.label.partition("/")[0]
    if request.format is Format.FHIR and request.datatype not in _TEXTUAL:
        raise TransformError("transform.unreadable")
    if request.datatype == "xhtml":
        return f"[{family}]"
    is_typed = request.format is Format.HL7V2 and request.datatype in _HL7_DATES | _NUMBERS | _TIMES
    return "" if is_typed else f"<{family}>"


def _surrogate(transformer: Transformer, request: Request) -> str | None:
    """Another value of the same kind, in the same form."""
    family = request.entity.label.partition("/")[0]
    if family == "DATE":
        return _shift(transformer, request)
    if family == "AGE":
        return _age(transformer, request)
    if request.entity.label == "LOCATION/GEO":
        return "0" if request.datatype in _NUMBERS else _remove(transformer, request)
    text = request.mention.strip()
    if not any(map(str.isalnum, text)):
        return None
    new = transformer.surrogates.replace(request.subject.scope, request.entity, text)
    return None if new is None else request.mention.replace(text, new, 1)


def _shift(transformer: Transformer, request: Request) -> str | None:
    """The date, moved by the subject's days, in its own form. What cannot be read is masked; in a field that must
    hold a date it goes (HL7 v2) or is refused (FHIR)."""
    text, days = request.mention, request.subject.days
    if request.datatype in _TIMES:
        return None
    if request.format is Format.FHIR and request.datatype in _FHIR_DATES:
        new = shift_fhir(text, days)
        if new is None:
            raise TransformError("transform.unreadable")
        return new
    is_typed = request.format is Format.HL7V2 and request.datatype in _HL7_DATES
    new = shift_hl7(text, days) if is_typed or len(text) >= 8 else None
    if new is not None:
        return new
    new = shift_written(text, days, bool(request.parameters.get("day_first")))
    if new is None or (is_typed and new == text and text.strip(' "')):
        return _mask(transformer, request)
    return new


def _year(transformer: Transformer, request: Request) -> str:
    """The year alone (45 CFR 164.514(b)(2)(i)(C)), or the first one that the rule lets be told; a FHIR instant becomes
    the first one of its year."""
    text = request.mention
    year = year_of_fhir(text) or year_of_hl7(text)
    if year is not None:
        year = max(year, str(request.parameters.get("with", "")))
    if request.format is Format.FHIR and request.datatype in _FHIR_DATES:
        if year is None:
            raise TransformError("transform.unreadable")
        return f"{year}-01-01T00:00:00Z" if request.datatype == "instant" else year
    return year or years_of_written(text) or _mask(transformer, request)


def _age(transformer: Transformer, request: Request) -> str:
    """The age; 90+ for 90 years and more."""
    return generalise_age(request.mention, numeric=request.datatype in _NUMBERS)


def _zip3(transformer: Transformer, request: Request) -> str:
    """The first three digits of a postal code, zeros for the other ones, and for all in the areas that the rule
    gives (45 CFR 164.514(b)(2)(i)(B))."""
    text = request.mention.strip()
    kept = 0 if text.startswith(tuple(str(request.parameters.get("with", "")).split())) else 3
    return text[:kept] + _DIGIT.sub("0", text[kept:])


def _perturb(transformer: Transformer, request: Request) -> str:
    """The number with noise of the rule's span, half to either side: absolute, or a share of the number. One patient's
    number always gets the same noise, so that messages still agree. Rounded to the rule's decimals, else to 2."""
    if request.datatype not in _NUMBERS or not _DECIMAL.fullmatch(request.mention):
        raise TransformError("transform.unreadable")
    number = Decimal(request.mention)
    span, _, digits = str(request.parameters["with"]).partition(" ")
    width = Decimal(span.rstrip("%")) * (abs(number) / 100 if span.endswith("%") else 1)
    draw = transformer.prf.number(request.subject.scope, "perturb", request.mention, _FINE)
    noisy = number + width * (Decimal(draw) / _FINE - Decimal("0.5"))
    places = 0 if request.datatype not in ("decimal", "NM") else int(digits or 2)
    rounded = noisy.quantize(Decimal(1).scaleb(-places))
    return format(max(rounded, Decimal(_SMALLEST[request.datatype])) if request.datatype in _SMALLEST else rounded, "f")


def _reference(transformer: Transformer, request: Request) -> str | None:
    """The FHIR reference with the surrogates of the ids in it."""
    subject = request.subject
    return transformer.references.rewrite(subject.scope, subject.days, request.mention)


#: Operator -> what it does. The names are those of a policy.
OPERATORS: Final[Mapping[str, Callable[[Transformer, Request], str | None]]] = {
    "keep": _keep,
    "code": _code,
    "media_type": _media_type,
    "remove": _remove,
    "substitute": _substitute,
    "mask": _mask,
    "surrogate": _surrogate,
    "shift": _shift,
    "year": _year,
    "age": _age,
    "zip3": _zip3,
    "perturb": _perturb,
    "reference": _reference,
    "check_digit": _remove,  # unless the number stands beside it: `Rewriter` computes it from the false one
}
