"""False identifiers that keep the shape of the true ones, and never two the same.

Within one namespace (assigning authority, system) every shape has its own keyed permutation: 12-34 becomes 80-71
and nothing else does. The patient plays no part in it: a permutation for each patient could give two patients one
number. Identifiers with a valid check digit go to valid ones, all others to invalid ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from streamdeid.formats import checkdigits
from streamdeid.transform.permutation import Permutation
from streamdeid.transform.prf import Prf
from streamdeid.transform.shapes import Shape, canonical, render, shape_of

_UUID: Final = re.compile(
    r"(?P<head>(?:urn:uuid:)?\{?)(?P<hex>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<tail>\}?)", re.I
)
_OID: Final = re.compile(
    r"(?P<head>(?:urn:oid:)?[0-2]\.(?:0|[1-9]\d*)\.)(?P<arcs>(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*)", re.I | re.A
)
_MAC: Final = re.compile(r"[0-9a-f]{2}(?P<by>[:-])(?:[0-9a-f]{2}(?P=by)){4}[0-9a-f]{2}", re.I)
#: Longer identifiers are replaced piece by piece, each keyed on the ones before it.
_PIECE: Final = 64
#: Numbers that were never issued as Social Security numbers and do not read as taxpayer numbers (ITIN) either:
#: area 900-999 with a group that the Internal Revenue Service does not use. Fewer than there are true ones.
_SSN_GROUPS: Final = (*range(1, 50), *range(66, 70), 89, 93)
_SSN_SERIALS: Final = 9999
#: How a scope begins that a policy keys on more, or on less, than patient and value: identifiers depend on it as if it
#: were their namespace.
KEYED: Final = "keyed "
_CACHED: Final = 16_384


class _Checked(NamedTuple):
    """A kind of identifier with a check digit: the rest of it, the shape of that rest, and the whole from it."""

    rest: Callable[[str], str]
    shape: Callable[[str], str]
    whole: Callable[[str], str]


_CHECKED: Final = {
    "npi": _Checked(
        lambda text: text[:9], lambda rest: "P" + shape_of(rest[1:]), lambda rest: rest + checkdigits.npi(rest)
    ),
    "nhs": _Checked(lambda text: text[:9], shape_of, lambda rest: rest + (checkdigits.nhs(rest) or "?")),
    "luhn": _Checked(lambda text: text[:-1], shape_of, lambda rest: rest + checkdigits.luhn(rest)),
    "vin": _Checked(checkdigits.without_check, lambda rest: shape_of(rest).replace("A", "V"), checkdigits.with_check),
    "dea": _Checked(lambda text: text[:8], shape_of, lambda rest: rest + checkdigits.dea(rest)),
}


#: Kinds that everything of their shape with a valid check digit is of.
_SURE: Final = frozenset({"npi", "luhn"})


class Identifiers:
    """The surrogates of identifiers under one secret. Values are cached, a bounded number of them."""

    def __init__(self, prf: Prf) -> None:
        self._prf = prf
        self._permutation = lru_cache(maxsize=2048)(self._make_permutation)
        #: `surrogate(namespace, text)`: see `_surrogate`.
        self.surrogate = lru_cache(maxsize=_CACHED)(self._surrogate)

    def mention(self, namespace: str, value: str, text: str) -> str | None:
        """The surrogate of `text`, a way to write the identifier `value`: with other punctuation, without its leading
        zeros, or its last characters alone. None when there is nothing to replace."""
        if text == value:
            return self.surrogate(namespace, text)
        whole, part = canonical(value), canonical(text)
        if whole and part and whole != part:
            surrogate = canonical(self.surrogate(namespace, value) or "")
            if whole.endswith(part) and surrogate[-len(part) :] != part:
                return render(text, surrogate[-len(part) :])
            if part.endswith(whole) and not part[: -len(whole)].strip("0"):
                return render(text, part[: -len(whole)] + surrogate)
        return self.surrogate(namespace, text)

    def social_security(self, text: str, scope: str = "") -> str | None:
        """A number that was never issued, for one of nine digits; a surrogate of the shape for any other. `scope` is
        empty, or a keyed one.

        There are 54,994,500 of them, so two true numbers meet in one false number once in as many pairs.
        """
        digits = canonical(text)
        if len(digits) != 9 or not digits.isdigit():
            return self.surrogate(scope or "ssn", text)
        count = 100 * len(_SSN_GROUPS) * _SSN_SERIALS
        number = self._prf.number(scope, "identifier/ssn", digits, count)
        new = _never_issued(number)
        return render(text, new if new != digits else _never_issued((number + 1) % count))

    def _surrogate(self, namespace: str, text: str) -> str | None:
        """`text` with other letters and digits; None when it has none. UUIDs and OIDs are unique without a
        namespace, so they are replaced alike in all but keyed ones."""
        if not text.isalnum():
            keyed = namespace if namespace.startswith(KEYED) else ""
            if (found := _UUID.fullmatch(text)) is not None:
                return found["head"] + self._uuid(keyed, found["hex"]) + found["tail"]
            if (found := _OID.fullmatch(text)) is not None:
                return found["head"] + self._object_identifier(keyed, found["arcs"])
            if _MAC.fullmatch(text) is not None:
                return self._hardware_address(keyed, text)
        plain = canonical(text)
        if not plain:
            return None
        return render(text, self._whole(namespace.strip().casefold(), plain))

    def _whole(self, space: str, plain: str) -> str:
        pieces: list[str] = []
        for start in range(0, len(plain), _PIECE):
            key = f"{space}\n{plain[:start]}" if start else space
            pieces.append(self._piece(key, plain[start : start + _PIECE]))
        return "".join(pieces)

    def _piece(self, key: str, text: str) -> str:
        kind = _kind(text)
        if kind == "iban":
            return self._account(key, text)
        if kind in _CHECKED:
            checked = _CHECKED[kind]
            rest = checked.rest(text)
            is_kind = None if kind in _SURE else lambda new: _kind(checked.whole(new)) == kind
            new = self._replaced(key, kind, checked.shape(rest), rest, is_kind)
            return checked.whole(new)
        accept = (lambda new: _kind(new) == kind) if _has_check_shape(text) else None
        return self._replaced(key, kind, shape_of(text), text, accept)

    def _account(self, key: str, text: str) -> str:
        """An international bank account number of the same country (ISO 13616)."""
        country, body = text[:2], text[checkdigits.IBAN_HEAD :]
        return checkdigits.iban(country, self._replaced(key, f"iban {country}", shape_of(body), body, None))

    def _uuid(self, key: str, text: str) -> str:
        """A UUID of the same version and variant (RFC 9562), in the case of `text`."""
        digits = text.replace("-", "")
        new = self._replaced(key, "uuid", "H" * 30, digits[:12] + digits[13:16] + digits[17:], None)
        if text == text.lower():
            new = new.lower()
        return f"{new[:8]}-{new[8:12]}-{digits[12]}{new[12:15]}-{digits[16]}{new[15:18]}-{new[18:]}"

    def _hardware_address(self, key: str, text: str) -> str:
        """An address of six bytes, in the case of `text`."""
        new = self._replaced(key, "mac", "H" * 12, text.replace(text[2], ""), None)
        joined = text[2].join(new[start : start + 2] for start in range(0, 12, 2))
        return joined.lower() if text == text.lower() else joined

    def _object_identifier(self, key: str, arcs: str) -> str:
        """Arcs of the same lengths, none with a leading zero (ITU-T X.660)."""
        lengths = [len(arc) for arc in arcs.split(".")]
        shape = "".join("9" if length == 1 else "N" + "9" * (length - 1) for length in lengths)
        new = self._replaced(key, "oid", shape, arcs.replace(".", ""), None)
        starts = [sum(lengths[:count]) for count in range(len(lengths) + 1)]
        return ".".join(new[start:end] for start, end in pairwise(starts))

    def _replaced(self, key: str, kind: str, shape: str, text: str, accept: Callable[[str], bool] | None) -> str:
        numbering, permutation = self._permutation(key, kind, shape)
        number = numbering.number(text)
        if accept is None:
            return numbering.text(permutation(number))
        return numbering.text(permutation.within(number, lambda candidate: accept(numbering.text(candidate))))

    def _make_permutation(self, key: str, kind: str, shape: str) -> tuple[Shape, Permutation]:
        numbering = Shape(shape)
        return numbering, Permutation(self._prf.digest(key, "identifier", f"{kind} {shape}"), numbering.size)


def _kind(text: str) -> str:
    """The kind of a canonical identifier, by its characters alone; ``plain`` without a valid check digit."""
    length = len(text)
    if text.isdigit():
        if length == 10:
            return "npi" if checkdigits.is_npi(text) else "nhs" if checkdigits.is_nhs(text) else "plain"
        return "luhn" if 13 <= length <= 19 and checkdigits.is_luhn(text) else "plain"
    if checkdigits.is_iban(text):
        return "iban"
    if length == 17 and not checkdigits.without_check(text).isdigit() and checkdigits.is_vin(text):
        return "vin"
    return "dea" if shape_of(text) == "AA9999999" and checkdigits.is_dea(text) else "plain"


def _has_check_shape(text: str) -> bool:
    length = len(text)
    return length in (9, 10) or 13 <= length <= 19 or checkdigits.has_iban_shape(text)


def _never_issued(number: int) -> str:
    number, serial = divmod(number, _SSN_SERIALS)
    area, group = divmod(number, len(_SSN_GROUPS))
    return f"{900 + area}{_SSN_GROUPS[group]:02d}{serial + 1:04d}"


@lru_cache(maxsize=_CACHED)
def stand_in(text: str) -> str:
    """The first identifier of the form that `text` has: of the same shape and punctuation, with a valid check digit
    where that has one. It is the same for all of the form, and may be `text` itself."""
    if (found := _UUID.fullmatch(text)) is not None:
        old = found["hex"]
        digits = re.sub("[0-9a-f]", "0", old, flags=re.I)
        return f"{found['head']}{digits[:14]}{old[14]}{digits[15:19]}{old[19]}{digits[20:]}{found['tail']}"
    if _OID.fullmatch(text) is not None:
        return text[: text.index(".")] + re.sub(r"\d", "1", text[text.index(".") :])
    if _MAC.fullmatch(text) is not None:
        return re.sub("[0-9a-f]", "0", text, flags=re.I)
    plain = canonical(text)
    kind, checked = _kind(plain), _CHECKED.get(_kind(plain))
    if kind == "iban":
        body = re.sub("[A-Z]", "A", re.sub("[0-9]", "0", plain[checkdigits.IBAN_HEAD :]))
        return render(text, checkdigits.iban(plain[:2], body))
    if checked is None and not _has_check_shape(plain):
        return render(text, re.sub("[A-Z]", "A", re.sub("[0-9]", "0", plain)))
    rest = plain if checked is None else checked.rest(plain)
    shape = Shape(shape_of(rest) if checked is None else checked.shape(rest))
    whole = str if checked is None else checked.whole
    candidates = (whole(shape.text(number)) for number in range(shape.size))
    return render(text, next(one for one in candidates if _kind(one) == kind))
