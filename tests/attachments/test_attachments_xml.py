import pytest

from streamdeid.attachments import xml
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.errors import ScanError
from streamdeid.formats.splice import splice
from streamdeid.types import Edit

SOURCE = b"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="doe.xsl"?>
<!DOCTYPE report SYSTEM "file:///home/doe/report.dtd">
<!-- for John Doe -->
<report xmlns="urn:example" author="R&#246;e">
  <name>Jo<b>hn</b> Doe</name>
  <mrn>4711</mrn>
  <note><![CDATA[a <b> & c]]></note>
  <scan representation="B64">iVBORw0KGgo=</scan>
</report>
"""


def body(document: AttachmentDocument) -> str:
    leaves = [leaf for leaf in document.leaves if leaf.place.path == "xml.text"]
    return document.passages(leaves)[0].text


def test_texts_are_read_on_and_elements_of_their_own_begin_a_line() -> None:
    assert body(xml.scan(SOURCE)) == "John Doe\n4711\na <b> & c"


def test_every_value_is_a_leaf_and_no_name_enters_a_path() -> None:
    found = [(leaf.place.path, leaf.text) for leaf in xml.scan(SOURCE).leaves]
    assert [(path, text) for path, text in found if path != "xml.text"] == [
        ("xml.instruction", 'type="text/xsl" href="doe.xsl"'),
        ("xml.doctype", "file:///home/doe/report.dtd"),
        ("xml.comment", " for John Doe "),
        ("xml.namespace", "urn:example"),
        ("xml.attribute", "Röe"),
        ("xml.attribute", "B64"),
        ("xml.embedded", "iVBORw0KGgo="),
    ]


def test_edits_of_every_leaf_leave_it_well_formed() -> None:
    document = xml.scan(SOURCE)
    for text in ("", '<O\'Neil & "Roe"> ]]> ?> -->', "-", "ë"):
        edits = [Edit(leaf.start, leaf.end, document.encode(leaf, text)) for leaf in document.leaves]
        again = xml.scan(splice(SOURCE, edits))
        attributes = [leaf.text for leaf in again.leaves if leaf.place.path == "xml.attribute"]
        assert attributes == [text] * 2 if text else attributes == []


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"Jo",
        b"<a>",
        b"<a></b>",
        b"<a b=c/>",
        b"<a>&nosuch;</a>",
        b"<a>\x01</a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
        b"<a>" * 300 + b"</a>" * 300,
        b"<a/><b/>",
    ],
)
def test_what_is_not_xml_or_declares_entities_is_refused(source: bytes) -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        xml.scan(source)


def test_declared_charset() -> None:
    source = '<?xml version="1.0" encoding="windows-1252"?><a b="Zoë">Röe \u201cx\u201d</a>'.encode("cp1252")
    document = xml.scan(source)
    assert [leaf.text for leaf in document.leaves] == ["Zoë", "Röe “x”"]
    text = document.leaves[1]
    where = document.locate(text, 1, 2)
    assert splice(source, [Edit(*where, document.encode(text, "Ж"))]).endswith(b">R&#1046;e \x93x\x94</a>")


def test_brackets_in_characters_of_two_bytes() -> None:
    frame = b"<?xml version='1.0' encoding='Shift_JIS'?><a><![CDATA[%s]]></a>"
    (leaf,) = xml.scan(frame % b"\x83]").leaves
    assert leaf.text == b"\x83]".decode("cp932")
    with pytest.raises(ScanError, match=r"charset\.undecodable"):
        xml.scan(frame % b"\x83]]> x")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.12"])
def test_a_declaration_is_structure(version: str) -> None:
    document = xml.scan(f'<?xml version="{version}" encoding="utf-8"?><a>Jo</a>'.encode())
    assert [leaf.text for leaf in document.leaves] == ["Jo"]


@pytest.mark.parametrize("version", ["Doe", "", "159-1", "2.0"])
def test_an_odd_declaration_is_refused(version: str) -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        xml.scan(f'<?xml version="{version}"?><a>Jo</a>'.encode())


def test_a_section_of_an_ascii_document_stays_ascii() -> None:
    source = b"<a><![CDATA[Jo & x]]></a>"
    document = xml.scan(source, "windows-1252")
    (leaf,) = document.leaves
    out = splice(source, [Edit(leaf.start, leaf.start + 2, document.encode(leaf, "Zo\xeb"))])
    assert out == b"<a><![CDATA[Zo]]>&#235;<![CDATA[ & x]]></a>"
    assert "".join(one.text for one in xml.scan(out).leaves) == "Zo\xeb & x"
