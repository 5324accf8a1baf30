"""What the methods of FHIR anonymizer configurations become: rules by lineage name, under the method's name.

Those tools take elements out. So does `redact` with numbers, booleans and quantities, which have no value that says
nothing; where FHIR demands them the message is quarantined. Texts, codes and dates keep their place and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from streamdeid.formats.fhir_tables import PRIMITIVES, Tables
from streamdeid.importing.configuration import Parameters
from streamdeid.policy.policy import Operator, Rule, Scope

Rules = Mapping[str, Rule]

_TEXTS: Final = ("string", "markdown", "base64Binary", "xhtml", "uri", "url", "canonical", "oid", "uuid")
_TOKENS: Final = ("string", "markdown", "uri", "url", "canonical")
_DATES: Final = ("date", "dateTime", "instant")
_NUMBERS: Final = ("decimal", "integer", "integer64", "positiveInt", "unsignedInt")
_QUANTITIES: Final = ("Quantity", "Age", "Count", "Distance", "Duration", "Money")
_PARTS: Final = ("value", "comparator", "unit", "system", "code", "currency")
_NAMING: Final = ("NAME", "ID", "CONTACT", "LOCATION")
_VARIANT: Final = re.compile(r"\([^)]*\)")
_OLDEST: Final = 89

_KEEP: Final = Rule(operator=Operator.KEEP)
_OMIT: Final = Rule(operator=Operator.OMIT)
_QUARANTINE: Final = Rule(operator=Operator.QUARANTINE)
_REMOVE: Final = Rule(operator=Operator.REMOVE)
_SHIFT: Final = Rule(operator=Operator.SHIFT, label="DATE")
_RESOURCE_ID: Final = Rule(operator=Operator.SURROGATE, label="ID/RESOURCE", scope=Scope.ENTITY)
_OTHER_ID: Final = Rule(operator=Operator.SURROGATE, label="ID/OTHER", scope=Scope.ENTITY)
_URL: Final = Rule(operator=Operator.SURROGATE, label="CONTACT/URL", scope=Scope.ENTITY)


def keep() -> dict[str, Rule]:
    """Everything that FHIR defines stays."""
    return dict.fromkeys(sorted(PRIMITIVES), _KEEP)


def redact(parameters: Parameters, base: Rules, tables: Tables, year: int) -> dict[str, Rule]:
    """Nothing is left but what the parameters let be told: years, ages up to 89, three digits of postal codes.

    Values that `base` knows the kind of are removed under that label, so that they are looked for in texts too.
    `year` is the present one.
    """
    rules: dict[str, Rule] = {}
    for name, rule, datatype in _known(base, tables):
        if rule.operator is Operator.SURROGATE and datatype in _TEXTS:
            rules[name] = Rule(operator=Operator.REMOVE, label=rule.label)
        elif rule.operator is Operator.SHIFT and datatype in _DATES:
            rules[name] = _redacted_date(parameters, rule.label or "DATE", datatype, year)
    if parameters.enablePartialZipCodesForRedact:
        areas = " ".join(parameters.restrictedZipCodeTabulationAreas or ())
        rules["Address.postalCode"] = Rule.model_validate(
            {"operator": Operator.ZIP3, "label": "LOCATION/ZIP", "with": areas or None}
        )
    rules |= dict.fromkeys((f"{name}.{part}" for name in _QUANTITIES for part in _PARTS), _OMIT)
    if parameters.enablePartialAgesForRedact:
        rules["Age.value"] = Rule(operator=Operator.AGE, label="AGE")
    rules |= dict.fromkeys(_TEXTS, _REMOVE)
    rules |= {name: _redacted_date(parameters, "DATE", name, year) for name in _DATES}
    rules |= {"id": _RESOURCE_ID, "code": _constant("unknown"), "time": _constant("00:00:00")}
    return rules | dict.fromkeys((*_NUMBERS, "boolean"), _OMIT)


def shift_dates(base: Rules, tables: Tables) -> dict[str, Rule]:
    """Dates are shifted; nothing else is named."""
    births = {name: rule for name, rule, datatype in _known(base, tables) if rule.operator is Operator.SHIFT}
    return births | dict.fromkeys(_DATES, _SHIFT)


def hash_values(base: Rules, tables: Tables) -> dict[str, Rule]:
    """Every value becomes a keyed surrogate, the same for everybody; ids in references agree with those of resources.
    What could not hold one (dates, numbers, documents) goes to quarantine."""
    rules: dict[str, Rule] = {}
    for name, rule, datatype in _known(base, tables):
        if rule.operator is Operator.REFERENCE:
            rules[name] = rule
        elif rule.operator is Operator.SURROGATE and datatype in (*_TEXTS, "id", "code"):
            rules[name] = Rule(operator=Operator.SURROGATE, label=rule.label, scope=Scope.ENTITY)
    rules |= dict.fromkeys(("string", "markdown", "code", "oid", "uuid"), _OTHER_ID) | {"id": _RESOURCE_ID}
    rules |= dict.fromkeys(("uri", "url", "canonical"), _URL)
    return rules | dict.fromkeys((*_DATES, *_NUMBERS, "boolean", "time", "base64Binary", "xhtml"), _QUARANTINE)


def encrypt_values(base: Rules, tables: Tables) -> dict[str, Rule]:
    """Texts become tokens, the same for everybody; ids, which cannot hold one, and references to them surrogates. What
    else could not hold one goes to quarantine."""
    rules: dict[str, Rule] = {}
    for name, rule, datatype in _known(base, tables):
        if rule.operator is Operator.REFERENCE:
            rules[name] = rule
        elif rule.operator is Operator.SURROGATE and datatype in _TOKENS:
            rules[name] = Rule(operator=Operator.ENCRYPT, label=rule.label, scope=Scope.ENTITY)
    rules |= dict.fromkeys(_TOKENS, Rule(operator=Operator.ENCRYPT, label="ID/OTHER", scope=Scope.ENTITY))
    rules["id"] = _RESOURCE_ID
    return rules | dict.fromkeys(sorted(PRIMITIVES - rules.keys()), _QUARANTINE)


def generalize(cases: Mapping[str, str], keeps_others: bool) -> dict[str, Rule]:
    """Values by cases. What meets none is kept, or redacted: texts say so, anything else goes."""

    def rule(otherwise: str) -> Rule:
        return Rule.model_validate({"operator": Operator.RECODE, "cases": cases, "otherwise": otherwise})

    if keeps_others:
        return dict.fromkeys(sorted(PRIMITIVES), rule("keep"))
    texts = dict.fromkeys(_TEXTS, rule("remove"))
    return texts | dict.fromkeys(sorted(PRIMITIVES - texts.keys()), rule("omit"))


def perturb(noise: str) -> dict[str, Rule]:
    """Numbers get this noise; nothing else is named."""
    return dict.fromkeys(_NUMBERS, Rule.model_validate({"operator": Operator.PERTURB, "with": noise}))


def _constant(text: str) -> Rule:
    return Rule.model_validate({"operator": Operator.SUBSTITUTE, "with": text})


def _redacted_date(parameters: Parameters, label: str, datatype: str, year: int) -> Rule:
    if parameters.enablePartialDatesForRedact:
        return Rule.model_validate({"operator": Operator.YEAR, "label": label, "with": str(year - _OLDEST)})
    return _constant("1900-01-01T00:00:00Z" if datatype == "instant" else "1900-01-01")


def _known(base: Rules, tables: Tables) -> Iterator[tuple[str, Rule, str]]:
    """The rules of `base` for elements that identify or are dates, each with the element's datatype."""
    for name, rule in base.items():
        family = (rule.label or "").partition("/")[0]
        if name.startswith("Extension") or "." not in name:
            continue
        if family in (*_NAMING, "DATE") or rule.operator is Operator.REFERENCE:
            yield name, rule, _datatype(name, tables)


def _datatype(name: str, tables: Tables) -> str:
    found, *elements = _VARIANT.sub("", name).split(".")
    for element in elements:
        definition = tables.types[found].elements.get(element) if found in tables.types else None
        if definition is None:
            return ""
        found = definition.type
    return found
