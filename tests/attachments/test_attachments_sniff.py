import pytest

from streamdeid.attachments.marker import marker
from streamdeid.attachments.scanners import SCANNERS, scan
from streamdeid.attachments.sniff import Kind, sniff
from streamdeid.errors import ScanError


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"%PDF-1.4\n...", Kind.PDF),
        (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
        (b"\xff\xd8\xff\xe0", Kind.IMAGE),
        (b"II*\0", Kind.IMAGE),
        (b"\0" * 128 + b"DICM", Kind.IMAGE),
        (b"PK\x03\x04\x14\0", Kind.OTHER),
        (b"{\\rtf1 Jo}", Kind.RTF),
        (b"\xef\xbb\xbf\r\n{\\rtf1 Jo}", Kind.RTF),
        (b"MSH|^~\\&|A|B", Kind.HL7V2),
        (b'{"resourceType":"Patient"}', Kind.FHIR),
        (b'{"name":"J\\u006f"}', Kind.OTHER),
        (b"<!DOCTYPE html><p>x", Kind.HTML),
        (b"<HTML><body>", Kind.HTML),
        (b"<p>Jo</p>", Kind.HTML),
        (b"Jo <b>Doe</b> came", Kind.HTML),
        (b"one<br/>two", Kind.HTML),
        (b'<div xmlns="http://www.w3.org/1999/xhtml">x</div>', Kind.XHTML),
        (b'<?xml version="1.0"?>\n<!-- x --><html>', Kind.XHTML),
        (
            b'<?xml version="1.0"?><!-- x -->\n<?xml-stylesheet href="a"?><ClinicalDocument xmlns="urn:hl7-org:v3">',
            Kind.CDA,
        ),
        (b'<n1:ClinicalDocument xmlns:n1="urn:hl7-org:v3"></n1:ClinicalDocument>', Kind.CDA),
        (b"<report><name>Jo</name></report>\n", Kind.XML),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Kind.XML),
        (b"Pressure <120 and falling", Kind.TEXT),
        (b"<120 and falling", Kind.TEXT),
        (b"<not done>", Kind.TEXT),
        (b"<empty/>", Kind.XML),
        (b"Jo Doe was seen.\n", Kind.TEXT),
        (b"", Kind.TEXT),
        (b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\nSm8=", Kind.OTHER),
        (
            b"See below\n" + b"Sm9obiBEb2Ugd2FzIHNlZW4gaW4gdGhlIGNsaW5pYyB0b2RheSBieSBEci4gUm9lIG9mIHRo\n" * 5,
            Kind.OTHER,
        ),
        (b"%!PS-Adobe-3.0\n", Kind.OTHER),
    ],
)
def test_told_from_the_bytes(raw: bytes, kind: Kind) -> None:
    assert sniff(raw) is kind


def test_the_media_type_is_a_hint() -> None:
    assert sniff(b"Jo &amp; Al", "text/html") is Kind.HTML
    assert sniff(b"Jo &amp; Al", "text/plain") is Kind.TEXT
    assert sniff(b"%PDF-1.4", "text/html") is Kind.PDF


@pytest.mark.parametrize("kind", list(Kind))
def test_a_marker_is_of_the_kind_that_it_stands_for(kind: Kind) -> None:
    content, media_type = marker(kind)
    found = sniff(content, media_type)
    assert found is (kind if kind in SCANNERS and kind is not Kind.CDA else Kind.TEXT)
    assert "[removed]" in [leaf.text for leaf in scan(found, content).leaves]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in SCANNERS])
def test_other_kinds_cannot_be_scanned(kind: Kind) -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        scan(kind, b"x")
