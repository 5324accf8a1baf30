"""All that is wrong with a policy, where it is, and what was meant."""

import pytest

from streamdeid.errors import PolicyError
from streamdeid.policy_files.checking import check
from streamdeid.policy_files.faults import faults
from streamdeid.policy_files.known_names import LABELS, doubt, unlike_label
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
        (17, "labels.PET", "should match"),
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
