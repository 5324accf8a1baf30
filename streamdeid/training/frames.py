"""Sentence frames, note skeletons and hard negatives: our own text, with slots for values.

A slot is written ``{slot}`` or ``{slot.form}``; what stands outside of slots identifies nobody. In a skeleton the line
``<<genre 3>>`` stands for three frames of a genre, each on a line of its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from streamdeid.training.example import Builder, Example
from streamdeid.training.shares import held_out
from streamdeid.training.values import Scope, Values

_TEXTS = Path(__file__).parent
_SLOT = re.compile(r"\{([a-z0-9_.]+)\}")
_INSERTED = re.compile(r"<<(\w+)(?: (\d+))?>>")
#: In all-lower-case text most values are in lower case too.
_KEEPS_CASE = 0.85
#: Text of capitals only that is longer than a few abbreviations.
_SHOUTED = 20
#: Slots are named after whom they are about, and two of the classes after what they are.
_KIND_OF = {"NAME": "PERSON", "ORG": "COMPANY"}


class Frame(NamedTuple):
    """A text with slots."""

    genre: str
    text: str


@dataclass(frozen=True)
class Frames:
    """The frames, skeletons and negatives of one share: those that are trained on, or those that are held out."""

    sentences: Sequence[Frame]
    notes: Sequence[Frame]
    negatives: Sequence[Frame]

    @classmethod
    def read(cls, share: bool, folder: Path = _TEXTS) -> Frames:
        """Reads the share that is held out (True) or the one that is not."""
        lines = [
            [frame for frame in _lines(folder / kind) if held_out(frame.text) is share]
            for kind in ("frames", "negatives")
        ]
        notes = [frame for frame in _notes(folder / "skeletons") if held_out(frame.text) is share]
        return cls(lines[0], notes, lines[1])

    @cached_property
    def genres(self) -> dict[str, list[Frame]]:
        """The sentences by genre."""
        found: dict[str, list[Frame]] = {}
        for frame in self.sentences:
            found.setdefault(frame.genre, []).append(frame)
        return found

    def note(self, rng: random.Random, values: Values) -> Example:
        """A skeleton, filled."""
        frame = rng.choice(self.notes)
        lines = (line for given in frame.text.split("\n") for line in self._expanded(given, rng))
        return filled(Frame(frame.genre, "\n".join(lines)), rng, values, "skeletons")

    def _expanded(self, line: str, rng: random.Random) -> Iterator[str]:
        match = _INSERTED.fullmatch(line.strip())
        if match is None:
            yield line
            return
        pool = self.genres.get(match[1]) or list(self.sentences)
        for _ in range(int(match[2] or 1)):
            yield rng.choice(pool).text


def filled(frame: Frame, rng: random.Random, values: Values, source: str = "frames") -> Example:
    """The frame with a value in each of its slots."""
    builder = Builder()
    fill(builder, frame.text, values.text(rng), _case(frame.text) if rng.random() < _KEEPS_CASE else str)
    return Example(builder.text, builder.marks, source=f"{source}/{frame.genre}", group=frame.text)


def fill(builder: Builder, text: str, scope: Scope, case: Callable[[str], str] = str) -> None:
    """Adds `text`, its slots filled from `scope` with values in the given case."""
    at = 0
    for match in _SLOT.finditer(text):
        builder.add(text[at : match.start()])
        for piece in scope.fill(match[1]):
            builder.add(case(piece.text), _KIND_OF.get(piece.label, piece.label))
        at = match.end()
    builder.add(text[at:])


def _case(text: str) -> Callable[[str], str]:
    """How values are written in a text that is all in lower or upper case."""
    plain = _SLOT.sub("", text)
    if plain.islower():
        return str.lower
    return str.upper if plain.isupper() and len(plain) > _SHOUTED else str


def _lines(folder: Path) -> Iterator[Frame]:
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield Frame(file.stem, line)


def _notes(folder: Path) -> Iterator[Frame]:
    for file in sorted(folder.glob("*.txt")):
        for part in re.split(r"^=== .*\n", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            yield Frame(file.stem, part.strip("\n"))
