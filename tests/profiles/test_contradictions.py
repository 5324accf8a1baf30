"""A policy that calls itself by a profile is refused where a rule contradicts it, with the paragraph and the rule."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml

from streamdeid.build import load_policy, parse_policy
from streamdeid.errors import PolicyError
from streamdeid.policy.detection import DetectionRules
from streamdeid.policy.models import ModelFiles, ModelRule
from streamdeid.policy.policy import Policy, Rule
from streamdeid.policy.profiles.contradictions import Said, contradictions
from streamdeid.policy.profiles.places import Standard
from streamdeid.policy_files.checking import check

C = "45 CFR 164.514(b)(2)(i)"


@cache
def base_of(name: str) -> tuple[Policy, Said]:
    policy = load_policy(name)
    return policy, policy.said()


def rules(given: Mapping[str, Any]) -> dict[str, Rule]:
    return {name: Rule.model_validate(rule) for name, rule in given.items() if rule is not None}


def laid_over(before: Mapping[str, Any], text: str) -> dict[str, Any]:
    given = yaml.safe_load(text)
    return {name: rule for name, rule in before.items() if given.get(name, "") is not None} | rules(given)


def against(base: str, is_random: bool = True, **changed: Any) -> str:
    """What is said against a shipped policy with other rules."""
    policy, said = base_of(base)
    assert policy.profile is not None
    return "\n".join(contradictions(Standard(policy.profile, is_random), replace(said, **changed)))


def refused(text: str, base: str = "safe_harbor") -> str:
    """What loading says against a shipped policy with something laid over it; empty where it is accepted."""
    try:
        parse_policy(f"include: {base}\nname: mine\n{text}", "mine.yaml")
    except PolicyError as fault:
        return str(fault)
    return ""


def hl7(rule: str, base: str = "safe_harbor") -> str:
    return against(base, hl7v2=laid_over(base_of(base)[1].hl7v2, rule))


def fhir(rule: str, base: str = "safe_harbor") -> str:
    return against(base, fhir=laid_over(base_of(base)[1].fhir, rule))


def label(rule: str, base: str = "safe_harbor") -> str:
    return against(base, labels=laid_over(base_of(base)[1].labels, rule))


def path(path: str, rule: str) -> str:
    return against("safe_harbor", paths=[(path, Rule.model_validate(rule))])


def detection(text: str) -> str:
    return against("safe_harbor", detection=DetectionRules.model_validate(yaml.safe_load(text)))


def models(text: str) -> str:
    given = [(ModelFiles if "kind" in one else ModelRule).model_validate(one) for one in yaml.safe_load(text)]
    return against("safe_harbor", models=given)


def test_all_are_told_at_once_with_file_line_rule_and_paragraph() -> None:
    text = "hl7v2:\n  rules:\n    PID-7: shift DATE/BIRTH\n    PID-5.1: keep\nlabels: {AGE: keep}\nmodels: []\n"
    said = refused(text)
    assert said.split("\n") == [
        f"mine.yaml, line 5: hl7v2.rules.PID-7: shift keeps dates finer than a year: {C}(C)",
        f"mine.yaml, line 6: hl7v2.rules.PID-5.1: keep keeps names: {C}(A)",
        f"mine.yaml, line 7: labels.AGE: keep keeps ages above 89: {C}(C)",
        f"mine.yaml, line 8: models: none reads narrative, and may overlook names: {C}(A)",
    ]
    with pytest.raises(PolicyError) as checked:
        check(f"include: safe_harbor\nname: mine\n{text}", "mine.yaml")
    assert str(checked.value) == said


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ("PID-5: keep", "(A)"),
        ("PID-5.1: detect", "(A)"),
        ("XPN.1: mask NAME/FAMILY characters count=2", "(A)"),
        ("PV1-7: keep", "(A)"),
        ("PID-11: keep", "(B)"),
        ("XAD.3: keep", "(B)"),
        ("XAD.3: keep LOCATION/STATE", "(B)"),
        ("PID-11.5: generalise LOCATION/ZIP zip3 areas=036", "(B)"),
        ("PID-11.5: surrogate LOCATION/ZIP", "(B)"),
        ("XAD.9: keep", "(B)"),
        ("XAD.10: keep", "(B)"),
        ("PID-12: keep", "(B)"),
        ("PL.2: keep", "(B)"),
        ("DTM: keep", "(C)"),
        ("DTM: generalise DATE month", "(C)"),
        ("OBX-14: keep", "(C)"),
        ("MSH-7: shift DATE", "(C)"),
        ("OBX-5(age): keep", "(C)"),
        ("PID-13: keep", "(D)"),
        ("STF-15: keep CONTACT/EMAIL", "(F)"),
        ("PID-19: keep", "(G)"),
        ("CX(SS).1: keep", "(G)"),
        ("PID-3.1: keep", "(H)"),
        ("PID-3: keep", "(R)"),
        ("PID-3.1: mask ID/MRN characters count=4 from_end=true", "(H)"),
        ("IN1-36: keep", "(I)"),
        ("PID-18.1: keep", "(J)"),
        ("PID-20.1: keep", "(K)"),
        ("PRT-16.1: keep", "(M)"),
        ("RP.1: keep", "(N)"),
        ("ED.5: keep", "(Q)"),
        ("MSH-10: keep", "(R)"),
        ("undefined-component: keep", "(R)"),
        ("ZPI-1: keep", "(R)"),
        ("ST: keep", ""),
        ("NTE-3: keep", ""),
        ("PID-3.1: encrypt ID/MRN", "164.514(c)"),
        ("PID-3.1: format_preserving ID/MRN", "164.514(c)"),
        ("PID-3.1: {operator: recode, label: ID/MRN, cases: {\"$this = 'a'\": \"'b'\"}}", "164.514(c)"),
    ],
)
def test_hl7_rules_by_path_by_datatype_and_by_component(rule: str, sign: str) -> None:
    said = hl7(rule)
    assert said.startswith(f"hl7v2.rules.{rule.partition(': ')[0]}: ")
    assert any(line.endswith(sign if "164" in sign else f"{C}{sign}") for line in said.split("\n")), said


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ("HumanName.family: keep", "(A)"),
        ("Patient.contact.name.family: keep", "(A)"),
        ("Patient.name.text: detect", "(A)"),
        ("Address.city: keep", "(B)"),
        ("Address.text: surrogate LOCATION/ADDRESS", "(B)"),
        ("Location.position.latitude: keep", "(B)"),
        ("Patient.birthDate: keep", "(C)"),
        ("instant: shift DATE", "(C)"),
        ("Observation.effectiveDateTime: keep", "(C)"),
        ("Observation.effective[x]: generalise DATE week", "(C)"),
        ("Age.value: perturb AGE 10", "(C)"),
        ("Patient.telecom.value: keep", "(D)"),
        ("Identifier(SS).value: keep", "(G)"),
        ("Patient.identifier.value: keep", "(H)"),
        ("Coverage.subscriberId: keep", "(I)"),
        ("Account.identifier.value: keep", "(J)"),
        ("Practitioner.qualification.identifier.value: keep", "(K)"),
        ("Device.serialNumber: keep", "(M)"),
        ("Device.udiCarrier.carrierHRF: keep", "(M)"),
        ("url: keep", "(N)"),
        ("Patient.photo.url: keep", "(N)"),
        ("Attachment.data: keep", "(Q)"),
        ("base64Binary: keep", "(Q)"),
        ("Resource.id: keep", "(R)"),
        ("Extension.valueString: keep", "(R)"),
        ("undefined-element: keep", "(R)"),
        ("string: keep", ""),
        ("Observation.valueString: keep", ""),
        ("xhtml: keep", "(Q)"),
    ],
)
def test_fhir_rules_by_path_by_type_and_by_datatype(rule: str, sign: str) -> None:
    said = fhir(rule)
    assert said.startswith(f"fhir.rules.{rule.partition(': ')[0]}: ")
    assert any(line.endswith(f"{C}{sign}") for line in said.split("\n")), said


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ("NAME: keep", "(A)"),
        ("LOCATION: surrogate", "(B)"),
        ("LOCATION/CITY: keep", "(B)"),
        ("DATE: shift", "(C)"),
        ("DATE: generalise month", "(C)"),
        ("AGE: keep", "(C)"),
        ("AGE: perturb 10", "(C)"),
        ("CONTACT: keep", "(D)"),
        ("CONTACT/FAX: keep", "(E)"),
        ("CONTACT/EMAIL: keep", "(F)"),
        ("ID/SSN: mask characters count=5", "(G)"),
        ("ID/VEHICLE: keep", "(L)"),
        ("CONTACT/IP: keep", "(O)"),
        ("ID: keep", "(R)"),
    ],
)
def test_labels(rule: str, sign: str) -> None:
    said = label(rule)
    assert said.startswith(f"labels.{rule.partition(': ')[0]}: ")
    assert said.endswith(f"{C}{sign}")


@pytest.mark.parametrize(
    "rule",
    [
        "DATE: generalise decade",
        "DATE: year",
        "AGE: generalise age step=5",
        "AGE: mask",
        "NAME: mask numbered=true",
        "NAME: hash",
        "ID: substitute x",
        "LOCATION/STATE: keep",
        "PROFESSION: keep",
        "CONTACT: mask characters",
    ],
)
def test_what_the_law_lets_stand_is_accepted(rule: str) -> None:
    assert label(rule) == ""


@pytest.mark.parametrize(
    "rule",
    ["PID-8: keep", "XAD.4: keep", "XPN.7: keep", "PID-11.5: zip3 LOCATION/ZIP '036 059 102 2 369 556 692 753 7 8'"],
)
def test_places_that_identify_nobody_may_be_kept(rule: str) -> None:
    assert hl7(rule) == ""


@pytest.mark.parametrize("operator", ["surrogate", "hash"])
def test_nothing_may_be_derived_from_the_person(operator: str) -> None:
    said = against("safe_harbor", is_random=False, labels=rules({"ID": operator}))
    why = f"labels.ID: {operator} gives what is derived from the person; say surrogates: random: 45 CFR 164.514(c)"
    assert why in said.split("\n")
    assert "hl7v2.rules.XPN.1: surrogate gives what is derived" in said


@pytest.mark.parametrize(("rule", "sign"), [("ZPI-1: keep", "(A)"), ("ZPI-2: keep", "(R)"), ("ZPI-2.5: keep", "")])
def test_a_declared_field_is_known_by_its_datatype(rule: str, sign: str) -> None:
    hl7v2 = laid_over(base_of("safe_harbor")[1].hl7v2, rule)
    said = against("safe_harbor", hl7v2=hl7v2, declared={"ZPI": {1: "XPN", 2: "CX", 3: "ID"}})
    assert f"{C}{sign}" in said if sign else said == ""


def test_a_general_rule_is_named_with_the_place_that_it_lets_through() -> None:
    said = hl7("{XPN.1: null, FN: null}")
    assert f"hl7v2.rules.ST: detect may overlook names in XPN.1: {C}(A)" in said.split("\n")
    assert "fhir.rules.decimal: keep keeps ages above 89 in Age.value: " in fhir("Age.value: null")


@pytest.mark.parametrize(
    ("given", "sign"),
    [
        ("Patient.birthDate", "(C)"),
        ("nodesByType('HumanName')", "(A)"),
        ("Patient.name.where(use='official').family", "(A)"),
        ("nodesByType('date')", "(C)"),
        ("Patient.contact", "(A)"),
    ],
)
def test_fhir_paths(given: str, sign: str) -> None:
    said = path(given, "keep")
    assert any(line.endswith(f"{C}{sign}") for line in said.split("\n")), said
    assert said.startswith("fhir.paths.0: ")
    assert path(given, "remove") == ""


def test_methods_of_paths() -> None:
    said = against("safe_harbor", methods={"m": rules({"HumanName.family": "keep"})})
    assert said == f"fhir.methods.m.HumanName.family: keep keeps names: {C}(A)"


def test_a_false_value_that_the_policy_gives_belongs_to_the_person() -> None:
    said = against("safe_harbor", pairs=("NAME/FAMILY",))
    assert said == "pairs.NAME/FAMILY: a pair gives what is derived from the person: 45 CFR 164.514(c)"
    assert against("limited_data_set", pairs=("NAME/FAMILY",)) == ""


# --- How text is read -----------------------------------------------------------------------------------------------


def test_a_policy_without_models_may_not_leave_narrative_to_them() -> None:
    assert models("[]") == f"models: none reads narrative, and may overlook names: {C}(A)"
    assert "models: none" in models("[{model: x, enabled: false}]")


def test_a_model_may_not_be_told_to_ignore_identifiers() -> None:
    said = models("[{model: x, labels: {PATIENT: null, PROBLEM: null}}]")
    assert said == f"models.0: what it finds as NAME/PATIENT is left: names: {C}(A)"
    assert models("[{model: x, labels: {PROBLEM: null}}]") == ""
    files = "{kind: ner, model_path: m, tokenizer_path: t, id2label: {'0': [O, false], '1': [B-DATE, false]}}"
    assert models(f"[{files}]").endswith(f"{C}(C)")


def test_thresholds_may_not_keep_what_is_likely_an_identifier() -> None:
    why = f"a threshold of 0.9, above 0.5, keeps names: {C}(A)"
    assert detection("thresholds: {NAME: 0.9}") == f"detection.thresholds.NAME: {why}"
    assert models("[{model: x, thresholds: {NAME: 0.9}}]") == f"models.0.thresholds.NAME: {why}"
    assert detection("thresholds: {NAME: 0.5, PROFESSION: 0.9}") == ""


@pytest.mark.parametrize(
    ("phrase", "sign"), [("March 5, 2024", "(C)"), ("jo@example.org", "(F)"), ("MRN 0047113", "(R)"), ("Parkinson", "")]
)
def test_allowed_phrases_may_not_be_identifiers(phrase: str, sign: str) -> None:
    said = detection(f"allow: [{{words: ['{phrase}']}}]")
    assert said.endswith(f"{C}{sign}") if sign else said == ""


def test_a_policy_that_has_nothing_read_needs_no_model() -> None:
    assert load_policy("keep_all").profile is None
    empty = "{rules: {ST: remove, DTM: remove, TS: remove}}"
    text = f"name: x\nprofile: safe_harbor\nmodels: []\nhl7v2: {empty}\nfhir: {{rules: {{}}}}\nlabels: {{}}\n"
    text += "documents: {rules: {text: remove}}\n"
    assert parse_policy(text, "x").profile == "safe_harbor"


# --- The other profiles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ("PID-5.1: keep", "(i)"),
        ("XAD.1: keep", "(ii)"),
        ("PID-13.1: keep", "(iii)"),
        ("STF-15: keep CONTACT/EMAIL", "(v)"),
        ("PID-19: keep", "(vi)"),
        ("PID-3.1: keep", "(vii)"),
        ("IN1-36: keep", "(viii)"),
        ("PID-18.1: keep", "(ix)"),
        ("DLN.1: keep", "(x)"),
        ("PRT-16.1: keep", "(xii)"),
        ("ED.5: keep", "(xvi)"),
        ("TX: keep", ""),
    ],
)
def test_limited_data_set(rule: str, sign: str) -> None:
    assert hl7(rule, "limited_data_set").endswith(f"45 CFR 164.514(e)(2){sign}")


@pytest.mark.parametrize(
    "rule", ["PID-7: keep", "XAD.3: keep", "XAD.5: keep", "MSH-10: keep", "PID-3.1: encrypt ID/MRN"]
)
def test_a_limited_data_set_may_have_these(rule: str) -> None:
    assert hl7(rule, "limited_data_set") == ""


def test_expert_determination_keeps_no_direct_identifier_whole() -> None:
    said = refused("profile: expert_determination\nlabels: {NAME: keep, DATE: keep}\n", "expert_determination")
    assert said == "mine.yaml, line 4: labels.NAME: keep keeps names: 45 CFR 164.514(b)(1)"


def test_without_a_profile_nothing_is_asked() -> None:
    assert refused("labels: {NAME: keep}\n", "expert_determination") == ""


@pytest.mark.parametrize(
    ("section", "name", "why"),
    [
        ("hl7v2", "PDI-5", "no segment PDI; did you mean PID-5?; "),
        ("hl7v2", "PID-97", "no version of HL7 v2 defines PID-97; "),
        ("fhir", "Patient.nmae.family", "FHIR has no nmae in Patient; did you mean Patient.name.family?; "),
    ],
)
def test_of_a_name_that_nothing_has_that_is_told_first(section: str, name: str, why: str) -> None:
    text = f"{section}: {{rules: {{{name}: keep}}}}"
    assert refused(text).startswith(f"mine.yaml, line 3: {section}.rules.{name}: {why}")
    with pytest.raises(PolicyError) as checked:
        check(f"include: safe_harbor\nname: mine\n{text}", "mine.yaml")
    assert str(checked.value) == refused(text)


@pytest.mark.parametrize(
    "given",
    [
        "Patient.contact.where(relationship.exists()).name.family",
        "Patient.descendants().family",
        "nodesByType('HumanName').given",
    ],
)
def test_a_path_that_ends_in_a_name_is_told_as_that(given: str) -> None:
    assert path(given, "keep") == f"fhir.paths.0: keep keeps names: {C}(A)"
    assert path(given, "detect") == f"fhir.paths.0: detect may overlook names: {C}(A)"


def test_a_path_that_ends_in_an_element_of_many_types_is_of_all_that_they_hold() -> None:
    said = path("Resource.descendants().value", "keep")
    assert {f"{C}({sign})" for sign in "ACDR"} <= {line.rpartition(": ")[2] for line in said.split("\n")}
