"""False telephone numbers, e-mail addresses, URLs and network addresses, from the ranges set aside for examples."""

from __future__ import annotations

import re
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf
from streamdeid.transform.shapes import canonical

_EMAIL: Final = re.compile(r"(?P<head>mailto:)?\s*[^\s@<>]+@[^\s@<>]+", re.I)
_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://|www\.)\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.I)
_IPV4: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?P<tail>(?:[:/]\d{1,5})?)", re.A)
_IPV6: Final = re.compile(r"(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]+(?:%\w+|/\d+)?", re.I | re.A)
_EXTENSION: Final = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|;ext=|x|#)\s*(?P<number>\d+)\s*$", re.I | re.A)
#: Words beside a telephone number that stay.
_PHONE_WORDS: Final = frozenset(
    re.findall(r"\w+", "tel telephone phone ph fax cell cellphone mobile home work office pager h w c m o p t f or")
)
_DOMAINS: Final = ("example.com", "example.org", "example.net")
#: RFC 5737.
_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")


class Contacts:
    """The surrogates of contact points under one secret, within a scope."""

    def __init__(self, prf: Prf, identifiers: Identifiers) -> None:
        self._prf = prf
        self._identifiers = identifiers

    def replace(self, scope: str, label: str, value: str, mention: str) -> str | None:
        """`mention`, a way to write the contact point `value`, replaced by the form that `label` says; or, for
        CONTACT/ANY, that it has. None where there is nothing to replace."""
        return self._by_form(scope, label.partition("/")[2], value, mention)

    def email(self, scope: str, text: str) -> str:
        """A false address; as good as never the same for two true ones."""
        digest = self._prf.digest(scope, "contact/email", text.lower().removeprefix("mailto:"))
        given = lexicon.GIVEN_EITHER[int.from_bytes(digest[:4], "big") % len(lexicon.GIVEN_EITHER)]
        family = lexicon.FAMILY[int.from_bytes(digest[4:8], "big") % len(lexicon.FAMILY)]
        number = int.from_bytes(digest[8:12], "big") % 10_000
        return f"{given}.{family}{number:04d}@{_DOMAINS[digest[12] % len(_DOMAINS)]}".lower()

    def url(self, scope: str, text: str) -> str:
        """An address at example.org; a scheme stays."""
        found = _URL.fullmatch(text)
        scheme = (found["scheme"] or "") if found is not None else "https://"
        host = "" if scheme == "www." else scheme
        token = self._prf.digest(scope, "contact/url", text.removeprefix(scheme).rstrip("/")).hex()[:16]
        return f"{host}{'www.' if scheme == 'www.' else ''}example.org/{token}"

    def network_address(self, scope: str, text: str) -> str:
        """An address from the ranges for documentation (RFC 5737, RFC 3849)."""
        if (found := _IPV4.fullmatch(text)) is not None:
            number = self._prf.number(scope, "contact/ip", text.removesuffix(found["tail"]), len(_NETWORKS) * 254)
            network, host = divmod(number, 254)
            return f"{_NETWORKS[network]}.{host + 1}{found['tail']}"
        token = self._prf.digest(scope, "contact/ip", text.lower()).hex()
        return "2001:db8:" + ":".join(token[start : start + 4] for start in range(0, 24, 4))

    def phone(self, scope: str, value: str, text: str) -> str | None:
        """A number for fiction in the same punctuation; an extension is replaced digit by digit. When `text` is the
        end of the number `value`, the end of its surrogate."""
        extension = _EXTENSION.search(text)
        number = text[: extension.start()] if extension else text
        words = re.findall(r"[^\W\d_]+", number)
        digits = _digits(number)
        is_plain = _PHONE_WORDS.issuperset(word.lower() for word in words)
        if is_plain and words and not digits:
            return None
        if not digits or not is_plain:
            return self._identifiers.surrogate(f"phone\n{scope}", text)
        whole = _digits(_EXTENSION.sub("", value)) or digits
        new = self._number(scope, digits)
        if whole != digits and whole.endswith(digits):
            new = self._number(scope, whole)[-len(digits) :]
        number = _with_digits(number, new if new != digits else self._shaped(scope, digits))
        if extension is None:
            return number
        start, end = (place - extension.start() for place in extension.span("number"))
        return number + extension[0][:start] + self._shaped(scope, extension["number"]) + extension[0][end:]

    def _by_form(self, scope: str, kind: str, value: str, text: str) -> str | None:
        if kind == "IP" or _IPV4.fullmatch(text) or _is_ipv6(text):
            return self.network_address(scope, text)
        if (found := _EMAIL.fullmatch(text)) is not None:
            return (found["head"] or "") + self.email(scope, text)
        if kind == "URL" or (kind in ("ANY", "") and _URL.fullmatch(text) is not None):
            return self.url(scope, text) if canonical(text) else None
        return self.phone(scope, value, text)

    def _number(self, scope: str, digits: str) -> str:
        """As many digits as `digits`, that nobody has (North America, United Kingdom), or at least others."""
        national = digits.removeprefix("001").removeprefix("1") if len(digits) in (11, 13) else digits
        if len(national) == 10 and national[0] in "23456789":
            index = self._prf.number(scope, "contact/phone", national, len(lexicon.AREA_CODES) * 100)
            area, line = divmod(index, 100)
            return f"{digits[: len(digits) - 10]}{lexicon.AREA_CODES[area]}{_fictional(line, national)}"
        if len(national) == 7:
            return _fictional(self._prf.number(scope, "contact/phone", national, 100), national)
        return self._british(scope, digits) or self._shaped(scope, digits)

    def _british(self, scope: str, digits: str) -> str | None:
        """Ofcom's numbers for drama: mobile 07700 900000 to 900999, London 020 7946 0000 to 0999, elsewhere
        01632 960000 to 960999."""
        head = next((head for head in ("0044", "44", "0") if digits.startswith(head)), "")
        national = digits[len(head) :].removeprefix("0")
        if not head or len(national) not in (9, 10) or national[0] not in "127":
            return None
        line = f"{self._prf.number(scope, 'contact/phone', national, 1000):03d}"
        start = {"7": "7700900", "2": "2079460"}.get(national[0], "1632960")
        new = (start + line)[: len(national)] if len(national) == 10 else self._shaped(scope, national)
        return digits[: len(digits) - len(national)] + new

    def _shaped(self, scope: str, digits: str) -> str:
        return self._identifiers.surrogate(f"phone\n{scope}", digits) or digits


def _fictional(line: int, national: str) -> str:
    """A subscriber's number for fiction; never that of the original, should it be for fiction too."""
    number = f"55501{line:02d}"
    return f"55501{(line + 1) % 100:02d}" if national.endswith(number) else number


def _is_ipv6(text: str) -> bool:
    """Whether this is an IPv6 address, and not a time of day."""
    return _IPV6.fullmatch(text) is not None and ("::" in text or text.count(":") >= 5)


def _digits(text: str) -> str:
    return "".join(char for char in canonical(text) if char.isdigit())


def _with_digits(text: str, digits: str) -> str:
    """`text` with other digits."""
    following = iter(digits)
    return "".join(next(following) if char.isdecimal() else char for char in text)
