"""Security labels that say how a resource was altered (FHIR R4, Security Labels 6.1.1): spliced into ``meta.security``
of the outermost resource, so that nothing else of it changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from streamdeid.errors import TransformError
from streamdeid.formats.fhir import FhirDocument
from streamdeid.types import Document, Edit

#: Codes of HL7 v3 ObservationValue below SECALTINTOBV, with their displays.
DISPLAYS: Final = {
    "ABSTRED": "abstracted",
    "AGGRED": "aggregated",
    "ANONYED": "anonymized",
    "MAPPED": "mapped",
    "MASKED": "masked",
    "PSEUDED": "pseudonymized",
    "REDACTED": "redacted",
    "SUBSETTED": "subsetted",
}
SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
#: What the code system was called in STU3.
STU3_SYSTEM: Final = "http://hl7.org/fhir/v3/ObservationValue"

_BLANKS: Final = " \t\r\n"
_NAME_BEFORE: Final = re.compile(rb'"meta"[ \t\r\n]*:\Z')
#: More bytes than any pretty printer puts between a name and its value.
_BEFORE: Final = 200
_NULL_META: Final = re.compile(rb'"meta"[ \t\r\n]*:[ \t\r\n]*null')
#: The name, some letter of it written as an escape.
_ESCAPED_META: Final = re.compile(rb'"(?!meta)(?:m|\\u006[dD])(?:e|\\u0065)(?:t|\\u0074)(?:a|\\u0061)"[ \t\r\n]*:')
_value_at = json.JSONDecoder().raw_decode


def security_tag_edits(document: Document, tags: Sequence[str]) -> list[Edit]:
    """The insertions that put codes of `DISPLAYS` into ``meta.security`` of the outermost resource; none for a code
    that is there already, and none into a message that is not FHIR.

    Raises:
        TransformError: ``transform.unreadable`` where `meta` or its `security` is null.
    """
    if not tags or not isinstance(document, FhirDocument):
        return []
    codings = _codings(document, tags)
    start = _meta_start(document)
    if start is None:
        return [_new_meta(document, _written(codings.values()))]
    for name, value, position in _members(document.raw[start:].decode("latin-1")):
        if name == "security":
            if not isinstance(value, list):
                raise TransformError("transform.unreadable", f"{document.resources[0].type}.meta.security")
            lacking = [coding for tag, coding in codings.items() if not _has(value, tag)]
            at = start + position + 1
            return [Edit(at, at, (_written(lacking) + ("," if value else "")).encode())] if lacking else []
    is_empty = not document.raw[start + 1 :].lstrip().startswith(b'"')
    new = f'"security":[{_written(codings.values())}]' + ("" if is_empty else ",")
    return [Edit(start + 1, start + 1, new.encode())]


def security_tags_anew(document: Document, tags: Sequence[str]) -> list[Edit]:
    """The insertion of a ``meta`` with all of the codes, for a resource of which its own is left out."""
    if not tags or not isinstance(document, FhirDocument):
        return []
    return [_meta_edit(document, _written(_codings(document, tags).values()))]


def _codings(document: FhirDocument, tags: Sequence[str]) -> dict[str, dict[str, str]]:
    system = STU3_SYSTEM if document.release == "STU3" else SYSTEM
    return {tag: {"system": system, "code": tag, "display": DISPLAYS[tag]} for tag in tags}


def _meta_start(document: FhirDocument) -> int | None:
    """The byte at which `meta` of the outermost resource begins; None if it has none."""
    root, raw = document.resources[0].holder, document.raw
    for found in document.objects:
        if found.parent == root and found.element is None:
            before = raw[max(0, found.start - _BEFORE) : found.start].rstrip()
            if _NAME_BEFORE.search(before):
                return found.start
    return None


def _new_meta(document: FhirDocument, codings: str) -> Edit:
    resource = document.resources[0]
    if _has_odd_meta(document):
        raise TransformError("transform.unreadable", f"{resource.type}.meta")
    return _meta_edit(document, codings)


def _meta_edit(document: FhirDocument, codings: str) -> Edit:
    resource = document.resources[0]
    kind = next(leaf for leaf in document.of_unit(resource.unit) if leaf.place.path == f"{resource.type}.resourceType")
    after = kind.end + 1  # the quote
    return Edit(after, after, f',"meta":{{"security":[{codings}]}}'.encode())


def _has_odd_meta(document: FhirDocument) -> bool:
    """Whether the outermost resource has a `meta` after all: null, or its name written with escapes or far from it."""
    raw, inside = document.raw, f"{document.resources[0].type}.meta."
    if any(leaf.place.path.startswith(inside) for leaf in document.of_unit(document.resources[0].unit)):
        return True
    is_null = b"null" in raw and _NULL_META.search(raw) is not None
    is_escaped = b"\\u" in raw and _ESCAPED_META.search(raw) is not None
    return (is_null or is_escaped) and "meta" in json.loads(raw)


def _members(text: str) -> Iterator[tuple[str, Any, int]]:
    """Name, value and position of the value, for each member of the object that `text` begins with."""
    position = _skip(text, 1)
    while text[position] == '"':
        name, position = _value_at(text, position)
        position = _skip(text, _skip(text, position) + 1)
        value, end = _value_at(text, position)
        yield name, value, position
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    while text[position] in _BLANKS:
        position += 1
    return position


def _has(security: list[Any], tag: str) -> bool:
    return any(
        isinstance(one, dict) and one.get("code") == tag and one.get("system") in (SYSTEM, STU3_SYSTEM)
        for one in security
    )


def _written(codings: Iterable[dict[str, str]]) -> str:
    return ",".join(json.dumps(coding, separators=(",", ":")) for coding in codings)
