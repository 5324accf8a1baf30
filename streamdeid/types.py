"""The nouns that flow: a message is scanned to leaves, detectors mark spans, policy turns both into edits.

Everything here is immutable. Offsets named `start` and `end` are half-open; they count bytes of the raw message in
`Leaf` and `Edit`, and characters of a passage's text in `Span` and `Part`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Format(StrEnum):
    """The message formats that can be scanned to leaves."""

    HL7V2 = "hl7v2"
    FHIR = "fhir"
    TEXT = "text"


#: Last names in the lineage of a place that no table defines.
UNDEFINED = ("undefined-segment", "undefined-field", "undefined-component", "undefined-element")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A position in a message's definition, shared by all leaves that stand there. Compared by identity: scanners
    hand out one object per position.

    `path` has no repetition indices: ``PID-5.1``, ``Patient.name.family``. `lineage` are the names under which a
    policy may speak of the place, most specific first. HL7 v2: path, enclosing component, field, then the
    datatypes' own components and the datatypes, ``("PID-5.1.1", "PID-5.1", "PID-5", "XPN.1.1", "XPN.1", "FN.1",
    "FN", "ST")``. FHIR: ``("Patient.name.family", "HumanName.family", "string")``. A position that the standard does
    not define ends with one of `UNDEFINED`, so that a policy that wants it has to say so.
    """

    path: str
    lineage: tuple[str, ...]


class Leaf(NamedTuple):
    """One value of a message. `text` is decoded and unescaped; `start`, `end` are the value's byte range in the
    scanned bytes (inside the quotes of a JSON string).

    `unit` numbers the segment (HL7 v2) or resource (FHIR; contained resources count on their own) that it stands
    in; `holder` numbers the innermost composite around it: a repetition of a field (HL7 v2) or an object (FHIR).
    Leaves with one holder are siblings: the parts of one name, one identifier, one address.
    """

    place: Place
    text: str
    start: int
    end: int
    unit: int
    holder: int


class Part(NamedTuple):
    """A run of a passage's text that is the leaf's text, whole: `text[start:end] == leaf.text`."""

    start: int
    end: int
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Passage:
    """Text as a person would read it: one leaf, or the rows of a report joined by newlines (which belong to no part).
    Detectors see `text` and know nothing of leaves."""

    text: str
    parts: tuple[Part, ...]


class Entity(NamedTuple):
    """Somebody's or something's identifying value, as the message states it in a structured field.

    `label` such as ``NAME/FAMILY`` or ``ID/MRN``; `namespace` is the assigning authority or system of an identifier,
    else empty; `subject` is the index of the patient in whose part of the message it stands. What replaces it is
    decided by the policy from these four alone, so that a field and a sentence agree.
    """

    label: str
    value: str
    namespace: str = ""
    subject: int = 0


class Span(NamedTuple):
    """A detector's finding in a text. `score` is between 0 and 1; `by` names the detector; `entity` is set when the
    finding is a mention of a known value, and then says of which."""

    start: int
    end: int
    label: str
    score: float
    by: str
    entity: Entity | None = None


class Edit(NamedTuple):
    """Replace the bytes `start` to `end` of the message by `replacement`."""

    start: int
    end: int
    replacement: bytes


class Document(Protocol):
    """A scanned message: the same shape for every format."""

    @property
    def format(self) -> Format:
        """Which format this is."""
        ...

    @property
    def raw(self) -> bytes:
        """The bytes that leaves' and edits' offsets count in."""
        ...

    @property
    def leaves(self) -> Sequence[Leaf]:
        """All values, in the order of the message. Bytes outside every leaf are structure."""
        ...

    def path(self, leaf: Leaf) -> str:
        """The leaf's path with repetition indices, for people: ``PID-3[2].1``, ``Bundle.entry[0].resource.id``."""
        ...

    def locate(self, leaf: Leaf, start: int, end: int) -> tuple[int, int]:
        """The byte range of `leaf.text[start:end]`."""
        ...

    def encode(self, leaf: Leaf, text: str) -> bytes:
        """`text` as bytes that may stand in this leaf: escaped, in the message's charset.

        Raises:
            TransformError: the charset or the type cannot hold it.
        """
        ...

    def passages(self, leaves: Sequence[Leaf]) -> list[Passage]:
        """The given leaves as a person would read them; every one of them is a part of exactly one passage."""
        ...


class Replacement(NamedTuple):
    """What was done at one place, and how many times, without any value: for the audit record.

    `path` is the place's path without repetition indices; `by` names the detector, empty for a structured field.
    """

    path: str
    label: str
    operator: str
    by: str
    times: int


@dataclass(frozen=True, slots=True)
class Released:
    """The message may leave: its clean bytes, and what was done to it. `epoch` is the name of the secret that the false
    identity of its patient is drawn from; empty where that is the first."""

    content: bytes
    replacements: tuple[Replacement, ...] = ()
    epoch: str = ""

    @property
    def edits(self) -> int:
        """How many replacements were made in all."""
        return sum(replacement.times for replacement in self.replacements)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The message may not leave. `code` is one of `errors.QUARANTINE_CODES`; `path` says where. Never a value."""

    code: str
    path: str = ""


Outcome = Released | Quarantined
