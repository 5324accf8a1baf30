import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Command = Callable[..., Result]


LINES = b'{"id": "a", "text": "Mr. DOE, J. DOE"}\n\n{"id": 2, "text": "nobody", "more": 1}\n'
FOUND = [
    {
        "id": "a",
        "spans": [
            {"start": 4, "end": 7, "label": "NAME", "score": 0.8765, "by": "fake"},
            {"start": 12, "end": 15, "label": "NAME", "score": 0.8765, "by": "fake"},
        ],
    },
    {"id": 2, "spans": []},
]

pytestmark = pytest.mark.usefixtures("engine")


def test_a_file_to_a_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(LINES)
    result = command("detect", "--jsonl", tmp_path / "in", "--out", tmp_path / "out")
    assert (result.exit_code, result.output) == (0, "")
    assert [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()] == FOUND


def test_standard_input_to_standard_output(command: Command) -> None:
    result = command("detect", "--jsonl", "-", "--out", "-", stdin=b"\xef\xbb\xbf" + LINES)
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == FOUND


def test_offsets_count_characters_beyond_the_basic_plane_as_one(command: Command) -> None:
    line = json.dumps({"id": 1, "text": "\U0001f469‍⚕️ DOE"}) + "\n"
    result = command("detect", "--jsonl", "-", "--out", "-", stdin=line)
    assert json.loads(result.stdout)["spans"][0]["start"] == 5


def test_nothing_in_is_nothing_out(command: Command, tmp_path: Path) -> None:
    assert command("detect", "--jsonl", "-", "--out", tmp_path / "out", stdin="").exit_code == 0
    assert (tmp_path / "out").read_bytes() == b""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"DOE", "not JSON"),
        (b'{"id": 1, "text": "DOE"', "not JSON"),
        (b'{"id": NaN, "text": "DOE"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'["DOE"]', "not an object"),
        (b'{"text": "DOE"}', '"id"'),
        (b'{"id": {"DOE": 1}, "text": ""}', '"id"'),
        (b'{"id": 1}', '"text"'),
        (b'{"id": 1, "text": ["DOE"]}', '"text"'),
        (b'{"id": 1, "text": "DOE \xff"}', "not UTF-8"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_nothing_is_written(
    command: Command, tmp_path: Path, line: bytes, what: str
) -> None:
    (tmp_path / "in").write_bytes(LINES + line + b"\n")
    result = command("detect", "--jsonl", tmp_path / "in", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "line 4" in result.stderr
    assert what in result.stderr
    assert "DOE" not in result.output
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


def test_files_that_cannot_be_read_or_written_are_usage_errors(command: Command, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(LINES)
    for given, out in [("absent", "out"), (".", "out"), ("in", "."), ("in", "in/out")]:
        result = command("detect", "--jsonl", tmp_path / given, "--out", tmp_path / out)
        assert result.exit_code == 2
        assert result.stderr.startswith("streamdeid: ")
        assert len(result.stderr.splitlines()) == 1


def test_texts_of_a_file_are_read_ahead_and_those_of_standard_input_are_not(
    command: Command, tmp_path: Path, engine: Any
) -> None:
    (tmp_path / "in").write_bytes(LINES)
    assert command("detect", "--jsonl", tmp_path / "in", "--out", tmp_path / "out").exit_code == 0
    assert engine.ahead == [["Mr. DOE, J. DOE", "nobody"]]
    assert command("detect", "--jsonl", "-", "--out", "-", stdin=LINES).exit_code == 0
    assert engine.ahead[1:] == [["Mr. DOE, J. DOE"], ["nobody"]]
