"""What may be logged. Faust and the Kafka clients print keys and values at debug level; so they never get there."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import traceback
from pathlib import Path
from typing import Any

from streamdeid.errors import StreamdeidError

log = logging.getLogger(__name__)

_STRANGERS = ("faust", "mode", "aiokafka", "kafka", "asyncio", "rocksdict", "concurrent", "venusian")
_FRAMES = 12
_ONCE_PER_SECONDS = 10.0


class _Discreet(logging.Filter):
    """For handlers: of the libraries' records, lets the same complaint through once in a while (clients of an absent
    broker complain ten times a second), and takes out what errors say, as they may quote what was being handled."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.split(".", maxsplit=1)[0] not in _STRANGERS:
            return True
        at = (record.name, record.msg)
        if record.created - self._last.get(at, -math.inf) < _ONCE_PER_SECONDS:
            return False
        self._last[at] = record.created
        if isinstance(record.args, tuple):
            record.args = tuple(told(part) if isinstance(part, BaseException) else part for part in record.args)
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage()}: {told(record.exc_info[1])}", ()
        record.exc_info = record.exc_text = None
        return True


def calm() -> None:
    """Keep the libraries' loggers above debug, whatever the root logger's level is, and what they tell discreet."""
    level = logging.INFO if logging.getLogger().isEnabledFor(logging.DEBUG) else logging.WARNING
    for name in _STRANGERS:
        logging.getLogger(name).setLevel(level)
    for name in list(logging.Logger.manager.loggerDict):
        logger = logging.getLogger(name)
        if name.split(".", maxsplit=1)[0] in _STRANGERS and logger.level:
            logger.setLevel(max(logging.INFO, logger.level))
    logging.getLogger("kafka").setLevel(logging.ERROR)  # the admin client tells of every connection
    discreet = _Discreet()
    for handler in logging.getLogger().handlers:
        handler.addFilter(discreet)
    threading.excepthook = _on_thread_error


def _on_thread_error(error: threading.ExceptHookArgs) -> None:
    log.error("in a thread: %s", told(error.exc_value) if error.exc_value else error.exc_type.__name__)


def told(fault: BaseException) -> str:
    """An error's kind and where it was raised, without its text, which may quote a message; our own never do."""
    frames = traceback.extract_tb(fault.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    text = f" ({fault})" if isinstance(fault, StreamdeidError) else ""
    return f"{type(fault).__name__}{text} at {places or 'an unknown place'}"


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: asyncio's own prints what tasks and callbacks were given."""
    fault = context.get("exception")
    log.error("in the event loop: %s", told(fault) if fault else context.get("message", ""))
