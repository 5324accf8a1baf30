import pytest

from streamdeid.detect.known import is_distinctive, is_ordinary
from streamdeid.types import Entity


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("NAME/FAMILY", "Doe"),
        ("NAME/FAMILY", "Li"),
        ("NAME/FULL", "Unknown, John"),
        ("NAME/USER", "jdoe7"),
        ("ID/MRN", "1234567890"),
        ("ID/MRN", "4711"),
        ("CONTACT/PHONE", "555-1234"),
        ("CONTACT/ANY", "a@b.example"),
        ("DATE/BIRTH", "19570314"),
        ("LOCATION/ZIP", "02139"),
        ("LOCATION/CITY", "Reading"),
        ("LOCATION/STREET", "1 Main St"),
        ("LOCATION/HOSPITAL", "QVGH"),
    ],
)
def test_distinctive(label, value):
    assert is_distinctive(Entity(label, value))


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("NAME/FAMILY", ""),
        ("NAME/FAMILY", "--"),
        ("NAME/GIVEN", "A."),
        ("NAME/FAMILY", "UNKNOWN"),
        ("NAME/FULL", "TEST, PATIENT"),
        ("NAME/FULL", "Baby Boy"),
        ("NAME/FAMILY", "XXXX"),
        ("NAME/PREFIX", "Doctor"),
        ("ID/MRN", "N/A"),
        ("ID/MRN", "None"),
        ("ID/MRN", "0000"),
        ("ID/MRN", "000-00-0000"),
        ("ID/MRN", "123"),
        ("ID/RESOURCE", "example"),
        ("ID/RESOURCE", "main-lab"),
        ("CONTACT/PHONE", "911"),
        ("DATE/BIRTH", "1957"),
        ("LOCATION/CITY", "Unknown"),
        ("LOCATION/STATE", "MA"),
        ("LOCATION/HOSPITAL", "General Hospital"),
        ("LOCATION/ORGANIZATION", "LAB"),
        ("AGE", "44"),
    ],
)
def test_not_distinctive(label, value):
    assert not is_distinctive(Entity(label, value))


@pytest.mark.parametrize("word", ["will", "May", "BROWN", "Reading", "grace", "Parkinson"])
def test_ordinary(word):
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["Smith", "john", "Garcia", "Boston", ""])
def test_not_ordinary(word):
    assert not is_ordinary(word)
