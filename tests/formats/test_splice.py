import pytest

from streamdeid.formats.splice import splice
from streamdeid.types import Edit


def test_no_edits_give_the_same_object():
    raw = bytes(range(256))
    assert splice(raw, []) is raw


def test_replaces_inserts_and_deletes_in_any_order():
    edits = [Edit(6, 11, b"moon"), Edit(0, 0, b"> "), Edit(5, 6, b"")]
    assert splice(b"hello world", edits) == b"> hellomoon"


def test_edits_may_touch_and_reach_the_end():
    assert splice(b"abcd", [Edit(0, 2, b"1"), Edit(2, 4, b"2"), Edit(4, 4, b"3")]) == b"123"


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 3, b""), Edit(2, 4, b"")],
        [Edit(0, 5, b"")],
        [Edit(-1, 1, b"")],
        [Edit(3, 2, b"")],
        [Edit(1, 1, b"a"), Edit(1, 1, b"b")],
        [Edit(0, 4, b""), Edit(1, 2, b"")],
    ],
)
def test_overlaps_and_ranges_outside_are_refused(edits):
    with pytest.raises(ValueError, match="edit"):
        splice(b"abcd", edits)
