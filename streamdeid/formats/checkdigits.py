"""Identifiers with a check digit: which numbers are valid, and how the digit is computed.

All functions take the characters without punctuation, upper-cased.
"""

from __future__ import annotations

from itertools import cycle
from operator import mul
from typing import Final

#: For an ASCII digit, the sum of the digits of its double; and its own value.
_DOUBLED: Final = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)[code % 48 % 10] for code in range(256))
_SINGLE: Final = bytes(code % 48 % 10 for code in range(256))
_NHS_WEIGHTS: Final = range(10, 1, -1)
#: The prefix of health identifiers in the United States, counted by Luhn: 8 + 0 + 8 + 4 + 0, every other one doubled.
_NPI_PREFIX_SUM: Final = 24
_VIN_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)),
}
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK: Final = 8
_DEA_REGISTRANTS: Final = frozenset("ABCDEFGHJKLMPRSTUX")
#: Country and check digits.
IBAN_HEAD: Final = 4
#: The length of account numbers by country (SWIFT, IBAN registry).
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def luhn(body: str, start: int = 0) -> str:
    """The digit that makes `body` plus it valid by ISO/IEC 7812-1; `start` is the sum of a prefix."""
    digits = body.encode("ascii")
    total = start + sum(digits[::-2].translate(_DOUBLED)) + sum(digits[-2::-2].translate(_SINGLE))
    return str(-total % 10)


def npi(body: str) -> str:
    """The last digit of a National Provider Identifier (45 CFR 162.406), from its first nine."""
    return luhn(body, _NPI_PREFIX_SUM)


def nhs(body: str) -> str | None:
    """The last digit of an NHS number, from its first nine; None for a body that has none."""
    total = sum(map(mul, _NHS_WEIGHTS, body.encode("ascii").translate(_SINGLE)))
    check = -total % 11
    return None if check == 10 else str(check)


def vin(body: str) -> str:
    """The ninth character of a vehicle identification number (49 CFR 565.15), from all seventeen, whatever stands
    there."""
    total = sum(weight * _VIN_VALUES[char] for weight, char in zip(_VIN_WEIGHTS, body, strict=True))
    return "0123456789X"[total % 11]


def dea(body: str) -> str:
    """The last digit of a DEA registration number, from its two letters and six digits."""
    digits = [int(digit) for digit in body[2:]]
    return str((sum(digits[0::2]) + 2 * sum(digits[1::2])) % 10)


def iban(country: str, body: str) -> str:
    """The international bank account number (ISO 13616) of a country that ends with `body`: with its two check digits
    (ISO/IEC 7064, MOD 97-10)."""
    return f"{country}{98 - _by_97(f'{body}{country}00'):02d}{body}"


def is_iban(text: str) -> bool:
    """Whether letters and digits are an international bank account number with valid check digits."""
    return has_iban_shape(text) and iban(text[:2], text[IBAN_HEAD:]) == text


def has_iban_shape(text: str) -> bool:
    """Whether they are of the length and form that those of their country have."""
    return len(text) == _IBAN_LENGTHS.get(text[:2]) and text[2:IBAN_HEAD].isdigit()


def _by_97(text: str) -> int:
    """The remainder of a number whose letters count 10 to 35."""
    return int("".join(str(_ALPHANUMERIC.index(char)) for char in text)) % 97


def mod_11(body: str) -> str:
    """The check digit of scheme M11 (HL7 v2.5.1 2.A.14.3)."""
    total = sum(int(digit) * weight for digit, weight in zip(reversed(body), cycle(range(2, 8)), strict=False))
    return str((11 - (total % 11 or 1)) % 10)


def iso_hybrid(body: str, modulus: int) -> str:
    """The check character of ISO/IEC 7064, hybrid systems: MOD 11,10 (`modulus` 10) and MOD 37,36 (36)."""
    product = modulus
    for char in body:
        product = (product + _ALPHANUMERIC.index(char)) % modulus or modulus
        product = product * 2 % (modulus + 1)
    return _ALPHANUMERIC[(modulus + 1 - product) % modulus]


def iso_pure(body: str, modulus: int, radix: int) -> str:
    """The check characters of ISO/IEC 7064, pure systems: MOD 11-2, MOD 37-2, and MOD 97-10 with two digits."""
    remainder = 0
    for char in body:
        remainder = (remainder + _ALPHANUMERIC.index(char)) * radix % modulus
    if modulus == 97:
        return f"{(98 - remainder * 10 % 97) % 97:02d}"
    check = (1 - remainder) % modulus
    return {11: "0123456789X", 37: _ALPHANUMERIC + "*"}[modulus][check]


def is_npi(text: str) -> bool:
    """Whether ten digits are a National Provider Identifier."""
    return text[0] in "12" and npi(text[:9]) == text[9]


def is_nhs(text: str) -> bool:
    """Whether ten digits are an NHS number."""
    return nhs(text[:9]) == text[9]


def is_luhn(text: str) -> bool:
    """Whether digits, such as those of a payment card, end with their Luhn digit."""
    return luhn(text[:-1]) == text[-1]


def is_vin(text: str) -> bool:
    """Whether seventeen letters and digits are a valid vehicle identification number."""
    return _VIN_VALUES.keys() >= set(text) and vin(text) == text[_VIN_CHECK]


def without_check(text: str) -> str:
    """A vehicle identification number without its ninth character."""
    return text[:_VIN_CHECK] + text[_VIN_CHECK + 1 :]


def with_check(body: str) -> str:
    """The vehicle identification number whose other sixteen characters are `body`."""
    head, tail = body[:_VIN_CHECK], body[_VIN_CHECK:]
    return head + vin(f"{head}0{tail}") + tail


def is_dea(text: str) -> bool:
    """Whether two letters and seven digits are a DEA registration number."""
    return is_dea_registrant(text) and dea(text[:8]) == text[8]


def is_dea_registrant(text: str) -> bool:
    """Whether the first letter is one that the DEA gives out."""
    return text[0] in _DEA_REGISTRANTS
