"""JSON text to leaves with byte ranges, along a tree of shapes that says what may stand where (RFC 8259, strict).

The text is read once, without recursion, by one regular expression that takes a whole member at a time: its name,
its value or opening bracket, and the comma. Bytes are looked at as Latin-1, so that a character's index is its
byte's; strings that are not plain ASCII are decoded on their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol, TypeVar

from streamdeid.errors import ScanError
from streamdeid.formats.json_text import decode
from streamdeid.types import Leaf, Place

#: Arrays and objects within one another, at most.
MAX_DEPTH = 128

_BLANK = r"[ \t\n\r]*+"
_PLAIN_TEXT = r'[^"\\\x00-\x1f\x80-\xff]*+'
_RUN = r'[^"\\\x00-\x1f]*+'
_ANY_TEXT = rf'{_RUN}(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{{4}}){_RUN})*+'
_NUMERAL = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
# What must follow a value: a comma with another element after it, a closing bracket, or the end of the text.
_NEXT = rf"{_BLANK}(?:,{_BLANK}(?![\]}},]|\Z)|(?=[\]}}])|\Z)"
_TOKEN = re.compile(
    rf'(?:(?:"({_PLAIN_TEXT})"|"({_ANY_TEXT})"){_BLANK}:{_BLANK})?'
    rf'(?:"({_PLAIN_TEXT})"{_NEXT}|(\{{){_BLANK}|(\[){_BLANK}|({_NUMERAL}|true|false|null){_NEXT}|"({_ANY_TEXT})"{_NEXT})'
    rf"|([\]}}]){_NEXT}"
    r"|([\s\S])"
)
# The groups of a token. Names and strings with escapes or beyond ASCII are odd.
_NAME, _ODD_NAME, _PLAIN, _OBJECT, _ARRAY, _LITERAL, _ODD, _CLOSE, _BAD = range(1, 10)

_MEMBER_NAME = re.compile(rf'"{_ANY_TEXT}"{_BLANK}:{_BLANK}')
_NOT_A_NUMBER = re.compile(rf"(?!{_NUMERAL}(?![-+.\w]))[-+]?(?:[0-9]|\.[0-9]|NaN|Infinity)")
_BLANKS = re.compile(_BLANK)

Kind = Literal["string", "number", "boolean", "object", "array"]


class Shape:
    """What may stand in one object, by member name; or in one array, under the name None.

    The maps fill as a `Guide` answers for names that they lack. A `special` shape is handed to the guide whenever
    an object of it begins.
    """

    __slots__ = ("arrays", "booleans", "numbers", "objects", "special", "strings")

    def __init__(self, *, special: bool = False) -> None:
        self.strings: dict[str | None, Place] = {}
        self.numbers: dict[str | None, Place] = {}
        self.booleans: dict[str | None, Place] = {}
        self.objects: dict[str | None, Shape] = {}
        self.arrays: dict[str | None, Shape] = {}
        self.special = special


class Guide(Protocol):
    """Answers what stands where, for names that a shape does not have yet. It is asked again unless it puts the
    answer into the shape. Every method may raise `ScanError`; `position` is the byte to name in it."""

    def place(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Place:
        """The place of a string, number or boolean."""
        ...

    def shape(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Shape:
        """The shape of an object or array."""
        ...

    def null(self, shape: Shape, name: str | None, position: int) -> None:
        """A null stands here. It is no leaf."""
        ...

    def enter(self, shape: Shape, unit: int, holder: int, position: int) -> tuple[Shape, int]:
        """The shape and the unit of an object of a special shape. It stands in `unit` and will be `holder`."""
        ...

    def leave(self, unit: int, end: int) -> None:
        """The object that began `unit` ends before byte `end`."""
        ...


class Holder(NamedTuple):
    """One object of the text: the object around it (-1: none), its index if it stands in an array, how many leaves
    come before it, and its first byte."""

    parent: int
    element: int | None
    first: int
    start: int


class Scan(NamedTuple):
    """All scalars of a text but null; all objects, the `holder` of a leaf being an index into them; and the index
    of each scalar that stands in an array, by the byte that it starts at."""

    leaves: list[Leaf]
    holders: list[Holder]
    indices: dict[int, int]


def walk(raw: bytes, top: Shape, guide: Guide) -> Scan:  # noqa: PLR0912, PLR0915 - the hot loop, kept in one frame
    """All scalars of the JSON text `raw`, whose own value stands in `top` under the name None.

    Takes time linear in the length of `raw`, and memory of a few times that plus a fixed amount for each scalar.

    Raises:
        ScanError: the text is blank, or not JSON (``json.*``, ``charset.*``), or `guide` refuses something.
    """
    source, begin = _source(raw)
    leaves: list[Leaf] = []
    holders: list[Holder] = []
    indices: dict[int, int] = {}
    stack: list[tuple[Shape, set[str] | None, int, int, int]] = []
    new = tuple.__new__  # half the time of a named tuple's own constructor
    # Where we are: `seen` has the names of an object's members so far; None stands for an array, which has `index`
    # elements so far and stands in the object `holder`.
    seen: set[str] | None = None
    shape, index, holder, unit = top, 0, -1, -1
    for token in _TOKEN.finditer(source, begin):
        kind: int = token.lastindex  # type: ignore[assignment]  # each alternative has a group
        if kind == _CLOSE:
            position = token.start()
            if not stack or (source[position] == "]") != (seen is None):
                raise ScanError("json.syntax", f"byte {position}")
            inner = unit
            shape, seen, index, holder, unit = stack.pop()
            if unit != inner:
                guide.leave(inner, position + 1)
            continue

        name: str | None = token[_NAME]
        element = None
        if seen is None:
            if name is not None or token[_ODD_NAME] is not None or kind == _BAD:
                raise _syntax_error(source, token.start())
            element = index
            index += 1
        else:
            if name is None:
                name = _odd_name(source, token)
            if name in seen:
                raise ScanError("json.duplicate_key", f"byte {token.start()}")
            seen.add(name)

        if kind == _PLAIN:
            text = token[_PLAIN]
            start = token.start(_PLAIN)
            end = start + len(text)
            try:
                place = shape.strings[name]
            except KeyError:
                place = guide.place(shape, name, "string", start)
        elif kind <= _ARRAY:
            start = token.start(kind)
            if len(stack) == MAX_DEPTH:
                raise ScanError("json.too_deep", f"byte {start}")
            stack.append((shape, seen, index, holder, unit))
            if kind == _ARRAY:
                try:
                    shape = shape.arrays[name]
                except KeyError:
                    shape = guide.shape(shape, name, "array", start)
                seen, index = None, 0
                continue
            try:
                shape = shape.objects[name]
            except KeyError:
                shape = guide.shape(shape, name, "object", start)
            if shape.special:
                shape, unit = guide.enter(shape, unit, len(holders), start)
            holders.append(new(Holder, (holder, element, len(leaves), start)))
            seen, holder = set(), len(holders) - 1
            continue
        elif kind == _LITERAL:
            text = token[_LITERAL]
            start, end = token.span(_LITERAL)
            if text == "null":
                guide.null(shape, name, start)
                continue
            try:
                place = (shape.booleans if text in _BOOLEANS else shape.numbers)[name]
            except KeyError:
                place = guide.place(shape, name, "boolean" if text in _BOOLEANS else "number", start)
        else:
            start, end = token.span(_ODD)
            text = decode(token[_ODD], start)
            try:
                place = shape.strings[name]
            except KeyError:
                place = guide.place(shape, name, "string", start)
        if element is not None:
            indices[start] = element
        leaves.append(new(Leaf, (place, text, start, end, unit, holder)))
    if stack or index != 1:
        raise ScanError("json.syntax", f"byte {len(source)}")
    return Scan(leaves, holders, indices)


def members(raw: bytes, names: Iterable[str]) -> dict[int, dict[str, str]]:
    """The strings of the JSON text `raw` that are members of those names, by the byte that their object starts at.

    Raises:
        ScanError: as `walk`.
    """
    anywhere = untyped()
    anywhere.strings.update((name, Place(name, ())) for name in names)
    scan = walk(raw, anywhere, Indifferent())
    found: dict[int, dict[str, str]] = {}
    for leaf in scan.leaves:
        if leaf.place.path:
            found.setdefault(scan.holders[leaf.holder].start, {})[leaf.place.path] = leaf.text
    return found


def untyped() -> Shape:
    """A shape in which anything may stand: all leaves have one place with an empty path."""
    shape, place = Shape(), Place("", ())
    shape.strings, shape.numbers, shape.booleans = _Always(place), _Always(place), _Always(place)
    shape.objects, shape.arrays = _Always(shape), _Always(shape)
    return shape


_Value = TypeVar("_Value")


class _Always(dict[str | None, _Value]):
    """A map that has one value for every name that it lacks."""

    def __init__(self, value: _Value) -> None:
        super().__init__()
        self._value = value

    def __missing__(self, name: str | None) -> _Value:
        return self._value


class Indifferent:
    """A guide for shapes that lack nothing."""

    def place(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Place:
        """Never called."""
        raise ScanError("json.syntax", f"byte {position}")

    def shape(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Shape:
        """Never called."""
        raise ScanError("json.syntax", f"byte {position}")

    def enter(self, shape: Shape, unit: int, holder: int, position: int) -> tuple[Shape, int]:
        """Never called."""
        raise ScanError("json.syntax", f"byte {position}")

    def leave(self, unit: int, end: int) -> None:
        """Never called."""

    def null(self, shape: Shape, name: str | None, position: int) -> None:
        """Nulls may stand anywhere."""


_BOOLEANS = ("true", "false")
_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = re.compile(rb"\xff\xfe|\xfe\xff|\x00|.\x00", re.DOTALL)


def _source(raw: bytes) -> tuple[str, int]:
    """The text, one character per byte, and where it begins, after a byte order mark and blanks."""
    if _OTHER_ENCODINGS.match(raw):
        raise ScanError("charset.unsupported", "byte 0")
    source = raw.decode("latin-1")
    blanks = _BLANKS.match(source, len(_BOM) if raw.startswith(_BOM) else 0)
    begin = blanks.end() if blanks else 0
    if begin == len(source):
        raise ScanError("message.empty")
    return source, begin


def _odd_name(source: str, token: re.Match[str]) -> str:
    """The name of a member that is not plain ASCII."""
    between: str | None = token[_ODD_NAME]
    if between is None:
        raise _syntax_error(source, token.start())
    return decode(between, token.start(_ODD_NAME))


def _syntax_error(source: str, position: int) -> ScanError:
    """Why no token begins at `position`."""
    name = _MEMBER_NAME.match(source, position)
    value = name.end() if name else position
    return ScanError("json.number" if _NOT_A_NUMBER.match(source, value) else "json.syntax", f"byte {value}")
