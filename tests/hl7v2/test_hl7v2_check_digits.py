"""A check digit beside a number (CX.2, XCN.11, XON.4) is that of the false number (HL7 v2.5.1 2.A.14.2, table 0061)."""

import pytest
from handwritten import adt, er7, released, value

from streamdeid.engine import Deidentifier
from streamdeid.formats import checkdigits
from streamdeid.transform.check_schemes import carried_over


@pytest.mark.parametrize(
    ("number", "check"), [("12345", "5"), ("401", "0"), ("9999", "4"), ("99999999", "8")]
)  # the standard's own examples
def test_mod_10(number: str, check: str) -> None:
    assert checkdigits.luhn(number) == check


def test_mod_11() -> None:
    assert checkdigits.mod_11("1234567") == "4"  # the standard's own example
    assert checkdigits.mod_11("0") == "0"  # m = 0: c1 is set to 1, and (11 - 1) mod 10 is 0


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (checkdigits.iso_hybrid("0794", 10), "5"),
        (checkdigits.iso_pure("0794", 11, 2), "0"),
        (checkdigits.iso_pure("0794", 97, 10), "44"),
        (checkdigits.iso_hybrid("A12425GABC1234002", 36), "M"),
        (checkdigits.iso_pure("G123489654321", 37, 2), "Y"),
    ],
)
def test_iso_7064(found: str, expected: str) -> None:
    assert found == expected


@pytest.mark.parametrize(
    ("scheme", "number", "check"),
    [
        ("M10", "12345", "5"),
        ("m10", "12-345", "5"),
        ("M11", "1234567", "4"),
        ("NPI", "123456789", "3"),
        ("NPI", "1234567893", "3"),
        ("ISO", "0794", "5"),
        ("ISO", "0794", "44"),
        ("ISO", "G123489654321", "Y"),
    ],
)
def test_a_right_check_digit_is_carried_over_to_any_number(scheme: str, number: str, check: str) -> None:
    assert carried_over(scheme, number, check, number) == check


@pytest.mark.parametrize(
    ("scheme", "number", "check"),
    [
        ("M10", "12345", "6"),
        ("M10", "A2345", "5"),
        ("", "12345", "5"),
        ("BCV", "12345", "5"),
        ("NPI", "12345", "5"),
        ("M11", "", "0"),
    ],
)
def test_a_wrong_one_or_one_of_no_known_scheme_is_not(scheme: str, number: str, check: str) -> None:
    assert carried_over(scheme, number, check, "54321") is None


def pid(pid_3: str) -> str:
    return f"PID|1||{pid_3}||Doemann^Johanna||19610214|F"


def parts(content: bytes, path: str) -> list[str]:
    return value(content, path).split("^")


@pytest.mark.parametrize(
    ("scheme", "compute"), [("M10", checkdigits.luhn), ("M11", checkdigits.mod_11)], ids=["M10", "M11"]
)
@pytest.mark.parametrize("number", ["40017765", "00040017", "9"])
def test_the_output_has_the_check_digit_of_the_false_number(
    deidentifier: Deidentifier, scheme: str, compute: object, number: str
) -> None:
    assert callable(compute)
    clean = released(deidentifier, adt(pid=pid(f"{number}^{compute(number)}^{scheme}^MADEUP^MR")))
    false, check, *rest = parts(clean, "PID-3")
    assert false != number
    assert check == compute(false)
    assert rest == [scheme, "MADEUP", "MR"]


def test_a_wrong_check_digit_goes(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt(pid=pid("40017765^9^M10^MADEUP^MR")))
    assert parts(clean, "PID-3")[1:] == ["", "M10", "MADEUP", "MR"]


@pytest.mark.parametrize("scheme", ["", "XYZ", "BCV"])
def test_a_check_digit_of_no_known_scheme_goes(deidentifier: Deidentifier, scheme: str) -> None:
    clean = released(deidentifier, adt(pid=pid(f"40017765^3^{scheme}^MADEUP^MR")))
    assert parts(clean, "PID-3")[1:3] == ["", scheme]


def test_a_check_digit_without_a_number_goes(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt(pid=pid("40017765^^^MADEUP^MR~^3^M10^MADEUP^PI")))
    assert b"~^^M10^MADEUP^PI|" in clean


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.5.1", "2.8.2"])
def test_in_every_version(deidentifier: Deidentifier, version: str) -> None:
    clean = released(deidentifier, er7("ADT^A01", pid("12345^5^M10^MADEUP^MR"), version=version))
    false, check = parts(clean, "PID-3")[:2]
    assert check == checkdigits.luhn(false)


@pytest.mark.parametrize("field", ["PID-2", "PID-4", "PID-18", "PID-21", "MRG-1", "PV1-19", "GT1-2", "IN1-49"])
def test_in_every_field_with_numbers(deidentifier: Deidentifier, field: str) -> None:
    name, _, number = field.partition("-")
    row = [pid("40017765^^^MADEUP^MR").split("|"), [name]][name != "PID"]
    row += [""] * (int(number) + 1 - len(row))
    row[int(number)] = "12345^5^M10^MADEUP"
    segments = ["|".join(row)] if name == "PID" else [pid("40017765^^^MADEUP^MR"), "|".join(row)]
    clean = released(deidentifier, er7("ADT^A01", *segments))
    false, check = parts(clean, field)[:2]
    assert false != "12345"
    assert check == checkdigits.luhn(false)


def test_of_a_provider_and_an_organisation(deidentifier: Deidentifier) -> None:
    segments = (
        "PV1|1|I|||||730000019^Feldscher^Ida^^^^^^MADEUP^L^1^M10^PRN",
        "PD1|||Made Up Practice^L^12345^5^M10^MADEUP",
    )
    doctor = checkdigits.luhn("730000019")
    clean = released(deidentifier, adt("A01", segments[0].replace("^1^M10", f"^{doctor}^M10"), segments[1]))
    attending, practice = parts(clean, "PV1-7"), parts(clean, "PD1-3")
    assert attending[10:12] == [checkdigits.luhn(attending[0]), "M10"]
    assert practice[3:5] == [checkdigits.luhn(practice[2]), "M10"]


def test_a_national_provider_identifier_stays_one_with_and_without_its_last_digit(deidentifier: Deidentifier) -> None:
    rows = (f"ROL|1|AD|AT|{number}^Feldscher^Ida^^^^^^NPPES^L^3^NPI^NPI" for number in ("1234567893", "123456789"))
    clean = released(deidentifier, adt("A01", *rows))
    whole, body = (value(clean, "ROL-4", occurrence).split("^") for occurrence in (1, 2))
    assert checkdigits.is_npi(whole[0])
    assert whole[10] == whole[0][9]
    assert body[10] == checkdigits.npi(body[0])


def test_the_same_number_keeps_its_check_digit_in_a_merge(deidentifier: Deidentifier) -> None:
    clean = released(
        deidentifier,
        adt("A40", "MRG|12345^5^M10^MADEUP^MR", pid=pid("40017765^^^MADEUP^MR")),
    )
    before = released(deidentifier, adt(pid=pid("12345^5^M10^MADEUP^MR")))
    assert parts(clean, "MRG-1") == parts(before, "PID-3")
