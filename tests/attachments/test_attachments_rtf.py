import pytest

from streamdeid.attachments import rtf
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.errors import ScanError, TransformError
from streamdeid.formats.splice import splice
from streamdeid.types import Edit, Leaf

# Nobody in these documents exists.
LETTER = (
    rb"{\rtf1\adeflang1025\ansi\ansicpg1252\uc1\adeff0\deff0{\fonttbl{\f0\froman\fcharset0\fprq2"
    rb"{\*\panose 02020603050405020304}Times New Roman;}{\f40\fswiss\fcharset204 Arial Cyr;}}"
    b"{\\colortbl;\\red0\\green0\\blue0;}\r\n{\\stylesheet{\\ql \\snext0 Normal;}}"
    rb"{\*\rsidtbl \rsid1}{\*\generator Made-up Writer 1.0;}"
    rb"{\info{\title Letter about John Doe}{\author Ann Roe}{\operator a.roe}{\creatim\yr2021\mo3\dy4\hr9\min5}"
    rb"{\*\company Spring Clinic}}"
    rb"{\*\userprops {\propname mrn}\proptype30{\staticval 4711}}"
    rb"{\header \pard\plain Spring Clinic\par}{\footer {\field{\*\fldinst { PAGE }}{\fldrslt 1}}\par}"
    b"\\pard\\plain \\ltrpar\\ql {\\rtlch\\fcs1 \\af0\\afs24 \\ltrch\\fcs0 \\fs24\\insrsid1 Patient: Jo}"
    b"{\\rtlch\\fcs1 \\af0 \\ltrch\\fcs0 \\b\\fs24 hn\\~D}\r\n{\\b\\fs24 oe, born\\tab 1951}\\par\r\n"
    rb"Seen by Dr.~R\'f6e \u8211? \u-10179?\u-8704? J\u246\'f6rg Gro\u223 ?, \ldblquote well\rdblquote\line "
    b"Wrap\r\nped {\\f40 \\'c8\\'e2\\'e0\\'ed}\\par\r\n"
    rb"\trowd\cellx1000\cellx2000 MRN\cell 4711\cell\row\trowd City\cell Spring\-field\cell\row "
    rb"{\field{\*\fldinst {HYPERLINK }{"
    + rb'"mailto:john.doe@example.org"}}{\fldrslt {mail}}}'
    + rb"{\*\bkmkstart John_Doe}{\*\bkmkend John_Doe} end{\footnote See Al Roe.}{\v hidden}"
    b"{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv Photo of John}}}\\pngblip\r\n89504e47\r\n0d0a}}"
    rb"{\object\objemb{\*\objclass Word}{\*\objdata 0105}{\result shown}}{\*\unheardof secret}\par}"
    b"\r\n\0"
)


def texts(document: AttachmentDocument, path: str) -> list[str]:
    return [leaf.text for leaf in document.leaves if leaf.place.path == path]


def body(document: AttachmentDocument) -> str:
    leaves = [leaf for leaf in document.leaves if leaf.place.path == "rtf.text"]
    return document.passages(leaves)[0].text if leaves else ""


def leaf_of(document: AttachmentDocument, text: str) -> Leaf:
    return next(leaf for leaf in document.leaves if leaf.text == text)


def replaced(document: AttachmentDocument, leaf: Leaf, text: str, start: int = 0, end: int | None = None) -> bytes:
    where = document.locate(leaf, start, len(leaf.text) if end is None else end)
    return splice(document.raw, [Edit(*where, document.encode(leaf, text))])


def simple(text: bytes) -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg1252 " + text + b"}"


def test_a_letter_reads_as_on_paper() -> None:
    assert body(rtf.scan(LETTER)) == (
        "Patient: John Doe, born\t1951\nSeen by Dr.~Röe \u2013 \U0001f600 Jörg Groß, \u201cwell\u201d\n"
        "Wrapped Иван\nMRN\t4711\nCity\tSpringfield\nmail endhidden"
    )


def test_what_is_not_on_paper_has_places_of_its_own() -> None:
    document = rtf.scan(LETTER)
    found = {leaf.place.path: leaf.text for leaf in document.leaves}
    assert found["rtf.info.title"] == "Letter about John Doe"
    assert found["rtf.info.author"] == "Ann Roe"
    assert found["rtf.info.operator"] == "a.roe"
    assert found["rtf.info.company"] == "Spring Clinic"
    assert found["rtf.info.creatim"] == r"\yr2021\mo3\dy4\hr9\min5"
    assert found["rtf.info.staticval"] == "4711"
    assert found["rtf.header"] == "Spring Clinic"
    assert found["rtf.footer"] == "1"
    assert found["rtf.footnote"] == "See Al Roe."
    assert found["rtf.bkmkstart"] == "John_Doe"
    assert found["rtf.sv"] == "Photo of John"
    assert found["rtf.pict"] == "89504e47\r\n0d0a"
    assert found["rtf.objdata"] == "0105"
    assert found["rtf.destination"] == "secret"
    passages = [passage.text for passage in document.passages(document.leaves)]
    assert 'HYPERLINK "mailto:john.doe@example.org"' in passages
    assert "shown" in passages


def test_lineages_name_the_group() -> None:
    lineages = {leaf.place.path: leaf.place.lineage for leaf in rtf.scan(LETTER).leaves}
    assert lineages["rtf.info.author"] == ("rtf.info.author", "rtf.info")
    assert lineages["rtf.pict"] == ("rtf.pict", "rtf.embedded")
    assert lineages["rtf.objdata"] == ("rtf.objdata", "rtf.embedded")
    assert lineages["rtf.fonttbl"] == ("rtf.fonttbl", "rtf.table")
    assert lineages["rtf.header"] == ("rtf.header", "rtf.header")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (rb"Jo{\b hn}", "John"),
        (rb"\{a\\b\}", r"{a\b}"),
        (rb"a\_b\-c", "a-bc"),
        (b"a\\\nb", "a\nb"),
        (b"a\\\tb", "a\tb"),
        (rb"\uc0 Z\u246 J", "ZöJ"),
        (rb"\uc2 \u246xyJ{\uc1\u246 x}\u246xyK", "öJööK"),
        (rb"\u246\'f6J\u8217\emdash K\u246{x}", "öJ’Köx"),
        (rb"\u55357?x", "\ufffdx"),
        (rb"\u99999999999 xy", "\0y"),
        (rb"\'81\'zz", "\x81zz"),
        ("é".encode(), "é"),
        (b"\xe9", "é"),
        (rb"{\upr{ansi}{\*\ud{unicode}}}", "ansiunicode"),
        (rb"\nosuchword12 x", "x"),
        (rb"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box}}}x", "x"),
        (rb"a}b", "a"),
        (rb"C:\Users\JohnDoe1 x", "JohnDoe1"),
    ],
)
def test_reading(source: bytes, text: str) -> None:
    document = rtf.scan(simple(source))
    passages = {passage.text for passage in document.passages(document.leaves)}
    assert text in passages


def test_several_bytes_for_a_character() -> None:
    source = b"{\\rtf1\\ansi\\ansicpg932 \\'8e\\'52\\'93c Taro \\'8eR}"
    (leaf,) = rtf.scan(source).leaves
    assert leaf.text == "山田 Taro 山"
    assert replaced(rtf.scan(source), leaf, "X", 1, 2) == source.replace(b"\\'93c", b"X")
    with pytest.raises(ScanError, match=r"charset\.undecodable"):
        rtf.scan(b"{\\rtf1\\ansi\\ansicpg932 \\'8e}")


def test_after_the_end_nothing_is_overlooked() -> None:
    assert texts(rtf.scan(simple(b"a") + b"\r\nJohn Doe"), "rtf.trailing") == ["\r\nJohn Doe"]
    assert texts(rtf.scan(simple(b"a") + b"\r\n\0"), "rtf.trailing") == []


def test_binary_data_is_no_markup() -> None:
    document = rtf.scan(simple(rb"a{\pict\bin4 }}{{}b"))
    assert body(document) == "ab"
    assert texts(document, "rtf.pict") == ["}}{{"]
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        rtf.scan(simple(rb"{\pict\bin400 }"))


@pytest.mark.parametrize("source", [b"", b"Jo", b"{rtf1}", b"{\\rtf1" + b"{" * 1000])
def test_not_rtf(source: bytes) -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        rtf.scan(source)


def test_text_is_written_escaped() -> None:
    document = rtf.scan(simple(b"John Doe"))
    out = replaced(document, document.leaves[0], "Zoë {a\\b}\n\U0001f600", 0, 4)
    assert out == simple(b"Zo\\u235? \\{a\\\\b\\}\\line \\u-10179?\\u-8704? Doe")
    assert body(rtf.scan(out)) == "Zoë {a\\b}\n\U0001f600 Doe"
    with pytest.raises(TransformError):
        document.encode(document.leaves[0], "a\x01")


# Text that begins with a control word, right after another one; a pair of hexadecimal digits that is none; and two
# characters that should each be followed by one for older readers.
LOOSE = [rb"\uc0\u246 nd", rb"\b\u246?nd", rb"\'d Ms", rb"\u-8704\u246?nd", rb"\u246\u246\u246x(a"]


@pytest.mark.parametrize(
    "source", [rb"\b\'e9J", rb"\b(J", rb"\uc0 \u233J", rb"\uc0 \u233\'e9J", rb"\bullet\'e9J", *LOOSE]
)
@pytest.mark.parametrize("text", ["X", "", "1", " x", "-2", "'41"])
def test_what_is_written_never_joins_a_control_word(source: bytes, text: str) -> None:
    document = rtf.scan(simple(source))
    (leaf,) = document.leaves
    for index in range(len(leaf.text)):
        again = rtf.scan(replaced(document, leaf, text, index, index + 1))
        assert body(again).strip() == (leaf.text[:index] + text + leaf.text[index + 1 :]).strip()


def test_control_words_that_are_none_stay_control_words() -> None:
    document = rtf.scan(simple(rb"C:\JohnDoe x"))
    leaf = leaf_of(document, "JohnDoe")
    assert replaced(document, leaf, "[removed]") == simple(rb"C:\removed x")
    assert replaced(document, leaf, "", 0, 4) == simple(rb"C:\xDoe x")


def test_fallbacks_are_written_as_the_document_skips_them() -> None:
    for number, written in ((0, b"\\u235 "), (1, b"\\u235?"), (2, b"\\u235??")):
        document = rtf.scan(simple(b"\\uc%d Jo" % number))
        assert replaced(document, document.leaves[0], "ë", 0, 1) == simple(b"\\uc%d " % number + written + b"o")


@pytest.mark.parametrize("first", [rb"\u246?", rb"\bullet ", rb"\{", b"x", rb"\'f6"])
def test_after_a_character_a_group_is_no_longer_about_to_be_ignored(first: bytes) -> None:
    assert body(rtf.scan(simple(rb"{\*" + first + rb"\nosuchword Doe}"))).endswith("Doe")
