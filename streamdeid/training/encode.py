"""From examples to what the network takes: tokens, shapes, and the classes that each token may have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from tokenizers import Tokenizer

from streamdeid.detect.ner.shapes import shape_ids
from streamdeid.training.example import Example, Mark
from streamdeid.training.labels import ANYTHING, FAMILIES, OUTSIDE, anywhere, beginning, inside


class Encoded(NamedTuple):
    """One window of tokens. `allowed` has a bit for each class that the token may have."""

    tokens: list[int]
    shapes: list[int]
    allowed: list[int]


def windows(example: Example, tokenizer: Tokenizer, longest: int, overlap: int) -> Iterator[Encoded]:
    """The example's tokens in windows of at most `longest`, special tokens included."""
    encoding = tokenizer.encode(example.text, add_special_tokens=False)
    offsets = encoding.offsets
    shapes = shape_ids(example.text, offsets)
    allowed = _allowed(example, offsets)
    first, last = special(tokenizer, "[CLS]"), special(tokenizer, "[SEP]")
    room, step = longest - 2, longest - 2 - overlap
    for start in range(0, max(1, len(offsets) - overlap), step):
        part = slice(start, start + room)
        yield Encoded([first, *encoding.ids[part], last], [0, *shapes[part], 0], [ANYTHING, *allowed[part], ANYTHING])


#: The share of the tokens of a veiled window that cannot be read.
_VEILED = 0.12


def veiled(window: Encoded, mask: int, rng: random.Random) -> Encoded:
    """The window with some of its tokens hidden behind the token `mask`: what they are has to be told from what stands
    around them, and what stands around them by less than all of it. So fewer texts are learnt by heart."""
    inner = (mask if rng.random() < _VEILED else token for token in window.tokens[1:-1])
    return window._replace(tokens=[window.tokens[0], *inner, window.tokens[-1]])


def special(tokenizer: Tokenizer, token: str) -> int:
    """The number of a token that stands for no text. Raises ValueError where the tokenizer has none."""
    number = tokenizer.token_to_id(token)
    if number is None:
        raise ValueError(f"the tokenizer has no {token}")
    return int(number)


def _unmarked(known: frozenset[str]) -> int:
    """What a word without a mark may be: nothing, or of a family that was not annotated. A kind that belongs to two
    families (a user name is a name and a contact) is annotated if one of them is."""
    may, may_not = OUTSIDE, 0
    for family in FAMILIES:
        if family in known:
            may_not |= anywhere(family)
        else:
            may |= anywhere(family)
    return may & ~may_not


def _allowed(example: Example, offsets: list[tuple[int, int]]) -> list[int]:
    unmarked = _unmarked(example.known)
    allowed, marks = [], iter(example.marks)
    mark = next(marks, None)
    begun = False
    for start, end in offsets:
        while mark is not None and mark.end <= start:
            mark, begun = next(marks, None), False
        if mark is None or end <= mark.start:
            allowed.append(unmarked)
            continue
        allowed.append(_classes(mark, begun))
        begun = True
    return allowed


def _classes(mark: Mark, begun: bool) -> int:
    if mark.label == "?":
        return ANYTHING
    if mark.label.startswith("?"):
        return OUTSIDE | anywhere(mark.label[1:])
    return inside(mark.label) if begun else beginning(mark.label)
