"""Whole FHIR messages through the default policy: references still resolve, intervals stay, documents make way, and
what was valid is valid. All patients are made up."""

import base64
import hashlib
import importlib
import json
from datetime import datetime
from typing import Any

import pytest
from fhir_instances import resource
from handwritten import MRN, OID, observation, patient, released

from streamdeid.engine import Deidentifier
from streamdeid.formats.fhir_split import split
from streamdeid.types import Format

UUID = "urn:uuid:0d3f1f6e-58b3-4a4c-9a57-0f6f0a6a1c11"
OTHER_UUID = "urn:uuid:77aa0c55-90a4-4f0e-8f1e-2d3c5b6a7e22"
HOST = "https://ehr.madeup.example/fhir"
TAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"


def clean(engine: Deidentifier, message: dict[str, Any]) -> Any:
    return json.loads(released(engine, json.dumps(message).encode(), Format.FHIR))


def message(kind: str, *entries: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, **elements, "entry": list(entries)}


# --- References -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["collection", "searchset", "history", "document", "message"])
@pytest.mark.parametrize(
    ("full_url", "id_", "reference"),
    [
        (UUID, "p1", UUID),
        (f"{HOST}/Patient/p1", "p1", "Patient/p1"),
        (f"{HOST}/Patient/p1", "p1", f"{HOST}/Patient/p1"),
        (f"{HOST}/Patient/p1", "p1", "Patient/p1/_history/3"),
        ("urn:oid:2.999.7.1", "p1", "urn:oid:2.999.7.1"),
    ],
)
def test_a_reference_still_means_its_entry(
    kind: str, full_url: str, id_: str, reference: str, deidentifier: Deidentifier
) -> None:
    entries = [
        {"fullUrl": full_url, "resource": patient(id=id_)},
        {"fullUrl": OTHER_UUID, "resource": observation(reference)},
    ]
    about, seen = (entry for entry in clean(deidentifier, message(kind, *entries))["entry"])
    new = seen["resource"]["subject"]["reference"]
    new_id = about["resource"]["id"]
    assert new_id != id_
    assert new != reference
    if reference == full_url:
        assert new == about["fullUrl"]
    else:
        assert new == reference.replace(id_, new_id)
    if full_url.startswith(HOST):
        assert about["fullUrl"].endswith(f"/Patient/{new_id}")
        assert "madeup" not in about["fullUrl"]


def test_a_transaction_names_its_resources_alike_everywhere(deidentifier: Deidentifier) -> None:
    about = patient(id="p1")
    conditional = f"Patient?identifier=urn:oid:{OID}|{MRN}"
    entries: list[dict[str, Any]] = [
        {
            "fullUrl": UUID,
            "resource": about,
            "request": {"method": "PUT", "url": "Patient/p1", "ifMatch": 'W/"3"', "ifNoneExist": conditional[8:]},
            "response": {"status": "200 OK", "location": f"{HOST}/Patient/p1/_history/4", "etag": 'W/"4"'},
        },
        {"resource": observation(conditional), "request": {"method": "POST", "url": "Observation"}},
        {"request": {"method": "DELETE", "url": "Patient/p1"}},
        {"request": {"method": "GET", "url": "Patient?name=Doemann&birthdate=1961-02-14"}},
        {"request": {"method": "GET", "url": "Observation?patient=p1&code=1234-5"}},
    ]
    after = clean(deidentifier, message("transaction", *entries))
    first, second, third, fourth, fifth = after["entry"]
    new_id, number = first["resource"]["id"], first["resource"]["identifier"][0]["value"]
    assert new_id != "p1"
    assert number != MRN
    assert first["request"]["url"] == third["request"]["url"] == f"Patient/{new_id}"
    assert first["response"]["location"].endswith(f"/Patient/{new_id}/_history/4")
    assert (first["request"]["ifMatch"], first["response"]["etag"]) == ('W/"3"', 'W/"4"')
    assert first["request"]["ifNoneExist"] == f"identifier=urn:oid:{OID}|{number}"
    assert second["resource"]["subject"]["reference"] == f"Patient?identifier=urn:oid:{OID}|{number}"
    assert second["request"]["url"] == "Observation"
    family, birth = first["resource"]["name"][0]["family"], first["resource"]["birthDate"]
    assert fourth["request"]["url"] == f"Patient?name={family}&birthdate={birth}"
    assert fifth["request"]["url"] == f"Observation?patient={new_id}&code=1234-5"


def test_the_links_of_a_search_hold_nothing_of_it(deidentifier: Deidentifier) -> None:
    query = f"Patient?family=Doemann&birthdate=1961-02-14&identifier={MRN}&_count=5"
    links = [{"relation": "self", "url": f"{HOST}/{query}"}, {"relation": "next", "url": f"{HOST}?_getpages=abc-{MRN}"}]
    entry = {"resource": patient(), "link": [{"relation": "self", "url": f"{HOST}/Patient/p1"}]}
    number = {"system": "urn:oid:2.999.8", "value": MRN}
    after = clean(deidentifier, message("searchset", entry, link=links, identifier=number))
    text = json.dumps(after)
    for word in ("Doemann", "1961-02-14", MRN, "ehr.madeup"):
        assert word not in text
    assert after["link"][0]["url"].endswith("&_count=5")
    assert after["identifier"]["value"] == after["entry"][0]["resource"]["identifier"][0]["value"]
    assert after["entry"][0]["link"][0]["url"].endswith(f"/Patient/{after['entry'][0]['resource']['id']}")


def test_a_reference_in_another_message_means_the_same_patient(deidentifier: Deidentifier) -> None:
    lines = [patient(id="p-17"), observation("Patient/p-17"), observation(f"{HOST}/Patient/p-17")]
    raw = "\n".join(json.dumps(line) for line in lines).encode()
    documents = [raw[start:end] for start, end in split(raw)]
    about, one, two = (json.loads(released(deidentifier, each, Format.FHIR)) for each in documents)
    assert one["subject"]["reference"] == f"Patient/{about['id']}"
    assert two["subject"]["reference"].endswith(f"/Patient/{about['id']}")


def test_a_logical_reference_has_the_identifier_of_the_patient(deidentifier: Deidentifier) -> None:
    number = patient()["identifier"][0]
    seen = observation(subject={"identifier": number, "type": "Patient", "display": "Johanna Doemann"})
    after = clean(deidentifier, message("collection", {"resource": patient()}, {"resource": seen}))
    about, seen = (entry["resource"] for entry in after["entry"])
    assert seen["subject"]["identifier"] == about["identifier"][0]
    assert about["identifier"][0]["value"] != MRN
    assert "Doemann" not in seen["subject"]["display"]


def test_contained_resources_are_found_by_their_new_ids(deidentifier: Deidentifier) -> None:
    seen = observation("#pat", contained=[patient(id="pat")])
    after = clean(deidentifier, seen)
    assert after["subject"]["reference"] == f"#{after['contained'][0]['id']}"
    assert after["contained"][0]["id"] != "pat"
    assert "Doemann" not in json.dumps(after)
    values = {"resourceType": "ValueSet", "id": "vs", "status": "draft", "url": "http://madeup.example/vs"}
    item = {"linkId": "1", "type": "choice", "answerValueSet": "#vs"}
    after = clean(
        deidentifier, {"resourceType": "Questionnaire", "status": "draft", "contained": [values], "item": [item]}
    )
    assert after["item"][0]["answerValueSet"] == f"#{after['contained'][0]['id']}"


def test_canonicals_are_left_alone(deidentifier: Deidentifier) -> None:
    kept = {"meta": {"profile": ["http://madeup.example/StructureDefinition/patient|1.2"]}}
    plan = {"resourceType": "CarePlan", "status": "draft", "intent": "plan", "subject": {"reference": "Patient/p1"}}
    plan |= {"instantiatesCanonical": ["http://madeup.example/PlanDefinition/p|1"], **kept}
    after = clean(deidentifier, plan)
    assert after["meta"]["profile"] == kept["meta"]["profile"]
    assert after["instantiatesCanonical"] == plan["instantiatesCanonical"]


def test_parameters_hold_resources(deidentifier: Deidentifier) -> None:
    parts = [
        {"name": "resource", "resource": patient()},
        {"name": "who", "valueReference": {"reference": "Patient/p1"}},
    ]
    after = clean(deidentifier, {"resourceType": "Parameters", "parameter": parts})
    one, two = after["parameter"]
    assert two["valueReference"]["reference"] == f"Patient/{one['resource']['id']}" != "Patient/p1"
    assert "Doemann" not in json.dumps(after)


# --- Dates and ages -------------------------------------------------------------------------------------------------


def test_intervals_are_exact_and_forms_stay(deidentifier: Deidentifier) -> None:
    given: dict[str, Any] = {
        "issued": "2024-02-28T23:59:58.125+05:30",
        "effectiveInstant": "2024-03-01T00:00:01Z",
        "valuePeriod": {"start": "2024-02-27T10:00:00-07:00", "end": "2024-03-01T00:30:00.5-07:00"},
        "component": [
            {"code": {"text": "c"}, "valueDateTime": "2024-02"},
            {"code": {"text": "c"}, "valueDateTime": "2024"},
        ],
    }
    entries = [{"resource": patient()}, {"resource": observation(**given)}]
    about, seen = (entry["resource"] for entry in clean(deidentifier, message("collection", *entries))["entry"])
    pairs = [
        (given["issued"], seen["issued"]),
        (given["effectiveInstant"], seen["effectiveInstant"]),
        (given["valuePeriod"]["start"], seen["valuePeriod"]["start"]),
        (given["valuePeriod"]["end"], seen["valuePeriod"]["end"]),
        ("1961-02-14", about["birthDate"]),
    ]
    assert {old[10:] for old, _ in pairs} == {new[10:] for _, new in pairs}  # time, fraction and zone
    moved = {datetime.fromisoformat(new[:10]) - datetime.fromisoformat(old[:10]) for old, new in pairs}
    assert len(moved) == 1
    assert moved.pop().days < 0
    month, year = (part["valueDateTime"] for part in seen["component"])
    assert (len(month), year) == (7, "2024")
    assert month < "2024-02"


def aged(value: Any, **unit: str) -> dict[str, Any]:
    about = {"reference": "Patient/p1"}
    return {"resourceType": "Condition", "subject": about, "onsetAge": {"value": value, **unit}}


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(34, "a", 34), (89, "a", 89), (90, "a", 90), (97, "a", 90), (95, "mo", 95), (1200, "mo", 90), (200, "d", 200)],
)
def test_ages_above_89_are_one_class(value: int, unit: str, expected: int, deidentifier: Deidentifier) -> None:
    assert clean(deidentifier, aged(value, code=unit))["onsetAge"]["value"] == expected
    measured = observation(valueQuantity={"value": value, "unit": "years" if unit == "a" else "mg"})
    found = clean(deidentifier, measured)["valueQuantity"]["value"]
    assert found == (expected if unit == "a" else value)


def test_ages_in_ranges_and_text(deidentifier: Deidentifier) -> None:
    history = {
        "resourceType": "FamilyMemberHistory",
        "patient": {"reference": "Patient/p1"},
        "ageRange": {"low": {"value": 88}, "high": {"value": 96}},
        "deceasedString": "at 94 years of age",
    }
    after = clean(deidentifier, history)
    assert (after["ageRange"]["low"]["value"], after["ageRange"]["high"]["value"]) == (88, 90)
    assert "94" not in after["deceasedString"]


# --- Identifiers and documents --------------------------------------------------------------------------------------


def test_a_social_security_number_becomes_one_that_was_never_issued(deidentifier: Deidentifier) -> None:
    number = {"type": {"text": "SSN of Doemann", "coding": [{"code": "SS"}]}, "value": "219-09-9999"}
    number |= {"system": "http://hl7.org/fhir/sid/us-ssn", "assigner": {"display": "Madeup County Office"}}
    search = {"request": {"method": "GET", "url": f"Patient?identifier={number['system']}|{number['value']}"}}
    about = patient(identifier=[*patient()["identifier"], number])
    after = clean(deidentifier, message("batch", {"resource": about}, search))
    new = after["entry"][0]["resource"]["identifier"][1]
    assert new["value"][0] == "9"
    assert [len(part) for part in new["value"].split("-")] == [3, 2, 4]
    assert after["entry"][1]["request"]["url"].endswith(f"|{new['value']}")
    assert new["system"] == number["system"]
    assert "Doemann" not in new["type"]["text"]
    assert "Madeup" not in new["assigner"]["display"]


def test_identifiers_keep_their_shape(deidentifier: Deidentifier) -> None:
    before = ["AB-123-45c", "00012345", "urn:uuid:0d3f1f6e-58b3-4a4c-9a57-0f6f0a6a1c11", "urn:oid:2.999.12.345"]
    numbers = [{"system": f"urn:oid:2.999.{n}", "value": value} for n, value in enumerate(before)]
    seen = observation(identifier=numbers)
    after = [number["value"] for number in clean(deidentifier, seen)["identifier"]]
    assert [len(value) for value in after] == [len(value) for value in before]
    assert after[0][2] == after[0][6] == "-"
    assert (after[2][:9], after[3][:8]) == ("urn:uuid:", "urn:oid:")
    assert not set(after) & set(before)


def document(**elements: Any) -> dict[str, Any]:
    content = b"a made-up report about Doemann"
    return {
        "contentType": "text/plain",
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        "hash": base64.b64encode(hashlib.sha1(content).digest()).decode(),
        "title": "Doemann.pdf",
        "url": f"{HOST}/Binary/b1",
        "creation": "2024-02-28",
        **elements,
    }


def test_what_is_said_of_a_document_agrees_with_it(deidentifier: Deidentifier) -> None:
    photo = clean(deidentifier, patient(photo=[document()]))["photo"][0]
    content = base64.b64decode(photo["data"])
    assert b"Doemann" not in content
    assert photo["size"] == len(content)
    assert base64.b64decode(photo["hash"]) == hashlib.sha1(content).digest()
    assert (photo["title"], photo["url"]) == ("[removed]", "urn:removed")
    assert photo["creation"] < "2024-02-28"


def test_a_document_that_cannot_be_read_does_not_survive(deidentifier: Deidentifier) -> None:
    image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256))).decode()
    binary = {"resourceType": "Binary", "contentType": "image/png", "data": image}
    assert image[:24] not in json.dumps(clean(deidentifier, binary))
    after = clean(deidentifier, patient(photo=[{"contentType": "image/png", "data": image}]))
    assert image[:24] not in json.dumps(after)


# --- Validity -------------------------------------------------------------------------------------------------------

PACKAGES = {"STU3": "fhir.resources.STU3", "R4": "fhir.resources.R4B", "R5": "fhir.resources"}


@pytest.mark.parametrize(
    ("release", "name"),
    [
        *(("STU3", name) for name in ("Patient", "ReferralRequest", "Coverage", "Sequence")),
        *(("R4", name) for name in ("Patient", "Encounter", "DocumentReference", "Coverage", "Binary", "Provenance")),
        *(("R5", name) for name in ("Patient", "Encounter", "DocumentReference", "InventoryReport")),
    ],
)
def test_what_was_valid_is_valid(release: str, name: str, deidentifier: Deidentifier) -> None:
    model = importlib.import_module(PACKAGES[release]).get_fhir_model_class(name)
    before = json.dumps(resource(release, name, "Zyxwvutsky", choices=False, depth=3)).encode()
    model.model_validate_json(before)
    after = released(deidentifier, before, Format.FHIR)
    found = model.model_validate_json(after)
    assert found.meta.security[0].code == "PSEUDED"
