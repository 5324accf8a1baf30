"""Codes and numbers stay; dates that stand in their place become years."""

import pytest

from streamdeid.transform.operators import Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.transform.undating import Undate
from streamdeid.types import Entity, Format

TRANSFORMER = Transformer(Prf(b"a made-up secret, at least 16 bytes"))


def undated(text: str, datatype: str = "ST", year: int = 0) -> str | None:
    request = Request(Entity("", text), Subject("", -40, year), text, datatype, Format.HL7V2)
    return TRANSFORMER.replace(Undate(), request)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("20240305", "2024"),
        (" 20240305101500.123-0500", "2024"),
        ("199501102300", "1995"),
        ("04/24/2007", "2007"),
        ("January 2007", "2007"),
        ("2024-03-05", "2024"),
    ],
)
def test_dates_become_years(text: str, year: str) -> None:
    assert undated(text) == year


@pytest.mark.parametrize(
    "text",
    ["", "2.5.1", "3.6.23", "2007", "2345-7", "20241305", "20240230", "30240305", "201509USEd", "110/70", "87.09"],
)
def test_codes_and_versions_stay(text: str) -> None:
    assert undated(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("501-20080815", "501-2008"),
        ("v20080815", "v2008"),
        ("2.5.1.20240305", "2.5.1.2024"),
        ("rel20240305101500", "rel2024"),
        (
            "http://madeup.example/sct/731000124108/version/20210201",
            "http://madeup.example/sct/731000124108/version/2021",
        ),
        ("2.16.840.1.113883.10.20.22.2.5:2015-08-01", "2.16.840.1.113883.10.20.22.2.5:2015"),
        ("v3-2008-08-15T10:15:00Z", "v3-2008"),
        ("rev2008-08", "rev2008"),
        ("code7 04/24/2007", "code7 2007"),
        ("12 rev 15-Aug-2008", "12 rev 2008"),
        ("LOINC 2.40 2008-08-15", "2008"),
        ("A20240305, B20230406", "A2024, B2023"),
    ],
)
def test_dates_within_something_longer_become_years_there(text: str, told: str) -> None:
    assert undated(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "2.16.840.1.113883.3.20080815.4",
        "200808",
        "20080231-5",
        "a2008-13-15",
        "9020080815",
        "Mayo 2007 v3",
        "version 2008 of 2",
    ],
)
def test_object_identifiers_longer_numbers_and_days_that_there_are_not_stay(text: str) -> None:
    assert undated(text) is None


def test_numbers_are_no_snomed_identifiers() -> None:
    assert undated("20241005") is None
    assert undated("20241005", datatype="NM") == "2024"
    assert undated("20100407164000", datatype="NM") == "2010"
    assert undated("3.2007", datatype="NM") is None


def test_a_year_that_tells_an_age_above_89_is_not_told() -> None:
    assert undated("19270305", year=2024) == "1934"
    assert undated("19350305", year=2024) == "1935"
    assert undated("501-19270305", year=2024) == "501-1934"
