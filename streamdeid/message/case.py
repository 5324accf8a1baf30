"""A message opened with all that it encloses: scanned, its patients named, every leaf under its rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from streamdeid.detect.known import is_distinctive
from streamdeid.errors import DetectorError, IdentityError
from streamdeid.identity import Identification, Identifying
from streamdeid.message.draft import Decisions, Draft
from streamdeid.message.enclosed import DEPTH, enclosure, open_enclosure
from streamdeid.message.scan import Scanned, scan
from streamdeid.policy.policy import Policy
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Document, Entity, Format


class Deadline:
    """How long a message may take: `seconds` by `clock`, from now on or from when it is taken up again."""

    __slots__ = ("_at", "_clock", "_seconds")

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self.restart()

    def restart(self) -> None:
        """The message has waited for others; that is not held against it."""
        self._at = self._clock() + self._seconds

    def __call__(self) -> None:
        """Raises DetectorError when the time is up."""
        if self._clock() > self._at:
            raise DetectorError("message.timeout")


@dataclass(frozen=True, slots=True)
class Case:
    """A message with all that it encloses. `patients` are those of both; a subject is an index into it. `deadline` is
    what all of its drafts look at."""

    who: Identification
    patients: list[str]
    draft: Draft
    deadline: Deadline

    def originals(self) -> dict[bytes, Entity]:
        """The values that may not be readable in the output, in lower case, as they stand in the bytes and as text."""
        found: dict[bytes, Entity] = {}
        for draft in self.draft.family():
            raw = draft.document.raw
            for leaf, decision in draft.ruled:
                if decision.vanishes and _must_vanish(decision.label, leaf.text):
                    entity = draft.stated[leaf.start]
                    written, read = raw[leaf.start : leaf.end], leaf.text.encode()
                    found.setdefault(written.strip().lower(), entity)
                    if read != written:
                        found.setdefault(read.strip().lower(), entity)
        return found


def stated_values(who: Identification, draft: Draft) -> Mapping[str, Sequence[tuple[Entity, str]]]:
    """The identifying values that PID and Patient state, by patient key, each with its rule's scope."""
    found: defaultdict[str, list[tuple[Entity, str]]] = defaultdict(list)
    for leaf, decision in draft.ruled:
        if decision.looked_for and leaf.unit in who.stating:
            patient = who.patients[who.owners[leaf.unit]]
            entity = draft.stated[leaf.start]
            own = entity if entity.subject == 0 else entity._replace(subject=0)
            found[patient].append((own, decision.rule.stated_scope))
    return found


class Opener:
    """Opens messages under one policy. `clock` gives monotonic seconds."""

    def __init__(
        self, policy: Policy, rulebook: Rulebook, identifying: Identifying, clock: Callable[[], float]
    ) -> None:
        self._policy = policy
        self._identifying = identifying
        self._decisions = Decisions(rulebook)
        self._clock = clock

    def __call__(self, content: bytes, format: Format) -> Case:
        """Scan a message and what it encloses, and name the patients of each.

        Raises:
            QuarantineError: it cannot be read, or is about nobody, or the policy has no rule for a place in it.
        """
        deadline = Deadline(self._clock, self._policy.limits.time(len(content)))
        scanned = scan(content, format, self._policy)
        deadline()
        who = self._identifying(scanned.document)
        case = Case(who, list(who.patients), Draft(scanned, who.owners, deadline), deadline)
        self._sort_out(case, case.draft, 0)
        for draft in case.draft.family():
            draft.name_entities()
            draft.check()
        return case

    def glance(self, scanned: Scanned, who: Identification) -> Mapping[str, Sequence[tuple[Entity, str]]]:
        """What a message states of its patients (see `stated_values`), without what it encloses.

        Raises:
            QuarantineError: the policy has no rule for a place in it, or a value is too long.
        """
        draft = Draft(scanned, who.owners, _no_limit)
        draft.sort_out(self._decisions)
        draft.name_entities()
        return stated_values(who, draft)

    def _sort_out(self, case: Case, draft: Draft, depth: int) -> None:
        draft.sort_out(self._decisions)
        draft.check()
        for leaf in draft.enclosing:
            held = enclosure(draft.document, leaf)
            scanned = open_enclosure(held, self._policy) if depth < DEPTH else None
            inner = None
            if scanned is not None:
                owners = self._inner_owners(case, scanned.document, draft.owners[leaf.unit])
                inner = Draft(scanned, owners, draft.check, draft.entities, numbers=draft.numbers, towns=draft.towns)
                self._sort_out(case, inner, depth + 1)
            draft.inner.append((held, inner))

    def _inner_owners(self, case: Case, document: Document, owner: int) -> Sequence[int]:
        """Whom an enclosed document is about: a message says so itself, anything else belongs to the leaf's patient."""
        if document.format is Format.TEXT:
            return _Everywhere(owner)
        try:
            who = self._identifying(document)
        except IdentityError:
            return _Everywhere(owner)
        case.patients.extend(patient for patient in who.patients if patient not in case.patients)
        return tuple(case.patients.index(who.patients[subject]) for subject in who.owners)


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


def _no_limit() -> None:
    """Scanning is what takes time, and that has been done."""


@lru_cache(maxsize=16_384)
def _must_vanish(label: str, value: str) -> bool:
    """Whether this value may not be readable in the output. An identifier without a digit is a word (SILVER, FHIR), and
    says nothing where it stands by itself."""
    if label.startswith("ID") and not any(map(str.isdigit, value)):
        return False
    return is_distinctive(Entity(label, value))
