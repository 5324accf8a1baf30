"""One file after another through the engine, message by message."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from streamdeid.cli.console import Advance, progress
from streamdeid.cli.inputs import Input
from streamdeid.cli.output import AtomicFile
from streamdeid.cli.pieces import Piece, Split, pieces
from streamdeid.cli.report import Report, Tally, vault_told
from streamdeid.engine import Deidentifier, Request
from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import er7_split, fhir_split
from streamdeid.formats.sniff import HEAD, sniff
from streamdeid.types import Format, Outcome, Quarantined, Released
from streamdeid.vault.file import FileVault

_BATCH_MESSAGES = 64
_BATCH_BYTES = 8 * 2**20

Batch = list[Piece]


def clean_all(
    inputs: Sequence[Input],
    deidentifier: Deidentifier,
    format: Format | None,
    report: Path | None,
    vault: FileVault | None = None,
) -> Tally:
    """De-identify files, with a progress bar if there is a terminal for it. `format` is None where each file's is to
    be told from its content; `report` is where the lines about messages go; `vault` what is known from run to run.

    Raises:
        UsageError: a file cannot be read or written.
        SettingsError: the vault cannot be used.
    """
    bar, advance = progress(sum(item.source.stat().st_size for item in inputs))
    with bar, Report(report, deidentifier.policy.digest) as lines:
        run = _Run(deidentifier, format, lines, advance, vault)
        run.tally.vault = vault_told(deidentifier.policy, vault)
        for item in inputs:
            run.clean(item)
    return run.tally


@dataclass
class _Run:
    """What files are cleaned with, and what has come of them so far. One identity table serves all of them."""

    deidentifier: Deidentifier
    format: Format | None
    report: Report
    advance: Advance
    kept: FileVault | None = None
    tally: Tally = field(default_factory=Tally)
    passing: MutableMapping[str, bytes] = field(default_factory=dict)
    sequence: Iterator[int] = field(default_factory=itertools.count)

    def clean(self, item: Input) -> None:
        """De-identify one file. Where nothing of it is released its target is left, or made, absent.

        Raises:
            UsageError: the file cannot be read, or its target not be written.
        """
        with AtomicFile(item.target) as file:
            target = Target(file)
            index = 0
            try:
                for format, batch in batches(item.source, self.format):
                    self._batch(item.source, index, format, batch, target)
                    index += len(batch)
            except QuarantineError as reason:  # what is left of the file cannot be taken apart
                self._account(item.source, index, Quarantined(reason.code, reason.path), 0, 0.0)
            target.close()
            written = file.begun
            file.commit()
        self.tally.files += 1
        if not written:
            self.tally.unwritten.append(str(item.source))
            remove(item.target)

    def _batch(self, source: Path, index: int, format: Format, batch: Batch, target: Target) -> None:
        started = time.perf_counter()
        with nullcontext() if self.kept is None else self.kept.changing():
            requests = [Request(piece.content, format, self._position(piece.content)) for piece in batch]
            outcomes = self.deidentifier.process(requests, self.passing if self.kept is None else self.kept)
        ms = (time.perf_counter() - started) * 1000 / len(batch)
        for number, (piece, outcome) in enumerate(zip(batch, outcomes, strict=True), index):
            self._account(source, number, outcome, len(piece.content), ms)
            target.add(piece, outcome)

    def _position(self, content: bytes) -> int:
        if self.kept is None:
            return next(self.sequence)
        return self.kept.position(self.deidentifier.content_key(content))

    def _account(self, source: Path, index: int, outcome: Outcome, size: int, ms: float) -> None:
        self.report.add(str(source), index, outcome, ms)
        self.tally.add(outcome, size, ms)
        self.advance(size)


def batches(source: Path, format: Format | None) -> Iterator[tuple[Format, Batch]]:
    """The messages of a file with their format, which is told from the content where it is None.

    Raises:
        UsageError: the file cannot be read.
        QuarantineError: what is left of it cannot be taken apart.
    """
    try:
        with source.open("rb") as file:
            format = format or _sniffed(file.peek(), source)
            for batch in _batches_of(pieces(file, format, _splitter(format))):
                yield format, batch
    except OSError as fault:
        raise UsageError(f"cannot read {source}: {fault.strerror}") from fault


class Target:
    """Writes what is released of one file, with the separators that its messages had.

    What stood before the first message comes before the first that is released, and what stood after the last one
    after the last that is; the framing and the brackets around them stay whole.
    """

    def __init__(self, file: AtomicFile) -> None:
        self._file = file
        self._head: bytes | None = None
        self._tail = b""

    def add(self, piece: Piece, outcome: Outcome) -> None:
        """The next message, and what has become of it."""
        if self._head is None:
            self._head = piece.before
        self._tail = piece.after
        if isinstance(outcome, Released):
            before = piece.before if self._file.begun else self._head
            self._file.write(before + outcome.content)

    def close(self) -> None:
        """There are no more."""
        if self._file.begun and self._tail:
            self._file.write(self._tail)


def _batches_of(found: Iterator[Piece]) -> Iterator[Batch]:
    """The messages in batches, so many that a batch pays and so few that they fit in memory. What was found before
    an error comes before it."""
    batch: Batch = []
    size = 0
    try:
        for piece in found:
            batch.append(piece)
            size += len(piece.content)
            if len(batch) == _BATCH_MESSAGES or size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except QuarantineError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _sniffed(head: bytes, source: Path) -> Format:
    blank = not head.strip() and len(head) < HEAD  # whatever it is called, there is nothing in it
    return Format.TEXT if blank else sniff(head, source.name)


def _splitter(format: Format) -> Split:
    if format is Format.HL7V2:
        return er7_split.split
    if format is Format.FHIR:
        return fhir_split.split
    return _whole


def _whole(raw: bytes) -> list[tuple[int, int]]:
    return [(0, len(raw))]


def remove(target: Path) -> None:
    """See that what an earlier run wrote is gone."""
    try:
        target.unlink(missing_ok=True)
    except OSError as fault:
        raise UsageError(f"cannot remove the earlier {target}: {fault.strerror}") from fault
