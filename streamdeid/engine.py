"""The engine: messages in, outcomes out. No files, no network, no clock and no randomness but those given to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from streamdeid.detect.resolve import Decide, resolve
from streamdeid.errors import QuarantineError, SettingsError
from streamdeid.identity import NO_PATIENT, Identification, Identifying
from streamdeid.message.ahead import together
from streamdeid.message.case import Case, Opener, stated_values
from streamdeid.message.chooser import Chooser
from streamdeid.message.clean import Cleaner, Detector, ReadsAhead, narrative
from streamdeid.message.dating import year_of
from streamdeid.message.scan import Scanned, scan
from streamdeid.message.surrogate_keys import KeySources
from streamdeid.policy.keying import read_sources
from streamdeid.policy.policy import Operator, Policy, Profile, Rule, Scope, Surrogates
from streamdeid.policy.rulebook import Rulebook
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
from streamdeid.vault.false_identity import Derived, Epoch, FalseIdentity, Minted
from streamdeid.vault.lesson import Erasure, Lesson, Notice, Stated
from streamdeid.vault.seeds import SharedSeeds
from streamdeid.vault.vault import MERGES_FOLLOWED, IdentityRecord, Vault, vault_key

#: How far ahead narrative is read.
_MESSAGES_AHEAD, _BYTES_AHEAD = 64, 256 * 1024


class Request(NamedTuple):
    """One message. `sequence` is its position in its partition's order, rising from message to message: what the
    vault learned at that position or later is not used for it, so that handling it twice gives the same bytes.
    `origin` is that of what it teaches, see `vault.Lesson`; `carried` is what its Kafka record says to the policy, see
    `Deidentifier.carried`."""

    content: bytes
    format: Format
    sequence: int
    origin: str = ""
    carried: str = ""


class Route(NamedTuple):
    """Where a message belongs: to the table that holds the patient `key`. `notices` are for tables that hold others."""

    key: str
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """What the engine may not take for itself: monotonic seconds, and fresh random bytes for the vault's nonces and
    seeds."""

    clock: Callable[[], float]
    nonces: Callable[[int], bytes]


class _Table(NamedTuple):
    """An identity table with what false identities are drawn from where it is used."""

    vault: Vault
    identity: FalseIdentity
    clean: Cleaner


class Deidentifier:
    """Applies one policy under one secret. Safe to use from one thread at a time. `decide` makes disjoint spans of what
    the detectors find; `later` are secrets for patients first seen since the one before them (see `false_identity`).
    `seeds` are those of a vault that is spread over several tables; else each table has its own."""

    def __init__(
        self,
        policy: Policy,
        secret: bytes,
        detectors: Sequence[Detector],
        sources: Sources,
        decide: Decide = resolve,
        *,
        later: Sequence[Epoch] = (),
        seeds: SharedSeeds | None = None,
    ) -> None:
        self.policy = policy
        self._detectors = detectors
        self._decide = decide
        self._readers = [detector for detector in detectors if isinstance(detector, ReadsAhead)]
        self._sources = sources
        self._prf = Prf(secret)
        self._identifying = Identifying(self._prf, policy.identity)
        rulebook = Rulebook(policy)
        self._open = Opener(policy, rulebook, self._identifying, sources.clock)
        self._keys = KeySources(self._prf, keyings) if (keyings := policy.keyings) else None
        self._vault_key = vault_key(self._prf)
        self._newest = later[-1].name if later else ""
        self._derived = Derived(self._prf, later)
        self._seeds = seeds
        self._minted = lru_cache(maxsize=2)(Minted)
        own = policy.own_lists
        self._cleaner = lru_cache(maxsize=2)(
            lambda prf: Cleaner(
                policy, rulebook, Chooser(Transformer(prf, self._prf, own)), detectors, decide, self._keys
            )
        )

    def process(
        self,
        requests: Sequence[Request],
        vault: MutableMapping[str, bytes],
        tell: Callable[[Notice], object] = lambda notice: None,
    ) -> list[Outcome]:
        """The outcome of each message, in order. `vault` is the identity table; it is read and written. Where patients
        are spread over several tables, `tell` is called with what others than this one have to learn.

        Raises:
            SettingsError: the vault was written with another secret. Nothing else is raised for any content.
        """
        table = self._table(self.vault(vault))
        if not self._readers:
            return [self._outcome(request, table, tell) for request in requests]
        ahead = together(requests, lambda request: len(request.content), _MESSAGES_AHEAD, _BYTES_AHEAD)
        windows = map(self._read_ahead, ahead)
        return [self._outcome(request, table, tell, case) for window in windows for request, case in window]

    def learn(self, lesson: Lesson, sequence: int, vault: MutableMapping[str, bytes]) -> list[Notice]:
        """Remember what another table's message says, as if it stood at this position of this table's messages; what
        others have to learn from that. A lesson that is known changes nothing.

        Raises:
            SettingsError: the vault was written with another secret.
        """
        return self.vault(vault).learn(lesson, sequence)

    def erase(self, erasure: Erasure, vault: MutableMapping[str, bytes]) -> None:
        """Forget a patient in one of several tables, and what is known of them under other keys. Messages from now on
        have the new false identity, also where they stand before this one and come again.

        Raises:
            SettingsError: the vault was written with another secret.
        """
        self.vault(vault).erase_here(erasure)
        if self._seeds is not None:
            self._seeds.renew(erasure.patient, bytes.fromhex(erasure.salt))

    def route(self, content: bytes, format: Format, origin: str = "") -> Route:
        """Where a message is to be handled, see `routing_key`, and who else has to know what it says of merges and
        names. `origin` is that of `Request`. Never fails."""
        try:
            scanned = scan(content, format, self.policy)
            who = self._identifying(scanned.document)
        except QuarantineError:
            return Route(self.content_key(content))
        return Route(who.patients[0], self._notices(scanned, who, origin) if who.lessons else ())

    def routing_key(self, content: bytes, format: Format) -> str:
        """The key of the patient whom the message is about first; for a message that names nobody or cannot be read,
        a keyed hash of its bytes. Never fails."""
        try:
            return self._identifying(scan(content, format, self.policy).document).patients[0]
        except QuarantineError:
            return self.content_key(content)

    def detect_text(self, text: str) -> list[Span]:
        """What the detectors find in a text without a message around it."""
        return self._decide([span for detector in self._detectors for span in detector(text)], text)

    def carried(self, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> str:
        """What the headers and the key of a message's Kafka record say to the policy, as keyed hashes; empty where it
        keys surrogates on none of them."""
        return self._keys.carried(headers, key) if self._keys is not None else ""

    def patient_key(self, value: str, authority: str) -> str:
        """The key of a patient, see `Identifying.key`."""
        return self._identifying.key(value, authority)

    def content_key(self, content: bytes) -> str:
        """A keyed hash of a message."""
        return self._prf.digest("", "content", content.hex()).hex()[:32]

    def vault(self, table: MutableMapping[str, bytes]) -> Vault:
        """What is remembered in a table."""
        return Vault(table, self._vault_key, self._sources.nonces, self._newest)

    def false_identity(self, vault: Vault) -> FalseIdentity:
        """What the surrogates of the policy are drawn from.

        Raises:
            SettingsError: the vault was written with another secret.
        """
        if self.policy.surrogates is Surrogates.DERIVED:
            return self._derived
        return self._minted(vault.seeds() if self._seeds is None else self._seeds.known)

    def _table(self, vault: Vault) -> _Table:
        identity = self.false_identity(vault)
        return _Table(vault, identity, self._cleaner(identity.prf))

    def _notices(self, scanned: Scanned, who: Identification, origin: str) -> tuple[Notice, ...]:
        try:
            stated = self._open.glance(scanned, who)
        except Exception:  # it will be quarantined, and what is not released teaches nothing
            return ()
        lessons = _lessons(who, stated, origin)
        return tuple(Notice(key, lesson) for lesson in lessons for key in (lesson.prior, lesson.survivor))

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Texts that `detect_text` will be asked for: detectors that are faster at many at once read them now."""
        for reader in self._readers:
            # A text that cannot be read says so when it is its turn, and harms no other one.
            with suppress(Exception):
                reader.prefetch(texts)

    def _read_ahead(self, requests: Sequence[Request]) -> list[tuple[Request, Case | None]]:
        """Each message opened, None where that fails, and the narrative of all of them read."""
        cases: list[Case | None] = []
        texts: list[str] = []
        for request in requests:
            try:
                case = self._open(request.content, request.format)
                texts += narrative(case)
                cases.append(case)
            except Exception:  # it fails again when it is this message's turn
                cases.append(None)
        self.read_ahead(texts)
        return list(zip(requests, cases, strict=True))

    def _outcome(
        self, request: Request, table: _Table, tell: Callable[[Notice], object], case: Case | None = None
    ) -> Outcome:
        try:
            return self._release(request, table, tell, case)
        except QuarantineError as reason:
            return Quarantined(reason.code, reason.path)
        except SettingsError:
            raise
        except Exception as fault:  # fail closed: whatever went wrong, this message does not leave
            return Quarantined("message.failure", type(fault).__name__)

    def _release(
        self, request: Request, table: _Table, tell: Callable[[Notice], object], opened: Case | None
    ) -> Released:
        vault = table.vault
        if opened is not None:
            opened.deadline.restart()
        case = opened or self._open(request.content, request.format)
        primary = case.who.patients[0]
        record = _record(primary, vault)
        known = self._surviving(case.patients, record, vault, request.sequence)
        subjects = self._subjects(known, table.identity)
        if self.policy.profile is Profile.SAFE_HARBOR:
            year = year_of(case.draft, self.policy.dates.present)
            subjects = [subject._replace(year=year) for subject in subjects]
        forms = record.forms_before(request.sequence)
        survivor, survivor_record = known[0]
        if survivor != primary:  # merged: reports use the names that the survivor had as well
            forms += survivor_record.forms_before(request.sequence)
        for form in forms:
            entity = Entity(form.label, form.value, form.namespace)
            case.draft.entities.setdefault(entity, _remembered_rule(form.label, form.scope))
        output, replacements = table.clean(case, subjects, request.carried)
        clean = case.draft.scanned.restore(output)
        for notice in self._learn(case, vault, record, request):
            tell(notice)
        if self._newest:
            for key in {*case.patients, *(key for key, _ in known)} - {NO_PATIENT}:
                vault.keep_epoch(key)
        return Released(clean, replacements, survivor_record.epoch if table.identity is self._derived else "")

    def _subjects(self, known: Iterable[tuple[str, IdentityRecord]], identity: FalseIdentity) -> list[Subject]:
        """The scope and date shift of each patient."""
        dates = self.policy.dates
        scopes = [identity.scope(key, record.epoch, record.salt) for key, record in known]
        return [
            Subject(scope, days_for(identity.prf, scope, dates.min_days, dates.max_days, dates.keep_weekday))
            for scope in scopes
        ]

    def _surviving(
        self, patients: Sequence[str], first: IdentityRecord, vault: Vault, sequence: int
    ) -> list[tuple[str, IdentityRecord]]:
        """As whom each patient goes on after the merges that happened before this message: key and record. `first` is
        the record of the first, which has been read."""
        records = [first, *(_record(patient, vault) for patient in patients[1:])]
        return [_survivor(key, record, vault, sequence) for key, record in zip(patients, records, strict=True)]

    def _learn(self, case: Case, vault: Vault, record: IdentityRecord, request: Request) -> list[Notice]:
        """Remember what a message teaches; what other tables have to learn from it."""
        primary = case.who.patients[0]
        if primary == NO_PATIENT:
            return []
        stated = stated_values(case.who, case.draft)
        learned = record.learning(stated.get(primary, ()), request.sequence)
        if learned is not record:
            vault.write(primary, learned)
        lessons = _lessons(case.who, stated, request.origin)
        if self._newest:  # whoever takes another for this patient has to know the epoch
            epoch = vault.read(primary).epoch
            lessons = [one._replace(epoch=epoch) if one.survivor == primary else one for one in lessons]
        return [notice for lesson in lessons for notice in vault.learn(lesson, request.sequence)]


def _record(patient: str, vault: Vault) -> IdentityRecord:
    return IdentityRecord() if patient == NO_PATIENT else vault.read(patient)


def _survivor(patient: str, record: IdentityRecord, vault: Vault, sequence: int) -> tuple[str, IdentityRecord]:
    for _ in range(MERGES_FOLLOWED):
        survivor = record.survivor_before(sequence)
        if not survivor:
            break
        patient, record = survivor, vault.read(survivor)
    return patient, record


def _lessons(who: Identification, stated: Mapping[str, Sequence[Stated]], origin: str) -> list[Lesson]:
    """What a message teaches about those who go on as others."""
    return [
        Lesson(prior, survivor, tuple(dict.fromkeys(stated.get(survivor, ()))), origin)
        for prior, survivor in who.lessons
    ]


@lru_cache(maxsize=256)
def _remembered_rule(label: str, scope: str) -> Rule:
    if scope.startswith("["):
        return Rule(operator=Operator.SURROGATE, label=label, keyed_on=read_sources(json.loads(scope)))
    return Rule(operator=Operator.SURROGATE, label=label, scope=Scope(scope))
