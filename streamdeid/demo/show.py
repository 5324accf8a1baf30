"""What the demo prints: messages before and after, the identities they agree on, and why some were quarantined."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from streamdeid.demo.traffic import Fate
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Format

_ROWS = 8
_LONGEST = 160
#: The kinds of messages that are shown, and which of their places: who it is about, and what is said about them.
_SHOWN = {
    "ADT^A01": re.compile(r"PID-(3|5|7|11|13)|NK1-2|PV1-7"),
    "ORU^R01": re.compile(r"PID-5|OBX\[\d+\]-5"),
    "Bundle": re.compile(r"Patient\.(name\.\w+|birthDate)|DiagnosticReport\.conclusion"),
}
_MENTION = re.compile(r"\bMrs?\. \S+")


def samples(fates: Iterable[Fate]) -> list[Fate]:
    """One released message of each kind that is worth a look: an admission, a report, a FHIR bundle."""
    released = [fate for fate in fates if fate.after and _is_telling(fate)]
    found = (next((fate for fate in released if fate.message.kind == kind), None) for kind in _SHOWN)
    return [fate for fate in found if fate is not None]


def side_by_side(fate: Fate) -> Group:
    """What has changed in a message, place by place, and what kinds of identifiers that were."""
    message = fate.message
    title = Text(f"{message.kind} {message.key.decode()}, before and after")
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", expand=True)
    table.add_column("place", overflow="fold", ratio=3)
    table.add_column("before", overflow="fold", ratio=4, style="red")
    table.add_column("after", overflow="fold", ratio=4, style="green")
    changed = list(changes(message.format, message.content, fate.after))
    shown = [row for row in changed if _SHOWN[message.kind].fullmatch(row[0])][:_ROWS]
    for row in shown:
        table.add_row(*(Text(cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}...") for cell in row))
    more = len(changed) - len(shown)
    return Group(table, Text(f"{f'and {more} more places; ' if more else ''}{replaced(fate)}"), Text(""))


def replaced(fate: Fate) -> str:
    """What the audit record of a message says was done, by label."""
    counts: Counter[str] = Counter()
    for entry in fate.replaced:
        counts[entry["label"] or entry["operator"]] += int(entry["times"])
    return "replaced: " + ", ".join(f"{label} {count}x" for label, count in sorted(counts.items()))


def changes(format: Format, before: bytes, after: bytes) -> Iterator[tuple[str, str, str]]:
    """The places whose values differ: place, value before, value after."""
    values = _fhir_values if format is Format.FHIR else _hl7_values
    for (place, old), (_, new) in zip_longest(values(before), values(after), fillvalue=("", "")):
        if old != new:
            yield place, old, new


def identities(fates: Sequence[Fate]) -> Table:
    """One patient a row: the name that came in, and the one in each kind of message that went out."""
    table = Table(box=box.SIMPLE_HEAD, title=Text("One patient, one false identity"), title_justify="left", expand=True)
    for heading in ("came in as", "in PID-5", "in a report", "in FHIR"):
        table.add_column(heading, overflow="fold", ratio=1)
    released = [fate for fate in fates if fate.after]
    for patient in sorted({fate.message.patient for fate in released})[:5]:
        own = [fate for fate in released if fate.message.patient == patient]
        cells = (_first(map(_name_before, own)), *(_first(map(name, own)) for name in (_pid, _mention, _fhir_name)))
        table.add_row(*map(Text, cells))
    return table


def quarantined(codes: Counter[str]) -> Table:
    """Why messages may not leave."""
    title = Text("Quarantined: whole, encrypted, and with a reason")
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("code", no_wrap=True)
    table.add_column("messages", justify="right")
    table.add_column("meaning", overflow="fold")
    for code, count in codes.most_common():
        table.add_row(Text(code), Text(str(count)), Text(QUARANTINE_CODES[code]))
    return table


def _is_telling(fate: Fate) -> bool:
    """Of results those that carry a report."""
    return fate.message.kind != "ORU^R01" or b"|TX|" in fate.message.content


def _hl7_values(content: bytes) -> Iterator[tuple[str, str]]:
    seen: Counter[str] = Counter()
    for segment in content.decode(errors="replace").split("\r"):
        name, *fields = segment.split("|")
        seen[name] += 1
        which = f"{name}[{seen[name]}]" if name == "OBX" else name
        first = 2 if name == "MSH" else 1  # MSH-1 is the separator itself
        yield from ((f"{which}-{number}", value) for number, value in enumerate(fields, first))


def _fhir_values(content: bytes) -> Iterator[tuple[str, str]]:
    for entry in json.loads(content)["entry"]:
        yield "Bundle.entry.fullUrl", entry["fullUrl"]
        yield from _leaves(entry["resource"]["resourceType"], entry["resource"])


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(f"{path}.{name}", member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(path, member)
    else:
        yield from ((path, line) for line in str(value).split("\n"))


def _first(found: Iterable[str]) -> str:
    return next(filter(None, found), "")


def _name_before(fate: Fate) -> str:
    return _pid_name(fate.message.content) if fate.message.format is Format.HL7V2 else ""


def _pid(fate: Fate) -> str:
    return _pid_name(fate.after) if fate.message.format is Format.HL7V2 else ""


def _pid_name(content: bytes) -> str:
    name = next((value for place, value in _hl7_values(content) if place == "PID-5"), "")
    return ", ".join(name.split("^")[:2])


def _mention(fate: Fate) -> str:
    found = _MENTION.search(fate.after.decode(errors="replace")) if b"|TX|" in fate.after else None
    return found.group() if found else ""


def _fhir_name(fate: Fate) -> str:
    if fate.message.format is not Format.FHIR:
        return ""
    leaves = list(_fhir_values(fate.after))
    parts = (
        _first(value for place, value in leaves if place == f"Patient.name.{part}") for part in ("family", "given")
    )
    return ", ".join(parts)
