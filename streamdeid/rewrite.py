"""Turns rules and spans into edits: the one place where a replacement is chosen and put on its bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from streamdeid.draft import Draft
from streamdeid.errors import TransformError
from streamdeid.policy import Operator, Rule, Rulebook, Scope
from streamdeid.transform.operators import Subject, Transformer
from streamdeid.types import Edit, Entity, Leaf, Part, Passage, Place, Replacement, Span


class _What(NamedTuple):
    """What one edit was, for counting."""

    place: Place
    label: str
    operator: str
    by: str


class Rewriter:
    """Collects the edits of one message. `subjects` gives scope and date shift for each of its patients."""

    def __init__(self, draft: Draft, transformer: Transformer, rulebook: Rulebook, subjects: Sequence[Subject]) -> None:
        self._draft = draft
        self._document = draft.document
        self._transformer = transformer
        self._rulebook = rulebook
        self._subjects = subjects
        self._everybody = Subject("", 0)
        self._chosen: dict[tuple[int, str, int, str], str | None] = {}
        self._counts: Counter[_What] = Counter()
        self.edits: list[Edit] = []

    def fields(self) -> None:
        """Replace the values of structured fields, each whole."""
        owners = self._draft.who.owners
        for leaf, rule in self._draft.ruled:
            subject = owners[leaf.unit]
            key = (id(rule), leaf.text, subject, leaf.place.lineage[-1])
            if key in self._chosen:
                new = self._chosen[key]
            else:
                entity = Entity(rule.label or "DATE", leaf.text, subject=subject)
                new = self._chosen[key] = self._choose(rule, entity, leaf.text, leaf)
            if new is not None and new != leaf.text:
                self.edits.append(Edit(leaf.start, leaf.end, self._document.encode(leaf, new)))
                self._counts[_What(leaf.place, rule.label or "", rule.operator, "")] += 1

    def strays(self, strong: dict[str, Entity]) -> None:
        """Replace identifiers of the message that stand, whole, in a place that the policy keeps."""
        for leaf in self._draft.kept:
            entity = strong.get(leaf.text)
            if entity is not None:
                self._mention(leaf, 0, len(leaf.text), Span(0, len(leaf.text), entity.label, 1.0, "stray", entity))

    def passage(self, passage: Passage, spans: Sequence[Span]) -> None:
        """Replace what detectors found in a passage. `spans` are disjoint and in order. A finding that runs over
        several rows is replaced in the first; what it had on the others goes."""
        for span in spans:
            pieces = [part for part in passage.parts if part.start < span.end and part.end > span.start]
            if len(pieces) == 1:
                part = pieces[0]
                self._mention(part.leaf, span.start - part.start, span.end - part.start, span)
            elif pieces:
                self._broken_mention(passage, pieces, span)

    def replacements(self) -> tuple[Replacement, ...]:
        """What was done, counted by place, label, operator and detector."""
        return tuple(
            Replacement(what.place.path, what.label, what.operator, what.by, count)
            for what, count in self._counts.items()
        )

    def _broken_mention(self, passage: Passage, pieces: list[Part], span: Span) -> None:
        text = passage.text[span.start : span.end].replace("\n", " ")
        new = self._replacement(span, text, pieces[0].leaf)
        if new is None:
            return
        for number, part in enumerate(pieces):
            start, end = max(span.start, part.start) - part.start, min(span.end, part.end) - part.start
            self._put(part.leaf, start, end, new if number == 0 else "", span)

    def _mention(self, leaf: Leaf, start: int, end: int, span: Span) -> None:
        text = leaf.text[start:end]
        new = self._replacement(span, text, leaf)
        if new is not None and new != text:
            self._put(leaf, start, end, new, span)

    def _put(self, leaf: Leaf, start: int, end: int, new: str, span: Span) -> None:
        first, last = self._document.locate(leaf, start, end)
        self.edits.append(Edit(first, last, self._document.encode(leaf, new)))
        rule = self._rulebook.label_rule(span.label)
        self._counts[_What(leaf.place, span.label, rule.operator, span.by)] += 1

    def _replacement(self, span: Span, text: str, leaf: Leaf) -> str | None:
        rule = self._rulebook.label_rule(span.label)
        entity = span.entity
        if rule.operator is Operator.KEEP:
            return None
        if entity is None:
            return self._choose(rule, Entity(span.label, text, subject=self._draft.who.owners[leaf.unit]), text, leaf)
        stated = self._draft.entities.get(entity)
        if stated is not None and stated.operator is rule.operator:
            rule = stated
        return self._choose(rule, entity, text, leaf)

    def _choose(self, rule: Rule, entity: Entity, mention: str, leaf: Leaf) -> str | None:
        """What replaces a mention of an entity; None where it stays as it is.

        A field's value and its mention in a sentence come here with the same entity and scope, and so agree.
        """
        subject = self._subjects[entity.subject]
        if rule.scope is Scope.ENTITY:
            subject = Subject(self._everybody.scope, subject.days)
        try:
            return self._transformer.apply(
                rule.operator,
                entity,
                subject=subject,
                mention=mention,
                datatype=leaf.place.lineage[-1],
                format=self._document.format,
                parameters={"with": rule.text} if rule.text is not None else {},
            )
        except TransformError as fault:
            raise TransformError(fault.code, self._document.path(leaf)) from None
