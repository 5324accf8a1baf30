"""Who an HL7 v2 message is about: PID-3 (else PID-2, PID-4, PID-18), and MRG for what was merged into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
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
#: Events after which the patient of MRG goes on as the one of PID (HL7 v2.5.1 3.3.18, 3.3.30 to 3.3.47): A18, A30, A34,
#: A36, A39, A40 merge two, A46 and A47 change the number of one. All others leave patients as they are: A35, A41, A42
#: merge accounts or visits of one patient, A43 to A45 move them from one to another, A48 to A51 change numbers of
#: accounts and visits, A06 and A07 name an earlier account; A24 and A37 link and unlink records that stay two.
_MERGES = frozenset({"A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47"})
#: Who is asked about, where a query has no PID: (segment, field). An XCN; ST before v2.3.
_ASKED = (("QRD", 8), ("URD", 3))


def identify(document: Er7Document, keys: KeyMaker, authorities: Authorities) -> Identification:
    """Name the patient of each part of the message: a PID speaks for all segments up to the next PID.

    Raises:
        IdentityError: the message's structure has a PID by the standard and none names a patient, or one contradicts
            itself.
    """
    reader = _Reader(document, authorities)
    merging = document.message_type.event in _MERGES
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
        if segment.name == "MRG" and patients and merging:
            merges += ((prior, patients[owners[-1]]) for prior in _keys_of_each(keys, reader.identifiers(unit, _PRIOR)))
    if not patients:
        patients.append(_without_pid(document, reader, keys))
    _give_events_to_their_patients(document, owners)
    distinct = tuple(pair for pair in dict.fromkeys(merges) if pair[0] != pair[1])
    return Identification(tuple(patients), tuple(owners), frozenset(document.units("PID")), distinct)


def _without_pid(document: Er7Document, reader: _Reader, keys: KeyMaker) -> str:
    """The key for a message without a PID, which is allowed where the standard's structure has none (ACK, MFN, QRY):
    that of the patient whom a query asks about, if it says so."""
    if message_has_patient(document.version, *document.message_type) is not False:
        raise IdentityError("identity.missing", "PID")
    asked = [key for name, number in _ASKED for key in _keys_of_each(keys, reader.asked(name, number))]
    return asked[0] if asked else NO_PATIENT


def _keys_of_each(keys: KeyMaker, identifiers: Iterable[Identifier]) -> list[str]:
    """The keys of all these identifiers that may name a patient. Those of a prior patient may be several of one
    authority: that is what merges are for."""
    found: list[str] = []
    for identifier in identifiers:
        with suppress(IdentityError):
            found.append(keys.of_patient([identifier], None, identifier.path))
    return found


def _give_events_to_their_patients(document: Er7Document, owners: list[int]) -> None:
    """An EVN stands before the PID that it is about (ADR^A19 has one for each patient)."""
    following = 0
    for unit in range(len(owners) - 1, -1, -1):
        name = document.segments[unit].name
        if name == "PID":
            following = unit
        elif name == "EVN" and following:
            owners[unit] = owners[following]


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

    def asked(self, name: str, number: int) -> list[Identifier]:
        """The identifiers of the persons whom a query asks about: each first component, under the authority in the
        ninth (XCN)."""
        repetitions = [one for unit in self._document.units(name) for one in self._document.fields(unit, number)]
        found: list[Identifier] = []
        for parts in map(_components, repetitions):
            authority = self._authorities.of_hd(parts.get("9", ""), parts.get("9.2", ""), parts.get("9.3", ""))
            found.append(Identifier(parts.get("1", ""), authority, parts.get("13", "").strip(), f"{name}-{number}"))
        return found

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
