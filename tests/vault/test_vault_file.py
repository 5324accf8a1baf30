"""The vault in a file: it lasts, it is whole, it hides what it holds, and it forgets."""

import sqlite3
import stat
from pathlib import Path

import pytest

from streamdeid.errors import SettingsError, UsageError
from streamdeid.vault.file import FILE_NAME, FileVault

KEY, OTHER = "a" * 32, "b" * 32


def test_what_is_written_is_there_the_next_time(tmp_path: Path) -> None:
    with FileVault(tmp_path / "v", make=True) as vault:
        vault[KEY] = b"one"
        vault[OTHER] = b"two"
        del vault[OTHER]
    with FileVault(tmp_path / "v") as vault:
        assert dict(vault) == {KEY: b"one"}
        assert len(vault) == 1
        with pytest.raises(KeyError):
            vault[OTHER]
        with pytest.raises(KeyError):
            del vault[OTHER]


def test_a_directory_gets_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    with FileVault(tmp_path, make=True) as vault:
        assert vault.path == tmp_path / FILE_NAME
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_what_is_not_committed_is_not_there(tmp_path: Path) -> None:
    with FileVault(tmp_path, make=True) as vault:
        with pytest.raises(ZeroDivisionError):
            _break_off(vault)
        assert KEY not in vault
        with vault.changing():
            vault[KEY] = b"two"
            assert [vault.position(message) for message in "mnm"] == [0, 1, 0]
    with FileVault(tmp_path) as vault:
        assert vault[KEY] == b"two"
        assert [vault.position(message) for message in "nmo"] == [1, 0, 2]
        assert vault.messages == 3


def test_what_was_overwritten_or_deleted_is_not_in_the_file(tmp_path: Path) -> None:
    contents = [bytes([number]) * 3000 for number in range(65, 70)]
    with FileVault(tmp_path, make=True) as vault:
        for number, content in enumerate(contents):
            vault[KEY] = content
            vault[f"{number:032x}"] = content[:2900]
        for number in range(5):
            del vault[f"{number:032x}"]
        vault.compact()
    found = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert contents[-1][:200] in found
    assert not [content for content in contents[:-1] if content[:200] in found]


def test_what_is_no_vault_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no vault"):
        FileVault(tmp_path / "missing")
    (tmp_path / "text").write_text("made up\n" * 1000)
    with pytest.raises(SettingsError, match="cannot be used: SQLITE_NOTADB"):
        FileVault(tmp_path / "text")
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE t (c)")
    other.close()
    with pytest.raises(SettingsError, match="no vault of this release"):
        FileVault(tmp_path / "other")
    with pytest.raises(UsageError, match="cannot write"):
        FileVault(tmp_path / "text" / "below", make=True)


def _break_off(vault: FileVault) -> None:
    with vault.changing():
        vault[KEY] = b"one"
        assert vault.position("m") == 0
        raise ZeroDivisionError
