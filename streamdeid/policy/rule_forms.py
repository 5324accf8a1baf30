"""How a rule is written in a policy: as a mapping, or in short as words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from pydantic import ValidationError

from streamdeid.formats.place_types import value_types
from streamdeid.transform.operators import Operator
from streamdeid.transform.strategy import Strategy
from streamdeid.types import Format

_OWN: Final = ("operator", "label", "scope", "keyed_on", "unless_typed")
_OPERATORS: Final = frozenset(Operator)
LABEL: Final = r"(NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(/[A-Z_]+)?"
_LABEL: Final = re.compile(LABEL)
#: Numbers in brackets, of which blanks make no words.
_NUMBERS: Final = re.compile(r"(?<==)\[[\d, ]*\]")
_PARAMETER: Final = re.compile(r"([A-Za-z][A-Za-z_0-9]*)=(.*)", re.S)
#: What FHIRPath has and no name of a place: functions, criteria, unions.
_EXPRESSION: Final = re.compile(r"(?:^|\.)\s*[a-z]\w*\s*\((?!#\))|[|=<>$'\"\s]")


def rule_content(given: Any) -> Any:
    """The fields of a rule from what a policy file says: the operator, label and scope, and the operator's parameters
    as its `Strategy`.

    Raises:
        ValueError: not words, or parameters that the operator does not take, lacks or cannot use.
    """
    if isinstance(given, str):
        return dict(_from_words(given))
    if not isinstance(given, Mapping) or "strategy" in given:
        return given
    own = {name: given[name] for name in _OWN if name in given}
    rest = {name: value for name, value in given.items() if name not in _OWN and (name, value) != ("with", None)}
    return own | _with_strategy(own.get("operator"), rest, as_words=False)


def is_expression(name: str) -> bool:
    """Whether the name of a rule for FHIR is a FHIRPath that says more than a name, such as
    ``Patient.name.where(use='official')``: no place has one. An extension is named by its URL, whatever that holds."""
    return not name.startswith("Extension(") and _EXPRESSION.search(name) is not None


def misfits(format: Format, name: str, strategy: Strategy, label: str) -> str:
    """Why the values that a name in a policy stands for can never hold what the strategy gives; empty where some can,
    or only a message tells."""
    why = strategy.unfit_label(label)
    if why or type(strategy).unfit_type is Strategy.unfit_type:
        return why
    types = value_types(format, name) or {""}
    reasons = [strategy.unfit_type(format, datatype) for datatype in sorted(types)]
    return reasons[0] if all(reasons) else ""


def shown(operator: Operator, label: str | None, strategy: Strategy) -> str:
    """A rule in the words of the short form."""
    parameters = strategy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    words = [f"{name}={shlex.quote(_text(value))}" for name, value in parameters.items()]
    return " ".join([operator.value, *([label] if label else []), *words])


def rule_schema(own: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a rule: its short form, and for each operator the mapping with its parameters. `own` is that
    of the model without parameters."""
    short = {"type": "string", "pattern": f"^({'|'.join(Operator)})( .+)?$"}
    common = {name: own["properties"][name] for name in _OWN[1:]}
    return {"anyOf": [short, *(_operator_schema(operator, common) for operator in Operator)]}


def file_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a policy file from that of a policy: it may include others, and then has to say what it does
    differently alone."""
    include: dict[str, Any] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "files, beside this one, and shipped policies; each is laid over those before it, and what this"
        " file says over all of them, by key; a rule that is null is taken away",
    }
    whole = {"required": schema.pop("required")}
    for section in ("Hl7Rules", "FhirRules"):
        schema["$defs"][section].pop("required", None)
    for owner in (schema, *(schema["$defs"][name] for name in ("Hl7Rules", "FhirRules", "DocumentRules"))):
        _with_null_rules(owner["properties"])
    schema["properties"] = {"include": include, **schema["properties"]}
    return {**schema, "anyOf": [{"required": ["include"]}, whole]}


def _with_null_rules(properties: dict[str, Any]) -> None:
    for name in {"labels", "rules"} & set(properties):
        mapping = properties[name]
        for inner in (mapping, mapping.get("patternProperties", {})):
            for key, rule in inner.items():
                if isinstance(rule, dict) and "$ref" in rule:
                    inner[key] = {"anyOf": [rule, {"type": "null"}]}


def _operator_schema(operator: Operator, common: dict[str, Any]) -> dict[str, Any]:
    schema = operator.strategy.model_json_schema(by_alias=True)
    takes = {"label": operator.strategy.takes_label, "keyed_on": operator.strategy.is_keyed}
    allowed = {name: common[name] for name in common if takes.get(name, True)}
    return {
        "type": "object",
        "description": " ".join((operator.strategy.__doc__ or "").split()),
        "properties": {"operator": {"const": operator.value}, **allowed, **schema.get("properties", {})},
        "required": ["operator", *schema.get("required", [])],
        "additionalProperties": False,
    }


@lru_cache(maxsize=1024)
def _from_words(text: str) -> Mapping[str, Any]:
    """A rule from its short form; a policy says few of them, and often. A word that is no label goes to the parameter
    that the operator leads with."""
    operator, *words = shlex.split(_NUMBERS.sub(lambda listed: listed[0].replace(" ", ""), text)) or [""]
    lead = Operator(operator).strategy.lead if operator in _OPERATORS else ""
    own, rest = {"operator": operator}, dict[str, str]()
    for word in words:
        parameter = _PARAMETER.fullmatch(word)
        if parameter and parameter[1] in _OWN[1:]:
            own[parameter[1]] = parameter[2]
        elif parameter:
            rest[parameter[1]] = parameter[2]
        elif "label" not in own and (_LABEL.fullmatch(word) or not lead):
            own["label"] = word
        elif lead and lead not in rest:
            rest[lead] = word
        else:
            raise ValueError(f"{operator} does not take {word}")
    return own | _with_strategy(operator, rest, as_words=True)


def _with_strategy(operator: Any, parameters: dict[str, Any], *, as_words: bool) -> dict[str, Any]:
    if not isinstance(operator, str) or operator not in _OPERATORS:
        return {}
    strategy = Operator(operator).strategy
    if not parameters and not any(field.is_required() for field in strategy.model_fields.values()):
        return {"strategy": _plain(strategy)}
    try:
        if as_words:
            return {"strategy": strategy.model_validate_strings(parameters, strict=False)}
        return {"strategy": strategy.model_validate(parameters)}
    except ValidationError as faults:
        raise ValueError("; ".join(_complaint(str(operator), fault) for fault in faults.errors())) from None


@cache
def _plain(strategy: type[Strategy]) -> Strategy:
    """Without parameters: one object, so that comparing is quick."""
    return strategy()


def _complaint(operator: str, fault: Any) -> str:
    name = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"{operator} needs {name}: {{operator: {operator}, {name}: ...}}"
    if fault["type"] == "extra_forbidden":
        return f"{operator} takes no {name}"
    if fault["type"] == "string_pattern_mismatch":
        named = "" if name == "with" else f"{name} "
        return f"{operator} cannot be done with {named}{fault['input']!r}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{operator}: {name}: {message}" if name else f"{operator}: {message}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
