import os
from pathlib import Path

import pytest

from streamdeid.cli.inputs import Input, plan
from streamdeid.errors import UsageError


def make(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"made up")


def test_a_file_keeps_its_name_and_a_folders_files_their_paths_in_a_fixed_order(tmp_path: Path) -> None:
    single, folder, out = tmp_path / "z.hl7", tmp_path / "in", tmp_path / "out"
    make(single, folder / "b" / "x.hl7", folder / "a.hl7", folder / ".hidden")
    assert plan([single, folder], out) == [
        Input(single, out / "z.hl7"),
        Input(folder / ".hidden", out / ".hidden"),
        Input(folder / "a.hl7", out / "a.hl7"),
        Input(folder / "b" / "x.hl7", out / "b" / "x.hl7"),
    ]


def test_linked_files_and_folders_are_followed_once(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    make(folder / "a.hl7", tmp_path / "elsewhere" / "b.hl7")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "round").symlink_to(folder)
    assert [item.target for item in plan([folder], out)] == [out / "a.hl7", out / "linked" / "b.hl7"]


def test_an_empty_folder_has_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert plan([tmp_path / "in"], tmp_path / "out") == []


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file or directory .*absent"):
        plan([tmp_path / "absent"], tmp_path / "out")


@pytest.mark.parametrize("out", ["in", "in/out", "in/deep/er"])
def test_an_output_directory_within_an_input_is_refused(tmp_path: Path, out: str) -> None:
    make(tmp_path / "in" / "a.hl7")
    with pytest.raises(UsageError, match="lies within the input"):
        plan([tmp_path / "in"], tmp_path / out)


def test_an_output_directory_that_is_a_link_into_an_input_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "in" / "a.hl7")
    (tmp_path / "out").symlink_to(tmp_path / "in")
    with pytest.raises(UsageError, match="lies within the input"):
        plan([tmp_path / "in"], tmp_path / "out")


def test_two_files_for_one_output_are_refused(tmp_path: Path) -> None:
    make(tmp_path / "one" / "a.hl7", tmp_path / "two" / "a.hl7")
    with pytest.raises(UsageError, match="would both be written"):
        plan([tmp_path / "one", tmp_path / "two"], tmp_path / "out")
    with pytest.raises(UsageError, match="would both be written"):
        plan([tmp_path / "one" / "a.hl7"] * 2, tmp_path / "out")


def test_a_file_where_another_needs_a_directory_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "one" / "a", tmp_path / "two" / "a" / "b")
    with pytest.raises(UsageError, match="needs a directory"):
        plan([tmp_path / "one", tmp_path / "two"], tmp_path / "out")


def test_an_output_that_is_an_input_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.hl7")
    with pytest.raises(UsageError, match="is itself an input"):
        plan([tmp_path / "a.hl7"], tmp_path)


def test_an_output_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a.hl7", tmp_path / "out")
    with pytest.raises(UsageError, match="is a file"):
        plan([tmp_path / "a.hl7"], tmp_path / "out")


def test_an_output_that_is_a_directory_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a", tmp_path / "out" / "a" / "b")
    with pytest.raises(UsageError, match="is a directory"):
        plan([tmp_path / "a"], tmp_path / "out")


@pytest.mark.parametrize("report", ["a.hl7", "out/a.hl7"])
def test_a_report_over_an_input_or_output_is_refused(tmp_path: Path, report: str) -> None:
    make(tmp_path / "a.hl7")
    with pytest.raises(UsageError, match="--report"):
        plan([tmp_path / "a.hl7"], tmp_path / "out", tmp_path / report)


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="not a regular file"):
        plan([tmp_path / "pipe"], tmp_path / "out")


def test_a_broken_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").symlink_to(tmp_path / "absent")
    with pytest.raises(UsageError, match="not a regular file"):
        plan([tmp_path / "in"], tmp_path / "out")


def test_what_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.hl7")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    with pytest.raises(UsageError, match="permission denied"):
        plan([tmp_path / "a.hl7"], tmp_path / "out")
