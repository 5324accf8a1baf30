"""The demo itself: messages are sent and watched, first one by one, then all at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence

from streamdeid.demo.figures import Figures, figures
from streamdeid.demo.generate import MadeUp, messages, patients
from streamdeid.demo.stage import Stage
from streamdeid.demo.traffic import Fate, Traffic

_SEED = 20240312
_PATIENTS = 8
#: So many are sent one by one, to take their times; half of them where there are few.
_ONE_BY_ONE = 100
#: Seconds without any news after which the demo gives up. Before the first message comes out the worker has to start.
_START = 120.0
_PATIENCE = 60.0

Tell = Callable[[str], None]


def perform(stage: Stage, count: int, tell: Tell) -> tuple[list[Fate], Figures]:
    """Send `count` made-up messages through the stream; what became of each, and the figures.

    Raises:
        StageError: the worker ended, or nothing has come out for a minute.
    """
    first, *rest = itertools.islice(messages(patients(_SEED, _PATIENTS), _SEED), count)
    slow = min(_ONE_BY_ONE, len(rest) // 2)
    with Traffic(stage.settings.brokers, stage.settings.topics) as traffic:
        tell("The worker joins the stream.")
        _through(stage, traffic, [first], _START)
        tell(f"{slow} messages one by one.")
        for message in rest[:slow]:
            _through(stage, traffic, [message], _PATIENCE)
        tell(f"{len(rest) - slow} messages at once.")
        started = time.monotonic()
        _through(stage, traffic, rest[slow:], _PATIENCE)
        rate = (len(rest) - slow) / (time.monotonic() - started)
        return traffic.fates, figures(traffic.fates, traffic.fates[1 : slow + 1], rate)


def _through(stage: Stage, traffic: Traffic, batch: Sequence[MadeUp], patience: float) -> None:
    """Send messages as fast as can be, and watch until all have come out, as long as there is news in time."""
    for message in batch:
        traffic.send(message)
    news = time.monotonic()
    while traffic.waiting:
        if traffic.watch(0.01):
            news = time.monotonic()
        elif time.monotonic() - news > patience:
            raise stage.failure(f"nothing has come out of the stream for {patience:.0f} s")
        stage.check()
