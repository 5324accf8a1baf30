import os
from pathlib import Path

import pytest

from streamdeid.cli.output import AtomicFile, writable_directory
from streamdeid.errors import UsageError


def test_a_committed_file_is_there_with_ordinary_permissions_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.hl7"
    with AtomicFile(target) as file:
        file.write(b"one ")
        file.write(b"two")
        (temporary,) = target.parent.iterdir()
        assert temporary.stat().st_mode & 0o777 == 0o600
        file.commit()
    assert target.read_bytes() == b"one two"
    mask = os.umask(0)
    os.umask(mask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~mask
    assert list(target.parent.iterdir()) == [target]


def test_a_private_file_stays_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("before")
    with AtomicFile(tmp_path / "a.html", private=True) as file:
        file.write(b"after")
        file.commit()
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o600


def _write_and_fail(target: Path) -> None:
    with AtomicFile(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_an_interrupted_file_leaves_what_was_there_before(tmp_path: Path) -> None:
    target = tmp_path / "a.hl7"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        _write_and_fail(target)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_never_written_to_is_not_made(tmp_path: Path) -> None:
    with AtomicFile(tmp_path / "a.hl7") as file:
        assert not file.begun
        file.commit()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with AtomicFile(tmp_path / "file" / "a.hl7") as file, pytest.raises(UsageError, match="cannot write"):
        file.write(b"x")
    with pytest.raises(UsageError, match="cannot write"):
        writable_directory(tmp_path / "file" / "out")


def test_a_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    assert writable_directory(tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []
