"""False street lines, and whole addresses in one string, part by part."""

from __future__ import annotations

import re
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.places import STATES, Places
from streamdeid.transform.prf import Prf

_TOKEN: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_BOX: Final = re.compile(r"(?:p\.?\s*o\.?\s*|post\s+office\s+)box\b", re.I)
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)", re.I | re.A)
_ZIP_AT_END: Final = re.compile(
    r"[\s,]*(?P<zip>\b\d{5}(?:-\d{4})?|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})(?P<rest>\b[^\d]*)$",
    re.A,
)
_STATE_NAMES: Final = "|".join(sorted(map(re.escape, STATES), key=len, reverse=True))
_STATE_AT_END: Final = re.compile(
    rf"(?:^|[\s,]+)(?P<state>\b(?:{'|'.join(sorted(set(STATES.values())))})\b|(?i:\b(?:{_STATE_NAMES})\b))[\s,.]*$"
)


class Addresses:
    """The surrogates of addresses under one secret, within a scope."""

    def __init__(self, prf: Prf, identifiers: Identifiers, places: Places) -> None:
        self._prf = prf
        self._identifiers = identifiers
        self._places = places

    def street(self, scope: str, text: str) -> str:
        """A street line with another number, another name and the same kind of street (Ave, Straße), direction and
        unit word; or a false post office box."""
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
        code = _ZIP_AT_END.search(text)
        tail = ""
        if code is not None:
            between = text[code.start() : code.start("zip")]
            tail = between + self._places.zip(scope, code["zip"]) + code["rest"]
            text = text[: code.start()]
        state = _STATE_AT_END.search(text)
        if state is not None:
            new = self._places.state(state["state"])
            tail = text[state.start() : state.start("state")] + new + text[state.end("state") :] + tail
            text = text[: state.start()]
        parts = re.split(r"(\s*[,\n;]\s*)", text)
        is_town = state is not None or code is not None or len(parts) > 1
        last = max((index for index in range(0, len(parts), 2) if parts[index].strip()), default=-1)
        new_parts = [
            part if index % 2 else self._part(scope, part, is_town and index == last and index > 0)
            for index, part in enumerate(parts)
        ]
        if last == 0 and is_town and not re.match(r"\s*\d", text):
            new_parts[0] = self._part(scope, parts[0], True)
        return "".join(new_parts) + tail

    def _part(self, scope: str, text: str, is_town: bool) -> str:
        plain = text.strip()
        if not plain:
            return text
        if plain.casefold() in lexicon.COUNTRIES:
            return text
        if is_town and not any(map(str.isdigit, plain)):
            new = self._places.city(scope, plain)
        elif self._places.is_institution(plain):
            new = self._places.institution(scope, plain)
        else:
            new = self.street(scope, plain)
        return text.replace(plain, new, 1)

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
        new = self._identifiers.surrogate(f"house\n{scope}", text) or text
        while new.startswith("0") and not text.startswith("0"):
            new = self._identifiers.surrogate(f"house\n{scope}", new) or new
        return new


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
