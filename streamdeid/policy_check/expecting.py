"""What may be expected of the values at a path, in words: ``changed``, ``matches [A-Z]+``, ``equals 1.100``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from streamdeid.policy.policy import Dates
from streamdeid.policy_check.places import Value

#: The words, and whether each takes something after it.
WORDS: Final[Mapping[str, bool]] = {
    "changed": False,
    "kept": False,
    "removed": False,
    "shifted": False,
    "quarantined": False,
    "matches": True,
    "equals": True,
    "same as": True,
}
#: What is there of a value that is gone: FHIR has no empty strings.
_GONE: Final = ("", "[removed]", "urn:removed")
_EXPECTATION: Final = re.compile(rf"({'|'.join(WORDS)})(?: (.*))?", re.S)
_DAY: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(.*)", re.S)


def parsed(text: str) -> tuple[str, str]:
    """The word of an expectation and what comes after it.

    Raises:
        ValueError: none of the words, or a regular expression that is none; says so.
    """
    found = _EXPECTATION.fullmatch(text.strip())
    if found is None or (found[2] is not None) != WORDS[found[1]]:
        known = ", ".join(word + (" ..." if takes else "") for word, takes in WORDS.items())
        raise ValueError(f"cannot expect {text!r}; there are {known}")
    if found[1] == "matches":
        try:
            re.compile(found[2])
        except re.error as fault:
            raise ValueError(f"matches: no regular expression: {fault}") from None
    return found[1], found[2] or ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The values of one message before and after. `shifts` are the days that its dates have been seen to move."""

    before: Sequence[Value]
    after: Sequence[Value]
    dates: Dates
    show_values: bool = False
    shifts: set[int] = field(default_factory=set)

    def problem(self, path: str, expectation: str) -> str:
        """What is not as expected at `path`; empty where all is."""
        word, rest = parsed(expectation)
        old = {value.path: value.text for value in self.before if value.is_at(path)}
        new = {value.path: value.text for value in self.after if value.is_at(path)}
        if not old and word in ("changed", "kept", "removed", "shifted"):
            return f"{path}: the message has nothing there"
        if word == "removed":
            left = [at for at, text in new.items() if text.strip() not in _GONE]
            return self._said(f"{path}: expected removed, but something is left", left, new)
        if word in ("changed", "kept", "shifted"):
            test = {"changed": _is_changed, "kept": _is_kept, "shifted": self._is_shifted}[word]
            return self._said(f"{path}: expected {word}", _failing(old, new, test), new)
        return self._about_output(path, word, rest, new)

    def _about_output(self, path: str, word: str, rest: str, new: Mapping[str, str]) -> str:
        if not new:
            return f"{path}: nothing is left there"
        if word == "same as":
            other = {value.text for value in self.after if value.is_at(rest)}
            wrong = [at for at, text in new.items() if {text} != other]
            return self._said(f"{path}: expected the same as {rest}", wrong, new)
        if word == "equals":
            return self._said(f"{path}: expected {rest}", [at for at, text in new.items() if text != rest], new)
        pattern = re.compile(rest, re.S)
        wrong = [at for at, text in new.items() if not pattern.fullmatch(text)]
        return self._said(f"{path}: expected to match {rest}", wrong, new)

    def _said(self, what: str, places: Sequence[str], new: Mapping[str, str]) -> str:
        if not places:
            return ""
        shown = (f"{at} is {new.get(at, '')!r}" if self.show_values else at for at in places[:3])
        return f"{what}; not so at {', '.join(shown)}{' ...' if len(places) > 3 else ''}"

    def _is_shifted(self, old: str, new: str) -> bool:
        """By a number of days that the policy allows, the same for all of the message; the time of day stays."""
        first, last = _DAY.fullmatch(old), _DAY.fullmatch(new)
        if first is None or last is None or first[4] != last[4]:
            return False
        try:
            days = (_date(last) - _date(first)).days
        except ValueError:
            return False
        self.shifts.add(days)
        return len(self.shifts) == 1 and self.dates.min_days <= abs(days) <= self.dates.max_days


def _date(found: re.Match[str]) -> dt.date:
    return dt.date(int(found[1]), int(found[2]), int(found[3]))


def _failing(old: Mapping[str, str], new: Mapping[str, str], test: Callable[[str, str], bool]) -> list[str]:
    return [at for at, text in old.items() if not test(text, new.get(at, ""))]


def _is_changed(old: str, new: str) -> bool:
    return bool(new.strip()) and old != new


def _is_kept(old: str, new: str) -> bool:
    return old == new
