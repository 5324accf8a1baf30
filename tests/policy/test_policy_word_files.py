from pathlib import Path

import pytest

from streamdeid.policy.word_files import checksum, read_phrases


def test_phrases_stand_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes("\ufeff# people\r\nDoemann\r\n\r\n  Ambrose Roessner \n".encode())
    assert read_phrases(file) == ["Doemann", "Ambrose Roessner"]
    assert checksum(file) != checksum(Path(__file__))


@pytest.mark.parametrize(
    ("content", "why"), [(b"\xff", "is not UTF-8"), (b"", "holds no words"), (b"# all\n...\n", "holds no words")]
)
def test_what_is_no_list_is_said_without_its_content(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"^the file .*list.txt {why}"):
        read_phrases(file)


def test_what_is_not_there(tmp_path: Path) -> None:
    for read in (read_phrases, checksum):
        with pytest.raises(ValueError, match="cannot be read: No such file"):
            read(tmp_path / "none.txt")
        with pytest.raises(ValueError, match="cannot be read"):
            read(Path("a\0b"))
