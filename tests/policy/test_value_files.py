from pathlib import Path

import pytest

from streamdeid.policy.value_files import Entry, entries_of, read_entries


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "# made up\nAda\n\nGrace\t2.5\n", [Entry("Ada"), Entry("Grace", 2.5)]),
        ("a.json", '["Ada", {"value": "Grace", "weight": 2, "sex": "F"}]', [Entry("Ada"), Entry("Grace", 2.0, "F")]),
        ("a.yaml", "Ada: 1\nGrace: 2\n", [Entry("Ada"), Entry("Grace", 2.0)]),
        ("a.yml", "- {value: Erewhon, region: OH}\n", [Entry("Erewhon", 1.0, "", "OH")]),
    ],
)
def test_files_of_values(tmp_path: Path, name: str, text: str, expected: list[Entry]) -> None:
    assert read_entries(written(tmp_path, name, text)) == expected


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.txt", "Ada\nGrace\tmuch\n", "line 2: after the tab stands no number"),
        ("a.txt", "Ada\t0\n", "line 1: a weight is a number from"),
        ("a.txt", "# nothing\n", "holds no values"),
        ("a.json", '["Ada",\n"Grace"', "line 2: not JSON"),
        ("a.json", "[1]", "entry 1: a value is a text"),
        ("a.json", '[{"value": "Ada", "wight": 2}]', "entry 1: there is no wight"),
        ("a.json", '[{"value": "Ada", "weight": true}]', "entry 1: a weight is a number"),
        ("a.json", '[{"value": "Ada", "sex": "female"}]', "entry 1: sex is F or M"),
        ("a.json", '"Ada"', "entry 1: give a list"),
        ("a.json", "[" * 100_000, "line 1: "),
        ("a.yaml", "Ada: [1\n", "line 2: not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    file = written(tmp_path, name, text)
    with pytest.raises(ValueError, match=complaint) as fault:
        read_entries(file)
    assert str(file) in str(fault.value)
    assert "Grace" not in str(fault.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_entries(tmp_path / "none.txt")
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match="not UTF-8"):
        read_entries(tmp_path / "a.txt")


def test_a_list_in_place() -> None:
    assert list(entries_of({"Ada": 2})) == [Entry("Ada", 2.0)]
