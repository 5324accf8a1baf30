import pytest
from growth import is_linear

from streamdeid.formats.fhir_split import split


def pieces(raw):
    return [raw[start:end] for start, end in split(raw)]


@pytest.mark.parametrize(
    ("raw", "documents"),
    [
        (b"", []),
        (b" \r\n\xef\xbb\xbf", []),
        (b'{"a":1}', [b'{"a":1}']),
        (b'\xef\xbb\xbf{"a":1}\r\n{"b":2}\r\n', [b'{"a":1}', b'{"b":2}']),
        (b'{"a":1}\n\n  {\n"b": [\n{\n}\n]\n}\n', [b'{"a":1}', b'{\n"b": [\n{\n}\n]\n}']),
        (b'{"a":"}\\"{"}{"b":"\\\\"}', [b'{"a":"}\\"{"}', b'{"b":"\\\\"}']),
        (b'[{"a":1},\n{"b":2}]', [b'[{"a":1},\n{"b":2}]']),
    ],
)
def test_documents_are_found(raw, documents):
    assert pieces(raw) == documents


@pytest.mark.parametrize(
    ("raw", "documents"),
    [
        (b'{"a":{\n{"b":2}\n{"c":3}', [b'{"a":{', b'{"b":2}', b'{"c":3}']),
        (b'{"a":"cut\n{"b":2}{"c":3}\n', [b'{"a":"cut', b'{"b":2}', b'{"c":3}']),
        (b'{"a":1}}\n{"b":2}', [b'{"a":1}}', b'{"b":2}']),
        (b'{"a":1},\n{"b":2}', [b'{"a":1},', b'{"b":2}']),
        (b'{"a":1}\nwords\nand more \n{"b":2}', [b'{"a":1}', b"words\nand more", b'{"b":2}']),
        (b"17\n", [b"17"]),
        ('{"a":1}\n'.encode("utf-16-le"), ['{"a":1}\n'.encode("utf-16-le")]),
    ],
)
def test_what_is_no_document_is_kept_as_a_piece(raw, documents):
    assert pieces(raw) == documents


@pytest.mark.parametrize("unit", [b"{", b"{}", b"{\n", b'{"', b"x\n", b'"', b"{}x"])
def test_hostile_files_take_linear_time(unit):
    assert is_linear(split, lambda size: b"{" + unit * size, 8_000)
