"""Long texts are read in parts, so that a message's time can be looked at, and nothing is missed between them."""

from collections.abc import Callable
from itertools import count, pairwise

import pytest
from handwritten import oru

from streamdeid.build import load_policy
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.message import clean
from streamdeid.types import Format, Outcome, Quarantined, Released

LINES = [f"Seen on 03/{day:02d}/2024 by Dr. Quentworth." for day in range(1, 29)]


def outcome(text: str, clock: Callable[[], float] = lambda: 0.0) -> Outcome:
    engine = Deidentifier(load_policy(), b"a made-up secret, for tests alone", [RuleDetector()], Sources(clock, bytes))
    return engine.process([Request(oru(text), Format.HL7V2, 1)], {})[0]


@pytest.mark.parametrize("joint", [r"\.br\ ".strip(), " "])
def test_a_text_in_parts_comes_out_as_in_one(joint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = outcome(joint.join(LINES))
    monkeypatch.setattr(clean, "_WINDOW", 100)
    monkeypatch.setattr(clean, "_BESIDE", 50)
    assert isinstance(whole, Released)
    assert outcome(joint.join(LINES)) == whole
    assert b"Quentworth" not in whole.content


@pytest.mark.parametrize("text", ["", "short", "word " * 90, "line\n" * 90, "x" * 450])
def test_parts_make_the_whole(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "_WINDOW", 100)
    parts = list(clean._windows(text))
    assert parts[0][0] == 0
    assert parts[-1][1] == len(text)
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert all(end - start <= 100 for start, end in parts)


def test_the_time_is_looked_at_between_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "_WINDOW", 100)
    seconds = count(0, 2)
    assert outcome(" ".join(LINES), lambda: float(next(seconds))) == Quarantined("message.timeout")
