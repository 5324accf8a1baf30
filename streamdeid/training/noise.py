"""How text is spoilt on its way into a record: case, punctuation, blanks, line ends, misread characters."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from streamdeid.training.example import Example, Mark

_MISREAD = {
    "l": "1",
    "1": "l",
    "O": "0",
    "0": "O",
    "m": "rn",
    "rn": "m",
    "S": "5",
    "e": "c",
    "i": "j",
    "B": "8",
    "h": "b",
}
#: How often a text is spoilt in each way.
_KINDS = (
    ("none", 0.58),
    ("lower", 0.12),
    ("upper", 0.08),
    ("bare", 0.06),
    ("blanks", 0.06),
    ("lines", 0.06),
    ("misread", 0.04),
)


def spoilt(example: Example, rng: random.Random) -> Example:
    """The example as it is, or spoilt in one way."""
    kind = rng.choices([name for name, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    if kind == "none":
        return example
    if kind in ("lower", "upper"):
        return _mapped(example, _LETTERS[kind])
    return _mapped(example, lambda text: [_WAYS[kind](text, at, rng) for at in range(len(text))])


def _lowered(text: str) -> Sequence[str]:
    return [character.lower() for character in text]


def _uppered(text: str) -> Sequence[str]:
    return [character.upper() for character in text]


_LETTERS = {"lower": _lowered, "upper": _uppered}


def _bare(text: str, at: int, rng: random.Random) -> str:
    """Without most punctuation at the ends of words."""
    character = text[at]
    ends_word = character in ".,;:" and (at + 1 == len(text) or text[at + 1].isspace())
    return "" if ends_word and rng.random() < 0.9 else character


def _blanks(text: str, at: int, rng: random.Random) -> str:
    character = text[at]
    if character == " " and rng.random() < 0.12:
        return rng.choice(("  ", "   ", "\t", " \n"))
    return character


def _lines(text: str, at: int, rng: random.Random) -> str:
    """Lines broken anywhere between words, as columns of a fixed width do."""
    return "\n" if text[at] == " " and rng.random() < 0.1 else text[at]


def _misread(text: str, at: int, rng: random.Random) -> str:
    character = text[at]
    return _MISREAD[character] if character in _MISREAD and rng.random() < 0.03 else character


_WAYS: dict[str, Callable[[str, int, random.Random], str]] = {
    "bare": _bare,
    "blanks": _blanks,
    "lines": _lines,
    "misread": _misread,
}


def _mapped(example: Example, spoil: Callable[[str], Sequence[str]]) -> Example:
    """Every character replaced by a run of characters, with the marks moved along."""
    runs = spoil(example.text)
    starts = [0]
    for run in runs:
        starts.append(starts[-1] + len(run))
    text = "".join(runs)
    moved = (Mark(starts[mark.start], starts[mark.end], mark.label) for mark in example.marks)
    trimmed = (_trimmed(mark, text) for mark in moved)
    return Example(
        text, tuple(mark for mark in trimmed if mark.start < mark.end), example.known, example.source, example.group
    )


_BLANK = re.compile(r"\s")


def _trimmed(mark: Mark, text: str) -> Mark:
    start, end = mark.start, mark.end
    while start < end and _BLANK.match(text[start]):
        start += 1
    while end > start and _BLANK.match(text[end - 1]):
        end -= 1
    return Mark(start, end, mark.label)
