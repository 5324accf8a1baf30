"""The engine: messages in, outcomes out. No files, no network, no clock and no randomness but those given to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol, overload

from streamdeid.detect.known import KnownDetector, is_distinctive
from streamdeid.detect.resolve import resolve
from streamdeid.draft import Decisions, Draft
from streamdeid.enclosed import enclosure, open_enclosure
from streamdeid.errors import DetectorError, IdentityError, QuarantineError, SettingsError
from streamdeid.formats.fhir_tags import security_tag_edits
from streamdeid.formats.splice import splice
from streamdeid.identity import NO_PATIENT, Identification, Identifying
from streamdeid.policy import Operator, Policy, Rule, Rulebook, Scope
from streamdeid.rewrite import Chooser, Rewriter, merged_counts
from streamdeid.scan import scan
from streamdeid.transform.dates import days_for
from streamdeid.transform.operators import Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import (
    Document,
    Edit,
    Entity,
    Format,
    Outcome,
    Passage,
    Quarantined,
    Released,
    Replacement,
    Span,
)
from streamdeid.vault import IdentityRecord, Vault
from streamdeid.verify import survivors, verify, verify_structure

#: A chain of merges longer than this is a fault in a feed.
_MERGES_FOLLOWED = 16
#: Documents inside documents inside documents are opened so deep; below, they give way to a marker.
_DEPTH = 3


class Request(NamedTuple):
    """One message. `sequence` is its position in its partition's order, rising from message to message: what the
    vault learned at that position or later is not used for it, so that handling it twice gives the same bytes."""

    content: bytes
    format: Format
    sequence: int


class Detector(Protocol):
    """Finds identifiers in a text by the text alone."""

    def __call__(self, text: str) -> list[Span]:
        """The findings, in any order; they may overlap."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """What the engine may not take for itself: monotonic seconds, and fresh random bytes for the vault's nonces."""

    clock: Callable[[], float]
    nonces: Callable[[int], bytes]


class Deidentifier:
    """Applies one policy under one secret. Safe to use from one thread at a time."""

    def __init__(self, policy: Policy, secret: bytes, detectors: Sequence[Detector], sources: Sources) -> None:
        self.policy = policy
        self._rulebook = Rulebook(policy)
        self._detectors = detectors
        self._sources = sources
        self._prf = Prf(secret)
        self._identifying = Identifying(self._prf, policy.identity)
        self._decisions = Decisions(self._rulebook)
        self._chooser = Chooser(Transformer(self._prf))
        self._vault_key = self._prf.digest("", "vault", "key")

    def process(self, requests: Sequence[Request], vault: MutableMapping[str, bytes]) -> list[Outcome]:
        """The outcome of each message, in order. `vault` is the identity table; it is read and written.

        Raises:
            SettingsError: the vault was written with another secret. Nothing else is raised for any content.
        """
        records = Vault(vault, self._vault_key, self._sources.nonces)
        return [self._outcome(request, records) for request in requests]

    def routing_key(self, content: bytes, format: Format) -> str:
        """The key of the patient whom the message is about first; for a message that names nobody or cannot be read,
        a keyed hash of its bytes. Never fails."""
        try:
            return self._identifying(scan(content, format, self.policy).document).patients[0]
        except QuarantineError:
            return self._prf.digest("", "content", content.hex()).hex()[:32]

    def detect_text(self, text: str) -> list[Span]:
        """What the detectors find in a text without a message around it."""
        return resolve([span for detector in self._detectors for span in detector(text)], text)

    def _outcome(self, request: Request, vault: Vault) -> Outcome:
        try:
            return self._release(request, vault)
        except QuarantineError as reason:
            return Quarantined(reason.code, reason.path)
        except SettingsError:
            raise
        except Exception as fault:  # fail closed: whatever went wrong, this message does not leave
            return Quarantined("message.failure", type(fault).__name__)

    def _release(self, request: Request, vault: Vault) -> Released:
        case = self._open(request)
        primary = case.who.patients[0]
        record = IdentityRecord() if primary == NO_PATIENT else vault.read(primary)
        subjects = self._subjects(case.patients, vault, request.sequence)
        forms = record.forms_before(request.sequence)
        if subjects[0].scope != primary:  # merged: reports use the names that the survivor had as well
            forms += vault.read(subjects[0].scope).forms_before(request.sequence)
        remembered = {Entity(form.label, form.value): _remembered_rule(form.label, form.scope) for form in forms}
        for entity, rule in remembered.items():
            case.draft.entities.setdefault(entity, rule)
        work = _Work(case, subjects, _known_detector(tuple(case.draft.entities)), _originals(case.draft))
        output = self._clean(case.draft, work)
        clean = case.draft.scanned.restore(output)
        self._learn(case, vault, record, request.sequence)
        return Released(clean, merged_counts(work.replacements))

    def _open(self, request: Request) -> _Case:
        """Scan a message and what it encloses, and name the patients of each."""
        deadline = self._sources.clock() + self.policy.limits.seconds

        def check() -> None:
            if self._sources.clock() > deadline:
                raise DetectorError("message.timeout")

        scanned = scan(request.content, request.format, self.policy)
        check()
        who = self._identifying(scanned.document)
        case = _Case(who, list(who.patients), Draft(scanned, who.owners, check))
        self._sort_out(case, case.draft, 0)
        return case

    def _sort_out(self, case: _Case, draft: Draft, depth: int) -> None:
        draft.sort_out(self._decisions)
        draft.name_entities()
        draft.check()
        for leaf in draft.enclosing:
            held = enclosure(draft.document, leaf)
            scanned = open_enclosure(held, self.policy) if depth < _DEPTH else None
            inner = None
            if scanned is not None:
                owners = self._inner_owners(case, scanned.document, draft.owners[leaf.unit])
                inner = Draft(scanned, owners, draft.check, draft.entities)
                self._sort_out(case, inner, depth + 1)
            draft.inner.append((held, inner))

    def _inner_owners(self, case: _Case, document: Document, owner: int) -> Sequence[int]:
        """Whom an enclosed document is about: a message says so itself, anything else belongs to the leaf's patient."""
        if document.format is Format.TEXT:
            return _Everywhere(owner)
        try:
            who = self._identifying(document)
        except IdentityError:
            return _Everywhere(owner)
        case.patients.extend(patient for patient in who.patients if patient not in case.patients)
        return tuple(case.patients.index(who.patients[subject]) for subject in who.owners)

    def _clean(self, draft: Draft, work: _Work) -> bytes:
        """The clean bytes of a message or an enclosed document."""
        rewriter = Rewriter(draft, self._chooser, self._rulebook, work.subjects)
        rewriter.fields()
        rewriter.enclosed([None if inner is None else self._clean(inner, work) for _, inner in draft.inner])
        self._narrative(draft, rewriter, work.known)
        tags = security_tag_edits(draft.document, self.policy.fhir.tags) if draft is work.case.draft else []
        output, edits = self._spliced(draft, rewriter, tags)
        kept = {leaf.start for leaf in draft.kept}
        missed = survivors(draft.document, output, edits, work.originals, kept)
        end = 0
        for survivor in sorted(missed, key=lambda one: (one.start, -one.end)):
            if survivor.end and survivor.start >= end:
                rewriter.survivor(survivor, work.originals[survivor.original])
                end = survivor.end
        if missed:
            output, edits = self._spliced(draft, rewriter, tags)
            verify(draft.document, output, edits, work.originals, kept)
        else:
            verify_structure(draft.document, output)
        work.replacements.extend(rewriter.replacements())
        return output

    def _spliced(self, draft: Draft, rewriter: Rewriter, tags: Sequence[Edit]) -> tuple[bytes, list[Edit]]:
        edits = sorted([*rewriter.edits, *tags])
        draft.check()
        return splice(draft.document.raw, edits), edits

    def _subjects(self, patients: Sequence[str], vault: Vault, sequence: int) -> list[Subject]:
        dates = self.policy.dates
        keys = [self._surviving(patient, vault, sequence) for patient in patients]
        return [Subject(key, days_for(self._prf, key, dates.min_days, dates.max_days)) for key in keys]

    def _surviving(self, patient: str, vault: Vault, sequence: int) -> str:
        """The key under which a patient goes on after the merges that happened before this message."""
        for _ in range(_MERGES_FOLLOWED):
            survivor = vault.read(patient).survivor_before(sequence)
            if not survivor:
                break
            patient = survivor
        return patient

    def _narrative(self, draft: Draft, rewriter: Rewriter, known: KnownDetector) -> None:
        passages = draft.document.passages(draft.texts)
        if not passages:
            return
        mentions = known.find_all([passage.text for passage in passages])
        draft.check()
        for passage, spans in zip(passages, mentions, strict=True):
            found = self._found(passage, spans)
            if found:
                rewriter.passage(passage, resolve(found, passage.text))
        draft.check()

    def _found(self, passage: Passage, known: list[Span]) -> list[Span]:
        found = known
        for detector in self._detectors:
            try:
                by_text = detector(passage.text)
            except Exception as fault:  # a detector that fails has seen nothing: the message may not leave
                raise DetectorError("detector.failure", type(fault).__name__) from None
            if by_text:
                found = found + by_text
        return found

    def _learn(self, case: _Case, vault: Vault, record: IdentityRecord, sequence: int) -> None:
        primary = case.who.patients[0]
        if primary == NO_PATIENT:
            return
        stating, owners = case.who.stating, case.who.owners
        stated = [
            (Entity(decision.label, leaf.text), decision.rule.scope.value)
            for leaf, decision in case.draft.ruled
            if decision.looked_for and leaf.unit in stating and owners[leaf.unit] == 0
        ]
        learned = record.learning(stated, sequence)
        if learned is not record:
            vault.write(primary, learned)
        for prior, survivor in case.who.merges:
            known = vault.read(prior)
            merged = known.merging(survivor, sequence)
            if merged is not known:
                vault.write(prior, merged)
            inherited = [(Entity(form.label, form.value), form.scope) for form in known.forms_before(sequence)]
            heir = vault.read(survivor)
            enriched = heir.learning(inherited, sequence)
            if enriched is not heir:
                vault.write(survivor, enriched)


@dataclass(frozen=True, slots=True)
class _Case:
    """A message with all that it encloses. `patients` are those of both; a subject is an index into it."""

    who: Identification
    patients: list[str]
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Work:
    """What cleaning needs to know of the whole case, and what was done."""

    case: _Case
    subjects: Sequence[Subject]
    known: KnownDetector
    originals: Mapping[bytes, Entity]
    replacements: list[Replacement] = field(default_factory=list)


class _Everywhere(Sequence[int]):
    """One subject for all units."""

    def __init__(self, subject: int) -> None:
        self._subject = subject

    @overload
    def __getitem__(self, unit: int) -> int: ...

    @overload
    def __getitem__(self, unit: slice) -> Sequence[int]: ...

    def __getitem__(self, unit: int | slice) -> int | Sequence[int]:
        return self if isinstance(unit, slice) else self._subject

    def __len__(self) -> int:
        return 1


def _originals(draft: Draft) -> dict[bytes, Entity]:
    """The values that may not be readable in the output, in lower case, as they stand in the bytes and as text."""
    found: dict[bytes, Entity] = {}
    for one in draft.family():
        for leaf, decision in one.ruled:
            if decision.vanishes and _must_vanish(decision.label, leaf.text):
                entity = Entity(decision.label, leaf.text, "", one.owners[leaf.unit])
                found.setdefault(one.document.raw[leaf.start : leaf.end].strip().lower(), entity)
                found.setdefault(leaf.text.strip().encode().lower(), entity)
    return found


def _must_vanish(label: str, value: str) -> bool:
    """Whether this value may not be readable in the output. An identifier without a digit is a word (SILVER, FHIR), and
    says nothing where it stands by itself."""
    if label.startswith("ID") and not any(map(str.isdigit, value)):
        return False
    return is_distinctive(Entity(label, value))


@lru_cache(maxsize=256)
def _known_detector(entities: tuple[Entity, ...]) -> KnownDetector:
    """One patient's messages often come in a row, and state the same values."""
    return KnownDetector(filter(is_distinctive, entities))


@lru_cache(maxsize=256)
def _remembered_rule(label: str, scope: str) -> Rule:
    return Rule(operator=Operator.SURROGATE, label=label, scope=Scope(scope))
