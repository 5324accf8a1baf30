"""False values of the policy's own: lists to draw from, and pairs of a true value and the false one for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain, islice
from typing import Final, NamedTuple

from streamdeid.transform.casing import folded
from streamdeid.transform.prf import Prf

#: Weights are counted in thousandths.
_FINENESS: Final = 1000


class OwnList(NamedTuple):
    """Values of one label with their weights. `sex` and `region` say for which originals it is; empty for all."""

    label: str
    values: tuple[str, ...]
    weights: tuple[float, ...]
    sex: str = ""
    region: str = ""


class _Drawn(NamedTuple):
    values: tuple[str, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OwnLists:
    """All of a policy's lists and pairs. `pairs` maps a label to true values, folded, and what stands for them."""

    lists: tuple[OwnList, ...] = ()
    pairs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _drawn: dict[tuple[str, str, str], _Drawn | None] = field(default_factory=dict, repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(self.lists or self.pairs)

    def paired(self, label: str, text: str) -> str | None:
        """What the policy says stands for a value; None where it says nothing."""
        pairs = self.pairs.get(label)
        return None if pairs is None else pairs.get(folded(text))

    def pick(self, prf: Prf, scope: str, label: str, text: str, sex: str = "", region: str = "") -> str | None:
        """A value of the label's lists for `text` in `scope`, as often as its weight says, and never `text` itself;
        None where no list is for such a value. `sex` is F, M or U for one that is not known."""
        drawn = self._for(label, sex, region)
        if drawn is None:
            return None
        key = folded(text)
        number = prf.number(scope, f"list/{label}", key, drawn.ends[-1])
        first = bisect_right(drawn.ends, number)
        turned = chain(islice(drawn.values, first, None), islice(drawn.values, first))
        return next((value for value in turned if folded(value) != key), None)

    def _for(self, label: str, sex: str, region: str) -> _Drawn | None:
        wanted = (label, sex, region)
        if wanted not in self._drawn:
            self._drawn[wanted] = self._joined(label, sex, region)
        return self._drawn[wanted]

    def _joined(self, label: str, sex: str, region: str) -> _Drawn | None:
        """The lists for a label, those for the very region before those for all."""
        own = [one for one in self.lists if one.label == label]
        fitting = [one for one in own if one.sex in ("", sex) or sex in ("", "U")]
        chosen = [one for one in fitting if one.region == region] if region else []
        chosen = chosen or [one for one in fitting if not one.region]
        values = tuple(value for one in chosen for value in one.values)
        weights = (round(weight * _FINENESS) for one in chosen for weight in one.weights)
        return _Drawn(values, tuple(accumulate(weights))) if values else None
