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


def calm() -> None:
    """Keep the libraries' loggers above debug, whatever the root logger's level is."""
    level = logging.INFO if logging.getLogger().isEnabledFor(logging.DEBUG) else logging.WARNING
    for name in _STRANGERS:
        logging.getLogger(name).setLevel(max(level, logging.getLogger(name).level))
    # Some of their loggers have levels of their own.
    for name in list(logging.Logger.manager.loggerDict):
        if name.split(".", maxsplit=1)[0] in _STRANGERS:
            logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger(name).level))


def told(fault: BaseException) -> str:
    """An error's kind and where it was raised, without its text, which may quote a message."""
    frames = traceback.extract_tb(fault.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(fault).__name__} at {places or 'an unknown place'}"


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An event loop's exception handler: asyncio's own prints what tasks and callbacks were given."""
    fault = context.get("exception")
    log.error("in the event loop: %s", told(fault) if fault else context.get("message", ""))
