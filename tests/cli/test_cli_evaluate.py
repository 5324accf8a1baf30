import json
from collections.abc import Callable
from pathlib import Path

import pytest
from handwritten import adt, oru
from typer.testing import Result

Command = Callable[..., Result]
SECRET = "0123456789abcdef" * 4


@pytest.fixture
def cleaned(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, Path]:
    """A folder of three messages, one of them broken, what `deid` made of it, and its report."""
    monkeypatch.setenv("STREAMDEID_SECRET", SECRET)
    before, after, report = tmp_path / "in", tmp_path / "out", tmp_path / "report.jsonl"
    (before / "lab").mkdir(parents=True)
    (before / "adt.hl7").write_bytes(adt("A01") + adt("A08", "ZZZ|1|x"))
    (before / "lab" / "oru.hl7").write_bytes(oru("Ms. Doemann is well."))
    assert command("deid", before, "--out", after, "--report", report).exit_code == 3
    return before, after, report


def test_a_clean_release_is_exit_0(command: Command, cleaned: tuple[Path, Path, Path]) -> None:
    before, after, report = cleaned
    result = command("evaluate", "release", before, after, "--report", report, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["survivors"], told["invalid"]) == ([], [])
    assert {(row["source"], row["outcome"]): row["messages"] for row in told["outcomes"]} == {
        (str(before), "released"): 1,
        (str(before), "er7.unknown_segment"): 1,
        (str(before / "lab"), "released"): 1,
    }
    assert "values that survived: 0" in command("evaluate", "release", before, after, "--report", report).stdout


def test_a_survivor_is_exit_3_and_shown_on_request_alone(command: Command, cleaned: tuple[Path, Path, Path]) -> None:
    before, after, report = cleaned
    file = after / "lab" / "oru.hl7"
    file.write_bytes(file.read_bytes().replace(b" is well", b" Doemann is well"))
    result = command("evaluate", "release", before, after, "--report", report)
    assert result.exit_code == 3
    assert "PID-5.1" in result.stdout
    assert "Doemann" not in result.output
    shown = command("evaluate", "release", before, after, "--report", report, "--json", "--show-values")
    (survivor,) = json.loads(shown.stdout)["survivors"]
    assert survivor == {"file": str(before / "lab" / "oru.hl7"), "index": 0, "path": "PID-5.1", "value": "Doemann"}


def test_a_message_that_is_broken_is_exit_3(command: Command, cleaned: tuple[Path, Path, Path]) -> None:
    before, after, report = cleaned
    file = after / "adt.hl7"
    file.write_bytes(file.read_bytes().replace(b"\rEVN", b"\rZZZ"))
    result = command("evaluate", "release", before, after, "--report", report, "--json")
    assert result.exit_code == 3
    assert [row["fault"] for row in json.loads(result.stdout)["invalid"]] == ["hl7apy parses it to another structure"]


def test_what_is_not_there_or_of_another_run_is_a_usage_error(
    command: Command, cleaned: tuple[Path, Path, Path]
) -> None:
    before, after, report = cleaned
    for arguments in (
        (before / "absent", after, "--report", report),
        (before, after),
        (before, after, "--report", before / "absent"),
        (before / "lab", after, "--report", report),
    ):
        result = command("evaluate", "release", *arguments)
        assert result.exit_code == 2, arguments
        assert "Traceback" not in result.output


def test_release_may_be_left_out(command: Command, cleaned: tuple[Path, Path, Path]) -> None:
    before, after, report = cleaned
    said = command("evaluate", "release", before, after, "--report", report)
    assert said.exit_code == 0
    for arguments in ((before, after, "--report", report), ("--report", report, before, after)):
        result = command("evaluate", *arguments)
        assert (result.exit_code, result.stdout) == (0, said.stdout)
    assert "detect" in command("evaluate", "--help").stdout
    assert command("evaluate", before).exit_code == 2
