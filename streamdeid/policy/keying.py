"""What a surrogate is keyed on: an ordered list of sources, as a policy writes it.

Two values get the same surrogate where all sources say the same, in the same order. ``[patient, self]`` is what holds
where a policy says nothing: one patient's equal values are alike. Without ``self`` the value plays no part.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from streamdeid.formats import hl7_path, hl7_tables
from streamdeid.formats.fhir_selectors import routes_of, targets
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, load
from streamdeid.policy.rule_forms import LABEL
from streamdeid.transform.operators import Strategy
from streamdeid.transform.replacing import Surrogate

Kind = Literal["patient", "self", "field", "header", "key", "label"]
_WORDS: Final = ("patient", "self", "key")
_KINDS: Final = (*_WORDS, "field", "header", "label")
_FORMS: Final = "patient, self, key, {field: PID-3.1}, {header: NAME}, {label: NAME/DOCTOR, match: 0, match_until: -1}"
_MOST_SOURCES: Final = 16


class Source(NamedTuple):
    """One thing that a surrogate is keyed on.

    ``patient``; ``self``, the value that is replaced; ``field``, the first of the paths `names` that a message has a
    value at; ``header`` and ``key`` of the Kafka record; ``label``: the text of findings with the label `names[0]` or a
    finer one. `match` counts them from 0, or from the last one, -1, backwards; with `until` it is all from `match` to
    that one.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    match: int = 0
    until: int | None = None

    def __str__(self) -> str:
        """For people: ``field PID-3.1``, ``label NAME/DOCTOR [0..-1]``."""
        if self.kind in _WORDS:
            return "record key" if self.kind == "key" else self.kind
        until = "" if self.until is None else f"..{self.until}"
        matched = f" [{self.match}{until}]" if self.kind == "label" else ""
        return f"{self.kind} {' or '.join(self.names)}{matched}"


Sources: TypeAlias = tuple[Source, ...]

PATIENT: Final = Source("patient")
SELF: Final = Source("self")
#: What holds where nothing is said, and what ``scope: entity`` stands for.
BY_PATIENT: Final[Sources] = (PATIENT, SELF)
BY_ENTITY: Final[Sources] = (SELF,)


def read_sources(given: Any) -> Sources:
    """The sources of a policy file's list, or of a single one.

    Raises:
        ValueError: there are none, one stands twice or is none; says which and what there is.
    """
    listed = given.split(",") if isinstance(given, str) else given if isinstance(given, list | tuple) else [given]
    sources = tuple(map(_source, listed))
    if not 0 < len(sources) <= _MOST_SOURCES:
        raise ValueError(f"name one source or more, {_MOST_SOURCES} at most: {_FORMS}")
    twice = next((one for number, one in enumerate(sources) if one in sources[:number]), None)
    if twice is not None:
        raise ValueError(f"{twice} stands twice")
    return sources


def written(sources: Sequence[Source]) -> list[Any]:
    """The list of a policy file; the inverse of `read_sources`."""
    return [_written(source) for source in sources]


@lru_cache(maxsize=256)
def as_text(sources: Sources) -> str:
    """The list in JSON, as it is remembered with a value."""
    return json.dumps(written(sources))


def told(sources: Sequence[Source]) -> str:
    """For people: ``patient, field PV1-19, self``."""
    return ", ".join(map(str, sources))


def unfit(strategy: Strategy, operator: str, label: str, sources: Sources) -> str:
    """Why what an operator gives cannot be keyed on these sources; empty where it can."""
    if not strategy.is_keyed:
        return f"{operator} is the same whatever it is keyed on: keyed_on goes with surrogate, hash, encrypt, perturb"
    if SELF not in sources and not strategy.can_be_shared:
        return f"{operator} is nothing without the value: name self in keyed_on"
    if not is_free(strategy, label):
        return f"{label} is not keyed on anything: {_FIXED[label if label in _FIXED else label.partition('/')[0]]}"
    return ""


def is_free(strategy: Strategy, label: str) -> bool:
    """Whether surrogates with this label can be keyed on other things than they always are."""
    return not (isinstance(strategy, Surrogate) and _FIXED.keys() & {label, label.partition("/")[0]})


_FIXED: Final = {
    "DATE": "dates move by their patient's days, so that what lies between them stays",
    "AGE": "ages are told",
    "ID/RESOURCE": "references have to find their resources",
}


def fitting(strategy: Strategy, label: str, sources: Sources) -> Sources | None:
    """The sources of a policy as a rule of it has them that says nothing of its own: with the value, where the operator
    is nothing without; None where they do not concern it."""
    if not strategy.is_keyed or not is_free(strategy, label):
        return None
    return sources if SELF in sources or strategy.can_be_shared else (*sources, SELF)


def _read_optional(given: Any) -> Sources | None:
    return None if given is None else read_sources(given)


def _written_optional(sources: Sources | None) -> list[Any] | None:
    return None if sources is None else written(sources)


_SOURCE: Final[dict[str, Any]] = {
    "anyOf": [
        {"enum": list(_WORDS)},
        {
            "type": "object",
            "properties": {"self": {"const": "entity"}},
            "required": ["self"],
            "additionalProperties": False,
        },
        {"type": "object", "properties": {"key": {"const": True}}, "required": ["key"], "additionalProperties": False},
        {
            "type": "object",
            "properties": {
                "field": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
            },
            "required": ["field"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"header": {"type": "string", "minLength": 1}},
            "required": ["header"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "label": {"type": "string", "pattern": f"^{LABEL}$"},
                "match": {"type": "integer"},
                "match_until": {"type": "integer"},
            },
            "required": ["label"],
            "additionalProperties": False,
        },
    ]
}
_ONE_OR_MORE: Final[dict[str, Any]] = {
    "description": "what surrogates are keyed on, in this order: docs/keying.md",
    "anyOf": [*_SOURCE["anyOf"], {"type": "array", "items": _SOURCE, "minItems": 1}],
}
#: The field of a policy, and that of a rule, where None leaves it to the policy.
KeyedOn = Annotated[
    Sources,
    PlainValidator(read_sources),
    PlainSerializer(written, return_type=list[Any]),
    WithJsonSchema(_ONE_OR_MORE),
]
RuleKeyedOn = Annotated[
    Sources | None,
    PlainValidator(_read_optional),
    PlainSerializer(_written_optional, return_type=list[Any] | None),
    WithJsonSchema(_ONE_OR_MORE),
]


def _written(source: Source) -> Any:
    if source.kind in _WORDS:
        return source.kind
    content: dict[str, Any] = {source.kind: source.names[0] if len(source.names) == 1 else list(source.names)}
    if source.match:
        content["match"] = source.match
    if source.until is not None:
        content["match_until"] = source.until
    return content


def _source(given: Any) -> Source:
    if isinstance(given, Source):
        return given
    if isinstance(given, str):
        word = given.strip()
        return _WORD_SOURCES[word] if word in _WORD_SOURCES else _unknown(word)
    if not isinstance(given, Mapping):
        raise ValueError(f"{given!r} is no source; there are {_FORMS}")  # noqa: TRY004 - pydantic takes ValueError alone
    kinds = [kind for kind in _KINDS if kind in given]
    if len(kinds) != 1:
        names = " and ".join(map(str, kinds or given)) or "{}"
        return _unknown(names) if not kinds else _fail(f"{names} are two sources: write an entry for each")
    kind = kinds[0]
    rest = [str(name) for name in given if name != kind and (kind != "label" or name not in ("match", "match_until"))]
    if rest:
        allowed = ", which takes match and match_until" if kind == "label" else ", which takes nothing else"
        raise ValueError(f"{rest[0]} does not belong to {kind}{allowed}")
    return _READERS[kind](given)


_WORD_SOURCES: Final[Mapping[str, Source]] = {"patient": PATIENT, "self": SELF, "key": Source("key")}


def _unknown(name: str) -> Source:
    close = difflib.get_close_matches(name, _KINDS, n=1, cutoff=0.6)
    hint = f"; did you mean {close[0]}?" if close else ""
    takes_name = f"{name} needs a value" if name in _KINDS else f"there is no source {name}{hint}"
    raise ValueError(f"{takes_name}; there are {_FORMS}")


def _fail(message: str) -> Source:
    raise ValueError(message)


def _fixed(kind: Literal["patient", "self", "key"], value: object) -> Callable[[Mapping[str, Any]], Source]:
    def read(given: Mapping[str, Any]) -> Source:
        if given[kind] is not value and given[kind] != value:
            raise ValueError(f"{kind} can only be {str(value).lower()}: write {kind}")
        return _WORD_SOURCES[kind]

    return read


def _field(given: Mapping[str, Any]) -> Source:
    paths = [given["field"]] if isinstance(given["field"], str) else given["field"]
    if not isinstance(paths, list | tuple) or not paths or not all(isinstance(path, str) for path in paths):
        raise ValueError("field needs a path, such as PID-3.1 or Patient.identifier.value, or a list of them")
    for path in paths:
        why = misread(path)
        if why:
            raise ValueError(f"field {path}: {why}")
    return Source("field", tuple(paths))


def _header(given: Mapping[str, Any]) -> Source:
    name = given["header"]
    if not isinstance(name, str) or not name:
        raise ValueError("header needs the name of a header of the Kafka record")
    return Source("header", (name,))


def _label(given: Mapping[str, Any]) -> Source:
    label, match, until = given["label"], given.get("match", 0), given.get("match_until")
    if not isinstance(label, str) or not re.fullmatch(LABEL, label):
        raise ValueError(f"label {label}: this is no label such as NAME, NAME/DOCTOR or ID/MRN")
    for name, number in (("match", match), ("match_until", until)):
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            raise ValueError(f"{name} is a number: 0 is the first one, -1 the last one")
    if until is not None and (until < 0) == (match < 0) and until < match:
        raise ValueError(f"match_until {until} comes before match {match}")
    return Source("label", (label,), match, until)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Source]]] = {
    "patient": _fixed("patient", True),
    "self": _fixed("self", "entity"),
    "key": _fixed("key", True),
    "field": _field,
    "header": _header,
    "label": _label,
}


@lru_cache(maxsize=1024)
def misread(path: str) -> str:
    """Why a path leads to no single value in any message; empty where it can."""
    parsed = hl7_path.parse(path)
    if parsed is not None:
        is_known = parsed.segment.startswith("Z") or parsed.segment in hl7_tables.load("2.8.2").segments
        return (
            "" if is_known or parsed.segment in hl7_tables.all_segments() else f"HL7 v2 has no segment {parsed.segment}"
        )
    try:
        return _leads_nowhere(path)
    except ValueError as fault:
        return f"neither a path of HL7 v2, such as PID-3.1, nor a FHIRPath, such as Patient.identifier.value: {fault}"


def _leads_nowhere(path: str) -> str:
    found: set[str] = set()
    for release in RELEASES:
        types = {kind for route in routes_of(path) for kind in targets(route, load(release))}
        if types and types <= set(PRIMITIVES):
            return ""
        found |= types
    composite = sorted(found - set(PRIMITIVES))
    if not composite:
        return "FHIR has no such element"
    if len(composite) < len(found):
        return "it may be of many types: say which, as in Observation.value.ofType(string)"
    return f"it leads to {composite[0]}, which has parts: name one, as in Patient.identifier.value"
