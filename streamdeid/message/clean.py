"""Cleans an opened message: fields, enclosed documents, narrative, and a last look before it may leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

from streamdeid.detect.known import KnownDetector, is_distinctive
from streamdeid.detect.resolve import Decide, resolve
from streamdeid.errors import DetectorError
from streamdeid.formats.fhir_tags import security_tag_edits, security_tags_anew
from streamdeid.formats.splice import splice
from streamdeid.message.case import Case
from streamdeid.message.chooser import Chooser
from streamdeid.message.draft import Draft
from streamdeid.message.rewrite import Rewriter, merged_counts
from streamdeid.message.surrogate_keys import KeySources, Mention, MessageKeys, mentions_of
from streamdeid.message.verify import Survivor, survivors, verify, verify_structure
from streamdeid.policy.policy import Policy
from streamdeid.policy.rulebook import Rulebook
from streamdeid.transform.operators import Subject
from streamdeid.types import Edit, Entity, Passage, Replacement, Span

#: Characters that a detector is given at once; between two such parts the message's time is looked at.
_WINDOW = 500_000
_BESIDE = 1_000


class Detector(Protocol):
    """Finds identifiers in a text by the text alone."""

    def __call__(self, text: str) -> list[Span]:
        """The findings, in any order; they may overlap."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A detector that is faster at many texts at once."""

    def prefetch(self, texts: Iterable[str]) -> None:
        """Read texts that it is going to be asked for, and remember what is in them."""
        ...


_Read = tuple[Passage, list[Span]]


@dataclass(frozen=True, slots=True)
class _Work:
    """What cleaning needs to know of the whole case, and what was done."""

    case: Case
    subjects: Sequence[Subject]
    known: KnownDetector
    originals: Mapping[bytes, Entity]
    keys: MessageKeys | None = None
    replacements: list[tuple[Replacement, ...]] = field(default_factory=list)
    #: What has been read ahead of its draft's turn, by the draft's `id`.
    read: dict[int, list[_Read]] = field(default_factory=dict)


class Cleaner:
    """Applies one policy's rules and the detectors to opened messages."""

    def __init__(
        self,
        policy: Policy,
        rulebook: Rulebook,
        chooser: Chooser,
        detectors: Sequence[Detector],
        decide: Decide = resolve,
        sources: KeySources | None = None,
    ) -> None:
        self._policy = policy
        self._sources = sources
        self._rulebook = rulebook
        self._chooser = chooser
        self._detectors = detectors
        self._decide = decide

    def __call__(
        self, case: Case, subjects: Sequence[Subject], carried: str = ""
    ) -> tuple[bytes, tuple[Replacement, ...]]:
        """The clean bytes of a case, and what was done to it. `carried` is that of `KeySources`.

        Raises:
            QuarantineError: a replacement cannot be made, a detector failed, or an original would stay readable.
        """
        work = _Work(case, subjects, _known_detector(tuple(case.draft.entities)), case.originals())
        if self._sources is not None:
            work = replace(work, keys=self._sources.of(case, subjects, carried, lambda: self._mentions(work)))
        output = self._clean(case.draft, work)
        return output, merged_counts(work.replacements)

    def _clean(self, draft: Draft, work: _Work) -> bytes:
        """The clean bytes of a message or an enclosed document."""
        rewriter = Rewriter(draft, self._chooser, self._rulebook, work.subjects, work.keys, work.case.draft)
        rewriter.fields()
        rewriter.enclosed([None if inner is None else self._clean(inner, work) for _, inner in draft.inner])
        for passage, spans in self._read(draft, work):
            rewriter.passage(passage, spans)
        tags = self._tags(draft, rewriter) if draft is work.case.draft else []
        output, edits = self._spliced(draft, rewriter, tags)
        kept = {leaf.start for leaf in draft.kept}
        missed = survivors(draft.document, output, edits, work.originals, kept)
        if missed:
            for survivor in _apart(missed):
                rewriter.survivor(survivor, work.originals[survivor.original])
            output, edits = self._spliced(draft, rewriter, tags)
            verify(draft.document, output, edits, work.originals, kept)
        else:
            verify_structure(draft.document, output)
        work.replacements.append(rewriter.replacements())
        return output

    def _tags(self, draft: Draft, rewriter: Rewriter) -> Sequence[Edit]:
        codes, document = self._policy.fhir.tags, draft.document
        return rewriter.beside(security_tag_edits(document, codes), security_tags_anew(document, codes))

    def _spliced(self, draft: Draft, rewriter: Rewriter, tags: Sequence[Edit]) -> tuple[bytes, list[Edit]]:
        edits = sorted([*rewriter.edits, *tags])
        draft.check()
        return splice(draft.document.raw, edits), edits

    def _mentions(self, work: _Work) -> list[Mention]:
        """What the whole case's text mentions, in its order. It is read now, and not again when it is its turn."""
        found: list[Mention] = []
        for draft in work.case.draft.family():
            read = work.read[id(draft)] = list(self._read(draft, work))
            for passage, spans in read:
                found += mentions_of(passage, spans, draft.owners[passage.parts[0].leaf.unit])
        return found

    def _read(self, draft: Draft, work: _Work) -> Iterator[_Read]:
        """The passages in which something is found, with that."""
        if id(draft) in work.read:
            yield from work.read[id(draft)]
            return
        passages = draft.document.passages(draft.texts)
        if not passages:
            return
        mentions = work.known.find_all([passage.text for passage in passages])
        draft.check()
        for passage, spans in zip(passages, mentions, strict=True):
            found = self._found(passage, spans, draft.check)
            if found:
                yield passage, self._decide(found, passage.text)
            draft.check()

    def _found(self, passage: Passage, known: list[Span], check: Callable[[], None]) -> list[Span]:
        found = known
        for start, end in _windows(passage.text):
            for detector in self._detectors:
                found = found + _read(detector, passage.text, start, end)
            if end < len(passage.text):
                check()
        return found


def narrative(case: Case) -> list[str]:
    """The texts of a case that the detectors will be shown whole."""
    drafts = (draft for draft in case.draft.family() if draft.texts)
    texts = (passage.text for draft in drafts for passage in draft.document.passages(draft.texts))
    return [text for text in texts if len(text) <= _WINDOW]


def _read(detector: Detector, text: str, start: int, end: int) -> list[Span]:
    """What a detector finds that begins in a part of a text. It is shown some more on both sides, so that what stands
    across a cut, and what announces it, is seen.

    Raises:
        DetectorError: the detector failed. It has seen nothing then, and the message may not leave.
    """
    first = max(0, start - _BESIDE)
    try:
        spans = detector(text if first == 0 and end == len(text) else text[first : end + _BESIDE])
    except DetectorError:
        raise
    except Exception as fault:
        raise DetectorError("detector.failure", type(fault).__name__) from None
    if first == 0 and end == len(text):
        return spans
    moved = (span._replace(start=span.start + first, end=span.end + first) for span in spans)
    return [span for span in moved if start <= span.start < end]


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """A text in parts that a detector reads in a bounded time, cut between lines, or between words where lines are
    long. What has neither is cut where it is: nobody wrote that as text."""
    start = 0
    while len(text) - start > _WINDOW:
        limit = start + _WINDOW
        cut = text.rfind("\n", start + _WINDOW // 2, limit) + 1 or text.rfind(" ", start + _WINDOW // 2, limit) + 1
        yield start, cut or limit
        start = cut or limit
    yield start, len(text)


def _apart(missed: Iterable[Survivor]) -> list[Survivor]:
    """Those that were copied whole, the longest first where they overlap."""
    chosen: list[Survivor] = []
    for survivor in sorted(missed, key=lambda one: (one.start, -one.end)):
        if survivor.end and (not chosen or survivor.start >= chosen[-1].end):
            chosen.append(survivor)
    return chosen


@lru_cache(maxsize=256)
def _known_detector(entities: tuple[Entity, ...]) -> KnownDetector:
    """One patient's messages often come in a row, and state the same values."""
    return KnownDetector(entity for entity in entities if is_distinctive(entity) or _is_initial(entity))


def _is_initial(entity: Entity) -> bool:
    """Whether it tells somebody's initials, together with the other names."""
    return entity.label == "NAME/GIVEN" and len(entity.value.rstrip(".")) == 1 and entity.value[0].isalpha()
