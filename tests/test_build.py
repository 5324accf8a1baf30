"""A policy file, a secret and the shipped detectors make an engine; and what is wrong with a policy is said."""

from pathlib import Path

import pytest
import yaml
from handwritten import adt, er7, oru, process, released

from streamdeid.build import DEFAULT_POLICY, build_deidentifier, load_policy, parse_policy, shipped_policies
from streamdeid.errors import PolicyError, SettingsError
from streamdeid.policy.policy import Policy
from streamdeid.types import Format, Released

SECRET = b"a made-up secret, for tests alone"
SMALL = """
name: small
hl7v2: {rules: {ST: detect}}
fhir: {rules: {string: detect}}
labels: {NAME: surrogate}
"""


def test_the_shipped_policies_are_named_and_every_one_can_be_loaded() -> None:
    assert {DEFAULT_POLICY, "keep_all"} <= set(shipped_policies())
    assert shipped_policies() == sorted(shipped_policies())
    for name in shipped_policies():
        assert load_policy(name).name == name


def test_the_default_policy_changes_what_identifies() -> None:
    assert load_policy() == load_policy(DEFAULT_POLICY)
    assert not load_policy().keeps_everything
    assert load_policy("keep_all").keeps_everything


def test_a_policy_is_loaded_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL, encoding="utf-8")
    policy = load_policy(str(file))
    assert policy == parse_policy(SMALL, "small")
    assert isinstance(policy, Policy)


def test_a_file_that_is_not_there_is_named_together_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"there is no policy file .*nowhere\.yaml.*expert_determination"):
        load_policy(str(tmp_path / "nowhere.yaml"))


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "unread.yaml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(PolicyError, match=r"unread\.yaml cannot be read"):
        load_policy(str(file))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "policy: there is nothing in it"),
        ("a: [", "not valid YAML: did not find"),
        ("name: x\nname: y", "line 2: not valid YAML: 'name' stands here twice"),
        (SMALL.replace("ST: detect", "ST: detect, ST: keep"), "line 3: not valid YAML: 'ST' stands here twice"),
        (SMALL + "extra: 1", "extra: Extra inputs are not permitted"),
        (SMALL.replace("name: small", "name: Small"), "name: String should match pattern"),
        (SMALL.replace("NAME: surrogate", "NAME: guess"), "labels.NAME.operator"),
        (SMALL.replace("NAME: surrogate", "PERSON: surrogate"), "labels.PERSON"),
        (SMALL.replace("ST: detect", "ST: surrogate"), "ST: surrogate needs a label"),
        ("!!python/object/apply:os.getcwd []", "not valid YAML"),
        ("- 1", "policy: a policy is a mapping"),
    ],
)
def test_what_is_wrong_is_said_in_the_policys_name(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        parse_policy(text, "mine.yaml")
    assert str(refusal.value).startswith("mine.yaml")
    assert complaint in str(refusal.value)


def test_every_fault_has_a_line_of_its_own() -> None:
    with pytest.raises(PolicyError) as refusal:
        parse_policy(SMALL + "one: 1\ntwo: 2\n", "mine.yaml")
    assert len(str(refusal.value).splitlines()) == 2


def test_a_built_engine_detects_and_replaces() -> None:
    engine = build_deidentifier(load_policy(), SECRET)
    assert b"Roessner" not in released(engine, oru("Seen by Dr. Roessner."))
    assert [span.label for span in engine.detect_text("Write to made.up@example.org")] == ["CONTACT/EMAIL"]
    assert engine.policy.name == DEFAULT_POLICY


def test_equal_parts_make_equal_engines_and_nonces_are_fresh() -> None:
    outcomes, tables = [], []
    for _ in range(2):
        vault: dict[str, bytes] = {}
        outcomes.append(process(build_deidentifier(load_policy(), SECRET), adt(), vault=vault))
        tables.append(vault)
    assert isinstance(outcomes[0], Released)
    assert outcomes[0] == outcomes[1]
    assert tables[0].keys() == tables[1].keys()
    assert not set(tables[0].values()) & set(tables[1].values())


def test_a_secret_that_is_too_short_is_refused_and_not_quoted() -> None:
    with pytest.raises(SettingsError) as refusal:
        build_deidentifier(load_policy(), b"hush")
    assert "hush" not in str(refusal.value)


def test_routing_goes_by_patient_and_never_fails() -> None:
    engine = build_deidentifier(load_policy(), SECRET)
    key = engine.routing_key(adt(), Format.HL7V2)
    assert key == engine.routing_key(oru("Another message."), Format.HL7V2)
    others = {
        engine.routing_key(content, Format.HL7V2)
        for content in (b"", b"not HL7", b"MSH|^~\\&|", er7("ADT^A01"), er7("ACK", "MSA|AA|1"))
    }
    assert len(others | {key}) == 6
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in others | {key})


def test_policies_are_plain_yaml() -> None:
    file = Path(__file__).parents[1] / "config" / "policies" / f"{DEFAULT_POLICY}.yaml"
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["name"] == DEFAULT_POLICY
