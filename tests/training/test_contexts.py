from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from streamdeid.errors import UsageError
from streamdeid.training import contexts
from streamdeid.training.example import Example, Mark
from streamdeid.training.values import Values


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(None, held_out=False)


def _read(folder: Path, *lines: dict[str, Any]) -> list[Example]:
    (folder / "made_up.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return list(contexts.read(folder))


def _line(text: str, *spans: tuple[str, str]) -> dict[str, Any]:
    found = [[text.index(value), text.index(value) + len(value), label] for value, label in spans]
    return {"source": "made-up", "text": text, "spans": found, "labelled": ["NAME", "LOCATION"]}


def test_titles_are_no_part_of_a_name(tmp_path: Path) -> None:
    (example,) = _read(tmp_path, _line("Saw Dr. Zed Quill there", ("Dr. Zed Quill", "NAME")))
    assert [(example.text[m.start : m.end], m.label) for m in example.marks] == [
        ("Dr.", "?NAME"),
        ("Zed Quill", "NAME"),
    ]


def test_places_without_a_name_are_left_open(tmp_path: Path) -> None:
    (example,) = _read(
        tmp_path, _line("Met at the tea shop near Quillon", ("the tea shop", "LOCATION"), ("Quillon", "LOCATION"))
    )
    assert [mark.label for mark in example.marks] == ["?LOCATION", "LOCATION"]


def test_texts_without_annotations_are_left_out(tmp_path: Path) -> None:
    assert _read(tmp_path, {"source": "made-up", "text": "Plain."}) == []


def test_one_value_gets_one_replacement(values: Values) -> None:
    text = "Quillon met Zed. Zed left Quillon."
    marks = tuple(
        Mark(at, at + len(value), label)
        for value, label in (("Quillon", "LOCATION"), ("Zed", "NAME"))
        for at in (text.index(value), text.rindex(value))
    )
    seen = set()
    for seed in range(30):
        example = contexts.swapped(Example(text, tuple(sorted(marks))), random.Random(seed), values)
        met, left = example.text.split(". ")
        people = [example.text[m.start : m.end] for m in example.marks if m.label == "NAME"]
        assert len(set(people)) == 1
        assert people[0] in met
        assert people[0] in left
        seen.add(people[0])
    assert len(seen) > 5


def test_what_is_not_swapped_keeps_its_offsets(values: Values) -> None:
    example = Example("Order 12, IBM, was late", (Mark(10, 13, "ORG"),))
    assert contexts.swapped(example, random.Random(1), values) == example


def test_a_piece_of_a_long_text_keeps_the_marks_in_it() -> None:
    lines = [f"Line {n} names Zed{n} here.\n" for n in range(60)]
    text = "".join(lines)
    marks = tuple(Mark(text.index(f"Zed{n} "), text.index(f"Zed{n} ") + len(f"Zed{n}"), "NAME") for n in range(60))
    for seed in range(20):
        part = contexts.piece(Example(text, marks), random.Random(seed), 200)
        assert 100 <= len(part.text) <= 300
        assert part.marks
        assert all(part.text[m.start : m.end].startswith("Zed") for m in part.marks)
        assert part.text.count("Zed") == len(part.marks)


def test_shares_do_not_overlap_and_a_source_can_be_held_out_whole() -> None:
    examples = [Example(f"text {n}", (), source=source, group=f"text {n}") for n in range(300) for source in ("a", "b")]
    trained = contexts.shared(examples, False, frozenset({"b"}))
    kept = contexts.shared(examples, True, frozenset({"b"}))
    assert {example.source for example in trained} == {"a"}
    assert len(trained) + len(kept) == len(examples)
    assert any(example.source == "a" for example in kept)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"Madeup", "is not JSON"),
        (b'{"text": "Madeup\xff"}', "is not UTF-8"),
        (b'["Madeup"]', "is not an object"),
        (b'{"id": "Madeup"}', '"text"'),
        (b'{"text": "Madeup", "spans": "NAME"}', '"spans"'),
        (b'{"text": "Madeup", "spans": [[0, 99, "NAME"]]}', "not within the text"),
        (b'{"text": "Madeup", "spans": [[0, "6", "NAME"]]}', "number 1"),
        (b'{"text": "Madeup", "spans": [[0, 6, "NAAME"]]}', "did you mean NAME?"),
        (b'{"text": "Madeup", "spans": [], "labelled": ["DAET"]}', "did you mean DATE?"),
        (b'{"text": "Madeup", "spans": [], "labelled": "NAME"}', '"labelled"'),
    ],
)
def test_a_line_that_is_wrong_is_named_and_not_quoted(tmp_path: Path, line: bytes, what: str) -> None:
    (tmp_path / "made_up.jsonl").write_bytes(b'{"text": "", "spans": []}\n\n' + line)
    with pytest.raises(UsageError, match=r"made_up\.jsonl, line 3 ") as refused:
        list(contexts.read(tmp_path))
    assert what in str(refused.value)
    assert "Madeup" not in str(refused.value)


def test_labels_of_others_are_learnt_as_ours(tmp_path: Path) -> None:
    spans = [[0, 1, "NAME/PATIENT"], [1, 2, "PHONE_NUMBER"], [2, 3, "CITY"], [3, 4, "ORG"], [4, 5, "MISC"]]
    labelled = ["PERSON", "CITY", "DATE_TIME", "ORG"]
    (found,) = _read(tmp_path, {"text": "ABCDE", "spans": spans, "labelled": labelled})
    assert [mark.label for mark in found.marks] == ["NAME", "CONTACT", "CITY", "ORG", "?"]
    assert found.known == {"NAME", "DATE", "ORG"}
