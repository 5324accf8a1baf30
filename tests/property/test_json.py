"""What the scanner reads is what Python's own reader reads; and nothing but a `ScanError` ever comes out of it."""

import json
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streamdeid.errors import ScanError
from streamdeid.formats import fhir
from streamdeid.formats.fhir_split import split
from streamdeid.formats.json_scan import Indifferent, untyped, walk
from streamdeid.formats.splice import splice
from streamdeid.types import Edit

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBER = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
VALUE = st.recursive(
    st.one_of(TEXT, NUMBER, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
INDENT = st.sampled_from([None, 0, 2, "\t"])
NAME = st.sampled_from(
    ["id", "name", "given", "_given", "extension", "url", "valueString", "contained", "resourceType", "text", "div"]
)
WORD = st.sampled_from(["Patient", "Observation", "Bundle", "http://x.org/a", "Doe", "é", ""])
RESOURCE = st.dictionaries(
    NAME | TEXT,
    st.recursive(
        WORD | NUMBER | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
).map(lambda members: {"resourceType": "Patient"} | members)


def scan(raw):
    return walk(raw, untyped(), Indifferent())


def scalars(value):
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [scalar for each in inner for scalar in scalars(each)]
    return [] if value is None else [value if isinstance(value, str) else json.dumps(value)]


@given(VALUE, INDENT, st.booleans())
def test_values_are_those_of_pythons_reader(value, indent, ascii_only):
    raw = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert [leaf.text for leaf in scan(raw).leaves] == scalars(value)


@given(VALUE, INDENT, st.booleans())
def test_ranges_are_in_order_and_hold_the_values(value, indent, ascii_only):
    raw = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    position = 0
    for leaf in scan(raw).leaves:
        assert position <= leaf.start <= leaf.end <= len(raw)
        position = leaf.end
        quoted = raw[leaf.start - 1 : leaf.start] == b'"'
        read = json.loads(raw[leaf.start - quoted : leaf.end + quoted])
        assert (read if quoted else json.dumps(read)) == leaf.text


def python_accepts(raw):
    """Whether Python's reader takes it, once it is made to refuse what RFC 8259 does."""

    def refuse(_):
        raise ValueError

    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=refuse, object_pairs_hook=once)
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


PIECES = [
    *("{", "}", "[", "]", ",", ":", '"', '"a"', '"b":', "1", "-0", "1.5e3", "01", "true", "null", "NaN", " ", "\n"),
    *("\\", "\\u0061", "\\ud83d\\ude00", "\\ud800", "é", "\x00", "\ufeff"),
]
JSON_LIKE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(JSON_LIKE | st.text(max_size=6) | VALUE.map(json.dumps))
@example('{"b":"a","b":1}')
@example('["a" , {"b": 1 } ]')
def test_accepts_what_pythons_reader_accepts(text):
    raw = text.encode("utf-8", "surrogatepass")
    try:
        scan(raw)
    except ScanError:
        assert not python_accepts(raw)
    else:
        assert python_accepts(raw)


@settings(deadline=None)  # the first one loads the tables
@given(st.binary(max_size=40) | RESOURCE.map(lambda resource: json.dumps(resource).encode()), st.data())
def test_nothing_but_scan_errors(raw, data):
    if raw and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + data.draw(st.binary(max_size=2)) + raw[at + 1 :]
    with suppress(ScanError):
        document = fhir.scan(raw)
        for leaf in document.leaves:
            assert document.path(leaf).startswith("Patient")
            assert document.siblings(leaf)


@settings(deadline=None)  # the first one loads the tables
@given(RESOURCE, INDENT, st.booleans())
def test_leaves_written_back_change_nothing(resource, indent, ascii_only):
    raw = json.dumps(resource, indent=indent, ensure_ascii=ascii_only).encode()
    with suppress(ScanError):
        document = fhir.scan(raw)
        edits = []
        for leaf in document.leaves:
            assert document.locate(leaf, 0, len(leaf.text)) == (leaf.start, leaf.end)
            edits.append(Edit(leaf.start, leaf.end, document.encode(leaf, leaf.text)))
        assert splice(raw, edits) == raw


@settings(deadline=None)  # the first one loads the tables
@given(TEXT, TEXT, st.data(), st.booleans())
def test_parts_of_a_string_can_be_replaced(text, replacement, data, ascii_only):
    raw = json.dumps({"resourceType": "Patient", "language": text}, ensure_ascii=ascii_only).encode()
    document = fhir.scan(raw)
    leaf = document.leaves[1]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edit = Edit(*document.locate(leaf, start, end), document.encode(leaf, replacement))
    assert json.loads(splice(raw, [edit]))["language"] == text[:start] + replacement + text[end:]


@given(st.lists(VALUE.map(lambda value: {"a": value}), max_size=4), INDENT, st.sampled_from(["\n", "", " ", "\r\n\n"]))
def test_split_finds_the_documents(values, indent, between):
    raw = between.join(json.dumps(value, indent=indent) for value in values).encode()
    assert [json.loads(raw[start:end]) for start, end in split(raw)] == values


@given(st.binary(max_size=30) | JSON_LIKE.map(lambda text: text.encode()))
@example(b'{"a":\n{"b":1}\n{}')
def test_split_loses_nothing_but_blanks(raw):
    position = 0
    for start, end in [*split(raw), (len(raw), len(raw))]:
        assert position <= start <= end
        assert not raw[position:start].replace(b"\xef\xbb\xbf", b"").strip(b" \t\r\n")
        position = end
