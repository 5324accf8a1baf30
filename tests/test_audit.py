"""The audit record is what its schema says, and holds nothing that a message's author wrote."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from handwritten import adt, bundle, observation, oru, patient, process

from streamdeid import __version__
from streamdeid.audit import PolicyReload, Source, audit_record, audit_schema, reload_record
from streamdeid.engine import Deidentifier
from streamdeid.types import Format, Quarantined, Released, Replacement

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "audit.schema.json").read_text(encoding="utf-8"))
DIGEST = "0123456789abcdef"
SOURCE = Source("raw.hl7v2", 3, 1234567890123)
DONE = Replacement("PID-5.1", "NAME/FAMILY", "surrogate", "", 2)


def faults(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Where a value breaks a schema; a keyword that is not in `KEYWORDS` is a fault of the schema."""
    return [fault for keyword, wanted in schema.items() for fault in KEYWORDS[keyword](value, wanted, schema, at)]


def unless(holds: bool, at: str, what: object) -> list[str]:
    return [] if holds else [f"{at}: {what}"]


def one_of(value: Any, schemas: list[dict[str, Any]], _: object, at: str) -> list[str]:
    return unless([faults(value, one, at) for one in schemas].count([]) == 1, at, "oneOf")


def properties(value: Any, schemas: dict[str, Any], _: object, at: str) -> list[str]:
    return [fault for name in schemas if name in value for fault in faults(value[name], schemas[name], f"{at}.{name}")]


def items(value: Any, schema: dict[str, Any], _: object, at: str) -> list[str]:
    return [fault for number, item in enumerate(value) for fault in faults(item, schema, f"{at}[{number}]")]


TYPES = {"object": dict, "array": list, "string": str, "integer": int}
KEYWORDS: dict[str, Callable[[Any, Any, dict[str, Any], str], list[str]]] = {
    **dict.fromkeys(("$schema", "title", "description"), lambda value, wanted, schema, at: []),
    "oneOf": one_of,
    "type": lambda value, wanted, schema, at: unless(type(value) is TYPES[wanted], at, wanted),
    "const": lambda value, wanted, schema, at: unless(value == wanted, at, wanted),
    "enum": lambda value, wanted, schema, at: unless(value in wanted, at, wanted),
    "pattern": lambda value, wanted, schema, at: unless(re.search(wanted, str(value)) is not None, at, wanted),
    "minimum": lambda value, wanted, schema, at: unless(value >= wanted, at, wanted),
    "required": lambda value, wanted, schema, at: unless(set(wanted) <= set(value), at, wanted),
    "additionalProperties": lambda value, _, schema, at: unless(set(value) <= set(schema["properties"]), at, "more"),
    "properties": properties,
    "items": items,
}


def record(outcome: Released | Quarantined, source: Source | None = SOURCE) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(audit_record(outcome, DIGEST, source))
    return made


def test_a_released_message() -> None:
    assert record(Released(b"clean bytes", (DONE,))) == {
        "outcome": "released",
        "policy": DIGEST,
        "version": __version__,
        "source": {"topic": "raw.hl7v2", "partition": 3, "offset": 1234567890123},
        "bytes": 11,
        "replacements": [
            {"path": "PID-5.1", "label": "NAME/FAMILY", "operator": "surrogate", "by": "", "times": 2},
        ],
    }


def test_a_quarantined_message() -> None:
    assert record(Quarantined("er7.header", "byte 0"), None) == {
        "outcome": "quarantined",
        "policy": DIGEST,
        "version": __version__,
        "code": "er7.header",
        "path": "byte 0",
    }


def test_a_record_is_compact_and_sorted() -> None:
    made = audit_record(Released(b"", (DONE,)), DIGEST, SOURCE)
    assert made == json.dumps(json.loads(made), sort_keys=True, separators=(",", ":")).encode()
    assert b"\n" not in made


@pytest.mark.parametrize(
    "outcome",
    [
        Released(b""),
        Released(b"x", (DONE, Replacement("OBX-5", "DATE", "shift", "rules.dates.iso", 1))),
        Released(b"x", (Replacement("OBX-5", "NAME", "surrogate", "rules.names.given-surname+ner.clinical", 1),)),
        Released(b"x", (Replacement("OBX-5", "NAME", "surrogate", "+".join(f"ner.m{n}" for n in range(8)), 1),)),
        Quarantined("message.empty"),
        Quarantined("policy.unnamed", "PID-3[2].1"),
        Quarantined("fhir.element", "Bundle.entry[0].resource.name[1].?"),
    ],
)
@pytest.mark.parametrize("source", [None, SOURCE])
def test_every_kind_of_record_follows_the_schema(outcome: Released | Quarantined, source: Source | None) -> None:
    assert faults(record(outcome, source), SCHEMA) == []


def test_records_of_real_outcomes_follow_the_schema(deidentifier: Deidentifier) -> None:
    collection = bundle(patient(), observation(valueString="Mrs. Doemann"))
    outcomes = [
        process(deidentifier, adt()),
        process(deidentifier, oru("Mrs. Doemann, 614-555-0143", "of Made Up Hospital, seen 03/05/2024, aged 97")),
        process(deidentifier, collection, Format.FHIR),
        process(deidentifier, collection[:99], Format.FHIR),
        process(deidentifier, collection.replace(b'"status"', b'"Doemann"'), Format.FHIR),
        process(deidentifier, b"Mr. Doemann", Format.TEXT),
        process(deidentifier, b"\xff\xfe\x00", Format.TEXT),
        process(deidentifier, adt("A01", "ZPI|1|Doemann")),
    ]
    assert {type(outcome) for outcome in outcomes} == {Released, Quarantined}
    for outcome in outcomes:
        assert faults(record(outcome), SCHEMA) == []
        assert b"oemann" not in audit_record(outcome, DIGEST)


RELOAD = PolicyReload("accepted", DIGEST, DIGEST[::-1], "", "0" * 16)
REFUSED = RELOAD._replace(outcome="refused", code="reload.invalid", new="")


@pytest.mark.parametrize("reload", [RELOAD, REFUSED, REFUSED._replace(code="reload.unsuitable", new=DIGEST)])
def test_a_policy_that_changes_has_a_record_of_its_own_kind(reload: PolicyReload) -> None:
    made = json.loads(reload_record(reload))
    assert made == {"event": "policy_reload", "version": __version__, **reload._asdict()}
    assert "source" not in made, "it is about no message"
    assert faults(made, audit_schema()) == []
    for change in ({"policy": DIGEST}, {"source": SOURCE._asdict()}, {"outcome": "released"}, {"code": "Doemann"}):
        assert faults(made | change, audit_schema())
    assert faults(record(Released(b"")) | {"event": "policy_reload"}, audit_schema())


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "lost"},
        {"policy": "shipped"},
        {"extra": "Doemann"},
        {"bytes": -1},
        {"bytes": True},
        {"code": "er7.header"},
        {"source": {"topic": "raw topic", "partition": 0, "offset": 0}},
        {"source": {"topic": "raw", "partition": 0}},
        {"replacements": [{"path": "PID-5.1", "label": "NAME", "operator": "surrogate", "by": ""}]},
        {"replacements": [DONE._asdict() | {"label": "PERSON"}]},
        {"replacements": [DONE._asdict() | {"operator": "guess"}]},
        {"replacements": [DONE._asdict() | {"times": 0}]},
        {"replacements": [DONE._asdict() | {"by": "rules.names.title+"}]},
        {"replacements": [DONE._asdict() | {"by": "Doemann"}]},
        {"replacements": [DONE._asdict() | {"by": "+".join(f"ner.m{n}" for n in range(9))}]},
        {"replacements": [DONE._asdict() | {"by": "ner." + "m" * 96}]},
        {"replacements": [DONE._asdict() | {"value": "Doemann"}]},
        {"replacements": [DONE._asdict() | {"path": "PID-5.1 Doemann\u00e9"}]},
    ],
)
def test_the_schema_refuses_other_records(change: dict[str, Any]) -> None:
    assert faults(record(Released(b"")) | change, SCHEMA)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert audit_schema() == SCHEMA
