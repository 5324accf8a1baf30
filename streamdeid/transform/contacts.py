"""False telephone numbers, e-mail addresses, URLs and network addresses, from the ranges set aside for examples."""

from __future__ import annotations

import re
from typing import Final

from streamdeid.transform import dialling, lexicon
from streamdeid.transform.casing import folded
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.mailboxes import named
from streamdeid.transform.names import Names
from streamdeid.transform.prf import Prf
from streamdeid.transform.scrambling import Scrambler
from streamdeid.transform.shapes import canonical

EMAIL: Final = re.compile(r"(?P<head>(?i:mailto:))?\s*[^\s@<>]+@[^\s@<>]+")
#: One among other things in a field.
_EMAIL_AMONG: Final = re.compile(r"[^\s@<>,;:()\[\]\"]+@[^\s@<>,;:()\[\]\"]+")
_URL: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://|www\.)\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.I)
_IPV4: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?P<tail>(?:[:/]\d{1,5})?)", re.A)
_IPV6: Final = re.compile(r"(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]+(?:%\w+|/\d+)?", re.I | re.A)
_EXTENSION: Final = re.compile(r"\s*(?:;?\s*ext(?:ension|n)?\.?|;ext=|x|#)\s*(?P<number>\d+)\s*$", re.I | re.A)
#: Words beside a telephone number that stay.
_PHONE_WORDS: Final = frozenset(
    re.findall(r"\w+", "tel telephone phone ph fax cell cellphone mobile home work office pager h w c m o p t f or")
)
#: Digits as they are mostly written, and so no address of any kind.
_PLAIN_NUMBER: Final = re.compile(r"[+(]{0,2}\d{1,4}[-. ()]{0,2}\d{3}[-. ]?\d{3,4}", re.A)
_PLUS: Final = re.compile(r"[^\d+]*\+", re.A)
#: Country codes, with and without what is dialled before them, of numbers set aside for fiction.
_HAVE_FICTION: Final = frozenset({"1", "44", "001", "0044"})
_NO_DIGIT: Final = re.compile(r"\D", re.A)
_DOMAINS: Final = ("example.com", "example.org", "example.net")
#: RFC 5737.
_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")


class Contacts:
    """The surrogates of contact points under one secret, within a scope."""

    def __init__(self, prf: Prf, identifiers: Identifiers, names: Names | None = None) -> None:
        # A false town is in the ZIP area of the true one, and a false number in its telephone area; but at random in
        # any of the state, as an area code is a part of the number.
        self._area_codes = dialling.area_codes_in_state if prf.is_random else dialling.area_codes_near
        self._prf = prf
        self._names = names or Names(prf, identifiers)
        self._identifiers = identifiers
        self._scrambled = Scrambler(prf, identifiers)

    def replace(self, scope: str, label: str, value: str, mention: str, owner: str = "") -> str | None:
        """`mention`, a way to write the contact point `value`, replaced by the form that `label` says; or, for
        CONTACT/ANY, that it has. None where there is nothing to replace. `owner` is by whose
        name an e-mail address stands, see `mailboxes.owner_of`; or the number that `mention` is a component of, see
        `dialling.dialled`."""
        kind = label.partition("/")[2]
        if "@" in mention and kind != "IP":
            if (found := EMAIL.fullmatch(mention)) is not None:
                return (found["head"] or "") + self.email(scope, mention, owner)
            if kind != "URL" and _EMAIL_AMONG.search(mention) is not None:
                return self._among(scope, kind, mention, owner)
        if (whole := dialling.whole_of(owner)) and (part := self._component(scope, whole, mention)):
            return part
        return self._by_form(scope, kind, value, mention)

    def _component(self, scope: str, whole: str, text: str) -> str:
        """Area code or local number of the false number for a whole one; empty for anything else."""
        digits = _digits(text)
        if any(map(str.isalpha, text)) or digits not in (whole[:3], whole[3:]):
            return ""
        new = self._number(scope, whole, whole)
        return _with_digits(text, new[:3] if len(digits) == 3 else new[3:])

    def _among(self, scope: str, kind: str, text: str, owner: str) -> str:
        """E-mail addresses with other things beside or between them: Jane Doe <jdoe@hospital.test>."""
        pieces: list[str] = []
        last = 0
        for found in _EMAIL_AMONG.finditer(text):
            pieces += self._beside(scope, kind, text[last : found.start()]), self.email(scope, found[0], owner)
            last = found.end()
        return "".join(pieces) + self._beside(scope, kind, text[last:])

    def _beside(self, scope: str, kind: str, text: str) -> str:
        plain = text.strip()
        new = self._by_form(scope, kind, plain, plain) if any(map(str.isalnum, plain)) else None
        return text.replace(plain, new, 1) if new else text

    def email(self, scope: str, text: str, owner: str = "") -> str:
        """A false address of the false name, where the true one tells a name; as good as never the same for two true
        ones."""
        plain = text.lower().removeprefix("mailto:")
        digest = self._prf.digest(scope, "contact/email", plain)
        true_given, _, true_family = (owner or named(plain.partition("@")[0])).partition(" ")
        given = _plain(self._names.given(scope, true_given)) if true_given else ""
        family = _plain(self._names.family(scope, true_family)) if true_family else ""
        if not given:
            given = lexicon.GIVEN_EITHER[int.from_bytes(digest[:4], "big") % len(lexicon.GIVEN_EITHER)]
        if not family:
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
        """A number for fiction of the same state, in the same punctuation; an extension is replaced digit by digit.
        When `text` is the end of the number `value`, the end of its surrogate."""
        if _PLAIN_NUMBER.fullmatch(text) is not None and text == value:
            digits = _NO_DIGIT.sub("", text)
            new = self._number(scope, digits, text)
            return _with_digits(text, new if new != digits else self._shaped(scope, digits))
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
        new = self._number(scope, digits, number)
        if whole != digits and whole.endswith(digits):
            new = self._number(scope, whole, value)[-len(digits) :]
        number = _with_digits(number, new if new != digits else self._shaped(scope, digits))
        if extension is None:
            return number
        start, end = (place - extension.start() for place in extension.span("number"))
        return number + extension[0][:start] + self._shaped(scope, extension["number"]) + extension[0][end:]

    def _by_form(self, scope: str, kind: str, value: str, text: str) -> str | None:
        if kind != "IP" and _PLAIN_NUMBER.fullmatch(text) is not None:
            return self.phone(scope, value, text)
        if kind == "IP" or _IPV4.fullmatch(text) or _is_ipv6(text):
            return self.network_address(scope, text)
        if kind == "URL" or (kind in ("ANY", "") and _URL.fullmatch(text) is not None):
            return self.url(scope, text) if canonical(text) else None
        return self.phone(scope, value, text)

    def _number(self, scope: str, digits: str, written: str) -> str:
        """As many digits as `digits`, that nobody has (North America, United Kingdom), or at least others behind the
        code of the country. `written` is the number as it stands there."""
        code = dialling.country_code(digits, is_international=_PLUS.match(written) is not None)
        if code and code not in _HAVE_FICTION:
            return code + self._of_country(scope, digits[len(code) :])
        national = digits.removeprefix("001").removeprefix("1") if len(digits) in (11, 13) else digits
        if len(national) == 10 and national[0] in "23456789":
            codes = self._area_codes(national[:3])
            area, line = divmod(self._prf.number(scope, "contact/phone", national, len(codes) * 100), 100)
            return f"{digits[: len(digits) - 10]}{codes[area]}{_fictional(line, national)}"
        if len(national) == 7:
            return _fictional(self._prf.number(scope, "contact/phone", national, 100), national)
        return self._british(scope, digits) or code + self._of_country(scope, digits[len(code) :])

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

    def _of_country(self, scope: str, digits: str) -> str:
        """A national number, which may begin with the zeros for long distance: they stay, and no others come."""
        number = digits.lstrip("0")
        new = self._shaped(scope, number) if number else ""
        if new.startswith("0"):
            new = self._shaped(scope, new)
        if new.startswith("0") or (new == number and number):
            new = str(int(number[0]) % 9 + 1) + new[1:]
        return digits[: len(digits) - len(number)] + new if number else self._shaped(scope, digits)

    def _shaped(self, scope: str, digits: str) -> str:
        return self._scrambled(scope, digits)


def _plain(name: str) -> str:
    """A name as an address has it; empty where it has other letters."""
    if name.isascii() and name.isalnum():
        return name
    plain = folded(name)
    return plain if plain.isascii() else ""


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
    return "".join([next(following) if char.isdecimal() else char for char in text])
