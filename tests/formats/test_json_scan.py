import tracemalloc

import pytest
from growth import is_linear

from streamdeid.errors import ScanError
from streamdeid.formats.json_scan import MAX_DEPTH, Indifferent, members, untyped, walk


def scan(raw):
    return walk(raw, untyped(), Indifferent())


def texts(raw):
    return [leaf.text for leaf in scan(raw).leaves]


def test_every_scalar_but_null_is_a_leaf_with_its_range():
    raw = b' {"a" : "x", "b":[1.100 ,-0,1E+2,true ,null,false], "c":{"\\u0064":"\\n"},"e":{},"f":[]} \n'
    leaves = scan(raw).leaves
    assert [leaf.text for leaf in leaves] == ["x", "1.100", "-0", "1E+2", "true", "false", "\n"]
    assert [raw[leaf.start : leaf.end] for leaf in leaves] == [
        *(b"x", b"1.100", b"-0", b"1E+2", b"true", b"false", b"\\n")
    ]


def test_holders_and_indices():
    raw = b'{"a":[{"b":"x"},null,{"c":{"d":"y"}}],"e":["z",null,"w"]}'
    found = scan(raw)
    assert [(holder.parent, holder.element, holder.first) for holder in found.holders] == [
        *((-1, 0, 0), (0, 0, 0), (0, 2, 1), (2, None, 1))
    ]
    assert [raw[holder.start :][:4] for holder in found.holders] == [b'{"a"', b'{"b"', b'{"c"', b'{"d"']
    assert [leaf.holder for leaf in found.leaves] == [1, 3, 0, 0]
    assert [found.indices.get(leaf.start) for leaf in found.leaves] == [None, None, 0, 2]


@pytest.mark.parametrize("raw", [b"1", b'"x"', b" true ", b"null", b"[]", b"{}", b"\xef\xbb\xbf[1]"])
def test_any_value_may_be_the_whole_text(raw):
    scan(raw)


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b"", "message.empty", ""),
        (b"\xef\xbb\xbf \t\r\n", "message.empty", ""),
        (b"{", "json.syntax", "byte 1"),
        (b"}", "json.syntax", "byte 0"),
        (b"[}", "json.syntax", "byte 1"),
        (b"[1}", "json.syntax", "byte 2"),
        (b'{"a":1]', "json.syntax", "byte 6"),
        (b"[1,]", "json.syntax", "byte 1"),
        (b'{"a":1,}', "json.syntax", "byte 5"),
        (b"[,1]", "json.syntax", "byte 1"),
        (b"[1,,1]", "json.syntax", "byte 1"),
        (b"[1 1]", "json.syntax", "byte 1"),
        (b"[1],", "json.syntax", "byte 2"),
        (b"1,", "json.syntax", "byte 0"),
        (b"1,2", "json.syntax", "byte 3"),
        (b"[1] x", "json.syntax", "byte 2"),
        (b'{"a"}', "json.syntax", "byte 1"),
        (b'{"a":}', "json.syntax", "byte 5"),
        (b"{1:1}", "json.syntax", "byte 1"),
        (b'["a":1]', "json.syntax", "byte 5"),
        (b'["\\n":1]', "json.syntax", "byte 6"),
        (b'{"a":"b" "c":1}', "json.syntax", "byte 5"),
        (b"{'a':1}", "json.syntax", "byte 1"),
        (b"[tru]", "json.syntax", "byte 1"),
        (b'["\t"]', "json.syntax", "byte 1"),
        (b'["\\x"]', "json.syntax", "byte 1"),
        (b'["\\u12g4"]', "json.syntax", "byte 1"),
        (b'["a]', "json.syntax", "byte 1"),
        (b"[1]//", "json.syntax", "byte 2"),
        (b"[\xa01]", "json.syntax", "byte 1"),
        (b"[\x0c1]", "json.syntax", "byte 1"),
        (b"[NaN]", "json.number", "byte 1"),
        (b'{"a":-Infinity}', "json.number", "byte 5"),
        (b"[01]", "json.number", "byte 1"),
        (b"[1.]", "json.number", "byte 1"),
        (b"[.5]", "json.number", "byte 1"),
        (b"[+1]", "json.number", "byte 1"),
        (b"[0x1]", "json.number", "byte 1"),
        (b"[1e]", "json.number", "byte 1"),
        (b'{"a":1,"a":2}', "json.duplicate_key", "byte 7"),
        (b'{"a":1,"\\u0061":2}', "json.duplicate_key", "byte 7"),
        (b'{"a":{},"a":null}', "json.duplicate_key", "byte 8"),
        (b'["\\ud800"]', "json.surrogate", "byte 2"),
        (b'{"\\udc00":1}', "json.surrogate", "byte 2"),
        (b'["\xff"]', "charset.undecodable", "byte 2"),
        ("[1]".encode("utf-16"), "charset.unsupported", "byte 0"),
        ("[1]".encode("utf-16-le"), "charset.unsupported", "byte 0"),
        ("[1]".encode("utf-32-be"), "charset.unsupported", "byte 0"),
    ],
)
def test_what_is_not_json_is_refused(raw, code, path):
    with pytest.raises(ScanError) as caught:
        scan(raw)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_one_name_in_two_objects_is_no_duplicate():
    assert texts(b'{"a":{"a":1},"b":[{"a":2},{"a":3}]}') == ["1", "2", "3"]


def test_names_that_only_look_alike_are_no_duplicates():
    assert texts('{"n\\\\u0061":1,"n\\u0061":2,"é":3,"Ã©":4}'.encode()) == ["1", "2", "3", "4"]


def test_depth_is_limited():
    assert texts(b"[" * MAX_DEPTH + b"1" + b"]" * MAX_DEPTH) == ["1"]
    for bracket in (b"[", b'{"a":'):
        with pytest.raises(ScanError) as caught:
            scan(bracket * (MAX_DEPTH + 1))
        assert caught.value.code == "json.too_deep"


def test_a_hundred_thousand_levels_are_refused_in_linear_time():
    def refuse(raw):
        with pytest.raises(ScanError, match="too_deep"):
            scan(raw)

    assert is_linear(refuse, lambda size: b'[{"a":' * size, 12_500)


@pytest.mark.parametrize(
    "piece", [b"a", b"\\n", "é".encode(), b"\\u00e9"], ids=["plain", "escaped", "utf-8", "escaped beyond ASCII"]
)
def test_a_long_string_takes_linear_time_and_memory(piece):
    def document(size):
        return b'{"a":"' + piece * (size // len(piece)) + b'"}'

    raw = document(2_000_000)
    tracemalloc.start()
    (leaf,) = scan(raw).leaves
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert leaf.end - leaf.start == len(raw) - 8
    assert peak < 12 * len(raw)
    assert is_linear(scan, document, 250_000)


@pytest.mark.parametrize(("head", "unit"), [(b'["', b"a"), (b'["', b"\\n"), (b"[", b" "), (b"", b'"'), (b"[0", b"1")])
def test_bad_input_is_refused_in_linear_time(head, unit):
    def refuse(raw):
        with pytest.raises(ScanError):
            scan(raw)

    assert is_linear(refuse, lambda size: head + unit * size, 60_000)


def test_members_by_object():
    raw = b'{"x":[{"b":1,"url":"u"},{"\\u0075rl":"v\\n"}],"url":7,"type":"t"}'
    assert members(raw, ("url", "type")) == {
        0: {"type": "t"},
        raw.index(b'{"b"'): {"url": "u"},
        raw.index(b'{"\\u'): {"url": "v\n"},
    }
