"""False street lines, and whole addresses in one string, part by part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.abroad import is_country
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.localities import city_area
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf
from streamdeid.transform.scrambling import Scrambler
from streamdeid.transform.whereabouts import STATES, Whereabouts, located

#: Split at this, a text has its words and numbers at odd places and what is around them at even ones.
_TOKEN: Final = re.compile(r"([^\W_]+(?:['\u2019-][^\W_]+)*)")
_SEPARATOR: Final = re.compile(r"(\s*[,\n;]\s*)")
_BOX: Final = re.compile(r"(?:p\.?\s*o\.?\s*|post\s+office\s+)box\b(?:[\s#.:]*(?:no\.?\s*)?[^\W_]*\d[\w-]*)?", re.I)
#: Rural routes, highway contracts and military boxes (USPS Publication 28, sections 24, 25 and 29).
_RURAL: Final = re.compile(
    r"\s*(?:r\.?\s*r\.?|rural\s+route|r\.?f\.?d\.?|hcr?|highway\s+contract(?:\s+route)?|star\s+route|psc|cmr|rte?\.?|route)"
    r"\s*#?\s*\d+[a-z]?(?:[\s,]*(?:p\.?\s*o\.?\s*)?(?:box|bx\.?)\s*#?\s*\d+[a-z]?)?\s*",
    re.I | re.A,
)
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)", re.I | re.A)
_ZIP_AT_END: Final = re.compile(
    r"[\s,]*(?P<zip>\b\d{5}(?:-\d{4})?|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})(?P<rest>\b[^\d]*)$",
    re.A,
)
_LAST_DIGIT: Final = re.compile(r"\d(?=\D*$)", re.A)
_LONGEST_CODE: Final = 16
_STATE_CODES: Final = frozenset(STATES.values())
#: No name of a state has more than three words.
_LAST_WORDS: Final = re.compile(r"(?<![^\s,])[A-Za-z]+(?:\s+[A-Za-z]+){0,2}$")
_LONGEST_STATE: Final = 40
#: What stands between a street and what is after it, at the end of an address that is plain.
_BEFORE_CODE: Final = " \t\r\n\f\v,"
_PLAIN_CODE: Final = re.compile(r"\d{5}(?:-\d{4})?", re.A)
_ASIDE: Final = lexicon.UNIT_WORDS | lexicon.DIRECTIONS
_SPACE: Final = " \t\r\n"
_ASIDE_CODE: Final = " \t\r\n,.;-()"


class Addresses:
    """The surrogates of addresses under one secret, within a scope."""

    def __init__(
        self,
        prf: Prf,
        identifiers: Identifiers,
        places: Places,
        own: OwnLists = OwnLists(),  # noqa: B008 - frozen
    ) -> None:
        self._prf = prf
        self._scrambled = Scrambler(prf, identifiers)
        self._places = places
        self._own = own
        self._has_own = bool(own)

    def street(self, scope: str, text: str) -> str:
        """A street line with another number, another name and the same kind of street (Ave, Straße), direction and
        unit word; or a false post office box."""
        if self._has_own and (own := self._of_own(scope, text)) is not None:
            return own
        if _RURAL.fullmatch(text) is not None:
            return self._numbers(scope, text)
        if "box" in text.lower() and (box := _BOX.search(text)) is not None:
            rest = (text[: box.start()], text[box.end() :])
            before, after = (self.street(scope, one) if any(map(str.isalnum, one)) else one for one in rest)
            return before + self._numbers(scope, box[0]) + after
        pieces = _TOKEN.split(text)
        words = pieces[1::2]
        lowered = [word.casefold() for word in words]
        kept = _kept(lowered)
        name: list[str] = []
        first = done = 0
        for index, word in enumerate(words):
            if index in kept:
                continue
            place = 2 * index + 1
            if _has_digit(word) or (index > 0 and len(word) <= 2 and lowered[index - 1] in lexicon.UNIT_WORDS):
                pieces[place] = self._number(scope, word)
            elif name:
                name.append(word)
                pieces[done : place + 1] = [""] * (place + 1 - done)
            else:
                name.append(word)
                first = place
            done = place + 1
        if name:
            old = " ".join(name)
            pieces[first] = like(old, self._name(scope, old))
        return "".join(pieces)

    def whole(self, scope: str, text: str, known: Whereabouts | None = None) -> str:
        """An address in one string: street, town, state, postal code and country, with line ends or commas between.
        `known` says where it is, if the rest of a longer one does."""
        cut, start_of_code, end_of_code = _code_at_end(text)
        code = text[start_of_code:end_of_code]
        rest = text[:cut]
        start, end = _state_at_end(rest)
        state = rest[start:end]
        head = rest[:start].rstrip(_SPACE + ",") if state else rest
        after = _SEPARATOR.split(text[end_of_code:]) if code else []
        country = next((part for part in reversed(after) if is_country(part)), "")
        parts = _SEPARATOR.split(head)
        last = len(parts) - 1
        # Before a state it is a town: Holland, MI.
        while last >= 0 and (not parts[last].strip() or (not state and is_country(parts[last]))):
            country = country or parts[last].strip()
            last -= 2
        is_town = state or code or len(parts) > 1
        town = last if is_town and (last > 0 or not re.match(r"\s*\d", head)) else -1
        city = parts[town].strip() if town >= 0 and not _has_digit(parts[town]) else ""
        where = known or located(city or _city_in(after), state, code, country)
        for index in range(0, len(parts), 2):
            parts[index] = self._part(scope, parts[index], index == town, where)
        if state:
            parts += rest[len(head) : start], self._places.state(state), rest[end:]
        if code:
            parts += text[cut:start_of_code], self._places.zip_at(scope, code, where)
            parts += (self._after_code(scope, part, where) for part in after)
        return "".join(parts)

    def _after_code(self, scope: str, text: str, where: Whereabouts) -> str:
        """What stands behind the postal code: a state or a country stays, anything else is the town."""
        plain = text.strip(_ASIDE_CODE)
        if not any(map(str.isalpha, plain)) or is_country(plain) or plain.casefold() in STATES or plain in _STATE_CODES:
            return text
        return text.replace(plain, self._places.city_at(scope, plain, where), 1)

    def _part(self, scope: str, text: str, is_town: bool, where: Whereabouts) -> str:
        plain = text.strip()
        if not plain or (not is_town and (plain.casefold() in lexicon.COUNTRIES or is_country(plain))):
            return text
        if is_town and not _has_digit(plain):
            new = self._places.city_at(scope, plain, where)
        elif self._places.is_institution(plain):
            new = self._places.institution(scope, plain)
        else:
            new = self.street(scope, plain)
        return new if plain == text else text.replace(plain, new, 1)

    def _of_own(self, scope: str, text: str) -> str | None:
        """What the policy's pairs and lists have for a street line."""
        paired = self._own.paired("LOCATION/STREET", text)
        return paired if paired is not None else self._own.pick(self._prf, scope, "LOCATION/STREET", text)

    def _name(self, scope: str, name: str) -> str:
        return lexicon.pick(self._prf, scope, "place/street", folded(name), lexicon.STREETS)

    def _numbers(self, scope: str, text: str) -> str:
        return re.sub(r"[^\W_]*\d[^\W_]*", lambda number: self._number(scope, number[0]), text)

    def _number(self, scope: str, text: str) -> str:
        """A house number or unit of the same shape; no leading zero where there was none."""
        if not text.isdigit() and _ORDINAL.fullmatch(text):
            number = self._number(scope, text[:-2])
            ends = {"1": "st", "2": "nd", "3": "rd"}
            return number + like(text[-2:], "th" if number[-2:-1] == "1" else ends.get(number[-1], "th"))
        new = self._scrambled(scope, text)
        if new.startswith("0") and not text.startswith("0"):
            new = self._without_zero(scope, new)
        return new if new != text else self._scrambled(scope, new)

    def _without_zero(self, scope: str, text: str) -> str:
        """The first number without a leading zero that comes of scrambling again and again; where none ever comes,
        for it may go round in a circle, one like those with another first digit."""
        seen: set[str] = set()
        while text.startswith("0") and text not in seen:
            seen.add(text)
            text = self._scrambled(scope, text)
        return f"1{text[1:]}" if text.startswith("0") else text


def holds_more(kind: str, text: str) -> bool:
    """Whether what was found as a part of an address (`kind` CITY, STATE, ZIP, COUNTRY) has other parts with it, so
    that it has to be read as a whole: Paris, France; Berlin DE; MA 01002."""
    if kind == "ZIP":
        _, start, end = _code_at_end(text)
        return start < end and any(map(str.isalpha, text[:start] + text[end:]))
    if "," in text or _has_digit(text):
        return True
    return kind == "CITY" and (" " in text and text.rpartition(" ")[2] in _STATE_CODES)


def stated_in(label: str, text: str) -> tuple[tuple[str, str], ...]:
    """The parts of an address, by label, that were found as one: MA 01002 is a state and a ZIP code."""
    if not holds_more(label.rpartition("/")[2], text):
        return ((label, text),)
    cut, start, end = _code_at_end(text)
    rest, after = text[:cut], _SEPARATOR.split(text[end:])
    first, last = _state_at_end(rest)
    names = [part.strip(_ASIDE_CODE) for part in (*_SEPARATOR.split(rest[:first]), *after)]
    found = {
        "LOCATION/CITY": next((name for name in names if name and (first < last or not is_country(name))), ""),
        "LOCATION/STATE": rest[first:last],
        "LOCATION/ZIP": text[start:end],
        "LOCATION/COUNTRY": next((name for name in names if is_country(name)), ""),
    }
    return tuple((part, value) for part, value in found.items() if value)


def is_wider_than_town(text: str) -> bool:
    """Whether a text names a state or a country, and not as well a town of the United States: Holland, Delaware."""
    plain = " ".join(text.casefold().split())
    return plain in lexicon.COUNTRIES or ((is_country(text) or plain in STATES) and city_area(plain) is None)


def _code_at_end(text: str) -> tuple[int, int, int]:
    """Where the blanks before a postal code at the end of a text begin, where the code does, and where it ends; three
    times the end of the text where there is none."""
    before, _, code = text.rpartition(" ")
    if before and 5 <= len(code) <= 10 and _PLAIN_CODE.fullmatch(code) is not None:
        return len(before.rstrip(_BEFORE_CODE)), len(before) + 1, len(text)
    digits = _LAST_DIGIT.search(text)
    found = _ZIP_AT_END.search(text, max(0, digits.start() - _LONGEST_CODE)) if digits else None
    return (found.start(), *found.span("zip")) if found is not None else (len(text),) * 3


def _state_at_end(text: str) -> tuple[int, int]:
    """Where the state stands that a text ends with: its code in capitals, or its name. Twice its end where it ends
    with none."""
    end = len(text.rstrip(_SPACE + ",."))
    start = _start_of_last_words(text, end)
    while start < end:
        words = text[start:end].split()
        if (len(words) == 1 and words[0] in _STATE_CODES) or " ".join(words).casefold() in STATES:
            return start, end
        start = end if len(words) == 1 else text.index(words[1], start + len(words[0]))
    return end, end


def _start_of_last_words(text: str, end: int) -> int:
    """Where the last words before `end` begin, three at most, that have nothing but blanks between them."""
    blank = text.rfind(" ", 0, end)
    word = text[blank + 1 : end]
    if blank > 0 and text[blank - 1] == "," and len(word) < _LONGEST_STATE and word.isascii() and word.isalpha():
        return blank + 1
    found = _LAST_WORDS.search(text, max(0, end - _LONGEST_STATE), end)
    return found.start() if found else end


def _city_in(after: Iterable[str]) -> str:
    """The town that stands behind the postal code, as in Germany; empty where none does."""
    names = (part.strip(_ASIDE_CODE) for part in after)
    return next((name for name in names if name and not is_country(name) and name.casefold() not in STATES), "")


def _has_digit(text: str) -> bool:
    return not text.isalpha() and any(map(str.isdigit, text))


def _kept(lowered: list[str]) -> set[int]:
    """The tokens that say what kind of street it is, directions and unit words; never all words of a line, so that
    Park Avenue and South Street go too."""
    kept = {index for index, word in enumerate(lowered) if word in _ASIDE}
    spoken = [index for index, word in enumerate(lowered) if index not in kept and not word.isdigit()]
    kinds = [index for index in spoken[1:] if lowered[index] in lexicon.STREET_WORDS]
    if len(spoken) > 1 and lowered[spoken[0]] in lexicon.LEADING_STREET_WORDS:
        kept.add(spoken[0])
    elif kinds:
        kept.add(kinds[-1])
    elif len(spoken) == 1 and lowered[spoken[0]] in lexicon.STREET_WORDS and spoken[0] - 1 in kept:
        kept = (kept | {spoken[0]}) - {spoken[0] - 1}
    return kept
