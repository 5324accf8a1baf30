"""Elements of XML as a scanner meets them: what the text and the attributes of each are called, and how it reads."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple, Protocol

from streamdeid.types import Place


class Reading(Enum):
    """How the text of an element reads."""

    ALONE = auto()  #: each text is a value
    MIXED = auto()  #: running text, if it stands beside elements; else a line
    NARRATIVE = auto()  #: running text; `ElementTraits.gap` says what an element sets apart


class ElementTraits(NamedTuple):
    """What a scanner needs to know of an element before it can name it: its name without prefix, ``xsi:type`` without
    prefix, and whether it says that it holds base64 (``representation="B64"``)."""

    name: str
    type: str
    is_base64: bool


class Node(Protocol):
    """An element at one place of the definition. There is one object for each place."""

    @property
    def text(self) -> Place:
        """The place of its text."""
        ...

    @property
    def reading(self) -> Reading:
        """How its text reads."""
        ...

    @property
    def gap(self) -> str:
        """What sets a narrative element apart from its neighbours."""
        ...

    @property
    def holds_parts(self) -> bool:
        """Whether the elements in it are the parts of one value: a name, an address."""
        ...

    def attribute(self, name: str, prefix: str) -> Place:
        """The place of an attribute."""
        ...

    def child(self, traits: ElementTraits) -> Node:
        """An element in it."""
        ...


Root = Callable[[ElementTraits], Node]


class AnyNode:
    """Any element of XML that no table defines; its names never enter a path, a sender may have put anything there."""

    text = Place("xml.text", ("xml.text",))
    reading = Reading.MIXED
    gap = ""
    holds_parts = False

    _ATTRIBUTE = Place("xml.attribute", ("xml.attribute",))

    def attribute(self, name: str, prefix: str) -> Place:
        """``xml.attribute``, or ``xml.namespace``."""
        return NAMESPACE if "xmlns" in (name, prefix) else self._ATTRIBUTE

    def child(self, traits: ElementTraits) -> Node:
        """The same."""
        return _BASE64 if traits.is_base64 else self


class _Base64Node(AnyNode):
    text = Place("xml.embedded", ("xml.embedded",))
    reading = Reading.ALONE


NAMESPACE = Place("xml.namespace", ("xml.namespace", "xml.attribute"))
COMMENT = Place("xml.comment", ("xml.comment",))
INSTRUCTION = Place("xml.instruction", ("xml.instruction",))
DOCTYPE = Place("xml.doctype", ("xml.doctype",))
_BASE64 = _Base64Node()
ANY = AnyNode()
