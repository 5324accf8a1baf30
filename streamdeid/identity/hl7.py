"""Who an HL7 v2 message is about: PID-3 (else PID-2, PID-4, PID-18), and MRG for what was merged into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from streamdeid.errors import IdentityError
from streamdeid.formats.er7 import Er7Document
from streamdeid.formats.hl7_tables import message_has_patient
from streamdeid.identity.authority import Authorities
from streamdeid.identity.patient import NO_PATIENT, Demographics, Identification, Identifier, KeyMaker
from streamdeid.types import Leaf

#: Fields that may name the patient, best first, and the identifier type that the standard gives each when CX.5 is
#: silent (HL7 v2.5.1 3.4.2; PID-2 and PID-4 are older spellings of PID-3).
_NAMING = ((3, ""), (2, ""), (4, ""), (18, "AN"))
_PRIOR = ((1, ""), (4, ""), (2, ""))
#: Events that move an account or a visit from the patient in MRG to the one in PID: two patients who stay two
#: (HL7 v2.5.1 3.3.43 to 3.3.45).
_MOVES = frozenset({"A43", "A44", "A45"})


def identify(document: Er7Document, keys: KeyMaker, authorities: Authorities) -> Identification:
    """Name the patient of each part of the message: a PID speaks for all segments up to the next PID.

    Raises:
        IdentityError: the message's structure has a PID by the standard and none names a patient, or one contradicts
            itself.
    """
    reader = _Reader(document, authorities)
    moves = document.message_type.event in _MOVES
    patients: list[str] = []
    owners: list[int] = []
    merges: list[tuple[str, str]] = []
    for unit, segment in enumerate(document.segments):
        if segment.name == "PID":
            key = keys.of_patient(reader.identifiers(unit, _NAMING), reader.demographics(unit), "PID-3")
            if key not in patients:
                patients.append(key)
            owners.append(patients.index(key))
            continue
        owners.append(owners[-1] if owners else 0)
        if segment.name == "MRG" and patients and not moves:
            prior = reader.identifiers(unit, _PRIOR)
            if prior:
                merges.append((keys.of_patient(prior, None, "MRG-1"), patients[owners[-1]]))
    if not patients:
        patients.append(_without_pid(document))
    distinct = tuple(pair for pair in dict.fromkeys(merges) if pair[0] != pair[1])
    return Identification(tuple(patients), tuple(owners), frozenset(document.units("PID")), distinct)


def _without_pid(document: Er7Document) -> str:
    """The key for a message without a PID: allowed where the standard's structure has none (ACK, MFN, QRY)."""
    if message_has_patient(document.version, *document.message_type) is not False:
        raise IdentityError("identity.missing", "PID")
    return NO_PATIENT


class _Reader:
    """Reads the identifying fields of one message."""

    def __init__(self, document: Er7Document, authorities: Authorities) -> None:
        self._document = document
        self._authorities = authorities

    def identifiers(self, unit: int, fields: Iterable[tuple[int, str]]) -> list[Identifier]:
        """The identifiers of the first of these fields that has any."""
        name = self._document.segments[unit].name
        for number, default_type in fields:
            repetitions = self._document.fields(unit, number)
            found = [self._identifier(_components(leaves), f"{name}-{number}", default_type) for leaves in repetitions]
            if any(one.value.strip() for one in found):
                return found
        return []

    def demographics(self, unit: int) -> Demographics:
        """Family name, given name and birth date of PID-5 and PID-7."""
        name, birth = self._first(unit, 5), self._first(unit, 7)
        return Demographics(name.get("1", ""), name.get("2", ""), birth.get("1", "")[:8])

    def _first(self, unit: int, number: int) -> dict[str, str]:
        return next(map(_components, self._document.fields(unit, number)), {})

    def _identifier(self, parts: dict[str, str], path: str, default_type: str) -> Identifier:
        authority = self._authorities.of_hd(parts.get("4", ""), parts.get("4.2", ""), parts.get("4.3", ""))
        return Identifier(parts.get("1", ""), authority, parts.get("5", "").strip() or default_type, path)


def _components(leaves: Sequence[Leaf]) -> dict[str, str]:
    """Component number to text. A first subcomponent, and a field without components, count as the component
    (HL7 v2.5.1 2.8.2: a part may have been added later), so ``1`` stands for ``PID-3``, ``PID-3.1`` and ``PID-3.1.1``.
    """
    return {_component(leaf.place.path): leaf.text for leaf in leaves}


@lru_cache(maxsize=4096)
def _component(path: str) -> str:
    component = path.partition(".")[2] or "1"
    return component.removesuffix(".1")
