"""Values encrypted within their own format: FF1 of NIST SP 800-38G, from libffx.

The capitals, small letters and digits of ASCII in a value are the digits of one number in a mixed radix of 26 and 10,
the first one the most significant; FF1 permutes the numbers below the product of the radices, under a key of its own
and with the label in UTF-8 as tweak. What it gives has the value's shape: a capital where a capital was, a digit where
a digit was, and everything else, letters beyond ASCII too, as it was. So ``Doemann`` and ``DOEMANN`` are turned alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from ffx import FF1

from streamdeid.errors import TransformError
from streamdeid.transform.leaving import Left
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import Derivation, Request, Strategy, holds_token, no_token_fits
from streamdeid.types import Format

#: Fewer values of one shape than this could be told apart by trying (draft of SP 800-38G Rev. 1, 5.1).
SMALLEST_DOMAIN: Final = 1_000_000
_ALPHABETS: Final = ("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_ALPHABET_OF: Final = {char: alphabet for alphabet in _ALPHABETS for char in alphabet}
_RANK: Final = {char: (alphabet.index(char), len(alphabet)) for char, alphabet in _ALPHABET_OF.items()}


def format_key(prf: Prf) -> bytes:
    """The key of this deployment's values that keep their format: 32 bytes, for AES-256."""
    return prf.subkey("format preserving")


def encrypt(text: str, key: bytes, label: str) -> str:
    """The text of the same shape that stands for a text. Without any letter or digit it is the text itself; by chance,
    for one text in a domain, it may be so too.

    Raises:
        ValueError: fewer than `SMALLEST_DOMAIN` texts have its shape.
    """
    ranked = _ranked(text)
    if ranked is None:
        return text
    return _spelled(text, _cipher(key).encrypt_int(ranked.number, domain=ranked.domain, tweak=label.encode()))


def decrypt(text: str, key: bytes, label: str) -> str:
    """The text that another one of its shape stands for: the inverse of `encrypt`.

    Raises:
        ValueError: as `encrypt`.
    """
    ranked = _ranked(text)
    if ranked is None:
        return text
    return _spelled(text, _cipher(key).decrypt_int(ranked.number, domain=ranked.domain, tweak=label.encode()))


class FormatPreserving(Strategy):
    """Another value of the same shape that who has the secret can turn back (FF1 of NIST SP 800-38G): a digit for each
    digit, a capital for each capital, a small letter for each small letter of ASCII, and all else where it was. Equal
    values under one label are equal for everybody. A message is quarantined for a value that fewer than a million share
    the shape of, such as one of five digits or four letters, and for the one that would stand for itself."""

    needs_label: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The mention as it is written, permuted under the entity's label."""
        if not any(map(str.isalnum, request.mention)):
            return None
        if not holds_token(request.format, request.datatype):
            raise TransformError("transform.unreadable")
        try:
            new = encrypt(request.mention, format_key(derivation.tokens), request.entity.label)
        except ValueError:
            new = request.mention
        if new == request.mention:  # raised outside the handler, for the caught error may hold the value
            raise TransformError("transform.unreadable")
        return new

    def leaves(self, label: str) -> Left:
        """The value itself, for who has the key."""
        return Left.DERIVED

    def unfit_type(self, format: Format, datatype: str) -> str:
        """What is to be a number or a date would not stay one."""
        return no_token_fits(format, datatype)


class _Ranked(NamedTuple):
    number: int
    domain: int


def _ranked(text: str) -> _Ranked | None:
    """A text's number among those of its shape, and how many these are; None where there is nothing to permute."""
    number, domain = 0, 1
    for char in text:
        rank = _RANK.get(char)
        if rank is not None:
            number = number * rank[1] + rank[0]
            domain *= rank[1]
    if domain < SMALLEST_DOMAIN:
        if any(map(str.isalnum, text)):
            raise ValueError(f"fewer than {SMALLEST_DOMAIN} values have this shape")
        return None
    return _Ranked(number, domain)


def _spelled(shape: str, number: int) -> str:
    """The text of a shape that has this number."""
    characters = list(shape)
    for at in range(len(shape) - 1, -1, -1):
        alphabet = _ALPHABET_OF.get(shape[at])
        if alphabet is not None:
            number, rank = divmod(number, len(alphabet))
            characters[at] = alphabet[rank]
    return "".join(characters)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> FF1:
    return FF1(key)
