"""Letters and digits change, and the rest of a value stays written as it is."""

import json
import re

import pytest
from handwritten import er7, patient
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.formats import er7 as hl7
from streamdeid.formats import fhir
from streamdeid.formats.respelling import respelled
from streamdeid.formats.splice import splice
from streamdeid.types import Document, Edit

_TURNED = str.maketrans("abcxyzFTXH0189", "cabzxyTFHX8910")


def document_of(written: str) -> Document:
    return hl7.scan(er7("ADT^A01", f"ZZZ|{written}|"), {"ZZZ": {1: "ST"}})


def turned(document: Document, before: str) -> tuple[bytes, str]:
    """How the value before a path's leaf is written with other letters, and those letters."""
    leaf = next(leaf for leaf in document.leaves if leaf.place.path.endswith(before))
    new = leaf.text.translate(_TURNED)
    content = respelled(document, leaf, new)
    return splice(document.raw, [Edit(leaf.start, leaf.end, content)]), new


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("abc-018", "cab-891"),
        (r"ab\F\ab\.br\x\T\y", r"ca\F\ca\.br\z\T\x"),
        (r"\H\abc\N\ x", r"\H\cab\N\ z"),
        (r"a\X0A\b", r"c\X0A\a"),
        ("aéb", "céa"),
        ('a"b', 'c"a'),
        (r"\X6162\c", "cab"),
        (r"C:\F\x", r"C:\F\z"),
        (r"\a\b", r"\E\c\E\a"),
        (r"\Zx\a", r"\E\Zz\E\c"),
        (r"a\H\b", "ca"),
    ],
)
def test_hl7_escapes_stay_or_all_is_written_anew(written: str, expected: str) -> None:
    content, _ = turned(document_of(written), "ZZZ-1")
    assert content.split(b"ZZZ|")[1].split(b"|")[0].decode() == expected


@given(st.text(st.sampled_from('abxFTXHN0189\\.é- &"'), min_size=1, max_size=24).filter(lambda text: text != '""'))
def test_what_is_written_reads_as_what_is_meant(written: str) -> None:
    try:
        document = document_of(written)
    except hl7.ScanError:
        return
    if any(leaf.place.path == "ZZZ-1" for leaf in document.leaves):
        content, new = turned(document, "ZZZ-1")
        again = hl7.scan(content, {"ZZZ": {1: "ST"}})
        assert [leaf.text for leaf in again.leaves if leaf.place.path == "ZZZ-1"] == [new]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ab\\u00e9\\/x\\n", "ca\\u00e9\\/z\\n"),
        ("\\u0061b", "ca"),
        ('\\"ab\\\\', '\\"ca\\\\'),
        ("é\\u00e9a", "é\\u00e9c"),
    ],
)
def test_json_escapes_stay_unless_they_are_of_letters(written: str, expected: str) -> None:
    raw = json.dumps(patient(name=[{"family": "FAMILY"}])).replace("FAMILY", written).encode()
    content, new = turned(fhir.scan(raw), "name.family")
    assert re.findall('"family": "((?:[^"\\\\]|\\\\.)*)"', content.decode()) == [expected]
    assert json.loads(content)["name"][0]["family"] == new
