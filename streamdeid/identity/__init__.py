"""Who a message is about: one key for one patient, in HL7 v2 and in FHIR."""

from __future__ import annotations

import re

from streamdeid.formats.er7 import Er7Document
from streamdeid.formats.fhir import FhirDocument
from streamdeid.identity import fhir, hl7
from streamdeid.identity.authority import Authorities
from streamdeid.identity.patient import NO_PATIENT, Identification, Identifier, KeyMaker
from streamdeid.policy.policy import IdentityRules
from streamdeid.transform.prf import Prf
from streamdeid.types import Document

__all__ = ["NO_PATIENT", "Identification", "Identifying"]

_OID = re.compile(r"[0-2](?:\.\d+)+", re.A)


class Identifying:
    """Names the patients of a scanned message, under one secret and one policy's rules."""

    def __init__(self, prf: Prf, rules: IdentityRules) -> None:
        self._keys = KeyMaker(prf, rules)
        self._authorities = Authorities(rules.authorities)

    def key(self, value: str, authority: str) -> str:
        """The key of the patient whom an identifier of an assigning authority names. The authority as a FHIR system
        (``urn:oid:2.999.1``), an OID, or an HD with its ampersands (``MADEUP&2.999.1&ISO``)."""
        if "&" in authority:
            name = self._authorities.of_hd(*authority.split("&")[:3])
        else:
            name = self._authorities.of_system(f"urn:oid:{authority}" if _OID.fullmatch(authority) else authority)
        return self._keys.of_identifier(Identifier(value, name, "", ""))

    def __call__(self, document: Document) -> Identification:
        """Who the document is about. Plain text is about nobody in particular.

        Raises:
            IdentityError: nobody is named where somebody must be, or the naming contradicts itself.
        """
        if isinstance(document, Er7Document):
            return hl7.identify(document, self._keys, self._authorities)
        if isinstance(document, FhirDocument):
            return fhir.identify(document, self._keys, self._authorities)
        return Identification((NO_PATIENT,), (0,))
