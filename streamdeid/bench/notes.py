"""Texts to measure reading with: made-up notes, or those of a file or folder. No text is ever given out twice."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from pathlib import Path

from streamdeid.demo.people import TODAY, patients
from streamdeid.demo.report import report
from streamdeid.errors import UsageError

_PEOPLE = 48
_SEED = 13


def made_up() -> list[str]:
    """Notes about made-up patients."""
    draw = random.Random(_SEED)  # noqa: S311 - made-up notes, not keys
    return ["\n".join(report(patient, TODAY, draw)) for patient in patients(_SEED, _PEOPLE)]


def read_notes(path: Path | None) -> list[str]:
    """The texts of a JSON Lines file (``"text"`` of each line), or the text files of a folder; made-up ones for None.

    Raises:
        UsageError: there are none, or a line or file cannot be read. Says which, and nothing that it holds.
    """
    if path is None:
        return made_up()
    try:
        texts = list(_files(path) if path.is_dir() else _lines(path))
    except OSError as fault:
        raise UsageError(f"cannot read {path}: {fault.strerror}") from None
    texts = [text for text in texts if text.strip()]
    if not texts:
        raise UsageError(f'{path} holds no text: give a folder of text files, or a file of lines {{"text": ...}}')
    return texts


def _files(folder: Path) -> Iterator[str]:
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        if file.suffix == ".jsonl":
            yield from _lines(file)
        else:
            yield file.read_text(encoding="utf-8", errors="replace")


def _lines(file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                text = json.loads(line)["text"]
            except (ValueError, RecursionError, KeyError, TypeError):
                text = None
            if not isinstance(text, str):
                raise UsageError(f'{file}, line {number} is no object with a "text"')
            yield text


def as_they_are(notes: Sequence[str]) -> Iterator[str]:
    """The notes again and again, a new number before each: what remembers texts knows none of them."""
    for number, note in zip(count(1), cycle(notes), strict=False):
        yield f"{number}\n{note}"


def cut(notes: Sequence[str], length: int) -> Iterator[str]:
    """Texts of this many characters: the notes one after another, cut. New ones each, too."""
    whole = "\n\n".join(notes) + "\n\n"
    whole *= 1 + length // len(whole)
    at = 0
    for number in count(1):
        head = f"{number}\n"
        body = max(1, length - len(head))
        yield (head + (whole + whole[:body])[at : at + body])[:length]
        at = (at + body) % len(whole)
