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


def test_numbers_are_no_snomed_identifiers() -> None:
    assert undated("20241005") is None
    assert undated("20241005", datatype="NM") == "2024"
    assert undated("20100407164000", datatype="NM") == "2010"
    assert undated("3.2007", datatype="NM") is None


def test_a_year_that_tells_an_age_above_89_is_not_told() -> None:
    assert undated("19270305", year=2024) == "1934"
    assert undated("19350305", year=2024) == "1935"
