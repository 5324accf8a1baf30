import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from streamdeid.build import load_policy, parse_policy, shipped_policies
from streamdeid.cli.explain import explain_path
from streamdeid.cli.explanation import Explanation
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


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("absent.yaml", "the shipped policies are expert_determination"),
        ("safe_harbr", "did you mean safe_harbor?"),
        (".", "it is a directory"),
    ],
)
def test_a_policy_file_that_is_not_there_is_a_usage_error(command: Command, name: str, why: str) -> None:
    result = command("policy", "validate", name)
    assert result.exit_code == 2
    assert name in result.stderr
    assert why in result.stderr


@pytest.mark.parametrize("content", ["name: x".encode("utf-16"), b"\xff\xfe\x00\x81", b"name: \xe4"])
def test_a_file_that_is_no_utf_8_is_told_as_that(command: Command, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    for words in (("validate", file), ("explain", "PID-5.1", "--policy", file)):
        result = command("policy", *words)
        assert result.exit_code == 2
        assert "it is no text in UTF-8: save it as UTF-8" in result.stderr


def test_a_shipped_policy_is_checked_by_its_name(command: Command) -> None:
    result = command("policy", "validate", "safe_harbor")
    assert result.exit_code == 0
    assert result.stdout == f"safe_harbor: valid; policy safe_harbor, digest {load_policy('safe_harbor').digest}\n"


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


# --- Paths with conditions, types, and where a rule stands ------------------------------------------------------------

CONDITIONAL = TEXT.replace(
    "fhir:\n",
    "fhir:\n"
    "  paths:\n"
    "    - {path: \"Patient.name.where(use='official').family\", rule: mask NAME/FAMILY}\n"
    "    - {path: \"Patient.name.where(use='old')\", method: gone}\n"
    "  methods: {gone: {HumanName.family: remove}}\n",
)


def test_paths_that_may_pick_a_value_are_told_before_the_rule_of_its_place() -> None:
    (found,) = explain_path(parse_policy(CONDITIONAL, "own.yaml"), "Patient.name.family")
    assert found.by == "HumanName.family"
    assert [line.partition("value: ")[2] for line in found.lines()][-2:] == [
        "fhir.paths.0, Patient.name.where(use='official').family: mask NAME/FAMILY",
        "fhir.paths.1, Patient.name.where(use='old'): remove",
    ]
    assert [one["path"] for one in found.told()["conditional"]] == [one.path for one in found.conditional]


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("Patient.name.where(use='official').family", "Patient.name.where(use='official').family: mask NAME/FAMILY"),
        ("Patient.name.where( use = 'official' ).family", "mask NAME/FAMILY"),
        (
            "Patient.name.where(use='maiden').family",
            "Patient.name.family: surrogate NAME/FAMILY (the same for everybody)",
        ),
    ],
)
def test_a_path_with_a_condition_is_explained_by_its_own_rule_or_its_place(path: str, first: str) -> None:
    (found,) = explain_path(parse_policy(CONDITIONAL, "own.yaml"), path)
    assert first in next(found.lines())


@pytest.mark.parametrize(
    "path", ["Patient.descendants().family", "Patient.name.where(use=", "nodesByType('HumanName')"]
)
def test_a_path_to_no_single_place_is_a_usage_error(path: str) -> None:
    with pytest.raises(UsageError):
        explain_path(POLICY, path)


@pytest.mark.parametrize(
    ("name", "by", "before"),
    [
        ("XPN.2", "XPN", ()),
        ("XPN.1", "FN", ("PID-5.1",)),
        ("XPN.1.1", "FN", ("PID-5.1",)),
        ("FN", "FN", ("PID-5.1", "XPN")),
        ("HumanName.family", "HumanName.family", ()),
        ("HumanName.given", "", ()),
        ("ST", "ST", ("PID-5.1", "XPN", "FN", "ZPI-3")),
    ],
)
def test_names_of_types_are_explained_as_such(name: str, by: str, before: tuple[str, ...]) -> None:
    (found, *_) = explain_path(POLICY, name)
    assert (found.path, found.by) == (name, by)
    assert set(found.before) <= set(before)
    assert set(before[:1]) <= set(found.before)


def test_a_type_of_identifiers_is_explained_without_the_places_that_give_way_to_it() -> None:
    (found,) = explain_path(load_policy(), "CX(SS).1")
    assert found.by == "CX(SS).1"
    assert "PID-3.1" not in found.before
    assert "MRG-7.1" in found.before


def test_the_file_and_line_of_a_rule_are_told_also_of_an_included_one(command: Command, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(TEXT)
    own = tmp_path / "own.yaml"
    own.write_text("include: base.yaml\nname: own\nhl7v2:\n  rules:\n    PID-12: remove\nlabels: {NAME: remove}\n")
    for path, place in (("PID-12", "own.yaml, line 5"), ("PID-5.1", "base.yaml, line 4"), ("NAME", "own.yaml, line 6")):
        assert f"{tmp_path}/{place})" in command("policy", "explain", path, "--policy", own).stdout
        (found,) = json.loads(command("policy", "explain", path, "--policy", own, "--json").stdout)
        assert found["place"] == f"{tmp_path}/{place}"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("patient.name", "did you mean Patient.name"),
        ("Patient.nam", "did you mean Patient.name?"),
        ("Pateint.name.family", "did you mean Patient.name.family"),
        ("PDI-5", "PDI-5: no segment PDI; did you mean PID-5?"),
        ("pid-5", "did you mean PID-5?"),
        ("HumanName.famly", "did you mean HumanName.family?"),
        ("XPN.97", "no version of HL7 v2 defines XPN.97"),
        ("HumanName", "HumanName has parts: extension, family"),
    ],
)
def test_what_was_meant_is_told(path: str, meant: str) -> None:
    with pytest.raises(UsageError) as refusal:
        explain_path(POLICY, path)
    assert meant in str(refusal.value)


def test_a_label_that_nothing_has_is_remarked() -> None:
    assert "  remark: nothing has the label NAME/DOCTR; did you mean NAME/DOCTOR or NAME/OTHER?" in lines("NAME/DOCTR")
    assert not any("remark" in line for line in lines("NAME/DOCTOR"))
