"""Acknowledgements, queries, master files, schedules and displays: messages that often have no patient of their own."""

import pytest
from handwritten import MRN, OTHER_PID, PID, adt, er7, process, refused, released, value

from streamdeid.engine import Deidentifier
from streamdeid.types import Quarantined

# --- Acknowledgements (chapter 2) -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["AA", "AE", "AR", "CA", "CE", "CR"])
def test_an_acknowledgement_names_the_false_message(deidentifier: Deidentifier, code: str) -> None:
    message = released(deidentifier, adt())
    answer = released(deidentifier, er7("ACK^A01^ACK", f"MSA|{code}|MSG00001", control="ANS77"))
    assert value(answer, "MSA-2") == value(message, "MSH-10") != "MSG00001"
    assert value(answer, "MSA-1") == code
    assert value(answer, "MSH-10") != "ANS77"


def test_what_goes_wrong_is_told_without_the_words(deidentifier: Deidentifier) -> None:
    quote = f"Doemann^Johanna {MRN}".replace("^", " ")
    error = (
        f"ERR|PID^1^5^101&Required field missing {quote}|PID^1^5|101^Required field missing^HL70357^^^^^^{quote}|E"
        f"|1^^L^^^^^^{quote}|{quote}|{quote}|{quote}|USR|||(614) 555-0143^WPN^PH"
    )
    answer = released(deidentifier, er7("ACK^A01^ACK", f"MSA|AE|MSG00001|{quote}", error))
    for part in ("Doemann", "Johanna", MRN, "555-0143"):
        assert part.encode() not in answer.replace(value(answer, "ERR-1").encode(), b"")
    assert value(answer, "ERR-2") == "PID^1^5"
    assert value(answer, "ERR-3").startswith("101^Required field missing^HL70357")
    assert value(answer, "ERR-4") == "E"
    assert [value(answer, f"ERR-{n}") for n in (6, 7, 8)] == ["", "", ""]
    assert value(answer, "MSA-3") == ""


# --- Queries (chapter 5) ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row", "field"),
    [
        ("QRY^A19", "QRD|20240305|R|I|QID1|||10^RD|{}|DEM", "QRD-8"),
        ("QRY^R02", "QRD|20240305|R|I|QID1|||10^RD|{}|RES", "QRD-8"),
        ("UDM^Q05", "URD|20240305|R|{}|RES", "URD-3"),
    ],
)
def test_who_is_asked_about_is_the_same_false_patient(
    deidentifier: Deidentifier, kind: str, row: str, field: str
) -> None:
    who = f"{MRN}^Doemann^Johanna^^^^^^MADEUP&2.999.1&ISO"
    asked = released(deidentifier, er7(kind, row.format(who)))
    known = released(deidentifier, adt())
    false = [value(known, path) for path in ("PID-3.1", "PID-5.1", "PID-5.2")]
    assert [value(asked, f"{field}.{n}") for n in (1, 2, 3)] == false


@pytest.mark.parametrize("version", ["2.1", "2.2"])
def test_a_number_alone_as_in_old_versions(deidentifier: Deidentifier, version: str) -> None:
    asked = released(deidentifier, er7("QRY^A19", f"QRD|20240305|R|I|QID1|||10|{MRN}|DEM", version=version))
    bare = released(deidentifier, er7("ADT^A01", f"PID|||{MRN}||Doemann^Johanna", version=version))
    assert value(asked, "QRD-8") == value(bare, "PID-3")


def test_query_and_answer_have_the_same_tag(deidentifier: Deidentifier) -> None:
    asked = released(deidentifier, er7("QBP^Q22^QBP_Q21", "QPD|Q22^Find Candidates^HL7|TAG1|@PID.5.1^Doemann", "RCP|I"))
    answer = released(
        deidentifier,
        er7(
            "RSP^K22^RSP_K22",
            "MSA|AA|MSG00001",
            "QAK|TAG1|OK",
            "QPD|Q22^Find Candidates^HL7|TAG1|@PID.5.1^Doemann",
            PID,
        ),
    )
    assert value(asked, "QPD-2") == value(answer, "QAK-1") == value(answer, "QPD-2") != "TAG1"
    assert value(answer, "QAK-2") == "OK"
    for content in (asked, answer):
        assert value(content, "QPD-1") == "Q22^Find Candidates^HL7"
        assert value(content, "QPD-3") == "^"
        assert b"Doemann" not in content


@pytest.mark.parametrize("number", range(3, 13))
def test_parameters_of_a_query_go(deidentifier: Deidentifier, number: int) -> None:
    """Only the query's own definition knows what they mean."""
    parameters = "|" * (number - 3) + f"{MRN}^Doemann&Johanna~19610214"
    asked = released(deidentifier, er7("QBP^Q21^QBP_Q21", f"QPD|Q21^Get^HL7|TAG1|{parameters}", "RCP|I"))
    assert value(asked, f"QPD-{number}") == "^&~"


def test_a_table_of_rows_is_refused(deidentifier: Deidentifier) -> None:
    content = er7(
        "RTB^K13^RTB_K13",
        "MSA|AA|M1",
        "QAK|T1|OK",
        "QPD|Q13^T^L|T1",
        "RDF|2|ID^CX^20~NAME^XPN^48",
        f"RDT|{MRN}|Doemann",
    )
    assert refused(deidentifier, content) == ("policy.refused", "RDT-1")


def test_columns_alone_may_go(deidentifier: Deidentifier) -> None:
    row = "RDF|2|PID.3^CX^20~PID.5^XPN^48"
    clean = released(deidentifier, er7("QBP^Q13^QBP_Q13", "QPD|Q13^T^L|T1", row, "RCP|I"))
    assert value(clean, "RDF-2") == "PID.3^CX^20~PID.5^XPN^48"


# --- Master files (chapters 8, 15) ------------------------------------------------------------------------------------

STAFF = (
    "MFI|PRA^Practitioner Master^HL70175||UPD|20240305|20240305|AL",
    "MFE|MAD|REC1|20240305|F777^Feldscher^Ida^^^^MD|CWE",
    "STF|F777|F777^^^MADEUP^EI~123-45-6789^^^SSA^SS|Feldscher^Ida^Q^^^Dr.|P|F|19550103|A|||(614) 555-0188^PRN^PH"
    "|9 Healers Row^^Nowhereton^OH^43999|20010101|20991231|F777|ida@madeup.example|||Chief of Made Up||||D1234567^OH",
    "PRA|F777|Made Up Practice^777|ST|I||1234567893^NPI~AB1234563^DEA|C77",
    "ORG|1|D7^Made Up Department^L|||F777^^^MADEUP|||20010101",
)
TRACES = (
    *("Feldscher", "F777", "6789", "19550103", "555-0188", "Healers", "Nowhereton", "43999", "ida@", "D1234567"),
    *("1234567893", "AB1234563", "Made Up Practice", "Chief of Made Up", "20240305"),
)


def test_a_record_of_staff(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, er7("MFN^M02^MFN_M02", *STAFF))
    for part in TRACES:
        assert part.encode() not in clean, part
    false = value(clean, "STF-2.1")
    assert value(clean, "STF-1") == value(clean, "PRA-1") == false
    assert clean.count(b"^SSA^SS") == 1
    assert [row[:3] for row in clean.decode().split("\r")] == ["MSH", "MFI", "MFE", "STF", "PRA", "ORG", ""]


# --- Schedules (chapter 10), displays ---------------------------------------------------------------------------------


def test_an_appointment(deidentifier: Deidentifier) -> None:
    resources = (
        "SCH|P77^LAB|F78^LAB||||^Checkup of Mrs. Doemann|||||^^30^202403050900^202403050930"
        "|F777^Feldscher^Ida|(614) 555-0188^WPN^PH|9 Healers Row^^Nowhereton^OH|||F777^Feldscher^Ida"
    )
    services = ("RGS|1|A", "AIS|1|A|X1^Checkup for Johanna^L|202403050900|||30|min", "AIG|1|A|R7^Feldscher, Ida^L")
    places = ("AIL|1|A|WARD^R12^B3^MADEUPCLINIC|||202403050900", "AIP|1|A|F777^Feldscher^Ida|||202403050900")
    clean = released(deidentifier, er7("SIU^S12^SIU_S12", resources, PID, *services, *places))
    for part in (
        "Doemann",
        "Johanna",
        "P77",
        "F78",
        "Feldscher",
        "F777",
        "555-0188",
        "Healers",
        "R12",
        "B3",
        "MADEUPCLINIC",
    ):
        assert part.encode() not in clean, part
    assert b"202403050900" not in clean
    assert value(clean, "AIP-3.2") == value(clean, "SCH-12.2")
    assert value(clean, "AIS-7") == "30"


def test_a_display_is_read_row_by_row(deidentifier: Deidentifier) -> None:
    lines = ("DSP|1||Seen: Johanna", "DSP|2||Doemann, at 12 Nonesuch Lane")
    clean = released(deidentifier, er7("DSR^Q01", "MSA|AA|M1", "QRD|20240305|D|I|Q1|||10^RD", *lines, PID))
    family, given = value(clean, "PID-5.1"), value(clean, "PID-5.2")
    street = value(clean, "PID-11.1")
    assert [value(clean, "DSP-3", n) for n in (1, 2)] == [f"Seen: {given}", f"{family}, at {street}"]
    assert b"Nonesuch" not in clean


def test_an_overridden_check_names_who_allowed_it(deidentifier: Deidentifier) -> None:
    row = "OVR|A1^Allergy of Doemann^L|R1^Mrs. Doemann insisted^L|told by Johanna|F777^Feldscher^Ida|F778^Heiler^Udo"
    clean = released(deidentifier, er7("ADT^A01", "EVN|A01|20240305", PID, row, version="2.8.2"))
    for part in ("Doemann", "Johanna", "Feldscher", "Heiler", "F777"):
        assert part.encode() not in clean


@pytest.mark.parametrize("kind", ["ADT^A01", "ORU^R01", "SIU^S12", "MDM^T02"])
def test_nobody_is_taken_for_the_patient_of_a_message_that_must_have_one(deidentifier: Deidentifier, kind: str) -> None:
    assert refused(deidentifier, er7(kind, "EVN|A01|20240305")) == ("identity.missing", "PID")


def test_an_added_field_is_refused(deidentifier: Deidentifier) -> None:
    """ADD goes on with whatever value came before it."""
    assert refused(deidentifier, er7("ADT^A01", PID, "ADD|mann^Johanna")) == ("policy.refused", "ADD-1")


def test_a_second_patient_who_names_nobody_is_refused(deidentifier: Deidentifier) -> None:
    outcome = process(
        deidentifier,
        er7("ADT^A17", PID, OTHER_PID.replace("70028831^^^MADEUP&2.999.1&ISO^MR", "").replace("19480730", "")),
    )
    assert isinstance(outcome, Quarantined)
    assert (outcome.code, outcome.path) == ("identity.missing", "PID-3")
