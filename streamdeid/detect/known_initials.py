"""The initials of a known person: ``MQG`` and ``M.Q.G.`` of Maria Q Garcia, ``E. S.`` of Emily Smith.

Three letters or more are somebody's initials where they have no meaning in medicine and are no word; two where points
stand behind them, or where the text says that they are initials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from streamdeid.detect.clinical_words import medical_words
from streamdeid.detect.known_names import DEGREES, PARTICLES, SUFFIXES
from streamdeid.detect.known_text import Hit, Words, word_set, words_of
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.rules.words import COMMON, GIVEN, SURNAMES
from streamdeid.types import Entity

_FAMILY, _GIVEN = "NAME/FAMILY", "NAME/GIVEN"
_TWO, _MOST = 2, 5
_SAYS_SO = word_set("initials initial initialed initialled signed signature")
_PATIENTS = word_set("pt pts patient client")
#: What people do, and what is measured in them does not.
_OF_PEOPLE = word_set("""
    seen states stated reports reported denies denied came comes presents presented says said agrees agreed lives called
    complains complained wants wishes arrived admitted discharged
    """)
# Pairs of letters that are written with points and are nobody's initials: times, degrees, routes, places, Latin.
_POINTED = word_set("""
    ac ad ae al am as au ba bc bm bp bs ca co cv dc dm do ds dr ed eg er et fh fl gi gp gu hr hs ia ie ii im in ip iq is
    it iv jr la lp lt ma mb md mi mr ms nd ne nj no np ns ny oa ob od op or os ot ou pa pc ph pm po pr ps pt qd qh ra rd
    rn rr rt rx sc sd sh sl so sq sr st tb tc tv tx uk un us va vd vs wa wc wv
    """)
_MONTHS_AND_DAYS = word_set("jan feb mar apr jun jul aug sep oct nov dec mon tue wed thu fri sat sun iii vii xii xiv")
_WORDS = (COMMON, GIVEN, SURNAMES, DEGREES, SUFFIXES, _MONTHS_AND_DAYS)
_TIES = frozenset("-_^@#&")
_VOWELS = frozenset("aeiou")


class InitialsForm(NamedTuple):
    """First letters, of which the first or all in one are looked up. `entity` is the whole name."""

    entity: Entity
    letters: str

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention that begins with token `i`."""
        if words.tokens[i] == self.letters:
            return self._hit(words, i, i, 0) if self._in_one(words, i) else None
        last = i
        gaps = set()
        for letter in self.letters[1:]:
            k = words.next(last)
            if words.word(k) != letter:
                return None
            gaps.add(words.gap(last, k))
            last = k
        if gaps in ({"."}, {". "}) and self._pointed(words, i, last, gaps == {". "}):
            return self._hit(words, i, last, 1)
        return None

    def _hit(self, words: Words, first: int, last: int, points: int) -> Hit:
        return Hit(first, last, words.start(first), words.end(last) + points, self.entity, 0.8)

    def _in_one(self, words: Words, i: int) -> bool:
        """Capitals in one: as initials of themselves, behind a word that says so, or of a patient."""
        if not words.cased(i).isupper() or _is_of_a_code(words, i):
            return False
        before = words.previous(i)
        cue = words.word(before) if before >= 0 and not words.gap(before, i).strip(" :,-") else ""
        if cue in _SAYS_SO:
            return not (words.is_flat(i) and self.letters in COMMON)
        if len(self.letters) > _TWO:
            return not _is_a_word(self.letters) and not (words.is_flat(i) and _VOWELS.intersection(self.letters))
        if cue not in _PATIENTS or self.letters in COMMON:
            return False
        return not _is_a_word(self.letters) or words.word(words.next(i)) in _OF_PEOPLE

    def _pointed(self, words: Words, first: int, last: int, spaced: bool) -> bool:
        """Capitals with a point behind each, that are not a part of more of them, nor before somebody's surname."""
        written = words.written(words.start(first), words.end(last) + 1)
        if not written.isupper() or written[-1] != "." or self._is_known_abbreviation():
            return False
        before, behind = words.previous(first), words.next(last)
        if before >= 0 and len(words.word(before)) == 1 and words.gap(before, first).startswith("."):
            return False
        word = words.word(behind)
        if len(word) == 1 and words.gap(last, behind) in ((".", ". ") if spaced else (".",)):
            return False
        if word in SURNAMES and word not in COMMON and words.cased(behind)[0].isupper():
            return False
        return not (spaced and word in medical_words())

    def _is_known_abbreviation(self) -> bool:
        if len(self.letters) == _TWO:
            return self.letters in _POINTED
        return self.letters in DEGREES or self.letters in medical_words()


def initials_forms(stated: Iterable[tuple[Entity, Sequence[Entity]]]) -> Iterator[tuple[str, InitialsForm]]:
    """Words to look up, each with the form that it may be part of. `stated` are the values of a message in its order,
    with the parts of those that are names."""
    for parts in _whole_names(stated):
        given = [part for part in parts if part.label == _GIVEN]
        family = [part for part in parts if part.label == _FAMILY]
        if given and family:
            for givens, families in {*product((len(given), 1), (len(family), 1))}:
                yield from _forms(given[:givens], family[:families])


def _forms(given: Sequence[Entity], family: Sequence[Entity]) -> Iterator[tuple[str, InitialsForm]]:
    value = f"{' '.join(p.value for p in family)}, {' '.join(p.value for p in given)}"
    entity = Entity("NAME/FULL", value, "", given[0].subject)
    first, last = _letters(given), _letters(family)
    orders = {first + last, last + first} if len(first + last) > _TWO else {first + last}
    for letters in orders:
        if _TWO <= len(letters) <= _MOST:
            form = InitialsForm(entity, letters)
            yield letters, form
            yield letters[0], form


def _letters(parts: Sequence[Entity]) -> str:
    firsts = []
    for part in parts:
        words = words_of(part.value)
        firsts += [word[0] for word in words if word not in PARTICLES or len(words) == 1][-1:]
    return "".join(letter for letter in firsts if letter.isalpha())


def _whole_names(stated: Iterable[tuple[Entity, Sequence[Entity]]]) -> Iterator[list[Entity]]:
    """The parts of each name, as far as the message states them next to one another."""
    run: list[Entity] = []
    for entity, parts in stated:
        if entity.label in (_FAMILY, _GIVEN):
            if run and not _goes_on(run, entity):
                yield run
                run = []
            run.extend(parts)
        elif parts or not entity.label.startswith("NAME"):
            yield run
            run = []
            yield list(parts)
    yield run


def _goes_on(run: Sequence[Entity], entity: Entity) -> bool:
    last = run[-1]
    switches = sum(one.label != other.label for one, other in pairwise(run))
    return entity.subject == last.subject and (entity.label == last.label or not switches)


def _is_of_a_code(words: Words, i: int) -> bool:
    """Whether a hyphen or the like ties it to something else."""
    start, end = words.start(i), words.end(i)
    return not _TIES.isdisjoint(words.folded[max(start - 1, 0) : start] + words.folded[end : end + 1])


def _is_a_word(letters: str) -> bool:
    return is_ordinary(letters) or any(letters in words for words in _WORDS) or letters in medical_words()
