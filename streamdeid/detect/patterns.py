"""Regular expressions that a policy brings along: checked when it is loaded, bounded in time when they run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import regex

from streamdeid.detect.rules.fold import fold
from streamdeid.errors import DetectorError
from streamdeid.types import Span

#: The group that is the identifier, where it is not the whole match.
VALUE_GROUP = "value"
_FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.DOTALL
_LONGEST = 4_000
_PROBE_SECONDS, _PROBE_LENGTH = 0.5, 300
_PIECE = re.compile(
    r"\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?#[^)]*\)|\(\?>|\(|\)"
    r"|(?P<open>[*+]|\{\d+,\})[?+]?|(?P<closed>\?|\{\d*,?\d+\})[?+]?|.",
    re.S,
)


class Pattern(NamedTuple):
    """An expression, and what it finds; `by` is what spans say of it."""

    by: str
    label: str
    score: float
    expression: regex.Pattern[str]


def compiled(expression: str) -> regex.Pattern[str]:
    """A policy's expression, in any case (``(?-i:...)`` minds it), ``^`` and ``$`` at line ends.

    Raises:
        ValueError: it is no regular expression, finds nothing in particular, or may take forever; says which and why.
    """
    if len(expression) > _LONGEST:
        raise ValueError(f"the expression is longer than {_LONGEST} characters")
    try:
        made = regex.compile(expression, _FLAGS)
    except regex.error as fault:
        raise ValueError(f"{expression!r} is no regular expression: {fault.msg}, at {fault.pos}") from None
    if _is_nested(expression):
        raise ValueError(
            f"{expression!r} repeats without end what is repeated without end in it, which may take forever:"
            " give one of them a bound, such as {1,20}"
        )
    _probe(made, expression)
    return made


def _is_nested(expression: str) -> bool:
    """Whether a group that is repeated without a bound has a repetition without a bound in it, neither of them atomic
    or possessive."""
    groups = [(False, False)]  # whether it is atomic, and whether something in it is repeated without a bound
    before = False
    for piece in _PIECE.finditer(expression):
        text = piece[0]
        if text in ("(", "(?>"):
            groups.append((text == "(?>", False))
            before = False
        elif text == ")" and len(groups) > 1:
            atomic, before = groups.pop()
            before = before and not atomic
            groups[-1] = (groups[-1][0], groups[-1][1] or before)
        elif piece["open"]:
            if not text.endswith("+") or text == "+":
                if before:
                    return True
                groups[-1] = (groups[-1][0], True)
            before = False
        else:
            before = before and piece["closed"] is not None
    return False


def _probe(made: regex.Pattern[str], expression: str) -> None:
    try:
        if made.search("", timeout=_PROBE_SECONDS):
            raise ValueError(f"{expression!r} finds something in nothing: it would be found everywhere")
        # What an expression must have stands behind the run, or it would be given up at a glance.
        tail = "\0" + "".join(sorted(set(expression)))
        for character in sorted({*"aA0 -", *filter(str.isalnum, expression)})[:40]:
            made.search(character * _PROBE_LENGTH + tail, timeout=_PROBE_SECONDS)
    except TimeoutError:
        raise ValueError(f"{expression!r} takes too long for a text of {_PROBE_LENGTH} characters") from None


class PatternDetector:
    """Finds what the patterns match in the folded text (`rules.fold`), each in `seconds` at most."""

    def __init__(self, patterns: Sequence[Pattern], seconds: float) -> None:
        self._patterns = patterns
        self._seconds = seconds

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`, which may overlap.

        Raises:
            DetectorError: ``message.timeout``, a pattern takes too long; nothing is known of the text then.
        """
        folded = fold(text)
        found = []
        for by, label, score, expression in self._patterns:
            group: str | int = VALUE_GROUP if VALUE_GROUP in expression.groupindex else 0
            try:
                extents = [match.span(group) for match in expression.finditer(folded.text, timeout=self._seconds)]
            except TimeoutError:
                raise DetectorError("message.timeout", by) from None
            found += [Span(*folded.extent(*extent), label, score, by) for extent in extents if extent[0] < extent[1]]
        return found
