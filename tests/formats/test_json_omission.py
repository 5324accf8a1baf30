"""What is taken out is gone, and what is left is JSON that reads as if it had never been there."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import ScanError
from streamdeid.formats.json_omission import omitted
from streamdeid.formats.splice import splice

SCALARS = st.one_of(st.text(max_size=6), st.integers(-99, 99), st.booleans(), st.none())
OPAQUE = st.dictionaries(st.text(max_size=3), st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=3)
ARRAYS = st.lists(st.one_of(SCALARS, OPAQUE), max_size=4)
#: Names without an underscore before them: those have a meaning of their own.
OBJECTS = st.dictionaries(st.text('abcdé"\\ ', max_size=3), st.one_of(SCALARS, OPAQUE, ARRAYS), min_size=1, max_size=5)
BLANKS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n ", " : ")])


def positions(raw: bytes, content: dict[str, Any], separators: tuple[str, str], ensure_ascii: bool) -> list[list[int]]:
    """For each member the bytes at which its value, or if it is an array its elements, begin. Found by writing."""
    found = []
    comma, colon = (len(separator) for separator in separators)
    at = 1
    for name, value in content.items():
        at += len(written(name, separators, ensure_ascii)) + colon
        if isinstance(value, list) and value:
            starts, inner = [], at + 1
            for one in value:
                starts.append(inner)
                inner += len(written(one, separators, ensure_ascii)) + comma
            found.append(starts)
        else:
            found.append([at])
        at += len(written(value, separators, ensure_ascii)) + comma
    return found


def written(content: Any, separators: tuple[str, str], ensure_ascii: bool = True) -> bytes:
    return json.dumps(content, separators=separators, ensure_ascii=ensure_ascii).encode()


@given(content=OBJECTS, separators=BLANKS, ensure_ascii=st.booleans(), chosen=st.data())
def test_the_rest_is_as_if_it_had_never_been_there(
    content: dict[str, Any], separators: tuple[str, str], ensure_ascii: bool, chosen: st.DataObject
) -> None:
    raw = written(content, separators, ensure_ascii)
    starts = positions(raw, content, separators, ensure_ascii)
    values = chosen.draw(st.sets(st.sampled_from([one for group in starts for one in group])))
    omission = omitted(raw, 0, values)
    expected: dict[str, Any] = {}
    for (name, value), group in zip(content.items(), starts, strict=True):
        left = [one for one, start in zip(value, group, strict=True) if start not in values] if is_array(value) else []
        if is_array(value) and set(group) & values:
            if any(one is not None for one in left):
                expected[name] = left
        elif not set(group) & values:
            expected[name] = value
    assert len(omission.left) == len(expected)
    assert len(omission.gone) + len(omission.left) == len(content)
    if expected:
        assert json.loads(splice(raw, omission.edits)) == expected
    if not values:
        assert omission.edits == []


def is_array(value: object) -> bool:
    return isinstance(value, list) and bool(value)


@given(content=OBJECTS, before=st.sampled_from(["", "[", '{"x": [1, {"y": 2}], "z": ']))
def test_an_object_is_found_where_it_begins_and_nothing_after_it_is_read(content: dict[str, Any], before: str) -> None:
    raw = before.encode() + written(content, (", ", ": ")) + b"}]}, anything {"
    assert omitted(raw, len(before), ()).left == omitted(written(content, (", ", ": ")), 0, ()).left


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ('{"a": 1, "b": 2, "c": 3}', "1", '{"b": 2, "c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', "2", '{"a": 1, "c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', "3", '{"a": 1, "b": 2}'),
        ('{"a": 1, "b": 2, "c": 3}', "12", '{"c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', "13", '{"b": 2}'),
        ('{"a": 1, "b": 2, "c": 3}', "23", '{"a": 1}'),
        ('{"a": [1, 2, 3], "b": 4}', "13", '{"a": [2], "b": 4}'),
        ('{"a": [1, 2], "b": 4}', "12", '{"b": 4}'),
        ('{"a": [1, null], "b": 4}', "1", '{"b": 4}'),
        ('{"a": [[1, 2], [3]], "b": 4}', "13", '{"a": [[2]], "b": 4}'),
        ('{"a": [1, 2], "_a": [null, {"id": "x"}]}', "1", '{"a": [null, 2], "_a": [null, {"id": "x"}]}'),
        ('{"_a": [{"id": "x"}, null], "a": [1, 2]}', "2", '{"_a": [{"id": "x"}, null], "a": [1, null]}'),
        ('{"a": [1, 2], "_a": [{"id": "x"}, null]}', "12", '{"_a": [{"id": "x"}, null]}'),
    ],
)
def test_commas_and_alignment(text: str, values: str, expected: str) -> None:
    at = {text.index(number) for number in values}
    assert splice(text.encode(), omitted(text.encode(), 0, at).edits).decode() == expected


def test_an_object_of_which_nothing_is_left_says_so() -> None:
    assert omitted(b'{"a": 1, "b": [2]}', 0, {6, 15}) == ([], ["a", "b"], [])


@pytest.mark.parametrize("raw", [b'[{"a": 1}]', b'{"a": 1', b"{", b'{"a": [1'])
def test_what_is_no_whole_object_is_refused(raw: bytes) -> None:
    with pytest.raises(ScanError):
        omitted(raw, 0, ())
