"""All patients here are made up."""

import json

import pytest
from fhir.resources.R4B import get_fhir_model_class
from growth import is_linear

from streamdeid.errors import TransformError
from streamdeid.formats import er7, fhir
from streamdeid.formats.fhir_tags import STU3_SYSTEM, SYSTEM, security_tag_edits
from streamdeid.formats.splice import splice

TAG = {"system": SYSTEM, "code": "PSEUDED", "display": "pseudonymized"}
WRITTEN = json.dumps(TAG, separators=(",", ":"))


def tagged(raw, *tags, version="R4B"):
    document = fhir.scan(raw if isinstance(raw, bytes) else raw.encode(), version)
    return splice(document.raw, security_tag_edits(document, tags or ("PSEUDED",))).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"resourceType":"Patient"}', f'{{"resourceType":"Patient","meta":{{"security":[{WRITTEN}]}}}}'),
        (
            '{ "id" : "a",\n "resourceType" : "Patient" ,"active":true}\n',
            f'{{ "id" : "a",\n "resourceType" : "Patient","meta":{{"security":[{WRITTEN}]}} ,"active":true}}\n',
        ),
        ('{"meta":{},"resourceType":"Patient"}', f'{{"meta":{{"security":[{WRITTEN}]}},"resourceType":"Patient"}}'),
        (
            '{"resourceType":"Patient","meta" : { "versionId":"1"}}',
            f'{{"resourceType":"Patient","meta" : {{"security":[{WRITTEN}], "versionId":"1"}}}}',
        ),
        (
            '{"resourceType":"Patient","meta":{"versionId":"1","security":[]}}',
            f'{{"resourceType":"Patient","meta":{{"versionId":"1","security":[{WRITTEN}]}}}}',
        ),
        (
            '{"resourceType":"Patient","meta":{"security": [ {"code":"R"}]}}',
            f'{{"resourceType":"Patient","meta":{{"security": [{WRITTEN}, {{"code":"R"}}]}}}}',
        ),
        (
            '{"resourceType":"Patient","meta":\r\n\t{"tag":[{"display":"é \\" ]"}],"security":[{"code":"PSEUDED"}]}}',
            '{"resourceType":"Patient","meta":\r\n\t{"tag":[{"display":"é \\" ]"}],"security":['
            f'{WRITTEN},{{"code":"PSEUDED"}}]}}}}',
        ),
    ],
)
def test_the_tag_is_spliced_in(before, after):
    assert tagged(before) == after
    assert tagged(after) == after  # never doubled


def test_only_what_is_lacking_is_added():
    once = tagged('{"resourceType":"Patient"}', "PSEUDED")
    codes = [one["code"] for one in json.loads(tagged(once, "PSEUDED", "MASKED"))["meta"]["security"]]
    assert sorted(codes) == ["MASKED", "PSEUDED"]


def test_the_outermost_resource_is_labelled():
    inner = {"resourceType": "Patient", "meta": {"versionId": "1"}}
    entries = [{"resource": inner}, {"resource": {"resourceType": "Basic", "contained": [inner]}}]
    before = {"resourceType": "Bundle", "entry": entries}
    after = json.loads(tagged(json.dumps(before)))
    assert after.pop("meta") == {"security": [TAG]}
    assert after == before


@pytest.mark.parametrize("type_", ["Patient", "Bundle", "Binary", "Parameters"])
def test_the_output_is_valid(type_):
    needed = {"Bundle": {"type": "batch"}, "Binary": {"contentType": "text/plain"}}.get(type_, {})
    after = tagged(json.dumps({"resourceType": type_, **needed, "language": "en"}))
    assert get_fhir_model_class(type_).model_validate_json(after).meta.security[0].code == "PSEUDED"


def test_stu3_has_another_name_for_the_system():
    assert (
        json.loads(tagged('{"resourceType":"Patient"}', version="STU3"))["meta"]["security"][0]["system"] == STU3_SYSTEM
    )


def test_beyond_ascii_and_byte_order_marks():
    before = '\ufeff{"resourceType":"Patient","name":[{"family":"Dömann"}],"meta":{"source":"Zoë"}}'
    assert json.loads(tagged(before.encode()).encode().decode("utf-8-sig"))["meta"] == {
        "security": [TAG],
        "source": "Zoë",
    }


@pytest.mark.parametrize(
    "raw",
    [
        '{"resourceType":"Patient","meta":null}',
        '{"resourceType":"Patient","met\\u0061":{"versionId":"1"}}',
        '{"resourceType":"Patient","met\\u0061":{}}',
        f'{{"resourceType":"Patient","meta":{" " * 300}{{"versionId":"1"}}}}',
        '{"resourceType":"Patient","meta":{"security":null}}',
    ],
)
def test_a_meta_that_cannot_take_a_label_is_refused(raw):
    with pytest.raises(TransformError) as caught:
        tagged(raw)
    assert caught.value.code == "transform.unreadable"
    assert caught.value.path.startswith("Patient.meta")


def test_nulls_and_escapes_elsewhere_do_no_harm():
    raw = '{"resourceType":"Patient","_birthDate":null,"\\u0061ctive":true,"name":[{"text":"\\u00e9"}]}'
    assert json.loads(tagged(raw))["meta"] == {"security": [TAG]}


def test_no_tags_and_no_fhir_mean_no_edits():
    assert security_tag_edits(fhir.scan(b'{"resourceType":"Patient"}'), ()) == []
    assert security_tag_edits(er7.scan(b"MSH|^~\\&|A|B|C|D|2020||ADT^A01|1|P|2.5\r"), ("PSEUDED",)) == []


def test_many_escapes_take_no_longer_than_their_length():
    def patient(size):
        return json.dumps({"resourceType": "Patient", "name": [{"text": "\xe9" * size}]})

    assert json.loads(tagged(patient(60_000)))["meta"] == {"security": [TAG]}
    assert is_linear(tagged, patient, 10_000)
