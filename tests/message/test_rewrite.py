"""What a finding or a rule does to the bytes, and nothing else: seen through an engine with made-up detectors."""

import json
import re
import time

import pytest
from handwritten import PID, adt, er7, observation, oru, patient, process, refused, released, rows, value

from streamdeid.build import parse_policy
from streamdeid.engine import Deidentifier, Sources
from streamdeid.message.clean import Detector
from streamdeid.types import Format, Quarantined, Released, Replacement, Span

POLICY = """
name: small
hl7v2:
  rules:
    ST: keep
    TX: detect
    FT: detect
    ID: keep
    IS: keep
    SI: keep
    NM: keep
    DTM: shift DATE
    DT: shift DATE
    MSH-10: {operator: surrogate, label: ID/MESSAGE, scope: entity}
    PID-3.1: {operator: surrogate, label: ID/MRN, scope: entity}
    PID-5.1: surrogate NAME/FAMILY
    PID-5.2: surrogate NAME/GIVEN
    PID-9: remove
    PID-11: substitute
    PID-13.1: mask CONTACT/PHONE
fhir:
  rules:
    string: detect
    code: keep
    id: keep
    uri: keep
    date: shift DATE
    HumanName.family: surrogate NAME/FAMILY
    Identifier.value: {operator: surrogate, label: ID/MRN, scope: entity}
    Reference.reference: keep
    decimal: keep
labels:
  NAME: surrogate
  DATE: shift
  AGE: keep
  ID: {operator: surrogate, scope: entity}
  ID/SSN: remove
  CONTACT: {operator: substitute, with: "(unlisted)"}
  LOCATION: mask
""".replace("PID-11: substitute", "PID-11: {operator: substitute, with: Nowhere}")


def finder(*found: tuple[str, str]) -> Detector:
    """A detector that finds these words, under these labels."""

    def find(text: str) -> list[Span]:
        return [
            Span(at.start(), at.end(), label, 0.9, "finder")
            for word, label in found
            for at in re.finditer(re.escape(word), text)
        ]

    return find


def engine(*found: tuple[str, str]) -> Deidentifier:
    return Deidentifier(
        parse_policy(POLICY, "small"), b"a made-up secret", [finder(*found)], Sources(time.monotonic, bytes)
    )


def test_every_label_is_treated_as_the_policy_says() -> None:
    labels = [
        ("Roessner", "NAME/FULL"),
        ("03/05/2024", "DATE"),
        ("76", "AGE"),
        ("900-11-0001", "ID/SSN"),
        ("A5512", "ID/OTHER"),
        ("614-555-0177", "CONTACT/PHONE"),
        ("Fabledorf", "LOCATION/CITY"),
    ]
    clean = released(engine(*labels), oru("Roessner (76), 900-11-0001, no. A5512, 614-555-0177, Fabledorf, 03/05/2024"))
    found = re.fullmatch(
        r"([A-Z]\w+) \(76\), , no\. ([A-Z]\d{4}), \(unlisted\), <LOCATION>, (\d\d/\d\d/\d{4})", rows(clean)[0]
    )
    assert found
    assert "Roessner" not in found[1]
    assert found[2] != "A5512"
    assert found[3] != "03/05/2024"


def test_structured_fields_are_treated_as_the_policy_says() -> None:
    pid = "PID|1||40017765||Doemann^Johanna||19610214||Jo^Doe||12 Lane^^Town||6145550143^PRN"
    clean = released(engine(), er7("ADT^A01", pid))
    assert value(clean, "PID-9") == "^"
    assert value(clean, "PID-11") == "Nowhere^^Nowhere"
    assert value(clean, "PID-13") == "<CONTACT>^PRN"
    assert value(clean, "PID-7") != "19610214"


def test_a_mention_of_a_known_name_becomes_what_the_field_became() -> None:
    clean = released(engine(), oru("Doemann saw Johanna DOEMANN."))
    family, given = value(clean, "PID-5.1"), value(clean, "PID-5.2")
    assert rows(clean) == [f"{family} saw {given} {family.upper()}."]


def test_a_single_word_behind_a_title_is_a_family_name() -> None:
    found = engine(("Jane Taylor", "NAME/FULL"), ("Taylor", "NAME/FULL"))
    (new,) = rows(released(found, oru("Jane Taylor came. Mrs. Taylor spoke.")))
    family = new.split()[1]
    assert family != "Taylor"
    assert new.endswith(f"Mrs. {family} spoke.")


def test_a_finding_over_several_rows_is_replaced_in_the_first_and_gone_from_the_others() -> None:
    clean = released(
        engine(("Imaginary Road\nFabledorf", "LOCATION/ADDRESS")), oru("At Imaginary Road", "Fabledorf now")
    )
    assert rows(clean) == ["At <LOCATION>", " now"]


def test_a_finding_over_three_rows_and_one_in_each() -> None:
    found = [("one\ntwo\nthree", "LOCATION"), ("zero", "LOCATION"), ("four", "LOCATION")]
    clean = released(engine(*found), oru("zero one", "two", "three four"))
    assert rows(clean) == ["<LOCATION> <LOCATION>", "", " <LOCATION>"]


def test_findings_that_overlap_leave_nothing_of_either() -> None:
    found = [("Ambrose Teck Roessner", "NAME/FULL"), ("Roessner Fabledorf", "LOCATION")]
    clean = rows(released(engine(*found), oru("To Ambrose Teck Roessner Fabledorf Road")))[0]
    for word in ("Ambrose", "Teck", "Roessner", "Fabledorf"):
        assert word not in clean
    assert clean.startswith("To ")
    assert clean.endswith(" Road")


def test_delimiters_in_a_replacement_are_escaped() -> None:
    policy = parse_policy(POLICY.replace("with: Nowhere", "with: 'a|b^c~d\\e&f'"), "small")
    clean = released(Deidentifier(policy, b"a made-up secret", [], Sources(time.monotonic, bytes)), adt(pid=PID))
    assert value(clean, "PID-11.1") == r"a\F\b\S\c\R\d\E\e\T\f"


def test_what_the_charset_cannot_hold_is_quarantined_with_its_place() -> None:
    policy = parse_policy(POLICY.replace("with: Nowhere", "with: \u0394"), "small")
    greek = Deidentifier(policy, b"a made-up secret", [], Sources(time.monotonic, bytes))
    content = er7("ADT^A01", PID, charset="8859/1")
    assert refused(greek, content) == ("transform.unencodable", "PID-11.1.1")
    assert "\u0394".encode() in released(greek, er7("ADT^A01", PID, charset="UNICODE UTF-8"))


def test_a_date_of_a_typed_field_that_is_none_is_quarantined_with_its_place() -> None:
    broken = json.dumps(patient(birthDate="in spring")).encode()
    assert refused(engine(), broken, Format.FHIR) == ("transform.unreadable", "Patient.birthDate")


def test_a_telling_number_is_replaced_where_the_policy_keeps_places() -> None:
    content = er7("ORU^R01", PID, "OBR|1|40017765", "OBX|1|ST|a||no. 40017765, or 140017765", "OBX|2|NM|b||40017765")
    clean = released(engine(), content)
    new = value(clean, "PID-3.1")
    assert new != "40017765"
    assert value(clean, "OBR-2") == new
    assert value(clean, "OBX-5") == f"no. {new}, or 140017765"
    assert value(clean, "OBX-5", 2) == "40017765"  # a measurement


def test_scopes_decide_who_shares_a_surrogate() -> None:
    other = PID.replace("40017765", "70028831")
    first, second = (released(engine(), er7("ADT^A01", pid, control="CTL77001")) for pid in (PID, other))
    assert value(first, "MSH-10") == value(second, "MSH-10") != "CTL77001"
    assert value(first, "PID-5.1") != value(second, "PID-5.1")


def test_all_that_was_done_is_counted_by_place_label_operator_and_detector() -> None:
    outcome = process(
        engine(("Fabledorf", "LOCATION/CITY")), oru("Doemann of Fabledorf", "and Doemann, Fabledorf, Fabledorf")
    )
    assert isinstance(outcome, Released)
    done = {one for one in outcome.replacements if one.path in ("OBX-5", "PID-7.1", "PID-5.1.1")}
    assert done == {
        Replacement("PID-5.1.1", "NAME/FAMILY", "surrogate", "", 1),
        Replacement("PID-7.1", "DATE", "shift", "", 1),
        Replacement("OBX-5", "NAME/FAMILY", "surrogate", "known", 2),
        Replacement("OBX-5", "LOCATION/CITY", "mask", "finder", 3),
    }
    assert outcome.edits == sum(one.times for one in outcome.replacements)


def test_what_stays_as_it_is_is_no_edit() -> None:
    outcome = process(engine(("76", "AGE")), oru("aged 76", pid="PID|1||40017765"))
    assert isinstance(outcome, Released)
    assert not [one for one in outcome.replacements if one.path == "OBX-5"]
    assert rows(outcome.content) == ["aged 76"]


def test_escapes_outside_a_finding_stay_as_they_were() -> None:
    clean = released(engine(("Fabledorf", "LOCATION")), oru(r"\H\of\N\ Fabledorf\.br\\T\ \X41\ more"))
    assert rows(clean) == [r"\H\of\N\ <LOCATION>\.br\\T\ \X41\ more"]


@pytest.mark.parametrize("written", ["Fabledorf", "F\\u0061bledorf"])
def test_json_escapes_outside_a_finding_stay_as_they_were(written: str) -> None:
    raw = json.dumps(observation(valueString="!!")).replace("!!", f'\\u00e9\\n\\"{written}\\" \\/ \\ud83e\\uddea')
    clean = released(engine(("Fabledorf", "NAME")), raw.encode(), Format.FHIR).decode()
    assert re.search(r'"\\u00e9\\n\\"[A-Z][a-z]+\\" \\/ \\ud83e\\uddea"', clean)
    assert "edorf" not in clean


STRATEGIES = {
    "mask": r"<NAME>",
    "mask fine=true": r"<NAME/GIVEN> <NAME/FAMILY>",
    "mask numbered=true": r"<NAME\d> <NAME\d>",
    "mask characters": r"\*{7} \*{7}",
    "mask fixed": r"\*{4} \*{4}",
    "surrogate": r"(?!Johanna)\w+ (?!Doemann)\w+",
    "hash length=12": r"[0-9a-f]{12} [0-9a-f]{12}",
    "encrypt": r"sde1\.[\w-]+\. sde1\.[\w-]+\.",
    "format_preserving": r"(?!Johanna)[A-Z][a-z]{6} (?!Doemann)[A-Z][a-z]{6}",
    "substitute X": r"X X",
    "remove": r" ",
}


@pytest.mark.parametrize(("strategy", "expected"), STRATEGIES.items())
def test_every_strategy_works_in_text_and_agrees_with_the_field(strategy: str, expected: str) -> None:
    policy = POLICY.replace("NAME: surrogate", f"NAME: {strategy}")
    for name in ("FAMILY", "GIVEN"):
        operator, _, rest = strategy.partition(" ")
        rule = strategy if operator == "substitute" else f"{operator} NAME/{name} {rest}".strip()
        policy = policy.replace(f"surrogate NAME/{name}", rule, 1)
    detect = finder(("Johanna", "NAME/GIVEN"), ("Doemann", "NAME/FAMILY"))
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [detect], Sources(time.monotonic, bytes))
    clean = released(made, oru("To Johanna Doemann, at home"))
    text = rows(clean)[0]
    assert re.fullmatch(f"To ({expected}), at home", text), text
    if strategy.startswith(("surrogate", "hash", "encrypt", "format", "mask fine", "mask numbered")):
        assert value(clean, "PID-5.2") in text
        assert value(clean, "PID-5.1") in text


def test_entities_are_numbered_in_the_order_of_the_message_documents_in_it_included() -> None:
    policy = POLICY.replace("NAME: surrogate", "NAME: mask numbered=true")
    policy += "documents: {rules: {text: detect, html.text: detect}}\n"
    policy = policy.replace("surrogate NAME/FAMILY", "mask NAME/FAMILY numbered=true", 1)
    policy = policy.replace("surrogate NAME/GIVEN", "mask NAME/GIVEN numbered=true", 1)
    detect = finder(("Roessner", "NAME/FULL"), ("ROESSNER", "NAME/FULL"))
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [detect], Sources(time.monotonic, bytes))
    clean = released(
        made, oru("Roessner saw Doemann", "ROESSNER, again; Johanna", "<html><p>Doemann and Roessner</p></html>")
    )
    assert (value(clean, "PID-5.1"), value(clean, "PID-5.2")) == ("<NAME1>", "<NAME2>")
    assert rows(clean)[:2] == ["<NAME3> saw <NAME1>", "<NAME3>, again; <NAME2>"]
    assert re.findall(r"NAME\d", rows(clean)[2]) == ["NAME1", "NAME3"]


def test_mentions_side_by_side_are_one_only_when_masked_alike() -> None:
    policy = POLICY.replace("NAME: surrogate", "NAME: mask").replace("ID/SSN: remove", "ID/SSN: mask")
    detect = finder(("Ambrose", "NAME/GIVEN"), ("Teck", "NAME/FAMILY"), ("Fabledorf", "LOCATION/CITY"))
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [detect], Sources(time.monotonic, bytes))
    assert rows(released(made, oru("Ambrose Teck Fabledorf"))) == ["<NAME> <LOCATION>"]
    assert rows(released(made, oru("Ambrose, Teck"))) == ["<NAME>, <NAME>"]
    assert rows(released(made, oru("Ambrose", "Teck"))) == ["<NAME>", "<NAME>"]


def test_an_element_that_is_left_out_takes_what_would_be_changed_in_it_along() -> None:
    policy = POLICY.replace(
        "    decimal: keep", "    decimal: omit\n    boolean: omit\n    Extension.url: substitute urn:x"
    )
    detect = finder(("Roessner", "NAME/FULL"))
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [detect], Sources(time.monotonic, bytes))
    told = {"url": "http://madeup.example/x", "valueBoolean": True}
    resource = patient(extension=[told, {"url": "http://madeup.example/y", "valueString": "Roessner"}])
    clean = json.loads(released(made, json.dumps(resource).encode(), Format.FHIR))
    assert [one["url"] for one in clean["extension"]] == ["urn:x"]
    assert "Roessner" not in json.dumps(clean)
    quantity = observation(valueQuantity={"value": 1.50, "unit": "g"})
    outcome = process(made, json.dumps(quantity).encode(), Format.FHIR)
    assert isinstance(outcome, Released)
    assert json.loads(outcome.content)["valueQuantity"] == {"unit": "g"}
    assert Replacement("Observation.valueQuantity.value", "", "omit", "", 1) in outcome.replacements


def test_a_label_stands_also_where_all_else_of_meta_is_left_out() -> None:
    policy = POLICY.replace("    decimal: keep", "    instant: omit").replace("fhir:\n", "fhir:\n  tags: [PSEUDED]\n")
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [], Sources(time.monotonic, bytes))
    stamped = {"lastUpdated": "2024-03-05T10:00:00Z"}
    for order in ({**patient(), "meta": stamped}, {"resourceType": "Patient", "meta": stamped, **patient()}):
        alone = json.loads(released(made, json.dumps(order).encode(), Format.FHIR))
        assert [one["code"] for one in alone["meta"]["security"]] == ["PSEUDED"]
        assert alone["meta"].keys() == {"security"}
    both = json.dumps(patient(meta={"versionId": "1", **stamped})).encode()
    meta = json.loads(released(made, both, Format.FHIR))["meta"]
    assert (meta.keys(), meta["security"][0]["code"]) == ({"security", "versionId"}, "PSEUDED")


def test_what_fhir_demands_is_quarantined_when_it_should_be_left_out() -> None:
    policy = POLICY.replace("    decimal: keep", "    decimal: omit\n    positiveInt: keep")
    made = Deidentifier(parse_policy(policy, "small"), b"a made-up secret", [], Sources(time.monotonic, bytes))
    place = {"resourceType": "Location", "position": {"longitude": 1.5, "latitude": 2.5, "altitude": 3}}
    clean = json.loads(released(made, json.dumps(place).encode(), Format.FHIR))
    assert clean == {"resourceType": "Location"}
    sampled = {"origin": {"value": 0}, "period": 10, "dimensions": 1}
    outcome = process(made, json.dumps(observation(valueSampledData=sampled)).encode(), Format.FHIR)
    assert outcome == Quarantined("transform.mandatory", "Observation.valueSampledData.period")
