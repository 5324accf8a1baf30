"""Damaged JSON and FHIR: read as Python's reader reads it, or refused; an edit of one value changes no other."""

import json
import random
from typing import Any

from fuzzing import applied, damaged, edit_of, fuzz, others, scanned, structure
from handwritten import bundle, observation, patient

from streamdeid.errors import ScanError
from streamdeid.formats import fhir
from streamdeid.formats.fhir_split import split
from streamdeid.formats.json_scan import Indifferent, untyped, walk
from streamdeid.types import Leaf

RESOURCES: tuple[dict[str, Any], ...] = (
    patient(
        extension=[{"url": "http://madeup.example/x", "valueString": "Doemann", "_valueString": {"id": "e"}}],
        contained=[{"resourceType": "Organization", "id": "o", "name": "Zoë's 漢 Hall"}],
        multipleBirthInteger=2,
        active=True,
    ),
    observation(
        valueQuantity={"value": 1.100, "unit": "g/L", "code": "g/L"},
        component=[{"code": {"text": "a\tb"}, "valueString": 'quote " and \\ back'}],
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Doemann</p></div>'},
    ),
    {
        "resourceType": "Basic",
        "id": "b",
        "code": {"text": "x"},
        "created": "2024-03-05",
        "author": {"reference": "Patient/p1"},
    },
    {"resourceType": "Age", "value": 1e400} | {"resourceType": "Parameters", "parameter": [{"name": "n", "part": []}]},
    {
        "resourceType": "Binary",
        "contentType": "text/plain",
        "data": "RG9lbWFubg==",
        "meta": {"tag": [{"code": "x"}], "lastUpdated": "2024-03-05T09:15:00.000Z"},
    },
)
SEEDS = (
    *(
        json.dumps(one, indent=indent, ensure_ascii=plain).encode()
        for one in RESOURCES
        for indent, plain in ((None, True), (2, False))
    ),
    bundle(*RESOURCES[:2]),
    b'{"resourceType":"Patient","name":[{"given":["A",null,"B"],"_given":[null,{"id":"x"}]}],"birthDate":"1961"}',
    b'[1,-0.0,1.5e-3,true,null,"\\ud83d\\ude00",{"":[]}]',
)
TOKENS = (
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\n", b" ", b"\0", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80"),
    *(b"\\u0041", b"\\ud800", b"\\ud83d\\ude00", b"\\/", b"\\x", b"\\u00e", "é".encode(), "\u2028".encode(), b"\x7f"),
    *(b"NaN", b"-", b"01", b"1e5", b"1E400", b"-0", b"1.", b"true", b"null", b"tru", b"Infinity", b"0x1"),
    *(b'"a":1,', b'"id":"x",', b'{"a":', b"[[[[[[[[" * 20, b'"extension":[{"url":"u"}],', b'"_id":{"id":"q"},'),
    *(
        b'"resourceType":"Patient"',
        b'"resourceType":"Group",',
        b'"fhirVersion":"5.0.0",',
        b'"contained":[{}]',
        b'"div":"<div>',
    ),
)
TEXTS = ("Jo", "Zoë 漢", '"', "\\", "a\nb", "", "\u2028", "\U0001f600", "x" * 300, "1.50", "-7", "true")


def content(random: random.Random) -> bytes:
    raw = damaged(random, random.choice(SEEDS), TOKENS, SEEDS)
    return raw if random.random() < 0.97 else raw.decode("latin-1").encode("utf-16")


def scalars(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [scalar for each in inner for scalar in scalars(each)]
    return [] if value is None else [value if isinstance(value, str) else json.dumps(value)]


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def read(raw: bytes) -> Any:
    """What Python's reader makes of it, once it is made to refuse what RFC 8259 does and to keep digits."""

    def refuse(_: str) -> Any:
        raise ValueError

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    hooks: dict[str, Any] = {"parse_int": _Number, "parse_float": _Number, "parse_constant": refuse}
    value = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once, **hooks)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def leaves_of(raw: bytes) -> list[Leaf] | str:
    try:
        return walk(raw, untyped(), Indifferent()).leaves
    except ScanError as refusal:
        return refusal.code


def check_json(random: random.Random) -> str:
    raw = content(random)
    leaves = leaves_of(raw)
    try:
        expected = scalars(read(raw))
    except (ValueError, RecursionError):
        assert isinstance(leaves, str)
        return leaves
    if leaves == "json.too_deep":
        return "json.too_deep"
    assert [leaf.text for leaf in leaves if not isinstance(leaf, str)] == expected
    return "read"


def check_fhir(random: random.Random) -> str:
    raw = content(random)
    check_split(raw)
    version = random.choice(("auto", "R4B", "R5", "STU3"))
    document = scanned(lambda raw: fhir.scan(raw, version), raw)
    if isinstance(document, str):
        return document
    indices = [
        index
        for index, leaf in enumerate(document.leaves)
        if not leaf.place.path.endswith((".resourceType", ".url", ".contentType"))
        and b"fhirVersion" not in raw[max(leaf.start - 20, 0) : leaf.start]
    ]
    if not indices:
        return "empty"
    index = random.choice(indices)
    leaf = document.leaves[index]
    edited = edit_of(random, document, leaf, random.choice(TEXTS))
    if edited is None:
        return "unwritable"
    raw = applied(document, leaf, edited[0])
    output = fhir.scan(raw, version)
    assert output.release == document.release
    assert structure(output) == structure(document)
    assert others(output, index) == others(document, index)
    assert output.leaves[index].text == edited[1]
    assert scalars(read(raw)) == [one.text for one in output.leaves]
    return "edited"


def check_split(raw: bytes) -> None:
    position = 0
    for start, end in [*split(raw), (len(raw), len(raw))]:
        assert position <= start <= end
        assert not raw[position:start].replace(b"\xef\xbb\xbf", b"").strip(b" \t\r\n")
        position = end


def test_damaged_json_is_read_as_pythons_reader_reads_it() -> None:
    seen = fuzz(check_json)
    assert seen["read"] > sum(seen.values()) / 8


def test_damaged_resources() -> None:
    seen = fuzz(check_fhir)
    assert seen["edited"] > sum(seen.values()) / 12
