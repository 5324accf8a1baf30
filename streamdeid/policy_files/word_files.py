"""Files of words that a policy names, found beside the policy file that names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def beside(content: Any, folder: Path) -> None:
    """Make the paths of a policy's word lists, which are relative to `folder`, paths that can be opened."""
    for entry in _lists(content):
        if isinstance(entry.get("file"), str):
            entry["file"] = str(folder / entry["file"])


def _lists(content: Any) -> Iterator[dict[str, Any]]:
    lists = content.get("lists") if isinstance(content, dict) else None
    for own in lists.values() if isinstance(lists, dict) else ():
        yield from (one for one in (own if isinstance(own, list) else [own]) if isinstance(one, dict))
    detection = content.get("detection") if isinstance(content, dict) else None
    if not isinstance(detection, dict):
        return
    for name in ("deny", "allow", "pipeline"):
        entries = detection.get(name)
        yield from (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, dict))
