"""What a model calls things, and what we call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streamdeid.errors import UsageError

FAMILIES = ("NAME", "DATE", "AGE", "ID", "CONTACT", "LOCATION", "PROFESSION")
_BEGINNINGS = frozenset("BSU")
_PREFIXES = frozenset("BIESLU")

#: Names that published models use (i2b2 2006 and 2014, CoNLL 2003, OntoNotes, and de-identification models trained on
#: them), and ours. None: identifies nobody.
KNOWN_NAMES: Mapping[str, str | None] = {
    **dict.fromkeys(("PER", "PERSON", "NAME"), "NAME"),
    **dict.fromkeys(("PATIENT", "FIRSTNAME", "LASTNAME", "MIDDLENAME", "GIVENNAME", "SURNAME"), "NAME/PATIENT"),
    **dict.fromkeys(("DOCTOR", "STAFF", "HCW"), "NAME/DOCTOR"),
    **dict.fromkeys(("USERNAME", "USER"), "NAME/USER"),
    **dict.fromkeys(("DATE", "TIME"), "DATE"),
    **dict.fromkeys(("BIRTHDATE", "DOB", "DATEOFBIRTH"), "DATE/BIRTH"),
    "AGE": "AGE",
    **dict.fromkeys(("ID", "IDNUM", "OTHERPHI", "OTHER", "BIOID"), "ID"),
    **dict.fromkeys(("MEDICALRECORD", "MRN"), "ID/MRN"),
    **dict.fromkeys(("SSN", "SOCIALNUM"), "ID/SSN"),
    **dict.fromkeys(("ACCOUNT", "ACCOUNTNUM"), "ID/ACCOUNT"),
    **dict.fromkeys(("HEALTHPLAN", "PLAN"), "ID/PLAN"),
    **dict.fromkeys(("LICENSE", "DRIVERLICENSENUM", "IDCARDNUM"), "ID/LICENSE"),
    "VEHICLE": "ID/VEHICLE",
    "DEVICE": "ID/DEVICE",
    **dict.fromkeys(("PHONE", "TELEPHONENUM"), "CONTACT/PHONE"),
    "FAX": "CONTACT/FAX",
    "EMAIL": "CONTACT/EMAIL",
    "URL": "CONTACT/URL",
    **dict.fromkeys(("IPADDR", "IPADDRESS", "IP"), "CONTACT/IP"),
    "CONTACT": "CONTACT",
    **dict.fromkeys(("LOC", "LOCATION", "GPE", "FAC", "LOCATION-OTHER"), "LOCATION"),
    **dict.fromkeys(("STREET", "STREETADDRESS", "BUILDINGNUM"), "LOCATION/STREET"),
    "CITY": "LOCATION/CITY",
    "STATE": "LOCATION/STATE",
    "COUNTY": "LOCATION/COUNTY",
    "COUNTRY": "LOCATION/COUNTRY",
    **dict.fromkeys(("ZIP", "ZIPCODE"), "LOCATION/ZIP"),
    "ADDRESS": "LOCATION/ADDRESS",
    **dict.fromkeys(("HOSP", "HOSPITAL"), "LOCATION/HOSPITAL"),
    **dict.fromkeys(("ORG", "ORGANIZATION", "PATORG", "VENDOR"), "LOCATION/ORGANIZATION"),
    "ROOM": "LOCATION/ROOM",
    "PROFESSION": "PROFESSION",
    **dict.fromkeys(("MISC", "NORP"), None),
}


class Tag(NamedTuple):
    """A model's label taken apart: ``B-PER`` begins a PER, ``I-PER`` or just ``PER`` may go on. BIOES and BILOU too."""

    begins: bool
    name: str


def tag(label: str) -> Tag | None:
    """A model's label taken apart; None for ``O``."""
    if label in ("O", "OUT", ""):
        return None
    if len(label) > 2 and label[1] in "-_" and label[0] in _PREFIXES:
        return Tag(label[0] in _BEGINNINGS, label[2:])
    return Tag(False, label)


def is_label(name: str) -> bool:
    """Whether this is a label of ours: a family, or one with a finer type after a slash."""
    return name.partition("/")[0] in FAMILIES


def meanings(labels: Sequence[str], mapping: Mapping[str, str | None]) -> list[str | None]:
    """Our label for each of a model's; None for what identifies nobody.

    `mapping` goes by the model's whole label or by that without its prefix, and before `KNOWN_NAMES`.

    Raises:
        UsageError: one of them is mapped to what is no label, or is not mapped and not known; says what to do.
    """
    meant = [_meaning(label, mapping) for label in labels]
    for label, ours in zip(labels, meant, strict=True):
        if ours is not None and not is_label(ours):
            raise UsageError(f"label {label} of the model is mapped to {ours}, which is not one of {_families()}")
    if not any(meant):
        raise UsageError("every label of the model is mapped to nothing: it would find nothing")
    return meant


def _meaning(label: str, mapping: Mapping[str, str | None]) -> str | None:
    parts = tag(label)
    if parts is None:
        return None
    for name in (label, parts.name):
        if name in mapping:
            return mapping[name] or None
    if is_label(parts.name):
        return parts.name
    known = parts.name.upper()
    if known not in KNOWN_NAMES:
        raise UsageError(
            f"nobody says what label {label} of the model means: map {parts.name} under `labels` to one of"
            f" {_families()}, or to null if it identifies nobody"
        )
    return KNOWN_NAMES[known]


def _families() -> str:
    return ", ".join(FAMILIES)
