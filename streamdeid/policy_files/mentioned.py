"""The files that a policy is made of, found without asking whether it is valid: a broken one has to be watched too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from streamdeid.errors import PolicyError
from streamdeid.policy.models import FILES
from streamdeid.policy_files.including import INCLUDE
from streamdeid.policy_files.located import read_yaml
from streamdeid.policy_files.shipped import shipped_policies

_BESIDE: Final = frozenset({"file", "files"})
_MODEL: Final = ("model.onnx", "tokenizer.json", "config.json")
_MOST: Final = 1000


def mentioned_files(policy: str) -> frozenset[Path]:
    """The policy file, the files that it includes, and the lists, expressions and models that any of them names,
    whether they are there or not. A policy that is shipped is made of no file that could change. Never fails."""
    found: set[Path] = set()
    waiting = [] if policy in shipped_policies() else [Path(policy)]
    while waiting and len(found) < _MOST:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        content = _content(file)
        found.update(_named(content, file.parent))
        waiting += [file.parent / name for name in _included(content) if name not in shipped_policies()]
    return frozenset(found)


def _content(file: Path) -> Any:
    try:
        return read_yaml(file.read_text(encoding="utf-8"), file.name).content
    except (OSError, ValueError, PolicyError):
        return None


def _included(content: Any) -> list[str]:
    wanted = content.get(INCLUDE) if isinstance(content, Mapping) else None
    return list(_texts(wanted))


def _named(content: Any, folder: Path) -> Iterator[Path]:
    """The files that any entry of a policy file names, beside the file."""
    seen: set[int] = set()
    waiting = [content]
    while waiting:
        here = waiting.pop()
        if id(here) in seen or not isinstance(here, (Mapping, list)):
            continue
        seen.add(id(here))
        if isinstance(here, list):
            waiting += here
            continue
        waiting += here.values()
        for key, value in here.items():
            yield from _files(key, value, folder)


def _files(key: object, value: Any, folder: Path) -> Iterator[Path]:
    if key in _BESIDE or key in FILES:
        yield from (folder / name for name in _texts(value))
    elif key in ("model", "models"):
        yield from (folder / name / part for name in _texts(value) for part in _MODEL)
    if key == "model_path":
        yield from ((folder / name).parent / _MODEL[-1] for name in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and text and "\0" not in text:
            yield text
