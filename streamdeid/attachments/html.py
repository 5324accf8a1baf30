"""HTML and XHTML as a document (WHATWG HTML 13.2.5, tokenization).

Every byte is looked at as Latin-1, so that a character's index is its byte's. What a browser would not show is a leaf
too: comments, scripts, attributes, tags that are none. Structure is only what the standard itself has written: names
of known elements and attributes, brackets, quotes.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from streamdeid.attachments import charsets
from streamdeid.attachments import html_names as names
from streamdeid.attachments.document import BODY, AttachmentDocument, Collector
from streamdeid.attachments.html_tags import Attribute, Tag, read_tag
from streamdeid.attachments.markup_text import MarkupSyntaxes, MarkupText
from streamdeid.errors import ScanError
from streamdeid.types import Leaf, Place

_MARKUP: Final = re.compile(r"<(?=[A-Za-z/!?])")
_END_TAG: Final = re.compile(r"</[A-Za-z]")
_DECLARED: Final = re.compile(rb"""<meta\b[^>]{0,200}?\bcharset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
_XML_DECLARED: Final = re.compile(rb"""\s*<\?xml\b[^>?]{0,100}?\bencoding\s*=\s*["']([\w:.-]+)""")
_HEAD: Final = 4096
_STRUCTURE: Final = re.compile(
    r"!doctype\s+html(?:\s+(?:public|system)(?:\s*[\"'](?:-//W3C//DTD [\w .-]+//EN|https?://www\.w3\.org/[\w/.-]+"
    r"|about:legacy-compat)[\"'])*)?\s*"
    r"|\?xml(?:\s+(?:version|encoding|standalone)\s*=\s*[\"'][\w.-]{1,20}[\"'])+\s*\??",
    re.IGNORECASE | re.ASCII,
)
_AMPERSAND: Final = re.compile(r"&(?!#[0-9xX]|[A-Za-z][A-Za-z0-9]{1,31};)")
_COMMENT_END: Final = re.compile(r"--!?>")
_BLANK: Final = " \t\n\r\f"
_DATA: Final = re.compile(r"data\s*:", re.IGNORECASE)


def scan(raw: bytes, charset: str = "", *, xhtml: bool = False) -> AttachmentDocument:
    """The leaves of an HTML document or fragment. `charset` is what the message says of it, if anything.

    Running text is one flow; inline elements leave no trace in it, blocks begin a line, cells are set apart by a tab.
    Takes time linear in the length of `raw`. What is cut off in the middle of a tag is a leaf of ``html.markup``.

    Raises:
        ScanError: ``charset.unsupported``, ``charset.undecodable``.
    """
    head = raw[:_HEAD]
    declared = _XML_DECLARED.match(head) or _DECLARED.search(head)
    codec = charsets.resolve(raw, charset, declared[1].decode("latin-1") if declared else "")
    with suppress(UnicodeDecodeError):
        return _HtmlScanner(raw, codec, xhtml=xhtml).scan()
    # A character of two bytes, the second like ``]``, stood across the end of a CDATA section.
    raise ScanError("charset.undecodable")


class _HtmlScanner:
    """Reads one document from start to end."""

    def __init__(self, raw: bytes, codec: str, *, xhtml: bool) -> None:
        self._raw = raw
        self._source = raw.decode("latin-1")
        self._xhtml = xhtml
        self._syntaxes = MarkupSyntaxes(raw, codec, bare=not xhtml)
        self._collector = Collector(raw)
        self._preformatted = 0
        self._tags = 0

    def scan(self) -> AttachmentDocument:
        source, position = self._source, 3 if self._raw.startswith(b"\xef\xbb\xbf") else 0
        while position < len(source):
            match = _MARKUP.search(source, position)
            start = match.start() if match else len(source)
            self._text(position, start)
            position = self._markup(start) if match else start
        return self._collector.document()

    def _text(self, start: int, end: int, place: Place = names.TEXT) -> None:
        """Text between tags. Blanks at its ends are what sets it apart from its neighbours."""
        if start == end:
            return
        value = self._source[start:end]
        # A bracket here begins no tag, nor most ampersands a reference: not as the text is, but as it may become.
        is_guarded = "<" in value or _AMPERSAND.search(value) is not None
        syntaxes = self._syntaxes
        if self._preformatted:
            self._flow(place, start, end, syntaxes.guarded_preformatted if is_guarded else syntaxes.preformatted)
            return
        first = start + len(value) - len(value.lstrip(_BLANK))
        last = end - (len(value) - len(value.rstrip(_BLANK)))
        if first > start:
            self._collector.gap(" ")
        if first < last:
            self._flow(place, first, last, syntaxes.guarded if is_guarded else syntaxes.text)
            if last < end:
                self._collector.gap(" ")

    def _flow(self, place: Place, start: int, end: int, syntax: MarkupText) -> None:
        text = syntax.read(self._raw[start:end])
        if place is names.TEXT:
            self._collector.add(Leaf(place, text, start, end, 0, 0), syntax, BODY)
        else:
            self._collector.add(Leaf(place, text, start, end, 0, 0), syntax)

    def _markup(self, start: int) -> int:
        """What begins with ``<``; gives where it ends."""
        following = self._source[start + 1]
        if following == "!":
            return self._declaration(start)
        if following == "?" or (following == "/" and _END_TAG.match(self._source, start) is None):
            return self._bogus(start)
        tag = read_tag(self._source, start)
        if tag is None:  # nothing after it can be told from the tag
            self._collector.value(names.MARKUP, start + 1, len(self._source), self._syntaxes.markup)
            return len(self._source)
        return self._tag(tag)

    def _declaration(self, start: int) -> int:
        source = self._source
        if source.startswith("<!--", start):
            if source.startswith(("<!-->", "<!--->"), start):
                return source.index(">", start) + 1
            end = _COMMENT_END.search(source, start + 4)
            last = end.start() if end else len(source)
            self._collector.value(names.COMMENT, start + 4, last, self._syntaxes.comment)
            return end.end() if end else last
        if self._xhtml and source.startswith("<![CDATA[", start):
            last = source.find("]]>", start)
            last = len(source) if last < 0 else last
            self._section(start + 9, last)
            return min(last + 3, len(source))
        return self._bogus(start)

    def _section(self, start: int, end: int) -> None:
        text = self._syntaxes.section.read(self._raw[start:end])
        self._collector.add(Leaf(names.TEXT, text, start, end, 0, 0), self._syntaxes.section, BODY)

    def _bogus(self, start: int) -> int:
        """A declaration or an instruction; whatever HTML does not know is a comment to it."""
        end = self._source.find(">", start)
        end = len(self._source) if end < 0 else end
        if _STRUCTURE.fullmatch(self._source, start + 1, end) is None:
            first = min(start + 2, end)
            self._collector.value(names.COMMENT, first, end, self._syntaxes.comment)
        return min(end + 1, len(self._source))

    def _tag(self, tag: Tag) -> int:
        name = tag.name
        if not names.is_element(name):
            self._collector.value(names.MARKUP, tag.start + 1, tag.end - 1, self._syntaxes.markup)
            return tag.end
        self._tags += 1
        if name in names.BLOCKS:
            self._collector.gap("\n")
        elif name in names.CELLS:
            self._collector.gap("\t")
        self._attributes(tag)
        if name in names.PREFORMATTED and not (tag.empty and self._xhtml):
            self._preformatted = max(self._preformatted + (-1 if tag.closes else 1), 0)
        if tag.closes or (tag.empty and self._xhtml):
            return tag.end
        if name in names.RAW or name in names.TEXT_ONLY:
            return self._content(tag)
        return tag.end

    def _content(self, tag: Tag) -> int:
        """The content of an element that can hold no elements; gives where its end tag starts."""
        closing = re.compile(rf"</{tag.name}(?=[\s/>])", re.IGNORECASE | re.ASCII).search(self._source, tag.end)
        end = closing.start() if closing else len(self._source)
        if tag.name in names.RAW:
            place = names.SCRIPT if tag.name == "script" else names.STYLE
            self._collector.value(place, tag.end, end, self._syntaxes.verbatim)
        else:
            self._text(tag.end, end, names.TITLE if tag.name == "title" else names.TEXT)
        return end

    def _attributes(self, tag: Tag) -> None:
        meta = self._meta_name(tag) if tag.name == "meta" else None
        for attribute in tag.attributes:
            if not names.is_attribute(attribute.name):
                start, end = attribute.name_start, attribute.name_end
                self._collector.value(names.MARKUP, start, end, self._syntaxes.markup, self._tags)
            if attribute.start < attribute.end:
                syntax = self._syntaxes.attribute if attribute.quoted else self._syntaxes.unquoted
                place = self._attribute_place(attribute, meta)
                self._collector.value(place, attribute.start, attribute.end, syntax, self._tags)

    def _meta_name(self, tag: Tag) -> str:
        values = {attribute.name: self._source[attribute.start : attribute.end] for attribute in tag.attributes}
        return (values.get("name") or values.get("http-equiv") or "").strip().lower()

    def _attribute_place(self, attribute: Attribute, meta: str | None) -> Place:
        if _holds_file(self._source, attribute):
            return names.embedded(attribute.name)
        if meta is not None and attribute.name == "content":
            return names.meta(meta)
        return names.attribute(attribute.name)


def _holds_file(source: str, attribute: Attribute) -> bool:
    """Whether a value is a ``data:`` URI, or a style that has one."""
    return _DATA.search(source, attribute.start, attribute.end) is not None
