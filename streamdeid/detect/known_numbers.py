"""Known identifiers, telephone numbers and postal codes, however a text groups and punctuates them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.detect.known_text import Hit, Words, word_set, words_of
from streamdeid.types import Entity

_SEPARATORS = " -./()\r\n\t"
_MOST_GROUPS = 9
_SHORTEST_GROUPED = 6  # fewer characters have to stand together
_GLUED = ((2, ("id",)), (3, ("mrn", "ssn")), (4, ("acct",)))  # by length; against the number: MRN123456
_EXTENSION = re.compile(r"(?i)\s*(?:x|ext\.?|extension|#)\s*\d+\s*$")
_OF_ID = word_set("mrn id no num nr number acct account ssn chart record visit case nhs hcn dl patient pt")
_UNITS = word_set("""
    mg g kg mcg ug ng pg ml l dl cc mm cm m in ft lb lbs oz iu u units unit meq mmol mol mmhg hz khz mhz gy cgy rad bpm
    beats cells percent years yrs yo days hours hrs hr min mins minutes seconds sec ms weeks months times x copies
    patients pounds inches feet degrees kcal cal calories steps dollars k ppm ph
    """)


class Number(NamedTuple):
    """What a run of letters and digits means. `skip` characters in front are no part of it; `grouped`: it may also
    stand in pieces."""

    entity: Entity
    score: float = 0.95
    grouped: bool = True
    skip: int = 0


class NumberForms(NamedTuple):
    """One entity's `forms` by their characters without punctuation, and the `leads`, first groups in which pieces
    may begin."""

    forms: tuple[tuple[str, Number], ...]
    leads: tuple[str, ...]


def numbers_of(entity: Entity) -> NumberForms:
    """The numbers to look for because `entity` (ID, CONTACT/PHONE, CONTACT/FAX, LOCATION/ZIP) is known."""
    if entity.label.startswith("CONTACT"):
        forms = dict(_phone_forms(entity))
    elif entity.label == "LOCATION/ZIP":
        forms = dict(_zip_forms(entity))
    else:
        forms = dict(_id_forms(entity))
    leads = {lead: None for form, number in forms.items() if number.grouped for lead in _leads(form)}
    groups = words_of(entity.value)
    if len(groups) > 1:
        leads[groups[0]] = None
    return NumberForms(tuple(forms.items()), tuple(leads))


def _leads(form: str) -> Iterator[str]:
    digits = len(form) if form.isdigit() else len(form) - len(form.lstrip("0123456789"))
    for length in range(2, min(7, len(form), digits + 1)):
        yield form[:length]
    if not digits:
        letters = len(form.rstrip("0123456789"))
        if 0 < letters < len(form):
            yield form[:letters]


def _id_forms(entity: Entity) -> Iterator[tuple[str, Number]]:
    value = re.sub(r"(?i)^urn:(?:uuid|oid):", "", entity.value)
    form = "".join(words_of(value))
    yield form, Number(entity)
    if not form.isdigit():
        return
    bare = form.lstrip("0")
    for skip, labels in _GLUED:
        glued = Number(entity, grouped=False, skip=skip)
        for label in labels:
            yield label + form, glued
            if bare != form:
                yield label + bare, glued
    if len(bare) > 4 and entity.label != "ID/SSN":
        padded = Number(entity, 0.9, grouped=False)
        for zeros in range(5):
            if zeros != len(form) - len(bare):
                yield "0" * zeros + bare, padded


def _phone_forms(entity: Entity) -> Iterator[tuple[str, Number]]:
    value = _EXTENSION.sub("", entity.value)
    digits = "".join(w for w in words_of(value) if w.isdigit())
    foreign = digits[2:] if digits.startswith("00") else digits if value.lstrip().startswith("+") else ""
    yield digits, Number(entity)
    if len(digits) == 11 and digits.startswith("1"):
        yield from _national(entity, digits[1:])
    elif len(digits) == 10:
        yield from _national(entity, digits)
    if foreign and not foreign.startswith("1"):
        yield foreign, Number(entity)
        yield "00" + foreign, Number(entity)
        for code in (1, 2, 3):
            if len(foreign) - code >= 8:
                yield "0" + foreign[code:], Number(entity, 0.9)
                yield foreign[code:], Number(entity, 0.8)
    elif digits.startswith("0") and len(digits) >= 9:
        yield digits.lstrip("0"), Number(entity, 0.9)


def _national(entity: Entity, digits: str) -> Iterator[tuple[str, Number]]:
    yield digits, Number(entity)
    yield "1" + digits, Number(entity)
    yield digits[3:], Number(entity, 0.7)


def _zip_forms(entity: Entity) -> Iterator[tuple[str, Number]]:
    form = "".join(words_of(entity.value))
    yield form, Number(entity)
    if len(form) == 9 and form.isdigit():
        yield form[:5], Number(entity, 0.9)
    elif 5 <= len(form) <= 7 and not form.isdigit():
        yield form, Number(entity)


class NumberFinder:
    """The numbers of all entities, found together: the time does not grow with how many there are."""

    def __init__(self) -> None:
        self._forms: dict[str, Number] = {}
        self._leads: set[str] = set()
        self._sorted: list[str] = []

    def add(self, numbers: NumberForms) -> Iterator[str]:
        """Look for `numbers` too; gives the tokens at which to call `find`."""
        for form, number in numbers.forms:
            self._forms.setdefault(form, number)
            yield form
        self._leads.update(numbers.leads)
        yield from numbers.leads

    def find(self, words: Words, i: int) -> Hit | None:
        """The known number that begins with token `i`: the token itself, or it and the groups behind it."""
        token = words.tokens[i]
        number = self._forms.get(token)
        best = (i, number) if number and _stands_alone(words, i, token, number) else None
        if token in self._leads:
            best = self._grouped(words, i) or best
        if not best:
            return None
        last, found = best
        start, end = words.start(i) + found.skip, words.end(last)
        if found.entity.label.startswith("CONTACT"):
            start = _with_country(words, i, start)
        elif found.entity.label == "LOCATION/ZIP":
            end = _with_plus_four(words, last, end)
        return Hit(i, last, start, end, found.entity, found.score)

    def _grouped(self, words: Words, i: int) -> tuple[int, Number] | None:
        best = None
        run, last = words.tokens[i], i
        for _ in range(_MOST_GROUPS):
            k = words.next(last)
            if k < 0 or k - last > 3:
                break
            run += words.tokens[k]
            if not self._begins(run) or words.gap(last, k).strip(_SEPARATORS):
                break
            last = k
            number = self._forms.get(run)
            if number and number.grouped and _may_be_grouped(run):
                best = (last, number)
        return best

    def _begins(self, run: str) -> bool:
        """Whether some form begins with `run`."""
        if len(self._sorted) != len(self._forms):
            self._sorted = sorted(self._forms)
        at = bisect_left(self._sorted, run)
        return at < len(self._sorted) and self._sorted[at].startswith(run)


def _may_be_grouped(run: str) -> bool:
    return len(run) >= _SHORTEST_GROUPED or not run.isdigit()


def _stands_alone(words: Words, i: int, token: str, number: Number) -> bool:
    if not token.isdigit():
        return not token.isalpha() or words.cased(i) in number.entity.value
    if len(token) > 5:
        return True
    if _is_measured(words, i):
        return False
    return len(token) > 4 or not token.startswith(("19", "20")) or _is_cued(words, i)


def _is_measured(words: Words, i: int) -> bool:
    """Whether token `i` is an amount: part of a decimal or a longer number, or before a unit."""
    folded, start, end = words.folded, words.start(i), words.end(i)
    if folded[max(0, start - 1) : start] in ("$", "£", "€"):
        return True
    if folded[end : end + 1] == "%" or (folded[end : end + 1] in (".", ",") and folded[end + 1 : end + 2].isdigit()):
        return True
    if folded[max(0, start - 1) : start] in (".", ",") and folded[max(0, start - 2) : start - 1].isdigit():
        return True
    k = words.next(i)
    return words.word(k) in _UNITS and not words.gap(i, k).strip(" -")


def _is_cued(words: Words, i: int) -> bool:
    k = words.previous(i)
    start = words.start(i)
    return words.word(k) in _OF_ID or words.folded[max(0, start - 2) : start].strip().endswith("#")


def _with_country(words: Words, i: int, start: int) -> int:
    """The start of a telephone number, moved before its country code and opening bracket."""
    folded = words.folded
    if folded[max(0, start - 1) : start] == "(":
        start -= 1
    k = words.previous(i)
    code = words.word(k)
    if code.isdigit() and len(code) < 4 and not words.gap(k, i).strip(" -.("):
        before = folded[max(0, words.start(k) - 1) : words.start(k)]
        if before == "+" or code in ("1", "001"):
            start = words.start(k)
    return start - 1 if folded[max(0, start - 1) : start] == "+" else start


def _with_plus_four(words: Words, last: int, end: int) -> int:
    k = words.next(last)
    more = words.word(k)
    return words.end(k) if len(more) == 4 and more.isdigit() and words.gap(last, k) == "-" else end
