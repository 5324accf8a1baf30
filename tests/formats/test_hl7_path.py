"""HL7 v2 paths in their two notations."""

import pytest

from streamdeid.formats.hl7_path import Hl7Path, parse


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("PID-5", ("PID", 0, 5, 0, 0, 0)),
        ("PID-5.1", ("PID", 0, 5, 0, 1, 0)),
        ("PID-5-1-2", ("PID", 0, 5, 0, 1, 2)),
        ("PID-3[2].4.1", ("PID", 0, 3, 2, 4, 1)),
        ("PID(2)-5-1", ("PID", 2, 5, 0, 1, 0)),
        ("OBX(*)-5", ("OBX", 0, 5, 0, 0, 0)),
        ("OBX[3]-5(2)-1", ("OBX", 3, 5, 2, 1, 0)),
        ("ZP1-3", ("ZP1", 0, 3, 0, 0, 0)),
        ("PID.5.1", ("PID", 0, 5, 0, 1, 0)),
    ],
)
def test_both_notations_are_read(path: str, parts: tuple[str, int, int, int, int, int]) -> None:
    assert parse(path) == Hl7Path(*parts)


@pytest.mark.parametrize(
    "path", ["", "PID", "pid-5", "PID-", "PID-5-1-2-3", "PID(-5", "PID()-5", "1ID-5", "PID-5 ", "PID-５x"]
)
def test_what_is_no_path_is_none(path: str) -> None:
    assert parse(path) is None


def test_the_numbers_are_those_that_are_given() -> None:
    found = parse("PID(2)-5-1")
    assert found is not None
    assert found.numbers == (5, 1)
