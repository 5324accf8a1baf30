"""Texts to measure on that no training saw: held-out frames, skeletons, carriers and values, and held-out sources."""

from __future__ import annotations

import random
from collections.abc import Iterator

from streamdeid.evaluate.scoring import Gold, Marked
from streamdeid.training import carriers, contexts
from streamdeid.training.example import Example
from streamdeid.training.frames import filled
from streamdeid.training.labels import KINDS
from streamdeid.training.mixture import Mixture

_SEED = 20
#: How many times each held-out frame is filled.
_FILLED = 3


def golds(mixture: Mixture, each: int = 150, contexts_at_most: int = 200) -> Iterator[Gold]:
    """Texts with their identifiers: `each` notes, carriers, and frames by genre; and held-out texts of every source.

    `mixture` is made for the held-out share.
    """
    rng = random.Random(_SEED)  # noqa: S311 (texts to measure on, not a secret)
    for number, example in enumerate(_examples(mixture, rng, each, contexts_at_most), 1):
        yield gold(example, f"{example.source}-{number}")


def gold(example: Example, name: str) -> Gold:
    """The example as something to be found."""
    spans = tuple(Marked(mark.start, mark.end, _label(mark.label)) for mark in example.marks)
    return Gold(name, example.text, spans, example.known, example.source)


def _label(label: str) -> str:
    """What the model's kinds are called outside; what nobody knows has a label that is not scored."""
    return KINDS.get(label, label) or "ORG"


def _examples(mixture: Mixture, rng: random.Random, each: int, contexts_at_most: int) -> Iterator[Example]:
    frames, values = mixture.frames, mixture.values
    for _ in range(each if frames.notes else 0):
        yield frames.note(rng, values)
    for _, sentences in sorted(frames.genres.items()):
        for frame in sentences:
            for _ in range(_FILLED):
                yield filled(frame, rng, values)
    for frame in frames.negatives:
        yield filled(frame, rng, values, "negatives")
    for carrier in rng.sample(mixture.carriers, min(each, len(mixture.carriers))):
        yield carriers.carried(carrier, frames, rng, values)
    sources: dict[str, list[Example]] = {}
    for example in mixture.contexts:
        sources.setdefault(example.source, []).append(example)
    for _, texts in sorted(sources.items()):
        for example in rng.sample(texts, min(contexts_at_most, len(texts))):
            yield contexts.swapped(example, rng, values)
