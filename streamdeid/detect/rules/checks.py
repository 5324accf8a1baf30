"""What tells an identifier from any other run of digits: its check digit, or the form that it has to have. Pure
functions of a string without separators; letters are expected in capitals."""

from __future__ import annotations

import re

from streamdeid.formats import checkdigits

#: Medicare beneficiary identifier (CMS, MBI format): no S, L, O, I, B, Z.
_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]"
    r"[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


def npi(digits: str) -> bool:
    """National Provider Identifier, 45 CFR 162.406: ten digits, Luhn with the prefix 80840."""
    return len(digits) == 10 and checkdigits.is_npi(digits)


def card(digits: str) -> bool:
    """A payment card number: issuer's first digit 2 to 6, 13 to 19 digits, Luhn (ISO/IEC 7812-1 annex B)."""
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and checkdigits.is_luhn(digits) and len(set(digits)) > 1


def dea(number: str) -> bool:
    """DEA registration: two letters (or a letter and 9), six digits, check digit."""
    return len(number) == 9 and checkdigits.is_dea(number)


def vin(number: str) -> bool:
    """Vehicle identification number, 49 CFR 565.15: 17 characters, the ninth a check digit."""
    return len(number) == 17 and checkdigits.is_vin(number)


def nhs(digits: str) -> bool:
    """NHS number of England and Wales (also the Scottish CHI number's rule): ten digits, modulus 11."""
    return len(digits) == 10 and len(set(digits)) > 1 and checkdigits.is_nhs(digits)


def iban(number: str) -> bool:
    """ISO 13616, of any country, those that its registry does not have yet among them: modulus 97."""
    return 15 <= len(number) <= 34 and checkdigits.iban(number[:2], number[checkdigits.IBAN_HEAD :]) == number


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
