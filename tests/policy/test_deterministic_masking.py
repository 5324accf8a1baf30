"""What surrogates are keyed on: the relations that DataMasque's examples of deterministic masking state, and what its
limits are that do not hold here. Names stand for themselves; who is who is told by a made-up detector."""

import base64
import json
import re
import time
from collections.abc import MutableMapping
from typing import Any

import pytest
import yaml
from handwritten import OID, bundle, er7, observation, patient, rows, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.errors import PolicyError
from streamdeid.message.clean import Detector
from streamdeid.types import Format, Released, Span

SECRET = b"a made-up secret"
POLICY = """
name: keyed
hl7v2:
  rules:
    ST: keep
    TX: detect
    FT: detect
    ID: keep
    IS: keep
    SI: keep
    NM: keep
    DT: keep
    DTM: keep
    PID-3.1: {operator: surrogate, label: ID/MRN, scope: entity}
    PID-5.1: surrogate NAME/FAMILY
    PID-5.2: surrogate NAME/GIVEN
    PV1-19: surrogate ID/ACCOUNT
fhir:
  rules:
    string: detect
    code: keep
    id: keep
    uri: keep
    date: keep
    HumanName.family: surrogate NAME/FAMILY
    HumanName.given: surrogate NAME/GIVEN
    Identifier.value: {operator: surrogate, label: ID/MRN, scope: entity}
    Reference.reference: keep
labels:
  NAME: surrogate
  DATE: shift
  AGE: keep
  ID: surrogate
  CONTACT: surrogate
  LOCATION: surrogate
"""
LABELS = {
    "NAME/GIVEN": ("John", "Jane", "Carol", "Bert", "Ines", "Ulf", "JOHN"),
    "NAME/FULL": ("John Smithson", "Smithson, Jane"),
    "NAME/DOCTOR": ("Nemoson", "Nullberg"),
    "ID/HOSPITAL_ID": ("H100", "H200", "H300"),
    "ID/OTHER": ("40-11-9", "55-82-0", "7742"),
}


def find(text: str) -> list[Span]:
    """Finds the words of `LABELS`, the longest first."""
    label_of = {word: label for label, words in LABELS.items() for word in words}
    pattern = "|".join(rf"\b{re.escape(word)}\b" for word in sorted(label_of, key=len, reverse=True))
    return [Span(at.start(), at.end(), label_of[at[0]], 0.9, "finder") for at in re.finditer(pattern, text)]


def policy_of(keyed_on: Any, label: str = "NAME", **rules: Any) -> str:
    """The policy with this for one label, or for all where `label` is empty; `rules` are for HL7 v2 places."""
    content = yaml.safe_load(POLICY)
    if label:
        content["labels"][label] = {"operator": "surrogate", "keyed_on": keyed_on}
    else:
        content["keyed_on"] = keyed_on
    content["hl7v2"]["rules"] |= rules
    return yaml.safe_dump(content)


def engine(policy: str, detector: Detector = find) -> Deidentifier:
    return Deidentifier(parse_policy(policy, "keyed"), SECRET, [detector], Sources(time.monotonic, bytes))


def message(text: str, mrn: str = "001", *segments: str, name: str = "Doemann^Johanna", visit: str = "") -> bytes:
    pid = f"PID|1||{mrn}^^^MADEUP&{OID}&ISO^MR||{name}"
    pv1 = [f"PV1|1|I|||||||||||||||||{visit}"] if visit else []
    observations = [f"OBX|{n}|TX|18842-5^Report^LN||{row}" for n, row in enumerate(text.split("\n"), 1)]
    return er7("ORU^R01", pid, *pv1, *segments, "OBR|1||F555^LABSYS|18842-5^Report^LN", *observations)


def clean(
    made: Deidentifier,
    content: bytes,
    format: Format = Format.HL7V2,
    vault: MutableMapping[str, bytes] | None = None,
    sequence: int = 1,
    headers: tuple[tuple[str, bytes], ...] = (),
    key: bytes | None = None,
) -> bytes:
    request = Request(content, format, sequence, "", made.carried(headers, key))
    outcome = made.process([request], {} if vault is None else vault)[0]
    assert isinstance(outcome, Released), outcome
    return outcome.content


def names(made: Deidentifier, text: str, mrn: str = "001", **more: Any) -> list[str]:
    """What became of the words of a report."""
    segments = more.pop("segments", ())
    told = {name: more.pop(name) for name in ("name", "visit") if name in more}
    found = rows(clean(made, message(text, mrn, *segments, **told), **more))
    return re.findall(r"[\w-]+", " ".join(found))


def test_field_patient_id_all_of_a_patient_are_one() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}]))
    alice, again = names(made, "John Jane")
    bob, bob_again = names(made, "John Jane", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert {alice, bob}.isdisjoint({"John", "Jane"})


def test_self_entity_everybody_has_the_same_surrogates() -> None:
    made = engine(policy_of([{"self": "entity"}]))
    alice, carol = names(made, "John Jane")
    assert alice != carol
    assert names(made, "John Jane", "002") == [alice, carol]


def test_label_the_first_doctor_in_the_text_decides() -> None:
    made = engine(policy_of([{"label": "NAME/DOCTOR"}], "NAME/GIVEN"))
    alice, again, _ = names(made, "John Jane Nemoson")
    bob, bob_again, *_ = names(made, "John Jane Nullberg Nemoson", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert names(made, "Carol Nemoson", "002")[0] == alice


def test_patient_id_and_entity_is_what_holds_where_nothing_is_said() -> None:
    made, by_field = engine(POLICY), engine(policy_of([{"field": "PID-3.1"}, "self"]))
    for each in (made, by_field):
        alice, carol = names(each, "John Jane")
        bob, dan = names(each, "John Jane", "002")
        assert len({alice, carol, bob, dan}) == 4
    assert names(engine(policy_of(["patient", "self"])), "John Jane") == names(made, "John Jane")


COMPOSITE = [{"field": "PID-3.1"}, {"field": "PV1-7.1"}, {"label": "ID/HOSPITAL_ID"}, "self"]


def composite(made: Deidentifier, mrn: str, employee: str, text: str) -> str:
    return names(made, text, mrn, segments=(f"PV1|1|I|||||{employee}^Nullberg",))[0]


def test_patient_employee_first_hospital_and_entity_together() -> None:
    made = engine(policy_of(COMPOSITE))
    first = composite(made, "001", "E1", "John at H100, then H200")
    assert composite(made, "001", "E1", "John, seen in H100") == first
    assert composite(made, "001", "E1", "JOHN at H100") == first.upper()
    others = [
        composite(made, "002", "E1", "John at H100"),
        composite(made, "001", "E2", "John at H100"),
        composite(made, "001", "E1", "John at H200, then H100"),
        composite(made, "001", "E1", "Jane at H100"),
    ]
    assert len({first, *others}) == 5


@pytest.mark.parametrize(
    "sources", [COMPOSITE[:2], [{"field": "PID-3.1"}, "self"], ["patient", {"label": "NAME/DOCTOR"}]]
)
def test_the_order_of_sources_changes_the_result(sources: list[Any]) -> None:
    one, other = (engine(policy_of(keyed_on, "NAME/GIVEN")) for keyed_on in (sources, sources[::-1]))
    assert composite(one, "001", "E1", "John Nemoson") != composite(other, "001", "E1", "John Nemoson")


def test_fields_for_all_and_another_one_for_a_label() -> None:
    content = yaml.safe_load(policy_of([{"field": "PID-3.1"}], ""))
    content["labels"]["NAME/DOCTOR"] = {"operator": "surrogate", "keyed_on": "self"}
    made = engine(yaml.safe_dump(content))
    john, doctor = names(made, "John Nemoson")
    jane, same_doctor = names(made, "Jane Nemoson", "002")
    assert names(made, "Jane")[0] == john != jane
    assert doctor == same_doctor


FIRST, LAST, ALL = {"label": "ID/HOSPITAL_ID"}, {"label": "ID", "match": -1}, {"label": "ID", "match_until": -1}


def test_match_counts_from_the_first_or_from_the_last() -> None:
    made = engine(policy_of([LAST]))
    alice = names(made, "John H200 H100")[0]
    assert names(made, "Jane H100", "002")[0] == alice
    assert names(made, "Jane H100 H200")[0] != alice
    second = engine(policy_of([{"label": "ID", "match": 1}]))
    assert names(second, "John H200 H100")[0] == names(second, "Jane H300 H100 H200")[0]


def test_match_until_takes_a_range_together_in_its_order() -> None:
    made = engine(policy_of([ALL]))
    alice = names(made, "John H100 H200")[0]
    assert names(made, "Jane H100, and H200", "002")[0] == alice
    different = [names(made, text)[0] for text in ("Jane H200 H100", "Jane H100", "Jane H100 H200 H300")]
    assert len({alice, *different}) == 4
    two = engine(policy_of([{"label": "ID", "match": 0, "match_until": 1}]))
    assert names(two, "John H100 H200 H300")[0] == names(two, "John H100 H200")[0]


def test_findings_are_counted_through_all_of_the_message() -> None:
    made = engine(policy_of([FIRST]))
    later = rows(clean(made, message("H100\nthen\nJohn", "002")))[2]
    assert later == names(made, "John\nH100")[0] == names(made, "Jane", "002", segments=("NTE|1||H100",))[0]


def test_documents_in_a_message_belong_to_its_text() -> None:
    content = yaml.safe_load(policy_of([FIRST]))
    content["documents"] = {"rules": {"text": "detect", "html.text": "detect"}}
    made = engine(yaml.safe_dump(content))
    alice, _, inner = rows(clean(made, message("John\nwrote\n<html><p>Jane</p><p>of H100</p></html>", "002")))
    assert f"<p>{alice}</p>" in inner
    assert names(made, "Carol H100")[0] == alice


@pytest.mark.parametrize("source", [{"field": "PV1-19"}, {"header": "employee"}, "key", {"label": "NAME/DOCTOR"}])
def test_where_a_source_is_missing_two_patients_do_not_fall_together(source: Any) -> None:
    made = engine(policy_of([source], "NAME/GIVEN"))
    alice, again = names(made, "John Jane")
    bob, bob_again = names(made, "John Jane", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert names(engine(policy_of(["patient"], "NAME/GIVEN")), "John")[0] != alice  # not what is keyed on the patient


def test_out_of_range_is_missing() -> None:
    made = engine(policy_of([{"label": "ID", "match": 2}]))
    assert names(made, "John H100")[0] == names(made, "Jane H200 H300")[0]
    back = engine(policy_of([{"label": "ID", "match": -2}]))
    assert names(back, "John H100")[0] == names(back, "Jane")[0]


def test_two_engines_agree_and_two_secrets_do_not() -> None:
    policy = policy_of(COMPOSITE)
    one, two = engine(policy), engine(policy)
    assert composite(one, "001", "E1", "John at H100") == composite(two, "001", "E1", "John at H100")
    other = Deidentifier(parse_policy(policy, "x"), b"another secret 16", [find], Sources(time.monotonic, bytes))
    assert composite(one, "001", "E1", "John at H100") != composite(other, "001", "E1", "John at H100")


def test_without_self_form_and_sex_play_no_part_and_parts_of_a_name_agree() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}]))
    given, capitals, full, turned = rows(clean(made, message("John\nJOHN\nJohn Smithson\nSmithson, Jane")))
    assert capitals == given.upper()
    assert full == turned
    assert full.startswith(f"{given} ")


def test_identifiers_without_self_keep_their_shape() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}], "ID"))
    one, two, short = names(made, "40-11-9 55-82-0 7742")
    assert one == two
    assert re.fullmatch(r"\d\d-\d\d-\d", one)
    assert re.fullmatch(r"\d{4}", short)
    assert names(made, "40-11-9", "002")[0] != one


def test_identifiers_with_self_are_told_apart_and_depend_on_the_field() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}, "self"], "ID"))
    one, two = names(made, "40-11-9 55-82-0")
    assert one != two
    assert names(made, "40-11-9", "002")[0] != one
    plain = engine(POLICY)
    assert names(plain, "40-11-9") == names(plain, "40-11-9", "002")


def test_a_field_and_a_mention_of_it_agree() -> None:
    keyed_on = [{"field": "PV1-19"}, "self"]
    rules = {
        name: {"operator": "surrogate", "label": label, "keyed_on": keyed_on}
        for name, label in (("PID-5.1", "NAME/FAMILY"), ("PID-5.2", "NAME/GIVEN"), ("PV1-19", "ID/ACCOUNT"))
    }
    made = engine(policy_of(["patient", "self"], **rules))
    content = message("Johanna DOEMANN, case 900-1-77, or 900177", visit="900177")
    told = clean(made, content)
    family, given, visit = (value(told, path) for path in ("PID-5.1", "PID-5.2", "PV1-19"))
    assert rows(told) == [f"{given} {family.upper()}, case {visit[:3]}-{visit[3]}-{visit[4:]}, or {visit}"]
    elsewhere = clean(made, message("Johanna", visit="900188"))
    assert value(elsewhere, "PID-5.1") != family


def test_a_field_and_a_mention_of_it_agree_without_self() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}], ""))
    told = clean(made, message("Johanna DOEMANN and John"))
    family, given = value(told, "PID-5.1"), value(told, "PID-5.2")
    assert rows(told) == [f"{given} {family.upper()} and {given}"]


def test_an_entity_of_another_document_of_the_patient_agrees() -> None:
    keyed_on = [{"field": "MSH-4"}, "patient", "self"]
    rules = {
        name: {"operator": "surrogate", "label": label, "keyed_on": keyed_on}
        for name, label in (("PID-5.1", "NAME/FAMILY"), ("PID-5.2", "NAME/GIVEN"))
    }
    made, vault = engine(policy_of(["patient", "self"], **rules)), dict[str, bytes]()
    first = clean(made, message("nothing"), vault=vault, sequence=1)
    later = clean(made, message("Johanna Doemann, again", name=""), vault=vault, sequence=2)
    assert rows(later) == [f"{value(first, 'PID-5.2')} {value(first, 'PID-5.1')}, again"]


def test_a_label_may_be_what_another_document_of_the_patient_states() -> None:
    made = engine(policy_of([{"label": "NAME/FAMILY"}], "NAME/GIVEN"))
    vault: dict[str, bytes] = {}
    alice = names(made, "John", vault=vault, sequence=1)[0]
    assert names(made, "Jane", name="", vault=vault, sequence=2)[0] == alice
    assert names(made, "Jane", name="")[0] != alice


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


def fhir_names(made: Deidentifier, mrn: str, text: str, **elements: Any) -> list[str]:
    told = bundle(patient(mrn, **elements), observation(valueString=text))
    content = clean(made, told, Format.FHIR)
    return re.findall(r"[\w-]+", json.loads(content)["entry"][1]["resource"]["valueString"])


MR = "Patient.identifier.where(type.coding.code = 'MR').value"


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
    made = engine(policy_of([FIRST]))
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


def test_the_default_is_what_it_always_was() -> None:
    plain, said = parse_policy(POLICY, "x"), parse_policy(f"{POLICY}\nkeyed_on: [patient, self]\n", "x")
    assert plain.digest == said.digest
    assert not plain.keyings
    by_entity = parse_policy(policy_of("self", "ID"), "x")
    assert not by_entity.keyings
    assert names(engine(policy_of("self", "ID")), "7742") == names(engine(POLICY), "7742")
    assert parse_policy(policy_of([{"field": "PID-3.1"}]), "x").digest != plain.digest


def test_a_shipped_policy_can_be_keyed_as_a_whole() -> None:
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    policy = parse_policy(yaml.safe_dump({**content, "keyed_on": [{"field": "PV1-19"}]}), "x")
    made = build_deidentifier(policy, SECRET)
    told = clean(made, message("Johanna Doemann called (614) 555-0143 on 03/05/2024.", visit="900177"))
    other = clean(made, message("Johanna Doemann called (614) 555-0143 on 03/05/2024.", "002", visit="900177"))
    assert value(told, "PID-5") == value(other, "PID-5")
    assert "Doemann" not in told.decode()
    assert value(told, "PV1-19") == value(other, "PV1-19") != "900177"  # identifiers have scope entity there


REFUSED: list[tuple[Any, str]] = [
    (["pateint"], "there is no source pateint; did you mean patient?"),
    ([], "name one source or more"),
    (["self", "self"], "self stands twice"),
    ([{"field": "PDI-3"}], "HL7 v2 has no segment PDI"),
    ([{"field": "Patient.identifer.value"}], "FHIR has no such element"),
    ([{"field": "Patient.identifier"}], "it leads to Identifier, which has parts"),
    ([{"field": "Observation.value"}], "say which, as in Observation.value.ofType(string)"),
    ([{"field": "not a path"}], "neither a path of HL7 v2, such as PID-3.1, nor a FHIRPath"),
    ([{"field": []}], "field needs a path"),
    ([{"label": "DOCTOR"}], "this is no label such as NAME"),
    ([{"label": "NAME", "match": "first"}], "match is a number"),
    ([{"label": "NAME", "match": 2, "match_until": 1}], "match_until 1 comes before match 2"),
    ([{"header": "a", "match": 1}], "match does not belong to header"),
    ([{"header": ""}], "header needs the name"),
    ([{"key": False}], "key can only be true"),
    ([{"field": "PID-3", "header": "a"}], "field and header are two sources"),
    (7, "7 is no source; there are patient, self, key"),
]


@pytest.mark.parametrize(("keyed_on", "why"), REFUSED, ids=lambda one: str(one)[:30])
def test_what_is_wrong_is_said_with_its_line_and_what_there_is(keyed_on: Any, why: str) -> None:
    for label, path in (("NAME", "labels.NAME.keyed_on"), ("", "keyed_on")):
        with pytest.raises(PolicyError, match=re.escape(why)) as fault:
            parse_policy(policy_of(keyed_on, label), "x.yaml")
        assert re.match(rf"x.yaml, line \d+: {path}: ", str(fault.value))


NOT_KEYED: list[tuple[str, dict[str, Any], str]] = [
    ("NAME", {"operator": "mask"}, "mask is the same whatever it is keyed on: keyed_on goes with surrogate, hash"),
    ("ID", {"operator": "format_preserving"}, "format_preserving is the same whatever it is keyed on"),
    ("NAME", {"operator": "encrypt", "keyed_on": "patient"}, "encrypt is nothing without the value: name self"),
    ("DATE", {"operator": "surrogate"}, "DATE is not keyed on anything: dates move by their patient's days"),
    ("NAME", {"operator": "surrogate", "scope": "entity"}, "give one of the two"),
]


@pytest.mark.parametrize(("label", "rule", "why"), NOT_KEYED)
def test_rules_that_cannot_be_keyed_say_why(label: str, rule: dict[str, Any], why: str) -> None:
    content = yaml.safe_load(POLICY)
    content["labels"][label] = {"keyed_on": ["patient"], **rule}
    with pytest.raises(PolicyError, match=re.escape(why)):
        parse_policy(yaml.safe_dump(content), "x.yaml")


def test_short_rules_may_name_plain_sources() -> None:
    content = yaml.safe_load(POLICY)
    content["labels"]["NAME"] = "surrogate keyed_on=patient"
    assert names(engine(yaml.safe_dump(content)), "John Jane") == names(engine(policy_of(["patient"])), "John Jane")
