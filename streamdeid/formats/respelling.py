"""How a value is written whose letters and digits change, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from streamdeid.types import Document, Format, Leaf

_RUN: Final = re.compile("[A-Za-z0-9]+")


def respelled(document: Document, leaf: Leaf, new: str) -> bytes:
    """`new`, which differs from the leaf's text in ASCII letters and digits alone, as bytes that may stand in the leaf.

    What does not differ stays written as it is, escapes too, so that the way back leads to the same bytes. Where a
    letter or digit is written with an escape, or an escape character stands for itself, all is written anew.

    Raises:
        TransformError: as `Document.encode`.
    """
    runs = [(document.locate(leaf, *run.span()), run) for run in _RUN.finditer(leaf.text)]
    is_plain = all(end - start == len(run[0]) for (start, end), run in runs)
    if document.format is Format.TEXT or not is_plain or any(_bare(document, leaf)):
        return document.encode(leaf, new)
    pieces: list[bytes] = []
    position = leaf.start
    for (start, end), run in runs:
        pieces += (document.raw[position:start], new[run.start() : run.end()].encode("ascii"))
        position = end
    return b"".join((*pieces, document.raw[position : leaf.end]))


def _bare(document: Document, leaf: Leaf) -> Iterator[bool]:
    """For each character besides letters and digits: whether it stands unescaped where it would have to be escaped.
    With other letters after it, it might begin an escape."""
    for at, char in enumerate(leaf.text):
        if not (char.isascii() and char.isalnum()):
            start, end = document.locate(leaf, at, at + 1)
            yield end - start == 1 and document.encode(leaf, char) != document.raw[start:end]
