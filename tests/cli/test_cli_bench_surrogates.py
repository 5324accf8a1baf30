import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from streamdeid.bench import surrogates
from streamdeid.bench.identities import Count

Command = Callable[..., Result]


def test_the_cost_of_surrogates_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surrogates, "_BATCH", 5)
    told = json.loads(command("bench", "surrogates", "--seconds", "0.001", "--json").stdout)
    assert {row["name"] for row in told} == {kind.name for kind in surrogates.KINDS}
    shown = command("bench", "surrogates", "--seconds", "0.001")
    assert shown.exit_code == 0
    assert "family name" in shown.stdout


def test_identities_are_counted(command: Command) -> None:
    result = command("bench", "identities", "--patients", "100", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["identities_twice"] == 0


def test_it_ends_with_1_where_two_meet(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdeid.bench.identities.count", lambda patients: Count(patients, 1, 0, 0, 0, 0, 0.1))
    result = command("bench", "identities", "--patients", "2")
    assert result.exit_code == 1
    assert "numbers twice" in result.stdout
