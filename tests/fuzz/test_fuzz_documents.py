"""Damaged RTF, HTML, XML and CDA: read or refused; edited, they stay as well formed, and the rest is the same."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from xml.etree import ElementTree

from fuzz_seeds import CDA, HTML, MARKUP_TOKENS, RTF, RTF_TOKENS, XML
from fuzzing import applied, damaged, edit_of, fuzz, scanned, structure

from streamdeid.attachments import charsets, scanners
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.attachments.sniff import Kind, sniff
from streamdeid.errors import ScanError
from streamdeid.types import Leaf

SEEDS = {Kind.RTF: RTF, Kind.HTML: HTML, Kind.XHTML: HTML[:2], Kind.XML: XML, Kind.CDA: CDA}
TEXTS = (
    "Jo",
    "Zoë",
    "漢字",
    "\U0001f600",
    "1",
    "-1",
    "'e9",
    "a  b",
    "x\ny",
    "Smith-Jones, A. & <b>",
    "{\\}",
    "]]>",
    "?>",
    "--",
    "&amp;",
    "=`\"'",
)
CHARSETS = ("", "", "", "utf-8", "windows-1252", "gbk", "shift_jis", "nonsense")

Skeleton = Callable[[bytes], Sequence[str] | None]


def document_of(random: random.Random, kind: Kind) -> bytes:
    tokens = RTF_TOKENS if kind is Kind.RTF else MARKUP_TOKENS
    return damaged(random, random.choice(SEEDS[kind]), tokens, SEEDS[kind])


def check(random: random.Random, kind: Kind, skeleton: Skeleton) -> str:
    raw = document_of(random, kind)
    sniff(raw, random.choice(("", "text/html", "text/plain; charset=x", "json")))
    charset = random.choice(CHARSETS)

    def scan(content: bytes) -> AttachmentDocument:
        return scanners.scan(kind, content, charset)

    document = scanned(scan, raw)
    if isinstance(document, str):
        return document
    leaves = [index for index, leaf in enumerate(document.leaves) if is_edited(document, leaf)]
    if not leaves:
        return "empty"
    index = random.choice(leaves)
    leaf = document.leaves[index]
    edited = edit_of(random, document, leaf, random.choice(TEXTS))
    if edited is None:
        return "unwritable"
    output = applied(document, leaf, edited[0])
    if charset_of(scan, output) != charset_of(scan, raw) or not is_one_set(kind, raw[leaf.start : leaf.end]):
        return "another character set"
    before = skeleton(raw)
    is_readable = not raw.isascii() or charsets.decodes(output, "utf-8")  # to who knows nothing of the message
    assert before is None or not is_readable or skeleton(output) == before
    assert reading(scan(output)) == reading(document, index, edited[1])
    if kind is not Kind.RTF and b"CDATA" not in edited[0].replacement and leaf.place.path != "xml.instruction":
        assert structure(scan(output)) == structure(document)
    return "edited"


def charset_of(scan: Callable[[bytes], AttachmentDocument], raw: bytes) -> object:
    """What the document is read in, which an edit of a declaration, or of all that is not UTF-8, may change."""
    try:
        document = scan(raw)
    except ScanError as refusal:
        return refusal.code
    return {getattr(standing.syntax, "codec", "") for standing in document._standings.values()}


def is_one_set(kind: Kind, value: bytes) -> bool:
    """Not so in RTF for bytes that are not UTF-8, but may be in part."""
    return kind is not Kind.RTF or charsets.decodes(value, "utf-8")


#: What is removed whole; what cannot hold any text; and what the reading of others depends on.
NOT_EDITED = re.compile(
    r"rtf\.(?:control|trailing|info)\b.*|html\.(?:markup|meta|embedded)\b.*|xml\.(?:namespace|embedded)"
    r"|html\.attribute\.(?:name|charset|content|http-equiv)|cda\..*@(?:type|representation)"
)


def is_edited(document: AttachmentDocument, leaf: Leaf) -> bool:
    if leaf.place.path == "html.comment" and not document.raw.startswith(b"<!--", leaf.start - 4):
        return False  # a tag that is none, and may become one
    is_kept = any(name in leaf.place.lineage for name in ("rtf.embedded", "rtf.table"))
    return not is_kept and leaf.text != "B64" and NOT_EDITED.fullmatch(leaf.place.path) is None


def reading(document: AttachmentDocument, index: int = -1, text: str = "") -> list[tuple[str, str]]:
    """What is read at which place, without blanks, which may merge; with another text for one leaf."""
    found: list[tuple[str, str]] = []
    for number, leaf in enumerate(document.leaves):
        path, new = leaf.place.path, text if number == index else leaf.text
        # Where nothing can be escaped, what would end the place is left out.
        new = "".join(new.translate(_UNESCAPED.get(path, {})).split())
        if found and found[-1][0] == path:
            found[-1] = path, found[-1][1] + new
        elif new:
            found.append((path, new))
    return found


_UNESCAPED = {
    "html.script": {ord("<"): None},
    "html.style": {ord("<"): None},
    "xml.instruction": dict.fromkeys(map(ord, "?<>")),
}


def xml_skeleton(raw: bytes) -> list[str] | None:
    """The elements and the names of their attributes, if it is well formed."""
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    return [f"{element.tag} {sorted(element.attrib)}" for element in root.iter()]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {[name for name, _ in attrs]}")

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")


def html_skeleton(raw: bytes) -> list[str] | None:
    """Tags and names of attributes as Python's parser reads them, which is for ordinary documents alone."""
    if not _ORDINARY.fullmatch(raw):
        return None
    parser = _Tags()
    parser.feed(raw.decode("ascii", "replace"))
    return parser.found


_WORD = rb"(?!title|style|script|textarea|plaintext|xmp|iframe|no)[a-z][a-z0-9]*"
_ORDINARY = re.compile(
    rb"""(?:[^<\0]|<(?:WORD|body|meta)(?:\s+[a-z-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`/]+))?)*\s*/?>|</WORD\s*>"""
    rb"""|RAW|<!--[^<>-]*-->|<!DOCTYPE html>)*+""".replace(b"WORD", _WORD).replace(
        b"RAW", b"|".join(b"<%b>[^<]*</%b>" % (name, name) for name in (b"title", b"style", b"script", b"textarea"))
    )
)
_RTF_TOKEN = re.compile(rb"\\([a-z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|(\\[^a-zA-Z])|([{}])|[^\\{}]+|\\", re.DOTALL)
#: What text may be written with.
_TEXT_WORDS = (b"u", b"line", b"tab")


def rtf_skeleton(raw: bytes) -> list[str] | None:
    """Groups and control words, those that stand for characters left out; None if the groups do not close."""
    if b"\\bin" in raw:
        return None
    found = list(_rtf_tokens(raw))
    depth = 0
    for token in found:
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            return None
    return None if depth else _without_empty_groups(found)


def _rtf_tokens(raw: bytes) -> Iterator[str]:
    for match in _RTF_TOKEN.finditer(raw):
        word, number, _, brace = match.groups()
        if brace or (word and word not in _TEXT_WORDS and word not in _CHARACTERS):
            yield (brace or word + (number or b"")).decode()


_CHARACTERS = (b"emdash", b"endash", b"lquote", b"rquote", b"ldblquote", b"rdblquote", b"bullet", b"zwj", b"bullet")


def _without_empty_groups(tokens: list[str]) -> list[str]:
    kept: list[str] = []
    for token in tokens:
        if token == "}" and kept[-1:] == ["{"]:
            kept.pop()
        else:
            kept.append(token)
    return kept


def run(kind: Kind, skeleton: Skeleton) -> None:
    seen = fuzz(lambda random: check(random, kind, skeleton))
    assert seen["edited"] > sum(seen.values()) / 8


def test_damaged_rtf() -> None:
    run(Kind.RTF, rtf_skeleton)


def test_damaged_html() -> None:
    run(Kind.HTML, html_skeleton)


def test_damaged_xhtml() -> None:
    run(Kind.XHTML, html_skeleton)


def test_damaged_xml() -> None:
    run(Kind.XML, xml_skeleton)


def test_damaged_cda() -> None:
    run(Kind.CDA, xml_skeleton)
