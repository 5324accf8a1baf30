import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.rules import checks
from streamdeid.formats import checkdigits

RIGHT = [
    (checks.npi, "1234567893"),
    (checks.card, "4111111111111111"),
    (checks.card, "378282246310005"),
    (checks.card, "5555555555554444"),
    (checks.dea, "AB1234563"),
    (checks.vin, "1HGCM82633A004352"),
    (checks.vin, "11111111111111111"),
    (checks.vin, "1M8GDM9AXKP042788"),
    (checks.nhs, "9434765919"),
    (checks.iban, "GB82WEST12345698765432"),
    (checks.ssn, "123456789"),
    (checks.mbi, "1EG4TE5MK73"),
    (checks.nanp, "4155551234"),
]
WRONG = [
    (checks.npi, "1234567890"),
    (checks.npi, "3234567893"),
    (checks.npi, "123456789"),
    (checks.card, "4111111111111112"),
    (checks.card, "0000000000000000"),
    (checks.dea, "AB1234567"),
    (checks.vin, "1HGCM82633A004353"),
    (checks.vin, "1HGCM82633A00435"),
    (checks.vin, "IHGCM82633A004352"),
    (checks.nhs, "9434765918"),
    (checks.nhs, "0000000000"),
    (checks.iban, "GB82WEST12345698765431"),
    (checks.ssn, "000123456"),
    (checks.ssn, "666123456"),
    (checks.ssn, "900123456"),
    (checks.ssn, "123003456"),
    (checks.ssn, "123450000"),
    (checks.mbi, "1SG4TE5MK73"),
    (checks.nanp, "1155551234"),
    (checks.nanp, "4151551234"),
    (checks.nanp, "4115551234"),
]


@pytest.mark.parametrize(("check", "number"), RIGHT)
def test_right(check: type[bool], number: str) -> None:
    assert check(number)


@pytest.mark.parametrize(("check", "number"), WRONG)
def test_wrong(check: type[bool], number: str) -> None:
    assert not check(number)


@given(st.text("0123456789", min_size=8, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_luhn_notices_one_changed_digit(digits: str, position: int, by: int) -> None:
    number = next(digits + last for last in "0123456789" if checkdigits.is_luhn(digits + last))
    position %= len(number)
    changed = str((int(number[position]) + by) % 10)
    assert not checkdigits.is_luhn(number[:position] + changed + number[position + 1 :])


@given(st.text("123456789", min_size=9, max_size=9))
def test_at_most_one_check_digit_makes_an_nhs_number(digits: str) -> None:
    assert sum(checks.nhs(digits + last) for last in "0123456789") <= 1
