import json

import pytest

from streamdeid.formats import fhir
from streamdeid.formats.fhir_paths import PathTable

#: Made up.
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "active": True,
    "multipleBirthInteger": 2,
    "identifier": [
        {"system": "s1", "value": "v1", "type": {"coding": [{"system": "a", "code": "MR"}, {"code": "XX"}]}},
        {"system": "s2", "value": "v2", "type": {"coding": [{"system": "a", "code": "MR"}], "text": "t"}},
        {"value": "v3"},
        {"use": "official", "value": "v4", "system": "s1"},
    ],
    "name": [
        {"use": "official", "family": "A", "given": ["x", "y"], "_given": [{"id": "g"}, None]},
        {"use": "usual", "family": "B", "given": ["x"]},
    ],
    "telecom": [{"system": "phone", "use": "home", "rank": 1, "value": "t1"}, {"system": "email", "value": "t2"}],
    "extension": [{"url": "http://one", "valueString": "e1"}, {"url": "http://two", "valueString": "e2"}],
    "contained": [{"resourceType": "Organization", "id": "o1", "identifier": [{"system": "s1", "value": "v5"}]}],
}
DOCUMENT = fhir.scan(json.dumps(PATIENT).encode())


def picked(*paths: str) -> dict[str, int]:
    """The texts that paths with a criterion pick, each with the number of the path."""
    found = PathTable((path, number) for number, path in enumerate(paths)).in_message(DOCUMENT)
    return {leaf.text: found[leaf.start] for leaf in DOCUMENT.leaves if leaf.start in found}


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("Patient.identifier.where(type.coding.code='MR').value", "v2"),
        ("Patient.identifier.where(type.coding.code!='MR').value", "v1"),
        ("Patient.identifier.where(type.coding.where(system='a' and code='MR').exists()).value", "v1 v2"),
        ("Patient.identifier.where(type.empty()).value", "v3 v4"),
        ("Patient.identifier.where(type.exists().not()).value", "v3 v4"),
        ("Patient.identifier.where(system='s1' or use='official').value", "v1 v4"),
        ("Patient.identifier.where(system in ('s1' | 's2')).value", "v1 v2 v4"),
        ("Patient.identifier.where('MR' in type.coding.code).value", "v1 v2"),
        ("Patient.identifier.where(value.startsWith('v')).value", "v1 v2 v3 v4"),
        ("Patient.identifier.where(system.endsWith('2')).value", "v2"),
        ("Patient.identifier.where(system.contains('1') and type.exists()).value", "v1"),
        ("Patient.identifier.where(type.coding.exists(code='XX')).value", "v1"),
        ("Patient.identifier.where(type.coding).value", "v1 v2"),
        ("Patient.identifier.where(type.coding.code='MR' and nothing='x').value", ""),
        ("Patient.identifier.type.where(coding.system='a' and coding.code='MR').text", "t"),
        ("Patient.telecom.where(rank=1).value", "t1"),
        ("Patient.telecom.where(rank=1.0)", "1 home phone t1"),
        ("Patient.telecom.where(use!='home').value", ""),
        ("Patient.telecom.where((use='home').not()).value", ""),
        ("Patient.telecom.where(use='home' and (rank=2 or system='phone')).value", "t1"),
        ("Patient.name.where(given='x').family", "B"),
        ("Patient.name.where(given.where($this='y').exists()).family", "A"),
        ("Patient.name.given.where($this='y')", "y"),
        ("Patient.where(active=true).id", "p1"),
        ("Patient.where(active=false).id", ""),
        ("Patient.where(multipleBirth=2).id", "p1"),
        ("Patient.where(multipleBirth is integer).id", "p1"),
        ("Patient.where(multipleBirth.is(boolean)).id", ""),
        ("Patient.where((multipleBirth as integer) = 2).id", "p1"),
        ("Patient.extension.where(url='http://two').value", "e2"),
        ("nodesByType('Identifier').where(system='s1').value", "v1 v4 v5"),
    ],
)
def test_criteria_are_met_as_fhirpath_says(path: str, texts: str) -> None:
    assert sorted(picked(path)) == texts.split()


def test_the_first_path_that_picks_a_value_wins() -> None:
    criterion = "nodesByType('Identifier').where(system='s1').value"
    assert picked(criterion, "Resource") == {"v1": 0, "v4": 0, "v5": 0}
    assert picked("Patient.identifier", criterion) == {"v5": 1}
    assert picked("Patient.identifier.where(value='v4')", criterion) == {
        "official": 0,
        "v4": 0,
        "s1": 0,
        "v1": 1,
        "v5": 1,
    }


def test_paths_without_a_criterion_are_decided_by_the_place() -> None:
    table = PathTable([("Patient.name.where(use='usual')", 1), ("Patient.name.given", 2), ("Patient.name", 3)])
    places = {leaf.place.path: leaf.place for leaf in DOCUMENT.leaves}
    assert [table.at(places[f"Patient.{name}"]) for name in ("name.given", "name.family", "id", "resourceType")] == [
        *(2, 3, None, None)
    ]
    assert PathTable([("Patient.name", 1)]).in_message(DOCUMENT) == {}


def test_places_that_other_releases_define_are_known() -> None:
    raw = b'{"resourceType":"Encounter","id":"e","status":"x","actualPeriod":{"start":"2020-01-01"}}'
    document = fhir.scan(raw, "R5")
    table = PathTable([("Encounter.actualPeriod", 1)])
    assert [table.at(leaf.place) for leaf in document.leaves if leaf.text == "2020-01-01"] == [1]


def test_a_path_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"Patient\.name\[0\]: "):
        PathTable([("Patient.name[0]", 1)])
