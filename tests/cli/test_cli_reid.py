"""`streamdeid reid` on files: HL7 v2, NDJSON, text; what it refuses, and what it records."""

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from handwritten import adt, bundle, oru, patient
from test_restore import POLICY
from typer.testing import Result

Command = Callable[..., Result]
SECRET = "0123456789abcdef" * 4
WHY = ("--reason", "a made-up ruling")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = POLICY.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (tmp_path / "policy.yaml").write_text(json.dumps(content | {"name": "encrypting", "models": []}))
    (tmp_path / "secret.hex").write_text(SECRET)
    source = tmp_path / "in"
    source.mkdir()
    (source / "batch.hl7").write_bytes(b"\x0b%s\x1c\r\x0b%s\x1c\r" % (adt(), oru("Johanna was seen.", "D\u00f6emann")))
    resources = (patient(name=[{"family": "D\u00f6emann"}]), patient("70028831", id="p2"))
    (source / "many.ndjson").write_bytes(b"\n".join(json.dumps(one).encode() for one in resources) + b"\n")
    (source / "one.json").write_bytes(json.dumps(json.loads(bundle(patient())), indent=2).encode())
    (source / "note.txt").write_text("Call 555-867-5309 about Johanna Doemann.\n")
    return tmp_path


def run(command: Command, folder: Path, name: str, *given: str | Path) -> Result:
    common = ("--secret-file", folder / "secret.hex", "--policy", folder / "policy.yaml")
    return command(name, *given, *common)


def cleaned(command: Command, folder: Path) -> Path:
    result = run(command, folder, "deid", folder / "in", "--out", folder / "clean")
    assert result.exit_code == 0, result.output
    return folder / "clean"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_files_come_back_byte_for_byte(command: Command, folder: Path) -> None:
    clean, back, audit = cleaned(command, folder), folder / "back", folder / "access.jsonl"
    assert not [name for name, content in contents(clean).items() if content == (folder / "in" / name).read_bytes()]
    report = folder / "report.jsonl"
    result = run(command, folder, "reid", clean, "--out", back, "--audit", audit, *WHY, "--report", report, "--json")
    assert result.exit_code == 0, result.output
    assert contents(back) == contents(folder / "in")
    assert {stat.S_IMODE(file.stat().st_mode) for file in back.iterdir()} == {0o600}
    told = json.loads(result.stdout)
    assert (told["files"], told["messages"], told["left"], told["unreadable"]) == (4, 6, 0, {})
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert {line["outcome"] for line in lines} == {"restored"}
    begun, ended = (json.loads(line) for line in audit.read_text().splitlines())
    assert (begun["command"], begun["stage"], begun["reason"]) == ("reid", "begun", "a made-up ruling")
    assert (ended["stage"], ended["restored"]) == ("ended", told["restored"])
    assert b"Johanna" not in audit.read_bytes() + report.read_bytes()


def test_tokens_of_another_secret_are_exit_3_and_stay(command: Command, folder: Path) -> None:
    clean = cleaned(command, folder)
    (folder / "secret.hex").write_text(SECRET[::-1])
    result = run(command, folder, "reid", clean, "--out", folder / "back", "--audit", folder / "a", *WHY)
    assert result.exit_code == 3
    assert contents(folder / "back") == contents(clean)


def test_an_older_secret_is_found_in_a_file_with_more(command: Command, folder: Path) -> None:
    clean = cleaned(command, folder)
    (folder / "secret.hex").write_text(f"{SECRET[::-1]}\n{SECRET}\n")
    result = run(command, folder, "reid", clean, "--out", folder / "back", "--audit", folder / "a", *WHY)
    assert result.exit_code == 0
    assert contents(folder / "back") == contents(folder / "in")


def test_what_cannot_be_read_is_exit_3_and_stays(command: Command, folder: Path) -> None:
    (folder / "odd.hl7").write_bytes(b"MSH|^~\\&|A\rnot a segment\r")
    result = run(command, folder, "reid", folder / "odd.hl7", "--out", folder / "back", "--audit", folder / "a", *WHY)
    assert result.exit_code == 3
    assert (folder / "back" / "odd.hl7").read_bytes() == (folder / "odd.hl7").read_bytes()
    assert "er7.segment" in result.stdout


def test_what_keeps_its_format_comes_back_by_its_place(command: Command, folder: Path) -> None:
    rules = {"PID-3.1": "format_preserving ID/MRN"}
    policy = {"include": "policy.yaml", "name": "by_format", "hl7v2": {"rules": rules}, "fhir": {}, "labels": {}}
    (folder / "by_format.yaml").write_text(json.dumps(policy))
    common = ("--secret-file", folder / "secret.hex", "--policy", folder / "by_format.yaml")
    source = folder / "in" / "batch.hl7"
    assert command("deid", source, "--out", folder / "clean", *common).exit_code == 0
    clean = (folder / "clean" / "batch.hl7").read_bytes()
    assert re.search(rb"\|[0-9]{8}\^\^\^", clean)
    assert b"40017765" not in clean
    given = ("--out", folder / "back", "--audit", folder / "a", *WHY)
    result = command("reid", folder / "clean", *given, *common)
    assert result.exit_code == 0, result.output
    assert (folder / "back" / "batch.hl7").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("missing", ["--reason", "--audit"])
def test_without_a_reason_or_a_record_nothing_comes_back(command: Command, folder: Path, missing: str) -> None:
    given = {"--reason": "a made-up ruling", "--audit": str(folder / "a")}
    del given[missing]
    options = [part for pair in given.items() for part in pair]
    result = run(command, folder, "reid", cleaned(command, folder), "--out", folder / "back", *options)
    assert result.exit_code == 2
    assert not (folder / "back").exists()
