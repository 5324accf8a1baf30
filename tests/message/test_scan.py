"""One door to all formats, with the policy's own limits and declarations."""

import json
from typing import Any

import pytest
from handwritten import PID, adt, er7, patient

from streamdeid.build import load_policy
from streamdeid.errors import ScanError
from streamdeid.message.scan import scan
from streamdeid.policy.policy import Policy
from streamdeid.types import Format, Leaf

POLICY = load_policy("keep_all")


def changed(**hl7v2: Any) -> Policy:
    return Policy.model_validate(POLICY.model_dump() | {"hl7v2": POLICY.hl7v2.model_dump() | hl7v2})


def leaf(content: bytes, path: str, policy: Policy = POLICY) -> Leaf:
    return next(leaf for leaf in scan(content, Format.HL7V2, policy).document.leaves if leaf.place.path == path)


@pytest.mark.parametrize(
    ("content", "format"),
    [(adt(), Format.HL7V2), (json.dumps(patient()).encode(), Format.FHIR), (b"A text.\r\n", Format.TEXT)],
)
def test_every_format_has_a_document_that_comes_back_as_it_was(content: bytes, format: Format) -> None:
    scanned = scan(content, format, POLICY)
    assert scanned.document.format is format
    assert scanned.document.raw == content
    assert scanned.document.leaves
    assert scanned.restore(scanned.document.raw) is content


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("content", [b"", b" ", b"\r\n\r\n", b"\t \n"])
def test_nothing_is_empty_in_every_format(format: Format, content: bytes) -> None:
    with pytest.raises(ScanError, match=r"^message\.empty$"):
        scan(content, format, POLICY)


@pytest.mark.parametrize("format", Format)
def test_the_limit_counts_bytes_and_comes_first(format: Format) -> None:
    small = Policy.model_validate(POLICY.model_dump() | {"limits": {"bytes": 10, "seconds": 1.0}})
    with pytest.raises(ScanError, match=r"^message\.too_large$"):
        scan(b"\xff" * 11, format, small)
    assert scan("ä".encode() * 5, Format.TEXT, small).document.raw == "ä".encode() * 5


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_utf_16_is_scanned_and_restored_edited_or_not(codec: str, marked: bool) -> None:
    mark = "\ufeff".encode(codec) if marked else b""
    content = mark + adt(pid=PID.replace("Doemann", "Dömann\U0001f9ea")).decode().encode(codec)
    scanned = scan(content, Format.HL7V2, POLICY)
    assert scanned.restore(scanned.document.raw) == content
    edited = scanned.document.raw.replace("Dömann".encode(), "Šimek".encode())
    assert scanned.restore(edited) == content.replace("Dömann".encode(codec), "Šimek".encode(codec))


def test_declared_segments_are_those_of_the_policy() -> None:
    content = er7("ADT^A01", PID, "ZPI|1|x|Doemann^Johanna")
    assert leaf(content, "ZPI-3.1").place.lineage[-1] == "undefined-segment"
    declared = changed(segments={"ZPI": {3: "XPN"}})
    assert "XPN.1" in leaf(content, "ZPI-3.1.1", declared).place.lineage


def test_the_fallback_charset_is_that_of_the_policy() -> None:
    content = adt(pid=PID.replace("Doemann", "Dömann")).decode().encode("latin-1")
    with pytest.raises(ScanError, match=r"^charset\.undecodable at PID-5\.1"):
        scan(content, Format.HL7V2, POLICY)
    assert leaf(content, "PID-5.1.1", changed(fallback_charset="8859/1")).text == "Dömann"
