"""Sentences by other writers with their annotations, from files of lines ``{"text", "spans": [[start, end, label]],
"labelled": [label], "source"}``; values are swapped for fresh ones, so that the context is learnt and not the value.
A line that does not say which labels were annotated has all of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from streamdeid.evaluate.lines import Line, lines
from streamdeid.training.example import ALL_FAMILIES, Builder, Example, Mark
from streamdeid.training.labels import kind_or_family, whole_family
from streamdeid.training.shares import held_out
from streamdeid.training.values import Scope, Values

_TITLE = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Doctor|Sir|Lady|Lord|Judge|Justice|Sgt|Capt|Captain|Nurse|Sister|"
    r"President|Senator|Rev|Fr|Hon)\b\.?\s+)+(?=\S)",
    re.IGNORECASE,
)
_SWAPPED = {"NAME": 0.6, "LOCATION": 0.4, "DATE": 0.3, "ID": 0.3, "CONTACT": 0.3, "PROFESSION": 0.3}
_PEOPLE = ("patient", "doctor", "relative", "person", "nurse", "patient2", "doctor2", "relative2", "person2", "nurse2")
_CUT = re.compile(r"\n+|(?<=[.!?]) +(?=[A-Z])")
#: Where less was annotated than a source says: the title pages of judgments have parties and courts marked only.
_KNOWN_IN = {("legal_ner_in", True): frozenset({"NAME", "ORG"})}
_LINES_OF_A_PAGE = 4
_ANNOTATED = ALL_FAMILIES - {"ORG"}
_DIGIT = re.compile(r"\d")


def read(folder: Path) -> Iterator[Example]:
    """The annotated texts of every ``*.jsonl`` file of the folder; texts without annotations are left out.

    Raises:
        UsageError: a line is not what it should be, or has a label that means nothing. The message gives file and
            number, and nothing that the line holds.
    """
    for file in sorted(folder.glob("*.jsonl")):
        with file.open("rb") as content:
            for _, line in lines(content, str(file)):
                text = line.text
                if annotated(line.given):
                    yield _example(line, text)


def annotated(given: Mapping[str, Any]) -> bool:
    """Whether a line's text has been annotated, if only with nothing."""
    return "spans" in given and given.get("labelled") != []


def _example(line: Line, text: str) -> Example:
    spans = line.spans(kind_or_family, len(text))
    marks = sorted(mark for span in spans for mark in _marks(text, span.start, span.end, span.label))
    disjoint: list[Mark] = []
    for mark in marks:
        if not disjoint or mark.start >= disjoint[-1].end:
            disjoint.append(mark)
    given = line.given
    labelled = line.labels("labelled", whole_family) if given.get("labelled") is not None else _ANNOTATED
    known = frozenset(labelled) & _KNOWN_IN.get(_layout(given), ALL_FAMILIES)
    return Example(text, tuple(disjoint), known, str(given.get("source", "gold")), group=text)


def _layout(given: Mapping[str, Any]) -> tuple[str, bool]:
    """The source, and whether the text is a page with lines rather than a sentence."""
    return str(given.get("source", "")), given["text"].count("\n") >= _LINES_OF_A_PAGE


def _marks(text: str, start: int, end: int, label: str) -> Iterator[Mark]:
    """The marks that an annotated span stands for: titles are no part of a name, and a place without a capital letter
    or a digit ("the tea shop") identifies or not, as the reader likes."""
    value = text[start:end]
    if label == "NAME":
        title = _TITLE.match(value)
        if title:
            yield Mark(start, start + len(title[0].rstrip()), "?NAME")
            start += title.end()
    elif label == "LOCATION" and value == value.lower() and not _DIGIT.search(value):
        label = "?LOCATION"
    if start < end:
        yield Mark(start, end, label)


def piece(example: Example, rng: random.Random, longest: int) -> Example:
    """The example, or some lines or sentences of it that follow one another, not much longer than `longest`."""
    if len(example.text) <= longest * 1.5:
        return example
    cuts = [0, *(match.end() for match in _CUT.finditer(example.text)), len(example.text)]
    start = rng.choice(cuts[: max(1, len(cuts) - 3)])
    end = next((cut for cut in cuts if cut >= start + longest), cuts[-1])
    inner = (mark for mark in example.marks if mark.start < end and mark.end > start)
    marks = (Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.label) for mark in inner)
    return Example(example.text[start:end], tuple(marks), example.known, example.source, example.group)


def swapped(example: Example, rng: random.Random, values: Values) -> Example:
    """The example with some of its values replaced; one value gets one replacement throughout."""
    scope, chosen = values.text(rng), dict[tuple[str, str], list[tuple[str, str]] | None]()
    builder, at = Builder(), 0
    for mark in example.marks:
        value = example.text[mark.start : mark.end]
        key = (mark.label, value)
        if key not in chosen:
            swap = rng.random() < _SWAPPED.get(mark.label, 0.0)
            chosen[key] = _replacement(value, mark.label, scope, rng, len(chosen)) if swap else None
        builder.add(example.text[at : mark.start])
        for text, label in chosen[key] or [(value, mark.label)]:
            builder.add(text, label)
        at = mark.end
    builder.add(example.text[at:])
    return Example(builder.text, builder.marks, example.known, example.source, example.group)


def _replacement(value: str, label: str, scope: Scope, rng: random.Random, number: int) -> list[tuple[str, str]] | None:
    slot = _slot(value, label, rng, number)
    if slot is None:
        return None
    pieces = [(piece.text, label if piece.label and label == "NAME" else piece.label) for piece in scope.fill(slot)]
    return [(_cased(text, value), kind) for text, kind in pieces]


def _slot(value: str, label: str, rng: random.Random, number: int) -> str | None:
    """The slot whose values look like this one; None where there is none."""
    if label == "NAME":
        return _person_slot(value, rng, number)
    if label == "LOCATION":
        if _DIGIT.search(value):
            return "street" if "," not in value else "address"
        return rng.choice(("city", "city", "city", "country", "state", "place", "county"))
    if label == "DATE":
        return "date" if _DIGIT.search(value) else None
    if label == "CONTACT":
        return "email" if "@" in value else "phone" if _DIGIT.search(value) else None
    return {"ID": "id", "PROFESSION": "profession"}.get(label)


def _person_slot(value: str, rng: random.Random, number: int) -> str | None:
    if "@" in value or _DIGIT.search(value) or len(value) < 3:
        return None
    who = _PEOPLE[number % len(_PEOPLE)]
    if "," in value:
        return f"{who}.reversed"
    if " " in value:
        return f"{who}.full"
    return f"{who}.{rng.choice(('given', 'given', 'family'))}"


def _cased(text: str, like: str) -> str:
    """`text` in the case that `like` is written in."""
    if like.isupper() and len(like) > 3:
        return text.upper()
    return text.lower() if like.islower() else text


def shared(examples: Sequence[Example], share: bool, sources_out: frozenset[str]) -> list[Example]:
    """The examples to train on (False) or those held out (True): a share of every source, and some sources whole."""
    return [
        example for example in examples if (example.source in sources_out or held_out(example.group, 0.05)) is share
    ]
