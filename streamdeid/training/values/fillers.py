"""Drugs, diseases, tests, measures and times: what surrounds identifiers and is none."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.detect.clinical_words import listed
from streamdeid.training.values.lists import lexicon
from streamdeid.training.values.pieces import Share, pick
from streamdeid.training.values.spoken import cardinal

_DOSES: Final = (
    1,
    2,
    2.5,
    5,
    7.5,
    10,
    12.5,
    15,
    20,
    25,
    40,
    50,
    60,
    75,
    80,
    100,
    120,
    125,
    200,
    250,
    300,
    325,
    400,
    500,
    625,
    800,
    1000,
)
#: How many drugs are of the long list, in which brands and generic names are not told apart.
_RARE: Final = 0.6
_SPANS: Final = ("day", "day", "week", "week", "month", "month", "year", "year", "hour", "minute")
_WORDS: Final = lexicon("fillers")


class Fillers:
    """Draws fillers of one share."""

    def __init__(self, share: Share) -> None:
        words = _WORDS
        self._units, self._schedules = words["dose.unit"], words["dose.schedule"]
        self._value_units, self._severities = words["value.unit"], words["severity"]
        self._drugs, self._more_drugs = share.of(words["drug"]), share.of(tuple(sorted(listed("drugs"))))
        self.kinds: Mapping[str, Callable[[random.Random], str]] = {
            **{
                kind: _drawing(share.of(words[kind]))
                for kind in ("disease", "eponym", "procedure", "bodypart", "labtest")
            },
            "drug": self._drug,
            "dose": self._dose,
            "value": self._value,
            "vital": vital,
            "count": count,
            "time": time,
            "duration": duration,
            "severity": lambda rng: pick(rng, self._severities),
        }

    def _drug(self, rng: random.Random) -> str:
        is_rare = rng.random() < _RARE
        name = pick(rng, self._more_drugs if is_rare else self._drugs)
        chance = rng.random()
        if chance < 0.06:
            return name.upper()
        return name.capitalize() if chance < (0.6 if is_rare else 0.16) and name.islower() else name

    def _dose(self, rng: random.Random) -> str:
        amount = f"{pick(rng, _DOSES)}{pick(rng, (' ', ' ', ' ', ''))}{pick(rng, self._units)}"
        return amount if rng.random() < 0.5 else f"{amount} {pick(rng, self._schedules)}"

    def _value(self, rng: random.Random) -> str:
        number = rng.random() ** 3 * pick(rng, (1, 10, 20, 150, 500, 2000))
        text = f"{number:.{pick(rng, (0, 0, 1, 1, 2))}f}"
        form = pick(
            rng,
            (
                "{n}",
                "{n}",
                "{n} {u}",
                "{n} {u}",
                "{n} {u}",
                "{n}{u}",
                "<{n}",
                ">{n} {u}",
                "{n} (H)",
                "{n} L",
                "{n}*",
                "{n} H",
            ),
        )
        return form.format(n=text, u=pick(rng, self._value_units))


def _drawing(values: tuple[str, ...]) -> Callable[[random.Random], str]:
    return lambda rng: pick(rng, values)


def count(rng: random.Random) -> str:
    """A small number, in figures or words."""
    number = 1 + int(rng.random() ** 2 * 24)
    return cardinal(number) if rng.random() < 0.25 else str(number)


def duration(rng: random.Random) -> str:
    """How long something lasts."""
    number = 1 + int(rng.random() ** 2 * 20)
    chance = rng.random()
    if chance < 0.2:
        return pick(rng, _WORDS["duration"])
    if chance < 0.4:
        return pick(rng, _WORDS["duration.short"]).format(n=number, m=number + 2)
    span = pick(rng, _SPANS)
    if number > 1:
        span += "s"
    return f"{cardinal(number) if chance < 0.7 else number} {span}"


def time(rng: random.Random) -> str:
    """A time of the day."""
    hour = int(rng.random() * 24)
    return pick(rng, _WORDS["time"]).format(
        h=hour,
        hh=f"{hour:02}",
        t=hour % 12 or 12,
        w=cardinal(hour % 12 or 12),
        mm=f"{int(rng.random() * 60):02}",
        ss=f"{int(rng.random() * 60):02}",
    )


def vital(rng: random.Random) -> str:
    """A vital sign or several."""
    whole = int(rng.random() * 100)
    return pick(rng, _WORDS["vital"]).format(
        s=88 + whole,
        d=50 + whole // 2,
        p=50 + int(rng.random() * 90),
        r=10 + whole // 6,
        f=f"{96.5 + rng.random() * 6:.1f}",
        c=f"{35.5 + rng.random() * 4:.1f}",
        o=84 + int(rng.random() * 17),
        kg=f"{45 + rng.random() * 80:.1f}",
        lb=100 + 2 * whole,
        bmi=f"{18 + rng.random() * 24:.1f}",
        i=int(rng.random() * 12),
        cm=150 + whole // 2,
        g=3 + int(rng.random() * 13),
        q=int(rng.random() * 11),
        l=1 + int(rng.random() * 6),
        fh=110 + whole // 2,
    )
