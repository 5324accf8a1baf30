import pytest

from streamdeid.detect.known import KnownDetector
from streamdeid.types import Entity


def found(label, value, text):
    return [text[s.start : s.end] for s in KnownDetector([Entity(label, value)])(text)]


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        ("123 Main Street Apt 4B", "at 123 main st. apt 4b, Xtown", ["123 main st. apt 4b"]),
        ("123 Main Street Apt 4B", "123 MAIN STREET #4B", ["123 MAIN STREET #4B"]),
        ("123 Main St", "123 Main Street", ["123 Main Street"]),
        ("123 Main St", "123 Main", ["123 Main"]),
        ("123 North Elm Avenue", "123 N. Elm Ave, 123 Elm Ave", ["123 N. Elm Ave", "123 Elm Ave"]),
        ("123 Main St", "123 Elm St; 123 patients; 124 Main St; 123 St", []),
        ("1 Court St", "1 Court Street", ["1 Court Street"]),
        ("12 Quarrington Lane", "lives on Quarrington Ln", ["Quarrington Ln"]),
        ("PO Box 991", "P.O. Box 991, PO BOX 991, box 991, 991", ["P.O. Box 991", "PO BOX 991", "box 991"]),
        ("Lindenallee 5", "in der Lindenallee 5", ["Lindenallee 5"]),
    ],
)
def test_streets(value, text, mentions):
    assert found("LOCATION/STREET", value, text) == mentions


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        ("Springfield", "born in springfield", ["springfield"]),
        ("St. Louis", "Saint Louis, st louis, St. Louis; Louis", ["Saint Louis", "st louis", "St. Louis"]),
        ("Reading", "from Reading; reading a book; Reading, PA; Reading was slow", ["Reading", "Reading"]),
        ("Normal", "Normal S1, normal LV, NORMAL", []),
    ],
)
def test_towns(value, text, mentions):
    assert found("LOCATION/CITY", value, text) == mentions


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        (
            "Quincy Valley General Hospital",
            "QUINCY VALLEY GENERAL HOSPITAL, Quincy Valley, quincy valley general hosp.",
            ["QUINCY VALLEY GENERAL HOSPITAL", "Quincy Valley", "quincy valley general hosp"],
        ),
        ("The Arden Clinic, Inc.", "Arden Clinic", ["Arden Clinic"]),
        ("General Hospital", "the general hospital", []),
        ("QVGH", "QVGH but not qvgh", ["QVGH"]),
        ("LAB", "LAB", []),
    ],
)
@pytest.mark.parametrize("label", ["LOCATION/HOSPITAL", "LOCATION/ORGANIZATION"])
def test_organisations(label, value, text, mentions):
    assert found(label, value, text) == mentions


@pytest.mark.parametrize(
    ("label", "value", "text", "mentions"),
    [
        ("CONTACT/EMAIL", "J.Doe@example.com", "j.doe@EXAMPLE.com xj.doe@example.com", ["j.doe@EXAMPLE.com"]),
        ("CONTACT/ANY", "J.Doe@example.com", "<j.doe@example.com>", ["j.doe@example.com"]),
        ("CONTACT/URL", "https://example.org/jdoe/", "at HTTPS://example.org/jdoe.", ["HTTPS://example.org/jdoe"]),
        ("CONTACT/IP", "10.0.0.12", "10.0.0.12, 10.0.0.123, 10.0.0.12.5, 110.0.0.12", ["10.0.0.12"]),
        ("NAME/USER", "jdoe7", "user JDOE7, jdoe77", ["JDOE7"]),
        ("LOCATION/GEO", "42.36012", "at 42.36012, 142.36012", ["42.36012"]),
    ],
)
def test_what_is_found_only_as_it_is_written(label, value, text, mentions):
    assert found(label, value, text) == mentions
