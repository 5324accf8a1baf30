"""Fields of HL7 v2 and FHIR, headers and keys as what surrogates are keyed on."""

import base64
import json
import re

import pytest
import yaml
from handwritten import OID, er7, patient, rows, value
from keyed import MR, POLICY, clean, engine, fhir_names, message, names, policy_of

from streamdeid.engine import Deidentifier
from streamdeid.types import Format, Span


def test_paths_lead_to_their_values_however_they_are_written() -> None:
    visit = "PV1|1|I|||||E1^Nullberg~E2^Nemoson||||||||||||V77^^^MADEUP"
    same = [["PV1-19"], ["PV1-19-1"], ["PV1-19.1.1"], ["PV1(1)-19(1)-1-1"], ["PV1[1]-19.1"], ["OBX-77", "PV1-19"]]
    found = {
        names(engine(policy_of([{"field": paths}])), "John", mrn, segments=(visit,))[0]
        for paths in same
        for mrn in ("001", "002")
    }
    assert len(found) == 1
    second = engine(policy_of([{"field": "PV1-7[2].1"}]))
    first = names(second, "John", segments=(visit,))[0]
    assert names(second, "Jane", "002", segments=(visit.replace("E1", "E9"),))[0] == first
    assert names(second, "Jane", segments=(visit.replace("E2", "E9"),))[0] != first


@pytest.mark.parametrize(
    "path", ["Patient.identifier.value", MR, "Bundle.entry.resource.ofType(Patient).identifier.value"]
)
def test_a_fhirpath_is_a_source(path: str) -> None:
    made = engine(policy_of([{"field": path}]))
    alice, again = fhir_names(made, "001", "John Jane")
    bob, _ = fhir_names(made, "002", "John Jane")
    assert alice == again != bob


def test_a_criterion_picks_the_value() -> None:
    made = engine(policy_of([{"field": MR}]))
    other = {"system": "urn:x", "value": "zzz"}
    found = {
        fhir_names(
            made, "001", "John", identifier=[*extra, {"value": "001", "type": {"coding": [{"code": "MR"}]}}], id="p1"
        )[0]
        for extra in ([], [other])
    }
    assert len(found) == 1


def test_hl7_and_fhir_agree_where_the_sources_say_the_same() -> None:
    made = engine(policy_of([{"field": ["PID-3.1", "Patient.identifier.value"]}, "self"]))
    assert names(made, "John Jane") == fhir_names(made, "001", "John Jane")
    assert names(made, "John Jane", "002") != fhir_names(made, "001", "John Jane")


def test_plain_text_is_keyed_on_what_it_says() -> None:
    made = engine(policy_of([{"label": "ID/HOSPITAL_ID"}]))
    alice, again, _ = clean(made, b"John Jane H100", Format.TEXT).split()
    bob, *_ = clean(made, b"John H200", Format.TEXT).split()
    assert alice == again != bob
    assert clean(made, b"Jane was in H100", Format.TEXT).split()[0] == alice
    lost, lost_too = (clean(made, text, Format.TEXT).split()[0] for text in (b"John here", b"John there"))
    assert lost != lost_too  # nobody is named, so each text is somebody else's


def test_two_patients_of_one_message_have_each_their_own() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}], ""))
    pid = "PID|1||{}^^^MADEUP&2.999.1&ISO^MR||{}"
    swap = er7(
        "ADT^A17",
        "EVN|A17|20240305",
        pid.format("001", "Doemann^Johanna"),
        "PV1|1|I",
        pid.format("002", "Roessner^Ines"),
    )
    told = clean(made, swap)
    alone = clean(made, message("John", "002"))
    assert value(told, "PID-5.1", 1) == value(clean(made, message("John")), "PID-5.1")
    assert value(told, "PID-5.1", 2) == value(alone, "PID-5.1") != value(told, "PID-5.1", 1)


def test_a_field_of_another_patient_of_the_message_does_not_count() -> None:
    made = engine(policy_of([{"field": "PID-18.1"}], ""))
    pid = "PID|1||{}^^^MADEUP&2.999.1&ISO^MR||{}|||||||||||||{}"
    swap = er7(
        "ADT^A17",
        "EVN|A17|20240305",
        pid.format("001", "Doemann^Johanna", "A1"),
        "PV1|1|I",
        pid.format("002", "Roessner^Ines", ""),
    )
    told = clean(made, swap)
    assert value(told, "PID-5.1", 1) != value(told, "PID-5.1", 2)
    of_header = clean(engine(policy_of([{"field": "MSH-4"}], "")), swap)
    assert value(of_header, "PID-5.1", 1) == value(of_header, "PID-5.1", 2)


def test_a_field_does_not_count_for_the_patient_of_a_document_in_the_message() -> None:
    content = yaml.safe_load(policy_of([{"field": "PID-3.1"}], ""))
    content["hl7v2"]["rules"]["ED.5"] = "document"
    made = engine(yaml.safe_dump(content))
    encoded = base64.b64encode(message("nothing", "002", name="Roessner^Ines")).decode()
    pid = f"PID|1||001^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna"
    told = clean(made, er7("MDM^T02", "EVN|T02|20240305", pid, f"OBX|1|ED|x||^TEXT^HL7^Base64^{encoded}"))
    document = base64.b64decode(rows(told)[0].split("^")[4])
    assert value(document, "PID-5.1") != value(told, "PID-5.1")
    assert "Roessner" not in document.decode()


def test_a_header_and_the_key_of_the_record_are_sources() -> None:
    made = engine(policy_of([{"header": "employee"}, "key"]))
    alice = names(made, "John", headers=(("employee", b"E1"),), key=b"k")[0]
    assert names(made, "Jane", "002", headers=(("other", b"x"), ("employee", b"E1")), key=b"k")[0] == alice
    different = [
        names(made, "John", headers=(("employee", b"E2"),), key=b"k")[0],
        names(made, "John", headers=(("employee", b"E1"),), key=b"l")[0],
        names(made, "John", key=b"k")[0],
        names(made, "John")[0],
    ]
    assert len({alice, *different}) == 5
    same_field = engine(policy_of([{"field": "PID-3.1"}]))
    as_header = engine(policy_of([{"header": "mrn"}]))
    assert names(as_header, "John", headers=(("mrn", b" 001"),)) == names(same_field, "John")


def test_what_a_record_carries_can_not_be_read_and_is_short() -> None:
    made = engine(policy_of([{"header": "employee"}, "key"]))
    carried = made.carried((("employee", b"Doemann" * 100_000), ("other", b"Roessner")), b"40017765")
    assert re.fullmatch(r"[0-9a-f]{16}:[0-9a-f]{32},[0-9a-f]{16}:[0-9a-f]{32}", carried)
    assert engine(POLICY).carried((("employee", b"E1"),), b"k") == ""
    assert made.carried((("employee", None), ("employee", b"")), None) == ""


def test_the_patients_sex_plays_no_part_without_self() -> None:
    made = engine(policy_of([{"field": "PV1-19"}]))
    woman, man = "Doemann^Johanna||19610214|F", "Roessner^Ulf||19480730|M"
    assert names(made, "John Jane", name=woman, visit="V1") == names(made, "Carol Ines", name=man, visit="V1")


def test_what_is_nothing_without_the_value_has_it_under_a_policy_that_does_not() -> None:
    content = yaml.safe_load(policy_of([{"field": "PID-3.1"}], ""))
    content["labels"]["NAME"] = "encrypt"
    made = engine(yaml.safe_dump(content))
    one, two = rows(clean(made, message("John\nJane")))
    assert one != two
    assert rows(clean(made, message("John", "002"))) != [one]


def test_rules_of_fhirpaths_and_methods_are_keyed() -> None:
    rule = {"operator": "surrogate", "label": "NAME/GIVEN", "keyed_on": [{"field": "Patient.birthDate"}]}
    for paths in (
        {"paths": [{"path": "Patient.name.given", "rule": rule}]},
        {"paths": [{"path": "Patient.name", "method": "m"}], "methods": {"m": {"HumanName.given": rule}}},
        {"paths": [{"path": "Patient.name.where(use = 'usual').given", "rule": rule}]},
    ):
        content = yaml.safe_load(POLICY)
        content["fhir"] |= paths
        made = engine(yaml.safe_dump(content))

        def given(mrn: str, born: str, made: Deidentifier = made) -> list[str]:
            person = patient(mrn, birthDate=born, name=[{"use": "usual", "given": ["Johanna", "Quilla"]}])
            found: list[str] = json.loads(clean(made, json.dumps(person).encode(), Format.FHIR))["name"][0]["given"]
            return found

        one, other = given("001", "1961-02-14")
        assert one == other
        assert given("002", "1961-02-14") == [one, one] != given("001", "1961-02-15")


def test_no_surrogate_is_its_original_though_it_is_the_same_for_all() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}]), lambda text: [Span(0, len(text), "NAME/GIVEN", 0.9, "all")])
    alice = rows(clean(made, message("John")))[0]
    assert rows(clean(made, message(alice)))[0] != alice


def test_hashes_are_keyed_too() -> None:
    content = yaml.safe_load(POLICY)
    content["labels"]["NAME"] = {"operator": "hash", "length": 12, "keyed_on": [{"field": "PID-3.1"}]}
    made = engine(yaml.safe_dump(content))
    one, two = names(made, "John Jane")
    assert one == two != names(made, "John", "002")[0]
