"""The directories and files of models that a policy names, found beside the policy file that names them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamdeid.models.loading import shipped_models
from streamdeid.policy.models import FILES


def models_beside(content: Any, folder: Path) -> None:
    """Make the paths of a policy's models, which are relative to `folder`, paths that can be opened. The names of
    shipped models stay what they are; a path has a slash."""
    detection = content.get("detection") if isinstance(content, dict) else None
    for owner, name in ((content, "models"), (detection, "pipeline")):
        if isinstance(owner, dict) and isinstance(owner.get(name), list):
            owner[name] = [_beside(entry, folder) for entry in owner[name]]


def model_path(name: str, folder: Path) -> str:
    """Where a policy file in `folder` says that a model is: a path, or the name of a shipped one."""
    return name if name in shipped_models() else _path(name, folder)


def _beside(entry: Any, folder: Path) -> Any:
    if isinstance(entry, str) and entry:
        return model_path(entry, folder)
    if not isinstance(entry, Mapping):
        return entry
    return {key: _named(key, value, folder) for key, value in entry.items()}


def _named(key: object, value: Any, folder: Path) -> Any:
    if not isinstance(value, str) or not value:
        return value
    if key == "model":
        return model_path(value, folder)
    return _path(value, folder) if key in FILES else value


def _path(name: str, folder: Path) -> str:
    path = str(folder / name)
    return path if "/" in path else f"./{path}"
