"""The demo itself: messages are sent and watched, first one by one, then all at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence

from streamdeid.demo.figures import Figures, figures
from streamdeid.demo.generate import MadeUp, messages, patients
from streamdeid.demo.stage import Stage
from streamdeid.demo.traffic import Fate, Traffic

_SEED = 20240312
_PATIENTS = 8
#: One message each so many seconds while times are taken.
_PACE = 0.02
_ONE_BY_ONE = 200
#: Without any news for so long the demo gives up; the worker has to start within the first.
_START = 120.0
_PATIENCE = 60.0

Tell = Callable[[str], None]


def perform(stage: Stage, count: int, tell: Tell) -> tuple[list[Fate], Figures]:
    """Send `count` made-up messages through the stream; what became of each, and the figures.

    Raises:
        StageError: the worker ended, or nothing has come out for a minute.
    """
    made_up = list(itertools.islice(messages(patients(_SEED, _PATIENTS), _SEED), count))
    with Traffic(stage.settings.brokers, stage.settings.topics) as traffic:
        tell("The worker joins the stream.")
        _send_and_wait(stage, traffic, made_up[:1], 0.0, _START)
        slow = min(_ONE_BY_ONE, count // 2)
        tell(f"{slow} messages one by one.")
        _send_and_wait(stage, traffic, made_up[1:slow], _PACE, _PATIENCE)
        tell(f"{count - slow} messages at once.")
        started = time.monotonic()
        _send_and_wait(stage, traffic, made_up[max(1, slow) :], 0.0, _PATIENCE)
        rate = (count - max(1, slow)) / (time.monotonic() - started)
        return traffic.fates, figures(traffic.fates, traffic.fates[1:slow], rate)


def _send_and_wait(stage: Stage, traffic: Traffic, batch: Sequence[MadeUp], pace: float, patience: float) -> None:
    """Send messages, one each `pace` seconds, and watch until all have come out, while there is news in time."""
    due = _due(batch, pace)
    pending = next(due, None)
    news = time.monotonic()
    while pending is not None or traffic.waiting:
        now = time.monotonic()
        while pending is not None and pending[0] <= now:
            traffic.send(pending[1])
            pending = next(due, None)
        if traffic.watch(0.01):
            news = now
        elif now - news > patience:
            raise stage.failure(f"nothing has come out of the stream for {patience:.0f} s")
        stage.check()


def _due(batch: Sequence[MadeUp], pace: float) -> Iterator[tuple[float, MadeUp]]:
    started = time.monotonic()
    for number, message in enumerate(batch):
        yield started + number * pace, message
