import pytest

from streamdeid.formats.fhir_elements import elements_of
from streamdeid.formats.fhir_selectors import always, picks, routes_of, targets
from streamdeid.formats.fhir_tables import load
from streamdeid.types import Place

TABLES = load("R4")


def picked(path: str, place: str) -> bool:
    elements = elements_of(TABLES, Place(place, (place,)))
    return any(picks(route, elements, always) for route in routes_of(path))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("Patient.name", "Patient.name.family"),
        ("Patient.name", "Patient.name.period.start"),
        ("Patient", "Patient.gender"),
        ("Resource", "Observation.status"),
        ("Resource.id", "Patient.id"),
        ("DomainResource.text", "Patient.text.div"),
        ("id", "Observation.id"),
        ("nodesByType('HumanName')", "Patient.contact.name.period.start"),
        ("nodesByType('HumanName').use", "Practitioner.name.use"),
        ("nodesByType('date')", "Patient.birthDate"),
        ("nodesByType('Extension')", "Patient.birthDate.extension.valueString"),
        ("nodesByName('postalCode')", "Patient.contact.address.postalCode"),
        ("nodesByType('Address').city | nodesByType('Address').state", "Location.address.state"),
        ("Observation.value", "Observation.valueQuantity.value"),
        ("Observation.value as Quantity", "Observation.valueQuantity.unit"),
        ("Observation.value.ofType(Quantity).value", "Observation.valueQuantity.value"),
        ("(Observation.value as Quantity).value", "Observation.valueQuantity.value"),
        ("Condition.onset | Condition.abatement as Age", "Condition.onsetString"),
        ("QuestionnaireResponse.item.item", "QuestionnaireResponse.item.item.item.text"),
        ("(Patient.address).nodesByType('string')", "Patient.address.city"),
        ("Patient.identifier.where(use = 'usual').value", "Patient.identifier.value"),
    ],
)
def test_a_path_picks_an_element_with_all_in_it(path: str, place: str) -> None:
    assert picked(path, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("Patient.name", "Patient.contact.name.family"),
        ("Patient.name", "Practitioner.name.family"),
        ("Patient.id", "Observation.id"),
        ("Resource.id", "Patient.name.id"),
        ("nodesByType('HumanName').use", "Patient.name.family"),
        ("nodesByType('Quantity')", "Condition.onsetAge.value"),
        ("nodesByType('date')", "Patient.deceasedDateTime"),
        ("Condition.onset | Condition.abatement as Age", "Condition.abatementString"),
        ("Observation.value as Quantity", "Observation.valueString"),
        ("HumanName.family", "Patient.name.family"),
        ("Patient", "Patient.resourceType"),
        ("Resource", "Patient.?"),
    ],
)
def test_a_path_picks_nothing_else(path: str, place: str) -> None:
    assert not picked(path, place)


@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("Patient.birthDate", {"date"}),
        ("Patient.deceased", {"boolean", "dateTime"}),
        ("nodesByType('Address').city", {"string"}),
        ("Condition.onset as Age", {"Age"}),
        ("HealthcareService.notAvaliable.description", set()),
        ("Observation.valueQuantity", set()),
        ("Nobody.name", set()),
        ("Bundle.entry", {"Bundle.entry"}),
        ("Patient.birthDate.extension", {"Extension"}),
    ],
)
def test_the_types_that_a_path_leads_to(path: str, types: set[str]) -> None:
    assert {one for route in routes_of(path) for one in targets(route, TABLES)} == types


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("Bundle.entry.resource.contained.id", "stands in another"),
        ("Patient.contained", "stands in another"),
        ("nodesByName('contained')", "stands in another"),
        ("nodesByType('Observation').value", "start the path with it"),
        ("nodesByType('Humanname')", "no datatype"),
        ("Patient.name.ofType(Name)", "no datatype"),
    ],
)
def test_paths_into_other_resources_and_unknown_types_are_refused(path: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        [targets(route, TABLES) for route in routes_of(path)]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("Patient.name | Practitioner.name", "about that type alone"),
        ("Patient.name | nodesByType('Age')", "about that type alone"),
        ("'x'", "picks no elements"),
        ("Patient.name = 'x'", "picks no elements"),
        ("Patient.name.exists()", "picks no elements"),
        ("nodesByType(Age)", "in quotes"),
        ("Patient.where(extension.url = 'x')", "about extensions"),
        ("Patient.where(Observation.status = 'x')", "cannot start from Observation"),
        ("Patient.where(nodesByType('date').exists())", "not supported in a criterion"),
    ],
)
def test_what_does_not_pick_elements_is_refused(path: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        routes_of(path)
