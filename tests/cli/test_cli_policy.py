import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from streamdeid.build import load_policy, parse_policy, shipped_policies
from streamdeid.cli.explain import Explanation, explain_path
from streamdeid.errors import UsageError

Command = Callable[..., Result]

TEXT = """\
name: small
hl7v2:
  rules:
    PID-5.1: surrogate NAME/FAMILY
    XPN: remove
    FN: mask NAME/FAMILY
    ST: detect
    PID-12: {operator: substitute, with: X}
    ZPI-3: quarantine
  segments: {ZPI: {1: XPN, 3: ST}}
fhir:
  rules:
    HumanName.family: {operator: surrogate, label: NAME/FAMILY, scope: entity}
labels:
  NAME: surrogate NAME/FULL
  ID/SSN: remove
"""
POLICY = parse_policy(TEXT, "small.yaml")


def explained(path: str, datatype: str = "") -> Explanation:
    (found,) = explain_path(POLICY, path, datatype)
    return found


def lines(path: str, datatype: str = "") -> list[str]:
    return [line for each in explain_path(POLICY, path, datatype) for line in each.lines()]


@pytest.mark.parametrize(
    "path", ["PID-5.1", "PID-5-1", "PID-5.1.1", "PID-5[2].1", "PID-5-1-1", "PID(2)-5-1", "PID(*)-5(1)-1-1"]
)
def test_the_most_specific_name_decides_however_the_path_is_written(path: str) -> None:
    found = explained(path)
    assert (found.path, found.by) == ("PID-5.1.1", "PID-5.1")
    assert list(found.lines())[:2] == [
        "PID-5.1.1: surrogate NAME/FAMILY (the same for one patient)",
        "  why: the policy names PID-5.1",
    ]


def test_what_surrogates_are_keyed_on_is_told_where_it_is_not_the_default() -> None:
    own = "ID: {operator: surrogate, keyed_on: [{label: ID/MRN, match: -1}, {header: x}, key]}"
    keyed = parse_policy(f"{TEXT}  {own}\nkeyed_on: [{{field: [PV1-19, Encounter.id]}}, patient, self]\n", "keyed.yaml")
    first = {path: next(explain_path(keyed, path)[0].lines()) for path in ("PID-5.1", "NAME", "ID", "ID/SSN", "PID-12")}
    assert list(first.values()) == [
        "PID-5.1.1: surrogate NAME/FAMILY (keyed on field PV1-19 or Encounter.id, patient, self)",
        "NAME: surrogate NAME/FULL (keyed on field PV1-19 or Encounter.id, patient, self)",
        "ID: surrogate (keyed on label ID/MRN [-1], header x, record key)",
        "ID/SSN: remove",
        "PID-12: substitute with=X",
    ]
    (name,) = explain_path(keyed, "Patient.name.family")
    assert next(name.lines()) == "Patient.name.family: surrogate NAME/FAMILY (the same for everybody)"


def test_a_field_is_explained_component_by_component() -> None:
    found = explain_path(POLICY, "PID-5")
    assert [each.path for each in found][:3] == ["PID-5.1.1", "PID-5.2", "PID-5.3"]
    assert [each.by for each in found][:2] == ["PID-5.1", "XPN"]
    assert len(found) > 10


def test_a_field_without_components_is_explained_itself() -> None:
    assert lines("PID-12")[0] == "PID-12: substitute with=X"


def test_what_the_policy_does_not_name_is_quarantined() -> None:
    found = explained("PID-1")
    assert (found.rule, found.by) == (None, "")
    assert "PID-1: quarantine" in lines("PID-1")
    assert "  why: the policy names none of what it could be named by" in lines("PID-1")


def test_the_datatype_of_a_varying_field_is_what_is_asked_for() -> None:
    assert explained("OBX-5").rule is None
    assert explained("OBX-5", "ST").by == "ST"
    assert [each.by for each in explain_path(POLICY, "OBX-5", "XPN")][:2] == ["FN", "XPN"]
    assert explained("OBX(*)-5", "ST").by == "ST"


def test_declared_segments_are_known() -> None:
    assert explained("ZPI-1.2").by == "XPN"
    assert lines("ZPI-3")[0] == "ZPI-3: quarantine"
    assert explained("ZPX-1").names[-1] == "undefined-segment"


@pytest.mark.parametrize("path", ["Patient.name.family", "Patient.name[0].family", "Patient.contact.name.family"])
def test_fhir_paths_are_explained(path: str) -> None:
    found = explained(path)
    assert found.by == "HumanName.family"
    assert "everybody" in lines(path)[0]


def test_fhir_paths_lead_through_backbone_elements_numbers_and_booleans() -> None:
    for path in ("Observation.valueQuantity.value", "Patient.active", "Claim.item.detail.sequence", "Patient.id"):
        assert explained(path).path == path


@pytest.mark.parametrize(
    ("path", "datatype"),
    [
        ("Encounter.class.code", "code"),  # a Coding in R4, a CodeableConcept in R5
        ("Encounter.class.coding.code", "code"),
        ("Encounter.subjectStatus.text", "string"),  # of R5 alone
        ("ProcedureRequest.intent", "code"),  # of STU3 alone
    ],
)
def test_a_path_is_of_r4_or_else_of_another_release_that_has_it(path: str, datatype: str) -> None:
    found = explained(path)
    assert (found.path, found.names[-1]) == (path, datatype)


def test_a_policy_for_one_release_knows_no_path_of_another() -> None:
    strict = parse_policy(TEXT.replace("fhir:\n", "fhir:\n  version: R4B\n"), "strict.yaml")
    assert explain_path(strict, "Encounter.class.code")
    with pytest.raises(UsageError, match="resource type of FHIR R4B"):
        explain_path(strict, "ProcedureRequest.intent")


@pytest.mark.parametrize(
    ("label", "by"), [("NAME/FAMILY", "NAME"), ("NAME", "NAME"), ("ID/SSN", "ID/SSN"), ("AGE", "")]
)
def test_labels_are_explained_by_their_own_rule_or_their_familys(label: str, by: str) -> None:
    assert explained(label).by == by


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("nonsense", "is no path such as"),
        ("pid-5", "is no path such as"),
        ("Nobody.name", "does not start with a resource type"),
        ("Patient.nickname", "no nickname in Patient"),
        ("Patient.name", "has parts: "),
        ("Patient.gender.code", "has no code"),
        ("Observation.value", "valueQuantity"),
        ("Observation.value[x]", "valueQuantity"),
    ],
)
def test_what_is_no_path_is_a_usage_error_that_helps(command: Command, path: str, hint: str) -> None:
    result = command("policy", "explain", path)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_every_shipped_policy_can_be_validated_and_explained(command: Command) -> None:
    for name in shipped_policies():
        result = command("policy", "explain", "PID-5.1", "--policy", name)
        assert result.exit_code == 0
        assert result.stdout.startswith("PID-5.1.1: ")
    assert explain_path(load_policy(), "PID-5.1")[0].rule is not None
    assert explain_path(load_policy(), "Patient.name.family")[0].rule is not None


def test_a_valid_policy_is_told_by_name_and_digest(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(TEXT)
    result = command("policy", "validate", file)
    assert result.exit_code == 0
    assert result.stdout == f"{file}: valid; policy small, digest {POLICY.digest}\n"


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("name: [", "not valid YAML"),
        ("name: small", "hl7v2"),
        ("name: small\nname: other", "twice"),
        ("[]", "policy"),
        ("", "policy"),
    ],
)
def test_an_invalid_policy_is_a_usage_error_with_a_place(
    command: Command, tmp_path: Path, content: str, hint: str
) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(content)
    result = command("policy", "validate", file)
    assert result.exit_code == 2
    assert str(file) in result.stderr
    assert hint in result.stderr
    assert "Traceback" not in result.output


def test_every_fault_of_a_policy_is_a_line_with_the_files_line(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text("name: small\nhl7v2: {rules: {ST: keepit}}\nfhir: {rules: {}}\nlabels: {PET: keep}\n")
    first, second = command("policy", "validate", file).stderr.splitlines()
    assert first.endswith(f"{file}, line 2: hl7v2.rules.ST.operator: there is no operator keepit; did you mean keep?")
    assert f"{file}, line 4: labels.PET: " in second


def test_names_that_no_standard_has_are_refused_and_odd_ones_remarked(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(TEXT.replace("PID-12:", "PDI-12:"))
    result = command("policy", "validate", file)
    assert result.exit_code == 2
    assert result.stderr.endswith("line 8: hl7v2.rules.PDI-12: no segment PDI; did you mean PID-12?\n")
    file.write_text(TEXT.replace("PID-12:", "PID-120:"))
    result = command("policy", "validate", file)
    assert result.exit_code == 0
    assert result.stderr == f"remark: {file}, line 8: hl7v2.rules.PID-120: no version of HL7 v2 defines PID-120\n"


def test_the_shipped_policies_files_are_valid(command: Command) -> None:
    for name in shipped_policies():
        file = Path(__file__).parents[2] / "config" / "policies" / f"{name}.yaml"
        result = command("policy", "validate", file)
        assert result.exit_code == 0, result.stderr
        assert load_policy(name).digest in result.stdout


@pytest.mark.parametrize("name", ["absent.yaml", "."])
def test_a_policy_file_that_is_not_there_is_a_usage_error(command: Command, name: str) -> None:
    result = command("policy", "validate", name)
    assert result.exit_code == 2
    assert name in result.stderr


def test_a_file_called_like_a_shipped_policy_is_the_one_that_is_checked(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("expert_determination").write_text("name: [")
    assert command("policy", "validate", "expert_determination").exit_code == 2


@pytest.mark.parametrize("options", [(), ("--tests",)])
def test_the_schemas_are_json_schema(command: Command, options: tuple[str, ...]) -> None:
    result = command("policy", "schema", *options)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["$schema"].startswith("https://json-schema.org/")


# --- Types beside paths, and lists of the policy's own ---------------------------------------------------------------


def test_rules_for_types_are_told_where_a_path_gives_way_to_them() -> None:
    (found,) = explain_path(load_policy(), "PID-3.1")
    told = list(found.lines())
    assert told[1] == "  why: the policy names PID-3.1"
    assert any(line.startswith("  if it is CX(SS).1: surrogate ID/SSN ") for line in told)
    assert sum("because PID-3.1 is unless_typed" in line for line in told) == 5


def test_rules_for_types_are_told_where_a_path_goes_before_them() -> None:
    own = "include: expert_determination\nname: own\nhl7v2: {rules: {PID-3.1: remove}}\n"
    (found,) = explain_path(parse_policy(own, "own.yaml"), "PID-3.1")
    told = list(found.lines())
    assert told[0] == "PID-3.1: remove"
    assert told[-1] == (
        "  not used here: CX(SS).1, CX(DL).1, CX(NPI).1, CX(AN).1, CX(MR).1, because PID-3.1 goes before types, and is"
        " not unless_typed"
    )


def test_lists_and_pairs_are_told_by_their_number_and_no_entry_is(command: Command, tmp_path: Path) -> None:
    (tmp_path / "families.txt").write_text("Quentworth\nVandermade\n")
    (tmp_path / "staff.txt").write_text("Ida Feldscher\n")
    (tmp_path / "own.yaml").write_text(
        "include: expert_determination\nname: own\n"
        "lists: {NAME/FAMILY: [{values: [Madeupson], file: families.txt, region: north}]}\n"
        "pairs: {NAME/FAMILY: {Geheim: Offen}}\n"
        "detection: {thresholds: {NAME: 0.7}, deny: [{label: NAME/DOCTOR, name: staff, file: staff.txt}]}\n"
    )
    for path in ("NAME", "NAME/FAMILY", "PID-5.1", "NTE-3"):
        plain = command("policy", "explain", path, "--policy", tmp_path / "own.yaml")
        told = command("policy", "explain", path, "--policy", tmp_path / "own.yaml", "--json")
        entries = ("Quentworth", "Vandermade", "Madeupson", "Geheim", "Offen", "Feldscher")
        assert not any(entry in plain.stdout + told.stdout for entry in entries)
        (found,) = json.loads(told.stdout)
        kinds = {(one["what"], one.get("by"), one.get("entries")) for one in found["concerns"]}
        if path != "NTE-3":
            assert {("list", None, 3), ("pairs", None, 1)} <= kinds
        else:
            assert "deny.staff" in found["readers"]
        if path == "NAME":
            assert ("found", "deny.staff", 1) in kinds
            assert "threshold of NAME: 0.7" in plain.stdout
