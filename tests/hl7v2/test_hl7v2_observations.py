"""OBX-5 of every datatype that OBX-2 can name: what identifies is replaced, codes and numbers are kept, and the parts
stay where they are."""

import datetime as dt

import pytest
from handwritten import MRN, PID, day, er7, released, value

from streamdeid.engine import Deidentifier


def observed(
    datatype: str, answer: str, code: str = "18842-5^Report^LN", units: str = "", version: str = "2.5.1"
) -> bytes:
    return er7("ORU^R01", PID, "OBR|1||F1", f"OBX|1|{datatype}|{code}||{answer}|{units}|||||F", version=version)


@pytest.fixture(scope="module")
def patient(deidentifier: Deidentifier) -> dict[str, str]:
    """The false values of the patient."""
    clean = released(deidentifier, er7("ORU^R01", PID, "OBR|1||F1|||20240301|20240301"))
    days = day(value(clean, "OBR-7")) - dt.date(2024, 3, 1)
    family, given = value(clean, "PID-5.1"), value(clean, "PID-5.2")
    return {
        "family": family,
        "given": given,
        "number": value(clean, "PID-3.1"),
        "street": value(clean, "PID-11.1"),
        "city": value(clean, "PID-11.3"),
        "phone": value(clean, "PID-13.1"),
        "date": (dt.date(2024, 2, 29) + days).strftime("%Y%m%d"),
    }


@pytest.mark.parametrize(
    ("datatype", "answer", "expected"),
    [
        ("TX", "Mrs. Doemann came.", "Mrs. {family} came."),
        ("FT", "Mrs. Doemann\\.br\\came.", "Mrs. {family}\\.br\\came."),
        ("ST", "Doemann", "{family}"),
        ("ST", "negative~Doemann", "negative~{family}"),
        ("TX", "no~one~but~Johanna", "no~one~but~{given}"),
        ("", "Mrs. Doemann came.", "Mrs. {family} came."),  # no datatype
        ("QQ", "Mrs. Doemann came.", "Mrs. {family} came."),  # none that anybody knows
        ("NM", "7.40", "7.40"),
        ("NM", "-0.5~12", "-0.5~12"),
        ("SI", "3", "3"),
        ("SN", ">^5^-^10", ">^5^-^10"),
        ("SN", "^1^:^128", "^1^:^128"),
        ("CE", "I10^Hypertension of Doemann^I10C", "I10^Hypertension of {family}^I10C"),
        ("CWE", "X1^A^L^X2^told by Doemann^L^1^2^Doemann said so", "X1^A^L^X2^told by {family}^L^1^2^{family} said so"),
        ("CNE", "M^Male^HL70001", "M^Male^HL70001"),
        ("CF", "X1^Johanna, formatted^L", "X1^{given}, formatted^L"),
        ("IS", "Doemann", "{family}"),
        ("ID", "Y", "Y"),
        ("DT", "20240229", "{date}"),
        ("DT", "202402", None),
        ("TM", "0915", "0915"),
        ("TS", "20240229091500-0500", "{date}091500-0500"),
        ("TS", "20240229^D", "{date}^D"),
        ("DTM", "202402290915~20240229", "{date}0915~{date}"),
        ("XPN", "Doemann&von^Johanna^^^^^L", None),
        ("PN", "Doemann^Johanna", "{family}^{given}"),
        ("CN", f"{MRN}^Doemann^Johanna", "{number}^{family}^{given}"),
        ("XCN", f"{MRN}^Doemann^Johanna^^^^^^MADEUP^L^^^MR", "{number}^{family}^{given}^^^^^^MADEUP^L^^^MR"),
        ("PPN", f"{MRN}^Doemann^Johanna^^^^^^MADEUP^L", "{number}^{family}^{given}^^^^^^MADEUP^L"),
        ("CX", f"{MRN}^^^MADEUP&2.999.1&ISO^MR", "{number}^^^MADEUP&2.999.1&ISO^MR"),
        ("XAD", "12 Nonesuch Lane^^Nowhereton^OH^^USA^H", "{street}^^{city}^OH^^USA^H"),
        ("XTN", "(614) 555-0143^PRN^PH", "{phone}^PRN^PH"),
        ("TN", "(614) 555-0143", "{phone}"),
        ("EI", f"{MRN}^MADEUP^2.999.1^ISO", "{number}^MADEUP^2.999.1^ISO"),
        ("CP", "100.00&USD^UP^^^^P", "100.00&USD^UP^^^^P"),
        ("MO", "100.00^USD", "100.00^USD"),
        ("NA", "1^2^3", "1^2^3"),
        ("MA", "1^2~3^4", "1^2~3^4"),
        ("NR", "1^2", "1^2"),
        ("DR", "20240229^20240229", "{date}^{date}"),
        ("FN", "Doemann", "{family}"),
        ("RI", "Q1H^0800", "Q1H^0800"),
    ],
)
def test_a_result_by_its_datatype(
    deidentifier: Deidentifier, patient: dict[str, str], datatype: str, answer: str, expected: str | None
) -> None:
    clean = value(released(deidentifier, observed(datatype, answer)), "OBX-5")
    if expected is None:
        assert clean != answer
        assert [clean.count(mark) for mark in "^~&"] == [answer.count(mark) for mark in "^~&"]
    else:
        assert clean == expected.format(**patient)
    for part in ("Doemann", "Johanna", MRN, "Nonesuch", "Nowhereton", "555-0143", "20240229"):
        assert part not in clean


def test_subcomponents_stay_where_they_are(deidentifier: Deidentifier, patient: dict[str, str]) -> None:
    clean = value(released(deidentifier, observed("XPN", "Doemann&von&&Quilla^Johanna~Doemann^Johanna")), "OBX-5")
    first, second = clean.split("~")
    own, prefix, empty, of_spouse = first.split("^")[0].split("&")
    assert own == patient["family"]
    assert prefix not in ("von", own)
    assert empty == ""
    assert of_spouse not in ("", "Quilla")
    assert second == f"{patient['family']}^{patient['given']}"


@pytest.mark.parametrize("datatype", ["XON", "HD", "PL"])
def test_institutions_and_places(deidentifier: Deidentifier, datatype: str) -> None:
    answer = {"XON": "Made Up Practice^L^777", "HD": "MADEUPCLINIC^2.999.4^ISO", "PL": "WARD^R12^B3^MADEUPCLINIC"}[
        datatype
    ]
    clean = value(released(deidentifier, observed(datatype, answer)), "OBX-5")
    for part in ("Made Up Practice", "777", "MADEUPCLINIC", "2.999.4", "R12", "B3"):
        assert part not in clean
    assert clean.count("^") == answer.count("^")


def test_a_pointer_is_removed(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, observed("RP", "http://madeup.example/doemann.pdf^MADEUP^Application^PDF"))
    assert value(clean, "OBX-5").startswith("^")
    assert b"doemann" not in clean


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.5.1", "2.8.2", "2.9"])
@pytest.mark.parametrize("datatype", ["PN", "XPN", "CN", "XCN", "CK", "CX", "AD", "XAD"])
def test_old_and_new_datatypes_in_every_version(deidentifier: Deidentifier, version: str, datatype: str) -> None:
    answer = {
        "PN": "Doemann^Johanna^Quilla",
        "CN": f"{MRN}^Doemann^Johanna",
        "CK": f"{MRN}^4^M11^MADEUP",
        "AD": "12 Nonesuch Lane^^Nowhereton^OH^43999",
    }[datatype.removeprefix("X") if datatype != "CX" else "CK"]
    clean = value(released(deidentifier, observed(datatype, answer, version=version)), "OBX-5")
    for part in ("Doemann", "Johanna", "Quilla", MRN, "Nonesuch", "Nowhereton", "43999"):
        assert part not in clean
    assert clean.count("^") == answer.count("^")


# --- Ages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "30525-0^Age^LN",
        "21612-7^Age - Reported^LN",
        "29553-5^Age calculated^LN",
        "X77^Something^L^30525-0^Age^LN",
        "AGE^^L",
        "1234^Age^L",
        "^Patient Age",
        "^Age (years)",
    ],
)
@pytest.mark.parametrize(
    ("datatype", "answer", "expected"),
    [("NM", "97", "90"), ("NM", "89", "89"), ("SN", "^103", "^90"), ("ST", "97", "90+"), ("TX", "91 yrs", "90+ yrs")],
)
def test_ages_of_ninety_and_more_are_one(
    deidentifier: Deidentifier, code: str, datatype: str, answer: str, expected: str
) -> None:
    for units in ("", "a", "yr^year^UCUM", "Years"):
        assert value(released(deidentifier, observed(datatype, answer, code, units)), "OBX-5") == expected


@pytest.mark.parametrize(
    ("code", "units"),
    [
        ("30525-0^Age^LN", "mo"),
        ("30525-0^Age^LN", "d^day^UCUM"),
        ("30525-0^Age^LN", "wk"),
        ("718-7^Hemoglobin^LN", ""),
        ("1^Age of the sample^L", ""),
        ("1^Gestational age^L", "wk"),
        ("1^Percentage^L", ""),
    ],
)
def test_other_numbers_stay(deidentifier: Deidentifier, code: str, units: str) -> None:
    assert value(released(deidentifier, observed("NM", "97", code, units)), "OBX-5") == "97"


def test_an_age_of_one_row_says_nothing_of_the_next(deidentifier: Deidentifier) -> None:
    rows = ("OBX|1|NM|30525-0^Age^LN||95|a|||||F", "OBX|2|NM|8867-4^Heart rate^LN||95|/min|||||F")
    clean = released(deidentifier, er7("ORU^R01", PID, "OBR|1||F1", *rows))
    assert [value(clean, "OBX-5", occurrence) for occurrence in (1, 2)] == ["90", "95"]


def test_a_policy_that_keeps_everything_keeps_ages(lossless: Deidentifier) -> None:
    content = observed("NM", "97", "30525-0^Age^LN")
    assert released(lossless, content) == content
