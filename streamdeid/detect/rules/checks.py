"""Check digits: the arithmetic that tells an identifier from any other run of digits. Pure functions of a
string without separators; letters are expected in capitals."""

from __future__ import annotations

import re

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
#: Medicare beneficiary identifier (CMS, MBI format): no S, L, O, I, B, Z.
_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
    r"[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: payment cards, and more."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def npi(digits: str) -> bool:
    """National Provider Identifier, 45 CFR 162.406: ten digits, Luhn with the prefix 80840."""
    return len(digits) == 10 and digits[0] in "12" and luhn("80840" + digits)


def card(digits: str) -> bool:
    """A payment card number: issuer's first digit 2 to 6, 13 to 19 digits, Luhn."""
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits) and len(set(digits)) > 1


def dea(number: str) -> bool:
    """DEA registration: two letters (or a letter and 9), six digits, check digit."""
    digits = [int(digit) for digit in number[2:]]
    return (
        len(digits) == 7
        and (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]
    )


def vin(number: str) -> bool:
    """Vehicle identification number, 49 CFR 565.15: 17 characters, the ninth a check digit."""
    if len(number) != 17 or not set(number) <= set(_VIN_VALUES) | set("0123456789"):
        return False
    total = sum(
        (int(character) if character.isdigit() else _VIN_VALUES[character]) * weight
        for character, weight in zip(number, _VIN_WEIGHTS, strict=True)
    )
    return "0123456789X"[total % 11] == number[8]


def nhs(digits: str) -> bool:
    """NHS number of England and Wales (also the Scottish CHI number's rule): ten digits, modulus 11."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (11 - remainder) % 11 == int(digits[9])


def iban(number: str) -> bool:
    """ISO 13616: modulus 97."""
    if not 15 <= len(number) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def ssn(digits: str) -> bool:
    """Social security number: area not 000, 666 or 900 and above, group not 00, serial not 0000."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[:1] != "9" and group != "00" and serial != "0000"


def mbi(number: str) -> bool:
    """Medicare beneficiary identifier: eleven characters of a fixed form."""
    return _MBI.fullmatch(number) is not None


def nanp(digits: str) -> bool:
    """A telephone number of the North American plan: ten digits, area and exchange from 2, no N11 code."""
    parts = (digits[:3], digits[3:6])
    return len(digits) == 10 and all(part[0] not in "01" and part[1:] != "11" for part in parts)
