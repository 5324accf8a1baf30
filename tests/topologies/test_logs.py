import logging
import threading
from collections.abc import Iterator

import pytest

from streamdeid.errors import SettingsError
from topologies import logs


@pytest.fixture
def _levels() -> Iterator[None]:
    root = logging.getLogger()
    names = ("faust", "mode", "aiokafka", "kafka", "faust.agents.agent")
    before = {name: logging.getLogger(name).level for name in names}
    level, hook = root.level, threading.excepthook
    yield
    root.setLevel(level)
    threading.excepthook = hook
    for handler in root.handlers:
        for filter_ in list(handler.filters):
            if isinstance(filter_, logs._Discreet):
                handler.removeFilter(filter_)
    for name, kept in before.items():
        logging.getLogger(name).setLevel(kept)


@pytest.mark.usefixtures("_levels")
@pytest.mark.parametrize("name", ["faust.transport.drivers.aiokafka", "aiokafka.consumer", "mode.services", "kafka"])
def test_libraries_never_log_at_debug_level(name: str) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("faust.agents.agent").setLevel(logging.DEBUG)
    logs.calm()
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("faust.agents.agent").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("topologies").isEnabledFor(logging.DEBUG)


def record(message: str, seconds: float, name: str = "faust.app", **more: object) -> logging.LogRecord:
    return logging.makeLogRecord({"name": name, "msg": message, "created": seconds, **more})


def test_the_same_complaint_is_let_through_once_in_a_while() -> None:
    discreet = logs._Discreet()
    assert discreet.filter(record("no broker", 100.0))
    assert not discreet.filter(record("no broker", 109.0))
    assert discreet.filter(record("other", 109.0))
    assert discreet.filter(record("no broker", 111.0))
    assert discreet.filter(record("no broker", 111.0, name="topologies.app"))


def test_what_errors_of_libraries_say_is_taken_out() -> None:
    discreet = logs._Discreet()
    fault = ValueError("Madeupfamily")
    crashed = record("crashed: %r", 1.0, args=(fault,), exc_info=(ValueError, fault, None))
    assert discreet.filter(crashed)
    text = logging.Formatter("%(message)s").format(crashed)
    assert text.count("ValueError") == 2
    assert "Madeupfamily" not in text


def test_an_error_is_told_by_kind_and_place_and_only_ours_by_text() -> None:
    with pytest.raises(ValueError, match="Madeupfamily") as raised:
        int("Madeupfamily")
    told = logs.told(raised.value)
    assert told.startswith("ValueError at test_logs.py:")
    assert "Madeupfamily" not in told
    assert "no broker" in logs.told(SettingsError("no broker"))
