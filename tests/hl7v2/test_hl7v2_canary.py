"""The patient's name and number in every component of every segment: nothing of either is in the output.

The segments are built from hl7apy's tables alone, and the output is read by splitting it.
"""

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from handwritten import process

from streamdeid.engine import Deidentifier
from streamdeid.types import Quarantined, Released

VERSIONS = ("2.1", "2.3", "2.5.1", "2.8.2")
NAME, NUMBER = "Doemannsky", "40017765"
PATIENT = f"PID|1||{NUMBER}^^^MADEUP^MR||{NAME}^Johanna||19610214|F"
#: Datatypes that hold numbers, dates and times: a name cannot stand there, and a measurement may equal a number.
NOT_TEXT = frozenset({"NM", "SI", "DT", "TM", "TS", "DTM", "WD", "CM", None})
#: Segments that make another message of this one, or that no message has by itself.
NOT_INSERTED = frozenset({"MSH", "FHS", "BHS", "BTS", "FTS", "PID", "ADD", "anyHL7Segment", "anyZSegment", "Hxx"})
#: Segments that are refused whole, and why.
REFUSED = {"RDT": "policy.refused RDT-1"}  # columns whose meaning only the query knows
#: Where a name may stand in the output, for its place holds a code of the standard's or a site's tables. A number
#: that names somebody is replaced there as well.
KEPT_CODES = {
    "ID": "codes of HL7 tables",
    "CE.1 CE.3 CE.4 CE.6 CF.1 CF.3 CF.4 CF.6": "code and coding system",
    "CWE.1 CWE.3 CWE.4 CWE.6 CWE.7 CWE.8 CWE.10 CWE.12 CWE.13": "code, coding system and versions",
    "CWE.14 CWE.15 CWE.16 CWE.17 CWE.18 CWE.19 CWE.20 CWE.21 CWE.22": "OIDs and versions of coding systems and sets",
    "CNE.1 CNE.3 CNE.4 CNE.6 CNE.7 CNE.8 CNE.10 CNE.12 CNE.13": "code, coding system and versions",
    "CNE.14 CNE.15 CNE.16 CNE.17 CNE.18 CNE.19 CNE.20 CNE.21 CNE.22": "OIDs and versions of coding systems and sets",
    "CX.4 CK.4 XCN.9 PPN.9 CN.9 CNN.9 CNN.10 CNN.11 XON.6 XON.8 EI.2 EI.3 EI.4": "assigning authority or facility",
    "CX.5 XCN.13 PPN.13 XON.7 CM_PLN.2 PLN.2 PI.2 CM_PI.2": "type of a number",
    "XCN.8 PPN.8 XON.2": "source table, type of a name of an organisation",
    "TS.2": "precision",
    "OSD.3 OSD.5 OSD.6 OSD.8 OSD.10 CM_OS.3 CM_OS.5 CM_OS.6 CM_OS.8 CM_OS.10": "applications and times of a sequence",
    "ELD.1 CM_ELD.1 ERL.1 QIP.1 QSC.1 RCD.1 RCD.2 SRT.1": "names of segments, fields and columns",
    "PRL.2 CM_PRL.2 OG.1 OG.4 OBX-4": "which of several results",
    "CNN.8": "source table",
    "CM_DLT.3": "how a change is measured",
    "OBX-8 PV1-2 PV1-4 PV1-14 PV1-18 PV1-36": "codes of a user's tables",
    "BUI-9 IIM-3 ILT-2 INV-16 RXA-15 RXD-18 RXG-19 SID-2": "lots of substances and of blood bags",
    "SFT-1 SFT-2 SFT-3 SFT-4": "the software and who made it",
    "CQ.1 CQ.2 SN.1 SN.3 RI.1 RI.2 TQ.2 TQ.3 TQ.6 TQ.9": "quantity, unit, comparator, interval, priority",
}
#: Where a number may stand in the output, for it is read as a measurement, which may equal any number by chance.
MEASURED = frozenset({"CM_RANGE.1", "CM_RANGE.2"})


class Filled(NamedTuple):
    """A place in a segment: field, component and subcomponent, and the names under which it is kept or not."""

    field: int
    component: int
    subcomponent: int
    names: tuple[str, ...]


@cache
def tables(version: str) -> Any:
    return importlib.import_module(f"hl7apy.v{version.replace('.', '_')}").ELEMENTS


def datatype_of(definition: Any) -> str | None:
    return definition[2].removesuffix("_SIMPLE") if definition[2] else None


def parts(version: str, datatype: str | None) -> list[str | None]:
    """The datatypes of a composite's components, in order; none for a primitive."""
    return [datatype_of(definition) for _, definition, *_ in tables(version)["Datatypes_Structs"].get(datatype, ())]


def fields(version: str, segment: str) -> list[tuple[int, str | None]]:
    return [(number, datatype) for name, number, datatype in every_field(version) if name == segment]


@cache
def every_field(version: str) -> list[tuple[str, int, str | None]]:
    numbered = ((*name.split("_"), datatype_of(field)) for name, field in tables(version)["Field"].items())
    return sorted(((name, int(number), datatype) for name, number, datatype in numbered), key=lambda one: one[:2])


def places(version: str, segment: str) -> Iterator[Filled]:
    """Every place of the segment that can hold text."""
    for field, datatype in fields(version, segment):
        for component, part in enumerate(parts(version, datatype) or [datatype], 1):
            for subcomponent, primitive in enumerate(parts(version, part) or [part], 1):
                inner = primitive
                while parts(version, inner):
                    inner = parts(version, inner)[0]
                if inner not in NOT_TEXT and datatype not in NOT_TEXT - {"TS"}:
                    names = (f"{segment}-{field}", f"{datatype}.{component}", f"{part}.{subcomponent}", str(inner))
                    yield Filled(field, component, subcomponent, names)


def written(segment: str, filled: list[Filled], canary: str) -> str:
    """The segment with the canary at these places."""
    values: dict[int, dict[int, dict[int, str]]] = {}
    for place in filled:
        values.setdefault(place.field, {}).setdefault(place.component, {})[place.subcomponent] = canary
    row = [
        "^".join(
            "&".join(values.get(field, {}).get(component, {}).get(number, "") for number in counted(subcomponents))
            for component, subcomponents in filled_components(values.get(field, {}))
        )
        for field in range(1, max(values, default=0) + 1)
    ]
    return "|".join([segment, *row])


def counted(subcomponents: dict[int, str]) -> range:
    return range(1, max(subcomponents, default=0) + 1)


def filled_components(components: dict[int, dict[int, str]]) -> Iterator[tuple[int, dict[int, str]]]:
    for component in range(1, max(components, default=0) + 1):
        yield component, components.get(component, {})


def may_survive(place: Filled, canary: str) -> bool:
    if canary == NUMBER:
        return not MEASURED.isdisjoint(place.names)
    return any(name in place.names for names in KEPT_CODES for name in names.split())


def message(version: str, segment: str) -> bytes:
    header = f"MSH|^~\\&|LABSYS|MADEUP|GATEWAY|HUB|20240305091500||ORU^R01|MSG00001|T|{version}"
    return "".join(f"{line}\r" for line in (header, PATIENT, segment)).encode()


def survivors(content: bytes, segment: str, filled: list[Filled], canary: str) -> Iterator[Filled]:
    """The places of the segment in which the canary still stands."""
    row = next(line for line in content.decode().split("\r")[2:] if line[:3] == segment).split("|")
    for place in filled:
        component = row[place.field].split("^")[place.component - 1]
        if canary.casefold() in component.split("&")[place.subcomponent - 1].casefold():
            yield place


def segments(version: str) -> list[str]:
    """The segments that can hold text anywhere."""
    names = dict.fromkeys(name for name, *_ in every_field(version) if name not in NOT_INSERTED)
    return [name for name in names if next(places(version, name), None) is not None]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("canary", [NAME, NUMBER], ids=["name", "number"])
def test_no_segment_lets_a_canary_through(deidentifier: Deidentifier, version: str, canary: str) -> None:
    leaks: list[Filled] = []
    refused: dict[str, str] = {}
    tested = 0
    for segment in segments(version):
        filled = list(places(version, segment))
        outcome = process(deidentifier, message(version, written(segment, filled, canary)))
        if isinstance(outcome, Quarantined):
            refused[segment] = f"{outcome.code} {outcome.path}"
            continue
        assert isinstance(outcome, Released)
        left = survivors(outcome.content, segment, filled, canary)
        leaks += [place for place in left if not may_survive(place, canary)]
        tested += len(filled)
    assert leaks == []
    assert refused.items() <= REFUSED.items()
    assert tested > 300
