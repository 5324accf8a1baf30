"""The engine: messages in, outcomes out. No files, no network, no clock and no randomness but those given to it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from streamdeid.case import Case, Opener
from streamdeid.clean import Cleaner, Detector
from streamdeid.detect.resolve import resolve
from streamdeid.errors import QuarantineError, SettingsError
from streamdeid.identity import NO_PATIENT, Identifying
from streamdeid.policy import Operator, Policy, Rule, Rulebook, Scope
from streamdeid.rewrite import Chooser
from streamdeid.scan import scan
from streamdeid.transform.dates import days_for
from streamdeid.transform.operators import Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import (
    Entity,
    Format,
    Outcome,
    Quarantined,
    Released,
    Span,
)
from streamdeid.vault import IdentityRecord, Vault

#: A chain of merges longer than this is a fault in a feed.
_MERGES_FOLLOWED = 16


class Request(NamedTuple):
    """One message. `sequence` is its position in its partition's order, rising from message to message: what the
    vault learned at that position or later is not used for it, so that handling it twice gives the same bytes."""

    content: bytes
    format: Format
    sequence: int


@dataclass(frozen=True, slots=True)
class Sources:
    """What the engine may not take for itself: monotonic seconds, and fresh random bytes for the vault's nonces."""

    clock: Callable[[], float]
    nonces: Callable[[int], bytes]


class Deidentifier:
    """Applies one policy under one secret. Safe to use from one thread at a time."""

    def __init__(self, policy: Policy, secret: bytes, detectors: Sequence[Detector], sources: Sources) -> None:
        self.policy = policy
        self._detectors = detectors
        self._sources = sources
        self._prf = Prf(secret)
        self._identifying = Identifying(self._prf, policy.identity)
        rulebook = Rulebook(policy)
        self._open = Opener(policy, rulebook, self._identifying, sources.clock)
        self._clean = Cleaner(policy, rulebook, Chooser(Transformer(self._prf)), detectors)
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
        case = self._open(request.content, request.format)
        primary = case.who.patients[0]
        record = IdentityRecord() if primary == NO_PATIENT else vault.read(primary)
        subjects = self._subjects(case.patients, record, vault, request.sequence)
        forms = record.forms_before(request.sequence)
        if subjects[0].scope != primary:  # merged: reports use the names that the survivor had as well
            forms += vault.read(subjects[0].scope).forms_before(request.sequence)
        for form in forms:
            case.draft.entities.setdefault(Entity(form.label, form.value), _remembered_rule(form.label, form.scope))
        output, replacements = self._clean(case, subjects)
        clean = case.draft.scanned.restore(output)
        self._learn(case, vault, record, request.sequence)
        return Released(clean, replacements)

    def _subjects(self, patients: Sequence[str], first: IdentityRecord, vault: Vault, sequence: int) -> list[Subject]:
        """The scope and date shift of each patient; `first` is the record of the first, which has been read."""
        dates = self.policy.dates
        records = [first, *map(vault.read, patients[1:])]
        keys = [self._surviving(*pair, vault, sequence) for pair in zip(patients, records, strict=True)]
        return [Subject(key, days_for(self._prf, key, dates.min_days, dates.max_days)) for key in keys]

    def _surviving(self, patient: str, record: IdentityRecord, vault: Vault, sequence: int) -> str:
        """The key under which a patient goes on after the merges that happened before this message."""
        for _ in range(_MERGES_FOLLOWED):
            survivor = record.survivor_before(sequence)
            if not survivor:
                break
            patient, record = survivor, vault.read(survivor)
        return patient

    def _learn(self, case: Case, vault: Vault, record: IdentityRecord, sequence: int) -> None:
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


@lru_cache(maxsize=256)
def _remembered_rule(label: str, scope: str) -> Rule:
    return Rule(operator=Operator.SURROGATE, label=label, scope=Scope(scope))
