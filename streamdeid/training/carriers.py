"""Notes by other writers, almost free of identifiers, into which values are put where the text has room for them.

What identifies already is found by the rules and by looks, and nothing is learnt there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.resolve import PROVEN
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.errors import UsageError
from streamdeid.evaluate.lines import lines
from streamdeid.training.contexts import annotated
from streamdeid.training.example import Builder, Example, Mark
from streamdeid.training.frames import Frames, fill
from streamdeid.training.values import Scope, Values
from streamdeid.types import Span

_LONGEST = 1_200
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"])|\n+")
_NAME_LIKE = re.compile(r"(?<![.!?:]\s)(?<!^)(?<!\n)\b[A-Z][a-z]+\b")


class Place(NamedTuple):
    """Where a text has room: what it says there, and texts with slots that may stand there instead."""

    pattern: re.Pattern[str]
    instead: tuple[str, ...]


def _place(pattern: str, *instead: str) -> Place:
    return Place(re.compile(pattern), instead)


PLACES: Final[tuple[Place, ...]] = (
    _place(
        r"\b[Tt]he patient(?!'s)\b|\bThis patient\b|\bPatient(?=\s(?:was|is|has|had|will|states|denies|reports)\b)",
        "{patient.full}", "Mr. {patient.family}", "Ms. {patient.family}", "Mrs. {patient.family}", "{patient.given}",
        "Mr {patient.full}", "{patient.family}", "{patient.short}", "Miss {patient.given}", "Baby {patient.family}",
    ),
    _place(
        r"\b[Tt]he patient's\b",
        "{patient.given}'s", "Mr. {patient.family}'s", "Mrs {patient.family}'s", "{patient.full}'s",
        "{patient.family}'s",
    ),
    _place(
        r"\bDr\. (?:X+|ABC|XYZ|[A-Z])\b|\bDoctor (?:X|A B C)\b",
        "Dr. {doctor.family}", "Dr. {doctor2.family}", "Dr {doctor.full}", "{doctor2.full}, MD", "Dr. {doctor3.family}",
        "{doctor.initial}", "Drs. {doctor.family} and {doctor2.family}",
    ),
    _place(
        r"\b(?:Mr|Mrs|Ms|Miss)\.? (?:X+|ABC|A|B|A B C)\b",
        "Mr. {patient.family}", "Mrs. {patient.family}", "Ms {patient.full}", "Miss {patient.family}",
    ),
    _place(
        r"\b(?:his|her) (?=(?:wife|husband|mother|father|daughter|son|sister|brother|grandmother)\b)(\w+)",
        r"\g<0> {relative.given}", r"\g<0>, {relative.full},", r"\g<0> ({relative.given}, {phone})",
        r"\g<0> {relative.full}",
    ),
    _place(
        r"\bat (?:an|the) (?:outside |other |local )?(?:hospital|facility|clinic)\b",
        "at {hospital}", "at {hospital} in {city}", "at {facility}", "at {clinic}", "at {hospital}, {city}, {state}",
    ),
    _place(
        r"\bthe (?:emergency (?:room|department)|ICU|operating room)\b",
        "the {hospital} emergency department", "the ED at {hospital}", "{ward}", "the emergency room of {hospital}",
    ),
    _place(
        r"\b(?:yesterday|today|last (?:week|month|year)|this morning|recently)\b",
        "on {date}", "{date.weekday}", "in {date.month}", "since {date.partial}", "around {date.holiday}",
        "in {date.year}",
    ),
    _place(
        r"\b(?:\d+|two|three|four|several) (?:days|weeks|months|years) (?:ago|prior)\b",
        "on {date}", "in {date.month}", "{date.weekday}", "in {date.year}", "on {date.numeric}",
    ),
    _place(r"\b\d{1,3}(?=[- ]years?[- ]old\b)", "{age}"),
    _place(r"\b[Ll]ives (?:alone|with \w+)\b", r"\g<0> in {city}", r"\g<0> at {address}", r"\g<0> on {street}"),
    _place(
        r"\b[Rr]etired\b",
        "{age} y/o retired {profession}", "retired {profession}", "former {profession} at {employer}",
    ),
    _place(r"\b(?:works|worked) as an? \w+\b", "works as a {profession}", "worked at {employer} as {profession}"),
    _place(r"\b(?:primary care physician|PCP|surgeon|cardiologist|oncologist)\b", r"\g<0> Dr. {doctor2.family}",
           r"\g<0>, {doctor2.full},", r"\g<0> ({doctor2.full}, {phone})"),
)  # fmt: skip


class Carrier(NamedTuple):
    """A piece of a note, with what may identify in it already."""

    text: str
    doubtful: tuple[Mark, ...]
    source: str
    group: str


def read(paths: Sequence[Path], names: frozenset[str]) -> Iterator[Carrier]:
    """The notes of files of lines ``{"id", "text"}`` without annotations, and of ``*.txt`` files in folders, in pieces.

    A capitalised word of `names` (lower case) may be a name that was left in the note. Raises UsageError for what is
    neither.
    """
    rules = RuleDetector()
    for source, text in (note for path in paths for note in _texts(path)):
        for piece in _pieces(text):
            yield Carrier(piece, _doubtful(piece, rules, names), source, text)


def carried(carrier: Carrier, frames: Frames, rng: random.Random, values: Values) -> Example:
    """The carrier with values in some of its places, and with sentences of the frames between its own."""
    scope, builder = values.text(rng), Builder()
    eager = rng.choice((0.0, 0.25, 0.6, 0.9))
    sentences = rng.choice((0.0, 0.0, 0.08, 0.2))
    at = 0
    for match in _SENTENCE_END.finditer(carrier.text):
        _sentence(builder, carrier, at, match.start(), eager, rng, scope)
        builder.add(match[0])
        if rng.random() < sentences:
            fill(builder, rng.choice(frames.sentences).text, scope)
            builder.add("\n" if "\n" in match[0] else " ")
        at = match.end()
    _sentence(builder, carrier, at, len(carrier.text), eager, rng, scope)
    return Example(builder.text, builder.marks, source=f"carriers/{carrier.source}", group=carrier.group)


def _sentence(
    builder: Builder, carrier: Carrier, start: int, end: int, eager: float, rng: random.Random, scope: Scope
) -> None:
    """Adds one sentence of the carrier, values put into some of its places."""
    at = start
    for found_start, found_end, instead in _room(carrier.text, start, end):
        if found_start < at or rng.random() > eager:
            continue
        _plain(builder, carrier, at, found_start)
        fill(builder, rng.choice(instead).replace(r"\g<0>", carrier.text[found_start:found_end]), scope)
        at = found_end
    _plain(builder, carrier, at, end)


def _room(text: str, start: int, end: int) -> list[tuple[int, int, tuple[str, ...]]]:
    return sorted(
        (match.start(), match.end(), place.instead)
        for place in PLACES
        for match in place.pattern.finditer(text, start, end)
    )


def _plain(builder: Builder, carrier: Carrier, start: int, end: int) -> None:
    inner = (
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.label)
        for mark in carrier.doubtful
        if mark.start < end and mark.end > start
    )
    builder.include(carrier.text[start:end], inner)


def _doubtful(text: str, rules: RuleDetector, names: frozenset[str]) -> tuple[Mark, ...]:
    found = [Mark(span.start, span.end, _certain(span)) for span in rules(text)]
    found += [Mark(*match.span(), "?") for match in _NAME_LIKE.finditer(text) if _may_name(match[0], names)]
    marks: list[Mark] = []
    for mark in sorted(found):
        if marks and mark.start < marks[-1].end:
            label = mark.label if mark[:2] == marks[-1][:2] and mark.label == marks[-1].label else "?"
            marks[-1] = Mark(marks[-1].start, max(mark.end, marks[-1].end), label)
        else:
            marks.append(mark)
    return tuple(marks)


def _certain(span: Span) -> str:
    """Rules know dates and ages by their form; of the rest they are not sure enough to be learnt from."""
    kind = span.label.partition("/")[0]
    return kind if kind in ("DATE", "AGE") and span.score >= PROVEN else "?"


def _may_name(word: str, names: frozenset[str]) -> bool:
    return word.lower() in names and not is_ordinary(word)


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        for file in sorted(path.glob("*.txt")):
            yield "notes", _note(file)
        for file in sorted(path.glob("*.jsonl")):
            yield from _texts(file)
        return
    with path.open("rb") as content:
        for _, line in lines(content, str(path)):
            if not annotated(line.given):
                yield str(line.given.get("source", path.stem)), line.text


def _note(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8") from None


def _pieces(text: str) -> Iterator[str]:
    """The text in runs of whole sentences or lines."""
    start = at = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() - start > _LONGEST and at > start:
            yield text[start:at]
            start = at
        at = match.end()
    if text[start:].strip():
        yield text[start:]
