"""Counts of words and entities, and the measures made of them."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Tally:
    """Counts. Words: `gold` to be found, `found` of them, `marked` by findings that can be judged, `right` of those.
    Entities: `entities`, of which `whole` were found in every word and `missed` were not even touched (leaks); `exact`
    are those that one of the `findings` that can be judged has from end to end, with a label of the same family."""

    gold: int = 0
    found: int = 0
    marked: int = 0
    right: int = 0
    entities: int = 0
    whole: int = 0
    missed: int = 0
    findings: int = 0
    exact: int = 0

    def add(self, other: Tally) -> None:
        """Adds the counts of `other`."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    @property
    def partly(self) -> int:
        """Entities that were touched, but not found in every word."""
        return self.entities - self.whole - self.missed

    @property
    def recall(self) -> float:
        """The share of words to be found that were; 1 where there are none."""
        return _share(self.found, self.gold)

    @property
    def precision(self) -> float:
        """The share of marked words that were to be found; 1 where there are none."""
        return _share(self.right, self.marked)

    @property
    def wholes(self) -> float:
        """The share of entities found in every word; 1 where there are none."""
        return _share(self.whole, self.entities)

    def f(self, beta: float = 1.0) -> float:
        """The F measure of words; beta 2 weighs recall higher."""
        return _f(self.recall, self.precision, beta)

    @property
    def exact_recall(self) -> float:
        """The share of entities that a finding has from end to end, with a label of their family."""
        return _share(self.exact, self.entities)

    @property
    def exact_precision(self) -> float:
        """The share of findings that are such an entity."""
        return _share(self.exact, self.findings)

    @property
    def exact_f(self) -> float:
        """The F1 of these two."""
        return _f(self.exact_recall, self.exact_precision, 1.0)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f(recall: float, precision: float, beta: float) -> float:
    weight = beta * beta
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below else 0.0
