"""A model's labels as matrices, to sum up its scores with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from streamdeid.detect.ner.labels import tag

_DEFAULT_THRESHOLD = 0.5


class Scheme:
    """A model's labels, ready to be summed up: what each column of its scores counts for.

    `names` are the distinct labels of ours. Column k of a model's scores counts for name `n` where `fine[k, n]` is 1,
    for beginning family `g` where `begin[k, g]` is, for going on with it where `inside[k, g]` is. `family` is that of
    each name, `thresholds` the probability from which on a token with that name counts.
    """

    def __init__(self, labels: Sequence[str], meant: Sequence[str | None], thresholds: Mapping[str, float]) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(filter(None, meant)))
        families = tuple(dict.fromkeys(name.partition("/")[0] for name in self.names))
        self.family = np.array([families.index(name.partition("/")[0]) for name in self.names])
        self.fine: NDArray[np.float64] = np.zeros((len(labels), len(self.names)))
        self.begin: NDArray[np.float64] = np.zeros((len(labels), len(families)))
        self.inside: NDArray[np.float64] = np.zeros((len(labels), len(families)))
        for column, (label, ours) in enumerate(zip(labels, meant, strict=True)):
            parts = tag(label)
            if ours is None or parts is None:
                continue
            name = self.names.index(ours)
            self.fine[column, name] = 1
            (self.begin if parts.begins else self.inside)[column, self.family[name]] = 1
        self.thresholds = np.array([_threshold(name, thresholds) for name in self.names])


def _threshold(name: str, thresholds: Mapping[str, float]) -> float:
    return thresholds.get(name, thresholds.get(name.partition("/")[0], _DEFAULT_THRESHOLD))
