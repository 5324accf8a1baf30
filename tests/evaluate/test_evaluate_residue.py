import base64
import json

import pytest
from handwritten import MRN, adt, bundle, observation, oru, patient, released

from streamdeid.engine import Deidentifier
from streamdeid.evaluate.pairing import Pair
from streamdeid.evaluate.residue import residues
from streamdeid.types import Format

BEFORE = oru("Report.")
RESOURCES = (patient(), observation())


def found(before: bytes, after: bytes | None, format: Format = Format.HL7V2) -> set[tuple[str, str]]:
    return {(residue.path, residue.value) for residue in residues(Pair("a", 0, format, before, after))}


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


#: Nothing of the patient is in it.
CLEAN = b"MSH|^~\\&|A|B|C|D|20240101||ORU^R01|1|T|2.5.1\rPID|1||9^^^M&1&ISO^MR||Roe^Jane\rOBX|1|TX|1^Report^LN||%s\r"
FAMILY = {("PID-5.1", "Doemann")}


def test_nothing_is_found_in_what_was_cleaned(deidentifier: Deidentifier) -> None:
    assert found(BEFORE, released(deidentifier, BEFORE)) == set()
    content = bundle(*RESOURCES)
    assert found(content, released(deidentifier, content, Format.FHIR), Format.FHIR) == set()


def test_everything_is_found_in_what_was_not() -> None:
    values = {value for _, value in found(BEFORE, BEFORE)}
    assert values >= {MRN, "Doemann", "Johanna", "Quilla", "19610214", "12 Nonesuch Lane", "Nowhereton", "43999"}
    assert not values & {"MADEUP", "2.999.1", "OH"}
    content = bundle(*RESOURCES)
    values = {value for _, value in found(content, content, Format.FHIR)}
    assert values == {MRN, "Doemann", "Johanna", "Quilla", "1961-02-14"}


def test_what_was_quarantined_has_left_nothing() -> None:
    assert found(BEFORE, None) == set()


@pytest.mark.parametrize(
    "planted",
    [
        "seen by DOEMANN today",
        r"seen by\.br\Doemann",
        "\\X446F656D616E6E\\",
        r"Doe\H\mann",
        f"^TEXT^^Base64^{base64_of('Letter to Ms. Doemann, in short.')}",
        f"^TEXT^^Hex^{b'Letter to Ms. Doemann'.hex()}",
        f"^HTML^^Base64^{base64_of('<p>Letter to Ms. D&#111;emann</p>')}",
    ],
)
def test_a_planted_survivor_is_found_however_it_is_written(planted: str) -> None:
    assert found(BEFORE, CLEAN % b"Nothing.") == set()
    assert found(BEFORE, CLEAN % planted.encode()) == FAMILY


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"])
def test_a_survivor_in_an_attachment_of_fhir_is_found(ends: str) -> None:
    digits = base64_of("A long letter about the well-being of Ms. Doemann, who came in last week.")
    rows = ends.join(digits[start : start + 32] for start in range(0, len(digits), 32)) if ends else digits
    report = {"resourceType": "DiagnosticReport", "presentedForm": [{"contentType": "text/plain", "data": rows}]}
    before, after = bundle(*RESOURCES), json.dumps(report).encode()
    assert {value for _, value in found(before, after, Format.FHIR)} == {"Doemann"}


def test_escapes_of_json_are_read() -> None:
    before = bundle(patient(name=[{"family": "Döemann"}]))
    after = json.dumps({"resourceType": "Basic", "id": "see Döemann"}, ensure_ascii=True).encode()
    assert b"\\u00f6" in after
    assert {value for _, value in found(before, after, Format.FHIR)} == {"Döemann"}


def test_a_part_of_a_word_and_a_short_value_are_no_survivors() -> None:
    assert found(BEFORE, CLEAN % b"Doemannstadt, pid 1, OH") == set()


def test_a_value_that_is_a_code_as_well_is_no_survivor() -> None:
    # The patient's name is also the code of the result.
    before = oru("Report.").replace(b"18842-5^Report^LN", b"Doemann^Report^LN")
    assert found(before, CLEAN % b"Doemann") == set()
    assert found(adt("A01"), CLEAN % b"Doemann") == FAMILY
    resource = observation(code={"coding": [{"code": "Doemann"}]})
    assert found(bundle(patient(), resource), bundle(resource), Format.FHIR) == set()


def test_a_text_states_nothing_that_could_be_searched_for() -> None:
    assert found(b"Ms. Doemann", b"Ms. Doemann", Format.TEXT) == set()
