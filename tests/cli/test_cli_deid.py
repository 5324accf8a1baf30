import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from streamdeid.types import Format

Command = Callable[..., Result]
SECRET = "0123456789abcdef" * 4


GOOD = b"MSH|^~\\&|A\rPID|1||DOE\r"
CLEAN = b"MSH|^~\\&|A\rPID|1||ROE\r"
BAD = b"MSH|^~\\&|BAD\rPID|1||DOE\r"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.jsonl"


def lines(report: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in report.read_text().splitlines()]


def make(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def test_all_released_is_exit_0_and_the_report_says_so(
    command: Command, engine: Any, tmp_path: Path, report: Path
) -> None:
    folder = make(tmp_path, a_hl7=GOOD)
    result = command("deid", folder / "a.hl7", "--out", tmp_path / "out", "--report", report)
    assert result.exit_code == 0
    assert (tmp_path / "out" / "a.hl7").read_bytes() == CLEAN
    (line,) = lines(report)
    assert line.pop("ms") >= 0
    assert line == {
        "file": str(folder / "a.hl7"),
        "index": 0,
        "outcome": "released",
        "code": None,
        "path": None,
        "edits": 1,
        "policy": "0" * 16,
    }


def test_quarantined_messages_are_exit_3_and_in_the_report_alone(
    command: Command, engine: Any, tmp_path: Path, report: Path
) -> None:
    folder = make(tmp_path, a_hl7=GOOD + BAD + GOOD)
    result = command("deid", folder, "--out", tmp_path / "out", "--report", report)
    assert result.exit_code == 3
    assert (tmp_path / "out" / "a.hl7").read_bytes() == CLEAN + CLEAN
    assert [(line["index"], line["outcome"]) for line in lines(report)] == [
        (0, "released"),
        (1, "quarantined"),
        (2, "released"),
    ]
    assert (lines(report)[1]["code"], lines(report)[1]["path"]) == ("er7.segment", "byte 7")
    assert "DOE" not in report.read_text() + result.output
    assert "er7.segment" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("mllp.hl7", b"\x0b%s\x1c\r\x0b%s\x1c\r\x0b%s\x1c\r", b"\x0b%s\x1c\r\x0b%s\x1c\r"),
        ("blank.hl7", b"\n%s\n\n%s\n\n%s\n", b"\n%s\n\n%s\n"),
        ("x.ndjson", b'{"a":"%s"}\n{"a":"%s"}\n{"a":"%s"}\n', b'{"a":"%s"}\n{"a":"%s"}\n'),
    ],
)
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_what_is_released_keeps_its_separators_whichever_message_is_missing(
    command: Command, engine: Any, tmp_path: Path, name: str, content: bytes, expected: bytes, bad: int
) -> None:
    good, clean, broken = (b"DOE", b"ROE", b"BAD") if name.endswith("json") else (GOOD, CLEAN, BAD)
    file = tmp_path / name
    file.write_bytes(content % tuple(broken if index == bad else good for index in range(3)))
    result = command("deid", file, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert (tmp_path / "out" / name).read_bytes() == expected % (clean, clean)


def test_a_file_of_which_nothing_is_released_is_not_written_and_an_earlier_one_is_removed(
    command: Command, engine: Any, tmp_path: Path
) -> None:
    folder = make(tmp_path, a_hl7=BAD)
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.hl7").write_bytes(b"of an earlier run")
    result = command("deid", folder, "--out", out, "--json")
    assert result.exit_code == 3
    assert list(out.iterdir()) == []
    assert json.loads(result.stdout)["unwritten"] == [str(folder / "a.hl7")]


@pytest.mark.parametrize("content", [b"", b"\r\n \n"])
def test_an_empty_file_is_quarantined(
    command: Command, engine: Any, tmp_path: Path, report: Path, content: bytes
) -> None:
    folder = make(tmp_path, a_bin=content)
    assert command("deid", folder, "--out", tmp_path / "out", "--report", report).exit_code == 3
    assert [(line["index"], line["code"]) for line in lines(report)] == [(0, "message.empty")]


def test_a_file_of_no_known_format_is_quarantined_and_the_others_are_released(
    command: Command, engine: Any, tmp_path: Path, report: Path
) -> None:
    folder = make(tmp_path, a_pdf=b"%PDF-1.7 DOE", b_hl7=GOOD)
    assert command("deid", folder, "--out", tmp_path / "out", "--report", report).exit_code == 3
    assert [line["code"] for line in lines(report)] == ["message.unknown_format", None]
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["b.hl7"]


def test_the_format_is_told_from_each_file_or_from_the_option(command: Command, engine: Any, tmp_path: Path) -> None:
    folder = make(tmp_path, a_hl7=GOOD, b_json=b'{"resourceType": "Patient"}', c_txt=b"Mr. DOE came in.\n\nHe left.")
    assert command("deid", folder, "--out", tmp_path / "out").exit_code == 0
    assert [request.format for request in engine.requests] == [Format.HL7V2, Format.FHIR, Format.TEXT]
    assert (tmp_path / "out" / "c.txt").read_bytes() == b"Mr. ROE came in.\n\nHe left."
    engine.requests.clear()
    assert command("deid", folder, "--out", tmp_path / "out", "--format", "text").exit_code == 0
    assert {request.format for request in engine.requests} == {Format.TEXT}


def test_many_messages_go_through_in_batches_with_rising_sequence(
    command: Command, engine: Any, tmp_path: Path, report: Path
) -> None:
    folder = make(tmp_path, a_hl7=GOOD * 150, b_hl7=GOOD)
    assert command("deid", folder, "--out", tmp_path / "out", "--report", report).exit_code == 0
    assert engine.batches == [64, 64, 22, 1]
    assert [request.sequence for request in engine.requests] == list(range(151))
    assert [line["index"] for line in lines(report)] == [*range(150), 0]
    assert (tmp_path / "out" / "a.hl7").read_bytes() == CLEAN * 150


def test_paths_below_a_folder_are_kept(command: Command, engine: Any, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "er" / "a.hl7").write_bytes(GOOD)
    assert command("deid", tmp_path / "in", "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "deep" / "er" / "a.hl7").read_bytes() == CLEAN


def test_the_summary_as_json_counts_everything(command: Command, engine: Any, tmp_path: Path) -> None:
    folder = make(tmp_path, a_hl7=GOOD + BAD, b_hl7=GOOD)
    summary = json.loads(command("deid", folder, "--out", tmp_path / "out", "--json").stdout)
    assert summary.pop("ms") >= 0
    assert summary == {
        "files": 2,
        "messages": 3,
        "released": 2,
        "quarantined": 1,
        "codes": {"er7.segment": 1},
        "edits": 2,
        "bytes": len(GOOD + BAD + GOOD),
        "unwritten": [],
        "policy": "0" * 16,
    }


def test_an_empty_folder_is_no_error(command: Command, engine: Any, tmp_path: Path) -> None:
    result = command("deid", make(tmp_path), "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "no files" in result.stderr


def usage_error(result: Any) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return str(result.stderr)


def test_without_a_secret_nothing_is_written_and_the_error_says_how_to_make_one(
    command: Command, tmp_path: Path
) -> None:
    error = usage_error(command("deid", make(tmp_path, a_hl7=GOOD), "--out", tmp_path / "out"))
    assert "openssl rand -hex 32" in error
    assert not (tmp_path / "out").exists()


def test_a_missing_path_is_a_usage_error_before_anything_is_written(command: Command, tmp_path: Path) -> None:
    error = usage_error(command("deid", make(tmp_path, a_hl7=GOOD), tmp_path / "absent", "--out", tmp_path / "out"))
    assert "absent" in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("policy", ["no_such_policy", "broken.yaml"])
def test_a_policy_that_is_not_there_or_not_valid_is_a_usage_error(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setenv("STREAMDEID_SECRET", SECRET)
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("name: [")
    error = usage_error(command("deid", make(tmp_path, a_hl7=GOOD), "--out", tmp_path / "out", "--policy", policy))
    assert policy in error


@pytest.mark.parametrize("where", ["out", "report"])
def test_an_output_that_cannot_be_written_is_a_usage_error(
    command: Command, engine: Any, tmp_path: Path, where: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    beyond = tmp_path / "file" / "x"
    out, report = (beyond, tmp_path / "r") if where == "out" else (tmp_path / "out", beyond)
    assert "cannot write" in usage_error(command("deid", make(tmp_path, a_hl7=GOOD), "--out", out, "--report", report))


def test_a_file_that_cannot_be_read_is_a_usage_error(
    command: Command, engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, mode: str = "r", **_: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    folder = make(tmp_path, a_hl7=GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot read" in usage_error(command("deid", folder, "--out", tmp_path / "out"))


def test_an_unexpected_fault_tells_its_kind_and_no_value(command: Command, engine: Any, tmp_path: Path) -> None:
    folder = make(tmp_path, a_hl7=GOOD.replace(b"DOE", b"FAULT DOE"))
    result = command("deid", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "unexpected RuntimeError" in result.stderr
    assert "DOE" not in result.output
    assert list((tmp_path / "out").iterdir()) == []


def test_on_no_terminal_there_are_no_control_codes_and_no_bar(tmp_path: Path) -> None:
    folder = make(tmp_path, a_hl7=GOOD)
    command = [sys.executable, "-m", "streamdeid.cli", "deid", str(folder), "--out", str(tmp_path / "out")]
    env = {**os.environ, "STREAMDEID_SECRET": SECRET, "FORCE_COLOR": ""}
    done = subprocess.run(command, capture_output=True, env=env, check=False)
    assert done.returncode in (0, 3)
    assert b"\x1b" not in done.stdout + done.stderr
    assert done.stderr == b""
    assert max(map(len, done.stdout.decode().splitlines())) <= 80
