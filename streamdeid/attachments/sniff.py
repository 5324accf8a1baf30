"""What an attachment's bytes are, told from the bytes themselves; what its sender calls them is a hint at most."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from streamdeid.attachments.html_names import is_element


class Kind(StrEnum):
    """What an attachment is. ``OTHER`` is everything that cannot be read: archives, audio, office files, mail."""

    HTML = "html"
    XHTML = "xhtml"
    RTF = "rtf"
    CDA = "cda"
    XML = "xml"
    TEXT = "text"
    HL7V2 = "hl7v2"
    FHIR = "fhir"
    PDF = "pdf"
    IMAGE = "image"
    OTHER = "other"


#: Bytes that are looked at for marks of a kind.
HEAD: Final = 4096
_PDF_HEAD: Final = 1024

_IMAGE: Final = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|II\+\0|MM\0\+|RIFF.{4}WEBP|\0\0\0\x0cjP  "
    rb"|\0\0\x01\0|.{4}ftyp(?:heic|heix|mif1|avif)|.{128}DICM",
    re.DOTALL,
)
_START: Final = rb"(?:\xef\xbb\xbf)?[\s\x0b]*+"
_RTF: Final = re.compile(_START + rb"\{\\rtf")
_HL7V2: Final = re.compile(_START + rb"(?:MSH|FHS|BHS)[^\w\s]{5}")
_JSON: Final = re.compile(_START + rb"(?:\{\s*+[\"}]|\[\s*+[\[{\]])")
_RESOURCE: Final = re.compile(rb"\"resourceType\"\s*+:")
_PROLOG: Final = re.compile(
    _START + rb"(?:(?=(?P<xml><\?xml\b)))?+(?:<\?[^>]*+>|<!--(?:[^-]|-(?!->))*+-->|\s++"
    rb"|(?P<doctype><!DOCTYPE[^>\[]*+(?:\[|>)))*+"
    rb"(?:<(?P<root>[A-Za-z_][\w:.-]*+)(?P<attributes>[^>]*+))?+",
    re.IGNORECASE,
)
_TAGS: Final = re.compile(
    rb"</(?:p|b|i|u|a|div|span|table|tr|td|th|li|ul|ol|h[1-6]|font|strong|em|body|html|pre)\s*>|<(?:br|hr)\s*/?>", re.I
)
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Text that hides other text: mail with transfer encodings, long runs of base64, PostScript, uuencode.
_HIDING: Final = re.compile(
    rb"(?:\A|\n)content-transfer-encoding\s*:|\A%!PS|\A(?:begin [0-7]{3} |MIME-Version:)"
    rb"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{400}|(?:^[A-Za-z0-9+/]{60,80}\r?$\n?){4}",
    re.IGNORECASE | re.MULTILINE,
)
_XHTML: Final = b"http://www.w3.org/1999/xhtml"


def sniff(raw: bytes, media_type: str = "") -> Kind:
    """The kind of an attachment. UTF-16 must have become UTF-8 before.

    `media_type` (or HL7 v2 ED.3, such as ``HTML``) decides only whether what reads as text is HTML or XML.
    """
    for mark, kind in ((_RTF, Kind.RTF), (_HL7V2, Kind.HL7V2)):
        if mark.match(raw):
            return kind
    if raw.find(b"%PDF-", 0, _PDF_HEAD) >= 0 and not raw.lstrip().startswith(b"<"):
        return Kind.PDF
    if _IMAGE.match(raw):
        return Kind.IMAGE
    if _CONTROLS.search(raw):
        return Kind.OTHER
    if _JSON.match(raw):
        return Kind.FHIR if _RESOURCE.search(raw) else _text_or_other(raw, hint="json")
    return _markup(raw) or _text(raw, media_type.lower())


def _markup(raw: bytes) -> Kind | None:
    """The kind of markup that begins with a declaration or a tag."""
    prolog = _PROLOG.match(raw)
    if prolog is None or not (prolog["root"] or prolog["doctype"]):
        return None
    name = (prolog["root"] or b"").rpartition(b":")[2]
    lowered = name.lower().decode("latin-1")
    if name == b"ClinicalDocument":
        return Kind.CDA
    if re.match(rb"<!DOCTYPE\s+html\b", prolog["doctype"] or b"", re.IGNORECASE) or is_element(lowered):
        is_xhtml = _XHTML in (prolog["attributes"] or b"") or prolog["xml"] or b"XHTML" in (prolog["doctype"] or b"")
        return Kind.XHTML if is_xhtml else Kind.HTML
    # "<not done>" is what somebody wrote: XML closes what it opens.
    is_xml = prolog["xml"] or (raw.rstrip(b"\0 \t\r\n").endswith(b">") and (b"</" in raw or b"/>" in raw))
    return Kind.XML if is_xml else None


def _text(raw: bytes, hint: str) -> Kind:
    if "html" in hint or _TAGS.search(raw):
        return Kind.HTML
    return _text_or_other(raw, hint)


def _text_or_other(raw: bytes, hint: str) -> Kind:
    """Text, unless something in it cannot be read as such. JSON that is no resource has escapes that hide names."""
    return Kind.OTHER if hint == "json" or _HIDING.search(raw) else Kind.TEXT
