"""The check digit of HL7 v2 that stands beside its number (CX.2, CX.3), carried over to a false number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.formats.checkdigits import iso_hybrid, iso_pure, luhn, mod_11, npi
from streamdeid.transform.shapes import canonical


def _npi_of_any_length(body: str) -> str:
    """Of nine digits, or of ten whose last one is the check digit itself."""
    return npi(body[:9])


def _is_digits(text: str) -> bool:
    return text.isdigit()


def _is_npi_length(text: str) -> bool:
    return text.isdigit() and len(text) in (9, 10)


#: HL7 table 0061 -> what it may stand for, likeliest first: which numbers have it, and how it is computed. ISO does not
#: say which of the systems of ISO 7064; a bank card's validation number (BCV) is no function of the number.
SCHEMES: Final[Mapping[str, tuple[tuple[Callable[[str], bool], Callable[[str], str]], ...]]] = {
    "M10": ((_is_digits, luhn),),
    "M11": ((_is_digits, mod_11),),
    "NPI": ((_is_npi_length, _npi_of_any_length),),
    "ISO": (
        (_is_digits, lambda body: iso_hybrid(body, 10)),
        (_is_digits, lambda body: iso_pure(body, 11, 2)),
        (_is_digits, lambda body: iso_pure(body, 97, 10)),
        (str.isalnum, lambda body: iso_hybrid(body, 36)),
        (str.isalnum, lambda body: iso_pure(body, 37, 2)),
    ),
}


def carried_over(scheme: str, number: str, check: str, new: str) -> str | None:
    """The check digit of the number `new`, under the scheme of HL7 table 0061 under which `check` is that of
    `number`; None where the scheme cannot be computed or `check` is wrong."""
    old, false = canonical(number), canonical(new)
    for is_meant_for, compute in SCHEMES.get(scheme.strip().upper(), ()):
        if is_meant_for(old) and is_meant_for(false) and compute(old) == check.strip().upper():
            return compute(false)
    return None
