"""One name for one assigning authority, whether HL7 v2 or FHIR speaks of it.

HL7 v2.5.1 2.A.36 (HD: namespace, universal id, universal id type) and FHIR R4 Identifier.system (a URI) are brought
to one spelling: an OID is an OID in both, a bare namespace equals ``urn:id:NAMESPACE``, and what a site knows to be
the same it declares as aliases in its policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_URN_FORMS = {"urn:oid:": "oid:", "urn:uuid:": "uuid:", "urn:id:": "ns:"}
_UNIVERSAL_ID_FORMS = {"ISO": "oid:", "UUID": "uuid:", "GUID": "uuid:"}


def from_system(system: str) -> str:
    """The canonical name of a FHIR Identifier.system; empty for an empty one."""
    bare = system.strip().rstrip("/").casefold()
    for prefix, form in _URN_FORMS.items():
        if bare.startswith(prefix):
            return form + bare.removeprefix(prefix)
    if not bare:
        return ""
    return f"uri:{bare}" if ":" in bare else f"ns:{bare}"


def from_hd(namespace: str, universal_id: str, universal_id_type: str) -> str:
    """The canonical name of an HD: its universal id where it has one, else its namespace; empty for an empty one."""
    if universal_id.strip():
        form = _UNIVERSAL_ID_FORMS.get(universal_id_type.strip().upper())
        return form + universal_id.strip().casefold() if form else from_system(universal_id)
    return from_system(namespace)


class Authorities:
    """The aliases that a policy declares: ``canonical name -> other spellings``."""

    def __init__(self, declared: Mapping[str, Sequence[str]]) -> None:
        self._canonical = {
            from_system(spelling): from_system(name)
            for name, others in declared.items()
            for spelling in (name, *others)
        }

    def of_system(self, system: str) -> str:
        """The authority that a FHIR system names."""
        name = from_system(system)
        return self._canonical.get(name, name)

    def of_hd(self, namespace: str, universal_id: str = "", universal_id_type: str = "") -> str:
        """The authority that an HD names. A declared namespace counts before an undeclared universal id."""
        name = from_hd(namespace, universal_id, universal_id_type)
        return self._canonical.get(name) or self._canonical.get(from_system(namespace), name)
