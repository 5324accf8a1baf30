import pytest

from streamdeid.transform import lexicon
from streamdeid.transform.prf import Prf
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity


@pytest.fixture(scope="module")
def surrogates():
    return Surrogates(Prf(b"a made-up secret for tests"))


def test_identifiers_do_not_depend_on_the_scope(surrogates):
    entity = Entity("ID/MRN", "12345678", "HOSPITAL")
    assert surrogates.replace("p", entity, "12345678") == surrogates.replace("q", entity, "12345678")
    assert surrogates.replace("p", entity, "1234-5678") != "1234-5678"


def test_an_id_of_a_resource_has_no_namespace(surrogates):
    first, second = Entity("ID/RESOURCE", "abc", "x"), Entity("ID/RESOURCE", "abc")
    assert surrogates.replace("p", first, "abc") == surrogates.replace("p", second, "abc")


def test_a_social_security_number_has_no_namespace(surrogates):
    first, second = Entity("ID/SSN", "123-45-6789", "SSA"), Entity("ID/SSN", "123456789")
    assert surrogates.replace("p", first, "123-45-6789").replace("-", "") == surrogates.replace(
        "q", second, "123456789"
    )


def test_the_last_digits_of_a_social_security_number(surrogates):
    new = surrogates.replace("p", Entity("ID/SSN", "6789"), "6789")
    assert new != "6789"
    assert new.isdigit()


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("NAME", "Jane Doe"),
        ("NAME/PATIENT", "Jane Doe"),
        ("ID/OTHER", "A-1"),
        ("CONTACT/PHONE", "617-555-1234"),
        ("LOCATION/STREET", "1 Main St"),
        ("LOCATION/CITY", "Boston"),
        ("LOCATION/COUNTY", "Cook"),
        ("LOCATION/ZIP", "02114"),
        ("LOCATION/ROOM", "302"),
        ("LOCATION/HOSPITAL", "Nowhere Hospital"),
        ("LOCATION/ADDRESS", "1 Main St, Boston"),
        ("LOCATION", "Nowhere Hospital"),
        ("LOCATION", "Boston"),
        ("LOCATION", "1 Main St, Boston"),
        ("LOCATION", "02114"),
        ("PROFESSION", "plumber"),
    ],
)
def test_every_label_has_surrogates(surrogates, label, text):
    new = surrogates.replace("p", Entity(label, text), text)
    assert new
    assert not set(new.lower().split()) & {
        "jane",
        "doe",
        "main",
        "boston,",
        "boston",
        "cook",
        "02114",
        "302",
        "nowhere",
        "plumber",
    }


def test_a_place_without_a_finer_label_is_told_by_its_form(surrogates):
    assert surrogates.replace("p", Entity("LOCATION", "Texas"), "Texas") == "TX"
    assert surrogates.replace("p", Entity("LOCATION", "USA"), "USA") is None
    assert surrogates.replace("p", Entity("LOCATION/COUNTRY", "Malta"), "Malta") is None


def test_a_profession_becomes_another(surrogates):
    assert surrogates.replace("p", Entity("PROFESSION", "Plumber"), "plumber") in lexicon.PROFESSIONS
