"""CDA R2 as a document: texts and attributes at their path, with the datatypes of the HL7 v3 R1 data types.

The narrative of a section is read as a person reads it; every other text is a value on its own.
"""

from __future__ import annotations

from typing import Final

from streamdeid.attachments import cda_types as types
from streamdeid.attachments import xml
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.attachments.xml_nodes import NAMESPACE, ElementTraits, Node, Reading
from streamdeid.errors import ScanError
from streamdeid.types import Place

#: Nodes kept from one document to the next: a sender that nests without end may not fill the memory.
MAX_NODES: Final = 20_000

_PARTED: Final = frozenset(("PN", "ON", "EN", "AD", "TS"))
_UNNAMED: Final = "?"


def scan(raw: bytes, charset: str = "") -> AttachmentDocument:
    """The leaves of a CDA document. `charset` is what the message says of it, if anything.

    Paths are ``cda.ClinicalDocument.recordTarget.patientRole.id@extension``; lineages the same without ``cda``, then
    the element's own name (``id@extension``), then datatypes (``II.extension``, ``st``), at last ``xml.text`` or
    ``xml.attribute``. Names that CDA does not have are ``?`` in both.

    Raises:
        ScanError: as `xml.scan`; ``attachment.unreadable`` if it is another document.
    """
    return xml.scan_with(raw, charset, _root)


def _root(traits: ElementTraits) -> Node:
    if traits.name != "ClinicalDocument":
        raise ScanError("attachment.unreadable")
    return _tree.root()


class _Tree:
    """The nodes met so far."""

    def __init__(self) -> None:
        self._root: CdaNode | None = None
        self.count = 0

    def root(self) -> CdaNode:
        """The node of ClinicalDocument; a new one when there are too many nodes below."""
        if self._root is None or self.count > MAX_NODES:
            self._root, self.count = CdaNode("ClinicalDocument", "ClinicalDocument", ""), 0
        return self._root


_tree = _Tree()


class CdaNode:
    """An element of CDA outside of narrative, at one path. See `xml_nodes.Node`."""

    reading = Reading.ALONE
    gap = ""

    def __init__(self, path: str, name: str, datatype: str, *, is_base64: bool = False) -> None:
        _tree.count += 1
        self._path = path
        self._name = name
        self._datatype = datatype
        self._attributes: dict[tuple[str, str], Place] = {}
        self._children: dict[ElementTraits, Node] = {}
        self.holds_parts = datatype in _PARTED
        kinds = ("ED.B64", "xml.embedded") if is_base64 else (*types.type_lineage(datatype), "xml.text")
        self.text = Place(f"cda.{path}", (path, *_own(name), *kinds))

    def attribute(self, name: str, prefix: str) -> Place:
        """The place of an attribute, ``..id@extension``."""
        place = self._attributes.get((name, prefix))
        if place is None:
            known = name if name in types.ATTRIBUTES else _UNNAMED
            place = self._attribute(known, prefix) if "xmlns" not in (name, prefix) else NAMESPACE
            if known != _UNNAMED:
                self._attributes[name, prefix] = place
        return place

    def child(self, traits: ElementTraits) -> Node:
        """The node of an element in this one."""
        node = self._children.get(traits)
        if node is None:
            node = self._child(traits)
            if traits.name in types.ELEMENTS and len(traits.type) < 10:
                self._children[traits] = node
        return node

    def _child(self, traits: ElementTraits) -> Node:
        name = traits.name if traits.name in types.ELEMENTS else _UNNAMED
        path = f"{self._path}.{name}"
        if name == "text" and self._name in types.NARRATIVE_HOLDERS:
            return NarrativeNode(path)
        datatype = types.type_of(name, traits.type, self._name, self._datatype)
        return CdaNode(path, name, datatype, is_base64=traits.is_base64)

    def _attribute(self, name: str, prefix: str) -> Place:
        path = f"{self._path}@{name}"
        own = () if _UNNAMED in (name, self._name) else (f"{self._name}@{name}",)
        kinds = types.attribute_lineage(name, self._datatype)
        if prefix == "xsi":
            kinds = ("cda.structural", "cs")
        return Place(f"cda.{path}", (path, *own, *kinds, "xml.attribute"))


class NarrativeNode:
    """An element of the narrative of a section (CDA R2 4.3.5). All its text is at one place. See `xml_nodes.Node`."""

    reading = Reading.NARRATIVE
    holds_parts = False

    def __init__(self, path: str, gap: str = "\n") -> None:
        self._path = path
        self._attributes: dict[str, Place] = {}
        self._children: dict[str, NarrativeNode] = {}
        self.gap = gap
        self.text = Place(f"cda.{path}", (path, "StrucDoc.text", "xml.text"))

    def attribute(self, name: str, prefix: str) -> Place:
        """The place of an attribute, ``StrucDoc.attribute.href``."""
        if "xmlns" in (name, prefix):
            return NAMESPACE
        known = name if name in types.ATTRIBUTES else _UNNAMED
        place = self._attributes.get(known)
        if place is None:
            kind = f"StrucDoc.attribute.{known}"
            place = Place(
                f"cda.{self._path}@{known}", (f"{self._path}@{known}", kind, "StrucDoc.attribute", "xml.attribute")
            )
            self._attributes[known] = place
        return place

    def child(self, traits: ElementTraits) -> Node:
        """An element of narrative; one that CDA does not have begins a line."""
        gap = types.NARRATIVE.get(traits.name, "\n")
        node = self._children.get(gap)
        if node is None:
            node = self._children[gap] = NarrativeNode(self._path, gap)
            node.text, node._attributes, node._children = self.text, self._attributes, self._children
        return node


def _own(name: str) -> tuple[str, ...]:
    return () if name == _UNNAMED else (name,)
