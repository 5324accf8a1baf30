"""Turns rules and spans into edits: the one place where a replacement is chosen and put on its bytes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from streamdeid.errors import TransformError
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_omission import omissions
from streamdeid.formats.hl7_variants import checked_number
from streamdeid.formats.respelling import respelled
from streamdeid.message.astray import held_as
from streamdeid.message.chooser import Chooser, Stated
from streamdeid.message.dating import day_of, latest_day
from streamdeid.message.draft import Draft
from streamdeid.message.enclosed import beside_edits, closed, marked
from streamdeid.message.neighbours import together
from streamdeid.message.surrogate_keys import MessageKeys
from streamdeid.message.verify import Survivor
from streamdeid.policy.policy import Operator, Rule, Scope
from streamdeid.policy.rulebook import Rulebook
from streamdeid.transform.check_schemes import carried_over
from streamdeid.transform.name_parts import label_in_text
from streamdeid.transform.strategy import OMITTED, Manner, Subject, manner
from streamdeid.types import Edit, Entity, Leaf, Part, Passage, Place, Replacement, Span

_WITH_YEAR = re.compile(r"\d{4}")
#: So many characters before a finding are looked at for what it is.
_BEFORE = 24
#: Text that has no need of an escape in any format.
_PLAIN = re.compile(r"[A-Za-z0-9 ,.:;()_+@/#-]+")


class _What(NamedTuple):
    """What one edit was, for counting."""

    place: Place
    label: str
    operator: str
    by: str


class Rewriter:
    """Collects the edits of one message. `subjects` gives scope and date shift for each of its patients; `keys` what
    else surrogates are keyed on, if the policy says more. `outer` is the message that encloses this one, or itself: it
    tells of when the text is."""

    def __init__(
        self,
        draft: Draft,
        chooser: Chooser,
        rulebook: Rulebook,
        subjects: Sequence[Subject],
        keys: MessageKeys | None = None,
        outer: Draft | None = None,
    ) -> None:
        self._draft = draft
        self._outer = draft if outer is None else outer
        self._document = draft.document
        self._format = draft.document.format
        self._choose = chooser.choose
        self._exact = chooser.exact
        self._rulebook = rulebook
        self._subjects = subjects
        self._anybody = [subject._replace(scope="") for subject in subjects]
        self._keys = keys
        self._counts: Counter[_What] = Counter()
        self._gone: list[tuple[int, int]] = []
        self._near = 0
        self.edits: list[Edit] = []

    def fields(self) -> None:
        """Replace the values of structured fields, each whole."""
        owners, encode, check_digit = self._draft.owners, self._document.encode, Operator.CHECK_DIGIT
        beside = self._draft.beside
        done: list[_What] = []
        omitted: list[Leaf] = []
        for leaf, decision in self._draft.ruled:
            text = leaf.text
            if decision.rule.operator is check_digit:
                new: str | None = self._check_digit(leaf)
            else:
                stated = decision.label, text, beside.get(leaf.start, "") if beside else "", owners[leaf.unit]
                new = self._replacement(decision.rule, decision.manner, stated, text, leaf)
            if new is OMITTED and isinstance(self._document, FhirDocument):
                omitted.append(leaf)
            elif new is not None and new != text:
                operator = decision.rule.operator
                if operator is Operator.FORMAT_PRESERVING:
                    content = respelled(self._document, leaf, new)
                else:
                    is_token = operator is Operator.ENCRYPT
                    content = encode(leaf, self._token(leaf, leaf.start, leaf.end, text, new) if is_token else new)
                self.edits.append(Edit(leaf.start, leaf.end, content))
            else:
                continue
            done.append(_What(leaf.place, decision.label, decision.rule.operator, ""))
        self._counts.update(done)
        self._omit(omitted)

    def _omit(self, leaves: Sequence[Leaf]) -> None:
        """Leave elements of a FHIR resource out. What else would be changed in them goes with them."""
        if not leaves or not isinstance(self._document, FhirDocument):
            return
        removals = omissions(self._document, leaves)
        self._gone = [(edit.start, edit.end) for edit in removals]
        self.edits = [edit for edit in self.edits if not self._is_gone(edit)] + removals

    def beside(self, edits: Sequence[Edit], otherwise: Sequence[Edit] = ()) -> Sequence[Edit]:
        """Edits that others want to make, if there is still something to make them to, or else the other ones."""
        is_there = not any(start < edit.start < end for edit in edits for start, end in self._gone)
        return edits if is_there else otherwise

    def _is_gone(self, edit: Edit) -> bool:
        if not self._gone:
            return False
        at = bisect_right(self._gone, (edit.start, edit.end)) - 1
        around = self._gone[max(at, 0) : at + 2]
        return any(start <= edit.start and edit.end <= end for start, end in around)

    def enclosed(self, contents: Sequence[bytes | None]) -> None:
        """Put the clean contents of enclosed documents back, in the order of the draft's `inner`; None becomes a
        marker."""
        encode = self._document.encode
        for (holder, _), content in zip(self._draft.inner, contents, strict=True):
            leaf = holder.leaf
            new = marked(holder) if content is None else closed(holder, content)
            edit = Edit(leaf.start, leaf.end, encode(leaf, new))
            if new != leaf.text and not self._is_gone(edit):
                self.edits.append(edit)
                beside = [one for one in beside_edits(holder, new, encode) if not self._is_gone(one)]
                replaced = {edit.start for edit in beside}
                self.edits = [edit for edit in self.edits if edit.start not in replaced] + beside
                operator = Operator.REMOVE if content is None else Operator.DOCUMENT
                self._counts[_What(leaf.place, "", operator, "")] += 1

    def survivor(self, survivor: Survivor, entity: Entity) -> None:
        """Replace a value that every stage before has missed: a number in a code or a URL, a name in odd spelling."""
        leaf, text = survivor.leaf, self._document.raw[survivor.start : survivor.end].decode("utf-8", "replace")
        span = Span(0, 0, entity.label, 1.0, "survivor", entity)
        new = self._of_span(span, text, leaf)
        if new is not None and new != text:
            if self._rulebook.label_rule(span.label).operator is Operator.ENCRYPT:
                new = self._token(leaf, survivor.start, survivor.end, text, new)
            self.edits.append(Edit(survivor.start, survivor.end, self._document.encode(leaf, new)))
            self._count(leaf, span)

    def passage(self, passage: Passage, spans: Sequence[Span]) -> None:
        """Replace what detectors found in a passage. `spans` are disjoint and in order. A finding that runs over
        several rows is replaced in the first; what it had on the others goes."""
        spans = together(passage.text, spans, self._draft.owners[passage.parts[0].leaf.unit], self._draft.entities)
        if self._rulebook.merges:
            spans = self._merged(passage.text, spans)
        self._near = self._day_near(passage.text, spans)
        parts = passage.parts
        starts = [part.start for part in parts]
        for span in spans:
            first, last = bisect_right(starts, span.start) - 1, bisect_left(starts, span.end)
            pieces = [part for part in parts[max(first, 0) : last] if part.end > span.start]
            if len(pieces) == 1:
                part = pieces[0]
                self._mention(part.leaf, span.start - part.start, span.end - part.start, span)
            elif pieces:
                self._broken_mention(passage, pieces, span)

    def replacements(self) -> tuple[Replacement, ...]:
        """What was done, counted by place, label, operator and detector."""
        return tuple(
            Replacement(what.place.path, what.label, what.operator, what.by, times)
            for what, times in self._counts.items()
        )

    def _check_digit(self, leaf: Leaf) -> str:
        """The check digit of the number beside it, as that is in the output; empty where the true one was wrong."""
        stated = checked_number(self._document.leaves, leaf)
        if stated is None:
            return ""
        number, scheme = stated
        ruled = self._draft.ruled
        at = bisect_left(ruled, number.start, key=lambda pair: pair[0].start)
        if at == len(ruled) or ruled[at][0].start != number.start:
            return leaf.text  # the policy keeps the number
        _, decision = ruled[at]
        entity = decision.label, number.text, "", self._draft.owners[leaf.unit]
        new = self._replacement(decision.rule, decision.manner, entity, number.text, number)
        return carried_over(scheme, number.text, leaf.text, number.text if new is None else new) or ""

    @cached_property
    def _day(self) -> int:
        return day_of(self._outer)

    def _day_near(self, text: str, spans: Sequence[Span]) -> int:
        """The day that a text's dates without a year lie near to: that of the message, or of the text where that says
        none; 0 where neither does, or all its dates have years."""
        dates = {text[span.start : span.end]: span.label for span in spans if span.label.startswith("DATE")}
        if all(map(_WITH_YEAR.search, dates)):
            return 0
        return self._day or latest_day(date for date, label in dates.items() if label != "DATE/BIRTH")

    def _merged(self, text: str, spans: Sequence[Span]) -> Sequence[Span]:
        """The spans, but those of one family with only blanks between them as one where they are masked alike."""
        merged: list[Span] = []
        for span in spans:
            last = merged[-1] if merged else None
            is_beside = last is not None and not text[last.end : span.start].strip(" \t")
            if last is not None and is_beside and self._are_one(last, span) and "\n" not in text[last.start : span.end]:
                merged[-1] = last._replace(end=span.end, entity=None)
            else:
                merged.append(span)
        return merged

    def _are_one(self, left: Span, right: Span) -> bool:
        rules = (self._rulebook.label_rule(span.label) for span in (left, right))
        is_family = left.label.partition("/")[0] == right.label.partition("/")[0]
        return is_family and all(rule.strategy.merges for rule in rules)

    def _broken_mention(self, passage: Passage, pieces: list[Part], span: Span) -> None:
        if self._rulebook.label_rule(span.label).operator is Operator.ENCRYPT:  # the way back leads to each of them
            for part in pieces:
                self._mention(part.leaf, *_within(part, span), span)
            return
        text = passage.text[span.start : span.end].replace("\n", " ")
        new = self._of_span(span, text, pieces[0].leaf)
        if new is None:
            return
        for number, part in enumerate(pieces):
            self._put(part.leaf, *_within(part, span), new if number == 0 else "", span)

    def _mention(self, leaf: Leaf, start: int, end: int, span: Span) -> None:
        text = leaf.text[start:end]
        new = self._of_span(span, text, leaf, leaf.text[max(0, start - _BEFORE) : start])
        if new is not None and new != text:
            self._put(leaf, start, end, new, span)

    def _put(self, leaf: Leaf, start: int, end: int, new: str, span: Span) -> None:
        first, last = self._document.locate(leaf, start, end)
        if self._rulebook.label_rule(span.label).operator is Operator.ENCRYPT:
            new = self._token(leaf, first, last, leaf.text[start:end], new)
        edit = Edit(first, last, self._document.encode(leaf, new))
        if not self._is_gone(edit):
            self.edits.append(edit)
            self._count(leaf, span)

    def _token(self, leaf: Leaf, first: int, last: int, text: str, token: str) -> str:
        """The token of a text, with the bytes `first` to `last` where the text alone does not tell how it is written:
        with an escape, or in a character set that shows only where there is such text."""
        written = self._document.raw[first:last]
        is_plain = written == text.encode("utf-8", "replace") and _PLAIN.fullmatch(text) is not None
        return token if is_plain else self._exact(token, written, self._format)

    def _count(self, leaf: Leaf, span: Span) -> None:
        rule = self._rulebook.label_rule(span.label)
        self._counts[_What(leaf.place, span.label, rule.operator, span.by)] += 1

    def _of_span(self, span: Span, text: str, leaf: Leaf, before: str = "") -> str | None:
        """What stands for a mention; None where it stays as it is. A mention of a known value is replaced as the field
        that states the value was, so that the two agree. `before` is what stands before it."""
        rule = self._rulebook.label_rule(span.label)
        if rule.operator is Operator.KEEP:
            return None
        owner = self._draft.owners[leaf.unit]
        entity = span.entity or Entity(span.label, text, "", owner)
        if span.entity is None and before and rule.operator is Operator.SURROGATE and span.label.startswith("NAME"):
            entity = entity._replace(label=label_in_text(span.label, text, before))
        own = entity._replace(subject=owner)  # two patients may share a name: a text is about its own
        if own in self._draft.entities:
            entity = own
        stated = self._draft.entities.get(entity)
        if stated is not None and stated.operator is rule.operator:
            rule = stated
        how = manner(rule.strategy, held_as(leaf.place.lineage[-1], leaf.text, self._format), self._format)
        return self._replacement(rule, how, entity, text, leaf)

    def _replacement(self, rule: Rule, how: Manner, entity: Stated, mention: str, leaf: Leaf) -> str | None:
        """What stands for a mention of an entity."""
        label, value, _, owner = entity
        is_shared = False
        subject = (self._anybody if rule.scope is Scope.ENTITY else self._subjects)[owner]
        if rule.keyed_on is not None and self._keys is not None:
            scope, is_shared = self._keys.key(rule.keyed_on, owner)
            subject = subject._replace(scope=scope)
        if self._near and label.startswith("DATE"):
            subject = subject._replace(near=self._near)
        number = self._draft.number(label, value, owner) if how.is_numbered else 0
        try:
            return self._choose(how, entity, mention, subject, number, is_shared)
        except TransformError as fault:
            raise TransformError(fault.code, self._document.path(leaf)) from None


def _within(part: Part, span: Span) -> tuple[int, int]:
    """What of a part lies in a span, counted from the part's start."""
    return max(span.start, part.start) - part.start, min(span.end, part.end) - part.start


def merged_counts(replacements: Sequence[tuple[Replacement, ...]]) -> tuple[Replacement, ...]:
    """Replacements of a message and of what it encloses, counted together."""
    if len(replacements) == 1:
        return replacements[0]
    times: Counter[Replacement] = Counter()
    for replacement in chain.from_iterable(replacements):
        times[replacement._replace(times=0)] += replacement.times
    return tuple(replacement._replace(times=number) for replacement, number in times.items())
