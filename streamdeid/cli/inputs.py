"""Which files are read and where each is written, settled before anything is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from streamdeid.errors import UsageError


class Input(NamedTuple):
    """A file to read, and the file that its released messages go to."""

    source: Path
    target: Path


def plan(paths: Sequence[Path], out: Path, report: Path | None = None) -> list[Input]:
    """Every file of `paths`, folders with all that is below them, in a fixed order.

    A file goes to `out` under its own name; a file of a folder under its path below that folder.

    Raises:
        UsageError: a path is missing or cannot be read, `out` lies within an input, two files would be written to
            one, or a file would be written over an input.
    """
    inputs = [found for path in paths for found in _found(path, out)]
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; name a directory")
    _refuse_overlaps(inputs)
    _refuse_overwriting(inputs, report)
    return inputs


def _found(path: Path, out: Path) -> Iterator[Input]:
    if path.is_dir():
        if _resolved(out).is_relative_to(_resolved(path)):
            raise UsageError(f"--out {out} lies within the input {path}; name a directory outside it")
        for below in _files_below(path):
            yield Input(_readable(path / below), out / below)
    elif path.exists():
        yield Input(_readable(path), out / path.name)
    else:
        raise UsageError(f"there is no file or directory {path}")


def _files_below(folder: Path) -> list[Path]:
    """The paths, relative to `folder`, of all files below it; links are followed, but no folder is entered twice."""
    entered: set[tuple[int, int]] = set()
    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=_refuse_folder, followlinks=True):
        status = Path(parent).stat()
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        found.extend(Path(parent, name).relative_to(folder) for name in files)
    return sorted(found)


def _refuse_folder(fault: OSError) -> None:
    raise UsageError(f"cannot list {fault.filename}: {fault.strerror}")


def _readable(file: Path) -> Path:
    if not file.is_file():
        raise UsageError(f"{file} is not a regular file")
    if not os.access(file, os.R_OK):
        raise UsageError(f"cannot read {file}: permission denied")
    return file


def _refuse_overlaps(inputs: Iterable[Input]) -> None:
    sources: dict[Path, Path] = {}
    for source, target in inputs:
        if target in sources:
            raise UsageError(f"{sources[target]} and {source} would both be written to {target}; run them apart")
        sources[target] = source
    for target, source in sources.items():
        above = next((parent for parent in target.parents if parent in sources), None)
        if above is not None:
            raise UsageError(f"{source} needs a directory {above}, where {sources[above]} would be written")
        if target.is_dir():
            raise UsageError(f"{target}, where {source} would be written, is a directory")


def _refuse_overwriting(inputs: Sequence[Input], report: Path | None) -> None:
    sources = {_resolved(source) for source, _ in inputs}
    targets = {_resolved(target) for _, target in inputs}
    for source, target in inputs:
        if _resolved(target) in sources:
            raise UsageError(f"{target}, where {source} would be written, is itself an input; choose another --out")
    if report is not None and _resolved(report) in sources | targets:
        raise UsageError(f"--report {report} is a file that is read or written; name another")


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as fault:  # a loop of links
        raise UsageError(f"cannot follow {path}") from fault
