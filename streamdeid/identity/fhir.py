"""Who a FHIR message is about: its Patient resources, and for every other resource the patient that it refers to."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote

from streamdeid.errors import IdentityError
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_guide import Resource
from streamdeid.identity.authority import Authorities
from streamdeid.identity.patient import NO_PATIENT, Demographics, Identification, Identifier, KeyMaker
from streamdeid.types import Leaf

#: Elements that name the patient of a resource, directly below it (FHIR R4 compartment definition of Patient).
_SUBJECT_ELEMENTS = frozenset(
    {"subject", "patient", "beneficiary", "individual", "for", "candidate", "subscriber", "policyHolder", "member"}
)
#: The authority of logical ids of Patient resources, for patients of whom nothing better is known.
_LOGICAL_ID = "fhir:patient"


def identify(document: FhirDocument, keys: KeyMaker, authorities: Authorities) -> Identification:
    """Name the patient of each resource. A resource that refers to no patient (an Organization in a bundle) belongs
    to the first one; a document without any patient is about nobody.

    Raises:
        IdentityError: a Patient resource has nothing that names it, or contradicts itself.
    """
    reader = _Reader(document, keys, authorities)
    for resource in document.resources:
        if resource.type == "Patient":
            reader.add_patient(resource)
    owners = reader.owners()
    patients = tuple(reader.patients) or (NO_PATIENT,)
    return Identification(
        patients, owners, frozenset(reader.units), tuple(reader.merges()), tuple(reader.aliases.items())
    )


class _Reader:
    """Collects the patients of one document."""

    def __init__(self, document: FhirDocument, keys: KeyMaker, authorities: Authorities) -> None:
        self._document = document
        self._keys = keys
        self._authorities = authorities
        self.patients: list[str] = []
        self.units: dict[int, str] = {}
        self._named: dict[str, str] = {}
        #: The key of a logical id, and of the patient who has it; without those of ids that several patients have.
        self.aliases: dict[str, str] = {}
        self._shared: set[str] = set()

    def add_patient(self, resource: Resource) -> None:
        """A Patient resource: its key, and the references that mean it."""
        unit = resource.unit
        key = self._keys.of_patient(
            self._identifiers(unit) or self._logical_id(unit),
            self._demographics(unit),
            f"{self._document.resource_path(unit)}.identifier",
        )
        self._add(key)
        self.units[unit] = key
        logical, full_url = self._document.id(unit), self._document.full_url(unit)
        if logical is not None and _is_contained(resource):
            self._named[self._local(unit, logical.text)] = key
        elif logical is not None:
            self._named[f"Patient/{logical.text}"] = key
            self._alias(logical.text, key)
        if full_url is not None:
            self._named[full_url.text] = key

    def owners(self) -> tuple[int, ...]:
        """The subject of each resource: its own patient, that of the resource around it, or the first."""
        referred: dict[int, str] = {}
        for leaf in self._document.references:
            if leaf.unit not in referred and leaf.unit not in self.units and _names_subject(leaf.place.path):
                key = self._referred(leaf)
                if key is not None:
                    referred[leaf.unit] = key
        for resource in self._document.resources:
            if resource.unit not in referred and resource.unit not in self.units:
                key = self._stated(resource.unit)
                if key is not None:
                    referred[resource.unit] = key
        for key in referred.values():
            self._add(key)
        owners: list[int] = []
        for resource in self._document.resources:
            key = self.units.get(resource.unit) or referred.get(resource.unit)
            around = owners[resource.parent] if resource.parent is not None else 0
            owners.append(self.patients.index(key) if key else around)
        return tuple(owners)

    def merges(self) -> list[tuple[str, str]]:
        """Patient.link of the types replaced-by and replaces (FHIR R4 8.1.9)."""
        found: list[tuple[str, str]] = []
        for leaf in self._document.references:
            key = self.units.get(leaf.unit)
            if key is None or leaf.place.path != "Patient.link.other.reference":
                continue
            other, link = self._referred(leaf), self._document.around(leaf.holder)
            types = [one.text for one in self._document.inside(link) if one.holder == link] if link is not None else []
            if other is not None and other != key and "replaced-by" in types:
                found.append((key, other))
            elif other is not None and other != key and "replaces" in types:
                found.append((other, key))
        return found

    def _add(self, key: str) -> None:
        if key not in self.patients:
            self.patients.append(key)

    def _alias(self, logical: str, key: str) -> None:
        alias = self._keys.of_identifier(Identifier(logical, _LOGICAL_ID, "", ""))
        if alias == key or alias in self._shared:
            return
        if self.aliases.setdefault(alias, key) != key:
            self._shared.add(alias)
            del self.aliases[alias]

    def _local(self, unit: int, logical: str) -> str:
        """A name for the contained resource of that id: it means something only inside the resource that holds both."""
        resource = self._document.resources[unit]
        while resource.parent is not None and _is_contained(resource):
            resource = self._document.resources[resource.parent]
        return f"{resource.unit}#{logical}"

    def _referred(self, leaf: Leaf) -> str | None:
        """The key of the patient whom a reference means; None where it means no patient."""
        bare = leaf.text.partition("/_history/")[0]
        known = self._named.get(self._local(leaf.unit, bare[1:]) if bare.startswith("#") else bare)
        if known is not None:
            return known
        before, slash, logical = bare.rpartition("/")
        is_patient = bool(slash and logical) and before.rpartition("/")[2] == "Patient"
        known = self._named.get(f"Patient/{logical}") if is_patient else None
        if known is not None:
            return known
        stated = self._by_identifier(leaf.holder)
        if stated is not None:
            return stated
        conditional = _searched_patient(bare)
        if conditional is not None:
            system, value = conditional
            return self._keys.of_identifier(Identifier(value, self._authorities.of_system(system), "", ""))
        return self._keys.of_identifier(Identifier(logical, _LOGICAL_ID, "", "")) if is_patient else None

    def _stated(self, unit: int) -> str | None:
        """The key of the patient whom a resource names by an identifier alone, without a reference."""
        for leaf in self._document.of_unit(unit):
            reference = self._document.around(leaf.holder) if _names_subject_by_identifier(leaf.place.path) else None
            if reference is not None:
                return self._by_identifier(reference)
        return None

    def _by_identifier(self, reference: int) -> str | None:
        """The key of the patient whom Reference.identifier names; None where it names none."""
        for leaf in self._document.inside(reference):
            if _names_subject_by_identifier(leaf.place.path):
                parts = self._document.siblings(leaf)
                system = self._authorities.of_system(parts["system"].text if "system" in parts else "")
                inside = self._document.inside(leaf.holder)
                code = next((one.text for one in inside if one.place.path.endswith(".type.coding.code")), "")
                with suppress(IdentityError):  # an identifier that names no patient: the policy may say so
                    return self._keys.of_patient([Identifier(leaf.text, system, code, "")], None, "")
        return None

    def _identifiers(self, unit: int) -> list[Identifier]:
        """Patient.identifier, without those that are no longer in use."""
        document = self._document
        types: defaultdict[int, list[str]] = defaultdict(list)
        values: list[Leaf] = []
        for leaf in document.of_unit(unit):
            if leaf.place.path == "Patient.identifier.value":
                values.append(leaf)
            elif leaf.place.path == "Patient.identifier.type.coding.code":
                concept = document.around(leaf.holder)
                identifier = None if concept is None else document.around(concept)
                if identifier is not None:
                    types[identifier].append(leaf.text)
        found = []
        for leaf in values:
            parts = document.siblings(leaf)
            if "use" not in parts or parts["use"].text != "old":
                system = self._authorities.of_system(parts["system"].text if "system" in parts else "")
                code = types[leaf.holder][0] if types[leaf.holder] else ""
                found.append(Identifier(leaf.text, system, code, document.path(leaf)))
        return found

    def _logical_id(self, unit: int) -> list[Identifier]:
        leaf = self._document.id(unit) or self._document.full_url(unit)
        return [] if leaf is None else [Identifier(leaf.text, _LOGICAL_ID, "", "")]

    def _demographics(self, unit: int) -> Demographics | None:
        first: dict[str, str] = {}
        for leaf in self._document.of_unit(unit):
            if leaf.place.path in ("Patient.name.family", "Patient.name.given", "Patient.birthDate"):
                first.setdefault(leaf.place.path.rpartition(".")[2], leaf.text)
        birth = first.get("birthDate", "").replace("-", "")
        return Demographics(first.get("family", ""), first.get("given", ""), birth)


def _searched_patient(reference: str) -> tuple[str, str] | None:
    """System and value of a conditional reference to the patient who has an identifier (FHIR R4, RESTful API
    3.1.0.11.1); None for any other reference."""
    before, mark, query = reference.partition("?")
    if not mark or before.rpartition("/")[2] != "Patient":
        return None
    for parameter in query.split("&"):
        name, _, token = parameter.partition("=")
        system, _, value = unquote(token).rpartition("|")
        if name == "identifier" and value:
            return system, value
    return None


def _is_contained(resource: Resource) -> bool:
    return resource.slot.endswith(".contained")


@lru_cache(maxsize=4096)
def _names_subject(path: str) -> bool:
    """Whether a reference at this place (``Observation.subject.reference``) says whom the resource is about."""
    parts = path.split(".")
    return len(parts) == 3 and parts[1] in _SUBJECT_ELEMENTS


@lru_cache(maxsize=4096)
def _names_subject_by_identifier(path: str) -> bool:
    """Whether this is the number (``Observation.subject.identifier.value``) of whom the resource is about."""
    parts = path.split(".")
    return len(parts) == 4 and parts[1] in _SUBJECT_ELEMENTS and parts[2:] == ["identifier", "value"]
