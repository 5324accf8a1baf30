import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from streamdeid.errors import UsageError
from streamdeid.evaluate.gold import Findings, golds
from streamdeid.evaluate.labels import of_finding, of_gold
from streamdeid.evaluate.marked import SCORED, Gold, Marked

TEXT = "Ms. Madeup, 3/4"


def read(*lines: dict[str, Any] | bytes) -> list[Gold]:
    content = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return list(golds(io.BytesIO(content), "gold.jsonl"))


def test_a_gold_line_has_spans_in_either_form() -> None:
    (one, other) = read(
        {"id": 1, "text": TEXT, "spans": [[4, 10, "NAME/PATIENT"]], "labelled": ["NAME", "ORG"], "source": "letters"},
        {"id": "b", "text": TEXT, "spans": [{"start": 4, "end": 10, "label": "NAME"}], "kind": "note", "seen": False},
    )
    assert one == Gold("1", TEXT, (Marked(4, 10, "NAME/PATIENT"),), frozenset({"NAME", "ORG"}), "letters", None, 1)
    assert other == Gold("b", TEXT, (Marked(4, 10, "NAME"),), SCORED, "note", False, 2)


def test_blank_lines_count_and_a_byte_order_mark_is_no_text() -> None:
    lines = b'\xef\xbb\xbf{"id": 1, "text": "", "spans": []}', b"", b'{"id": 2, "text": "", "spans": []}\r'
    assert [(gold.id, gold.line) for gold in read(*lines)] == [("1", 1), ("2", 3)]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": None}, '"id"'),
        ({"id": True}, '"id"'),
        ({"text": ["Madeup"]}, '"text"'),
        ({"spans": None}, '"spans"'),
        ({"spans": [[0, 2, "NAME"], [4, 10]]}, "number 2"),
        ({"spans": [[4, "10", "NAME"]]}, "number 1"),
        ({"spans": [[False, True, "NAME"]]}, "number 1"),
        ({"spans": [[4, 10, ""]]}, "number 1"),
        ({"spans": ["Madeup"]}, "number 1"),
        ({"spans": [[4, 4, "NAME"]]}, "empty"),
        ({"spans": [[10, 4, "NAME"]]}, "empty"),
        ({"spans": [[-1, 4, "NAME"]]}, "within"),
        ({"spans": [{"start": 4, "end": 99, "label": "NAME"}]}, "within"),
        ({"labelled": "NAME"}, '"labelled"'),
        ({"labelled": ["NAME", 3]}, '"labelled"'),
        ({"labelled": ["NAME", "DAET"]}, '"labelled" with a label that means nothing here; did you mean DATE?'),
        ({"spans": [[4, 10, "NAAME"]]}, "number 1, with a label that means nothing here; did you mean NAME?"),
        ({"spans": [[4, 10, "Madeup"]]}, "there are NAME, DATE"),
        ({"kind": 3}, '"kind"'),
        ({"seen": "yes"}, '"seen"'),
    ],
)
def test_a_line_that_is_wrong_is_named_by_its_number_and_not_quoted(change: dict[str, Any], what: str) -> None:
    good = {"id": "Madeup", "text": TEXT, "spans": [[4, 10, "NAME"]]}
    with pytest.raises(UsageError, match=r"^gold\.jsonl, line 2 ") as refused:
        read(good, {**good, **change})
    assert what in str(refused.value)
    assert "adeup" not in str(refused.value)


@pytest.mark.parametrize("line", [b"Madeup", b'["Madeup"]', b'{"id": NaN}', b"[" * 100_000, b'{"id": "Madeup\xff"}'])
def test_what_is_no_json_object_is_named_by_its_number(line: bytes) -> None:
    with pytest.raises(UsageError, match=r"^gold\.jsonl, line 1 is not (JSON|UTF-8|an object)") as refused:
        read(line)
    assert "adeup" not in str(refused.value)


def test_labels_of_others_are_ours() -> None:
    presidio = ["PERSON", "DATE_TIME", "PHONE_NUMBER", "US_SSN", "LOCATION", "ORGANIZATION", "NRP"]
    assert [of_finding(label) for label in presidio] == [
        *("NAME", "DATE", "CONTACT/PHONE", "ID/SSN", "LOCATION"),
        *("LOCATION/ORGANIZATION", "NRP"),
    ]
    assert [of_gold(label) for label in ("PERSON", "HOSPITAL", "ORG", "ID/MRN", "LOCATION/ORGANIZATION", "DRUG")] == [
        *("NAME", "LOCATION/HOSPITAL", "ORG", "ID/MRN", "LOCATION/ORGANIZATION", "DRUG"),
    ]


def test_a_label_may_be_left_open() -> None:
    line = {"id": 1, "text": TEXT, "spans": [[4, 10, "TITLE"]], "labelled": ["NAME", "TITLE", "MISC", "NRP"]}
    (gold,) = golds(io.BytesIO(json.dumps(line).encode()), "gold.jsonl", ["TITLE"])
    assert (gold.spans[0].label, gold.scores(gold.spans[0])) == ("TITLE", False)


def text(name: str, line: int = 1) -> Gold:
    return Gold(name, TEXT, (), line=line)


Found = Callable[..., Findings]


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Found]:
    """Makes a file of findings, one in each text, that begins where the number says."""
    with ExitStack() as opened:

        def write(*lines: tuple[Any, int], called: str = "label") -> Findings:
            spans = [{"id": name, "spans": [{"start": at, "end": at + 1, called: "PERSON"}]} for name, at in lines]
            (tmp_path / "f").write_text("".join(json.dumps(line) + "\n\n" for line in spans))
            return opened.enter_context(Findings(tmp_path / "f"))

        yield write


@pytest.mark.parametrize("order", ["abc", "cab", "bca", "aabbcc"])
def test_findings_may_stand_in_any_order(found: Found, order: str) -> None:
    findings = found(("a", 0), ("x", 9), ("b", 1), ("c", 2))
    expected = {"a": 0, "b": 1, "c": 2}
    assert [findings.of(text(name))[0].start for name in order] == [expected[name] for name in order]


def test_texts_of_one_id_are_told_apart_by_their_order(found: Found) -> None:
    findings = found((7, 0), (7, 1))
    assert [findings.of(text("7"))[0].start, findings.of(text("7"))[0].start] == [0, 1]


def test_without_that_order_they_cannot_be_told_apart(found: Found) -> None:
    findings = found(("Madeup", 0), ("Madeup", 1), ("b", 2))
    with pytest.raises(UsageError, match="line 3 has the same id as line 1") as refused:
        findings.of(text("b"))
    assert "Madeup" not in str(refused.value)


def test_a_text_that_nothing_is_said_of_is_an_error(found: Found) -> None:
    findings = found(("a", 0))
    findings.of(text("a"))
    with pytest.raises(UsageError, match="no line for the text of line 12") as refused:
        findings.of(text("Madeup", 12))
    assert "Madeup" not in str(refused.value)


@pytest.mark.parametrize("called", ["label", "entity_type"])
def test_findings_may_be_those_of_another_tool(found: Found, called: str) -> None:
    assert found(("a", 4), called=called).of(text("a")) == [Marked(4, 5, "NAME")]


def test_a_finding_outside_of_its_text_is_an_error(found: Found) -> None:
    with pytest.raises(UsageError, match="line 1 has a span, number 1, that is empty or not within"):
        found(("a", 40)).of(text("a"))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        Findings(tmp_path)
