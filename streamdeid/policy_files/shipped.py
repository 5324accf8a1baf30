"""The policies that come with streamdeid, and their tests."""

from __future__ import annotations

from importlib.resources import files

_POLICIES = files("streamdeid.policies")
_TESTS = "_test.yaml"


def shipped_policies() -> list[str]:
    """The names of the policies that come with streamdeid."""
    names = (entry.name for entry in _POLICIES.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and not name.endswith(_TESTS))


def shipped_text(name: str) -> str:
    """The file of a shipped policy."""
    return (_POLICIES / f"{name}.yaml").read_text(encoding="utf-8")


def shipped_tests(name: str) -> str:
    """The cases that lie beside a shipped policy."""
    return (_POLICIES / f"{name}{_TESTS}").read_text(encoding="utf-8")
