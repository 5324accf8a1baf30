"""Occupations, as records name them."""

from __future__ import annotations

import random

from streamdeid.training.values.lists import faker_values, lexicon
from streamdeid.training.values.pieces import Share, pick


class Professions:
    """Draws occupations of one share."""

    def __init__(self, share: Share) -> None:
        own = lexicon("professions")
        listed = [_turned(job) for job in faker_values("job", "", "jobs")]
        self._common = share.of(own["profession"])
        self._all = share.of((*own["profession"], *listed))
        self._adjectives = own["adjective"]

    def profession(self, rng: random.Random) -> str:
        """An occupation, now and then with an adjective."""
        name = pick(rng, self._common if rng.random() < 0.65 else self._all)
        chance = rng.random()
        if chance < 0.05:
            adjective = pick(rng, self._adjectives)
            return f"{adjective}{name}" if adjective.endswith("-") else f"{adjective} {name}"
        if chance < 0.1:
            return name.capitalize()
        return name.title() if chance < 0.12 else name


def _turned(job: str) -> str:
    """ "Engineer, civil" as one says it: "civil engineer"."""
    name, _, kind = job.partition(", ")
    turned = f"{kind} {name}" if kind and "," not in kind and "/" not in job else name
    return " ".join(word if word.isupper() else word.lower() for word in turned.split() if not word.startswith("("))
