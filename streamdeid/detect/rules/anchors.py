"""Where rules are tried: a text is gone through once for all of them, not once for each.

An anchor is one of
- a word, ``dr``: the pattern is tried wherever it stands as a word;
- digits, ``1-2:/-``: where a run of one or two digits begins that is followed by a slash or a dash (``_`` is
  a blank, ``^`` a newline, nothing after the colon: anything);
- ``a9``: where a word begins that has letters, then digits;
- a text, ``=www.``: wherever it stands (``_`` is a blank again);
- ``~://``: everywhere, if the text after ``~`` is anywhere; ``~dot``, if it is there as a word; ``~/.../``,
  if the pattern is found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Finding, Rule

_WORDS = re.compile(r"[a-z]+")
_NO_LETTER = re.compile(r"[^a-z \n]")
_DIGITS = re.compile(r"[0-9]+")
_DIGITS_ANCHOR = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?:(.*)")
#: Runs of more digits than any rule tells apart.
_LONG_RUN = 40
#: How far before its digits a word of letters and digits may begin.
_LETTERS = 6


class Index:
    """Rules by their anchors."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_word: dict[str, list[Rule]] = defaultdict(list)
        self._gated_by_word: dict[str, list[Rule]] = defaultdict(list)
        self._by_text: dict[str, list[Rule]] = defaultdict(list)
        self._by_digits: list[tuple[int, int, str, Rule]] = []
        self._mixed: list[Rule] = []
        self._gated: list[tuple[Callable[[str], object], Rule]] = []
        self._runs: dict[tuple[int, str], tuple[Rule, ...]] = {}
        for rule in rules:
            for anchor in rule.anchors:
                self._add(anchor, rule)
        self._cues = frozenset(self._by_word) | frozenset(self._gated_by_word)

    def _add(self, anchor: str, rule: Rule) -> None:
        digits = _DIGITS_ANCHOR.fullmatch(anchor)
        if digits is not None:
            following = digits[3].replace("_", " ").replace("^", "\n")
            self._by_digits.append((int(digits[1]), int(digits[2] or digits[1]), following, rule))
        elif anchor == "a9":
            self._mixed.append(rule)
        elif anchor.startswith("="):
            self._by_text[anchor[1:].replace("_", " ")].append(rule)
        elif anchor.startswith("~") and anchor[1:].isalpha():
            self._gated_by_word[anchor[1:]].append(rule)
        elif anchor.startswith("~"):
            self._gated.append((_gate(anchor[1:]), rule))
        else:
            self._by_word[anchor].append(rule)

    def find(self, folded: Folded) -> Iterator[Finding]:
        """All that the rules find in a text. One thing may be found more than once."""
        cues = self._cues & set(_WORDS.findall(folded.lower))
        if cues:
            yield from self._find_words(folded, cues)
        if _NO_LETTER.search(folded.lower):
            yield from self._find_marks(folded)
            yield from self._find_digits(folded)

    def _find_words(self, folded: Folded, cues: Iterable[str]) -> Iterator[Finding]:
        gated: dict[str, Rule] = {}
        for cue in cues:
            gated.update((rule.name, rule) for rule in self._gated_by_word.get(cue, ()))
            rules = self._by_word.get(cue)
            if rules:
                for position in _standing(cue, folded.lower):
                    yield from _tried(rules, position, folded)
        for rule in gated.values():
            yield from _everywhere(rule, folded)

    def _find_marks(self, folded: Folded) -> Iterator[Finding]:
        lower = folded.lower
        for text, rules in self._by_text.items():
            position = lower.find(text)
            while position >= 0:
                yield from _tried(rules, position, folded)
                position = lower.find(text, position + 1)
        for gate, rule in self._gated:
            if gate(lower):
                yield from _everywhere(rule, folded)

    def _find_digits(self, folded: Folded) -> Iterator[Finding]:
        lower = folded.lower
        last = -1
        for run in _DIGITS.finditer(lower):
            start, end = run.span()
            key = (end - start, lower[end : end + 1])
            rules = self._runs.get(key)
            if rules is None:
                rules = self._rules_for(*key)
            if rules:
                yield from _tried(rules, start, folded)
            if start and (lower[start - 1].isalpha() or lower[start - 1] == "-"):
                beginning = _beginning(lower, start)
                if last < beginning < start:
                    yield from _tried(self._mixed, beginning, folded)
                    last = beginning

    def _rules_for(self, length: int, following: str) -> tuple[Rule, ...]:
        """The rules for a run of digits, remembered for the next one like it."""
        rules = tuple(
            rule
            for least, most, characters, rule in self._by_digits
            if least <= min(length, _LONG_RUN) <= most and (not characters or following in set(characters))
        )
        if length <= _LONG_RUN and following.isascii():
            self._runs[length, following] = rules
        return rules


def _tried(rules: Iterable[Rule], position: int, folded: Folded) -> Iterator[Finding]:
    for rule in rules:
        match = rule.pattern.match(folded.lower, position)
        if match is not None:
            yield from rule.found(match, folded)


def _standing(word: str, lower: str) -> Iterator[int]:
    """Where `word` stands on its own."""
    position = lower.find(word)
    while position >= 0:
        end = position + len(word)
        before, after = lower[position - 1 : position], lower[end : end + 1]
        if not ("a" <= before <= "z" or "a" <= after <= "z"):
            yield position
        position = lower.find(word, end)


def _beginning(lower: str, start: int) -> int:
    """Where the letters (and a dash) begin that stand right before the digits at `start`; `start` if none do."""
    position = start - (lower[start - 1] == "-")
    floor = max(0, start - _LETTERS)
    while position > floor and "a" <= lower[position - 1] <= "z":
        position -= 1
    if position == start - 1 and lower[position] == "-":
        return start
    return start if lower[position - 1 : position].isalnum() else position


def _everywhere(rule: Rule, folded: Folded) -> Iterator[Finding]:
    for match in rule.pattern.finditer(folded.lower):
        yield from rule.found(match, folded)


def _gate(cue: str) -> Callable[[str], object]:
    if len(cue) > 2 and cue[0] == cue[-1] == "/":
        return re.compile(cue[1:-1]).search
    return lambda lower: cue in lower
