"""How well identifiers are found in texts whose identifiers are known, summed up over many texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from streamdeid.evaluate.comparing import Comparison, compare
from streamdeid.evaluate.marked import SCORED, Gold, Marked
from streamdeid.evaluate.tally import Tally

__all__ = ["SCORED", "Comparison", "Gold", "Marked", "Scores", "Tally", "compare"]


@dataclass(slots=True)
class Scores:
    """The counts of many texts: over all, by family of label (`marked`, `right` and `findings` by that of the finding,
    all else by that of the gold), by finer label of the gold, by kind of text, and by whether the text was seen.
    `left_open` are the gold labels that were not scored; `scored` counts the texts in which some label was annotated
    that is. Keeps no text."""

    texts: int = 0
    scored: int = 0
    overall: Tally = field(default_factory=Tally)
    labels: dict[str, Tally] = field(default_factory=dict)
    finer: dict[str, Tally] = field(default_factory=dict)
    kinds: dict[str, Tally] = field(default_factory=dict)
    seen: dict[bool, Tally] = field(default_factory=dict)
    left_open: Counter[str] = field(default_factory=Counter)

    def add(self, gold: Gold, findings: Iterable[Marked]) -> Comparison:
        """Counts one text's findings, and says what they are worth."""
        comparison = compare(gold, findings)
        self.texts += 1
        self.scored += not gold.labelled.isdisjoint(SCORED)
        self.overall.add(comparison.overall)
        self.kinds.setdefault(gold.kind, Tally()).add(comparison.overall)
        if gold.seen is not None:
            self.seen.setdefault(gold.seen, Tally()).add(comparison.overall)
        for sums, tallies in ((self.labels, comparison.labels), (self.finer, comparison.finer)):
            for label, tally in tallies.items():
                sums.setdefault(label, Tally()).add(tally)
        self.left_open.update(span.label for span in gold.spans if not gold.scores(span))
        return comparison
