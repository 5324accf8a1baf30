import json
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.errors import TransformError
from streamdeid.formats.fhir import FhirDocument, scan
from streamdeid.formats.fhir_omission import omissions
from streamdeid.formats.splice import splice

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "made up"},
    "valueQuantity": {"value": 37.5, "unit": "Cel"},
    "component": [
        {"code": {"text": "one"}, "valueInteger": 1},
        {"code": {"text": "two"}, "valueQuantity": {"value": 2}},
        {"code": {"text": "three"}, "valueSampledData": {"origin": {"value": 0}, "period": 10, "dimensions": 1}},
    ],
    "extension": [
        {"url": "http://madeup.example/a", "valueBoolean": True},
        {"url": "http://madeup.example/b", "valueQuantity": {"value": 4}},
        {"url": "http://madeup.example/c", "extension": [{"url": "d", "valueInteger": 5}]},
    ],
}


def document(content: dict[str, Any]) -> FhirDocument:
    return scan(json.dumps(content).encode())


def without(content: dict[str, Any], *paths: str) -> dict[str, Any]:
    """The resource without the elements at these places."""
    found = document(content)
    leaves = [leaf for leaf in found.leaves if found.path(leaf).partition(".")[2] in paths]
    assert len(leaves) == len(paths)
    result: dict[str, Any] = json.loads(splice(found.raw, omissions(found, leaves)))
    return result


def test_a_member_goes_with_its_name() -> None:
    assert without(OBSERVATION, "valueQuantity.value")["valueQuantity"] == {"unit": "Cel"}


def test_an_object_that_holds_nothing_else_goes_too() -> None:
    assert "valueQuantity" not in without(OBSERVATION, "valueQuantity.value", "valueQuantity.unit")
    assert without(OBSERVATION, "component[1].valueQuantity.value")["component"][1] == {"code": {"text": "two"}}


def test_an_extension_without_its_value_goes_too() -> None:
    left = without(OBSERVATION, "extension[0].valueBoolean", "extension[1].valueQuantity.value")["extension"]
    assert left == OBSERVATION["extension"][2:]
    values = "extension[0].valueBoolean", "extension[1].valueQuantity.value"
    assert "extension" not in without(OBSERVATION, *values, "extension[2].extension[0].valueInteger")
    photo = {"resourceType": "Patient", "photo": [{"url": "http://madeup.example/x", "size": 4}]}
    assert without(photo, "photo[0].size")["photo"] == [{"url": "http://madeup.example/x"}]


@pytest.mark.parametrize("path", ["component[2].valueSampledData.period", "component[0].code.text", "status"])
def test_what_fhir_demands_is_refused(path: str) -> None:
    with pytest.raises(TransformError) as refused:
        without(OBSERVATION, path)
    assert (refused.value.code, refused.value.path) == ("transform.mandatory", f"Observation.{path}")


def test_an_optional_object_may_go_with_what_it_must_have() -> None:
    whole = {"resourceType": "Location", "name": "x", "position": {"longitude": 1.0, "latitude": 2.0}}
    assert without(whole, "position.longitude", "position.latitude") == {"resourceType": "Location", "name": "x"}


def test_a_primitive_that_has_extensions_may_go_though_it_is_demanded() -> None:
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
    }
    given = {"resourceType": "Observation", "status": "final", "_status": absent, "code": {"text": "x"}}
    assert without(given, "status") == {name: value for name, value in given.items() if name != "status"}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_goes_the_resource_stays_one(data: st.DataObject) -> None:
    found = document(OBSERVATION)
    optional = [
        leaf for leaf in found.leaves if leaf.place.lineage[-1] in ("decimal", "integer", "boolean", "positiveInt")
    ]
    leaves = data.draw(st.lists(st.sampled_from(optional), unique=True))
    try:
        edits = omissions(found, leaves)
    except TransformError as refused:
        assert "SampledData" in refused.path  # noqa: PT017
        return
    output = splice(found.raw, edits)
    get_fhir_model_class("Observation").model_validate_json(output)
    left = scan(output)
    gone = {found.path(leaf) for leaf in leaves}
    assert len(left.leaves) <= len(found.leaves) - len(gone)
