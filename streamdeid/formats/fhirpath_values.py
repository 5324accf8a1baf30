"""FHIRPath on one value: conditions on ``$this``, and values that are made from it (HL7 FHIRPath N1).

Nothing, FHIRPath's empty collection, is None: a condition that comes to nothing is not met.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from streamdeid.formats.fhirpath import Binary, Call, Expression, Literal, Member, This

Value: TypeAlias = str | bool | Decimal
#: Operators of order, with what they ask.
ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMERAL: Final = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?", re.A)
_ONE_DIGIT: Final = re.compile(r"-(\d)(?!\d)", re.A)
_TEXT_TESTS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "startsWith": lambda text, other: text.startswith(other),
    "endsWith": lambda text, other: text.endswith(other),
    "contains": lambda text, other: other in text,
}


def check(expression: Expression) -> None:
    """Refuse what speaks of more than one value.

    Raises:
        ValueError: with what it is.
    """
    if isinstance(expression, Member):
        raise ValueError(f"only $this can be asked about, not {expression.name}")  # noqa: TRY004
    if isinstance(expression, Binary):
        if expression.sign in ("is", "as"):
            raise ValueError(f"{expression.sign} is not supported for a single value")
        if expression.sign == "in":
            check(expression.left)
            _check_list(expression.right)
            return
        if expression.sign == "|":
            raise ValueError("| is only supported after in")
        check(expression.left)
        check(expression.right)
    elif isinstance(expression, Call):
        for one in (expression.base or This(), *expression.arguments):
            check(one)


def evaluated(expression: Expression, this: Value) -> Value | None:
    """What an expression comes to for a value. `check` has accepted the expression."""
    if isinstance(expression, Literal):
        return literal_value(expression)
    if isinstance(expression, Binary):
        return _binary(expression, this)
    if isinstance(expression, Call):
        base = this if expression.base is None else evaluated(expression.base, this)
        return _called(expression.function, base, [evaluated(one, this) for one in expression.arguments])
    return this


def compared(left: Value, right: Value, sign: str) -> bool | None:
    """Whether `left` is in that order to `right`; None where they cannot be compared: other types, or dates of which
    one is not precise enough."""
    left, right = _alike(left, right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return ORDERS[sign](left, right)
    if isinstance(left, str) and isinstance(right, str):
        first, second = _instant(left), _instant(right)
        if first is not None and second is not None:
            return ORDERS[sign](first, second)
        length = min(len(left), len(right))
        if left[:length] == right[:length] and len(left) != len(right):
            return None
        return ORDERS[sign](left, right)
    return None


def literal_value(literal: Literal) -> Value:
    """The value of a literal; dates are strings with two digits for month and day."""
    if literal.kind == "boolean":
        return literal.text == "true"
    if literal.kind == "number":
        return Decimal(literal.text)
    return _ONE_DIGIT.sub(r"-0\1", literal.text).removesuffix("T") if literal.kind == "date" else literal.text


def text_of(value: Value) -> str:
    """A value as a message writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else value


def _binary(binary: Binary, this: Value) -> Value | None:
    left = evaluated(binary.left, this)
    if binary.sign == "in":
        return None if left is None else any(_equal(left, one) for one in _listed(binary.right, this))
    right = evaluated(binary.right, this)
    if binary.sign in ("and", "or"):
        decisive = binary.sign == "or"
        if decisive in (left, right):
            return decisive
        return None if left is None or right is None else not decisive
    if binary.sign == "&":
        return _joined(left or "", right or "")
    if left is None or right is None:
        return None
    if binary.sign in ORDERS:
        return compared(left, right, binary.sign)
    if binary.sign == "+":
        both = left, right
        return left + right if isinstance(left, Decimal) and isinstance(right, Decimal) else _joined(*both)
    return _equal(left, right) is (binary.sign == "=")


def _called(function: str, base: Value | None, arguments: list[Value | None]) -> Value | None:
    if function in ("exists", "empty"):
        return (base is not None) is (function == "exists")
    if base is None:
        return None
    if function == "not":
        return not base if isinstance(base, bool) else None
    text, words = text_of(base), [text_of(one) for one in arguments if one is not None]
    if len(words) < len(arguments):
        return None
    if function in _TEXT_TESTS:
        return _TEXT_TESTS[function](text, words[0])
    if function == "replace":
        return text.replace(words[0], words[1])
    if function == "length":
        return Decimal(len(text))
    if function == "substring":
        return _substring(text, arguments)
    return {"upper": text.upper, "lower": text.lower}.get(function, text.__str__)()


def _substring(text: str, arguments: list[Value | None]) -> str | None:
    numbers = [int(one) for one in arguments if isinstance(one, Decimal)]
    if len(numbers) < len(arguments) or not 0 <= numbers[0] < len(text):
        return None
    end = numbers[0] + max(0, numbers[1]) if len(numbers) > 1 else len(text)
    return text[numbers[0] : end]


def _check_list(expression: Expression) -> None:
    if isinstance(expression, Binary) and expression.sign == "|":
        _check_list(expression.left)
        _check_list(expression.right)
    else:
        check(expression)


def _listed(expression: Expression, this: Value) -> list[Value]:
    if isinstance(expression, Binary) and expression.sign == "|":
        return _listed(expression.left, this) + _listed(expression.right, this)
    value = evaluated(expression, this)
    return [] if value is None else [value]


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    """A number and a text that reads like one, as two numbers."""
    if isinstance(left, Decimal) and isinstance(right, str) and _NUMERAL.fullmatch(right):
        return left, Decimal(right)
    if isinstance(right, Decimal) and isinstance(left, str) and _NUMERAL.fullmatch(left):
        return Decimal(left), right
    return left, right


def _equal(left: Value, right: Value) -> bool:
    left, right = _alike(left, right)
    return type(left) is type(right) and left == right


def _joined(left: Value, right: Value) -> str:
    return text_of(left) + text_of(right)


def _instant(text: str) -> datetime | None:
    """A time stamp with its zone; None for everything else."""
    if "T" not in text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
