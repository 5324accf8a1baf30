import pytest

from streamdeid.attachments import html
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.errors import ScanError, TransformError
from streamdeid.formats.splice import splice
from streamdeid.types import Edit, Leaf

# Nobody in these documents exists.
REPORT = """<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
<html><head><meta charset="utf-8"><title>Discharge of J. Doe</title>
<meta name="author" content="Dr. Ann Roe"><meta name="x-John-Doe" content="y">
<style>td { color: red }</style><script>var mrn = "4711";</script></head>
<body class="report"><!-- printed for John Doe -->
<h1>Discharge</h1>
<p>Patient: <b>Jo</b><span style="color:red">hn</span>
   Doe, born&nbsp;1951, seen by <a href="mailto:ann.roe@example.org" title='Dr. "Ann" Roe'>Dr.&#32;R&ouml;e</a>.</p>
<table><tr><th>MRN</th><td>4711</td></tr><tr><td>City<td>Spring<wbr>field</tr></table>
<img src="data:image/png;base64,iVBORw0KGgo=" alt=portrait><pre>a
  b</pre><input value="John &quot;Jack&quot; Doe" data-mrn=4711 checked>
</body></html>
"""


def texts(document: AttachmentDocument, path: str) -> list[str]:
    return [leaf.text for leaf in document.leaves if leaf.place.path == path]


def body(document: AttachmentDocument) -> str:
    passages = document.passages([leaf for leaf in document.leaves if leaf.place.path == "html.text"])
    return passages[0].text if passages else ""


def leaf_of(document: AttachmentDocument, text: str) -> Leaf:
    return next(leaf for leaf in document.leaves if leaf.text == text)


def replaced(document: AttachmentDocument, leaf: Leaf, text: str, start: int = 0, end: int | None = None) -> bytes:
    where = document.locate(leaf, start, len(leaf.text) if end is None else end)
    return splice(document.raw, [Edit(*where, document.encode(leaf, text))])


def test_a_report_reads_as_on_the_screen() -> None:
    assert body(html.scan(REPORT.encode())) == (
        "Discharge\nPatient: John Doe, born 1951, seen by Dr. Röe.\nMRN\t4711\nCity\tSpringfield\na\n  b"
    )


def test_what_is_not_on_the_screen_has_places_of_its_own() -> None:
    document = html.scan(REPORT.encode())
    found = {leaf.place.path: leaf.text for leaf in document.leaves}
    assert found["html.title"] == "Discharge of J. Doe"
    assert found["html.meta.author"] == "Dr. Ann Roe"
    assert found["html.meta.?"] == "y"
    assert found["html.comment"] == " printed for John Doe "
    assert found["html.script"] == 'var mrn = "4711";'
    assert found["html.style"] == "td { color: red }"
    assert found["html.attribute.href"] == "mailto:ann.roe@example.org"
    assert found["html.attribute.title"] == 'Dr. "Ann" Roe'
    assert found["html.attribute.alt"] == "portrait"
    assert found["html.attribute.value"] == 'John "Jack" Doe'
    assert found["html.attribute.?"] == "4711"
    assert found["html.embedded.src"] == "data:image/png;base64,iVBORw0KGgo="


def test_lineages_name_the_group() -> None:
    lineages = {leaf.place.path: leaf.place.lineage for leaf in html.scan(REPORT.encode()).leaves}
    assert lineages["html.attribute.title"] == ("html.attribute.title", "html.text-attribute", "html.attribute")
    assert lineages["html.attribute.class"] == ("html.attribute.class", "html.layout-attribute", "html.attribute")
    assert lineages["html.attribute.href"][1] == "html.link-attribute"
    assert lineages["html.embedded.src"] == ("html.embedded.src", "html.embedded")
    assert lineages["html.title"] == ("html.title", "html.text")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<b>Jo</b>hn Doe", "John Doe"),
        ("Jo<!-- x -->hn", "John"),
        ("J&shy;o\u200bhn", "John"),
        ("a<br>b<hr>c", "a\nb\nc"),
        ("<b>John</b> <i>Doe</i>", "John Doe"),
        ("<b>John</b>\n\n<i>Doe</i>", "John Doe"),
        ("<li>one<li>two", "one\ntwo"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("&lt;b&gt; &eacute &ampJo &nosuch; &#x4a;&#111; &#0; &#99999999999;", "<b> é &Jo &nosuch; Jo \ufffd \ufffd"),
        ("&#150;&#" + "9" * 5000 + ";", "\u2013\ufffd"),
        ("<title>a <b> b</title>c", "c"),
        ("<textarea>a <b> b</textarea>c", "a <b> b\nc"),
        ("<p/>a<script>x</script>b", "ab"),
        ("</ x>a<?php b ?>c<!x>d", "acd"),
        ("<o:p>Jo</o:p>hn", "John"),
        ("", ""),
    ],
)
def test_reading(source: str, text: str) -> None:
    assert body(html.scan(source.encode())) == text


def test_addresses_in_angle_brackets_are_not_overlooked() -> None:
    document = html.scan(b"<p>Jo <jo.doe@example.org> <p jo_doe=1 align=left>")
    assert texts(document, "html.markup") == ["jo.doe@example.org", "jo_doe"]


@pytest.mark.parametrize("source", ["a <b title='Jo", "a <b Jo", "a <Jo Doe"])
def test_a_tag_that_never_ends_is_kept_in_sight(source: str) -> None:
    document = html.scan(source.encode())
    assert body(document) == "a"
    assert texts(document, "html.markup") == [source[3:]]


def test_text_is_written_escaped() -> None:
    document = html.scan(REPORT.encode())
    out = replaced(document, leaf_of(document, "4711"), "<O'Neil & Roe>")
    assert b"<td>&lt;O&#39;Neil &amp; Roe&gt;</td>" in out


def test_beyond_ascii_as_the_document_does_it() -> None:
    for source, written in ((b"<p>Jo", b"<p>Zo&#235;"), ("<p>Jö".encode("cp1252"), b"<p>Zo\xeb")):
        document = html.scan(source)
        assert replaced(document, document.leaves[0], "Zoë") == written


def test_an_edit_of_some_characters() -> None:
    document = html.scan(b"<p>Dr.&nbsp;J&ouml;hn \n Doe")
    leaf = document.leaves[0]
    assert leaf.text == "Dr. Jöhn Doe"
    assert replaced(document, leaf, "Al", 4, 8) == b"<p>Dr.&nbsp;Al \n Doe"
    assert replaced(document, leaf, "Al", 5, 6) == b"<p>Dr.&nbsp;JAlhn \n Doe"


def test_values_without_quotes_stay_one_value() -> None:
    document = html.scan(b"<img alt=Jo src=a.png>")
    jo = leaf_of(document, "Jo")
    for text in ("Al Roe > x", "", 'a"b'):
        again = html.scan(replaced(document, jo, text))
        assert "".join(texts(again, "html.attribute.alt")) == text
        assert texts(again, "html.attribute.src") == ["a.png"]


def test_a_comment_cannot_be_ended_by_what_is_written() -> None:
    document = html.scan(b"<!--a-X-->b")
    out = replaced(document, document.leaves[0], "->--!><b>", 2, 3)
    assert texts(html.scan(out), "html.comment") == ["a-->--!><b>"]


def test_what_cannot_be_written() -> None:
    document = html.scan(b"<p>Jo<!-- x -->")
    with pytest.raises(TransformError):
        document.encode(document.leaves[0], "J\0o")
    with pytest.raises(TransformError):
        document.encode(document.leaves[0], "\ud800")


def test_declared_charsets() -> None:
    source = "<meta charset=windows-1251><p>Иван"
    assert body(html.scan(source.encode("cp1251"))) == "Иван"
    assert body(html.scan("<p>Иван".encode("cp1251"), "windows-1251")) == "Иван"
    with pytest.raises(ScanError, match="charset"):
        html.scan(b"<meta charset=utf-8><p>\xff")


def test_narrative_of_fhir() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Jo<br/>Doe <![CDATA[a<b]]></p><script/>&copy;&copy</div>'
    document = html.scan(div.encode(), "utf-8", xhtml=True)
    assert body(document) == "Jo\nDoe a<b\n©&copy"
    out = replaced(document, leaf_of(document, "a<b"), "]]> & ]")
    assert body(html.scan(out, xhtml=True)) == body(document).replace("a<b", "]]> & ]")


def test_other_leaves_between_do_not_join_what_is_apart() -> None:
    document = html.scan(b"<p>one<p>two<p>three")
    one, _, three = document.leaves
    assert document.passages([one, three])[0].text == "one\nthree"


@pytest.mark.parametrize("source", ["a <1 b", "<p>x < y & z", "<pre>a <\n1 b&</pre>", "r&doe", "<\xf6doe"])
@pytest.mark.parametrize("text", ["Jo", "lt;x", "/b", "!--", "?", "#65;", "", "notting", "\xf6"])
def test_what_is_written_makes_no_markup_of_a_bracket_or_ampersand_before(source: str, text: str) -> None:
    document = html.scan(source.encode())
    (leaf,) = document.leaves
    for index in range(len(leaf.text)):
        where = document.locate(leaf, index, index + 1)
        (after,) = html.scan(splice(document.raw, [Edit(*where, document.encode(leaf, text))])).leaves
        expected = leaf.text[:index] + text + leaf.text[index + 1 :]
        assert "".join(after.text.split()) == "".join(expected.split())
