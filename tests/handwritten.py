"""Messages written by hand about people who do not exist, and a plain reader for what becomes of them.

Numbers are of ranges that nobody has: telephones 555-01xx, social security numbers from 900 up, OIDs below 2.999.
The reader splits at delimiters and knows nothing of the scanners under test.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Any

from streamdeid.engine import Deidentifier, Request
from streamdeid.types import Format, Outcome, Quarantined, Released

OID = "2.999.1"
MRN = "40017765"
PID = (
    f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna^Quilla^^^^L||19610214|F|||"
    "12 Nonesuch Lane^^Nowhereton^OH^43999^USA^H||(614) 555-0143^PRN^PH"
)
OTHER_PID = (
    f"PID|1||70028831^^^MADEUP&{OID}&ISO^MR||Roessner^Ambrose^Teck^^^^L||19480730|M|||"
    "9 Imaginary Road^^Fabledorf^OH^43998^USA^H||(614) 555-0177^PRN^PH"
)


def er7(kind: str, *segments: str, control: str = "MSG00001", version: str = "2.5.1", charset: str = "") -> bytes:
    """A message of these segments, after a header, in UTF-8."""
    tail = f"||||||{charset}" if charset else ""
    header = f"MSH|^~\\&|LABSYS|MADEUP HOSPITAL|GATEWAY|HUB|20240305091500||{kind}|{control}|T|{version}{tail}"
    return "".join(f"{segment}\r" for segment in (header, *segments)).encode()


def adt(event: str = "A01", *segments: str, pid: str = PID) -> bytes:
    """An ADT message."""
    return er7(f"ADT^{event}", f"EVN|{event}|20240305091500", pid, *segments)


def oru(*rows: str, pid: str = PID, observed: str = "20240304") -> bytes:
    """A result whose rows are a report."""
    observations = (f"OBX|{n}|TX|18842-5^Report^LN||{row}||||||F|||{observed}" for n, row in enumerate(rows, 1))
    return er7("ORU^R01", pid, f"OBR|1||F555^LABSYS|18842-5^Report^LN|||{observed}", *observations)


def patient(mrn: str = MRN, **elements: Any) -> dict[str, Any]:
    """A FHIR Patient: the one of `PID`, unless told otherwise."""
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"system": f"urn:oid:{OID}", "value": mrn, "type": {"coding": [{"code": "MR"}]}}],
        "name": [{"family": "Doemann", "given": ["Johanna", "Quilla"]}],
        "birthDate": "1961-02-14",
        **elements,
    }


def bundle(*resources: dict[str, Any], urls: Sequence[str] = ()) -> bytes:
    """A collection of these resources."""
    full = urls or [
        f"http://madeup.example/fhir/{one['resourceType']}/{one.get('id', n)}" for n, one in enumerate(resources)
    ]
    entries = [{"fullUrl": url, "resource": one} for url, one in zip(full, resources, strict=True)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def observation(reference: str = "Patient/p1", **elements: Any) -> dict[str, Any]:
    """A FHIR Observation about whom the reference means."""
    about = {"subject": {"reference": reference}}
    return {"resourceType": "Observation", "status": "final", "code": {"text": "made up"}, **about, **elements}


def process(
    engine: Deidentifier,
    content: bytes,
    format: Format = Format.HL7V2,
    vault: MutableMapping[str, bytes] | None = None,
    sequence: int = 1,
) -> Outcome:
    """The outcome of one message; with a table of its own unless one is given."""
    return engine.process([Request(content, format, sequence)], {} if vault is None else vault)[0]


def released(
    engine: Deidentifier,
    content: bytes,
    format: Format = Format.HL7V2,
    vault: MutableMapping[str, bytes] | None = None,
    sequence: int = 1,
) -> bytes:
    """The clean bytes of a message that must be released."""
    outcome = process(engine, content, format, vault, sequence)
    assert isinstance(outcome, Released), outcome
    return outcome.content


def refused(engine: Deidentifier, content: bytes, format: Format = Format.HL7V2) -> tuple[str, str]:
    """Code and path of a message that must be quarantined."""
    outcome = process(engine, content, format)
    assert isinstance(outcome, Quarantined), outcome
    return outcome.code, outcome.path


def value(content: bytes, path: str, occurrence: int = 1) -> str:
    """The bytes of ``OBX-5`` or ``PID-5.1`` (first repetition) of a message with the usual delimiters, as text."""
    name, _, rest = path.partition("-")
    number, _, component = rest.partition(".")
    rows = [row.split("|") for row in content.decode().replace("\r\n", "\r").replace("\n", "\r").split("\r")]
    row = [row for row in rows if row[0] == name][occurrence - 1]
    fields = [row[0], "|", *row[1:]] if name == "MSH" else row
    field = fields[int(number)] if int(number) < len(fields) else ""
    return field.split("~")[0].split("^")[int(component) - 1] if component else field


def rows(content: bytes) -> list[str]:
    """The texts of all OBX-5."""
    segments = content.decode().replace("\n", "\r").split("\r")
    return [segment.split("|")[5] for segment in segments if segment.startswith("OBX|")]


def day(text: str) -> dt.date:
    """The day of an HL7 v2 or FHIR date."""
    return dt.date.fromisoformat(text.replace("-", "")[:8])


def resources(content: bytes) -> list[dict[str, Any]]:
    """The resources of a bundle."""
    return [entry["resource"] for entry in json.loads(content)["entry"]]


def scalars(node: Any) -> Iterator[Any]:
    """All values of a JSON tree."""
    if isinstance(node, dict | list):
        inner: Iterable[Any] = node.values() if isinstance(node, dict) else node
        for one in inner:
            yield from scalars(one)
    else:
        yield node
