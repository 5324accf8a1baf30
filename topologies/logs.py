"""What may be logged. Faust and the Kafka clients print keys and values at debug level; so they never get there."""

from __future__ import annotations

import asyncio
import logging
import traceback
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_STRANGERS = ("faust", "mode", "aiokafka", "kafka", "asyncio", "rocksdict", "concurrent", "venusian")
_FRAMES = 12
_ONCE_PER_SECONDS = 10.0


class _Rarely(logging.Filter):
    """Lets the same complaint through once in a while: clients of an absent broker complain ten times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        at = (record.name, record.msg)
        if record.created - self._last.get(at, 0.0) < _ONCE_PER_SECONDS:
            return False
        self._last[at] = record.created
        return True


def calm() -> None:
    """Keep the libraries' loggers above debug, whatever the root logger's level is, and from repeating themselves."""
    level = logging.INFO if logging.getLogger().isEnabledFor(logging.DEBUG) else logging.WARNING
    for name in _STRANGERS:
        logging.getLogger(name).setLevel(level)
    rarely = _Rarely()
    for name in list(logging.Logger.manager.loggerDict):
        if name.split(".", maxsplit=1)[0] in _STRANGERS:
            logger = logging.getLogger(name)
            logger.setLevel(max(logging.INFO, logger.level) if logger.level else logging.NOTSET)
            logger.addFilter(rarely)
    logging.getLogger("kafka").setLevel(logging.ERROR)  # the admin client tells of every connection


def told(fault: BaseException) -> str:
    """An error's kind and where it was raised, without its text, which may quote a message."""
    frames = traceback.extract_tb(fault.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(fault).__name__} at {places or 'an unknown place'}"


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: asyncio's own prints what tasks and callbacks were given."""
    fault = context.get("exception")
    log.error("in the event loop: %s", told(fault) if fault else context.get("message", ""))
