"""A message on its way through the engine: scanned, its patients named, every leaf under its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from streamdeid.errors import QuarantineError
from streamdeid.identity import Identification
from streamdeid.policy import Operator, Rule, Rulebook
from streamdeid.scan import Scanned
from streamdeid.types import Document, Entity, Leaf

#: Families of labels whose values are looked for in the rest of the message.
_KNOWN_FAMILIES = ("NAME", "ID", "CONTACT", "LOCATION")
#: Finer labels that are looked for as well, or not although their family is.
_ALSO_KNOWN = frozenset({"DATE/BIRTH"})
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
_LEAVES_PER_CHECK = 4096


def is_looked_for(label: str) -> bool:
    """Whether a value with this label in one field is an identifier that must not stand anywhere else."""
    return label in _ALSO_KNOWN or (label.partition("/")[0] in _KNOWN_FAMILIES and label not in _NOT_KNOWN)


@dataclass(slots=True)
class Draft:
    """One message between its stages. `ruled` are the structured leaves that a rule changes, `texts` those that the
    detectors read, `kept` the rest; `entities` maps each identifying value to the rule of the field that states it.
    `check` raises when the message's time is up."""

    scanned: Scanned
    who: Identification
    check: Callable[[], None]
    ruled: list[tuple[Leaf, Rule]] = field(default_factory=list)
    texts: list[Leaf] = field(default_factory=list)
    kept: list[Leaf] = field(default_factory=list)
    entities: dict[Entity, Rule] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        """The scanned message."""
        return self.scanned.document

    def sort_out(self, rulebook: Rulebook) -> None:
        """Put every leaf under its rule.

        Raises:
            QuarantineError: a place without a rule, with its full path; or the time is up.
        """
        rule_of, format = rulebook.rule, self.document.format
        for count, leaf in enumerate(self.document.leaves):
            if count % _LEAVES_PER_CHECK == 0:
                self.check()
            try:
                rule = rule_of(format, leaf.place)
            except QuarantineError as refusal:
                raise type(refusal)(refusal.code, self.document.path(leaf)) from None
            if rule.operator is Operator.KEEP:
                self.kept.append(leaf)
            elif rule.operator is Operator.DETECT:
                self.texts.append(leaf)
            else:
                self.ruled.append((leaf, rule))

    def name_entities(self) -> None:
        """Collect the identifying values that structured fields state."""
        owners = self.who.owners
        for leaf, rule in self.ruled:
            if rule.label is not None and is_looked_for(rule.label):
                entity = Entity(rule.label, leaf.text, subject=owners[leaf.unit])
                self.entities.setdefault(entity, rule)
