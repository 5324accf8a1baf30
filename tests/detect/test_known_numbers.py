import pytest

from streamdeid.detect.known import KnownDetector
from streamdeid.types import Entity


def found(label, value, text):
    return [text[s.start : s.end] for s in KnownDetector([Entity(label, value)])(text)]


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        ("123-45-6789", "123-45-6789, 123 45 6789; 123456789 123.45.6789", 4),
        ("123456789", "123-45-6789 and 12-3456789", 2),
        ("123-45-6789", "1234567890 9123456789 A123456789", 0),
        ("00123456", "MRN:00123456 #123456 MRN123456 0123456", 4),
        ("123456", "000123456", 1),
        ("00123456", "1234567 99123456 123,456", 0),
        ("AB12345", "AB12345 ab-12345 AB 12345", 3),
        ("AB12345", "xAB12345 AB123456 AB 1234", 0),
        ("4711", "4711, #4711; no. 4711", 3),
        ("4711", "4711 mg, 4711.5, 4711%, 1.4711, $4711, 4711 units, 47-11", 0),
        ("1985", "in 1985, MRN 1985, #1985", 2),
        ("123", "123", 0),
        ("ee5ce8e4-160e-4265-88ea-a2ebf4e2dfa9", "urn:uuid:EE5CE8E4-160e-4265-88ea-a2ebf4e2dfa9", 1),
        ("urn:uuid:ee5ce8e4-160e-4265-88ea-a2ebf4e2dfa9", "ee5ce8e4160e426588eaa2ebf4e2dfa9", 1),
        ("KWJSB", "KWJSB but not kwjsb", 1),
    ],
)
def test_identifiers(value, text, mentions):
    assert len(found("ID/MRN", value, text)) == mentions


def test_the_label_written_against_a_number_is_no_part_of_it():
    assert found("ID/MRN", "123456", "MRN123456") == ["123456"]


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        (
            "(555) 123-4567",
            "(555) 123-4567, 555.123.4567, +1 555 123 4567, 1-555-123-4567, 5551234567, 123-4567",
            ["(555) 123-4567", "555.123.4567", "+1 555 123 4567", "1-555-123-4567", "5551234567", "123-4567"],
        ),
        ("5551234567", "call 555-123-4567 x89", ["555-123-4567"]),
        ("+15551234567 ext. 12", "(555)123-4567", ["(555)123-4567"]),
        ("+44 20 7946 0958", "020 7946 0958 or +442079460958", ["020 7946 0958", "+442079460958"]),
        ("020 7946 0958", "+44 20 7946 0958", ["+44 20 7946 0958"]),
        ("555-123-4567", "555-123-45678 and 1555123456", []),
    ],
)
@pytest.mark.parametrize("label", ["CONTACT/PHONE", "CONTACT/FAX", "CONTACT/ANY"])
def test_telephones(label, value, text, mentions):
    assert found(label, value, text) == mentions


@pytest.mark.parametrize(
    ("value", "text", "mentions"),
    [
        ("02139", "MA 02139, 02139-1234; 02139 mg, 102139", ["02139", "02139-1234"]),
        ("02139-1234", "02139-1234 021391234 02139", ["02139-1234", "021391234", "02139"]),
        ("SW1A 1AA", "SW1A1AA, sw1a 1aa, SW1A 1AB", ["SW1A1AA", "sw1a 1aa"]),
    ],
)
def test_postal_codes(value, text, mentions):
    assert found("LOCATION/ZIP", value, text) == mentions
