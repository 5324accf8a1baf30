"""Pairs each message of the files before with what became of it in the files after, by the report of `deid`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import er7_split, fhir_split
from streamdeid.formats.sniff import sniff
from streamdeid.types import Format

_Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """One message: its file and index, its bytes before, and after (None when it was quarantined, with its code)."""

    file: str
    index: int
    format: Format
    before: bytes
    after: bytes | None
    code: str = ""
    path: str = ""

    @property
    def source(self) -> str:
        """The folder of the file: the source of the message, in a tree with a folder per source."""
        return str(Path(self.file).parent)


def pieces(content: bytes, format: Format) -> list[bytes]:
    """The messages of a file."""
    if format is Format.TEXT:
        return [content] if content.strip() else []
    split = er7_split.split if format is Format.HL7V2 else fhir_split.split
    return [content[start:end] for start, end in split(content)]


def pairs(before: Path, after: Path, report: Path) -> Iterator[Pair]:
    """All messages of a report: `before` is the file or folder that was given to `deid`, `after` the folder that it
    wrote to.

    Raises:
        UsageError: report and files do not belong together.
    """
    files: dict[str, list[_Entry]] = {}
    for number, line in enumerate(report.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            files.setdefault(str(entry["file"]), []).append(entry)
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"{report}, line {number}: no line of a report of `deid`") from None
    for file, entries in files.items():
        below = _below(before, file)
        source = before if before.is_file() else before / below
        yield from _pairs_of_file(file, source, after / below, entries)


def _below(before: Path, file: str) -> Path:
    """Where a file of the report lies below the folders; a file alone is written under its name."""
    if before.is_file():
        if Path(file).name != before.name:
            raise UsageError(f"the report tells of {file}, which is not {before}")
        return Path(before.name)
    with suppress(ValueError):
        return Path(os.path.abspath(file)).relative_to(os.path.abspath(before))  # noqa: PTH100 - links stay
    if Path(file).is_absolute() or not (before / file).is_file():
        raise UsageError(f"the report tells of {file}, which is not below {before}")
    return Path(file)


def _pairs_of_file(file: str, before: Path, after: Path, entries: list[_Entry]) -> Iterator[Pair]:
    format, originals = _originals(before, entries)
    clean = iter(pieces(after.read_bytes(), format) if after.exists() else [])
    if len(originals) != len(entries):
        raise UsageError(f"{file}: the report has {len(entries)} messages, the file {len(originals)}")
    for index, (entry, original) in enumerate(zip(entries, originals, strict=True)):
        released = entry["outcome"] == "released"
        result = next(clean, None) if released else None
        if released and result is None:
            raise UsageError(f"{file}: message {index} is reported as released and is not in the output")
        yield Pair(file, index, format, original, result, str(entry.get("code") or ""), str(entry.get("path") or ""))
    if next(clean, None) is not None:
        raise UsageError(f"{file}: the output holds more messages than the report releases")


def _originals(file: Path, entries: list[_Entry]) -> tuple[Format, list[bytes]]:
    """The messages of a file. One of which nothing was released may be of no format, or empty."""
    content = _content(file)
    format, found = Format.TEXT, [content]
    with suppress(QuarantineError):
        format = sniff(content, file.name)
        found = pieces(content, format)
    is_refused = all(entry["outcome"] != "released" for entry in entries)
    return format, [content] * len(entries) if is_refused and len(found) != len(entries) else found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise UsageError(f"cannot read {file}: {fault.strerror}") from None
