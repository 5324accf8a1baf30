"""The ways in which a text may write one part of a known name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.detect.known_names import PARTICLES, split_name
from streamdeid.detect.known_nicknames import related_names
from streamdeid.detect.known_plurals import names_a_family, plurals_of
from streamdeid.detect.known_text import Hit, Words, words_of
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.types import Entity

#: What a hit needs besides itself (`Hit.need`).
ENOUGH, EVIDENCE, FAMILY_BESIDE = 0, 1, 2

_JOINTS = " -'.\n\r\t"
_PREFIXES = ("mc", "mac", "fitz", "o", "d", "l", "st", "al", "el", "van", "von", "den", "de", "di", "la", "le", "du")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"}
_SHORTEST_SPLIT = 6  # a name of this many letters may be cut by a line end


class NameForm(NamedTuple):
    """One spelling of a part of a name: its words, of which `words[at]` is the one looked up."""

    entity: Entity
    words: tuple[str, ...]
    at: int = 0
    need: int = ENOUGH
    score: float = 0.9

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention whose word `at` is token `i`, if its other words stand around."""
        if len(self.words) == 1:
            return Hit(i, i, words.start(i), words.end(i), self.entity, self.score, self.need)
        ends = _around(words, i, self.words, self.at)
        return ends and Hit(*ends, words.start(ends[0]), words.end(ends[1]), self.entity, self.score, self.need)


class BrokenForm(NamedTuple):
    """A name that a line end cuts in two: ``Hernan`` newline ``dez``."""

    entity: Entity
    rest: str

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention that begins with token `i`."""
        k = words.next(i)
        if words.word(k) != self.rest:
            return None
        gap = words.gap(i, k)
        if ("\n" not in gap and "\r" not in gap) or gap.strip(" -\r\n"):
            return None
        return Hit(i, k, words.start(i), words.end(k), self.entity, 0.8)


class UmlautForm(NamedTuple):
    """``Mueller`` in the field, ``Müller`` in the text: only where the text does have a letter beyond ASCII, since
    ``Doe`` is not ``do``."""

    entity: Entity

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention at token `i`."""
        if words.cased(i).isascii():
            return None
        return Hit(i, i, words.start(i), words.end(i), self.entity, 0.9)


class PluralForm(NamedTuple):
    """``the Johnsons``, ``the O'Neils``: the family. `words` are the name's, the last of them in the plural."""

    entity: Entity
    words: tuple[str, ...]
    singular: str

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention whose last word is token `i`."""
        ends = _around(words, i, self.words, len(self.words) - 1)
        if ends is None or not names_a_family(words, *ends, self.singular):
            return None
        return Hit(*ends, words.start(ends[0]), words.end(i), self.entity, 0.7)


class TitleForm(NamedTuple):
    """A title: no mention itself, but evidence for a name behind it."""

    entity: Entity = Entity("NAME/PREFIX", "")

    def find(self, words: Words, i: int) -> Hit | None:
        """The title at token `i`."""
        return Hit(i, i, words.start(i), words.end(i), self.entity, 0.0)


AnyNameForm = NameForm | BrokenForm | UmlautForm | PluralForm | TitleForm


def _around(words: Words, i: int, form: tuple[str, ...], at: int) -> tuple[int, int] | None:
    """First and last token of `form` around token `i`, or None where another word stands between."""
    first = last = i
    for word in reversed(form[:at]):
        k = words.previous(first)
        if words.word(k) != word or words.gap(k, first).strip(_JOINTS):
            return None
        first = k
    for word in form[at + 1 :]:
        k = words.next(last)
        if words.word(k) != word or words.gap(last, k).strip(_JOINTS):
            return None
        last = k
    return first, last


def name_parts(entity: Entity) -> Iterator[Entity]:
    """An entity for every part of a name that may be mentioned alone, single letters (initials) among them."""
    if entity.value.isalpha() and entity.label in ("NAME/FAMILY", "NAME/GIVEN"):  # one word, the common case
        yield entity
        return
    for label, start, end in split_name(entity.value, entity.label):
        if label not in ("NAME/FAMILY", "NAME/GIVEN"):
            continue
        if (start, end, label) == (0, len(entity.value), entity.label):
            yield entity
        else:
            yield Entity(label, entity.value[start:end], entity.namespace, entity.subject)


def forms_of_part(entity: Entity) -> tuple[tuple[str, AnyNameForm], ...]:
    """Words to look up, each with the form that it may be part of, for one part of a name. None for an initial."""
    return tuple(_forms(entity))


def _forms(entity: Entity) -> Iterator[tuple[str, AnyNameForm]]:
    pieces = tuple(words_of(entity.value))
    whole = "".join(pieces)
    if len(whole) < 2:
        return
    yield whole, NameForm(entity, (whole,), 0, need_of(whole))
    if len(pieces) > 1:
        yield from _compound(entity, pieces)
    bare = whole.rstrip("0123456789")
    if bare != whole and len(bare) > 1:
        yield bare, NameForm(entity, (bare,), 0, need_of(bare))
    if not entity.value.isascii() or "e" in whole or "aa" in whole:
        yield from _umlauts(entity, whole)
    yield from _divided(entity, whole)
    if entity.label == "NAME/GIVEN":
        for name in related_names(whole):
            yield name, NameForm(entity, (name,), 0, FAMILY_BESIDE, 0.8)
    else:
        yield from _plurals(entity, pieces, whole)


def need_of(word: str) -> int:
    """What a name that is the word `word` needs to be found."""
    return EVIDENCE if len(word) < 3 or is_ordinary(word) else ENOUGH


def _compound(entity: Entity, pieces: tuple[str, ...]) -> Iterator[tuple[str, AnyNameForm]]:
    at = max(range(len(pieces)), key=lambda k: len(pieces[k]))
    longest = pieces[at]
    yield longest, NameForm(entity, pieces, at, ENOUGH if len(longest) > 2 else EVIDENCE, 0.95)
    if len(longest) > 3 and (at > 0 or len(pieces[-1]) > 3) and all(p in PARTICLES for p in pieces[:at]):
        yield longest, NameForm(entity, (longest,), 0, need_of(longest), 0.8)


def _plurals(entity: Entity, pieces: tuple[str, ...], whole: str) -> Iterator[tuple[str, AnyNameForm]]:
    for plural in plurals_of(whole):
        yield plural, PluralForm(entity, (plural,), whole)
    if len(pieces) > 1:
        for plural in plurals_of(pieces[-1]):
            yield plural, PluralForm(entity, (*pieces[:-1], plural), whole)
            if all(piece in PARTICLES for piece in pieces[:-1]):
                yield plural, PluralForm(entity, (plural,), pieces[-1])


def _divided(entity: Entity, whole: str) -> Iterator[tuple[str, AnyNameForm]]:
    """``McDonald`` as ``Mc Donald``, ``ONeil`` as ``O'Neil``, and long names cut by a line end."""
    for prefix in _PREFIXES:
        if whole.startswith(prefix) and len(whole) - len(prefix) > 3:
            rest = whole[len(prefix) :]
            yield rest, NameForm(entity, (prefix, rest), 1)
    if len(whole) >= _SHORTEST_SPLIT and whole.isalpha():
        for cut in range(3, len(whole) - 2):
            yield whole[:cut], BrokenForm(entity, whole[cut:])


def _umlauts(entity: Entity, whole: str) -> Iterator[tuple[str, AnyNameForm]]:
    written = entity.value.lower()
    if any(u in written for u in _UMLAUTS):
        for umlaut, expanded in _UMLAUTS.items():
            written = written.replace(umlaut, expanded)
        spelled = "".join(words_of(written))
        yield spelled, NameForm(entity, (spelled,), 0, need_of(spelled))
    pairs = [("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")]
    if any(expanded in whole for expanded, _ in pairs):
        for expanded, base in pairs:
            whole = whole.replace(expanded, base)
        yield whole, UmlautForm(entity)


def near_spellings(word: str) -> set[str]:
    """`word` and what remains of it without any one letter: two words at edit distance 1 share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def is_one_edit_apart(a: str, b: str) -> bool:
    """Whether one letter inserted, dropped or changed, or two neighbours swapped, makes `a` into `b`."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    head = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[head:], b[head:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]
