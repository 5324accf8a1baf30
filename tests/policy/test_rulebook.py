"""Which of several rules that fit a place decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.build import load_policy, parse_policy
from streamdeid.errors import PolicyError
from streamdeid.formats.er7 import scan
from streamdeid.formats.variants import is_variant
from streamdeid.policy.policy import Rule
from streamdeid.policy.rulebook import Rulebook, chosen
from streamdeid.types import Format

LINEAGE = ("PID-3.1", "PID-3", "CX(MR).1", "CX.1", "CX", "ST")
KEEP, GIVES_WAY = Rule.model_validate("keep"), Rule.model_validate("keep unless_typed=true")
RULES = st.dictionaries(st.sampled_from(LINEAGE), st.sampled_from([KEEP, GIVES_WAY]))


@given(RULES)
def test_the_most_specific_name_decides_unless_it_gives_way_to_the_type(rules: dict[str, Rule]) -> None:
    found, named = chosen(rules, LINEAGE), [name for name in LINEAGE if name in rules]
    if not named:
        assert found is None
    elif rules[named[0]].unless_typed and "CX(MR).1" in named:
        assert found == "CX(MR).1"
    else:
        assert found == named[0]


@pytest.mark.parametrize(("name", "rules"), [("PID-3.1", "PID-3.1: remove"), ("PID-3", "PID-3.1: null, PID-3: remove")])
def test_a_path_of_the_users_own_goes_before_the_type(name: str, rules: str) -> None:
    own = parse_policy(f"include: expert_determination\nname: own\nhl7v2: {{rules: {{{rules}}}}}\n", "own.yaml")
    message = b"MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\rPID|1||0047113^^^MADEUP^MR\r"
    (place,) = (leaf.place for leaf in scan(message).leaves if leaf.text == "0047113")
    assert Rulebook(own).named(Format.HL7V2, place) == name
    assert Rulebook(own).rule(Format.HL7V2, place).operator == "remove"
    assert Rulebook(load_policy()).named(Format.HL7V2, place) == "CX(MR).1"


def test_shipped_rules_for_identifiers_at_a_place_give_way_to_types() -> None:
    rules = load_policy().hl7v2.rules
    for name in ("PID-2.1", "PID-3.1", "PID-18.1", "MRG-1.1", "PV1-19", "IN1-49.1"):
        assert rules[name].unless_typed
    assert not any(rule.unless_typed for name, rule in rules.items() if is_variant(name))


def test_giving_way_is_for_places_alone() -> None:
    text = "name: own\nhl7v2: {rules: {}}\nfhir: {rules: {}, paths: [%s]}\nlabels: {%s}\n"
    with pytest.raises(PolicyError, match=r"labels.NAME: unless_typed is for places"):
        parse_policy(text % ("", "NAME: surrogate unless_typed=true"), "own.yaml")
    with pytest.raises(PolicyError, match=r"a path goes before all rules for types"):
        parse_policy(text % ("{path: Patient.id, rule: keep unless_typed=true}", ""), "own.yaml")


def test_it_is_written_as_it_was_read_and_only_where_it_is_said() -> None:
    assert GIVES_WAY.model_dump()["unless_typed"] is True
    assert "unless_typed" not in KEEP.model_dump()
    assert Rule.model_validate(GIVES_WAY.model_dump()) == GIVES_WAY
