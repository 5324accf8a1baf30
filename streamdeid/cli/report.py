"""What `streamdeid deid` reports: a JSON line per message, and a summary."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from streamdeid.errors import UsageError
from streamdeid.policy.policy import Policy, Surrogates
from streamdeid.types import Outcome, Quarantined, Released
from streamdeid.vault.file import FileVault


@dataclass(slots=True)
class Tally:
    """What has become of the messages so far. `ms` is the time spent on them."""

    files: int = 0
    released: int = 0
    edits: int = 0
    bytes: int = 0
    ms: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    unwritten: list[str] = field(default_factory=list)
    vault: str = ""

    @property
    def quarantined(self) -> int:
        """How many messages may not leave."""
        return self.codes.total()

    def add(self, outcome: Outcome, size: int, ms: float) -> None:
        """Count a message of `size` bytes."""
        self.bytes += size
        self.ms += ms
        if isinstance(outcome, Released):
            self.released += 1
            self.edits += outcome.edits
        else:
            self.codes[outcome.code] += 1

    def as_json(self, policy: str) -> dict[str, Any]:
        """The summary for `--json`."""
        return {
            "files": self.files,
            "messages": self.released + self.quarantined,
            "released": self.released,
            "quarantined": self.quarantined,
            "codes": dict(sorted(self.codes.items())),
            "edits": self.edits,
            "bytes": self.bytes,
            "ms": round(self.ms, 3),
            "unwritten": self.unwritten,
            "policy": policy,
            **({"vault": self.vault} if self.vault else {}),
        }

    def rows(self, policy: str) -> dict[str, str]:
        """The summary for people."""
        seconds = self.ms / 1000 or 1e-9
        messages = self.released + self.quarantined
        return {
            "files": f"{self.files:,}",
            "messages": f"{messages:,}",
            "released": f"{self.released:,}, with {self.edits:,} replacements",
            "quarantined": f"{self.quarantined:,}",
            **{f"  {code}": f"{count:,}" for code, count in self.codes.most_common()},
            **({"files without output": f"{len(self.unwritten):,}, nothing was released"} if self.unwritten else {}),
            "policy": policy,
            **({"vault": self.vault} if self.vault else {}),
            "speed": f"{messages / seconds:,.0f} messages/s, {self.bytes / 1e6 / seconds:.1f} MB/s",
        }


def vault_told(policy: Policy, vault: FileVault | None) -> str:
    """What the summary says of the vault: its file, or that random surrogates are gone without one."""
    if vault is not None:
        return str(vault.path)
    return "none: the random surrogates hold for this run alone" if policy.surrogates == Surrogates.RANDOM else ""


class Report:
    """A JSON Lines file, or none. A line tells what became of a message and holds nothing of it.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, file: Path | None, policy: str) -> None:
        self._path = file
        self._policy = policy
        self._file: TextIO | None = None

    def __enter__(self) -> Report:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("w", encoding="utf-8")
            except OSError as fault:
                raise UsageError(f"cannot write the report {self._path}: {fault.strerror}") from fault
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, file: str, index: int, outcome: Outcome, ms: float) -> None:
        """Report the message `index`, counted from 0, of `file`; `ms` is its share of the time of its batch."""
        if self._file is None:
            return
        reason = outcome if isinstance(outcome, Quarantined) else None
        line = {
            "file": file,
            "index": index,
            "outcome": "quarantined" if reason else "released",
            "code": reason and reason.code,
            "path": reason and reason.path,
            "edits": outcome.edits if isinstance(outcome, Released) else 0,
            "policy": self._policy,
            "ms": round(ms, 3),
        }
        if isinstance(outcome, Released) and outcome.epoch:
            line["epoch"] = outcome.epoch
        try:
            self._file.write(json.dumps(line) + "\n")
        except OSError as fault:
            raise UsageError(f"cannot write the report {self._path}: {fault.strerror}") from fault
