"""Pairs each message of the files before with what became of it in the files after, by the report of `deid`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streamdeid.errors import UsageError
from streamdeid.formats import er7_split, fhir_split
from streamdeid.formats.sniff import sniff
from streamdeid.types import Format


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
    """All messages of a report, with their bytes from the folders (or files) `before` and `after`.

    Raises:
        UsageError: report and files do not belong together.
    """
    lines: dict[str, list[dict[str, object]]] = {}
    for line in report.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        lines.setdefault(str(entry["file"]), []).append(entry)
    for file, entries in lines.items():
        yield from _pairs_of_file(file, _locate(before, file), _locate(after, file), entries)


def _locate(base: Path, file: str) -> Path:
    return base if base.is_file() else base / file


def _pairs_of_file(file: str, before: Path, after: Path, entries: list[dict[str, object]]) -> Iterator[Pair]:
    content = before.read_bytes()
    format = sniff(content, before.name)
    originals = pieces(content, format)
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
