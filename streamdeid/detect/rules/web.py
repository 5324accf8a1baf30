"""E-mail, URLs, network addresses: 45 CFR 164.514(b)(2)(i)(F), (N), (O); and user names, (R)."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from streamdeid.detect.rules.context import word_before
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Row, rules
from streamdeid.detect.rules.words import COMMON


def _ipv4(match: re.Match[str], folded: Folded) -> float:
    """Four numbers below 256; full marks where the text says what it is, little after a word for versions."""
    try:
        IPv4Address(match["v"].partition(":")[0].partition("/")[0])
    except AddressValueError:
        return 0.0
    before = word_before(folded.lower, match.start())
    if before in ("version", "ver", "v", "release", "section", "build"):
        return 0.0
    return 1.0 if before in ("ip", "address", "host", "server", "ipv", "from", "addr") else 0.8


def _ipv6(match: re.Match[str], folded: Folded) -> float:
    try:
        IPv6Address(match["v"])
    except AddressValueError:
        return 0.0
    return 1.0 if sum(character.isalnum() for character in match["v"]) > 3 else 0.0


def _not_a_word(match: re.Match[str], folded: Folded) -> float:
    """What follows "login" is a user name if it is no plain word, or if a colon says so."""
    value = match["v"]
    return 0.0 if value.isalpha() and ":" not in match[0] and "=" not in match[0] else 1.0


def _handle(match: re.Match[str], folded: Folded) -> float:
    """@jdoe7, but not @bedtime or @home."""
    value = match["v"][1:]
    return 0.0 if value in COMMON or value in ("bedtime", "noon", "hs", "midnight") else 1.0


_HOST = r"[a-z0-9](?:[a-z0-9-]{0,62})"
_TLD = (
    r"(?:com|org|net|edu|gov|mil|info|biz|health|hospital|clinic|care|io|app|dev|me|us|ca|uk|ie|au|nz|de|fr"
    r"|es|it|nl|be|ch|at|se|no|dk|fi|pl|pt|br|mx|in|jp|cn|eu|int|example|test|local|internal|invalid)(?![a-z0-9-])"
)
_SITE = r"(?:com|org|net|edu|gov|mil|info|biz|health|(?:co|org|ac|nhs|gov)\.uk|(?:com|org)\.au|example)(?![a-z0-9-])"
_SITE_WORDS = "~com ~org ~net ~edu ~gov ~mil ~info ~biz ~health ~uk ~au ~example"
_TRIM = r"(?<![.,;:!?)'\]}])"
_PATH = rf"(?:[/?#:][^\s<>\"]{{0,2000}})?{_TRIM}"
_SERVICES = "user username userid login logon handle screenname twitter instagram snapchat skype facebook tiktok screen"
_SERVICE = (
    r"(?:user ?(?:name|id)?|log(?:in|on)(?: ?(?:name|id))?|handle|screen ?name|twitter|instagram|snapchat"
    r"|skype|facebook|tiktok)(?: (?:id|name|handle|is|account))?[ :=\"'-]{1,4}"
)

# fmt: off
_ROWS: tuple[Row, ...] = (
    ("email", "CONTACT/EMAIL", 0.99, "~@",
     r"(?<![\w.+%'-])[\w.+%'-]{1,64}@(?:\[[0-9.:a-f]{3,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[\w-]{2,24})", None),
    ("email-internal", "CONTACT/EMAIL", 0.6, "~@", r"(?<![\w.+-])[\w.+-]{2,64}@[a-z][\w-]{2,63}\b(?!\.\w|-)",
     None),
    ("email-spoken", "CONTACT/EMAIL", 0.85, r"~/[(\[{<]\s?at\s?[)\]}>]/",
     rf"(?<![\w.+-])[\w.+-]{{1,64}} ?[(\[{{<] ?at ?[)\]}}>] ?{_HOST}(?:(?:\.| ?(?:[(\[{{<] ?dot ?[)\]}}>]"
     rf"|dot) ?){_HOST}){{1,4}}", None),
    ("email-words", "CONTACT/EMAIL", 0.75, "~dot",
     rf"(?<![\w.+-])[\w.+-]{{2,64}} at {_HOST}(?: dot {_HOST}){{0,3}} dot {_TLD}", None),
    ("url", "CONTACT/URL", 0.97, "~://", rf"(?<![a-z0-9])[a-z][a-z0-9+.-]{{1,14}}:/(?=/[^\s]){_PATH}", None),
    ("www", "CONTACT/URL", 0.97, "=www.", rf"www\.{_HOST}(?:\.{_HOST}){{1,6}}{_PATH}", None),
    ("site", "CONTACT/URL", 0.75, _SITE_WORDS,
     rf"(?<![\w@.-])[a-z0-9][a-z0-9-]{{1,62}}(?:\.[a-z0-9-]{{2,63}}){{0,4}}\.{_SITE}{_PATH}", None),
    ("site-path", "CONTACT/URL", 0.7, r"~/\.[a-z]{2,6}\/[a-z0-9]/",
     rf"(?<![\w@.-])[a-z0-9][a-z0-9-]{{2,62}}(?:\.[a-z0-9-]{{2,63}}){{0,3}}\.{_TLD}/[^\s<>\"]{{1,500}}{_TRIM}", None),
    ("mailto", "CONTACT/URL", 0.9, "sip sips skype tel callto", r"(?:sip|sips|skype|tel|callto):"
     r"[^\s<>\"]{3,100}", None),
    ("ipv4", "CONTACT/IP", 0.95, "1-3:.",
     r"(?<![a-z.])(?P<v>[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2}|:[0-9]{2,5})?)(?![0-9a-z]|\.[0-9])",
     _ipv4),
    ("ipv6", "CONTACT/IP", 0.95, "~/:[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}:/ ~::",
     r"(?<![0-9a-z:.])(?P<v>[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?:%[a-z0-9]{1,10})?(?![0-9a-z:])", _ipv6),
    ("mac", "ID/DEVICE", 0.95, "~/[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-]/",
     r"(?<![0-9a-z])[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?![0-9a-z]|\1[0-9a-f])", None),
    ("user", "NAME/USER", 0.85, _SERVICES,
     rf"{_SERVICE}@?(?P<v>[a-z0-9](?:[a-z0-9._\\-]{{1,38}}[a-z0-9_]))(?![a-z0-9@])", _not_a_word),
    ("handle", "NAME/USER", 0.5, "=@", r"(?<![^ \n(:])(?P<v>@[a-z][a-z0-9_.]{1,30}[a-z0-9_])(?!\.?[a-z0-9@])",
     _handle),
)
# fmt: on

RULES = rules("web", _ROWS)
