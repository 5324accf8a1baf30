"""What policies may say of what surrogates are keyed on, and what they are refused for."""

import re
from typing import Any

import pytest
import yaml
from handwritten import value
from keyed import POLICY, SECRET, clean, engine, message, names, policy_of

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.errors import PolicyError


def test_the_default_is_what_it_always_was() -> None:
    plain, said = parse_policy(POLICY, "x"), parse_policy(f"{POLICY}\nkeyed_on: [patient, self]\n", "x")
    assert plain.digest == said.digest
    assert not plain.keyings
    by_entity = parse_policy(policy_of("self", "ID"), "x")
    assert not by_entity.keyings
    assert names(engine(policy_of("self", "ID")), "7742") == names(engine(POLICY), "7742")
    assert parse_policy(policy_of([{"field": "PID-3.1"}]), "x").digest != plain.digest


def test_a_shipped_policy_can_be_keyed_as_a_whole() -> None:
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    policy = parse_policy(yaml.safe_dump({**content, "keyed_on": [{"field": "PV1-19"}]}), "x")
    made = build_deidentifier(policy, SECRET)
    told = clean(made, message("Johanna Doemann called (614) 555-0143 on 03/05/2024.", visit="900177"))
    other = clean(made, message("Johanna Doemann called (614) 555-0143 on 03/05/2024.", "002", visit="900177"))
    assert value(told, "PID-5") == value(other, "PID-5")
    assert "Doemann" not in told.decode()
    assert value(told, "PV1-19") == value(other, "PV1-19") != "900177"  # identifiers have scope entity there


REFUSED: list[tuple[Any, str]] = [
    (["pateint"], "there is no source pateint; did you mean patient?"),
    ([], "name one source or more"),
    (["self", "self"], "self stands twice"),
    ([{"field": "PDI-3"}], "HL7 v2 has no segment PDI"),
    ([{"field": "Patient.identifer.value"}], "FHIR has no such element"),
    ([{"field": "Patient.identifier"}], "it leads to Identifier, which has parts"),
    ([{"field": "Observation.value"}], "say which, as in Observation.value.ofType(string)"),
    ([{"field": "not a path"}], "neither a path of HL7 v2, such as PID-3.1, nor a FHIRPath"),
    ([{"field": []}], "field needs a path"),
    ([{"label": "DOCTOR"}], "this is no label such as NAME"),
    ([{"label": "NAME", "match": "first"}], "match is a number"),
    ([{"label": "NAME", "match": 2, "match_until": 1}], "match_until 1 comes before match 2"),
    ([{"header": "a", "match": 1}], "match does not belong to header"),
    ([{"header": ""}], "header needs the name"),
    ([{"key": False}], "key can only be true"),
    ([{"field": "PID-3", "header": "a"}], "field and header are two sources"),
    (7, "7 is no source; there are patient, self, key"),
]


@pytest.mark.parametrize(("keyed_on", "why"), REFUSED, ids=lambda one: str(one)[:30])
def test_what_is_wrong_is_said_with_its_line_and_what_there_is(keyed_on: Any, why: str) -> None:
    for label, path in (("NAME", "labels.NAME.keyed_on"), ("", "keyed_on")):
        with pytest.raises(PolicyError, match=re.escape(why)) as fault:
            parse_policy(policy_of(keyed_on, label), "x.yaml")
        assert re.match(rf"x.yaml, line \d+: {path}: ", str(fault.value))


NOT_KEYED: list[tuple[str, dict[str, Any], str]] = [
    ("NAME", {"operator": "mask"}, "mask is the same whatever it is keyed on: keyed_on goes with surrogate, hash"),
    ("ID", {"operator": "format_preserving"}, "format_preserving is the same whatever it is keyed on"),
    ("NAME", {"operator": "encrypt", "keyed_on": "patient"}, "encrypt is nothing without the value: name self"),
    ("DATE", {"operator": "surrogate"}, "DATE is not keyed on anything: dates move by their patient's days"),
    ("NAME", {"operator": "surrogate", "scope": "entity"}, "give one of the two"),
]


@pytest.mark.parametrize(("label", "rule", "why"), NOT_KEYED)
def test_rules_that_cannot_be_keyed_say_why(label: str, rule: dict[str, Any], why: str) -> None:
    content = yaml.safe_load(POLICY)
    content["labels"][label] = {"keyed_on": ["patient"], **rule}
    with pytest.raises(PolicyError, match=re.escape(why)):
        parse_policy(yaml.safe_dump(content), "x.yaml")


def test_short_rules_may_name_plain_sources() -> None:
    content = yaml.safe_load(POLICY)
    content["labels"]["NAME"] = "surrogate keyed_on=patient"
    assert names(engine(yaml.safe_dump(content)), "John Jane") == names(engine(policy_of(["patient"])), "John Jane")
