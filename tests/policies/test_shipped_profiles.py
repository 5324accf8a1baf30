"""The shipped policies that call themselves by a profile: they load by name, and leave no rule of the default policy,
which they include, as it must not be."""

import json

import pytest
from typer.testing import CliRunner

from streamdeid.build import load_policy, shipped_policies
from streamdeid.cli.app import app
from streamdeid.policy.policy import Operator, Profile, Rule, policy_schema
from streamdeid.policy_check.difference import changes
from streamdeid.policy_files.checking import check
from streamdeid.policy_files.shipped import shipped_text
from streamdeid.transform.leaving import Left
from streamdeid.transform.operators import Strategy

PROFILES = {
    "safe_harbor": Profile.SAFE_HARBOR,
    "limited_data_set": Profile.LIMITED_DATA_SET,
    "research_mask": Profile.SAFE_HARBOR,
}


def rules(name: str) -> dict[str, Rule]:
    policy = load_policy(name)
    sections = {"hl7v2": policy.hl7v2.rules, "fhir": policy.fhir.rules, "documents": policy.documents.rules}
    return {f"{section}.{name}": rule for section, found in sections.items() for name, rule in found.items()}


@pytest.mark.parametrize(("name", "profile"), PROFILES.items())
def test_they_are_shipped_and_keep_their_word(name: str, profile: Profile) -> None:
    assert name in shipped_policies()
    checked = check(shipped_text(name), name)
    assert (checked.policy.name, checked.policy.profile, checked.remarks) == (name, profile, ())
    assert rules("expert_determination").keys() <= rules(name).keys()


def test_research_mask_leaves_nothing_false_but_ids_of_resources() -> None:
    kept = {"ID/RESOURCE", None}
    false = {
        name: rule
        for name, rule in rules("research_mask").items()
        if rule.strategy.leaves(rule.label or "") is Left.FALSE
    }
    assert {rule.label for rule in false.values()} == kept
    assert {name for name, rule in false.items() if rule.label is None} == {
        name for name, rule in rules("expert_determination").items() if rule.operator is Operator.REFERENCE
    }
    assert {rule.operator for rule in load_policy("research_mask").labels.values()} == {Operator.MASK}


def test_research_mask_says_what_the_default_policy_labels() -> None:
    masked = rules("research_mask")
    for name, rule in rules("expert_determination").items():
        if rule.operator in (Operator.SURROGATE, Operator.SHIFT, Operator.AGE) and rule.label != "ID/RESOURCE":
            assert masked[name].label == (rule.label or "DATE"), name
            assert masked[name].operator in (Operator.MASK, Operator.REMOVE, Operator.OMIT), name


def test_a_limited_data_set_keeps_dates_ages_towns_states_and_zip_codes() -> None:
    limited = rules("limited_data_set")
    for name, rule in rules("expert_determination").items():
        is_free = rule.operator in (Operator.SHIFT, Operator.AGE) or rule.label in (
            *("LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP"),
        )
        if is_free and rule.operator is not Operator.REMOVE:
            assert limited[name].operator is Operator.KEEP, name
        else:
            assert limited[name] == rule, name


def test_a_profile_is_part_of_the_digest_and_of_the_schema() -> None:
    policy = load_policy("safe_harbor")
    assert policy.model_copy(update={"profile": None}).digest != policy.digest
    assert "profile" in policy_schema()["properties"]
    assert {"PID-7", "DTM"} <= {change.name for change in changes(load_policy(), policy)}


def test_they_can_be_explained_and_compared() -> None:
    run = CliRunner().invoke
    explained = run(app, ["policy", "explain", "PID-7", "--policy", "safe_harbor"])
    assert "PID-7: generalise DATE/BIRTH to=year" in explained.stdout
    compared = run(app, ["policy", "diff", "expert_determination", "safe_harbor", "--json"])
    assert compared.exit_code == 0
    assert json.loads(compared.stdout)


def test_every_operator_declares_what_it_leaves() -> None:
    silent = {operator.value for operator in Operator if operator.strategy.leaves is Strategy.leaves}
    assert silent == {"keep", "code", "media_type", "undate"}
    assert Strategy().leaves("NAME") is Left.WHOLE
