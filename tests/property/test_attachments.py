"""Attachments of any content: nothing lost, edits land where they should, nothing but ScanError, linear time."""

from functools import partial

import pytest
from growth import is_linear
from hypothesis import assume, given
from hypothesis import strategies as st

from streamdeid.attachments.codec import Encoding, unwrap, wrap
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.attachments.scanners import SCANNERS, scan
from streamdeid.attachments.sniff import Kind, sniff
from streamdeid.errors import ScanError
from streamdeid.formats.splice import splice
from streamdeid.types import Edit, Leaf

MARKUP = {
    Kind.HTML: "<b> </b> <p> </p> <br> <td> <pre> </pre> <!--x--> <img•alt=Jo•src='a'> &amp; &eacute; <title> </title> "
    '<script> </script> \n <a•title="J•&quot;"> <Jo@x> < > & <!doctype•html> <textarea> é \u00a0',
    Kind.RTF: r"\b \par {\b } \'e9 \u246? \uc0 \uc1 \tab \~ { } \{ \} {\*\x } \bullet \f1 {\info{\author•Jo}} "
    "\n \\u-10179? \\u-8704? {\\pict•00} é",
    Kind.XML: "<b>Jo</b> <p>Doe<q>•x</q></p> <c•d='e&lt;'/> <!--x--> <![CDATA[a<b]]> &amp; &#233; \n <?x•y?> é",
}
FRAMES = {Kind.HTML: "{}", Kind.RTF: "{{\\rtf1\\ansi\\uc1 {}}}", Kind.XML: "<r>{}</r>"}
WORDS = ("Jo", "Doe", " ", "x", "1", "  ")


def documents(kind: Kind) -> st.SearchStrategy[bytes]:
    tokens = [token.replace("•", " ") for token in MARKUP[kind].split(" ")]
    pieces = st.sampled_from([*tokens, *WORDS, *WORDS])
    return st.lists(pieces, max_size=25).map(lambda found: FRAMES[kind].format("".join(found)).encode())


KINDS = st.sampled_from(list(MARKUP))
TEXTS = st.text("Zo <>&\"'{}\\-]!?1ë\u0416\U0001f600", max_size=8).map(str.strip)


def scanned(kind: Kind, raw: bytes) -> AttachmentDocument | None:
    try:
        return scan(kind, raw)
    except ScanError:
        return None


def check(document: AttachmentDocument) -> None:
    """Leaves are in order and apart; every character is somewhere; every leaf is read once."""
    position = 0
    for leaf in document.leaves:
        assert position <= leaf.start < leaf.end <= len(document.raw)
        position = leaf.end
        before = leaf.start
        for index in range(len(leaf.text)):
            start, end = document.locate(leaf, index, index + 1)
            assert leaf.start <= before <= start < end <= leaf.end
            before = start
    parts = [part for passage in document.passages(document.leaves) for part in passage.parts]
    assert sorted(part.leaf.start for part in parts) == [leaf.start for leaf in document.leaves]
    for passage in document.passages(document.leaves):
        assert all(passage.text[part.start : part.end] == part.leaf.text for part in passage.parts)


@given(KINDS.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind))))
def test_every_leaf_is_read_once_and_no_name_is_structure(pair: tuple[Kind, bytes]) -> None:
    kind, raw = pair
    document = scanned(kind, raw)
    if document is not None:
        check(document)
        structure = splice(raw, [Edit(leaf.start, leaf.end, b"|") for leaf in document.leaves])
        assert b"Jo" not in structure
        assert b"Doe" not in structure


def reading(document: AttachmentDocument, path: str) -> str:
    leaves = [leaf for leaf in document.leaves if leaf.place.path == path]
    return document.passages(leaves)[0].text if leaves else ""


@given(KINDS.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind))), TEXTS, st.data())
def test_what_is_written_is_read_and_the_rest_is_as_it_was(
    pair: tuple[Kind, bytes], text: str, data: st.DataObject
) -> None:
    kind, raw = pair
    path = f"{kind}.text"
    document = scanned(kind, raw)
    leaves = [leaf for leaf in document.leaves if leaf.place.path == path] if document else []
    assume(leaves and document)
    assert document is not None
    leaf: Leaf = data.draw(st.sampled_from(leaves))
    start = data.draw(st.integers(0, len(leaf.text) - 1))
    end = data.draw(st.integers(start + 1, len(leaf.text)))
    first, last = document.locate(leaf, start, end)
    assert leaf.start <= first < last <= leaf.end
    out = splice(raw, [Edit(first, last, document.encode(leaf, text))])
    assert out.startswith(raw[:first])
    assert out.endswith(raw[last:])
    before, after = reading(document, path), reading(scan(kind, out), path)
    passage = document.passages(leaves)[0]
    at = next(part.start for part in passage.parts if part.leaf is leaf)
    # Blanks may merge at the seams.
    assert "".join(after.split()) == "".join((before[: at + start] + text + before[at + end :]).split())


@given(st.sampled_from(list(SCANNERS)), st.binary(max_size=200))
def test_any_bytes_give_leaves_or_a_scan_error(kind: Kind, raw: bytes) -> None:
    for content in (raw, b"{\\rtf1" + raw, b"<a>" + raw + b"</a>"):
        sniff(content)
        document = scanned(kind, content)
        if document is not None:
            check(document)


@given(KINDS.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind))), st.data())
def test_mutated_documents_give_leaves_or_a_scan_error(pair: tuple[Kind, bytes], data: st.DataObject) -> None:
    kind, raw = pair
    at = data.draw(st.integers(0, len(raw)))
    cut = data.draw(st.integers(0, 4))
    document = scanned(kind, raw[:at] + data.draw(st.binary(max_size=3)) + raw[at + cut :])
    if document is not None:
        check(document)


@given(st.binary(max_size=100), st.integers(1, 30), st.sampled_from(["\n", "\r\n", " "]), st.booleans())
def test_content_unedited_is_identical_and_edited_is_read_back(raw: bytes, width: int, gap: str, is_hex: bool) -> None:
    encoding = Encoding.HEX if is_hex else Encoding.BASE64
    assume(raw[:2] not in (b"\xff\xfe", b"\xfe\xff"))
    digits = wrap(unwrap("", encoding), raw)
    content = gap.join(digits[at : at + width] for at in range(0, len(digits), width))
    wrapped = unwrap(content, encoding)
    assert wrapped.raw == raw
    assert wrap(wrapped, raw) is content
    assert unwrap(wrap(wrapped, raw + b"x"), encoding).raw == raw + b"x"


MARKS = [
    "<",
    "</",
    "<!--",
    "<a ",
    "<a b='",
    "&",
    "&#",
    "&a",
    "<![CDATA[",
    "<?",
    "<p>",
    "<pre>",
    '<a b="c" ',
    "- ",
    "-->",
]
MARKS += ["<script", "</script", "<!DOCTYPE ", "A", " ", "=", "<svg/onload=", "<textarea>", "<!-", "data:", "\xa0", "é"]
RTF_MARKS = [
    "{",
    "\\",
    "\\u1",
    "\\'e9",
    "{\\*",
    "\\b",
    "}",
    "{\\pict",
    "\\uc16\\u1",
    "A",
    "é",
    "\\bin1",
    "{\\info}",
    "\n",
]
HEADS = {
    Kind.HTML: ("", "<a x='"),
    Kind.RTF: ("{\\rtf1 ",),
    Kind.XML: ("<a>", ""),
    Kind.CDA: ("",),
    Kind.TEXT: ("",),
}


@pytest.mark.parametrize("kind", list(HEADS))
def test_long_repetitions_take_no_longer_than_their_length(kind: Kind) -> None:
    def read(raw: bytes) -> None:
        sniff(raw)
        scanned(kind, raw)

    def repeated(head: str, unit: str, size: int) -> bytes:
        return (head + unit * (size // len(unit))).encode()

    for unit in RTF_MARKS if kind is Kind.RTF else MARKS:
        for head in HEADS[kind]:
            assert is_linear(read, partial(repeated, head, unit), 12_500), (kind, unit)
