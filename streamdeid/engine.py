"""The engine: messages in, outcomes out. No files, no network, no clock and no randomness but those given to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from streamdeid.case import Case, Opener, stated_values
from streamdeid.clean import Cleaner, Detector, ReadsAhead, narrative
from streamdeid.detect.resolve import Decide, resolve
from streamdeid.errors import QuarantineError, SettingsError
from streamdeid.identity import NO_PATIENT, Identification, Identifying
from streamdeid.lesson import Lesson, Notice, Stated
from streamdeid.policy import Operator, Policy, Rule, Rulebook, Scope
from streamdeid.rewrite import Chooser
from streamdeid.scan import Scanned, scan
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
from streamdeid.vault import MERGES_FOLLOWED, IdentityRecord, Vault

#: How far ahead narrative is read.
_MESSAGES_AHEAD, _BYTES_AHEAD = 64, 256 * 1024


class Request(NamedTuple):
    """One message. `sequence` is its position in its partition's order, rising from message to message: what the
    vault learned at that position or later is not used for it, so that handling it twice gives the same bytes.
    `origin` is that of what it teaches, see `vault.Lesson`."""

    content: bytes
    format: Format
    sequence: int
    origin: str = ""


class Route(NamedTuple):
    """Where a message belongs: to the table that holds the patient `key`. `notices` are for tables that hold others."""

    key: str
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """What the engine may not take for itself: monotonic seconds, and fresh random bytes for the vault's nonces."""

    clock: Callable[[], float]
    nonces: Callable[[int], bytes]


class Deidentifier:
    """Applies one policy under one secret. Safe to use from one thread at a time. `decide` makes disjoint spans of what
    the detectors find."""

    def __init__(
        self,
        policy: Policy,
        secret: bytes,
        detectors: Sequence[Detector],
        sources: Sources,
        decide: Decide = resolve,
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
        self._clean = Cleaner(policy, rulebook, Chooser(Transformer(self._prf)), detectors, decide)
        self._vault_key = self._prf.digest("", "vault", "key")

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
        records = self._vault(vault)
        if not self._readers:
            return [self._outcome(request, records, tell) for request in requests]
        windows = map(self._read_ahead, _windows(requests))
        return [self._outcome(request, records, tell, case) for window in windows for request, case in window]

    def learn(self, lesson: Lesson, sequence: int, vault: MutableMapping[str, bytes]) -> list[Notice]:
        """Remember what another table's message says, as if it stood at this position of this table's messages; what
        others have to learn from that. A lesson that is known changes nothing.

        Raises:
            SettingsError: the vault was written with another secret.
        """
        return self._vault(vault).learn(lesson, sequence)

    def route(self, content: bytes, format: Format, origin: str = "") -> Route:
        """Where a message is to be handled, see `routing_key`, and who else has to know what it says of merges and
        names. `origin` is that of `Request`. Never fails."""
        try:
            scanned = scan(content, format, self.policy)
            who = self._identifying(scanned.document)
        except QuarantineError:
            return Route(self._content_key(content))
        return Route(who.patients[0], self._notices(scanned, who, origin) if who.lessons else ())

    def routing_key(self, content: bytes, format: Format) -> str:
        """The key of the patient whom the message is about first; for a message that names nobody or cannot be read,
        a keyed hash of its bytes. Never fails."""
        try:
            return self._identifying(scan(content, format, self.policy).document).patients[0]
        except QuarantineError:
            return self._content_key(content)

    def detect_text(self, text: str) -> list[Span]:
        """What the detectors find in a text without a message around it."""
        return self._decide([span for detector in self._detectors for span in detector(text)], text)

    def _content_key(self, content: bytes) -> str:
        return self._prf.digest("", "content", content.hex()).hex()[:32]

    def _vault(self, table: MutableMapping[str, bytes]) -> Vault:
        return Vault(table, self._vault_key, self._sources.nonces)

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
        self, request: Request, vault: Vault, tell: Callable[[Notice], object], case: Case | None = None
    ) -> Outcome:
        try:
            return self._release(request, vault, tell, case)
        except QuarantineError as reason:
            return Quarantined(reason.code, reason.path)
        except SettingsError:
            raise
        except Exception as fault:  # fail closed: whatever went wrong, this message does not leave
            return Quarantined("message.failure", type(fault).__name__)

    def _release(
        self, request: Request, vault: Vault, tell: Callable[[Notice], object], opened: Case | None
    ) -> Released:
        if opened is not None:
            opened.deadline.restart()
        case = opened or self._open(request.content, request.format)
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
        for notice in self._learn(case, vault, record, request):
            tell(notice)
        return Released(clean, replacements)

    def _subjects(self, patients: Sequence[str], first: IdentityRecord, vault: Vault, sequence: int) -> list[Subject]:
        """The scope and date shift of each patient; `first` is the record of the first, which has been read."""
        dates = self.policy.dates
        records = [first, *map(vault.read, patients[1:])]
        keys = [self._surviving(*pair, vault, sequence) for pair in zip(patients, records, strict=True)]
        return [Subject(key, days_for(self._prf, key, dates.min_days, dates.max_days)) for key in keys]

    def _surviving(self, patient: str, record: IdentityRecord, vault: Vault, sequence: int) -> str:
        """The key under which a patient goes on after the merges that happened before this message."""
        for _ in range(MERGES_FOLLOWED):
            survivor = record.survivor_before(sequence)
            if not survivor:
                break
            patient, record = survivor, vault.read(survivor)
        return patient

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
        return [notice for lesson in lessons for notice in vault.learn(lesson, request.sequence)]


def _windows(requests: Iterable[Request]) -> Iterator[list[Request]]:
    """Messages that are read ahead together: few enough that none has to wait long."""
    window: list[Request] = []
    size = 0
    for request in requests:
        window.append(request)
        size += len(request.content)
        if len(window) == _MESSAGES_AHEAD or size >= _BYTES_AHEAD:
            yield window
            window, size = [], 0
    if window:
        yield window


def _lessons(who: Identification, stated: Mapping[str, Sequence[Stated]], origin: str) -> list[Lesson]:
    """What a message teaches about those who go on as others."""
    return [
        Lesson(prior, survivor, tuple(dict.fromkeys(stated.get(survivor, ()))), origin)
        for prior, survivor in who.lessons
    ]


@lru_cache(maxsize=256)
def _remembered_rule(label: str, scope: str) -> Rule:
    return Rule(operator=Operator.SURROGATE, label=label, scope=Scope(scope))
