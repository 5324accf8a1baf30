"""One file after another through the way back, message by message."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamdeid.cli.cleaning import Target, batches, remove
from streamdeid.cli.console import Advance, progress
from streamdeid.cli.inputs import Input
from streamdeid.cli.output import AtomicFile
from streamdeid.cli.pieces import Piece
from streamdeid.errors import QuarantineError
from streamdeid.restore import Restored, Restorer
from streamdeid.types import Format, Released


@dataclass(slots=True)
class Tally:
    """What has become of the messages so far. `codes` are why messages could not be read; they are left as they were.
    `lines` has one about each message."""

    files: int = 0
    messages: int = 0
    restored: int = 0
    left: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all could be restored."""
        return not self.left and not self.codes

    def as_json(self) -> dict[str, Any]:
        """The summary."""
        unreadable = dict(sorted(self.codes.items()))
        return {
            "files": self.files,
            "messages": self.messages,
            "restored": self.restored,
            "left": self.left,
            "unreadable": unreadable,
        }

    def add(self, source: Path, index: int, found: Restored | QuarantineError) -> None:
        """Count a message."""
        reason = found if isinstance(found, QuarantineError) else None
        restored, left = (0, 0) if isinstance(found, QuarantineError) else (found.restored, found.left)
        self.messages += 1
        self.restored += restored
        self.left += left
        if reason is not None:
            self.codes[reason.code] += 1
        line = {
            "file": str(source),
            "index": index,
            "outcome": "unreadable" if reason else "partly" if left else "restored",
            "code": reason and reason.code,
            "path": reason and reason.path,
            "restored": restored,
            "left": left,
        }
        self.lines.append(json.dumps(line))


def restore_all(inputs: Sequence[Input], restorer: Restorer, format: Format | None) -> Tally:
    """Restore files, with a progress bar if there is a terminal for it. What is written is for its owner's eyes.

    Raises:
        UsageError: a file cannot be read or written.
    """
    bar, advance = progress(sum(item.source.stat().st_size for item in inputs))
    tally = Tally()
    with bar:
        for item in inputs:
            _restore(item, restorer, format, tally, advance)
    return tally


def _restore(item: Input, restorer: Restorer, format: Format | None, tally: Tally, advance: Advance) -> None:
    with AtomicFile(item.target, private=True) as file:
        target = Target(file)
        index = 0
        try:
            for known, batch in batches(item.source, format):
                for piece in batch:
                    found = _found(restorer, piece, known)
                    tally.add(item.source, index, found)
                    content = piece.content if isinstance(found, QuarantineError) else found.content
                    target.add(piece, Released(content))
                    advance(len(piece.content))
                    index += 1
        except QuarantineError as reason:  # what is left of the file cannot be taken apart
            tally.add(item.source, index, reason)
        target.close()
        written = file.begun
        file.commit()
    tally.files += 1
    if not written:
        remove(item.target)


def _found(restorer: Restorer, piece: Piece, format: Format) -> Restored | QuarantineError:
    try:
        return restorer(piece.content, format)
    except QuarantineError as reason:
        return reason
