"""All patients here are made up."""

import json

import pytest

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats import fhir
from streamdeid.formats.fhir import scan
from streamdeid.formats.splice import splice
from streamdeid.types import Edit, Format

RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "meta": {"lastUpdated": "2020-01-02T03:04:05Z"},
    "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>Zoë</div>"},
    "extension": [
        {"url": BIRTH_PLACE, "id": "e1", "valueAddress": {"city": "Nowhere", "period": {"start": "2001"}}},
        {"url": RACE, "extension": [{"url": "text", "valueString": "Other"}]},
    ],
    "identifier": [
        {"system": "urn:oid:1.2.3", "value": "12345", "assigner": {"display": "General"}},
        {"type": {"coding": [{"code": "MR"}]}, "value": "67890"},
    ],
    "name": [{"id": "n1", "family": "Fictiva", "given": ["Zoë", None, "Q."], "_given": [None, {"id": "g"}, None]}],
    "birthDate": "1970-01-01",
    "_birthDate": {"extension": [{"url": "http://x.org/time", "valueDateTime": "1970-01-01T01:02:03Z"}]},
    "multipleBirthInteger": 2,
    "active": True,
    "contact": [{"name": {"family": "Fictivus"}, "gender": "male"}],
    "contained": [{"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Medica"}]}],
    "generalPractitioner": [{"reference": "#d1", "display": "Dr. Medica"}],
}
OBSERVATION = {
    "resourceType": "Observation",
    "valueString": "fine",
    "component": [{"valueQuantity": {"value": 1}}, {"valueDateTime": "2020"}],
    "subject": {"reference": "Patient/p1"},
}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {"resource": OBSERVATION, "request": {"url": "Observation"}},
    ],
}


def dumped(resource, **options):
    return json.dumps(resource, **options).encode()


def lineages(resource):
    document = scan(dumped(resource))
    return {document.path(leaf): leaf.place.lineage for leaf in document.leaves}


def test_lineages_of_a_patient():
    found = lineages(PATIENT)
    assert found["Patient.resourceType"] == ("Patient.resourceType", "Resource.resourceType", "code")
    assert found["Patient.id"] == ("Patient.id", "Resource.id", "id")
    assert found["Patient.meta.lastUpdated"] == ("Patient.meta.lastUpdated", "Meta.lastUpdated", "instant")
    assert found["Patient.text.div"] == ("Patient.text.div", "Narrative.div", "xhtml")
    assert found["Patient.name[0].id"] == ("Patient.name.id", "Element.id", "string")
    assert found["Patient.name[0].given[2]"] == ("Patient.name.given", "HumanName.given", "string")
    assert found["Patient.name[0].given[1].id"] == ("Patient.name.given.id", "Element.id", "string")
    assert found["Patient.birthDate"] == ("Patient.birthDate", "date")
    assert found["Patient.contact[0].gender"] == ("Patient.contact.gender", "code")
    assert found["Patient.contact[0].name.family"] == (*("Patient.contact.name.family", "HumanName.family", "string"),)
    assert found["Patient.identifier[0].assigner.display"] == (
        *("Patient.identifier.assigner.display", "Identifier.assigner.display", "Reference.display", "string"),
    )
    assert found["Patient.multipleBirthInteger"] == (
        *("Patient.multipleBirthInteger", "Patient.multipleBirth[x]", "integer"),
    )
    assert found["Patient.contained[0].name[0].family"] == (
        *("Practitioner.name.family", "HumanName.family", "string"),
    )


def test_lineages_of_extensions():
    found = lineages(PATIENT)
    place, race = f"Extension({BIRTH_PLACE})", f"Extension({RACE})"
    assert found["Patient.extension[0].url"] == ("Patient.extension.url", "Extension.url", "uri")
    assert found["Patient.extension[0].id"] == (
        *("Patient.extension.id", f"{place}.id", place, "Extension", "Element.id", "string"),
    )
    assert found["Patient.extension[0].valueAddress.city"] == (
        *("Patient.extension.valueAddress.city", f"{place}.valueAddress.city", place, "Extension"),
        *("Extension.valueAddress.city", "Address.city", "string"),
    )
    assert found["Patient.extension[0].valueAddress.period.start"] == (
        *("Patient.extension.valueAddress.period.start", f"{place}.valueAddress.period.start", place, "Extension"),
        *("Address.period.start", "Period.start", "dateTime"),
    )
    inner = f"Extension({RACE}/text)"
    assert found["Patient.extension[1].extension[0].valueString"] == (
        *("Patient.extension.extension.valueString", f"{inner}.valueString", inner, race, "Extension"),
        *("Extension.valueString", "Extension.value[x]", "string"),
    )
    time = "Extension(http://x.org/time)"
    assert found["Patient.birthDate.extension[0].valueDateTime"] == (
        *("Patient.birthDate.extension.valueDateTime", f"{time}.valueDateTime", time, "Extension"),
        *("Extension.valueDateTime", "Extension.value[x]", "dateTime"),
    )


def test_lineages_of_other_resources():
    found = lineages(OBSERVATION)
    assert found["Observation.valueString"] == ("Observation.valueString", "Observation.value[x]", "string")
    assert found["Observation.component[0].valueQuantity.value"] == (
        *("Observation.component.valueQuantity.value", "Quantity.value", "decimal"),
    )
    assert found["Observation.component[1].valueDateTime"] == (
        *("Observation.component.valueDateTime", "Observation.component.value[x]", "dateTime"),
    )
    items = {"resourceType": "Questionnaire", "item": [{"item": [{"text": "?"}]}]}
    assert lineages(items)["Questionnaire.item[0].item[0].text"] == (
        *("Questionnaire.item.item.text", "Questionnaire.item.text", "string"),
    )
    condition = {"resourceType": "Condition", "onsetAge": {"value": 91}}
    assert lineages(condition)["Condition.onsetAge.value"] == (
        *("Condition.onsetAge.value", "Age.value", "Quantity.value", "decimal"),
    )


def test_paths_restart_at_each_resource_and_places_are_shared():
    alone, bundled = scan(dumped(PATIENT)), scan(dumped(BUNDLE))
    places = {leaf.place for leaf in bundled.leaves}
    assert {leaf.place for leaf in alone.leaves} < places


def test_values_and_concrete_paths_are_those_of_the_json():
    raw = dumped(BUNDLE, ensure_ascii=False, indent=1)
    document = scan(raw)
    expected = []

    def collect(value, path):
        if isinstance(value, dict):
            for name, inner in value.items():
                collect(inner, f"{path}.{name.lstrip('_')}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                collect(inner, f"{path}[{index}]")
        elif value is not None:
            expected.append((path, value if isinstance(value, str) else json.dumps(value)))

    collect(BUNDLE, "Bundle")
    assert [(document.path(leaf), leaf.text) for leaf in document.leaves] == expected
    assert document.format is Format.FHIR
    assert document.raw is raw


def test_resources_and_units():
    raw = dumped(BUNDLE)
    document = scan(raw)
    bundle, patient, doctor, observation = document.resources
    assert [(r.type, r.unit, r.parent, r.entry, r.slot) for r in document.resources] == [
        ("Bundle", 0, None, None, ""),
        ("Patient", 1, 0, 0, "Bundle.entry.resource"),
        ("Practitioner", 2, 1, None, "Patient.contained"),
        ("Observation", 3, 0, 1, "Bundle.entry.resource"),
    ]
    for resource, value in ((bundle, BUNDLE), (patient, PATIENT), (observation, OBSERVATION)):
        assert json.loads(raw[resource.start : resource.end]) == value
    assert [document.resource_path(r.unit) for r in document.resources] == [
        *("Bundle", "Bundle.entry[0].resource", "Bundle.entry[0].resource.contained[0]"),
        "Bundle.entry[1].resource",
    ]
    assert [leaf.text for leaf in document.of_unit(doctor.unit)] == ["Practitioner", "d1", "Medica"]
    assert {leaf.unit for leaf in document.leaves} == {0, 1, 2, 3}
    assert [document.id(r.unit) and document.id(r.unit).text for r in document.resources] == [*(None, "p1", "d1", None)]
    assert [document.full_url(r.unit) and document.full_url(r.unit).text for r in document.resources] == [
        *(None, "urn:uuid:1", None, None)
    ]
    assert [leaf.text for leaf in document.references] == ["#d1", "Patient/p1"]


def test_siblings_and_objects():
    document = scan(dumped(PATIENT))
    by_path = {document.path(leaf): leaf for leaf in document.leaves}
    value = by_path["Patient.identifier[0].value"]
    assert {name: leaf.text for name, leaf in document.siblings(value).items()} == {
        "system": "urn:oid:1.2.3",
        "value": "12345",
    }
    second = by_path["Patient.identifier[1].value"]
    assert [leaf.text for leaf in document.inside(second.holder)] == ["MR", "67890"]
    given = by_path["Patient.name[0].given[2]"]
    assert document.siblings(given)["given"].text == "Zoë"
    coding = by_path["Patient.identifier[1].type.coding[0].code"]
    type_ = document.around(coding.holder)
    assert document.around(type_) == second.holder
    assert document.around(document.resources[0].holder) is None
    assert len(document.inside(0)) == len(document.leaves)


@pytest.mark.parametrize("indent", [None, 2])
def test_order_of_members_does_not_matter(indent):
    document = scan(dumped(BUNDLE, sort_keys=True, indent=indent))
    ordered = scan(dumped(BUNDLE))
    assert {(document.path(leaf), leaf.place, leaf.text) for leaf in document.leaves} == {
        (ordered.path(leaf), leaf.place, leaf.text) for leaf in ordered.leaves
    }


def test_extension_urls_that_are_none_are_not_named():
    for url in ("John Doe's", "", 'x)"', "x" * 600):
        found = lineages(
            {"resourceType": "Patient", "extension": [{"url": url, "valueCode": "a"}] if url else [{"valueCode": "a"}]}
        )
        assert found["Patient.extension[0].valueCode"] == (
            *("Patient.extension.valueCode", "Extension", "Extension.valueCode", "Extension.value[x]", "code"),
        )


def test_undefined_elements_keep_their_names_in_the_lineage_only():
    found = lineages(
        {"resourceType": "Patient", "name": [{"nick": "x", "more": [{"deep": [1, True]}]}], "_gone": {"a": 1}}
    )
    assert found["Patient.name[0].?"] == ("Patient.name.nick", "HumanName.nick", "undefined-element")
    assert found["Patient.name[0].?[0].?[1]"] == (
        *("Patient.name.more.deep", "HumanName.more.deep", "Patient.name.more", "HumanName.more"),
        "undefined-element",
    )
    assert found["Patient.?.?"] == ("Patient._gone.a", "Patient._gone", "undefined-element")


def test_one_undefined_element_has_one_place():
    document = scan(b'{"resourceType":"Patient","name":[{"nick":"a"},{"nick":"b"}],"x":[{"y":1},{"y":2}]}')
    _, first, second, third, fourth = document.leaves
    assert first.place is second.place
    assert third.place is fourth.place


@pytest.mark.parametrize(
    ("members", "code", "path"),
    [
        ('"name":{"family":"x"}', "fhir.structure", "Patient.name (byte 33)"),
        ('"name":[["x"]]', "fhir.structure", "Patient.name (byte 34)"),
        ('"name":["x"]', "fhir.structure", "Patient.name (byte 35)"),
        ('"name":[{"given":"x"}]', "fhir.structure", "Patient.name.given (byte 44)"),
        ('"name":[{"given":[1]}]', "fhir.structure", "Patient.name.given (byte 44)"),
        ('"birthDate":{"a":1}', "fhir.structure", "Patient.birthDate (byte 38)"),
        ('"birthDate":["x"]', "fhir.structure", "Patient.birthDate (byte 38)"),
        ('"birthDate":1970', "fhir.structure", "Patient.birthDate (byte 38)"),
        ('"active":"true"', "fhir.structure", "Patient.active (byte 36)"),
        ('"active":1', "fhir.structure", "Patient.active (byte 35)"),
        ('"multipleBirthInteger":true', "fhir.structure", "Patient.multipleBirthInteger (byte 49)"),
        ('"_birthDate":"x"', "fhir.structure", "Patient._birthDate (byte 40)"),
        ('"maritalStatus":"M"', "fhir.structure", "Patient.maritalStatus (byte 43)"),
        ('"contained":[1]', "fhir.structure", "Patient.contained (byte 39)"),
        ('"contained":[{}]', "fhir.resource_type", "byte 39"),
        ('"contained":[{"resourceType":"Patent"}]', "fhir.resource_type", "byte 39"),
        ('"contained":[{"resourceType":1}]', "fhir.resource_type", "byte 39"),
        ('"John Fictivus":1', "fhir.element", "byte 42"),
        ('"JohnFictivus":null', "fhir.element", "byte 41"),
        ('"JohnFictivus":{}', "fhir.element", "byte 41"),
        ('"JohnFictivus":[[ ]]', "fhir.element", "byte 42"),
        ('"a":{"JohnFictivus":[null]}', "fhir.element", "byte 47"),
        ('"id":"a","id":"b"', "json.duplicate_key", "byte 35"),
    ],
)
def test_what_is_not_fhir_is_refused(members, code, path):
    with pytest.raises(ScanError) as caught:
        scan(f'{{"resourceType":"Patient",{members}}}'.encode())
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[]", "fhir.structure"),
        (b'[{"resourceType":"Patient"}]', "fhir.structure"),
        (b'"Patient"', "fhir.structure"),
        (b"null", "fhir.structure"),
        (b"17", "fhir.structure"),
        (b"{}", "fhir.resource_type"),
        (b'{"resourceType":"Resource"}', "fhir.resource_type"),
        (b'{"resourceType":"Patient"}{"resourceType":"Patient"}', "json.syntax"),
        (b"", "message.empty"),
    ],
)
def test_the_document_is_one_resource(raw, code):
    with pytest.raises(ScanError) as caught:
        scan(raw)
    assert caught.value.code == code


def test_nulls_and_empty_objects_of_defined_elements_are_let_pass():
    document = scan(b'{"resourceType":"Patient","birthDate":null,"name":[null,{}],"contact":[]}')
    assert [leaf.text for leaf in document.leaves] == ["Patient"]


def test_resources_that_only_r4_has():
    raw = dumped({"resourceType": "MedicinalProduct", "name": [{"productName": "x"}]})
    assert [leaf.place.lineage[-1] for leaf in scan(raw, "R4").leaves] == ["code", "string"]


@pytest.mark.parametrize("size", [7, "7"])
def test_a_64_bit_integer_is_read_however_it_is_written(size):
    resource = {"resourceType": "DocumentReference", "content": [{"attachment": {"size": size}}]}
    document = scan(dumped(resource), "R5")
    leaf = document.leaves[-1]
    assert (leaf.place.lineage[-1], leaf.text) == ("integer64", "7")
    edited = splice(document.raw, [Edit(leaf.start, leaf.end, document.encode(leaf, "9"))])
    assert json.loads(edited)["content"][0]["attachment"]["size"] == type(size)(9)


def test_the_objects_of_a_document():
    document = scan(dumped(PATIENT))
    assert document.objects[0].parent == -1
    assert [document.raw[one.start : one.start + 1] for one in document.objects] == [b"{"] * len(document.objects)


def test_unknown_versions_are_the_callers_fault():
    with pytest.raises(ValueError, match="R9"):
        scan(b'{"resourceType":"Patient"}', "R9")


@pytest.mark.parametrize("value", ["1", '{"b":1}', "[1]"], ids=["scalars", "objects", "arrays"])
def test_too_many_names_are_refused(value):
    members = ",".join(f'"a{i}":{value}' for i in range(3_000))
    with pytest.raises(ScanError) as caught:
        scan(f'{{"resourceType":"Patient",{members}}}'.encode())
    assert caught.value.code == "fhir.element"


def test_too_many_extension_urls_are_refused():
    many = [{"url": f"http://x.org/{i}", "valueCode": "a"} for i in range(3_000)]
    with pytest.raises(ScanError) as caught:
        scan(dumped({"resourceType": "Patient", "extension": many}))
    assert caught.value.code == "fhir.element"


def test_invented_urls_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(fhir, "MAX_SHAPES", 100)
    monkeypatch.setattr(fhir, "_catalogues", {})
    for message in range(10):
        many = [{"url": f"http://x.org/{message}/{i}", "valueCode": "a"} for i in range(90)]
        scan(dumped({"resourceType": "Patient", "extension": many}))
    assert fhir._catalogues["R4B"].size < 300


# --- writing back ---


def leaf_at(document, path):
    (leaf,) = (leaf for leaf in document.leaves if document.path(leaf) == path)
    return leaf


@pytest.mark.parametrize("ascii_only", [True, False])
def test_locate_counts_escapes_and_utf8(ascii_only):
    text = 'Zoë "Q" Fictiva 😀\n said: \\o/ to Zoë'
    raw = dumped({"resourceType": "Patient", "text": {"div": text}}, ensure_ascii=ascii_only)
    document = scan(raw)
    leaf = leaf_at(document, "Patient.text.div")
    assert leaf.text == text
    for start in range(len(text)):
        for end in range(start, len(text) + 1):
            first, last = document.locate(leaf, start, end)
            assert json.loads(b'"' + raw[first:last] + b'"') == text[start:end]
    with pytest.raises(ValueError, match="characters"):
        document.locate(leaf, 1, len(text) + 1)


def test_encode_writes_as_the_message_does():
    plain = scan(dumped(PATIENT))
    family = leaf_at(plain, "Patient.name[0].family")
    assert plain.encode(family, 'Müller "x"') == rb"M\u00fcller \"x\""
    utf8 = scan(dumped(PATIENT, ensure_ascii=False))
    assert utf8.encode(leaf_at(utf8, "Patient.name[0].family"), "Müller") == "Müller".encode()
    given = leaf_at(plain, "Patient.name[0].given[0]")
    assert plain.encode(given, "Zoë") == rb"Zo\u00eb"
    slashed = scan(b'{"resourceType":"Patient","implicitRules":"http:\\/\\/x"}')
    assert slashed.encode(slashed.leaves[1], "http://x") == rb"http:\/\/x"


@pytest.mark.parametrize(
    ("resource", "good", "bad"),
    [
        (
            {"resourceType": "Patient", "multipleBirthInteger": 2},
            ["-3", "0"],
            ["", "03", "1.0", "1e1", "true", "x", "1 "],
        ),
        ({"resourceType": "Patient", "active": True}, ["false"], ["", "0", "False", "null"]),
        (
            {"resourceType": "Observation", "valueQuantity": {"value": 1}},
            ["1.100", "-2e3"],
            [".5", "NaN", '"1"', "1,2"],
        ),
        ({"resourceType": "Appointment", "priority": 1}, ["0", "7"], ["-1", "1.5"]),
        ({"resourceType": "Encounter", "diagnosis": [{"rank": 1}]}, ["7"], ["0", "-1"]),
        ({"resourceType": "Patient", "new": 1}, ["7.5"], ["true"]),
        ({"resourceType": "Patient", "new": True}, ["false"], ["1"]),
    ],
)
def test_numbers_and_booleans_accept_only_their_literals(resource, good, bad):
    document = scan(dumped(resource))
    leaf = document.leaves[-1]
    for text in good:
        assert document.encode(leaf, text) == text.encode()
    for text in bad:
        with pytest.raises(TransformError) as caught:
            document.encode(leaf, text)
        assert caught.value.code == "transform.unreadable"
        assert caught.value.path == document.path(leaf)


def test_half_a_surrogate_pair_cannot_be_written():
    document = scan(dumped(PATIENT))
    with pytest.raises(TransformError) as caught:
        document.encode(leaf_at(document, "Patient.id"), "\ud800")
    assert (caught.value.code, caught.value.path) == ("transform.unencodable", "Patient.id")


def test_an_edit_changes_nothing_else():
    raw = b'{ "resourceType":"Observation",\r\n "valueQuantity" : {"value":1.100, "unit":"\\u006dg"} }\n'
    document = scan(raw)
    unit = leaf_at(document, "Observation.valueQuantity.unit")
    first, last = document.locate(unit, 0, 1)
    edited = splice(raw, [Edit(first, last, document.encode(unit, "k"))])
    assert edited == raw.replace(b"\\u006dg", b"kg")


def test_each_leaf_is_a_passage():
    document = scan(dumped(PATIENT))
    passages = document.passages(document.leaves[3:6])
    assert [passage.text for passage in passages] == [leaf.text for leaf in document.leaves[3:6]]
    assert [p.text[part.start : part.end] for p in passages for part in p.parts] == [
        part.leaf.text for p in passages for part in p.parts
    ]
