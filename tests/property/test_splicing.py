from hypothesis import given
from hypothesis import strategies as st

from streamdeid.formats.splice import splice
from streamdeid.types import Edit


@st.composite
def edits_of(draw):
    raw = draw(st.binary(max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(raw)), max_size=12)))
    ranges = list(zip(cuts[::2], cuts[1::2], strict=False))
    return raw, [Edit(start, end, draw(st.binary(max_size=5))) for start, end in ranges]


@given(edits_of(), st.randoms(use_true_random=False))
def test_splice_is_what_replacing_from_the_back_gives(case, random):
    raw, edits = case
    expected = raw
    for start, end, replacement in sorted(edits, reverse=True):
        expected = expected[:start] + replacement + expected[end:]
    random.shuffle(edits)
    assert splice(raw, edits) == expected


@given(edits_of())
def test_replacing_everything_by_itself_changes_nothing(case):
    raw, edits = case
    assert splice(raw, [Edit(start, end, raw[start:end]) for start, end, _ in edits]) == raw
