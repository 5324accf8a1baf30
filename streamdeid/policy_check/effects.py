"""What two policies make of the same messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from streamdeid.demo.generate import messages, patients
from streamdeid.engine import Deidentifier, Request
from streamdeid.errors import ScanError, UsageError
from streamdeid.formats import er7_split, fhir_split
from streamdeid.formats.sniff import sniff
from streamdeid.message.scan import scan
from streamdeid.policy_check.places import Value, values
from streamdeid.types import Format, Outcome, Quarantined, Released

_PATIENTS: Final = 4
_SEED: Final = 1


class Sample(NamedTuple):
    """One message."""

    content: bytes
    format: Format


class Effect(NamedTuple):
    """At `path` the policies do different things, or do the same thing differently."""

    path: str
    before: str
    after: str


class Example(NamedTuple):
    """A value, and what becomes of it under the one policy and the other."""

    value: str
    before: str
    after: str


@dataclass(slots=True)
class Effects:
    """How often values of messages end differently, and whole messages. `examples` holds values of messages."""

    messages: int = 0
    differing: int = 0
    places: Counter[Effect] = field(default_factory=Counter)
    outcomes: Counter[Effect] = field(default_factory=Counter)
    examples: dict[Effect, Example] = field(default_factory=dict)


def made_up(count: int) -> Iterator[Sample]:
    """Messages of the demo's maker about patients who do not exist."""
    made = messages(patients(_SEED, _PATIENTS), _SEED, broken_one_in=0)
    return (Sample(message.content, message.format) for message, _ in zip(made, range(count), strict=False))


def read_samples(paths: Iterable[Path]) -> Iterator[Sample]:
    """The messages of files, and of all files below folders.

    Raises:
        UsageError: a file cannot be read, or is in no known format. Names the file.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no file or directory {path}")
        for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
            try:
                raw = file.read_bytes()
                format = sniff(raw, file.name)
            except OSError as fault:
                raise UsageError(f"cannot read {file}: {fault.strerror}") from fault
            except ScanError:
                raise UsageError(f"{file} is neither HL7 v2 nor FHIR, nor called .txt") from None
            yield from _split(raw, format)


def _split(raw: bytes, format: Format) -> Iterator[Sample]:
    if format is Format.TEXT:
        yield Sample(raw, format)
        return
    split = er7_split.split if format is Format.HL7V2 else fhir_split.split
    yield from (Sample(raw[start:end], format) for start, end in split(raw))


def effects(before: Deidentifier, after: Deidentifier, samples: Iterable[Sample]) -> Effects:
    """What the second engine does differently. Both are to have one secret."""
    found = Effects()
    tables: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {})
    for number, sample in enumerate(samples, 1):
        request = Request(sample.content, sample.format, number)
        first, second = (
            engine.process([request], table)[0] for engine, table in zip((before, after), tables, strict=True)
        )
        found.messages += 1
        found.differing += first != second
        if isinstance(first, Released) and isinstance(second, Released):
            if first.content != second.content:
                _compare(found, sample, (before, first), (after, second))
        elif first != second:
            found.outcomes[Effect("", _told(first), _told(second))] += 1
    return found


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Quarantined):
        return f"quarantined, {outcome.code}{f' at {outcome.path}' if outcome.path else ''}"
    return "released"


def _compare(
    found: Effects, sample: Sample, first: tuple[Deidentifier, Released], second: tuple[Deidentifier, Released]
) -> None:
    original = _values(first[0], sample.content, sample.format)
    before, after = (_values(engine, outcome.content, sample.format) for engine, outcome in (first, second))
    operators = _operators(first[1]), _operators(second[1])
    for path in {**before, **after}:
        texts = tuple(side[path].text if path in side else "" for side in (before, after))
        if texts[0] == texts[1]:
            continue
        place = next(side[path].place for side in (before, after) if path in side)
        effect = Effect(place, *(done.get(place, "keep") for done in operators))
        found.places[effect] += 1
        found.examples.setdefault(effect, Example(original[path].text if path in original else "", *texts))


def _values(engine: Deidentifier, content: bytes, format: Format) -> dict[str, Value]:
    return {value.path: value for value in values(scan(content, format, engine.policy).document)}


def _operators(outcome: Released) -> dict[str, str]:
    """What was done at each place."""
    done: dict[str, set[str]] = {}
    for one in outcome.replacements:
        done.setdefault(one.path, set()).add(one.operator)
    return {path: " + ".join(sorted(names)) for path, names in done.items()}
