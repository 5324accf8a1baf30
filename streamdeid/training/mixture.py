"""What is trained on, in which shares: an endless stream of examples."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from streamdeid.training import carriers, contexts
from streamdeid.training.example import Builder, Example
from streamdeid.training.frames import Frames, filled
from streamdeid.training.noise import spoilt
from streamdeid.training.shares import held_out
from streamdeid.training.values import Values
from streamdeid.training.values.lists import Lists, faker_values

#: Shares of the characters trained on.
_SHARES = {"frames": 0.33, "notes": 0.21, "negatives": 0.18, "carriers": 0.12, "contexts": 0.16}
#: How much of the contexts comes from each source (1 where none is given): many texts, or hard ones, count for more.
_WEIGHTS = {
    "litbank": 4.0, "btc_b": 1.5, "btc_f": 1.5, "btc_g": 1.5, "btc_h": 1.5, "btc_a": 1.0, "btc_e": 0.3,
    "wnut17_conll": 3.5, "wnut17_annotated": 1.5, "wikigold": 2.0, "uner_ewt_dev": 2.0, "gum_voyage": 0.8,
    "gum_academic": 0.5, "gum_bio": 0.8, "gum_court": 0.6, "gum_interview": 0.8, "gum_news": 0.8,
    "tab": 5.0, "legal_ner_in": 3.0, "contextual_anonymizer": 6.0, "sgd": 4.0, "lifebench": 2.5,
}  # fmt: skip
_PIECE = 700


@dataclass(frozen=True)
class Places:
    """Where text by others lies, and lists of values. `corpora` are folders: of their ``*.jsonl`` lines those with
    spans are annotated sentences, those without, and ``*.txt`` files, are notes to put values into. Without any there
    are only our own frames: few contexts."""

    corpora: Sequence[Path] = ()
    lists: Path | None = None


class Mixture:
    """The training share of everything (or the held-out share), drawn from in fixed proportions."""

    def __init__(self, places: Places, share: bool = False, sources_out: frozenset[str] = frozenset()) -> None:
        self.values = Values(places.lists, share)
        self.frames = Frames.read(share)
        annotated = [example for folder in places.corpora for example in contexts.read(folder)]
        self.contexts = contexts.shared(annotated, share, sources_out)
        notes = carriers.read(places.corpora, _names(places.lists))
        self.carriers = [carrier for carrier in notes if held_out(carrier.group, 0.05) is share]
        self._sources: dict[str, list[Example]] = {}
        for example in self.contexts:
            self._sources.setdefault(example.source, []).append(example)
        self._balance = Balance({source: _WEIGHTS.get(source, 1.0) for source in self._sources})
        self._makers: dict[str, Callable[[random.Random], Example]] = {
            "frames": self.sentences,
            "notes": lambda rng: self.frames.note(rng, self.values),
            "negatives": self.negatives,
            "carriers": lambda rng: carriers.carried(rng.choice(self.carriers), self.frames, rng, self.values),
            "contexts": self.context,
        }

    def draw(self, rng: random.Random) -> Iterator[Example]:
        """Examples without end, in the order that `rng` gives."""
        kinds = Balance({name: share for name, share in _SHARES.items() if self._has(name)})
        while True:
            kind = kinds.next()
            example = self._makers[kind](rng)
            kinds.took(kind, len(example.text))
            yield spoilt(example, rng)

    def _has(self, name: str) -> bool:
        pools = {"carriers": self.carriers, "contexts": self.contexts, "notes": self.frames.notes}
        return bool(pools.get(name, self.frames.sentences))

    def sentences(self, rng: random.Random) -> Example:
        """One to four frames, mostly of one genre, one after another."""
        count = rng.choice((1, 1, 1, 2, 2, 3, 4))
        genre = rng.choice(list(self.frames.genres))
        pool = self.frames.genres[genre] if rng.random() < 0.7 else self.frames.sentences
        return _joined([filled(rng.choice(pool), rng, self.values) for _ in range(count)], rng)

    def negatives(self, rng: random.Random) -> Example:
        """Lines without identifiers, at times beside one with."""
        parts = [
            filled(rng.choice(self.frames.negatives), rng, self.values, "negatives")
            for _ in range(rng.choice((1, 2, 3)))
        ]
        if rng.random() < 0.4:
            parts.insert(rng.randrange(len(parts) + 1), filled(rng.choice(self.frames.sentences), rng, self.values))
        return _joined(parts, rng)

    def context(self, rng: random.Random) -> Example:
        """A text by another writer, or a piece of a long one; some short ones follow another."""
        source = self._balance.next()
        texts = self._sources[source]
        example = contexts.piece(rng.choice(texts), rng, _PIECE)
        while len(example.text) < _PIECE // 2 and rng.random() < 0.4:
            example = _joined([example, contexts.piece(rng.choice(texts), rng, _PIECE // 2)], rng)
        self._balance.took(source, len(example.text))
        return contexts.swapped(example, rng, self.values)


class Balance:
    """Says what is to come next so that each kind gets its share, by what was taken of it so far."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self._shares = shares
        self._taken = dict.fromkeys(shares, 0.0)

    def next(self) -> str:
        """The kind that lags behind most."""
        return min(self._shares, key=lambda kind: self._taken[kind] / self._shares[kind])

    def took(self, kind: str, amount: float) -> None:
        """So much of this kind was taken; a little more, so that empty ones count."""
        self._taken[kind] += amount + 1


def _joined(parts: Sequence[Example], rng: random.Random) -> Example:
    if len(parts) == 1:
        return parts[0]
    builder, between = Builder(), rng.choice(("\n", " ", " ", "\n\n"))
    for number, part in enumerate(parts):
        if number:
            builder.add(between)
        builder.include(part.text, part.marks)
    return Example(builder.text, builder.marks, parts[0].known, parts[0].source, parts[0].group)


def _names(folder: Path | None) -> frozenset[str]:
    """Names of people, in lower case."""
    lists = Lists(folder)
    own = faker_values("person", "en_US", "first_names", "last_names")
    return frozenset(name.lower() for name in (*lists.surnames(), *lists.given_names(), *own))
