"""What the surrogates of one message are keyed on, where a policy says more than patient and value (see `keying`).

A source counts by its text alone, without case and outer blanks, so that a field, a header and a finding that say the
same are the same. One that a message does not have counts as empty, and the patient's key goes with it: two patients do
not fall together where both lack it. In plain text, which is about nobody, the text itself stands for its patient as
long as the value is no source.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from streamdeid.formats import hl7_path
from streamdeid.formats.er7 import Er7Document
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_elements import elements_of
from streamdeid.formats.fhir_paths import PathTable
from streamdeid.formats.fhir_tables import PRIMITIVES, load
from streamdeid.formats.hl7_path import Hl7Path
from streamdeid.formats.hl7_places import Er7Place
from streamdeid.identity import NO_PATIENT
from streamdeid.message.case import Case
from streamdeid.policy.keying import SELF, Source, Sources
from streamdeid.transform.identifiers import KEYED
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import Subject
from streamdeid.types import Document, Leaf, Passage, Span

#: Between the texts of several findings.
_BETWEEN: Final = "\x1f"
#: Between the parts of one name.
_JOINT: Final = re.compile(r"\.?,?[ \t]{1,2}|-")
_DIGITS: Final = 32
_NAME_DIGITS: Final = 16


class Key(NamedTuple):
    """What surrogates are drawn under: a scope, and whether the value plays no part."""

    scope: str
    shared: bool


class Mention(NamedTuple):
    """A finding in the text of a message: whose it is, its label, and its text. `follows`: it may be the next part of
    the name before it."""

    subject: int
    label: str
    text: str
    follows: bool = False


class KeySources:
    """The sources of one policy under one secret."""

    def __init__(self, prf: Prf, keyings: Iterable[Sources]) -> None:
        self._prf = prf
        sources = {source for keying in keyings for source in keying}
        paths = {path for source in sources if source.kind == "field" for path in source.names}
        self._hl7 = {path: parsed for path in paths if (parsed := hl7_path.parse(path)) is not None}
        self._fhir = {path: PathTable([(path, True)]) for path in paths - self._hl7.keys()}
        self._headers = sorted(source.names[0] for source in sources if source.kind == "header")
        self._takes_key = Source("key") in sources

    def carried(self, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> str:
        """What the headers and the key of a Kafka record say to the policy, as keyed hashes: nothing can be read from
        it, and it is short whatever they hold. Empty where the policy asks for none of them, or the record has none."""
        if not self._headers and not self._takes_key:
            return ""
        last = dict(headers)
        given = [(Source("header", (name,)), last.get(name)) for name in self._headers]
        given += [(Source("key"), key)] if self._takes_key else []
        said = [(source, self.hashed((value or b"").decode("utf-8", "replace"))) for source, value in given]
        return ",".join(f"{self.name(source)}:{value}" for source, value in said if value)

    def of(
        self, case: Case, subjects: Sequence[Subject], carried: str, mentions: Callable[[], Sequence[Mention]]
    ) -> MessageKeys:
        """The keys of one message. `carried` is what `carried` gave for its record; `mentions` finds what its text
        mentions, and is asked only if that is a source."""
        return MessageKeys(self, case, subjects, dict(_pairs(carried)), mentions)

    def scope(self, parts: Sequence[str]) -> str:
        """The scope for what the sources say, in order."""
        return KEYED + self._prf.digest("", "keyed_on", "\n".join(parts)).hex()[:_DIGITS]

    def values(self, document: Document, path: str) -> Iterator[Leaf]:
        """The leaves at a path, in the order of the message."""
        if isinstance(document, Er7Document) and path in self._hl7:
            return _at_hl7_path(document, self._hl7[path])
        if isinstance(document, FhirDocument) and path in self._fhir:
            return _at_fhir_path(document, self._fhir[path])
        return iter(())

    def name(self, source: Source) -> str:
        """What a header, or the key, is called in what is carried."""
        return self._prf.digest("", "keyed_on name", f"{source.kind} {''.join(source.names)}").hex()[:_NAME_DIGITS]

    def hashed(self, text: str) -> str:
        """What stands for a source's text; empty for an empty one."""
        plain = " ".join(text.split()).casefold()
        return self._prf.digest("", "keyed_on value", plain).hex()[:_DIGITS] if plain else ""


class MessageKeys:
    """What the surrogates of one message are keyed on."""

    def __init__(
        self,
        sources: KeySources,
        case: Case,
        subjects: Sequence[Subject],
        carried: Mapping[str, str],
        mentions: Callable[[], Sequence[Mention]],
    ) -> None:
        self._sources = sources
        self._case = case
        self._subjects = subjects
        self._carried = carried
        self._mentions = mentions
        self._known: dict[tuple[Sources, int], Key] = {}

    def key(self, keyed_on: Sources, subject: int) -> Key:
        """The key for values of a patient, who is given as an index."""
        at = (keyed_on, subject)
        key = self._known.get(at)
        if key is None:
            is_shared = SELF not in keyed_on
            parts = [self._part(source, subject, is_shared) for source in keyed_on]
            key = self._known[at] = Key(self._sources.scope(parts), is_shared)
        return key

    def _part(self, source: Source, subject: int, is_shared: bool) -> str:
        if source.kind == "self":
            return "self"
        if source.kind == "patient":
            return f"patient {self._patient(subject, is_shared)}"
        said = self._said(source, subject)
        return f"says {said}" if said else f"silent {self._patient(subject, is_shared)}"

    def _patient(self, subject: int, is_shared: bool) -> str:
        scope, patients = self._subjects[subject].scope, self._case.patients
        if is_shared and patients[subject] == NO_PATIENT:
            return f"{scope} {hashlib.sha256(self._case.draft.document.raw).hexdigest()}"
        return scope

    def _said(self, source: Source, subject: int) -> str:
        """What stands for what the message says; empty where it says nothing."""
        if source.kind in ("header", "key"):
            return self._carried.get(self._sources.name(source), "")
        texts = [self._field(source, subject)] if source.kind == "field" else list(self._matched(source, subject))
        return self._sources.hashed(_BETWEEN.join(texts))

    def _field(self, source: Source, subject: int) -> str:
        """The first value at the first path that has any: of this patient, or of the header before all patients."""
        draft, who = self._case.draft, self._case.who
        first = min(who.stating, default=0)
        for path in source.names:
            found = [leaf for leaf in self._sources.values(draft.document, path) if leaf.text.strip()]
            own = (leaf for leaf in found if draft.owners[leaf.unit] == subject)
            common = (leaf for leaf in found if leaf.unit < first and isinstance(leaf.place, Er7Place))
            leaf = next(own, None) or next(common, None)
            if leaf is not None:
                return leaf.text
        return ""

    def _matched(self, source: Source, subject: int) -> Iterable[str]:
        """The texts that a label's `match` and `until` pick; where the text has none of the label at all, of what
        fields of this message, or of earlier ones of the patient, have stated."""
        (label,) = source.names
        found = _texts((one for one in self._mentions() if one.subject == subject), label)
        if not found:
            entities = self._case.draft.entities
            found = [one.value for one in entities if one.subject == subject and _is(one.label, label)]
        first = source.match + (len(found) if source.match < 0 else 0)
        until = first if source.until is None else source.until + (len(found) if source.until < 0 else 0)
        if source.until is None and first < 0:
            return ()
        return found[max(first, 0) : max(until + 1, 0)]


def mentions_of(passage: Passage, spans: Sequence[Span], subject: int) -> Iterator[Mention]:
    """What the spans of a passage mention. `spans` are disjoint and in order."""
    last: Span | None = None
    for span in spans:
        between = passage.text[last.end : span.start] if last is not None else ""
        are_parts = last is not None and last.entity is not None and span.entity is not None
        follows = are_parts and _JOINT.fullmatch(between) is not None
        yield Mention(subject, span.label, passage.text[span.start : span.end], follows)
        last = span


def _texts(mentions: Iterable[Mention], label: str) -> list[str]:
    """The texts of those with a label; for the label NAME a known name is one, and not its parts."""
    found: list[str] = []
    was_part = False
    for one in mentions:
        is_meant = _is(one.label, label)
        if is_meant and one.follows and was_part and label == "NAME":
            found[-1] += f" {one.text}"
        elif is_meant:
            found.append(one.text)
        was_part = is_meant
    return found


def _is(label: str, wanted: str) -> bool:
    return label == wanted or label.startswith(f"{wanted}/")


def _pairs(carried: str) -> Iterator[tuple[str, str]]:
    for pair in carried.split(",") if carried else ():
        name, _, value = pair.partition(":")
        yield name, value


def _at_hl7_path(document: Er7Document, path: Hl7Path) -> Iterator[Leaf]:
    """The values at a path. One that stops at the field or component means its first part, as Terser has it."""
    units = document.units(path.segment)
    for unit in units[path.occurrence - 1 : path.occurrence] if path.occurrence else units:
        for leaves in document.fields(unit, path.field):
            if path.repetition and _repetition(document, leaves[0]) != path.repetition:
                continue
            yield from (leaf for leaf in leaves if isinstance(leaf.place, Er7Place) and _is_part(leaf.place, path))


def _is_part(place: Er7Place, path: Hl7Path) -> bool:
    return (place.component, place.subcomponent) == (path.component or 1, path.subcomponent or 1)


def _repetition(document: Er7Document, leaf: Leaf) -> int:
    found = hl7_path.parse(document.path(leaf))
    return found.repetition or 1 if found is not None else 1


def _at_fhir_path(document: FhirDocument, table: PathTable[bool]) -> Iterator[Leaf]:
    """The values that a path leads to, without the ids and extensions of primitives."""
    by_criterion = table.in_message(document)
    places: dict[object, bool] = {}
    for leaf in document.leaves:
        picked = places.get(leaf.place)
        if picked is None:
            picked = places[leaf.place] = bool(table.at(leaf.place))
        if picked or leaf.start in by_criterion:
            elements = elements_of(load(document.release), leaf.place)
            if not any(element.type in PRIMITIVES for element in elements[:-1]):
                yield leaf
