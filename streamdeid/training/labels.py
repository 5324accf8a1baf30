"""What the model tells apart, and what its classes are called outside."""

from __future__ import annotations

from typing import Final

from streamdeid.evaluate.labels import is_known, of_gold

#: The model's kinds and the labels they are reported as; COMPANY is an organisation that identifies nobody by itself (a
#: manufacturer, a regulator): it is learnt so that hospitals and employers are told from it, and not reported.
KINDS: Final[dict[str, str]] = {
    "PATIENT": "NAME/PATIENT",
    "DOCTOR": "NAME/DOCTOR",
    "PERSON": "NAME",
    "USER": "NAME/USER",
    "DATE": "DATE",
    "AGE": "AGE",
    "ID": "ID",
    "PHONE": "CONTACT/PHONE",
    "EMAIL": "CONTACT/EMAIL",
    "URL": "CONTACT/URL",
    "STREET": "LOCATION/STREET",
    "CITY": "LOCATION/CITY",
    "COUNTY": "LOCATION/COUNTY",
    "STATE": "LOCATION/STATE",
    "COUNTRY": "LOCATION/COUNTRY",
    "ZIP": "LOCATION/ZIP",
    "HOSPITAL": "LOCATION/HOSPITAL",
    "ROOM": "LOCATION/ROOM",
    "ORGANIZATION": "LOCATION/ORGANIZATION",
    "PLACE": "LOCATION",
    "PROFESSION": "PROFESSION",
    "COMPANY": "",
}
#: The classes: 0 is no identifier; kind number k begins with 2k + 1 and goes on with 2k + 2.
CLASSES: Final[tuple[str, ...]] = ("O", *(f"{position}-{kind}" for kind in KINDS for position in "BI"))
_NUMBER: Final = {kind: number for number, kind in enumerate(KINDS)}
OUTSIDE: Final = 1
#: Every class at once: the token may be anything.
ANYTHING: Final = (1 << len(CLASSES)) - 1

#: Kinds that a corpus's coarse label may stand for.
FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "NAME": ("PATIENT", "DOCTOR", "PERSON", "USER"),
    "DATE": ("DATE",),
    "AGE": ("AGE",),
    "ID": ("ID",),
    "CONTACT": ("PHONE", "EMAIL", "URL", "USER"),
    "LOCATION": (
        "STREET", "CITY", "COUNTY", "STATE", "COUNTRY", "ZIP", "HOSPITAL", "ROOM", "ORGANIZATION", "PLACE",
    ),
    "PROFESSION": ("PROFESSION",),
    "ORG": ("COMPANY", "ORGANIZATION", "HOSPITAL"),
}  # fmt: skip


def beginning(label: str) -> int:
    """The classes, as bits, that a value's first token may have; `label` is a kind or a family."""
    return _bits(label, 1)


def inside(label: str) -> int:
    """The classes, as bits, that a value's further tokens may have."""
    return _bits(label, 2)


def anywhere(label: str) -> int:
    """Both."""
    return beginning(label) | inside(label)


def family(label: str) -> str:
    """The coarse label of a kind or a family: ``CITY`` is ``LOCATION``."""
    if label in FAMILIES:
        return label
    return KINDS[label].split("/")[0] or "ORG"


def kind_or_family(label: str) -> str | None:
    """What a corpus's label is learnt as: the family of one of ours, a kind, ``?`` for what is known to identify nobody
    but may look like it. None for one that means nothing."""
    name = label.partition("/")[0]
    if name == "?" or name.removeprefix("?") in FAMILIES or name in KINDS:
        return name
    if not is_known(label):
        return None
    ours = of_gold(label).partition("/")[0]
    return ours if ours in FAMILIES else "?"


def whole_family(label: str) -> str | None:
    """The family that is annotated completely where this label is, ``?`` where none is: who marked cities did not mark
    all places. None for a label that means nothing."""
    if label not in KINDS and not is_known(label):
        return None
    ours = of_gold(label)
    return ours if ours in FAMILIES else "?"


def _bits(label: str, position: int) -> int:
    return sum(1 << (2 * _NUMBER[kind] + position) for kind in FAMILIES.get(label, (label,)))
