import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.testing import Result

from streamdeid.bench.engine import Workload
from streamdeid.bench.sizes import growth
from streamdeid.demo.generate import narrative_result
from streamdeid.demo.people import patients
from streamdeid.types import Format

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small workload instead of the real ones, and sizes that take no time."""
    content = narrative_result(patients(seed=1, count=1)[0])

    def workloads() -> Iterator[Workload]:
        yield Workload("one report", Format.HL7V2, (content,))

    monkeypatch.setattr("streamdeid.bench.engine.workloads", workloads)
    monkeypatch.setattr("streamdeid.bench.sizes.SIZES", (1_000, 2_000))
    monkeypatch.setattr("streamdeid.bench.sizes.growth", partial(growth, seconds=0.01))


def test_the_engine_is_measured_by_workload(command: Command) -> None:
    result = command("bench", "engine", "--seconds", "0.1", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    (figure,) = told["figures"]
    assert figure["name"] == "one report"
    assert figure["messages"] > 0
    assert told["profile"] == {}


def test_a_profile_says_where_the_time_goes(command: Command) -> None:
    result = command("bench", "engine", "--seconds", "0.1", "--profile")
    assert result.exit_code == 0
    assert "where the time goes: one report" in result.stdout
    assert "streamdeid." in result.stdout


def test_sizes_are_measured_up_to_the_limit(command: Command) -> None:
    result = command("bench", "sizes", "--limit", "1000", "--json")
    assert result.exit_code == 0
    assert [row["name"] for row in json.loads(result.stdout)] == ["bundle", "oru"]


def test_lists_are_measured_as_they_are_and_misspelt(command: Command) -> None:
    result = command("bench", "dictionary", "--terms", "300", "--json")
    assert result.exit_code == 0
    listed, *fuzzy = json.loads(result.stdout)
    assert (listed["name"], listed["terms"]) == ("as listed", 300)
    assert listed["found"] > 0
    assert all(row["mb_per_second"] > 0 for row in (listed, *fuzzy))
    assert "MB/s" in command("bench", "dictionary", "--terms", "300").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("dictionary", "--terms", "0"),
        ("engine", "--seconds", "0"),
        ("engine", "--policy", "no_such_policy"),
        ("sizes", "--limit", "1"),
        ("sizes", "--limit", "many"),
    ],
)
def test_a_measurement_that_makes_no_sense_is_a_usage_error(
    command: Command, arguments: tuple[str | Path, ...]
) -> None:
    result = command("bench", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
