"""Which of the name forms found in a text are mentions, and what stands beside them: initials, slips of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streamdeid.detect.known_eponyms import is_acronym, is_eponym
from streamdeid.detect.known_name_forms import (
    ENOUGH,
    EVIDENCE,
    FAMILY_BESIDE,
    is_one_edit_apart,
    near_spellings,
)
from streamdeid.detect.known_names import TITLES
from streamdeid.detect.known_text import Hit, Words, fold, word_set
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.rules.words import COMMON, GIVEN, SURNAMES
from streamdeid.types import Entity

_CUES = word_set("name names patient pt surname lastname firstname mother father spouse wife husband son")
_NAMED = word_set("named surname called")
# Words that are written with a capital in the middle of a sentence without being anybody's name.
_CAPITAL_ANYWAY = word_set("""
    may april june july august march january february september october november december autumn summer winter spring
    monday tuesday wednesday thursday friday saturday sunday easter white black brown asian english french german
    irish welsh latin america canada london i a ward page hall church street lane road hill park court foley
    """)
_GIVEN_FIRST = ("NAME/GIVEN", "NAME/FAMILY")
_FAMILY_FIRST = ("NAME/FAMILY", "NAME/GIVEN")
_TITLE = Entity("NAME/PREFIX", "")
# From how many letters on a name may miss one or have one changed, and from how many on two swapped or one doubled:
# Mario is nobody's Maria, but Jhon is John.
_SHORTEST_MISSPELT, _SHORTEST_MISTYPED = 6, 4
_BLANKS = " \t\r\n"


class _Neighbour(NamedTuple):
    hit: Hit
    left: bool
    gap: str  # stripped of blanks


def _title(i: int) -> Hit:
    return Hit(i, i, 0, 0, _TITLE, 0.0)


class Names:
    """The names of a message beyond their forms: initials, and the words that may be misspelt."""

    def __init__(self, parts: Iterable[Entity], spellings: Iterable[tuple[str, Entity]]) -> None:
        self.initials: dict[str, list[Entity]] = {}
        for part in parts:
            self.initials.setdefault(fold(part.value)[:1], []).append(part)
        self._spellings = [(w, e) for w, e in spellings if len(w) >= _SHORTEST_MISTYPED and w.isalpha()]
        self._near: dict[str, list[tuple[str, Entity]]] | None = None

    def misspelt(self, word: str) -> Entity | None:
        """The name that `word` (folded) misses by one letter, if any; a short one only by a slip of the fingers."""
        if len(word) < _SHORTEST_MISTYPED or not word.isalpha() or is_ordinary(word):
            return None
        if self._near is None:
            self._near = {}
            for name, entity in self._spellings:
                for near in near_spellings(name):
                    self._near.setdefault(near, []).append((name, entity))
        for near in near_spellings(word):
            for name, entity in self._near.get(near, ()):
                if is_one_edit_apart(name, word) and (len(name) >= _SHORTEST_MISSPELT or _is_mistyped(name, word)):
                    return entity
        return None


def _is_mistyped(name: str, word: str) -> bool:
    """Whether `word`, one edit apart from `name`, has two letters swapped, without being a name itself, or one letter
    doubled."""
    if word in COMMON:
        return False
    if len(word) == len(name):
        return sorted(word) == sorted(name) and word not in GIVEN and word not in SURNAMES
    shorter, longer = sorted((name, word), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)) if longer[i] == longer[i - 1])


def mentions(words: Words, hits: list[Hit], names: Names) -> Iterator[Hit]:
    """Of all name forms and titles found, those that are mentions, scored, and the initials and misspelt parts
    beside them."""
    judge = _Judge(words, hits, names)
    accepted = [hit for hit in map(judge.score, hits) if hit]
    yield from accepted
    taken = {i for hit in accepted for i in range(hit.first, hit.last + 1)}
    for hit in accepted:
        yield from judge.initials(hit, taken)
    for hit in [*accepted, *(h for h in hits if h.entity.label == _TITLE.label)]:
        yield from judge.slips(hit, taken)


def _joins(gap: str) -> bool:
    """Whether what stands between two words lets them be parts of one name."""
    return gap.count("\n") < 2 and (gap == "." or gap.strip(_BLANKS) in ("", ",", "-", "^", "_", '"', "'", "(", ")"))


def _in_order(hit: Hit, neighbour: _Neighbour) -> bool:
    """Given before family, or family, comma, given: tells which of two labels a word bears, and names from verbs."""
    first, second = (neighbour.hit, hit) if neighbour.left else (hit, neighbour.hit)
    labels = first.entity.label, second.entity.label
    return labels == (_FAMILY_FIRST if neighbour.gap in (",", "^") else _GIVEN_FIRST)


class _Judge:
    def __init__(self, words: Words, hits: list[Hit], names: Names) -> None:
        self._words = words
        self._names = names
        self._begins: dict[int, list[Hit]] = {}
        self._ends: dict[int, list[Hit]] = {}
        for hit in hits:
            if hit.entity.label == _TITLE.label:
                continue
            self._begins.setdefault(hit.first, []).append(hit)
            self._ends.setdefault(hit.last, []).append(hit)

    def score(self, hit: Hit) -> Hit | None:
        """The hit with its final score, or None where it is not a mention."""
        if hit.entity.label == _TITLE.label:
            return None
        words = self._words
        neighbours = [*self._left(hit), *self._right(hit)]
        titled = any(n.hit.entity.label == _TITLE.label for n in neighbours)
        if not titled and is_eponym(words, hit):
            return None
        capital = words.cased(hit.first)[:1].isupper()
        need = hit.need
        if need == ENOUGH and is_acronym(words, hit):
            need = EVIDENCE
        if need == ENOUGH:
            beside = any(n.hit.entity.label != hit.entity.label for n in neighbours)
            gain = 0.08 if beside else 0.0 if capital else -0.15
            order = 0.01 if any(_in_order(hit, n) for n in neighbours) else 0.0
            return hit._replace(score=min(hit.score + gain + order, 0.99))
        score = self._with_evidence(hit._replace(need=need), neighbours, titled, capital)
        return hit._replace(score=score) if score else None

    def _with_evidence(self, hit: Hit, neighbours: list[_Neighbour], titled: bool, capital: bool) -> float:
        words = self._words
        if titled:
            return 0.9
        flat = words.is_flat(hit.first)
        if not flat and not capital:
            return 0.0
        if any(self._supports(hit, n, flat) for n in neighbours):
            return 0.88
        if hit.need == FAMILY_BESIDE:
            return 0.0
        if self._beside_initial(hit) or self._is_cued(hit):
            return 0.85
        if flat or hit.end - hit.start < 3:
            return 0.0
        if words.word(words.next(hit.last)) == "s" and words.gap(hit.last, words.next(hit.last)) == "'":
            return 0.6
        return 0.5 if self._stands_out(hit) else 0.0

    def _left(self, hit: Hit) -> Iterator[_Neighbour]:
        """Titles and parts directly before, or with a single letter between."""
        words = self._words
        first = hit.first
        for _ in range(2):
            k = words.previous(first)
            if k < 0:
                return
            gap = words.gap(k, first)
            if words.word(k) in TITLES and gap.strip(_BLANKS) in ("", "."):
                yield _Neighbour(_title(k), True, "")
                return
            for other in self._ends.get(k, ()) if _joins(gap) else ():
                yield _Neighbour(other, True, gap.strip(_BLANKS))
            if k in self._ends or len(words.tokens[k]) > 1 or gap.strip(_BLANKS) not in ("", ".", ","):
                return
            first = k

    def _right(self, hit: Hit) -> Iterator[_Neighbour]:
        """Parts directly behind, or with a single letter between."""
        words = self._words
        last = hit.last
        for _ in range(2):
            k = words.next(last)
            if k < 0:
                return
            gap = words.gap(last, k)
            if not (_joins(gap) or (last != hit.last and gap.strip(_BLANKS) == ".")):
                return
            for other in self._begins.get(k, ()):
                yield _Neighbour(other, False, gap.strip(_BLANKS))
            if k in self._begins or len(words.tokens[k]) > 1 or gap.strip(_BLANKS) not in ("", ","):
                return
            last = k

    def _supports(self, hit: Hit, neighbour: _Neighbour, flat: bool) -> bool:
        """Whether the part beside makes an ordinary word, a short one or a pet name part of a name."""
        other = neighbour.hit
        if other.entity.value.lower() == hit.entity.value.lower():
            return False
        if hit.need == FAMILY_BESIDE and other.entity.label != "NAME/FAMILY":
            return False
        if not flat:
            return any(self._words.cased(i)[:1].isupper() for i in (other.first, other.last))
        return _in_order(hit, neighbour) or not is_ordinary(self._words.word(hit.first))

    def _is_cued(self, hit: Hit) -> bool:
        """``Name: White``, ``Patient: White``, ``a woman named Grace``."""
        words = self._words
        k = words.previous(hit.first)
        word = words.word(k)
        if word not in _CUES and word not in _NAMED:
            return False
        gap = words.gap(k, hit.first).strip(_BLANKS)
        return (gap == ":" and word in _CUES) or (not gap and (word in _NAMED or word == "surname"))

    def _begins_sentence(self, hit: Hit) -> bool:
        words = self._words
        k = words.previous(hit.first)
        if not words.word(k):
            return True
        gap = words.gap(k, hit.first)
        return "\n" in gap or "\r" in gap or gap.strip(_BLANKS) not in ("", ",", "-", "(")

    def _stands_out(self, hit: Hit) -> bool:
        """A capital in the middle of a sentence, with plain words on both sides."""
        words = self._words
        if words.word(hit.first) in _CAPITAL_ANYWAY or self._begins_sentence(hit) or hit.first != hit.last:
            return False
        if not words.cased(hit.first)[1:].islower():
            return False
        before, after = words.previous(hit.first), words.next(hit.last)
        if not words.cased(before).islower():
            return False
        behind = words.cased(after) if words.word(after) else ""
        return not behind or behind.islower() or words.gap(hit.last, after).strip(_BLANKS)[:1] in (".", ",", ";")

    def _beside_initial(self, hit: Hit) -> bool:
        return hit.entity.label == "NAME/FAMILY" and any(True for _ in self._known_initials(hit))

    def _known_initials(self, hit: Hit) -> Iterator[Hit]:
        """``J.`` in ``J. Doe`` and ``Doe, J.``: the initial of a known given name beside a family name."""
        words = self._words
        for k, left in ((words.previous(hit.first), True), (words.next(hit.last), False)):
            letter = words.word(k)
            if len(letter) != 1 or not words.cased(k).isupper():
                continue
            gap = words.gap(k, hit.first) if left else words.gap(hit.last, k)
            if gap.strip(_BLANKS) not in (("", ".") if left else ("", ",")):
                continue
            if letter in "ai" and not self._has_period(k):
                continue
            for entity in self._names.initials.get(letter, ()):
                if entity.label == "NAME/GIVEN":
                    yield Hit(k, k, words.start(k), words.end(k), entity, 0.85)
                    break

    def _has_period(self, k: int) -> bool:
        end = self._words.end(k)
        return self._words.folded[end : end + 1] == "."

    def initials(self, hit: Hit, taken: set[int]) -> Iterator[Hit]:
        """Initials beside the mention `hit`; their tokens are added to `taken`."""
        found = list(self._known_initials(hit)) if hit.entity.label == "NAME/FAMILY" else []
        if hit.entity.label == "NAME/GIVEN":
            found.extend(self._middle(hit))
        for initial in found:
            if initial.first not in taken:
                taken.add(initial.first)
                yield initial

    def _middle(self, hit: Hit) -> Iterator[Hit]:
        """``Q.`` in ``John Q. Doe`` and ``Doe, John Q.``, known or not; ``D.`` in ``John D.``."""
        words = self._words
        k = words.next(hit.last)
        letter = words.word(k)
        if len(letter) != 1 or not letter.isalpha() or words.gap(hit.last, k).strip(_BLANKS):
            return
        if not words.cased(k).isupper():
            return
        family = any(n.hit.entity.label == "NAME/FAMILY" for n in (*self._left(hit), *self._right(hit)))
        known = [e for e in self._names.initials.get(letter, ()) if e != hit.entity]
        given = next((e for e in known if e.label == "NAME/GIVEN"), None)
        followed = any(not n.left for n in self._right(hit))
        if family and (followed or given or self._has_period(k)):
            entity = given or Entity("NAME/GIVEN", letter.upper(), "", hit.entity.subject)
        elif known and self._has_period(k):
            entity = known[0]
        else:
            return
        yield Hit(k, k, words.start(k), words.end(k), entity, 0.8)

    def slips(self, hit: Hit, taken: set[int]) -> Iterator[Hit]:
        """A misspelt part beside a mention or behind a title; its token is added to `taken`."""
        words = self._words
        title = hit.entity.label == _TITLE.label
        sides = [words.next(hit.last)] if title else [words.next(hit.last), words.previous(hit.first)]
        for k in sides:
            if k in taken or not words.word(k):
                continue
            gap = words.gap(hit.last, k) if k > hit.last else words.gap(k, hit.first)
            if not (_joins(gap) or (title and gap.strip(_BLANKS) == ".")):
                continue
            entity = self._names.misspelt(words.word(k))
            if entity and entity != hit.entity and (words.cased(k)[0].isupper() or words.is_flat(k)):
                taken.add(k)
                yield Hit(k, k, words.start(k), words.end(k), entity, 0.7)
