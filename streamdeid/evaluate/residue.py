"""Searches released bytes for the values that identified somebody in the original.

The reading here is deliberately plain and shares nothing with the engine's scanners: split at delimiters, walk the
JSON. What is searched for, and where, is what a suspicious reviewer would do with a text editor.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from streamdeid.evaluate.pairing import Pair
from streamdeid.types import Format

#: HL7 v2 fields whose every value of four or more characters must be gone.
IDENTIFYING_FIELDS: dict[str, tuple[int, ...]] = {
    "PID": (2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 18, 19, 20, 21),
    "NK1": (2, 4, 5),
    "GT1": (3, 5, 6),
    "IN1": (16, 19, 36),
    "PV1": (7, 8, 9, 17),
}
#: What counts as a code in an identifying field: type codes, authorities, a country. Component numbers by datatype.
_CODE_COMPONENTS = {
    "CX": frozenset(range(2, 20)),
    "XPN": frozenset({7, 8, 11}),
    "XAD": frozenset({6, 7}),
    "XTN": frozenset({2, 3}),
    "XCN": frozenset(range(8, 30)),
}
_DATATYPES: dict[str, dict[int, str]] = {
    "PID": {
        2: "CX",
        3: "CX",
        4: "CX",
        5: "XPN",
        6: "XPN",
        9: "XPN",
        11: "XAD",
        13: "XTN",
        14: "XTN",
        18: "CX",
        21: "CX",
    },
    "NK1": {2: "XPN", 4: "XAD", 5: "XTN"},
    "GT1": {3: "XPN", 5: "XAD", 6: "XTN"},
    "IN1": {16: "XPN", 19: "XAD"},
    "PV1": {7: "XCN", 8: "XCN", 9: "XCN", 17: "XCN"},
}
#: Fields that hold codes of the standard's or a site's tables.
_CODED_FIELDS: dict[str, tuple[int, ...]] = {
    "MSH": (9, 11, 12),
    "EVN": (1,),
    "PID": (8, 10, 15, 16, 17, 22),
    "NK1": (3, 7),
    "PV1": (2, 4, 10, 14, 18),
    "OBR": (4, 24, 25),
    "OBX": (2, 3, 6, 8, 11),
    "DG1": (2, 3, 6),
    "AL1": (2, 3, 4),
    "PR1": (2, 3),
    "RXA": (5, 7),
    "IN1": (2, 17),
    "GT1": (9, 10, 11),
}
_SHORTEST = 4
#: Documents inside messages: HL7 v2 ED.5 and FHIR data are written in these characters, in one line or in several.
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:[\r\n]+[A-Za-z0-9+/_-]+)*")
_STANDARD = str.maketrans("-_", "+/")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")


class Residue(NamedTuple):
    """One value that survived: where it stood in the original. The value itself is for the developer's eyes."""

    pair: Pair
    path: str
    value: str


def residues(pair: Pair) -> list[Residue]:
    """The identifying values of the original that can still be read in the released message."""
    if pair.after is None or pair.format is Format.TEXT:
        return []  # nothing but fields says for certain what identifies
    values = _hl7_values(pair.before) if pair.format is Format.HL7V2 else _fhir_values(pair.before)
    codes = _hl7_code_words(pair.before) if pair.format is Format.HL7V2 else _fhir_code_words(pair.before)
    readable = "\n".join(_readings(pair.after, pair.format)).casefold()
    return [
        Residue(pair, path, value)
        for path, value in dict.fromkeys(values)
        if len(value) >= _SHORTEST and value.casefold() not in codes and _stands_in(value.casefold(), readable)
    ]


def _stands_in(value: str, text: str) -> bool:
    if value not in text:
        return False
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def _readings(content: bytes, format: Format) -> Iterator[str]:
    """The bytes as they are, with their escapes read, and with the documents in them decoded."""
    plain = content.decode("utf-8", "replace")
    read = [plain]
    if format is Format.FHIR:
        read += _strings(json.loads(content))
    elif "\\" in plain:
        read.append(re.sub(r"\\X([0-9A-Fa-f]+)\\", lambda found: _hex(found[1]), plain))
        read.append(re.sub(r"\\[A-Z.][^\\\r\n]{0,10}\\", "", plain))
    yield from read
    for text in read:
        yield from map(_decoded, _ENCODED.findall(text))


def _decoded(digits: str) -> str:
    """What hexadecimal or base64 stands for, with the references of markup read."""
    joined = re.sub(r"\s", "", digits)
    if _HEX.fullmatch(joined):
        content = bytes.fromhex(joined)
    else:
        whole = joined[: -1 if len(joined) % 4 == 1 else None].translate(_STANDARD)
        content = base64.b64decode(whole + "=" * (-len(whole) % 4))
    return html.unescape(content.decode("utf-8", "replace"))


def _hex(digits: str) -> str:
    return bytes.fromhex(digits if len(digits) % 2 == 0 else digits[:-1]).decode("latin-1")


def _segments(content: bytes) -> Iterator[tuple[str, list[str], str]]:
    """Segment name, fields (index 0 is the name; MSH is shifted so that MSH-3 has index 3), encoding characters."""
    lines = re.split(r"\r\n?|\n", content.decode("utf-8", "replace").lstrip("\ufeff"))
    header = next((line for line in lines if line.startswith("MSH")), "MSH|^~\\&|")
    field, encoding = header[3:4], header[4:8]
    for line in lines:
        if line:
            fields = line.split(field)
            yield fields[0], ([fields[0], field, *fields[1:]] if fields[0] == "MSH" else fields), encoding


def _components(field: str, encoding: str) -> Iterator[tuple[int, str]]:
    """Component number and value, for each repetition and subcomponent."""
    component, repetition = encoding[:1] or "^", encoding[1:2] or "~"
    subcomponent = encoding[3:4] or "&"
    for repeated in field.split(repetition):
        for number, value in enumerate(repeated.split(component), 1):
            for part in value.split(subcomponent):
                yield number, part.strip()


def _code_components(name: str, number: int) -> frozenset[int]:
    return _CODE_COMPONENTS.get(_DATATYPES.get(name, {}).get(number, ""), frozenset())


def _hl7_values(content: bytes) -> Iterator[tuple[str, str]]:
    for name, fields, encoding in _segments(content):
        for number in IDENTIFYING_FIELDS.get(name, ()):
            if number < len(fields):
                codes = _code_components(name, number)
                for component, value in _components(fields[number], encoding):
                    if component not in codes:
                        yield f"{name}-{number}.{component}", value


def _hl7_code_words(content: bytes) -> set[str]:
    """Values that the message also uses as a code: in its coded fields, and in the code components of others."""
    words: set[str] = set()
    for name, fields, encoding in _segments(content):
        for number, field in enumerate(fields[1:], 1):
            codes = _code_components(name, number)
            is_coded = number in _CODED_FIELDS.get(name, ())
            words.update(
                value.casefold() for component, value in _components(field, encoding) if is_coded or component in codes
            )
    return words


_FHIR_PARTS = {
    "name": ("family", "given", "text"),
    "address": ("line", "city", "district", "postalCode", "text"),
    "telecom": ("value",),
    "identifier": ("value",),
}


def _fhir_values(content: bytes) -> Iterator[tuple[str, str]]:
    yield from _walk_fhir(json.loads(content), "")


def _walk_fhir(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _walk_fhir(item, path)
    elif isinstance(node, dict):
        if isinstance(node.get("birthDate"), str):
            yield f"{path}.birthDate", node["birthDate"]
        for key, value in node.items():
            for item in value if isinstance(value, list) else [value]:
                if key in _FHIR_PARTS and isinstance(item, dict):
                    for part in _FHIR_PARTS[key]:
                        yield from ((f"{path}.{key}.{part}", text.strip()) for text in _as_list(item.get(part)))
            yield from _walk_fhir(value, f"{path}.{key}" if path else key)


def _as_list(value: Any) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | dict):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _strings(item)


def _fhir_code_words(content: bytes) -> set[str]:
    """Values that stand in a `code`, `system`, `url`, `type` or `status` as well, and the names of elements."""
    words: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                words.add(key.casefold())
                if key in {"code", "resourceType", "status", "use", "type"} and isinstance(value, str):
                    words.add(value.casefold())
                walk(value)

    walk(json.loads(content))
    return words
