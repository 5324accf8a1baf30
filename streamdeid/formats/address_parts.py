"""Which part of an address, or of a telephone number, a place holds, by its lineage: HL7 v2 XAD, AD and XTN (2.A.1,
2.A.88, 2.A.89), FHIR Address."""

from __future__ import annotations

from typing import Final

from streamdeid.types import Place

#: What the components of a telephone number are called among the labels of the parts of addresses.
AREA_CODE: Final = "CONTACT/AREA"
LOCAL_NUMBER: Final = "CONTACT/LOCAL"
_LABELS: Final = {
    **dict.fromkeys(("XAD.3", "AD.3", "Address.city"), "LOCATION/CITY"),
    **dict.fromkeys(("XAD.4", "AD.4", "Address.state"), "LOCATION/STATE"),
    **dict.fromkeys(("XAD.5", "AD.5", "Address.postalCode"), "LOCATION/ZIP"),
    **dict.fromkeys(("XAD.6", "AD.6", "Address.country"), "LOCATION/COUNTRY"),
    "XTN.6": AREA_CODE,
    "XTN.7": LOCAL_NUMBER,
}
_PARTS: Final = frozenset({"LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP", "LOCATION/COUNTRY", "LOCATION/COUNTY"})


def address_part(place: Place, label: str) -> str:
    """The label of the part of an address that a place holds, or that `label` says it does; empty where it holds
    none that tells where the address is, or how the number goes on."""
    if label in _PARTS:
        return label
    return next((_LABELS[name] for name in place.lineage if name in _LABELS), "")
