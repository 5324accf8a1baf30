"""The known-patient detector: mentions, in any text, of what the message itself states in its structured fields.

Every stated value has a few forms, each filed under one word. A text is folded and cut into words once; the words
that have forms filed are looked at more closely, so that the time goes with the length of the text, whatever the
number of values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import compress, filterfalse
from typing import NamedTuple

from streamdeid.detect.known_dates import AnyDateForm, date_forms
from streamdeid.detect.known_distinctive import is_distinctive
from streamdeid.detect.known_evidence import Names, mentions
from streamdeid.detect.known_initials import InitialsForm, initials_forms
from streamdeid.detect.known_name_forms import (
    ENOUGH,
    AnyNameForm,
    NameForm,
    TitleForm,
    forms_of_part,
    name_parts,
)
from streamdeid.detect.known_names import NamePart, split_name
from streamdeid.detect.known_numbers import NumberFinder, NumberForms, numbers_of
from streamdeid.detect.known_places import AnyPlaceForm, exact_forms, place_forms
from streamdeid.detect.known_text import Hit, Words, fold
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.types import Entity, Span

__all__ = ["KnownDetector", "NamePart", "is_distinctive", "is_ordinary", "split_name"]

AnyForm = AnyNameForm | InitialsForm | AnyDateForm | AnyPlaceForm

_NO_NUMBERS = NumberForms((), ())
_TITLE_FORM = TitleForm()
_TITLES_TO_READ = ("mr", "mrs", "ms", "dr", "miss", "prof", "mister")  # a misspelt name is sought behind these
# Scripts written without blanks between words: Thai, Lao, Khmer, Burmese, Han, kana; and Hangul, which adds particles.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


_ELECTRONIC = re.compile(r"@|://|^\s*www\.|[a-z]\.[a-z]|^\s*\d{1,3}(?:\.\d{1,3}){3}\s*$", re.IGNORECASE)


class _Known(NamedTuple):
    """What one entity adds to a detector."""

    forms: tuple[tuple[str, AnyForm], ...] = ()
    numbers: NumberForms = _NO_NUMBERS
    parts: tuple[Entity, ...] = ()
    spellings: tuple[tuple[str, Entity], ...] = ()
    unspaced: tuple[tuple[str, Entity], ...] = ()


@lru_cache(maxsize=8192)
def _known(entity: Entity) -> _Known:
    family, _, kind = entity.label.partition("/")
    if family == "NAME" and kind not in ("USER", "PREFIX", "SUFFIX", "DEGREE"):
        return _known_name(entity)
    if not is_distinctive(entity):
        return _Known()
    if family == "LOCATION" and _UNSPACED.search(entity.value):
        return _Known(unspaced=((fold(entity.value).strip(), entity),))
    if family == "DATE":
        return _Known(date_forms(entity))
    if entity.label in ("LOCATION/GEO", "NAME/USER") or _is_written(entity):
        return _Known(exact_forms(entity))
    if family in ("ID", "CONTACT") or entity.label == "LOCATION/ZIP":
        return _Known(numbers=numbers_of(entity))
    return _Known(place_forms(entity)) if family == "LOCATION" else _Known()


def _known_name(entity: Entity) -> _Known:
    parts = tuple(name_parts(entity))
    telling = [part for part in parts if is_distinctive(part)]
    spaced = [part for part in telling if not _UNSPACED.search(part.value)]
    forms = tuple(form for part in spaced for form in forms_of_part(part))
    spellings = tuple((w, f.entity) for w, f in forms if isinstance(f, NameForm) and f.need == ENOUGH)
    unspaced = tuple((fold(p.value).strip(), p) for p in telling if p not in spaced and len(p.value) > 1)
    return _Known(forms, parts=parts, spellings=spellings, unspaced=unspaced)


def _is_written(entity: Entity) -> bool:
    """Whether it is an electronic address, found only as it is written."""
    if entity.label == "CONTACT/ANY":
        return bool(_ELECTRONIC.search(entity.value))
    return entity.label in ("CONTACT/EMAIL", "CONTACT/URL", "CONTACT/IP")


class KnownDetector:
    """Finds every mention of `entities` in a text: names in any order, case and spelling, by initial or pet name;
    numbers however punctuated; addresses and dates however written.

    Call it with a text, or `find_all` with many, which is much faster for many short ones. Names that are plain
    words as well (`is_ordinary`) are found only with evidence beside them; values that name nobody
    (`is_distinctive`) never. A span's `entity` is the value that it mentions; of a full name, the part: ``John A
    Doe`` is three spans. Spans of one text are in order and do not overlap. Never raises.
    """

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._forms: dict[str, list[AnyForm]] = {}
        self._numbers = NumberFinder()
        self._unspaced: dict[str, Entity] = {}
        parts: dict[Entity, None] = {}
        spellings: list[tuple[str, Entity]] = []
        stated = [(entity, _known(entity)) for entity in dict.fromkeys(entities)]
        for word, form in initials_forms((entity, known.parts) for entity, known in stated):
            self._forms.setdefault(word, []).append(form)
        for _, known in stated:
            for part in known.parts:
                parts[part] = None
            self._add(known)
            spellings.extend(known.spellings)
        if spellings:
            for title in _TITLES_TO_READ:
                self._forms.setdefault(title, []).append(_TITLE_FORM)
        self._names = Names(parts, spellings)

    def _add(self, known: _Known) -> None:
        forms = self._forms
        for word, form in known.forms:
            forms.setdefault(word, []).append(form)
        for token in self._numbers.add(known.numbers):
            forms.setdefault(token, [])
        for value, entity in known.unspaced:
            self._unspaced.setdefault(value, entity)

    def __call__(self, text: str) -> list[Span]:
        """The mentions in `text`."""
        return self.find_all((text,))[0]

    def find_all(self, texts: Sequence[str]) -> list[list[Span]]:
        """The mentions in each of `texts`."""
        found: dict[str, list[Span]] = {text: [] for text in texts}
        if self._forms or self._unspaced:
            plain = list(filter(str.isascii, found))
            self._read(plain, found)
            if len(plain) < len(found):
                self._read(list(filterfalse(str.isascii, found)), found)
        return [list(found[text]) for text in texts]

    def _read(self, texts: list[str], found: dict[str, list[Span]]) -> None:
        if not texts:
            return
        words = Words(texts)
        for hit in _apart(self._hits(words)):
            start, end = words.place(hit.start), words.place(hit.end)
            text = words.text_at(start)
            offset = words.bounds[text]
            if start < end:
                span = Span(start - offset, end - offset, hit.entity.label, hit.score, "known", hit.entity)
                found[texts[text]].append(span)

    def _hits(self, words: Words) -> Iterator[Hit]:
        forms, numbers = self._forms, self._numbers
        names: list[Hit] = []
        tokens = words.tokens
        for i in compress(range(len(tokens)), map(forms.__contains__, tokens)):
            token = tokens[i]
            for form in forms[token]:
                hit = form.find(words, i)
                if hit is None:
                    continue
                if isinstance(form, AnyNameForm):
                    names.append(hit)
                else:
                    yield hit
            number = numbers.find(words, i)
            if number:
                yield number
        if names:
            yield from mentions(words, names, self._names)
        if self._unspaced and not words.folded.isascii():
            yield from self._find_unspaced(words)

    def _find_unspaced(self, words: Words) -> Iterator[Hit]:
        for value, entity in self._unspaced.items():
            at = words.folded.find(value)
            while at >= 0:
                yield Hit(-1, -1, at, at + len(value), entity, 0.9)
                at = words.folded.find(value, at + len(value))


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Of hits that overlap, the longer one, then the surer; in the order of the text."""
    kept: Hit | None = None
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, -h.score)):
        if kept is None or hit.start >= kept.end:
            if kept:
                yield kept
            kept = hit
        elif hit.end - hit.start > kept.end - kept.start:
            kept = hit
    if kept:
        yield kept
