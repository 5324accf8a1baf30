"""False street lines, and whole addresses in one string, part by part."""

from __future__ import annotations

import re
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf
from streamdeid.transform.scrambling import Scrambler
from streamdeid.transform.whereabouts import STATES, whereabouts

_TOKEN: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_BOX: Final = re.compile(r"(?:p\.?\s*o\.?\s*|post\s+office\s+)box\b", re.I)
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
_SPACE: Final = " \t\r\n"


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

    def street(self, scope: str, text: str) -> str:
        """A street line with another number, another name and the same kind of street (Ave, Straße), direction and
        unit word; or a false post office box."""
        if self._own and (own := self._of_own(scope, text)) is not None:
            return own
        if _BOX.search(text) is not None:
            return self._numbers(scope, text)
        tokens = list(_TOKEN.finditer(text))
        kept = _kept([token[0] for token in tokens])
        name = [index for index, token in enumerate(tokens) if index not in kept and not _is_number(tokens, index)]
        old_name = " ".join(tokens[index][0] for index in name)
        new_name = like(old_name, self._name(scope, old_name)) if name else ""
        named = frozenset(name)
        pieces: list[str] = []
        last = 0
        for index, token in enumerate(tokens):
            if index in kept:
                continue
            if index in named and index != name[0]:
                last = token.end()
                continue
            new = new_name if index in named else self._number(scope, token[0])
            pieces += text[last : token.start()], new
            last = token.end()
        return "".join(pieces) + text[last:]

    def whole(self, scope: str, text: str) -> str:
        """An address in one string: street, town, state, postal code and country, with line ends or commas between."""
        code = _ZIP_AT_END.search(text, _start_of_code(text))
        rest = text if code is None else text[: code.start()]
        state = _state_at_end(rest)
        head = rest if state is None else rest[: state[0]].rstrip(_SPACE + ",")
        parts = re.split(r"(\s*[,\n;]\s*)", head)
        is_town = state is not None or code is not None or len(parts) > 1
        last = max((index for index in range(0, len(parts), 2) if parts[index].strip()), default=-1)
        town = last if is_town and (last > 0 or not re.match(r"\s*\d", head)) else -1
        stated = (
            ("LOCATION/CITY", parts[town].strip() if town >= 0 and not _has_digit(parts[town]) else ""),
            ("LOCATION/STATE", rest[state[0] : state[1]] if state else ""),
            ("LOCATION/ZIP", code["zip"] if code else ""),
        )
        where = whereabouts(part for part in stated if part[1]).encode()
        new = "".join(
            part if index % 2 else self._part(scope, part, index == town, where) for index, part in enumerate(parts)
        )
        if state is not None:
            start, end = state
            new += rest[len(head) : start] + self._places.state(rest[start:end]) + rest[end:]
        if code is not None:
            new += text[code.start() : code.start("zip")] + self._places.zip(scope, code["zip"], where) + code["rest"]
        return new

    def _part(self, scope: str, text: str, is_town: bool, where: str) -> str:
        plain = text.strip()
        if not plain:
            return text
        if plain.casefold() in lexicon.COUNTRIES:
            return text
        if is_town and not _has_digit(plain):
            new = self._places.city(scope, plain, where)
        elif self._places.is_institution(plain):
            new = self._places.institution(scope, plain)
        else:
            new = self.street(scope, plain)
        return text.replace(plain, new, 1)

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
        if _ORDINAL.fullmatch(text):
            number = self._number(scope, text[:-2])
            ends = {"1": "st", "2": "nd", "3": "rd"}
            return number + like(text[-2:], "th" if number[-2:-1] == "1" else ends.get(number[-1], "th"))
        new = self._scrambled(scope, text)
        while new.startswith("0") and not text.startswith("0"):
            new = self._scrambled(scope, new)
        return new if new != text else self._scrambled(scope, new)


def _start_of_code(text: str) -> int:
    """From where a postal code at the end of a text is looked for: its last digit is in it."""
    digits = _LAST_DIGIT.search(text)
    return max(0, digits.start() - _LONGEST_CODE) if digits else len(text)


def _state_at_end(text: str) -> tuple[int, int] | None:
    """Where the state stands that a text ends with: its code in capitals, or its name."""
    end = len(text.rstrip(_SPACE + ",."))
    found = _LAST_WORDS.search(text, max(0, end - _LONGEST_STATE), end)
    start = found.start() if found else end
    while start < end:
        words = text[start:end].split()
        if " ".join(words).casefold() in STATES or (len(words) == 1 and words[0] in _STATE_CODES):
            return start, end
        start = end if len(words) == 1 else text.index(words[1], start + len(words[0]))
    return None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_number(tokens: list[re.Match[str]], index: int) -> bool:
    """Whether a token is a house number, a unit's number, or the number of a numbered street."""
    text = tokens[index][0]
    follows_unit = index > 0 and tokens[index - 1][0].casefold() in lexicon.UNIT_WORDS
    return any(map(str.isdigit, text)) or (follows_unit and len(text) <= 2)


def _kept(words: list[str]) -> set[int]:
    """The tokens that say what kind of street it is, directions and unit words; never all words of a line, so that
    Park Avenue and South Street go too."""
    lowered = [word.casefold() for word in words]
    kept = {index for index, word in enumerate(lowered) if word in lexicon.UNIT_WORDS or word in lexicon.DIRECTIONS}
    spoken = [index for index, word in enumerate(lowered) if index not in kept and not word.isdigit()]
    kinds = [index for index in spoken[1:] if lowered[index] in lexicon.STREET_WORDS]
    if len(spoken) > 1 and lowered[spoken[0]] in lexicon.LEADING_STREET_WORDS:
        kept.add(spoken[0])
    elif kinds:
        kept.add(kinds[-1])
    elif len(spoken) == 1 and lowered[spoken[0]] in lexicon.STREET_WORDS and spoken[0] - 1 in kept:
        kept = (kept | {spoken[0]}) - {spoken[0] - 1}
    return kept
