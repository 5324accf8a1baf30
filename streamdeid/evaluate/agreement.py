"""Two sets of findings over the same gold: what one finds and the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from streamdeid.evaluate.comparing import Comparison
from streamdeid.evaluate.marked import Marked
from streamdeid.evaluate.scoring import Scores


@dataclass(slots=True)
class Shared:
    """How many entities were found in every word: by both, by the first alone, by the other alone, by neither."""

    both: int = 0
    first: int = 0
    other: int = 0
    neither: int = 0


class Alone(NamedTuple):
    """The entities of a text that one of the two has found in every word, and the other has not."""

    first: list[Marked]
    other: list[Marked]


@dataclass(slots=True)
class Agreement:
    """The other one's scores, and what the two share, by family of label. Keeps no text."""

    other: Scores = field(default_factory=Scores)
    labels: dict[str, Shared] = field(default_factory=dict)

    def add(self, first: Comparison, findings: list[Marked]) -> Alone:
        """Counts the other's findings in the same text, and says what only one of the two has found."""
        other = self.other.add(first.gold, findings)
        ours, theirs = frozenset(first.whole), frozenset(other.whole)
        for entity in first.entities:
            shared = self.labels.setdefault(entity.family, Shared())
            match (entity in ours, entity in theirs):
                case (True, True):
                    shared.both += 1
                case (True, False):
                    shared.first += 1
                case (False, True):
                    shared.other += 1
                case _:
                    shared.neither += 1
        return Alone(sorted(ours - theirs), sorted(theirs - ours))


class Difference(NamedTuple):
    """A row of the table of differences. Shares are None where there is nothing to measure."""

    name: str
    recall: float | None
    other_recall: float | None
    precision: float | None
    other_precision: float | None
    shared: Shared


def differences(scores: Scores, agreement: Agreement) -> Iterator[Difference]:
    """Over all, then by family of label, those first where the two differ most."""
    total = Shared()
    for shared in agreement.labels.values():
        total.both += shared.both
        total.first += shared.first
        total.other += shared.other
        total.neither += shared.neither
    yield _difference("all", scores, agreement, total)
    labels = sorted(agreement.labels, key=lambda label: (-_alone(agreement.labels[label]), label))
    yield from (_difference(label, scores, agreement, agreement.labels[label]) for label in labels)


def _alone(shared: Shared) -> int:
    return shared.first + shared.other


def _difference(name: str, scores: Scores, agreement: Agreement, shared: Shared) -> Difference:
    ours, theirs = (one.overall if name == "all" else one.labels.get(name) for one in (scores, agreement.other))
    return Difference(
        name,
        ours.recall if ours and ours.gold else None,
        theirs.recall if theirs and theirs.gold else None,
        ours.precision if ours and ours.marked else None,
        theirs.precision if theirs and theirs.marked else None,
        shared,
    )
