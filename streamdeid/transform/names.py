"""False names for people, token by token, so that a field and a sentence agree and relatives still share a name.

A token's surrogate depends on scope, part (family or given) and spelling without case and accents. Initials follow
the name that they stand for where it is known. What is around the tokens (commas, hyphens, titles, particles, a
possessive 's) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf

FAMILY: Final = "family"
GIVEN: Final = "given"
_KEPT: Final = "kept"

#: A degree written with periods or a hyphen; else a word, with combining marks and apostrophes inside; else digits.
_TOKEN: Final = re.compile(
    r"\b(?:Ph|Pharm|Psy)\.\s?D\b\.?|\b(?:M\.\s?D|D\.\s?O|R\.\s?N|P\.\s?A|N\.\s?P|L\.P\.N|D\.D\.S|D\.M\.D|D\.P\.M|M\.B|[BM]\.S\.N?)\."
    r"|\b(?:PA|NP|FNP|ANP|AGNP|APRN|RN)-(?:C|BC)\b"
    r"|(?:[^\W\d_][\u0300-\u036f]*)+(?:['\u2019`](?:[^\W\d_][\u0300-\u036f]*)+)*|\d+"
)
_POSSESSIVE: Final = re.compile(r"['\u2019`]s$", re.I)
_PARTICLES: Final = lexicon.NAME_WORDS["particle"]
_ALSO_NAMES: Final = lexicon.NAME_WORDS["also-name"]
_CONNECTORS: Final = lexicon.NAME_WORDS["connector"]
_TITLES: Final = lexicon.NAME_WORDS["title"]
_SUFFIXES: Final = lexicon.NAME_WORDS["suffix"]
_DEGREES: Final = lexicon.NAME_WORDS["degree"]
_MIXED_CASE: Final = lexicon.NAME_WORDS["mixed-case"]
_DOUBTFUL: Final = lexicon.NAME_WORDS["doubtful"]


class _Token(NamedTuple):
    """A word or number of a name, where it stands, and which part of the name it is."""

    text: str
    start: int
    end: int
    part: str


class Names:
    """The surrogates of names under one secret."""

    def __init__(self, prf: Prf, identifiers: Identifiers) -> None:
        self._prf = prf
        self._identifiers = identifiers

    def family(self, scope: str, word: str) -> str:
        """The false family name for one word of a family name."""
        return self._word(scope, FAMILY, word)

    def given(self, scope: str, word: str) -> str:
        """The false given name for a given name, of the sex that the name itself tells."""
        return self._word(scope, GIVEN, word)

    def replace(self, scope: str, label: str, value: str, mention: str) -> str:
        """`mention`, a way to write the name `value` that is labelled `label`, with false words for its words."""
        if label in ("NAME/PREFIX", "NAME/SUFFIX", "NAME/DEGREE"):
            return mention if _is_title(mention) else ""
        if label == "NAME/USER":
            return self._identifiers.surrogate("user", mention) or mention
        tokens = _parts(label, mention)
        known = {} if value == mention else _known(label, value)
        pieces: list[str] = []
        last = 0
        for token in tokens:
            pieces += mention[last : token.start], self._token(scope, token, known, len(tokens) == 1)
            last = token.end
        return "".join(pieces) + mention[last:]

    def _token(self, scope: str, token: _Token, known: Mapping[str, tuple[str, str]], alone: bool) -> str:
        """What stands for one token. `known` maps the words of the value that is mentioned to their part and form."""
        if token.part == _KEPT:
            return token.text
        key = folded(token.text)
        part, word = known.get(key, (token.part, token.text))
        if key not in known and known:
            if len(key) == 1:
                part, word = _begins_with(key, known.values()) or (part, word)
            elif alone and len(known) == 1:
                part, word = next(iter(known.values()))
        new = self._word(scope, part, word)
        return like(token.text, new[0] if len(key) == 1 else new)

    def _word(self, scope: str, part: str, word: str) -> str:
        key = folded(word)
        if not key.isalpha():
            return self._identifiers.surrogate("name", word) or word
        if len(key) == 1:
            return self._initial(key)
        if part == FAMILY:
            return lexicon.pick(self._prf, scope, "name/family", key, lexicon.FAMILY)
        names = lexicon.GIVEN.get(lexicon.SEX.get(key, "U"), lexicon.GIVEN_EITHER)
        return lexicon.pick(self._prf, scope, "name/given", key, names)

    def _initial(self, letter: str) -> str:
        """Another letter, for an initial whose name is not known."""
        return (self._identifiers.surrogate("initial", letter) or letter).upper()


def _is_title(text: str) -> bool:
    """Whether all words are titles, suffixes or degrees that many people have."""
    words = [folded(word) for word in re.split(r"[\s,;/]+", text) if folded(word)]
    return all(word in _TITLES or word in _SUFFIXES or word in _DEGREES for word in words)


def _begins_with(letter: str, words: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The first word that an initial may stand for; given names before family names."""
    fitting = [entry for entry in words if folded(entry[1]).startswith(letter)]
    return min(fitting, key=lambda entry: entry[0] == FAMILY, default=None)


@lru_cache(maxsize=4096)
def _known(label: str, value: str) -> Mapping[str, tuple[str, str]]:
    """The words of a name by their folded form: part and spelling."""
    return {folded(token.text): (token.part, token.text) for token in _parts(label, value) if token.part != _KEPT}


@lru_cache(maxsize=4096)
def _parts(label: str, text: str) -> tuple[_Token, ...]:
    """The tokens of a name with their parts."""
    tokens = []
    for match in _TOKEN.finditer(text):
        possessive = _POSSESSIVE.search(match[0])
        end = match.start() + possessive.start() if possessive else match.end()
        tokens.append(_Token(text[match.start() : end], match.start(), end, ""))
    kept = _kept(tokens, text, label)
    if label == "NAME/FAMILY":
        parts = [FAMILY] * len(tokens)
    elif label == "NAME/GIVEN":
        parts = [GIVEN] * len(tokens)
    else:
        parts = _full_name(tokens, text, kept)
    return tuple(
        token._replace(part=_KEPT if index in kept else part)
        for index, (token, part) in enumerate(zip(tokens, parts, strict=True))
    )


def _kept(tokens: list[_Token], text: str, label: str) -> frozenset[int]:
    """The tokens that are titles before a name, particles within it, suffixes and degrees after it. A text of such
    words alone is a name: its last word is replaced."""
    kept: set[int] = set()
    comma = text.find(",")
    first_may_be_name = label != "NAME/FAMILY" and comma < 0
    for index, token in enumerate(tokens):
        word, small = folded(token.text), token.text.islower()
        if len(kept) < index:
            keeps = word in _PARTICLES or word in _SUFFIXES or _is_degree(word, token, text, comma)
        elif index and folded(tokens[index - 1].text) in _PARTICLES:
            keeps = word in _PARTICLES
        else:
            is_particle = word in _PARTICLES and (small or not (first_may_be_name and word in _ALSO_NAMES))
            keeps = is_particle or (word in _TITLES and index + 1 < len(tokens))
        if keeps or (small and word in _CONNECTORS):
            kept.add(index)
    if len(kept) == len(tokens) and tokens:
        kept.discard(len(tokens) - 1)
    return frozenset(kept)


def _is_degree(word: str, token: _Token, text: str, comma: int) -> bool:
    if word not in _DEGREES or not (token.text.isupper() or word in _MIXED_CASE):
        return False
    return word not in _DOUBTFUL or 0 <= comma < token.start or "." in token.text


def _full_name(tokens: list[_Token], text: str, kept: frozenset[int]) -> list[str]:
    """Which tokens of a whole name are given and which are family names."""
    words = [index for index in range(len(tokens)) if index not in kept]
    if not words:
        return [FAMILY] * len(tokens)
    comma = text.find(",")
    before = [index for index in words if tokens[index].start < comma]
    if before and len(before) < len(words):
        family = set(before)
    elif len(words) == 1:
        family = set(words) if _is_family(tokens, words[0]) else set()
    else:
        family = _surname(tokens, words, text)
    return [FAMILY if index in family else GIVEN for index in range(len(tokens))]


def _is_family(tokens: list[_Token], index: int) -> bool:
    """Whether a lone word is a family name: after a title, or when no one is given it as a first name."""
    return index > 0 or not _is_given(tokens[index])


def _surname(tokens: list[_Token], words: list[int], text: str) -> set[int]:
    """The family name of several words: the last, with those joined to it by hyphens; the first, when initials alone
    follow it or when the other of two is the given name."""
    first, last = words[0], words[-1]
    if _is_initial(tokens[last]) and not _is_initial(tokens[first]):
        return {first}
    if len(words) == 2 and _is_given(tokens[last]) and not _is_given(tokens[first]) and not _is_initial(tokens[first]):
        return {first}
    family = {last}
    for index in reversed(words[:-1]):
        between = text[tokens[index].end : tokens[index + 1].start]
        if index + 1 not in family or between.strip() not in ("-", "\u2010", "\u2011"):
            break
        family.add(index)
    return family


def _is_initial(token: _Token) -> bool:
    return len(folded(token.text)) == 1


def _is_given(token: _Token) -> bool:
    return folded(token.text) in lexicon.SEX
