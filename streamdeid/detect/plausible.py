"""What findings can be and where they can end, whatever a policy says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamdeid.detect.edges import completed, trimmed
from streamdeid.detect.figures import is_measured
from streamdeid.detect.resolve import Decide, is_of_a_model
from streamdeid.types import Span


@dataclass(frozen=True, slots=True)
class Plausibly:
    """Drops figures that a model takes for what they cannot be (`figures`), decides as `then` does, and mends where
    they begin and end (`edges`)."""

    then: Decide

    def __call__(self, spans: Sequence[Span], text: str) -> list[Span]:
        """The spans that count, sorted and disjoint."""
        possible = [span for span in spans if not (is_of_a_model(span) and is_measured(span, text))]
        return completed([trimmed(span, text) for span in self.then(possible, text)], text)
