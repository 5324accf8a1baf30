"""Rows of tests: a text in which « and » stand around what has to be found, or none where nothing may be."""

from collections.abc import Sequence

from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.types import Span

detect = RuleDetector()


def rows(block: str) -> list[str]:
    r"""The lines of a block; ``\n`` stands for a line break."""
    return [line.strip().replace(r"\n", "\n") for line in block.strip().splitlines()]


def plain(row: str) -> str:
    return row.replace("«", "").replace("»", "")


def found(row: str, label: str, *, around: tuple[str, str] = ("", "")) -> bool:
    """Whether the marked value is found, neither more nor less, with this label."""
    start = row.index("«") + len(around[0])
    end = row.index("»") - 1 + len(around[0])
    return any((s.start, s.end, s.label) == (start, end, label) for s in detect(around[0] + plain(row) + around[1]))


def labelled(spans: Sequence[Span], *families: str) -> list[str]:
    """The labels among `spans` that are of one of the families."""
    return [span.label for span in spans if span.label.startswith(families)]
