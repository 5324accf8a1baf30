"""All that is wrong with a policy, where it is, and what was meant."""

import pytest

from streamdeid.errors import PolicyError
from streamdeid.policy_files.checking import check
from streamdeid.policy_files.faults import faults
from streamdeid.policy_files.known_names import LABELS, doubt, unlike_label
from streamdeid.policy_files.loading import parse_policy
from streamdeid.types import Format

WRONG = """\
name: Small one
hl7v2:
  rules:
    ST: keepit
    PID-5.1: surrogate
    DTM: mask DATE
    PID-3: {operator: mask, label: ID/MRN, charcter: "#"}
    ID: keep
    PDI-12: remove
    XPM.1: keep
    FN: mask NAMES/FAMILY numbered=true
  segmnts: {}
  segments: {ZPI: {1: XPP}}
dates: {min_days: 400}
labels:
  NAME: surrogate
  PET: keep
  ID/SSN: surogate
fhir:
  rules: {Patient.nmae.family: remove}
  version: R44
  paths: [{path: Patient.name, method: redct}]
  methods:
    redact: {strng: remove}
limits: {bytes: none}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(PolicyError) as refusal:
        check(text, "small.yaml")
    return str(refusal.value).splitlines()


@pytest.mark.parametrize(
    ("line", "place", "what"),
    [
        (1, "name", "did you mean small_one?"),
        (4, "hl7v2.rules.ST.operator", "there is no operator keepit; did you mean keep?"),
        (5, "hl7v2.rules.PID-5.1", "surrogate needs a label"),
        (6, "hl7v2.rules.DTM", "a value of type DTM cannot hold it"),
        (7, "hl7v2.rules.PID-3", "mask takes no charcter; did you mean character?"),
        (9, "hl7v2.rules.PDI-12", "no segment PDI; did you mean PID-12?"),
        (10, "hl7v2.rules.XPM.1", "no datatype XPM; did you mean XPN.1?"),
        (12, "hl7v2.segmnts", "did you mean segments?"),
        (13, "hl7v2.segments.ZPI.1", "no datatype XPP; did you mean"),
        (14, "dates", "min_days is greater than max_days"),
        (17, "labels.PET", "PET is no label such as NAME/FAMILY"),
        (18, "labels.ID/SSN.operator", "did you mean surrogate?"),
        (20, "fhir.rules.Patient.nmae.family", "FHIR has no nmae in Patient; did you mean Patient.name.family?"),
        (21, "fhir.version", "did you mean R4"),
        (22, "fhir.paths.0", "there is no method redct; did you mean redact?"),
        (24, "fhir.methods.redact.strng", "FHIR has no type strng; did you mean string?"),
        (25, "limits.bytes", "valid integer"),
    ],
)
def test_every_fault_is_told_at_once_with_its_line(line: int, place: str, what: str) -> None:
    told = [one for one in complaints(WRONG) if one.startswith(f"small.yaml, line {line}: {place}: ")]
    assert told
    assert any(what in one for one in told)


def test_nothing_else_is_told() -> None:
    lines = {int(one.split("line ")[1].split(":")[0]) for one in complaints(WRONG)}
    assert lines == {1, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 17, 18, 20, 21, 22, 24, 25}


def test_what_is_missing_is_told_together_with_what_is_wrong() -> None:
    told = complaints("labels:\n  NAME: keeep\nhl7v2:\n  rules: {ST: surrogate}\n")
    assert any("name: Field required" in one for one in told)
    assert any("fhir: Field required" in one for one in told)
    assert any("line 2: labels.NAME.operator" in one for one in told)
    assert any("line 4: hl7v2.rules.ST: surrogate needs a label" in one for one in told)


@pytest.mark.parametrize("content", [None, [], "text", 1, {"hl7v2": 1, "fhir": [], "labels": "x"}, {1: 2}])
def test_what_is_no_policy_at_all_has_faults_and_an_end(content: object) -> None:
    assert faults(content)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("labels: {DATE: keep 3}", "labels.DATE: 3 is no label such as NAME/FAMILY or DATE"),
        (
            "labels: {DATE: {operator: keep, label: 3day}}",
            "labels.DATE.label: 3day is no label such as NAME/FAMILY or DATE",
        ),
        ("labels: [keep]", "labels: give a mapping, of names to what each is to be"),
        ("labels: {DATE: [keep]}", "labels.DATE: a rule is a text such as mask NAME/FAMILY, or a mapping"),
        ("fhir: {paths: {Patient.name: remove}}", "fhir.paths: give a list, with an entry - {path: ..., rule: ...}"),
        ("identity: {prefer: MR}", "identity.prefer: give a list"),
        (
            "detection: {pipeline: [{kind: regx}]}",
            "detection.pipeline.0: there is no kind regx; there are ner, flashText,",
        ),
        ("detection: {pipeline: [{kind: regx}]}", "did you mean regex?"),
    ],
)
def test_what_is_of_another_kind_is_told_with_what_to_write(entry: str, told: str) -> None:
    (line,) = complaints(f"include: expert_determination\nname: own\n{entry}\n")
    assert told in line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "policy: there is nothing in it"),
        ("# later\n", "policy: there is nothing in it"),
        ("- a\n", "policy: a policy is a mapping"),
        ("a: \0", "not valid YAML: unacceptable character #x0000: control characters are not allowed"),
    ],
)
def test_what_is_no_mapping_is_told_in_a_line(text: str, told: str) -> None:
    (line,) = complaints(text)
    assert told in line


def test_content_is_not_changed_by_looking_for_faults() -> None:
    content = {"labels": {"PET": "keep"}, "hl7v2": {"rules": {"ST": "x"}}}
    faults(content)
    assert content == {"labels": {"PET": "keep"}, "hl7v2": {"rules": {"ST": "x"}}}


GOOD = """\
name: small
hl7v2:
  rules: {ST: keep, PID-97: remove, ZPI-3: mask NAME/FAMLY, XPN.45: remove}
  segments: {ZPI: {3: ST}}
fhir: {rules: {string: keep}}
labels: {ID/SSS: remove}
"""


def test_what_may_be_a_slip_is_a_remark() -> None:
    checked = check(GOOD, "small.yaml")
    assert checked.policy.name == "small"
    assert sorted(one.split(": ", 1)[1] for one in checked.remarks) == [
        "hl7v2.rules.PID-97: no version of HL7 v2 defines PID-97",
        "hl7v2.rules.XPN.45: no version of HL7 v2 defines XPN.45",
        "hl7v2.rules.ZPI-3: nothing has the label NAME/FAMLY; did you mean NAME/FAMILY?",
        "labels.ID/SSS: nothing has the label ID/SSS; did you mean ID/SSN?",
    ]


def test_remarks_are_about_the_file_and_not_about_what_it_includes() -> None:
    assert check("include: expert_determination\n", "ours.yaml").remarks == ()
    assert len(check("include: expert_determination\nhl7v2: {rules: {PID-97: keep}}\n", "ours.yaml").remarks) == 1


HL7V2 = "PID-5 PID-3.4.1 CX(SS).1 OBX-5 OBX-5.3 DTM varies SFT ZPI-3 ZPI FN.1"
FHIR = (
    "string Patient.contact.name.family Observation.value[x] Observation.valueString Resource.id undefined-element"
    " Extension(http://madeup.example/x.y) Identifier(SS).value canonical(#)"
)


@pytest.mark.parametrize(
    ("format", "name"),
    [
        *((Format.HL7V2, name) for name in HL7V2.split()),
        *((Format.FHIR, name) for name in FHIR.split()),
        (Format.TEXT, "html.text"),
    ],
)
def test_names_that_the_standards_have_are_beyond_doubt(format: Format, name: str) -> None:
    assert doubt(format, name, {}) is None


@pytest.mark.parametrize(
    ("format", "name", "meant"),
    [
        (Format.HL7V2, "pid-5", "PID-5"),
        (Format.HL7V2, "PID.5", "PID-5"),
        (Format.HL7V2, "XPM", "XPN"),
        (Format.HL7V2, "PID-05", "PID-5"),
        (Format.HL7V2, "PID(2)-5", "PID-5"),
        (Format.HL7V2, "CX(ss).1", "CX(SS).1"),
        (Format.FHIR, "Identifier(ss).value", "Identifier(SS).value"),
        (Format.FHIR, "Pateint.name", "Patient.name"),
        (Format.FHIR, "HumanName.famly", "HumanName.family"),
        (Format.FHIR, "strin", "string"),
        (Format.FHIR, "Observation.valuString", "Observation.valueString"),
    ],
)
def test_what_was_meant_is_said(format: Format, name: str, meant: str) -> None:
    found = doubt(format, name, {})
    assert found is not None
    assert found.certain
    assert meant in found.why


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OBX-3[2]", "OBX-3"),
        ("obx-3(2).1", "OBX-3.1"),
        ("OBX[2]-3", "OBX-3"),
        ("PID-5-1", "PID-5.1"),
        ("PID-5.1.2.3", ""),
        ("PID-x", ""),
        ("PID-5.", ""),
    ],
)
def test_what_is_said_to_be_meant_has_not_the_same_fault(name: str, meant: str) -> None:
    found = doubt(Format.HL7V2, name, {})
    assert found is not None
    assert found.certain
    assert found.why.partition("; ")[2] == (f"did you mean {meant}?" if meant else "")
    assert not meant or doubt(Format.HL7V2, meant, {}) is None


@pytest.mark.parametrize("name", ["Patient.", "Patient..name", "Identifier(MR).value"])
def test_what_no_value_can_have_is_certainly_wrong(name: str) -> None:
    found = doubt(Format.FHIR, name, {})
    assert found is not None
    assert found.certain


@pytest.mark.parametrize(
    "name",
    [
        "Patient.name.where(use='official').family",
        "Observation.value.ofType(string)",
        "Patient.name | Person.name",
        "nodesByType('HumanName')",
        "Patient.extension('http://madeup.example/x')",
    ],
)
@pytest.mark.parametrize("where", ["rules", "methods"])
def test_a_fhirpath_in_the_place_of_a_name_is_refused_with_where_it_belongs(name: str, where: str) -> None:
    rules = f'{{"{name}": mask NAME/FAMILY}}'
    own = rules if where == "rules" else "{}"
    text = GOOD.replace("rules: {string: keep}", f"rules: {own},\n  methods: {{x: {rules}}}")
    told = complaints(text)[0]
    place = "line 5: fhir.rules" if where == "rules" else "line 6: fhir.methods.x"
    assert told.startswith(f"small.yaml, {place}.{name}: no place has such a name")
    assert "fhir.paths" in told
    with pytest.raises(PolicyError, match=r"fhir\.paths"):
        parse_policy(text, "small.yaml")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("Patient.nmae.family", "FHIR has no nmae in Patient; did you mean Patient.name.family?"),
        ("Patient.name.where(use='official').famly", "did you mean Patient.name.family?"),
        ("Patient.value.ofType(Quantity)", "it leads to nothing in any release of FHIR"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(path: str, meant: str) -> None:
    text = GOOD.replace("rules: {string: keep}", f'rules: {{string: keep}}, paths: [{{path: "{path}", rule: remove}}]')
    certain = "did you mean" in meant
    (told,) = complaints(text) if certain else [one for one in check(text, "small.yaml").remarks if "paths" in one]
    assert told.startswith("small.yaml, line 5: fhir.paths.0: ")
    assert meant in told


@pytest.mark.parametrize(
    "path", ["Patient.name", "nodesByType('HumanName')", "Observation.value.ofType(Quantity).unit"]
)
def test_a_path_that_leads_somewhere_in_one_release_is_not(path: str) -> None:
    text = GOOD.replace("rules: {string: keep}", f'rules: {{string: keep}}, paths: [{{path: "{path}", rule: remove}}]')
    assert not [one for one in check(text, "small.yaml").remarks if "paths" in one]


@pytest.mark.parametrize("name", ["Patient.nickname", "Quantity.currency"])
def test_what_is_like_no_element_may_be_a_senders_own(name: str) -> None:
    found = doubt(Format.FHIR, name, {})
    assert found is not None
    assert not found.certain


def test_a_method_may_name_what_some_types_lack() -> None:
    method = "methods: {blank: {Quantity.currency: remove, string: remove}}"
    checked = check(GOOD.replace("rules: {string: keep}", f"rules: {{string: keep}}, {method}"), "x")
    assert checked.policy.fhir.methods
    assert not any("currency" in one for one in checked.remarks)


def test_labels() -> None:
    assert "NAME" in LABELS
    assert "NAME/FAMILY" in LABELS
    assert unlike_label("NAME/FAMILY") == ""
    assert unlike_label("ID/BADGE_OF_OUR_SITE") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("models: [{model: clinical, thresholds: {NAMES: 0.2}}]", [("models.0.thresholds.NAMES", "mean NAME or")]),
        ("models: [{model: x, labels: {PER: person}}]", [("models.0.labels.PER", "did you mean NAME?")]),
        ("models: [{modell: x}]", [("models.0.model", "Field required"), ("models.0.modell", "did you mean model")]),
        (
            "models: [{kind: ner, model_path: m}]",
            [("models.0.tokenizer_path", "Field required"), ("models.0.id2label", "Field required")],
        ),
        ("models: [{model: clinical, kind: ner}]", [("models.0.kind", "not permitted")]),
        ("models: [{model: clinical, tresholds: {}}]", [("models.0.tresholds", "did you mean thresholds?")]),
        ("models: [7]", [("models.0", "give the name of a shipped model")]),
        (
            "detection: {pipeline: [{kind: ner, model_path: m, tokenizer_path: t}]}",
            [("detection.pipeline.0.id2label", "")],
        ),
        ("detection: {thresholds: {DATES: 0.2}}", [("detection.thresholds.DATES", "did you mean DATE")]),
    ],
)
def test_only_the_form_of_a_model_that_was_written_is_spoken_of(text: str, expected: list[tuple[str, str]]) -> None:
    valid = "name: small\nhl7v2: {rules: {}}\nfhir: {rules: {}}\nlabels: {NAME: mask}\n"
    for line, (place, what) in zip(complaints(valid + text), expected, strict=True):
        assert line.startswith(f"small.yaml, line 5: {place}: ")
        assert what in line
