import re

import pytest

from streamdeid.formats.fhir_tables import ANY_RESOURCE, PRIMITIVES, load, table_file
from streamdeid.formats.generate_fhir_tables import models_folder, supplement, tables, written


def element(type_name, name):
    found = load().types[type_name].elements[name]
    return found.type, found.repeats, found.choice, found.owner


@pytest.mark.parametrize("release", ["STU3", "R4B", "R5"])
def test_the_shipped_table_is_what_the_models_say(release):
    assert written(tables(models_folder(release))) == table_file(release).read_text(encoding="utf-8")


def test_a_supplement_has_only_what_is_lacking():
    def table(resources, **types):
        return {
            "version": "1",
            "resources": resources,
            "types": {n: {"base": "Element", "elements": e} for n, e in types.items()},
        }

    base = table(["Old"], Old={"a": "string", "b[x]": "date|string"})
    later = table(["New", "Old"], New={"c": "id"}, Old={"a": "code", "b[x]": "Period|date", "d": "uri*"})
    assert supplement(later, base) == table(["New"], New={"c": "id"}, Old={"b[x]": "Period", "d": "uri*"})


def test_elements():
    assert element("HumanName", "given") == ("string", True, "", "HumanName")
    assert element("HumanName", "id") == ("string", False, "", "Element")
    assert element("Patient", "id") == ("id", False, "", "Resource")
    assert element("Patient", "contact") == ("Patient.contact", True, "", "Patient")
    assert element("Patient", "contained") == (ANY_RESOURCE, True, "", "DomainResource")
    assert element("Observation", "valueDateTime") == ("dateTime", False, "value[x]", "Observation")
    assert element("Age", "value") == ("decimal", False, "", "Quantity")
    assert element("Questionnaire.item", "item") == ("Questionnaire.item", True, "", "Questionnaire.item")
    assert element("Bundle.entry", "link") == ("Bundle.link", True, "", "Bundle.entry")
    assert element("Narrative", "div") == ("xhtml", False, "", "Narrative")


def test_what_r4b_dropped_from_r4_is_there():
    assert element("Evidence", "exposureBackground") == ("Reference", False, "", "Evidence")
    assert element("Extension", "valueMeta") == ("Meta", False, "value[x]", "Extension")
    assert {"MedicinalProduct", "SubstanceSpecification", "EffectEvidenceSynthesis"} <= load().resources


def test_nothing_in_the_supplement_is_defined_twice():
    names = [
        {name for name, _ in re.findall(r'^"([^"]+)":\{"base":(.)', table_file(r).read_text(), re.MULTILINE)}
        for r in ("R4B", "R4")
    ]
    shared = names[0] & names[1]
    assert shared == {
        *("ElementDefinition", "ElementDefinition.example", "Evidence", "EvidenceVariable"),
        *("EvidenceVariable.characteristic", "Extension"),
    }


ABSTRACT = {"Resource", "DomainResource", "MetadataResource", "CanonicalResource"}


@pytest.mark.parametrize(("release", "count"), [("STU3", 117), ("R4B", 159), ("R5", 158)])
def test_every_type_that_an_element_has_is_defined(release, count):
    found = load(release)
    known = PRIMITIVES | found.types.keys() | {ANY_RESOURCE}
    assert {e.type for t in found.types.values() for e in t.elements.values()} <= known
    assert found.resources <= found.types.keys()
    assert not found.resources & ABSTRACT
    assert len(found.resources) == count


def test_what_only_some_releases_have():
    stu3, r5 = load("STU3"), load("R5")
    assert "ReferralRequest" in stu3.resources
    assert stu3.types["Patient"].elements["animal"].type == "Patient.animal"
    assert r5.types["Attachment"].elements["size"].type == "integer64"
    assert r5.types["Encounter"].elements["actualPeriod"].type == "Period"
    assert r5.types["CodeableReference"].elements["reference"].type == "Reference"
    assert r5.types["Timing"].elements["modifierExtension"].owner == "BackboneType"


def test_r4_is_an_alias_and_other_names_are_none():
    assert load("R4").types.keys() == load("R4B").types.keys()
    with pytest.raises(ValueError, match="R4B"):
        load("R2D2")
