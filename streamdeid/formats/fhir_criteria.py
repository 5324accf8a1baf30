"""Whether an element of a message meets a FHIRPath criterion, with FHIRPath's own logic of three values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_elements import Element
from streamdeid.formats.fhir_tables import NUMBERS, PRIMITIVES
from streamdeid.formats.fhirpath import Binary, Call, Expression, Literal, Member, This
from streamdeid.formats.fhirpath_values import ORDERS, Value, compared, literal_value
from streamdeid.types import Leaf, Place

_TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "startsWith": lambda text, other: text.startswith(other),
    "endsWith": lambda text, other: text.endswith(other),
    "contains": lambda text, other: other in text,
}


class Node(NamedTuple):
    """An object of a message by the number of its holder, or a scalar by its leaf."""

    type: str
    holder: int
    leaf: Leaf | None = None


Item: TypeAlias = Node | Value


class ElementTree:
    """The objects and scalars of one message, by the object that they stand in and by name."""

    def __init__(self, document: FhirDocument, elements_of: Callable[[Place], Sequence[Element]]) -> None:
        self._children: dict[int, dict[str, list[Node]]] = {}
        self._types: dict[int, str] = {one.holder: one.type for one in document.resources}
        self._resources = frozenset(self._types)
        self._around = document.around
        self._met: dict[tuple[int, int, int], bool] = {}
        for leaf in document.leaves:
            elements = elements_of(leaf.place)
            if elements:
                self._add(leaf, elements)

    def way(self, leaf: Leaf, count: int) -> list[Node]:
        """The nodes from the leaf's resource down to it; `count` of them."""
        holders = [leaf.holder]
        while len(holders) < count - 1:
            holders.append(self._around(holders[-1]) or 0)
        return [*(Node(self._types[one], one) for one in reversed(holders)), Node(_type(leaf), leaf.holder, leaf)]

    def meets(self, node: Node, criterion: Expression) -> bool:
        """Whether the criterion is true of the node; empty is not."""
        key = (id(criterion), node.holder, node.leaf.start if node.leaf else -1)
        met = self._met.get(key)
        if met is None:
            met = self._met[key] = _truth(self._value(criterion, node)) is True
        return met

    def _add(self, leaf: Leaf, elements: Sequence[Element]) -> None:
        self._put(leaf.holder, elements[-1].name, Node(elements[-1].type, leaf.holder, leaf))
        holder = leaf.holder
        for element in reversed(elements[1:-1]):
            if holder in self._types:
                return
            self._types[holder] = element.type
            parent = self._around(holder) or 0
            # The object beside a primitive, with its id and extensions, is not a second value of it.
            if element.type not in PRIMITIVES:
                self._put(parent, element.name, Node(element.type, holder))
            holder = parent

    def _put(self, holder: int, name: str, node: Node) -> None:
        self._children.setdefault(holder, {}).setdefault(name, []).append(node)

    def _value(self, expression: Expression, this: Item) -> list[Item]:
        if isinstance(expression, Literal):
            return [literal_value(expression)]
        if isinstance(expression, This):
            return [this]
        if isinstance(expression, Member):
            return self._members(self._base(expression.base, this), expression.name)
        if isinstance(expression, Call):
            return self._called(expression, this)
        return self._binary(expression, this)

    def _base(self, base: Expression | None, this: Item) -> list[Item]:
        return [this] if base is None else self._value(base, this)

    def _members(self, items: Iterable[Item], name: str) -> list[Item]:
        found: list[Item] = []
        for item in items:
            if isinstance(item, Node) and item.leaf is None:
                found += self._children.get(item.holder, {}).get(name, ())
        return found

    def _called(self, call: Call, this: Item) -> list[Item]:
        items = self._base(call.base, this)
        if call.function in ("where", "exists") and call.arguments:
            items = [one for one in items if _truth(self._value(call.arguments[0], one)) is True]
        if call.function == "where":
            return items
        if call.function in ("exists", "empty"):
            return [bool(items) is (call.function == "exists")]
        if call.function == "not":
            truth = _truth(items)
            return [] if truth is None else [not truth]
        if call.function in _TEXT_TESTS:
            return _tested(call.function, items, self._value(call.arguments[0], this))
        return _typed(call.function, items, call.arguments[0])

    def _binary(self, binary: Binary, this: Item) -> list[Item]:
        left = self._value(binary.left, this)
        if binary.sign in ("is", "as"):
            return _typed(binary.sign, left, binary.right)
        right = self._value(binary.right, this)
        if binary.sign == "|":
            return [*left, *right]
        if binary.sign in ("and", "or"):
            return _both(_truth(left), _truth(right), binary.sign == "and")
        if not left or not right:
            return []
        ours, theirs = [_plain(one) for one in left], [_plain(one) for one in right]
        if binary.sign == "in":
            return [all(one in theirs for one in ours)]
        if binary.sign in ORDERS:
            return _ordered(ours, theirs, binary.sign)
        return [(ours == theirs) is (binary.sign == "=")]


def _ordered(left: list[Item], right: list[Item], sign: str) -> list[Item]:
    """Whether the one on the left is less or more than the one on the right; nothing where that cannot be told."""
    if len(left) != 1 or len(right) != 1 or isinstance(left[0], Node) or isinstance(right[0], Node):
        return []
    found = compared(left[0], right[0], sign)
    return [] if found is None else [found]


def _both(left: bool | None, right: bool | None, is_and: bool) -> list[Item]:
    decisive = not is_and
    if left is decisive or right is decisive:
        return [decisive]
    return [] if left is None or right is None else [is_and]


def _typed(function: str, items: list[Item], type_name: Expression) -> list[Item]:
    name = type_name.name if isinstance(type_name, Member) else ""
    found: list[Item] = [one for one in items if isinstance(one, Node) and one.type == name]
    if function != "is":
        return found
    return [bool(found)] if items else []


def _tested(function: str, items: list[Item], arguments: list[Item]) -> list[Item]:
    if len(items) != 1 or len(arguments) != 1:
        return []
    text, other = _plain(items[0]), _plain(arguments[0])
    return [_TEXT_TESTS[function](text, other)] if isinstance(text, str) and isinstance(other, str) else []


def _truth(items: list[Item]) -> bool | None:
    """A collection as a criterion: nothing is neither true nor false, one thing that is no boolean is true."""
    if not items:
        return None
    value = _plain(items[0])
    return value if len(items) == 1 and isinstance(value, bool) else True


def _plain(item: Item) -> Item:
    """The value of a scalar as it is compared."""
    if not isinstance(item, Node) or item.leaf is None:
        return item
    if item.type == "boolean":
        return item.leaf.text == "true"
    return Decimal(item.leaf.text) if item.type in NUMBERS else item.leaf.text


def _type(leaf: Leaf) -> str:
    return leaf.place.lineage[-1]
