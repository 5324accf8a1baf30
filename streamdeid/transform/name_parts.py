"""A name cut into its words: which are family names, which are given names, and which say nothing of who it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded

FAMILY: Final = "family"
GIVEN: Final = "given"
#: Titles, particles, suffixes and degrees: they stay.
KEPT: Final = "kept"

#: A degree written with periods or a hyphen; else a word, with combining marks and apostrophes inside; else digits.
_TOKEN: Final = re.compile(
    r"\b(?:Ph|Pharm|Psy)\.\s?D\b\.?|\b(?:M\.\s?D|D\.\s?O|R\.\s?N|P\.\s?A|N\.\s?P|L\.P\.N|D\.D\.S|D\.M\.D|D\.P\.M|M\.B|[BM]\.S\.N?)\."
    r"|\b(?:PA|NP|FNP|ANP|AGNP|APRN|RN)-(?:C|BC)\b"
    r"|(?:[^\W\d_][\u0300-\u036f]*)+(?:['\u2019`](?:[^\W\d_][\u0300-\u036f]*)+)*|\d+"
)
_POSSESSIVE: Final = re.compile(r"['\u2019`]s$", re.I)
_SEPARATORS: Final = re.compile(r"[,^]")
_PARTICLES: Final = lexicon.NAME_WORDS["particle"]
_ALSO_NAMES: Final = lexicon.NAME_WORDS["also-name"]
_CONNECTORS: Final = lexicon.NAME_WORDS["connector"]
_TITLES: Final = lexicon.NAME_WORDS["title"]
_SUFFIXES: Final = lexicon.NAME_WORDS["suffix"]
_DEGREES: Final = lexicon.NAME_WORDS["degree"]
_MIXED_CASE: Final = lexicon.NAME_WORDS["mixed-case"]
_DOUBTFUL: Final = lexicon.NAME_WORDS["doubtful"]
#: Suffixes that say which of a family it is.
_GENERATIONS: Final = frozenset({"jr", "jnr", "sr", "snr", "2nd", "3rd", "4th"})
_NUMERAL: Final = re.compile(r"II|III|IV")
_OUTSIDE_WORDS: Final = re.compile(r"[\s,;/]+")
#: Titles and roles after which people are called by the family name.
_BEFORE_FAMILIES: Final = frozenset(
    re.findall(
        r"\w+",
        "mr mrs ms mx miss mister dr doctor prof professor sir madam madame mme herr frau monsieur sra pcp attending "
        "surgeon physician hospitalist cardiologist oncologist neurologist urologist nephrologist psychiatrist "
        "radiologist pathologist anesthesiologist pediatrician",
    )
)
_LAST_WORD: Final = re.compile(r"([^\W\d_]+)[.:]?\s{1,2}$")
_LONGEST_TITLE: Final = 24
_INITIALS: Final = re.compile(r"[^\W\d_](?:[.\s-]{0,2}[^\W\d_]){1,3}\.?")
_PARTS_OF_NAMES: Final = frozenset({"NAME/FAMILY", "NAME/GIVEN"})
_FAMILY_FIRST: Final = (FAMILY, GIVEN)
_FAMILY_LAST: Final = (GIVEN, FAMILY)
_WORDS_KEPT: Final = _PARTICLES | _CONNECTORS | _TITLES | _SUFFIXES | _DEGREES
_SIBILANTS: Final = ("s", "x", "z", "ch", "sh")
_VOWELS: Final = frozenset("AEIOUY")
#: The culture in which many a family name has two letters.
_SHORT_FAMILIES: Final = "east_asian"
#: Cultures in which people have two family names, one after the other.
_TWO_FAMILIES: Final = "hispanic"


class NameToken(NamedTuple):
    """A word or number of a name, where it stands, and which part of the name it is."""

    text: str
    start: int
    end: int
    part: str


class _Token(NamedTuple):
    """A word of a name, where it stands, and its folded form."""

    text: str
    start: int
    end: int
    key: str


class Word(NamedTuple):
    """A word of a known name: its part, and how it is written there."""

    part: str
    text: str


def is_title(text: str) -> bool:
    """Whether all words are titles, suffixes or degrees that many people have."""
    words = [folded(word) for word in re.split(r"[\s,;/]+", text) if folded(word)]
    return all(word in _TITLES or word in _SUFFIXES or word in _DEGREES for word in words)


@lru_cache(maxsize=4096)
def known_words(label: str, value: str) -> Mapping[str, Word]:
    """The words of a name by their folded form, in their order."""
    tokens = name_tokens(label, value)
    return {folded(token.text): Word(token.part, token.text) for token in tokens if token.part != KEPT}


def initials_of(text: str, words: Mapping[str, Word]) -> list[Word] | None:
    """The words of a known name whose first letters a text is, and nothing else: JD, J.D. or DJ of John Doe; None where
    it is anything else."""
    if not text.isupper() or not _INITIALS.fullmatch(text):
        return None
    letters = folded(text)
    if letters in words:
        return None
    given, family = (
        [word for word in words.values() if (word.part == FAMILY) is is_family] for is_family in (False, True)
    )
    for order in ([*given, *family], [*family, *given], [*given[:1], *family[:1]], [*family[:1], *given[:1]]):
        if "".join(folded(word.text)[:1] for word in order) == letters:
            return order
    return None


def family_of(plural: str, words: Mapping[str, Word]) -> Word | None:
    """The family name of a known name whose plural a word (folded) is: Doe of Does, Jones of Joneses, Kelly of
    Kellies."""
    for singular in (plural.removesuffix("s"), plural.removesuffix("es"), f"{plural.removesuffix('ies')}y"):
        word = words.get(singular)
        if word is not None and word.part == FAMILY and len(singular) > 1:
            return word
    return None


def plural_of(family: str) -> str:
    """A family name in the plural: Deeres, Rosses."""
    return family + ("es" if family.lower().endswith(_SIBILANTS) else "s")


def are_initials(text: str) -> bool:
    """Whether a word is no name but the first letters of several: JD, MKT."""
    return 2 <= len(text) <= 4 and text.isascii() and text.isupper() and text != "NG" and _VOWELS.isdisjoint(text)


def are_lone_initials(text: str) -> bool:
    """Whether a word that stands alone in a text is no name but the first letters of several: JD, ES; not LI."""
    if are_initials(text):
        return True
    if not (2 <= len(text) <= 3 and text.isascii() and text.isupper()):
        return False
    key = text.lower()
    culture = lexicon.known_families().get(key)
    return key not in lexicon.known_given() and (culture != _SHORT_FAMILIES if len(key) == 2 else culture is None)


def is_behind_name(text: str) -> bool:
    """Whether a text is nothing but what stands behind names: Jr., III, PhD. Not what may be somebody's initials: JR,
    MD."""
    words = _OUTSIDE_WORDS.split(text.strip(" .,"))
    return all(_NUMERAL.fullmatch(word) or (not word.isupper() and _stands_behind(folded(word))) for word in words)


def _stands_behind(word: str) -> bool:
    return word in _GENERATIONS or word in _MIXED_CASE


def is_degree(text: str) -> bool:
    """Whether a text is nothing but academic or professional degrees, written as such."""
    tokens = [_Token(word, start, start + len(word), folded(word)) for start, word in _words(text)]
    return bool(tokens) and all(_is_degree(token, 0) for token in tokens)


def label_in_text(label: str, text: str, before: str) -> str:
    """The label of a name that a detector found behind `before`: a single word after a title or a role is a family
    name (Mrs. Taylor), whatever else it may be."""
    if label in _PARTS_OF_NAMES or label == "NAME/USER" or not text.isalpha() or len(text) < 2:
        return label
    title = _LAST_WORD.search(before[-_LONGEST_TITLE:])
    return "NAME/FAMILY" if title is not None and folded(title[1]) in _BEFORE_FAMILIES else label


@lru_cache(maxsize=4096)
def name_tokens(label: str, text: str) -> tuple[NameToken, ...]:
    """The words of a name with their parts. `label` says whether it is a whole name or a part of one."""
    if label not in _PARTS_OF_NAMES and (parts := plain_parts(text)) is not None:
        first, _, last = text.partition(" ")
        end = len(first)
        return NameToken(first, 0, end, parts[0]), NameToken(last, end + 1, len(text), parts[1])
    tokens = [_Token(word, start, start + len(word), folded(word)) for start, word in _words(text)]
    cut = _cut(text)
    kept = _kept(tokens, label, cut)
    if label == "NAME/FAMILY":
        family: Collection[int] = range(len(tokens))
    elif label == "NAME/GIVEN":
        family = ()
    else:
        family = _full_name(tokens, text, kept, cut)
    return tuple(
        NameToken(word, start, end, KEPT if index in kept else FAMILY if index in family else GIVEN)
        for index, (word, start, end, _) in enumerate(tokens)
    )


def plain_parts(text: str) -> tuple[str, str] | None:
    """The parts of the two words of a whole name that are plain, as most are: letters of ASCII with a blank between;
    None for any other name."""
    first, _, last = text.lower().partition(" ")
    if not (text.isascii() and first.isalpha() and last.isalpha()) or len(first) < 2 or len(last) < 2:
        return None
    if first in _WORDS_KEPT or last in _WORDS_KEPT:
        return None
    return _FAMILY_FIRST if _stands_first(first, last) else _FAMILY_LAST


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The words and numbers of a name, without a possessive 's, and where they start."""
    for match in _TOKEN.finditer(text):
        word = match[0]
        if "s" in word[-1:].lower() and (possessive := _POSSESSIVE.search(word)):
            word = word[: possessive.start()]
        yield match.start(), word


def _cut(text: str) -> int:
    """Where the family name ends that stands first: at a comma, or at a caret as between components; -1 where it does
    not stand first."""
    found = _SEPARATORS.search(text)
    return found.start() if found else -1


def _kept(tokens: Sequence[_Token], label: str, cut: int) -> frozenset[int]:
    """The tokens that are titles before a name, particles within it, suffixes and degrees after it. A text of such
    words alone is a name: its last word is replaced. So is a particle after which no name comes (Anna De)."""
    kept: set[int] = set()
    first_may_be_name = label != "NAME/FAMILY" and cut < 0
    for index, token in enumerate(tokens):
        word, small = token.key, token.text.islower()
        if len(kept) < index:
            is_particle = _is_particle(token) and (small or _leads(tokens, index, cut))
            keeps = is_particle or word in _SUFFIXES or _is_degree(token, cut)
        elif index and _is_particle(tokens[index - 1]):
            keeps = _is_particle(token) and _leads(tokens, index, cut)
        else:
            is_name = first_may_be_name and word in _ALSO_NAMES and not small
            is_particle = _is_particle(token) and not is_name and _leads(tokens, index, cut)
            keeps = is_particle or (word in _TITLES and bool(_following(tokens, index, cut)))
        if keeps or (small and word in _CONNECTORS):
            kept.add(index)
    if len(kept) == len(tokens) and tokens:
        kept.discard(len(tokens) - 1)
    return frozenset(kept)


def _is_particle(token: _Token) -> bool:
    """Whether it is one of de, van, al: as it is written, so that the Vietnamese Lê and Vân are none."""
    return token.text.lower() in _PARTICLES and (len(token.text) > 1 or token.text.islower())


def _leads(tokens: Sequence[_Token], index: int, cut: int) -> bool:
    """Whether a word that may be a name comes after this one, on the same side of the comma."""
    following = _following(tokens, index, cut)
    return any(not _is_particle(token) and token.key not in _SUFFIXES for token in following)


def _following(tokens: Sequence[_Token], index: int, cut: int) -> Sequence[_Token]:
    """The words after this one, on the same side of the comma."""
    following = tokens[index + 1 :]
    if tokens[index].start < cut:
        return [token for token in following if token.start < cut]
    return following


def _is_degree(token: _Token, cut: int) -> bool:
    word = token.key
    if word not in _DEGREES or not (token.text.isupper() or word in _MIXED_CASE):
        return False
    return word not in _DOUBTFUL or 0 <= cut < token.start or "." in token.text


def _full_name(tokens: Sequence[_Token], text: str, kept: frozenset[int], cut: int) -> Collection[int]:
    """Which tokens of a whole name are family names."""
    words = [index for index in range(len(tokens)) if index not in kept]
    before = [index for index in words if tokens[index].start < cut]
    if before and len(before) < len(words):
        return before
    if len(words) < 2:
        return words if words and _is_family(tokens, words[0]) else ()
    return _surname(tokens, words, text)


def _is_family(tokens: Sequence[_Token], index: int) -> bool:
    """Whether a lone word is a family name: after a title, or when no one is given it as a first name."""
    return index > 0 or not _is_given(tokens[index])


def _surname(tokens: Sequence[_Token], words: Sequence[int], text: str) -> set[int]:
    """The family name of several words: the last, with those joined to it by hyphens, and in Spanish names the one
    before it; the first, when initials alone follow it or when the other of two is the given name."""
    first, last = words[0], words[-1]
    if _is_initial(tokens[last]) and not _is_initial(tokens[first]):
        return {first}
    if len(words) == 2 and _stands_first(tokens[first].key, tokens[last].key):
        return {first}
    family = {last}
    for index in reversed(words[:-1]):
        between = text[tokens[index].end : tokens[index + 1].start]
        if index + 1 not in family or between.strip() not in ("-", "\u2010", "\u2011"):
            break
        family.add(index)
    if len(words) > 2 and family == {last} and _is_one_of_two(tokens[words[-2]]):
        family.add(words[-2])
    return family


def _stands_first(first: str, last: str) -> bool:
    """Whether the first of two words (folded) is the family name: the other is a given name, and this one is none."""
    givens = lexicon.known_given()
    if last not in givens or first in givens or len(first) == 1:
        return False
    families = lexicon.known_families()
    return last not in families or first in families


def _is_one_of_two(token: _Token) -> bool:
    return lexicon.known_families().get(token.key) == _TWO_FAMILIES and not _is_given(token)


def _is_initial(token: _Token) -> bool:
    return len(token.key) == 1


def _is_given(token: _Token) -> bool:
    return token.key in lexicon.known_given()
