"""Which part of an address a place holds, by its lineage: HL7 v2 XAD and AD (2.A.1, 2.A.88), FHIR Address."""

from __future__ import annotations

from typing import Final

from streamdeid.types import Place

_LABELS: Final = {
    **dict.fromkeys(("XAD.3", "AD.3", "Address.city"), "LOCATION/CITY"),
    **dict.fromkeys(("XAD.4", "AD.4", "Address.state"), "LOCATION/STATE"),
    **dict.fromkeys(("XAD.5", "AD.5", "Address.postalCode"), "LOCATION/ZIP"),
}
_PARTS: Final = frozenset((*_LABELS.values(), "LOCATION/COUNTY"))


def address_part(place: Place, label: str) -> str:
    """The label of the part of an address that a place holds, or that `label` says it does; empty where it holds
    none that tells where the address is."""
    if label in _PARTS:
        return label
    return next((_LABELS[name] for name in place.lineage if name in _LABELS), "")
