"""Writes the tables that `hl7_tables` reads, from the definitions of the hl7apy package.

    python -m streamdeid.formats.generate_hl7_tables        # rewrites hl7_tables.json beside this file

Importing hl7apy's definitions of all versions takes ten times as long as reading what is needed of them.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypedDict

from streamdeid.formats.hl7_tables import TABLE_FILE, VERSIONS

# hl7apy's mark for a datatype whose components may hold no subcomponents, DR_SIMPLE and the like.
_SIMPLE: Final = "_SIMPLE"
_NO_DATATYPE: Final = frozenset({None, "WD", "wd", "CM"})


class Table(TypedDict):
    """One version: segments and composites with the datatypes of their parts from the first one on, null for a part
    without; message structures with a PID segment, and those without."""

    fields: dict[str, list[str | None]]
    components: dict[str, list[str | None]]
    with_patient: list[str]
    without: list[str]


def table(version: str) -> Table:
    """What hl7apy defines for one of `VERSIONS`."""
    elements = importlib.import_module(f"hl7apy.v{version.replace('.', '_')}").ELEMENTS
    composites = {name for name in elements["Datatypes_Structs"] if not name.endswith(_SIMPLE)}
    components = {name: parts for name, parts in _numbered(elements["Component"]).items() if name in composites}
    patient = {name: _holds_patient(children) for name, children in sorted(elements["Message"].items())}
    return Table(
        fields=_numbered(elements["Field"]),
        components=components,
        with_patient=[name for name, has_patient in patient.items() if has_patient],
        without=[name for name, has_patient in patient.items() if not has_patient],
    )


def written(tables: Mapping[str, Table]) -> str:
    """The tables of all versions as text of a JSON file, a line for each version."""
    lines = (f'"{name}":{json.dumps(one, sort_keys=True, separators=(",", ":"))}' for name, one in tables.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _numbered(definitions: Mapping[str, Any]) -> dict[str, list[str | None]]:
    """Entries such as ``PID_5: (.., .., 'XPN', ..)`` whose datatype says something, by what comes before the number."""
    found: dict[str, list[str | None]] = {}
    for name, number, datatype in _parts(definitions):
        parts = found.setdefault(name, [])
        parts += [None] * (number - len(parts))
        parts[number - 1] = datatype
    return found


def _parts(definitions: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    for name, definition in definitions.items():
        parent, _, number = name.rpartition("_")
        if number.isdigit() and definition[2] not in _NO_DATATYPE:
            yield parent, int(number), definition[2].removesuffix(_SIMPLE)


def _holds_patient(children: Any) -> bool:
    """Whether a message structure or group has a PID segment at any depth."""
    return any(
        name == "PID" or (kind == "GRP" and _holds_patient(definition))
        for name, definition, _, kind in (children[1] if len(children) > 1 else ())
    )


if __name__ == "__main__":
    TABLE_FILE.write_text(written({version: table(version) for version in VERSIONS}), encoding="utf-8")
