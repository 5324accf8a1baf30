"""The part of FHIRPath (HL7 FHIRPath N1) that picks elements of a resource, read to expressions.

Read are paths, ``where()``, ``ofType()``, ``as``, ``is``, ``children()``, ``descendants()``, ``extension()``,
``exists()``, ``empty()``, ``not()``, ``startsWith()``, ``endsWith()``, ``contains()``, ``=``, ``!=``, ``<``, ``<=``,
``>``, ``>=``, ``in``, ``and``, ``or``, ``|``, literals, and two functions that other de-identification tools have
added: ``nodesByType()`` and ``nodesByName()``. Anything else is an error, never skipped; what only makes sense of
single values (``+``, ``substring()`` ...) is read on request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

_LONGEST: Final = 2_000
_DEEPEST: Final = 20
_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*(?:(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\d+(?:\.\d+)?)"""
    r"|@(?P<date>\d{4}(?:-\d\d?(?:-\d\d?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|`(?P<quoted>[^`\\]*)`|(?P<sign>!=|[<>]=?|\$this|\[x\]|[.()|=,+&-]))"
    r"|[ \t\r\n]*(?P<end>\Z)",
    re.S,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.S)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
#: Functions, and how many arguments each takes at least and at most.
_FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "nodesByType": (1, 1),
    "nodesByName": (1, 1),
    "where": (1, 1),
    "ofType": (1, 1),
    "as": (1, 1),
    "is": (1, 1),
    "exists": (0, 1),
    "empty": (0, 0),
    "not": (0, 0),
    "startsWith": (1, 1),
    "endsWith": (1, 1),
    "contains": (1, 1),
    "children": (0, 0),
    "descendants": (0, 0),
    "extension": (1, 1),
}
#: Functions of single values.
VALUE_FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    **{name: _FUNCTIONS[name] for name in ("exists", "empty", "not", "startsWith", "endsWith", "contains")},
    **{"toString": (0, 0), "length": (0, 0), "upper": (0, 0), "lower": (0, 0), "substring": (1, 2), "replace": (2, 2)},
}
#: Operators, weakest first (FHIRPath N1, 6.8).
_WEIGHTS: Final = {
    **{"or": 1, "and": 2, "in": 3, "=": 4, "!=": 4, "<": 5, "<=": 5, ">": 5, ">=": 5},
    **{"|": 6, "is": 7, "as": 7},
}
_VALUE_WEIGHTS: Final = {**_WEIGHTS, "+": 8, "&": 8}


class Literal(NamedTuple):
    """A string, number (as written), boolean or date (without the @)."""

    kind: str
    text: str


class This(NamedTuple):
    """``$this``: what a criterion is about."""


class Member(NamedTuple):
    """An element of what `base` gives; of what the expression starts from where that is None."""

    base: Expression | None
    name: str


class Call(NamedTuple):
    """A function, called on what `base` gives."""

    base: Expression | None
    function: str
    arguments: tuple[Expression, ...]


class Binary(NamedTuple):
    """An operator between two expressions. The right one of ``is`` and ``as`` is a `Member`: the type's name."""

    sign: str
    left: Expression
    right: Expression


Expression: TypeAlias = Literal | This | Member | Call | Binary


def parse(path: str) -> Expression:
    """The expression of a path.

    Raises:
        ValueError: it is none, or uses what is not supported; says what.
    """
    return _parsed(path, _FUNCTIONS, _WEIGHTS)


def parse_value(text: str) -> Expression:
    """The expression of a condition on one value, ``$this``, or of a value made from it.

    Raises:
        ValueError: as `parse`.
    """
    return _parsed(text, VALUE_FUNCTIONS, _VALUE_WEIGHTS)


def _parsed(path: str, functions: Mapping[str, tuple[int, int]], weights: Mapping[str, int]) -> Expression:
    if len(path) > _LONGEST:
        raise ValueError(f"a path may have {_LONGEST} characters")
    reader = _Reader(path, functions, weights)
    found = reader.expression(0)
    reader.expect_end()
    return found


class _Token(NamedTuple):
    kind: str
    text: str


class _Reader:
    """Reads by weight of operators, a token ahead."""

    def __init__(self, path: str, functions: Mapping[str, tuple[int, int]], weights: Mapping[str, int]) -> None:
        self._tokens = _tokens(path)
        self._functions = functions
        self._weights = weights
        self._at = 0
        self._depth = 0

    def expression(self, weight: int) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError(f"nested more than {_DEEPEST} deep")
        left = self._postfix()
        while True:
            sign = self._peek().text if self._peek().kind in ("name", "sign") else ""
            found = self._weights.get(sign, 0)
            if found <= weight:
                self._depth -= 1
                return left
            self._next()
            left = Binary(sign, left, self._type() if sign in ("is", "as") else self.expression(found))

    def expect_end(self) -> None:
        token = self._peek()
        if token.kind != "end":
            raise ValueError(f"{token.text} is not expected or not supported here")

    def _postfix(self) -> Expression:
        found = self._term()
        while self._peek() == _Token("sign", "."):
            self._next()
            found = self._invocation(found)
        return found

    def _term(self) -> Expression:
        token = self._peek()
        if token.kind in ("string", "number", "date"):
            return Literal(token.kind, self._next().text)
        if token == _Token("sign", "-") and self._tokens[self._at + 1].kind == "number":
            self._next()
            return Literal("number", f"-{self._next().text}")
        if token == _Token("sign", "("):
            self._next()
            found = self.expression(0)
            self._expect(")")
            return found
        if token == _Token("sign", "$this"):
            self._next()
            return This()
        if token.kind == "name" and token.text in ("true", "false"):
            return Literal("boolean", self._next().text)
        return self._invocation(None)

    def _invocation(self, base: Expression | None) -> Expression:
        token = self._next()
        if token.kind not in ("name", "quoted"):
            raise ValueError(f"{token.text or 'the end'} is not expected or not supported here")
        if self._peek() == _Token("sign", "[x]"):  # a choice as its definition writes it: FHIRPath has the bare name
            self._next()
            return Member(base, token.text)
        if token.kind == "quoted" or self._peek() != _Token("sign", "("):
            return Member(base, token.text)
        return self._call(base, token.text)

    def _call(self, base: Expression | None, function: str) -> Expression:
        fewest, most = self._functions.get(function, (0, -1))
        if most < 0:
            raise ValueError(f"the function {function}() is not supported")
        self._expect("(")
        arguments: list[Expression] = []
        while self._peek() != _Token("sign", ")"):
            if arguments:
                self._expect(",")
            is_type = function in ("ofType", "as", "is")
            arguments.append(self._type() if is_type else self.expression(0))
        self._expect(")")
        if not fewest <= len(arguments) <= most:
            raise ValueError(f"{function}() does not take {len(arguments)} arguments")
        return Call(base, function, tuple(arguments))

    def _type(self) -> Member:
        """A type's name, with or without its namespace ``FHIR``."""
        name = self._next()
        if name.text == "FHIR" and self._peek() == _Token("sign", "."):
            self._next()
            name = self._next()
        if name.kind not in ("name", "quoted"):
            raise ValueError(f"{name.text or 'the end'} is no type")
        return Member(None, name.text)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _expect(self, sign: str) -> None:
        token = self._next()
        if token != _Token("sign", sign):
            raise ValueError(f"{token.text or 'the end'} where {sign} is expected")


def _tokens(path: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        found = _TOKEN.match(path, at)
        if found is None:
            raise ValueError(f"{path[at : at + 10].strip()} is not expected or not supported here")
        kind = str(found.lastgroup)
        text = found[kind]
        tokens.append(_Token(kind, _ESCAPE.sub(_unescaped, text[1:-1]) if kind == "string" else text))
        at = found.end()
    return tokens


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2])
