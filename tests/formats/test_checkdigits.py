import pytest

from streamdeid.formats import checkdigits


@pytest.mark.parametrize(
    ("check", "valid"),
    [
        (checkdigits.is_npi, "1234567893"),  # the example of 45 CFR 162.406's implementation guide
        (checkdigits.is_nhs, "9434765919"),
        (checkdigits.is_luhn, "4111111111111111"),
        (checkdigits.is_vin, "1M8GDM9AXKP042788"),
        (checkdigits.is_vin, "1HGCM82633A004352"),
        (checkdigits.is_dea, "AB1234563"),
    ],
)
def test_known_numbers_are_valid_and_others_are_not(check, valid):
    assert check(valid)
    place = 8 if check is checkdigits.is_vin else -1
    wrong = "1" if valid[place] != "1" else "2"
    assert not check(valid[:place] + wrong + (valid[place + 1 :] if place != -1 else ""))


def test_an_nhs_number_without_a_check_digit():
    assert checkdigits.nhs("000000001") == "9"
    assert checkdigits.nhs("000000040") is None


def test_vehicle_numbers_have_no_i_o_q():
    assert not checkdigits.is_vin("1HGCM82633I004352")


def test_a_vehicle_number_is_put_together_again():
    assert checkdigits.with_check(checkdigits.without_check("1M8GDM9AXKP042788")) == "1M8GDM9AXKP042788"


def test_npi_starts_with_one_or_two():
    assert not checkdigits.is_npi("3" + "23456789" + checkdigits.npi("323456789"))
