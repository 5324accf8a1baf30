"""What other people call identifiers, in our labels."""

from __future__ import annotations

from collections.abc import Mapping

from streamdeid.detect.ner.labels import FAMILIES, KNOWN_NAMES, is_label
from streamdeid.likeness import suggestion

#: Presidio's entity types, where they are not called as in published models (`KNOWN_NAMES`).
_PRESIDIO: Mapping[str, str] = {
    "DATE_TIME": "DATE",
    "PHONE_NUMBER": "CONTACT/PHONE",
    "EMAIL_ADDRESS": "CONTACT/EMAIL",
    "IP_ADDRESS": "CONTACT/IP",
    "MAC_ADDRESS": "ID/DEVICE",
    "US_SSN": "ID/SSN",
    "US_DRIVER_LICENSE": "ID/LICENSE",
    "MEDICAL_LICENSE": "ID/LICENSE",
    "US_NPI": "ID/NPI",
    "US_MBI": "ID/PLAN",
    **dict.fromkeys(("US_BANK_NUMBER", "IBAN_CODE", "CREDIT_CARD", "CRYPTO"), "ID/ACCOUNT"),
    **dict.fromkeys(("US_ITIN", "US_PASSPORT", "UK_NHS", "UUID"), "ID/OTHER"),
}
#: Presidio's nationality, religion or political group: of many people, so none of our labels.
_OF_MANY = "NRP"
_ORGANIZATION = "LOCATION/ORGANIZATION"


def of_finding(label: str) -> str:
    """A finding's label as ours; one that nobody knows stays as it is."""
    if is_label(label):
        return label
    return _PRESIDIO.get(label) or KNOWN_NAMES.get(label.upper()) or label


def of_gold(label: str) -> str:
    """A gold label as ours. Organizations stay what they are, to be left open: only some identify a person."""
    ours = of_finding(label)
    return label if ours == _ORGANIZATION and not is_label(label) else ours


def is_known(label: str) -> bool:
    """Whether this label means something here, if only that it identifies nobody."""
    return is_label(label) or label in _PRESIDIO or label.upper() in KNOWN_NAMES or label == _OF_MANY


def likely(label: str) -> str:
    """``; did you mean ...?`` for a label that means nothing; else which labels there are."""
    finer = filter(None, KNOWN_NAMES.values())
    known = list(dict.fromkeys([*FAMILIES, *finer, *KNOWN_NAMES, *_PRESIDIO]))
    return suggestion(label, known) or f"; there are {', '.join(FAMILIES)}"
