"""Scores that mean what they say, and thresholds that lose little: found on held-out text, after training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from tokenizers import Tokenizer
from torch import Tensor

from streamdeid.training.encode import Encoded, windows
from streamdeid.training.encoder import Tagger
from streamdeid.training.example import Example
from streamdeid.training.labels import ANYTHING, CLASSES, KINDS, OUTSIDE
from streamdeid.training.train import partial_loss, tensors

_TEMPERATURES = tuple(step / 10 for step in range(6, 31, 2))
_THRESHOLDS = tuple(step / 20 for step in range(2, 15))
#: How many times a lost word weighs what an excess one does.
_BETA = 2.0
_AT_ONCE = 32
_ENOUGH = 30


def scored(
    tagger: Tagger, tokenizer: Tokenizer, examples: Iterable[Example], longest: int, overlap: int
) -> tuple[Tensor, Tensor]:
    """The network's logits for every token of the examples of which something is known, and the classes allowed."""
    logits, allowed = [], []
    every = (window for example in examples for window in windows(example, tokenizer, longest, overlap))
    with torch.no_grad():
        for batch in _groups(every):
            ids, mask, shapes, may = tensors(batch)
            known = may != ANYTHING
            logits.append(tagger(ids, mask, shapes)[known])
            allowed.append(may[known])
    return torch.cat(logits), torch.cat(allowed)


def temperature(logits: Tensor, allowed: Tensor) -> float:
    """What the logits are divided by so that the probabilities fit what was found; at most a little sharper than they
    were."""
    return min(_TEMPERATURES, key=lambda heat: float(partial_loss(logits / heat, allowed)))


def thresholds(logits: Tensor, allowed: Tensor, heat: float) -> dict[str, float]:
    """For each label that is reported, the probability from which a token counts, chosen for recall: the best F2."""
    reported = torch.tensor([bool(name != "O" and KINDS[name[2:]]) for name in CLASSES])
    chances = (logits / heat).softmax(-1)
    score = chances[:, reported].sum(-1)
    kinds = torch.stack([chances[:, 2 * at + 1] + chances[:, 2 * at + 2] for at in range(len(KINDS))], -1).argmax(-1)
    positive, negative = (allowed & OUTSIDE) == 0, allowed == OUTSIDE
    found = {}
    for number, (_, label) in enumerate(KINDS.items()):
        own = kinds == number
        if label and int((own & positive).sum()) >= _ENOUGH:
            found[label] = _best(score[own], positive[own], negative[own])
    return found


def _best(score: Tensor, positive: Tensor, negative: Tensor) -> float:
    def measure(threshold: float) -> float:
        marked = score >= threshold
        right, wrong = int((marked & positive).sum()), int((marked & negative).sum())
        lost = int((~marked & positive).sum())
        weight = _BETA * _BETA
        return (1 + weight) * right / max(1.0, (1 + weight) * right + weight * lost + wrong)

    return max(_THRESHOLDS, key=lambda threshold: (round(measure(threshold), 4), -abs(threshold - 0.5)))


def _groups(every: Iterator[Encoded]) -> Iterator[list[Encoded]]:
    group: list[Encoded] = []
    for window in every:
        group.append(window)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    if group:
        yield group
