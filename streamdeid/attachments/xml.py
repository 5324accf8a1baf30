"""XML as a document (XML 1.0, fifth edition): texts and attributes are leaves.

Whether it is well-formed is asked of expat; this module only finds where things are. Nothing external is read, and a
document that declares entities is refused, so that none can expand.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final, NamedTuple
from xml.parsers import expat

from streamdeid.attachments import charsets, xml_nodes
from streamdeid.attachments.document import AttachmentDocument, Collector, Syntax
from streamdeid.attachments.markup_text import MarkupSyntaxes
from streamdeid.attachments.xml_nodes import ANY, ElementTraits, Node, Reading, Root
from streamdeid.errors import ScanError
from streamdeid.types import Leaf, Place

#: Elements within one another, at most.
MAX_DEPTH: Final = 256

_BOM: Final = b"\xef\xbb\xbf"
_DECLARATION: Final = re.compile(
    rb"<\?xml\s+version\s*=\s*[\"']1\.[0-9]{1,2}[\"'](?:\s+encoding\s*=\s*[\"']([\w:.-]{1,40})[\"'])?"
    rb"(?:\s+standalone\s*=\s*[\"'](?:yes|no)[\"'])?\s*\?>"
)
_LIKE_DECLARATION: Final = re.compile(rb"<\?xml\s", re.IGNORECASE)
_OPEN: Final = re.compile(r"<(?:([^\s/>:]*+):)?+([^\s/>:]++)", re.ASCII)
_ATTRIBUTE: Final = re.compile(
    r"\s++(?:([^\s=:]++):)?+([^\s=:]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')|\s*+(/?)>", re.ASCII
)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE((?:[^>\"']|\"[^\"]*+\"|'[^']*+')*+)>")
_LITERAL: Final = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_TARGET: Final = re.compile(r"[^\s?]++\s*+", re.ASCII)
_BLANK: Final = " \t\r\n"


def scan(raw: bytes, charset: str = "") -> AttachmentDocument:
    """The leaves of an XML document. `charset` is what the message says of it, if anything.

    The document is one flow: an element beside text leaves no trace in it, other elements begin a line. Text in base64
    that says so is ``xml.embedded``.

    Raises:
        ScanError: ``attachment.unreadable``: not well-formed, too deep, or with entities of its own;
            ``charset.unsupported``, ``charset.undecodable``.
    """
    return scan_with(raw, charset, ANY.child)


def scan_with(raw: bytes, charset: str, root: Root) -> AttachmentDocument:
    """As `scan`, with places and readings from `root`, which names the outermost element."""
    begin = len(_BOM) if raw.startswith(_BOM) else 0
    declaration = _DECLARATION.match(raw, begin)
    declared = declaration[1].decode("ascii") if declaration and declaration[1] else ""
    if declaration is None and _LIKE_DECLARATION.match(raw, begin):  # expat takes any version
        raise ScanError("attachment.unreadable", f"byte {begin}")
    codec = charsets.resolve(raw, charset, declared)
    _check(raw[begin:].decode(codec))
    scanner = _XmlScanner(raw, codec, root)
    with suppress(UnicodeDecodeError):
        scanner.scan(declaration.end() if declaration else begin)
        return scanner.document()
    # A character of two bytes, the second like ``]``, stood across the end of a CDATA section.
    raise ScanError("charset.undecodable")


def _check(text: str) -> None:
    """Raise unless `text` is a well-formed document without entities of its own."""
    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = _refuse
    parser.StartDoctypeDeclHandler = _refuse_subset
    try:
        parser.Parse(text.encode("utf-8"), True)
        fault = False
    except (expat.ExpatError, UnicodeEncodeError):
        fault = True
    if fault:
        raise ScanError("attachment.unreadable")


def _refuse(*_: object) -> None:
    raise ScanError("attachment.unreadable")


def _refuse_subset(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
    if has_internal_subset:
        raise ScanError("attachment.unreadable")


class _Element(NamedTuple):
    """An open element: its node, its number, the number of the element whose parts its values are, and that of the
    outermost element whose text it is read with."""

    node: Node
    number: int
    holder: int
    flow: int


class _Before(NamedTuple):
    """What stands between a text and the one before: its flow, blanks or narrative elements, and the elements around
    the tags of others."""

    flow: int
    gap: str
    crossed: tuple[int, ...]


class _XmlScanner:
    """Reads one document, known to be well-formed, from start to end."""

    def __init__(self, raw: bytes, codec: str, root: Root) -> None:
        self._raw = raw
        self._source = raw.decode("latin-1")
        self._root = root
        self._syntaxes = MarkupSyntaxes(raw, codec, bare=False)
        self._found: list[tuple[Leaf, Syntax, _Before | None]] = []
        self._open: list[_Element] = []
        self._count = 0
        self._with_text: set[int] = set()
        self._gap = ""
        self._crossed: list[int] = []

    def document(self) -> AttachmentDocument:
        """The leaves, once all is read: only then is it known which elements stand beside text."""
        collector = Collector(self._raw)
        for leaf, syntax, before in self._found:
            if before is None:
                collector.add(leaf, syntax)
            else:
                is_apart = any(number not in self._with_text for number in before.crossed)
                collector.gap("\n" if is_apart else before.gap, before.flow)
                collector.add(leaf, syntax, before.flow)
        return collector.document()

    def scan(self, position: int) -> None:
        """Read the document from `position`, after any declaration."""
        source = self._source
        while position < len(source):
            start = source.find("<", position)
            start = len(source) if start < 0 else start
            self._text(position, start)
            position = self._markup(start) if start < len(source) else start

    def _markup(self, start: int) -> int:
        source = self._source
        following = source[start + 1]
        if following == "/":
            self._close()
            return source.index(">", start) + 1
        if following == "?":
            end = source.index("?>", start)
            target = _TARGET.match(source, start + 2, end)
            self._value(xml_nodes.INSTRUCTION, target.end() if target else end, end, self._syntaxes.instruction)
            return end + 2
        if following == "!":
            return self._declaration(start)
        return self._element(start)

    def _declaration(self, start: int) -> int:
        source = self._source
        if source.startswith("<!--", start):
            end = source.index("-->", start + 4)
            self._value(xml_nodes.COMMENT, start + 4, end, self._syntaxes.comment)
            return end + 3
        if source.startswith("<![CDATA[", start):
            end = source.index("]]>", start)
            self._add(start + 9, end, self._syntaxes.section)
            return end + 3
        doctype = _DOCTYPE.match(source, start)
        if doctype is None:
            raise ScanError("attachment.unreadable", f"byte {start}")
        for literal in _LITERAL.finditer(source, *doctype.span(1)):
            self._value(xml_nodes.DOCTYPE, literal.start() + 1, literal.end() - 1, self._syntaxes.attribute)
        return doctype.end()

    def _element(self, start: int) -> int:
        opening = _OPEN.match(self._source, start)
        if opening is None or len(self._open) == MAX_DEPTH:
            raise ScanError("attachment.unreadable", f"byte {start}")
        attributes, position, is_empty = self._attributes(opening.end())
        traits = _traits(opening[2], attributes)
        parent = self._open[-1] if self._open else None
        node = parent.node.child(traits) if parent else self._root(traits)
        self._count += 1
        holder = parent.holder if parent and parent.node.holds_parts else self._count
        is_read_on = parent is not None and parent.node.reading is node.reading is not Reading.ALONE
        flow = parent.flow if parent and is_read_on else self._count
        element = _Element(node, self._count, holder, flow)
        self._cross(element, parent)
        for match in attributes:
            value = match.span(3) if match[3] is not None else match.span(4)
            place = node.attribute(match[2], match[1] or "")
            self._value(place, *value, self._syntaxes.attribute, element.holder)
        if is_empty:
            self._cross(element, parent)
        else:
            self._open.append(element)
        return position

    def _attributes(self, position: int) -> tuple[list[re.Match[str]], int, bool]:
        found: list[re.Match[str]] = []
        while match := _ATTRIBUTE.match(self._source, position):
            position = match.end()
            if match[2] is None:
                return found, position, match[5] == "/"
            found.append(match)
        raise ScanError("attachment.unreadable", f"byte {position}")

    def _close(self) -> None:
        element = self._open.pop()
        self._cross(element, self._open[-1] if self._open else None)

    def _cross(self, element: _Element, parent: _Element | None) -> None:
        """A tag stands between the text before and the text after."""
        node = element.node
        if node.reading is Reading.NARRATIVE:
            self._widen(node.gap)
        elif node.reading is Reading.MIXED and parent is not None:
            if not self._crossed or self._crossed[-1] != parent.number:
                self._crossed.append(parent.number)
        else:
            self._widen("\n")

    def _widen(self, gap: str) -> None:
        self._gap = max(self._gap, gap, key=("", " ", "\t", "\n").index)

    def _text(self, start: int, end: int) -> None:
        """Text between tags; blanks at its ends are structure."""
        value = self._source[start:end]
        first = start + len(value) - len(value.lstrip(_BLANK))
        last = end - (len(value) - len(value.rstrip(_BLANK)))
        if first > start:
            self._widen(" ")
        if first < last:
            self._add(first, last, self._syntaxes.text)
            if last < end:
                self._widen(" ")

    def _value(self, place: Place, start: int, end: int, syntax: Syntax, holder: int = 0) -> None:
        """A value that is read on its own."""
        text = syntax.read(self._raw[start:end])
        self._found.append((Leaf(place, text, start, end, 0, holder), syntax, None))

    def _add(self, start: int, end: int, syntax: Syntax) -> None:
        """Text of the element that is open."""
        element = self._open[-1]
        text = syntax.read(self._raw[start:end])
        if not text:
            return
        before = None
        if element.node.reading is not Reading.ALONE:
            before = _Before(element.flow, self._gap, tuple(self._crossed))
            self._with_text.add(element.number)
            self._gap, self._crossed = "", []
        self._found.append((Leaf(element.node.text, text, start, end, 0, element.holder), syntax, before))


def _traits(name: str, attributes: list[re.Match[str]]) -> ElementTraits:
    kind, is_base64 = "", False
    for match in attributes:
        value = match[3] if match[3] is not None else match[4]
        if match[2] == "type" and match[1]:
            kind = value.strip().rpartition(":")[2]
        elif match[2] == "representation":
            is_base64 = value.strip() == "B64"
    return ElementTraits(name, kind, is_base64)
