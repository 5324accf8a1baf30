import json
from pathlib import Path
from typing import Any

import pytest
from handwritten import adt, bundle, observation, patient

from streamdeid.errors import UsageError
from streamdeid.evaluate.pairing import Pair, pairs
from streamdeid.types import Format

FIRST, SECOND, THIRD = (adt(event) for event in ("A01", "A04", "A08"))


def line(file: Path | str, index: int, code: str = "") -> dict[str, Any]:
    outcome = "quarantined" if code else "released"
    return {
        "file": str(file),
        "index": index,
        "outcome": outcome,
        "code": code or None,
        "path": "PID-3" if code else None,
    }


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The folder before, the folder after, and where the report goes."""
    before, after = tmp_path / "in", tmp_path / "out"
    before.mkdir()
    after.mkdir()
    return before, after, tmp_path / "report.jsonl"


def paired(folders: tuple[Path, Path, Path], *lines: dict[str, Any], before: Path | None = None) -> list[Pair]:
    folder, after, report = folders
    report.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return list(pairs(before or folder, after, report))


def test_each_message_is_paired_with_what_became_of_it(folders: tuple[Path, Path, Path]) -> None:
    before, after, _ = folders
    (before / "ward").mkdir()
    (after / "ward").mkdir()
    file = before / "ward" / "a.hl7"
    file.write_bytes(FIRST + SECOND + THIRD)
    (after / "ward" / "a.hl7").write_bytes(FIRST.lower().replace(b"msh", b"MSH") + THIRD)
    first, second, third = paired(folders, line(file, 0), line(file, 1, "identity.missing"), line(file, 2))
    assert (first.before, first.after) == (FIRST, FIRST.lower().replace(b"msh", b"MSH"))
    assert (second.before, second.after, second.code, second.path) == (SECOND, None, "identity.missing", "PID-3")
    assert (third.before, third.after, third.code, third.index) == (THIRD, THIRD, "", 2)
    assert {pair.format for pair in (first, second, third)} == {Format.HL7V2}
    assert first.source == str(before / "ward")


def test_files_may_be_named_as_seen_from_elsewhere(
    folders: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, _ = folders
    for folder in (before, after):
        (folder / "a.hl7").write_bytes(FIRST)
    monkeypatch.chdir(tmp_path)
    for name in ("in/a.hl7", "./in/../in/a.hl7", "a.hl7"):
        (pair,) = paired(folders, line(name, 0))
        assert pair.after == FIRST


def test_a_file_alone_is_looked_for_under_its_name(folders: tuple[Path, Path, Path]) -> None:
    before, after, _ = folders
    file = before / "a.json"
    content = bundle(patient(), observation())
    file.write_bytes(content)
    (after / "a.json").write_bytes(content.replace(b"Doemann", b"Other"))
    (pair,) = paired(folders, line(file, 0), before=file)
    assert pair.format is Format.FHIR
    assert pair.after is not None
    assert b"Other" in pair.after


def test_a_file_that_nothing_is_released_of_may_be_anything(folders: tuple[Path, Path, Path]) -> None:
    before, _, _ = folders
    (before / "a.pdf").write_bytes(b"%PDF-1.7")
    (before / "b.txt").write_bytes(b"")
    found = paired(
        folders, line(before / "a.pdf", 0, "message.unknown_format"), line(before / "b.txt", 0, "message.empty")
    )
    assert [(pair.code, pair.after) for pair in found] == [("message.unknown_format", None), ("message.empty", None)]


def test_a_text_is_one_message(folders: tuple[Path, Path, Path]) -> None:
    before, after, _ = folders
    for folder in (before, after):
        (folder / "a.txt").write_bytes(b"One.\n\nTwo.")
    (pair,) = paired(folders, line(before / "a.txt", 0))
    assert (pair.format, pair.after) == (Format.TEXT, b"One.\n\nTwo.")


@pytest.mark.parametrize(
    ("content", "clean", "codes", "hint"),
    [
        (FIRST, FIRST, ["", ""], "has 2 messages, the file 1"),
        (FIRST + SECOND, FIRST, ["", ""], "message 1 is reported as released and is not in the output"),
        (FIRST + SECOND, FIRST + SECOND, ["", "er7.segment"], "holds more messages than the report releases"),
        (FIRST, b"", [""], "message 0 is reported as released"),
    ],
)
def test_files_and_report_that_do_not_agree_are_a_usage_error(
    folders: tuple[Path, Path, Path], content: bytes, clean: bytes, codes: list[str], hint: str
) -> None:
    before, after, _ = folders
    (before / "a.hl7").write_bytes(content)
    if clean:
        (after / "a.hl7").write_bytes(clean)
    with pytest.raises(UsageError, match=hint):
        paired(folders, *(line(before / "a.hl7", index, code) for index, code in enumerate(codes)))


def test_a_report_of_other_files_is_a_usage_error(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    before, _, report = folders
    (before / "a.hl7").write_bytes(FIRST)
    (tmp_path / "b.hl7").write_bytes(FIRST)
    with pytest.raises(UsageError, match="not below"):
        paired(folders, line(tmp_path / "b.hl7", 0))
    with pytest.raises(UsageError, match="not below"):
        paired(folders, line("absent.hl7", 0))
    with pytest.raises(UsageError, match="which is not"):
        paired(folders, line("b.hl7", 0), before=before / "a.hl7")
    report.write_text("nonsense\n")
    with pytest.raises(UsageError, match="line 1"):
        list(pairs(*folders))
