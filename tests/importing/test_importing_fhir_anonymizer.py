"""Imported configurations do through the engine what they did in the tool that they were written for."""

import json
from typing import Any

import pytest
import yaml

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Request
from streamdeid.errors import PolicyError
from streamdeid.importing.fhir_anonymizer import Imported, Wishes, import_fhir_anonymizer
from streamdeid.policy.policy import Policy
from streamdeid.transform.encryption import TOKEN, decrypt, encryption_key
from streamdeid.transform.prf import Prf
from streamdeid.types import Format, Quarantined, Released

BASE = load_policy()
SECRET = b"a made-up secret for the tests"
PARTIAL = {
    "enablePartialAgesForRedact": True,
    "enablePartialDatesForRedact": True,
    "enablePartialZipCodesForRedact": True,
    "restrictedZipCodeTabulationAreas": ["036", "059"],
}
#: Of the shape of the sample configurations, in a selection of our own.
CONFIGURATION = """
fhirVersion: R4
processingErrors: raise
fhirPathRules:
  - {path: nodesByType('Extension'), method: redact}
  - {path: Organization.telecom, method: keep}
  - {path: nodesByType('HumanName').use, method: keep}
  - {path: nodesByType('Address').country | nodesByType('Address').state, method: keep}
  - {path: Resource.id, method: cryptoHash}
  - {path: Device.deviceName, method: redact}
  - {path: HealthcareService.unavailable.note, method: redact}
  - {path: FamilyMemberHistory.condition.onset as Age, method: perturb, span: 0.2, rangeType: proportional, roundTo: 0}
  - {path: FamilyMemberHistory.condition.onset, method: redact}
  - {path: nodesByType('Reference').reference, method: cryptoHash}
  - {path: nodesByType('Narrative'), method: redact}
  - {path: nodesByType('date') | nodesByType('dateTime') | nodesByType('instant'), method: dateshift}
  - {path: nodesByType('Address').city, method: substitute, replaceWith: Anytown}
  - {path: nodesByType('Address'), method: redact}
  - {path: nodesByType('HumanName'), method: redact}
  - {path: nodesByType('Identifier').value, method: pseudonymize, domain: MADE-UP}
parameters:
  dateShiftScope: resource
  enablePartialZipCodesForRedact: true
  restrictedZipCodeTabulationAreas: ["036"]
"""
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "extension": [{"url": "http://madeup.example/pet", "valueString": "Quilla"}],
    "identifier": [
        {"system": "urn:oid:2.999.1", "value": "40017765", "type": {"coding": [{"code": "MR"}]}},
        {"system": "urn:oid:2.999.2", "value": "70028831", "type": {"coding": [{"code": "VN"}]}},
    ],
    "name": [{"use": "official", "family": "Doemann", "given": ["Johanna"], "period": {"start": "1989-01-02"}}],
    "telecom": [
        {"system": "phone", "use": "home", "rank": 2, "value": "(614) 555-0143"},
        {"system": "phone", "use": "work", "value": "(614) 555-0144"},
    ],
    "gender": "female",
    "birthDate": "1961-02-14",
    "address": [
        {"line": ["12 Nonesuch Lane"], "city": "Nowhereton", "state": "OH", "postalCode": "43999-1234", "country": "US"}
    ],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"text": "made up"},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-03-05T09:15:00Z",
    "valueQuantity": {"value": 37.5, "unit": "Cel", "code": "Cel", "system": "http://unitsofmeasure.org"},
}


def imported(text: str, *, keep_unmatched: bool = False) -> Imported:
    return import_fhir_anonymizer(text, "theirs.yaml", BASE, Wishes("theirs", keep_unmatched, 2026))


def policy_of(text: str, *, keep_unmatched: bool = False) -> Policy:
    content = imported(text, keep_unmatched=keep_unmatched).content
    return parse_policy(yaml.safe_dump(content, sort_keys=False), "theirs")


def rules(*rules: dict[str, Any], **parameters: Any) -> str:
    return json.dumps({"fhirVersion": "R4", "fhirPathRules": rules, "parameters": parameters})


def rule(path: str, method: str, **settings: Any) -> dict[str, Any]:
    return {"path": path, "method": method, **settings}


def cleaned(policy: Policy, *resources: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources after the engine, from one bundle."""
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    request = Request(json.dumps(bundle).encode(), Format.FHIR, 1)
    outcome = build_deidentifier(policy, SECRET).process([request], {})[0]
    assert isinstance(outcome, Released), outcome
    return [entry["resource"] for entry in json.loads(outcome.content)["entry"]]


def one(text: str, resource: dict[str, Any], *, keep_unmatched: bool = False) -> dict[str, Any]:
    return cleaned(policy_of(text, keep_unmatched=keep_unmatched), resource)[0]


def test_a_whole_configuration_does_what_it_says() -> None:
    patient, observation = cleaned(policy_of(CONFIGURATION), PATIENT, OBSERVATION)
    assert patient["extension"] == [{"url": "urn:removed", "valueString": "[removed]"}]
    assert patient["name"][0] | {"period": None} == {
        "use": "official",
        "family": "[removed]",
        "given": ["[removed]"],
        "period": None,
    }
    assert patient["address"][0] == {
        **{"line": ["[removed]"], "city": "Anytown", "state": "OH", "postalCode": "43900-0000", "country": "US"},
    }
    assert patient["id"] != "p1"
    assert observation["subject"]["reference"] == f"Patient/{patient['id']}"
    assert patient["identifier"][0]["value"] != "40017765"
    assert patient["birthDate"] < "1961-02-14"
    assert patient["name"][0]["period"]["start"] < "1989-01-02"
    assert observation["valueQuantity"] == OBSERVATION["valueQuantity"]


def test_the_first_rule_wins_whatever_is_more_specific() -> None:
    outer_first = rules(rule("Patient.name", "keep"), rule("nodesByType('HumanName').family", "redact"))
    inner_first = rules(rule("nodesByType('HumanName').family", "redact"), rule("Patient.name", "keep"))
    assert one(outer_first, PATIENT)["name"] == PATIENT["name"]
    kept = one(inner_first, PATIENT)["name"][0]
    assert (kept["family"], kept["given"]) == ("[removed]", ["Johanna"])


def test_what_no_rule_picks_goes_by_expert_determination() -> None:
    text = rules(rule("Patient.gender", "keep"))
    assert one(text, PATIENT)["name"][0]["family"] not in ("Doemann", "[removed]")
    assert policy_of(text).hl7v2 == BASE.hl7v2
    assert policy_of(text).labels == BASE.labels
    assert any("--keep-unmatched" in remark for remark in imported(text).remarks)


def test_what_no_rule_picks_is_kept_on_request_alone() -> None:
    text = rules(rule("Patient.name", "redact"))
    patient = one(text, PATIENT, keep_unmatched=True)
    assert patient["address"] == PATIENT["address"]
    assert patient["name"][0]["family"] == "[removed]"
    assert "undefined-element" not in policy_of(text, keep_unmatched=True).fhir.rules


def test_redact_tells_only_what_the_parameters_allow() -> None:
    text = [rule("Patient.birthDate", "redact"), rule("nodesByType('Address')", "redact")]
    full, partial = one(rules(*text), PATIENT), one(rules(*text, **PARTIAL), PATIENT)
    assert (full["birthDate"], partial["birthDate"]) == ("1900-01-01", "1961")
    assert (full["address"][0]["postalCode"], partial["address"][0]["postalCode"]) == ("[removed]", "43900-0000")
    old = {**PATIENT, "birthDate": "1921-02-14", "address": [{"postalCode": "03601"}]}
    partial = one(rules(*text, **PARTIAL), old)
    assert (partial["birthDate"], partial["address"][0]["postalCode"]) == ("1937", "00000")


def test_redacted_quantities_are_left_out_and_ages_told_up_to_ninety() -> None:
    history = {
        **{"resourceType": "FamilyMemberHistory", "status": "completed", "patient": {"reference": "Patient/p1"}},
        **{"relationship": {"text": "mother"}, "ageAge": {"value": 93, "unit": "a"}},
    }
    text = rule("FamilyMemberHistory.age", "redact")
    assert "ageAge" not in one(rules(text), history)
    assert one(rules(text, **PARTIAL), history)["ageAge"] == {"value": 90}
    assert "valueQuantity" not in one(rules(rule("Observation.value", "redact")), OBSERVATION)


def test_a_number_or_boolean_that_is_to_be_redacted_is_left_out() -> None:
    text = rules(rule("Patient.active", "redact"), rule("Patient.multipleBirth", "redact"))
    patient = one(text, {**PATIENT, "active": True, "multipleBirthInteger": 2})
    assert patient.keys() == PATIENT.keys()
    place = {"resourceType": "Location", "name": "x", "position": {"longitude": 1.5, "latitude": 2, "altitude": 3}}
    assert "position" not in one(rules(rule("Location.position", "redact")), place)
    assert one(rules(rule("Location.position.altitude", "redact")), place)["position"].keys() == {
        "longitude",
        "latitude",
    }


def test_what_fhir_demands_is_not_left_out_but_quarantined() -> None:
    policy = policy_of(rules(rule("Location.position.longitude", "redact")))
    place = {"resourceType": "Location", "position": {"longitude": 1.5, "latitude": 2}}
    outcome = build_deidentifier(policy, SECRET).process([Request(json.dumps(place).encode(), Format.FHIR, 1)], {})[0]
    assert outcome == Quarantined("transform.mandatory", "Location.position.longitude")


def test_encrypt_is_done_with_tokens_that_can_be_turned_back() -> None:
    text = rules(
        rule("nodesByType('HumanName').family", "encrypt"), rule("Resource.id", "encrypt"), encryptKey="sesame"
    )
    patient = one(text, PATIENT)
    assert decrypt(patient["name"][0]["family"], encryption_key(Prf(SECRET))) == "Doemann"
    assert patient["id"] != "p1"
    assert not decryptable(patient["id"])
    policy = policy_of(rules(rule("Patient.birthDate", "encrypt")))
    outcome = build_deidentifier(policy, SECRET).process([Request(json.dumps(PATIENT).encode(), Format.FHIR, 1)], {})[0]
    assert outcome == Quarantined("policy.refused", "Patient.birthDate")


def decryptable(text: str) -> bool:
    return TOKEN.fullmatch(text) is not None


def test_generalize_is_done_by_cases() -> None:
    cases = {"$this >= 0 and $this < 20": "20", "$this >= 20 and $this < 40": "40"}
    value = rule("nodesByType('Quantity').value", "generalize", cases=cases, otherValues="redact")
    assert one(rules(value), OBSERVATION)["valueQuantity"]["value"] == 40
    high = {**OBSERVATION, "valueQuantity": {"value": 77, "unit": "Cel"}}
    assert one(rules(value), high)["valueQuantity"] == {"unit": "Cel"}
    assert one(rules(value | {"otherValues": "keep"}), high)["valueQuantity"]["value"] == 77
    code = rule("Patient.address.postalCode", "generalize", cases={"$this in ('43998' | '43999-1234')": "'439**'"})
    assert one(rules(code), PATIENT)["address"][0]["postalCode"] == "439**"
    born = rule("Patient.birthDate", "generalize", cases={"$this >= @1950-1-1 and $this < @1970-1-1": "@1960"})
    assert one(rules(born), PATIENT)["birthDate"] == "1960"
    assert "birthDate" not in one(rules(born), {**PATIENT, "birthDate": "2001-01-01"})
    start = rule(
        "Patient.telecom.value", "generalize", cases={"$this.startsWith('(614)')": "$this.substring(0, 5) + ' ***'"}
    )
    assert [contact["value"] for contact in one(rules(start), PATIENT)["telecom"]] == ["(614) ***"] * 2


def test_rules_with_the_same_cases_share_a_method() -> None:
    cases = {"$this > 1": "1"}
    both = [
        rule(path, "generalize", cases=cases)
        for path in ("nodesByType('Quantity').value", "Location.position.altitude")
    ]
    assert sum(name.startswith("generalize") for name in imported(rules(*both)).content["fhir"]["methods"]) == 1


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("Bundle.entry.resource.ofType(Patient).name.family", True),
        ("Bundle.entry.resource.where(resourceType = 'Patient').name.family", True),
        ("(Bundle.entry.resource as Patient).name", True),
        ("Bundle.entry.resource.ofType(Person).name", False),
        ("Patient.name.descendants()", True),
        ("Patient.descendants().where($this is string)", True),
        ("Patient.name.children()", True),
        ("Patient.name.as(HumanName).family", True),
        ("Patient.name.where(period.start >= @1980-01-01).family", True),
        ("Patient.name.where(period.start < @1980-01-01).family", False),
        ("Patient.name.where(use in ('official' | 'usual')).family", True),
        ("(Patient.name | Patient.contact.name).family", True),
        ("DomainResource.nodesByName('family')", True),
    ],
)
def test_forms_of_paths(path: str, changed: bool) -> None:
    text = rules(rule(path, "redact"), rule("Patient.name", "keep"), rule("nodesByType('HumanName')", "keep"))
    family = one(text, PATIENT)["name"][0]["family"]
    assert family == ("[removed]" if changed else "Doemann")


def test_a_choice_may_be_written_as_in_its_definition_and_an_extension_by_its_url() -> None:
    assert "valueQuantity" not in one(rules(rule("Observation.value[x]", "redact")), OBSERVATION)
    text = rules(rule("Patient.extension('http://madeup.example/pet')", "redact"), rule("Patient.extension", "keep"))
    other = {"url": "http://madeup.example/other", "valueString": "kept"}
    assert one(text, {**PATIENT, "extension": [*PATIENT["extension"], other]})["extension"] == [
        {"url": "urn:removed", "valueString": "[removed]"},
        other,
    ]


def test_perturb_adds_noise_within_the_span() -> None:
    text = rules(rule("Observation.value", "perturb", span=0.2, rangeType="proportional", roundTo=1))
    new = one(text, OBSERVATION)["valueQuantity"]
    assert 33.7 <= new["value"] <= 41.3
    assert new["value"] != 37.5
    assert new["unit"] == "Cel"


def test_date_shift_keeps_intervals() -> None:
    text = rules(rule("nodesByType('dateTime')", "dateShift"), dateShiftFixedOffsetInDays=-10)
    ended = {**OBSERVATION, "effectiveDateTime": None, "effectivePeriod": {"start": "2024-03-15", "end": "2024-03-17"}}
    del ended["effectiveDateTime"]
    assert one(text, ended)["effectivePeriod"] == {"start": "2024-03-05", "end": "2024-03-07"}


def test_crypto_hash_is_the_same_everywhere() -> None:
    text = rules(rule("nodesByType('HumanName').family", "cryptoHash"), rule("Resource.id", "cryptoHash"))
    other = {**PATIENT, "id": "p2", "identifier": [{"value": "88888888", "type": {"coding": [{"code": "MR"}]}}]}
    first, second = cleaned(policy_of(text), PATIENT)[0], cleaned(policy_of(text), other)[0]
    assert first["name"][0]["family"] == second["name"][0]["family"] != "Doemann"


def test_substitute_writes_the_text_and_takes_what_hangs_on_it() -> None:
    text = rules(rule("Patient.address.city", "substitute", replaceWith="Anytown"))
    extension = {"extension": [{"url": "http://madeup.example/part", "valueString": "Upper Nowhereton"}]}
    patient = one(text, {**PATIENT, "address": [{"city": "Nowhereton", "_city": extension}]})
    assert patient["address"][0]["city"] == "Anytown"
    assert patient["address"][0]["_city"]["extension"][0]["valueString"] == "[removed]"


def test_criteria_are_carried_over() -> None:
    path = "nodesByType('Identifier').where(type.coding.code='MR').value"
    policy = policy_of(rules(rule(path, "redact"), rule("nodesByType('Identifier').value", "keep")))
    assert [(one.path, one.method or "keep") for one in policy.fhir.paths] == [
        (path, "redact"),
        ("nodesByType('Identifier').value", "keep"),
    ]


def test_criteria_are_met_in_the_engine() -> None:
    text = rules(rule("nodesByType('ContactPoint').where(use='home')", "redact"), rule("Patient.telecom", "keep"))
    home, work = one(text, PATIENT)["telecom"]
    assert home == {"system": "unknown", "use": "unknown", "value": "[removed]"}
    assert work == PATIENT["telecom"][1]


def test_a_rule_that_can_do_nothing_is_left_out_with_a_remark() -> None:
    result = imported(CONFIGURATION)
    assert [remark for remark in result.remarks if remark.startswith("rule 7 ")] == [
        "rule 7 (HealthcareService.unavailable.note): FHIR has no such element; the rule does nothing, and is left out"
    ]
    assert "HealthcareService" not in json.dumps(result.content["fhir"]["paths"])


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (rules(rule("Patient.id", "cryptoHash"), cryptoHashKey="sesame"), "cryptoHashKey: not taken over"),
        (rules(rule("Patient.id", "cryptoHash", truncateToMaxLength=16)), "rule 1 (Patient.id): truncateToMaxLength"),
        (rules(rule("Patient.id", "pseudonymize", namespace="n")), "rule 1 (Patient.id): its domain or namespace"),
        (rules(rule("Patient.birthDate", "dateShift")), "dateShiftScope"),
        (rules(rule("Patient.name", "encrypt")), "encrypt: a text becomes a token"),
        (
            rules(rule("Bundle.entry.resource.id", "redact")),
            "rule 1 (Bundle.entry.resource.id): it is about resources in",
        ),
        (rules(rule("Patient.birthDate", "redact")), "1900-01-01"),
        (json.dumps({"fhirPathRules": [], "processingErrors": "skip"}), "processingErrors"),
    ],
)
def test_differences_are_told(text: str, remark: str) -> None:
    remarks = "\n".join(imported(text).remarks)
    assert remark in remarks
    assert "sesame" not in remarks + json.dumps(imported(text).content)


@pytest.mark.parametrize(
    ("refused", "complaint"),
    [
        (rule("Patient.birthDate", "generalize"), "generalize needs cases"),
        (rule("Patient.name", "generalize", cases={"true": "'x'"}), "not HumanName"),
        (rule("Patient.birthDate", "generalize", cases={"true": "@1990"}, otherValues="hide"), "otherValues"),
        (
            rule("Patient.birthDate", "generalize", cases={"$this.foo()": "@1990"}),
            "case $this.foo(): the function foo()",
        ),
        (rule("Patient.birthDate", "generalize", cases={"name = 'x'": "@1990"}), "only $this can be asked about"),
        (rule("Bundle.entry.resource.id", "keep"), "it would keep this outside of bundles too"),
        (rule("Patient.contained.id", "redact"), "stands in another"),
        (rule("Patient.name.first()", "redact"), "first() is not supported"),
        (rule("Bundle.entry", "remove"), "method remove cannot be taken over"),
        (rule("Patient.name", "scramble"), "it is not known"),
        (rule("Patient.name", "redact", colour="red"), "redact with colour"),
        (rule("Patient.id", "pseudonymize", entici={}), "pseudonymize with entici"),
        (rule("Patient.address", "substitute", replaceWith="x"), "not Address"),
        (rule("Patient.address.city", "substitute", replaceWith={"x": 1}), "needs replaceWith"),
        (rule("Patient.address.city", "substitute"), "needs replaceWith"),
        (rule("Observation.value", "perturb"), "needs a span"),
        (rule("Observation.value", "perturb", span=-1), "needs a span"),
        (rule("Observation.value", "perturb", span=1, rangeType="odd"), "rangeType"),
        (rule("Observation.value", "perturb", span=1, roundTo=29), "roundTo"),
        (rule("Patient.name[0]", "redact"), "not supported"),
        (rule("Patient.name | Person.name", "redact"), "about that type alone"),
        ({"path": "Patient.name"}, "needs a path and a method"),
    ],
)
def test_what_cannot_be_taken_over_is_named(refused: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PolicyError) as fault:
        imported(rules(rule("Patient.gender", "keep"), refused))
    assert str(fault.value).startswith(f"theirs.yaml: rule 2 ({refused['path']}): ")
    assert complaint in str(fault.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(PolicyError) as fault:
        imported(rules(rule("Patient.name", "remove"), rule("Patient.gender", "keep"), rule("a[", "keep")))
    assert [line.split(" (")[0] for line in str(fault.value).splitlines()] == [
        "theirs.yaml: rule 1",
        "theirs.yaml: rule 3",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"fhirVersion": "DSTU2", "fhirPathRules": []}', "fhirVersion"),
        ('{"processingErrors": "ignore", "fhirPathRules": []}', "processingErrors"),
        (rules(dateShiftFixedOffsetInDays=10), "dateShiftFixedOffsetInDays"),
    ],
)
def test_settings_that_cannot_be_taken_over_are_named(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError, match=f"theirs.yaml: .*{complaint}"):
        imported(text)


def test_noise_is_written_as_policies_have_it() -> None:
    spans: list[tuple[float, dict[str, Any]]] = [(6, {}), (0.2, {"rangeType": "proportional"}), (2.5, {"roundTo": 0})]
    text = rules(*(rule("Observation.value", "perturb", span=span, **more) for span, more in spans))
    methods = imported(text).content["fhir"]["methods"]
    assert [method["decimal"]["with"] for method in methods.values()] == ["6", "20%", "2.5 0"]
