"""A message on its way through the engine: scanned, its patients named, every leaf under its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from streamdeid.errors import QuarantineError, TransformError
from streamdeid.formats.address_parts import AREA_CODE, LOCAL_NUMBER, address_part
from streamdeid.message.astray import FORMAL, is_astray
from streamdeid.message.enclosed import Enclosure, is_markup
from streamdeid.message.scan import Scanned
from streamdeid.policy.policy import Operator, Rule
from streamdeid.policy.rulebook import Rulebook
from streamdeid.transform.dialling import dialled
from streamdeid.transform.mailboxes import owner_of
from streamdeid.transform.strategy import Manner, manner
from streamdeid.transform.whereabouts import Whereabouts, of_part, of_parts
from streamdeid.types import Document, Entity, Format, Leaf, Place

#: No name, number or address has more characters; to look for one, or to choose what replaces it, might take minutes
#: and gigabytes.
LONGEST_VALUE = 4096
#: Families of labels whose values are looked for in the rest of the message.
_KNOWN_FAMILIES = ("NAME", "ID", "CONTACT", "LOCATION")
#: A finer label that is looked for as well, and some that are not although their family is.
_ALSO_KNOWN = "DATE/BIRTH"
_NOT_KNOWN = frozenset(
    {
        "NAME/PREFIX",
        "NAME/SUFFIX",
        "NAME/DEGREE",
        "ID/RESOURCE",
        "LOCATION/STATE",
        "LOCATION/COUNTRY",
        "LOCATION/ROOM",
        "LOCATION/GEO",
    }
)
#: Looked for, but no reason for quarantine: the name of a hospital or an application, often an abbreviation or an
#: everyday word, identifies no patient.
_MAY_SURVIVE = frozenset({"LOCATION/ORGANIZATION", "LOCATION/HOSPITAL"})
_NAMES = frozenset({"NAME/FAMILY", "NAME/GIVEN", "NAME/FULL", "NAME"})
#: Datatypes that tell an operator more than the primitive below them: before HL7 v2.5 the first component of TS is ST.
_TELLING_DATATYPES = ("TS", "TS.1")
#: Parts of addresses that keep their surrogate where an address says less of where it is.
_TOWNS = frozenset({"LOCATION/CITY", "LOCATION/COUNTY"})


def is_looked_for(label: str | None) -> bool:
    """Whether a value with this label in one field is an identifier that is searched for everywhere else."""
    if label is None or label in _NOT_KNOWN:
        return False
    return label == _ALSO_KNOWN or label.partition("/")[0] in _KNOWN_FAMILIES


_PLACES_REMEMBERED = 100_000


class Decision(NamedTuple):
    """What a policy means for one place: its rule, and what follows from it. Made once per place.

    `label` is the rule's, or what its strategy is for; `looked_for` as `is_looked_for`; `vanishes` whether the
    value may not be readable anywhere in the output; `address_part` as the function. `formal` is the datatype, where
    the value is kept for that alone and is read all the same if it is none of it (`astray`).
    """

    rule: Rule
    label: str
    looked_for: bool
    vanishes: bool
    manner: Manner
    address_part: str
    formal: str = ""


class Decisions:
    """The decisions of one policy, remembered by place."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self.known: dict[Place, Decision] = {}

    def about(self, format: Format, place: Place) -> Decision:
        """The decision for a place.

        Raises:
            UncoveredError: the policy has no rule for it, or refuses it.
        """
        decision = self.known.get(place)
        if decision is None:
            if len(self.known) >= _PLACES_REMEMBERED:
                self.known.clear()  # senders that invent fields and extensions may not fill the memory
            decision = self.known[place] = self._decide(format, place)
        return decision

    def exceptions(self, document: Document) -> Mapping[int, Rule]:
        """Rules for single values, by `Leaf.start`: see `Rulebook.exceptions`."""
        return self._rulebook.exceptions(document)

    def _decide(self, format: Format, place: Place) -> Decision:
        decision = self.by(self._rulebook.rule(format, place), format, place)
        datatype = place.lineage[-1]
        is_formal = decision.rule.operator is Operator.KEEP and datatype in FORMAL
        if is_formal and self._rulebook.named(format, place) == datatype:
            return decision._replace(formal=datatype)
        return decision

    def by(self, rule: Rule, format: Format, place: Place) -> Decision:
        """What follows from a rule for a place."""
        looked_for = is_looked_for(rule.label)
        datatype = next((name for name in _TELLING_DATATYPES if name in place.lineage), place.lineage[-1])
        vanishes = looked_for and rule.label not in _MAY_SURVIVE
        return Decision(
            rule,
            rule.label or rule.strategy.default_label,
            looked_for,
            vanishes,
            manner(rule.strategy, datatype.partition(".")[0], format),
            address_part(place, rule.label or ""),
        )


@dataclass(slots=True)
class Draft:
    """One message, or a document inside one, between its stages.

    `owners` gives the subject of each unit. `ruled` are the structured leaves that a rule changes, `texts` those that
    the detectors read, `enclosing` those that hold a document of their own, `kept` the rest. `entities` maps each
    identifying value to the rule of the field that states it; a message and what it encloses share one, and `numbers`.
    `inner` are the enclosed documents that can be read. `beside` says by `Leaf.start` what a value's surrogate depends
    on besides the value: see `Surrogates`. `towns` are the towns whose area an address says, by label, name and owner:
    what they depend on, and their state; `settled` are the leaves that name one. All that a message encloses has to be
    sorted out before entities are named. `stated` are the identifying values by `Leaf.start`. `check` raises when the
    message's time is up.
    """

    scanned: Scanned
    owners: Sequence[int]
    check: Callable[[], None]
    entities: dict[Entity, Rule] = field(default_factory=dict)
    ruled: list[tuple[Leaf, Decision]] = field(default_factory=list)
    texts: list[Leaf] = field(default_factory=list)
    enclosing: list[Leaf] = field(default_factory=list)
    kept: list[Leaf] = field(default_factory=list)
    inner: list[tuple[Enclosure, Draft | None]] = field(default_factory=list)
    numbers: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)
    towns: dict[tuple[str, str, int], dict[str, str]] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    stated: dict[int, Entity] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """The scanned message."""
        return self.scanned.document

    def sort_out(self, decisions: Decisions) -> None:
        """Put every leaf under its rule.

        Raises:
            QuarantineError: a place without a rule, with its full path.
        """
        known, document = decisions.known.get, self.document
        keep, detect, enclosed = Operator.KEEP, Operator.DETECT, Operator.DOCUMENT
        exceptions = decisions.exceptions(document)
        addresses: dict[int, list[tuple[Decision, Leaf]]] = {}
        for leaf in document.leaves:
            decision = known(leaf.place)
            if exceptions and leaf.start in exceptions:
                decision = decisions.by(exceptions[leaf.start], document.format, leaf.place)
            elif decision is None:
                decision = self._ask(decisions, leaf)
            operator = decision.rule.operator
            if decision.address_part:
                addresses.setdefault(leaf.holder, []).append((decision, leaf))
            if operator is keep:
                is_text = decision.formal and is_astray(decision.formal, leaf.text)
                (self.texts if is_text else self.kept).append(leaf)
            elif operator is enclosed or (operator is detect and is_markup(document, leaf)):
                self.enclosing.append(leaf)
            elif operator is detect:
                self.texts.append(leaf)
            else:
                self.ruled.append((leaf, decision))
        for parts in addresses.values():
            if len(parts) > 1:
                self._place(parts)

    def _place(self, parts: Sequence[tuple[Decision, Leaf]]) -> None:
        """Note where the parts of one address are, and where its town is, if it says so."""
        stated = tuple((decision.address_part, leaf.text) for decision, leaf in parts)
        if parts[0][0].address_part in (AREA_CODE, LOCAL_NUMBER):
            self._dial(dict(stated), parts)
            return
        for decision, leaf in parts:
            where = of_part(decision.address_part, leaf.text, stated)
            if where:
                self.beside[leaf.start] = where
            if decision.label in _TOWNS and decision.looked_for and (whole := of_parts(stated)).area:
                self.towns.setdefault(self._named(leaf, decision.label), {})[where] = whole.state
                self.settled.add(leaf.start)

    def _dial(self, stated: Mapping[str, str], parts: Sequence[tuple[Decision, Leaf]]) -> None:
        """Note the whole number that area code and local number are the components of."""
        whole = dialled(stated.get(AREA_CODE, ""), stated.get(LOCAL_NUMBER, ""))
        if whole:
            self.beside.update((leaf.start, whole) for _, leaf in parts)

    def _named(self, leaf: Leaf, label: str) -> tuple[str, str, int]:
        return label, " ".join(leaf.text.split()).casefold(), self.owners[leaf.unit]

    def number(self, label: str, value: str, owner: int) -> int:
        """A number for an entity, from 1 on in the order of the message: another for each value of a label's family and
        patient, however the value is spelled."""
        known = self.numbers.setdefault((label.partition("/")[0], owner), {})
        return known.setdefault(" ".join(value.split()).casefold(), len(known) + 1)

    def family(self) -> Iterator[Draft]:
        """This draft and all that it encloses, at any depth."""
        yield self
        for _, draft in self.inner:
            if draft is not None:
                yield from draft.family()

    def name_entities(self) -> None:
        """Collect the identifying values that structured fields state.

        Raises:
            TransformError: a value is longer than `LONGEST_VALUE`.
        """
        entities, stated, owners, beside = self.entities, self.stated, self.owners, self.beside
        settled = self.settled
        for leaf, decision in self.ruled:
            if decision.looked_for:
                label, text = decision.label, leaf.text
                if len(text) > LONGEST_VALUE:
                    raise TransformError("transform.unreadable", self.document.path(leaf))
                if "@" in text and label.startswith("CONTACT"):
                    self._find_owner(leaf)
                elif label in _TOWNS and leaf.start not in settled:
                    self._find_town(leaf, label)
                entity = stated[leaf.start] = Entity(label, text, beside.get(leaf.start, ""), owners[leaf.unit])
                if entity not in entities:
                    entities[entity] = decision.rule

    def _find_town(self, leaf: Leaf, label: str) -> None:
        """An address that does not say in which area its town is means one that does, be it before or after it: of
        several in a state that fits, the first by the alphabet, so that their order does not count."""
        known = self.towns.get(self._named(leaf, label))
        if known is None:
            return
        where = Whereabouts.decode(self.beside.get(leaf.start, ""))
        fitting = [one for one, state in known.items() if where is None or where.state in ("", state)]
        if fitting:
            self.beside[leaf.start] = min(fitting)

    def _find_owner(self, leaf: Leaf) -> None:
        """Note whose name an e-mail address stands by, in its segment or resource."""
        unit = [(decision.label, one.text) for one, decision in self.ruled if one.unit == leaf.unit]
        owner = owner_of(leaf.text, (pair for pair in unit if pair[0] in _NAMES))
        if owner:
            self.beside[leaf.start] = owner

    def _ask(self, decisions: Decisions, leaf: Leaf) -> Decision:
        try:
            return decisions.about(self.document.format, leaf.place)
        except QuarantineError as refusal:
            raise type(refusal)(refusal.code, self.document.path(leaf)) from None
