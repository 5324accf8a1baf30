import re
import uuid

import pytest

from streamdeid.formats import checkdigits
from streamdeid.formats.checkdigits import is_iban
from streamdeid.transform.identifiers import Identifiers, stand_in
from streamdeid.transform.originals import Originals
from streamdeid.transform.prf import Prf


@pytest.fixture(scope="module")
def identifiers():
    return Identifiers(Prf(b"a made-up secret for tests"))


def form(text):
    """Digits as 9, capitals as A, small letters as a."""
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text)))


@pytest.mark.parametrize(
    "text", ["12345", "MRN-00123", "f001", "a.b-C", "7", "x", "A 12/34", "X" * 100, "12345678901234567890"]
)
def test_keeps_the_shape_and_changes_the_value(identifiers, text):
    new = identifiers.surrogate("HOSPITAL", text)
    assert new != text
    assert form(new) == form(text)


@pytest.mark.parametrize("text", ["", "-", " ", "..", "\u200b"])
def test_nothing_to_replace(identifiers, text):
    assert identifiers.surrogate("HOSPITAL", text) is None


@pytest.mark.parametrize("shape", ["{}", "{:02d}", "{:03d}"])
def test_is_a_bijection_on_small_domains(identifiers, shape):
    count = 10 ** len(shape.format(0))
    values = [shape.format(number) for number in range(count)]
    images = [identifiers.surrogate("HOSPITAL", value) for value in values]
    assert sorted(images) == values
    assert all(image != value for value, image in zip(values, images, strict=True))


def test_punctuation_variants_agree(identifiers):
    plain = identifiers.surrogate("H", "123456789")
    assert identifiers.surrogate("H", "123-45-6789") == f"{plain[:3]}-{plain[3:5]}-{plain[5:]}"
    assert identifiers.surrogate("H", "ab12") == identifiers.surrogate("H", "AB12").lower()


def test_namespaces_differ_but_not_by_case_or_blanks(identifiers):
    assert identifiers.surrogate("H", "12345678") != identifiers.surrogate("I", "12345678")
    assert identifiers.surrogate("H", "12345678") == identifiers.surrogate(" h ", "12345678")


@pytest.mark.parametrize(
    ("valid", "check"),
    [
        ("1234567893", checkdigits.is_npi),
        ("9434765919", checkdigits.is_nhs),
        ("4111111111111111", checkdigits.is_luhn),
        ("1M8GDM9AXKP042788", checkdigits.is_vin),
        ("AB1234563", checkdigits.is_dea),
    ],
)
def test_valid_identifiers_stay_valid_and_invalid_ones_invalid(identifiers, valid, check):
    new = identifiers.surrogate("H", valid)
    assert check(new)
    assert new != valid
    place = 8 if len(valid) == 17 else len(valid) - 1
    for wrong in "01":
        invalid = valid[:place] + wrong + valid[place + 1 :]
        if not check(invalid):
            assert not check(identifiers.surrogate("H", invalid))


def test_check_digits_do_not_make_two_the_same(identifiers):
    """All ten-digit numbers of one block: NPIs, NHS numbers and others stay distinct."""
    values = [f"1234{number:06d}" for number in range(0, 20_000)]
    assert len({identifiers.surrogate("H", value) for value in values}) == len(values)


@pytest.mark.parametrize("upper", [True, False])
def test_a_uuid_keeps_version_variant_and_case(identifiers, upper):
    old = str(uuid.UUID(int=0x550E8400E29B41D4A716446655440000))
    old = old.upper() if upper else old
    new = identifiers.surrogate("H", old)
    assert new != old
    assert uuid.UUID(new).version == uuid.UUID(old).version
    assert uuid.UUID(new).variant == uuid.UUID(old).variant
    assert new == (new.upper() if upper else new.lower())
    assert identifiers.surrogate("I", f"urn:uuid:{old}") == f"urn:uuid:{new}"


def test_an_oid_keeps_its_root_and_has_no_leading_zeros(identifiers):
    new = identifiers.surrogate("H", "2.16.840.1.113883.19.5")
    assert re.fullmatch(r"2\.16(\.(0|[1-9]\d*))+", new)
    assert [len(arc) for arc in new.split(".")] == [1, 2, 3, 1, 6, 2, 1]
    assert identifiers.surrogate("", "urn:oid:2.16.840.1.113883.19.5") == "urn:oid:" + new


def test_a_hardware_address_stays_one(identifiers):
    new = identifiers.surrogate("H", "00:1a:2b:3c:4d:5e")
    assert re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", new)
    assert new != "00:1a:2b:3c:4d:5e"


@pytest.mark.parametrize("text", ["123-45-6789", "123456789", "900-01-0001", "078 05 1120"])
def test_a_social_security_number_was_never_issued(identifiers, text):
    new = identifiers.social_security(text)
    assert form(new) == form(text)
    assert new != text
    area, group, serial = re.fullmatch(r"(\d{3})\D?(\d\d)\D?(\d{4})", new).groups()
    assert 900 <= int(area) <= 999
    assert int(group) in {*range(1, 50), *range(66, 70), 89, 93}  # the others are taxpayer numbers
    assert serial != "0000"


def test_social_security_numbers_meet_hardly_ever(identifiers):
    values = [f"{number:09d}" for number in range(100_000_000, 100_003_000)]
    assert len({identifiers.social_security(value) for value in values}) >= len(values) - 2


def test_parts_of_an_identifier_are_parts_of_its_surrogate(identifiers):
    whole = identifiers.surrogate("H", "00123456")
    assert identifiers.mention("H", "00123456", "00-123456") == f"{whole[:2]}-{whole[2:]}"
    assert identifiers.mention("H", "00123456", "123456") == whole[2:]
    assert identifiers.mention("H", "123456", "00123456") == "00" + identifiers.surrogate("H", "123456")
    assert identifiers.mention("H", "00123456", "999999") == identifiers.surrogate("H", "999999")


def test_a_part_is_never_its_own_surrogate(identifiers):
    for number in range(100):
        assert identifiers.mention("H", f"12345{number:02d}", f"{number:02d}") != f"{number:02d}"


@pytest.mark.parametrize("text", ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "NO9386011117947"])
def test_an_account_number_stays_valid_and_in_its_country(text):
    identifiers = Identifiers(Prf(b"a made-up secret for tests"))
    new = identifiers.surrogate("bank", text)
    plain = new.replace(" ", "")
    assert new != text
    assert (new[:2], len(new)) == (text[:2], len(text))
    assert int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1
    assert Originals(Prf(b"a made-up secret for tests")).surrogate("bank", new) == text
    assert is_iban(stand_in(text).replace(" ", ""))


def test_no_other_number_becomes_a_valid_account_number():
    identifiers = Identifiers(Prf(b"a made-up secret for tests"))
    texts = [f"NO00{number:011d}" for number in range(400)]
    assert not any(is_iban(identifiers.surrogate("bank", text)) for text in texts if not is_iban(text))
