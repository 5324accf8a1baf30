"""What HL7 v2.1 to v2.8.2 define: datatypes of fields and components, segments, message structures.

The definitions are those of hl7apy, read from a file that is written by `generate_hl7_tables`. A definition that a
version lacks (or has withdrawn) is taken from the nearest later version, then from the nearest earlier one: senders
pre-adopt new fields and keep old ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

TABLE_FILE: Final = Path(__file__).with_name("hl7_tables.json")

#: The versions that have tables, oldest first.
VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")

#: Segments whose named field has the datatype that another field of the segment names: segment -> (field, selector).
VARYING: Mapping[str, tuple[int, int]] = {"OBX": (5, 2), "MFE": (4, 5), "MFA": (5, 6)}

#: Segments that go on with fields of no fixed datatype from the given field on (HL7 v2.8 5.5.4, 5.5.6).
_OPEN_ENDED: Mapping[str, int] = {"QPD": 3, "RDT": 1}

#: The datatype name of a field whose datatype is not fixed.
VARIES = "varies"

#: Message codes whose events without a structure of their own all share one that has a PID segment.
_PATIENT_MESSAGES = frozenset({"ADT"})

#: Batch headers and trailers, which stand in no message (2.10.3).
_ENVELOPES = frozenset({"FHS", "BHS", "BTS", "FTS"})

#: Composites that a later one replaced, component by component (HL7 v2.5 appendix A).
SUCCESSORS: Mapping[str, str] = {"AD": "XAD", "CE": "CWE", "CK": "CX", "CN": "XCN", "PN": "XPN"}

_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")


@dataclass(frozen=True, slots=True)
class VersionTables:
    """One version's definitions: `fields` (segment, field) -> datatype; `components` composite -> number -> datatype;
    `messages` structure -> whether it has a PID segment."""

    fields: Mapping[tuple[str, int], str]
    components: Mapping[str, Mapping[int, str]]
    segments: frozenset[str]
    messages: Mapping[str, bool]


def nearest_version(version: str) -> str:
    """The version whose tables serve a message of `version` (MSH-12.1): itself, else the next lower one, else 2.1;
    the newest when `version` is empty or no version number."""
    if version in VERSIONS:
        return version
    return _nearest(version)


@lru_cache(maxsize=256)
def _nearest(version: str) -> str:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,4}", version):
        return VERSIONS[-1]
    wanted = _numbers(version)
    return next((known for known in reversed(VERSIONS) if _numbers(known) <= wanted), VERSIONS[0])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


@cache
def _search_order(version: str) -> tuple[str, ...]:
    """`version`, then the later ones upwards, then the earlier ones downwards."""
    at = VERSIONS.index(nearest_version(version))
    return VERSIONS[at:] + VERSIONS[:at][::-1]


@cache
def load(version: str) -> VersionTables:
    """The tables of one of `VERSIONS`."""
    table = _file()[version]
    fields = {
        (segment, number): datatype
        for segment, parts in table["fields"].items()
        for number, datatype in enumerate(parts, 1)
        if datatype is not None
    }
    components = {
        composite: {number: datatype for number, datatype in enumerate(parts, 1) if datatype is not None}
        for composite, parts in table["components"].items()
    }
    messages = dict.fromkeys(table["with_patient"], True) | dict.fromkeys(table["without"], False)
    return VersionTables(fields, components, frozenset(table["fields"]), messages)


@cache
def _file() -> Any:
    return json.loads(TABLE_FILE.read_text(encoding="utf-8"))


def known_segments(version: str) -> frozenset[str]:
    """The segments that the tables of `version` define."""
    return load(nearest_version(version)).segments


@cache
def all_segments() -> frozenset[str]:
    """The segments that any version defines."""
    return frozenset(name for version in VERSIONS for name in load(version).segments if _SEGMENT_NAME.fullmatch(name))


@cache
def all_datatypes() -> frozenset[str]:
    """The datatypes that any version defines, composite and primitive."""
    names: set[str] = set()
    for version in VERSIONS:
        tables = load(version)
        names.update(tables.fields.values(), tables.components)
        names.update(datatype for parts in tables.components.values() for datatype in parts.values())
    return frozenset(names)


def is_composite(datatype: str) -> bool:
    """Whether the datatype has components, in whatever version knows it."""
    return datatype in _composites()


@cache
def _composites() -> frozenset[str]:
    return frozenset(name for version in VERSIONS for name in load(version).components)


def field_datatype(version: str, segment: str, field: int) -> str | None:
    """The datatype of a field, `VARIES` where another field or a query decides, None where no version has the field.

    The CM and CK composites of v2.3 and before give way to what later versions made of them (CM_PAT_ID, CK: CX).
    """
    datatype = _first(_field_datatypes(version, segment, field))
    if datatype is None and field >= _OPEN_ENDED.get(segment, field + 1):
        return VARIES
    return datatype


def component_datatype(version: str, composite: str, component: int) -> str | None:
    """The datatype of a composite's component, None where no version has it."""
    return _first(_component_datatypes(version, composite, component))


def composite_field(version: str, segment: str, field: int) -> str | None:
    """The composite datatype that another version gives to a field that is primitive in this one, or None."""
    return _first(name for name in _field_datatypes(version, segment, field) if is_composite(name))


def composite_component(version: str, composite: str, component: int) -> str | None:
    """The composite datatype that another version gives to a component that is primitive in this one, or None."""
    return _first(name for name in _component_datatypes(version, composite, component) if is_composite(name))


def _field_datatypes(version: str, segment: str, field: int) -> Iterator[str]:
    for candidate in _search_order(version):
        datatype = load(candidate).fields.get((segment, field))
        if datatype is not None:
            yield datatype


def _component_datatypes(version: str, composite: str, component: int) -> Iterator[str]:
    for candidate in _search_order(version):
        datatype = load(candidate).components.get(composite, {}).get(component)
        if datatype is not None:
            yield datatype


def _first(datatypes: Iterator[str]) -> str | None:
    """The first datatype that later versions have not replaced, else the first."""
    superseded = None
    for datatype in datatypes:
        if not datatype.startswith(("CM_", "CK")):
            return datatype
        superseded = superseded or datatype
    return superseded


@lru_cache(maxsize=4096)
def message_has_patient(version: str, message_code: str, event: str = "", structure: str = "") -> bool | None:
    """Whether the structure of a message (MSH-9: code, trigger event, structure) contains a PID segment.

    False: an acknowledgement, a master file, a query or other message without one, which may name a patient
    elsewhere; or a batch header or trailer, whose "code" is its segment name. None: no version has the structure.
    Senders often leave MSH-9.3 empty and several events share one structure; where a version does not name the event,
    one that does is asked, and then all structures of the message code, if they agree.
    """
    if message_code in _ENVELOPES:
        return False
    names = [name for name in (structure, f"{message_code}_{event}", message_code) if name.strip("_")]
    for name in names:
        for candidate in _search_order(version):
            answer = load(candidate).messages.get(name)
            if answer is not None:
                return answer
    if message_code in _PATIENT_MESSAGES:
        return True
    answers = {
        answer
        for candidate in VERSIONS
        for name, answer in load(candidate).messages.items()
        if message_code and name.startswith(f"{message_code}_")
    }
    return answers.pop() if len(answers) == 1 else None
