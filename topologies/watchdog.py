"""Ends a process that stands still, so that its supervisor starts it afresh.

A worker that has messages waiting and finishes none is worse than one that is gone: its partitions would move to
another. So a thread looks at what the event loop reports, and ends the process without acknowledging anything when
that has not moved for too long. Where even threads get no turn (a call that never lets go of the interpreter), a timer
outside the interpreter does it.
"""

from __future__ import annotations

import faulthandler
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `stall`: messages wait, none is done. `ready`: no partitions to work on. `message`: for one message, and
    `megabyte`: more for each million bytes in work."""

    stall: float
    ready: float
    message: float
    megabyte: float = 0.0

    def patience(self, working: int | None) -> float:
        """How long a stage with so many bytes in work may take; None where it works on nothing."""
        return self.stall + (0 if working is None else self.message + self.megabyte * working / 1e6)


@dataclass(slots=True)
class Stage:
    """One hop's part of `Progress`."""

    #: When something was last done.
    moved: float
    #: Since when messages have been waiting; None when there are none, or when it cannot be told.
    behind: float | None = None
    #: Bytes of messages in the hands of the engine; None when there are none.
    working: int | None = None


class Progress:
    """What the event loop reports; all times are monotonic seconds. Read by another thread."""

    def __init__(self, *stages: str, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        #: When the event loop last had a turn.
        self.beat = now()
        #: Since when there has been no flow of messages; None while there is.
        self.idle: float | None = now()
        self.stages = {stage: Stage(now()) for stage in stages}

    def move(self, stage: str) -> None:
        """Something was done."""
        self.stages[stage].moved = self.now()

    def flowing(self, flowing: bool) -> None:
        """Partitions are being worked on from now on, or not any more."""
        for stage in self.stages.values():
            stage.moved = self.now()
            stage.behind = None
        self.idle = None if flowing else self.now()

    def restoring(self) -> None:
        """The table is being restored; it takes as long as it takes."""
        if self.idle is not None:
            self.idle = self.now()

    def waiting(self, stage: str, waiting: bool) -> None:
        """Messages are waiting, or not, or it cannot be told."""
        if not waiting:
            self.stages[stage].behind = None
        elif self.stages[stage].behind is None:
            self.stages[stage].behind = self.now()


def verdict(progress: Progress, limits: Limits, now: float) -> str | None:
    """Why the process has to end; None if it need not."""
    if now - progress.beat > limits.stall + limits.message:
        return "the event loop has had no turn"
    if progress.idle is not None:
        return "no partitions to work on" if now - progress.idle > limits.ready else None
    for name, stage in progress.stages.items():
        if stage.behind is not None and now - max(stage.behind, stage.moved) > limits.patience(stage.working):
            return f"messages are waiting and {name} does none"
    return None


class Watchdog(threading.Thread):
    """Looks at `progress` and calls `end` when it has stood still for too long."""

    def __init__(self, progress: Progress, limits: Limits, end: Callable[[], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._progress = progress
        self._limits = limits
        self._end = end
        self._last_resort = 2 * (limits.stall + limits.message) + limits.ready

    def run(self) -> None:
        """Look until the process ends."""
        while True:
            faulthandler.dump_traceback_later(self._last_resort, exit=True)
            reason = verdict(self._progress, self._limits, self._progress.now())
            if reason is not None:
                log.critical("standing still: %s; ending unacknowledged, to be started afresh", reason)
                self._end()
                return
            time.sleep(_LOOK_SECONDS)
