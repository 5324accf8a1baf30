"""All that is known once findings have been compared with gold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamdeid.evaluate.agreement import Difference
from streamdeid.evaluate.misses import Chosen
from streamdeid.evaluate.scoring import Scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures and chosen errors. `gold` is the gold file's name, `what` says whose findings these are,
    `other` whose they are compared with."""

    gold: str
    what: str
    scores: Scores
    chosen: Chosen
    other: str = ""
    differences: Sequence[Difference] = ()
