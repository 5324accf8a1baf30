"""Whole messages under the default policy: one patient has one false identity, and nothing else is changed."""

import datetime as dt
import json
import re
from collections import Counter
from itertools import islice

import pytest
from handwritten import (
    MRN,
    OTHER_PID,
    PID,
    adt,
    bundle,
    day,
    er7,
    observation,
    oru,
    patient,
    process,
    released,
    resources,
    rows,
    value,
)

from streamdeid.build import build_deidentifier
from streamdeid.demo.generate import messages, patients
from streamdeid.engine import Deidentifier
from streamdeid.evaluate.pairing import Pair
from streamdeid.evaluate.residue import residues
from streamdeid.types import Format, Quarantined, Released

FHIR = Format.FHIR


# --- One patient, one false identity --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def admission(deidentifier: Deidentifier) -> bytes:
    return released(deidentifier, adt("A01", "PV1|1|I|||||1730000017^Feldscher^Ida^^^^MD"))


def test_nothing_of_the_patient_is_left(admission: bytes) -> None:
    for part in ("Doemann", "Johanna", "Quilla", "19610214", MRN, "Nonesuch", "Nowhereton", "555-0143", "Feldscher"):
        assert part.encode() not in admission
    assert value(admission, "PID-8") == "F"
    assert value(admission, "PID-11.4") == "OH"


def test_admission_result_and_bundle_have_one_false_patient(deidentifier: Deidentifier, admission: bytes) -> None:
    result = released(deidentifier, oru("Report."))
    collection = resources(released(deidentifier, bundle(patient(), observation()), FHIR))[0]
    for path in ("PID-3", "PID-5", "PID-7", "PID-11", "PID-13"):
        assert value(result, path) == value(admission, path)
    name = collection["name"][0]
    assert [name["family"], *name["given"]] == value(admission, "PID-5").split("^")[:3]
    assert collection["birthDate"].replace("-", "") == value(admission, "PID-7")
    assert collection["identifier"][0]["value"] == value(admission, "PID-3.1")


def test_all_dates_of_a_patient_move_by_the_same_days_in_every_message(
    deidentifier: Deidentifier, admission: bytes
) -> None:
    result = released(deidentifier, oru("Report.", observed="20240229"))
    seen = observation(effectiveDateTime="2024-02-29T23:59:59.5+01:00")
    collection = resources(released(deidentifier, bundle(patient(), seen), FHIR))
    moved = {
        day(value(admission, "PID-7")) - day("19610214"),
        day(value(admission, "EVN-2")) - day("20240305"),
        day(value(result, "OBR-7")) - day("20240229"),
        day(collection[0]["birthDate"]) - day("19610214"),
        day(collection[1]["effectiveDateTime"]) - day("20240229"),
    }
    assert len(moved) == 1
    assert moved != {dt.timedelta(0)}
    assert value(admission, "EVN-2").endswith("091500")
    assert collection[1]["effectiveDateTime"].endswith("T23:59:59.5+01:00")


def test_a_report_speaks_of_the_patient_by_the_false_name(deidentifier: Deidentifier, admission: bytes) -> None:
    family, given = value(admission, "PID-5.1"), value(admission, "PID-5.2")
    shift = day(value(admission, "EVN-2")) - day("20240305")
    text = rows(
        released(
            deidentifier,
            oru(
                "Mrs. Doemann was seen.",
                "DOEMANN, JOHANNA",
                "Johanna Doemann, born 02/14/1961, MRN 40017765, came on 2024-03-04.",
                "She lives at 12 Nonesuch Lane, Nowhereton.",
            ),
        )
    )
    assert text[0] == f"Mrs. {family} was seen."
    assert text[1] == f"{family.upper()}, {given.upper()}"
    born, came = (day("19610214") + shift).strftime("%m/%d/%Y"), (day("20240304") + shift).isoformat()
    assert text[2] == f"{given} {family}, born {born}, MRN {value(admission, 'PID-3.1')}, came on {came}."
    street, city = value(admission, "PID-11.1"), value(admission, "PID-11.3")
    assert text[3] == f"She lives at {street}, {city}."


def test_a_name_broken_over_two_rows_is_replaced(deidentifier: Deidentifier, admission: bytes) -> None:
    family, given = value(admission, "PID-5.1"), value(admission, "PID-5.2")
    text = " ".join(rows(released(deidentifier, oru("Findings were told to Johanna", "Doemann by telephone."))))
    assert "Doemann" not in text
    assert "Johanna" not in text
    assert re.fullmatch(rf"Findings were told to {given}\s+{family}\s+by telephone\.", text)


def test_two_patients_have_two_identities(deidentifier: Deidentifier, admission: bytes) -> None:
    other = released(deidentifier, adt(pid=OTHER_PID))
    for path in ("PID-3.1", "PID-5.1", "PID-5.2", "PID-7", "PID-11.1", "PID-13.1"):
        assert value(other, path) != value(admission, path)
    assert day(value(other, "EVN-2")) != day(value(admission, "EVN-2"))


def test_two_patients_of_one_message_have_their_own_dates_and_names(
    deidentifier: Deidentifier, admission: bytes
) -> None:
    swap = released(deidentifier, er7("ADT^A17", "EVN|A17|20240305091500", PID, "PV1|1|I", OTHER_PID, "PV1|1|I"))
    alone = released(deidentifier, adt(pid=OTHER_PID))
    for path in ("PID-3", "PID-5", "PID-7", "PID-11"):
        assert value(swap, path) == value(admission, path)
        assert value(swap, path, 2) == value(alone, path)


def test_hospitals_applications_and_numbers_are_the_same_for_all_patients(
    deidentifier: Deidentifier, admission: bytes
) -> None:
    other = released(deidentifier, adt(pid=OTHER_PID))
    for path, true in (("MSH-3", "LABSYS"), ("MSH-4", "MADEUP HOSPITAL"), ("MSH-10", "MSG00001")):
        assert value(other, path) == value(admission, path) != true


def test_the_same_name_of_two_patients_becomes_two_names(deidentifier: Deidentifier, admission: bytes) -> None:
    namesake = released(deidentifier, adt(pid=PID.replace(MRN, "51234567")))
    assert value(namesake, "PID-5") != value(admission, "PID-5")


def test_another_secret_is_another_world(deidentifier: Deidentifier, admission: bytes) -> None:
    other = released(build_deidentifier(deidentifier.policy, b"another made-up secret"), adt())
    assert value(other, "PID-5") != value(admission, "PID-5")
    assert value(other, "PID-3.1") != value(admission, "PID-3.1")


# --- Structure that stays -------------------------------------------------------------------------------------------


def test_numbers_keep_their_digits(deidentifier: Deidentifier) -> None:
    content = er7("ORU^R01", PID, "OBR|1", "OBX|1|NM|2160-0^Creatinine^LN||1.100|mg/dL|0.60-1.20|N|||F")
    clean = released(deidentifier, content)
    assert value(clean, "OBX-5") == "1.100"
    assert value(clean, "OBX-7") == "0.60-1.20"
    measured = observation(valueQuantity={"value": 1, "unit": "mg/dL"})
    raw = bundle(patient(), measured).replace(b'"value": 1,', b'"value": 1.100,')
    assert b'"value": 1.100,' in released(deidentifier, raw, FHIR)


def test_references_of_a_bundle_still_resolve(deidentifier: Deidentifier) -> None:
    urls = [f"urn:uuid:0000000{n}-0000-4000-8000-000000000000" for n in range(4)]
    inside = observation("#me", contained=[patient("70028831", id="me")])
    content = bundle(patient(), observation(urls[0]), observation("Patient/p1/_history/2"), inside, urls=urls)
    clean = json.loads(released(deidentifier, content, FHIR))
    entries = clean["entry"]
    ours = entries[0]["resource"]["id"]
    assert ours != "p1"
    assert entries[0]["fullUrl"] not in urls
    assert entries[1]["resource"]["subject"]["reference"] == entries[0]["fullUrl"]
    assert entries[2]["resource"]["subject"]["reference"].startswith(f"Patient/{ours}/_history/")
    contained = entries[3]["resource"]
    assert contained["subject"]["reference"] == "#" + contained["contained"][0]["id"] != "#me"


def test_references_agree_between_bundles(deidentifier: Deidentifier) -> None:
    alone = json.loads(released(deidentifier, json.dumps(observation()).encode(), FHIR))
    together = resources(released(deidentifier, bundle(patient(), observation()), FHIR))
    assert alone["subject"] == together[1]["subject"] == {"reference": f"Patient/{together[0]['id']}"}


def test_intervals_between_a_patients_dates_are_kept(deidentifier: Deidentifier) -> None:
    dates = ["20231231", "20240101", "20240229", "20240301", "20240305091500.123+0100", "19991231"]
    segments = [f"OBX|{n}|DTM|1||{date}||||||F" for n, date in enumerate(dates)]
    clean = rows(released(deidentifier, er7("ORU^R01", PID, "OBR|1", *segments)))
    moved = {day(new) - day(old) for new, old in zip(clean, dates, strict=True)}
    assert len(moved) == 1
    assert clean[4].endswith("091500.123+0100")


def test_precision_of_dates_is_kept(deidentifier: Deidentifier) -> None:
    dates = ["2024", "202403", "20240305", "2024030509", "202403050915"]
    segments = [f"OBX|{n}|DTM|1||{date}||||||F" for n, date in enumerate(dates)]
    clean = rows(released(deidentifier, er7("ORU^R01", PID, "OBR|1", *segments)))
    assert [len(date) for date in clean] == [len(date) for date in dates]


@pytest.mark.parametrize("line_end", [b"\r", b"\n", b"\r\n"])
def test_line_ends_stay_and_do_not_matter(deidentifier: Deidentifier, line_end: bytes) -> None:
    content = oru("Mrs. Doemann was seen.")
    clean = released(deidentifier, content.replace(b"\r", line_end))
    assert clean == released(deidentifier, content).replace(b"\r", line_end)


def test_delimiters_stay_and_do_not_matter(deidentifier: Deidentifier) -> None:
    content = oru("Mrs. Doemann was seen.")
    others = bytes.maketrans(b"|^~\\&", b"#@!/%")
    assert released(deidentifier, content.translate(others)) == released(deidentifier, content).translate(others)


def test_escapes_hide_nothing(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, oru(r"\H\Mrs. Doemann\N\, \X4A6F68616E6E61\ Doemann \T\ son\.br\Johanna"))
    (row,) = rows(clean)
    assert row.startswith(r"\H\Mrs. ")
    assert r"\T\ son" in row
    assert b"Doemann" not in clean
    assert b"4A6F68616E6E61" not in clean
    assert b"Johanna" not in clean


def test_utf_16_comes_back_as_utf_16(deidentifier: Deidentifier) -> None:
    content = adt(pid=PID.replace("Doemann", "Dömann")).decode()
    for codec, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        clean = released(deidentifier, mark + content.encode(codec))
        assert clean.startswith(mark)
        assert clean[2:].decode(codec) == released(deidentifier, content.encode()).decode()


def test_a_single_byte_charset_is_kept(deidentifier: Deidentifier) -> None:
    text = er7(
        "ORU^R01", PID.replace("Doemann", "Dömann"), "OBR|1", "OBX|1|TX|1||Frau Dömann", charset="8859/1"
    ).decode()
    clean = released(deidentifier, text.encode("latin-1"))
    assert clean.decode("latin-1")
    assert "Dömann".encode("latin-1") not in clean
    assert value(clean.decode("latin-1").encode(), "PID-5.1") in clean.decode("latin-1").split("Frau ")[1]


def test_json_layout_is_kept(deidentifier: Deidentifier) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "PSEUDED"}
    labelled = patient(name=[{"family": "Dömann"}], meta={"security": [label]})
    content = json.dumps(labelled, indent=3).encode() + b"\n\n"
    clean = released(deidentifier, content, FHIR)
    assert json.dumps(json.loads(clean), indent=3).encode() + b"\n\n" == clean
    assert list(json.loads(clean)) == list(json.loads(content))


def test_plain_text_is_read_by_the_detectors(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, b"Mr. Roessner, MRN 70028831, called 614-555-0177 on 03/05/2024.", Format.TEXT)
    for part in (b"Roessner", b"70028831", b"555-0177", b"03/05/2024"):
        assert part not in clean
    assert clean.startswith(b"Mr. ")


def test_an_acknowledgement_passes_with_its_own_ids_replaced(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, er7("ACK^A01", "MSA|AA|MSG00042", control="ACK00007"))
    assert value(clean, "MSA-1") == "AA"
    assert value(clean, "MSA-2") == value(released(deidentifier, er7("ADT^A01", PID, control="MSG00042")), "MSH-10")
    assert value(clean, "MSA-2") != "MSG00042"


# --- Many messages --------------------------------------------------------------------------------------------------


def left_of_a_stream(engine: Deidentifier) -> tuple[Counter[str], set[tuple[int, str, str]]]:
    """How often each outcome was met in a made-up stream, and what identifying values can still be read."""
    vault: dict[str, bytes] = {}
    codes: Counter[str] = Counter()
    left: set[tuple[int, str, str]] = set()
    stream = islice(messages(patients(seed=5, count=6), seed=5, broken_one_in=10), 50)
    for number, message in enumerate(stream):
        outcome = process(engine, message.content, message.format, vault, number)
        code = outcome.code if isinstance(outcome, Quarantined) else ""
        codes[code] += 1
        assert code == message.broken, (number, message.kind, outcome)
        if isinstance(outcome, Released):
            pair = Pair("stream", number, message.format, message.content, outcome.content)
            left |= {(number, one.path, one.value) for one in residues(pair)}
    return codes, left


def test_a_stream_of_made_up_messages_has_the_outcomes_that_it_should_and_leaves_nothing(
    deidentifier: Deidentifier,
) -> None:
    codes, left = left_of_a_stream(deidentifier)
    assert codes[""] == 45
    assert len(codes) > 2
    # a patient's false name may be a doctor's true one, but not under two secrets
    _, left_again = left_of_a_stream(build_deidentifier(deidentifier.policy, b"another made-up secret"))
    assert left & left_again == set()


def test_two_patients_of_a_bundle_have_their_own_dates_and_names(deidentifier: Deidentifier) -> None:
    other = patient("70028831", id="p2", name=[{"family": "Roessner", "given": ["Ambrose"]}], birthDate="1948-07-30")
    seen = [observation(f"Patient/{one}", effectiveDateTime="2024-03-05") for one in ("p1", "p2")]
    both = resources(released(deidentifier, bundle(patient(), other, *seen), FHIR))
    alone = resources(released(deidentifier, bundle(other, seen[1]), FHIR))
    assert both[1] == alone[0]
    assert both[3]["effectiveDateTime"] == alone[1]["effectiveDateTime"] != both[2]["effectiveDateTime"]
    shifts = [day(both[n + 2]["effectiveDateTime"]) - day("20240305") for n in (0, 1)]
    assert day(both[0]["birthDate"]) - day("19610214") == shifts[0]
    assert day(both[1]["birthDate"]) - day("19480730") == shifts[1]


def test_batch_headers_and_trailers_are_about_nobody_and_pass(deidentifier: Deidentifier) -> None:
    header = b"FHS|^~\\&|LABSYS|MADEUP HOSPITAL|HUB|GATE|20240305091500||report of Doemann.txt||FILE00017\r"
    clean = released(deidentifier, header)
    for part in (b"MADEUP HOSPITAL", b"Doemann", b"FILE00017", b"20240305"):
        assert part not in clean
    assert clean.startswith(b"FHS|^~\\&|")
    assert released(deidentifier, b"BTS|2\r").startswith(b"BTS|2")


def test_an_acknowledgement_does_not_give_away_what_it_complains_about(deidentifier: Deidentifier) -> None:
    error = "ERR||PID^1^7|102^Data type error^HL70357|E|||19610214 of Doemann is no date|Mrs. Doemann, MRN 40017765"
    clean = released(deidentifier, er7("ACK^A01", "MSA|AE|MSG00042|Doemann was refused", error))
    for part in (b"Doemann", b"19610214", b"40017765"):
        assert part not in clean
    assert b"102^Data type error^HL70357" in clean
